"""The keyless agent answers questions that are nowhere in the code, from the corpus and with its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import duragraph_ext.demo
from duragraph_ext.demo.prompt import citations
from duragraph_ext.demo.retrieval import corpus

from .conftest import Ask

QUESTIONS = [
    ("How old must a Senator be?", "attained to the Age of thirty Years", "us-constitution"),
    ("How much carbon does a horse convert in a day?", "a horse seventy-nine ounces", "faraday-candle"),
    ("Why did Thoreau go to the woods?", "because I wished to live deliberately", "thoreau-walden"),
    ("What are the four freedoms?", "The third is freedom from want", "roosevelt-1941"),
    ("Which amendment gave women the right to vote?", "on account of sex", "us-constitution"),
    ("What did Johnson declare unconditional war on?", "war on poverty", "johnson-1964"),
    ("What share of the population were slaves?", "One-eighth of the whole population", "lincoln-1865"),
    ("Is a whale a fish?", "the good old fashioned ground that the whale is a fish", "moby-dick"),
    ("How many elephants would descend from one pair?", "fifteen million elephants", "darwin-origin"),
    ("Who signed for Rhode Island?", "Stephen Hopkins, William Ellery", "declaration"),
    ("What quorum does each House need to do business?", "a Quorum to do Business", "us-constitution"),
    (
        "What did Monroe tell European powers about colonization?",
        "not to be considered as subjects for future colonization",
        "monroe-1823",
    ),
]
UNANSWERABLE = [
    "What is the capital of Mongolia?",
    "Who won the 1998 football world cup?",
    "How do I bake sourdough bread?",
    "What is photosynthesis?",
    "What happened on 7 December 1941?",
    "Who is president of France?",
    "Hello",
]


@pytest.mark.parametrize(("question", "phrase", "document"), QUESTIONS)
async def test_the_answer_quotes_and_cites_the_right_document(
    ask: Ask, question: str, phrase: str, document: str
) -> None:
    state = await ask(question, True)
    answer = state["answer"]
    assert phrase in answer
    cited = [id_ for id_ in citations(answer) if phrase in corpus().passages[id_].text.replace("\n", " ")]
    assert [id_.split(" §")[0] for id_ in cited] == [document]
    assert state["messages"][-1].text == answer


@pytest.mark.parametrize("question", [question for question, _, _ in QUESTIONS])
async def test_every_quotation_stands_in_its_source(ask: Ask, question: str) -> None:
    answer = (await ask(question, True))["answer"]
    quotations = re.findall(r"“([^”]+)” \[([^\]]+)\]", answer)
    assert quotations
    for quote, passage_id in quotations:
        source = " ".join(corpus().passages[passage_id].text.split())
        assert " ".join(quote.strip("… ").split()) in source


@pytest.mark.parametrize("question", UNANSWERABLE)
async def test_it_says_when_the_corpus_does_not_answer(ask: Ask, question: str) -> None:
    state = await ask(question, True)
    assert "The library does not answer this" in state["answer"]
    assert citations(state["answer"]) == []


async def test_a_comparison_hears_both_sides(ask: Ask) -> None:
    state = await ask("Compare how Washington and Jefferson speak about the militia")
    cited = {id_.split(" §")[0] for id_ in citations(state["answer"])}
    assert cited == {"washington-1790", "jefferson-1801"}


async def test_a_follow_up_keeps_the_subject(ask: Ask) -> None:
    await ask("How old must a Senator be?", True)
    state = await ask("And a Representative?", True)
    assert "Age of twenty five Years" in state["answer"]
    assert state["question"] == "And a Representative?"


async def test_arithmetic_is_calculated_not_searched(ask: Ask) -> None:
    state = await ask("What is 12 * (3+4)?", True)
    assert state["answer"] == "12 * (3+4) = 84"
    assert state["passages"] == []


async def test_the_same_question_gives_the_same_answer(ask: Ask) -> None:
    first = await ask("Why did Thoreau go to the woods?", True)
    again = await ask("Why did Thoreau go to the woods?", True)
    assert (again["answer"], again["passages"]) == (first["answer"], first["passages"])


def test_no_question_or_answer_is_in_the_code() -> None:
    folder = Path(duragraph_ext.demo.__file__).parent
    code = " ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py")).lower()
    for question, phrase, document in QUESTIONS:
        assert question.lower() not in code
        assert phrase.lower() not in code
        assert document not in code
    for name in ("thoreau", "lincoln", "whale", "senator", "elephant", "freedom", "poverty"):
        assert name not in code
