"""Spare our own processes what makes imports slow and is of no use to them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

UNUSED = (
    "rfc3987",  # jsonschema asks for these two for the format `iri`, which no schema of Jupyter's events has:
    "rfc3987_syntax",  # importing one takes 1.5 s
    "httpx._main",  # httpx' own command line
)
UNUSED_BY_WORKERS = (*UNUSED, "aiohttp")
"""nats-py wants aiohttp for WebSockets, and imports it when it is itself imported."""


def hide(names: Iterable[str] = UNUSED) -> list[str]:
    """Let modules seem not to be installed; the names of those that were hidden now."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how an import is refused
    return hidden


@contextmanager
def lean_imports(unused: Iterable[str] = UNUSED) -> Iterator[None]:
    """Within, `unused` seem not to be installed; what is imported is never searched for garbage."""
    hidden = hide(unused)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # forks share these pages as long as nobody walks over them
        gc.enable()
        for name in hidden:
            del sys.modules[name]
