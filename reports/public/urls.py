from __future__ import annotations

from django.urls import path

from reports.public import data, views

RELEASE = "<int:year>/<int:number>/"

urlpatterns = [
    path("", views.home, name="home"),
    path("<int:year>/", views.summary, name="latest"),
    path(RELEASE, views.summary, name="release"),
    path(RELEASE + "all/", views.whole, name="whole"),
    path(RELEASE + "data/", data.data, name="data"),
    path(RELEASE + "data/<path:name>", data.file, name="file"),
    path(RELEASE + "report-<slug:language>.pdf", data.pdf, name="pdf"),
    path(RELEASE + "method/", views.method, name="method"),
    path(RELEASE + "part/<slug:questionnaire>/", views.part, name="part"),
    path(RELEASE + "figure/<str:figure>/", views.figure, name="figure"),
]
