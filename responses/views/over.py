"""What is true after a respondent has left: pages of a survey that need no link and can be loaded again."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import activate
from django.views.decorators.http import require_safe

from responses.access import LONGEST_TAG, NoInvitation, Visit
from responses.entry import take_back
from responses.models import Invitation
from responses.views.pages import respondent_page, respondent_render
from surveys.models import Wave

LEFT, STOPPED, FORWARDED = "left", "stopped", "forwarded"
TEMPLATES = {kind: f"respond/{kind}.html" for kind in (LEFT, STOPPED, FORWARDED)}


def to_the_end(visit: Visit, kind: str) -> HttpResponseRedirect:
    """Go to the last page. The cookie stays behind: from here on this browser opens nothing."""
    response = redirect("responses:over", visit.wave.pk, kind)
    take_back(response)
    return response


@respondent_page
@require_safe
def over(request: HttpRequest, wave_id: UUID, kind: str) -> HttpResponse:
    wave = Wave.objects.select_related("questionnaire", "edition").filter(pk=wave_id).first()
    if wave is None or kind not in TEMPLATES:
        raise NoInvitation
    visit = nobody_in(wave, request)
    return respondent_render(request, TEMPLATES[kind], visit)


def nobody_in(wave: Wave, request: HttpRequest) -> Visit:
    """A visit of somebody who holds nothing, in the language that was chosen in this browser."""
    visit = Visit(
        b"", Invitation(wave=wave), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")[:LONGEST_TAG]
    )
    activate(visit.language)
    return visit
