"""What a notebook holds can be an input, or it is refused by name and place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.messages.utils import convert_to_messages
from pydantic import BaseModel

from duragraph_ext.client import NotSendable
from duragraph_ext.client.wire import encode


class Colour(Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    colour: Colour


class Order(BaseModel):
    item: str
    at: datetime


def sent(value: Any) -> Any:
    return json.loads(encode(value))


def test_values_of_all_common_kinds() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    value = {
        "point": Point(1, Colour.RED),
        "order": Order(item="ä", at=moment),
        "tuple": (1, 2.5, None, True),
        "array": np.arange(3),
        "number": np.float64(0.5),
        "id": UUID(int=1),
        7: {"x"},
    }
    assert sent(value) == {
        "point": {"x": 1, "colour": "red"},
        "order": {"item": "ä", "at": "2026-01-02T00:00:00+00:00"},
        "tuple": [1, 2.5, None, True],
        "array": [0, 1, 2],
        "number": 0.5,
        "id": "00000000-0000-0000-0000-000000000001",
        "7": ["x"],
    }


def test_messages_come_back_as_messages() -> None:
    call = {"name": "add", "args": {"left": 1}, "id": "c", "type": "tool_call"}
    messages = [HumanMessage("hello", id="1"), AIMessage("", tool_calls=[call], id="2")]
    first, second = convert_to_messages(sent({"messages": messages})["messages"])
    assert first == messages[0]
    assert isinstance(second, AIMessage)
    assert (second.id, second.tool_calls) == ("2", [call])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"a": [1, object()]}, r"input\.a\[1\] is a object, which cannot be sent as JSON"),
        ({"a": float("nan")}, r"input\.a is nan, which JSON cannot hold"),
        ({(1, 2): 3}, "a key of input is a tuple"),
        (b"bytes", "input is a bytes"),
        ("\ud800", "half of a surrogate pair"),
    ],
)
def test_what_json_cannot_hold_is_named(value: Any, reason: str) -> None:
    with pytest.raises(NotSendable, match=reason):
        encode(value)
