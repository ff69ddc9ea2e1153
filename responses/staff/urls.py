from __future__ import annotations

from django.urls import path

from responses.staff import batches, keys, portals, views

app_name = "invitations"
urlpatterns = [
    path("waves/<uuid:wave_id>/invitations/", views.upload, name="upload"),
    path("waves/<uuid:wave_id>/fieldwork/", views.fieldwork, name="fieldwork"),
    path("waves/<uuid:wave_id>/key/", views.key, name="key"),
    path("waves/<uuid:wave_id>/codes/", batches.batches, name="batches"),
    path("waves/<uuid:wave_id>/codes/new/", batches.new_batch, name="new_batch"),
    path("waves/<uuid:wave_id>/codes/<uuid:batch_id>/revoke/", batches.revoke, name="revoke_batch"),
    path("portals/", portals.portals, name="portals"),
    path("portals/new/", portals.new_portal, name="new_portal"),
    path("portals/<int:portal_id>/", portals.portal, name="portal"),
    path("portals/<int:portal_id>/waves/", portals.change_waves, name="portal_waves"),
    path("portals/<int:portal_id>/keys/new/", portals.new_key, name="new_portal_key"),
    path("portals/<int:portal_id>/keys/<int:key_id>/retire/", portals.retire_key, name="retire_portal_key"),
    path("waves/<uuid:wave_id>/key/life/", keys.life, name="key_life"),
    path("waves/<uuid:wave_id>/key/part/", keys.part, name="key_part"),
    path("waves/<uuid:wave_id>/key/destroy/", keys.destroy, name="key_destroy"),
    path("waves/<uuid:wave_id>/key/confirm/", keys.confirm, name="key_confirm"),
]
