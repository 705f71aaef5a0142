"""Names: what a mention of an actor, a weapon or a vehicle is called in both languages, and whose it is.

- A listed name is found whatever its spelling (`spelling.py`), if nothing else in the mention says that it is another:
  heads (`تنظيم`, the … group), adjectives, numerals and an acronym beside it do not; any other word does, but for the
  place after في or `in`. Of two names the head counts: the first in Arabic and before `of`, the last in English.
- A common noun with a country is the name of that state's (`الجيش اللبناني`, `Turkish troops`).
- A weapon or vehicle without a listed model is named by its kind (`عشرات الصواريخ`: rocket).
- A mention of common nouns alone (`القوات`, `مسلحون`, `Iran-backed militias`) is a `nominal` and has no name.
- Any other is unknown: the name as written, without clitics (`clitics.py`), and in Latin letters if it is Arabic
  (`transliteration.py`). Nothing is guessed in Arabic for an English one.

What the mentions of one entity lend each other stands in `entity.py`.

`country` (ISO 3166 alpha-2) is that of the adjective in the mention, else of the listed name's home or maker. One that
backs, leads or is opposed (`المدعومة من إيران`, `US-led`) is not the mention's own.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from rasad.inference.names.clitics import bare
from rasad.inference.names.generics import generic_words, generics, has_class, is_generic
from rasad.inference.names.lexicon import Entry, Lexicon, Match, countries, lexicon, nationalities
from rasad.inference.names.spelling import Word, split
from rasad.inference.names.transliteration import transliterate

ACTORS = ("FORCE", "GROUP", "ORGANIZATION")
MATERIEL = ("WEAPON", "VEHICLE")
PLACES = ("GPE", "LOCATION", "FACILITY")
_LONGEST = 3  # words of an adjective
_QUOTES = frozenset("\"“”«»„'‘’")
_PAIRS = (('"', '"'), ("“", "”"), ("«", "»"))
_NEXT_SENTENCE = re.compile(r"(\b[a-z]+)\.[A-Z\d].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Name:
    """What a mention is called.

    `ar` and `en` are canonical names, None where there is none in that language; `id` is the listed name's. `kind` is
    `force`, `group`, `organization`, `weapon`, `vehicle`, `person`, `place`, `country`, `nominal` or `unknown`. `known`
    says that the name is listed; `transliterated` that `en` is only the Arabic in Latin letters.
    """

    ar: str | None = None
    en: str | None = None
    id: str | None = None
    country: str | None = None
    kind: str = "unknown"
    known: bool = False
    transliterated: bool = False


def name(text: str, lang: str, type: str | None = None) -> Name:
    """Return what a mention, its clitics in it, is called; `type` is its type in the scheme.

    Any `lang` does: each word is read by its script, for Arabic articles hold Latin names and English ones Arabic.
    """
    del lang
    return _name(_NEXT_SENTENCE.sub(r"\1", text), type)


@functools.lru_cache(maxsize=1 << 14)
def head(text: str) -> Entry | None:
    """Return the service or office that a mention of common nouns alone is one of: `قوات الجيش`, `the army`."""
    read = _Reading(split(text), lexicon("actors"))
    heads = read.of("head")
    if not heads or read.unknown or read.of("name") or read.is_body(heads) or _are_several(read, heads):
        return None
    return read.head(heads).entry


def is_qualified(text: str) -> bool:
    """Whether an adjective makes a service another: `النيابة العسكرية`."""
    read = _Reading(split(text), lexicon("actors"))
    return any(has_class(word, "quality") for at, word in enumerate(read.words) if at not in read.inside)


def service(of: Entry, country: str | None) -> Name:
    """Return the name of a state's service; without a country that of any."""
    if country is None:
        return Name(of.ar, of.en, of.id, None, of.kind, known=True)
    return _service(lexicon("actors"), of, country)


