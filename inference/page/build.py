"""Build `outlines.tsv` from the npm package `world-atlas`, which carries Natural Earth (public domain).

Run, with network or the package at hand, and with `babel` for the codes of countries:

    npm pack world-atlas@2.0.2
    tar xzf world-atlas-2.0.2.tgz
    python -m rasad.inference.page.build package/countries-50m.json

Borders are kept to a few kilometres where the news of the region is from, and coarsely elsewhere. Natural Earth goes by
who holds the ground; where the United Nations' General Assembly has spoken, `_OF` says whose it is here.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rasad.inference.page.outlines import UNIT, Point

# Longitudes and latitudes from, and to: North Africa to South Asia, and north to Ukraine.
CORE = (-18.0, 8.0, 88.0, 52.5)
FINE, COARSE = 0.045, 0.8  # degrees that a border may be off
ISLAND = (0.2, 3.0)  # degrees: rings smaller than that are left out, in the core and elsewhere
# Whose the parts are that the source draws without a code; and a point in one that it draws with another country.
_OF = {"Somaliland": "SO", "N. Cyprus": "CY", "Kosovo": "XK", "Siachen Glacier": "IN"}
_CRIMEA: Point = (34.2, 45.2)
_NOBODYS = ""
_LEFT_OUT = (_NOBODYS, "AQ")


def main() -> None:
    """Read the file named and write the table beside this module."""
    parser = argparse.ArgumentParser(description="Build outlines.tsv from a file of world-atlas.")
    parser.add_argument("atlas", type=Path, help="countries-50m.json")
    atlas = json.loads(parser.parse_args().atlas.read_text("utf-8"))
    table = "".join(f"{code}\t{line}\n" for code, line in sorted(lines(atlas)))
    Path(__file__).with_name("outlines.tsv").write_text(table, "utf-8")


def lines(atlas: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each ring with its country, as the steps from point to point."""
    arcs = [_simplified(arc) for arc in _arcs(atlas)]
    for code, polygons in _countries(atlas, arcs).items():
        for ring in _rings(polygons, arcs):
            points = [(round(x * UNIT), round(y * UNIT)) for x, y in ring]
            if len(set(points)) > 2 and _size(ring) >= ISLAND[not _is_core(ring)]:
                yield code, _steps(points)


def _arcs(atlas: dict[str, Any]) -> Iterator[list[Point]]:
    """Yield the arcs of a topology in degrees."""
    (kx, ky), (x0, y0) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * kx + x0, y * ky + y0))
        yield points


def _countries(atlas: dict[str, Any], arcs: Sequence[Sequence[Point]]) -> dict[str, list[list[int]]]:
    """Return the rings of each country as indices of arcs; one below zero is that of `~i`, backwards."""
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    found: dict[str, list[list[int]]] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code: str = _OF.get(name) or next(iter(aliases.get(shape.get("id"), ())), _NOBODYS)
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for rings in polygons if code not in _LEFT_OUT else ():
            is_crimea = code == "RU" and _holds(_joined(rings[0], arcs), _CRIMEA)
            found.setdefault("UA" if is_crimea else code, []).extend(rings)
    return found


def _rings(rings: Iterable[Sequence[int]], arcs: Sequence[Sequence[Point]]) -> Iterator[list[Point]]:
    """Yield the rings around a country; what two of its parts share is no border."""
    used = Counter(i for ring in rings for i in ring)
    left = [i for i in used if ~i not in used]
    begins: dict[Point, list[int]] = {}
    for i in left:
        begins.setdefault(_joined([i], arcs)[0], []).append(i)
    while begins:
        start = next(iter(begins))
        chain: list[int] = []
        at = start
        while not chain or at != start:
            following = begins[at]
            chain.append(following.pop())
            if not following:
                del begins[at]
            at = _joined(chain[-1:], arcs)[-1]
        yield _joined(chain, arcs)


def _joined(chain: Iterable[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    points: list[Point] = []
    for i in chain:
        arc = arcs[i] if i >= 0 else arcs[~i][::-1]
        points += arc[1:] if points else arc
    return points


def _simplified(arc: Sequence[Point]) -> list[Point]:
    """Leave out what is less than the tolerance off (Douglas and Peucker), ends kept, so that neighbours still meet."""
    tolerance = FINE if _is_core(arc) else COARSE
    kept, todo = {0, len(arc) - 1}, [(0, len(arc) - 1)]
    while todo:
        first, last = todo.pop()
        off = [(_distance(arc[i], arc[first], arc[last]), i) for i in range(first + 1, last)]
        if off and max(off)[0] > tolerance:
            middle = max(off)[1]
            kept.add(middle)
            todo += [(first, middle), (middle, last)]
    return [arc[i] for i in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return how far a point is from a stretch, in degrees of latitude."""
    wide = math.cos(math.radians(point[1]))
    px, py = (point[0] - start[0]) * wide, point[1] - start[1]
    dx, dy = (end[0] - start[0]) * wide, end[1] - start[1]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, (px * dx + py * dy) / length)) if length else 0.0
    return math.hypot(px - along * dx, py - along * dy)


def _is_core(points: Iterable[Point]) -> bool:
    west, south, east, north = CORE
    return any(west < x < east and south < y < north for x, y in points)


def _size(ring: Sequence[Point]) -> float:
    """Return the diagonal of the box around a ring."""
    xs, ys = zip(*ring, strict=True)
    return math.hypot(max(xs) - min(xs), max(ys) - min(ys))


def _holds(ring: Sequence[Point], point: Point) -> bool:
    """Whether a point is in a ring."""
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        crossings += (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax)
    return crossings % 2 == 1


def _steps(points: Sequence[tuple[int, int]]) -> str:
    """Write a ring as its first point and the steps to the others, in hundredths of a degree."""
    steps, (x, y) = [], (0, 0)
    for px, py in points[:-1]:
        if (px, py) != (x, y):
            steps.append(f"{px - x} {py - y}")
            x, y = px, py
    return " ".join(steps)


if __name__ == "__main__":
    main()
