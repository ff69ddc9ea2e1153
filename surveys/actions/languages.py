"""Opening a language of a wave to respondents, and closing it again."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from surveys.models import Wave
from surveys.queries import languages_of_wave, state_of
from surveys.translating import TranslationState, name_in


def language_name(language: str) -> str:
    """What a language is called in that of the page or the command, for a sentence."""
    return name_in(language, get_language() or settings.LANGUAGE_CODE)


class LanguageIncomplete(Exception):
    """Respondents would meet texts in two languages, or one that no longer says what the source says."""

    def __init__(self, state: TranslationState) -> None:
        self.state = state
        super().__init__(" ".join(what_is_left(state)))


class LanguageNotSpoken(Exception):
    def __init__(self, language: str) -> None:
        super().__init__(
            _(
                "The interface is not translated into %(language)s: its buttons and errors would be in English."
            )
            % {"language": language_name(language)}
        )


class LanguageIsSource(Exception):
    def __init__(self, language: str) -> None:
        super().__init__(
            _("The questionnaire is written in %(language)s, which is always open.")
            % {"language": language_name(language)}
        )


class WaveOver(Exception):
    def __init__(self) -> None:
        super().__init__(_("This wave is over. Its languages stay as they are."))


def what_is_left(state: TranslationState) -> tuple[str, ...]:
    """One sentence for what respondents would miss in a language, and one for what is out of date."""
    missing = ngettext(
        "%(count)d text for respondents is not translated into %(language)s.",
        "%(count)d texts for respondents are not translated into %(language)s.",
        len(state.missing),
    )
    stale = ngettext(
        "The source of %(count)d text has changed since it was translated into %(language)s.",
        "The sources of %(count)d texts have changed since they were translated into %(language)s.",
        len(state.stale),
    )
    language = language_name(state.language)
    counted = ((missing, state.missing), (stale, state.stale))
    return tuple(text % {"count": len(paths), "language": language} for text, paths in counted if paths)


def incomplete_languages(wave: Wave) -> tuple[str, ...]:
    """Sentences about the open languages of a wave in which respondents do not find everything."""
    states = (state_of(wave.questionnaire, language) for language in languages_of_wave(wave)[1:])
    return tuple(sentence for state in states for sentence in what_is_left(state))


def check_can_open_language(wave: Wave, language: str) -> None:
    if wave.status == Wave.Status.FINAL:
        raise WaveOver
    if language == wave.questionnaire.language:
        raise LanguageIsSource(language)
    if language not in dict(settings.LANGUAGES):
        raise LanguageNotSpoken(language)
    state = state_of(wave.questionnaire, language)
    if not state.is_complete:
        raise LanguageIncomplete(state)


@transaction.atomic
def open_language(*, wave: Wave, language: str, by: User, now: datetime) -> Wave:
    """Offer respondents a language, with every text for them in it. Opening it twice changes nothing."""
    wave = _locked(wave, by)
    check_can_open_language(wave, language)
    if language not in wave.languages:
        wave.languages = [*wave.languages, language]
        _save(wave, "wave.language_opened", language, by=by, now=now)
    return wave


@transaction.atomic
def close_language(*, wave: Wave, language: str, by: User, now: datetime) -> Wave:
    """Offer a language no longer. Who is answering in it goes on in that of the questionnaire; no answer is lost."""
    wave = _locked(wave, by)
    if wave.status == Wave.Status.FINAL:
        raise WaveOver
    if language in wave.languages:
        wave.languages = [kept for kept in wave.languages if kept != language]
        _save(wave, "wave.language_closed", language, by=by, now=now)
    return wave


def _locked(wave: Wave, by: User) -> Wave:
    permissions.check(by, "wave.manage")
    return (
        Wave.objects.select_for_update(no_key=True, of=("self",))
        .select_related("questionnaire")
        .get(pk=wave.pk)
    )


def _save(wave: Wave, action: str, language: str, *, by: User, now: datetime) -> None:
    wave.texts_version += 1
    wave.save(update_fields=["languages", "texts_version"])
    audit.record(action, by=by, now=now, target=wave, language=language)
