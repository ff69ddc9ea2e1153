from __future__ import annotations

from django.urls import path

from responses.staff import outline, preview

app_name = "questionnaires"
urlpatterns = [
    path("questionnaires/", outline.questionnaires, name="list"),
    path("questionnaires/<int:questionnaire_id>/outline/", outline.of_questionnaire, name="outline"),
    path("questionnaires/<int:questionnaire_id>/try/", preview.of_questionnaire, name="try"),
    path("waves/<uuid:wave_id>/outline/", outline.of_wave, name="wave_outline"),
    path("waves/<uuid:wave_id>/try/", preview.of_wave, name="wave_try"),
]
