"""Numerals: the value of a run of number words or digits, in Arabic or English.

Arabic adds with و (`خمسة وعشرون`) and multiplies without it (`خمسة آلاف`); English adds with `and` or nothing. One
sum takes the words of both as roles (unit, ten, hundred, scale), which `numbers.yaml` lists.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Any, Literal

import yaml

from rasad.annotations.text import TATWEEL, fold

Role = Literal[
    "digits", "unit", "teen", "ten", "hundred", "hundreds", "scale", "plural", "dual", "case", "half", "article", "and"
]
_LONGEST = 15  # digits; what is longer is no count, and int() refuses thousands of them
_TANWIN = "\u064b"
_GROUPED = re.compile(r"\d{1,3}(?:([,.\u066c])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"(\d+)[.,\u066b](\d+)")
_CLITICS = re.compile(r"(?P<conj>[وف]?)(?P<prep>[بل]?)(?P<article>(?:ال|(?<=ل)ل)?)")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read from the first `size` words of a run.

    `scale` is what its last word multiplies a factor by (`3 آلاف`, `two dozen`), None where there is no factor.
    """

    value: int
    size: int
    scale: int | None = None

    @property
    def factor(self) -> int:
        """How many of the scale it counts; the value itself where there is no scale."""
        return self.value // (self.scale or 1)


@dataclass(frozen=True, slots=True)
class _Part:
    role: Role
    value: Fraction
    joined: bool = False  # by و or "and": it is added, never multiplied
    bound: bool = False  # a preposition stands on it: it begins a number and continues none


@functools.cache
def numbers_data() -> dict[str, Any]:
    """Return `numbers.yaml` as it stands."""
    data: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("numbers.yaml").read_text("utf-8"))
    return data


def number(words: Sequence[str], lang: str) -> int | None:
    """Return the value of a run of number words or digits; None unless all of them make one whole number.

    Clitics may stand on the first word (`بثلاثة`), و and the article on any (`الخمسة والعشرين`). Ordinals, and plurals
    of no number (`عشرات`, `dozens`), have no value. `lang` is `ar` or `en`; any other goes by the script of the words.
    """
    found = numeral(words, lang)
    return found.value if found and found.size == len(words) else None


def numeral(words: Sequence[str], lang: str) -> Numeral | None:
    """Return the longest whole number that a run of words begins with, or None."""
    lang = language(" ".join(words), lang)
    total, found = _Sum(lang), None
    for size, word in enumerate(words, 1):
        parts = _parts(word, lang)
        if not parts or not all(total.take(part, first=size == 1) for part in parts):
            break
        if total.is_whole:
            found = Numeral(int(total.value), size, total.factored)
    return found


def language(text: str, lang: str) -> Literal["ar", "en"]:
    """Return the language to read a text in: as told, or by its script where the article is of both."""
    if lang in ("ar", "en"):
        return "ar" if lang == "ar" else "en"
    return "ar" if any("\u0620" <= c <= "\u064a" for c in text) else "en"


def digits(word: str) -> Fraction | None:
    """Return the value of digits of any script with their separators: `2,500`, `٢٬٥٠٠`, `1.5`; None for other words.

    Three digits after a separator are thousands (`1.200`), any other number of them, and what follows ٫, decimals.
    """
    word = unicodedata.normalize("NFKC", word)
    if _GROUPED.fullmatch(word):
        word = re.sub(r"\D", "", word)
    if len(word) > _LONGEST:
        return None
    if word.isdecimal():
        return Fraction(int(word))
    if match := _DECIMAL.fullmatch(word):
        return Fraction(int(match[1] + match[2]), 10 ** len(match[2]))
    return None


@functools.lru_cache(maxsize=1 << 14)
def _parts(word: str, lang: str) -> tuple[_Part, ...]:
    """Return what a word adds to a number: one part, several where hyphens join them, none if it is no number."""
    bare = unicodedata.normalize("NFC", word).replace(TATWEEL, "")
    if lang == "en":
        parts = [_english(piece) for piece in fold(bare).split("-")]
        return tuple(part for part in parts if part) if all(parts) else ()
    part = _arabic(bare)
    return (part,) if part else ()


def _english(word: str) -> _Part | None:
    return _lexicon("en").get(word) or _digits_part(word)


def _arabic(word: str) -> _Part | None:
    """Look a word up with the fewest clitics set aside: `واحد` and `ألف` begin with letters of their own."""
    plain = "".join(c for c in word if unicodedata.category(c) not in ("Mn", "Cf") or c == _TANWIN)
    match = _CLITICS.match(plain)
    cuts = {(0, "", "")} | ({(match.end(i), match["conj"], match["prep"]) for i in (1, 2, 3)} if match else set())
    cuts |= {(2, "", "")} if plain.startswith("ال") else set()
    if plain.startswith(("وأ", "وإ")):
        cuts -= {(0, "", "")}  # وأحد is not واحد, though both fold alike
    for cut, conj, prep in sorted(cuts):
        key = fold(plain[cut:])
        part = _lexicon("ar").get(key) or _digits_part(key)
        if part and not (key == "احد" and plain[:cut].endswith("ال")):  # Sunday
            role: Role = "scale" if part.role == "case" and _TANWIN in word else part.role
            return _Part(role, part.value, bool(cut) and conj == "و", bool(cut and prep))
    return None


