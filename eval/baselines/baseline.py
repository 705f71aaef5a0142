"""What baselines share: what is asked of one, the settings it may take, and documents made of what it found."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from rasad.annotations.document import Document, Span

SCORE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may set; None leaves it to the baseline.

    `epochs` are passes over the training data, at most; `encoder` is a folder or a hub name.
    """

    epochs: int | None = None
    encoder: str | None = None
    seed: int | None = None


class Baseline(Protocol):
    """A trained system."""

    @property
    def model(self) -> str:
        """Name and hash of what it learnt, written into every prediction."""

    @property
    def lost(self) -> Counter[str]:
        """How much, by what it is, training and prediction so far could not take in or had to mend."""

    def predict(self, document: Document) -> Document:
        """Return the document with what the baseline finds in its text; annotation that it brings is dropped."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span found: half-open character offsets, type, and a score from 0 to 1 where the system gives one."""

    start: int
    end: int
    type: str
    score: float | None = None


def marked(document: Document, marks: Iterable[Mark], model: str) -> Document:
    """Return a document with these spans and nothing else of what was annotated."""
    spans = tuple(
        Span(f"s{number}", m.start, m.end, m.type, document.text[m.start : m.end], score=_rounded(m.score))
        for number, m in enumerate(sorted(marks, key=lambda m: (m.start, m.end)), 1)
    )
    return replace(document, spans=spans, relations=(), model=model, derived={})


def _rounded(score: float | None) -> float | None:
    return None if score is None else min(1.0, round(score, SCORE_DIGITS))


def model_name(name: str, parts: Iterable[bytes]) -> str:
    """Return `name@hash` of what was learnt (12 hexadecimal digits)."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return f"{name}@{digest.hexdigest()[:12]}"
