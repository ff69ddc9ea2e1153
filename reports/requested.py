"""Questions to the database about table requests."""

from __future__ import annotations

from reports.models import Table, TableRequest
from reports.requests import Asked, Draft, rule_of
from surveys.definition import Net
from surveys.models import Wave


def versions_of(wave: Wave) -> list[TableRequest]:
    """Every version of every request, in the order in which they were made."""
    return list(TableRequest.objects.filter(wave=wave).prefetch_related("nets").order_by("pk"))


def newest_of(wave: Wave) -> list[TableRequest]:
    """The newest version of each request, the withdrawn ones included."""
    found = TableRequest.objects.filter(wave=wave).order_by("number", "-version").distinct("number")
    return list(found.select_related("by").prefetch_related("nets"))


def standing_of(wave: Wave) -> list[TableRequest]:
    """What the next night counts."""
    return [request for request in newest_of(wave) if not request.withdrawn]


def asked_of(wave: Wave, latest: int | None = None) -> tuple[Asked, ...]:
    """Every version but withdrawals: those that stand no more are still taken for known.

    Up to the latest version that is named, if one is, so that helpers count what the first one counts.
    """
    standing = {request.pk for request in standing_of(wave)}
    return tuple(
        Asked(
            request=request.pk,
            question=request.question,
            rule=rule_of(request.base_rule),
            by=request.breakdown or request.filter_class,
            part=request.filter_part,
            nets=nets_of(request),
            stands=request.pk in standing,
        )
        for request in versions_of(wave)
        if not request.withdrawn and (latest is None or request.pk <= latest)
    )


def nets_of(request: TableRequest) -> tuple[Net, ...]:
    return tuple(Net(net.code, net.label, tuple(net.members)) for net in request.nets.all())


def draft_of(request: TableRequest) -> Draft:
    return Draft(
        question=request.question,
        base_rule=request.base_rule,
        breakdown=request.breakdown,
        filter_class=request.filter_class,
        filter_part=request.filter_part,
        nets=nets_of(request),
    )


def standing_numbers(wave: Wave) -> frozenset[int]:
    return frozenset(request.pk for request in standing_of(wave))


def counted_numbers(wave: Wave) -> frozenset[int]:
    """The versions whose tables are there. Each that a night counts has one, if only to say that it holds nothing."""
    found = Table.objects.filter(wave=wave).exclude(request=None)
    return frozenset(found.values_list("request_id", flat=True))


def named(numbers: frozenset[int]) -> tuple[str, ...]:
    """For a fingerprint; nothing without any, so that a wave that nobody asks about is not counted anew."""
    return (f"requests {','.join(map(str, sorted(numbers)))}",) if numbers else ()


def tables_of_request(request: TableRequest) -> list[Table]:
    """The tables of this version, as the last night left them; of a withdrawn request none."""
    if request.withdrawn:
        return []
    found = Table.objects.filter(request=request).select_related("run", "policy")
    return list(found.prefetch_related("cells").order_by("breakdown"))
