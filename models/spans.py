"""Spans counted in words, alone and as the tensors of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.models.encoding import Encoded


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A span: first and last word (inclusive), index of its type, probability."""

    first: int
    last: int
    type: int
    score: float


@dataclass(frozen=True)
class SpanSet:
    """Spans of a batch, ordered by position.

    All tensors have one entry a span: `first` and `last` word (inclusive, into the words of the batch), index of the
    `type` in `scheme.types`, and `doc`, the text it belongs to.
    """

    first: Tensor
    last: Tensor
    type: Tensor
    doc: Tensor

    def __len__(self) -> int:
        return len(self.first)

    def to(self, device: torch.device) -> SpanSet:
        """Return the same spans on a device."""
        return SpanSet(*(t.to(device) for t in (self.first, self.last, self.type, self.doc)))


@dataclass(frozen=True)
class Words:
    """Where the words of a batch stand: paragraph, sentence and text of each, and their folded forms."""

    paragraph: Tensor
    sentence: Tensor
    doc: Tensor
    forms: Sequence[str]

    @property
    def breaks(self) -> Tensor:
        """True at the first word of every paragraph, which continues no span."""
        first = torch.ones(len(self.paragraph), dtype=torch.bool)
        first[1:] = (self.paragraph[1:] != self.paragraph[:-1]) | (self.doc[1:] != self.doc[:-1])
        return first


def span_set(spans: Sequence[WordSpan], docs: Sequence[int] | None = None) -> SpanSet:
    """Lay spans out as tensors; `docs` says which text of the batch each belongs to, the first where absent."""
    first, last, kind = (torch.tensor([getattr(s, n) for s in spans]).long() for n in ("first", "last", "type"))
    return SpanSet(first, last, kind, torch.tensor(docs or [0] * len(spans)).long())


def word_spans(document: Document, encoded: Encoded, scheme: Scheme) -> list[WordSpan]:
    """Return the spans of a document in words.

    Raises:
        RasadError: where a span does not begin and end with a word, or has an unknown type.
    """
    starts = {a: i for i, (a, _) in enumerate(encoded.words)}
    ends = {b: i for i, (_, b) in enumerate(encoded.words)}
    found = []
    for span in document.spans:
        if span.start not in starts or span.end not in ends:
            raise RasadError(f"{document.id}: span {span.id} ({span.text!r}) does not begin and end with a word")
        if span.type not in scheme.types:
            raise RasadError(f"{document.id}: span {span.id} has the unknown type {span.type}")
        found.append(WordSpan(starts[span.start], ends[span.end], scheme.types.index(span.type), 1.0))
    return found
