"""A cell's body is JSON or a Python expression; a mistake in it is told on one line."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.error import UsageError

from duragraph_ext.magics.body import read_input


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        (" \n", {}),
        ('{"a": [true, null]}', {"a": [True, None]}),
        ('\n{"a": b * 2}\n', {"a": 14}),
        ("{'messages': [('user', name)]}", {"messages": [("user", "Ada")]}),
        ("dict(\n    a=1,\n)", {"a": 1}),
        ("[n for n in range(b) if n > 5]", [6]),
        ("null", None),
    ],
)
def test_json_and_python(text: str, value: Any) -> None:
    assert read_input(text, {"b": 7, "name": "Ada"}) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": }', "neither JSON .*line 1.* nor a Python expression .*line 1"),
        ("x = 1", "nor a Python expression"),
        ("missing", "the input failed: NameError: name 'missing' is not defined"),
        ("1 / 0", "the input failed: ZeroDivisionError"),
    ],
)
def test_mistakes_are_one_line(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        read_input(text, {})
    assert "\n" not in str(caught.value)
