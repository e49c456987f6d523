"""The open routes are those of `spec/auth/auth.yml`; the principal is the one it names."""

from __future__ import annotations

from duragraph_kernel.host.gate import PARAMETERS

from duragraph_ext.api.operation import HOLDER
from duragraph_ext.api.project import OURS
from duragraph_ext.api.routes import ROUTES
from duragraph_ext.core.domain.principal import LOCAL
from tests.spec.documents import load

SPEC = load("auth/auth.yml")


def test_exactly_the_specified_routes_are_open() -> None:
    opened = {path for path, handler in ROUTES for op in handler.verbs.values() if op.open}
    assert sorted(opened) == SPEC["open_routes"]


def test_the_principal_is_the_specified_one() -> None:
    assert (LOCAL.tenant_id, LOCAL.user_id) == (SPEC["principal"]["tenant_id"], SPEC["principal"]["user_id"])


def test_the_holders_routes_are_the_specified_ones() -> None:
    held = {path for path, handler in ROUTES for op in handler.verbs.values() if op.auth == HOLDER}
    assert sorted(held) == SPEC["langgraph_auth"]["holder_alone"]


def test_the_project_takes_over_all_but_the_specified_routes() -> None:
    assert sorted(OURS) == SPEC["custom_routes"]["not_taken_over"]


def test_authenticators_may_ask_for_what_is_specified() -> None:
    assert ", ".join(PARAMETERS) == SPEC["langgraph_auth"]["parameters"]
