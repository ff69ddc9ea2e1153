"""The people of the demo answer through the pages, several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from random import Random
from threading import local

import httpx

from reports.demo.casts import SEED, Cast
from reports.demo.client import Ending, Fields, Respondent, fields_of
from reports.demo.persons import Person, draw
from surveys.definition import Definition

AT_ONCE = 6
FURTHEST_STOP = 8


@dataclass(frozen=True, slots=True)
class Journey:
    """What one invited person is going to do."""

    link: str
    ending: Ending
    fields: Fields
    stop_after: int | None = None


def journeys(
    definition: Definition, cast: Cast, links: Sequence[str]
) -> tuple[list[Journey], tuple[Person, ...]]:
    """Who does what, in random order, and the people whose answers are sent. The last links are never opened."""
    rng = Random(SEED)  # noqa: S311  # nosec  # a demo is the same each time
    answering = draw(definition, cast.plan, size=cast.answering, seed=SEED)
    stopping = draw(definition, cast.plan, size=cast.stopping, seed=SEED + 1)
    waiting = iter(links)
    found = [Journey(next(waiting), Ending.SENT, fields_of(definition, p.answers)) for p in answering]
    found += [
        Journey(
            next(waiting), Ending.STOPPED, fields_of(definition, p.answers), rng.randint(1, FURTHEST_STOP)
        )
        for p in stopping
    ]
    found += [Journey(next(waiting), Ending.DECLINED, {}) for _ in range(cast.declining)]
    rng.shuffle(found)
    return found, answering


def walk(found: Iterable[Journey], base_url: str, report: Callable[[int], None]) -> Counter[Ending]:
    """Let everybody make their journey; the first who cannot go on ends the demo with what the page said."""
    own = local()
    endings: Counter[Ending] = Counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(make, journey, base_url, own) for journey in found]
        try:
            for done in as_completed(running):
                endings[done.result()] += 1
                report(endings.total())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return endings


def make(journey: Journey, base_url: str, own: local) -> Ending:
    # A pool of connections for each thread: people share nothing but the wire.
    if not hasattr(own, "transport"):
        own.transport = httpx.HTTPTransport()
    respondent = Respondent(own.transport, base_url, journey.fields)
    if journey.ending is Ending.DECLINED:
        return respondent.decline(journey.link)
    return respondent.answer(journey.link, stop_after=journey.stop_after)
