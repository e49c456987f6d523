"""Handlers that a client stays connected to: bounded writes, and what happens when it goes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import UUID

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError

from duragraph_ext.core.commands.cancellation import cancel_run
from duragraph_ext.core.domain.errors import DuragraphError
from duragraph_ext.core.domain.principal import Principal

from .base import PlatformHandler

log = logging.getLogger(__name__)
WRITE_SECONDS = 30.0
"""A client that takes nothing for so long is disconnected; it can come back."""


class AttendingHandler(PlatformHandler):
    """A handler whose answer takes as long as a run does."""

    gone = False
    _cancels: tuple[UUID, UUID] | None = None
    _counted: Principal | None = None

    def count_in(self) -> None:
        """Count this connection among the user's, once. Raises TooMany; so ask before anything is made."""
        if self._counted is None:
            self.api.limits.open_stream(self.principal)
            self._counted = self.principal

    def _count_out(self) -> None:
        if self._counted is not None:
            self.api.limits.close_stream(self._counted)
            self._counted = None

    def attend(self, thread_id: UUID, run_id: UUID, *, cancels: bool) -> None:
        """Stay with a run; with `cancels` the run ends when the client goes before it."""
        self.count_in()
        self.api.attending.add(self)
        if cancels:
            self._cancels = (thread_id, run_id)

    def release(self) -> None:
        """The run has ended: nothing is to be cancelled any more."""
        self._cancels = None
        self.api.attending.discard(self)

    async def flush_in_time(self) -> None:
        """Flush what is written. Raises StreamClosedError when the client is gone or takes nothing."""
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await self.flush()
        except TimeoutError:
            self.hang_up()
            raise StreamClosedError from None

    def hang_up(self) -> None:
        """Drop the connection, so that the client notices that this was not the end."""
        self._count_out()
        self._cancels = None
        if isinstance(self.request.connection, HTTP1Connection):
            self.request.connection.close()

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """An error after the first byte must not look like the end."""
        if self._headers_written:
            self.hang_up()
        else:
            super().send_error(status_code, **kwargs)

    def on_finish(self) -> None:
        self._count_out()
        self.api.attending.discard(self)

    def on_connection_close(self) -> None:
        self.gone = True
        self._count_out()
        self.api.attending.discard(self)
        if self._cancels is not None:
            self.core.later(self._cancel(*self._cancels))
            self._cancels = None
        super().on_connection_close()

    async def _cancel(self, thread_id: UUID, run_id: UUID) -> None:
        try:
            await cancel_run(self.core, self.principal, thread_id, run_id)
        except DuragraphError as error:
            log.warning("run %s was left by its client and not cancelled: %s", run_id, error)
