"""Persons: whether a name is that of one person.

Arabic has no capitals, so what is called a name may be a noun that nobody listed. A first word that may be a dual or a
plural is left alone, but for listed names and where the article after it shows that it is none: a plural would lose
its ن before it (`خلدون الزعبي`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rasad.annotations.text import fold, readings
from rasad.annotations.words import words
from rasad.inference.names import nationality
from rasad.inference.numbers.nouns import form
from rasad.inference.numbers.numerals import language
from rasad.inference.numbers.tokens import listed

_ENDS_AS_MANY = re.compile(r"(?:ون|ين|ان|ات)$")
_CONSTRUCT = re.compile(r"[وفبلك]?م\w{3,}[يو]|\w+يي")  # مطلقي النار, قرويي
_BROKEN = re.compile(r"[وفبلك]?(?:ال)?أ\w{2}ا\w")  # أعيان, أتباع
_ARTICLE = re.compile(r"[وف]?(?:[بك]?ال|لل)")
_POSSESSIVE = re.compile(r"['’][sS]?$")
_INITIAL = re.compile(r"(?:[a-z]{2,3}[-'’])?[^\W\d_a-z]")  # al-Masri


def is_single(name: str, lang: str) -> bool:
    """Whether a name, a mention of people that begins with no number and no listed noun, is surely of one person."""
    found = [name[start:end] for start, end in words(name)]
    return bool(found) and (_is_single_ar if language(name, lang) == "ar" else _is_single_en)(found)


def _is_single_ar(found: Sequence[str]) -> bool:
    first, rest = found[0], found[1:]
    if any(fold(word) in listed("stops", "ar") or _is_joined(word) for word in rest):
        return False
    if readings(first) & listed("persons", "ar"):
        return True
    if form(first, "ar") not in (None, "one") or _CONSTRUCT.fullmatch(first) or _BROKEN.fullmatch(first):
        return False
    if _ENDS_AS_MANY.search(fold(first)):
        return bool(rest) and not _ARTICLE.match(first) and rest[0].startswith("ال")
    return True


def _is_joined(word: str) -> bool:
    return word.startswith("و") and len(word) > 3 and fold(word) not in listed("persons", "ar")


def _is_single_en(found: Sequence[str]) -> bool:
    bare = [*found[:-1], _POSSESSIVE.sub("", found[-1])]
    small = listed("persons", "en")
    if not all(_INITIAL.match(word) or word in small for word in bare) or form(bare[-1], "en") not in (None, "one"):
        return False
    return not fold(bare[-1]).endswith("s") or (len(bare) > 1 and not nationality(bare[0], "en"))