def _digits_part(word: str) -> _Part | None:
    value = digits(word)
    return None if value is None else _Part("digits", value)


@functools.cache
def _lexicon(lang: str) -> dict[str, _Part]:
    return {
        word: _Part(role, Fraction(value))
        for role, values in numbers_data()["numerals"][lang].items()
        for value, words in values.items()
        for word in words.split()
    }


class _Sum:
    """A number as it grows: what is complete above the last scale, and the group under a thousand after it."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.total = self.group = Fraction(0)
        self.last: Fraction | None = None  # the last scale
        self.factored: int | None = None
        self.is_open = False  # the last word needs another: "a", "and"
        self.is_digits = self.joined = self.article = self.is_zero = False

    @property
    def value(self) -> Fraction:
        return self.total + self.group

    @property
    def is_whole(self) -> bool:
        return not self.is_open and self.value.denominator == 1 and (self.value > 0 or self.is_zero)

    def take(self, part: _Part, first: bool) -> bool:
        """Add a part; return False where the number cannot go on with it."""
        if part.bound and not first:
            return False
        if part.role in ("and", "article"):
            return self._open(part.role)
        joined = self.joined or (part.joined and not first)
        if self.article and part.role not in ("hundred", "scale", "half"):
            return False
        taken = self._grow(part, joined)
        self.is_open = self.joined = self.article = False
        return taken

    def _open(self, role: str) -> bool:
        if role == "and" and (self.is_open or not self.value):
            return False
        if role == "article" and self.value and not self.joined and self.value.denominator == 1:
            return False
        self.is_open, self.joined, self.article = True, self.joined or role == "and", role == "article"
        return True

    def _grow(self, part: _Part, joined: bool) -> bool:
        if part.role in ("scale", "plural", "case", "dual"):
            return self._scale(part, joined)
        if part.role == "hundred" and self.group and not joined:
            return self._hundred(part.value)
        if part.role == "half":
            return self._half(part.value, joined)
        return self._fits(part, joined) and self._add(part)

    def _add(self, part: _Part) -> bool:
        self.group += part.value
        self.is_digits = part.role == "digits"
        self.is_zero = self.group == 0
        self.factored = None
        return True

    def _fits(self, part: _Part, joined: bool) -> bool:
        """Whether a part may be added to the group."""
        rest, arabic = self.group % 100, self.lang == "ar"
        if self.is_zero or (self.group and self.is_digits):
            return False
        if part.role == "teen" and arabic and not joined and 1 <= rest <= 9:
            return True  # خمسة عشر
        if self.value and not joined and (arabic or part.role == "digits"):
            return False
        if part.role in ("digits", "hundred", "hundreds"):
            return self.group == 0 and (self.last is None or part.value < self.last)
        if part.role == "unit" and not arabic:
            return rest % 10 == 0 and rest != 10
        if part.role == "ten" and arabic:
            return rest < 10
        return rest == 0

    def _hundred(self, hundred: Fraction) -> bool:
        if self.is_digits or not (self.group < (10 if self.lang == "ar" else 100)):
            return False
        self.group *= hundred
        self.factored = None
        return True

    def _half(self, parts: Fraction, joined: bool) -> bool:
        """Take half, or a quarter, of the scale that follows (`half a million`) or went before (`مليون ونصف`)."""
        if self.group == 0 and self.last is not None and joined:
            self.total += self.last / parts
            self.factored = None
            return True
        if self.last is not None or bool(self.group) != joined or self.group.denominator != 1:
            return False
        self.group += 1 / parts
        return True

    def _scale(self, part: _Part, joined: bool) -> bool:
        """Multiply the group by a scale, or add the scale where there is none."""
        scale, factor = part.value, self.group
        if self.group == 0 and self.last == scale and self.total % scale and not joined:
            return True  # the scale said again: مليون ونصف المليون
        if (factor and joined) or (part.role == "plural" and not factor) or (part.role == "dual" and factor):
            return False
        if not factor and self.total and not joined:
            return self._raise(scale)
        if (self.last is not None and scale >= self.last) or self.is_zero:
            return False
        double = part.role == "dual" or (part.role == "case" and not factor)
        self.total += (factor or (2 if double else 1)) * scale
        self.factored = int(scale) if factor and self.total == factor * scale else None
        self.group, self.last, self.is_digits = Fraction(0), scale, False
        return True

    def _raise(self, scale: Fraction) -> bool:
        """Multiply all so far by a greater scale: `ألف مليون`, `a hundred thousand million`."""
        if self.last is None or scale <= self.last:
            return False
        self.total, self.last, self.factored = self.total * scale, scale, None
        return True
