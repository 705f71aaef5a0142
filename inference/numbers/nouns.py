"""Nouns: whether the form of a noun means one, two or many.

Arabic writes the dual and the plural of ان/ين alike but for the noun: `قتيلين` are two, for the plural is `قتلى`;
`مواطنين` may be two or many. So the nouns of the news are listed with the plural they take; of others only the endings
that mislead in no common word are trusted, and the rest has no number.
"""

from __future__ import annotations

import functools
import re
from typing import Literal

from rasad.annotations.text import fold, readings, strip_clitics
from rasad.inference.numbers.numerals import numbers_data

Form = Literal["one", "two", "many", "group", "none"]
_SUFFIX = re.compile(r"(?:ه|ها|هم|هما|هن|نا|كم)$")
_SHORTEST = 6  # of an unlisted plural: shorter words that end so are too often none (حسين، ثمين، قانون)
_PARTICIPLE = re.compile(r"م\w+(?:ون|ين)|\w+ي(?:ون|ين)|\w{3,}ات")
_DUAL = re.compile(r"\w{3,}(?<!س)(?:تان|تين)")  # not of countries (قرغيزستان) and names (كريستين)
_DESIGNATION = re.compile(r"[A-Z]\w*-?\d+s|[A-Z]{2,}s")


def form(word: str, lang: str) -> Form | None:
    """Return what the form of a noun says of its number; `group` for what holds an unsaid number, None if unclear.

    The noun is taken as written, with clitics, article and pronoun (`وبصواريخها`), or the English possessive.
    """
    return _arabic(word) if lang == "ar" else _english(word)


def is_bare(word: str) -> bool:
    """Whether an Arabic noun carries no proclitic but the article: with one (`بغارات`) it is of no number before."""
    bare = fold(strip_clitics(word) if word.startswith("ال") else word)
    return bare in _forms("ar") or (bool(_by_ending(bare)) and bare[0] not in "وفبلك")


def _arabic(word: str) -> Form | None:
    forms = _forms("ar")
    keys = sorted(readings(word), key=len, reverse=True)
    for key in keys:
        if key in forms:
            return forms[key]
    for key in keys:
        for stem in _stems(key):
            if stem in forms:
                return forms[stem]
    return next((found for key in keys if (found := _by_ending(key))), None)


def _stems(key: str) -> list[str]:
    """Return a folded word without its pronoun: `سيارته` → سياره, `عناصرها` → عناصر."""
    match = _SUFFIX.search(key)
    if not match or len(key) - len(match[0]) < 3:
        return []
    stem = key[: match.start()]
    if stem.endswith("ا"):
        return [stem + "ن", stem[:-1] + "ي"]  # مرافقاه: the dual loses its ن; جرحاهم: a last ى is written ا
    if stem.endswith(("اي", "او")):
        return [stem[:-1] + "ء", stem]  # زملائه: the hamza takes a carrier
    return [stem, stem[:-1] + "ه"] if stem.endswith("ت") else [stem]


def _by_ending(key: str) -> Form | None:
    if len(key) < _SHORTEST:
        return None
    if _DUAL.fullmatch(key):
        return "two"
    return "many" if _PARTICIPLE.fullmatch(key) else None


def _english(word: str) -> Form | None:
    bare = re.sub(r"['’][sS]?$", "", word)
    if _DESIGNATION.fullmatch(bare):
        return "many"
    key = fold(bare)
    found = _forms("en").get(key)
    if found or not bare.islower():
        return found
    return "many" if len(key) > 4 and re.search(r"[^sui']s$", key) else None


@functools.cache
def _forms(lang: str) -> dict[str, Form]:
    """Return the form of every listed noun, folded; what is listed as group or none goes before what endings say."""
    nouns = {kind: words.split() for kind, words in numbers_data()["nouns"][lang].items()}
    found = _arabic_forms(nouns) if lang == "ar" else _english_forms(nouns)
    for kind in ("one", "two", "many", "group", "none"):
        found |= {fold(word): kind for word in nouns.get(kind, ())}
    return found


def _english_forms(nouns: dict[str, list[str]]) -> dict[str, Form]:
    found: dict[str, Form] = {_plural(word): "many" for word in nouns["one"]}
    return found | dict.fromkeys(nouns["irregular"], "many")


def _plural(word: str) -> str:
    if re.search(r"(?:s|x|z|ch|sh)$", word):
        return word + "es"
    return re.sub(r"(?<=[^aeiou])y$", "ie", word) + "s"


def _arabic_forms(nouns: dict[str, list[str]]) -> dict[str, Form]:
    """Return the forms of the listed nouns; a word that is listed itself goes before an inflected other (أمين, أم)."""
    found: dict[str, Form] = {}
    listed: dict[str, Form] = {}
    for kind in ("sound", "inanimate", "feminine", "broken"):
        for entry in nouns[kind]:
            singular, *plurals = (fold(word) for word in entry.split("/"))
            found |= _inflected(singular, kind)
            found |= dict.fromkeys((plural + "ا" for plural in plurals), "many")
            listed[singular] = "one"
            listed |= dict.fromkeys(plurals, "many")
    return found | listed


def _inflected(singular: str, kind: str) -> dict[str, Form]:
    """Return the endings that a singular takes, folded."""
    if singular.endswith("ه"):
        stem = singular[:-1]
        duals = [stem + end for end in ("تان", "تين", "تا", "تي")]
        return {singular: "one", stem + "ات": "many", **dict.fromkeys(duals, "two")}
    found: dict[str, Form] = {singular: "one", singular + "ا": "one", singular + "ان": "two", singular + "ات": "many"}
    for end in ("ون", "ين", "و", "ي") if kind == "sound" else ("ين", "ي"):
        found[singular + end] = "many" if kind == "sound" else "two"
    return found
