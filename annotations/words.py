"""Words: what a span begins and ends on, and what the model tags.

A word is a maximal run of letters, combining marks and digits. Some punctuation between two of them stays inside
(`21:50`, `F-16`, `2,500`, `al-Jir`), and so does the last full stop of an initialism (`U.S.`). A full stop between
two Arabic words of more than a letter is a forgotten space (`المنطقة.وقال`), and parts them; `أ.ف.ب` stays one.
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata

INNER = ":\\-/'’,\u066b\u066c"  # the last two: decimal and thousands separators of Arabic-Indic numbers
# Joiners are invisible and change only how letters are drawn; splitting at one would cut a word in two.
JOINERS = "\u200c\u200d\u2060\u00ad"
_SENTENCE_END = re.compile(r"[.!?؟…](?=[\"'”’»)\]]*(?:\s|$))")
_TITLES = ("adm", "brig", "capt", "col", "cpl", "dr", "gen", "gov", "lt", "maj", "mr", "mrs", "ms", "prof", "sgt", "st")


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


def sentence_starts(text: str) -> list[int]:
    """Return where sentences begin, in order: with a paragraph, or behind a full stop or its like before a space.

    A full stop that a word holds (`U.S.`), or behind an initial or a title (`Gen.`), ends no sentence.
    """
    found = words(text)
    begun = [start for start, _ in found]
    stops = (m for m in _SENTENCE_END.finditer(text) if _ends_sentence(text, m.start(), found, begun))
    return sorted([*(start for start, _ in paragraphs(text)), *(m.end() for m in stops)])


def _ends_sentence(text: str, at: int, found: list[tuple[int, int]], begun: list[int]) -> bool:
    """Say whether the mark at `at` ends a sentence, by the word that it stands in or after."""
    before = bisect.bisect_left(begun, at) - 1
    if before < 0 or text[at] != ".":
        return before >= 0
    start, end = found[before]
    word = text[start:end].lower()
    return end < at or not (end > at or word in _TITLES or (len(word) == 1 and word.isalpha()))
