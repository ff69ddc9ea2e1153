from __future__ import annotations

from django.urls import path

from responses.staff import coding, frames, lead, lead_texts, quotations

app_name = "coding"
urlpatterns = [
    path("coding/", coding.mine, name="mine"),
    path("coding/rounds/<int:round_id>/", coding.code, name="code"),
    path("coding/rounds/<int:round_id>/decide/", coding.decide, name="decide"),
    path("coding/rounds/<int:round_id>/agreement/", lead.agreement, name="agreement"),
    path("coding/rounds/<int:round_id>/replace/", lead.replace, name="replace"),
    path("coding/rounds/<int:round_id>/queries/", lead_texts.queries, name="queries"),
    path("coding/rounds/<int:round_id>/queries/<uuid:decision_id>/", lead_texts.answer, name="answer"),
    path(
        "coding/rounds/<int:round_id>/texts/<uuid:text_id>/translate/", lead_texts.translate, name="translate"
    ),
    path("coding/waves/<uuid:wave_id>/", lead.wave, name="wave"),
    path("coding/waves/<uuid:wave_id>/start/", lead.start, name="start"),
    path("coding/waves/<uuid:wave_id>/close/", lead.close, name="close"),
    path("coding/waves/<uuid:wave_id>/frames/<slug:key>/", frames.frame, name="frame"),
    path("coding/waves/<uuid:wave_id>/frames/<slug:key>/revise/", frames.revise, name="revise"),
    path("coding/waves/<uuid:wave_id>/quotations/", quotations.quotations, name="quotations"),
    path("coding/waves/<uuid:wave_id>/quotations/new/", quotations.new, name="new_quotation"),
    path("coding/quotations/<uuid:quotation_id>/", quotations.quotation, name="quotation"),
    path("coding/quotations/<uuid:quotation_id>/withdraw/", quotations.withdraw, name="withdraw_quotation"),
]
