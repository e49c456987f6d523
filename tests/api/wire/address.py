"""Where a server is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Api:
    """The URL of an API and the key it wants."""

    url: str
    key: str
