from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from django.test import Client

from accounts.models import User
from tests.staff.people import log_in, member


@pytest.fixture
def fieldworker(db: None) -> User:
    return member("fieldwork")


@pytest.fixture
def analyst(db: None) -> User:
    return member("analyst")


@pytest.fixture
def publisher(db: None) -> User:
    return member("publisher")


@pytest.fixture
def outsider(db: None) -> User:
    return member()


@pytest.fixture
def superuser(db: None) -> User:
    return member(email="root@example.org", superuser=True)


@pytest.fixture
def logged_in() -> Callable[[User], Client]:
    return lambda user: log_in(Client(), user)


@pytest.fixture
def no_redis() -> Iterator[None]:
    """An address where no Redis is; the real one of the other tests stays as it is."""
    before = current_app.conf.broker_url
    reconnect_to("redis+socket:///nowhere/redis.sock")
    yield
    reconnect_to(before)


def reconnect_to(address: str) -> None:
    """Celery keeps its connections until it believes that it was forked."""
    current_app.conf.broker_url = address
    current_app._after_fork()
