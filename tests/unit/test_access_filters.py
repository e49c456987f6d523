"""What an `@auth.on` handler's filter asks of metadata; what is not understood lets nothing through."""

from __future__ import annotations

from typing import Any

import pytest

from duragraph_ext.auth.filters import UnknownFilter, access_of


@pytest.mark.parametrize(
    ("given", "access"),
    [
        ({}, {}),
        ({"owner": "a", "n": 1, "gone": None}, {"owner": "a", "n": 1, "gone": None}),
        ({"owner": {"$eq": "a"}}, {"owner": "a"}),
        ({"members": {"$contains": "a"}, "owner": "b"}, {"members": ["a"], "owner": "b"}),
        ({"members": {"$contains": ["a", "b"]}}, {"members": ["a", "b"]}),
    ],
)
def test_a_filter_is_what_metadata_must_contain(given: dict[str, Any], access: dict[str, Any]) -> None:
    assert access_of(given) == access


@pytest.mark.parametrize(
    "given",
    [
        {"owner": {"$ne": "a"}},
        {"owner": {}},
        {"owner": {"$eq": "a", "$contains": "b"}},
        {"owner": ["a"]},
        {"owner": {"$eq": {"a": 1}}},
        {"members": {"$contains": [["a"]]}},
        {"$or": [{"owner": "a"}]},
    ],
)
def test_a_filter_that_is_not_understood_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(UnknownFilter):
        access_of(given)
