"""Jupyter's identities as principals, and the short way for programs that hold Jupyter's token."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_core.utils import ensure_async
from jupyter_server.auth import IdentityProvider, PasswordIdentityProvider, User

from duragraph_ext.core.domain.principal import LOCAL, Principal

if TYPE_CHECKING:
    from jupyter_server.base.handlers import JupyterHandler
    from tornado.httputil import HTTPHeaders

    from .custom import Caller

_AUTHORIZATION = re.compile(r"(token|bearer|basic)\s+(\S+)\s*", re.IGNORECASE)
_KNOWN_PROVIDERS = (IdentityProvider, PasswordIdentityProvider)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, as the commands and as Jupyter's authorizer see it.

    Jupyter makes up a new user name for every login and every token request, so names own nothing: whoever
    Jupyter lets in is the holder of this server.
    """

    principal: Principal
    user: User
    by_cookie: bool
    caller: Caller | None = None
    """The user of the project's own auth; None for the holder of this server."""


TOKEN_HOLDER = Identity(LOCAL, User(username=LOCAL.user_id), by_cookie=False)


def header_key(headers: HTTPHeaders) -> str | None:
    """The key that a program sent: `Authorization: token|Bearer KEY`, else `x-api-key: KEY`.

    `Basic` carries it as the password, for clients that know no more than a URL: https://any:KEY@host/.
    """
    authorization = headers.get("Authorization")
    if authorization is None:
        return headers.get("X-Api-Key")
    match = _AUTHORIZATION.fullmatch(authorization)
    if match is None:
        return None
    return _password(match[2]) if match[1].lower() == "basic" else match[2]


def _password(credentials: str) -> str | None:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return None


def by_jupyter_token(headers: HTTPHeaders, provider: IdentityProvider) -> Identity | None:
    """The holder of Jupyter's own token, without the cost of Jupyter's cookies; None for everybody else.

    Only for Jupyter's own providers: another one may know more about its tokens than that they are equal.
    """
    key = header_key(headers)
    if not key or type(provider) not in _KNOWN_PROVIDERS or not provider.token:
        return None
    return TOKEN_HOLDER if hmac.compare_digest(key.encode(), str(provider.token).encode()) else None


def present_key(headers: HTTPHeaders) -> None:
    """Let Jupyter see an `x-api-key`, or a password, as the token it is."""
    given = headers.get("Authorization")
    if (given is None or given.lower().startswith("basic ")) and (key := header_key(headers)):
        headers["Authorization"] = f"token {key}"


def of_caller(caller: Caller) -> Identity:
    """A user of the project's own auth: rows are told apart by what its handlers say, not by their owner."""
    return Identity(LOCAL, User(username=caller.identity), by_cookie=False, caller=caller)


def may_be_holder(headers: HTTPHeaders, provider: IdentityProvider) -> bool:
    """Whether Jupyter is to be asked who this is although the project has auth of its own.

    A key that is not Jupyter's is the project's to judge; a provider that lets everybody in proves nothing.
    """
    if not provider.auth_enabled:
        return False
    shows_key = "Authorization" in headers or "X-Api-Key" in headers
    return not shows_key or type(provider) not in _KNOWN_PROVIDERS


async def authenticate(handler: JupyterHandler) -> Identity | None:
    """Ask the configured identity provider; None when it does not know who this is."""
    provider = handler.identity_provider
    user = await ensure_async(provider.get_user(handler))
    if user is None:
        return None
    handler.current_user = handler._jupyter_current_user = user
    return Identity(LOCAL, user, by_cookie=not provider.is_token_authenticated(handler))
