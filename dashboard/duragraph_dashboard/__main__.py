"""`python -m duragraph_dashboard`: serve the dashboard."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from duragraph_dashboard.api import SILENCE_SECONDS, ApiAddress


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m duragraph_dashboard",
        description="Serve the DuraGraph dashboard on 127.0.0.1, for Jupyter's proxy to show.",
    )
    parser.add_argument("--port", type=int, required=True, help="port to listen on")
    parser.add_argument("--api-url", required=True, help="URL of the API, ending in /duragraph/api/v1")
    parser.add_argument("--api-certificate", type=Path, help="PEM file to trust when the URL is https")
    parser.add_argument(
        "--silence", type=float, default=SILENCE_SECONDS, help="seconds after which a silent feed is lost"
    )
    parser.add_argument("--end-with-parent", action="store_true", help="end when the starting process is gone")
    return parser


async def run(options: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    from duragraph_dashboard.server import serve

    address = ApiAddress(options.api_url, options.api_certificate, options.silence)
    work = asyncio.create_task(serve(options.port, address, end_with_parent=options.end_with_parent))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, work.cancel)
    # Ctrl-C in Jupyter's terminal reaches us too, but Jupyter may go on: its end is ours, not the key.
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if options.end_with_parent else work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work


def main() -> None:
    """Read the command line and serve."""
    parser = arguments()
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error(f"--port must be between 1 and 65535, not {options.port}")
    if not options.api_url.startswith(("http://", "https://")):
        parser.error(f"--api-url must start with http:// or https://, not {options.api_url!r}")
    if options.silence <= 0:
        parser.error(f"--silence must be more than 0 seconds, not {options.silence}")
    asyncio.run(run(options))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # All is closed; tearing down Bokeh's and Panel's objects one by one takes seconds.


if __name__ == "__main__":
    main()
