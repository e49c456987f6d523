"""The prompt that the graph writes and every model reads, ours included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from duragraph_ext.demo.evidence import Reading
from duragraph_ext.demo.retrieval import Corpus, Passage

INSTRUCTIONS = """\
You answer questions from a small library of public-domain texts, and from nothing else.
Search it with your tools; what a search finds is read for you and appears below.
Quote the passages that answer the question word for word and cite each one as [its id].
When the library does not answer the question, say so and do not guess.

The library:
{library}

Passages read for this question:
{passages}"""

_PASSAGE = re.compile(r'<passage id="([^"]+)" from="([^"]*)">\n(.*?)\n</passage>', re.DOTALL)
CITATION = re.compile(r"\[([a-z0-9-]+ §\d+)\]")


def system_message(library: Corpus, read: Iterable[Passage]) -> SystemMessage:
    """The instructions, the list of documents and the passages read so far."""
    titles = [f"- {d.id}: {d.title}, {d.author}, {d.year}" for d in library.documents.values()]
    passages = [
        f'<passage id="{p.id}" from="{p.context.replace(chr(34), chr(39))}">\n{p.text}\n</passage>' for p in read
    ]
    return SystemMessage(INSTRUCTIONS.format(library="\n".join(titles), passages="\n".join(passages) or "none yet"))


def readings(messages: Sequence[BaseMessage]) -> list[Reading]:
    """The passages that stand in a prompt."""
    prompts = [message.text for message in messages if isinstance(message, SystemMessage)]
    return [Reading(*found) for prompt in prompts for found in _PASSAGE.findall(prompt)]


def turn(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The messages of the question at hand: all after the last answer given."""
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        if isinstance(message, AIMessage) and not message.tool_calls:
            return list(messages[place + 1 :])
    return [message for message in messages if not isinstance(message, SystemMessage)]


def asked(messages: Sequence[BaseMessage]) -> list[str]:
    """What the people said, in order: the question, then what a reviewer added."""
    return [str(message.text) for message in messages if isinstance(message, HumanMessage)]


def citations(text: str) -> list[str]:
    """The passage ids that an answer cites, each once, in order."""
    return list(dict.fromkeys(CITATION.findall(text)))
