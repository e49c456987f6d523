"""What a duty is."""

import asyncio
from abc import ABC, abstractmethod

from ..context import Core


class Duty(ABC):
    """A chore of the leader; `wake` calls it before its pause is over."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.wake = asyncio.Event()

    @abstractmethod
    async def work(self) -> float:
        """Do what is due; the seconds until the next look."""

    async def stop(self) -> None:  # noqa: B027 - most have nothing to let go of
        """Let go of what outlives a look: this server leads no more."""
