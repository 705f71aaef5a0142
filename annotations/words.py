"""Words: what a span begins and ends on, and what the model tags.

A word is a maximal run of letters, combining marks and digits. Some punctuation between two of them stays inside
(`21:50`, `F-16`, `2,500`, `al-Jir`), and so does the last full stop of an initialism (`U.S.`). A full stop between
two Arabic words of more than a letter is a forgotten space (`المنطقة.وقال`), and parts them; `أ.ف.ب` stays one.
"""

from __future__ import annotations

import functools
import re
import unicodedata

INNER = ":\\-/'’,\u066b\u066c"  # the last two: decimal and thousands separators of Arabic-Indic numbers
# Joiners are invisible and change only how letters are drawn; splitting at one would cut a word in two.
JOINERS = "\u200c\u200d\u2060\u00ad"


@functools.cache
def _marks() -> str:
    """Combining marks as a character class; the emoji selectors and the keycap are none of ours."""
    points = [
        p
        for p in range(0x300, 0x1F000)
        if unicodedata.category(chr(p))[0] == "M" and not 0xFE00 <= p <= 0xFE0F and p != 0x20E3
    ]
    runs: list[list[int]] = []
    for p in points:
        if runs and p == runs[-1][1] + 1:
            runs[-1][1] = p
        else:
            runs.append([p, p])
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in runs)


@functools.cache
def _pattern() -> re.Pattern[str]:
    marks = _marks()
    char = f"(?:[^\\W_]|[{marks}])"
    arabic = "[\u0621-\u0655\u0670-\u06d3]"
    stop = f"(?<!{arabic}{arabic})\\.|\\.(?!{arabic}{arabic})"
    run = f"{char}+(?:(?:[{INNER}]|{stop}|[{JOINERS}]+){char}+)*"
    return re.compile(f"(?:[^\\W\\d_]\\.){{2,}}(?:['’]s)?(?!{char})|{run}")


def words(text: str) -> list[tuple[int, int]]:
    """Return the words of a text as half-open character offsets, in order."""
    return [m.span() for m in _pattern().finditer(text) if any(c.isalnum() for c in m.group())]


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the paragraphs (lines that are not blank) as half-open offsets, line ends outside."""
    found = []
    for m in re.finditer(r"[^\r\n]+", text):
        if m.group().strip():
            found.append(m.span())
    return found
