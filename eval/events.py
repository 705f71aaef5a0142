"""Events: triggers, arguments and relations, counted as the literature on event extraction counts them.

A score compares two sets of tuples, gold's and the prediction's. Offsets are half-open, in characters.

- Trig-I, `(start, end)` of a trigger, and Trig-C, with its event type: Li et al. 2013, Nguyen et al. 2016.
- Arg-I, `(event type, start, end)`: the type of the trigger that the argument hangs on and the offsets of the argument;
  Arg-C, with its role: Li et al. 2013, Nguyen et al. 2016, Lin et al. 2020 (OneIE). Which trigger it hangs on does not
  matter, so that an argument of the wrong one of two attacks is right.
- Arg-I+, `(trigger start, trigger end, event type, start, end)`, and Arg-C+, with the role: the attached forms of Huang
  et al. 2024 (TextEE), where the argument must hang on the right trigger.
- Relations, `(head, tail, relation)`, SAME_AS aside: strict with offsets and types of both ends, `boundaries` with
  offsets alone.

They are sets, as TextEE's are: under Arg-I, an argument of two roles is one tuple, where OneIE counts it once a role.
The type of an argument is compared in strict relations only. Arguments are the relations that `roles` names. One
between spans that the scheme does not allow is counted with the types that its ends have: it is wrong, not left out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields

from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.eval.counts import Table

Said = AbstractSet[tuple[Hashable, str]]  # what is said to be there, each with its label
Key = Callable[[Span, Span], Hashable]


@dataclass(frozen=True, slots=True)
class EventScores:
    """The counts of a document, or of many: they add.

    Triggers by event type, arguments by role, relations by relation. Trig-I and the two of Arg-I do not compare these
    labels: what was found or missed is counted under gold's label, what was invented under the prediction's, and of
    several labels under the first in the scheme.
    """

    trig_i: Table
    trig_c: Table
    arg_i: Table
    arg_c: Table
    arg_i_plus: Table
    arg_c_plus: Table
    relations: Table
    relation_boundaries: Table

    def __add__(self, other: EventScores) -> EventScores:
        return EventScores(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


def event_scores(gold: Document, predicted: Document, scheme: Scheme) -> EventScores:
    """Count the triggers, arguments and relations that a predicted document has right, wrong and not at all."""
    both = (gold, predicted)
    named = roles(scheme)
    relations = tuple(name for name in scheme.relation if name != SAME_AS)
    triggers = [_triggers(side, scheme) for side in both]
    arguments = [_links(side, named, _argument) for side in both]
    attached = [_links(side, named, _attached) for side in both]
    return EventScores(
        trig_i=_identified(scheme.events, *triggers),
        trig_c=_classified(scheme.events, *triggers),
        arg_i=_identified(named, *arguments),
        arg_c=_classified(named, *arguments),
        arg_i_plus=_identified(named, *attached),
        arg_c_plus=_classified(named, *attached),
        relations=_classified(relations, *(_links(side, relations, _strict) for side in both)),
        relation_boundaries=_classified(relations, *(_links(side, relations, _boundaries) for side in both)),
    )


def roles(scheme: Scheme) -> tuple[str, ...]:
    """Return the relations that lead from events to entities, and nowhere else, in the order of the scheme."""
    events, entities = frozenset(scheme.events), frozenset(scheme.entities)
    return tuple(row.name for row in scheme.relations if row.heads <= events and row.tails <= entities)


def _triggers(document: Document, scheme: Scheme) -> Said:
    return {((span.start, span.end), span.type) for span in document.spans if scheme.is_event(span.type)}


def _links(document: Document, names: Sequence[str], key: Key) -> Said:
    spans = document.by_id
    return {(key(spans[link.head], spans[link.tail]), link.type) for link in document.relations if link.type in names}


def _argument(head: Span, tail: Span) -> Hashable:
    return head.type, tail.start, tail.end


def _attached(head: Span, tail: Span) -> Hashable:
    return head.start, head.end, head.type, tail.start, tail.end


def _strict(head: Span, tail: Span) -> Hashable:
    return head.start, head.end, head.type, tail.start, tail.end, tail.type


def _boundaries(head: Span, tail: Span) -> Hashable:
    return head.start, head.end, tail.start, tail.end


def _classified(names: Sequence[str], gold: Said, predicted: Said) -> Table:
    """Compare what is there together with its labels."""
    sides = ({name: {key for key, label in side if label == name} for name in names} for side in (gold, predicted))
    return Table.of(names, *sides)


def _identified(names: Sequence[str], gold: Said, predicted: Said) -> Table:
    """Compare what is there, whatever it is called, and count it under gold's label where gold has it."""
    label = {**_first(names, predicted), **_first(names, gold)}
    alike = ({(key, label[key]) for key, _ in side} for side in (gold, predicted))
    return _classified(names, *alike)


def _first(names: Sequence[str], said: Said) -> dict[Hashable, str]:
    """Return one label for each thing: of several, the first in `names`."""
    return dict(sorted(said, key=lambda item: names.index(item[1]), reverse=True))
