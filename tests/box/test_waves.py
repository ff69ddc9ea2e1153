from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.permissions import NotPermitted
from surveys.actions import waves
from surveys.models import Edition, Wave, WaveKey
from surveys.places import dates_of, free_places, texts_of
from tests.box.field import CLOSES, IN_GRACE, NOW, Field, small_questionnaire
from tests.box.people import audited, member_of_staff
from tests.services import acting_as

OPENS = NOW + timedelta(days=1)


@pytest.fixture
def fieldworker(db: None) -> User:
    return member_of_staff("fieldwork")


def create(by: User, **changes: object) -> Wave:
    settings = {
        "edition": Edition.objects.get_or_create(year=2019, title="A report")[0],
        "questionnaire": small_questionnaire(),
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "time_zone": "Europe/Berlin",
    }
    return waves.create_wave(**(settings | changes), by=by, now=NOW)  # type: ignore[arg-type]


def make_ready(wave: Wave, by: User) -> None:
    waves.set_places(wave=wave, places={"contact": "box@example.org, 1 High Street"}, by=by, now=NOW)
    WaveKey.objects.create(wave=wave, public_key=b"k" * 32)


def test_wave_is_created_with_an_audit_row(fieldworker: User) -> None:
    small_questionnaire()
    with acting_as("web"):
        wave = create(fieldworker)

    assert wave.status == Wave.Status.DRAFT
    assert audited() == ["wave.created"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"closes_at": OPENS}, waves.WaveTimesReversed),
        ({"min_batch": 9}, waves.BatchTooSmall),
    ],
)
def test_wave_with_settings_that_cannot_be_is_refused(
    fieldworker: User, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create(fieldworker, **changes)

    assert not Wave.objects.exists()


def test_wave_twice_in_an_edition_is_refused(fieldworker: User) -> None:
    create(fieldworker)

    with pytest.raises(waves.WaveExists):
        create(fieldworker)


def test_wave_of_made_up_people_is_refused_on_production(fieldworker: User, settings: Settings) -> None:
    wave = create(fieldworker, synthetic=True)
    make_ready(wave, fieldworker)
    settings.ENQUIRY_ENV = "production"

    with pytest.raises(waves.SyntheticOnProduction):
        create(fieldworker, synthetic=True)
    with pytest.raises(waves.WaveNotReady):
        waves.open_wave(wave=wave, by=fieldworker, now=NOW)


def test_wave_that_lacks_everything_says_all_of_it(fieldworker: User) -> None:
    wave = create(fieldworker)

    missing = waves.missing_for_opening(wave, CLOSES)

    assert free_places(wave) == ("contact",)
    assert len(missing) == 3
    assert any("[contact]" in sentence for sentence in missing)


def test_wave_that_is_ready_opens_and_freezes_its_questionnaire(fieldworker: User) -> None:
    wave = create(fieldworker)
    make_ready(wave, fieldworker)

    with acting_as("web"):
        opened = waves.open_wave(wave=wave, by=fieldworker, now=NOW)

    assert opened.status == Wave.Status.OPEN
    assert opened.questionnaire.frozen_at == NOW
    assert [waves.is_open(opened, now) for now in (NOW, OPENS, CLOSES)] == [False, True, False]
    with pytest.raises(waves.WaveNotReady):
        waves.open_wave(wave=wave, by=fieldworker, now=NOW)
    with pytest.raises(waves.WaveReleased):
        waves.change_wave(
            wave=wave,
            edition=wave.edition,
            questionnaire=wave.questionnaire,
            opens_at=OPENS,
            closes_at=CLOSES,
            time_zone="UTC",
            min_batch=10,
            synthetic=False,
            by=fieldworker,
            now=NOW,
        )


def test_wave_opened_by_somebody_without_the_role_stays_shut(fieldworker: User) -> None:
    wave = create(fieldworker)
    make_ready(wave, fieldworker)

    with pytest.raises(NotPermitted):
        waves.open_wave(wave=wave, by=member_of_staff("publisher"), now=NOW)

    assert Wave.objects.get().status == Wave.Status.DRAFT


def test_place_of_an_open_wave_can_be_corrected_and_not_emptied(fieldworker: User) -> None:
    wave = create(fieldworker)
    make_ready(wave, fieldworker)
    waves.open_wave(wave=wave, by=fieldworker, now=NOW)

    waves.set_places(wave=wave, places={"contact": "2 High Street"}, by=fieldworker, now=NOW)
    with pytest.raises(waves.PlaceEmptied):
        waves.set_places(wave=wave, places={"contact": " "}, by=fieldworker, now=NOW)
    with pytest.raises(waves.PlaceUnknown):
        waves.set_places(wave=wave, places={"helpline": "1"}, by=fieldworker, now=NOW)

    assert texts_of(wave, "en") == {"contact": "2 High Street"}


def test_dates_in_the_texts_are_those_of_the_waves_zone(fieldworker: User) -> None:
    wave = create(fieldworker, closes_at=CLOSES.replace(hour=23))

    dates = dates_of(wave, "en")

    assert dates["withdrawal date"] == "June 14, 2019, 01:00 (Europe/Berlin)"
    assert dates["contact deletion date"] == "July 14, 2019"


def test_wave_closed_now_takes_no_starts_and_gives_the_grace(field: Field, fieldworker: User) -> None:
    with acting_as("web"):
        closed = waves.close_wave_now(wave=field.wave, by=fieldworker, now=NOW)

    assert not waves.is_open(closed, NOW)
    assert waves.in_grace(closed, NOW)
    assert not waves.box_may_be_emptied(closed, NOW + timedelta(minutes=59))
    assert waves.box_may_be_emptied(closed, NOW + timedelta(minutes=60))
    with pytest.raises(waves.WaveNotRunning):
        waves.close_wave_now(wave=closed, by=fieldworker, now=NOW)


def test_grace_begins_at_the_close(field: Field) -> None:
    assert not waves.in_grace(field.wave, CLOSES - timedelta(seconds=1))
    assert waves.in_grace(field.wave, IN_GRACE)
