from __future__ import annotations

from django.urls import path

from responses.staff import views

app_name = "invitations"
urlpatterns = [
    path("waves/<uuid:wave_id>/invitations/", views.upload, name="upload"),
    path("waves/<uuid:wave_id>/fieldwork/", views.fieldwork, name="fieldwork"),
    path("waves/<uuid:wave_id>/key/", views.key, name="key"),
]
