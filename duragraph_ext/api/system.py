"""The server itself: is it ready, what is it, how does it do."""

from __future__ import annotations

import html
from typing import Any

from duragraph_ext.core.domain.errors import Unavailable
from duragraph_ext.core.domain.policies import COMPATIBLE_WITH
from duragraph_ext.core.queries.webhooks import webhook_backlog
from duragraph_ext.core.queries.workers import list_workers, queue_stats
from duragraph_ext.models import JsonObject, Ok, OkQuery, ServerInfo
from duragraph_ext.telemetry import metrics

from .base import PlatformHandler
from .openapi import document, secured
from .operation import ANYBODY, HOLDER, operation
from .run_shapes import DISTRIBUTION_VERSION, LANGGRAPH_VERSION


class OkHandler(PlatformHandler):
    """GET /ok"""

    @operation(
        "Is the server ready? The only route that needs no credentials",
        auth=ANYBODY,
        query=OkQuery,
        answer=Ok,
        errors=(503,),
        open=True,
    )
    async def get(self, query: OkQuery) -> None:
        if self.api.waiting_for is not None:
            raise Unavailable("the server is starting: try again")
        if query.check_db:
            await self.core.db.fetchone("SELECT 1")
        self.answer({"ok": True})


class InfoHandler(PlatformHandler):
    """GET /info"""

    @operation("Versions and abilities of this server", auth=ANYBODY, answer=ServerInfo)
    async def get(self) -> None:
        self.answer(
            {
                "version": COMPATIBLE_WITH,
                "langgraph_py_version": LANGGRAPH_VERSION,
                "flags": {
                    "assistants": True,
                    "crons": True,
                    "langsmith": False,
                    "langsmith_tracing_replicas": False,
                    "langsmith_tracing_session_on_runs": False,
                },
                "host": {
                    "kind": "self-hosted",
                    "project_id": None,
                    "host_revision_id": None,
                    "revision_id": None,
                    "tenant_id": None,
                },
                "duragraph": {"version": DISTRIBUTION_VERSION, "ready": self.api.waiting_for is None},
            }
        )


class MetricsHandler(PlatformHandler):
    """GET /metrics"""

    @operation("Metrics in Prometheus' text format", auth=HOLDER, medium="text")
    async def get(self) -> None:
        await self._read_gauges()
        self.set_header("Content-Type", metrics.CONTENT_TYPE)
        self.finish(metrics.exposition())

    async def _read_gauges(self) -> None:
        queue = await queue_stats(self.core, self.principal)
        metrics.runs_pending.set(queue["pending"])
        metrics.runs_running.set(queue["running"])
        metrics.runs_oldest_pending.set(queue["oldest_pending_seconds"])
        metrics.outbox_pending.set(queue["outbox_pending"])
        metrics.outbox_dead.set(queue["outbox_dead"])
        due, dead = await webhook_backlog(self.core)
        metrics.webhooks_due.set(due)
        metrics.webhooks_dead.set(dead)
        metrics.messaging_connected.set(self.core.bus.connected)
        metrics.workers_alive.set(len(await list_workers(self.core, self.principal)))


class OpenApiHandler(PlatformHandler):
    """GET /openapi.json"""

    @operation("This API as an OpenAPI document", auth=ANYBODY, answer=JsonObject)
    async def get(self) -> None:
        project = self.api.project
        self.answer(secured(document(), project.security if project is not None else None))


class DocsHandler(PlatformHandler):
    """GET /docs"""

    @operation("This API for people, on one page", auth=ANYBODY, medium="html")
    async def get(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        )
        self.finish(page(document()))


STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
summary { cursor: pointer; padding: .35rem 0; border-bottom: 1px solid #e3e6ea }
code, pre { font: 13px/1.45 ui-monospace, monospace } pre { background: #f5f6f8; padding: .75rem; overflow: auto }
.verb { display: inline-block; width: 4.5rem; font-weight: 600 }
@media (prefers-color-scheme: dark) { body { background: #14171b; color: #dfe3e8 } pre { background: #1e2227 } }
"""


def page(spec: JsonObject) -> str:
    """The OpenAPI document as a page without scripts."""
    parts = [
        "<!doctype html><meta charset='utf-8'><title>DuraGraph API</title>",
        f"<style>{STYLE}</style><h1>DuraGraph API</h1><p>{html.escape(spec['info']['description'])}</p>",
    ]
    for path, verbs in spec["paths"].items():
        parts += [_operation(verb, path, op, spec) for verb, op in verbs.items()]
    return "".join(parts)


def _operation(verb: str, path: str, op: JsonObject, spec: JsonObject) -> str:
    head = f"<span class='verb'>{verb.upper()}</span><code>{html.escape(path)}</code> {html.escape(op['summary'])}"
    body = op.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    lines = [_parameter(parameter) for parameter in op.get("parameters", [])]
    if body is not None:
        schema = spec["components"]["schemas"][body["$ref"].rpartition("/")[2]]
        required = schema.get("required", [])
        lines += [
            f"body {name}{'*' if name in required else ''}: {_type(field)}"
            for name, field in schema.get("properties", {}).items()
        ]
        if "properties" not in schema:
            lines.append(f"body*: {_type(schema)}")
    lines.append(f"answers {', '.join(op['responses'])}")
    return f"<details><summary>{head}</summary><pre>{html.escape(chr(10).join(lines))}</pre></details>"


def _parameter(parameter: JsonObject) -> str:
    star = "*" if parameter.get("required") else ""
    return f"{parameter['in']} {parameter['name']}{star}: {_type(parameter['schema'])}"


def _type(schema: Any) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", schema.get("const", "any")))
