"""The embedded NATS server: JetStream on the loopback interface, closed by a token."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time

from duragraph_ext.embedded.binaries import nats_binary
from duragraph_ext.embedded.errors import DataPlaneError
from duragraph_ext.embedded.layout import Layout, write_private
from duragraph_ext.embedded.process import end, end_stray, spawn, tail

_PORTS = range(20_000, 32_000)  # below what kernels hand out to outgoing connections

_CONFIGURATION = """\
server_name: "duragraph"
listen: "127.0.0.1:{port}"
pid_file: {pid_file}
max_payload: 8MB
max_connections: 1024
write_deadline: "10s"
authorization {{ token: {token} }}
jetstream {{ store_dir: {store}, max_memory_store: 64MB, max_file_store: 4GB }}
"""


class Nats:
    """Launches the server of one data directory. Blocking; used by the supervisor only."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.log = layout.logs / "nats.log"
        self.store = layout.nats / "jetstream"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self._configuration = layout.nats / "nats.conf"
        self._port_file = layout.nats / "port"
        self._pid_file = layout.nats / "nats.pid"
        self._quick_deaths = 0
        self._started = 0.0

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """End what a killed supervisor left; choose the port and the token, the last ones if possible.

        NATS does not lock its store: a second server on it would lose messages.
        """
        with contextlib.suppress(FileNotFoundError, ValueError):
            end_stray(int(self._pid_file.read_text()), self._configuration, [(signal.SIGTERM, 2.0)])
        self._pid_file.unlink(missing_ok=True)
        if not self.layout.nats_token.exists():
            write_private(self.layout.nats_token, f"{os.urandom(32).hex()}\n")
        self.port = self._choose_port()
        write_private(self._port_file, f"{self.port}\n")

    def start(self) -> None:
        """Start the server; it is ready once `is_ready` says so. It keeps its port, so clients reconnect.

        A store on which the server dies thrice is put aside: JetStream holds hints, Postgres the truth.
        """
        self._quick_deaths = self._quick_deaths + 1 if time.monotonic() - self._started < 5 else 0
        if self._quick_deaths == 3:
            broken = self.store.with_suffix(".broken")
            shutil.rmtree(broken, ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):
                self.store.rename(broken)
        self._started = time.monotonic()
        write_private(
            self._configuration,
            _CONFIGURATION.format(
                port=self.port,
                token=_quoted(self.layout.nats_token.read_text().strip()),
                store=_quoted(self.store),
                pid_file=_quoted(self._pid_file),
            ),
        )
        self.process = spawn(
            [nats_binary(), "-c", self._configuration],
            self.log,
            death_signal=signal.SIGTERM,
            environment={"GOMEMLIMIT": "128MiB"},
        )

    @property
    def is_ready(self) -> bool:
        """Whether the server greets on its port, which it opens once JetStream is up."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as connection:
                return connection.recv(5) == b"INFO "
        except OSError:
            return False

    def stop(self) -> None:
        """Stop within about 1.2 s."""
        if self.process:
            end(self.process, [(signal.SIGTERM, 1.2)])

    def failure(self) -> DataPlaneError:
        """Why it does not run."""
        return DataPlaneError(f"nats-server did not start ({tail(self.log)}): see {self.log}")

    def _choose_port(self) -> int:
        """The port of last time if it is free, so that clients who were away find us again."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            last = int(self._port_file.read_text())
            if _is_free(last):
                return last
        for port in random.sample(_PORTS, 100):
            if _is_free(port):
                return port
        raise DataPlaneError(f"no free port between {_PORTS.start} and {_PORTS.stop}: set --nats-url")


def _quoted(value: object) -> str:
    """A string of a NATS configuration file, which knows fewer escapes than JSON."""
    return json.dumps(str(value), ensure_ascii=False)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
