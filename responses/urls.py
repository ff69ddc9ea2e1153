from __future__ import annotations

from django.urls import path

from responses.views import (
    check,
    code,
    come_back,
    entry,
    forwarding,
    genuine,
    kept,
    leaving,
    leaving_list,
    over,
    portal,
    steps,
    stored,
    whole,
    withdrawal,
)

app_name = "responses"

urlpatterns = [
    path("answer/step/<int:number>", steps.step, name="step"),
    path("i/<str:token>", entry.enter, name="enter"),
    path("code/", code.code, name="code"),
    path("portal/<uuid:wave_id>", portal.portal, name="portal"),
    path("answer/", entry.answer, name="answer"),
    path("answer/return", come_back.return_, name="come_back"),
    path("answer/anew", come_back.anew, name="anew"),
    path("answer/begin", entry.begin, name="begin"),
    path("answer/decline", entry.decline, name="decline"),
    path("answer/later", leaving.later, name="later"),
    path("answer/leave", leaving.leave, name="leave"),
    path("answer/stop", leaving.stop, name="stop"),
    path("answer/check", check.check, name="check"),
    path("answer/send", check.send, name="send"),
    path("answer/over/<uuid:wave_id>/<slug:kind>/<slug:door>", over.over, name="over"),
    path("answer/kept", kept.kept, name="kept"),
    path("answer/whole", whole.whole, name="whole"),
    path("answer/whole.pdf", whole.whole_pdf, name="whole_pdf"),
    path("answer/forward", forwarding.forward_invitation, name="forward"),
    path("leave/<str:token>", leaving_list.leave_list, name="leave_list"),
    path("genuine/", genuine.genuine, name="genuine"),
    path("genuine/<uuid:wave_id>/letter", genuine.letter, name="letter"),
    path("withdraw/", withdrawal.withdraw, name="withdraw"),
    path("withdraw/taken", withdrawal.taken, name="taken"),
    path("what-we-store/", stored.what_we_store, name="what_we_store"),
]
