from __future__ import annotations

from django.urls import path

from responses.staff import keys, views

app_name = "invitations"
urlpatterns = [
    path("waves/<uuid:wave_id>/invitations/", views.upload, name="upload"),
    path("waves/<uuid:wave_id>/fieldwork/", views.fieldwork, name="fieldwork"),
    path("waves/<uuid:wave_id>/key/", views.key, name="key"),
    path("waves/<uuid:wave_id>/key/life/", keys.life, name="key_life"),
    path("waves/<uuid:wave_id>/key/part/", keys.part, name="key_part"),
    path("waves/<uuid:wave_id>/key/destroy/", keys.destroy, name="key_destroy"),
    path("waves/<uuid:wave_id>/key/confirm/", keys.confirm, name="key_confirm"),
]
