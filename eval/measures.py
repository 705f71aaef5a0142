"""Measures: the figures that systems are compared by, each made of counts that add over documents.

A measure is taken from the strict scores (see `scores`) of each document, once. What resampling does to it is then a
product of matrices: how often each document is drawn (samples × documents) by what it counts (documents × width).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.eval.counts import Counts
from rasad.eval.pairing import pair
from rasad.eval.scores import Scores, score

Array = NDArray[np.float64]
Row = tuple[float, ...]

FAMILIES = ("entities", "triggers", "relations")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a corpus, from what is counted in each document of `lang`, or in every one where that is None.

    `count` gives the numbers of a document, as many for each; `value` makes the figure of their sums: an array (…,
    width) becomes an array (…) of values between 0 and 1, 0.0 where there is nothing to count.
    """

    name: str
    count: Callable[[Scores], Row]
    value: Callable[[Array], Array]
    lang: str | None = None

    def row(self, scores: Scores, lang: str) -> Row:
        """Return what a document in a language counts; zeros where the measure is of another language."""
        counted = self.count(scores)
        return counted if self.lang in (None, lang) else (0.0,) * len(counted)


@dataclass(frozen=True)
class Tally:
    """What one prediction counts: for each measure by name an array (documents, width), documents in order of `ids`."""

    ids: tuple[str, ...]
    counts: Mapping[str, Array]

    @classmethod
    def of(
        cls, gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme, measures: Sequence[Measure]
    ) -> Tally:
        """Score every document once; documents are matched by id and put in the order of ids.

        Raises:
            RasadError: see `pair`.
        """
        pairs = pair(gold, predicted, scheme)
        scored = [(score(ours, theirs, scheme), ours.lang) for ours, theirs in pairs]
        counts = {m.name: np.array([m.row(*one) for one in scored], dtype=np.float64) for m in measures}
        return cls(tuple(ours.id for ours, _ in pairs), counts)


def standard_measures(scheme: Scheme, languages: Iterable[str]) -> tuple[Measure, ...]:
    """Return the measures of a comparison, by plain names.

    - `entities`, `triggers`, `relations`: strict micro-F1, and for each language too (`entities.ar`) where there are
      several.
    - `same_as`, `same_as.entities`, `same_as.events`: the F1 of B³.
    - `polarity.negative` and its like: the F1 of each value of an attribute but the default, on the triggers that both
      sides have.
    """
    several = sorted(set(languages))
    apart = several if len(several) > 1 else []
    families = [
        Measure(family if lang is None else f"{family}.{lang}", _micro(family), f1, lang)
        for lang in (None, *apart)
        for family in FAMILIES
    ]
    names = {"same_as": "all", "same_as.entities": "entities", "same_as.events": "events"}
    clusters = [Measure(name, _b_cubed(part), b_cubed_f1) for name, part in names.items()]
    values = [
        Measure(f"{attribute}.{value}", _attribute(attribute, value), f1)
        for attribute, allowed in scheme.attributes.items()
        for value in allowed[1:]
    ]
    return (*families, *clusters, *values)


def f1(sums: Array) -> Array:
    """Return `2 tp / (2 tp + fp + fn)` of sums (…, 3) of tp, fp, fn."""
    tp, fp, fn = np.moveaxis(sums, -1, 0)
    return _ratio(2 * tp, 2 * tp + fp + fn)


def b_cubed_f1(sums: Array) -> Array:
    """Return the F1 of B³ of sums (…, 4) of precision, predicted mentions, recall, gold mentions."""
    precision_sum, predicted, recall_sum, gold = np.moveaxis(sums, -1, 0)
    precision, recall = _ratio(precision_sum, predicted), _ratio(recall_sum, gold)
    return _ratio(2 * precision * recall, precision + recall)


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole != 0)


def _micro(family: str) -> Callable[[Scores], Row]:
    return lambda scores: floats(getattr(scores, family).micro)


def _attribute(attribute: str, value: str) -> Callable[[Scores], Row]:
    return lambda scores: floats(scores.attributes[attribute].by_value.by_type[value])


def _b_cubed(part: str) -> Callable[[Scores], Row]:
    def count(scores: Scores) -> Row:
        one = scores.same_as[part]
        return float(one.precision_sum), one.predicted, float(one.recall_sum), one.gold

    return count


def floats(counts: Counts) -> Row:
    """Return tp, fp and fn as a row of the arrays that F1 is taken of."""
    return float(counts.tp), float(counts.fp), float(counts.fn)
