"""Charts: the labels of a corpus by language, as an SVG that needs nothing but itself.

Its colours stand out on white and on black alike: a page in the dark may show it on either.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rasad.annotations.stats import Row, Statistics

TEXT = "#797979"
COLOURS = {"ar": "#c2571a", "en": "#2f7fc1", "mixed": "#7f8c3a"}
_NAMES = {"ar": "Arabic", "en": "English", "mixed": "mixed"}
_TITLES = {"entity": "Entities", "event": "Events"}
_WIDTH, _LEFT, _RIGHT = 720, 170, 60  # pixels: the whole, the labels, the numbers behind the bars
_BAR, _GAP, _HEAD = 11, 8, 34


def draw(counted: Statistics) -> str:
    """Return bars for each type of span, a bar a language, with its number."""
    rows = [row for row in counted.rows() if row.kind in _TITLES]
    most = max((number for row in rows for number in row.by_language.values()), default=0)
    body = [*_legend(counted.languages)]
    y, kind = _HEAD, None
    for row in rows:
        if row.kind != kind:
            body.append(text_mark(_LEFT - 8, y + 16, _TITLES[row.kind], "end", bold=True))
            y, kind = y + 24, row.kind
        body += _bars(row, y, (_WIDTH - _LEFT - _RIGHT) / max(most, 1))
        y += _BAR * len(row.by_language) + _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" width="{_WIDTH}" height="{y}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{TEXT}">\n'
        "<title>Types of spans in the corpus, by language</title>\n" + "\n".join(body) + "\n</svg>\n"
    )


def _legend(languages: tuple[str, ...]) -> Iterator[str]:
    for place, lang in enumerate(languages):
        x = _LEFT + 90 * place
        yield f'<rect x="{x}" y="10" width="12" height="12" fill="{COLOURS[lang]}"/>'
        yield text_mark(x + 18, 20, _NAMES[lang])


def _bars(row: Row, y: float, scale: float) -> Iterator[str]:
    middle = y + _BAR * len(row.by_language) / 2 + 4
    yield text_mark(_LEFT - 8, middle, row.label, "end")
    for place, (lang, number) in enumerate(row.by_language.items()):
        top, width = y + _BAR * place, round(number * scale, 1)
        yield f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{_BAR - 1}" fill="{COLOURS[lang]}"/>'
        yield text_mark(_LEFT + width + 5, top + _BAR - 1, f"{number:,}", size=10)


def text_mark(
    x: float, y: float, words: str, anchor: str = "start", *, bold: bool = False, size: int | None = None
) -> str:
    """Return words at a point, in the colour and face of the drawing."""
    look = (' font-weight="bold"' if bold else "") + (f' font-size="{size}"' if size else "")
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{look}>{escape(words)}</text>'
