"""Spare our own commands what makes imports slow and is of no use to them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_GRAMMARS = ("rfc3987", "rfc3987_syntax")
"""jsonschema asks for them for the format `iri`, which no schema of Jupyter's events has; importing one takes 1.5 s."""


def hide_grammars() -> list[str]:
    """Let those modules seem not to be installed; the names of those that were hidden now."""
    hidden = [name for name in _GRAMMARS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how an import is refused
    return hidden


@contextmanager
def lean_imports() -> Iterator[None]:
    """Within, those modules seem not to be installed; what is imported is never searched for garbage."""
    hidden = hide_grammars()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
        for name in hidden:
            del sys.modules[name]
