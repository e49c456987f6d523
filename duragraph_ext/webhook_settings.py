"""What webhooks may do on this server: langgraph.json's `webhooks`, and the secret that signs them."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from pathlib import Path

from duragraph_kernel.project import Project

from duragraph_ext.core.domain.errors import Invalid
from duragraph_ext.core.domain.webhooks import SECRET_PREFIX, WebhookPolicy, read_policy, read_secret
from duragraph_ext.settings import Duragraph, SettingsError

SECRET_FILE = "secrets/webhook"  # noqa: S105 - a file name


def webhook_policy(settings: Duragraph, project: Project | None) -> WebhookPolicy:
    """The policy of a server with a project, or without. Raises SettingsError."""
    environment = {**(project.env if project else {}), **os.environ}
    try:
        return read_policy(project.webhooks if project else None, environment, _secret(settings))
    except Invalid as error:
        raise SettingsError(f"{settings.langgraph_config}: {error}") from error


def _secret(settings: Duragraph) -> bytes:
    path = Path(settings.webhook_secret_file or Path(settings.data_dir, SECRET_FILE))
    try:
        if not settings.webhook_secret_file:
            _make(path)
        return read_secret(path.read_text())
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except ValueError:
        raise SettingsError(f"{path}: expected {SECRET_PREFIX} and base64, or a text of at least 16 bytes") from None


def _make(path: Path) -> None:
    """Make a secret that only its owner can read, unless there is one; whole or not at all."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileExistsError):
        mine.unlink(missing_ok=True)
        with open(os.open(mine, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        os.link(mine, path)
    mine.unlink(missing_ok=True)
