"""The house: settings, headers, health, logs, contracts and the files that run it."""

from __future__ import annotations

import logging
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config import grants
from config.api import DenyAll
from config.celery import app
from config.checks import DEMO_SECRET, production_problems
from config.env import Environment
from config.headers import CONTENT_SECURITY_POLICY, SecurityHeaders
from config.logging import WithoutTokens, logging_settings, redacted
from config.run import PROGRAMS
from config.startup import SAFE, UnsafeDatabaseError, refuse_unsafe_database, unsafe_settings
from tests.services import PROJECT, Database, WebServer, Worker, acting_as, wait_until

GOOD_PRODUCTION = {
    "ENQUIRY_ENV": "production",
    "ENQUIRY_PROCESS": "web",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "survey.example.org",
    "DATABASE_URL": "postgresql://enquiry_web:secret@localhost/enquiry",
    "REDIS_URL": "redis://localhost:6379/0",
}


def manage(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=path | environment, capture_output=True, text=True, check=False
    )


def test_production_with_nothing_set_names_every_missing_variable_at_once() -> None:
    done = manage("check", environment={"ENQUIRY_ENV": "production"})

    assert done.returncode != 0
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"):
        assert f"- {name} is" in done.stderr
    assert "secrets.token_urlsafe" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_offers_the_languages_alone_that_its_pages_are_in() -> None:
    code = "from django.conf import settings; print([code for code, _name in settings.LANGUAGES])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=os.environ | GOOD_PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "['en', 'sv', 'ar']", done.stderr


def test_production_with_everything_set_passes_the_deployment_check() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", environment=GOOD_PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


UNSAFE = {
    "a secret of the demo": ({"SECRET_KEY": DEMO_SECRET}, "SECRET_KEY is the one of the demo"),
    "a short secret": ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
    "a secret of one letter": ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too short or too plain"),
    "no secret": ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
    "every host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
    "debugging": ({"DEBUG": "1"}, "DEBUG is on"),
    "a plain origin": ({"CSRF_TRUSTED_ORIGINS": "http://survey.example.org"}, "CSRF_TRUSTED_ORIGINS"),
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
    "no address": (
        {"DATABASE_URL": "postgresql://host:no-port/x"},
        "DATABASE_URL is not a PostgreSQL address",
    ),
    "no Redis": ({"REDIS_URL": ""}, "REDIS_URL is not set"),
    "the owner": ({"DATABASE_URL": "postgresql://enquiry_owner:x@h/d"}, "who owns the tables"),
    "the key folder": ({"ENQUIRY_KEY_DIR": "/keys"}, "ENQUIRY_KEY_DIR is in the environment of the web"),
    "the key folder at beat": (
        {"ENQUIRY_KEY_DIR": "/keys", "ENQUIRY_PROCESS": "beat"},
        "ENQUIRY_KEY_DIR is in the environment of the beat",
    ),
    "an unknown process": ({"ENQUIRY_PROCESS": "webb"}, "ENQUIRY_PROCESS is 'webb'"),
}


@pytest.mark.parametrize(("change", "sentence"), UNSAFE.values(), ids=UNSAFE.keys())
def test_production_with_one_fault_is_refused_with_its_sentence(
    change: dict[str, str], sentence: str
) -> None:
    problems = production_problems(GOOD_PRODUCTION | change)

    assert production_problems(GOOD_PRODUCTION) == []
    assert len(problems) == 1
    assert sentence in problems[0]


@pytest.mark.parametrize(
    "change",
    [
        {"ENQUIRY_PROCESS": "worker", "ENQUIRY_KEY_DIR": "/keys"},
        {"ENQUIRY_PROCESS": "owner", "DATABASE_URL": "postgresql://enquiry_owner:x@h/d"},
    ],
)
def test_production_of_a_process_that_needs_more_is_not_refused(change: dict[str, str]) -> None:
    assert production_problems(GOOD_PRODUCTION | change) == []


def test_settings_with_unreadable_values_name_all_of_them() -> None:
    environment = {"ENQUIRY_ENV": "staging", "TIME_ZONE": "Mars/Olympus", "DEBUG": "perhaps"}

    done = manage("check", environment=environment)

    assert done.returncode != 0
    for name in environment:
        assert f"- {name} is" in done.stderr


