"""`python -m duragraph_kernel.host --socket PATH --config FILE`: serve until told to stop, or the server has died."""

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import uvicorn

from ..importing import explain, import_spec
from ..project import Project, ProjectError, read_project
from .gate import Gate
from .service import Service

UNUSABLE = 2
"""Exit status for a project whose code cannot be used: starting again would not help."""


def make_service(project: Project) -> Service:
    """Import what the project file names. Raises ProjectError with the place that failed."""
    project.enter()
    auth, http = project.sections.auth, project.sections.http
    gate = _load(project, "auth.path", auth.path, Gate) if auth else None
    if http is None or http.app is None:
        return Service(gate, None)
    return _load(project, "http.app", http.app, lambda app: Service(gate, app))  # type: ignore[no-any-return]


def _load(project: Project, name: str, spec: str, use: Callable[[Any], Any]) -> Any:
    try:
        return use(import_spec(project, spec)[1])
    except Exception as error:
        broken = explain(project, name, spec, error)
        place = f"{broken.file}:{broken.line}" if broken.line else broken.file
        raise ProjectError(f"{name}: {place}: {broken.exception}: {broken.message}") from error


def main() -> NoReturn:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--config", required=True)
    arguments = parser.parse_args()
    server = os.getppid()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    try:
        service = make_service(read_project(arguments.config))
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(UNUSABLE)
    uvicorn.run(
        service,
        uds=str(arguments.socket),
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    if os.getppid() != server:  # nobody else is left to remove it
        shutil.rmtree(arguments.socket.parent, ignore_errors=True)
    sys.exit(0)


if __name__ == "__main__":
    main()
