"""The statements of the lease keeper, which runs without any of our packages."""

from .statements import load

LOST_CHANNEL = "duragraph_worker"
"""LISTEN here to hear of a worker's death at once; the payload is its id."""


def _bare(name: str) -> str:
    return "\n".join(line for line in load("leases")[name].splitlines() if not line.startswith("--"))


RENEW = _bare("renew")
EXPIRE = _bare("expire")
