"""Resolving where a webhook goes: the name is asked once, every address is checked, and only those are used."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import httpx

from ..context import Core
from ..domain.webhooks import Address, Blocked, WebhookPolicy, literal_address

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
RESOLVE_SECONDS = 5.0


class Unresolved(Blocked):
    """The name of a webhook's host has no address now."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system knows them. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


async def find_target(
    policy: WebhookPolicy, url: str, resolver: Resolver = resolve
) -> tuple[httpx.URL, Sequence[Address]]:
    """The parsed URL and the addresses that may be connected to. Raises Blocked; Unresolved for an unknown name."""
    parsed = policy.check_url(url)
    host = parsed.raw_host.decode("ascii").rstrip(".").lower()
    literal = literal_address(host)
    if literal is not None:
        return parsed, [literal]
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            texts = await resolver(host, parsed.port or 443)
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in texts]
    except (OSError, UnicodeError, ValueError, TimeoutError):
        addresses = []
    if not addresses:
        raise Unresolved("Webhook host blocked: DNS resolution failed")
    for address in addresses:
        policy.check_address(address)
    return parsed, addresses


async def check_webhook(core: Core, url: str) -> None:
    """Refuse at once what would be refused at delivery. Raises Blocked."""
    await find_target(core.config.webhooks, url)
