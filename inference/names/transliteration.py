"""Transliteration: Arabic words in Latin letters, for names that no list holds.

The letters are those of ISO 233:1984, read as ISO 233-2:1993 simplifies it: the article is `al-` whatever follows, and
hamza at the beginning of a word is not written. ة is always `h`: whether another word of the name hangs on it, which
makes it `t`, its letters do not say. News writes no short vowels and none are guessed: `كتيبة` is `ktybh`. Vowel signs
that are written are read: a sign and the letter that lengthens it make one long vowel (`ā ī ū`), a doubled letter is
doubled. Letters that Arabic borrows (پ چ ژ گ ڤ) take the Latin letter of their sound. What is not Arabic stays.
"""

from __future__ import annotations

import re
import unicodedata

from rasad.annotations.text import TATWEEL

_LETTERS = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةپچژگڤکیٱ",
        "ābtṯǧḥẖdḏrzsšṣḍṭẓʿġfqklmnhwyāhpčžgvkyā",
        strict=True,
    )
) | {"ء": "ʾ", "أ": "ʾ", "إ": "ʾ", "ؤ": "ʾ", "ئ": "ʾ", "آ": "ʾā"}
_INITIAL = {"أ": "a", "إ": "i", "ا": "a", "آ": "ā", "ٱ": "a"}
_SIGNS = {
    "\u064b": "an",
    "\u064c": "un",
    "\u064d": "in",
    "\u064e": "a",
    "\u064f": "u",
    "\u0650": "i",
    "\u0652": "",
    "\u0670": "ā",
}
_SHADDA = "\u0651"
_LONG = (("aā", "ā"), ("iy", "ī"), ("uw", "ū"))
_WORD = re.compile("[\u0621-\u0655\u0670-\u06d3]+")
_ARTICLE = re.compile("[اٱ]\u064e?ل\u0652?(?=\\w\\W*\\w)")
_ASSIMILATED = re.compile(f"^(.[\u064b-\u0650]?){_SHADDA}")


def transliterate(text: str) -> str:
    """Return a text with its Arabic words in Latin letters: `لواء الفجر` → `lwāʾ al-fǧr`."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf" and c != TATWEEL)
    return _WORD.sub(lambda match: _word(match[0]), plain)


def _word(word: str) -> str:
    article = _ARTICLE.match(word)
    if article is None:
        return _stem(word, _LETTERS | _INITIAL)
    rest = _ASSIMILATED.sub(r"\1", word[article.end() :])  # the shadda of a sun letter stands for the article's ل
    return f"al-{_stem(rest, _LETTERS)}"


def _stem(word: str, first: dict[str, str]) -> str:
    """Return the letters of a word without article; `first` has those of its beginning."""
    found: list[str] = []
    for letter in word:
        if letter == _SHADDA:
            found += _last_consonant(found)
        elif letter in _SIGNS:
            found = _signed(found, _SIGNS[letter])
        else:
            found.append((_LETTERS if found else first).get(letter, "" if unicodedata.combining(letter) else letter))
    written = "".join(found)
    for pair, vowel in _LONG:
        written = re.sub(f"{pair}(?![aiuāīū])", vowel, written)
    return written


def _last_consonant(found: list[str]) -> list[str]:
    """Return the letter that a shadda doubles; it may be typed after its vowel sign, which then stays the last."""
    if found and found[-1] in ("a", "i", "u", "an", "in", "un") and len(found) > 1:
        vowel = found.pop()
        return [found[-1], vowel]
    return found[-1:]


def _signed(found: list[str], vowel: str) -> list[str]:
    """Add a vowel sign; an initial hamza's own vowel gives way to it, and tanwin's silent alif is dropped."""
    if len(found) == 1 and found[0] in ("a", "i") and vowel in ("a", "i", "u"):
        return [vowel]
    if vowel == "an" and len(found) > 1 and found[-1] == "ā":
        return [*found[:-1], vowel]
    return [*found, vowel]
