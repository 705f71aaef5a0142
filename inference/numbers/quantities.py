"""Quantities: the numbers of a phrase, said or vague, ranges of them, and the words that say what they are worth."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rasad.annotations.text import fold
from rasad.inference.numbers.numerals import Numeral, numbers_data, numeral
from rasad.inference.numbers.tokens import Token, listed

Kind = Literal["exact", "at_least", "at_most", "about", "some", "unknown"]
_DASH = re.compile(r"\s*[-–—−]\s*")
_SHARED = re.compile(r"\s*[%٪]")
_MONEY = re.compile(r"[$€£%٪]\s*$")
_LONGEST_HEDGE = 5  # words
_CLAUSE = 12  # words between a word for a number and the number
_YEARS = range(1900, 2100)


@dataclass(frozen=True, slots=True)
class Count:
    """How many: a low and a high bound, both included, None where there is none, and what they are worth.

    `exact`: the text states the bounds, one number or a range. `about`: near them. `at_least`: a low bound alone.
    `at_most`: a high bound alone. `some`: an unsaid number, of which the form or a word like "several" gives the least.
    `unknown`: no bound. Where both bounds stand, low <= high.
    """

    low: int | None
    high: int | None
    kind: Kind


UNKNOWN = Count(None, None, "unknown")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count that a phrase begins with, and how many tokens it takes."""

    count: Count
    size: int
    is_year: bool = False


@functools.cache
def _phrases(name: str, place: str, lang: str) -> dict[str, list[tuple[tuple[str, ...], Any]]]:
    """Return phrases with what each says, by their first word, the longest first."""
    data = numbers_data()[name][lang]
    pairs = [(row[:3], row[3]) for row in data] if name == "vague" else (data[place] if place else data).items()
    found: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
    for value, phrases in pairs:
        for phrase in phrases.split(","):
            first, *rest = (fold(word) for word in phrase.split())
            found.setdefault(first, []).append((tuple(rest), value))
    return {first: sorted(rows, key=lambda row: -len(row[0])) for first, rows in found.items()}


def _phrase(run: Sequence[Token], table: Mapping[str, list[tuple[tuple[str, ...], Any]]]) -> tuple[Any, int] | None:
    """Return what the longest phrase that a run begins with says, and its size."""
    best: tuple[Any, int] | None = None
    for key in run[0].keys if run else ():
        for rest, value in table.get(key, ()):
            size = 1 + len(rest)
            fits = size <= len(run) and all(word in run[i].keys for i, word in enumerate(rest, 1))
            if fits and (best is None or size > best[1]):
                best = (value, size)
    return best


def hedge(run: Sequence[Token], place: str, lang: str) -> tuple[str, int] | None:
    """Return what the words before or after a number make of it (`at_least`, `more_than`, …), and how many they are."""
    return _phrase(run, _phrases("hedges", place, lang))


def first_quantity(run: Sequence[Token], lang: str) -> Quantity | None:
    """Return the quantity that a run begins with: a range, a vague word or a number."""
    found = [_range(run, lang), _vague(run, lang), _number(run, lang)]
    return max((one for one in found if one), key=lambda one: one.size, default=None)


def _vague(run: Sequence[Token], lang: str) -> Quantity | None:
    match = _phrase(run, _phrases("vague", "", lang))
    return Quantity(Count(*match[0]), match[1]) if match else None


def _number(run: Sequence[Token], lang: str) -> Quantity | None:
    found = _numeral(run, lang)
    if not found:
        return None
    kind: Kind = "about" if _is_rough(run[: found.size], lang) else "exact"
    year = found.size == 1 and found.value in _YEARS and found.value % 100 != 0 and run[0].text.isdecimal()
    return Quantity(Count(found.value, found.value, kind), found.size, year)


def _is_rough(run: Sequence[Token], lang: str) -> bool:
    return lang == "en" and any("dozen" in token.keys for token in run)


def _numeral(run: Sequence[Token], lang: str) -> Numeral | None:
    """Return the numeral that a run begins with, not across punctuation."""
    size = next((i for i, token in enumerate(run) if i and token.before.strip()), len(run))
    return numeral([token.text for token in run[:size]], lang)


def _range(run: Sequence[Token], lang: str) -> Quantity | None:
    words_of = _phrases("ranges", "", lang)
    opened = _phrase(run, words_of)
    opener, at = opened if opened and opened[0] in ("between", "from") else ("", 0)
    greedy = _numeral(run[at:], lang)
    if not greedy:
        return None
    sizes = range(greedy.size, 0, -1) if opener == "between" else (greedy.size,)
    for size in sizes:
        low = numeral([token.text for token in run[at : at + size]], lang)
        rest = run[at + size :]
        skip = _connector(rest, opener, lang)
        high = _numeral(rest[skip:], lang) if skip is not None else None
        if low and low.size == size and high and skip is not None:
            return _bounds(run[: at + size + skip + high.size], low, high, lang)
    return None


