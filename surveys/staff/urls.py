from __future__ import annotations

from django.urls import path

from surveys.staff import extending, languages, places, views

app_name = "waves"
urlpatterns = [
    path("editions/new/", views.new_edition, name="new_edition"),
    path("waves/new/", views.new_wave, name="new"),
    path("waves/<uuid:wave_id>/", views.wave, name="wave"),
    path("waves/<uuid:wave_id>/edit/", views.edit, name="edit"),
    path("waves/<uuid:wave_id>/places/", places.places, name="places"),
    path("waves/<uuid:wave_id>/announcement/", places.announcement, name="announcement"),
    path("waves/<uuid:wave_id>/languages/", languages.languages, name="languages"),
    path("waves/<uuid:wave_id>/languages/<str:language>/open/", languages.open_, name="open_language"),
    path("waves/<uuid:wave_id>/languages/<str:language>/close/", languages.close, name="close_language"),
    path("waves/<uuid:wave_id>/open/", views.open_, name="open"),
    path("waves/<uuid:wave_id>/extend/", extending.extend, name="extend"),
    path("waves/<uuid:wave_id>/close/", views.close, name="close"),
]
