from __future__ import annotations

from django.urls import path

from reports.public import data, early, expert, findable, help, views

RELEASE = "<int:year>/<int:number>/"

urlpatterns = [
    path("", views.home, name="home"),
    path("compare/", views.compare, name="compare"),
    path("help/", help.help_page, name="help"),
    path("feed.xml", findable.feed, name="feed"),
    path("sitemap.xml", findable.sitemap, name="sitemap"),
    path("early/<str:token>/", early.early, name="early"),
    path("expert/<str:token>/", expert.expert, name="expert"),
    path("expert/<str:token>/portrait.jpg", expert.portrait, name="expert_portrait"),
    path("robots.txt", findable.robots, name="robots"),
    path("<int:year>/", views.summary, name="latest"),
    path(RELEASE, views.summary, name="release"),
    path(RELEASE + "all/", views.whole, name="whole"),
    path(RELEASE + "data/", data.data, name="data"),
    path(RELEASE + "data/<path:name>", data.file, name="file"),
    path(RELEASE + "report-<slug:language>.pdf", data.pdf, name="pdf"),
    path(
        RELEASE + "questionnaire/<slug:questionnaire>/<slug:language>.pdf",
        data.questionnaire_pdf,
        name="questionnaire_pdf",
    ),
    path(RELEASE + "dataset.jsonld", findable.dataset, name="dataset"),
    path(RELEASE + "method/", views.method, name="method"),
    path(RELEASE + "technologies/", views.technologies, name="technologies"),
    path(RELEASE + "part/<slug:questionnaire>/", views.part, name="part"),
    path(RELEASE + "figure/<str:figure>/", views.figure, name="figure"),
    path(RELEASE + "figure/<str:figure>/picture-<slug:language>.png", data.picture, name="figure_picture"),
    path(RELEASE + "portrait/<str:sha256>.jpg", data.portrait, name="portrait"),
    path(RELEASE + "picture-<slug:language>.png", data.picture, name="picture"),
]
