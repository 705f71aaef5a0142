"""Factuality: whether events are told as fact, and who takes which stand on them.

Attributes. On the triggers that both sides have, they say little of a model that misses the denied and threatened
events. So they are also counted end to end, with the trigger: `(start, end, type, value)`, for every value and the
default too, as the event nugget track of TAC KBP counts types with realis (Mitamura et al. 2015). The attributes of a
trigger together are one value (`negative hypothetical`), as in FactBank (Saurí and Pustejovsky 2009).

Stands are one figure for *who denies, claims, threatens or accuses, about which act*: `(type of the stand, entity that
is its AGENT, event that it is ABOUT)`. The mentions that SAME_AS makes one stand are gathered, as the scheme writes
ABOUT at the first alone; a stand of two agents or acts is a tuple for each pair. A predicted tuple is right where gold
has one of the same type, whose agent's cluster holds the span of the predicted agent and whose act's cluster holds the
trigger of the predicted act, both with offsets and type. Which mention of them is named does not matter.

- Tuples are sets, and one of gold is found once or not at all, whichever mentions tell it, and how often.
- Gold's clusters decide, so that gold and prediction cannot change places; what lies in none of them is told apart by
  the prediction's own.
- An absent agent or act agrees with an absent one and with nothing else: to add what the text does not say is as wrong
  as to leave out what it says.
- With both absent, nothing would tell one denial from another, and a prediction anywhere in the text would find any.
  Such a tuple is told apart by the stand itself: the first of its predicted mentions that is a trigger of gold must be
  one of gold's stand.

Attributes of the stand are not in the tuple (`no group has claimed it` is a CLAIM without agent, and negative): they
are counted with its trigger, like those of other events.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.eval.coreference import Cluster, Mention, mention_clusters
from rasad.eval.counts import Choices, Table

STANDS = frozenset({"DENIAL", "CLAIM", "ACCUSATION", "THREAT"})

Homes = Mapping[Mention, Cluster]
Tails = Mapping[tuple[Mention, str], set[Mention]]
Values = Mapping[Mention, tuple[str, ...]]
Stand = tuple[Cluster | None, Cluster | None, Cluster | None]  # agent, act, and, where there is neither, the stand


@dataclass(frozen=True, slots=True)
class Factuality:
    """The counts of a document, or of many: they add.

    `attributes` has the triggers with each value of an attribute, end to end; `combined` the same with all attributes
    as one value. `matched` has these combined values on the triggers that both sides have: their accuracy, and their
    macro-F1 as that of `by_value`, which leaves no value out here. `stands` is by the type of the stand.
    """

    attributes: Mapping[str, Table]
    combined: Table
    matched: Choices
    stands: Table

    def __add__(self, other: Factuality) -> Factuality:
        return Factuality(
            {name: one + other.attributes[name] for name, one in self.attributes.items()},
            self.combined + other.combined,
            self.matched + other.matched,
            self.stands + other.stands,
        )


def factuality(gold: Document, predicted: Document, scheme: Scheme) -> Factuality:
    """Count the attributes and the stands that a predicted document has right, wrong and not at all."""
    ours, theirs = _values(gold, scheme), _values(predicted, scheme)
    return Factuality(
        {
            name: _table(values, *({m: row[i] for m, row in side.items()} for side in (ours, theirs)))
            for i, (name, values) in enumerate(scheme.attributes.items())
        },
        _combined(ours, theirs, scheme),
        _matched(ours, theirs, scheme),
        _stands(gold, predicted, scheme),
    )


def _values(document: Document, scheme: Scheme) -> Values:
    """Return the values on each trigger, one for each attribute.

    A value that is not written is the default; of a trigger that is there twice, the last in the order of the scheme.
    """
    attributes = scheme.attributes
    found: dict[Mention, tuple[str, ...]] = {}
    for span in document.spans:
        if scheme.is_event(span.type):
            mention = (span.start, span.end, span.type)
            row = tuple(getattr(span, name) or values[0] for name, values in attributes.items())
            both = zip(row, found.get(mention, row), attributes.values(), strict=True)
            found[mention] = tuple(max(one, other, key=values.index) for one, other, values in both)
    return found


def _table(names: Sequence[str], gold: Mapping[Mention, str], predicted: Mapping[Mention, str]) -> Table:
    """Compare triggers together with the value of each."""
    sides = ({name: {m for m, value in side.items() if value == name} for name in names} for side in (gold, predicted))
    return Table.of(names, *sides)


def _combined(gold: Values, predicted: Values, scheme: Scheme) -> Table:
    """Compare triggers together with the values of all attributes as one."""
    names = [" ".join(row) for row in itertools.product(*scheme.attributes.values())]
    return _table(names, *({m: " ".join(row) for m, row in side.items()} for side in (gold, predicted)))


def _matched(gold: Values, predicted: Values, scheme: Scheme) -> Choices:
    """Compare the values of all attributes as one on the triggers that both sides have."""
    both = gold.keys() & predicted.keys()
    table = _combined({m: gold[m] for m in both}, {m: predicted[m] for m in both}, scheme)
    return Choices(sum(gold[m] == predicted[m] for m in both), len(both), table)


def _stands(gold: Document, predicted: Document, scheme: Scheme) -> Table:
    """Compare who takes a stand of which type on what; what the prediction names is looked up in gold's clusters."""
    ours, theirs = mention_clusters(gold, scheme), mention_clusters(predicted, scheme)
    homes = _homes(ours)
    return Table.of(
        [name for name in scheme.events if name in STANDS],
        _told(gold, ours, homes, {}),
        _told(predicted, theirs, homes, _homes(theirs)),
    )


def _homes(partition: Iterable[Cluster]) -> Homes:
    return {mention: cluster for cluster in partition for mention in cluster}


def _told(document: Document, partition: Iterable[Cluster], gold: Homes, own: Homes) -> dict[str, set[Hashable]]:
    """Return the stands that a document tells of, by type; `gold` and then `own` say in which clusters mentions are."""
    tails, homes = _tails(document), {**own, **gold}
    found: dict[str, set[Hashable]] = defaultdict(set)
    for cluster in partition:
        for kind in STANDS:
            mentions = sorted(mention for mention in cluster if mention[2] == kind)
            if mentions:
                agents, acts = (_named(mentions, role, tails, homes) for role in ("AGENT", "ABOUT"))
                itself = next((gold[mention] for mention in mentions if mention in gold), cluster)
                found[kind] |= _pairs(agents, acts, itself)
    return found


def _tails(document: Document) -> Tails:
    mentions = {span.id: (span.start, span.end, span.type) for span in document.spans}
    found: dict[tuple[Mention, str], set[Mention]] = defaultdict(set)
    for link in document.relations:
        found[mentions[link.head], link.type].add(mentions[link.tail])
    return found


def _named(mentions: Iterable[Mention], role: str, tails: Tails, homes: Homes) -> set[Cluster]:
    """Return the clusters of what fills a role of any of these mentions; what is in none is one of its own."""
    fillers = {tail for mention in mentions for tail in tails.get((mention, role), ())}
    return {homes.get(tail, frozenset({tail})) for tail in fillers}


def _pairs(agents: set[Cluster], acts: set[Cluster], itself: Cluster) -> set[Stand]:
    if not agents and not acts:
        return {(None, None, itself)}
    return {(agent, act, None) for agent in agents or [None] for act in acts or [None]}
