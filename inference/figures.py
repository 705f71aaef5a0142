"""Figures: how many were killed and injured, as each mention says it and by whose word.

A figure is what one mention of an event says: its fillers added up, but for those that were counted before: part of
another (`خمسة مدنيين بينهم طفل`), one entity with it, or the names of those described (`two sons, Issa and Hamada`).
Figures of different mentions are not added: they stand side by side, for the reader to judge whether they are one toll
told twice, or two. Only what says the same of the same people again is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rasad.annotations.clusters import is_name
from rasad.annotations.document import Document, Span
from rasad.annotations.text import fold
from rasad.inference.events import EventRecord
from rasad.inference.numbers import Count
from rasad.inference.values import Values

Tails: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]
_PART = re.compile(
    r"\b(?:و?بينهم|و?بينهن|و?من بينهم|و?منهم|وضمنهم|بما في ذلك|including|among them|among whom)\b", re.IGNORECASE
)
# Right before those who are the same people, or most of them; elsewhere it may begin another clause.
_SAME = re.compile(
    r"\b(?:(?:و?معظمهم|و?أغلبهم|و?غالبيتهم)(?:\s+من)?|و?هم|و?هما|most of (?:them|whom)(?: (?:were|are))?|"
    r"(?:killed|injured|wounded|dead) (?:were|are))\s*[:،,]?\s*$",
    re.IGNORECASE,
)
# Between a description and the first name of those described, and between two names.
_NAMELY = re.compile(
    r"(?:\s+(?:of|from|من)(?:\s+[\w'’-]+){1,3})?\s*(?:[,،:(–—-]\s*)?"
    r"(?:(?:namely|named|identified as|و?هم|و?هما)\s*:?\s*)?[\"“«]?",
    re.IGNORECASE,
)
_AND = re.compile(r"[\"”»]?\s*[,،]?\s*(?:and\s+|و\s*)?[\"“«]?", re.IGNORECASE)
_OF = re.compile(r"\s*(?:of|من)(?:\s+(?:the|these|those|his|her|their))?\s*", re.IGNORECASE)
_NONE = Count(0, 0, "exact")
_ONE = Count(1, 1, "exact")
_UNSAID = Count(1, None, "some")


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
    found: list[tuple[str, Figure]] = []
    known = doc.by_id
    for record in group:
        for mention in record.mentions:
            spans = sorted((known[t] for r, t in tails.get(mention, ()) if r == role), key=lambda s: s.start)
            said_by = tuple(dict.fromkeys(t for r, t in tails.get(mention, ()) if r == "SOURCE"))
            if spans and record.modality != "hypothetical":
                count = _NONE if record.polarity == "negative" else _sum(_wholes(spans, doc, values), values)
                found.append((record.id, Figure(count, tuple(s.id for s in spans), said_by)))
    return _told_once(found, doc, values)


def bounds(found: Iterable[Figure]) -> tuple[int | None, int | None]:
    """Return the least and the most that any figure says; None where no figure has such a bound."""
    known = [f.count for f in found if f.count.kind != "unknown"]
    low = min((c.low for c in known if c.low is not None), default=None)
    open_end = any(c.high is None for c in known)
    return low, None if open_end else max((c.high for c in known if c.high is not None), default=None)


def _told_once(found: Sequence[tuple[str, Figure]], doc: Document, values: Values) -> tuple[Figure, ...]:
    """Leave out the figures that say no more than another: of equals one with a source stays, or the first."""
    kept: list[int] = []
    for i in sorted(range(len(found)), key=lambda i: (found[i][1].count.kind == "some", not found[i][1].said_by)):
        if not any(_says(found[other], found[i], doc, values) for other in kept):
            kept.append(i)
    return tuple(found[i][1] for i in sorted(kept))


def _says(this: tuple[str, Figure], other: tuple[str, Figure], doc: Document, values: Values) -> bool:
    """Whether a figure says what another does: of the same people the same number, or one where that has none.

    The same people are the same entities or, where it is the same event, in the same words. The sources are the same,
    or the other has none.
    """
    (record, figure), (other_record, told) = this, other
    sources = [{values.entities.get(i, i) for i in f.said_by} for f in (figure, told)]
    if sources[1] and sources[0] != sources[1]:
        return False
    ours, theirs = ({values.entities.get(i, i) for i in f.spans} for f in (figure, told))
    if ours == theirs:
        return figure.count == told.count or _is_vaguer(told.count, figure.count)
    said = [[fold(doc.by_id[i].text) for i in f.spans] for f in (figure, told)]
    return record == other_record and figure.count == told.count and said[0] == said[1]


def _is_vaguer(this: Count, other: Count) -> bool:
    """Whether a count gives no number, and another may be the number that it does not give."""
    return this.kind == "some" and this.low is not None and other.low is not None and this.low <= other.low


def _wholes(spans: Sequence[Span], doc: Document, values: Values) -> list[Span]:
    """Leave out who was counted before: parts, what is one with another, and names of those described."""
    kept: list[Span] = []
    for span in _unnamed(spans, doc, values):
        between = doc.text[kept[-1].end : span.start] if kept else ""
        same = next((i for i, other in enumerate(kept) if _are_one(other, span, values)), None)
        if same is not None:
            kept[same] = kept[same] if _states(kept[same], values) else span
        elif not (_PART.search(between) or _SAME.search(between) or (kept and _OF.fullmatch(between))):
            kept.append(span)
    return kept


def _are_one(this: Span, other: Span, values: Values) -> bool:
    """Whether two spans are one entity and do not say different numbers."""
    numbers = {values.counts[s.id] for s in (this, other) if _states(s, values)}
    entity = values.entities.get(this.id)
    return entity is not None and entity == values.entities.get(other.id) and len(numbers) < 2


def _states(span: Span, values: Values) -> bool:
    """Whether a span says how many it counts."""
    return values.counts.get(span.id, _UNSAID).kind != "some"


def _unnamed(spans: Sequence[Span], doc: Document, values: Values) -> list[Span]:
    """Leave out the names right after a description of as many (`three sons of his: Issa, Taha and Youssef`)."""
    found: list[Span] = []
    rest = list(spans)
    while rest:
        described, *rest = rest
        found.append(described)
        count = values.counts.get(described.id, _UNSAID)
        run = _names_after(described, rest, doc, values)
        if not run or is_name(described):
            continue
        if count.kind == "some" and (count.low or 0) <= run:
            found[-1:] = rest[:run]
        elif not count.low == count.high == run:
            continue
        rest = rest[run:]
    return found


def _names_after(described: Span, rest: Sequence[Span], doc: Document, values: Values) -> int:
    """Return how many names follow a description directly, joined to each other."""
    end, size = described.end, 0
    for span in rest:
        between = doc.text[end : span.start]
        joined = _AND.fullmatch(between) if size else _names_them(between, span)
        if not joined or not is_name(span) or values.counts.get(span.id) != _ONE:
            break
        end, size = span.end, size + 1
    return size


def _names_them(between: str, name: Span) -> bool:
    """Whether a name after these words is of those before them; و is a word of its own or not, and may join another."""
    joined = name.text.startswith("و") and not re.search(r"[:–—-]|هم|هما", between)
    return bool(_NAMELY.fullmatch(between)) and not joined


def _sum(spans: Iterable[Span], values: Values) -> Count:
    """Add counts up; of what nothing is known there is at least one. Without any least number the sum has none."""
    counts = [values.counts.get(s.id, _UNSAID) for s in spans]
    lows = [c.low for c in counts if c.low is not None]
    highs = [c.high for c in counts if c.high is not None]
    low = sum(lows) if lows else None
    high = sum(highs) if len(highs) == len(counts) else None
    kinds = {c.kind for c in counts}
    if len(kinds) == 1:
        return Count(low, high, counts[0].kind)
    return Count(low, high, "about") if high is not None else Count(low, None, "at_least")
