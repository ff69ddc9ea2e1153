from __future__ import annotations

from django.urls import path

from accounts.views import audit_log, log_in, people, second_factor

app_name = "accounts"
urlpatterns = [
    path("login/", log_in.log_in, name="login"),
    path("login/code/", log_in.code, name="code"),
    path("login/set-up/", log_in.set_up, name="set_up"),
    path("logout/", log_in.log_out, name="logout"),
    path("password/", log_in.password, name="password"),
    path("second-step/", second_factor.second_step, name="second_step"),
    path("second-step/codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("second-step/device/", second_factor.change_device, name="change_device"),
    path("second-step/device/new/", second_factor.new_device, name="new_device"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("people/<int:user_id>/roles/", people.roles, name="roles"),
    path("people/<int:user_id>/languages/", people.languages, name="languages"),
    path("people/<int:user_id>/close/", people.close, name="close"),
    path("people/<int:user_id>/open/", people.reopen, name="reopen"),
    path("people/<int:user_id>/reset/", people.reset, name="reset"),
    path("audit/", audit_log.audit_log, name="audit"),
]
