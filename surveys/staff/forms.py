from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm
from surveys.actions.languages import language_name
from surveys.models import Door, Edition, Questionnaire, Wave, email_alone
from surveys.places import ANNOUNCEMENT_PLACES

LOCAL = "%Y-%m-%dT%H:%M"
HINT = 300
"""How much of a text in the source language is shown beside the field for another language."""


class EditionForm(StaffForm):
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        min_value=2000,
        max_value=2200,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={
            "required": gettext_lazy("Type the year of the edition."),
            "invalid": gettext_lazy("Type the year as four digits."),
            "min_value": gettext_lazy("The year lies between 2000 and 2200."),
            "max_value": gettext_lazy("The year lies between 2000 and 2200."),
        },
    )
    title = forms.CharField(
        label=gettext_lazy("Title of the report"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the title that the report will have.")},
    )


class LocalTimeField(forms.DateTimeField):
    """A day and a time on the clock of the wave's zone, kept without one until the form knows which zone that is."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Type a day and a time, such as 2019-06-03 09:00."),
        "invalid": gettext_lazy("Type the day and the time in figures, such as 2019-06-03 09:00."),
    }

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        with suppress(ValueError):
            typed = datetime.fromisoformat(value.strip())
            if typed.tzinfo is None:
                return typed
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class ZonedForm(StaffForm):
    """Moments that are typed on the clock of a zone, which the field `time_zone` names."""

    moments: ClassVar[tuple[str, ...]] = ()

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"].strip()
        if name not in available_timezones():
            raise forms.ValidationError(_("There is no time zone called “%(name)s”.") % {"name": name})
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "time_zone" in cleaned:
            for name in self.moments:
                if cleaned.get(name) is not None:
                    self.make_instant(name, ZoneInfo(cleaned["time_zone"]))
        return cleaned

    def make_instant(self, name: str, zone: ZoneInfo) -> None:
        """A time that the clock skips or shows twice that night names no instant, and is asked for again."""
        typed = self.cleaned_data[name]
        early, late = (typed.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
        if early.utcoffset() != late.utcoffset():
            self.add_error(
                name, _("The clock changes at this time in %(zone)s. Choose another hour.") % {"zone": zone}
            )
        else:
            self.cleaned_data[name] = early.astimezone(UTC)


class WaveForm(ZonedForm):
    moments = ("opens_at", "closes_at")
    edition = forms.ModelChoiceField(
        Edition.objects.all(),
        label=gettext_lazy("Edition"),
        empty_label=gettext_lazy("Choose an edition"),
        error_messages={"required": gettext_lazy("Choose the edition that the wave belongs to.")},
    )
    questionnaire = forms.ModelChoiceField(
        Questionnaire.objects.all(),
        label=gettext_lazy("Questionnaire and version"),
        empty_label=gettext_lazy("Choose a questionnaire"),
        error_messages={"required": gettext_lazy("Choose the questionnaire that is asked.")},
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("By its name, such as Europe/Berlin. Respondents read all times in it."),
        initial="UTC",
        error_messages={"required": gettext_lazy("Type the name of the time zone.")},
    )
    opens_at = LocalTimeField(label=gettext_lazy("Opens, in that zone"))
    closes_at = LocalTimeField(label=gettext_lazy("Closes, in that zone"))
    min_batch = forms.IntegerField(
        label=gettext_lazy("Smallest batch of the ballot box"),
        help_text=gettext_lazy(
            "At least 10. Answers are taken out of the box among so many others, or not at all."
        ),
        initial=10,
        min_value=10,
        max_value=1000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        error_messages={
            "required": gettext_lazy("Type the smallest batch, 10 or more."),
            "invalid": gettext_lazy("Type the smallest batch as a whole number."),
            "min_value": gettext_lazy(
                "The smallest batch is 10; below it answers would not be hidden among others."
            ),
            "max_value": gettext_lazy("A batch is at most 1,000."),
        },
    )
    synthetic = forms.BooleanField(
        label=gettext_lazy("Its respondents are made up"),
        help_text=gettext_lazy(
            "Every page, table and file then says so. It cannot be changed once the wave is open."
        ),
        required=False,
    )

    forward_anywhere = forms.BooleanField(
        label=gettext_lazy("An invitation may be handed on to an address of another mail domain"),
        help_text=gettext_lazy(
            "Otherwise only within the domain that it was sent to. It cannot be changed once the wave is open."
        ),
        required=False,
    )

    doors = forms.MultipleChoiceField(
        label=gettext_lazy("Doors that are open"),
        help_text=gettext_lazy(
            "Nobody comes in by another one. With none chosen it is the personal link by e-mail."
            " They cannot be changed once the wave is open."
        ),
        choices=Door.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, production: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.production = production

    @classmethod
    def initial_of(cls, wave: Wave) -> dict[str, Any]:
        zone = ZoneInfo(wave.time_zone)
        return {
            "edition": wave.edition_id,
            "questionnaire": wave.questionnaire_id,
            "time_zone": wave.time_zone,
            "opens_at": wave.opens_at.astimezone(zone).replace(tzinfo=None),
            "closes_at": wave.closes_at.astimezone(zone).replace(tzinfo=None),
            "min_batch": wave.min_batch,
            "synthetic": wave.synthetic,
            "forward_anywhere": wave.forward_anywhere,
            "doors": wave.doors,
        }

    def clean_doors(self) -> list[str]:
        return self.cleaned_data["doors"] or email_alone()

    def clean_synthetic(self) -> bool:
        synthetic: bool = self.cleaned_data["synthetic"]
        if synthetic and self.production:
            raise forms.ValidationError(_("This is a production database: it takes no made-up respondents."))
        return synthetic

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and cleaned["closes_at"] <= cleaned["opens_at"]:
            self.add_error("closes_at", _("The wave closes before it opens. Choose a later closing time."))
        return cleaned


class PlacesForm(StaffForm):
    """One field for each place that the texts of the questionnaire leave to the wave, in one language."""

    def __init__(
        self,
        places: tuple[str, ...],
        filled: Mapping[str, str],
        *args: Any,
        source: Source | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = {f"place-{number}": place for number, place in enumerate(places)}
        for name, place in self.places.items():
            self.fields[name] = forms.CharField(
                label=place.capitalize() if place.islower() else place,
                help_text=source.hint(place) if source else "",
                initial=filled.get(place, ""),
                required=False,
                max_length=500,
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )

    def texts(self) -> dict[str, str]:
        return {place: self.cleaned_data[name] for name, place in self.places.items()}


class AnnouncementForm(StaffForm):
    """What an invitation looks like. The fields are the places, with a hyphen for the space."""

    def __init__(
        self, filled: Mapping[str, str], *args: Any, source: Source | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.replace(" ", "-"): place for place in ANNOUNCEMENT_PLACES}
        for name, place in self.places.items():
            self.fields[name] = ANNOUNCEMENT[place]()
            self.fields[name].initial = filled.get(place, "")
            if source and (hint := source.hint(place)):
                self.fields[name].help_text = hint

    def texts(self) -> dict[str, str]:
        return {place: self.cleaned_data[name] for name, place in self.places.items()}


@dataclass(frozen=True)
class Source:
    """The language of the questionnaire, and its texts for the places: what an empty one falls back to."""

    language: str
    texts: Mapping[str, str]

    def hint(self, place: str) -> str:
        text = Truncator(self.texts.get(place, "")).chars(HINT)
        named = {"language": language_name(self.language), "text": text}
        return _("Empty, it shows what there is in %(language)s: %(text)s") % named if text else ""


ANNOUNCEMENT: dict[str, Callable[[], forms.CharField]] = {
    "sender domain": lambda: forms.CharField(
        label=_("Domain that invitations are sent from"),
        help_text=_("What stands behind the @ of the sender, such as survey.example.org."),
        required=False,
        max_length=200,
    ),
    "subject lines": lambda: forms.CharField(
        label=_("Subject lines"),
        help_text=_("One on each line: of the invitation and of the reminders."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    ),
    "telephone": lambda: forms.CharField(
        label=_("Telephone"),
        help_text=_("Where somebody who doubts can call, and when."),
        required=False,
        max_length=200,
    ),
    "letter": lambda: forms.CharField(
        label=_("Letter for the agency or the legal department"),
        help_text=_("Who asks, what for, what is stored and who answers questions: in 4,000 characters."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 14, "dir": "auto"}),
    ),
}
