"""Who asks: from a request's credentials to a Principal."""

from .custom import Caller, CustomAuth, Decision, Question, Refused
from .filters import Access
from .identity import Identity, authenticate, by_jupyter_token, may_be_holder, of_caller, present_key

__all__ = [
    "Access",
    "Caller",
    "CustomAuth",
    "Decision",
    "Identity",
    "Question",
    "Refused",
    "authenticate",
    "by_jupyter_token",
    "may_be_holder",
    "of_caller",
    "present_key",
]
