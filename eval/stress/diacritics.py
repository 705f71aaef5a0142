"""Diacritics: vowel signs for bare Arabic words by a fixed rule, as a pointed text has them.

The rule knows no grammar. It opens each syllable with a short vowel that suits what follows, closes it with a sukun,
leaves long vowels and the last letter bare, and points the article by sun and moon letters.
"""

from __future__ import annotations

import re

FATHA, DAMMA, KASRA, SHADDA, SUKUN = "\u064e", "\u064f", "\u0650", "\u0651", "\u0652"
_SHORT = (FATHA, DAMMA, KASRA)
_SUN = frozenset("تثدذرزسشصضطظلن")
_ARTICLE = re.compile("[وف]?(?:[بك]?ال|لل)(?=.{2})")
_PARTICLES = {"و": FATHA, "ف": FATHA, "ب": KASRA, "ك": FATHA, "ل": KASRA, "ا": ""}
_LONG = {"ا": FATHA, "ى": FATHA, "ة": FATHA, "و": DAMMA, "ي": KASRA}  # with the sign of the letter before
_OWN = {"أ": FATHA, "إ": KASRA, "آ": "", "ا": "", "ى": "", "ة": "", "ء": FATHA}


def point(word: str) -> list[str]:
    """Return the signs to write behind each letter of a word of Arabic letters, `""` for none."""
    article = _ARTICLE.match(word)
    stem = article.end() if article else 0
    signs = [_PARTICLES[letter] for letter in word[:stem]]
    if article:
        signs[-1] = "" if word[stem] in _SUN else SUKUN
    for i in range(stem, len(word) - 1):
        signs.append(_sign(word, i, signs[-1] if i > stem else ""))
    if article and word[stem] in _SUN:
        signs[stem] = SHADDA + signs[stem]
    return [*signs, ""]


def _sign(word: str, i: int, before: str) -> str:
    """Return the sign of a letter inside a stem; `before` is that of the letter before it."""
    letter, following = word[i], word[i + 1]
    if letter in _OWN:
        return _OWN[letter]
    if letter in "وي" and before == _LONG[letter]:
        return ""
    is_vowel = following in _LONG and not (following in "وي" and word[i + 2 : i + 3] == "ا")
    if is_vowel:
        return _LONG[following]
    return SUKUN if before in _SHORT else FATHA
