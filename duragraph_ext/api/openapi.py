"""The OpenAPI document, made from the route table and the models.

`python -m duragraph_ext.api.openapi FILE` writes it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from duragraph_ext.langgraph_json import SecuritySection
from duragraph_ext.models import ErrorDetail, JsonObject
from duragraph_ext.models.base import Query

from .operation import UUID_PARAMETERS, Operation
from .run_shapes import DISTRIBUTION_VERSION

REFERENCE = "#/components/schemas/{model}"
MEDIA = {"json": "application/json", "sse": "text/event-stream", "text": "text/plain", "html": "text/html"}
MEDIA_SCHEMAS: dict[str, JsonObject] = {
    "sse": {
        "type": "object",
        "description": "One event of the stream; `data` is JSON",
        "properties": {name: {"type": "string"} for name in ("event", "data", "id")},
    },
    "text": {"type": "string"},
    "html": {"type": "string"},
}
"""What stands in media other than JSON; of a stream, each event."""
DESCRIPTION = (
    "LangGraph Platform's API, durable, inside Jupyter. Credentials: the Jupyter token as `x-api-key`, as "
    "`Authorization: Bearer`, or a browser's login cookie with the XSRF token."
)
ERRORS = {
    400: "The request contradicts itself",
    401: "No valid credentials",
    403: "Not allowed",
    404: "No such thing",
    409: "The thing is in a state that forbids this",
    413: "The body is too large",
    422: "The request is malformed; the detail names the field",
    429: "The user has too much at once; try again",
    503: "A part of the server does not answer; try again",
}
IDEMPOTENCY = "Idempotency-Key"


@cache
def document() -> JsonObject:
    """The whole API as OpenAPI 3.1."""
    schemas = _Schemas()
    from .routes import ROUTES

    paths = {
        path: {verb: _operation(path, verb, op, schemas) for verb, op in handler.verbs.items()}
        for path, handler in ROUTES
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "DuraGraph for Jupyter", "version": DISTRIBUTION_VERSION, "description": DESCRIPTION},
        "servers": [
            {
                "url": "{jupyter}/duragraph/api/v1",
                "variables": {"jupyter": {"default": "http://localhost:8888", "description": "Jupyter's base URL"}},
            }
        ],
        "security": [{"key": []}, {"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "username-localhost-8888"},
            },
            "schemas": schemas.components(),
        },
    }


def secured(document: JsonObject, security: SecuritySection | None) -> JsonObject:
    """The document with what the project file says of credentials: more schemes, and which each path wants."""
    if security is None:
        return document
    components = document["components"]
    schemes = {**components["securitySchemes"], **security.securitySchemes}
    paths = {path: dict(verbs) for path, verbs in document["paths"].items()}
    for path, verbs in security.paths.items():
        for verb, wanted in verbs.items():
            if verb.lower() in paths.get(path, {}):
                paths[path][verb.lower()] = {**paths[path][verb.lower()], "security": wanted}
    return {
        **document,
        "security": [*document["security"], *security.security],
        "paths": paths,
        "components": {**components, "securitySchemes": schemes},
    }


class _Schemas:
    """Collects the models that operations name, and gives each a place under components."""

    def __init__(self) -> None:
        self._definitions: JsonObject = {}

    def of(self, shape: Any, mode: JsonSchemaMode) -> JsonObject:
        """The schema of a type, its models by reference."""
        schema = TypeAdapter(shape).json_schema(ref_template=REFERENCE, mode=mode)
        self._definitions.update(schema.pop("$defs", {}))
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            self._definitions[shape.__name__] = schema
            return {"$ref": REFERENCE.format(model=shape.__name__)}
        return schema

    def components(self) -> JsonObject:
        """All of them, by name."""
        return dict(sorted(self._definitions.items()))


def _operation(path: str, verb: str, op: Operation, schemas: _Schemas) -> JsonObject:
    parameters = [_path_parameter(name, op) for name in re.findall(r"{(\w+)}", path)]
    if op.query is not None:
        parameters += _query_parameters(op.query)
    if op.medium == "sse":
        parameters.append(_header("Last-Event-ID", "Resume after this event"))
    if op.creates:
        parameters.append(_header(IDEMPOTENCY, "A repeat with the same key and body finds what the first made"))
    out: JsonObject = {
        "operationId": _name(path, verb),
        "summary": op.summary,
        "tags": [path.split("/")[1]],
        "responses": _responses(path, op, schemas),
    }
    if parameters:
        out["parameters"] = parameters
    if (body := op.body or op.raw_body) is not None:
        content = {"application/json": {"schema": schemas.of(body, "validation")}}
        out["requestBody"] = {"required": True, "content": content}
    if op.open:
        out["security"] = []
    return out


def _responses(path: str, op: Operation, schemas: _Schemas) -> JsonObject:
    answer: JsonObject = {"description": op.summary}
    if op.medium != "none":
        schema = schemas.of(op.answer, "serialization") if op.medium == "json" else MEDIA_SCHEMAS[op.medium]
        answer["content"] = {MEDIA[op.medium]: {"schema": schema}}
    own, common = schemas.of(op.refusal, "serialization"), schemas.of(ErrorDetail, "serialization")
    statuses = set(op.errors)
    if "{" in path:
        statuses.add(422)
    if op.body is not None:
        statuses |= {413, 422}
    if op.raw_body is not None:
        statuses.add(413)
    if op.query is not None:
        statuses.add(422)
    if op.creates or op.medium == "sse":
        statuses.add(429)
    if not op.open:
        statuses |= {401, 403, 503}
    failures = {
        str(status): {
            "description": ERRORS[status],
            "content": {"application/json": {"schema": own if status in op.errors else common}},
        }
        for status in sorted(statuses)
    }
    return {str(op.status): answer, **failures}


def _path_parameter(name: str, op: Operation) -> JsonObject:
    is_uuid = name in UUID_PARAMETERS and not (op.by_name and name == "assistant_id")
    schema = {"type": "string", "format": "uuid"} if is_uuid else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(query: type[Query]) -> list[JsonObject]:
    schema = query.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "schema": {k: v for k, v in field.items() if k != "title"}}
        for name, field in schema["properties"].items()
    ]


def _header(name: str, text: str) -> JsonObject:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}


def _name(path: str, verb: str) -> str:
    words = [word for word in re.split(r"[^a-z]+", path.replace("_id", "")) if word]
    return "_".join([verb, *words])


def write(path: Path) -> None:
    """Write the document as YAML."""
    import yaml  # type: ignore[import-untyped]  # a tool of the tests

    head = "# Made by `python -m duragraph_ext.api.openapi`; a test holds it to the routes and models.\n"
    path.write_text(head + yaml.safe_dump(document(), sort_keys=False, width=120, allow_unicode=True))


if __name__ == "__main__":
    import sys

    write(Path(sys.argv[1]))
