"""Tokens: the words of a phrase as numbers and the words around them are looked up, with what stands between them."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from rasad.annotations.text import TATWEEL, fold
from rasad.annotations.words import words
from rasad.inference.numbers.numerals import digits, numbers_data, numeral

_PROCLITICS = re.compile(r"([وف]?)([بل]?)(ال|(?<=ل)ل)?")
_GLUED = re.compile(r"(?<=[\u0620-\u0655])(?=\d)|(?<=\d)(?=[\u0620-\u064a])")
_CLITICS = re.compile("[وف]?[بل]?(?:ال)?")
_SPACED = re.compile(r"[ \u00a0\u2009\u202f،]")
_MEASURED = re.compile(r"\d[\d.,]*(?:[a-z]+)", re.IGNORECASE)
_HYPHENED = re.compile(r"[-‑]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as written, what stands before and after it, and its folded forms without clitics."""

    text: str
    before: str
    after: str
    keys: frozenset[str]

    def is_among(self, listed: frozenset[str]) -> bool:
        """Whether the word is listed, in any of its forms."""
        return not self.keys.isdisjoint(listed)


def tokens(text: str, lang: str) -> list[Token]:
    """Return the words of a phrase, numbers apart from what is glued to them, attributes (`12-year-old`) left out."""
    cuts = [cut for start, end in words(text) for cut in _cut(text, start, end, lang)]
    cuts = _joined(text, cuts)
    ends = [0, *(end for _, end in cuts)]
    starts = [*(start for start, _ in cuts), len(text)]
    return [
        Token(_SPACED.sub("", text[a:b]), text[ends[i] : a], text[b : starts[i + 1]], _keys(text[a:b], lang, not i))
        for i, (a, b) in enumerate(cuts)
        if not (lang == "en" and _is_attribute(text[a:b]))
    ]


def _cut(text: str, start: int, end: int, lang: str) -> list[tuple[int, int]]:
    """Part a word into a range's ends (`5-7`), `20-odd`, and a number and the Arabic word glued to it (`14جنديا`)."""
    word = text[start:end]
    pieces = _HYPHENED.split(word)
    odd = lang == "en" and len(pieces) == 2 and digits(pieces[0]) is not None and pieces[1] in ("odd", "plus")
    if len(pieces) == 2 and (odd or all(digits(piece) is not None for piece in pieces)):
        middle = start + len(pieces[0])
        return [(start, middle), (middle + 1, end)]
    glued = (m.start() for m in _GLUED.finditer(word))
    edges = [0, *(at for at in glued if not _CLITICS.fullmatch(fold(word[:at]))), len(word)]
    return [(start + a, start + b) for a, b in itertools.pairwise(edges) if a < b]


def _joined(text: str, cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join digits in groups of three that a space or an Arabic comma parts: `12 000`."""
    found: list[tuple[int, int]] = []
    for start, end in cuts:
        if found and _continues(text, found[-1], (start, end)):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _continues(text: str, head: tuple[int, int], tail: tuple[int, int]) -> bool:
    gap, after = text[head[1] : tail[0]], text[slice(*tail)]
    groups = _SPACED.split(text[slice(*head)])
    plain = all(group.isdecimal() for group in groups) and 1 <= len(groups[0]) <= 3
    return bool(plain and _SPACED.fullmatch(gap) and len(after) == 3 and after.isdecimal())


def _is_attribute(word: str) -> bool:
    """Whether a word measures or describes what follows: `500-pound`, `10-year-old`, `two-man`, `122mm`."""
    first, *rest = _HYPHENED.split(fold(word))
    if not rest:
        unit = re.sub(r"^[\d.,]+", "", first)
        return bool(_MEASURED.fullmatch(first)) and unit in listed("measures", "en")
    counts = numeral([first], "en") is not None
    return counts and numeral([word], "en") is None and digits(rest[-1]) is None


@functools.lru_cache(maxsize=1 << 14)
def _keys(word: str, lang: str, first: bool) -> frozenset[str]:
    """Return a word folded, with its clitics and without; only the first of a phrase may carry a preposition."""
    bare = word.replace(TATWEEL, "")
    found = {fold(bare)}
    if lang == "ar":
        match = _PROCLITICS.match(bare)
        ends = {match.end(i) for i in (1, 2, 3) if match and match[i] and (first or not match[2])}
        found |= {fold(bare[end:]) for end in ends | ({2} if bare.startswith("ال") else set()) if bare[end:]}
    else:
        found.add(re.sub("['’]s?$", "", fold(bare)))
    return frozenset(found)


@functools.cache
def listed(name: str, lang: str) -> frozenset[str]:
    """Return a list of single words of the data, folded."""
    data = numbers_data()[name]
    return frozenset(fold(word.replace(TATWEEL, "")) for word in data[lang].split())
