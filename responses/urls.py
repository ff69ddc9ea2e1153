from __future__ import annotations

from django.urls import path

from responses.views import check, entry, leaving, steps, withdrawal

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
    path("withdraw/", withdrawal.withdraw, name="withdraw"),
    path("what-we-store/", withdrawal.what_we_store, name="what_we_store"),
]
