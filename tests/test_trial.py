import pytest
from django.db import connection
from tests.services import acting_as
from accounts.models import User, Role
from django.db.utils import ProgrammingError


def test_a(db):
    assert Role.objects.count() >= 0
    with acting_as("web"):
        User.objects.create_user("a@example.org")
    with pytest.raises(ProgrammingError):
        with acting_as("worker"):
            User.objects.create_user("a@example.org")


def test_b(committed_database):
    with acting_as("web"):
        User.objects.create_user("a@example.org")
    assert connection.settings_dict["NAME"].startswith("committed")


def test_c(committed_database):
    assert not User.objects.exists()


def test_d(db):
    assert not User.objects.exists()


def test_w(worker):
    from config.celery import app

    app.send_task("reports.tasks.nothing")
    import time

    time.sleep(2)
    print(worker.text())


def test_p(private_services):
    User.objects.create_user("a@example.org")
    private_services.cluster.kill()
    connection.close()
    private_services.cluster.start()
    assert User.objects.count() == 1


def test_br(page):
    page.goto("data:text/html,<title>x</title>")
    assert page.title() == "x"
