"""Ends threads whose time to live is over, by the strategy of each."""

import logging
from datetime import UTC, datetime

from ..commands.expiry import Ttl, set_default_ttl
from ..commands.pruning import prune_threads
from ..context import Core
from ..domain.principal import LOCAL, Principal
from ..eventstore.store import sql
from .duty import Duty

log = logging.getLogger(__name__)
EVERY = 5.0
"""Minutes between looks, unless langgraph.json says otherwise."""
BATCH = 100


class Expiry(Duty):
    """Sets the project's default when it starts to work, then looks every `every` minutes."""

    def __init__(self, core: Core, default: Ttl | None = None, every: float = EVERY) -> None:
        super().__init__(core)
        self._default = default
        self._every = every
        self._set = False

    async def work(self) -> float:
        """Delete or prune every expired thread."""
        if not self._set:
            await set_default_ttl(self.core, LOCAL, self._default)
            self._set = True
        wanted = {"limit": BATCH, "now": datetime.now(UTC)}
        while rows := await self.core.db.fetch(sql("expiry", "expired"), wanted):
            done = 0
            for row in rows:
                owner = Principal(row["tenant_id"], row["owner"])
                done += await prune_threads(self.core, owner, [row["thread_id"]], row["strategy"])
            log.info("%d threads expired", done)
            if not done:
                break
        return self._every * 60
