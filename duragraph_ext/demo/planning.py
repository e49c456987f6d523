"""What the keyless model does next: search, search again, calculate, or answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from duragraph_ext.demo import prompt, words
from duragraph_ext.demo.evidence import Evidence, Rarity, Reading, Topic, follow_up, rank, topics

MOST_QUOTES = 3
NEARLY_AS_GOOD = 0.85
"""A further quotation is given when it scores at least this share of the best."""
_ARITHMETIC = re.compile(r"\d[\d\s.,]*(?:\s*(?:\*\*|[-+*/×÷^%])\s*\(?\s*\d[\d\s.,]*\)?)+")
_FIRST = re.compile(r"^(?:the )?(?:first|one)\b", re.IGNORECASE)
_NEXT = re.compile(r"^(?:and )?(?:the )?(?:second|third|fourth|fifth|another|next|last)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model says, and the tools it calls: (name, arguments) each."""

    text: str
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def plan(messages: Sequence[BaseMessage], tools: frozenset[str], rarity: Rarity) -> Reply:
    """Decide the next reply from the conversation, the passages read and the tools at hand."""
    current = prompt.turn(messages)
    said = prompt.asked(current)
    if not said:
        return Reply("Ask me something about the documents of this library.")
    earlier = prompt.asked(messages[: len(messages) - len(current)])
    if "calculate" in tools and (expression := _unsolved(said[0], current)):
        return Reply(f"I will calculate {expression}.", [("calculate", {"expression": expression})])
    results = [str(message.text) for message in current if _is_result(message, "calculate")]
    wanted = [topic for topic in _topics(said, earlier) if topic.wanted and not (results and topic.is_numeric)]
    read = prompt.readings(messages)
    done = _searches(current)
    if "search_corpus" in tools:
        queries = _queries(wanted, read, done, rarity, fresh=not _searched_since_last_word(current))
        if queries:
            again = " again" if done else ""
            listed = " and ".join(f"“{query}”" for query in queries)
            return Reply(
                f"I will search the library{again} for {listed}.",
                [("search_corpus", {"query": query}) for query in queries],
            )
    if "read_on" in tools and (cut := _cut_off(wanted, read, current, rarity)):
        return Reply(f"I will read on after [{cut}].", [("read_on", {"passage_id": cut})])
    return Reply(answer(wanted, read, done, results, rarity))


def _topics(said: list[str], earlier: list[str]) -> list[Topic]:
    question = " ".join(said)
    short = len(words.terms(question)) <= 2 and re.match(r"\s*(?:and|what about|how about)\b", question, re.I)
    return follow_up(question, earlier[-1]) if short and earlier else topics(question)


def _unsolved(question: str, current: Sequence[BaseMessage]) -> str:
    """The arithmetic in a question that no tool has been asked about yet."""
    found = _ARITHMETIC.search(question)
    called = any(_is_result(message, "calculate") for message in current)
    return found[0].strip() if found and not called else ""


def _is_result(message: BaseMessage, tool: str) -> bool:
    return isinstance(message, ToolMessage) and message.name == tool


def _searches(current: Sequence[BaseMessage]) -> list[str]:
    return [args["query"] for args in _calls(current, "search_corpus")]


def _calls(current: Sequence[BaseMessage], tool: str) -> list[dict[str, Any]]:
    calls = [call for message in current if isinstance(message, AIMessage) for call in message.tool_calls]
    return [call["args"] for call in calls if call["name"] == tool]


def _searched_since_last_word(current: Sequence[BaseMessage]) -> bool:
    spoken = max(place for place, message in enumerate(current) if isinstance(message, HumanMessage))
    return bool(_searches(current[spoken:]))