def test_settings_without_a_database_load_and_fail_on_use_with_a_sentence() -> None:
    code = (
        "import django; django.setup(); from django.db import connection\n"
        "try: connection.ensure_connection()\n"
        "except Exception as error: print(error)"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": os.environ["PATH"]}

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.startswith("DATABASE_URL is not set. Start through manage.py"), done.stderr


def test_address_of_a_database_on_a_socket_is_read_with_its_options() -> None:
    address = "postgresql://enquiry_web:p%40ss@/enquiry?host=/run/enquiry&sslmode=disable"

    found = Environment({"DATABASE_URL": address}).database("DATABASE_URL")

    assert found["HOST"] == "/run/enquiry"
    assert found["PASSWORD"] == "p@ss"
    assert found["NAME"] == "enquiry"
    assert found["OPTIONS"] == {"connect_timeout": "5", "sslmode": "disable"}


def test_address_that_cannot_be_read_is_not_repeated_with_its_password() -> None:
    env = Environment({"DATABASE_URL": "postgresql://web:topsecret@host:port/x"})

    env.database("DATABASE_URL")

    assert len(env.problems) == 1
    assert "topsecret" not in env.problems[0]


@given(st.text(alphabet="abcXYZ019-_", min_size=1, max_size=40))
def test_token_in_a_path_never_reaches_a_log(token: str) -> None:
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "Not Found: %s", (f"/i/{token}?x",), None
    )

    WithoutTokens().filter(record)

    assert record.getMessage() == "Not Found: /i/…?x"


def test_pages_with_a_reminder_or_a_refusal_leave_no_line_in_the_log() -> None:
    levels = {
        name: logger["level"]
        for name, logger in logging_settings("INFO")["loggers"].items()
        if "level" in logger
    }

    assert levels["django.request"] == "ERROR"
    assert logging.getLogger("django.request").isEnabledFor(logging.ERROR)
    assert not logging.getLogger("django.request").isEnabledFor(logging.WARNING)


def test_token_in_a_traceback_never_reaches_a_log() -> None:
    try:
        raise ValueError("no page at /i/abcdef")
    except ValueError:
        record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, "failed", None, sys.exc_info())

    WithoutTokens().filter(record)
    text = logging.Formatter().format(record)

    assert "abcdef" not in text
    assert "no page at /i/…" in text


def test_path_without_a_token_is_logged_as_it_is() -> None:
    assert redacted("GET /2019/1/ and /static/i/x.svg?") == "GET /2019/1/ and /static/i/…?"
    assert redacted("GET /answer/step/3") == "GET /answer/step/3"


def test_address_of_leaving_the_list_is_logged_without_its_token() -> None:
    assert redacted("POST /leave/abc-DEF_1 HTTP/1.1") == "POST /leave/… HTTP/1.1"


def test_headers_of_every_answer_hold_the_policy_and_leave_stricter_ones_alone() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Permissions-Policy": "midi=()"})

    response = SecurityHeaders(page)(RequestFactory().get("/"))

    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Permissions-Policy"] == "midi=()"


def test_api_view_without_permissions_of_its_own_is_closed() -> None:
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == ["config.api.DenyAll"]
    assert settings.REST_FRAMEWORK["DEFAULT_RENDERER_CLASSES"] == ["rest_framework.renderers.JSONRenderer"]
    assert DenyAll().has_permission(None, None) is False  # type: ignore[arg-type]


def test_health_with_database_and_redis_is_ok(db: None, client) -> None:  # type: ignore[no-untyped-def]
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "redis": "ok"}


def answer_of(url: str) -> tuple[int, dict[str, str]]:
    answer = httpx.get(f"{url}/healthz", timeout=20)
    return answer.status_code, answer.json()


def test_health_while_redis_is_down_stays_ok_and_while_the_database_is_down_does_not(
    private_services: Database, tmp_path: Path
) -> None:
    with closing(WebServer(private_services, tmp_path)) as server:
        server.run()
        before = answer_of(server.url)
        private_services.redis.kill()
        without_redis = answer_of(server.url)
        private_services.cluster.kill()
        without_database = answer_of(server.url)
        private_services.cluster.start()
        after = answer_of(server.url)

    assert before == (200, {"database": "ok", "redis": "ok"})
    assert without_redis == (200, {"database": "ok", "redis": "down"})
    assert without_database == (503, {"database": "down", "redis": "down"})
    assert after[0] == 200


def test_page_of_the_web_server_carries_the_headers_and_its_log_no_token(web_server: WebServer) -> None:
    headers = httpx.get(f"{web_server.url}/healthz", timeout=20).headers
    for path in ("/i/secret-token-in-the-path", "/nowhere/i/secret-token-in-the-path"):
        httpx.get(f"{web_server.url}{path}", timeout=20)

    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert "Listening at" in web_server.text()
    assert "secret-token-in-the-path" not in web_server.text()
    assert "/i/" not in web_server.text()


