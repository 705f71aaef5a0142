"""The suite: how a system's strict scores move under each perturbation, and how much of what it said it says again.

For each perturbation, only documents that it changes take part, before and after alike; the rest are counted. Scores
are against gold carried over to the changed text. Consistency needs no gold: what was predicted on the text as it is,
carried over, stands as gold for what is predicted on the changed text, so that recall is the share that is found again
in its place. What cannot be carried over exactly (see `rewriting`) counts as missed, so that no denominator shrinks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rasad.annotations.document import Document
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.eval.counts import Counts
from rasad.eval.scores import score
from rasad.eval.signature import Signature, sign
from rasad.eval.stress.perturbations import PERTURBATIONS, Perturbation
from rasad.eval.stress.prediction import Predict, predictions

if TYPE_CHECKING:
    from rich.console import Console

PARTS = ("entities", "triggers", "relations")


@dataclass(frozen=True, slots=True)
class Strict:
    """Strict counts over all types (see `scores`; relations are all but SAME_AS); they add."""

    entities: Counts = field(default_factory=Counts)
    triggers: Counts = field(default_factory=Counts)
    relations: Counts = field(default_factory=Counts)

    @classmethod
    def of(cls, gold: Document, predicted: Document, scheme: Scheme) -> Strict:
        """Compare two documents of one text."""
        found = score(gold, predicted, scheme)
        return cls(found.entities.micro, found.triggers.micro, found.relations.micro)

    def __add__(self, other: Strict) -> Strict:
        return Strict(self.entities + other.entities, self.triggers + other.triggers, self.relations + other.relations)

    @property
    def spans(self) -> Counts:
        """Entities and triggers as one."""
        return self.entities + self.triggers


@dataclass(frozen=True, slots=True)
class Row:
    """What one perturbation did: `changed` documents take part, `unchanged` ones do not.

    `before` and `after` are against gold, of the text as it is and of the changed one; `again` sets what is predicted
    after against what was before. `lost` counts spans of gold that could not be carried over.
    """

    perturbation: str
    invariant: bool
    changed: int
    unchanged: int
    lost: int
    before: Strict
    after: Strict
    again: Strict

    def change(self, part: str) -> float:
        """Return F1 after less F1 before of `entities`, `triggers` or `relations`."""
        after: Counts = getattr(self.after, part)
        before: Counts = getattr(self.before, part)
        return after.f1 - before.f1

    @property
    def consistency(self) -> float:
        """Share of the spans predicted before that are predicted after, in their place and of their type."""
        return self.again.spans.recall


@dataclass(frozen=True, slots=True)
class Stress:
    """A row for each perturbation, in the order of `PERTURBATIONS`; the signature is that of the unchanged texts."""

    signature: Signature
    rows: tuple[Row, ...]


def stress(predict: Predict, documents: Sequence[Document], scheme: Scheme, *, split: str = "unnamed") -> Stress:
    """Ask a system for annotated documents as they are, and for what each perturbation makes of them.

    Args:
        predict: the system; it is given texts without annotation.
        documents: gold.
        scheme: whose labels both are in.
        split: the name of the split, for the signature.

    Raises:
        RasadError: where the answers are not those of the documents (see `predictions`), or come from several models.
    """
    before = predictions(predict, documents, scheme)
    signature = sign(documents, list(before.values()), scheme, split)
    return Stress(signature, tuple(_row(p, predict, documents, before, scheme) for p in PERTURBATIONS))


def _row(
    perturbation: Perturbation,
    predict: Predict,
    documents: Sequence[Document],
    before: Mapping[str, Document],
    scheme: Scheme,
) -> Row:
    pairs = [(gold, perturbation(gold)) for gold in documents]
    pairs = [(gold, changed) for gold, changed in pairs if changed.text != gold.text]
    after = predictions(predict, [changed for _, changed in pairs], scheme) if pairs else {}
    counts = [Strict(), Strict(), Strict()]
    lost = Strict()
    for gold, changed in pairs:
        first, second = before[gold.id], after[gold.id]
        carried = perturbation(first)
        missed = _lost(gold, changed, scheme)
        lost += missed
        counts[0] += Strict.of(gold, first, scheme)
        counts[1] += Strict.of(changed, second, scheme) + missed
        counts[2] += Strict.of(carried, second, scheme) + _lost(first, carried, scheme)
    return Row(
        perturbation.name,
        perturbation.invariant,
        len(pairs),
        len(documents) - len(pairs),
        int(lost.spans.fn),
        *counts,
    )


def _lost(whole: Document, carried: Document, scheme: Scheme) -> Strict:
    """Count as missed what a document has and its carried-over form has not."""
    pairs = zip(_sizes(whole, scheme), _sizes(carried, scheme), strict=True)
    return Strict(*(Counts(fn=had - has) for had, has in pairs))


def _sizes(document: Document, scheme: Scheme) -> tuple[int, int, int]:
    """Return how many distinct entities, triggers and relations a document has."""
    keys = {span.id: (span.start, span.end, span.type) for span in document.spans}
    spans = set(keys.values())
    triggers = sum(scheme.is_event(kind) for _, _, kind in spans)
    links = {(keys[r.head], r.type, keys[r.tail]) for r in document.relations if r.type != SAME_AS}
    return len(spans) - triggers, triggers, len(links)


def stress_to_dict(stress: Stress) -> dict[str, Any]:
    """Return the rows as plain data, ready for JSON."""
    return {
        "signature": str(stress.signature),
        "perturbations": {row.perturbation: _to_dict(row) for row in stress.rows},
    }


def _to_dict(row: Row) -> dict[str, Any]:
    return {
        "invariant": row.invariant,
        "changed": row.changed,
        "unchanged": row.unchanged,
        "lost": row.lost,
        "f1_before": {part: getattr(row.before, part).f1 for part in PARTS},
        "f1_after": {part: getattr(row.after, part).f1 for part in PARTS},
        "change": {part: row.change(part) for part in PARTS},
        "consistency": {"spans": row.consistency, **{part: getattr(row.again, part).recall for part in PARTS}},
    }


def render_stress(stress: Stress, console: Console) -> None:
    """Print F1 on the changed texts, the change, and consistency, under the signature."""
    from rich.table import Table

    drawn = Table(title="Perturbations: strict F1 on the changed texts (and the change)", title_justify="left")
    for column in ("", "texts", *PARTS, "found again"):
        drawn.add_column(column, justify="right" if column else "left", no_wrap=not column)
    for row in stress.rows:
        name = row.perturbation if row.invariant else f"{row.perturbation} *"
        cells = [f"{getattr(row.after, part).f1:.3f} ({row.change(part):+.3f})" for part in PARTS]
        shown = [*cells, f"{row.consistency:.3f}"] if row.changed else ["–"] * 4
        drawn.add_row(name, f"{row.changed} of {row.changed + row.unchanged}", *shown)
    console.print(drawn)
    console.print("* what there is to read changes too, so that some of the loss may be right")
    console.print(str(stress.signature), markup=False, highlight=False, soft_wrap=True)
