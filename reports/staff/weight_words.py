"""What a run did about weights, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.templatetags.staff import from_ten_up
from reports.models import WeightChoice, Weighting
from reports.weighting import Reason
from surveys.definition import Definition


@dataclass(frozen=True)
class Fact:
    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True)
class Result:
    """What the page shows of a run: what was decided, the figures, what was merged and what to look at."""

    decision: str
    facts: tuple[Fact, ...]
    merged: tuple[str, ...]
    warnings: tuple[str, ...]


class Names:
    """Labels of classes and parts; a code that the questionnaire no longer knows stands for itself."""

    def __init__(self, definition: Definition) -> None:
        self._partitions = {name: partition for name, (_q, partition) in definition.partitions.items()}

    def class_(self, name: str) -> str:
        return self._partitions[name].title if name in self._partitions else name

    def part(self, name: str, code: str) -> str:
        known = self._partitions[name].parts if name in self._partitions else ()
        return next((part.label for part in known if part.code == code), code)

    def parts(self, name: str, codes: list[str]) -> str:
        return ", ".join(f"“{self.part(name, code)}”" for code in codes)


def result_of(weighting: Weighting, definition: Definition) -> Result:
    names = Names(definition)
    return Result(
        decision=decision_of(weighting),
        facts=tuple(_facts(weighting)) if weighting.kind != Weighting.Kind.NONE else (),
        merged=tuple(_merged(merged, names) for merged in weighting.collapsed),
        warnings=tuple(warning_of(problem, names) for problem in weighting.problems),
    )


def decision_of(weighting: Weighting) -> str:
    if weighting.kind == Weighting.Kind.NONE:
        return _("Every respondent counted the same.")
    if weighting.converged is False:
        return _(
            "Weighting failed. Every respondent counted the same, and releases carry unweighted figures."
        )
    if weighting.kind == Weighting.Kind.IMPORTED:
        return _("The responses came with weights of their own, from where they were collected.")
    if weighting.published:
        return _(
            "Response was uneven, so releases carry weighted figures. Bases, and everything that is withheld, follow "
            "from unweighted counts."
        )
    return _("Response was even enough, so releases carry unweighted figures.")


def _facts(weighting: Weighting) -> Iterator[Fact]:
    if weighting.deff is not None and weighting.n_eff is not None:
        yield Fact(
            _("Design effect"),
            figure(weighting.deff, 2),
            _("how many times more respondents it takes than with equal weights"),
        )
        yield Fact(
            _("Effective base"),
            _("%(effective)s of %(respondents)s")
            % {"effective": round(weighting.n_eff), "respondents": round(weighting.n_eff * weighting.deff)},
            _("what ranges are worked out from, for the whole sample"),
        )
    if weighting.smallest is not None and weighting.largest is not None:
        yield Fact(
            _("Weights"),
            _("%(smallest)s to %(largest)s")
            % {
                "smallest": figure(weighting.smallest, 2),
                "largest": figure(weighting.largest, 2),
            },
            _("their mean is 1"),
        )
    if weighting.kind == Weighting.Kind.RAKED:
        yield from _facts_of_raking(weighting)


def _facts_of_raking(weighting: Weighting) -> Iterator[Fact]:
    yield Fact(
        _("Trimmed"),
        _("nobody") if weighting.trimmed == 0 else from_ten_up(weighting.trimmed),
        _("respondents whose weight was held at %(floor)s or %(cap)s")
        % {"floor": figure(weighting.floor or 0, 1), "cap": figure(weighting.cap or 0, 1)},
    )
    yield Fact(
        _("Largest gap to a target"),
        _("%(points)s percentage points") % {"points": points(weighting.gap)},
        _("rounds: %(rounds)s") % {"rounds": weighting.rounds},
    )


def figure(number: float, decimals: int) -> str:
    """Rounded in the digits of the language; Django's own function cuts off."""
    return number_format(round(number, decimals), decimals)


