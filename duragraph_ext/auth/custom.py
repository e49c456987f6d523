"""Authentication and authorization by the project's own `Auth` object, which the project host runs."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError

from .filters import Access, UnknownFilter, access_of

if TYPE_CHECKING:
    from duragraph_ext.langgraph_json import AuthSection
    from duragraph_ext.projecthost import ProjectHost

log = logging.getLogger(__name__)
CACHED_SECONDS = 5.0
"""How long an authentication is believed if the project file does not say."""
CACHED_CALLERS = 1000
_NO_CREDENTIAL = ("content-length", "x-request-id")
"""Headers that differ from request to request and prove nothing."""


class Refused(HTTPError):
    """The project's code said no; status, detail and headers are its own."""

    def __init__(self, status: int, detail: Any, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.detail, self.headers = detail, headers


@dataclass(frozen=True, slots=True)
class Question:
    """A request as `@auth.authenticate` sees it."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    path_params: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """For the project host."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "path_params": self.path_params,
        }


@dataclass(frozen=True, slots=True)
class Caller:
    """A user that the project's code knows. `handle` is the host's name for the object that the code made.

    Whoever is not there to prove anything has neither handle nor question: the handlers get the user as named here.
    """

    user: dict[str, Any]
    handle: str | None = None
    question: Question | None = None

    @property
    def identity(self) -> str:
        """Who it is."""
        return str(self.user["identity"])


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes: with the value as the handler left it, and what rows must contain."""

    value: dict[str, Any]
    access: Access


class CustomAuth:
    """Asks the project host. Raises Refused, and Unavailable while the host is down: never open."""

    def __init__(self, host: ProjectHost, section: AuthSection) -> None:
        assert host.facts.parameters is not None
        self._host = host
        self._parameters = host.facts.parameters
        cache = section.cache
        self._keys = None if cache is None or cache.cache_keys is None else [key.lower() for key in cache.cache_keys]
        self._seconds = CACHED_SECONDS if cache is None else cache.ttl_seconds
        self._size = CACHED_CALLERS if cache is None else cache.max_size
        self._callers: dict[bytes, tuple[float, Caller]] = {}

    async def authenticate(self, question: Question) -> Caller:
        """Who asks; believed for some seconds for the same credential."""
        key = self._key(question)
        known = self._callers.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        caller = await self._ask(question)
        self._callers.pop(key, None)
        self._callers[key] = (time.monotonic() + self._seconds, caller)
        while len(self._callers) > self._size:
            del self._callers[next(iter(self._callers))]
        return caller

    async def authorize(self, caller: Caller, resource: str, action: str, value: Mapping[str, Any]) -> Decision:
        """Whether the caller may do this with that."""
        who = {"user": caller.user} if caller.handle is None else {"handle": caller.handle}
        asked = {"resource": resource, "action": action, "value": value}
        answer = await self._host.call("/-/authorize", {**asked, **who})
        if (
            answer.get("unknown") and caller.question is not None
        ):  # the host was restarted: it has to make the user's object again
            again = await self._ask(caller.question)
            answer = await self._host.call("/-/authorize", {**asked, "handle": again.handle})
        _raise_refusal(answer)
        if "value" not in answer:
            raise HTTPError(403, "Forbidden")
        try:
            return Decision(answer["value"], access_of(answer["filter"] or {}))
        except UnknownFilter as error:
            log.error("@auth.on.%s.%s returned a filter that is not understood: %s", resource, action, error)
            detail = f"Auth handler returned invalid result: {error}"
            raise Refused(500, detail, {}) from None

    async def _ask(self, question: Question) -> Caller:
        answer = await self._host.call("/-/authenticate", question.as_json())
        _raise_refusal(answer)
        return Caller(answer["user"], answer["handle"], question)

    def _key(self, question: Question) -> bytes:
        """What tells callers apart: everything that the authenticator looks at."""
        if self._keys is not None:
            seen: list[Any] = [(name, value) for name, value in question.headers if name.lower() in self._keys]
        else:
            wanted = set(self._parameters)
            everything = "request" in wanted
            seen = []
            if everything or "headers" in wanted:
                seen.append([each for each in question.headers if each[0].lower() not in _NO_CREDENTIAL])
            elif "authorization" in wanted:
                seen.append([value for name, value in question.headers if name.lower() == "authorization"])
            for name, value in (
                ("method", question.method),
                ("path", question.path),
                ("query_params", question.query),
                ("path_params", sorted(question.path_params.items())),
            ):
                if everything or name in wanted:
                    seen.append((name, value))
        return hashlib.blake2b(repr(seen).encode(), digest_size=32).digest()


def _raise_refusal(answer: Mapping[str, Any]) -> None:
    refused = answer.get("refused")
    if refused is not None:
        raise Refused(refused["status"], refused["detail"], refused["headers"])
