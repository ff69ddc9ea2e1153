"""Pictures of experts for staff, before a release with them is public."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pages import StaffRequest
from accounts.permissions import require
from reports.models import Portrait


@require("release.request", "release.approve")
@require_safe
def portrait(request: StaffRequest, sha256: str) -> HttpResponse:
    """For previews: a picture that stands in no public release yet."""
    found = Portrait.objects.filter(pk=sha256).first()
    if found is None:
        raise Http404(_("There is no such picture."))
    response = HttpResponse(bytes(found.content), content_type="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    return response
