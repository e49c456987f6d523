"""The corpus and its search: passages with stable ids, ranked by BM25."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from duragraph_ext.demo import words

CORPUS = Path(__file__).parent / "corpus"
TARGET_LENGTH = 700
MAX_LENGTH = 1400


@dataclass(frozen=True, slots=True)
class Document:
    """One text of the corpus and where it comes from."""

    id: str
    title: str
    author: str
    year: int
    licence: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of a document, `document §number`, under the heading it stands under."""

    id: str
    document: Document
    heading: str
    text: str

    @property
    def context(self) -> str:
        """Whose words they are: title, author, year, heading."""
        document = self.document
        return f"{document.title}, {document.author}, {document.year}, {self.heading}".rstrip(", ")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by a search, and its BM25 score."""

    passage: Passage
    score: float


class Corpus:
    """Passages with an inverted index over their text, heading, title and author."""

    K1 = 1.4
    B = 0.7

    def __init__(self, passages: list[Passage]) -> None:
        self.passages = {passage.id: passage for passage in passages}
        self.documents = {passage.document.id: passage.document for passage in passages}
        self._postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._lengths: dict[str, int] = {}
        for passage in passages:
            around = words.stems(f"{passage.context} {words.ordinals(passage.context)}")
            counts = Counter(2 * words.stems(passage.text) + around)
            self._lengths[passage.id] = counts.total()
            for term, count in counts.items():
                self._postings[term].append((passage.id, count))
        self._mean_length = sum(self._lengths.values()) / max(1, len(passages))

    def rarity(self, term: str) -> float:
        """BM25's inverse document frequency of a stem; highest for a stem that the corpus lacks."""
        found = len(self._postings.get(term, ()))
        return math.log(1 + (len(self.passages) - found + 0.5) / (found + 0.5))

    def search(self, query: str, limit: int) -> list[Hit]:
        """The passages nearest to a query, best first; equal scores keep the corpus's order."""
        scores: dict[str, float] = defaultdict(float)
        for term in words.terms(query):
            weight = self.rarity(term)
            for passage_id, count in self._postings.get(term, ()):
                length = 1 - self.B + self.B * self._lengths[passage_id] / self._mean_length
                scores[passage_id] += weight * count * (self.K1 + 1) / (count + self.K1 * length)
        order = {passage_id: place for place, passage_id in enumerate(self.passages)}
        ranked = sorted(scores.items(), key=lambda item: (-item[1], order[item[0]]))
        return [Hit(self.passages[passage_id], round(score, 3)) for passage_id, score in ranked[:limit]]

    def document_passages(self, document_id: str) -> list[Passage]:
        """All passages of a document in their order."""
        return [passage for passage in self.passages.values() if passage.document.id == document_id]


@cache
def corpus() -> Corpus:
    """The corpus that ships with the demo, read once per process."""
    return Corpus([passage for path in sorted(CORPUS.glob("*.txt")) for passage in read_document(path)])


def read_document(path: Path) -> Iterator[Passage]:
    """Cut a corpus file (`key: value` lines, an empty one, paragraphs and `# headings`) into passages."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    about = dict(line.split(": ", 1) for line in head.splitlines())
    document = Document(path.stem, about["title"], about["author"], int(about["year"]), about["licence"])
    for number, (heading, text) in enumerate(_pieces(body), 1):
        yield Passage(f"{document.id} §{number}", document, heading, text)


def _pieces(body: str) -> Iterator[tuple[str, str]]:
    heading = text = ""
    for paragraph in filter(None, (part.strip() for part in body.split("\n\n"))):
        if paragraph.startswith("# "):
            if text:
                yield heading, text
            heading, text = paragraph[2:], ""
            continue
        for part in _parts(paragraph):
            if text and len(text) + len(part) > TARGET_LENGTH:
                yield heading, text
                text = part
            else:
                text = f"{text}\n{part}" if text else part
    if text:
        yield heading, text


def _parts(paragraph: str) -> Iterator[str]:
    """A paragraph, or for a very long one runs of its sentences."""
    if len(paragraph) <= MAX_LENGTH:
        yield paragraph
        return
    part = ""
    for sentence in words.sentences(paragraph):
        if part and len(part) + len(sentence) > TARGET_LENGTH:
            yield part
            part = sentence
        else:
            part = f"{part} {sentence}" if part else sentence
    yield part
