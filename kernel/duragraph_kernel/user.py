"""The user that a project's `@auth.authenticate` named, as handlers and nodes see it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

STANDARD = ("identity", "is_authenticated", "display_name", "permissions")


class ProxyUser:
    """A user with at least LangGraph's four properties, each as an attribute and as a key."""

    def __init__(self, fields: Mapping[str, Any], original: Any = None) -> None:
        self._fields = dict(fields)
        self._original = original

    @classmethod
    def of(cls, given: Any) -> "ProxyUser":
        """The user that a handler returned: a name, a mapping, or an object. Raises TypeError for one without."""
        known = _fields_of(given)
        identity = known.get("identity")
        if not isinstance(identity, str) or not identity:
            raise TypeError('a user with the property "identity", a text, is expected')
        standard = {
            "identity": identity,
            "is_authenticated": bool(known.get("is_authenticated", True)),
            "display_name": known.get("display_name") or identity,
            "permissions": list(known.get("permissions") or []),
        }
        return cls({**standard, **{name: value for name, value in known.items() if name not in STANDARD}}, given)

    @property
    def identity(self) -> str:
        """Who it is."""
        return str(self._fields["identity"])

    @property
    def is_authenticated(self) -> bool:
        """Whether the user has proved it."""
        return bool(self._fields["is_authenticated"])

    @property
    def display_name(self) -> str:
        """The name for people."""
        return str(self._fields["display_name"])

    @property
    def permissions(self) -> list[str]:
        """What the user may do, in the project's own words."""
        return list(self._fields["permissions"])

    def dict(self) -> dict[str, Any]:
        """All properties."""
        return dict(self._fields)

    model_dump = dict

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._fields:
            return self._fields[name]
        return getattr(self._original, name)

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A property, or the default."""
        return self._fields.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProxyUser) and other._fields == self._fields

    def __hash__(self) -> int:
        return hash(self.identity)

    def __repr__(self) -> str:
        return f"ProxyUser({self.identity!r})"


def _fields_of(given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        return {"identity": given}
    if isinstance(given, Mapping):
        return dict(given)
    if hasattr(given, "model_dump"):
        found: dict[str, Any] = given.model_dump()
    elif is_dataclass(given) and not isinstance(given, type):
        found = asdict(given)
    else:
        found = {name: value for name, value in getattr(given, "__dict__", {}).items() if not name.startswith("_")}
    return {**found, **{name: getattr(given, name) for name in STANDARD if hasattr(given, name)}}
