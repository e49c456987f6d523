"""The one error of the embedded data plane."""

from __future__ import annotations


class DataPlaneError(Exception):
    """A piece of the data plane is missing or broken; the message says which, and the remedy."""
