"""Routes of the project's own."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

life: dict[str, object] = {}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    life["up"] = True
    yield
    life["up"] = False


async def hello(request: Request) -> Response:
    user = request.scope.get("user")
    return JSONResponse(
        {
            "up": life.get("up"),
            "path": request.url.path.removeprefix(request.scope.get("root_path", "")),
            "query": request.url.query,
            "user": getattr(user, "identity", None),
            "body": (await request.body()).decode(),
            "authorization": request.headers.get("authorization"),
            "cookie": request.headers.get("cookie"),
        },
        headers={"x-told": "yes"},
    )


async def pid(request: Request) -> Response:
    return JSONResponse({"pid": os.getpid()})


async def ticks(request: Request) -> Response:
    async def tick() -> AsyncIterator[str]:
        for number in range(3):
            yield f"tick {number}\n"
            await asyncio.sleep(0.05 if "slowly" not in request.query_params else 30)

    return StreamingResponse(tick(), media_type="text/plain")


async def broken(request: Request) -> Response:
    raise RuntimeError("broken")


async def ours(request: Request) -> Response:
    return PlainTextResponse("the project's")


app = Starlette(
    routes=[
        Route("/hello", hello, methods=["GET", "POST"]),
        Route("/pid", pid),
        Route("/ticks", ticks),
        Route("/broken", broken),
        Route("/ok", ours),
        Route("/threads/count", ours, methods=["POST"]),
        Mount("/inner", routes=[Route("/{rest:path}", hello)]),
    ],
    lifespan=lifespan,
)
