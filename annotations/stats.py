"""Statistics: what a corpus holds, counted by language; counts of two corpora add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rasad.annotations.document import LANGUAGES, Document
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import paragraphs, words

if TYPE_CHECKING:
    from rich.console import Console

SIZES = ("documents", "paragraphs", "words")


@dataclass(frozen=True, slots=True)
class Row:
    """One count: its kind (`size`, `entity`, `event`, `relation`, or an attribute), label, and number by language."""

    kind: str
    label: str
    by_language: Mapping[str, int]

    @property
    def total(self) -> int:
        """The number over all languages."""
        return sum(self.by_language.values())


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of a corpus.

    `labels` has kind and label of everything that is counted, in the order of the scheme; `counts` has the number for
    a label and language, where there is any.
    """

    labels: tuple[tuple[str, str], ...]
    counts: Mapping[tuple[tuple[str, str], str], int]

    def __add__(self, other: Statistics) -> Statistics:
        labels = tuple(dict.fromkeys(self.labels + other.labels))
        return Statistics(labels, dict(Counter(self.counts) + Counter(other.counts)))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that occur, in their fixed order."""
        return tuple(lang for lang in LANGUAGES if self.counts.get((("size", "documents"), lang)))

    def rows(self) -> tuple[Row, ...]:
        """Return a row for every label, those that do not occur too."""
        return tuple(
            Row(*label, {lang: self.counts.get((label, lang), 0) for lang in self.languages}) for label in self.labels
        )

    def total(self, kind: str, label: str) -> int:
        """Return the number of a label over all languages."""
        return sum(self.counts.get(((kind, label), lang), 0) for lang in LANGUAGES)

    def render(self, console: Console) -> None:
        """Print a table, a section for each kind."""
        from rich.table import Column, Table

        table = Table("kind", "label", *(Column(name, justify="right") for name in (*self.languages, "all")))
        kind = None
        for row in self.rows():
            if kind is not None and row.kind != kind:
                table.add_section()
            numbers = (*row.by_language.values(), row.total)
            table.add_row(row.kind if row.kind != kind else "", row.label, *(f"{number:,}" for number in numbers))
            kind = row.kind
        console.print(table)


def statistics(documents: Iterable[Document], scheme: Scheme) -> Statistics:
    """Count what documents hold, labels that are not of the scheme too."""
    counts = Counter((label, document.lang) for document in documents for label in _labels(document, scheme))
    known = (
        *(("size", name) for name in SIZES),
        *(("entity", name) for name in scheme.entities),
        *(("event", name) for name in scheme.events),
        *((name, value) for name, values in scheme.attributes.items() for value in values),
        *(("relation", name) for name in scheme.relation),
    )
    return Statistics(tuple(dict.fromkeys((*known, *(label for label, _ in counts)))), dict(counts))


def _labels(document: Document, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Yield kind and label for each thing that counts."""
    yield "size", "documents"
    yield from (("size", "paragraphs") for _ in paragraphs(document.text))
    yield from (("size", "words") for _ in words(document.text))
    for span in document.spans:
        yield "event" if scheme.is_event(span.type) else "entity", span.type
        for name in scheme.attributes:
            if (value := getattr(span, name)) is not None:
                yield name, value
    yield from (("relation", relation.type) for relation in document.relations)
