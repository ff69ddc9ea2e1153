"""Quotations: with permission, of a theme that several named, and in words that two people have found safe."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from responses import extracts, retention
from responses.actions import quote as quoting
from responses.coding.quotations import comments_to_quote, texts_to_quote
from responses.models import Coding, Comment, Decision, OpenText, Quotation, Redaction, WorkingTranslation
from surveys.models import Wave
from tests.coding.stage import NOW, QUESTION, Stage, coding_stage
from tests.coding.test_pages import at_work, post, words_on
from tests.services import acting_as
from tests.staff.people import member

pytestmark = pytest.mark.django_db
WORDS = ["locks by Anna"] * 5 + ["cages"] * 4 + ["secret"]


@pytest.fixture
def stage() -> Stage:
    """Five texts of one code, four of another; all but one may be quoted."""
    stage = coding_stage(WORDS)
    texts = OpenText.objects.all()
    texts.exclude(text="secret").update(may_quote=True)
    for text in texts:
        Coding.objects.create(text=text, code="other_measures" if text.text == "cages" else "physical")
    Comment.objects.create(wave=stage.wave, question="ent_comment", text="Ask Bo", may_quote=True)
    Comment.objects.create(wave=stage.wave, question="ent_comment", text="Not this", may_quote=False)
    return stage


@pytest.fixture
def editor() -> User:
    return member("editor")


def locks(stage: Stage) -> OpenText:
    return OpenText.objects.filter(text="locks by Anna").order_by("pk")[0]


def redacted(stage: Stage, by: User, words: str = "locks by […]") -> Quotation:
    return quoting.redact(wave=stage.wave, source=locks(stage), words=words, code="physical", by=by, now=NOW)


def test_two_people_have_to_find_the_same_words_safe(stage: Stage, editor: User) -> None:
    with acting_as("web"):
        quotation = redacted(stage, stage.lead)
        with pytest.raises(quoting.SameTwice):
            quoting.approve(quotation=quotation, words=quotation.words, by=stage.lead, now=NOW)
        with pytest.raises(quoting.Changed):
            quoting.approve(quotation=quotation, words="locks by Anna", by=editor, now=NOW)
        before = extracts.quotations(stage.wave)
        quoting.approve(quotation=quotation, words=quotation.words, by=editor, now=NOW)

    assert before == ()
    assert extracts.quotations(stage.wave) == ((QUESTION, "physical", "locks by […]"),)
    assert AuditEvent.objects.filter(action__startswith="quotation.").count() == 2


def test_changed_words_are_found_safe_anew(stage: Stage, editor: User) -> None:
    quotation = redacted(stage, stage.lead)
    quoting.approve(quotation=quotation, words=quotation.words, by=editor, now=NOW)

    redacted(stage, editor, "locks")

    assert extracts.quotations(stage.wave) == ()
    assert list(Redaction.objects.values_list("by", "step")) == [(editor.pk, 1)]


def test_database_takes_no_second_step_of_the_same_person(stage: Stage) -> None:
    quotation = redacted(stage, stage.lead)

    with pytest.raises(IntegrityError), transaction.atomic():
        Redaction.objects.create(quotation=quotation, by=stage.lead, step=2)


def test_nothing_is_quoted_without_permission_or_of_a_theme_of_few(stage: Stage) -> None:
    secret, cage = stage.text("secret"), OpenText.objects.filter(text="cages")[0]
    refused = Comment.objects.get(may_quote=False)

    with pytest.raises(quoting.NotAllowedToQuote):
        quoting.redact(wave=stage.wave, source=secret, words="x", code="physical", by=stage.lead, now=NOW)
    with pytest.raises(quoting.ThemeTooSmall):
        quoting.redact(wave=stage.wave, source=cage, words="x", code="other_measures", by=stage.lead, now=NOW)
    with pytest.raises(quoting.NotAllowedToQuote):
        quoting.redact(
            wave=stage.wave, source=locks(stage), words="x", code="firewall", by=stage.lead, now=NOW
        )
    with pytest.raises(quoting.NotAllowedToQuote):
        quoting.redact(wave=stage.wave, source=refused, words="x", by=stage.lead, now=NOW)
    assert {one.source.text for one in texts_to_quote(stage.wave)} == {"locks by Anna"}
    assert [one.source.text for one in comments_to_quote(stage.wave)] == ["Ask Bo"]


def test_nothing_is_quoted_before_the_wave_has_ended_or_by_others(stage: Stage) -> None:
    with pytest.raises(NotPermitted):
        redacted(stage, stage.first)
    Wave.objects.update(status=Wave.Status.OPEN)
    stage.wave.refresh_from_db()

    with pytest.raises(quoting.WaveGoesOn):
        redacted(stage, stage.lead)


def test_quotation_on_its_pages(stage: Stage, editor: User) -> None:
    lead, other = at_work(stage.lead), at_work(editor)
    comment = Comment.objects.get(may_quote=True)
    new = f"/staff/coding/waves/{stage.wave.pk}/quotations/new/?comment={comment.pk}"

    redacted_page = post(lead, new, words="Ask […]")
    quotation = Quotation.objects.get()
    address = f"/staff/coding/quotations/{quotation.pk}/"
    own = words_on(lead.get(address))
    post(other, address, approve="1", read="Ask […]")

    assert "find the words safe now" in words_on(redacted_page)
    assert "You redacted it yourself" in own
    assert extracts.quotations(stage.wave) == (("ent_comment", "", "Ask […]"),)
    assert "found safe by two" in words_on(lead.get(f"/staff/coding/waves/{stage.wave.pk}/quotations/"))
    post(lead, address + "withdraw/")
    assert extracts.quotations(stage.wave) == ()


def test_words_that_are_forgotten_go_from_every_table(stage: Stage, editor: User) -> None:
    quotation = redacted(stage, stage.lead)
    quoting.redact(
        wave=stage.wave, source=Comment.objects.get(may_quote=True), words="Ask", by=editor, now=NOW
    )
    WorkingTranslation.objects.create(text=quotation.text, language="sv", words="lås")
    Decision.objects.create(text=quotation.text, place=1, codes=["physical"], note="Anna?", answer="Yes")

    with acting_as("worker"):
        retention.forget_words(stage.wave, NOW + retention.WORDS_KEPT, released_at=NOW)

    for model in (Quotation, Redaction, WorkingTranslation, Comment):
        assert not model._default_manager.exists()
    assert Decision.objects.values_list("codes", "note", "answer").get() == (["physical"], "", "")
    assert set(OpenText.objects.values_list("forgotten", flat=True)) == {True}