def _queries(wanted: list[Topic], read: list[Reading], done: list[str], rarity: Rarity, *, fresh: bool) -> list[str]:
    """First the question's own words; once more, for what remains unanswered, its rarest words."""
    if fresh:
        queries = [topic.query for topic in wanted]
    elif len(done) > len(wanted):
        return []
    else:
        queries = [_narrowed(topic, rarity) for topic in wanted if not _answered(topic, read, rarity)]
    return [query for query in dict.fromkeys(queries) if query not in done]


def _answered(topic: Topic, read: list[Reading], rarity: Rarity) -> bool:
    ranked = rank(topic, read, rarity)
    return bool(ranked) and ranked[0].answers


def _cut_off(wanted: list[Topic], read: list[Reading], current: Sequence[BaseMessage], rarity: Rarity) -> str:
    """The passage at whose very end the answer announces a number of things, once per question."""
    if _calls(current, "read_on"):
        return ""
    known = {reading.id for reading in read}
    for topic in wanted:
        best = next((found for found in rank(topic, read, rarity) if found.answers), None)
        if best and best.reading.text.endswith(best.quote) and words.has_number(best.quote):
            document, _, number = best.reading.id.rpartition("§")
            if f"{document}§{int(number) + 1}" not in known:
                return best.reading.id
    return ""


def _narrowed(topic: Topic, rarity: Rarity) -> str:
    rarest = sorted(topic.wanted, key=lambda stem: -rarity(stem))
    kept = set(rarest[: max(1, len(rarest) // 2)])
    return " ".join(word for stem, word in topic.wanted.items() if stem in kept)


def answer(wanted: list[Topic], read: list[Reading], done: list[str], results: list[str], rarity: Rarity) -> str:
    """Quote what answers each topic, or say that nothing does."""
    parts = list(results)
    for topic in wanted:
        ranked = rank(topic, read, rarity)
        best = [found for found in ranked if found.answers][:MOST_QUOTES]
        best = [found for found in best if found.score >= NEARLY_AS_GOOD * best[0].score]
        if best:
            parts += _quotations(best, read)
        else:
            parts.append(_nothing(topic, ranked, done, len(read)))
    return "\n\n".join(parts) or "Ask me something about the documents of this library."


def _quotations(best: list[Evidence], read: list[Reading]) -> list[str]:
    by_id = {reading.id: reading for reading in read}
    parts = []
    for found in best:
        parts.append(f"“{found.quote}” [{found.reading.id}]")
        if listed := _enumeration(found, by_id):
            parts.append(listed)
    if best[0].missing:
        parts.append(f"The passage does not mention {_listed(best[0].missing)}.")
    return parts


def _enumeration(found: Evidence, by_id: dict[str, Reading]) -> str:
    """The list that a quotation announces, when it begins right after it and was read too."""
    document, _, number = found.reading.id.rpartition("§")
    following = [found.reading, by_id.get(f"{document}§{int(number) + 1}")]
    lines = [
        (line, reading.id)
        for reading in following
        if reading
        for part in reading.text.split("\n")
        for line in words.sentences(part)
    ]
    places = [place for place, (line, _) in enumerate(lines) if found.quote.endswith(line)]
    after = lines[places[0] + 1 :] if places else []
    if not after or not _FIRST.match(after[0][0]):
        return ""
    items = [after[0][0]]
    for line, _ in after[1:]:
        if not _NEXT.match(line):
            break
        items.append(line)
    return f"“{' '.join(items)}” [{after[0][1]}]"


def _nothing(topic: Topic, ranked: list[Evidence], done: list[str], passages: int) -> str:
    listed = " and ".join(f"“{query}”" for query in done) or "nothing"
    text = f"The library does not answer this. I searched it for {listed} and read {passages} passages"
    if not ranked:
        return f"The library does not answer this: it holds nothing on {listed}."
    nearest = ranked[0]
    lacking = f", which does not mention {_listed(nearest.missing)}" if nearest.missing else ""
    return f"{text}; the nearest is {nearest.reading.id}{lacking}."


def _listed(found: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in found]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
