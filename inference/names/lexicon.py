"""Lexicon: the names, kinds, heads and countries that mentions are looked up in, and the longest match in a mention.

The data lie beside this module: `actors.tsv`, `weapons.tsv`, `families.tsv`, `heads.tsv`, `demonyms.tsv`; each says at
its head what it holds. There are two lexicons, of actors and of weapons and vehicles, for a word may name either
(`بدر`); heads are in the first, countries in both. Matches are of whole words only.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, Literal, NamedTuple

from rasad.inference.names.spelling import Word, keys, plain, skeleton

Level = Literal["name", "family", "head", "country"]
Domain = Literal["actors", "weapons"]
Words = tuple[str, ...]  # keys
_LEAST = 5  # letters of a skeleton: shorter ones fit too much
_ENTRY = ""  # where a branch of the tree keeps its entry; no key is empty


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listed name stands for; `ar` and `en` are its canonical names.

    A head's names are completed by a country's adjective; `gender` is the one it takes, `scope` as in `heads.tsv`. A
    country's `adjective` is in Arabic (masculine) and English.
    """

    id: str
    level: Level
    kind: str
    ar: str
    en: str
    country: str | None = None
    gender: str = "m"
    adjective: tuple[str, str] = ("", "")
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at the words `start` to `end` (exclusive)."""

    entry: Entry
    start: int
    end: int


class Lexicon:
    """Names by their words, as a tree, and apart those that are common words, too.

    `listed` has each name's words, whether it names only where it is all of a mention, and its entry.
    """

    def __init__(self, listed: Iterable[tuple[Words, bool, Entry]]) -> None:
        self.listed = tuple(listed)
        self._tree: dict[str, Any] = {}
        self._alone: dict[str, Any] = {}
        for words, alone, entry in self.listed:
            self._add(self._alone if alone else self._tree, words, entry)

    @functools.cached_property
    def by_id(self) -> dict[str, Entry]:
        """Entries by their ids; a head goes before a name of the same id."""
        found = {entry.id: entry for *_, entry in self.listed}
        return found | {entry.id: entry for *_, entry in self.listed if entry.level == "head"}

    @functools.cached_property
    def heads(self) -> frozenset[str]:
        """Heads of one word."""
        return frozenset(words[0] for words, _, entry in self.listed if entry.level == "head" and len(words) == 1)

    def scan(self, words: Sequence[Word]) -> list[Match]:
        """Return the entries in a mention, from its beginning, at each place the longest."""
        size, whole = self._longest(self._alone, words, 0)
        if whole is not None and size == len(words):
            return [Match(whole, 0, size)]
        found: list[Match] = []
        at = 0
        while at < len(words):
            size, entry = self._longest(self._tree, words, at)
            if entry is not None:
                found.append(Match(entry, at, at + size))
            at += max(size, 1)
        return found

    def begins(self, key: str) -> bool:
        """Whether a listed name begins with this key."""
        return key in self._tree

    def alike(self, words: Sequence[Word]) -> Entry | None:
        """Return the one name that sounds as these words do, None where there is none or more than one."""
        sounds = [" ".join(skeleton(reading) for reading in word.readings[:1]) for word in words]
        return self._sounds.get(" ".join(sounds))

    @functools.cached_property
    def _sounds(self) -> dict[str, Entry | None]:
        found: dict[str, Entry | None] = {}
        for words, alone, entry in self.listed:
            sound = " ".join(map(skeleton, words))
            if entry.level == "name" and not alone and sum(map(str.isalpha, sound)) >= _LEAST:
                found[sound] = entry if found.get(sound, entry) == entry else None
        return found

    @staticmethod
    def _add(tree: dict[str, Any], words: Words, entry: Entry) -> None:
        for word in words:
            tree = tree.setdefault(word, {})
        if words:
            tree.setdefault(_ENTRY, entry)

    def _longest(self, tree: dict[str, Any], words: Sequence[Word], at: int) -> tuple[int, Entry | None]:
        """Return the length of the longest name that begins at a word, and its entry."""
        best: tuple[int, Entry | None] = (0, tree.get(_ENTRY))
        if at == len(words):
            return best
        for reading in words[at].readings:
            if reading in tree:
                size, entry = self._longest(tree[reading], words, at + 1)
                if entry is not None and size + 1 > best[0]:
                    best = (size + 1, entry)
        return best


@functools.cache
def lexicon(domain: Domain) -> Lexicon:
    """Return the lexicon of actors or of weapons, read at the first call."""
    return Lexicon(_listed(domain))


def _listed(domain: Domain) -> Iterator[tuple[Words, bool, Entry]]:
    """Yield what a lexicon holds; of two entries under the same words the first counts."""
    for file, level in _FILES[domain]:
        for row, bare in zip(rows(file), rows(file, plain), strict=True):
            entry = Entry(row["id"], level, row["kind"], row["ar"], row["en"], row.get("country") or None)
            if level == "head":
                entry = Entry(row["id"], level, row["kind"], row["ar"], row["en"])
                entry = replace(entry, gender=row["gender"], scope=row["scope"])
            yield from ((keys(name), name.startswith("="), entry) for name in dict.fromkeys(_names(bare)))
    for country in countries().values():
        yield from ((words, False, country.entry) for words in country.names | country.adjectives)


_FILES: dict[Domain, tuple[tuple[str, Level], ...]] = {
    "actors": (("actors", "name"), ("heads", "head")),
    "weapons": (("weapons", "name"), ("families", "family")),
}


def _names(row: dict[str, str]) -> list[str]:
    return [row["ar"], row["en"], *filter(None, (row["aliases_ar"] + "|" + row["aliases_en"]).split("|"))]


class Country(NamedTuple):
    """A country with the words of its names and those of its adjectives."""

    entry: Entry
    names: frozenset[Words]
    adjectives: frozenset[Words]


@functools.cache
def countries() -> dict[str, Country]:
    """Return each country by its code."""
    found = {}
    for row, bare in zip(rows("demonyms"), rows("demonyms", plain), strict=True):
        ar, en, *adjective = (row[name].split("|")[0] for name in ("ar", "en", "adjective_ar", "adjective_en"))
        entry = Entry(row["country"], "country", "country", ar, en, row["country"], "m", (adjective[0], adjective[1]))
        adjectives = {keys(name) for name in f"{bare['adjective_en']}|{bare['plural_ar']}".split("|") if name}
        adjectives |= {form for stem in bare["adjective_ar"].split("|") if stem for form in _relative(keys(stem))}
        names = frozenset(keys(name) for name in f"{bare['ar']}|{bare['en']}".split("|"))
        found[row["country"]] = Country(entry, names, frozenset(adjectives))
    return found


@functools.cache
def nationalities() -> dict[Words, str]:
    """Return the country of every adjective."""
    return {words: code for code, country in countries().items() for words in country.adjectives}


# After the ي of the relative adjective: feminine, plurals, duals and their construct forms, ة folded to ه.
_ENDINGS = ("", "ه", "ون", "ين", "و", "ات", "ان", "تان", "تين")


def _relative(stem: Words) -> Iterator[Words]:
    """Yield the forms of a relative adjective; in one of several words (`كوري شمالي`) the first may bend, too."""
    *before, last = stem
    for ending in _ENDINGS:
        yield (*before, last + ending)
        if before and before[-1].endswith("ي"):
            yield (*before[:-1], before[-1] + ending, last + ("ه" if ending == "ات" else ending))


def rows(file: str, read: Callable[[str], str] = str) -> list[dict[str, str]]:
    """Return the rows of a table beside this module, its text as `read` gives it (`plain`: as it is looked up)."""
    text = resources.files(__package__).joinpath(f"{file}.tsv").read_text("utf-8")
    lines = (line for line in read(text).split("\n") if not line.startswith("#"))
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
