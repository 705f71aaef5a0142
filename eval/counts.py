"""Counts: what scores are made of. They add up over documents; every ratio is derived from them.

Where a ratio would be 0/0 it is 0.0: nothing said and nothing to say earns nothing. A type that neither side has is
left out of macro averages, so that it does not pull them down.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction

Sets = Mapping[str, AbstractSet[Hashable]]


def ratio(part: int | Fraction, whole: int | Fraction) -> float:
    """Return `part / whole`, and 0.0 for 0/0."""
    return float(part / Fraction(whole)) if whole else 0.0


def harmonic(a: float, b: float) -> float:
    """Return the harmonic mean of two ratios, and 0.0 where both are 0."""
    return 2 * a * b / (a + b) if a + b else 0.0


@dataclass(frozen=True, slots=True)
class Ratios:
    """Precision, recall and F1, between 0 and 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found rightly (`tp`), wrongly (`fp`), and what was missed (`fn`).

    A find that is right in part is so in `tp` and wrong, and missed, in the rest: such counts are exact fractions.
    Whole numbers are kept as `int`.
    """

    tp: int | Fraction = 0
    fp: int | Fraction = 0
    fn: int | Fraction = 0

    def __post_init__(self) -> None:
        for name in ("tp", "fp", "fn"):
            number = getattr(self, name)
            if number.denominator == 1:
                object.__setattr__(self, name, int(number))

    @classmethod
    def of(cls, gold: AbstractSet[Hashable], predicted: AbstractSet[Hashable]) -> Counts:
        """Compare two sets; what one side says twice counts once."""
        right = len(gold & predicted)
        return cls(right, len(predicted) - right, len(gold) - right)

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def gold(self) -> int | Fraction:
        """How many there are in gold: the denominator of recall."""
        return self.tp + self.fn

    @property
    def seen(self) -> bool:
        """Say whether either side has any."""
        return self.tp + self.fp + self.fn > 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Share of gold that was found."""
        return ratio(self.tp, self.gold)

    @property
    def f1(self) -> float:
        """`2 tp / (2 tp + fp + fn)`."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by type, of every type that there is, in the order of the scheme."""

    by_type: Mapping[str, Counts]

    @classmethod
    def of(
        cls,
        types: Iterable[str],
        gold: Mapping[str, AbstractSet[Hashable]],
        predicted: Mapping[str, AbstractSet[Hashable]],
    ) -> Table:
        """Compare two families of sets, type by type."""
        return cls({name: Counts.of(gold.get(name, set()), predicted.get(name, set())) for name in types})

    def __add__(self, other: Table) -> Table:
        return Table({name: counts + other.by_type[name] for name, counts in self.by_type.items()})

    @property
    def micro(self) -> Counts:
        """All types counted as one."""
        return sum(self.by_type.values(), Counts())

    @property
    def macro(self) -> Ratios:
        """The mean over the types that either side has; zeros where there is none."""
        seen = [counts for counts in self.by_type.values() if counts.seen]
        if not seen:
            return Ratios(0.0, 0.0, 0.0)
        columns = zip(*((c.precision, c.recall, c.f1) for c in seen), strict=True)
        return Ratios(*(sum(column) / len(seen) for column in columns))


@dataclass(frozen=True, slots=True)
class Choices:
    """How one attribute was chosen where there was a choice: right ones of all, and counts by value but the default."""

    right: int
    total: int
    by_value: Table

    def __add__(self, other: Choices) -> Choices:
        return Choices(self.right + other.right, self.total + other.total, self.by_value + other.by_value)

    @property
    def accuracy(self) -> float:
        """Share of right choices."""
        return ratio(self.right, self.total)


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums that precision and recall are made of, kept exact so that they do not depend on the order they are added in.

    `precision_sum` runs over what is `predicted`, `recall_sum` over what is in `gold`: mentions, links or clusters, as
    the metric counts (see `coreference`).
    """

    precision_sum: int | Fraction = 0
    predicted: int = 0
    recall_sum: int | Fraction = 0
    gold: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.precision_sum + other.precision_sum,
            self.predicted + other.predicted,
            self.recall_sum + other.recall_sum,
            self.gold + other.gold,
        )

    @property
    def precision(self) -> float:
        """Share of what is predicted that is right."""
        return ratio(self.precision_sum, self.predicted)

    @property
    def recall(self) -> float:
        """Share of gold that was found."""
        return ratio(self.recall_sum, self.gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return harmonic(self.precision, self.recall)
