"""Headers that every page carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# A questionnaire needs nothing that a browser could be asked for. Browsers write an error into the console for a
# name that they do not know, so names stay out that only some of them know.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "clipboard-read",
        "clipboard-write",
        "compute-pressure",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "gamepad",
        "geolocation",
        "gyroscope",
        "hid",
        "identity-credentials-get",
        "idle-detection",
        "local-fonts",
        "magnetometer",
        "microphone",
        "midi",
        "otp-credentials",
        "payment",
        "picture-in-picture",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
        "storage-access",
        "usb",
        "window-management",
        "xr-spatial-tracking",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Report pages and the read API are there to be used again by others; everything else is for this site's own pages.
SHARED = "cross-origin"
OWN = "same-origin"
PUBLIC_API = "/api/"
# What says nothing of its keeping is not kept, and what is meant for one person is never kept, whatever it says.
PRIVATE = ("/answer/", "/code/", "/i/", "/leave/", "/portal/", "/withdraw/", "/staff/", "/admin/")
NO_STORE = "no-store"


class SecurityHeaders:
    """Sets the headers that a view has not set more strictly itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in headers_of(request.path).items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", NO_STORE)
        if request.path.startswith(PRIVATE) and NO_STORE not in response.headers["Cache-Control"]:
            response.headers["Cache-Control"] = NO_STORE
        return response


def headers_of(path: str) -> Mapping[str, str]:
    policy = SHARED if path.startswith(PUBLIC_API) else OWN
    return {**HEADERS, "Cross-Origin-Resource-Policy": policy}
