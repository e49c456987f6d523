"""The agent card: how an assistant introduces itself to other agents."""

from __future__ import annotations

from duragraph_ext.models import JsonObject

from .run_shapes import DISTRIBUTION_VERSION

MODES = ["application/json", "text/plain"]
HISTORY_SCOPE = {
    "uri": "https://langchain.com/a2a/extensions/history-scope/v1",
    "description": "Choose task-only or full-context response history",
    "required": False,
    "params": {
        "header": "LangGraph-A2A-History-Scope",
        "values": ["context", "task"],
        "default": "context",
        "methods": ["SendMessage", "GetTask"],
    },
}


def card_of(assistant: JsonObject, inputs: JsonObject, url: str) -> JsonObject:
    """The card of an assistant that is reached at `url`, for clients of A2A 0.3 and 1.0 alike."""
    name = assistant["name"] or assistant["graph_id"]
    description = assistant["description"] or f"{name} assistant"
    fields = list(inputs.get("properties", {}))
    shape = {"required": inputs.get("required", []), "properties": fields, "supportsA2A": "messages" in fields}
    return {
        "name": name,
        "description": description,
        "url": url,
        "preferredTransport": "JSONRPC",
        "protocolVersion": "0.3.0",
        "supportedInterfaces": [
            {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"},
            {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "0.3"},
        ],
        "capabilities": {
            "streaming": True,
            "pushNotifications": False,
            "stateTransitionHistory": False,
            "extensions": [HISTORY_SCOPE],
        },
        "defaultInputModes": MODES,
        "defaultOutputModes": MODES,
        "skills": [
            {
                "id": f"{assistant['assistant_id']}-main",
                "name": f"{name} Capabilities",
                "description": description,
                "tags": ["assistant", "langgraph"],
                "examples": [],
                "inputModes": MODES,
                "outputModes": MODES,
                "metadata": {"inputSchema": shape},
            }
        ],
        "version": DISTRIBUTION_VERSION,
    }
