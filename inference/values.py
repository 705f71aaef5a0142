"""Values: what the spans of an article come to, each apart: times, counts, names and places.

An incident says which spans belong together; what a span means stands here, by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rasad.annotations.clusters import clusters, is_name
from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import Scheme
from rasad.inference import names, places
from rasad.inference.names import Name
from rasad.inference.names.entity import named
from rasad.inference.numbers import Count, count_span
from rasad.inference.numbers.persons import is_single
from rasad.inference.places import Mention, Place
from rasad.inference.times import TimeValue
from rasad.inference.times.mentions import times_of

_NAMED = frozenset({"FORCE", "GROUP", "ORGANIZATION", "WEAPON", "VEHICLE"})
_PLACES = frozenset({"GPE", "LOCATION", "FACILITY"})
_COUNTED = frozenset({"PERSON", "FORCE", "GROUP", "WEAPON", "VEHICLE", "FACILITY"})


@dataclass(frozen=True)
class Values:
    """Values by the ids of spans; a span of which nothing can be told is in none of them.

    `entities` numbers what the spans are mentions of.
    """

    times: Mapping[str, TimeValue]
    counts: Mapping[str, Count]
    names: Mapping[str, Name]
    places: Mapping[str, Place]
    entities: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, doc: Document, scheme: Scheme) -> Values:
        """Resolve the spans of a document against its publication date and each other."""
        groups = clusters(doc, scheme)
        entities = {span: number for number, group in enumerate(groups) for span in group}
        return cls(times_of(doc), _counts(doc, scheme), _names(doc, groups), located(doc), entities)

    def to_json(self) -> dict[str, dict[str, Any]]:
        """Return the values as plain data, as they stand in the JSON form of a document."""
        kinds: dict[str, Mapping[str, Any]] = {
            "times": self.times,
            "counts": self.counts,
            "names": self.names,
            "places": self.places,
        }
        return {kind: {span: asdict(value) for span, value in found.items()} for kind, found in kinds.items()}


def _counts(doc: Document, scheme: Scheme) -> dict[str, Count]:
    counted = (s for s in doc.spans if s.type in _COUNTED or scheme.is_event(s.type))
    found = {s.id: _count(doc, s, scheme.is_event(s.type)) for s in counted}
    return {span: count for span, count in found.items() if count.kind != "unknown"}


def _count(doc: Document, span: Span, is_event: bool) -> Count:
    """Count a span; who is named is one, if the name is that of one person."""
    found = count_span(doc.text, span.start, span.end, doc.lang, is_event)
    if found.kind != "unknown" or span.type != "PERSON" or not is_name(span):
        return found
    is_actor = names.name(span.text, doc.lang).known  # a force or group that is taken for a person
    return Count(1, 1, "exact") if is_single(span.text, doc.lang) and not is_actor else found


def _names(doc: Document, groups: Iterable[frozenset[str]]) -> dict[str, Name]:
    """Name forces, groups, organizations, weapons and vehicles; the mentions of one entity lend each other names."""
    spans = doc.by_id
    found: dict[str, Name] = {}
    for group in groups:
        mentions = sorted((spans[i] for i in group if spans[i].type in _NAMED), key=lambda span: span.start)
        said = named([(span.text, span.type) for span in mentions])
        found |= {span.id: name for span, name in zip(mentions, said, strict=True)}
    return {i: name for i, name in found.items() if name.ar or name.en or name.country}


def located(doc: Document) -> dict[str, Place]:
    """Return where the mentions of places are that were found, by the id of their span."""
    spans = [s for s in doc.spans if s.type in _PLACES]
    at = {s.id: i for i, s in enumerate(spans)}
    inside: dict[str, list[int]] = {}
    for relation in doc.relations:
        if relation.type == "LOCATED_IN" and relation.head in at and relation.tail in at:
            inside.setdefault(relation.head, []).append(at[relation.tail])
    mentions = [Mention(s.text, s.type, tuple(inside.get(s.id, ()))) for s in spans]
    resolved = places.resolve(mentions, doc.lang)
    return {s.id: place for s, place in zip(spans, resolved, strict=True) if place is not None}
