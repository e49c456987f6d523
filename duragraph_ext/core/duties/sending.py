"""One POST to a checked address: no redirect is followed, no proxy asked, nothing of the answer kept."""

import asyncio
import logging
import ssl
import time
from collections.abc import Sequence
from functools import cached_property

import httpx

from ..commands.webhook_targets import Resolver, find_target, resolve
from ..domain.webhooks import Address, WebhookPolicy, sign

SECONDS = 5.0
"""From the first packet to the end of the answer."""
ANSWER_BYTES = 64 << 10
"""What is read of an answer before the connection is closed."""
USER_AGENT = "DuraGraph-Webhook/1"
for _name in ("httpx", "httpcore"):  # they log URLs and headers, which are secrets here
    logging.getLogger(_name).setLevel(logging.WARNING)


class NotAccepted(Exception):
    """The target did not answer well; the text names no more than a status or an error's kind."""


class Sender:
    """Calls webhooks under a policy; `resolver` and `tls` are those of the system."""

    def __init__(self, policy: WebhookPolicy, resolver: Resolver = resolve, tls: ssl.SSLContext | None = None) -> None:
        self._policy = policy
        self._resolver = resolver
        self._tls = tls

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """Made for the first webhook: the system's certificates take a while to read."""
        return httpx.AsyncClient(
            verify=self._tls or ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=SECONDS,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """End what is under way."""
        if "_client" in vars(self):
            await self._client.aclose()

    async def send(self, url: str, delivery_id: str, body: bytes) -> int:
        """Call a webhook; the status of a good answer. Raises Blocked and NotAccepted."""
        try:
            async with asyncio.timeout(SECONDS):
                parsed, addresses = await find_target(self._policy, url, self._resolver)
                return await self._post(parsed, addresses, delivery_id, body)
        except TimeoutError:
            raise NotAccepted(f"no answer within {SECONDS:g} s") from None

    async def _post(self, url: httpx.URL, addresses: Sequence[Address], delivery_id: str, body: bytes) -> int:
        for address in addresses[:-1]:
            try:
                return await self._post_to(url, address, delivery_id, body)
            except httpx.ConnectError:
                continue
        try:
            return await self._post_to(url, addresses[-1], delivery_id, body)
        except httpx.TimeoutException:
            raise NotAccepted(f"no answer within {SECONDS:g} s") from None
        except httpx.HTTPError as error:
            raise NotAccepted(type(error).__name__) from None

    async def _post_to(self, url: httpx.URL, address: Address, delivery_id: str, body: bytes) -> int:
        """The connection goes to the address that was checked; the host's name stays in `Host` and in TLS."""
        request = self._client.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers={**self._policy.headers, **self._headers(delivery_id, body), "host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii").strip("[]")},
        )
        response = await self._client.send(request, stream=True)
        try:
            read = 0
            async for chunk in response.aiter_raw():
                read += len(chunk)
                if read > ANSWER_BYTES:
                    break
        finally:
            await response.aclose()
        if not response.is_success:
            raise NotAccepted(f"status {response.status_code}")
        return response.status_code

    def _headers(self, delivery_id: str, body: bytes) -> dict[str, str]:
        timestamp = int(time.time())
        headers = {
            "content-type": "application/json",
            "user-agent": USER_AGENT,
            "webhook-id": delivery_id,
            "webhook-timestamp": str(timestamp),
        }
        if self._policy.secret:
            headers["webhook-signature"] = sign(self._policy.secret, delivery_id, timestamp, body)
        return headers
