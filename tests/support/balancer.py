"""A load balancer in front of several servers: connections go to each in turn, bytes as they are."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections.abc import Iterator, Sequence


class Balancer:
    """Listens on a port of its own and hands each connection to the next of `ports`."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = itertools.cycle(ports)
        self._loop = asyncio.new_event_loop()
        self.port = 0

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", next(self._ports))
        except OSError:
            writer.close()
            return
        with contextlib.suppress(asyncio.CancelledError):  # streams log a handler that was cancelled
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        writer.close()
        far_writer.close()

    async def _close(self) -> None:
        self._server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest)

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


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(ConnectionError, RuntimeError):
        if writer.can_write_eof():
            writer.write_eof()
