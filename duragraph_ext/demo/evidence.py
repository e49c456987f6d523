"""What in the passages read answers a question, and how well: the judgement of the keyless model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from duragraph_ext.demo import words

ANSWERED = 0.6
"""Share of a question's weight (rare words weigh more) that evidence must cover to count as an answer."""
IN_SENTENCE = 0.4
"""Share, of what title and heading leave open, that must stand in the quoted words themselves."""
LONGEST_QUOTE = 60
_COMPARISON = re.compile(
    r"(?:^\W*(?:please )?(?:compare|contrast)|\bdifferences? between)\b(?P<first>.+?)"
    r"\b(?:and|with|to|versus|vs\.?)\b(?P<second>.+)",
    re.IGNORECASE | re.DOTALL,
)
_FORMS = (
    (re.compile(r"\b(?:how old|what age)\b", re.I), "age", words.has_number),
    (re.compile(r"\bhow (?:long|often)\b", re.I), "years", words.has_number),
    (re.compile(r"\bhow (?:many|much|far|tall|big|large|heavy|high|deep)\b", re.I), "", words.has_number),
    (re.compile(r"\b(?:when|(?:what|which) (?:year|date))\b", re.I), "", words.has_number),
    (re.compile(r"\b(?:why|what reason)\b", re.I), "", words.has_reason),
)
"""How a question asks → a word to look for besides, and what the answer must have."""
_FORM_WORDS = frozenset(words.stem(word) for word in ("old", "long", "often", "far", "date", "year", "reason"))


Form = Callable[[str], bool]
Rarity = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage as the model reads it in its prompt."""

    id: str
    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that is asked: its subject words by stem, and the form that its answer should have."""

    wanted: dict[str, str]
    hints: tuple[str, ...] = ()
    form: Form | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether it consists of figures only."""
        return all(re.fullmatch(r"[\d.,]+", word) for word in self.wanted.values())

    @property
    def query(self) -> str:
        """The words to search for."""
        return " ".join([*self.wanted.values(), *self.hints])


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quotation from a passage and how much of the topic it and its surroundings cover (0–1)."""

    reading: Reading
    quote: str
    score: float
    coverage: float
    quoted: float
    missing: tuple[str, ...]
    asked: int

    @property
    def answers(self) -> bool:
        """Whether this is good enough to be quoted: of two words, names and figures, none may be missing."""
        essential = any(self.asked <= 2 or word[0].isupper() or word[0].isdigit() for word in self.missing)
        return self.coverage >= ANSWERED and self.quoted >= IN_SENTENCE and not essential


def topics(question: str) -> list[Topic]:
    """What a question asks for: one topic, or one for each side of a comparison."""
    compared = _COMPARISON.search(question)
    parts = [compared["first"], compared["second"]] if compared else [question]
    found = [topic for part in parts if (topic := _topic(part)).wanted]
    if len(found) < len(parts):
        return [_topic(question)]
    return _share(*found) if compared else found


def follow_up(question: str, earlier: str) -> list[Topic]:
    """A question such as "and a cow?", which asks of its own words what the earlier question asked."""
    before = _topic(earlier)
    hints = before.hints or tuple(before.wanted.values())
    return [replace(_topic(question), hints=hints, form=before.form)]


def _share(first: Topic, second: Topic) -> list[Topic]:
    """Give the side that says less what the other says: "compare A and B on C" asks A on C, and B on C."""
    shorter, longer = sorted((first, second), key=lambda topic: len(topic.wanted))
    if len(shorter.wanted) < len(longer.wanted):
        shared = dict(list(longer.wanted.items())[1:])
        completed = replace(shorter, wanted=shorter.wanted | shared)
        return [completed if topic is shorter else topic for topic in (first, second)]
    return [first, second]


def _topic(text: str) -> Topic:
    wanted = words.terms(text)
    for pattern, hint, form in _FORMS:
        if pattern.search(text):
            wanted = {stem: word for stem, word in wanted.items() if stem not in _FORM_WORDS} or wanted
            return Topic(wanted, (hint,) if hint else (), form)
    return Topic(wanted)