def points(share: float | None) -> str:
    """A difference of shares in percentage points."""
    return figure(100 * (share or 0), 2)


def _merged(merged: Mapping[str, Any], names: Names) -> str:
    return _("%(class)s: %(parts)s were weighted as one, because one of them was too small to weight to.") % {
        "class": names.class_(merged["margin"]),
        "parts": names.parts(merged["margin"], merged["parts"]),
    }


def warning_of(problem: Mapping[str, Any], names: Names) -> str:
    return WARNINGS[Reason(problem["reason"])](problem, names)


def _nobody(problem: Mapping[str, Any], names: Names) -> str:
    return _("There were no respondents to weight.")


def _empty_part(problem: Mapping[str, Any], names: Names) -> str:
    return _(
        "Nobody of “%(part)s” answered (%(class)s), which is %(percent)s per cent of the population. Weights cannot "
        "speak for them; the method of the report has to say so."
    ) % {
        "part": names.part(problem["margin"], problem["part"]),
        "class": names.class_(problem["margin"]),
        "percent": figure(100 * problem["value"], 1),
    }


def _margin_dropped(problem: Mapping[str, Any], names: Names) -> str:
    return _("“%(class)s” was not weighted to: too few people answered for more than one group of it.") % {
        "class": names.class_(problem["margin"])
    }


def _not_converged(problem: Mapping[str, Any], names: Names) -> str:
    return _(
        "The rounds ran out, or the targets of the classes contradict each other in this sample. A gap of %(points)s "
        "percentage points was left. Weight to fewer classes next time."
    ) % {"points": points(problem["value"])}


def _margins_missed(problem: Mapping[str, Any], names: Names) -> str:
    return _(
        "The weights that the targets ask for are too large: held at their limits they would miss a target by "
        "%(points)s percentage points. The sample is too different from the population to be weighted to it."
    ) % {"points": points(problem["value"])}


def _margins_inexact(problem: Mapping[str, Any], names: Names) -> str:
    return _(
        "Some weights were held at their limits, so that a target is missed by up to %(points)s percentage points."
    ) % {"points": points(problem["value"])}


def _design_effect(problem: Mapping[str, Any], names: Names) -> str:
    return _(
        "The design effect is %(deff)s: weights this uneven cost more than half of the respondents' worth. Look "
        "whether the weighted figures are worth their wider ranges."
    ) % {"deff": figure(problem["value"], 2)}


def _no_targets(problem: Mapping[str, Any], names: Names) -> str:
    return _(
        "“%(class)s” was not weighted to: its shares do not fit the questionnaire, which was changed after they were "
        "given."
    ) % {"class": names.class_(problem["margin"])}


WARNINGS: Mapping[Reason, Callable[[Mapping[str, Any], Names], str]] = {
    Reason.NOBODY: _nobody,
    Reason.EMPTY_PART: _empty_part,
    Reason.MARGIN_DROPPED: _margin_dropped,
    Reason.NOT_CONVERGED: _not_converged,
    Reason.MARGINS_MISSED: _margins_missed,
    Reason.MARGINS_INEXACT: _margins_inexact,
    Reason.DESIGN_EFFECT: _design_effect,
    Reason.NO_TARGETS: _no_targets,
}


def method_of(choice: WeightChoice, definition: Definition) -> str:
    """What was fixed, in one sentence."""
    if choice.method == WeightChoice.Method.UNWEIGHTED:
        return _("Unweighted: every respondent counts the same.")
    names = Names(definition)
    first, *others = [names.class_(name) for name in choice.margins]
    sentence = _(
        "Weighted if response differs between the groups of “%(class)s” by more than a factor 1.5."
    ) % {"class": first}
    if not others:
        return sentence
    further = _("It is then weighted to these as well: %(classes)s.") % {
        "classes": ", ".join(f"“{title}”" for title in others)
    }
    return f"{sentence} {further}"
