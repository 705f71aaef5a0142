"""Assignment: of things that may answer each other, one to one, the pairs with the greatest weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

R = TypeVar("R")
C = TypeVar("C")


def heaviest(
    weights: Mapping[tuple[R, C], int | Fraction], order: Callable[[Any], Any] | None = None
) -> list[tuple[R, C]]:
    """Return the pairs with the greatest sum of weights with no row and no column used twice (the Hungarian method).

    Pairs that are left out weigh 0. They are chosen by floating-point numbers; rows and columns are put in an order of
    their own, so that no other decides.

    Args:
        weights: positive, by row and column.
        order: a key to order rows and columns by, where they have no order.
    """
    if not weights:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    sides: list[set[Any]] = [{pair[side] for pair in weights} for side in (0, 1)]
    rows, columns = (sorted(side, key=order) if order else sorted(side) for side in sides)
    places = [{thing: i for i, thing in enumerate(side)} for side in (rows, columns)]
    table = np.zeros((len(rows), len(columns)))
    for (row, column), weight in weights.items():
        table[places[0][row], places[1][column]] = weight
    chosen = zip(*(side.tolist() for side in linear_sum_assignment(table, maximize=True)), strict=True)
    pairs: list[Any] = [(rows[i], columns[j]) for i, j in chosen]
    return [pair for pair in pairs if pair in weights]
