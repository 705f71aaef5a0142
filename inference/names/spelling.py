"""Spelling: the words of a name as they are looked up, whatever way news writes them.

A word has readings, the likeliest first: as it is written, then without what may be a clitic or an ending. Listed names
are kept under the `key` of each word. What is set aside: marks, tatweel, hamza, ى ة against ي ه, the Arabic article and
what stands before it, `al-`/`el-` in English, apostrophes, case, the possessive, a hyphen or its lack between letters
and digits (`F16`, `F-16`, `إف 16`). `skeleton` goes further, for spellings of foreign sounds that no list can hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rasad.annotations.text import TATWEEL

_VARIANTS, _WRITTEN = "ىةیکٱپچژگڤıøłđ", "يهيكابجزغفiold"
_APOSTROPHES = re.compile("['’‘`´ʿʾʼ′]")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b", re.IGNORECASE)
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?")
_PIECE = re.compile(r"[^\W\d_]+|\d+")
_ARABIC = re.compile("[\u0621-\u06d3]")
_ARTICLE = re.compile(r"[وف]?(?:[بك]?ال|لل)(?=\w{3})")
_CONJUNCTION = re.compile(r"[وف](?=\w{3})")
_PREPOSITION = re.compile(r"[بلك](?=\w{3})")
# Words that are spelt in two ways, one for the other: in Arabic anywhere in a word, in English folded.
_TWO_WAYS = {"امريك": "اميرك", "ديموقراط": "ديمقراط", "فيدرال": "فدرال", "مليشيا": "ميليشيا", "ميلشيا": "ميليشيا"}
_TWICE = re.compile("|".join(_TWO_WAYS))
_AMERICAN = {"isation": "ization", "defence": "defense", "centre": "center", "armour": "armor", "programme": "program"}
_BRITISH = re.compile("|".join(_AMERICAN))
_LATIN_ARTICLES = frozenset(("al", "el", "ul", "wal", "wa", "the"))
_ASSIMILATED = frozenset(("ad", "an", "ar", "as", "ash", "at", "ath", "az", "ud", "ur", "us", "ush"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a mention: `text` as written without marks, its readings, and where it stands.

    `after` is what stands between it and the next word; a word that only joins (`al-`) is none.
    """

    text: str
    readings: tuple[str, ...]
    after: str

    @property
    def is_arabic(self) -> bool:
        """Whether it is written in Arabic letters."""
        return _ARABIC.search(self.text) is not None

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[:1].isupper()


_DROPPED = frozenset(("Mn", "Mc", "Me", "Cf"))


class _Letters(dict[int, int | str | None]):
    """What a character becomes, for `str.translate`: marks and invisible ones nothing, digits ASCII."""

    def __missing__(self, point: int) -> int | str | None:
        kind = unicodedata.category(chr(point))
        found = str(unicodedata.digit(chr(point))) if kind == "Nd" else None if kind in _DROPPED else point
        self[point] = found
        return found


_LETTERS = _Letters(str.maketrans(_VARIANTS, _WRITTEN, TATWEEL))


def plain(text: str) -> str:
    """Return a text without marks, invisible characters, tatweel and apostrophes; initialisms without full stops.

    It keeps everything else, tabs and line ends included, so a whole table may be given.
    """
    kept = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", text).translate(_LETTERS))
    kept = _TWICE.sub(lambda match: _TWO_WAYS[match[0]], _APOSTROPHES.sub("", _POSSESSIVE.sub(" ", kept)))
    return _INITIALS.sub(lambda match: match[0].replace(".", ""), kept)


def split(text: str) -> tuple[Word, ...]:
    """Return the words of a mention, letters and digits apart."""
    return tuple(Word(word, readings(word), gap) for word, gap in _pieces(plain(text)))


def keys(name: str) -> tuple[str, ...]:
    """Return what a listed name, given `plain`, is kept under: the key of each of its words."""
    return tuple(_key(word) for word, _ in _pieces(name.casefold()))


def _pieces(bare: str) -> list[tuple[str, str]]:
    """Return the words of a plain text, each with what stands between it and the next."""
    found = list(_PIECE.finditer(bare))
    ends = [match.start() for match in found[1:]] + [len(bare)] * bool(found)
    words = [(match[0], bare[match.end() : end]) for match, end in zip(found, ends, strict=True)]
    return [piece for at, piece in enumerate(words) if not _is_joint(words, at)]


def readings(word: str) -> tuple[str, ...]:
    """Return the keys that a word may be looked up under, the likeliest first."""
    folded = word.casefold()
    found = [_key(folded)]
    if _ARABIC.search(folded):
        found += _without_clitics(folded)
        found += [bare for form in found for bare in _without_endings(form)]
    elif folded.endswith("s") and len(folded) > 3:
        found.append(folded[:-1])
    return tuple(dict.fromkeys(found))


def skeleton(key: str) -> str:
    """Return the consonants of a key in classes; vowels only as places, for they are written at will."""
    if _ARABIC.search(key):
        return key[:1] + re.sub("[ويء]", "", key[1:]).translate(str.maketrans("جق", "غغ"))
    for written, sound in (("kh", "x"), ("sh", "ş"), ("gh", "g"), ("ch", "ş"), ("th", "t"), ("dh", "d"), ("ph", "f")):
        key = key.replace(written, sound)
    key = re.sub(r"(?<=[aeiou])h$", "", key).replace("q", "k").replace("c", "k").replace("dj", "j")
    key = key[:1] + re.sub("[aeiouyw]+", "-", key[1:])
    return re.sub(r"(.)\1", r"\1", key)


def _is_joint(words: list[tuple[str, str]], i: int) -> bool:
    """Whether a word is only an article before the next, or the plural s of a designation (`F-16s`)."""
    word, after = words[i][0].casefold(), words[i][1]
    if word == "s":
        return i > 0 and words[i - 1][0].isdecimal() and not words[i - 1][1]
    if i + 1 == len(words) or words[i + 1][0].isdecimal():
        return False
    return word in _LATIN_ARTICLES or (word in _ASSIMILATED and after == "-")


def _without_endings(form: str) -> Iterator[str]:
    """Yield an Arabic noun without dual, plural, pronoun or accusative; a feminine's ت comes back as ه."""
    for ending in ("تين", "تان", "تي", "تا", "تها", "تهم", "تنا", "ته"):
        if form.endswith(ending) and len(form) > len(ending) + 2:
            yield form.removesuffix(ending) + "ه"
    for ending, least in (("ها", 4), ("هم", 4), ("نا", 4), ("ه", 4), ("ا", 4), ("ان", 4), ("ين", 3), ("ون", 3)):
        if form.endswith(ending) and len(form) >= len(ending) + least:
            yield form.removesuffix(ending)


def _key(folded: str) -> str:
    if folded.isascii():
        return _BRITISH.sub(lambda match: _AMERICAN[match[0]], folded)
    match = _ARTICLE.match(folded)
    return folded[match.end() :] if match else folded


def _without_clitics(folded: str) -> list[str]:
    """Return what is left of an Arabic word as each proclitic that it may begin with is set aside."""
    found = [folded]
    for pattern in (_CONJUNCTION, _PREPOSITION):
        found += [form[1:] for form in found if pattern.match(form)]
    found = [_key(form) for form in found]
    return found + [_key(form) for form in found]  # what is left of الألغام begins as with an article again
