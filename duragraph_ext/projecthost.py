"""Keep the project host running, and ask it: user code never runs in the server's own process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from duragraph_ext.core.domain.errors import DuragraphError, Unavailable
from duragraph_ext.embedded.process import end, spawn, tail, without_secrets

log = logging.getLogger(__name__)
START_SECONDS = 30.0
CALL_SECONDS = 10.0
"""What a handler may take; longer is 503."""
STOP_SECONDS = 0.8
LONGEST_PAUSE = 10.0
_DOWN = "the project's own code is not running: try again"


class ProjectHostError(DuragraphError):
    """The project's auth handlers or its app cannot be loaded; the message is one line for people."""


@dataclass(frozen=True)
class Facts:
    """What the project's code is like: the parameters of its authenticator, and the routes of its app."""

    parameters: list[str] | None = None
    routes: list[dict[str, Any]] = field(default_factory=list)


class ProjectHost:
    """The host's process, restarted when it dies. While it is down every call is Unavailable: nothing is let in."""

    def __init__(self, config: str, log_file: Path) -> None:
        self._config, self._log_file = config, log_file
        self._folder = Path(tempfile.mkdtemp(prefix="duragraph-"))  # 0700
        self._socket = self._folder / "project"
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(self._socket), limits=httpx.Limits(max_connections=None)),
            base_url="http://project",
            trust_env=False,
            timeout=httpx.Timeout(CALL_SECONDS, pool=CALL_SECONDS),
        )
        self.facts = Facts()

    @property
    def pid(self) -> int | None:
        """The process, if there is one now."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start the process and wait until it answers. Raises ProjectHostError."""
        self._spawn()
        self.facts = await self._until_ready()
        self._keeper = asyncio.create_task(self._keep(), name="project host")

    async def stop(self) -> None:
        """End the process."""
        if self._keeper is not None:
            self._keeper.cancel()
        await self._client.aclose()
        if self._process is not None:
            await asyncio.to_thread(end, self._process, [(signal.SIGTERM, STOP_SECONDS)])
        shutil.rmtree(self._folder, ignore_errors=True)

    async def call(self, path: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a question and wait for the answer. Raises Unavailable when none comes in time."""
        try:
            async with asyncio.timeout(CALL_SECONDS):
                response = await self._client.post(path, content=orjson.dumps(question, default=str))
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("the project host does not answer %s: %s", path, type(error).__name__)
            raise Unavailable(_DOWN) from error
        if response.status_code != 200:
            raise Unavailable(_DOWN)
        answer: dict[str, Any] = orjson.loads(response.content)
        return answer

    @contextlib.asynccontextmanager
    async def forward(
        self, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> AsyncIterator[httpx.Response]:
        """Send a request to the project's app; its answer comes as it is made. Raises Unavailable."""
        url = httpx.URL("http://project", raw_path=path.encode("latin-1"))
        timeout = httpx.Timeout(CALL_SECONDS, read=None).as_dict()
        request = httpx.Request(method, url, headers=headers, content=body, extensions={"timeout": timeout})
        try:
            async with asyncio.timeout(CALL_SECONDS * 6):
                response = await self._client.send(request, stream=True)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(_DOWN) from error
        try:
            yield response
        finally:
            await response.aclose()

    def _spawn(self) -> None:
        self._socket.unlink(missing_ok=True)
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "duragraph_kernel.host",
            "--socket",
            self._socket,
            "--config",
            self._config,
        ]
        environment = without_secrets(os.environ)
        self._process = spawn(command, self._log_file, death_signal=signal.SIGTERM, environment=environment)

    async def _until_ready(self) -> Facts:
        assert self._process is not None
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if self._process.poll() is not None:
                raise ProjectHostError(tail(self._log_file, 1))
            with contextlib.suppress(httpx.HTTPError):
                response = await self._client.get("/-/facts", timeout=1.0)
                return Facts(**orjson.loads(response.content))
            await asyncio.sleep(0.02)
        raise ProjectHostError(f"the project's code did not start within {START_SECONDS:g} s: see {self._log_file}")

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            assert self._process is not None
            started = asyncio.get_running_loop().time()
            status = await asyncio.to_thread(self._process.wait)
            lived = asyncio.get_running_loop().time() - started
            pause = 0.0 if lived > LONGEST_PAUSE else min(LONGEST_PAUSE, max(0.1, pause * 2))
            log.warning("the project host ended with status %d: restarting it; see %s", status, self._log_file)
            await asyncio.sleep(pause)
            self._spawn()
