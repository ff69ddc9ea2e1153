from __future__ import annotations

from django.urls import path, re_path, register_converter
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from reports.api import views


class NumberOrLatest:
    """The number of a release in an address; `latest` stands for the newest and is given on as None."""

    regex = "[0-9]{1,5}|latest"

    def to_python(self, value: str) -> int | None:
        return None if value == "latest" else int(value)

    def to_url(self, value: int | None) -> str:
        return "latest" if value is None else str(value)


register_converter(NumberOrLatest, "release")

RELEASE = "editions/<int:year>/releases/<release:number>/"

urlpatterns = [
    path("editions/", views.EditionsView.as_view(), name="api-editions"),
    path("editions/<int:year>/", views.EditionView.as_view(), name="api-edition"),
    path(RELEASE, views.OneReleaseView.as_view(), name="api-release"),
    path(RELEASE + "content.json", views.ContentView.as_view(), name="api-content"),
    path(RELEASE + "figures/", views.FiguresView.as_view(), name="api-figures"),
    path(RELEASE + "figures/<str:figure>/", views.FigureView.as_view(), name="api-figure"),
    path(RELEASE + "lines/", views.LinesView.as_view(), name="api-lines"),
    path(RELEASE + "lines.csv", views.LinesAsCsvView.as_view(), name="api-lines-csv"),
    path(RELEASE + "codebook/", views.CodebookView.as_view(), name="api-codebook"),
    path(
        "schema/",
        SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[]),
        name="api-schema",
    ),
    # Whatever it holds, a line break included: nobody who asks the API gets a page.
    re_path(r"^[\s\S]*$", views.NowhereView.as_view(), name="api-nowhere"),
]
