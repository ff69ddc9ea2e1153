"""How a wave is weighted: targets and method, fixed before its box is first opened, and what a run made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from math import prod

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import queries
from reports.models import Run, WeightCell, WeightChoice, Weighting, WeightTarget
from reports.weighing import WeighedCell
from reports.weighting import Imported, Margin, Problem, Raked, Reason
from surveys.definition import Definition, Partition
from surveys.models import Wave
from surveys.queries import definition_of

Method = WeightChoice.Method

WHOLE = Decimal(100)
ROUNDING = Decimal(1)
"""Per cents of one class may add to 99 or 101: each was rounded. They are brought to 100 before they are used."""
PLACES = Decimal("0.0001")
FEWEST_TOLD = 5
"""Fewer respondents than this are not told as a number."""


class WeightsFixed(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The ballot box of this wave has been opened, so how it is weighted stays as it was fixed before: "
                "nobody can choose the weights by the results."
            )
        )


class RunNotEnded(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The last run of this wave has not ended well, so nobody can say whether it opened the box. "
                "Wait for the next one that does."
            )
        )


class NoSuchClass(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(_("The questionnaire has no class called “%(name)s”.") % {"name": name})


class ClassDetached(Exception):
    def __init__(self, title: str) -> None:
        super().__init__(
            _("“%(title)s” is a class of a question whose answers are kept apart from all others.")
            % {"title": title}
        )


class TargetsWrong(Exception):
    """What is wrong with the targets of a class; `problems` has the code of a part, or nothing, with each sentence."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(sentence for _part, sentence in problems))


class MarginsWrong(Exception):
    pass


REFUSALS = (NotPermitted, WeightsFixed, RunNotEnded, NoSuchClass, ClassDetached, TargetsWrong, MarginsWrong)


def check_not_fixed(wave: Wave) -> None:
    """Raise once the box has been opened, or may have been. `responses` are known to the worker alone: runs say."""
    if wave.status == Wave.Status.FINAL or Run.objects.filter(
        Q(opened__gt=0) | Q(responses__gt=0), wave=wave
    ):
        raise WeightsFixed
    last = queries.last_run(wave)
    if last is not None and last.status not in queries.GOOD:
        raise RunNotEnded


def obstacle(wave: Wave) -> str:
    """The sentence that says why nothing can be changed any more; empty while it can."""
    try:
        check_not_fixed(wave)
    except (WeightsFixed, RunNotEnded) as refusal:
        return str(refusal)
    return ""


def classes_of(definition: Definition) -> tuple[Partition, ...]:
    """The classes that can be weighted to: those of detached questions are not stored with the rest."""
    return tuple(partition for question, partition in definition.partitions.values() if not question.detached)


def class_of(definition: Definition, name: str) -> Partition:
    found = definition.partitions.get(name)
    if found is None:
        raise NoSuchClass(name)
    question, partition = found
    if question.detached:
        raise ClassDetached(partition.title)
    return partition


@transaction.atomic
def set_targets(
    *, wave: Wave, partition: str, percents: Mapping[str, Decimal | int], source: str, by: User, now: datetime
) -> None:
    """The shares of a class in the population, as per cents by the codes of its parts, and where they are from."""
    wave, definition = _locked(wave, by)
    known = class_of(definition, partition)
    if problems := [*_of_percents(known, percents), *_of_source(source)]:
        raise TargetsWrong(problems)
    WeightTarget.objects.filter(wave=wave, partition=partition).delete()
    WeightTarget.objects.bulk_create(
        WeightTarget(
            wave=wave,
            partition=partition,
            part=part.code,
            percent=Decimal(percents[part.code]).quantize(PLACES),
            source=source.strip(),
        )
        for part in known.parts
    )
    audit.record(
        "wave.weight_targets",
        by=by,
        now=now,
        target=wave,
        partition=partition,
        percents=[[part.code, str(percents[part.code])] for part in known.parts],
    )


def _locked(wave: Wave, by: User) -> tuple[Wave, Definition]:
    """The opening of the box takes the same lock: what is fixed now is fixed before it, or not at all."""
    permissions.check(by, "wave.manage")
    locked = Wave.objects.select_for_update(no_key=True, of=("self",)).select_related("questionnaire")
    found = locked.get(pk=wave.pk)
    check_not_fixed(found)
    return found, definition_of(found.questionnaire)


def _of_percents(partition: Partition, percents: Mapping[str, Decimal | int]) -> Iterator[tuple[str, str]]:
    labels = {part.code: part.label for part in partition.parts}
    for code in percents.keys() - labels.keys():
        yield "", _("The class has no part “%(part)s”.") % {"part": code}
    for code, label in labels.items():
        if code not in percents:
            yield code, _("“%(part)s” has no share.") % {"part": label}
        elif not 0 <= percents[code] <= WHOLE:
            yield code, _("The share of “%(part)s” lies between 0 and 100 per cent.") % {"part": label}
    whole = sum(percents.values(), Decimal(0))
    if percents.keys() == labels.keys() and abs(whole - WHOLE) > ROUNDING:
        yield "", _("The shares add to %(sum)s per cent; they should add to 100.") % {"sum": f"{whole:f}"}


def _of_source(source: str) -> Iterator[tuple[str, str]]:
    if not source.strip():
        yield "source", _("Say where the shares are from.")