def nationality(text: str, lang: str) -> str | None:
    """Return the country (ISO 3166 alpha-2) of a relative adjective: `الإسرائيلي`, `Russian`, `US`; None for others.

    A country's own name is none, unless it is an adjective, too, and has the article (`السعودية`). Any `lang` does.
    """
    del lang
    words = split(text)
    if not 0 < len(words) <= _LONGEST:
        return None
    bare = words[0].is_arabic and not words[0].text.startswith(("ال", "لل", "وال", "بال"))
    for keys in itertools.product(*(word.readings for word in words)):
        code = nationalities().get(keys)
        if bare and keys in _nouns():
            return None
        if code:
            return code
    return None


@functools.cache
def _nouns() -> frozenset[tuple[str, ...]]:
    return frozenset().union(*(country.names for country in countries().values()))


@functools.lru_cache(maxsize=1 << 14)
def _name(text: str, type: str | None) -> Name:
    found = _read(text, type)
    if found.known or found.kind == "nominal" or type not in (None, *ACTORS, *MATERIEL):
        return found
    without = bare(" ".join(text.split()))
    return found if without == text else _read(without, type)


def _read(text: str, type: str | None) -> Name:
    words = split(text)
    if not words:
        return Name(kind="nominal")
    if type in MATERIEL:
        return _materiel(text, words, type)
    if type is None:
        found = _actor(text, words, type)
        other = found if found.known else _materiel(text, words, type)
        return other if other.known else found
    if type in ACTORS:
        return _actor(text, words, type)
    return _other(text, words, type)


class _Reading:
    """A mention as a lexicon reads it: what was found in it, and the words that nothing explains."""

    def __init__(self, words: tuple[Word, ...], listed: Lexicon) -> None:
        self.words, self.listed = words, listed
        self.matches = listed.scan(words)
        self.inside = {at for match in self.matches for at in range(match.start, match.end)}
        self.unknown = [at for at in range(len(words)) if at not in self.inside and not is_generic(words, at)]
        self.country = self._country()

    def whole(self) -> Entry | None:
        """Return the country whose name is all of the mention."""
        for match in self.of("country"):
            keys = itertools.product(*(word.readings for word in self.words))
            if match.end - match.start == len(self.words) and any(map(_nouns().__contains__, keys)):
                return match.entry
        return None

    def of(self, level: str) -> list[Match]:
        """Return the matches of a level, in order."""
        return [match for match in self.matches if match.entry.level == level]

    def head(self, matches: list[Match]) -> Match:
        """Return the match that the others belong to."""
        first = matches[0]
        arabic = self.words[first.start].is_arabic
        of = first.end < len(self.words) and self.words[first.end].readings[0] in ("of", "in", "for")
        return first if arabic or of else matches[-1]

    def is_body(self, heads: list[Match]) -> bool:
        """Whether the mention is of a body that a service only belongs to: `إذاعة الجيش`, `army radio`."""
        head = self.head(heads)
        beside = self.words[: head.start] if self.words[head.start].is_arabic else self.words[head.end :]
        return any(has_class(word, "body") for word in beside)

    def is_joined(self, match: Match) -> bool:
        """Whether و or `and` joins a match to what stands before it."""
        first = self.words[match.start]
        if first.is_arabic:
            return first.text.startswith("و") and not self.listed.begins(first.text)
        return match.start > 0 and self.words[match.start - 1].readings[0] == "and"

    def _country(self) -> str | None:
        """Return the country that the mention names as its own, None where there is none or more than one."""
        states = self.of("country")
        if any(match.start and self.is_joined(match) for match in states):
            return None
        own = {match.entry.country for match in states if not _is_backer(self.words, match)}
        return own.pop() if len(own) == 1 else None


def _actor(text: str, words: tuple[Word, ...], type: str | None) -> Name:
    read = _Reading(words, lexicon("actors"))
    names = [match for match in read.of("name") if not _is_backer(words, match)]
    if _are_several(read, names):
        return _unknown(text, type, None)
    if names and not _is_another(read, names):
        return _listed(read, read.head(names).entry)
    heads = read.of("head")
    is_name = words[0].is_arabic or any(word.is_capital for word in words)
    is_body = bool(heads) and read.is_body(heads)
    if not names and not read.unknown and not (is_body and is_name):
        return _composed(read, heads) if heads and not is_body else _country(read, type)
    alike = read.listed.alike(_content(words)) if not names else None
    if alike is not None and is_name:
        return _listed(read, alike)
    return _unknown(text, type, read.country or _state(read, names))


