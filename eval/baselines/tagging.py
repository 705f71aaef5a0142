"""Tagging: documents as sequences of tagged words, one for each paragraph, and tags as spans again."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Sequence

from rasad.annotations.conll import to_conll
from rasad.annotations.document import Document
from rasad.annotations.words import paragraphs, words
from rasad.eval.baselines.baseline import Mark

Word = tuple[int, int]  # half-open character offsets

WIDENED = "predicted spans that cut a word, widened to it"
CUT = "predicted spans that run on into the next paragraph, cut"
SHARED = "predicted spans that share a word with the one before, left out"
WORDLESS = "predicted spans that hold no word, left out"


def sequences(text: str) -> list[list[Word]]:
    """Return the words of each paragraph that has any."""
    found = words(text)
    starts = [start for start, _ in found]
    cut = ((bisect.bisect_left(starts, a), bisect.bisect_left(starts, b)) for a, b in paragraphs(text))
    return [found[first:last] for first, last in cut if first < last]


def tags(document: Document) -> list[list[str]]:
    """Return the IOB2 tags of the words that `sequences` gives.

    Raises:
        RasadError: see `to_conll`.
    """
    blocks = [block.strip("\n") for block in to_conll(document).split("\n\n")]
    return [[line.rpartition("\t")[2] for line in block.split("\n")] for block in blocks if block]


def marks(found: Sequence[Word], tagged: Sequence[str], scores: Sequence[float]) -> list[Mark]:
    """Return the spans of a tagged sequence, each with the mean score of its tags.

    An I that continues no span of its type begins one.
    """
    made: list[Mark] = []
    first = 0
    for i, tag in enumerate(tagged):
        if tag == "O":
            continue
        if tag[0] == "B" or i == 0 or tagged[i - 1][1:] != tag[1:]:
            first = i
        if i + 1 == len(tagged) or tagged[i + 1] != f"I-{tag[2:]}":
            mean = sum(scores[first : i + 1]) / (i + 1 - first)
            made.append(Mark(found[first][0], found[i][1], tag[2:], mean))
    return made


def mended(text: str, found: Iterable[Mark], lost: Counter[str]) -> list[Mark]:
    """Return spans as the scheme asks, that begin and end with words of one paragraph and share none.

    A span that cuts a word is widened to it, one that leaves its paragraph ends there, and of two that share a word the
    first stays. `lost` counts what was changed and what was left out.
    """
    places = words(text)
    ends = [end for _, end in paragraphs(text)]
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda m: (m.start, m.end, m.type)):
        first = bisect.bisect_right(places, mark.start, key=lambda word: word[1])
        last = bisect.bisect_left(places, mark.end, key=lambda word: word[0]) - 1
        if first > last:
            lost[WORDLESS] += 1
            continue
        start, end = places[first][0], places[last][1]
        if kept and start < kept[-1].end:
            lost[SHARED] += 1
            continue
        stop = ends[bisect.bisect_right(ends, start)]
        lost[WIDENED] += start < mark.start or end > mark.end
        lost[CUT] += end > stop
        kept.append(Mark(start, max(b for _, b in places[first : last + 1] if b <= stop), mark.type, mark.score))
    return kept
