"""The wire shapes are `spec/models/dto.yml`, both ways."""

from __future__ import annotations

from tests.spec import shapes
from tests.spec.documents import facts_of, load

SPEC = load("models/dto.yml")


def test_every_model_is_specified_as_it_is() -> None:
    found, written = shapes.dtos(), facts_of(SPEC["models"])
    assert sorted(found) == sorted(written)
    for name in found:
        assert found[name] == written[name], name


def test_every_named_type_is_specified() -> None:
    for name, model in SPEC["models"].items():
        for field, facts in model.get("fields", {}).items():
            for part in facts["type"].strip("[]").split(" | "):
                if part[:1].isupper():
                    assert part in SPEC["models"], f"{name}.{field}: {part}"
