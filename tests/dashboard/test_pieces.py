"""Credentials, addresses, rows and log lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from duragraph_dashboard import api, eventlog, proxy, runfacts
from duragraph_dashboard.credentials import Credential
from duragraph_dashboard.rows import Column, Table
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

ASSETS = Path(proxy.__file__).parent / "assets"


def request(uri: str = "/run", **headers: str) -> HTTPServerRequest:
    line = RequestStartLine("GET", uri, "HTTP/1.1")
    return HTTPServerRequest(start_line=line, headers=HTTPHeaders({"Host": "lab", **headers}))


def test_a_cookie_goes_on_with_its_host() -> None:
    credential = Credential.of(request(Host="lab:8888", Cookie="username-lab-8888=s3cret"))
    assert credential.headers(unsafe=False) == {"Host": "lab:8888", "Cookie": "username-lab-8888=s3cret"}


def test_an_unsafe_verb_shows_the_viewers_own_xsrf_value() -> None:
    credential = Credential.of(request(Host="lab", Cookie="a=1; _xsrf=2|abc|def|1"))
    assert credential.headers(unsafe=True)["X-XSRFToken"] == "2|abc|def|1"


def test_an_unsafe_verb_without_an_xsrf_cookie_brings_a_pair() -> None:
    headers = Credential.of(request(Host="lab", Cookie="a=1")).headers(unsafe=True)
    assert headers["Cookie"] == f"a=1; _xsrf={headers['X-XSRFToken']}"


def test_a_token_is_taken_from_header_or_address() -> None:
    assert Credential.of(request("/?token=abc")).headers(unsafe=True)["Authorization"] == "token abc"
    shown = Credential.of(request("/?token=abc", Authorization="Bearer xyz"))
    assert shown.headers(unsafe=True)["Authorization"] == "Bearer xyz"


def test_a_credential_is_never_printed() -> None:
    shown = repr(Credential.of(request("/?token=canary", Cookie="user=canary")))
    assert "canary" not in shown


@pytest.mark.parametrize(
    ("ip", "base_url", "secure", "url"),
    [
        ("", "/", False, "http://127.0.0.1:8888/duragraph/api/v1"),
        ("0.0.0.0", "/user/x/", False, "http://127.0.0.1:8888/user/x/duragraph/api/v1"),
        ("::", "/", True, "https://[::1]:8888/duragraph/api/v1"),
        ("fe80::1", "/", False, "http://[fe80::1]:8888/duragraph/api/v1"),
        ("localhost", "/a%40b/", False, "http://localhost:8888/a%40b/duragraph/api/v1"),
    ],
)
def test_the_api_is_asked_where_the_server_listens(ip: str, base_url: str, secure: bool, url: str) -> None:
    assert proxy.api_url(ip, 8888, base_url, secure=secure) == url


def test_the_tile_has_a_name_and_a_picture() -> None:
    entry = proxy.setup()["launcher_entry"]
    assert entry["title"] == "DuraGraph"
    assert Path(entry["icon_path"]).read_text().startswith("<svg")


def test_plain_http_needs_no_certificates() -> None:
    assert api.ApiAddress("http://127.0.0.1:1/duragraph/api/v1").tls() is False


def test_a_table_sends_only_what_changed() -> None:
    table = Table([Column("a", "A", "text")], {"title": "None"})
    first = {"id": "1", "cells": {"a": "x"}}
    second = {"id": "2", "cells": {"a": "y"}}
    assert table.replace([first, second]) is not None
    assert table.replace([first, second]) is None
    changed = {"id": "2", "cells": {"a": "z"}}
    patch = table.replace([changed, first])
    assert patch is not None
    assert (patch["changed"], patch["order"]) == ([changed], ["2", "1"])


def test_a_log_line_says_who_did_what() -> None:
    payload = {"node": "b", "ns": "a:1", "attempt": 2, "duration_ms": 12.4, "error": {"message": "no"}}
    assert eventlog.summary("execution.node_failed", payload) == "a › b · attempt 2 · 12 ms · no"


def test_several_open_interrupts_are_answered_by_id() -> None:
    run = {"assistant_id": "a", "kwargs": {"stream_mode": ["values"]}}
    one, two = {"interrupt_id": "i"}, {"interrupt_id": "j"}
    assert runfacts.resume_body(run, [one], "i", 1)["command"] == {"resume": 1}
    assert runfacts.resume_body(run, [one, two], "i", 1)["command"] == {"resume": {"i": 1}}


def test_no_script_of_ours_makes_markup_from_text() -> None:
    for script in ASSETS.glob("*.js"):
        text = script.read_text()
        for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval("):
            assert danger not in text, f"{script.name} uses {danger}"


def test_no_asset_names_another_host() -> None:
    for asset in ASSETS.iterdir():
        text = asset.read_text().replace("http://www.w3.org/", "")
        assert "http://" not in text, asset.name
        assert "https://" not in text, asset.name
