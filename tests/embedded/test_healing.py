"""`kill -9` of any part of the data plane heals, and what was committed stays."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nats
import psycopg
import pytest

from duragraph_ext.embedded import Facts, Services, attach, read_facts
from tests.support.waiting import eventually, is_alive

ATTACH = "import os, pathlib, sys; from duragraph_ext.embedded import attach; attach(pathlib.Path(sys.argv[1]));"
ATTACH_AND_DIE = ATTACH + "os.kill(os.getpid(), 9)"
ATTACH_AND_STAY = ATTACH + "print('attached', flush=True); sys.stdin.read()"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("healing")


@pytest.fixture
def services(data_dir: Path) -> Iterator[Services]:
    services = attach(data_dir)
    with psycopg.connect(services.facts.dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (n int)")
        connection.execute("DELETE FROM acknowledged")
    yield services
    services.close()


def answers(facts: Facts) -> bool:
    """Whether Postgres answers, with the row that was acknowledged before the fault."""
    try:
        with psycopg.connect(facts.dsn, connect_timeout=2) as connection:
            return connection.execute("SELECT n FROM acknowledged").fetchall() == [(1,)]
    except psycopg.OperationalError:
        return False


def acknowledge(services: Services) -> None:
    with psycopg.connect(services.facts.dsn) as connection:
        connection.execute("INSERT INTO acknowledged VALUES (1)")


def test_postmaster(services: Services) -> None:
    acknowledge(services)
    before = services.facts
    os.kill(before.postgres_pid, signal.SIGKILL)
    eventually(lambda: services.facts.postgres_pid != before.postgres_pid, 10.0, "another postmaster")
    eventually(lambda: answers(before), 10.0, "Postgres at the same address")
    assert services.facts.supervisor_pid == before.supervisor_pid


def test_postmaster_while_a_backend_is_stopped(services: Services) -> None:
    """A stopped backend holds the shared memory, which keeps the next postmaster from starting."""
    acknowledge(services)
    before = services.facts
    with psycopg.connect(before.dsn) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(before.postgres_pid, signal.SIGKILL)
        eventually(lambda: answers(before), 15.0, "Postgres at the same address")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert not is_alive(backend)


def test_backend(services: Services) -> None:
    acknowledge(services)
    with psycopg.connect(services.facts.dsn) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    eventually(lambda: answers(services.facts), 10.0, "Postgres at the same address")


async def test_nats(services: Services) -> None:
    before = services.facts
    token = before.nats_token_file.read_text().strip()

    reconnected = asyncio.Event()

    async def ignore(_: Exception) -> None: ...

    async def on_reconnect() -> None:
        reconnected.set()

    client = await nats.connect(
        before.nats_url,
        token=token,
        reconnect_time_wait=0.1,
        max_reconnect_attempts=-1,
        error_cb=ignore,
        reconnected_cb=on_reconnect,
    )
    stream = client.jetstream()
    await stream.add_stream(name="KEPT", subjects=["kept"])
    await stream.publish("kept", b"1")
    os.kill(before.nats_pid, signal.SIGKILL)
    eventually(lambda: services.facts.nats_pid != before.nats_pid, 10.0, "another nats-server")
    await asyncio.wait_for(reconnected.wait(), 10)
    assert (await stream.stream_info("KEPT")).state.messages == 1
    await stream.delete_stream("KEPT")
    await client.close()


def test_nats_is_restarted_for_who_asks(services: Services) -> None:
    """Once: whoever else asks at that time means the same trouble."""
    before = services.facts
    services.restart_nats()
    eventually(lambda: services.facts.nats_pid != before.nats_pid, 10.0, "another nats-server")
    again = services.facts
    services.restart_nats()
    os.kill(again.postgres_pid, signal.SIGKILL)  # what the supervisor does after it has heard us
    eventually(lambda: services.facts.postgres_pid != again.postgres_pid, 10.0, "another postmaster")
    assert services.facts.nats_pid == again.nats_pid
    assert services.facts.nats_url == before.nats_url


def test_supervisor(services: Services, data_dir: Path) -> None:
    acknowledge(services)
    before = services.facts
    os.kill(before.supervisor_pid, signal.SIGKILL)
    eventually(lambda: services.facts.supervisor_pid != before.supervisor_pid, 15.0, "another supervisor")
    eventually(lambda: answers(before), 10.0, "Postgres at the same address")
    assert services.facts.nats_url == before.nats_url
    assert read_facts(data_dir) == services.facts
    assert not is_alive(before.postgres_pid)
    assert not is_alive(before.nats_pid)


def test_everything_at_once(services: Services) -> None:
    acknowledge(services)
    before = services.facts
    for pid in (before.supervisor_pid, before.postgres_pid, before.nats_pid):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: services.facts.supervisor_pid != before.supervisor_pid, 15.0, "another supervisor")
    eventually(lambda: answers(before), 10.0, "Postgres at the same address")


def test_client(services: Services) -> None:
    """Another client's death changes nothing for us."""
    data_dir = services.facts.nats_token_file.parent.parent
    result = subprocess.run([sys.executable, "-c", ATTACH_AND_DIE, data_dir], timeout=30, check=False)
    assert result.returncode == -signal.SIGKILL
    acknowledge(services)
    assert answers(services.facts)


def test_the_last_client(tmp_path: Path) -> None:
    """Killed, it cannot say good-bye: the supervisor waits a while for its successor, then stops."""
    client = subprocess.Popen(
        [sys.executable, "-c", ATTACH_AND_STAY, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert client.stdin
    assert client.stdout
    with client.stdin, client.stdout:
        client.stdout.readline()
        facts = read_facts(tmp_path)
        assert facts
        client.kill()
        client.wait()
    successor = attach(tmp_path)
    assert successor.facts == facts
    successor.close()


def test_a_lingering_supervisor_stops(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", ATTACH_AND_DIE, tmp_path], timeout=30, check=False)
    facts = read_facts(tmp_path)
    assert facts
    pids = (facts.supervisor_pid, facts.postgres_pid, facts.nats_pid)
    eventually(lambda: not any(is_alive(pid) for pid in pids), 15.0, "the end of all processes")


def test_kill_of_the_postmaster_during_the_first_start(tmp_path: Path) -> None:
    """A cluster is complete or absent: what a killed initdb left is thrown away."""
    partial = tmp_path / "postgres" / "data.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    services = attach(tmp_path)
    with psycopg.connect(services.facts.dsn) as connection:
        connection.execute("SELECT 1")
    services.close()
    assert not partial.exists()


def test_a_broken_jetstream_store_is_put_aside(tmp_path: Path) -> None:
    """Losing all of JetStream loses nothing, so a store that keeps NATS from starting must not either."""
    attach(tmp_path).close()
    store = tmp_path / "nats" / "jetstream"
    subprocess.run(["rm", "-rf", store], check=True)
    store.write_text("not a folder")
    services = attach(tmp_path)
    services.close()
    assert store.is_dir()
