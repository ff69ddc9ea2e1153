"""All tables of a wave as a file."""

from __future__ import annotations

import tempfile
from typing import Any
from uuid import UUID

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse
from accounts.permissions import require
from reports.actions import exports
from reports.exports.writers import CONTENT_TYPES
from surveys.access import get_wave_or_404
from surveys.models import Wave
from surveys.queries import languages_of
from surveys.translating import own_name


class ExportForm(StaffForm):
    form = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=(
            ("xlsx", gettext_lazy("XLSX: a workbook with a sheet for each question")),
            ("csv", gettext_lazy("CSV: one line for each figure")),
            ("json", gettext_lazy("JSON: for programs")),
        ),
        initial="xlsx",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a format.")),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the texts"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose a language that this questionnaire has.")
        ),
    )

    def __init__(self, *args: Any, wave: Wave, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(tag, own_name(tag)) for tag in languages_of(wave.questionnaire)]


@require("table.view")
@require_http_methods(["GET", "POST"])
def export(request: StaffRequest, wave_id: UUID) -> HttpResponseBase:
    """By POST, because what goes out is noted."""
    wave = get_wave_or_404(wave_id)
    context = {
        "title": _("Tables of %(wave)s as a file") % {"wave": wave},
        "intro": _(
            "All draft tables with what each figure rests on, the requested ones included. For staff alone: do not"
            " pass them on. That you take them is noted in the audit log."
        ),
        "here": "dashboard",
        "synthetic": wave.synthetic,
        "back": reverse("staff:tables", args=[wave.pk]),
        "back_label": _("Draft tables of %(wave)s") % {"wave": wave},
        "button": _("Save the file"),
    }
    form = ExportForm(posted(request), wave=wave)
    if not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    try:
        return file_of(wave, request, form.cleaned_data["form"], form.cleaned_data["language"])
    except exports.REFUSALS as refusal:
        return refuse(request, "staff/form.html", context | {"form": form}, [refusal])


def file_of(wave: Wave, request: StaffRequest, form: str, language: str) -> HttpResponse | FileResponse:
    """Written to a file without a name first, so that a refusal is a page and the memory stays small."""
    written = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it when it has been sent
    try:
        exports.export_tables(
            wave=wave, form=form, out=written, by=request.user, now=timezone.now(), language=language
        )
    except BaseException:
        written.close()
        raise
    written.seek(0)
    name = f"tables-{wave.questionnaire.key}-{wave.edition.year}.{form}"
    response = FileResponse(written, as_attachment=True, filename=name, content_type=CONTENT_TYPES[form])
    response.headers["Cache-Control"] = "no-store"
    return response