def test_web_server_publishing_a_task_while_redis_is_down_fails_within_four_seconds(
    private_services: Database,
) -> None:
    code = (
        "import time, django; django.setup(); from config.celery import app; start = time.monotonic()\n"
        "try: app.send_task('reports.tasks.night')\n"
        "except Exception as error: print(type(error).__name__, time.monotonic() - start)"
    )
    environment = private_services.environment("web") | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    private_services.redis.kill()

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )

    name, seconds = done.stdout.split()
    assert name == "OperationalError"
    assert float(seconds) < 4


def test_database_of_the_tests_is_safe(db: None) -> None:
    refuse_unsafe_database()


@pytest.mark.parametrize("role", ["web", "worker"])
def test_database_that_logs_statements_is_refused_for_every_role(
    committed_database: Database, role: str
) -> None:
    with committed_database.cluster.connect() as admin:
        admin.execute(f"ALTER DATABASE {committed_database.name} SET log_statement = 'all'")
        admin.execute(f"ALTER DATABASE {committed_database.name} SET log_min_duration_statement = 0")
        admin.execute(
            f"ALTER DATABASE {committed_database.name} SET session_preload_libraries = 'auto_explain'"
        )
    connection.close()

    with acting_as(role), pytest.raises(UnsafeDatabaseError) as refusal:
        refuse_unsafe_database()

    for name in ("log_statement is all", "log_min_duration_statement is 0", "auto_explain is loaded"):
        assert name in str(refusal.value)


def test_database_settings_that_date_answers_are_each_refused() -> None:
    unsafe = {
        "track_commit_timestamp": "on",
        "log_statement": "mod",
        "log_min_duration_statement": "100",
        "log_min_duration_sample": "5",
        "log_duration": "on",
        "log_min_error_statement": "error",
        "log_error_verbosity": "default",
    }

    assert set(unsafe) == set(SAFE)
    assert [len(unsafe_settings({name: value})) for name, value in unsafe.items()] == [1] * len(SAFE)
    safe = ("off", "none", "-1", "-1", "off", "panic", "terse")
    assert unsafe_settings(dict(zip(SAFE, safe, strict=True))) == []


def test_unsafe_database_refusal_is_a_configuration_error() -> None:
    assert issubclass(UnsafeDatabaseError, ImproperlyConfigured)


def test_grants_name_every_table_of_the_schema(db: None) -> None:
    grants.check_complete(connection)


def test_grants_with_a_table_nobody_listed_are_refused(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE forgotten (id int)")

    with pytest.raises(grants.GrantsMissingError, match="forgotten is in the database"):
        grants.check_complete(connection)
    with pytest.raises(CommandError, match="forgotten"):
        call_command("apply_grants")


def rights_in_the_database() -> dict[tuple[str, str], set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE table_schema = 'public' AND grantee IN ('enquiry_web', 'enquiry_worker', 'PUBLIC')"
        )
        found: dict[tuple[str, str], set[str]] = {}
        for role, table, right in cursor.fetchall():
            found.setdefault((role, table), set()).add(right)
        return found


def test_rights_in_the_database_are_those_of_the_table_and_no_more(db: None) -> None:
    expected = {
        (role, table): set(re.findall(r"[A-Z]+(?= *(?:,|$))", re.sub(r"[A-Z]+ \([^)]*\)", "", rights)))
        for table, pair in grants.GRANTS.items()
        for role, rights in zip((grants.WEB, grants.WORKER), pair, strict=True)
        if rights
    }

    found = rights_in_the_database()

    # information_schema does not know MAINTAIN, and rights on single columns are listed elsewhere.
    assert found == {key: rights - {"MAINTAIN"} for key, rights in expected.items()}


def test_web_reads_no_response_and_the_worker_does(db: None) -> None:
    with acting_as("worker"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM responses_response")
    with acting_as("web"), pytest.raises(ProgrammingError, match="permission denied"):
        connection.cursor().execute("SELECT count(*) FROM responses_response")


def test_rights_taken_by_hand_are_put_right_by_the_command(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rights_in_the_database()
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON responses_response TO enquiry_web, PUBLIC")
        cursor.execute("REVOKE ALL ON responses_invitation FROM enquiry_web")

    call_command("apply_grants")

    assert rights_in_the_database() == before
    assert "Rights are set" in capsys.readouterr().out


def test_celery_hears_of_the_night_in_the_configured_time_zone() -> None:
    night = app.conf.beat_schedule["night"]
    assert app.conf.timezone == settings.TIME_ZONE
    assert (night["schedule"].hour, night["schedule"].minute) == ({4}, {30})
    assert app.conf.task_acks_late
    assert app.conf.result_backend is None
    assert app.amqp.router.route({}, "responses.tasks.anything")["queue"].name == "box"
    assert app.amqp.router.route({}, "reports.tasks.open_and_count")["queue"].name == "box"
    assert app.amqp.router.route({}, "responses.tasks.send_mailing")["queue"].name == "mail"
    assert app.amqp.router.route({}, "reports.tasks.night")["queue"].name == "celery"


@pytest.mark.parametrize(
    ("task", "sign"),
    [("celery.accumulate", "succeeded in"), ("reports.tasks.no_such_task", "unregistered task")],
)
def test_worker_that_takes_a_task_logs_neither_its_arguments_nor_its_result(
    worker: Worker, task: str, sign: str
) -> None:
    app.send_task(task, args=["secret-argument"])

    # The worker has a log of other tests' tasks already, so the line has to be this one's.
    wait_until(lambda: any(task in line and sign in line for line in worker.text().splitlines()))

    assert "secret-argument" not in worker.text()


def test_worker_that_was_killed_is_there_again_for_the_next_test(worker: Worker) -> None:
    worker.kill()
    died = not worker.alive()

    worker.run()

    assert died
    assert worker.alive()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name(words[0])), *words[1:]]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_import_contracts_are_kept() -> None:
    done = run("lint-imports")

    assert done.returncode == 0, done.stdout


def test_compose_file_fits_its_schema() -> None:
    done = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")

    assert done.returncode == 0, done.stdout


def compose_services() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())[
        "services"
    ]
    return found