def _state(read: _Reading, names: list[Match]) -> str | None:
    """Return the country whose forces an acronym within another name are: `IDF` in that of a brigade."""
    sure = [match for match in names if match.entry.kind == "force" and read.words[match.start].text.isupper()]
    states = {match.entry.country for match in sure}
    return states.pop() if len(states) == 1 and len(sure) == len(names) else None


def _country(read: _Reading, type: str | None) -> Name:
    """Return the name of a country that acts itself, a nominal for other common nouns."""
    entry = read.whole() if type in ACTORS else None
    if entry is None:
        return Name(country=read.country, kind="nominal")
    return Name(entry.ar, entry.en, entry.id, entry.country, "country", known=True)


def _listed(read: _Reading, entry: Entry) -> Name:
    """Return a listed name; of a service that another country's adjective stands with, that country's."""
    head = read.listed.by_id.get(entry.id.split(".")[0])
    if read.country not in (None, entry.country) and head is not None and head.level == "head":
        return _service(read.listed, head, read.country)
    entry = read.listed.by_id.get(f"{entry.id}.{read.country}", entry)
    return Name(entry.ar, entry.en, entry.id, entry.country or read.country, entry.kind, known=True)


def _composed(read: _Reading, heads: list[Match]) -> Name:
    """Return the name of a state's service, a nominal where the mention does not say which state's."""
    if read.country is None:
        return Name(kind="nominal")
    return _service(read.listed, read.head(heads).entry, read.country)


def _service(listed: Lexicon, head: Entry, country: str | None) -> Name:
    own = listed.by_id.get(f"{head.id}.{country}")
    if own is not None:
        return Name(own.ar, own.en, own.id, country, own.kind, known=True)
    state = listed.by_id[country or ""]
    ar, en = state.adjective
    written = f"{head.ar} {_definite(ar, head.gender)}" if ar else f"{head.ar} في {state.ar}"
    return Name(written, f"{en} {head.en}", f"{head.id}.{country}", country, head.kind, known=True)


def _definite(adjective: str, gender: str) -> str:
    """Return a relative adjective with its article: `كوري شمالي` → `الكورية الشمالية`; `جنوب` does not bend."""
    ending = "ة" if gender == "f" else ""
    first, *rest = adjective.split(" ")
    if first == "جنوب":
        return " ".join(["ال" + first, *(word + ending for word in rest)])
    return " ".join("ال" + word + ending for word in (first, *rest))


def _materiel(text: str, words: tuple[Word, ...], type: str | None) -> Name:
    read = _Reading(words, lexicon("weapons"))
    kinds = read.of("family")
    models = [m for m in read.of("name") if _is_of(words, m, kinds)]
    if models:
        entry = read.head(models).entry
        return Name(entry.ar, entry.en, entry.id, read.country or entry.country, entry.kind, known=True)
    if kinds and _is_part(read, kinds):
        return Name(country=read.country, kind="nominal")
    if kinds and not _is_model(text, read):
        entry = read.head(kinds).entry
        return Name(entry.ar, entry.en, entry.id, read.country, entry.kind, known=True)
    alike = read.listed.alike(_content(words))
    if alike is not None and (words[0].is_arabic or any(word.is_capital for word in words)):
        return Name(alike.ar, alike.en, alike.id, read.country or alike.country, alike.kind, known=True)
    if not any(_names_itself(text, words, at) for at in read.unknown):
        return Name(country=read.country, kind="nominal")
    return _unknown(text, type, read.country)


