"""A message on its way out."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Committed with its events, not yet acknowledged by JetStream."""

    id: UUID
    subject: str
    payload: bytes
