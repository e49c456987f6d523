"""The relay: publishes what the direct publish left in the outbox, oldest first, until it is empty."""

import logging

from nats.errors import Error as NatsError

from ... import failpoints
from ..domain.errors import Unavailable
from ..domain.outbox import OutboxRow
from .duty import Duty

log = logging.getLogger(__name__)
OLDER_THAN = 1.0
"""Seconds a row is left to the direct publish."""
BATCH = 256
ACK_WITHIN = 5.0
UNANSWERED = 2
"""As many passes without an answer say that JetStream does not write."""


class Relay(Duty):
    """Every second; a failed publish is retried with back-off and ends as a dead letter."""

    _unanswered = 0

    async def work(self) -> float:
        """Publish overdue rows until none is left or one fails."""
        if not self.core.bus.connected:
            return OLDER_THAN
        while rows := await self.core.outbox.overdue(OLDER_THAN, BATCH):
            sent = []
            for row in rows:
                failpoints.hit("relay.before_publish")
                try:
                    await self.core.publisher.send_and_wait(row, ACK_WITHIN)
                except TimeoutError:
                    await self._wait(row)
                    break
                except (NatsError, Unavailable) as error:
                    self.core.bus.repair_soon()
                    await self.core.outbox.defer([row.id], f"{type(error).__name__}: {error}")
                    break
                sent.append(row.id)
            failpoints.hit("relay.after_publish")
            if sent:
                self._unanswered = 0
                await self.core.outbox.forget(sent)
                log.info("the relay published %d messages", len(sent))
            if len(sent) < len(rows):
                return OLDER_THAN
        self._unanswered = 0
        return OLDER_THAN

    async def _wait(self, row: OutboxRow) -> None:
        """A message that gets no answer at all is not at fault: it stays, and is tried again."""
        log.info("JetStream did not acknowledge %s within %g s", row.id, ACK_WITHIN)
        self.core.bus.repair_soon()
        self._unanswered += 1
        if self._unanswered >= UNANSWERED:
            await self.core.bus.report_unwritten()
