from __future__ import annotations

from django.urls import path

from reports.public import views

RELEASE = "<int:year>/<int:number>/"

urlpatterns = [
    path("", views.home, name="home"),
    path("<int:year>/", views.summary, name="latest"),
    path(RELEASE, views.summary, name="release"),
    path(RELEASE + "all/", views.whole, name="whole"),
    path(RELEASE + "method/", views.method, name="method"),
    path(RELEASE + "part/<slug:questionnaire>/", views.part, name="part"),
    path(RELEASE + "figure/<str:figure>/", views.figure, name="figure"),
]
