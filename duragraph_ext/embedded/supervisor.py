"""The process that parents Postgres and NATS of a data directory, revives them and ends with its clients.

A client holds a connection to the control socket. The supervisor answers with one JSON line, `services` or
`error`, and again whenever the services change. A client may ask for a restart of NATS. One that says `bye`
gets its end of file when the supervisor has let go of it: at once, or, for the last one, after everything
stopped. Whoever dies, the other side sees the end of file.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from duragraph_ext.embedded.errors import DataPlaneError
from duragraph_ext.embedded.layout import BYE, RESTART_NATS, Layout, write_private
from duragraph_ext.embedded.nats import Nats
from duragraph_ext.embedded.postgres import Postgres
from duragraph_ext.embedded.process import say

LINGER_SECONDS = 3.0
_FIRST_START_SECONDS = 15.0
RESTART_EVERY = 10.0
ROOM_BYTES = 32 << 20
"""What must be free for NATS to be restarted after it could not write."""


class Supervisor:
    """Serves one data directory until it is told to stop or its last client has been gone for a while."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.runtime = layout.choose_runtime()
        self.clients: set[socket.socket] = set()
        self.stopping = False
        self.linger_until = 0.0
        self.no_restart_before = 0.0
        self.selector = selectors.DefaultSelector()
        self.listener = self._listen()
        self.waker = self._wake_on_signals()
        self.services: tuple[Postgres | Nats, ...] = ()

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start the services and look after them. A failure is told to the clients that wait."""
        try:
            postgres, nats = Postgres(self.layout, self.runtime), Nats(self.layout)
            self.services = (postgres, nats)
            for service in self.services:
                service.prepare()
            self._launch()
            self._publish(postgres, nats)
            on_ready()
            self.linger_until = time.monotonic() + LINGER_SECONDS
            while not self.stopping:
                self._turn()
                if self._revive():
                    self._publish(postgres, nats)
        except DataPlaneError as error:
            self._tell_who_waits(error)
            raise
        finally:
            self._stop()

    def _launch(self) -> None:
        """Start both servers at the same time and wait until they are ready."""
        deadline = time.monotonic() + _FIRST_START_SECONDS
        for service in self.services:
            service.start()
        for service in self.services:
            while not self._wait_ready(service):
                if self.stopping:
                    return
                if time.monotonic() > deadline:
                    raise service.failure()
                time.sleep(0.2)
                service.start()

    def _turn(self) -> None:
        """Sleep until a client, a signal or the end of the lingering wakes us."""
        lingering = None if self.clients else max(0.0, self.linger_until - time.monotonic())
        for key, _ in self.selector.select(lingering):
            if key.fileobj is self.listener:
                self._accept()
            elif key.fileobj is self.waker:
                self.waker.recv(4096)
            else:
                self._hear(key.fileobj)  # type: ignore[arg-type]
        if not self.clients and time.monotonic() >= self.linger_until:
            self.stopping = True

    def _revive(self) -> bool:
        """Restart what died. Returns whether anything was."""
        revived = False
        for service in self.services:
            pause = 0.05
            while not self.stopping and service.process and service.process.poll() is not None:
                say(f"{type(service).__name__} ended with {service.process.returncode}: restarting it")
                self._end_orphans()
                service.start()
                self._wait_ready(service)
                revived = True
                if service.process.poll() is not None:
                    time.sleep(pause)
                    pause = min(2.0, pause * 2)
        return revived

    def _wait_ready(self, service: Postgres | Nats) -> bool:
        """Wait as long as it starts, recovery included. False once it has died instead."""
        while service.process and service.process.poll() is None and not self.stopping:
            if service.is_ready:
                return True
            time.sleep(0.01)
        return False

    def _end_orphans(self) -> None:
        """End the backends of a killed postmaster, which as a whole keep the next one from starting."""
        import psutil  # only after an accident: it costs memory

        ours = {service.process.pid for service in self.services if service.process}
        orphans = [child for child in psutil.Process().children() if child.pid not in ours]
        _, stubborn = psutil.wait_procs(orphans, timeout=1.0)
        for orphan in stubborn:
            orphan.kill()
        psutil.wait_procs(stubborn, timeout=1.0)

    def _publish(self, postgres: Postgres, nats: Nats) -> None:
        """Write services.json and tell every client."""
        assert postgres.process
        assert nats.process
        facts: dict[str, Any] = {
            "dsn": postgres.dsn,
            "nats_url": nats.url,
            "nats_token_file": str(self.layout.nats_token),
            "pids": {"supervisor": os.getpid(), "postgres": postgres.process.pid, "nats": nats.process.pid},
        }
        write_private(self.layout.services, json.dumps(facts))
        self.greeting = json.dumps({"services": facts}).encode() + b"\n"
        for client in list(self.clients):
            self._send(client, self.greeting)

    def _listen(self) -> socket.socket:
        path = self.runtime / "control"
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(64)
        self.selector.register(listener, selectors.EVENT_READ)
        return listener

    def _wake_on_signals(self) -> socket.socket:
        """SIGTERM and SIGINT stop us; SIGCHLD only wakes the selector."""
        reader, writer = socket.socketpair()
        for end in (reader, writer):
            end.setblocking(False)
        self._wake_writer = writer
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop_signal)
        self.selector.register(reader, selectors.EVENT_READ)
        return reader

    def _on_stop_signal(self, *_: object) -> None:
        self.stopping = True

    def _accept(self) -> None:
        client, _ = self.listener.accept()
        client.setblocking(False)
        self.clients.add(client)
        self.selector.register(client, selectors.EVENT_READ)
        self._send(client, self.greeting)

    def _hear(self, client: socket.socket) -> None:
        try:
            said = client.recv(64)
        except OSError:
            said = b""
        lines = said.splitlines(keepends=True)
        if RESTART_NATS in lines:
            self._restart_nats()
        if BYE in lines and len(self.clients) == 1:
            self.stopping = True  # its connection ends with us
        elif not lines or BYE in lines:
            self._forget(client)

    def _restart_nats(self) -> None:
        """End NATS, which revives it; with a full disk that would not help."""
        if time.monotonic() < self.no_restart_before or shutil.disk_usage(self.layout.nats).free < ROOM_BYTES:
            return
        self.no_restart_before = time.monotonic() + RESTART_EVERY
        say("NATS could not write: restarting it")
        for service in self.services:
            if isinstance(service, Nats):
                service.stop()

    def _forget(self, client: socket.socket) -> None:
        self.selector.unregister(client)
        self.clients.discard(client)
        client.close()
        self.linger_until = time.monotonic() + LINGER_SECONDS

    def _send(self, client: socket.socket, line: bytes) -> None:
        try:
            client.sendall(line)
        except OSError:
            self._forget(client)

    def _tell_who_waits(self, error: DataPlaneError) -> None:
        line = json.dumps({"error": str(error)}).encode() + b"\n"
        self.listener.settimeout(0.5)
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                client.sendall(line)
                client.close()

    def _stop(self) -> None:
        """Stop both servers and leave nothing but the data."""
        self.listener.close()
        ends = [threading.Thread(target=service.stop) for service in self.services]
        for end in ends:
            end.start()
        for end in ends:
            end.join()
        self.layout.services.unlink(missing_ok=True)
        (self.runtime / "control").unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self.runtime.rmdir()
        self.layout.runtime_pointer.unlink(missing_ok=True)
        say("stopped")
