"""How the staff tests look at a page: through the web's database role."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from tests.services import acting_as

LogIn = Callable[[User], Client]


def get(client: Client, path: str) -> str:
    with acting_as("web"):
        response = client.get(path)
    assert response.status_code == 200, response.content
    return str(response.content.decode())
