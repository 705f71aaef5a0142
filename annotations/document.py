"""`Document`, `Span`, `Relation`: the one type that flows through rasad, gold and predicted alike."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasad.annotations.errors import RasadError
from rasad.annotations.words import paragraphs

LANGUAGES = ("ar", "en", "mixed")


@dataclass(frozen=True, slots=True)
class Span:
    """A mention: `document.text[start:end] == text`, half-open offsets in characters.

    Only events carry `polarity` and `modality`; `score` (0 to 1) is absent in gold.
    """

    id: str
    start: int
    end: int
    type: str
    text: str
    polarity: str | None = None
    modality: str | None = None
    score: float | None = None

    @property
    def key(self) -> tuple[int, int, str]:
        """Offsets and type: what makes two mentions of one text the same."""
        return self.start, self.end, self.type


@dataclass(frozen=True, slots=True)
class Relation:
    """`head RELATION tail`, by span ids: for roles, the tail is the head's RELATION."""

    head: str
    type: str
    tail: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One article and what is marked in it.

    Invariants: spans are ordered by start and lie in the text, their ids are unique, relations name spans that exist.
    `meta` keeps the other fields of the front matter (`source`, …); `model` and `derived` belong to predictions:
    name and hash of the checkpoint, and what inference adds (`times`, `events`, …).

    Raises:
        RasadError: where an invariant does not hold.
    """

    id: str
    text: str
    lang: str = "mixed"
    date: str | None = None
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    derived: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.spans, key=lambda s: (s.start, s.end)))
        object.__setattr__(self, "spans", ordered)
        ids: set[str] = set()
        for span in ordered:
            if not 0 <= span.start < span.end <= len(self.text):
                raise RasadError(
                    f"{self.id}: span {span.id} is {span.start}:{span.end}, outside the text (0:{len(self.text)})"
                )
            if self.text[span.start : span.end] != span.text:
                raise RasadError(
                    f"{self.id}: span {span.id} says {span.text!r}, the text at {span.start}:{span.end} says "
                    f"{self.text[span.start : span.end]!r}"
                )
            if span.id in ids:
                raise RasadError(f"{self.id}: span id {span.id} is used twice; ids are unique in a document")
            ids.add(span.id)
        for relation in self.relations:
            for end in (relation.head, relation.tail):
                if end not in ids:
                    raise RasadError(
                        f"{self.id}: {relation.head} {relation.type} {relation.tail} names {end}, which is no span"
                    )

    @property
    def by_id(self) -> dict[str, Span]:
        """Spans by their ids."""
        return {span.id: span for span in self.spans}

    @property
    def tails(self) -> dict[str, list[tuple[str, str]]]:
        """What spans are the heads of, by their ids: relation and tail, in order."""
        found: dict[str, list[tuple[str, str]]] = {}
        for relation in self.relations:
            found.setdefault(relation.head, []).append((relation.type, relation.tail))
        return found

    def paragraph_of(self, position: int) -> int:
        """Return the index (from 0) of the paragraph that holds a character offset."""
        starts = [start for start, _ in paragraphs(self.text)]
        return max(0, bisect.bisect_right(starts, position) - 1)
