"""Claims: what a document says, in a form that two documents can be compared in; what is said twice is one claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.eval.coreference import Mention
from rasad.eval.scores import attribute_values


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """A label, and the mentions that it is said of; in order of the text.

    One mention for a span (the label is its type) and for an attribute (the label is its value), head and tail for a
    relation. A mention is its half-open offsets and type. Strict scores hold two claims to be the same if they are
    equal.
    """

    mentions: tuple[Mention, ...]
    label: str


def span_claims(document: Document) -> set[Claim]:
    """Return what a document has spans of."""
    return {_of_span(span) for span in document.spans}


def relation_claims(document: Document) -> set[Claim]:
    """Return what stands in which relation but SAME_AS, which goes by clusters."""
    return {claim for claim, _ in _of_relations(document) if claim.label != SAME_AS}


def attribute_claims(document: Document, attribute: str, scheme: Scheme) -> dict[Mention, Claim]:
    """Return the value on each trigger, the default too."""
    values = attribute_values(document, attribute, scheme)
    return {mention: Claim((mention,), value) for mention, value in values.items()}


def scores(document: Document) -> dict[Claim, float | None]:
    """Return the score of each span and relation, SAME_AS too; of one that is said twice, the highest."""
    said = [(_of_span(span), span.score) for span in document.spans] + list(_of_relations(document))
    return dict(sorted(said, key=lambda item: (item[1] is not None, item[1] or 0.0)))


def family(claim: Claim, scheme: Scheme) -> str:
    """Return `entities`, `triggers`, `relations`, `same_as` or `attributes`."""
    if claim.label == SAME_AS:
        return "same_as"
    if claim.label in scheme.relation:
        return "relations"
    if claim.label in scheme.types:
        return "triggers" if scheme.is_event(claim.label) else "entities"
    return "attributes"


def _of_span(span: Span) -> Claim:
    return Claim((span.key,), span.type)


def _of_relations(document: Document) -> Iterator[tuple[Claim, float | None]]:
    by_id = document.by_id
    for relation in document.relations:
        ends = by_id[relation.head].key, by_id[relation.tail].key
        yield Claim(ends, relation.type), relation.score
