"""The embedding that needs no model and no key: hashed words and word pieces, the same everywhere and for ever.

Texts that share words, beginnings of words or pieces of words are near each other. It knows no synonyms.
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
_STEM = 5
_PIECES_WEIGHT = 0.8
_COMMON_WEIGHT = 0.1
_COMMON = frozenset(
    _WORD.findall(
        "a an and are as at be been but by can could did do does for from had has have he her his how i if in "
        "is it its me my no not of on or our she so text than that the their them then there these they this "
        "to was we were what when where which who why will with would you your"
    )
)
"""English words that say little; other languages do without."""


def embed(text: str, dims: int) -> list[float]:
    """A vector of length 1."""
    vector = [0.0] * dims
    words = Counter(_WORD.findall(normalize("NFKC", text).casefold()))
    for word, count in words.items():
        for number, weight in _features(word[:64]):
            sign = 1.0 if number & 1 else -1.0
            vector[(number >> 1) % dims] += sign * weight * math.sqrt(count)
    length = math.sqrt(math.fsum(part * part for part in vector))
    if length == 0.0:
        return [1.0, *vector[1:]]
    return [part / length for part in vector]


@lru_cache(maxsize=1 << 14)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """The numbers that a word, its beginning and its pieces stand for, with their weights."""
    weight = _COMMON_WEIGHT if word in _COMMON else 1.0
    stem = word[:_STEM] if len(word) > _STEM else word.rstrip("s")
    around = f"<{word}>"
    pieces = sorted({around[at : at + _PIECE] for at in range(len(around) - _PIECE + 1)})
    share = weight * _PIECES_WEIGHT / math.sqrt(len(pieces))
    return (
        (_number(around), weight),
        (_number(f"^{stem}"), weight),
        *((_number(f"-{piece}"), share) for piece in pieces),
    )


def _number(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode(errors="replace"), digest_size=8).digest(), "big")
