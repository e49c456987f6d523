"""`python -m tests.spec.write` brings the generated sections of the specification up to the code.

It keeps the prose and tells what changed. The tests compare both ways, so that nothing slips in unseen.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from duragraph_ext.embedded import attach
from tests.spec import shapes
from tests.spec.database import tables
from tests.spec.documents import PROSE, SPEC, facts_of, load
from tests.support.databases import Databases

WIDTH = 110
Section = tuple[str, str, Callable[[], dict[str, Any]]]


def entities() -> dict[str, Any]:
    """The tables of a new database."""
    with tempfile.TemporaryDirectory() as folder:
        services = attach(Path(folder))
        try:
            with Databases(services.facts.dsn) as databases, databases.fresh() as dsn:
                return tables(dsn)
        finally:
            services.close()


SECTIONS: tuple[Section, ...] = (
    ("models/events.yml", "events", shapes.events),
    ("models/dto.yml", "models", shapes.dtos),
    ("observability/metrics.yml", "metrics", shapes.registry),
    ("models/entities.yml", "tables", entities),
)


class _Dumper(yaml.SafeDumper):
    """Puts what is short on one line."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.Node:
        """A mapping of plain values on one line, if it fits."""
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = len(str(mapping)) < WIDTH - 20 and not any(isinstance(v, dict) for v in mapping.values())
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.Node:
        """A list of plain values on one line, if it fits."""
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = len(str(sequence)) < WIDTH and not any(isinstance(v, dict) for v in sequence)
        return node


_Dumper.add_representer(dict, _Dumper.represent_dict)
_Dumper.add_representer(list, _Dumper.represent_list)


def merged(facts: Any, written: Any) -> Any:
    """Facts from the code with the prose that was written at the same place."""
    if not isinstance(facts, dict):
        return facts
    written = written if isinstance(written, dict) else {}
    prose = {key: written[key] for key in PROSE if key in written}
    last = {key: prose.pop(key) for key in ("note",) if key in prose}
    return {**prose, **{key: merged(value, written.get(key)) for key, value in facts.items()}, **last}


def write(name: str, section: str, facts: dict[str, Any]) -> bool:
    """Write one section anew; whether it changed."""
    document = load(name)
    changed: bool = facts_of(document[section]) != facts
    document[section] = merged(facts, document[section])
    path = SPEC / name
    head = "".join(line for line in path.read_text().splitlines(keepends=True) if line.startswith("#"))
    body = yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)
    path.write_text(head + body)
    return changed


if __name__ == "__main__":
    for name, section, facts in SECTIONS:
        print(name, "changed" if write(name, section, facts()) else "unchanged")
