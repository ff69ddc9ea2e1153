"""Sentences and names that the report page uses for statistics, marks and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.public import numbers

RANGE_SENTENCE = gettext_lazy(
    "95 per cent range (Wilson), worked out as if those who answered were drawn by chance from those invited; "
    "nobody was drawn by chance, and the range does not cover that."
)
WITHHELD_SENTENCE = gettext_lazy(
    "Withheld: the number is not shown, because too few people answered or because it could tell something "
    "about a person. It may be any number, zero included."
)
SMALL_BASE_SENTENCE = gettext_lazy(
    "* Small base: fewer people answered than we like; read the number with care."
)
NOT_ASKED_SENTENCE = gettext_lazy("Not asked: nobody was led to this question.")
ROUNDING_SENTENCE = gettext_lazy("Whole per cents, each rounded on its own, so they may not add to 100.")
SEVERAL_SENTENCE = gettext_lazy("Several answers were possible, so the percentages can add to more than 100.")


@dataclass(frozen=True, slots=True)
class Statistic:
    title: str | Promise
    heading: str | Promise
    unit: numbers.Unit


PER_CENT = gettext_lazy("Per cent")
STATISTICS: Mapping[str, Statistic] = {
    "percent_of_respondents": Statistic(gettext_lazy("Share of respondents"), PER_CENT, numbers.percent_unit),
    "percent_of_mentions": Statistic(
        gettext_lazy("Share of everything that was named"), PER_CENT, numbers.percent_unit
    ),
    "percent_named_first": Statistic(gettext_lazy("Named first"), PER_CENT, numbers.percent_unit),
    "percent_ranked_first": Statistic(gettext_lazy("Ranked first"), PER_CENT, numbers.percent_unit),
    "percent_ranked_top_3": Statistic(
        gettext_lazy("Ranked among the first three"), PER_CENT, numbers.percent_unit
    ),
    "mean_rank": Statistic(
        gettext_lazy("Mean place, of those who ranked it: 1 is first"),
        gettext_lazy("Place"),
        numbers.score_unit,
    ),
    "borda_3_2_1": Statistic(
        gettext_lazy("Mean score: 3 for ranked first, 2 for second, 1 for third"),
        gettext_lazy("Score"),
        numbers.score_unit,
    ),
    "percent_without_dont_know": Statistic(
        gettext_lazy("Share of respondents, without those who could not say"), PER_CENT, numbers.percent_unit
    ),
    "median_and_quartiles": Statistic(
        gettext_lazy("Middle of the numbers given"), gettext_lazy("Number"), numbers.count_unit
    ),
    "histogram_10_points": Statistic(
        gettext_lazy("Share of the numbers given"), PER_CENT, numbers.percent_unit
    ),
    "bands": Statistic(gettext_lazy("Share of the numbers given"), PER_CENT, numbers.percent_unit),
    "count_distinct": Statistic(
        gettext_lazy("How many different ones"), gettext_lazy("Number"), numbers.count_unit
    ),
}
AMONG = "percent_among_"
DEFAULT_RULES = frozenset({"", "answered", "asked", "valid"})


def statistic(name: str) -> Statistic:
    return STATISTICS.get(name) or Statistic(
        gettext_lazy("Share of respondents"), PER_CENT, numbers.percent_unit
    )


def series_title(name: str, base_rule: str, main_rule: str, nets: Mapping[str, str]) -> str:
    """What a series of numbers is, in words. `nets` gives the label of a net by its code."""
    if name.startswith(AMONG):
        net = name.removeprefix(AMONG)
        return _("Share of those in the group “%(group)s”") % {"group": nets.get(net, net)}
    if base_rule != main_rule and base_rule not in DEFAULT_RULES:
        return _(
            "Share of all respondents, also of those who were not asked because an earlier answer already says it"
        )
    return str(statistic(name).title)


def weighting_sentence(weighting: Mapping[str, Any] | None) -> str:
    """What the percentages of a part were weighted to, and what that costs; empty for a part without weights."""
    if not weighting:
        return ""
    places = {
        "margins": ", ".join(weighting["margins"]),
        "effect": numbers.one_decimal(weighting["design_effect"]),
        "base": numbers.whole(weighting["effective_base"]),
    }
    if weighting["kind"] == "imported":
        return (
            _(
                "Percentages are weighted with the weights that came with the responses. With them all respondents "
                "together say as much as %(base)s would without weights (design effect %(effect)s)."
            )
            % places
        )
    return (
        _(
            "Response was uneven, so percentages are weighted to known shares (%(margins)s). With these weights all "
            "respondents together say as much as %(base)s would without weights (design effect %(effect)s)."
        )
        % places
    )
