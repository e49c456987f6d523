"""What a langgraph.json may say, what has no effect here, and how everything else is refused."""

from __future__ import annotations

from typing import Any

import pytest

from duragraph_ext.langgraph_json import HeaderRules, InvalidFile, read

GRAPHS = {"graphs": {"g": "./g.py:graph"}}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"grahps": {}}, 'unknown key "grahps": did you mean "graphs"?'),
        ({"python_verson": "3.12"}, 'did you mean "python_version"?'),
        ({"nonsense": 1}, "known are"),
        ({"graphs": {"g": {"paht": "x"}}}, 'unknown key "graphs.g.paht": did you mean "path"?'),
        ({"http": {"disable_mpc": True}}, 'unknown key "http.disable_mpc": did you mean "disable_mcp"?'),
        ({"http": {"cors": {"allow_origin": ["x"]}}}, 'did you mean "allow_origins"?'),
        ({"http": {"cors": {"allow_origin_regex": "("}}}, "no regular expression"),
        ({"http": {"mount_prefix": "x/"}}, '"http.mount_prefix": must start with "/"'),
        ({"http": {"disable_runs": "yes"}}, '"http.disable_runs"'),
        ({"auth": {}}, '"auth.path" is required'),
        ({"auth": {"path": 3}}, '"auth.path": input should be a valid string'),
        ({"auth": {"path": "a:b", "cache": {"ttl_seconds": -1}}}, '"auth.cache.ttl_seconds"'),
        ({"dependencies": "."}, '"dependencies"'),
        ({"ui": {"agent": "./ui.tsx"}}, '"ui": '),
        ({"encryption": {"path": "a:b"}}, '"encryption": '),
        ({"http": {"middleware_order": "auth_first"}}, '"http.middleware_order": '),
    ],
)
def test_what_is_not_served_is_refused_by_name_on_one_line(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidFile) as raised:
        read({**GRAPHS, **given})
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_keys_of_hosting_have_no_effect_and_are_named() -> None:
    given = {"python_version": "3.12", "dockerfile_lines": [], "auth": {"path": "a:b", "disable_studio_auth": True}}
    sections, ignored = read({**GRAPHS, **given})
    assert ignored == ["python_version", "dockerfile_lines", "auth.disable_studio_auth"]
    assert sections.auth is not None


def test_a_graph_may_have_a_description() -> None:
    sections, _ = read({"graphs": {"g": {"path": "./g.py:graph", "description": "says hello"}, "h": "m:h"}})
    assert (sections.graphs["g"].description, sections.graphs["h"].path) == ("says hello", "m:h")


def test_null_is_as_good_as_absent() -> None:
    assert read({**GRAPHS, "store": None, "http": None})[0].http is None


@pytest.mark.parametrize("plural", ["", "s"])
def test_headers_are_chosen_by_patterns_and_exclusion_wins(plural: str) -> None:
    rules = HeaderRules.model_validate({f"include{plural}": ["X-In-*", "user"], f"exclude{plural}": ["*-secret"]})
    given = [("X-In-A", "1"), ("X-In-Secret", "2"), ("User", "3"), ("X-Out", "4")]
    assert rules.chosen(given) == {"x-in-a": "1", "user": "3"}
