"""Who asks: every command and query takes a Principal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """An identity within a tenant; rows belong to both."""

    tenant_id: str
    user_id: str


LOCAL = Principal("default", "jupyter")
"""The holder of the Jupyter token."""
