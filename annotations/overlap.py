"""Overlap: what articles of a corpus have in common and should not, runs of words and ways to open."""

from __future__ import annotations

import bisect
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rasad.annotations.document import Document
from rasad.annotations.text import fold
from rasad.annotations.words import paragraphs, words

RUN = 5  # words of a shingle
OPENING = 3  # words, or pieces, of an opening
_PLACES = ("headline", "lead")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two documents, by id, and the share of the shingles of the one with fewer that are in the other too."""

    first: str
    second: str
    share: float


@dataclass(frozen=True, slots=True)
class Opening:
    """A way to open and the documents, by id, that use it; `what` is words or construction, of headline or lead."""

    what: str
    pattern: str
    documents: tuple[str, ...]


def shingles(text: str) -> frozenset[str]:
    """Return every run of five words of a text, folded."""
    folded = [word for start, end in words(text) if (word := fold(text[start:end]))]
    return frozenset(" ".join(folded[i : i + RUN]) for i in range(len(folded) - RUN + 1))


def overlaps(documents: Sequence[Document], above: float) -> list[Overlap]:
    """Return the pairs of documents that share more than `above`, the worst first."""
    runs = [shingles(document.text) for document in documents]
    shared = _shared(runs)
    found = [
        Overlap(documents[a].id, documents[b].id, share)
        for (a, b), count in shared.items()
        if (share := count / min(len(runs[a]), len(runs[b]))) > above
    ]
    return sorted(found, key=lambda one: (-one.share, one.first, one.second))


def _shared(runs: Iterable[frozenset[str]]) -> Counter[tuple[int, int]]:
    """Count common shingles by pair of places; only documents that have one in common are ever compared."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place, run in enumerate(runs):
        for shingle in run:
            holders[shingle].append(place)
    return Counter(pair for places in holders.values() for pair in itertools.combinations(places, 2))


def openings(documents: Sequence[Document], above: float) -> list[Opening]:
    """Return the openings that more than one document, and more than the share `above` of them, have in common.

    Headline and lead (the second paragraph) are looked at apart, each by its first three words, folded, and by its
    construction: the first three pieces, where a span is one piece and stands as its type.
    """
    users: dict[tuple[str, str], list[str]] = defaultdict(list)
    for document in documents:
        for what, pattern in _openings(document):
            users[what, pattern].append(document.id)
    most = max(1.0, above * len(documents))
    return [Opening(*opening, tuple(ids)) for opening, ids in sorted(users.items()) if len(ids) > most]


def _openings(document: Document) -> Iterator[tuple[str, str]]:
    for place, (start, end) in zip(_PLACES, paragraphs(document.text), strict=False):
        text = document.text[start:end]
        yield f"{place} words", " ".join(fold(text[a:b]) for a, b in words(text)[:OPENING])
        pieces = _pieces(document, start, end)
        yield f"{place} construction", " ".join(itertools.islice(pieces, OPENING))


def _pieces(document: Document, start: int, end: int) -> Iterator[str]:
    last = None
    for a, b in words(document.text[start:end]):
        at = bisect.bisect_right(document.spans, start + a, key=lambda span: span.end)
        span = document.spans[at] if at < len(document.spans) else None
        if span is None or span.start >= start + b:
            yield fold(document.text[start + a : start + b])
        elif span is not last:
            yield span.type
            last = span
