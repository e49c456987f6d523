"""Certificates are read once a process: every HTTP client reads them, for 60 ms, and ours speak plain HTTP."""

import functools
import ssl


def share_contexts() -> None:
    """Give all clients that ask for the same TLS context the same one, from here on."""
    if not hasattr(ssl.create_default_context, "cache_info"):
        ssl.create_default_context = functools.cache(ssl.create_default_context)
