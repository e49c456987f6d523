"""English words as retrieval needs them: terms, stems and sentences."""

from __future__ import annotations

import re


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOPWORDS = _listed(
    """a about above after again against all also am an and any are as at be because been before being below
    between both but by can could did do does doing done down during each else ever every few for from
    further had has have having he her here hers him his how i if in into is it its itself just let many may
    me might more most much must my no nor not now of off on once one only or other ought our ours out over
    own per s same shall she should so some such t than that the their theirs them then there these they this
    those through thus to too under until up upon us very was we were what when where which while who whom
    whose why will with would you your yours
    according corpus describe document explain find mean name please show speak summarise summarize summary
    talk tell text"""
)
"""Words that carry no subject, at the end those with which people ask."""

LIGHT_VERBS = _listed("come get give go happen keep make need put say stand take think want")
"""Stems of verbs that stand in any sentence."""

IRREGULAR = {
    form: base
    for base, forms in {
        "bear": "bore born",
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "choose": "chose chosen chuse",
        "come": "came",
        "die": "dead death died dies dying",
        "fight": "fought",
        "find": "found",
        "free": "freed",
        "get": "got",
        "give": "gave given",
        "go": "goes gone went",
        "grow": "grew grown",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "man": "men",
        "pay": "paid",
        "run": "ran",
        "say": "said",
        "see": "saw seen",
        "send": "sent",
        "speak": "spoke spoken",
        "stand": "stood",
        "take": "taken took",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "win": "won",
        "woman": "women",
        "write": "written wrote",
    }.items()
    for form in forms.split()
}
"""Forms that no ending explains, and their base."""

_ORDINALS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third
twenty-fourth twenty-fifth twenty-sixth twenty-seventh"""
ORDINALS = _ORDINALS.split()

_NUMERAL = re.compile(r"\b(?:Amendment|Article|Book|Chapter|Lecture|Part) ([IVX]+)\b")
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d[\d,.]*\d|\d")
_ENDINGS = (
    "ations",
    "ation",
    "ings",
    "edly",
    "ing",
    "ions",
    "ion",
    "ness",
    "ments",
    "ment",
    "est",
    "ed",
    "ly",
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Dr|St|No|A\.D|H\.M\.S|U\.S|[IVX]+|[A-Z])\.$")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
    r"|million|billion|score|dozen|half|third|fourth|fifths?|twice|double)\b",
    re.IGNORECASE,
)

_REASON = re.compile(r"\b(?:because|therefore|in order|so that|for the sake)\b", re.IGNORECASE)


def stem(word: str) -> str:
    """Cut a word's inflection: "elections", "elected" and "election" give one stem."""
    word = re.sub(r"['’].*$", "", word.lower())
    word = IRREGULAR.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    for ending in ("ial", "al"):
        if word.endswith(ending) and len(word) - len(ending) >= 5:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] in "bdgmnprt":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word


def terms(text: str) -> dict[str, str]:
    """The subject words of a text: stem → the word as first written, in their order."""
    found: dict[str, str] = {}
    for word in _subjects(text):
        found.setdefault(stem(word), word)
    return found


def stems(text: str) -> list[str]:
    """The stems of a text's subject words, in order and with repetition."""
    return [stem(word) for word in _subjects(text)]


def _subjects(text: str) -> list[str]:
    words = _WORD.findall(text)
    return [word for word in words if word.lower() not in STOPWORDS and stem(word) not in LIGHT_VERBS]


def ordinals(text: str) -> str:
    """The Roman numerals of a heading, as people ask for them: "Chapter VIII" gives "eighth 8"."""
    numbers = (_roman(numeral) for numeral in _NUMERAL.findall(text))
    return " ".join(f"{ORDINALS[n - 1]} {n}" for n in numbers if n <= len(ORDINALS))


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-v if any(w > v for w in values[place + 1 : place + 2]) else v for place, v in enumerate(values))


def sentences(text: str) -> list[str]:
    """Split a paragraph into its sentences; none is altered."""
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        sentence = text[start : end.end()].strip()
        if not _ABBREVIATION.search(sentence):
            found.append(sentence)
            start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def has_number(text: str) -> bool:
    """Whether a text names a quantity, in figures or in words."""
    return _NUMBER.search(text) is not None


def has_reason(text: str) -> bool:
    """Whether a text gives a reason in so many words."""
    return _REASON.search(text) is not None
