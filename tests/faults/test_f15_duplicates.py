"""F15: every message delivered four times, also by a restarted NATS: each node has its effect once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import nats
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from tests.faults.harness.invariants import Invariants
from tests.faults.harness.pids import dsn_of, facts_of, kill
from tests.faults.harness.trial import Trial
from tests.support.server import Server
from tests.support.waiting import eventually, soon

COPIES = 3
COPY = "Test-Copy"
RUNS = 20


class Echo:
    """Publishes again whatever it hears, without the message id by which JetStream would know a duplicate."""

    def __init__(self) -> None:
        self.copied = 0

    @asynccontextmanager
    async def of(self, server: Server) -> AsyncIterator[None]:
        facts = facts_of(server)
        token = facts.nats_token_file.read_text().strip()
        self._client = await nats.connect(
            facts.nats_url, token=token, max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=_silent
        )
        try:
            for family in ("work", "runs", "execution", "interrupts"):
                await self._client.subscribe(f"duragraph.{family}.>", cb=self._hear)
            await self._client.flush()
            yield
        finally:
            await self._client.close()

    async def _hear(self, message: Msg) -> None:
        if COPY in (message.headers or {}):
            return
        for _ in range(COPIES):
            try:
                await self._client.publish(message.subject, message.data, headers={COPY: "1"})
            except NatsError:
                return
            self.copied += 1


async def _silent(_: Exception) -> None:
    """That NATS is away is what the test does."""


async def test_every_message_comes_four_times(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = await asyncio.to_thread(serve, workers=2)
    echo = Echo()
    async with echo.of(server):
        held = await asyncio.to_thread(lambda: Trial(server, tmp_path, hold="c").start())
        trials = [held]
        for half in range(2):
            for _ in range(RUNS // 2):
                trials.append(await asyncio.to_thread(lambda: Trial(server, tmp_path).start()))
            if half == 0:
                await soon(lambda: echo.copied >= RUNS // 2 * COPIES, 30, "copies")
                await asyncio.to_thread(_restart_nats, server)
        before = echo.copied
        await asyncio.to_thread(held.release)
        for trial in trials:
            await asyncio.to_thread(trial.check, most=1)
        await soon(lambda: echo.copied > before, 30, "copies from the new NATS")
    await asyncio.to_thread(Invariants(dsn_of(server)).check, [trial.run["run_id"] for trial in trials])
    for trial in trials:
        started = [event for event in trial.events() if event["event_type"] == "run.started"]
        assert len(started) == 1


def _restart_nats(server: Server) -> None:
    old = facts_of(server).nats_pid
    kill(old)
    eventually(lambda: facts_of(server).nats_pid != old, 20, "another nats-server")
