"""Fixtures of all tests. The services are started here, before Django reads its settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

# A property holds or not, however busy the machine is; a time limit per example would make it uncertain.
hypothesis_settings.register_profile("without_deadline", deadline=None)
hypothesis_settings.load_profile("without_deadline")

PROJECT = Path(__file__).resolve().parents[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["ENQUIRY_ENV"] = "test"
# The tests have a pair of services of their own, so that a demo may run beside them.
os.environ["ENQUIRY_VAR"] = os.environ.get("ENQUIRY_TEST_VAR") or str(PROJECT / "var/test")
# Playwright's synchronous interface keeps an event loop in the thread; the tests use the database between its calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
for name in (
    "DATABASE_URL",
    "REDIS_URL",
    "ENQUIRY_KEY_DIR",
    "ENQUIRY_MAIL_KEY_DIR",
    "ENQUIRY_DATABASE",
    "DEBUG",
):
    os.environ.pop(name, None)

from config.embedded import Services, ensure, services  # noqa: E402
from config.embedded.places import default_base  # noqa: E402

ensure(process="owner")

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import translation  # noqa: E402

from tests import pseudo  # noqa: E402
from tests.chromium import HOW_TO_GET_IT, OPTIONS  # noqa: E402
from tests.chromium import find as find_chromium  # noqa: E402
from tests.services import (  # noqa: E402
    Database,
    WebServer,
    Worker,
    default_connection_at,
    migrate,
    migrated_template,
    process_number,
    redis_number,
)

SERVICES = services(default_base())
# A numbered Redis of this test process's own, which its worker and its web server use too.
os.environ["REDIS_URL"] = SERVICES.redis.url(redis_number())
pseudo.write_catalogues(default_base() / "locale")
# pytest-django sets Django up before it reads this file, or else not at all.
django.setup()
# Under xdist the settings were read with the address that the first process had left in the environment.
settings.CELERY_BROKER_URL = os.environ["REDIS_URL"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.plugin import DjangoDbBlocker


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("DEEP") == "1":
        return
    skip = pytest.mark.skip(reason="A deep test. Run it with: make test DEEP=1")
    for item in items:
        if "deep" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def template_database(django_db_blocker: DjangoDbBlocker) -> str:
    """The name of the migrated database that all others are cloned from."""
    with django_db_blocker.unblock():
        return migrated_template(SERVICES)


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this process's own, cloned; the tests in it roll back. Replaces pytest-django's."""
    name = f"test_{process_number()}"
    SERVICES.cluster.clone_database(template_database, name)
    with (
        django_db_blocker.unblock(),
        default_connection_at(name, SERVICES.cluster),
        django_db_blocker.block(),
    ):
        yield
    SERVICES.cluster.drop_database(name)


@pytest.fixture
def no_questionnaires(db: None) -> None:
    """A database as `migrate` alone leaves it, until the test is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE surveys_questionnaire CASCADE")


@pytest.fixture
def committed_database(
    django_db_setup: None, template_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """A fresh clone whose transactions are real, for tests with threads and processes. Not together with `db`."""
    name = f"committed_{process_number()}"
    SERVICES.cluster.clone_database(template_database, name)
    with django_db_blocker.unblock(), default_connection_at(name, SERVICES.cluster):
        yield Database(name=name, cluster=SERVICES.cluster, redis=SERVICES.redis)


@pytest.fixture(scope="session")
def _worker_slot() -> Iterator[list[Worker]]:
    slot: list[Worker] = []
    yield slot
    for found in slot:
        found.stop()


@pytest.fixture
def worker(
    committed_database: Database, _worker_slot: list[Worker], tmp_path_factory: pytest.TempPathFactory
) -> Worker:
    """One real Celery worker per test process, on the committed database; `key_folder` holds its private keys."""
    if not _worker_slot:
        _worker_slot.append(Worker(committed_database, tmp_path_factory.mktemp("worker")))
    _worker_slot[0].run()
    return _worker_slot[0]


@pytest.fixture(scope="session")
def _web_slot() -> Iterator[list[WebServer]]:
    slot: list[WebServer] = []
    yield slot
    for found in slot:
        found.close()


@pytest.fixture
def web_server(
    committed_database: Database, _web_slot: list[WebServer], tmp_path_factory: pytest.TempPathFactory
) -> WebServer:
    """One real gunicorn per test process, on the committed database; `url` is its address."""
    if not _web_slot:
        _web_slot.append(WebServer(committed_database, tmp_path_factory.mktemp("web")))
    _web_slot[0].run()
    return _web_slot[0]


@pytest.fixture(scope="session")
def _private_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    pair = Services(tmp_path_factory.mktemp("pair") / "private")
    pair.cluster.start()
    pair.redis.start()
    try:
        migrate(pair.cluster, pair.redis, "migrated")
        yield pair
    finally:
        pair.remove()


@pytest.fixture
def private_services(
    django_db_setup: None, _private_pair: Services, django_db_blocker: DjangoDbBlocker
) -> Iterator[Database]:
    """A PostgreSQL and a Redis that the test may stop and kill. Django's default connection is on them."""
    cluster, redis = _private_pair.cluster, _private_pair.redis
    cluster.start()
    redis.start()
    cluster.clone_database("migrated", "enquiry")
    with django_db_blocker.unblock(), default_connection_at("enquiry", cluster):
        yield Database(name="enquiry", cluster=cluster, redis=redis)
    cluster.start()
    cluster.drop_database("enquiry")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Without one the test is skipped, but never in continuous integration."""
    found = find_chromium()
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(HOW_TO_GET_IT)
    pytest.skip(HOW_TO_GET_IT)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: no cookie of another test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def language_of_the_site() -> None:
    """A page leaves the language that it spoke active for whatever runs next in its thread."""
    translation.activate(settings.LANGUAGE_CODE)
