from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", login_not_required(views.LogIn.as_view()), name="login"),
    path("logout/", views.log_out, name="logout"),
    path("password/", views.password, name="password"),
]
