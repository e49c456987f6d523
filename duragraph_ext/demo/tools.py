"""The agent's tools: search the library, read on, calculate."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Annotated

from langchain_core.tools import BaseTool, tool
from pydantic import Field

from duragraph_ext.demo.retrieval import corpus

MAX_HITS = 6
MAX_NUMBER = 10**15
_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


@tool(response_format="content_and_artifact")
def search_corpus(
    query: Annotated[str, Field(description="a few words that the passage should contain", min_length=1)],
    limit: Annotated[int, Field(description="how many passages to find", ge=1, le=MAX_HITS)] = 4,
) -> tuple[str, list[str]]:
    """Find the passages of the library that fit a query best; they are then read for you."""
    hits = corpus().search(query, limit)
    if not hits:
        return f"Nothing in the library contains any word of “{query}”.", []
    lines = [f"{hit.score:6.2f}  [{hit.passage.id}]  {hit.passage.context}" for hit in hits]
    return "\n".join(lines), [hit.passage.id for hit in hits]


@tool(response_format="content_and_artifact")
def read_on(
    passage_id: Annotated[str, Field(description='a passage\'s id, such as "gettysburg §1"')],
) -> tuple[str, list[str]]:
    """Read the passage that follows the given one in its document."""
    library = corpus()
    if passage_id not in library.passages:
        raise ValueError(f"there is no passage {passage_id!r}; ids look like 'gettysburg §1'")
    document, _, number = passage_id.rpartition("§")
    following = f"{document}§{int(number) + 1}"
    if following not in library.passages:
        return f"[{passage_id}] is the last passage of its document.", []
    return f"[{following}] follows.", [following]


@tool
def calculate(
    expression: Annotated[str, Field(description="numbers, brackets and + - * / % **", max_length=200)],
) -> str:
    """Work out an arithmetic expression."""
    written = expression.replace("×", "*").replace("÷", "/").replace("^", "**").replace(",", "")
    try:
        value = _value(ast.parse(written.strip(), mode="eval").body)
    except (SyntaxError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(f"cannot calculate {expression!r}: {error}") from error
    return f"{expression} = {int(value) if value == int(value) else round(value, 10)}"


def _value(node: ast.AST) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            value: float = number
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            base, other = _value(left), _value(right)
            if isinstance(op, ast.Pow) and abs(other) > 64:
                raise ValueError("an exponent can be at most 64")
            value = _OPERATORS[type(op)](base, other)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            value = _OPERATORS[type(op)](_value(operand))
        case _:
            raise ValueError("only numbers, brackets and + - * / % ** can be calculated")
    if isinstance(value, complex) or abs(value) > MAX_NUMBER:
        raise ValueError(f"numbers up to {MAX_NUMBER:.0e} can be calculated")
    return value


TOOLS: list[BaseTool] = [search_corpus, read_on, calculate]
