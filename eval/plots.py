"""Plots: parts of an evaluation as SVG, each whole in itself, in colours that stand out on white and on black.

Text takes the colour of what is around. No plot tells by colour alone: lines have marks of their own, and cells and
bars their numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from rasad.annotations.chart import COLOURS, text_mark
from rasad.eval.grids import FAMILIES, ratio

BLUE, ORANGE, OLIVE = COLOURS["en"], COLOURS["ar"], COLOURS["mixed"]  # one palette for all that rasad draws
NONE = "none"
_ROW, _LABELS, _BARS, _NUMBERS = 20, 136, 180, 46  # pixels of a plot of bars
_SIDE, _LEFT, _RIGHT, _TOP, _BOTTOM = 240, 40, 18, 10, 40  # pixels of a square and of what is around it
_CELL, _ROOM = 26, 136  # pixels of a heat map: a cell, and its labels

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """A value from 0 to 1 and, where there is one, its interval."""

    label: str
    value: float
    interval: tuple[float, float] | None = None


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Draw a bar a row with its number, and its interval as a whisker."""
    body = [piece for place, row in enumerate(rows) for piece in _bar(row, _ROW * place)]
    return _svg(title, _LABELS + _BARS + _NUMBERS, _ROW * len(rows) + 4, body)


def _bar(row: Bar, y: int) -> Iterator[str]:
    length, middle = round(_BARS * row.value, 1), y + _ROW / 2
    end, place = _LABELS + length, f'x="{_LABELS}" y="{y + 4}" height="{_ROW - 8}"'
    yield text_mark(_LABELS - 6, middle + 4, row.label, "end", size=11)
    yield f'<rect {place} width="{_BARS}" fill="currentColor" opacity="0.07"/>'
    yield f'<rect class="bar" {place} width="{length}" fill="{BLUE}"/>'
    if row.interval:
        low, high = (round(_LABELS + _BARS * value, 1) for value in row.interval)
        path = f"M{low} {middle - 4}v8M{low} {middle}H{high}M{high} {middle - 4}v8"
        yield f'<path class="whisker" d="{path}" stroke="currentColor" stroke-width="1.5" fill="none"/>'
        end = max(end, high)
    yield text_mark(end + 6, middle + 4, ratio(row.value), size=11)


def reliability(title: str, bins: Iterable[Json]) -> str:
    """Draw the accuracy of predictions against their mean score, bin by bin; the diagonal is where both agree.

    The area of a dot goes with the number of predictions in the bin; empty bins have none.
    """
    frame = _Frame(1, 1)
    filled = [one for one in bins if one["n"]]
    most = max((one["n"] for one in filled), default=1)
    (x0, y0), (x1, y1) = frame.at(0, 0), frame.at(1, 1)
    body = [*frame.axes("score", "accuracy")]
    body.append(f'<path d="M{x0} {y0}L{x1} {y1}" stroke="currentColor" stroke-dasharray="4 4" opacity="0.6"/>')
    body.append(_line([frame.at(one["score"], one["accuracy"]) for one in filled], BLUE))
    for one in filled:
        x, y = frame.at(one["score"], one["accuracy"])
        radius = 2.5 + 5.5 * math.sqrt(one["n"] / most)
        says = f"{one['low']:.2f} to {one['high']:.2f}: n {one['n']}, score {one['score']:.3f}, accuracy "
        body.append(
            f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{BLUE}" fill-opacity="0.75">'
            f"<title>{says}{one['accuracy']:.3f}</title></circle>"
        )
    return frame.svg(title, body)


def risk(title: str, curve: Iterable[Json]) -> str:
    """Draw the share of errors (risk) among the predictions that are kept, best scores first, against how many are."""
    points = [(one["coverage"], one["risk"]) for one in curve]
    frame = _Frame(1, _rounded(max((y for _, y in points), default=0.0)))
    # Points of the same pixel draw as one: a curve has as many as there are scores.
    placed = list({(round(x), round(y)): (x, y) for x, y in (frame.at(*point) for point in points)}.values())
    return frame.svg(title, [*frame.axes("coverage", "risk"), _line(placed, ORANGE)])


def learning(title: str, rows: Iterable[Json]) -> str:
    """Draw the F1 of each family against the number of training documents."""
    known = sorted(rows, key=lambda row: float(row["documents"]))
    frame = _Frame(_rounded(max((row["documents"] for row in known), default=1)), 1, 26)
    body = [*frame.axes("training documents", "F1")]
    looks = zip(FAMILIES.items(), (BLUE, ORANGE, OLIVE), ("", "7 4", "2 3"), strict=True)
    for place, ((family, name), colour, dashes) in enumerate(looks):
        points = [frame.at(row["documents"], row[family]) for row in known if row.get(family) is not None]
        body += [_line(points, colour, dashes), *(_mark(place, *point, colour) for point in points)]
        x = _LEFT + 6 + 84 * place
        body += [_mark(place, x, 8, colour), text_mark(x + 9, 12, name, size=11)]
    return frame.svg(title, body)


