"""Slices: the strict counts of a comparison, apart for parts of the documents and of what is in them.

Of a document as a whole, and so of all in it: its language, the fields of its front matter that tell where it is from
(`source`, `voice`), the year of its date, the country that most of its mentions of places lie in, its length, and
whether it tells of any event. Of a relation: how far apart its ends are. Of spans and relations, where training
documents are given: whether their words were seen there.

How a prediction gets its slice. A document's slices are those of gold, and everything that is predicted in it is of
them. The slice of a span or relation comes from itself, by one rule for gold and prediction, which goes by the text
and its own offsets and types; so what is right is in one slice on both sides. Recall is over all of gold in the slice,
precision over all that is predicted in it. Each thing is in exactly one value of a slicing: over the values of one,
counts add up to the whole (`distance` and `words between` are of relations only).

Spans and relations are compared as in `scores`, SAME_AS aside.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.annotations.text import readings
from rasad.annotations.words import paragraphs, sentence_starts, words
from rasad.eval.counts import Counts, ratio
from rasad.inference.values import located

FIELDS = ("source", "voice")
NOT_GIVEN = "not given"
LENGTHS = {0: "under 150 words", 150: "150–299 words", 300: "300–599 words", 600: "600 words and more"}
BETWEEN = {0: "under 5", 5: "5–9", 10: "10–19", 20: "20–39", 40: "40 and more"}
DISTANCES = ("same sentence", "same paragraph", "across paragraphs")
SEEN = ("seen", "seen as another type", "unseen")
EVENTS = ("with events", "without events")

_BEFORE = ("all", "language")
_AFTER = ("year", "country", "length", "events", "distance", "words between", "seen in training")
_VALUES = (*LENGTHS.values(), *BETWEEN.values(), *DISTANCES, *SEEN, *EVENTS)
_HOST = re.compile(r"https?://(?:www\.)?([^/\s]+)")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(?= )")


Kind = Literal["entities", "triggers", "relations"]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """A value of a slicing: `language` and `ar`."""

    name: str
    value: str


ALL = Slice("all", "all")


@dataclass(frozen=True, slots=True)
class SliceCounts:
    """What a slice holds: documents that have anything of it, on either side, their words, and strict counts."""

    documents: int
    words: int
    entities: Counts
    triggers: Counts
    relations: Counts

    def __add__(self, other: SliceCounts) -> SliceCounts:
        return SliceCounts(
            self.documents + other.documents,
            self.words + other.words,
            self.entities + other.entities,
            self.triggers + other.triggers,
            self.relations + other.relations,
        )

    @property
    def false_triggers(self) -> float:
        """False triggers in a thousand words: what `without events` is there to tell."""
        return ratio(1000 * self.triggers.fp, self.words)

    @property
    def false_spans(self) -> float:
        """False entities and triggers in a thousand words."""
        return ratio(1000 * (self.entities.fp + self.triggers.fp), self.words)


@dataclass(frozen=True, slots=True)
class Slices:
    """Counts by slice; those of documents add, and `Slices({})` is nothing."""

    by_slice: Mapping[Slice, SliceCounts]

    def __add__(self, other: Slices) -> Slices:
        found = dict(self.by_slice)
        for where, counts in other.by_slice.items():
            found[where] = found[where] + counts if where in found else counts
        return Slices(found)

    def rows(self) -> list[tuple[Slice, SliceCounts]]:
        """Return the slices as the rows of a table: fields of the front matter after the language, distances last.

        Values that have an order of their own stand in it, others in that of the alphabet, `not given` last.
        """
        fields = {s.name for s in self.by_slice} - {*_BEFORE, *_AFTER}
        names = [*_BEFORE, *sorted(fields), *_AFTER]
        return sorted(self.by_slice.items(), key=lambda row: (names.index(row[0].name), _rank(row[0].value)))


def _rank(value: str) -> tuple[bool, int, str]:
    return value == NOT_GIVEN, _VALUES.index(value) if value in _VALUES else -1, value


@dataclass(frozen=True, slots=True)
class Trained:
    """The mentions of training documents: types by the words, in every reading with clitics aside or kept."""

    types: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Trained:
        """Gather the mentions of documents."""
        types: dict[str, set[str]] = defaultdict(set)
        for span in (span for document in documents for span in document.spans):
            for words_read in readings(span.text):
                types[words_read].add(span.type)
        return cls({words_read: frozenset(found) for words_read, found in types.items()})

    def seen(self, *spans: Span) -> str:
        """Return which of `SEEN` a mention is, of several the one furthest from `seen`.

        Seen is a mention in the same words, clitics aside (see `readings`), of the same type.
        """
        return max((self._seen(span) for span in spans), key=SEEN.index)

    def _seen(self, span: Span) -> str:
        types = [self.types[words_read] for words_read in readings(span.text) if words_read in self.types]
        return SEEN[0 if any(span.type in found for found in types) else 1 if types else 2]


def slices(document: Document, scheme: Scheme, fields: Sequence[str] = FIELDS) -> tuple[Slice, ...]:
    """Return the slices that a gold document is of as a whole.

    Args:
        document: a gold document.
        scheme: says which spans are events.
        fields: the fields of the front matter to slice by; a document without one is of `not given`. Of an address
            its host counts, and of a file in a repository (`owner/name path`) the repository.

    Raises:
        RasadError: where a field has the name of another slicing.
    """
    if taken := sorted({*_BEFORE, *_AFTER}.intersection(fields)):
        raise RasadError(f"fields: {', '.join(taken)}: the name of a slicing of its own; slice by another field")
    told = any(scheme.is_event(span.type) for span in document.spans)
    return (
        ALL,
        Slice("language", document.lang),
        *(Slice(field, _origin(document.meta.get(field, "").strip())) for field in fields),
        Slice("year", document.date[:4] if document.date else NOT_GIVEN),
        Slice("country", _country(document)),
        Slice("length", _bucket(len(words(document.text)), LENGTHS)),
        Slice("events", EVENTS[0 if told else 1]),
    )


def _country(document: Document) -> str:
    """Return the country (ISO 3166 alpha-2) that most mentions lie in, the first in the alphabet of several."""
    found = Counter(place.country for place in located(document).values() if place.country)
    return min(found, key=lambda country: (-found[country], country), default=NOT_GIVEN)


def slice_counts(
    gold: Document,
    predicted: Document,
    scheme: Scheme,
    trained: Trained | None = None,
    fields: Sequence[str] = FIELDS,
) -> Slices:
    """Count what a predicted document has right, wrong and not at all, by slice.

    Args:
        gold: the document to reach.
        predicted: one of the same text (see `pair`).
        scheme: whose labels both are in.
        trained: the mentions of the training documents; without it, nothing is told of what was seen.
        fields: see `slices`.
    """
    whole, layout = slices(gold, scheme, fields), _Layout(gold.text)
    held: dict[Slice, dict[Kind, tuple[set[Key], set[Key]]]] = {s: _empty() for s in whole}
    for side, document in enumerate((gold, predicted)):
        for kind, key, ends in _things(document, scheme):
            for where in (*whole, *_own(kind, ends, layout, trained)):
                held.setdefault(where, _empty())[kind][side].add(key)
    size = len(words(gold.text))
    return Slices(
        {
            s: SliceCounts(1, size, **{kind: Counts.of(*sets) for kind, sets in found.items()})
            for s, found in held.items()
        }
    )


def _empty() -> dict[Kind, tuple[set[Key], set[Key]]]:
    return {"entities": (set(), set()), "triggers": (set(), set()), "relations": (set(), set())}


def _things(document: Document, scheme: Scheme) -> Iterator[tuple[Kind, Key, tuple[Span, ...]]]:
    """Yield what a document says: what it is, what must agree for it to be right, and the spans it is made of."""
    for span in document.spans:
        yield "triggers" if scheme.is_event(span.type) else "entities", span.key, (span,)
    by_id = document.by_id
    for relation in document.relations:
        if relation.type != SAME_AS:
            head, tail = by_id[relation.head], by_id[relation.tail]
            yield "relations", (relation.type, head.key, tail.key), (head, tail)


def _own(kind: Kind, spans: Sequence[Span], layout: _Layout, trained: Trained | None) -> Iterator[Slice]:
    """Yield the slices of a span, or of a relation with its ends."""
    if kind == "relations":
        head, tail = spans
        yield Slice("distance", layout.distance(head, tail))
        yield Slice("words between", _bucket(layout.between(head, tail), BETWEEN))
    if trained is not None:
        yield Slice("seen in training", trained.seen(*spans))


def _bucket(number: int, names: Mapping[int, str]) -> str:
    """Return the name under the greatest of the least numbers that is not above this one."""
    return names[max(least for least in names if least <= number)]


def _origin(value: str) -> str:
    if found := _HOST.match(value):
        return found.group(1)
    if found := _REPOSITORY.match(value):
        return found.group()
    return value or NOT_GIVEN


class _Layout:
    """Where the words, sentences and paragraphs of a text begin."""

    def __init__(self, text: str) -> None:
        self._starts = [start for start, _ in words(text)]
        self._paragraphs = [start for start, _ in paragraphs(text)]
        self._sentences = sentence_starts(text)

    def distance(self, head: Span, tail: Span) -> str:
        """Return which of `DISTANCES` two spans are apart, each standing where it begins."""
        for name, starts in zip(DISTANCES, (self._sentences, self._paragraphs), strict=False):
            if bisect.bisect_right(starts, head.start) == bisect.bisect_right(starts, tail.start):
                return name
        return DISTANCES[-1]

    def between(self, head: Span, tail: Span) -> int:
        """Return how many words begin after the one span and before the other; 0 where they overlap."""
        first, last = sorted((head, tail), key=lambda span: (span.start, span.end))
        return max(0, bisect.bisect_left(self._starts, last.start) - bisect.bisect_left(self._starts, first.end))
