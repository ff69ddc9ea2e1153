"""Answers that are the same for everybody, kept by each process for a moment: a crowd of readers costs one rendering.

What may be kept says so itself (`Cache-Control: public`) and differs by nothing but address and language. A moment
is short, so that a correction is seen at once; in the process that publishes it, at the next request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language_from_request

READ = frozenset({"GET", "HEAD"})
MOST = 512
LARGEST = 1_000_000
"""Bytes of an answer that is kept: archives and workbooks are kept elsewhere."""


@dataclass(frozen=True, slots=True)
class Kept:
    body: bytes
    headers: tuple[tuple[str, str], ...]
    until: float

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        made = HttpResponse(self.body, headers=dict(self.headers))
        etag = made.get("ETag")
        return (get_conditional_response(request, etag=etag, response=made) if etag else None) or made


class Answers:
    """By address and language, the one that was asked for longest ago dropped first."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable, now: float) -> Kept | None:
        with self.lock:
            found = self.kept.get(key)
            if found is None or found.until <= now:
                return None
            self.kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, kept: Kept) -> None:
        with self.lock:
            self.kept[key] = kept
            self.kept.move_to_end(key)
            while len(self.kept) > MOST:
                self.kept.popitem(last=False)

    def forget(self, **_sender: Any) -> None:
        """Something about a release has changed."""
        with self.lock:
            self.kept.clear()


ANSWERS = Answers()


class SharedAnswers:
    """Stands behind what adds headers for everybody and before what knows of cookies, sessions and people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        seconds = settings.REPORT_KEPT_SECONDS
        if not seconds or request.method not in READ:
            return self.get_response(request)
        key = (
            request.get_host(),
            request.scheme,
            request.get_full_path(),
            get_language_from_request(request),
        )
        now = monotonic()
        kept = ANSWERS.get(key, now)
        if kept is not None:
            return kept.answer(request)
        response = self.get_response(request)
        if request.method == "GET" and isinstance(response, HttpResponse) and may_be_shared(response):
            ANSWERS.keep(key, Kept(response.content, tuple(response.items()), now + seconds))
        return response


def may_be_shared(response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and "public" in response.get("Cache-Control", "")
        and not response.cookies
        and len(response.content) <= LARGEST
    )
