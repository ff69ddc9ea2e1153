from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from reports.api import views

RELEASE = "editions/<int:year>/releases/<int:number>/"
LATEST = "editions/<int:year>/releases/latest/"

PLACES: tuple[tuple[str, str, Callable[..., HttpResponseBase]], ...] = (
    ("", "release", views.OneReleaseView.as_view()),
    ("content.json", "content", views.ContentView.as_view()),
    ("figures/", "figures", views.FiguresView.as_view()),
    ("figures/<str:figure>/", "figure", views.FigureView.as_view()),
)


def release_urls() -> list[URLPattern]:
    """Each address of a release twice: under its number, and under `latest`."""
    numbered = [path(RELEASE + place, view, name=f"api-{name}") for place, name, view in PLACES]
    return numbered + [path(LATEST + place, view, name=f"api-latest-{name}") for place, name, view in PLACES]


urlpatterns = [
    path("editions/", views.EditionsView.as_view(), name="api-editions"),
    path("editions/<int:year>/", views.EditionView.as_view(), name="api-edition"),
    *release_urls(),
    path(
        "schema/",
        SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[]),
        name="api-schema",
    ),
    re_path(r"^.*$", views.NowhereView.as_view(), name="api-nowhere"),
]
