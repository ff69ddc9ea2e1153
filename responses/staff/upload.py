"""A list of those invited: looked at first, with nothing written, and then taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from responses.actions.invite import AlreadyInvited, WaveTakesNoInvitations, invite, invite_by_mail
from responses.invitations import FileUnreadable, InvitationRows, Problems, decode, read_csv
from responses.keeping import KeptForm, KeptFormUnreadable, lock, unlock
from responses.mail.keys import NoMailKey, has_key
from responses.staff.forms import ConfirmForm, UploadForm
from responses.staff.links import data_address, links_csv
from responses.staff.views import from_wave
from responses.texts import own_name
from surveys.access import get_wave_or_404
from surveys.definition import Unit
from surveys.models import Wave

UPLOAD, PREVIEW = "staff/upload.html", "staff/upload_preview.html"
# The page shows so many links; the file in it has them all.
LINKS_SHOWN = 200
LARGEST_UNITS = 10


class OtherFile(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("This is not the list that you looked at. Begin again with the one that you want.")
        )


@require("invitation.upload")
@require_http_methods(["GET", "POST"])
def upload(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    """The file, and then what is in it."""
    wave = get_wave_or_404(wave_id)
    form = UploadForm(posted(request), request.FILES or None)
    if request.method == "GET" or not form.is_valid():
        return form_page(request, UPLOAD, upload_context(wave), form)
    data: bytes = form.cleaned_data["file"]
    found = read_csv(data, wave=wave)
    if isinstance(found, Problems):
        return refuse_file(request, wave, found)
    return preview(request, wave, data, found)


def upload_context(wave: Wave) -> dict[str, Any]:
    return {
        **from_wave(wave),
        "title": _("Add invitations to %(wave)s") % {"wave": wave},
        "button": _("Look at the list"),
        "needs_unit": wave.questionnaire.unit == Unit.ORGANISATION,
    }


def refuse_file(request: StaffRequest, wave: Wave, found: Problems) -> HttpResponse:
    context = {**upload_context(wave), "form": UploadForm(), "rows": found.problems}
    return refuse(request, UPLOAD, context, [nothing_added(found)])


def nothing_added(found: Problems) -> str:
    count = len(found.problems)
    return ngettext(
        "Nobody was invited: there is one thing to correct in the file.",
        "Nobody was invited: there are %(count)s things to correct in the file.",
        count,
    ) % {"count": count}


def preview(
    request: StaffRequest,
    wave: Wave,
    data: bytes,
    found: InvitationRows,
    problems: tuple[object, ...] = (),
) -> HttpResponse:
    """What the list would do. It travels on inside the page, locked, and is stored nowhere."""
    kept = locked_list(request, wave, data)
    form = ConfirmForm(initial={"kept": kept.text, "way": "mail" if has_key() else None})
    if kept.is_whole:
        del form.fields["file"]
    units = Counter(row.unit for row in found.rows if row.unit)
    context = {
        **from_wave(wave),
        "title": _("The list for %(wave)s") % {"wave": wave},
        "form": form,
        "new": len(found.rows),
        "known": found.known,
        "languages": [(own_name(tag), count) for tag, count in languages_in(found)],
        "units": len(units),
        "largest": units.most_common(LARGEST_UNITS),
        "zones": sum(bool(row.time_zone) for row in found.rows),
        "has_mail_key": has_key(),
    }
    if problems:
        return refuse(request, PREVIEW, context, problems)
    return show(request, PREVIEW, context)


def languages_in(found: InvitationRows) -> list[tuple[str, int]]:
    return Counter(row.language for row in found.rows).most_common()


@dataclass(frozen=True, slots=True)
class LockedList:
    text: str
    is_whole: bool
    """Whether the list itself is in it; otherwise its fingerprint alone."""


def locked_list(request: StaffRequest, wave: Wave, data: bytes) -> LockedList:
    now = timezone.now()
    try:
        return LockedList(lock(KeptForm(owner(request, wave), {"list": [decode(data)]}), now=now), True)
    except RequestDataTooBig:
        mark = sha256(data).hexdigest()
        return LockedList(lock(KeptForm(owner(request, wave), {"mark": [mark]}), now=now), False)


def owner(request: StaffRequest, wave: Wave) -> str:
    """Another person, or another wave, cannot take the list up."""
    return f"list {wave.pk} {request.user.pk}"


@require("invitation.upload")
@require_POST
def confirm(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    """The list that was looked at is taken; everything is checked anew, since time has passed."""
    wave = get_wave_or_404(wave_id)
    form = ConfirmForm(request.POST, request.FILES)
    try:
        data = list_of(request, wave)
    except (KeptFormUnreadable, OtherFile, FileUnreadable) as refusal:
        return refuse(request, UPLOAD, {**upload_context(wave), "form": UploadForm()}, [refusal])
    found = read_csv(data, wave=wave)
    if isinstance(found, Problems):
        return refuse_file(request, wave, found)
    if not form.is_valid():
        return preview(request, wave, data, found, tuple(form.errors.get("way", ())))
    try:
        return TAKEN[form.cleaned_data["way"]](request, wave, found)
    except (AlreadyInvited, WaveTakesNoInvitations, NoMailKey) as refusal:
        return preview(request, wave, data, found, (refusal,))


def list_of(request: StaffRequest, wave: Wave) -> bytes:
    kept = unlock(request.POST.get("kept", ""), now=timezone.now())
    if kept.address != owner(request, wave):
        raise OtherFile
    if "list" in kept.fields:
        return kept.fields["list"][0].encode()
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid() or sha256(form.cleaned_data["file"]).hexdigest() != kept.fields["mark"][0]:
        raise OtherFile
    return bytes(form.cleaned_data["file"])


def take_for_mail(request: StaffRequest, wave: Wave, found: InvitationRows) -> HttpResponse:
    count = invite_by_mail(wave=wave, rows=found.rows, by=request.user, now=timezone.now())
    said = ngettext("One person was added.", "%(count)s people were added.", count) % {"count": count}
    messages.success(request, f"{said} {_('Nothing is sent before a mailing is started.')}")
    return redirect("invitations:mailings", wave.pk)


def take_for_links(request: StaffRequest, wave: Wave, found: InvitationRows) -> HttpResponse:
    return links_page(request, wave, invite(wave=wave, rows=found.rows, by=request.user, now=timezone.now()))


TAKEN = {"mail": take_for_mail, "own": take_for_links}


def links_page(request: StaffRequest, wave: Wave, invited: list[tuple[str, str]]) -> HttpResponse:
    """The one time that links exist in the clear here: in this answer, which no browser or proxy may keep."""
    links = [(email, request.build_absolute_uri(f"/i/{token}")) for email, token in invited]
    context = {
        **from_wave(wave),
        "title": ngettext("One person was invited", "%(count)s people were invited", len(links))
        % {"count": len(links)},
        "links": links[:LINKS_SHOWN],
        "shown": min(len(links), LINKS_SHOWN),
        "total": len(links),
        "file_name": f"invitations-{wave.questionnaire.key}-{wave.edition.year}.csv",
        "file_address": data_address(links_csv(links)),
    }
    return show(request, "staff/links.html", context)
