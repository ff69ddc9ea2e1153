from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import StaffForm
from surveys.models import Edition, Questionnaire, Wave

LOCAL = "%Y-%m-%dT%H:%M"


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


class WaveForm(StaffForm):
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
        }

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"].strip()
        if name not in available_timezones():
            raise forms.ValidationError(_("There is no time zone called “%(name)s”.") % {"name": name})
        return name

    def clean_synthetic(self) -> bool:
        synthetic: bool = self.cleaned_data["synthetic"]
        if synthetic and self.production:
            raise forms.ValidationError(_("This is a production database: it takes no made-up respondents."))
        return synthetic

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "time_zone" in cleaned:
            for name in ("opens_at", "closes_at"):
                if name in cleaned:
                    self.make_instant(name, ZoneInfo(cleaned["time_zone"]))
        if not self.errors and cleaned["closes_at"] <= cleaned["opens_at"]:
            self.add_error("closes_at", _("The wave closes before it opens. Choose a later closing time."))
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


class PlacesForm(StaffForm):
    """One field for each place that the texts of the questionnaire leave to the wave."""

    def __init__(self, places: tuple[str, ...], filled: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        for number, place in enumerate(places):
            self.fields[f"place-{number}"] = forms.CharField(
                label=place.capitalize() if place.islower() else place,
                initial=filled.get(place, ""),
                required=False,
                max_length=500,
                widget=forms.TextInput,
            )

    def texts(self) -> dict[str, str]:
        return {place: self.cleaned_data[f"place-{number}"] for number, place in enumerate(self.places)}
