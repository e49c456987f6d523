"""Makes the database ready for searches by meaning."""

import psycopg

from ..context import Core
from ..domain.errors import DuragraphError
from ..embedding import Embedder
from ..eventstore.statements import statement


class NoVectors(DuragraphError):
    """The store is to have an index, but the database cannot compare vectors."""


async def open_index(core: Core, embedder: Embedder) -> None:
    """Let the store embed what is put and search by meaning. Raises NoVectors with a remedy."""
    try:
        try:
            await core.db.execute(statement("items", "vector_extension"))
        except psycopg.errors.UniqueViolation:  # another process made it at the same moment
            await core.db.execute(statement("items", "vector_extension"))
    except (psycopg.NotSupportedError, psycopg.errors.UndefinedFile, psycopg.errors.InsufficientPrivilege) as error:
        reason = str(error).splitlines()[0]
        raise NoVectors(
            f"langgraph.json has a store.index, but the database has no pgvector ({reason}): install pgvector there, "
            "have a superuser run CREATE EXTENSION vector, or remove store.index"
        ) from error
    core.embedder = embedder
