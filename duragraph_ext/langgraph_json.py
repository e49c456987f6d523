"""`langgraph.json`, the whole of it: what each key may hold, and which keys mean nothing here."""

from __future__ import annotations

import difflib
import re
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

HOSTING = {
    "$schema",
    "_INTERNAL_docker_tag",
    "api_version",
    "base_image",
    "docker_compose_file",
    "dockerfile_lines",
    "image_distro",
    "keep_pkg_tools",
    "node_version",
    "pip_config_file",
    "pip_installer",
    "python_version",
    "source",
}
"""Keys that say how an image is built and where it is hosted: nothing is built or hosted here."""
WITHOUT_EFFECT = {"auth.disable_studio_auth", "http.disable_ui", "checkpointer.ttl.sweep_limit"}
"""Keys of things that this server has not: LangGraph Studio's credentials, generated pages, partial sweeps."""
REFUSED = {
    "encryption": "custom encryption is not available on this server",
    "http.middleware_order": "the middleware of http.app wraps its own routes only",
    "ui": "generated pages are not available on this server",
    "ui_config": "generated pages are not available on this server",
}
"""Keys that would change what a program does, and that we do not serve."""
PositiveMinutes = Annotated[float, Field(gt=0)]


class InvalidFile(ValueError):
    """The file says what it may not say; the message is one line for people."""


class Section(BaseModel):
    """A part of the file: types are taken at their word, and every key is known."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=(), defer_build=True)


def _as_spec(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


class GraphSection(Section):
    """Where a graph is: `path.py:attribute` or `module:attribute`."""

    path: str
    description: str | None = None


class AuthCache(Section):
    """How long what `@auth.authenticate` said is believed, and which headers tell callers apart."""

    cache_keys: list[str] | None = None
    ttl_seconds: Annotated[float, Field(ge=0, le=3600)] = 5.0
    max_size: Annotated[int, Field(ge=1)] = 1000


class SecuritySection(Section):
    """What the OpenAPI document says of the credentials."""

    securitySchemes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    security: list[dict[str, list[str]]] = Field(default_factory=list)
    paths: dict[str, dict[str, list[dict[str, list[str]]]]] = Field(default_factory=dict)


class AuthSection(Section):
    """Authentication and authorization by the project's own `Auth` object."""

    path: str
    disable_studio_auth: bool = False
    openapi: SecuritySection | None = None
    cache: AuthCache | None = None


class HeaderRules(Section):
    """Names of headers, `*` standing for anything; what is excluded is never included."""

    includes: list[str] = Field(default_factory=list, validation_alias=AliasChoices("includes", "include"))
    excludes: list[str] = Field(default_factory=list, validation_alias=AliasChoices("excludes", "exclude"))

    def chosen(self, headers: list[tuple[str, str]]) -> dict[str, str]:
        """Those of the headers that the rules let through, by their names in lower case."""
        return {name.lower(): value for name, value in headers if self.lets_through(name.lower())}

    def lets_through(self, name: str) -> bool:
        """Whether a header, named in lower case, is included and not excluded."""
        if any(fnmatchcase(name, pattern.lower()) for pattern in self.excludes):
            return False
        return any(fnmatchcase(name, pattern.lower()) for pattern in self.includes)