def heat_map(title: str, pairs: Iterable[Json], labels: Sequence[str]) -> str:
    """Draw how often gold's type (row) is answered by which (column); a cell is as deep as its share of the row.

    Args:
        title: of the plot.
        pairs: `gold`, `predicted` and `n` of each; null or `none` where the side has no span.
        labels: the order of types; one that is not among them comes after, `none` last.
    """
    counts = {(one["gold"] or NONE, one["predicted"] or NONE): one["n"] for one in pairs if one["n"]}
    present = {label: None for pair in counts for label in pair}
    order = [label for label in dict.fromkeys((*labels, *present)) if label in present and label != NONE]
    order += [NONE] if NONE in present else []
    body = [piece for place, label in enumerate(order) for piece in _labels(place, label, len(order))]
    for (gold, predicted), n in counts.items():
        whole = sum(m for (row, _), m in counts.items() if row == gold)
        body += _cell(order.index(gold), order.index(predicted), n, n / whole, f"gold {gold}, predicted {predicted}")
    side = _CELL * len(order)
    return _svg(title, _ROOM + side + 90, _ROOM + side + 4, body)


def _labels(place: int, label: str, many: int) -> Iterator[str]:
    """Yield the row and column of a label: its names, a faint line of each, and the cell where they agree."""
    at = _ROOM + _CELL * place
    middle = at + _CELL / 2 + 4
    yield text_mark(_ROOM - 6, middle, label, "end", size=11)
    yield f'<g transform="translate({middle} {_ROOM - 6}) rotate(-52)">{text_mark(0, 0, label, size=11)}</g>'
    path = f"M{_ROOM} {at}h{_CELL * many}M{at} {_ROOM}v{_CELL * many}"
    yield f'<path d="{path}" stroke="currentColor" opacity="0.1"/>'
    yield f'<rect x="{at}" y="{at}" width="{_CELL}" height="{_CELL}" fill="none" stroke="currentColor" opacity="0.5"/>'


def _cell(row: int, column: int, n: int, share: float, says: str) -> Iterator[str]:
    x, y = _ROOM + _CELL * column, _ROOM + _CELL * row
    # No deeper than that ink, dark or light, can be read on it.
    colour = f'fill="{BLUE if row == column else ORANGE}" fill-opacity="{0.08 + 0.5 * share:.2f}"'
    yield (
        f'<rect class="cell" x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" {colour}>'
        f"<title>{escape(says)}: {n}</title></rect>"
    )
    yield text_mark(x + _CELL / 2, y + _CELL / 2 + 4, str(n), "middle", size=10 if n < 1000 else 8)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A square with two axes from 0 to `x` and to `y`, and `top` pixels above it."""

    x: float
    y: float
    top: int = _TOP

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies, in pixels."""
        return round(_LEFT + _SIDE * x / self.x, 1), round(self.top + _SIDE * (1 - y / self.y), 1)

    def axes(self, across: str, up: str) -> Iterator[str]:
        """Yield the square, five values on each axis, and what the axes are."""
        yield f'<rect x="{_LEFT}" y="{self.top}" width="{_SIDE}" height="{_SIDE}" fill="currentColor" opacity="0.05"/>'
        for step in range(5):
            x, y = self.at(self.x * step / 4, self.y * step / 4)
            yield f'<path d="M{_LEFT} {y}h{_SIDE}M{x} {self.top}v{_SIDE}" stroke="currentColor" opacity="0.12"/>'
            yield text_mark(x, self.top + _SIDE + 15, f"{self.x * step / 4:g}", "middle", size=10)
            yield text_mark(_LEFT - 5, y + 4, f"{self.y * step / 4:g}", "end", size=10)
        yield text_mark(_LEFT + _SIDE / 2, self.top + _SIDE + 32, across, "middle", size=11)
        middle = self.top + _SIDE / 2
        yield f'<g transform="translate(11 {middle}) rotate(-90)">{text_mark(0, 0, up, "middle", size=11)}</g>'

    def svg(self, title: str, body: Iterable[str]) -> str:
        """Return the plot."""
        return _svg(title, _LEFT + _SIDE + _RIGHT, self.top + _SIDE + _BOTTOM, body)


def _rounded(value: float) -> float:
    """Return the least of 1, 2, 4, 8 times a power of ten that is no less: its quarters are short numbers."""
    if value <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{next(power * factor for factor in (1, 2, 4, 8, 10) if power * factor >= value * (1 - 1e-9)):g}")


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    path = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline points="{path}" stroke="{colour}" stroke-width="2" fill="none"{dashed}/>'


def _mark(place: int, x: float, y: float, colour: str) -> str:
    """Return a disc, a square or a triangle."""
    paths = ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "M-4 -4h8v8h-8z", "M0 -5L5 4H-5z")
    return f'<path class="mark{place}" transform="translate({x} {y})" d="{paths[place]}" fill="{colour}"/>'


def _svg(title: str, width: float, height: float, body: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="sans-serif" font-size="12" fill="currentColor">\n'
        f"<title>{escape(title)}</title>\n" + "\n".join(body) + "\n</svg>"
    )
