"""The embedding that langgraph.json names, loaded in the worker: the server runs none of a project's code."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.store.base import ensure_embeddings

from duragraph_ext.core.domain import hashing
from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.core.domain.items import IndexSettings
from duragraph_ext.core.embedding import Embedder, EmbeddingFailed, HashEmbedder, checked

from .answering import Question
from .loader import load_attribute
from .project import Project

log = logging.getLogger(__name__)


class ProjectEmbedder:
    """A project's function or LangChain embedding. One that cannot be loaded says so to whoever needs it."""

    def __init__(self, settings: IndexSettings, project: Project | None) -> None:
        self.settings = settings
        self._failure: str | None = None
        try:
            self._embeddings = ensure_embeddings(_found(settings.embed, project))
        except Exception as error:
            self._failure = f"store.index.embed {settings.embed!r}: {type(error).__name__}: {error}"
            log.error("%s", self._failure)

    async def documents(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of texts that are searched. Raises Unavailable or EmbeddingFailed."""
        return await self._made("aembed_documents", list(texts), len(texts))

    async def query(self, text: str) -> list[float]:
        """The vector of a text to search with. Raises Unavailable or EmbeddingFailed."""
        return (await self._made("aembed_query", text, 1))[0]

    async def _made(self, method: str, given: Any, count: int) -> list[list[float]]:
        if self._failure is not None:
            raise Unavailable(self._failure)
        try:
            vectors = await getattr(self._embeddings, method)(given)
        except Exception as error:
            raise EmbeddingFailed(f"{self.settings.embed} failed: {type(error).__name__}: {error}") from error
        return checked([vectors] if count == 1 and method == "aembed_query" else vectors, count, self.settings)


def make_embedder(settings: IndexSettings, project: Project | None) -> Embedder:
    """The embedder of a worker."""
    return HashEmbedder(settings) if settings.embed == hashing.NAME else ProjectEmbedder(settings, project)


def _found(embed: str, project: Project | None) -> Any:
    """What `embed` names: an object of the project, or a `provider:model` that LangChain knows."""
    place = embed.rpartition(":")[0]
    if place.endswith(".py") or "/" in place:
        if project is None:
            raise LookupError("a file needs a langgraph.json beside it")
        return load_attribute(project, embed)
    return embed


async def embed_texts(question: Question) -> Mapping[str, Any]:
    """Question `embed`: the vectors of `texts`, to be searched (`documents`) or to search with (`query`)."""
    embedder, body = question.core.embedder, question.body
    if embedder is None or embedder.settings.embedded_by != body["embedded_by"]:
        raise Unavailable(f"this worker does not embed by {body['embedded_by']}")
    if body["kind"] == "query":
        return {"vectors": [await embedder.query(text) for text in body["texts"]]}
    return {"vectors": await embedder.documents(body["texts"])}
