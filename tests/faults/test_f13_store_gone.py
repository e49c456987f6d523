"""F13 and F14: JetStream's store wiped or corrupted under 100 live runs. All end, the topology comes back by itself."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import nats
import psycopg
import pytest
from nats.errors import Error as NatsError

from duragraph_ext.core.messaging.subjects import STREAMS
from tests.faults.harness.invariants import Invariants
from tests.faults.harness.pids import dsn_of, facts_of, kill, stopped
from tests.faults.harness.trial import Trial, workers
from tests.support.server import Server
from tests.support.waiting import eventually

HALF = 50


def wipe(store: Path) -> None:
    """Nothing is left."""
    shutil.rmtree(store)


def flip(store: Path) -> None:
    """Every block has other bits in its middle."""
    for block in blocks(store):
        data = bytearray(block.read_bytes())
        for at in range(len(data) // 3, len(data) // 2):
            data[at] ^= 0xFF
        block.write_bytes(data)


def truncate(store: Path) -> None:
    """Every block lacks its second half."""
    for block in blocks(store):
        block.write_bytes(block.read_bytes()[: block.stat().st_size // 2])


def garble(store: Path) -> None:
    """What JetStream knows of its streams is noise."""
    for file in store.rglob("meta.*"):
        file.write_bytes(b"\x00\xffnoise")


def block(store: Path) -> None:
    """No consumer can be made, whatever is done through NATS."""
    (consumers,) = store.rglob("WORKER_COMMANDS/obs")
    shutil.rmtree(consumers)
    consumers.write_bytes(b"")


def blocks(store: Path) -> list[Path]:
    found = list(store.rglob("*.blk"))
    assert found
    return found


def streams(server: Server) -> set[str]:
    """What streams there are; none while NATS does not tell."""

    async def ask() -> set[str]:
        facts = facts_of(server)
        client = await nats.connect(
            facts.nats_url,
            token=facts.nats_token_file.read_text().strip(),
            allow_reconnect=False,
            connect_timeout=2,
            error_cb=_silent,
        )
        try:
            return {info.config.name or "" for info in await client.jetstream().streams_info()}
        finally:
            await client.close()

    try:
        return asyncio.run(ask())
    except (NatsError, OSError, TimeoutError):
        return set()


async def _silent(_: Exception) -> None:
    """A server that is not there yet is no news."""


def outbox_rows(server: Server) -> int:
    with psycopg.connect(dsn_of(server)) as connection:
        row = connection.execute("SELECT count(*) FROM outbox").fetchone()
        assert row is not None
        return int(row[0])


def store_of(server: Server) -> Path:
    return next(path for path in server.data_dir.rglob("jetstream") if path.is_dir())


@pytest.mark.parametrize(
    "damage",
    [
        wipe,
        pytest.param(flip, marks=pytest.mark.faults),
        pytest.param(truncate, marks=pytest.mark.faults),
        pytest.param(garble, marks=pytest.mark.faults),
    ],
)
def test_a_hundred_live_runs_end(serve: Callable[..., Server], tmp_path: Path, damage: Callable[[Path], None]) -> None:
    server = serve(workers=2)
    held = Trial(server, tmp_path, hold="c").start()
    held.reached("c")
    trials = [held, *(Trial(server, tmp_path).start() for _ in range(HALF - 1))]
    facts = facts_of(server)
    store = store_of(server)
    with stopped([facts.supervisor_pid]):
        kill(facts.nats_pid)
        damage(store)
    trials += [Trial(server, tmp_path).start() for _ in range(HALF)]
    eventually(lambda: {each.name for each in STREAMS} <= streams(server), 30, "the topology to be back")
    held.release()
    for trial in trials:
        assert trial.ended(90) == "success"
    held.check()
    Invariants(dsn_of(server)).check([trial.run["run_id"] for trial in trials])
    eventually(lambda: outbox_rows(server) == 0, 30, "an empty outbox on the new topology")


@pytest.mark.parametrize("damage", [wipe, block])
def test_a_worker_starts_where_nats_runs_on_a_broken_store(
    serve: Callable[..., Server], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    server = serve()
    trial = Trial(server, tmp_path, hold="c").start()
    trial.reached("c")
    damage(store_of(server))
    kill(workers(server)[0]["pid"])
    trial.reached("c", times=2)
    trial.release()
    assert trial.ended(30) == "success"
    trial.check()
    after = Trial(server, tmp_path).start()
    assert after.ended(30) == "success"
    after.check()
