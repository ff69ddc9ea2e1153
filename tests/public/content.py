"""A small release content written by hand: every kind of chart, every mark, and labels that try to be markup."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import rfc8785

from accounts.models import User
from reports.models import Release
from surveys.models import Edition

HOSTILE = "<b onclick=alert(1)>Cloud & co</b>"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def line(code: str, label: str, percent: Any, base: int | None = 100, **more: Any) -> dict[str, Any]:
    shown = (
        {"low": max(int(percent) - 8, 0), "high": min(int(percent) + 8, 100)}
        if isinstance(percent, int)
        else {}
    )
    return (
        {
            "row": "",
            "row_label": "",
            "code": code,
            "label": label,
            "kind": "choice",
            "role": "substantive",
            "statistic": "percent_of_respondents",
            "base_rule": "answered",
            "percent": percent,
            "low": None,
            "high": None,
            "base": base,
            "status": "shown",
        }
        | shown
        | more
    )


def withheld(code: str, label: str, **more: Any) -> dict[str, Any]:
    return line(code, label, None, status="withheld", **more)


def figure(key: str, type_: str, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "id": f"enterprise.{key}",
        "number": "1",
        "question": f"How is {key}?",
        "title": f"Title of {key}",
        "kind": "single",
        "base_text": "All eligible organisations",
        "base_rule": "answered",
        "scale": "",
        "unit": "",
        "sensitivity": "low",
        "wording_version": 1,
        "headline": None,
        "figure_type": type_,
        "not_stated": None,
        "lines": lines,
    } | more


POLICY = figure(
    "policy",
    "bar",
    [
        line("has_policy", "Has a policy", 90, kind="net", role=""),
        line("explicit", "Names the material", 60),
        line("planned", HOSTILE, "<1", low=0, high=2),
        line("none", "No", 0, role="none", high=4),
        withheld("other", "Another answer"),
        line("dont_know", "I do not know", 4, role="dont_know"),
    ],
    headline={"label": "Has a policy", "percent": 90, "base": 100},
    not_stated="fewer than 5",
)


def scale(row: str, row_label: str, shares: tuple[int | None, ...], **more: Any) -> list[dict[str, Any]]:
    codes = ("very_common", "fairly_common", "neither", "fairly_uncommon", "very_uncommon")
    place = {"row": row, "row_label": row_label, **more}
    points = [
        line(code, code.replace("_", " "), share, **place)
        if share is not None
        else withheld(code, code, **place)
        for code, share in zip(codes, shares, strict=True)
    ]
    return [
        line("common", "Common", 60, **place, kind="net", role=""),
        *points,
        line("not_encountered", "Not encountered", 5, role="not_encountered", **place),
        line("dont_know", "I cannot judge", 5, role="dont_know", **place),
    ]


FREQUENCY = figure(
    "frequency",
    "stacked_likert",
    scale("laptop", "Laptop", (30, 30, 10, 12, 8))
    + scale("phone", "Phone", (20, 30, None, 20, None))
    + scale("disc", "Disc", (20, 30, 10, 20, 10), status="small_base", base=40)
    + [
        withheld("common", "Common", row="tape", row_label="Tape", kind="net"),
        withheld("neither", "neither", row="tape", row_label="Tape"),
    ],
    kind="grid_single",
    not_stated=7,
)
AREAS = figure(
    "areas",
    "grouped_bar",
    [
        line(code, label, share, row=row, row_label=row_label)
        for row, row_label, shares in (("voluntary", "Voluntary", (50, 30)), ("distant", "Distant", (10, 70)))
        for (code, label), share in zip((("eu", "Europe"), ("as", "Asia")), shares, strict=True)
    ],
    kind="grid_multiple",
)
RANKING = figure(
    "ranking",
    "grouped_bar",
    [
        line("phone", "Phone", 70),
        line("usb", "USB stick", 40),
        line("phone", "Phone", 50, statistic="percent_ranked_first"),
        withheld("usb", "USB stick", statistic="percent_ranked_first"),
        line("phone", "Phone", 1.7, statistic="borda_3_2_1"),
    ],
    kind="ranking",
)
BINS = ("0", "1-9", *(f"{n}-{n + 9}" for n in range(10, 100, 10)), "100")
SHARE = figure(
    "share",
    "histogram",
    [
        *(
            line(
                f"b{n}",
                bin_,
                (4, 6, 8, 9, 10, 12, 14, 11, 10, 8, 5, 3)[n],
                statistic="histogram_10_points",
                kind="number",
            )
            for n, bin_ in enumerate(BINS)
        ),
        *(
            line(code, code, value, statistic="median_and_quartiles", kind="number", low=None, high=None)
            for code, value in (("lower_quartile", 25), ("median", 50), ("upper_quartile", 70))
        ),
        line("no_typical", "There is no typical case", 12, role="none", kind="special"),
    ],
    kind="number",
)
SIZE = figure(
    "size",
    "bar",
    [line("large", "More than 25,000", 55, kind="class"), line("small", "Up to 25,000", 45, kind="class")],
)
COUNTRIES = figure(
    "country",
    "none",
    [
        line(
            "countries",
            "different countries",
            41,
            kind="distinct",
            statistic="count_distinct",
            low=None,
            high=None,
        )
    ],
)
SMALL = figure(
    "found_how",
    "bar",
    [withheld("audit", "By an audit", base=None), withheld("staff", "By staff", base=None)],
)


def content(
    *, year: int = 2019, synthetic: bool = True, title: str = "Online crimes against children"
) -> dict[str, Any]:
    figures = [POLICY, FREQUENCY, AREAS, RANKING, SHARE, SMALL]
    return {
        "edition": {"year": year, "title": title},
        "synthetic": synthetic,
        "parts": [
            {
                "questionnaire": "enterprise",
                "version": 1,
                "definition_hash": "a" * 64,
                "audience": "Enterprise",
                "title": "Survey of large organisations",
                "population": "Organisations with more than 5,000 employees.",
                "responses": 100,
                "opens": "2019-04-29",
                "closes": "2019-08-30",
                "sections": [
                    {"key": "screener", "title": "You and your organisation", "figures": [SIZE, COUNTRIES]},
                    {"key": "policy", "title": "Policy", "figures": figures},
                ],
            }
        ],
        "policy": {"version": 1, "min_base": 30, "min_cell_total": 3},
        "method": {"interval": "Wilson", "level": 95, "weights": "none"},
    }


def staff(name: str) -> User:
    return User.objects.get_or_create(email=f"{name}@example.org")[0]


def released(
    data: dict[str, Any] | None = None,
    *,
    number: int | None = 1,
    status: str = Release.Status.APPROVED,
    note: str = "",
    public_from: datetime | None = None,
) -> Release:
    """A saved release of the content. Without a number it is one that was not approved."""
    made = content() if data is None else data
    edition, _ = Edition.objects.get_or_create(
        year=made["edition"]["year"], defaults={"title": made["edition"]["title"]}
    )
    canonical = rfc8785.dumps(made)
    decided = status != Release.Status.REQUESTED
    return Release.objects.create(
        edition=edition,
        number=number if status == Release.Status.APPROVED else None,
        status=status,
        note=note,
        content=canonical.decode(),
        content_hash=hashlib.sha256(canonical).hexdigest(),
        requested_by=staff("analyst"),
        requested_at=NOON,
        decided_by=staff("publisher") if decided else None,
        decided_at=NOON if decided else None,
        public_from=public_from,
    )
