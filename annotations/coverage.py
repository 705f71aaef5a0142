"""Coverage: what a corpus holds against what it is to hold, by the plan in `coverage.yaml`."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from rasad.annotations.check import Problem
from rasad.annotations.document import Document
from rasad.annotations.errors import suggest
from rasad.annotations.overlap import openings, overlaps
from rasad.annotations.scheme import Scheme
from rasad.annotations.stats import statistics
from rasad.annotations.words import words

if TYPE_CHECKING:
    from rich.console import Console

_ONE, _MANY = ("voice", "theatre"), ("features", "hard")  # keys with one tag, and with any number of them
_KEYS = (*_ONE, *_MANY, "split", "story", "pair")
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """The least numbers, by kind, label and language (`all`: together), and the limits of an article."""

    numbers: Mapping[str, Mapping[str, Mapping[str, int]]]
    words: tuple[int, int]
    opening: float
    overlap: float

    def tags(self, key: str, lang: str) -> list[str]:
        """Return the tags that a document of a language may have."""
        return [tag for tag, least in self.numbers[key].items() if {lang, "all"} & least.keys()]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the plan, and how many there are."""

    kind: str
    label: str
    lang: str
    planned: int
    there: int

    @property
    def missing(self) -> int:
        """How many are to be written yet."""
        return max(0, self.planned - self.there)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The cells of a plan in its order, and what is wrong with articles, by file."""

    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...]

    @property
    def missing(self) -> tuple[Cell, ...]:
        """The cells that are not full."""
        return tuple(cell for cell in self.cells if cell.missing)

    def render(self, console: Console) -> None:
        """Print a table, a section for each kind."""
        from rich.table import Column, Table

        numbers = (Column(name, justify="right") for name in ("planned", "there", "missing"))
        table = Table("kind", "label", "lang", *numbers)
        kind = None
        for cell in self.cells:
            if kind is not None and cell.kind != kind:
                table.add_section()
            row = (cell.label, cell.lang, str(cell.planned), str(cell.there), str(cell.missing or ""))
            table.add_row(cell.kind if cell.kind != kind else "", *row)
            kind = cell.kind
        console.print(table)


@functools.cache
def default_plan() -> Plan:
    """Return the plan of the corpus in the repository."""
    import yaml

    numbers = yaml.safe_load(resources.files("rasad.annotations").joinpath("coverage.yaml").read_text("utf-8"))
    limits = numbers.pop("limits")
    return Plan(numbers, tuple(limits["words"]), limits["opening"], limits["overlap"])


def cover(documents: Sequence[Document], homes: Mapping[str, Path], plan: Plan, scheme: Scheme) -> Coverage:
    """Compare a corpus with a plan; `homes` has the file of each document by its id."""
    wrong = [(d.id, what) for d in documents for what in _wrong(d, plan, scheme)]
    wrong += _alike(documents, homes, plan)
    problems = tuple(Problem(str(homes[name]), None, what, "coverage") for name, what in wrong)
    return Coverage(tuple(_cells(documents, plan, scheme)), problems)


def kind_of(document: Document) -> str:
    """Return `pair`, `no-events` or `military`."""
    if "pair" in document.meta:
        return "pair"
    return "no-events" if "no-events" in _tags(document, "hard") else "military"


def _tags(document: Document, key: str) -> list[str]:
    value = document.meta.get(key, "")
    return [tag for part in (value.split(",") if key in _MANY else [value]) if (tag := part.strip())]


def _cells(documents: Sequence[Document], plan: Plan, scheme: Scheme) -> Iterator[Cell]:
    counts = Counter(statistics(documents, scheme).counts)
    for document in documents:
        labels = [
            ("documents", kind_of(document)),
            *((key, tag) for key in (*_ONE, *_MANY) for tag in _tags(document, key)),
        ]
        counts.update((label, document.lang) for label in dict.fromkeys(labels))
    totals = Counter[tuple[str, str]]()
    for (label, _), count in counts.items():
        totals[label] += count
    each = {"event": scheme.events, "relation": tuple(scheme.relation)}
    for kind, rows in plan.numbers.items():
        for row, least in rows.items():
            for name in each[kind] if row == "each" else (row,):
                for lang, planned in least.items():
                    there = totals[kind, name] if lang == "all" else counts[(kind, name), lang]
                    yield Cell(kind, name, lang, planned, there)


def _wrong(document: Document, plan: Plan, scheme: Scheme) -> Iterator[str]:
    """Yield what is wrong with an article by itself."""
    for key in document.meta:
        if key not in _KEYS:
            yield f"unknown key {key}{suggest(key, _KEYS)}"
    for key in (*_ONE, *_MANY):
        allowed, tags = plan.tags(key, document.lang), _tags(document, key)
        if key in _ONE and not tags:
            yield f"{document.id} has no {key} (allowed: {', '.join(allowed)})"
        yield from (f"unknown tag {tag} in {key}{suggest(tag, allowed)}" for tag in tags if tag not in allowed)
    least, most = plan.words
    if not least <= (length := len(words(document.text))) <= most:
        yield f"{document.id} has {length} words; an article has {least} to {most}"
    triggers = sum(scheme.is_event(span.type) for span in document.spans)
    if bool(triggers) == ("no-events" in _tags(document, "hard")):
        yield f"{document.id} has {triggers} triggers; the tag no-events in `hard` is for articles without any"


def _alike(documents: Sequence[Document], homes: Mapping[str, Path], plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what articles have in common, each with the id of one of them."""
    for both in overlaps(documents, plan.overlap):
        yield both.first, f"{both.share:.0%} of the five-word runs of the shorter are in {homes[both.second]} too"
    for lang in sorted({document.lang for document in documents}):
        same = [document for document in documents if document.lang == lang]
        for opening in openings(same, plan.opening):
            users = ", ".join(opening.documents[:_NAMED])
            more = f" and {len(opening.documents) - _NAMED} more" if len(opening.documents) > _NAMED else ""
            yield (
                opening.documents[0],
                f"{len(opening.documents)} of {len(same)} {lang} articles open alike, "
                f"{opening.what} {opening.pattern!r}: {users}{more}",
            )
