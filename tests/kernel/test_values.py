"""Values as JSON and as checkpoints: what comes back, and what may not."""

from __future__ import annotations

import json
import math
import os
import pickle
from collections import deque, namedtuple
from datetime import timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import orjson
import ormsgpack
import pytest
from duragraph_kernel.jsontext import Unstorable, dumps, loose_dumps, message_dict
from duragraph_kernel.serde import Serde, project_types
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langgraph.types import Send
from pydantic import BaseModel

from tests.kernel.shapes import Item, Record

Point = namedtuple("Point", "x y")
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=True)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


def shown(value: Any) -> Any:
    """The documented map."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return orjson.loads(loose_dumps(value))
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    return value


def exactly(value: Any) -> Any:
    """Comparable where NaN is in it."""
    return repr(value)


@given(plain)
def test_plain_values_have_a_json_form(value: Any) -> None:
    assert json.loads(dumps(value)) == shown(value)


def test_a_send_is_shown_as_the_reference_does() -> None:
    assert orjson.loads(loose_dumps([Send("node", {"x": 1})])) == [{"node": "node", "args": {"x": 1}}]


@given(plain)
def test_plain_values_come_back_from_a_checkpoint(value: Any) -> None:
    serde = Serde()
    assert exactly(serde.loads_typed(serde.dumps_typed(value))) == exactly(value)


class Secret(BaseModel):
    inner: set[int]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({1}, [1]),
        (deque([1, 2]), [1, 2]),
        (Point(1, 2), {"x": 1, "y": 2}),
        (Decimal("1.10"), "1.10"),
        (PurePosixPath("/a/b"), "/a/b"),
        (timedelta(seconds=1.5), 1.5),
        (ValueError("no"), {"error": "ValueError", "message": "no"}),
        (Secret(inner={3}), {"inner": [3]}),
        (Record(a=2, p=Item(x=3)), {"a": 2, "p": {"x": 3, "y": None}, "xs": []}),
        ({2: "a", None: "b", True: "c"}, {"2": "a", "null": "b", "true": "c"}),
        ([2**70, float("inf")], [2**70, None]),
    ],
)
def test_richer_values_have_a_documented_form(value: Any, form: Any) -> None:
    assert json.loads(dumps(value)) == form


@pytest.mark.parametrize("value", [object(), print, {"a": object()}, {(1, 2): 3, "big": 2**70}, "\ud800"])
def test_what_has_no_form_is_refused_when_stored_and_named_when_shown(value: Any) -> None:
    with pytest.raises(Unstorable):
        dumps(value)
    orjson.loads(loose_dumps(value))


@pytest.mark.parametrize(
    "message",
    [
        HumanMessage("hi", id="1", name="me"),
        SystemMessage("be brief"),
        RemoveMessage(id="3"),
        AIMessage("", tool_calls=[{"name": "t", "args": {"a": 1}, "id": "c"}], usage_metadata=None),
        AIMessageChunk("wor", id="2", additional_kwargs={"k": [1]}),
        ToolMessage("r", tool_call_id="c", artifact={"x": 1}, status="error"),
        HumanMessage("more", extra_field=3),
    ],
)
def test_messages_are_dumped_as_pydantic_dumps_them(message: Any) -> None:
    assert list(message_dict(message).items()) == list(message.model_dump().items())


class Opened:
    """Would make a file if it were revived."""

    def __init__(self, path: str) -> None:
        open(path, "w").close()

    def __reduce__(self) -> Any:
        return os.system, ("touch pickled",)


def crafted(module: str, name: str, *arguments: Any) -> bytes:
    return bytes(ormsgpack.packb(ormsgpack.Ext(1, ormsgpack.packb((module, name, arguments)))))


def test_a_crafted_checkpoint_revives_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    serde = Serde(project_types(lambda file: "tests/kernel" in file))
    constructor = {"lc": 2, "type": "constructor", "id": ["os", "system"], "args": ["touch json"]}
    for kind, data in (
        ("msgpack", crafted("os", "system", "touch msgpack")),
        ("msgpack", crafted(__name__, "Opened", "opened")),
        ("pickle", pickle.dumps(Opened.__new__(Opened))),
        ("json", orjson.dumps(constructor)),
    ):
        try:
            serde.loads_typed((kind, data))
        except NotImplementedError:
            assert kind == "pickle"
    assert list(tmp_path.iterdir()) == []


def test_the_project_s_own_types_come_back() -> None:
    serde = Serde(project_types(lambda file: "tests/kernel" in file))
    value = {"item": Item(x=2), "record": Record(a=3)}
    assert serde.loads_typed(serde.dumps_typed(value)) == value
    bare = Serde()
    assert not isinstance(bare.loads_typed(bare.dumps_typed(Item())), Item)
