"""Where webhooks may go, and what makes them ours: the address policy, and the signature.

Pure: names are resolved elsewhere. A URL and the headers are secrets; messages and `repr` name at most the host.
"""

import base64
import hashlib
import hmac
import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

from .errors import Invalid, Worded

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
DEFAULT_ENV_PREFIX = "LG_WEBHOOK_"
MAX_URL_LENGTH = 4096
SECRET_PREFIX = "whsec_"  # noqa: S105 - how Standard Webhooks marks a secret
LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")
METADATA_NAMES = ("metadata", "metadata.google.internal", "metadata.goog", "instance-data")
_TEMPLATE = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_VARIABLE = re.compile(r"env\.([A-Za-z_][A-Za-z0-9_]*)")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = ("host", "content-length", "content-type", "transfer-encoding", "connection")
_BLOCKED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class Blocked(Worded):
    """A webhook may not go there."""

    def __init__(self, message: str) -> None:
        super().__init__("webhook", message)


@dataclass(frozen=True, slots=True)
class WebhookPolicy:
    """What langgraph.json's `webhooks` allows, the headers it adds, and the secret that signs."""

    require_https: bool = True
    allowed_domains: tuple[str, ...] = ()
    allowed_ports: tuple[int, ...] = ()
    max_url_length: int = MAX_URL_LENGTH
    disable_loopback: bool = True
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: bytes = field(default=b"", repr=False)

    def check_url(self, url: str) -> httpx.URL:
        """A URL that may be asked for, as far as its text tells. Raises Blocked."""
        if len(url) > self.max_url_length:
            raise Blocked("Webhook URL too long")
        try:
            parsed = httpx.URL(url)
            host = parsed.raw_host.decode("ascii").rstrip(".").lower()
        except (httpx.InvalidURL, ValueError):
            raise Blocked("Invalid webhook URL") from None
        if url.startswith("/"):
            raise Blocked("Webhook host blocked: relative URLs are not supported, name a server")
        if parsed.scheme not in ("http", "https"):
            raise Blocked(f"Webhook host blocked: scheme {parsed.scheme[:20]!r} not allowed")
        if not host:
            raise Blocked("Invalid webhook hostname ''")
        if host in METADATA_NAMES:
            raise Blocked("Webhook host blocked: cloud metadata endpoint")
        if self.disable_loopback and (host in LOCAL_NAMES or host.endswith(".localhost")):
            raise Blocked("Webhook host blocked: localhost address")
        if (address := literal_address(host)) is not None:
            self.check_address(address)
        if self.require_https and parsed.scheme != "https":
            raise Blocked("Webhook must use https")
        port = (443 if parsed.scheme == "https" else 80) if parsed.port is None else parsed.port
        if not 0 < port < 1 << 16:
            raise Blocked("Invalid webhook port")
        if self.allowed_ports and port not in self.allowed_ports:
            raise Blocked(f"Webhook port {port} not allowed")
        if self.allowed_domains and not any(_matches(host, pattern) for pattern in self.allowed_domains):
            raise Blocked("Webhook domain not allowed")
        return parsed

    def check_address(self, address: Address) -> None:
        """Whether an address may be connected to. Raises Blocked."""
        for each in _meanings(address):
            if each.is_loopback:
                if self.disable_loopback:
                    kind = "loopback" if address.version == 4 else "blocked"  # as the reference calls them
                    raise Blocked(f"Webhook host blocked: {kind} IP range")
            elif any(each in network for network in _BLOCKED if network.version == each.version):
                raise Blocked("Webhook host blocked: blocked IP range")


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def literal_address(host: str) -> Address | None:
    """The address that a host spells out, in any form that a resolver takes: also decimal, octal, short."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    if not re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        raise Blocked("Invalid webhook hostname") from None


def _meanings(address: Address) -> list[Address]:
    """An address with the IPv4 addresses that it carries inside: mapped, compatible, 6to4, Teredo, NAT64."""
    found: list[Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return [address.ipv4_mapped]
        found += [inner for inner in (address.sixtofour, *(address.teredo or ())) if inner is not None]
        low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if any(address in network for network in _NAT64) or (int(address) >> 32 == 0 and int(address) > 1):
            found.append(low)
    return found


def origin(url: str) -> str:
    """A URL as it may be shown: scheme, host and port alone."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return "invalid"
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii', 'replace')}"