def rank(topic: Topic, readings: Sequence[Reading], rarity: Rarity) -> list[Evidence]:
    """The best quotation of each passage for a topic, best first."""
    best = [max(_candidates(topic, reading, rarity), key=lambda found: found.score) for reading in readings]
    return sorted(best, key=lambda found: -found.score)


def _candidates(topic: Topic, reading: Reading, rarity: Rarity) -> Iterator[Evidence]:
    weights = {stem: rarity(stem) for stem in topic.wanted}
    total = sum(weights.values()) or 1.0
    hints = {words.stem(hint): 0.5 * rarity(words.stem(hint)) for hint in topic.hints}
    around = set(words.stems(f"{reading.context} {words.ordinals(reading.context)}"))
    passage = set(words.stems(reading.text))
    lines = [line for part in reading.text.split("\n") for line in words.sentences(part)]
    spans = [[line] for line in lines] + [list(pair) for pair in pairwise(lines)]
    for span in spans:
        text = " ".join(span)
        said = words.stems(text)
        held = set(said)
        quoted = sum(weight for stem, weight in weights.items() if stem in held)
        context = sum(weight for stem, weight in weights.items() if stem in around - held)
        nearby = sum(weight for stem, weight in weights.items() if stem in passage - held - around)
        score = quoted + 0.5 * context + 0.3 * nearby
        score += sum(weight for stem, weight in hints.items() if stem in held)
        score += 0.2 * sum(weights[a] + weights[b] for a, b in _pairs(list(weights)) & _pairs(said))
        if topic.form and topic.form(text):
            score += 0.3 * quoted
        score -= 0.01 * total * max(0, len(text.split()) - 30) ** 0.5 + 0.12 * total * (len(span) - 1)
        yield Evidence(
            reading=reading,
            quote=shorten(text, set(weights) | set(hints)),
            score=score / total,
            coverage=(quoted + context + 0.5 * nearby) / total,
            quoted=quoted / (total - context) if total - context > 0.01 else 1.0,
            asked=len(topic.wanted),
            missing=tuple(w for stem, w in topic.wanted.items() if stem not in held | around | passage),
        )


def _pairs(stems: list[str]) -> set[tuple[str, str]]:
    return set(pairwise(stems))


def shorten(text: str, wanted: set[str]) -> str:
    """Cut a long sentence to the clauses that hold the wanted stems; cuts show as an ellipsis."""
    if len(text.split()) <= LONGEST_QUOTE:
        return text
    clauses = re.split(r"(?<=[;:.!?])\s+|(?<=,)\s+", text)
    useful = [place for place, clause in enumerate(clauses) if wanted & set(words.stems(clause))]
    if not useful:
        return " ".join(text.split()[:LONGEST_QUOTE]) + " …"
    first, last = _densest(clauses, useful, wanted)
    while last + 1 < len(clauses) and not re.search(r"[;:.!?]$", clauses[last]):
        if len(" ".join(clauses[first : last + 2]).split()) > LONGEST_QUOTE:
            break
        last += 1
    while first > 0 and len(" ".join(clauses[first - 1 : last + 1]).split()) <= LONGEST_QUOTE:
        if re.search(r"[.!?]$", clauses[first - 1]):
            break
        first -= 1
    quote = " ".join(clauses[first : last + 1])
    return ("… " if first else "") + quote + (" …" if last + 1 < len(clauses) else "")


def _densest(clauses: list[str], useful: list[int], wanted: set[str]) -> tuple[int, int]:
    """The run of clauses, within the allowed length, that holds most of the wanted stems."""
    best = (0, 0, useful[0], useful[0])
    for first in useful:
        for last in (place for place in useful if place >= first):
            run = " ".join(clauses[first : last + 1])
            size = len(run.split())
            if size > LONGEST_QUOTE and last > first:
                break
            best = max(best, (len(wanted & set(words.stems(run))), -size, first, last))
    return best[2], best[3]
