"""The heart of DuraGraph, free of tornado, Jupyter and authlib."""

from .context import Core, CoreConfig

__all__ = ["Core", "CoreConfig"]
