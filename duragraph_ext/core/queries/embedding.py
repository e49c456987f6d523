"""The server's embedder: our own embedding it computes, a project's it asks the project's workers for."""

from collections.abc import Sequence

from ..context import Core
from ..domain import hashing
from ..domain.errors import Unavailable
from ..domain.items import IndexSettings
from ..domain.principal import LOCAL
from ..embedding import Embedder, HashEmbedder
from ..messaging.asking import ask

SECONDS = 30.0
"""What one embedding may take; providers are slow at times."""
ANSWER_BYTES = 700_000
NUMBER_BYTES = 24
QUESTION_BYTES = 250_000
"""NATS carries 1 MB: so much of it is used, for the vectors and for the texts."""


class AskingEmbedder:
    """Asks workers that serve the project's graphs: others may not have its embedding."""

    def __init__(self, core: Core, settings: IndexSettings, graphs: Sequence[str]) -> None:
        self.settings = settings
        self._core = core
        self._graphs = graphs
        self._at_once = max(1, ANSWER_BYTES // (settings.dims * NUMBER_BYTES))

    async def documents(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of texts that are searched. Raises Unavailable."""
        vectors: list[list[float]] = []
        while len(vectors) < len(texts):
            vectors += await self._ask(_some(texts[len(vectors) :], self._at_once), "documents")
        return vectors

    async def query(self, text: str) -> list[float]:
        """The vector of a text to search with. Raises Unavailable."""
        return (await self._ask([text], "query"))[0]

    async def _ask(self, texts: Sequence[str], kind: str) -> list[list[float]]:
        body = {"texts": texts, "kind": kind, "embedded_by": self.settings.embedded_by}
        nobody: Exception | None = None
        for graph_id in self._graphs:
            try:
                answer = await ask(self._core, LOCAL.tenant_id, graph_id, "embed", body, SECONDS)
                vectors: list[list[float]] = answer["vectors"]
                return vectors
            except Unavailable as error:
                nobody = error
        raise Unavailable(f"no text can be embedded: {nobody}") from nobody


def server_embedder(core: Core, settings: IndexSettings, graphs: Sequence[str]) -> Embedder:
    """The embedder of a server whose project has these graphs."""
    return HashEmbedder(settings) if settings.embed == hashing.NAME else AskingEmbedder(core, settings, graphs)


def _some(texts: Sequence[str], most: int) -> list[str]:
    """As many of the first texts as one question takes, at least one."""
    taken: list[str] = []
    size = 0
    for text in texts[:most]:
        size += len(text.encode())
        if taken and size > QUESTION_BYTES:
            break
        taken.append(text)
    return taken
