"""Who turns texts into vectors in this process, and which texts of a value are turned."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

from .domain import hashing
from .domain.errors import DuragraphError, Invalid
from .domain.items import IndexSettings

MAX_TEXTS = 256
"""Texts of one item that are embedded at most."""


class EmbeddingFailed(DuragraphError):
    """The embedding raised, or gave what is no vector."""


class Embedder(Protocol):
    """Turns texts into vectors of `settings.dims` numbers."""

    settings: IndexSettings

    async def documents(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of texts that are searched. Raises Unavailable or EmbeddingFailed."""
        ...

    async def query(self, text: str) -> list[float]:
        """The vector of a text to search with. Raises Unavailable or EmbeddingFailed."""
        ...


class HashEmbedder:
    """The keyless embedding; it may run anywhere."""

    def __init__(self, settings: IndexSettings) -> None:
        self.settings = settings

    async def documents(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of texts."""
        return [hashing.embed(text, self.settings.dims) for text in texts]

    async def query(self, text: str) -> list[float]:
        """The vector of a text."""
        return hashing.embed(text, self.settings.dims)


def checked(vectors: Any, count: int, settings: IndexSettings) -> list[list[float]]:
    """Vectors as some embedding gave them, as many as asked for and of the right length. Raises EmbeddingFailed."""
    try:
        plain = [[float(part) for part in vector] for vector in vectors]
    except (TypeError, ValueError):
        raise EmbeddingFailed(f"{settings.embed} gave no lists of numbers") from None
    if len(plain) != count:
        raise EmbeddingFailed(f"{settings.embed} gave {len(plain)} vectors for {count} texts")
    for vector in plain:
        if len(vector) != settings.dims:
            raise EmbeddingFailed(f"{settings.embed} gave {len(vector)} dimensions, not {settings.dims}")
        if not all(map(math.isfinite, vector)):
            raise EmbeddingFailed(f"{settings.embed} gave a vector that is not finite")
    return plain


def texts_of(value: Any, index: Sequence[str] | bool | None, settings: IndexSettings) -> list[str]:
    """The texts of a value that are embedded: those of `index`, or the settings' fields. Raises Invalid."""
    from langgraph.store.base import get_text_at_path  # heavy, and only needed with an index

    if index is False:
        return []
    paths: Sequence[str] = settings.fields if index is None or index is True else index
    texts = [text for path in paths for text in get_text_at_path(value, path)]
    if len(texts) > MAX_TEXTS:
        raise Invalid("index", f"an item must not have more than {MAX_TEXTS} texts to embed, not {len(texts)}")
    return texts


def literal(vector: Sequence[float]) -> str:
    """A vector as PostgreSQL reads an array."""
    return "{" + ",".join(map(repr, vector)) + "}"
