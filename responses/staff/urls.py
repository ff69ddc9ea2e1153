from __future__ import annotations

from django.urls import path

from responses.staff import batches, importing, keys, mailing_steps, mailings, portals, upload, views

app_name = "invitations"
urlpatterns = [
    path("waves/<uuid:wave_id>/invitations/", upload.upload, name="upload"),
    path("waves/<uuid:wave_id>/invitations/confirm/", upload.confirm, name="confirm"),
    path("waves/<uuid:wave_id>/import/", importing.import_, name="import"),
    path("waves/<uuid:wave_id>/import/confirm/", importing.confirm, name="import_confirm"),
    path("waves/<uuid:wave_id>/import/mapping/", importing.mapping, name="import_mapping"),
    path("waves/<uuid:wave_id>/mailings/", mailings.of_wave, name="mailings"),
    path("waves/<uuid:wave_id>/mailings/new/", mailings.new, name="new_mailing"),
    path("mailings/<int:mailing_id>/", mailings.mailing, name="mailing"),
    path("mailings/<int:mailing_id>/rules/", mailings.rules, name="mailing_rules"),
    path("mailings/<int:mailing_id>/text/", mailings.text, name="mailing_text"),
    path("mailings/<int:mailing_id>/test/", mailing_steps.test, name="mailing_test"),
    path("mailings/<int:mailing_id>/start/", mailing_steps.start, name="mailing_start"),
    path("mailings/<int:mailing_id>/pause/", mailing_steps.pause, name="mailing_pause"),
    path("mailings/<int:mailing_id>/go-on/", mailing_steps.go_on, name="mailing_go_on"),
    path("mailings/<int:mailing_id>/stop/", mailing_steps.stop, name="mailing_stop"),
    path("mailings/<int:mailing_id>/again/<slug:what>/", mailing_steps.again, name="mailing_again"),
    path("mail-key/", mailing_steps.mail_key, name="mail_key"),
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
