from __future__ import annotations

from django.urls import path

from responses.views import (
    check,
    entry,
    forwarding,
    genuine,
    kept,
    leaving,
    leaving_list,
    steps,
    whole,
    withdrawal,
)

app_name = "responses"

urlpatterns = [
    path("i/<str:token>", entry.enter, name="enter"),
    path("answer/", entry.answer, name="answer"),
    path("answer/begin", entry.begin, name="begin"),
    path("answer/decline", entry.decline, name="decline"),
    path("answer/step/<int:number>", steps.step, name="step"),
    path("answer/later", leaving.later, name="later"),
    path("answer/leave", leaving.leave, name="leave"),
    path("answer/stop", leaving.stop, name="stop"),
    path("answer/check", check.check, name="check"),
    path("answer/send", check.send, name="send"),
    path("answer/kept", kept.kept, name="kept"),
    path("answer/whole", whole.whole, name="whole"),
    path("answer/whole.pdf", whole.whole_pdf, name="whole_pdf"),
    path("answer/forward", forwarding.forward_invitation, name="forward"),
    path("leave/<str:token>", leaving_list.leave_list, name="leave_list"),
    path("genuine/", genuine.genuine, name="genuine"),
    path("genuine/<uuid:wave_id>/letter", genuine.letter, name="letter"),
    path("withdraw/", withdrawal.withdraw, name="withdraw"),
    path("what-we-store/", withdrawal.what_we_store, name="what_we_store"),
]
