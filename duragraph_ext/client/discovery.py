"""Find the server: what was asked for, what the environment says, the server of this kernel, any other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import httpx
import psutil
from jupyter_core.paths import jupyter_runtime_dir

from duragraph_ext.client.errors import ServerNotFound

API_PATH = "duragraph/api/v1"
PROBE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the API is, and the credential for it (never shown)."""

    url: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a server may be, and why it is thought so."""

    url: str
    token: str = field(repr=False)
    why: str


@dataclass(slots=True)
class Discovery:
    """What was tried and what was found; shows itself as a list of steps."""

    endpoint: Endpoint | None = None
    why: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        head = f"{self.endpoint.url}: {self.why}" if self.endpoint else "no DuraGraph server found"
        return "\n".join([head, *(f"  {what}: {result}" for what, result in self.steps)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = f"<b>{escape(self.endpoint.url)}</b>: {escape(self.why)}" if self.endpoint else "<b>none</b>"
        rows = "".join(f"<li>{escape(what)}: {escape(result)}</li>" for what, result in self.steps)
        return f"<div>{head}<ul style='margin:4px 0'>{rows}</ul></div>"

    def found(self) -> Endpoint:
        """The endpoint; raises ServerNotFound with the way to one."""
        if self.endpoint is None:
            tried = "; ".join(f"{what}: {result}" for what, result in self.steps)
            raise ServerNotFound(
                f"no DuraGraph server found ({tried}). Start `jupyter lab` or `jupyter duragraph serve`, "
                "or name one: %duragraph connect URL"
            )
        return self.endpoint


def discover(url: str | None = None, token: str | None = None, environ: Mapping[str, str] | None = None) -> Discovery:
    """Look for a server. An address that was given is the only one tried."""
    environ = os.environ if environ is None else environ
    search = Discovery()
    for candidate in _candidates(url, token, environ, search):
        api, result = probe(candidate.url)
        search.steps.append((f"{candidate.why} ({candidate.url})", result))
        if api is not None:
            search.endpoint = Endpoint(api, candidate.token)
            search.why = candidate.why
            break
    return search


def probe(url: str) -> tuple[str | None, str]:
    """The API's own address if one answers at a server's address (with or without the API's path)."""
    base = url.rstrip("/")
    result = "no answer"
    for api in (base,) if base.endswith(("/duragraph/api/v1", "/duragraph/api")) else (f"{base}/{API_PATH}", base):
        try:
            answer = httpx.get(f"{api}/ok", timeout=PROBE_SECONDS, trust_env=not is_local(api))
        except httpx.InvalidURL as error:
            return None, f"no address: {error}"
        except httpx.HTTPError as error:
            result = f"no answer: {str(error) or type(error).__name__}"
            continue
        if answer.status_code == 503:
            return api, "answers, still starting"
        if answer.status_code == 200 and _says_ok(answer):
            return api, "answers"
        result = f"answers, but has no DuraGraph API (HTTP {answer.status_code})"
    return None, result


def is_local(url: str) -> bool:
    """Whether an address is this machine's own, so that no proxy is to be asked."""
    return httpx.URL(url).host in ("localhost", "127.0.0.1", "::1")


def _says_ok(answer: httpx.Response) -> bool:
    try:
        body = answer.json()
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("ok") is True


def _candidates(
    url: str | None, token: str | None, environ: Mapping[str, str], search: Discovery
) -> Iterator[Candidate]:
    servers = list(running_servers())
    if url:
        yield Candidate(url, token or _token_for(url, environ, servers), "the address given")
        return
    if named := environ.get("DURAGRAPH_URL"):
        yield Candidate(named, token or _token_for(named, environ, servers), "DURAGRAPH_URL")
        return
    parent = environ.get("JPY_PARENT_PID", "")
    own = [server for server in servers if str(server["pid"]) == parent]
    if not own:
        search.steps.append(("the Jupyter server of this kernel", "this process is no server's kernel"))
    for server in own:
        yield Candidate(server["url"], token or server["token"], "the Jupyter server of this kernel")
    for server in servers:
        if server not in own:
            why = f"a running Jupyter server, process {server['pid']}"
            yield Candidate(server["url"], token or server["token"], why)


def _token_for(url: str, environ: Mapping[str, str], servers: list[dict[str, Any]]) -> str:
    if token := environ.get("DURAGRAPH_TOKEN"):
        return token
    for server in servers:
        if url.rstrip("/").startswith(str(server["url"]).rstrip("/")):
            return str(server["token"])
    return ""


def running_servers(folder: str | None = None) -> Iterator[dict[str, Any]]:
    """The live Jupyter servers of this user, newest first: `url`, `token`, `pid`."""
    files = sorted(Path(folder or jupyter_runtime_dir()).glob("jpserver-*.json"), key=_modified, reverse=True)
    for file in files:
        try:
            info = json.loads(file.read_text())
            server = {
                "url": str(info["url"]),
                "token": str(info.get("token", "")),
                "pid": int(info["pid"]),
            }
            alive = psutil.pid_exists(int(info["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if alive:
            yield server


def _modified(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
