"""What is true after a respondent has left: pages of a survey that need no link and can be loaded again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import activate
from django.views.decorators.http import require_safe

from responses.access import NoInvitation, Visit, wished_by
from responses.entry import take_back
from responses.models import Invitation
from responses.views.pages import respondent_page, respondent_render
from surveys.models import Door, Wave

LEFT, STOPPED, FORWARDED = "left", "stopped", "forwarded"
TEMPLATES = {kind: f"respond/{kind}.html" for kind in (LEFT, STOPPED, FORWARDED)}


def to_the_end(visit: Visit, kind: str) -> HttpResponseRedirect:
    """Go to the last page. The cookie stays behind: from here on this browser opens nothing."""
    response = redirect("responses:over", visit.wave.pk, kind, visit.invitation.door)
    take_back(response)
    return response


@respondent_page
@require_safe
def over(request: HttpRequest, wave_id: UUID, kind: str, door: str) -> HttpResponse:
    """`door`: how this respondent comes back."""
    wave = Wave.objects.select_related("questionnaire", "edition").filter(pk=wave_id).first()
    if wave is None or kind not in TEMPLATES or door not in Door:
        raise NoInvitation
    visit = _nobody(wave, door, request)
    return respondent_render(request, TEMPLATES[kind], visit)


def _nobody(wave: Wave, door: str, request: HttpRequest) -> Visit:
    """A visit of somebody who holds nothing, in the language that was chosen in this browser."""
    visit = Visit(b"", Invitation(wave=wave, door=door), wished_by(request))
    activate(visit.language)
    return visit