@transaction.atomic
def choose_method(
    *, wave: Wave, method: str, margins: Sequence[str] = (), by: User, now: datetime
) -> WeightChoice:
    """Unweighted, or weighted to classes that have targets if response differs between the parts of the first."""
    wave, definition = _locked(wave, by)
    if method == Method.IF_UNEVEN:
        _check_margins(wave, definition, margins)
    choice, _made = WeightChoice.objects.update_or_create(
        wave=wave,
        defaults={
            "method": Method(method),
            "margins": list(margins) if method == Method.IF_UNEVEN else [],
        },
    )
    audit.record(
        "wave.weight_method", by=by, now=now, target=wave, method=str(choice.method), margins=choice.margins
    )
    return choice


def _check_margins(wave: Wave, definition: Definition, margins: Sequence[str]) -> None:
    if not margins:
        raise MarginsWrong(_("Choose at least one class to weight to."))
    if len(margins) > WeightChoice.MOST_MARGINS or len(set(margins)) != len(margins):
        raise MarginsWrong(
            _("Weight to at most %(most)s different classes: every further one makes weights less even.")
            % {"most": WeightChoice.MOST_MARGINS}
        )
    cells = prod(1 + len(class_of(definition, name).parts) for name in margins)
    if cells > WeightChoice.MOST_CELLS:
        raise MarginsWrong(
            _(
                "These classes together have %(cells)s combinations of groups, and at most %(most)s can be weighted. "
                "Leave one out."
            )
            % {"cells": cells, "most": WeightChoice.MOST_CELLS}
        )
    without = [class_of(definition, name).title for name in _without_targets(wave, definition, margins)]
    if without:
        raise MarginsWrong(
            _("Give the shares in the population first: %(classes)s.") % {"classes": ", ".join(without)}
        )


def targets_of(wave: Wave) -> dict[str, dict[str, WeightTarget]]:
    """Class -> part -> its target, as they are stored: a questionnaire that changed since may know others."""
    found: dict[str, dict[str, WeightTarget]] = {}
    for target in WeightTarget.objects.filter(wave=wave).order_by("id"):
        found.setdefault(target.partition, {})[target.part] = target
    return found


def choice_of(wave: Wave) -> WeightChoice:
    """What was fixed; a wave that nobody fixed anything for is unweighted."""
    return WeightChoice.objects.filter(wave=wave).first() or WeightChoice(wave=wave)


def margins_of(wave: Wave, definition: Definition) -> tuple[Margin, ...]:
    """What the wave is weighted to; empty when it is not. Response is compared by the first (`is_uneven`).

    A class whose targets do not fit the definition is left out, and `lacking` names it; without the first nothing
    is weighted, because nothing says whether to.
    """
    targets = targets_of(wave)
    found = [_margin(definition, name, targets.get(name, {})) for name in choice_of(wave).margins]
    if not found or found[0] is None:
        return ()
    return tuple(margin for margin in found if margin is not None)


def lacking(wave: Wave, definition: Definition) -> tuple[Problem, ...]:
    """Classes that were chosen and have no targets that fit: the questionnaire of the wave was changed since."""
    names = choice_of(wave).margins
    return tuple(Problem(Reason.NO_TARGETS, name) for name in _without_targets(wave, definition, names))


def _without_targets(wave: Wave, definition: Definition, names: Sequence[str]) -> list[str]:
    targets = targets_of(wave)
    return [name for name in names if _margin(definition, name, targets.get(name, {})) is None]


def _margin(definition: Definition, name: str, targets: Mapping[str, WeightTarget]) -> Margin | None:
    question, partition = definition.partitions.get(name, (None, None))
    if question is None or partition is None or question.detached:
        return None
    parts = tuple(part.code for part in partition.parts)
    if set(parts) != set(targets):
        return None
    whole = sum(target.percent for target in targets.values())
    return Margin(name, parts, tuple(float(targets[part].percent / whole) for part in parts))


@transaction.atomic
def keep(
    *,
    wave: Wave,
    run: Run,
    result: Raked | Imported | None,
    published: bool,
    cells: Sequence[WeighedCell] = (),
) -> Weighting:
    """Store what a run did about weights, in place of what the run before did. The night alone calls it.

    `published` says that releases carry the weighted figures. Raking that failed has weights of one and is never
    published as weighted. Who calls inside the transaction that writes the tables has both or neither.
    """
    problems = (*lacking(wave, definition_of(wave.questionnaire)), *(result.problems if result else ()))
    failed = result is None or (isinstance(result, Raked) and not result.converged)
    kept, _made = Weighting.objects.update_or_create(
        wave=wave,
        defaults={
            **_NOTHING,
            **_figures(result),
            "run": run,
            "published": published and not failed,
            "problems": [asdict(problem) for problem in problems],
        },
    )
    kept.cells.all().delete()
    WeightCell.objects.bulk_create(
        WeightCell(weighting=kept, parts=list(cell.parts), weight=cell.weight) for cell in cells
    )
    return kept


_NOTHING: dict[str, object] = {
    "kind": Weighting.Kind.NONE,
    "margins": [],
    "collapsed": [],
    **dict.fromkeys(
        ("converged", "rounds", "gap", "deff", "n_eff", "smallest", "largest", "trimmed", "cap", "floor")
    ),
}


def _figures(result: Raked | Imported | None) -> dict[str, object]:
    if result is None:
        return {}
    shared = {name: getattr(result, name) for name in ("deff", "n_eff", "smallest", "largest")}
    if isinstance(result, Imported):
        return {"kind": Weighting.Kind.IMPORTED, **shared}
    return {
        "kind": Weighting.Kind.RAKED,
        **shared,
        **{name: getattr(result, name) for name in ("converged", "rounds", "gap", "cap", "floor")},
        "margins": list(result.margins),
        "trimmed": None if 0 < result.trimmed < FEWEST_TOLD else result.trimmed,
        "collapsed": [asdict(merged) for merged in result.collapsed],
    }
