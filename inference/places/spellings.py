"""Place names as keys: what two spellings of one name, in Arabic or Latin letters, have in common.

Two keys are made of a name. Its `key` forgives what writers of one script do differently: marks, hamza, hyphens and
spaces, the article, doubled letters, ou for u. Its `skeleton` keeps the consonants alone, by sound, and is the same in
both scripts: `أفدييفكا` and Avdiivka share `fdfk`. A skeleton says little: whoever looks one up needs other evidence.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from rasad.annotations.text import fold, is_arabic

# Letters of Persian, Kurdish and Urdu, and of foreign names, as Arabic news writes them.
_FOREIGN = str.maketrans("پچژگڤۆێەڕڵھہۀ", "بجزكفويهرلههه")
_SOUNDS = str.maketrans(
    {
        **dict.fromkeys("اويع\u0621ى", ""),
        **dict.fromkeys("طتث", "t"),
        **dict.fromkeys("دذضظ", "d"),
        **dict.fromkeys("سصش", "s"),
        **dict.fromkeys("جغ", "g"),
        **dict.fromkeys("قك", "k"),
        **dict.fromkeys("حه", "h"),
        **dict(zip("بفخزرلمن", "bfxzrlmn", strict=True)),
    }
)
_LATIN = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("kh", "X"),
        ("gh|dj", "g"),
        ("dh", "d"),
        ("t?[sc]h|zh", "s"),
        ("th", "t"),
        ("ph", "f"),
    )
]
_LETTERS = str.maketrans({**dict.fromkeys("aeiouwy", ""), **dict(zip("pvqcjX", "bfkkgx", strict=True)), "x": "ks"})
_ARTICLE = re.compile(r"[aeu]?l|il|[ae](?:[dzsrtn]|sh|th|dh)|the")
_BARE = str.maketrans("ıłøđ", "ilod")
_ASSIMILATED = re.compile(r"^[ae]([bcdfghjklmnpqrstvwxyz])(?=\1[a-z]{2})")
# What a spelling costs: a clitic set aside, an article put on or off.
_CLITIC, TURNED = 0.3, 0.6
_SPELLINGS = [
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"ou|oo", "u"),
        (r"ee|iy", "i"),
        (r"[ae][iy]", "ay"),
        (r"(.)\1", r"\1"),
        (r"(?<=[ae])h$", ""),
    )
]


@functools.lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """Return a name as it is looked up: without marks, spaces, hyphens, and in Latin letters without article."""
    if is_arabic(name):
        return re.sub(r"[\W_]+", "", fold(name).translate(_FOREIGN))
    return "".join(_spelled(word) for word in _latin_words(name))


def skeleton(name: str) -> str:
    """Return the consonants of a name by sound, in Latin letters, whatever its script."""
    if is_arabic(name):
        words = [re.sub(r"^ال(?=..)", "", word) for word in re.split(r"[\W_]+", fold(name).translate(_FOREIGN))]
        sounds = "".join(re.sub("ه$", "", word).replace("تش", "ش").translate(_SOUNDS) for word in words)
    else:
        sounds = "".join(_sounds(word) for word in _latin_words(name))
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z]", "", sounds))


def _sounds(word: str) -> str:
    word = re.sub(r"(?<=[aeiou])h$", "", word)
    for pattern, sound in _LATIN:
        word = pattern.sub(sound, word)
    return word.translate(_LETTERS)


def _latin_words(name: str) -> list[str]:
    """Return the words of a name in Latin letters, bare and lower, articles left out where something else stays."""
    # Possessives fall before apostrophes do: they would leave an s behind.
    bare = re.sub(r"['’`ʻʼʿʾ‘]s$", "", name)
    bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if unicodedata.category(c)[0] != "M").casefold()
    bare = re.sub(r"['’`ʻʼʿʾ‘ʹ.]", "", bare.translate(_BARE))
    words = [word for word in re.split(r"[\W_]+", bare) if word]
    kept = [word for word in words if not _ARTICLE.fullmatch(word)] or words
    return [_ASSIMILATED.sub("", word) for word in kept]


def _spelled(word: str) -> str:
    for pattern, letter in _SPELLINGS:
        word = pattern.sub(letter, word)
    return word.replace("q", "k")


def spellings(name: str, begins: bool = True) -> list[tuple[float, str]]:
    """Return the keys that a name in a text may stand under, with what each costs.

    Only a name that begins the mention carries clitics.

    A cost is in powers of ten of people: a place found by a dearer key must be so much better known.
    """
    costs = {key(name): 0.0}
    if is_arabic(name):
        for letters in ("وف", "بلك") if begins else ():
            costs |= {form[1:]: at + _CLITIC for form, at in costs.items() if form[:1] in letters and len(form) > 3}
        costs |= {"ا" + form: at for form, at in costs.items() if at and re.match("ل[^ا]", form)}
        turned = {form[2:] if form.startswith("ال") else "ال" + form: at + TURNED for form, at in costs.items()}
        costs = {form: at for form, at in turned.items() if len(form) > 3} | costs
    return [(cost, form) for form, cost in costs.items() if len(form) > 1]
