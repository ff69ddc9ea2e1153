from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.forms import AuditFilter
from accounts.models import AuditEvent
from accounts.pages import StaffRequest, show
from accounts.permissions import require

ROWS_A_PAGE = 50
SYSTEM = "system"


@require("audit.view")
@require_safe
def audit_log(request: StaffRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    form.is_valid()
    rows = filtered(form.cleaned_data)
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "title": _("Audit log"),
        "here": "audit",
        "form": form,
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "asked": asked.urlencode(),
        "is_filtered": any(form.cleaned_data.values()),
        "head": audit.head(),
    }
    return show(request, "staff/audit.html", context)


def filtered(wanted: dict[str, Any]) -> QuerySet[AuditEvent]:
    """Newest first. What was not filled in filters nothing."""
    rows = AuditEvent.objects.select_related("actor").order_by("-id")
    if action := wanted.get("action"):
        rows = rows.filter(action__startswith=action)
    if who := (wanted.get("who") or "").strip().lower():
        rows = rows.filter(actor=None) if who == SYSTEM else rows.filter(actor__email=who)
    if first := wanted.get("first"):
        rows = rows.filter(at__gte=midnight(first))
    if last := wanted.get("last"):
        rows = rows.filter(at__lt=midnight(last + timedelta(days=1)))
    return rows


def midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
