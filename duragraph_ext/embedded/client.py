"""Attach to the data plane of a data directory, starting its supervisor if there is none."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from duragraph_ext.embedded.errors import DataPlaneError
from duragraph_ext.embedded.layout import BYE, RESTART_NATS, Layout
from duragraph_ext.embedded.process import clean_environment, open_log, tail

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Facts:
    """What a client needs to know; holds no secret."""

    dsn: str
    nats_url: str
    nats_token_file: Path
    supervisor_pid: int
    postgres_pid: int
    nats_pid: int

    @classmethod
    def parse(cls, document: str | bytes) -> Facts:
        """From the text of services.json."""
        facts = json.loads(document)
        return cls(
            dsn=facts["dsn"],
            nats_url=facts["nats_url"],
            nats_token_file=Path(facts["nats_token_file"]),
            supervisor_pid=facts["pids"]["supervisor"],
            postgres_pid=facts["pids"]["postgres"],
            nats_pid=facts["pids"]["nats"],
        )


class Services:
    """A hold on the data plane, which runs as long as somebody holds it.

    When the supervisor dies, a thread of ours starts another and calls `on_change`; `facts` is always the
    latest. Data directory, passfile, token and, while they can be had, socket and port stay the same.
    """

    def __init__(self, layout: Layout, connection: _Connection, on_change: Callable[[Facts], None] | None) -> None:
        self.facts = connection.facts
        self._layout = layout
        self._connection = connection
        self._on_change = on_change
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="duragraph-data-plane", daemon=True)
        self._watcher.start()

    def close(self, timeout: float = 8.0) -> None:
        """Let go. The last one to do so waits until Postgres, NATS and the supervisor have stopped."""
        self._closing.set()
        self._connection.say(BYE)
        self._watcher.join(timeout)
        self._connection.close()

    def restart_nats(self) -> None:
        """Ask for a restart of NATS, which is granted if its disk has room and the last one was a while ago."""
        self._connection.say(RESTART_NATS)

    def _watch(self) -> None:
        while True:
            try:
                self.facts = self._connection.next_facts()
            except (OSError, DataPlaneError):
                if self._closing.is_set():
                    return
                log.warning("the supervisor of %s died: starting another", self._layout.root)
                self._connection.close()
                self._reattach()
            if self._on_change and not self._closing.is_set():
                self._on_change(self.facts)

    def _reattach(self) -> None:
        while not self._closing.is_set():
            try:
                self._connection = _attach(self._layout, timeout=30.0)
            except DataPlaneError as error:
                log.error("the data plane is down: %s", error)
                self._closing.wait(2.0)
            else:
                self.facts = self._connection.facts
                return


def attach(data_dir: Path, timeout: float = 30.0, on_change: Callable[[Facts], None] | None = None) -> Services:
    """Hold the data plane of `data_dir`; blocks until it is ready.

    `on_change` is called from a thread. Raises DataPlaneError, with the remedy, if it cannot be had.
    """
    layout = Layout(Path(data_dir).absolute())
    layout.create()
    return Services(layout, _attach(layout, timeout), on_change)


def read_facts(data_dir: Path) -> Facts | None:
    """What services.json says, None if nothing is supervised there."""
    try:
        return Facts.parse(Layout(Path(data_dir).absolute()).services.read_bytes())
    except FileNotFoundError:
        return None


class _Connection:
    """One connection to a supervisor."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._lines = connected.makefile("rb")
        try:
            self.facts = self.next_facts()
        except BaseException:
            self.close()
            raise
        connected.settimeout(None)

    def next_facts(self) -> Facts:
        """Wait for the next message. Raises DataPlaneError if it is one, OSError if the supervisor ended."""
        line = self._lines.readline()
        if not line:
            raise ConnectionResetError("the supervisor ended")
        message = json.loads(line)
        if "error" in message:
            raise DataPlaneError(message["error"])
        return Facts.parse(json.dumps(message["services"]))

    def say(self, message: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendall(message)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._lines.close()
        self._socket.close()


def _attach(layout: Layout, timeout: float) -> _Connection:
    deadline = time.monotonic() + timeout
    starter: subprocess.Popen[bytes] | None = None
    try:
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(OSError):
                return _connect(layout, left)
            if starter is None or starter.poll() == 0:  # 0: another one was faster, or is stopping
                starter = _start_supervisor(layout)
            elif starter.returncode:
                raise DataPlaneError(f"the supervisor failed ({tail(_log(layout), lines=1)}): see {_log(layout)}")
            time.sleep(0.02)
    finally:
        if starter:
            starter.wait()
    raise DataPlaneError(f"the data plane was not ready within {timeout:.0f} s: see {layout.logs}")


def _connect(layout: Layout, timeout: float) -> _Connection:
    path = layout.control_socket
    if path is None:
        raise FileNotFoundError("no supervisor")
    connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(timeout)
    try:
        connected.connect(str(path))
    except OSError:
        connected.close()
        raise
    return _Connection(connected)


def _start_supervisor(layout: Layout) -> subprocess.Popen[bytes]:
    with open_log(_log(layout)) as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "duragraph_ext.embedded", str(layout.root)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,
        )


def _log(layout: Layout) -> Path:
    return layout.logs / "supervisor.log"
