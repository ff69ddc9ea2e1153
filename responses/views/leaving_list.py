"""No more e-mail: a page with one button, and the press of a button in a mail program (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import activate
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from responses.actions.leave_list import leave_list as leave
from responses.actions.leave_list import return_to_list
from responses.mail.leaving import invitation_leaving
from responses.mail.letters import language_of
from responses.models import Invitation
from responses.plans import plan_of
from responses.views.pages import respondent_page

ONE_CLICK = "List-Unsubscribe"


@csrf_exempt
@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def leave_list(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, since mail scanners look.

    Mail programs send the form without any cookie. The address itself is the proof that the request comes from
    somebody who has the e-mail, and another site does not know it.
    """
    invitation = invitation_leaving(token)
    language = language_of(invitation.wave, invitation.language)
    activate(language)
    if request.method == "POST":
        if request.POST.get("action") == "return":
            return_to_list(invitation=invitation)
        else:
            leave(invitation=invitation)
        if ONE_CLICK not in request.POST:
            return redirect("responses:leave_list", token)
    has_left = invitation.mail == Invitation.Mail.OPTED_OUT
    context = {"title_of_survey": plan_of(invitation.wave, language).definition.title, "has_left": has_left}
    return render(request, "respond/leave_list.html", context)
