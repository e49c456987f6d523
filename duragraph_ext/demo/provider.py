"""Which chat model the demo uses: a provider's when there is a key for it, else ours, which needs none."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from langchain_core.language_models import BaseChatModel

from duragraph_ext.demo.model import QuotingChatModel

KEYLESS = "keyless"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Provider:
    """A model provider: its key, its package, and the model to use unless another is named."""

    key: str
    package: str
    model: str

    @property
    def missing(self) -> list[str]:
        """The packages to install before this provider can be used."""
        return [name for name in ("langchain", self.package) if find_spec(name) is None]


PROVIDERS = (
    Provider("OPENAI_API_KEY", "langchain_openai", "openai:gpt-4.1-mini"),
    Provider("ANTHROPIC_API_KEY", "langchain_anthropic", "anthropic:claude-sonnet-4-5"),
    Provider("GOOGLE_API_KEY", "langchain_google_genai", "google_genai:gemini-2.5-flash"),
    Provider("MISTRAL_API_KEY", "langchain_mistralai", "mistralai:mistral-small-latest"),
    Provider("GROQ_API_KEY", "langchain_groq", "groq:llama-3.3-70b-versatile"),
)


class ModelUnavailable(RuntimeError):
    """A model was asked for that cannot be used here; the message says what to install."""


def model_name(environment: Mapping[str, str]) -> str:
    """DURAGRAPH_DEMO_MODEL, else the model of the first provider with a key and its package, else keyless."""
    if named := environment.get("DURAGRAPH_DEMO_MODEL", "").strip():
        return named
    for provider in PROVIDERS:
        if not environment.get(provider.key):
            continue
        if not provider.missing:
            return provider.model
        log.warning("%s is set, but the keyless model answers: install %s", provider.key, _install(provider.missing))
    return KEYLESS


def chat_model(name: str | None = None, token_delay: float = 0.0) -> BaseChatModel:
    """The model of that name, "keyless" or "provider:model"; None chooses by the environment.

    Raises ModelUnavailable, naming what to install.
    """
    return _open(name or model_name(os.environ), token_delay)


@lru_cache(maxsize=16)
def _open(name: str, token_delay: float) -> BaseChatModel:
    if name == KEYLESS:
        return QuotingChatModel(token_delay=token_delay)
    prefix = name.partition(":")[0]
    known = next((p for p in PROVIDERS if p.model.startswith(f"{prefix}:")), None)
    missing = known.missing if known else [n for n in ("langchain",) if find_spec(n) is None]
    if missing:
        raise ModelUnavailable(f"the model {name!r} needs more: install {_install(missing)}")
    model: BaseChatModel = import_module("langchain.chat_models").init_chat_model(name)
    return model


def _install(packages: list[str]) -> str:
    return " and ".join(package.replace("_", "-") for package in packages)
