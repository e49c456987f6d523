"""The secret that signs webhooks, and what keeps a server from starting."""

import json
from pathlib import Path

import pytest
from duragraph_kernel.project import read_project

from duragraph_ext.settings import Duragraph, SettingsError
from duragraph_ext.webhook_settings import SECRET_FILE, webhook_policy


def settings(folder: Path, **values: str) -> Duragraph:
    return Duragraph({}, data_dir=str(folder), **values)


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = webhook_policy(settings(folder), None)
    assert len(first.secret) == 32
    assert (folder / SECRET_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (folder / "secrets").iterdir()] == ["webhook"]
    assert webhook_policy(settings(folder), None).secret == first.secret
    assert webhook_policy(settings(tmp_path / "other"), None).secret != first.secret


def test_a_secret_of_ones_own_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a secret that several servers share\n")
    policy = webhook_policy(settings(tmp_path / "data", webhook_secret_file=str(file)), None)
    assert policy.secret == b"a secret that several servers share"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["short", "", "whsec_AAAA", None])
def test_a_secret_that_cannot_be_used_is_refused_without_showing_it(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "secret"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        webhook_policy(settings(tmp_path, webhook_secret_file=str(file)), None)
    assert str(file) in str(caught.value)
    assert "short" not in str(caught.value)


def test_langgraph_json_is_read_with_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    webhooks = {"headers": {"x": "${{ env.LG_WEBHOOK_A }}${{ env.LG_WEBHOOK_B }}"}, "url": {"require_https": False}}
    config = {"graphs": {"g": "./g.py:g"}, "env": {"LG_WEBHOOK_A": "a", "LG_WEBHOOK_B": "b"}, "webhooks": webhooks}
    file = tmp_path / "langgraph.json"
    file.write_text(json.dumps(config))
    monkeypatch.setenv("LG_WEBHOOK_B", "of the process")
    policy = webhook_policy(settings(tmp_path), read_project(file))
    assert policy.headers == {"x": "aof the process"}
    assert policy.require_https is False


def test_a_key_that_is_not_known_keeps_the_server_from_starting(tmp_path: Path) -> None:
    file = tmp_path / "langgraph.json"
    file.write_text(json.dumps({"graphs": {"g": "./g.py:g"}, "webhooks": {"urls": {}}}))
    with pytest.raises(SettingsError, match=r"webhooks\.urls: is not supported"):
        webhook_policy(settings(tmp_path), read_project(file))
