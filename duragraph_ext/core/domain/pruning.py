"""Which checkpoints a thread's latest state needs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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


def needed(links: Sequence[Link]) -> set[Place]:
    """The latest checkpoint of every namespace, with its ancestors down to where each of its channels is whole."""
    by_ns: dict[str, dict[str, Link]] = {}
    for link in links:
        by_ns.setdefault(link.ns, {})[link.checkpoint_id] = link
    return {(ns, checkpoint_id) for ns, chain in by_ns.items() for checkpoint_id in _needed(chain)}


def _needed(chain: Mapping[str, Link]) -> set[str]:
    latest = chain[max(chain)]
    deltas = {channel for link in chain.values() for channel in (*link.deltas, *link.snapshots)}
    kept = {latest.checkpoint_id}
    for channel in deltas.intersection(latest.written):
        link: Link | None = latest
        while link is not None:
            kept.add(link.checkpoint_id)
            link = None if channel in link.snapshots else chain.get(link.parent_id or "")
    return kept
