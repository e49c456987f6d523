"""SQL stands in .sql files, each statement once, with a name and a sentence: `-- name: x` starts one."""

import re
from functools import cache
from pathlib import Path

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_FOLDER = Path(__file__).parent / "sql"


@cache
def load(file: str) -> dict[str, str]:
    """The statements of `sql/<file>.sql` by name. Raises ValueError for a name that stands twice."""
    _, *parts = _NAME.split((_FOLDER / f"{file}.sql").read_text())
    names = parts[::2]
    if len(set(names)) < len(names):
        raise ValueError(f"{file}.sql: these names stand twice: {sorted({n for n in names if names.count(n) > 1})}")
    return {name: sql.strip() for name, sql in zip(names, parts[1::2], strict=True)}


def statement(file: str, name: str) -> str:
    """One statement. Raises KeyError for a name that the file has not."""
    return load(file)[name]
