from __future__ import annotations

from django.urls import path

from surveys.staff import views

app_name = "waves"
urlpatterns = [
    path("editions/new/", views.new_edition, name="new_edition"),
    path("waves/new/", views.new_wave, name="new"),
    path("waves/<uuid:wave_id>/", views.wave, name="wave"),
    path("waves/<uuid:wave_id>/edit/", views.edit, name="edit"),
    path("waves/<uuid:wave_id>/places/", views.places, name="places"),
    path("waves/<uuid:wave_id>/open/", views.open_, name="open"),
    path("waves/<uuid:wave_id>/close/", views.close, name="close"),
]
