"""The wire shapes are `spec/models/dto.yml`, both ways."""

from __future__ import annotations

import re

import pytest

from tests.spec import shapes
from tests.spec.documents import facts_of, load

SPEC = load("models/dto.yml")
TABLES = load("models/entities.yml")["tables"]


def test_every_model_is_specified_as_it_is() -> None:
    found, written = shapes.dtos(), facts_of(SPEC["models"])
    assert sorted(found) == sorted(written)
    for name in found:
        assert found[name] == written[name], name


def test_every_named_type_is_specified() -> None:
    for name, model in SPEC["models"].items():
        for field, facts in model.get("fields", {}).items():
            for part in re.findall(r"\w+", facts["type"]):
                if part[:1].isupper():
                    assert part in SPEC["models"], f"{name}.{field}: {part}"


@pytest.mark.parametrize(
    ("table", "model", "field"),
    [
        ("runs", "Run", "status"),
        ("runs", "Run", "multitask_strategy"),
        ("threads", "Thread", "status"),
        ("execution_history", "Execution", "status"),
        ("interrupts", "InterruptRow", "status"),
        ("workers", "WorkerInfo", "status"),
    ],
)
def test_the_api_shows_the_words_that_the_database_keeps(table: str, model: str, field: str) -> None:
    kept = TABLES[table]["columns"][field]["values"]
    shown = SPEC["models"][model]["fields"][field]["type"]
    assert set(shown.removeprefix("one of ").split(", ")) == set(kept)
