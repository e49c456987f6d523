"""The worker's side of the lease keeper: starts it, restarts it, and tells it the next deadline."""

import asyncio
import contextlib
import json
import logging
import mmap
import os
import struct
import sys
from collections.abc import Callable
from importlib.util import find_spec
from math import inf
from pathlib import Path
from uuid import UUID

from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.core.eventstore.store import sql

from . import keeper

log = logging.getLogger(__name__)
UP_SECONDS = 10.0
RESTART_SECONDS = 0.2


class Keeping:
    """A keeper process for one worker. `on_lost` is called when the lease is gone."""

    def __init__(self, dsn: str, worker_id: UUID, seconds: float, on_lost: Callable[[], None]) -> None:
        self._dsn = dsn
        self._worker_id = worker_id
        self._seconds = seconds
        self._on_lost = on_lost
        self._memory = os.memfd_create("duragraph-deadline")
        os.ftruncate(self._memory, 8)
        self._deadline = mmap.mmap(self._memory, 8)
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.on_restart: Callable[[int], None] | None = None
        self.set_deadline(None)

    @property
    def pid(self) -> int | None:
        """The keeper's process id."""
        return self._process.pid if self._process is not None else None

    def set_deadline(self, moment: float | None) -> None:
        """When the first of the runs must have ended, on the monotonic clock; None without runs."""
        struct.pack_into("d", self._deadline, 0, inf if moment is None else moment)

    async def start(self) -> None:
        """Start the keeper and watch over it. Raises Unavailable when it does not come up."""
        try:
            await asyncio.wait_for(self._start(), UP_SECONDS)
        except TimeoutError:
            raise Unavailable(f"the lease keeper did not come up within {UP_SECONDS:g} s") from None
        self._watch = asyncio.create_task(self._restart())

    async def stop(self) -> None:
        """Let the keeper go without ending the lease."""
        if self._watch is not None:
            self._watch.cancel()
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(b"quit\n")
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 2)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._deadline.close()
        os.close(self._memory)

    async def _start(self) -> None:
        libpq = find_libpq()
        options = ["-I", "-S"] if libpq else ["-I"]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *options,
            str(Path(keeper.__file__)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            pass_fds=(self._memory,),
            env={name: os.environ[name] for name in ("PATH", "HOME", "TZ") if name in os.environ},
        )
        order = {
            "dsn": self._dsn,
            "worker_id": str(self._worker_id),
            "pid": os.getpid(),
            "seconds": self._seconds,
            "renew": _plain(sql("leases", "renew")),
            "expire": _plain(sql("leases", "expire")),
            "libpq": libpq,
            "deadline_fd": self._memory,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        if (word := await self._process.stdout.readline()) != b"up\n":
            if word:
                await self._process.wait()  # it has said why; its status is what tells a lost lease from a failure
            raise Unavailable(f"the lease keeper did not start: {word.decode().strip() or 'it ended'}")

    async def _restart(self) -> None:
        while True:
            assert self._process is not None
            status = await self._process.wait()
            if status == keeper.LOST:
                self._on_lost()
                return
            log.warning("the lease keeper ended with status %s: starting another", status)
            try:
                async with asyncio.timeout(UP_SECONDS):
                    await self._start()
            except (Unavailable, OSError, TimeoutError) as error:
                if self._process.returncode == keeper.LOST:
                    continue
                log.warning("no lease keeper yet: %s", error)
                await self._end_process()
                await asyncio.sleep(RESTART_SECONDS)
                continue
            if self.on_restart is not None:
                self.on_restart(self._process.pid)

    async def _end_process(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def find_libpq() -> str | None:
    """The libpq that psycopg's binary wheel brings, or None."""
    found = find_spec("psycopg_binary")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parents[1] / "psycopg_binary.libs"
    return next((str(path) for path in sorted(folder.glob("libpq*"))), None)


def _plain(statement: str) -> str:
    return "\n".join(line for line in statement.splitlines() if not line.startswith("--"))
