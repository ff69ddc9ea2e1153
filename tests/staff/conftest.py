from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.staff.people import member


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
    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in
