"""Incidents: one record for what happened, with who says what of it, as an analyst's table has it.

An incident is a row of the `Account` of an article: an event with all its mentions, and the casualties and damage that
it led to. Competing values are kept side by side, each with those who say it; nothing is settled here.

What the text leaves to its reader is inferred by few rules, and says so (`Filler.inferred`):

- adjective: the agent from the nationality on the trigger (`القصف الإسرائيلي`, an Israeli strike), where none is told.
- located: the place from what targets and places are located in.
- sentence: the source from the nearest event before, or else after, in the same sentence that has one.

The main incident is what the article is about: of those in its first sentence, as a rule the headline, the one of which
most is told, be it a plan or a release. Where that names none it is what most is told of among those that happened, one
that is no background before others. Background is what was over more than `_OLD` days before publication.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import Scheme
from rasad.annotations.text import fold
from rasad.annotations.words import paragraphs, sentence_starts, words
from rasad.inference.events import Account, Dispute, EventRecord
from rasad.inference.figures import Figure, figures
from rasad.inference.names import nationality
from rasad.inference.numbers.numerals import language
from rasad.inference.status import Reason, status
from rasad.inference.times import UNKNOWN, TimeValue
from rasad.inference.values import Values

# The role that fills each slot; `harmed` is what outcomes befell.
SLOTS: Mapping[str, str] = {
    "agent": "AGENT",
    "target": "TARGET",
    "harmed": "TARGET",
    "instrument": "INSTRUMENT",
    "origin": "ORIGIN",
    "place": "where",
    "time": "WHEN",
    "killed": "KILLED",
    "injured": "INJURED",
    "source": "SOURCE",
}
_OLD = 7  # days
_ACTS = frozenset({"ATTACK", "CLASH", "INTERCEPTION", "DETENTION", "SEIZURE", "SEARCH_OPERATION", "DEPLOYMENT"})
_NEAR = 2  # words between a trigger and its adjective, the adjective among them
_WINDOW = 200  # characters that they are looked for in


@dataclass(frozen=True, slots=True)
class Filler:
    """Who or what fills a slot.

    `span` is the mention to call it by, None where an adjective tells it (then `country` is known). `said_by` are the
    sources of the mentions that say so; `inferred` is the rule that gave it, None where the text states it.
    """

    span: str | None
    text: str
    said_by: tuple[str, ...] = ()
    inferred: str | None = None
    country: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the filler as plain data, without what is not known of it."""
        given = {"span": self.span, "text": self.text, "said_by": list(self.said_by)}
        more = {"inferred": self.inferred, "country": self.country}
        return given | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident of an article.

    `id` is that of its first mention; `parts` are the records of what it led to. `slots` have fillers by `SLOTS`, those
    of its outcomes among them. `when` is the closest of its times; the others stand in the slot.
    """

    id: str
    type: str
    mentions: tuple[str, ...]
    parts: tuple[str, ...]
    status: str
    reasons: tuple[Reason, ...]
    slots: Mapping[str, tuple[Filler, ...]]
    disputes: tuple[Dispute, ...]
    when: TimeValue
    killed: tuple[Figure, ...]
    injured: tuple[Figure, ...]
    is_main: bool = False
    is_background: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the incident as plain data."""
        return {
            "id": self.id,
            "type": self.type,
            "main": self.is_main,
            "background": self.is_background,
            "mentions": list(self.mentions),
            "parts": list(self.parts),
            "status": self.status,
            "reasons": [reason.to_json() for reason in self.reasons],
            "slots": {slot: [filler.to_json() for filler in found] for slot, found in self.slots.items()},
            "when": {name: getattr(self.when, name) for name in ("value", "start", "end", "precision", "mod")},
            "killed": [figure.to_json() for figure in self.killed],
            "injured": [figure.to_json() for figure in self.injured],
        }


def incidents_of(doc: Document, account: Account, values: Values, scheme: Scheme) -> tuple[Incident, ...]:
    """Return the incidents of an article, what is told of most first; one of them is the main one, if any can be.

    Args:
        doc: The article.
        account: Its events, joined.
        values: What its spans come to.
        scheme: Its scheme.
    """
    builder = _Builder(doc, account, values, scheme)
    found = [builder.incident(row) for row in account.rows]
    main = builder.main(found)
    return tuple(replace(incident, is_main=incident is main) for incident in found)


def in_order(found: Iterable[Incident]) -> list[Incident]:
    """Put the main incident before the others, and background behind them."""
    return sorted(found, key=lambda incident: (not incident.is_main, incident.is_background))


