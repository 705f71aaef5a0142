"""Incidents: the records that a document comes to after joining, gold against predicted.

What stands by itself in a document (`inference.events.incidents`) is an incident: an event with all its mentions, and
the casualties and damage that it led to (its outcomes). Events of which nothing is told are incidents too.

Which answers which. A predicted incident can answer a gold one where both are of one type, or of two that the scheme
lets be one event (ATTACK, CLASH, EXPLOSION), and they share a trigger: the same offsets, whatever types the two
mentions have. Triggers of outcomes do not count. Of all one-to-one assignments it is the one that shares most triggers;
of equals the one with most pairs, then with most right fillers. Where two are equal in all three, the text alone
decides, never the order in which a side names things.

What fills a slot are entities, not spans. On both sides, the mentions of one cluster are one filler. A predicted one is
right where the gold incident has in that slot an entity whose cluster has a mention of the offsets and type of a span
that the predicted record names: the fullest name that the article gives (`EventRecord.roles`), since that is what its
reader sees; so it does not matter which mention fills the role, and a filler called by the wrong name is wrong. Each
answers one. (Credit for a coreferential argument is that of Ji and Grishman 2008, and of Li et al. 2021 as Coref-F1;
here the filler, too, is an entity.) A TIME is in no cluster: the times of a slot in the same words are one filler,
right where a span is the same. Fillers of a gold incident that nothing answers are missed, those of a predicted one
that answers nothing are wrong: recall is over all that gold tells. A role that leads to an event fills nothing.

Slots are filled as the table of an article tells them: by the incident and by its outcomes, so that the dead of a
caused CASUALTIES are the attack's. Only TARGET is apart: `target` is the incident's own, `harmed` that of its outcomes
(what was damaged, who is missing). `place` is PLACE and what places and targets are located in. An outcome of two
incidents is told in both.

A denial, claim or accusation of which no more is told than who takes which stand on an act (`is_only_a_stand`) is no
row of that table, but a remark on the act. Such ones are counted apart. They take part in the same assignment, because
one side may tell more of a stand than the other: a pair goes where gold's belongs, under gold's type, the rest where
their own side has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rasad.annotations.clusters import clusters
from rasad.annotations.document import Document, Relation
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.annotations.text import fold
from rasad.eval.assignment import heaviest
from rasad.eval.counts import Counts, Table
from rasad.inference.events import STANDS, EventRecord, incidents, join, outcome
from rasad.inference.incidents import SLOTS

Mention = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class IncidentScores:
    """Counts of incidents by type and of fillers by slot, and of mere remarks and their fillers apart; they add."""

    incidents: Table
    slots: Table
    remarks: Table
    remark_slots: Table

    def __add__(self, other: IncidentScores) -> IncidentScores:
        return IncidentScores(
            self.incidents + other.incidents,
            self.slots + other.slots,
            self.remarks + other.remarks,
            self.remark_slots + other.remark_slots,
        )


@dataclass(frozen=True, slots=True)
class _Filler:
    """An entity in a slot: the mentions that the record names it by, and all that it has."""

    names: frozenset[Mention]
    mentions: frozenset[Mention]


@dataclass(frozen=True, slots=True)
class _Incident:
    """What is compared of an incident; `triggers` are half-open offsets."""

    type: str
    is_remark: bool
    triggers: frozenset[tuple[int, int]]
    slots: Mapping[str, Sequence[_Filler]]


Row = tuple[_Incident | None, _Incident | None]


def incident_scores(gold: Document, predicted: Document, scheme: Scheme) -> IncidentScores:
    """Count the incidents of a document that were found, invented and missed, and what fills their slots."""
    rows = _rows(_told(gold, scheme), _told(predicted, scheme), scheme)
    remarks = [row for row in rows if _of_gold(row).is_remark]
    others = [row for row in rows if not _of_gold(row).is_remark]
    return IncidentScores(
        _by_type(scheme.events, others),
        _by_slot(others),
        _by_type([name for name in scheme.events if name in STANDS], remarks),
        _by_slot(remarks),
    )


def _of_gold(row: Row) -> _Incident:
    """Return gold's incident of a pair, or the one that there is."""
    found = row[0] or row[1]
    assert found is not None
    return found


def _by_type(types: Iterable[str], rows: Iterable[Row]) -> Table:
    table = {name: Counts() for name in types}
    for row in rows:
        one, other = row
        table[_of_gold(row).type] += Counts(int(one is not None and other is not None), int(not one), int(not other))
    return Table(table)


def _by_slot(rows: Iterable[Row]) -> Table:
    table = {slot: Counts() for slot in SLOTS}
    for one, other in rows:
        for slot in SLOTS:
            gold, predicted = (side.slots[slot] if side else () for side in (one, other))
            right = _right(gold, predicted)
            table[slot] += Counts(right, len(predicted) - right, len(gold) - right)
    return Table(table)


