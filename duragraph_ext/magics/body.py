"""The body of a cell as a run's input: JSON, or a Python expression in the user's namespace."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any

from IPython.core.error import UsageError


def read_input(text: str, namespace: Mapping[str, Any]) -> Any:
    """The value that a body stands for; an empty one is `{}`.

    Raises UsageError on one line when it is neither JSON nor an expression, or when the expression fails.
    """
    if not text.strip():
        return {}
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        not_json = f"{error.msg}, line {error.lineno}"
    try:
        tree = ast.parse(text.strip(), "<input>", mode="eval")
    except SyntaxError as error:
        raise UsageError(
            f"the input is neither JSON ({not_json}) nor a Python expression ({error.msg}, line {error.lineno})"
        ) from None
    try:
        return eval(compile(tree, "<input>", "eval"), dict(namespace))  # noqa: S307 - the user's own code
    except Exception as error:
        raise UsageError(f"the input failed: {type(error).__name__}: {error}") from error
