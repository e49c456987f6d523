"""The embedding that needs no model and no key: hashed words and word pieces, the same everywhere and for ever.

Texts that share words or parts of words are near each other. It knows no synonyms.
"""

import math
import re
from collections import Counter
from functools import lru_cache
from hashlib import blake2b
from unicodedata import normalize

NAME = "duragraph:hash"
_WORD = re.compile(r"\w+")
_PIECE = 3
_PIECES_WEIGHT = 0.5
_SHORT, _SHORT_WEIGHT = 3, 0.3
"""Words of up to three letters carry little meaning in most languages."""


def embed(text: str, dims: int) -> list[float]:
    """A vector of length 1."""
    vector = [0.0] * dims
    words = Counter(_WORD.findall(normalize("NFKC", text).casefold()))
    for word, count in words.items():
        for number, weight in _features(word):
            sign = 1.0 if number & 1 else -1.0
            vector[(number >> 1) % dims] += sign * weight * math.sqrt(count)
    length = math.sqrt(math.fsum(part * part for part in vector))
    if length == 0.0:
        return [1.0, *vector[1:]]
    return [part / length for part in vector]


@lru_cache(maxsize=1 << 14)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """The numbers that a word and its pieces stand for, with their weights."""
    weight = _SHORT_WEIGHT if len(word) <= _SHORT else 1.0
    around = f"<{word[:64]}>"
    pieces = {around[at : at + _PIECE] for at in range(len(around) - _PIECE + 1)}
    share = weight * _PIECES_WEIGHT / math.sqrt(len(pieces))
    return ((_number(around), weight), *((_number(f"-{piece}"), share) for piece in sorted(pieces)))


def _number(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode(errors="replace"), digest_size=8).digest(), "big")
