"""Retrieval ranks: rare words weigh, short passages win, headings count, ids are stable."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duragraph_ext.demo import words
from duragraph_ext.demo.retrieval import CORPUS, MAX_LENGTH, Corpus, Document, Passage, corpus, read_document


def passages(*texts: str, heading: str = "") -> list[Passage]:
    document = Document("d", "", "", 2000, "")
    return [Passage(f"d §{number}", document, heading, text) for number, text in enumerate(texts, 1)]


def found(library: Corpus, query: str) -> list[str]:
    return [hit.passage.id for hit in library.search(query, 10)]


def test_a_rare_word_outweighs_a_common_one() -> None:
    library = Corpus(passages("river river boat", "river boat", "river lamp", "river boat stone"))
    assert found(library, "river lamp")[0] == "d §3"


def test_repetition_helps_less_and_less() -> None:
    library = Corpus(passages("lamp", "lamp lamp lamp lamp lamp lamp oil", "oil lamp", "stone"))
    first, second = library.search("lamp oil", 2)
    assert {first.passage.id, second.passage.id} == {"d §2", "d §3"}
    assert first.score < 2 * second.score


def test_the_shorter_of_two_passages_wins() -> None:
    library = Corpus(passages("lamp " + "stone river boat tree " * 20, "lamp stone", "river"))
    assert found(library, "lamp") == ["d §2", "d §1"]


def test_inflections_meet() -> None:
    library = Corpus(passages("The electors voted.", "A stone.", "A river."))
    assert found(library, "vote of an elector") == ["d §1"]


def test_headings_and_roman_numerals_are_found() -> None:
    library = Corpus(passages("Nothing else.", heading="Chapter VIII") + passages())
    assert found(library, "eighth chapter") == ["d §1"]


def test_no_common_word_finds_nothing() -> None:
    assert found(Corpus(passages("a lamp")), "photosynthesis") == []
    assert found(Corpus(passages("a lamp")), "of the") == []


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("carbon horse ounces", "faraday-candle §2"),
        ("treason levying war", "us-constitution §44"),
        ("different drummer", "thoreau-walden §6"),
        ("elephant slowest breeder", "darwin-origin §7"),
    ],
)
def test_the_shipped_corpus_ranks_the_passage_first(query: str, passage: str) -> None:
    hits = corpus().search(query, 5)
    assert hits[0].passage.id == passage
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_every_text_is_cut_without_loss() -> None:
    for path in CORPUS.glob("*.txt"):
        body = path.read_text(encoding="utf-8").partition("\n\n")[2]
        written = [part for part in body.split("\n\n") if not part.strip().startswith("# ")]
        cut = " ".join(passage.text for passage in read_document(path))
        assert cut.split() == " ".join(written).split(), path.name


def test_passages_are_short_enough_to_read() -> None:
    assert max(len(passage.text) for passage in corpus().passages.values()) <= MAX_LENGTH


def test_every_document_names_its_source_and_licence() -> None:
    sources = (CORPUS / "SOURCES.md").read_text(encoding="utf-8")
    files = {path.name for path in Path(CORPUS).glob("*.txt")}
    assert len(files) >= 10
    for name in files:
        assert f"`{name}`" in sources
    for document in corpus().documents.values():
        assert document.licence.startswith("public domain (")


def test_abbreviations_end_no_sentence() -> None:
    assert words.sentences("Mr. Hale spoke. He left!  “So.” It rained") == [
        "Mr. Hale spoke.",
        "He left!",
        "“So.”",
        "It rained",
    ]


@given(st.text(max_size=300))
def test_sentences_lose_nothing(text: str) -> None:
    assert "".join("".join(words.sentences(text)).split()) == "".join(text.split())
