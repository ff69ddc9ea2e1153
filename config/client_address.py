"""Where a request comes from, as far as the proxies in front are trusted to say it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
NETWORKS = {4: 24, 6: 48}
UNKNOWN = "unknown"


def range_of(request: HttpRequest) -> str:
    """The range of addresses that the visitor's belongs to: a /24 of IPv4, a /48 of IPv6."""
    address = visitor(request)
    if address is None:
        return UNKNOWN
    return str(ip_network((address, NETWORKS[address.version]), strict=False))


def visitor(request: HttpRequest) -> Address | None:
    """The last address that no trusted proxy has: what stands in front of it, the visitor may have made up.

    A server on a unix socket names no address; only a proxy of this machine can reach it.
    """
    passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    near = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXIES:
        return _read(near)
    last: Address | None = None
    for text in reversed([*passed, near] if near else passed):
        address = _read(text)
        if address is None:
            break
        last = address
        if not _is_trusted(address):
            break
    return last


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text.strip().split("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in map(ip_network, settings.TRUSTED_PROXIES))
