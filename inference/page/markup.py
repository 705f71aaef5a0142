"""Markup: what every piece of a page is written with, and the style of all pages."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources

from rasad.annotations.scheme import Scheme

DIRECTIONS = {"ar": "rtl", "en": "ltr", "mixed": "ltr"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# What HTML has no room for: controls, and halves of a surrogate pair.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_DATE = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?(?: \d\d:\d\d)?\b")
_TAG = re.compile("<[^>]*>")
_QUOTED = re.compile("([«“])([^»”]*)([»”])")


def safe(text: str) -> str:
    """Return text as HTML, for content and attributes alike."""
    return escape(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def told(text: str) -> str:
    """Return words of ours as HTML, their dates and what stands in quotation marks kept from being turned around.

    Behind Arabic letters, browsers take the digits for Arabic ones and read `2025-03-10` from its end.
    """
    return _QUOTED.sub(r"\1<bdi>\2</bdi>\3", _DATE.sub(r'<bdi dir="ltr">\g<0></bdi>', safe(text)))


def distinct(pieces: Iterable[str]) -> list[str]:
    """Return pieces of HTML, of those that read alike the first."""
    found: dict[str, str] = {}
    for piece in pieces:
        found.setdefault(_TAG.sub("", piece), piece)
    return list(found.values())


def items(lines: Sequence[str]) -> str:
    """Return lines of HTML as a list, one line as it is."""
    if len(lines) < 2:
        return "".join(lines)
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"


def page_html(title: str, style: str, lang: str, parts: Iterable[str], kind: str = "") -> str:
    """Return a whole page that loads and runs nothing: its head, and the parts of its body, a line each.

    Args:
        title: What it is called.
        style: Its style sheet.
        lang: The language of all that does not say its own.
        parts: What the body holds, as HTML.
        kind: The class of the body, if it has one.
    """
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{lang}" dir="{DIRECTIONS[lang]}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{safe(title)}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            f'<body class="{kind}">' if kind else "<body>",
            *parts,
            "</body>",
            "</html>",
            "",
        )
    )


def hue_class(span_type: str, scheme: Scheme) -> str:
    """Return the class that colours a type; a name from a checkpoint's scheme may be no class name."""
    return f"t{scheme.types.index(span_type)}"


def style_sheet(scheme: Scheme) -> str:
    """Return the style of articles, with a colour for each type of the scheme."""
    rules = [resources.files(__package__).joinpath("page.css").read_text("utf-8")]
    for types in (scheme.entities, scheme.events):
        hues = zip(types, _hues(len(types)), strict=True)
        rules += [f".{hue_class(name, scheme)} {{ --hue: {hue} }}\n" for name, hue in hues]
    return "".join(rules)


def _hues(count: int) -> list[int]:
    """Return hues in degrees as far apart as that many can be, those of neighbours far apart too."""
    stride = next(k for k in itertools.count(max(1, round(0.3 * count))) if math.gcd(k, count) == 1)
    return [round(i * stride % count * 360 / count) for i in range(count)]
