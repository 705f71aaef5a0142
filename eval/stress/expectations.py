"""Expectations: one line of what a prediction must have, or must not have, of a short text.

A line names marked words by their ids:

    e1                      a span at exactly these offsets and of this type
    no e1                   no span of this type that shares a character with these words
    e1 AGENT g1             the relation, from a span that answers e1 to one that answers g1
    no e1 AGENT g1          spans that answer both, and no such relation between any of them
    no e1 AGENT *           a span that answers e1, and no AGENT from any such span
    e1 polarity=negative    a span that answers e1 with this value; a value that is not written is the default
    e2 SAME_AS e1           the two in one cluster; with `no`, both found and in no cluster together

A span answers marked words where it is of their type and shares a character with them, so that a slip at a boundary
does not hide the point. `ANY`, `EVENT` and `ENTITY` stand in place of a type that does not matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rasad.annotations.clusters import clusters
from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.scheme import SAME_AS, Scheme

ANY = "ANY"
GROUPS = (ANY, "EVENT", "ENTITY")
_ANYTHING = "*"

Marks = Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A line: `head` is a mark's id; `name` a relation, an attribute, or None where the span alone is asked for.

    `value` is the id of the tail, `*`, or the value of the attribute.
    """

    line: str
    negated: bool
    head: str
    name: str | None = None
    value: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The marks that the line names."""
        is_link = self.value is not None and self.value != _ANYTHING and "=" not in self.line
        return (self.head, str(self.value)) if is_link else (self.head,)


def types_of(label: str, scheme: Scheme) -> tuple[str, ...]:
    """Return the types of the scheme that a mark's label stands for; none where it is unknown."""
    groups = dict(zip(GROUPS, (scheme.types, scheme.events, scheme.entities), strict=True))
    return groups.get(label, (label,) if label in scheme.types else ())


def read_expectation(line: str, marks: Marks, scheme: Scheme) -> Expectation:
    """Read a line about marked words.

    Raises:
        RasadError: where it is none, or names what is not marked or what the scheme does not have or allow.
    """
    fields = line.split()
    negated = fields[:1] == ["no"]
    match fields[negated:]:
        case [head]:
            found = Expectation(line, negated, head)
        case [head, setting] if "=" in setting and not negated:
            found = Expectation(line, negated, head, *setting.split("=", 1))
        case [head, name, tail] if "=" not in line and (negated or tail != _ANYTHING):
            found = Expectation(line, negated, head, name, tail)
        case _:
            raise RasadError(
                f"bad line {line!r}; a line is `id`, `id RELATION id` or `id attribute=value`, "
                "and before the first two may stand `no`; `no id RELATION *` asks for no such relation at all"
            )
    for name in found.ids:
        if name not in marks:
            raise RasadError(f"{line!r} names {name}, which is not marked{suggest(name, marks)}")
    if found.name is not None:
        _check_name(found, found.name, marks, scheme)
    return found


def _check_name(found: Expectation, name: str, marks: Marks, scheme: Scheme) -> None:
    heads = types_of(marks[found.head].type, scheme)
    if "=" in found.line:
        if name not in scheme.attributes:
            raise RasadError(f"{found.line!r}: unknown attribute {name}{suggest(name, scheme.attributes)}")
        if found.value not in scheme.attributes[name]:
            values = scheme.attributes[name]
            raise RasadError(f"{found.line!r}: unknown {name} {found.value}{suggest(str(found.value), values)}")
        if not any(map(scheme.is_event, heads)):
            raise RasadError(f"{found.line!r}: {found.head} is {marks[found.head].type}; only events carry {name}")
        return
    if name not in scheme.relation:
        raise RasadError(f"{found.line!r}: unknown relation {name}{suggest(name, scheme.relation)}")
    tail = ANY if found.value == _ANYTHING else marks[str(found.value)].type
    if not any(scheme.allows(one, name, other) for one in heads for other in types_of(tail, scheme)):
        raise RasadError(
            f"{found.line!r}: the scheme allows no {name} from {marks[found.head].type} to {tail}, so that no "
            "prediction could have it"
        )


def holds(expectation: Expectation, marks: Marks, predicted: Document, scheme: Scheme) -> bool:
    """Say whether a prediction of the marked text has what a line asks for."""
    mark, name, value = marks[expectation.head], expectation.name, expectation.value
    heads = _answering(mark, predicted, scheme)
    if name is None:
        if expectation.negated:
            return not heads
        return any((span.start, span.end) == (mark.start, mark.end) for span in heads)
    if name in scheme.attributes:
        triggers = (span for span in heads if scheme.is_event(span.type))
        return any((getattr(span, name) or scheme.default(name)) == value for span in triggers)
    if value == _ANYTHING:
        return bool(heads) and not _are_linked(heads, predicted.spans, name, predicted, scheme)
    tails = _answering(marks[str(value)], predicted, scheme)
    linked = _are_linked(heads, tails, name, predicted, scheme)
    if expectation.negated:  # one span over both marks has found neither
        return not linked and any(head != tail for head in heads for tail in tails)
    return linked


def _answering(mark: Span, predicted: Document, scheme: Scheme) -> list[Span]:
    types = types_of(mark.type, scheme)
    return [s for s in predicted.spans if s.type in types and s.start < mark.end and mark.start < s.end]


def _are_linked(heads: Iterable[Span], tails: Iterable[Span], name: str, predicted: Document, scheme: Scheme) -> bool:
    """Say whether any of some spans is linked to any of others; SAME_AS goes by clusters and has no direction."""
    if name == SAME_AS:
        links = set(_same(predicted, scheme))
    else:
        links = {(relation.head, relation.tail) for relation in predicted.relations if relation.type == name}
    return any((head.id, tail.id) in links for head in heads for tail in tails)


def _same(predicted: Document, scheme: Scheme) -> Iterator[tuple[str, str]]:
    for cluster in clusters(predicted, scheme):
        yield from itertools.permutations(cluster, 2)
