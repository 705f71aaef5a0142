"""Figures: how many were killed and injured, as each mention says it and by whose word.

A figure is what one mention of an event says: its fillers added up, but for those that are part of another (`خمسة
مدنيين بينهم طفل`). Figures of different mentions are not added: they stand side by side, for the reader to judge
whether they are one toll told twice, or two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rasad.annotations.document import Document, Span
from rasad.inference.events import EventRecord
from rasad.inference.numbers import Count
from rasad.inference.values import Values

Tails: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]
_PART = re.compile(
    r"\b(?:و?بينهم|و?بينهن|و?من بينهم|و?منهم|وضمنهم|بما في ذلك|including|among them|among whom)\b", re.IGNORECASE
)
_NONE = Count(0, 0, "exact")


@dataclass(frozen=True, slots=True)
class Figure:
    """How many, as one mention says: its spans, and the spans of those whose word it is."""

    count: Count
    spans: tuple[str, ...]
    said_by: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        count = {"low": self.count.low, "high": self.count.high, "kind": self.count.kind}
        return count | {"spans": list(self.spans), "said_by": list(self.said_by)}


def figures(role: str, group: Iterable[EventRecord], doc: Document, values: Values, tails: Tails) -> tuple[Figure, ...]:
    """Return the figures of an incident for KILLED or INJURED, in the order of the text.

    Args:
        role: KILLED or INJURED.
        group: The event and the outcomes that it led to.
        doc: The article.
        values: What its spans come to.
        tails: The relations of each span, as (role, tail).
    """
    found: list[Figure] = []
    known = doc.by_id
    for record in group:
        for mention in record.mentions:
            spans = sorted((known[t] for r, t in tails.get(mention, ()) if r == role), key=lambda s: s.start)
            said_by = tuple(dict.fromkeys(t for r, t in tails.get(mention, ()) if r == "SOURCE"))
            if spans and record.modality != "hypothetical":
                count = _NONE if record.polarity == "negative" else _sum(_wholes(spans, doc), values)
                found.append(Figure(count, tuple(s.id for s in spans), said_by))
    return tuple(found)


def bounds(found: Iterable[Figure]) -> tuple[int | None, int | None]:
    """Return the least and the most that any figure says; None where no figure has such a bound."""
    known = [f.count for f in found if f.count.kind != "unknown"]
    low = min((c.low for c in known if c.low is not None), default=None)
    open_end = any(c.high is None for c in known)
    return low, None if open_end else max((c.high for c in known if c.high is not None), default=None)


def _wholes(spans: Sequence[Span], doc: Document) -> list[Span]:
    """Leave out what the words before it call a part of what was counted before."""
    kept: list[Span] = []
    for span in spans:
        between = doc.text[kept[-1].end : span.start] if kept else ""
        if not _PART.search(between):
            kept.append(span)
    return kept


def _sum(spans: Iterable[Span], values: Values) -> Count:
    """Add counts up; of what nothing is known there is at least one. Without any least number the sum has none."""
    counts = [values.counts.get(s.id, Count(1, None, "some")) for s in spans]
    lows = [c.low for c in counts if c.low is not None]
    highs = [c.high for c in counts if c.high is not None]
    low = sum(lows) if lows else None
    high = sum(highs) if len(highs) == len(counts) else None
    kinds = {c.kind for c in counts}
    if len(kinds) == 1:
        return Count(low, high, counts[0].kind)
    return Count(low, high, "about") if high is not None else Count(low, None, "at_least")
