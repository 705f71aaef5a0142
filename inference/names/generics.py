"""Generics: the words that make no name, by classes of `generics.tsv`.

Around a name they leave it what it is; a mention of nothing else is a nominal.
"""

from __future__ import annotations

import functools

from rasad.inference.names.lexicon import lexicon, rows
from rasad.inference.names.spelling import Word, keys, plain

_ENDINGS = ("", "ا", "ه", "ي", "و", "ون", "ين", "ان", "ات", "يه", "يون", "يين", "ها", "هم", "نا", "اتها", "اتهم", "اته")
_FEMININE = ("تين", "تان", "تي", "تا", "ته", "تها", "تهم", "تنا", "ات")


def is_generic(words: tuple[Word, ...], at: int) -> bool:
    """Whether a word makes no name; a number beside a unit's noun does (`الكتيبة 101`, `303 Brigade`).

    An English word without a capital that is not listed makes none either.
    """
    word = words[at]
    if word.text.isdecimal():
        near = words[max(0, at - 1) : at + (2 if words[0].is_arabic else 4)]
        return not any(has_class(other, "unit") and not other.text.endswith("s") for other in near)
    if word.is_arabic:
        return any(not generic_words("ar").isdisjoint(stems(reading)) for reading in word.readings)
    return word.text.islower() or not generic_words("en").isdisjoint(word.readings)


def has_class(word: Word, kind: str) -> bool:
    """Whether a word is listed under a class of generics."""
    listed = generics("ar" if word.is_arabic else "en")[kind]
    return not listed.isdisjoint(word.readings)


@functools.cache
def generic_words(lang: str) -> frozenset[str]:
    """Return the keys of all that make no name, the heads of the lexicon among them."""
    return lexicon("actors").heads.union(*(words for kind, words in generics(lang).items() if kind != "body"))


def stems(reading: str) -> set[str]:
    """Return an Arabic reading without each ending that it may have; a feminine's ت comes back as ه."""
    found = {reading.removesuffix(ending) for ending in _ENDINGS}
    return found | {reading.removesuffix(ending) + "ه" for ending in _FEMININE if reading.endswith(ending)}


@functools.cache
def generics(lang: str) -> dict[str, frozenset[str]]:
    """Return the words that make no name, by class, as keys."""
    listed = {row["class"]: row["words"] for row in rows("generics", plain) if row["lang"] == lang}
    return {kind: frozenset(key for word in words.split() for key in keys(word)) for kind, words in listed.items()}
