"""Pairing: which predicted document answers which gold one, refused where that is not plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.scheme import Scheme

_NAMED = 5
_ONCE = "each document has an id of its own"


def pair(gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme) -> list[tuple[Document, Document]]:
    """Return (gold, predicted) documents of the same id, in the order of ids.

    Raises:
        RasadError: where there is nothing to score, an id occurs twice, a document is on one side only, a prediction is
            of another text, or a label is not in the scheme; each names the documents.
    """
    if not gold:
        raise RasadError("gold: no documents; there is nothing to score")
    for side, documents in (("gold", gold), ("predicted", predicted)):
        _refuse(f"{side}: ids used twice", (i for i, n in Counter(d.id for d in documents).items() if n > 1), _ONCE)
    ours, theirs = {d.id: d for d in gold}, {d.id: d for d in predicted}
    answer = "a system answers every document of gold, if only with no spans, and no other"
    _refuse("predicted: documents of gold are missing", ours.keys() - theirs.keys(), answer)
    _refuse("predicted: documents that gold does not have", theirs.keys() - ours.keys(), answer)
    pairs = [(ours[i], theirs[i]) for i in sorted(ours)]
    for one, other in pairs:
        _same_text(one, other)
        _known_labels(one, "gold", scheme)
        _known_labels(other, "predicted", scheme)
    return pairs


def _refuse(what: str, ids: Iterable[str], right: str) -> None:
    found = sorted(ids)
    if found:
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise RasadError(f"{what}: {', '.join(found[:_NAMED])}{more}; {right}")


def _same_text(gold: Document, predicted: Document) -> None:
    if gold.text != predicted.text:
        both = zip(gold.text, predicted.text, strict=False)
        at = next((i for i, (a, b) in enumerate(both) if a != b), min(len(gold.text), len(predicted.text)))
        raise RasadError(
            f"{gold.id}: the prediction is of another text: they differ from character {at} on "
            f"({gold.text[at : at + 20]!r} in gold, {predicted.text[at : at + 20]!r} predicted)"
        )


def _known_labels(document: Document, side: str, scheme: Scheme) -> None:
    for what, label, allowed in _labels(document, scheme):
        if label not in allowed:
            raise RasadError(f"{document.id} ({side}): unknown {what} {label}{suggest(label, allowed)}")


def _labels(document: Document, scheme: Scheme) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield each label of a document with what it is and what it may be."""
    relations = list(scheme.relation)
    for span in document.spans:
        yield "type", span.type, scheme.types
        for attribute, values in scheme.attributes.items():
            yield attribute, getattr(span, attribute) or values[0], values
    for relation in document.relations:
        yield "relation", relation.type, relations
