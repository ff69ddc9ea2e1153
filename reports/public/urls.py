from __future__ import annotations

from django.urls import path

from reports.public import views

urlpatterns = [
    path("", views.home, name="home"),
    path("<int:year>/", views.report, name="latest"),
    path("<int:year>/<int:number>/", views.report, name="release"),
]