def sign(secret: bytes, delivery_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header of the Standard Webhooks specification."""
    signed = b"%s.%d.%s" % (delivery_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def read_secret(text: str) -> bytes:
    """The key in a secret's text: base64 behind `whsec_`, or else the text itself. Raises ValueError."""
    text = text.strip()
    key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True) if text.startswith(SECRET_PREFIX) else None
    key = text.encode() if key is None else key
    if len(key) < 16:
        raise ValueError("a webhook secret needs at least 16 bytes")
    return key


def read_policy(config: Any, environment: Mapping[str, str], secret: bytes = b"") -> WebhookPolicy:
    """The policy that langgraph.json's `webhooks` describes. Raises Invalid for what it does not allow."""
    given = _section("webhooks", config, ("env_prefix", "headers", "url"))
    url = _section("webhooks.url", given.get("url"), (
        "require_https", "allowed_domains", "allowed_ports", "max_url_length", "disable_loopback",
    ))  # fmt: skip
    prefix = _typed("webhooks.env_prefix", given.get("env_prefix", DEFAULT_ENV_PREFIX), str)
    domains = _typed("webhooks.url.allowed_domains", url.get("allowed_domains", []), list)
    ports = _typed("webhooks.url.allowed_ports", url.get("allowed_ports", []), list)
    for domain in domains:
        _typed("webhooks.url.allowed_domains", domain, str)
    for port in ports:
        _typed("webhooks.url.allowed_ports", port, int)
    headers = _typed("webhooks.headers", given.get("headers", {}), dict)
    return WebhookPolicy(
        require_https=_typed("webhooks.url.require_https", url.get("require_https", True), bool),
        allowed_domains=tuple(domain.rstrip(".").lower() for domain in domains),
        allowed_ports=tuple(ports),
        max_url_length=_typed("webhooks.url.max_url_length", url.get("max_url_length", MAX_URL_LENGTH), int),
        disable_loopback=_typed("webhooks.url.disable_loopback", url.get("disable_loopback", True), bool),
        headers={name: _filled(name, value, prefix, environment) for name, value in headers.items()},
        secret=secret,
    )


def _section(name: str, value: Any, known: tuple[str, ...]) -> dict[str, Any]:
    section: dict[str, Any] = _typed(name, {} if value is None else value, dict)
    if unknown := sorted(section.keys() - set(known)):
        raise Invalid(f"{name}.{unknown[0]}", f"is not supported; known are {', '.join(known)}")
    return section


def _typed(name: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Invalid(name, f"must be of type {kind.__name__}")
    return value


def _filled(name: str, value: Any, prefix: str, environment: Mapping[str, str]) -> str:
    """A header's value with `${{ env.NAME }}` replaced. Raises Invalid, never with the value."""
    where = f"webhooks.headers.{name}"
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS or name.lower().startswith("webhook-"):
        raise Invalid(where, "is no header that can be set")

    def fill(match: re.Match[str]) -> str:
        variable = _VARIABLE.fullmatch(match[1])
        if variable is None or not variable[1].startswith(prefix):
            raise Invalid(where, f"may only refer to ${{{{ env.{prefix}… }}}}")
        if variable[1] not in environment:
            raise Invalid(where, f"the variable {variable[1]} is not set")
        return environment[variable[1]]

    filled = _TEMPLATE.sub(fill, _typed(where, value, str))
    if not filled.isascii() or not filled.isprintable():
        raise Invalid(where, "must be printable ASCII")
    return filled