def _right(gold: Sequence[_Filler], predicted: Sequence[_Filler]) -> int:
    """Return how many predicted fillers of a slot are right, each by a gold one of its own."""
    meet = {(i, j): 1 for i, a in enumerate(gold) for j, b in enumerate(predicted) if a.mentions & b.names}
    return len(heaviest(meet))


def _rows(gold: Sequence[_Incident], predicted: Sequence[_Incident], scheme: Scheme) -> list[Row]:
    """Return the pairs that answer each other, then what is left of gold and of the prediction."""
    pairs = _pairs(gold, predicted, scheme)
    firsts, seconds = {i for i, _ in pairs}, {j for _, j in pairs}
    return [
        *((gold[i], predicted[j]) for i, j in pairs),
        *((one, None) for i, one in enumerate(gold) if i not in firsts),
        *((None, one) for j, one in enumerate(predicted) if j not in seconds),
    ]


def _pairs(gold: Sequence[_Incident], predicted: Sequence[_Incident], scheme: Scheme) -> list[tuple[int, int]]:
    """Assign predicted incidents to gold ones, by their places in the two sequences."""
    shared = {
        (i, j): len(one.triggers & other.triggers)
        for i, one in enumerate(gold)
        for j, other in enumerate(predicted)
        if one.triggers & other.triggers and scheme.allows(one.type, SAME_AS, other.type)
    }
    right = {(i, j): sum(_right(gold[i].slots[s], predicted[j].slots[s]) for s in SLOTS) for i, j in shared}
    # One number to compare by triggers, then pairs, then fillers: no sum of a later one outweighs one of an earlier.
    fillers, pairs = sum(right.values()) + 1, len(shared) + 1
    return heaviest({at: (count * pairs + 1) * fillers + right[at] for at, count in shared.items()})


def _told(document: Document, scheme: Scheme) -> list[_Incident]:
    """Return the incidents of a document, in an order that only what it says decides."""
    doc = _plain(document)
    records, entities = join(doc, scheme), _Entities(doc, scheme)
    return [_incident(record, outcome(record, records), entities) for record in incidents(records)]


def _incident(record: EventRecord, outcomes: Sequence[EventRecord], entities: _Entities) -> _Incident:
    told_by = {"target": [record], "harmed": outcomes}
    slots = {slot: entities.filling(told_by.get(slot, [record, *outcomes]), role) for slot, role in SLOTS.items()}
    triggers = frozenset(entities.key[m][:2] for m in record.mentions)
    return _Incident(record.type, record.is_only_a_stand, triggers, slots)


def _plain(document: Document) -> Document:
    """Return a document that says the same once, in an order of its own, under ids of its own.

    So neither the order in which a side says something nor saying it twice can change what it comes to.
    """
    keys = sorted({span.key for span in document.spans})
    ids = {key: f"s{number:06}" for number, key in enumerate(keys)}
    name = {span.id: ids[span.key] for span in document.spans}
    spans = {name[span.id]: replace(span, id=name[span.id]) for span in document.spans}
    links = sorted({(name[r.head], r.type, name[r.tail]) for r in document.relations})
    ordered = tuple(spans[ids[key]] for key in keys)
    return replace(document, spans=ordered, relations=tuple(Relation(*link) for link in links))


class _Entities:
    """Which entities fill the roles of a document."""

    def __init__(self, doc: Document, scheme: Scheme) -> None:
        self.key = {span.id: span.key for span in doc.spans}
        self._words = {span.id: fold(span.text) for span in doc.spans}
        self._home = {i: frozenset(self.key[j] for j in cluster) for cluster in clusters(doc, scheme) for i in cluster}
        self._tails: dict[tuple[str, str], list[str]] = defaultdict(list)
        for relation in doc.relations:
            self._tails[relation.head, relation.type].append(relation.tail)

    def filling(self, records: Iterable[EventRecord], role: str) -> list[_Filler]:
        """Return what fills a role of some records, one filler for each entity, one for the times in the same words."""
        names: dict[frozenset[Mention] | str, set[Mention]] = defaultdict(set)
        for i in (i for record in records for i in (*record.filling(role), *self._times(record, role))):
            names[self._home.get(i, self._words[i])].add(self.key[i])
        return [
            _Filler(frozenset(called), frozenset(called) if isinstance(entity, str) else entity)
            for entity, called in sorted(names.items(), key=lambda item: min(item[1]))
        ]

    def _times(self, record: EventRecord, role: str) -> Iterator[str]:
        """Yield the times in a role: a record keeps one of those in the same words, here each may be the right one."""
        tails = (tail for mention in record.mentions for tail in self._tails.get((mention, role), ()))
        return (tail for tail in tails if tail not in self._home)
