"""Whatever the document of the API allows, and much that it forbids, is answered as the document says.

FUZZ_EXAMPLES sets how many requests an operation gets.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from duragraph_ext.api.openapi import document
from tests.support.server import Server

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
SECONDS = 20.0
ENDLESS = ["/events/stream", "/threads/{thread_id}/stream", "/threads/{thread_id}/stream/events"]
"""Streams that end when their reader goes: tests of their own read them."""
CHECKS = [
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
"""Not that all it allows is taken, nor that all else is refused: U+0000 and what a graph knows stand in no schema, and
like the reference we leave unknown fields aside."""

SCHEMA = schemathesis.openapi.from_dict(document()).exclude(path=ENDLESS)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture(scope="module")
def server(module_server: Callable[..., Server]) -> Server:
    return module_server(workers=0)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_an_operation_is_what_its_document_says(server: Server, operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def holds(case: schemathesis.Case) -> None:
        response = case.call(base_url=server.api_url, headers=server.headers, timeout=SECONDS)
        case.validate_response(response, checks=CHECKS)

    holds()
