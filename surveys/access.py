from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from surveys.models import Wave


def get_wave_or_404(wave_id: UUID) -> Wave:
    """The one door through which staff pages reach a wave."""
    return get_object_or_404(Wave.objects.select_related("edition", "questionnaire"), pk=wave_id)
