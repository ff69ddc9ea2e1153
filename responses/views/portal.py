"""Where a partner's portal sends its people: a form with one signed token, posted from the portal's own page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from responses.actions.enter import Entered
from responses.actions.portal import enter_from_portal
from responses.actions.refusals import NothingOpens
from responses.views.code import let_in
from responses.views.pages import respondent_page
from surveys.models import Wave


@csrf_exempt
@respondent_page
@require_POST
def portal(request: HttpRequest, wave_id: UUID) -> HttpResponse:
    """The token takes the place of the one against forged forms, which another site cannot have.

    The redirect makes a plain request of the browser's own, with which the cookie goes from then on.
    """
    try:
        entered = _entered(wave_id, request.POST.get("token", ""))
    except NothingOpens:
        return render(request, "respond/portal_refused.html", status=400)
    response = let_in(request, entered)
    response.status_code = 303
    return response


def _entered(wave_id: UUID, token: str) -> Entered:
    wave = Wave.objects.select_related("questionnaire").filter(pk=wave_id).first()
    if wave is None:
        raise NothingOpens
    return enter_from_portal(wave=wave, token=token, now=timezone.now())
