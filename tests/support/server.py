"""Run `jupyter duragraph serve` as users do: as a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from duragraph_ext.embedded import read_facts
from tests.support.template import furnish
from tests.support.waiting import eventually, is_alive

TOKEN = "test-token"


@dataclass
class Server:
    """A running server, ready to accept requests."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    base_url: str
    log: Path
    token: str = TOKEN

    @property
    def url(self) -> str:
        """The server's own URL, ending in a slash."""
        return f"http://127.0.0.1:{self.port}{self.base_url}"

    @property
    def api_url(self) -> str:
        """What an SDK client is given."""
        return f"{self.url}duragraph/api/v1"

    @property
    def headers(self) -> dict[str, str]:
        """The credential of a request."""
        return {"x-api-key": self.token}

    def client(self, **options: Any) -> httpx.Client:
        """A client of the API that shows its credential."""
        return httpx.Client(base_url=self.api_url, headers=self.headers, timeout=30.0, **options)

    def is_ready(self) -> bool:
        """Whether /ok answers 200. Fails with the log if the process has ended."""
        assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.api_url}/ok", timeout=2.0).status_code == 200
        return False

    def processes(self) -> set[psutil.Process]:
        """Every process of this server: itself, workers, supervisor, Postgres, NATS and their children."""
        roots = [self.process.pid] if self.process.poll() is None else []
        if facts := read_facts(self.data_dir):
            roots.append(facts.supervisor_pid)
        found: set[psutil.Process] = set()
        for pid in roots:
            with contextlib.suppress(psutil.NoSuchProcess):
                root = psutil.Process(pid)
                if pid == self.process.pid or str(self.data_dir) in root.cmdline():  # a pid is soon somebody else's
                    found |= {root, *root.children(recursive=True)}
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = 30.0) -> None:
        """End the server and check that no process is left. That it takes 5 s at most is tests/cli/test_serve.py's."""
        _stop([self], number, within)

    def kill(self) -> None:
        """`kill -9` the server process alone."""
        self.process.kill()
        self.process.wait()

    @staticmethod
    @contextlib.contextmanager
    def factory(folder: Path, python: Path | str = sys.executable) -> Iterator[Callable[..., Server]]:
        """Yield a function that starts servers, and stop them all at the end."""
        servers: list[Server] = []

        def start(**options: Any) -> Server:
            server = _start(python, folder, len(servers), **options)
            servers.append(server)
            eventually(server.is_ready, 60.0, "a ready server")
            return server

        try:
            yield start
        finally:
            try:
                _stop(servers, signal.SIGTERM, 30.0)
            finally:
                for server in servers:
                    _kill_all(server.processes())
                    server.process.wait()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(
    python: Path | str,
    folder: Path,
    number: int,
    *,
    config: Path | None = None,
    workers: int = 1,
    data_dir: Path | None = None,
    port: int | None = None,
    base_url: str = "/",
    env: dict[str, str] | None = None,
    arguments: list[str] | None = None,
    bare: bool = False,
) -> Server:
    data_dir = data_dir or folder / "data"
    if not bare:
        furnish(data_dir)
    port = port or free_port()
    log = folder / f"server-{number}.log"
    command = [str(python), "-m", "duragraph_ext.cli", "serve", f"--port={port}", f"--token={TOKEN}"]
    command += [f"--data-dir={data_dir}", f"--workers={workers}", f"--base-url={base_url}"]
    command += [f"--config={config}"] if config else []
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, *(arguments or [])],
            cwd=folder,
            env=os.environ | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Server(process, port, data_dir, base_url, log)


def _stop(servers: list[Server], number: signal.Signals, within: float) -> None:
    """End servers that may share a data plane: the last one takes it along."""
    running = [server for server in servers if server.process.poll() is None]
    left = {process for server in running for process in server.processes()}
    for server in running:
        server.process.send_signal(number)
    for server in running:
        server.process.wait(within)
    names = {each: " ".join(each.cmdline()) for each in left if is_alive(each)}
    eventually(lambda: not any(is_alive(each) for each in left), 3.0, f"the end of {names}")


def _kill_all(processes: set[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
