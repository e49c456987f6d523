"""Record what a server answers: `python tests/api/record.py --url URL [--only NAME]`.

Start the reference first: `langgraph dev --no-reload --no-browser` in tests/api/graphs. The programs `auth_…` want it
with `--config langgraph.auth.json`, and are recorded with `--only 'auth_*'`.
"""

import argparse
import asyncio
import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx
from programs import Program, load_programs
from wire.masking import Mask
from wire.talk import Talk

RECORDED = Path(__file__).parent / "recorded"
ROUTES = RECORDED / "openapi" / "routes.json"
VERBS = ("get", "post", "put", "patch", "delete")


async def converse(program: Program, url: str, api_key: str | None = None) -> list[Any]:
    """Run a program against a server; the masked exchanges."""
    talk = Talk(url, api_key)
    try:
        await program(talk)
    finally:
        await talk.close()
    mask = Mask(talk.names)
    return [mask.value(exchange.as_json()) for exchange in talk.exchanges]


def chosen(name: str, only: str | None) -> bool:
    return fnmatchcase(name, only) if only is not None else not name.startswith("auth_")


async def record(url: str, only: str | None) -> None:
    programs = {name: program for name, program in load_programs().items() if chosen(name, only)}
    talks = await asyncio.gather(*(converse(program, url) for program in programs.values()))
    RECORDED.mkdir(exist_ok=True)
    for name, exchanges in zip(programs, talks, strict=True):
        text = json.dumps(exchanges, ensure_ascii=False, indent=1, sort_keys=True)
        (RECORDED / f"{name}.json").write_text(text + "\n")
        print(f"{name}: {len(exchanges)} exchanges, {len(text) // 1024} KiB")


def routes(document: dict[str, Any]) -> list[str]:
    """The pairs of method and path of an OpenAPI document, whatever its parameters are called."""
    return sorted(
        f"{verb} {re.sub('{[^}]*}', '{}', path).rstrip('/')}"
        for path, operations in document["paths"].items()
        for verb in operations
        if verb in VERBS
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="the server's API, e.g. http://127.0.0.1:2024")
    parser.add_argument("--only", help="one program, or those of a pattern, instead of all without auth")
    arguments = parser.parse_args()
    asyncio.run(record(arguments.url, arguments.only))
    if arguments.only is None:
        ROUTES.write_text(json.dumps(routes(httpx.get(f"{arguments.url}/openapi.json").json()), indent=1) + "\n")


if __name__ == "__main__":
    main()
