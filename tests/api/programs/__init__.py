"""Conversations with a LangGraph server. Each module is one program: `async def run(talk: Talk) -> None`."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable

from wire.talk import Talk

Program = Callable[[Talk], Awaitable[None]]


def load_programs() -> dict[str, Program]:
    """Every program by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"programs.{name}").run for name in names}
