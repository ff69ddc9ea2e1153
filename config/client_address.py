"""Which network a request comes from, as far as the site's own proxies are trusted to say it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
PREFIX = {4: 24, 6: 48}


def range_of(request: HttpRequest) -> str:
    """The network of the client: /24, or /48 with IPv6, where one person has all the addresses of a network.

    The last of the site's own proxies has written the address it saw at the end of the header; what stands further to
    the left was written by whoever liked to.
    """
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.PROXIES
    address = named[-proxies] if 0 < proxies <= len(named) else request.META.get("REMOTE_ADDR", "")
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return UNKNOWN
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, PREFIX[found.version]), strict=False))
