"""Lexicon: spans by looking up what training marked, relations by nearness.

An entry is a phrase that training marked somewhere, under every reading of it with clitics set aside or kept (see
`readings`). It bears the label that most of its occurrences in the training texts bear, be it a type or none. At each
word the longest phrase that has an entry with a type is marked; of several entries for a phrase that of its longest
reading counts, which sets the least aside. Polarity and modality are left at their defaults.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.annotations.text import fold, readings
from rasad.eval.baselines.baseline import Baseline, Mark, Settings, marked, model_name
from rasad.eval.baselines.proximity import Proximity
from rasad.eval.baselines.tagging import Word, sequences

Lengths = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Entry:
    """The label of most occurrences of a phrase (None: unmarked), how many bear it, and how many there are."""

    type: str | None
    count: int
    total: int


@dataclass(frozen=True)
class Lexicon:
    """Entries by their readings, and the lengths in words of the phrases that begin with a word."""

    entries: Mapping[str, Entry]
    lengths: Lengths
    proximity: Proximity
    model: str
    lost: Counter[str] = field(default_factory=Counter)

    def predict(self, document: Document) -> Document:
        """Mark what the lexicon has, and relate what stands nearest."""
        found = [mark for words in sequences(document.text) for mark in self._marks(document.text, words)]
        spans = marked(document, found, self.model)
        return replace(spans, relations=self.proximity.relations(spans))

    def _marks(self, text: str, words: Sequence[Word]) -> Iterator[Mark]:
        i = 0
        while i < len(words):
            for last in _candidates(text, words, i, self.lengths):
                start, end = words[i][0], words[last][1]
                entry = self._entry(text[start:end])
                if entry is not None and entry.type is not None:
                    yield Mark(start, end, entry.type, entry.count / entry.total)
                    i = last
                    break
            i += 1

    def _entry(self, phrase: str) -> Entry | None:
        known = [reading for reading in readings(phrase) if reading in self.entries]
        return self.entries[max(known, key=lambda reading: (len(reading), reading))] if known else None


def fit(documents: Sequence[Document], scheme: Scheme, settings: Settings) -> Baseline:
    """Make a lexicon of annotated documents."""
    phrases = {reading for document in documents for span in document.spans for reading in readings(span.text)}
    lengths = _lengths(phrases)
    labels: dict[str, Counter[str | None]] = defaultdict(Counter)
    for document in documents:
        for phrase, label in _occurrences(document, lengths):
            for reading in readings(phrase) & phrases:
                labels[reading][label] += 1
    entries = {reading: _majority(counts, scheme) for reading, counts in labels.items()}
    proximity = Proximity.fit(documents, scheme)
    learnt = [
        sorted((reading, e.type, e.count, e.total) for reading, e in entries.items()),
        sorted(proximity.shares.items()),
    ]
    return Lexicon(entries, lengths, proximity, model_name("lexicon", [json.dumps(learnt).encode()]))


def _majority(counts: Counter[str | None], scheme: Scheme) -> Entry:
    """Return the most frequent label; of equals a type before none, and the first in the scheme."""
    label = max((*scheme.types, None), key=lambda label: counts[label])
    return Entry(label, counts[label], counts.total())


def _occurrences(document: Document, lengths: Lengths) -> Iterator[tuple[str, str | None]]:
    """Yield each phrase that may have an entry with its type, or None where no word of it is in a span.

    What lies within a longer span, or across the edge of one, is no occurrence: the longer one is looked up first.
    """
    types = {(span.start, span.end): span.type for span in document.spans}
    inside = [(span.start, span.end) for span in document.spans]
    for words in sequences(document.text):
        taken = [any(a < end and start < b for a, b in inside) for start, end in words]
        for i in range(len(words)):
            for last in _candidates(document.text, words, i, lengths):
                place = words[i][0], words[last][1]
                if place in types or not any(taken[i : last + 1]):
                    yield document.text[slice(*place)], types.get(place)


def _candidates(text: str, words: Sequence[Word], first: int, lengths: Lengths) -> list[int]:
    """Return the last words of the phrases that may have an entry and begin here, the longest phrase first."""
    word = text[slice(*words[first])]
    found = {length for form in (*readings(word), fold(word)) for length in lengths.get(form, ())}
    return [first + length - 1 for length in sorted(found, reverse=True) if first + length <= len(words)]


def _lengths(phrases: set[str]) -> Lengths:
    found: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        parts = phrase.split(" ")
        found[parts[0]].add(len(parts))
    return {word: frozenset(its) for word, its in found.items()}
