"""The server's side of the fork server, from which worker kernels start in a moment."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future
from typing import Any, ClassVar

from duragraph_ext.embedded.process import without_secrets

ANSWER_SECONDS = 20.0
"""How long a fork may take, with the imports that the first one waits for."""
LONGEST_ANSWER = 1024
UNKNOWN_STATUS = 255
"""The exit status of a child whose fork server ended before it."""


class ForkServerGone(RuntimeError):
    """There is no fork server to fork."""


class ForkedProcess:
    """A child of the fork server, with as much of `subprocess.Popen` as Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, handle: int) -> None:
        self.pid = pid
        self.handle = handle
        """Its pidfd."""
        self.ended: Future[int] = Future()

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        return self.ended.result() if self.ended.done() else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status. Raises subprocess.TimeoutExpired."""
        try:
            return self.ended.result(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired("worker kernel", timeout or 0) from None

    def send_signal(self, number: int) -> None:
        """Send a signal; none to a process that has ended, whoever has its number now."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        os.close(self.handle)


class Forks:
    """Starts `duragraph_kernel.forkserver`, asks it for children, and hears of their ends."""

    current: ClassVar[Forks | None] = None
    """The one of this process, which Jupyter's provisioners ask."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "duragraph_kernel.forkserver", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=without_secrets(os.environ),
            )
        self._channel = ours
        self._asking = threading.Lock()
        self._answers: queue.SimpleQueue[ForkedProcess | None] = queue.SimpleQueue()
        self._children: dict[int, ForkedProcess] = {}
        threading.Thread(target=self._listen, name="fork server", daemon=True).start()

    @classmethod
    def ensure(cls) -> Forks:
        """This process' fork server, started if there is none yet; returns at once."""
        if cls.current is None or cls.current._process.poll() is not None:
            cls.current = cls()
        return cls.current

    @classmethod
    def end(cls) -> None:
        """End this process' fork server, if there is one; its children must have ended."""
        forks, cls.current = cls.current, None
        if forks is not None:
            forks._channel.shutdown(socket.SHUT_RDWR)
            forks._process.kill()
            forks._process.wait()

    def fork(self, argv: list[str], env: dict[str, str], cwd: str | None) -> ForkedProcess:
        """A new worker kernel. Raises ForkServerGone, also when no answer comes in time."""
        order = json.dumps({"argv": argv, "env": env, "cwd": cwd}).encode()
        with self._asking:
            try:
                self._channel.send(order)
                child = self._answers.get(timeout=ANSWER_SECONDS)
            except (OSError, queue.Empty) as error:
                self._process.kill()  # a late answer would be taken for that to the next order
                raise ForkServerGone(f"it does not answer: {type(error).__name__}") from error
        if child is None:
            raise ForkServerGone("it has ended")
        return child

    def _listen(self) -> None:
        while received := self._receive():
            message, handles = received
            if "forked" in message:
                child = ForkedProcess(message["forked"], *handles)
                self._children[child.pid] = child
                self._answers.put(child)
            else:
                self._children.pop(message["ended"]).ended.set_result(message["status"])
        self._answers.put(None)
        for child in self._children.values():  # they end with their parent, and nobody hears how
            select.select([child.handle], [], [])
            child.ended.set_result(UNKNOWN_STATUS)

    def _receive(self) -> tuple[dict[str, Any], list[int]] | None:
        try:
            message, handles, _, _ = socket.recv_fds(self._channel, LONGEST_ANSWER, 1)
        except OSError:
            return None
        return (json.loads(message), handles) if message else None