def _connector(run: Sequence[Token], opener: str, lang: str) -> int | None:
    """Return how many words join the ends of a range before the second: none for a dash or و; None: no range."""
    if not run:
        return None
    if _DASH.fullmatch(run[0].before):
        return 0
    joined = _phrase(run, _phrases("ranges", "", lang))
    if joined and joined[0] == "to":
        return joined[1]
    if opener != "between":
        return None
    if lang == "en":
        return 1 if "and" in run[0].keys else None
    return 0 if run[0].text.startswith("و") else None


def _bounds(run: Sequence[Token], low: Numeral, high: Numeral, lang: str) -> Quantity | None:
    """Return a range; a scale said once is of both ends (`من 5 إلى 7 آلاف`)."""
    least = low.value * high.scale if high.scale and not low.scale and low.value < high.factor else low.value
    if least >= high.value:
        return None
    return Quantity(Count(least, high.value, "about" if _is_rough(run, lang) else "exact"), len(run))


def opening(run: Sequence[Token], lang: str) -> tuple[list[str], bool, int]:
    """Return what stands before the number or noun of a phrase: hedges, whether `a` or its like, how many tokens."""
    hedges, single, at = [], False, 0
    while at < len(run):
        found, quantity = hedge(run[at:], "before", lang), first_quantity(run[at:], lang)
        if quantity and quantity.size >= (found[1] if found else 0):
            break
        if found:
            hedges.append(found[0])
            at += found[1]
        elif len(run) > at + 1 and run[at].is_among(listed("determiners", lang) | listed("single", lang)):
            single = single or run[at].is_among(listed("single", lang))
            at += 1
        else:
            break
    return hedges, single, at


def trailing(run: Sequence[Token], lang: str) -> list[str]:
    """Return the hedges after a number, as far as it reaches: not into a part that is counted apart (`بينهم`)."""
    found = []
    for at, token in enumerate(run):
        if token.is_among(listed("parts", lang)) or (at and token.is_among(listed("partitives", lang))):
            break
        match = hedge(run[at:], "after", lang) or (None if at else hedge(run, "next", lang))
        if match:
            found.append(match[0])
    return found


def hedged(count: Count, hedges: Sequence[str]) -> Count:
    """Return a count with what hedges make of it; those that cannot be said of it change nothing."""
    for name in hedges:
        count = _hedged(count, name)
    return count


def _hedged(count: Count, name: str) -> Count:
    low, high = count.low, count.high
    if name in ("at_least", "more_than") and low is not None and count.kind != "some":
        return Count(low + (name == "more_than" and high is not None), None, "at_least")
    if name in ("at_most", "less_than"):
        return UNKNOWN if high is None else Count(None, max(high - (name == "less_than"), 0), "at_most")
    if name == "odd" and low is not None and low == high and low % 10 == 0:
        return Count(low + 1, low + 9, "about")
    if name == "about" and count.kind == "exact":
        return replace(count, kind="about")
    return count


def hedging(run: Sequence[Token], lang: str) -> list[str]:
    """Return the hedge that a run of words ends in, if it says nothing else before a number that is marked alone."""
    for at in range(max(0, len(run) - _LONGEST_HEDGE), len(run)):
        found = hedge(run[at:], "before", lang)
        if found and found[1] == len(run) - at and not (found[1] == 1 and run[at].is_among(listed("ambiguous", lang))):
            return [found[0]]
    return ["more_than"] if _exceeds(run, lang) else []


def _exceeds(run: Sequence[Token], lang: str) -> bool:
    """Whether a run says that the number of some exceeds what follows (`تجاوز عدد الجرحى هذا العام`)."""
    for at in range(len(run) - 1, 0, -1):
        if run[at].before.strip(" ،") or first_quantity(run[at:], lang) or len(run) - at > _CLAUSE:
            return False
        if run[at].is_among(listed("number", lang)) and run[at - 1].is_among(listed("exceed", lang)):
            return True
    return False


def is_priced(before: str) -> bool:
    """Whether a number after this text is a price."""
    return _MONEY.search(before) is not None


def is_share(run: Sequence[Token], size: int, lang: str) -> bool:
    """Whether the number that a run begins with is a percentage or a price."""
    shares = _phrases("shares", "", lang)
    return bool(_SHARED.match(run[size - 1].after) or _MONEY.search(run[0].before) or _phrase(run[size:], shares))


def is_measure(run: Sequence[Token], size: int, lang: str) -> bool:
    """Whether the number that a run begins with measures (`122 mm`)."""
    follows = size < len(run) and not run[size].before.strip(" \u00a0\u202f-")
    return follows and run[size].is_among(listed("measures", lang))
