"""Who may ask: Jupyter's token in every spelling, other identity providers, authorizers, and other origins."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.server import Server

HOME = "https://app.example"
HOUSE_RULES = '''
"""A house with an identity provider and an authorizer of its own."""
from jupyter_server.auth import Authorizer, IdentityProvider, User


class Doorman(IdentityProvider):
    def get_user(self, handler):
        if handler.request.headers.get("Authorization") == "token friend":
            handler._token_authenticated = True
            return User(username="friend")
        return None


class ReadersOnly(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource == "duragraph" and action == "read"
'''


def jupyter_config(folder: Path, **server_app: str) -> dict[str, str]:
    """The environment of a Jupyter that is configured like this."""
    (folder / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": server_app}))
    return {"JUPYTER_CONFIG_DIR": str(folder), "PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def server(module_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    return module_server(workers=0, env=jupyter_config(tmp_path_factory.mktemp("config"), allow_origin=HOME))


@pytest.fixture(scope="module")
def house(module_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    folder = tmp_path_factory.mktemp("house")
    (folder / "house_rules.py").write_text(HOUSE_RULES)
    return module_server(
        workers=0,
        data_dir=folder / "data",
        env=jupyter_config(
            folder,
            identity_provider_class="house_rules.Doorman",
            authorizer_class="house_rules.ReadersOnly",
        ),
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": "test-token"}, 200),
        ({"authorization": "token test-token"}, 200),
        ({"authorization": "Bearer test-token"}, 200),
        ({"authorization": "bearer  test-token"}, 200),
        ({"authorization": "token test-token", "x-api-key": "wrong"}, 200),
        ({"authorization": "token wrong", "x-api-key": "test-token"}, 401),
        ({"authorization": "Basic test-token", "x-api-key": "test-token"}, 401),
        ({"authorization": "Basic YW55OnRlc3QtdG9rZW4="}, 200),
        ({"authorization": "Basic YW55Ondyb25n"}, 401),
        ({"authorization": "test-token"}, 401),
        ({"x-api-key": "test-toke"}, 401),
        ({"x-api-key": "test-token2"}, 401),
        ({"x-api-key": ""}, 401),
        ({"authorization": "token"}, 401),
        ({"x-api-key": "tést"}, 401),
        ({}, 401),
    ],
)
def test_the_token_in_every_spelling(server: Server, headers: dict[str, str], status: int) -> None:
    raw = {name: value.encode() for name, value in headers.items()}
    answer = httpx.post(f"{server.api_url}/threads", json={}, headers=raw)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers
    if status == 401:
        assert answer.json() == {"detail": "Missing or invalid credentials"}
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_every_credential_of_one_server_owns_the_same_things(server: Server) -> None:
    thread = httpx.post(f"{server.api_url}/threads", json={}, headers={"x-api-key": "test-token"}).json()
    path = f"{server.api_url}/threads/{thread['thread_id']}"
    assert httpx.get(path, headers={"authorization": "token test-token"}).status_code == 200
    with httpx.Client() as browser:
        browser.get(f"{server.url}login?token=test-token", follow_redirects=True)
        assert browser.get(path).status_code == 200


def test_another_identity_provider_decides_alone(house: Server) -> None:
    info = f"{house.api_url}/info"
    assert httpx.get(info, headers={"x-api-key": "friend"}).status_code == 200
    assert httpx.get(info, headers={"authorization": "token friend"}).status_code == 200
    assert httpx.get(info, headers={"x-api-key": "test-token"}).status_code == 401
    assert httpx.get(info).status_code == 401


def test_the_authorizer_is_asked_and_knows_reads_from_writes(house: Server) -> None:
    with httpx.Client(base_url=house.api_url, headers={"x-api-key": "friend"}) as reader:
        assert reader.get("/queue").status_code == 200
        assert reader.post("/threads/search", json={}).status_code == 200
        assert reader.post("/threads/count", json={}).status_code == 200
        for path in ("/threads", "/runs", "/runs/wait", "/runs/stream", "/assistants"):
            answer = reader.post(path, json={})
            assert answer.status_code == 403
            assert "write" in answer.json()["detail"]
        assert reader.delete("/threads/00000000-0000-4000-8000-000000000000").status_code == 403


@pytest.mark.parametrize(("origin", "allowed"), [(HOME, True), (f"{HOME}.evil.example", False), ("null", False)])
def test_other_origins_get_only_what_is_configured(server: Server, origin: str, allowed: bool) -> None:
    asked = {"origin": origin, "access-control-request-method": "POST"}
    preflight = httpx.options(f"{server.api_url}/threads", headers=asked)
    answer = httpx.get(f"{server.api_url}/info", headers={"origin": origin, **server.headers})
    refused = httpx.get(f"{server.api_url}/info", headers={"origin": origin})
    assert (preflight.status_code, answer.status_code, refused.status_code) == (204, 200, 401)
    for got in (preflight, answer, refused):
        assert got.headers.get("access-control-allow-origin") == (HOME if allowed else None)
    assert ("access-control-allow-headers" in preflight.headers) is allowed
    assert "content-location" in answer.headers.get("access-control-expose-headers", "").lower() or not allowed


def test_a_foreign_host_name_is_refused(server: Server) -> None:
    answer = httpx.get(f"{server.api_url}/info", headers={"host": "rebound.example", **server.headers})
    assert answer.status_code == 403
    assert answer.json()["detail"]


def test_the_token_is_in_no_log(server: Server) -> None:
    httpx.get(f"{server.api_url}/nowhere?token=test-token", headers=server.headers)
    httpx.get(f"{server.api_url}/info", headers={"x-api-key": "canary-in-a-mine"})
    log = server.log.read_text()
    assert "/nowhere" in log
    assert "test-token" not in log
    assert "canary-in-a-mine" not in log
