"""Names for what differs from run to run: the same id gets the same name, numbered as first seen."""

import json
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GRAPH_NAMESPACE = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
VARIABLE = re.compile(
    rf"(?P<uuid>{UUID})"
    r"|(?P<interrupt>\b[0-9a-f]{32}\b)"
    r"|(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00)"
)
PATH_KIND = re.compile(rf"(threads|runs|assistants|state)/({UUID})")
KINDS = {
    "run_id": "run",
    "thread_id": "thread",
    "assistant_id": "assistant",
    "checkpoint_id": "checkpoint",
    "parent_checkpoint_id": "checkpoint",
    "checkpoint_map": "checkpoint",
    "langgraph_request_id": "request",
    "threads": "thread",
    "runs": "run",
    "assistants": "assistant",
    "state": "checkpoint",
}
DUMP = re.compile(r"(has in-flight runs|Expected one of|registered graphs): .*")
"""Lists of whatever there is."""
ALWAYS_DIFFERENT = (
    "__request_start_time_ms__",
    "langgraph_api_url",
    "artifactId",
    "langgraph_version",
    "langchain-core",
)
"""Among them versions of libraries, which move on."""
OF_AN_EVENT: dict[str, type] = {"event_id": str, "seq": int, "timestamp": int}
"""What events of the streaming protocol carry; elsewhere a timestamp is a text."""
FRAME_IDS = {"id": re.compile(r"\d+(-\d+)?"), "last-event-id": re.compile(r"\d+-\d+")}
GRAPHS = json.loads((Path(__file__).parents[1] / "graphs" / "langgraph.json").read_text())["graphs"]


class Mask:
    """Replaces ids and times by names. `names` holds the ids that already have one."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = {str(uuid.uuid5(GRAPH_NAMESPACE, graph)): f"<assistant of {graph}>" for graph in GRAPHS}
        self.names.update(names)
        self.counts: dict[str, int] = {}

    def value(self, value: Any, key: str = "") -> Any:
        """Mask a JSON value; `key` is where it was found and tells what an id stands for."""
        if isinstance(value, dict):
            inner = key if key == "checkpoint_map" else None
            names = sorted(value, key=lambda name: VARIABLE.sub("", f"{name} {json.dumps(value[name])}"))
            return {self.text(name, ""): self.value(value[name], inner or name) for name in names}
        if isinstance(value, list):
            return [self.value(item, key) for item in value]
        if key in ALWAYS_DIFFERENT or (key in OF_AN_EVENT and isinstance(value, OF_AN_EVENT[key])):
            return f"<{type(value).__name__}>"
        if key in FRAME_IDS and isinstance(value, str) and FRAME_IDS[key].fullmatch(value):
            return "<frame>"
        return self.text(value, key) if isinstance(value, str) else value

    def text(self, text: str, key: str) -> str:
        for kind, found in PATH_KIND.findall(text):
            self.name(found, KINDS[kind])
        return VARIABLE.sub(lambda match: self.name_of(match, key), DUMP.sub(r"\1", text))

    def name_of(self, match: re.Match[str], key: str) -> str:
        if match["time"]:
            return "<time>"
        return self.name(match[0], "interrupt" if match["interrupt"] else KINDS.get(key, "id"))

    def name(self, found: str, kind: str) -> str:
        if found not in self.names:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.names[found] = f"<{kind} {self.counts[kind]}>"
        return self.names[found]
