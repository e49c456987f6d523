"""The embedded data plane: real PostgreSQL and NATS, a pair per data directory, started on demand."""

from duragraph_ext.embedded.client import Facts, Services, attach, read_facts
from duragraph_ext.embedded.errors import DataPlaneError

__all__ = ["DataPlaneError", "Facts", "Services", "attach", "read_facts"]
