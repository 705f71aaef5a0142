"""Scores: documents against documents, strict, from counts.

- Entities and triggers: start, end and type must agree.
- Relations but SAME_AS: offsets and types of head and tail, the relation, and its direction must agree. Recall is over
  every relation of gold, whether or not its ends were found.
- SAME_AS: by clusters, see `coreference`.
- Attributes: on the triggers that both sides have; a trigger missed or invented is paid for among the triggers. A value
  that is not written is the default.
"""

from __future__ import annotations

import functools
import operator
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rasad.annotations.document import Document
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.eval.coreference import Coreference, coreference
from rasad.eval.counts import Choices, Sums, Table
from rasad.eval.pairing import pair
from rasad.eval.signature import Signature, sign


@dataclass(frozen=True, slots=True)
class Scores:
    """The counts of a document, or of many: they add. `coreference` has `all`, `entities`, `events`."""

    entities: Table
    triggers: Table
    relations: Table
    coreference: Mapping[str, Coreference]
    attributes: Mapping[str, Choices]

    def __add__(self, other: Scores) -> Scores:
        return Scores(
            self.entities + other.entities,
            self.triggers + other.triggers,
            self.relations + other.relations,
            {name: one + other.coreference[name] for name, one in self.coreference.items()},
            {name: one + other.attributes[name] for name, one in self.attributes.items()},
        )

    @property
    def same_as(self) -> dict[str, Sums]:
        """B³ of `all`, `entities` and `events`: the metric of SAME_AS where one must do."""
        return {name: one.b_cubed for name, one in self.coreference.items()}


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of a prediction, of all documents and by the language that gold says they are in."""

    signature: Signature
    total: Scores
    by_language: Mapping[str, Scores]


def evaluate(
    gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme, *, split: str = "unnamed"
) -> Report:
    """Score predicted documents against gold ones of the same ids; no order matters.

    Args:
        gold: the documents to reach; every denominator of recall comes from them.
        predicted: one document for each of gold, of the same text.
        scheme: whose labels both are in.
        split: the name of the split, for the signature.

    Raises:
        RasadError: see `pair` and `sign`.
    """
    apart: dict[str, list[Scores]] = defaultdict(list)
    for ours, theirs in pair(gold, predicted, scheme):
        apart[ours.lang].append(score(ours, theirs, scheme))
    by_language = {lang: functools.reduce(operator.add, apart[lang]) for lang in sorted(apart)}
    total = functools.reduce(operator.add, by_language.values())
    return Report(sign(gold, predicted, scheme, split), total, by_language)


def score(gold: Document, predicted: Document, scheme: Scheme) -> Scores:
    """Count what a predicted document has right, wrong and not at all."""
    ours, theirs = _spans(gold), _spans(predicted)
    relations = [name for name in scheme.relation if name != SAME_AS]
    return Scores(
        Table.of(scheme.entities, ours, theirs),
        Table.of(scheme.events, ours, theirs),
        Table.of(relations, _relations(gold), _relations(predicted)),
        coreference(gold, predicted, scheme),
        {name: _choices(gold, predicted, name, scheme) for name in scheme.attributes},
    )


def _spans(document: Document) -> dict[str, set[Hashable]]:
    found: dict[str, set[Hashable]] = defaultdict(set)
    for span in document.spans:
        found[span.type].add(span.key)
    return found


def _relations(document: Document) -> dict[str, set[Hashable]]:
    by_id = document.by_id
    found: dict[str, set[Hashable]] = defaultdict(set)
    for relation in document.relations:
        found[relation.type].add((by_id[relation.head].key, by_id[relation.tail].key))
    return found


def _choices(gold: Document, predicted: Document, attribute: str, scheme: Scheme) -> Choices:
    ours, theirs = attribute_values(gold, attribute, scheme), attribute_values(predicted, attribute, scheme)
    both = ours.keys() & theirs.keys()
    others = scheme.attributes[attribute][1:]
    keys = [{value: {k for k in both if side[k] == value} for value in others} for side in (ours, theirs)]
    return Choices(sum(ours[k] == theirs[k] for k in both), len(both), Table.of(others, *keys))


def attribute_values(document: Document, attribute: str, scheme: Scheme) -> dict[tuple[int, int, str], str]:
    """Return the value on each trigger; of a trigger that is there twice, the last value in the order of the scheme."""
    values = scheme.attributes[attribute]
    found = [(s.key, getattr(s, attribute) or values[0]) for s in document.spans if scheme.is_event(s.type)]
    return dict(sorted(found, key=lambda item: values.index(item[1])))