class CorsSection(Section):
    """Which pages of other origins may ask."""

    allow_origins: list[str] = Field(default_factory=list)
    allow_origin_regex: str | None = None
    allow_methods: list[str] | None = None
    allow_headers: list[str] | None = None
    allow_credentials: bool = False
    expose_headers: list[str] = Field(default_factory=list)
    max_age: Annotated[int, Field(ge=0)] = 600

    @model_validator(mode="after")
    def _regex_compiles(self) -> CorsSection:
        try:
            re.compile(self.allow_origin_regex or "")
        except re.error as error:
            raise ValueError(f"allow_origin_regex is no regular expression: {error}") from None
        return self

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may ask."""
        if "*" in self.allow_origins or origin in self.allow_origins:
            return True
        return bool(self.allow_origin_regex and re.fullmatch(self.allow_origin_regex, origin))


def _prefix(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value):
        raise ValueError('must start with "/" and not end with one')
    return value


class HttpSection(Section):
    """The server's routes: the project's own, those left out, and how headers are used."""

    app: str | None = None
    enable_custom_route_auth: bool | None = None
    mount_prefix: Annotated[str, BeforeValidator(_prefix)] | None = None
    cors: CorsSection | None = None
    configurable_headers: HeaderRules | None = None
    logging_headers: HeaderRules | None = None
    disable_assistants: bool = False
    disable_threads: bool = False
    disable_runs: bool = False
    disable_store: bool = False
    disable_mcp: bool = False
    disable_a2a: bool = False
    disable_meta: bool = False
    disable_webhooks: bool = False
    disable_ui: bool = False


class ThreadTtl(Section):
    """How long threads live, in minutes."""

    strategy: Literal["delete", "keep_latest"] = "delete"
    default_ttl: PositiveMinutes | None = None
    sweep_interval_minutes: PositiveMinutes | None = None
    sweep_limit: Annotated[int, Field(ge=1)] | None = None


class CheckpointerSection(Section):
    """What becomes of checkpoints."""

    ttl: ThreadTtl | None = None


class LanggraphJson(Section):
    """The file."""

    graphs: dict[str, Annotated[GraphSection, BeforeValidator(_as_spec)]]
    dependencies: list[str] = Field(default_factory=lambda: ["."])
    env: str | dict[str, Any] | None = None
    store: Any = None
    """Checked by `duragraph_kernel.store_settings`."""
    auth: AuthSection | None = None
    http: HttpSection | None = None
    webhooks: Any = None
    """Checked by `duragraph_ext.core.domain.webhooks`."""
    checkpointer: CheckpointerSection | None = None


def read(data: dict[str, Any]) -> tuple[LanggraphJson, list[str]]:
    """The file's content, and the keys in it that have no effect here. Raises InvalidFile."""
    ignored = [key for key in data if key in HOSTING]
    used = {key: value for key, value in data.items() if key not in HOSTING and value is not None}
    for key, reason in REFUSED.items():
        section, _, inner = key.partition(".")
        given = used.get(section)
        if (isinstance(given, dict) and given.get(inner) is not None) if inner else section in used:
            raise InvalidFile(f'"{key}": {reason}')
    for key in sorted(WITHOUT_EFFECT):
        *sections, inner = key.split(".")
        place: Any = used
        for section in sections:
            place = place.get(section) if isinstance(place, dict) else None
        if isinstance(place, dict) and inner in place:
            ignored.append(key)
    try:
        return LanggraphJson.model_validate(used), ignored
    except ValidationError as error:
        raise InvalidFile(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    """The first thing that is wrong, on one line."""
    item = min(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
    path = [str(part) for part in item["loc"]]
    where = ".".join(path)
    if item["type"] == "extra_forbidden":
        known = _keys_at(path[:-1])
        near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.6)
        hint = f': did you mean "{near[0]}"?' if near else f"; known are {', '.join(sorted(known))}"
        return f'unknown key "{where}"{hint}'
    if item["type"] == "missing":
        return f'"{where}" is required'
    message = str(item["msg"]).removeprefix("Value error, ").replace("dictionary", "object")
    return f'"{where}": {message[:1].lower()}{message[1:]}'


def _keys_at(path: list[str]) -> set[str]:
    """The keys that a place in the file may have."""
    model: type[BaseModel] = LanggraphJson
    for name in path:
        model = _models(model).get(name, model)
    keys = _keys(model) | (HOSTING if model is LanggraphJson else set())
    return _keys(GraphSection) if path[:1] == ["graphs"] else keys


def _keys(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The fields of a section that are sections themselves."""
    return {
        name: choice
        for name, field in model.model_fields.items()
        for choice in getattr(field.annotation, "__args__", (field.annotation,))
        if isinstance(choice, type) and issubclass(choice, BaseModel)
    }