def test_compose_file_gives_the_key_folder_to_the_box_worker_alone() -> None:
    with_keys = [
        name for name, service in compose_services().items() if "key" in str(service.get("volumes", ""))
    ]
    told = [name for name, service in compose_services().items() if "ENQUIRY_KEY_DIR" in str(service)]

    told_of_mail = [name for name, service in compose_services().items() if "MAIL_KEY_DIR" in str(service)]

    assert told == ["box-worker"]
    assert told_of_mail == ["mail-worker"]
    assert with_keys == ["box-worker", "mail-worker"]


@pytest.mark.parametrize("name", ["web", "worker", "box-worker", "mail-worker", "beat", "migrate"])
def test_compose_service_has_settings_that_a_production_accepts(name: str) -> None:
    environment = compose_services()[name]["environment"]
    assert isinstance(environment, dict)

    problems = production_problems({key: filled(str(value)) for key, value in environment.items()})

    assert problems == []


def filled(value: str) -> str:
    """A value of the compose file as it reads when the variables are set."""

    def replace(match: re.Match[str]) -> str:
        name, default = match.group(1), match.group(3) or ""
        return default if match.group(2) == ":-" else GOOD_PRODUCTION.get(name, "a-password")

    return re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", replace, value)


def test_programs_of_make_run_are_web_worker_and_beat() -> None:
    assert set(PROGRAMS) == {"web", "worker", "beat"}


def test_manage_py_without_services_for_files_only_starts_nothing(tmp_path: Path) -> None:
    environment = {"ENQUIRY_VAR": str(tmp_path / "var"), "ENQUIRY_ENV": "development"}

    done = manage("help", environment=environment)

    assert done.returncode == 0
    assert not (tmp_path / "var").exists()


FORBIDDEN = {
    "a path of the machine": lambda text: "/wor" + "k/" in text,
    "shared material outside the project": lambda text: "../sha" + "red" in text,
}


@pytest.mark.parametrize("forbidden", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_files_of_the_house_name_nothing_outside_the_project(forbidden: Callable[[str], bool]) -> None:
    files = [*PROJECT.glob("config/**/*.py"), *PROJECT.glob("*.*"), PROJECT / "Makefile", PROJECT / ".ci/run"]

    assert [path for path in files if path.is_file() and forbidden(path.read_text())] == []


def test_each_exception_from_the_security_checks_gives_its_reason() -> None:
    """`# nosec` silences bandit on its line, so that the line has to say why."""
    apps = ("config", "accounts", "surveys", "responses", "reports")
    lines = [
        line
        for app in apps
        for path in (PROJECT / app).rglob("*.py")
        for line in path.read_text().splitlines()
    ]
    silenced = [line for line in lines if "# nosec" in line]

    assert silenced
    assert [line for line in silenced if not re.search(r"# nosec  # \w", line)] == []


def test_address_of_the_web_server_is_of_this_machine(web_server: WebServer) -> None:
    assert urlsplit(web_server.url).hostname == "127.0.0.1"
