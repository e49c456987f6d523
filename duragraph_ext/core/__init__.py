"""The heart of DuraGraph, free of tornado, Jupyter and authlib."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .context import Core, CoreConfig

__all__ = ["Core", "CoreConfig"]


def __getattr__(name: str) -> Any:
    """Import the core when it is wanted: whoever needs the domain alone is spared the drivers."""
    if name not in __all__:
        raise AttributeError(name)
    from . import context

    return getattr(context, name)
