"""Options: the places that a mention may mean, by its words alone.

A name is looked up in each reading of the mention that `areas` gives; the other words say how well a place fits. A name
that is not found may be heard by its consonants, and common nouns name what our own table has under them; both need an
article that speaks for the place.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rasad.annotations.text import is_arabic
from rasad.inference.places.areas import Phrase, is_generic, is_part, is_people, phrases, places_data, state
from rasad.inference.places.gazetteer import SKELETON, Entry, distance, gazetteer
from rasad.inference.places.spellings import TURNED, key, skeleton, spellings

OWN = "rasad"
_SKELETON = 1.5  # what it costs to share the consonants only, as `spellings` counts
_SMALL = frozenset({"settlement", "quarter", "camp", "site"})
_ALIKE = 0.8  # how much of two spellings is the same
_MADE = 4.0  # the most that an area made of a place is worth


@dataclass(frozen=True, slots=True)
class Option:
    """A place that a mention may mean, and how well it fits before the others are looked at."""

    entry: Entry
    phrase: Phrase
    fit: float
    is_exact: bool  # by its letters, not by its consonants
    is_apart: bool  # of a kind that the mention's head rules out unless it is near something else


def options(text: str, kind: str) -> list[Option]:
    """Return the places that a mention of a type may mean, by its words alone, the best first."""
    if _is_people(text):
        return []
    if is_generic(text, kind):
        return _ranked(_nouns(text))
    readings = [phrase for phrase in phrases(text) if not _is_people(phrase.name)]
    readings = [phrase for phrase in readings if not is_generic(phrase.name, "GPE")]
    found = [option for phrase in readings for option in _named(phrase)]
    if not found:
        plain = [phrase for phrase in readings if phrase.is_plain]
        found = [option for phrase in plain for option in _sounding(phrase)]
    if any(option.entry.kind == "country" and option.phrase.is_plain for option in found):
        found = [option for option in found if option.entry.kind not in ("city", "admin2") or is_own(option.entry)]
    return _ranked(found)


def _ranked(found: Iterable[Option]) -> list[Option]:
    """Return each place once, plain and as what is made of it, the best first."""
    worst_first = sorted(found, key=lambda option: option.fit)
    best = {(option.entry.id, option.phrase.is_plain): option for option in worst_first}
    return sorted(best.values(), key=lambda option: (-option.fit, option.entry.id))


def is_own(entry: Entry) -> bool:
    """Whether a place is of our own table."""
    return entry.id.startswith(OWN)


def _is_people(name: str) -> bool:
    """Whether a name is that of a people and no place of our table's (`السعودية`, `مالي`) is written like it."""
    return is_people(name) and not any(_of_own(name))


def _of_own(name: str, begins: bool = True) -> Iterator[tuple[float, Entry]]:
    """Return the places of our table that a name is written like, each with what its spelling costs."""
    for cost, wanted in spellings(name, begins):
        yield from ((cost, entry) for entry in gazetteer().find(wanted) if cost < TURNED and is_own(entry))


def _named(phrase: Phrase) -> Iterator[Option]:
    if (phrase.north or phrase.east) and is_part(phrase.name):
        return
    for cost, wanted in spellings(phrase.name, phrase.begins):
        found = gazetteer().find(wanted)
        for entry in found:
            if phrase.is_plain or entry.weight >= 3.9 or is_own(entry):
                yield from _option(entry, phrase, cost + _shared(entry, found), True)


def _shared(entry: Entry, namesakes: Sequence[Entry]) -> float:
    """Return what it costs a province that a town in it, or a land or sea, has its name.

    Those are meant where no word says otherwise.
    """
    return float(entry.kind == "admin1" and any(_gives_name(other, entry) for other in namesakes))


def _gives_name(other: Entry, entry: Entry) -> bool:
    is_in = other.country == entry.country and distance(entry, other) < 60 + entry.radius
    return other.kind == "area" or (other.kind == "city" and is_in)


def _nouns(text: str) -> Iterator[Option]:
    """Return what our table has under common nouns (`الساحل`, `القطاع`): the article must say that it is meant."""
    for phrase in phrases(text):
        if phrase.north or phrase.east:  # `الساحل الغربي` is a place of its own, or one that every country has
            continue
        for cost, entry in _of_own(phrase.name, phrase.begins):
            yield from _option(entry, phrase, cost, False)


def _sounding(phrase: Phrase) -> Iterator[Option]:
    """Return places that share the consonants of a name: in the same script most of its letters as well.

    A place whose name in the script of the mention is known would have been found by it; so across scripts only those
    without one are heard.
    """
    bones = skeleton(phrase.name)
    arabic = is_arabic(phrase.name)
    found = gazetteer().find(SKELETON + bones) if len(bones) > 2 else []
    for entry in found:
        shown = entry.ar if arabic else entry.en
        alike = difflib.SequenceMatcher(None, key(shown), key(phrase.name), autojunk=False).ratio() if shown else 0.0
        if alike >= _ALIKE or (not shown and len(bones) > 3):
            yield from _option(entry, phrase, _SKELETON + _shared(entry, found), False)


def _option(entry: Entry, phrase: Phrase, cost: float, is_exact: bool) -> Iterator[Option]:
    if phrase.country and entry.country != phrase.country:
        return
    if "capital" in phrase.heads and entry.kind in ("country", "admin1"):
        yield from _capital(entry, phrase, is_exact)
        return
    if entry.kind == "country" and phrase.heads & _SMALL:  # `المدن العراقية` are in Iraq, and nobody knows where
        return
    fit, apart = entry.weight - cost, False
    fit += phrase.name.count(" ")  # a longer name that is known (`مطار حلب الدولي`) is no town with words around it
    for head in phrase.heads:
        row = places_data()["heads"][head]
        if entry.kind in row.get("where", {}).get(entry.country, row["kinds"]):
            fit += 2.0
        elif row.get("only"):
            return
        else:
            fit -= 1.0
            apart = apart or row.get("strict", False)
    if not phrase.is_plain:  # a name of its own (`شمال سيناء`, a province) comes before what its words would make
        fit = _MADE - 0.2 * (8.0 - fit)
    yield Option(entry, phrase, fit, is_exact, apart)


def _capital(entry: Entry, phrase: Phrase, is_exact: bool) -> Iterator[Option]:
    """Return the capital of a state or a province where the data name it; one of the same name is found without."""
    name = state(entry.country)[1] if entry.kind == "country" else _capitals().get(entry.id, "")
    for town in gazetteer().find(key(name)) if name else ():
        if town.kind == "city" and town.country == entry.country and distance(town, entry) < 100 + 2 * entry.radius:
            yield from _option(town, phrase, 0.0, is_exact)


@functools.cache
def _capitals() -> Mapping[str, str]:
    """Return the capitals of provinces of our table, by their ids."""
    named = places_data()["capitals"]
    provinces = (entry for entry in gazetteer().own if entry.kind == "admin1")
    return {entry.id: named[entry.country][entry.en] for entry in provinces if entry.en in named.get(entry.country, {})}
