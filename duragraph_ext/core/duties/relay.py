"""The relay: publishes what the direct publish left in the outbox, oldest first, until it is empty."""

import logging

from nats.errors import Error as NatsError

from ... import failpoints
from ..domain.errors import Unavailable
from .duty import Duty

log = logging.getLogger(__name__)
OLDER_THAN = 1.0
"""Seconds a row is left to the direct publish."""
BATCH = 256
ACK_WITHIN = 5.0


class Relay(Duty):
    """Every second; a failed publish is retried with back-off and ends as a dead letter."""

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
                except (NatsError, TimeoutError, Unavailable) as error:
                    self.core.bus.repair_soon()
                    await self.core.outbox.defer([row.id], f"{type(error).__name__}: {error}")
                    break
                sent.append(row.id)
            failpoints.hit("relay.after_publish")
            if sent:
                await self.core.outbox.forget(sent)
                log.info("the relay published %d messages", len(sent))
            if len(sent) < len(rows):
                break
        return OLDER_THAN
