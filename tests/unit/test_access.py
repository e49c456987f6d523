"""What the project's own auth is asked for: every operation says so, and one that does not is the holder's alone."""

from duragraph_ext.api.operation import ANYBODY, HOLDER
from duragraph_ext.api.routes import ROUTES

RESOURCES = {
    "threads": {"create", "read", "update", "delete", "search", "create_run"},
    "assistants": {"create", "read", "update", "delete", "search"},
    "crons": {"create", "read", "update", "delete", "search"},
    "store": {"put", "get", "search", "list_namespaces", "delete"},
}
"""Resources and actions of `langgraph_sdk.Auth`."""


def test_every_operation_declares_what_it_needs() -> None:
    for path, handler in ROUTES:
        for verb, op in handler.verbs.items():
            if op.open:
                continue
            where = f"{verb} {path}"
            assert op.auth is not None, where
            for grant in (op.auth,) if isinstance(op.auth, str) else op.auth:
                if grant in (ANYBODY, HOLDER):
                    continue
                resource, _, action = grant.partition(".")
                assert action in RESOURCES[resource], f"{where}: {grant}"
