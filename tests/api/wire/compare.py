"""Compares two records and forgives what spec/api/deviations.yml allows, nothing else."""

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

DEVIATIONS = Path(__file__).parents[3] / "spec" / "api" / "deviations.yml"
ABSENT = "<absent>"
FIELD = re.compile(r'^"(\w+)" is a required|On instance((?:\[[^\]]+\])+)')


@dataclass
class Deviation:
    """A place where we answer differently on purpose.

    `ours` is the exact value, or one of: any, absent, present, names-field.
    """

    path: str
    ours: Any
    reason: str
    program: str = "*"
    request: str = "*"
    reference: Any = None
    used: bool = field(default=False, compare=False)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = (step.replace(r"\*", "[^/]*") + "/" for step in re.escape(self.path).split("/"))
        return re.compile("".join("(?:[^/]+/)*" if part == "[^/]*[^/]*/" else part for part in parts))

    def allows(self, program: str, request: str, path: str, reference: Any, ours: Any) -> bool:
        return (
            fnmatchcase(program, self.program)
            and fnmatchcase(request, self.request)
            and self.pattern.fullmatch(path + "/") is not None
            and (self.reference is None or self.reference == reference)
            and self.holds(reference, ours)
        )

    def holds(self, reference: Any, ours: Any) -> bool:
        if self.ours == "absent":
            return bool(ours == ABSENT)
        if self.ours == "present":
            return bool(ours != ABSENT)
        if self.ours == "names-field":
            return isinstance(reference, str) and isinstance(ours, str) and names_field(reference, ours)
        return bool(self.ours == "any" or self.ours == ours)


def names_field(reference: str, ours: str) -> bool:
    """Whether our text names the field that the reference's JSON-schema message is about."""
    match = FIELD.search(reference)
    if match is None:
        return "Failed validating" in reference and ours != ""
    field_name = match[1] or [part for part in re.findall(r'\["?([^"\]]+)"?\]', match[2]) if not part.isdigit()][-1]
    return field_name in ours


def load_deviations() -> list[Deviation]:
    return [Deviation(**entry) for entry in yaml.safe_load(DEVIATIONS.read_text())["deviations"]]


@dataclass(frozen=True)
class Difference:
    path: str
    reference: Any
    ours: Any

    def __str__(self) -> str:
        return f"  {self.path}\n    reference: {shown(self.reference)}\n    ours:      {shown(self.ours)}"


def shown(value: Any) -> str:
    text = value if value == ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 600 else text[:600] + " …"


def differences(reference: Any, ours: Any, path: str) -> Iterator[Difference]:
    """Every place where two JSON values differ; lists of different length are one place."""
    if isinstance(reference, dict) and isinstance(ours, dict):
        for name in sorted(reference.keys() | ours.keys()):
            inner = f"{path}/{name.replace('/', '_')}"
            yield from differences(reference.get(name, ABSENT), ours.get(name, ABSENT), inner)
    elif isinstance(reference, list) and isinstance(ours, list) and len(reference) == len(ours):
        for index, (left, right) in enumerate(zip(reference, ours, strict=True)):
            yield from differences(left, right, f"{path}/{index}")
    elif reference != ours or type(reference) is not type(ours):
        yield Difference(path, reference, ours)


def compare(program: str, reference: list[Any], ours: list[Any], deviations: list[Deviation]) -> str:
    """A report of what differs and is not allowed to; empty when all is well."""
    report = []
    for number, (expected, actual) in enumerate(zip(reference, ours, strict=False), 1):
        request = f"{expected['request']['method']} {expected['request']['path']}"
        found = [*differences(expected["request"], actual["request"], "request")]
        for difference in differences(expected["response"], actual["response"], "response"):
            allowed = [rule for rule in deviations if rule.allows(program, request, *vars(difference).values())]
            for rule in allowed:
                rule.used = True
            if not allowed:
                found.append(difference)
        if found:
            body = json.dumps(expected["request"].get("body"), ensure_ascii=False)
            report.append(f"{program} #{number} {request} {body[:300]}")
            report.extend(sequence_diff(one) if both_lists(one) else str(one) for one in found)
    if len(reference) != len(ours):
        report.append(f"{program}: {len(reference)} exchanges with the reference, {len(ours)} with us")
    return "\n".join(report)


def both_lists(difference: Difference) -> bool:
    return isinstance(difference.reference, list) and isinstance(difference.ours, list)


def sequence_diff(difference: Difference) -> str:
    """Two lists of different length, line by line."""
    left, right = ([shown(item) for item in side] for side in (difference.reference, difference.ours))
    lines = difflib.unified_diff(left, right, "reference", "ours", lineterm="", n=1)
    return "\n".join([f"  {difference.path}", *(f"    {line}" for line in lines)])
