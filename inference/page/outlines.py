"""Outlines: the countries of the world as rings of points, coarse but for the region that the news is from.

`outlines.tsv` beside this module is from Natural Earth (`outlines.NOTICE`). It says nothing on whose a place is by law.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]  # x and y: longitude and latitude, or pixels
UNIT = 100  # parts of a degree that the table counts in


@dataclass(frozen=True, slots=True)
class Box:
    """What lies between two longitudes and two latitudes, in degrees; or a box of pixels."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is in it."""
        return self.west <= x <= self.east and self.south <= y <= self.north

    def meets(self, other: Box) -> bool:
        """Whether both have a point in common."""
        apart = self.east < other.west or other.east < self.west or self.north < other.south or other.north < self.south
        return not apart

    def grown(self, share: float) -> Box:
        """Return it with a share of its width and height added on each side."""
        wide, high = share * (self.east - self.west), share * (self.north - self.south)
        return Box(self.west - wide, self.south - high, self.east + wide, self.north + high)


@dataclass(frozen=True, slots=True)
class Outline:
    """A part of a country (ISO 3166 alpha-2): the ring around it, not closed, and the box around that."""

    country: str
    ring: tuple[Point, ...]
    box: Box


@functools.cache
def outlines() -> tuple[Outline, ...]:
    """Return the outlines of all countries; a country has one for each of its parts."""
    table = resources.files(__package__).joinpath("outlines.tsv").read_text("utf-8")
    return tuple(_outline(*line.split("\t")) for line in table.splitlines())


def _outline(country: str, steps: str) -> Outline:
    x = y = 0
    ring = []
    numbers = iter(map(int, steps.split()))
    for dx, dy in zip(numbers, numbers, strict=True):
        x, y = x + dx, y + dy
        ring.append((x / UNIT, y / UNIT))
    xs, ys = zip(*ring, strict=True)
    return Outline(country, tuple(ring), Box(min(xs), min(ys), max(xs), max(ys)))


def clipped(ring: Sequence[Point], box: Box) -> list[Point]:
    """Return what of a ring's inside lies in a box, along whose sides it is cut (Sutherland and Hodgman)."""
    found = list(ring)
    for axis, bound, sign in ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1)):
        found = _half(found, axis, bound, sign)
    return found


def _half(ring: Sequence[Point], axis: int, bound: float, sign: int) -> list[Point]:
    """Return what of a ring's inside lies on one side of a line along an axis."""
    found: list[Point] = []
    for here, there in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        is_in, next_in = sign * (here[axis] - bound) >= 0, sign * (there[axis] - bound) >= 0
        if is_in:
            found.append(here)
        if is_in != next_in:
            share = (bound - here[axis]) / (there[axis] - here[axis])
            other = here[1 - axis] + share * (there[1 - axis] - here[1 - axis])
            found.append((bound, other) if axis == 0 else (other, bound))
    return found


def middle(ring: Iterable[Point]) -> tuple[Point, float]:
    """Return the centre of a ring's area, and that area (0 where there is none, and then any point of the ring)."""
    points = list(ring)
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(points, [*points[1:], *points[:1]], strict=True):
        cross = ax * by - bx * ay
        area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    return ((x / (3 * area), y / (3 * area)), abs(area) / 2) if area else (points[0], 0.0)
