"""Auth as projects write it: who asks is in the token; what they may, in what their name begins with."""

import os
from typing import Any

from langgraph_sdk import Auth

auth = Auth()
SHARED = ("admin", "guest")


def note(text: str) -> None:
    """Let a test see what was asked."""
    if log := os.environ.get("HOUSE_LOG"):
        with open(log, "a") as file:
            file.write(f"{text}\n")


@auth.authenticate
async def authenticate(authorization: str | None) -> Auth.types.MinimalUserDict:
    note(f"authenticate {authorization}")
    if not authorization or not authorization.startswith("Bearer "):
        raise Auth.exceptions.HTTPException(status_code=401, detail="Who are you?")
    name = authorization.removeprefix("Bearer ")
    if name == "banned":
        raise Auth.exceptions.HTTPException(status_code=403, detail="Not you")
    return {"identity": name, "permissions": [f"be:{name}"], "role": name.split("-")[0]}


@auth.on
async def nothing_else(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> bool:
    return ctx.user.identity in SHARED


@auth.on.threads
async def own_threads(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Any:
    """Everybody has their own; a team's are those that name it; the admin sees all."""
    name = ctx.user.identity
    if name == "admin":
        return True
    if name.startswith("team-"):
        return {"members": {"$contains": [name]}}
    return {"owner": {"$eq": name}}


@auth.on.threads.create
async def new_thread(ctx: Auth.types.AuthContext, value: Auth.types.on.threads.create.value) -> Any:
    if "create" in value.get("metadata", {}).get("refuse", ""):
        raise Auth.exceptions.HTTPException(status_code=402, detail="Pay first")
    return await stamp(ctx, value)


@auth.on.threads.create_run
async def new_run(ctx: Auth.types.AuthContext, value: Auth.types.on.threads.create_run.value) -> Any:
    if ctx.user.identity == "guest":
        return False
    if "write" in value["metadata"]:
        value["kwargs"]["input"] = {"count": value["metadata"]["write"]}
    return await stamp(ctx, value)


async def stamp(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Any:
    name = ctx.user.identity
    metadata = value.setdefault("metadata", {})
    if name.startswith("team-"):
        metadata["members"] = [name, "team-all"]
        return {"members": {"$contains": name}}
    metadata["owner"] = name
    return None if name == "admin" else {"owner": name}


@auth.on.assistants
async def assistants(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Any:
    """All may use them; only who made one may change it."""
    if ctx.action == "create":
        value.setdefault("metadata", {})["maker"] = ctx.user.identity
    if ctx.action in ("update", "delete"):
        return {"maker": ctx.user.identity}
    return None