class _Builder:
    """What incidents of one article are built from."""

    def __init__(self, doc: Document, account: Account, values: Values, scheme: Scheme) -> None:
        self.doc, self.account, self.values, self.scheme, self.spans = doc, account, values, scheme, doc.by_id
        self.tails = doc.tails
        self.paragraphs = list(paragraphs(doc.text))
        self.sentences = sentence_starts(doc.text)
        self.sourced: dict[int, list[Span]] = {}
        for span in doc.spans:
            if self._sources(span.id):
                self.sourced.setdefault(self._sentence(span.start), []).append(span)

    def incident(self, row: EventRecord) -> Incident:
        """Build the incident of a row, whether or not it is the main one."""
        group = self.account.groups[row.id]
        slots = {slot: self._fillers(slot, group) for slot in SLOTS}
        slots = self._with_inferred(row, slots)
        sources = tuple(f.span for f in slots["source"] if f.span)
        state, reasons = status(row, self.account.records.values(), sources, self.scheme)
        when = self._when(slots["time"])
        return Incident(
            id=row.id,
            type=row.type,
            mentions=row.mentions,
            parts=tuple(part.id for part in group[1:]),
            status=state,
            reasons=reasons,
            slots={slot: found for slot, found in slots.items() if found},
            disputes=tuple(dispute for part in group for dispute in part.disputes),
            when=when,
            killed=figures("KILLED", group, self.doc, self.values, self.tails),
            injured=figures("INJURED", group, self.doc, self.values, self.tails),
            is_background=_is_old(when, self.doc.date),
        )

    def main(self, found: Sequence[Incident]) -> Incident | None:
        """Return the main incident of those found, of which most is told first; None where there is none."""
        headline = [i for i in found if any(self._sentence(self.spans[m].start) <= 1 for m in i.mentions)]
        happened = [i for i in found if i.status not in ("negated", "planned", "threatened")]
        recent = [i for i in happened if not i.is_background]
        return next(iter(headline or recent or happened), None)

    def _fillers(self, slot: str, group: Sequence[EventRecord]) -> tuple[Filler, ...]:
        parts = {"target": group[:1], "harmed": group[1:]}.get(slot, group)
        found: dict[str, Filler] = {}
        for part in parts:
            stating = self._stating(part, "PLACE" if slot == "place" else SLOTS[slot])
            for span in part.filling(SLOTS[slot]):
                found.setdefault(span, self._filler(span, slot, stating.get(self._entity_of(span), ())))
        return tuple(found.values())

    def _filler(self, span: str, slot: str, stating: Sequence[str]) -> Filler:
        said_by = dict.fromkeys(source for mention in stating for source in self._sources(mention))
        inferred = "located" if slot == "place" and not stating else None
        return Filler(span, self.spans[span].text, () if slot == "source" else tuple(said_by), inferred)

    def _stating(self, record: EventRecord, role: str) -> dict[int | str, list[str]]:
        """Return the mentions of an event that say who fills a role, by entity."""
        found: dict[int | str, list[str]] = {}
        for mention in record.mentions:
            for kind, tail in self.tails.get(mention, ()):
                if kind == role:
                    found.setdefault(self._entity_of(tail), []).append(mention)
        return found

    def _entity_of(self, span: str) -> int | str:
        """Return what spans of one entity have in common; times, which are in no cluster, go by their words."""
        entities = self.values.entities
        return entities[span] if span in entities else fold(self.spans[span].text)

    def _with_inferred(self, row: EventRecord, slots: dict[str, tuple[Filler, ...]]) -> dict[str, tuple[Filler, ...]]:
        if not slots["agent"] and row.type in _ACTS:
            slots["agent"] = self._by_adjective(row)
        if not slots["source"]:
            slots["source"] = self._by_sentence(row)
        return slots

    def _by_adjective(self, row: EventRecord) -> tuple[Filler, ...]:
        found: dict[str, Filler] = {}
        for mention in row.mentions:
            for word in self._beside(self.spans[mention]):
                if country := nationality(word, self.doc.lang):
                    found.setdefault(country, Filler(None, word, (), "adjective", country))
        return tuple(found.values())

    def _beside(self, trigger: Span) -> list[str]:
        """Return the unmarked words where an adjective of a trigger is: behind it in Arabic, before it in English."""
        text, (first, last) = self.doc.text, self._paragraph(trigger)
        first, last = max(first, trigger.start - _WINDOW), min(last, trigger.end + _WINDOW)
        if language(trigger.text, self.doc.lang) == "ar":
            near = [(trigger.end + s, trigger.end + e) for s, e in words(text[trigger.end : last])[:_NEAR]]
        else:
            near = [(first + s, first + e) for s, e in words(text[first : trigger.start])[-_NEAR:]]
        return [text[s:e] for s, e in near if not any(x.start < e and s < x.end for x in self.doc.spans)]

    def _by_sentence(self, row: EventRecord) -> tuple[Filler, ...]:
        for mention in row.mentions:
            at = self.spans[mention].start
            if told := self.sourced.get(self._sentence(at)):
                nearest = min(told, key=lambda s: (s.start > at, abs(s.start - at)))
                return tuple(Filler(i, self.spans[i].text, (), "sentence") for i in self._sources(nearest.id))
        return ()

    def _sources(self, event: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tail for role, tail in self.tails.get(event, ()) if role == "SOURCE"))

    def _sentence(self, at: int) -> int:
        """Return the number of the sentence that a character is in, from 1."""
        return bisect.bisect_right(self.sentences, at)

    def _paragraph(self, span: Span) -> tuple[int, int]:
        return next((p for p in self.paragraphs if p[0] <= span.start < p[1]), (span.start, span.end))

    def _when(self, times: Iterable[Filler]) -> TimeValue:
        """Return the closest of some times: of those with both bounds the shortest, else the first that is known."""
        known = [self.values.times[f.span] for f in times if f.span and f.span in self.values.times]
        bounded = [value for value in known if value.start and value.end]
        return min(bounded, key=_length, default=next((v for v in known if v.start or v.end), UNKNOWN))


def _length(value: TimeValue) -> float:
    start, end = (datetime.fromisoformat(bound).replace(tzinfo=None) for bound in (value.start or "", value.end or ""))
    return (end - start).total_seconds()


def _is_old(when: TimeValue, published: str | None) -> bool:
    """Say whether something was over long before publication; without a date of publication nothing is."""
    if not published or not when.end:
        return False
    try:
        day = date.fromisoformat(published[:10])
    except ValueError:
        return False
    return (day - date.fromisoformat(when.end[:10])).days > _OLD
