"""Who asks: from a request's credentials to a Principal."""

from .identity import Identity, authenticate, by_jupyter_token, present_key

__all__ = ["Identity", "authenticate", "by_jupyter_token", "present_key"]
