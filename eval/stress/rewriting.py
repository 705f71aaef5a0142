"""Rewriting: a document's text changed piece by piece, every span and relation carried over to the new offsets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rasad.annotations.document import Document, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` stands where `old[start:end]` stood: as it was, changed, dropped (`""`), or new (`start == end`).

    A piece as long as what it replaces keeps offsets character by character; another one is changed as a whole.
    """

    start: int
    end: int
    text: str


def in_place(text: str, edits: Iterable[Piece]) -> list[Piece]:
    """Return the pieces of a text that is edited here and there; edits do not overlap and come in the order of it."""
    pieces, done = [], 0
    for edit in edits:
        if edit.start > done:
            pieces.append(Piece(done, edit.start, text[done : edit.start]))
        pieces.append(edit)
        done = edit.end
    if done < len(text):
        pieces.append(Piece(done, len(text), text[done:]))
    return pieces


def rewrite(document: Document, pieces: Sequence[Piece]) -> Document:
    """Return the document whose text the pieces make, one after the other; each old character is in one of them.

    A span goes where its characters go: what is inserted before or behind them stays outside. One that cannot be
    carried over exactly is left out with its relations: its edge cuts through a piece that is changed as a whole, its
    characters come apart, or nothing is left of it. What was derived from the old text is left out.
    """
    places = _Places(document.text, pieces)
    text = "".join(piece.text for piece in pieces)
    spans = tuple(replace(s, start=a, end=b, text=text[a:b]) for s, a, b in _carried(document.spans, places))
    kept = {span.id for span in spans}
    relations = tuple(r for r in document.relations if r.head in kept and r.tail in kept)
    return replace(document, text=text, spans=spans, relations=relations, derived={})


def _carried(spans: Iterable[Span], places: _Places) -> Iterator[tuple[Span, int, int]]:
    for span in spans:
        place = places.of(span.start, span.end)
        if place is not None:
            yield span, *place


class _Places:
    """Where each old character went: the piece that has it, and its new offsets where it has such of its own."""

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self._piece = [0] * len(text)
        self._start: list[int | None] = [None] * len(text)
        self._end: list[int | None] = [None] * len(text)
        at = 0
        for number, piece in enumerate(pieces):
            length = piece.end - piece.start
            self._piece[piece.start : piece.end] = [number] * length
            if len(piece.text) == length:
                self._start[piece.start : piece.end] = range(at, at + length)
                self._end[piece.start : piece.end] = range(at + 1, at + length + 1)
            elif length:
                self._start[piece.start] = at
                self._end[piece.end - 1] = at + len(piece.text)
            at += len(piece.text)

    def of(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the new offsets of `old[start:end]`, or None where it did not stay whole."""
        first, last = self._start[start], self._end[end - 1]
        owners = self._piece[start:end]
        whole = all(after - before in (0, 1) for before, after in itertools.pairwise(owners))
        return (first, last) if whole and first is not None and last is not None and first < last else None
