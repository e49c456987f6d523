"""What every handler needs of the process; `app.py` makes one and opens it when the core is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.limits import Limits

if TYPE_CHECKING:
    from duragraph_ext.core import Core
    from duragraph_ext.core.messaging.hints import Hints
    from duragraph_ext.core.queries.waiters import Outcomes

    from .live import LiveFrames
    from .project import ProjectSide
    from .tail import EventTail

SETTING = "duragraph_api"
"""Where handlers find the context in tornado's settings."""


class Attending(Protocol):
    """Something that a client stays connected to."""

    def hang_up(self) -> None:
        """Drop the connection, so that the client comes back."""


class ApiContext:
    """The API's share of the process: the core, and the live feeds that its streams stand on.

    `keepalive` are the seconds between two signs of life, `body_limit` the bytes of a request, `durability` what
    runs get that ask for none, `limits` what one user may have at once. `waiting_for` says what is missing until
    `/ok` may answer 200; the application sets it to None.
    """

    def __init__(
        self,
        *,
        keepalive: float = 5.0,
        body_limit: int = 8 << 20,
        durability: str = "sync",
        limits: Limits | None = None,
    ) -> None:
        self.keepalive = keepalive
        self.body_limit = body_limit
        self.durability = durability
        self.limits = limits or Limits()
        self._core: Core | None = None
        self._outcomes: Outcomes | None = None
        self._live: LiveFrames | None = None
        self._tail: EventTail | None = None
        self.project: ProjectSide | None = None
        """What the project file adds to the API; None when it adds nothing."""
        self._hints: Hints | None = None
        self.waiting_for: str | None = "the data plane"
        self.attending: set[Attending] = set()
        """Handlers that a client stays connected to."""

    async def open(self, core: Core, outcomes: Outcomes) -> None:
        """Serve from an open core."""
        from duragraph_ext.core.messaging.hints import Hints

        from .live import LiveFrames
        from .tail import EventTail

        self._core, self._outcomes = core, outcomes
        self._live = LiveFrames(core)
        self._tail = EventTail(core.bus)
        self._hints = Hints(core.bus)

    async def close(self) -> None:
        """End all streams so that their clients come back elsewhere, then let go of the core."""
        if self._live is not None:
            await self._live.close()
        for handler in list(self.attending):
            handler.hang_up()
        self._core = None

    @property
    def core(self) -> Core:
        """Raises Unavailable before the data plane is there."""
        if self._core is None:
            raise Unavailable(f"the server is starting and waits for {self.waiting_for}")
        return self._core

    @property
    def outcomes(self) -> Outcomes:
        """The ends of runs."""
        assert self.core is not None
        assert self._outcomes is not None
        return self._outcomes

    @property
    def live(self) -> LiveFrames:
        """Frames of runs as they are made."""
        assert self.core is not None
        assert self._live is not None
        return self._live

    @property
    def tail(self) -> EventTail:
        """Events as they are committed."""
        assert self.core is not None
        assert self._tail is not None
        return self._tail

    @property
    def hints(self) -> Hints:
        """Word of runs that wait for a worker."""
        assert self.core is not None
        assert self._hints is not None
        return self._hints
