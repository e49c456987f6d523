"""The server is found in the order that is promised, and the way to it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from duragraph_ext.client import Client, ServerNotFound, discover
from duragraph_ext.client.discovery import running_servers


class Answers(BaseHTTPRequestHandler):
    """Answers /ok under the paths of `ok_paths`."""

    ok_paths: tuple[str, ...] = ()

    def do_GET(self) -> None:
        ok = self.path in self.ok_paths
        body = b'{"ok":true}' if ok else b"{}"
        self.send_response(200 if ok else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return None


@pytest.fixture
def jupyter() -> Iterator[str]:
    """A web server with our API under /base/, and without it elsewhere."""
    handler = type("Handler", (Answers,), {"ok_paths": ("/base/duragraph/api/v1/ok",)})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def announce(folder: Path, pid: int, url: str, token: str = "secret") -> None:
    (folder / f"jpserver-{pid}.json").write_text(json.dumps({"pid": pid, "url": url, "token": token}))


def test_an_address_may_be_the_servers_or_the_apis(jupyter: str, runtime: Path) -> None:
    for given in (f"{jupyter}/base", f"{jupyter}/base/", f"{jupyter}/base/duragraph/api/v1"):
        assert discover(given, "t").found().url == f"{jupyter}/base/duragraph/api/v1"


def test_an_address_without_an_api_is_refused_with_the_reason(jupyter: str, runtime: Path) -> None:
    with pytest.raises(ServerNotFound, match=r"has no DuraGraph API \(HTTP 404\)"):
        Client(f"{jupyter}/elsewhere")
    with pytest.raises(ServerNotFound, match="Connection refused"):
        discover("http://127.0.0.1:1").found()
    with pytest.raises(ServerNotFound, match="no"):
        discover("not an address").found()


def test_the_environment_comes_before_running_servers(jupyter: str, runtime: Path) -> None:
    announce(runtime, os.getpid(), f"{jupyter}/elsewhere/")
    found = discover(environ={"DURAGRAPH_URL": f"{jupyter}/base/", "DURAGRAPH_TOKEN": "key"})
    assert (found.why, found.found().token) == ("DURAGRAPH_URL", "key")


def test_the_server_of_this_kernel_comes_before_others(jupyter: str, runtime: Path) -> None:
    announce(runtime, os.getppid(), f"{jupyter}/elsewhere/")
    announce(runtime, os.getpid(), f"{jupyter}/base/", "own")
    found = discover(environ={"JPY_PARENT_PID": str(os.getpid())})
    assert found.why == "the Jupyter server of this kernel"
    assert found.found().token == "own"
    assert len(found.steps) == 1


def test_any_running_server_with_our_api_will_do(jupyter: str, runtime: Path) -> None:
    announce(runtime, os.getppid(), f"{jupyter}/elsewhere/")
    announce(runtime, os.getpid(), f"{jupyter}/base/")
    found = discover(environ={})
    assert found.why == f"a running Jupyter server, process {os.getpid()}"
    assert "no server's kernel" in str(found)


def test_dead_servers_and_broken_notes_are_passed_over(runtime: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    announce(runtime, ended.pid, "http://127.0.0.1:1/")
    (runtime / "jpserver-1.json").write_text("{")
    assert list(running_servers()) == []
    with pytest.raises(ServerNotFound, match="jupyter duragraph serve"):
        discover(environ={}).found()


def test_no_token_is_ever_shown(jupyter: str, runtime: Path) -> None:
    announce(runtime, os.getpid(), f"{jupyter}/base/", "s3cret")
    found = discover(environ={})
    assert found.found().token == "s3cret"
    for shown in (repr(found), str(found.endpoint), repr(found.endpoint), found._repr_html_()):
        assert "s3cret" not in shown
