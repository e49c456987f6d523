"""Files that ship beside the code: inside the package in a wheel, next to it in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def _resource(in_wheel: str, in_checkout: str) -> Path:
    for path in (PACKAGE / in_wheel, PACKAGE.parent / in_checkout):
        if path.is_dir():
            return path
    raise FileNotFoundError(f"{in_wheel} is missing: reinstall duragraph-ext")


def notebooks_dir() -> Path:
    """The folder of the notebooks."""
    return _resource("demo/notebooks", "notebooks")
