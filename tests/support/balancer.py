"""A load balancer in front of several servers: connections go to each in turn, bytes as they are."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections.abc import Iterator, Sequence


class _Side(asyncio.Protocol):
    """One end of a connection: what it hears goes to the other end, as fast as that takes it."""

    def __init__(self, other: _Side | None = None) -> None:
        self.other = other
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert self.other is not None
        self.other.transport.write(data)

    def eof_received(self) -> bool:
        assert self.other is not None
        if self.other.transport.can_write_eof() and not self.other.transport.is_closing():
            self.other.transport.write_eof()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        if self.other is not None:
            self.other.transport.close()

    def pause_writing(self) -> None:
        assert self.other is not None
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        assert self.other is not None
        self.other.transport.resume_reading()


class _Near(_Side):
    """The client's end, which waits for a server's."""

    def __init__(self, balancer: Balancer) -> None:
        super().__init__()
        self._balancer = balancer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.pause_reading()
        self._balancer.near.add(self)
        self._connecting = asyncio.ensure_future(self._connect())

    def connection_lost(self, error: Exception | None) -> None:
        self._balancer.near.discard(self)
        super().connection_lost(error)

    async def _connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(self._far, "127.0.0.1", self._balancer.next_port())
        except OSError:
            self.transport.close()
            return
        self.transport.resume_reading()

    def _far(self) -> _Side:
        self.other = _Side(self)
        return self.other


class Balancer:
    """Listens on a port of its own and hands each connection to the next of `ports`."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = itertools.cycle(ports)
        self._loop = asyncio.new_event_loop()
        self.near: set[_Near] = set()
        self.port = 0

    def next_port(self) -> int:
        """Where the next connection goes."""
        return next(self._ports)

    async def _listen(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Near(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for each in list(self.near):
            each.transport.abort()
        await asyncio.sleep(0)  # transports tell their ends of it in the loop's next turn
        await asyncio.sleep(0)

    @classmethod
    @contextlib.contextmanager
    def over(cls, ports: Sequence[int]) -> Iterator[Balancer]:
        """A running balancer."""
        balancer = cls(ports)
        balancer._loop.run_until_complete(balancer._listen())
        thread = threading.Thread(target=balancer._loop.run_forever)
        thread.start()
        try:
            yield balancer
        finally:
            asyncio.run_coroutine_threadsafe(balancer._close(), balancer._loop).result(10)
            balancer._loop.call_soon_threadsafe(balancer._loop.stop)
            thread.join()
            balancer._loop.close()
