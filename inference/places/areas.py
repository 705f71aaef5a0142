"""Areas: what the words around a place's name make of it.

`ريف حلب الشمالي`, `محافظة نينوى`, `southern Lebanon`, `the town of Zumar`: a mention is read as a name with what its
other words say. Several readings may be possible (`الشمال` is a direction and, in Lebanon, a province); which one holds
is for whoever finds the names.
"""

from __future__ import annotations

import functools
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from rasad.annotations.clusters import is_name
from rasad.annotations.document import Span
from rasad.annotations.text import fold, is_arabic
from rasad.annotations.words import words
from rasad.inference.places.gazetteer import DEGREE, Entry

LONGEST = 8  # words of a mention that are read: longer names there are not
_POSSESSIVE = re.compile(r"['’]s?(?=\s|$)")
_PROCLITICS = re.compile(r"^[وف]?[بلك]?(?=\w{3})")
_COMMA = re.compile(r"[,،](?!\w)")
_INFLECTED = re.compile(r"(?:ه|ات|ون|ين|ان)$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name and what the words around it say.

    `heads` say what kind of place it is, `parts` make an area of it, `north` and `east` give a direction from its
    middle. `country` is where it lies, as a nationality beside it tells (`رفح المصرية`). Clitics may stand on it where
    it `begins` the mention (`بحلب`): in `أحياء فقيرة` the ف is the word's own.
    """

    name: str
    heads: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    north: int = 0
    east: int = 0
    country: str = ""
    begins: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether it names the place itself, not an area made of it."""
        return not (self.north or self.east or self.parts - {"whole"})


def phrases(text: str) -> tuple[Phrase, ...]:
    """Return the readings of a mention: the whole as a name first, then those with words explained away."""
    lang = _lang(text)
    bare = _POSSESSIVE.sub("", text)
    found = [bare[start:end] for start, end in words(bare)][:LONGEST]
    if lang == "en" and found and found[0].casefold() == "the":
        found = found[1:]
    readings = _phrases(tuple(found), lang, True)
    return readings if len(found) > 1 else readings[:1]  # a nationality alone is not the state


def is_generic(name: str, kind: str) -> bool:
    """Whether a name is made of words that every place could go by (`المدينة القديمة`, "the border")."""
    found = [name[start:end] for start, end in words(name)]
    lang = _lang(name)
    if any(_nationality(word) for word in found) and len(found) > 1:
        return False
    plain = all(_meanings(word, lang, True) or _forms(word, lang) & _listed("nouns", lang) for word in found)
    return plain or not is_name(Span("", 0, len(name), kind, name))


def is_part(name: str) -> bool:
    """Whether a name begins with a direction: `شرق إدلب` is a part of Idlib, and its south is not named by it."""
    found = [name[start:end] for start, end in words(name)][:1]
    return any(section == "directions" for word in found for section, _ in _table(_lang(name)).get(fold(word), []))


def parts(text: str) -> list[str]:
    """Return the mentions that a mention of several places is made of (`بلدتي ذيبان والحوايج`), each with its head.

    Empty where the text names one place, as far as can be seen.
    """
    lang = _lang(text)
    bare = _COMMA.sub(" and ", _POSSESSIVE.sub("", text))  # in both languages; it is no word of a name
    found = [bare[start:end] for start, end in words(bare)]
    if found[1:2] == ["of"]:  # `areas of Manara and Misgav Am`: the head is put last, as it is without "of"
        found = [*found[2:], found[0]]
    heads = [word for word in (found if lang == "ar" else found[-1:]) if _forms(word, lang) & _listed("several", lang)]
    names = _parted([word for word in found if word not in heads], lang)
    if not heads or len(names) < 2:
        return []
    return [f"{heads[0]} {name}" if lang == "ar" else f"{name} {heads[0]}" for name in names]


def holders(text: str) -> list[str]:
    """Return a name and what stands behind its commas, each the place that the one before lies in (Salem, Oregon)."""
    found = [piece.strip() for piece in _COMMA.split(text)]
    return found if 1 < len(found) <= 3 and all(words(piece) for piece in found) else []


def _parted(found: list[str], lang: str) -> list[str]:
    """Part words at each "and"; in Arabic it is the first letter of the word behind it (not of `وادي`)."""
    names: list[list[str]] = [[]]
    for word in found:
        is_joined = lang == "ar" and re.match("و(?:ال|[^ا])..", word) is not None
        if is_joined or word.casefold() == "and":
            names.append([])
        if word.casefold() not in ("and", "the"):
            names[-1].append(word[1:] if is_joined else word)
    return [" ".join(name) for name in names if name]


def is_people(name: str) -> bool:
    """Whether a name is a nationality or a people alone, which is no place; `سورية` is one."""
    found = [name[start:end] for start, end in words(name)]
    return len(found) == 1 and not _is_state(found[0]) and _nationality(found[0]) is not None


@functools.lru_cache(maxsize=1 << 12)
def _phrases(found: tuple[str, ...], lang: str, first: bool = False) -> tuple[Phrase, ...]:
    """Return each reading once: words can be explained away in many orders."""
    return tuple(dict.fromkeys(_readings(found, lang, first))) if found else ()


def _lang(text: str) -> str:
    return "ar" if is_arabic(text) else "en"


def _readings(found: tuple[str, ...], lang: str, first: bool) -> Iterator[Phrase]:
    yield Phrase(" ".join(found), begins=first)
    country = _nationality(found[0])
    if len(found) == 1:
        if country:
            yield Phrase(state(country)[0], country=country)
        return
    if country and lang == "en" and found[1:] == ("capital",):
        yield Phrase(state(country)[1], country=country)
    if country:
        yield from (replace(phrase, country=country) for phrase in _phrases(_unlinked(found[1:], lang), lang))
    for section, value in _meanings(found[0], lang, first):
        for phrase in _phrases(_unlinked(found[1:], lang), lang):
            yield _explained(phrase, section, value, lang == "en" and _nationality(found[1]) is not None)
    yield from _suffixed(found, lang, first)


def _suffixed(found: tuple[str, ...], lang: str, first: bool) -> Iterator[Phrase]:
    """Read the last word as what it says of the name before it."""
    if country := _nationality(found[-1]):
        for phrase in _phrases(found[:-1], lang, first):
            # A base is named after whose it is, a town after where it lies.
            yield phrase if "site" in phrase.heads else replace(phrase, country=country)
    for section, value in _meanings(found[-1], lang, False):
        if lang == "en" or found[-1].startswith("ال"):
            for phrase in _phrases(found[:-1], lang, first):
                yield _explained(phrase, section, value, False)


def _explained(phrase: Phrase, section: str, value: str, is_apart: bool) -> Phrase:
    """Add what a word says; a direction before a nationality is that of the state's part that the town lies in."""
    if section == "heads":
        return replace(phrase, heads=phrase.heads | {value})
    if section == "parts":
        return replace(phrase, parts=phrase.parts | {value})
    if section == "aside":
        return phrase
    if is_apart and phrase.heads:
        return phrase
    north, east = places_data()["directions"][value]["to"]
    return replace(phrase, north=phrase.north + north, east=phrase.east + east)


def _unlinked(found: tuple[str, ...], lang: str) -> tuple[str, ...]:
    links = places_data()["links"][lang].split()
    while len(found) > 1 and found[0].casefold() in links:
        found = found[1:]
    return found


def _meanings(word: str, lang: str, first: bool) -> list[tuple[str, str]]:
    """Return what a word may say of a name beside it; only the first of a mention carries clitics."""
    table = _table(lang)
    forms = _forms(word, lang) if first else {fold(word)}
    return [meaning for form in sorted(forms) for meaning in table.get(form, [])]


def _forms(word: str, lang: str) -> set[str]:
    """Return a word folded, with and without its clitics."""
    whole = fold(word)
    if lang == "en":
        return {whole}
    bare = _PROCLITICS.sub("", whole)
    return {
        whole,
        whole[1:] if whole.startswith(("و", "ف")) else whole,
        bare,
        "ا" + bare if whole != bare and bare[:1] == "ل" else bare,
    }


@functools.cache
def places_data() -> Any:
    """Return the words of `places.yaml`."""
    import yaml

    return yaml.safe_load(resources.files(__package__).joinpath("places.yaml").read_text("utf-8"))


@functools.cache
def _listed(section: str, lang: str) -> frozenset[str]:
    return frozenset(fold(word) for word in places_data()[section][lang].split())


@functools.cache
def _table(lang: str) -> Mapping[str, list[tuple[str, str]]]:
    """Return heads, parts, directions and what is set aside by their words."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for section in ("heads", "parts", "directions", "aside"):
        for value, row in places_data()[section].items():
            for word in row[lang].split():
                found[fold(word)].append((section, value))
    return found


def _nationality(word: str) -> str | None:
    """Return the country of a nationality (`السورية`, `سوريين`, Syrians); an empty string for another people's."""
    whole = fold(word)
    if not is_arabic(word):
        return _adjectives().get(whole, _adjectives().get(whole.removesuffix("s")))
    bare = re.sub("^[وف]?(?:[بك]?ال|لل)?(?=..)", "", whole)
    # Whole first: the ف of `فلبيني` is its own.
    forms = (form for read in (whole, bare) for form in (read, _INFLECTED.sub("", read)))
    return next((_adjectives()[form] for form in forms if form in _adjectives()), None)


def _is_state(word: str) -> bool:
    """Whether a word that looks like a nationality is the name of the state: `سورية` without its article."""
    return re.sub("^[وف]?[بلك]?(?=س)", "", fold(word)) == "سوريه"


@functools.cache
def _adjectives() -> Mapping[str, str]:
    data = places_data()
    found = {fold(word): "" for lang in ("ar", "en") for word in data["peoples"][lang].split()}
    for country, (arabic, english, *_) in data["adjectives"].items():
        found[fold(arabic)] = found[fold(english)] = country
    return found | {"امريكي": "US"}


def state(country: str) -> tuple[str, str]:
    """Return the English names of a state and its capital, empty for one that the data do not have."""
    _, _, capital, name = places_data()["adjectives"].get(country, ("", "", "", ""))
    return name, capital


def area(entry: Entry, phrase: Phrase) -> tuple[float, float, float]:
    """Return the middle and the radius (km) of what a phrase makes of a place.

    Land in a direction reaches from near the middle to the edge; around a town it is taken as wide as towns of that
    size are wont to have it.
    """
    size = _size(entry, phrase)
    if "middle" in phrase.parts:
        return entry.lat, entry.lon, size / 2
    if not (phrase.north or phrase.east):
        return entry.lat, entry.lon, size
    north, east = phrase.north, phrase.east
    step = size * 0.6 / math.hypot(north, east)
    wide = DEGREE * max(0.1, math.cos(math.radians(entry.lat)))
    return entry.lat + north * step / DEGREE, entry.lon + east * step / wide, size * 0.65


def _size(entry: Entry, phrase: Phrase) -> float:
    large = entry.weight >= 5
    if "rural" in phrase.parts:
        return max(entry.radius, 40.0 if large else 18.0)
    if "around" in phrase.parts:
        return max(entry.radius, 12.0 if large else 8.0)
    return entry.radius or (20.0 if large else 10.0)
