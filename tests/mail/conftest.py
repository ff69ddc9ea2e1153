from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from surveys.models import Wave
from tests.mail.post_office import PostOffice, give_mail_key, mailed_wave, opened
from tests.services import free_port


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The mail server of the tests tells of each line that it hears."""
    logger = logging.getLogger("mail.log")
    before = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(before)


@pytest.fixture
def mail_key(db: None, tmp_path: Path, settings: Settings) -> bytes:
    settings.ENQUIRY_MAIL_KEY_DIR = str(tmp_path / "mail-keys")
    return give_mail_key(tmp_path / "mail-keys")


@pytest.fixture
def wave(mail_key: bytes) -> Wave:
    """An open wave with three people who are written to."""
    return mailed_wave()


@pytest.fixture
def office(settings: Settings) -> Iterator[PostOffice]:
    port = free_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "Survey <survey@survey.example>"
    settings.EMAIL_BOUNCE_ADDRESS = "bounces@survey.example"
    with opened(port) as found:
        yield found
