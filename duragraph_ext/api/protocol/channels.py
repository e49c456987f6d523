"""What a subscription shows: channels, and namespaces by prefix and depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from duragraph_ext.models import EventStreamBody

CHANNELS = ("values", "updates", "messages", "tools", "custom", "lifecycle", "input", "checkpoints", "tasks")
NAMED = "custom:"


class BadChannels(Exception):
    """Channels that are none; `unsupported` are those that no server has."""

    def __init__(self, unsupported: Sequence[str] = ()) -> None:
        super().__init__()
        self.unsupported = unsupported


@dataclass(frozen=True, slots=True)
class Filter:
    """What passes. Without namespaces everything does, whatever the depth."""

    channels: frozenset[str]
    namespaces: tuple[tuple[str, ...], ...] = ()
    depth: int | None = None

    @property
    def by_namespace(self) -> bool:
        """Whether namespaces matter."""
        return bool(self.namespaces)

    def takes(self, channel: str) -> bool:
        """Whether a channel passes; `custom` stands for its named ones too."""
        return channel in self.channels or (channel.startswith(NAMED) and "custom" in self.channels)

    def holds(self, namespace: Sequence[str]) -> bool:
        """Whether a namespace passes."""
        return any(
            _begins(namespace, prefix) and (self.depth is None or len(namespace) - len(prefix) <= self.depth)
            for prefix in self.namespaces
        )


def filter_of(wanted: EventStreamBody) -> Filter:
    """The filter that a body asks for. Raises BadChannels."""
    channels: Any = wanted.channels
    if not isinstance(channels, list) or not channels:
        raise BadChannels
    if unsupported := [str(name) for name in channels if not _known(name)]:
        raise BadChannels(unsupported)
    return Filter(frozenset(channels), tuple(map(tuple, wanted.namespaces or ())), wanted.depth)


def _known(name: Any) -> bool:
    return isinstance(name, str) and (name in CHANNELS or (name.startswith(NAMED) and len(name) > len(NAMED)))


def _begins(namespace: Sequence[str], prefix: Sequence[str]) -> bool:
    """Segments are equal, or equal without the task that the prefix leaves open."""
    if len(prefix) > len(namespace):
        return False
    return all(
        segment == wanted or (":" not in wanted and segment.partition(":")[0] == wanted)
        for segment, wanted in zip(namespace, prefix, strict=False)
    )
