"""`python -m duragraph_kernel.forkserver FD`: forks worker kernels from a process that has imported what they need.

A start costs a fork instead of three seconds of imports. What is imported here are libraries; the project's own code is
imported by each worker. A message is one JSON object: an order is `{"argv", "env", "cwd"}`, answered by
`{"forked": pid}` and its pidfd; the end of a child is `{"ended": pid, "status": exit code or -signal}`. The server
that holds the other end of the channel is the only client: with its end this process ends too.
"""

import contextlib
import json
import os
import selectors
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from duragraph_ext.lean import UNUSED_BY_WORKERS, lean_imports

LONGEST_ORDER = 2**20
PRELOADED = (
    "duragraph_kernel.kernel",
    "duragraph_kernel.nodes",
    "langgraph.graph",
    "langgraph.prebuilt",
)
"""Libraries of which every worker needs most, and graphs the rest."""


@dataclass(frozen=True)
class Order:
    """A child that is wanted."""

    argv: list[str]
    env: dict[str, str]
    cwd: str | None


class ForkServer:
    """Forks a child an order, and tells how each ended."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._ready = selectors.DefaultSelector()
        self._ready.register(channel, selectors.EVENT_READ)

    def next_child(self) -> Order:
        """Serve; returns in children alone, each with its order. Ends this process at the end of the channel."""
        while True:
            for key, _ in self._ready.select():
                if key.fileobj is not self._channel:
                    self._reap(key)
                    continue
                if not (message := self._heard()):
                    os._exit(0)
                order = Order(**json.loads(message))
                pid = os.fork()
                if not pid:
                    self._leave()
                    return order
                with contextlib.suppress(OSError):  # the child does it too: whoever is first
                    os.setpgid(pid, pid)
                handle = os.pidfd_open(pid)
                self._ready.register(handle, selectors.EVENT_READ, pid)
                self._tell([handle], forked=pid)

    def _heard(self) -> bytes:
        """A message; nothing at the end of the channel."""
        try:
            return self._channel.recv(LONGEST_ORDER)
        except ConnectionError:
            return b""

    def _reap(self, key: selectors.SelectorKey) -> None:
        self._ready.unregister(key.fileobj)
        os.close(key.fd)
        _, status = os.waitpid(key.data, 0)
        self._tell(ended=key.data, status=os.waitstatus_to_exitcode(status))

    def _tell(self, handles: Sequence[int] = (), **message: Any) -> None:
        try:
            socket.send_fds(self._channel, [json.dumps(message).encode()], handles)
        except ConnectionError:
            os._exit(0)

    def _leave(self) -> None:
        """In a child: let go of what is the fork server's."""
        for key in list(self._ready.get_map().values()):
            os.close(key.fd)
        self._channel.detach()
        self._ready.close()
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)


def become(order: Order) -> None:
    """Be the process that was ordered."""
    os.environ.clear()
    os.environ.update(order.env)
    os.environ["JPY_PARENT_PID"] = str(os.getppid())  # ipykernel ends with its parent
    if order.cwd:
        os.chdir(order.cwd)
    sys.argv = [sys.argv[0], *order.argv]


def main() -> None:
    """Import, then fork; in a child, run the worker kernel."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    with lean_imports(UNUSED_BY_WORKERS):
        for name in PRELOADED:
            if find_spec(name.partition(".")[0]):
                __import__(name)
    become(ForkServer(channel).next_child())
    from .kernel import launch

    launch()


if __name__ == "__main__":
    main()
