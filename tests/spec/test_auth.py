"""The open routes are those of `spec/auth/auth.yml`; the principal is the one it names."""

from __future__ import annotations

from duragraph_ext.api.routes import ROUTES
from duragraph_ext.core.domain.principal import LOCAL
from tests.spec.documents import load

SPEC = load("auth/auth.yml")


def test_exactly_the_specified_routes_are_open() -> None:
    opened = {path for path, handler in ROUTES for op in handler.verbs.values() if op.open}
    assert sorted(opened) == SPEC["open_routes"]


def test_the_principal_is_the_specified_one() -> None:
    assert (LOCAL.tenant_id, LOCAL.user_id) == (SPEC["principal"]["tenant_id"], SPEC["principal"]["user_id"])
