"""Tiny pure functions over Arabic and English text: what is set aside when words are compared.

But for `is_arabic` they make keys to compare by, shorter than what went in: never take an offset from one.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Literal

from rasad.annotations.words import words

TATWEEL = "\u0640"
# Letters that are written one for the other; hamza on a carrier falls with the marks, as does the madda.
_LETTERS = str.maketrans({"ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", TATWEEL: None})
# The article shows that what stands before it are clitics; without it the letter may be the word's own.
# Of لل before a name that begins with ل (للبنان, لليبيا, للندن) only the first ل is one.
_OWN_LAM = "بنان|يبي|ندن"
_ARTICLE = re.compile(rf"[وف]?(?:[بك]?ال|لل(?!{_OWN_LAM})|ل(?=ل(?:{_OWN_LAM})))(?=\w{{3}})")
_SHORTEST = 3
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_ARABIC = re.compile(r"[\u0620-\u064a\u066e-\u06d3]")


def is_arabic(text: str) -> bool:
    """Whether a text has an Arabic letter."""
    return _ARABIC.search(text) is not None


@functools.lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Fold text to a key to compare by.

    Compatibility forms are resolved; marks (diacritics), tatweel, bidi and other invisible characters dropped;
    hamza forms made bare; ى becomes ي, ة becomes ه; case folded.
    """
    return unicodedata.normalize("NFKC", _unmarked("NFKD", text).translate(_LETTERS).casefold())


def strip_clitics(word: str) -> str:
    """Return a word without the clitics that its article gives away: `وبالصواريخ` → `صواريخ`, `للجيش` → `جيش`.

    A word without the article keeps its letters (`بغداد`, `وزارة`, `لبنان`): one word alone does not say whether its
    first letter is a clitic, two do (see `readings`). Marks and tatweel are dropped. Give the word as it is
    written: a folded `ألمانيا` begins like an article.
    """
    bare = _unmarked("NFKC", word).replace(TATWEEL, "")
    match = _ARTICLE.match(bare)
    return bare[match.end() :] if match else bare


def form(word: str) -> str:
    """Return a word as written, folded and without article or English possessive, for comparing mentions by words."""
    return fold(strip_clitics(word.removesuffix("'s").removesuffix("’s")))


@functools.lru_cache(maxsize=1 << 16)
def readings(text: str) -> frozenset[str]:
    """Return every folded reading of a mention's words with clitics set aside or kept; empty where it has no word.

    Two mentions are in the same words, clitics aside, if they share a reading: `للسعودية` and `والسعودية` do. Set
    aside are و ف, then ب ل ك, then ال on the first word (ل + ال is written لل) where three letters are left, and the
    English possessive on the last. The future's س stands on verbs only and is kept. What stands between the words
    (quotation marks, spaces) is not compared.
    """
    found = [text[start:end] for start, end in words(text)]
    if not found:
        return frozenset()
    found[-1] = _POSSESSIVE.sub("", found[-1])
    rest = [fold(word) for word in found[1:]]
    return frozenset(" ".join([fold(first), *rest]) for first in _without_clitics(found[0]))


def _without_clitics(word: str) -> set[str]:
    """Return a word and what is left of it as each clitic that it may begin with is set aside."""
    forms = {_unmarked("NFKC", word).replace(TATWEEL, "")}
    forms |= {form[1:] for form in forms if form.startswith(("و", "ف"))}
    forms |= {"ال" + form[2:] for form in forms if form.startswith("لل")}
    forms |= {form[1:] for form in forms if form.startswith(("ب", "ل", "ك"))}
    forms |= {form[2:] for form in forms if form.startswith("ال")}
    return {form for form in forms if len(form) >= _SHORTEST} or {word}


def _unmarked(form: Literal["NFKC", "NFKD"], text: str) -> str:
    """Normalise text and drop its marks and invisible format characters."""
    kept = (c for c in unicodedata.normalize(form, text) if unicodedata.category(c)[0] != "M")
    return "".join(c for c in kept if unicodedata.category(c) != "Cf")