def _is_of(words: tuple[Word, ...], model: Match, kinds: list[Match]) -> bool:
    """Whether a model may be meant beside these kinds: `Heron` is a drone, and no tanker; `MQ-9` is only one."""
    sure = any(word.text.isdecimal() for word in words[model.start : model.end])
    return sure or not kinds or model.entry.kind in {kind.entry.kind for kind in kinds}


def _is_part(read: _Reading, kinds: list[Match]) -> bool:
    """Whether the head of an English mention is a common noun that is not listed: `drone propellers`, `rifle butts`."""
    after = read.words[kinds[-1].end : kinds[-1].end + 1]
    return any(word.text.islower() and generic_words("en").isdisjoint(word.readings) for word in after)


def _is_model(text: str, read: _Reading) -> bool:
    """Whether a kind stands with the name of a model or a ship that is not listed."""
    named = any(has_class(word, "model") for word in read.words)
    return any(_names_itself(text, read.words, at) or named for at in read.unknown)


def _names_itself(text: str, words: tuple[Word, ...], at: int) -> bool:
    """Whether a word that nothing explains looks like a name: a capital, digits, quotation marks in the mention."""
    word = words[at]
    if not word.is_arabic:
        return word.is_capital and not text.isupper()
    digits = at + 1 < len(words) and words[at + 1].text.isdecimal()
    return digits or not _QUOTES.isdisjoint(text)


def _other(text: str, words: tuple[Word, ...], type: str) -> Name:
    """Return the name of a person or a place: a country's, a nominal's or an unknown one."""
    read = _Reading(words, lexicon("actors"))
    if type in PLACES:
        states = read.of("country")
        if len(states) == 1 and states[0].end - states[0].start == len(words):
            entry = states[0].entry
            return Name(entry.ar, entry.en, entry.id, entry.country, "country", known=True)
        return _unknown(text, type, read.country)
    nominal = not read.unknown and not read.of("name")
    return Name(country=read.country, kind="nominal") if nominal else _unknown(text, type, read.country)


def _unknown(text: str, type: str | None, country: str | None) -> Name:
    """Return a name as it is written."""
    kind = {"PERSON": "person", **dict.fromkeys(PLACES, "place")}.get(type or "", (type or "unknown").lower())
    if kind not in ("person", "place", *map(str.lower, ACTORS + MATERIEL)):
        kind = "unknown"
    written = _tidy(text)
    if any(word.is_arabic for word in split(text)):
        return Name(written, transliterate(written), None, country, kind, transliterated=True)
    return Name(None, written, None, country, kind)


def _tidy(text: str) -> str:
    """Return a name without line ends, quotation marks at its edges or without their pair, `the` and the possessive."""
    written = text.strip('"“”«»„()[] \n')
    for first, last in _PAIRS:
        if written.count(first) != written.count(last) or (first == last and written.count(first) % 2):
            written = written.replace(first, " ").replace(last, " ")
    written = " ".join(written.split())
    for possessive in ("'s", "’s"):
        written = written.removesuffix(possessive)
    return written[4:] if written.casefold().startswith("the ") else written


def _content(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Return a mention's words without those that make no name."""
    return tuple(word for at, word in enumerate(words) if not is_generic(words, at))


def _is_another(read: _Reading, names: list[Match]) -> bool:
    """Whether a word beside listed names says that another is meant; the place after في or `in` does not."""
    first = min(read.unknown, default=None)
    if first is None:
        return False
    before = [at for at in range(names[0].end, first) if read.words[at].readings[-1] in ("في", "in")]
    return not before


def _are_several(read: _Reading, names: list[Match]) -> bool:
    """Whether a mention joins different names by و or `and`."""
    return len({match.entry.id for match in names}) > 1 and any(map(read.is_joined, names[1:]))


def _is_backer(words: tuple[Word, ...], match: Match) -> bool:
    """Whether a match is somebody who only backs or leads: `المدعومة من إيران`, `Iran-backed`."""
    if match.end < len(words) and not words[match.start].is_arabic:
        return words[match.end].readings[0] in generics("en")["backing"]
    near = words[max(0, match.start - 2) : match.start]
    return any(has_class(word, "backing") for word in near if word.is_arabic)
