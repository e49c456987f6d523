"""Which checkpoints of a thread are kept, and which others those need."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Place = tuple[str, str]
"""A checkpoint within a thread: namespace and id."""


@dataclass(frozen=True, slots=True)
class Link:
    """A checkpoint as the walk to its ancestors sees it.

    `written` are the channels that have a value at it; `deltas` those known to be stored as changes, `snapshots`
    those of them that are whole at this checkpoint.
    """

    ns: str
    checkpoint_id: str
    parent_id: str | None
    written: Collection[str]
    deltas: Collection[str]
    snapshots: Collection[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """Of every namespace the latest checkpoint, and the others within both bounds; None is no bound."""

    count: int | None = None
    since: datetime | None = None

    def takes(self, place: int, link: Link) -> bool:
        """Whether the checkpoint at this place, 1 for the latest, is kept."""
        if place == 1:
            return True
        return (self.count is None or place <= self.count) and (self.since is None or link.at >= self.since)


LATEST = Keep(count=1)


def needed(links: Sequence[Link], keep: Keep = LATEST) -> set[Place]:
    """The checkpoints that are kept, with their ancestors down to where each of their channels is whole."""
    by_ns: dict[str, dict[str, Link]] = {}
    for link in links:
        by_ns.setdefault(link.ns, {})[link.checkpoint_id] = link
    return {(ns, checkpoint_id) for ns, chain in by_ns.items() for checkpoint_id in _needed(chain, keep)}


def _needed(chain: Mapping[str, Link], keep: Keep) -> set[str]:
    deltas = {channel for link in chain.values() for channel in (*link.deltas, *link.snapshots)}
    kept: set[str] = set()
    for place, checkpoint_id in enumerate(sorted(chain, reverse=True), 1):
        if keep.takes(place, chain[checkpoint_id]):
            kept |= _with_ancestors(chain, chain[checkpoint_id], deltas)
    return kept


def _with_ancestors(chain: Mapping[str, Link], first: Link, deltas: Collection[str]) -> set[str]:
    kept = {first.checkpoint_id}
    for channel in set(deltas).intersection(first.written):
        link: Link | None = first
        while link is not None:
            kept.add(link.checkpoint_id)
            link = None if channel in link.snapshots else chain.get(link.parent_id or "")
    return kept
