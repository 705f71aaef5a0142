"""Events: the triggers of a document joined into one record an event, with who denies, claims or is accused of it.

The records say what is marked and no more: times, numbers and places stand in the article's own words.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasad.annotations.clusters import clusters, is_name
from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.annotations.text import fold, form, readings
from rasad.annotations.words import words

STANDS = ("DENIAL", "CLAIM", "ACCUSATION")
OUTCOMES = ("CASUALTIES", "DAMAGE")


@dataclass(frozen=True, slots=True)
class Dispute:
    """A stand that somebody takes on an event; `event` is the record of the denial, claim or accusation itself.

    `by` and `against` are the spans of who takes it and who is accused. Of polarity `negative` it is one that nobody
    has taken (`no group has claimed the attack`).
    """

    type: str
    event: str
    by: tuple[str, ...]
    against: tuple[str, ...]
    polarity: str
    modality: str

    @property
    def is_taken(self) -> bool:
        """Whether somebody has taken it: neither negated nor still to come."""
        return self.polarity != "negative" and self.modality != "hypothetical"


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event: all its mentions, and the roles gathered from them.

    `id` is the id of the first mention. `roles` maps each role that is filled to spans, one for each entity: the
    fullest name that the article gives it, whichever mention fills the role. `where` is the PLACE and what the
    targets and places are LOCATED_IN. `about`, `causes` and `response_to` are ids of other records.
    """

    id: str
    type: str
    mentions: tuple[str, ...]
    polarity: str
    modality: str
    roles: Mapping[str, tuple[str, ...]]
    where: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    response_to: tuple[str, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    def filling(self, role: str) -> tuple[str, ...]:
        """Return the spans that fill a role; `where` counts as one."""
        return self.where if role == "where" else self.roles.get(role, ())

    @property
    def is_bare(self) -> bool:
        """Whether nothing is told of the event but that it is spoken of."""
        return not (self.roles or self.about or self.causes or self.response_to or self.disputes)

    @property
    def is_only_a_stand(self) -> bool:
        """Whether all that is told of it is the `Dispute` that the events it is about carry."""
        return bool(self.type in STANDS and self.about and self.roles.keys() <= {"AGENT", "TARGET"}) and not (
            self.causes or self.response_to or self.disputes
        )

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain data, as it stands under `events` in the JSON form of a document."""
        return {
            "id": self.id,
            "type": self.type,
            "mentions": list(self.mentions),
            "polarity": self.polarity,
            "modality": self.modality,
            "roles": {role: list(fillers) for role, fillers in self.roles.items()},
            "where": list(self.where),
            "about": list(self.about),
            "causes": list(self.causes),
            "response_to": list(self.response_to),
            "disputes": [
                {
                    "type": d.type,
                    "event": d.event,
                    "by": list(d.by),
                    "against": list(d.against),
                    "polarity": d.polarity,
                    "modality": d.modality,
                }
                for d in self.disputes
            ],
        }


def join(doc: Document, scheme: Scheme) -> tuple[EventRecord, ...]:
    """Join the triggers of a document into records, in the order of their first mentions."""
    index = _Index(doc, scheme)
    records = tuple(_record(mentions, index) for mentions in index.events)
    stands = [record for record in records if record.type in STANDS]
    return tuple(replace(record, disputes=_disputes(record, stands)) for record in records)


def outcome(record: EventRecord, records: Iterable[EventRecord]) -> tuple[EventRecord, ...]:
    """Return the casualties and damage that an event led to, those of its damage and of theirs included."""
    known = {r.id: r for r in records} if record.causes else {}
    found: list[EventRecord] = []
    queue = list(record.causes)
    while queue:
        result = known[queue.pop(0)]
        if result.type in OUTCOMES and result not in found and result.id != record.id:
            found.append(result)
            queue.extend(result.causes)
    return tuple(found)


def incidents(records: Sequence[EventRecord]) -> tuple[EventRecord, ...]:
    """Return the records that stand by themselves, what is told of most first.

    Casualties and damage are left to the event that caused them; where none did, they stand.
    """
    outcomes = {record.id: outcome(record, records) for record in records}
    caused = {result for record in records for result in record.causes}
    standing = [r for r in records if r.type not in OUTCOMES or r.id not in caused]
    told = {r.id for r in standing} | {result.id for r in standing for result in outcomes[r.id]}
    # What is left is caused in a circle.
    standing += [r for r in records if r.id not in told]

    def weight(record: EventRecord) -> int:
        group = (record, *outcomes[record.id])
        fillers = sum(len(spans) for r in group for spans in r.roles.values())
        return fillers + len(record.mentions) + len(record.disputes)

    return tuple(sorted(standing, key=weight, reverse=True))


@dataclass(frozen=True)
class Account:
    """What an article tells, in the order and grouping in which a person reads it.

    `rows` are the events to tell of, by number from 1; `groups` has the records that each row tells, itself first and
    then what came of it; `bare` are the events of which nothing is told. A record that is only a stand on another is
    told there. `numbers` says for each record that is told which row tells it.
    """

    records: Mapping[str, EventRecord]
    rows: tuple[EventRecord, ...]
    groups: Mapping[str, tuple[EventRecord, ...]]
    bare: tuple[EventRecord, ...]
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, doc: Document, scheme: Scheme) -> Account:
        """Join the events of a document and put them in order."""
        records = join(doc, scheme)
        standing = incidents(records)
        rows = tuple(r for r in standing if not (r.is_bare or r.is_only_a_stand))
        groups = {row.id: (row, *outcome(row, records)) for row in rows}
        numbers = {part.id: n for n, row in reversed([*enumerate(rows, 1)]) for part in groups[row.id]}
        numbers |= {row.id: n for n, row in enumerate(rows, 1)}
        stands = (r for r in records if r.is_only_a_stand and r.about[0] in numbers)
        numbers |= {r.id: numbers[r.about[0]] for r in stands}
        bare = tuple(r for r in standing if r.is_bare)
        return cls({r.id: r for r in records}, rows, groups, bare, numbers)

    def numbered(self, order: Iterable[str]) -> dict[str, int]:
        """Number the records that are told by where their rows come in another order of these, named by their ids."""
        place = {row: number for number, row in enumerate(order, 1)}
        told = ((record, self.rows[number - 1].id) for record, number in self.numbers.items())
        return {record: place[row] for record, row in told if row in place}

    def fillers(self, row: EventRecord, role: str) -> tuple[str, ...]:
        """Return who fills a role of an event or of what came of it; `where` counts as one."""
        group = self.groups[row.id]
        return tuple(dict.fromkeys(i for part in group for i in part.filling(role)))


class _Index:
    """What joining looks up in a document: which spans are one, their roles, and how each is best called."""

    def __init__(self, doc: Document, scheme: Scheme) -> None:
        self.doc, self.scheme, self.spans = doc, scheme, doc.by_id
        groups = [sorted((self.spans[i] for i in group), key=_position) for group in clusters(doc, scheme)]
        groups.sort(key=lambda group: _position(group[0]))
        self.events = [group for group in groups if scheme.is_event(group[0].type)]
        self.record_of = {span.id: group[0].id for group in self.events for span in group}
        entities = [group for group in groups if not scheme.is_event(group[0].type)]
        self.mentions = {span.id: group for group in entities for span in group}
        self.called: dict[str, str] = {}
        for group in entities:
            best = _fullest(group)
            self.called |= {span.id: _called(span, group, best).id for span in group}
        self.tails = doc.tails

    def distinct(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return one span for each entity, under its fullest name; times are told apart by their words."""
        found: dict[str, str] = {}
        for span_id in ids:
            best = self.called.get(span_id, span_id)
            found.setdefault(best if span_id in self.called else fold(self.spans[span_id].text), best)
        return tuple(found.values())

    def located(self, ids: Iterable[str]) -> list[str]:
        """Return what the entities of these spans are located in, and what that is located in, nearest first."""
        found: dict[str, None] = {}
        queue = deque(ids)
        seen: set[str] = set()
        while queue:
            span = queue.popleft()
            if span in seen:
                continue
            group = self.mentions.get(span, ())
            seen.update(mention.id for mention in group)
            tails = (pair for mention in group for pair in self.tails.get(mention.id, ()))
            outer = [tail for kind, tail in tails if kind == "LOCATED_IN" and tail not in found]
            found |= dict.fromkeys(outer)
            queue.extend(outer)
        return list(found)


def _record(mentions: Sequence[Span], index: _Index) -> EventRecord:
    """Build the record of one event, but for its disputes, which take the other records."""
    tails = [pair for mention in mentions for pair in index.tails.get(mention.id, ())]
    gathered: dict[str, list[str]] = {}
    linked: dict[str, dict[str, None]] = {}
    for kind, tail in tails:
        if tail not in index.record_of:
            gathered.setdefault(kind, []).append(tail)
        elif kind != SAME_AS and index.record_of[tail] != mentions[0].id:
            linked.setdefault(kind, {})[index.record_of[tail]] = None
    roles = {r.name: index.distinct(gathered[r.name]) for r in index.scheme.relations if r.name in gathered}
    places = gathered.get("PLACE", [])
    polarity, modality = _attributes(mentions, index.scheme)
    return EventRecord(
        id=mentions[0].id,
        type=_type(mentions, index.scheme),
        mentions=tuple(m.id for m in mentions),
        polarity=polarity,
        modality=modality,
        roles=roles,
        where=index.distinct([*places, *index.located([*places, *gathered.get("TARGET", [])])]),
        about=tuple(linked.get("ABOUT", ())),
        causes=tuple(linked.get("CAUSES", ())),
        response_to=tuple(linked.get("RESPONSE_TO", ())),
    )


def _type(mentions: Sequence[Span], scheme: Scheme) -> str:
    """Return the type of most mentions; of equals the first in the scheme (an ATTACK that is an EXPLOSION too)."""
    counts = Counter(m.type for m in mentions)
    return min(counts, key=lambda kind: (-counts[kind], scheme.events.index(kind)))


def _attributes(mentions: Sequence[Span], scheme: Scheme) -> tuple[str, str]:
    """Return polarity and modality: the surest modality of any mention, and the polarity of most that have it."""
    modalities = scheme.attributes["modality"]
    sure = [m.modality or modalities[0] for m in mentions]
    modality = min(sure, key=modalities.index)
    polarities = [
        m.polarity or scheme.default("polarity") for m, s in zip(mentions, sure, strict=True) if s == modality
    ]
    return Counter(polarities).most_common(1)[0][0], modality


def _disputes(record: EventRecord, stands: Iterable[EventRecord]) -> tuple[Dispute, ...]:
    return tuple(
        Dispute(r.type, r.id, r.roles.get("AGENT", ()), r.roles.get("TARGET", ()), r.polarity, r.modality)
        for r in stands
        if record.id in r.about
    )


def _called(span: Span, group: Sequence[Span], best: Span) -> Span:
    """Return the mention to call a mention by: the best of its entity, but for a name only one that holds its words.

    A wrong link between two names must not put one in the place of the other.
    """
    if not _is_proper(span) or _forms(span) <= _forms(best):
        return best
    return _fullest([other for other in group if other is span or readings(other.text) & readings(span.text)])


def _is_proper(span: Span) -> bool:
    """Tell `Islamic State` from `the hardline Sunni group`; short words (`of`, `the`) have no capitals anyway."""
    found = (span.text[start:end] for start, end in words(span.text))
    return is_name(span) and not any(word.islower() and len(word) > 3 for word in found)


def _forms(span: Span) -> frozenset[str]:
    """Return the words of a mention folded and without article."""
    return frozenset(form(span.text[start:end]) for start, end in words(span.text))


def _fullest(group: Sequence[Span]) -> Span:
    """Return the mention to call an entity by.

    Proper names come before other names and those before nominals, more words before fewer, and of the same words
    those without clitics, which every other form of them can be read as.
    """
    read = [readings(span.text) for span in group]

    def fullness(span: Span) -> tuple[bool, bool, int, int, int]:
        found = [span.text[start:end] for start, end in words(span.text)]
        plain = " ".join(fold(word) for word in found)
        return _is_proper(span), is_name(span), len(found), sum(plain in forms for forms in read), -span.start

    return max(group, key=fullness)


def _position(span: Span) -> tuple[int, int]:
    return span.start, span.end
