"""What of the response metrics may be shown: nothing from which a number of people below ten follows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.dispositions import Code, Sent, Standing
from reports.response_doors import SMALLEST, Door
from reports.response_figures import (
    BREAK_OFF,
    COMPLETION,
    NEEDS_REFUSED,
    PARTICIPATION,
    Caution,
    Figure,
    Kind,
    Listing,
    Metrics,
    of_list,
    of_open_door,
)
from reports.response_rates import FORMULAS, Found, Share
from reports.telling import MOST_GROUPS, small_unions
from responses.fieldwork import LEAST_WANTED_FIRST
from responses.models import Invitation
from responses.showable import SMALLEST_COUNT, showable_states

LETTERS = ("i", "p", "r", "nc", "o", "uo", "ne")


def standing(state: str, mail: str = "mailed", *, case: bool = True) -> Standing:
    return Standing(state, mail, True, case)


def door(standings: Mapping[Standing, int]) -> Door:
    """With the states that the fieldwork page would show."""
    states: dict[str, int] = {}
    for one, count in standings.items():
        states[one.state] = states.get(one.state, 0) + count
    return Door(standings, frozenset(showable_states(states, LEAST_WANTED_FIRST)))


def listing(standings: Mapping[Standing, int], sent: Sent, **values: object) -> Listing:
    found = door(standings)
    more: dict[str, object] = {"finished_everywhere": found.finished, "by_hand": {}, "enough": True}
    return Listing(found, sent, **{**more, **values})  # type: ignore[arg-type]


def figures(metrics: Metrics) -> dict[str, Figure]:
    return {figure.name: figure for figure in metrics.figures}


LARGE = {
    standing("finished"): 120,
    standing("declined"): 20,
    standing("started"): 30,
    standing("invited", "opted_out"): 10,
    standing("invited"): 200,
    standing("invited", "bounced"): 20,
}
SENT = Sent(completes=80, partials=20, fewer=4, not_eligible=12)


def test_every_figure_of_a_large_list_by_hand() -> None:
    metrics = of_list(listing(LARGE, SENT))
    found = figures(metrics)

    # 400 invited: 80 I, 20 P, 20 + 10 + 30 + 4 R, 4 waiting in the box, 220 unknown, 12 not eligible.
    values = {name: found[name].value for name in LETTERS}
    assert values == {"i": 80, "p": 20, "r": 64, "nc": 0, "o": None, "uo": 220, "ne": 12}
    assert (found["o"].status, found["o"].reason) == ("withheld", "few")
    assert metrics.e == Share(168 / 180, Found.DEFAULT)
    assert found["cases"].value == 400
    assert found["RR2"].value == pytest.approx(100 / 388)
    assert found["RR1"].value == pytest.approx(80 / 388)
    assert found["RR4"].value == pytest.approx(100 / (168 + 168 / 180 * 220))
    assert found["COOP2"].value == pytest.approx(100 / 168)
    assert found["REF1"].value == pytest.approx(64 / 388)
    assert found[BREAK_OFF].value == pytest.approx(34 / 134)
    assert metrics.warnings == (Caution.NOT_COUNTED,)
    assert {figure.name for figure in metrics.figures if figure.kind is Kind.RATE} == {*FORMULAS, BREAK_OFF}


def test_rates_out_of_all_stay_where_those_of_the_few_who_refused_are_withheld() -> None:
    few = {
        standing("finished"): 120,
        standing("invited"): 200,
        standing("started"): 3,
        standing("declined"): 2,
    }
    metrics = of_list(listing(few, Sent(completes=100, partials=10, not_eligible=10)))
    found = figures(metrics)

    assert found["RR2"].value == pytest.approx(110 / 315)
    withheld = {name for name, figure in found.items() if figure.status == "withheld"}
    # e rests on those who refused, and with it RR3 and RR4.
    assert withheld == {*NEEDS_REFUSED, "RR3", "RR4", BREAK_OFF, "r", "uo", "o"}
    assert metrics.e is None


def test_rates_with_e_of_one_say_nothing_of_those_who_refused() -> None:
    few = {standing("finished"): 120, standing("invited"): 200, standing("started"): 3}
    metrics = of_list(listing(few, Sent(completes=100, partials=20)))
    found = figures(metrics)

    assert found["RR4"].value == found["RR2"].value == pytest.approx(120 / 323)
    assert found["REF2"].status == "withheld"
    assert metrics.e == Share(1.0, Found.HIGHEST)
    assert Caution.E_HIGHEST in metrics.warnings


@pytest.mark.parametrize(("opted_out", "refused"), [(0, 30), (9, 30), (10, 40)])
def test_few_who_want_no_mail_count_as_silent_and_every_rate_is_shown(opted_out: int, refused: int) -> None:
    people = {
        standing("finished"): 100,
        standing("declined"): 12,
        standing("started"): 18,
        standing("invited"): 50 - opted_out,
        standing("invited", "opted_out"): opted_out,
    }
    metrics = of_list(listing(people, Sent(completes=100)))
    found = figures(metrics)

    assert found["r"].value == refused
    assert found["REF1"].value == pytest.approx(refused / 180)
    assert found["RR2"].value == pytest.approx(100 / 180)
    assert (Caution.FEW_OPTED_OUT in metrics.warnings) == (opted_out < 10)


def test_nothing_is_shown_where_the_fieldwork_shows_not_how_many_sent() -> None:
    nearly_all = {standing("finished"): 120, standing("invited"): 5}
    metrics = of_list(listing(nearly_all, Sent(completes=110)))

    # Non-contacts are known by hand alone.
    assert {figure.name for figure in metrics.figures if figure.status == "shown"} == {"nc"}


def test_too_few_responses_have_no_figures() -> None:
    metrics = of_list(listing(LARGE, Sent(completes=20), enough=False))

    assert metrics == Metrics((), None, (Caution.FEW_RESPONSES,))


def test_more_by_hand_than_silent_is_left_out_with_a_warning() -> None:
    metrics = of_list(listing(LARGE, SENT, by_hand={Code.AWAY: 221}))

    assert Caution.TOO_MANY_BY_HAND in metrics.warnings
    assert figures(metrics)["nc"].value == 0


def test_by_hand_and_stated_e_count() -> None:
    metrics = of_list(listing(LARGE, SENT, by_hand={Code.AWAY: 20, Code.NOT_ELIGIBLE: 8}, stated_e=0.5))
    found = figures(metrics)

    assert metrics.e == Share(0.5, Found.STATED)
    assert (found["nc"].value, found["ne"].value, found["uo"].value) == (20, 20, 192)
    assert found["RR4"].value == pytest.approx(100 / (80 + 20 + 64 + 20 + 4 + 0.5 * 192))


def test_links_that_staff_send_and_other_doors_are_said() -> None:
    own = {standing("finished"): 50, standing("invited", "own"): 60}
    metrics = of_list(listing(own, Sent(completes=80), finished_everywhere=80))

    cautions = {Caution.FEW_OPTED_OUT, Caution.ESTIMATED, Caution.OWN_LINKS, Caution.E_HIGHEST}
    assert set(metrics.warnings) == cautions
    assert figures(metrics)["i"].value == 50


def test_smallest_count_is_that_of_the_fieldwork() -> None:
    assert SMALLEST == SMALLEST_COUNT


def test_open_door_by_hand() -> None:
    people = {standing("finished", "own"): 60, standing("started", "own"): 20, standing("invited", "own"): 40}
    found = figures(of_open_door(door(people), opened_is_counted=True))

    assert {name: figure.value for name, figure in found.items()} == {
        "opened": 120,
        # Eighty beside sixty that sent would say that nobody declined.
        "started": None,
        "finished": 60,
        COMPLETION: None,
        PARTICIPATION: 0.5,
    }
    assert not {"RR1", "RR2", "RR4"} & set(found)


def test_open_door_where_some_declined_has_its_completion_rate() -> None:
    people = {
        standing("finished", "own"): 60,
        standing("started", "own"): 20,
        standing("invited", "own"): 40,
        standing("declined", "own"): 15,
        standing("revoked", "own"): 65,
    }
    found = figures(of_open_door(door(people), opened_is_counted=False))

    assert (found["opened"].status, found["opened"].reason) == ("not_defined", "not_recorded")
    assert (found["handed_out"].value, found["started"].value) == (135, 80)
    assert found[COMPLETION].value == 0.75
    assert found[PARTICIPATION].value == pytest.approx(60 / 135)


def test_all_groups_there_can_be_are_few_enough_to_look_at() -> None:
    everything = {
        Standing(*one): 12
        for one in product(Invitation.State.values, Invitation.Mail.values, (True, False), (True, False))
    }

    assert len(door(everything).groups) <= MOST_GROUPS
    assert figures(of_list(listing(everything, SENT)))["RR2"].status == "shown"


STANDINGS = [
    standing("finished"),
    standing("declined"),
    standing("started"),
    standing("invited", "opted_out"),
    standing("invited"),
    standing("invited", "bounced"),
    standing("closed", case=False),
]
PEOPLE = st.fixed_dictionaries({one: st.sampled_from([0, 1, 3, 9, 10, 11, 25, 60]) for one in STANDINGS})


@given(PEOPLE)
@settings(max_examples=150)
def test_no_shown_figure_tells_of_fewer_than_ten_who_did_not_answer(people: dict[Standing, int]) -> None:
    """Whoever knows how the responses were answered works out from each rate what it is out of, and no small group."""
    found = door(people)
    sent = Sent(completes=found.finished)
    shown = {f.name for f in of_list(listing(people, sent)).figures if f.status == "shown"}
    groups = found.groups
    cases = frozenset(one for one in groups if one[1] != "no_case")
    told = {
        "RR2": [cases],
        "REF1": [frozenset(one for one in groups if one[1] in {"refused", "broken_off"})],
        "r": [frozenset(one for one in groups if one[1] in {"refused", "broken_off"})],
        "uo": [frozenset(one for one in groups if one[1] == "silent")],
        BREAK_OFF: [frozenset(one for one in groups if one[1] == "broken_off")],
    }
    finished = [frozenset(one for one in groups if one[1] == "sent")] if "RR2" in shown else []
    known = [*found.shown_already, *finished, *(one for name in shown for one in told.get(name, []))]

    before = small_unions(found.shown_already, groups, 10)
    assert small_unions(known, groups, 10) <= before
