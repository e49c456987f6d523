"""Who asks: every command and query takes a Principal."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Principal:
    """An identity within a tenant; rows belong to both. A tenant's id is one token of a NATS subject."""

    tenant_id: str
    user_id: str

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.tenant_id):
            raise ValueError(f"tenant {self.tenant_id!r}: letters, digits, - and _ are allowed")


LOCAL = Principal("default", "jupyter")
"""The holder of the Jupyter token."""
