"""Places: where the mentions of an article are, decided together.

A name has as many places as the gazetteer gives it. Which one is meant follows from how well known each is, from the
words around the name (`محافظة`, "town of"), from what the text says it lies in, from the countries of the article's
other places and from how near those are. A place that nothing in the article speaks for is not guessed: a small town
of another country is no answer. What is not resolved is None and takes no part in deciding the rest.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rasad.annotations.text import fold
from rasad.inference.places.areas import Phrase, area, holders, parts
from rasad.inference.places.gazetteer import Entry, distance, gazetteer, kilometres
from rasad.inference.places.options import Option, is_own, options
from rasad.inference.places.spellings import key

Kind = Literal["point", "area", "country", "admin"]
TYPES = frozenset({None, "GPE", "LOCATION", "FACILITY"})  # of mentions that may be places
ROUNDS = 3
_TIE = 0.15  # two places that far apart in score fit alike
# How well known a place must be that nothing in the article speaks for: one of many namesakes, or one of our own table.
_KNOWN = {False: 5.7, True: 5.0}
_KINDS: Mapping[str, Kind] = {"country": "country", "admin1": "admin", "admin2": "admin", "area": "area"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that may be a place: its text, its type, and the indices of the mentions that it is LOCATED_IN."""

    text: str
    type: str | None = None
    inside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mention is.

    `country` is ISO 3166 alpha-2, None for what lies in several; `admin` the province in English. `lat` and `lon` are
    the point, or the middle of an area with `radius_km` (0 for a point). `id` names the place in its `source`
    (`geonames` or `rasad`); what is made of it (`#rural-n`) stands behind.
    """

    name_ar: str | None
    name_en: str | None
    country: str | None
    admin: str | None
    lat: float
    lon: float
    kind: Kind
    radius_km: float
    id: str
    source: str


def resolve(mentions: Sequence[Mention], lang: str) -> list[Place | None]:
    """Return where the mentions of one article are, None for each that is not found or not decided.

    `lang` is the article's; names in the other script are read as well.
    """
    del lang  # the script of each mention says more
    pieces = [parts(mention.text) for mention in mentions]
    single = _held(mentions, pieces)
    count = len(single)
    single += [Mention(text, m.type, m.inside) for m, texts in zip(mentions, pieces, strict=True) for text in texts]
    meant = [[] if i < len(pieces) and pieces[i] else _options(mention) for i, mention in enumerate(single)]
    found = [None if option is None else _place(option) for option in _chosen(single, meant)]
    rest = iter(found[count:])
    return [
        _joined([place for place in itertools.islice(rest, len(texts)) if place]) if texts else place
        for place, texts in zip(found[: len(mentions)], pieces, strict=True)
    ]


def _options(mention: Mention) -> list[Option]:
    return options(mention.text, mention.type or "GPE") if mention.type in TYPES else []


def _held(mentions: Sequence[Mention], pieces: Sequence[Sequence[str]]) -> list[Mention]:
    """Part names from what stands behind their commas (Salem, Oregon): they lie in it, and it is put behind all."""
    found, behind = list(mentions), list[Mention]()
    for i, mention in enumerate(mentions):
        names = holders(mention.text) if mention.type in TYPES else []
        if not names or pieces[i] or gazetteer().find(key(mention.text)):
            continue
        at = len(mentions) + len(behind)
        inside = mention.inside + tuple(range(at, at + len(names) - 1))
        found[i] = Mention(names[0], mention.type, inside)
        behind += [Mention(name, "GPE") for name in names[1:]]
    return found + behind


def _chosen(mentions: Sequence[Mention], options: Sequence[Sequence[Option]]) -> list[Option | None]:
    """Decide all mentions, each by what was chosen for the others in the round before."""
    # A mention in the very same words says nothing new to the others, and a long article has thousands.
    first: dict[tuple[str, str | None], int] = {}
    for i, mention in enumerate(mentions):
        first.setdefault((mention.text, mention.type), i)
    names = {i: fold(text) for (text, _), i in first.items()}
    chosen: list[Option | None] = [found[0] if found else None for found in options]
    for _ in range(ROUNDS):
        chosen = [
            _decided(found, _Context.of(i, mentions, names, options, chosen)) if found else None
            for i, found in enumerate(options)
        ]
    return chosen


def _joined(places: Sequence[Place]) -> Place | None:
    """Return the area that several places make, None where none of them was found."""
    if len(places) < 2:
        return places[0] if places else None
    lat = sum(place.lat for place in places) / len(places)
    lon = sum(place.lon for place in places) / len(places)
    radius = max(kilometres(lat, lon, place.lat, place.lon) + place.radius_km for place in places)
    one = {place.country for place in places}, {place.admin for place in places}
    country, admin = (next(iter(values)) if len(values) == 1 else None for values in one)
    ar = " و".join(place.name_ar for place in places if place.name_ar) or None
    en = ", ".join(place.name_en for place in places if place.name_en) or None
    ids = "+".join(place.id for place in places)
    return Place(ar, en, country, admin, round(lat, 3), round(lon, 3), "area", round(radius, 1), ids, places[0].source)


@dataclass(frozen=True, slots=True)
class _Context:
    """What an article says for one of its mentions: countries of the others, where they are, what it lies in."""

    support: Mapping[str, float]
    others: tuple[Entry, ...]
    inside: tuple[Entry, ...]

    @classmethod
    def of(
        cls,
        at: int,
        mentions: Sequence[Mention],
        names: Mapping[int, str],
        options: Sequence[Sequence[Option]],
        chosen: Sequence[Option | None],
    ) -> _Context:
        """Gather the context of mention `at` from what was chosen in the round before.

        `names` are those of the mentions that say something to others, by their indices.
        """
        support: dict[str, float] = defaultdict(float)
        heard: set[str] = set()
        others: list[Entry] = []
        mine = {option.entry.id for option in options[at]}
        for i, name in names.items():
            # The same name again (`ريف حلب`, `حلب`) says nothing new.
            if i == at or name in heard or not mine.isdisjoint(option.entry.id for option in options[i]):
                continue
            heard.add(name)
            option = chosen[i]
            for country, share in _shares(options[i]).items():
                support[country] += share
            if option is not None and option.is_exact and option.entry.kind != "country" and option.entry.radius < 300:
                others.append(option.entry)
        holders = [chosen[i] for i in mentions[at].inside if 0 <= i < len(chosen) and i != at]
        return cls(support, tuple(others), tuple(option.entry for option in holders if option))

    def score(self, option: Option) -> float:
        """Return how well a place fits the words and the article."""
        entry = option.entry
        found = option.fit + 1.5 * math.log2(1 + self.support.get(entry.country, 0.0))
        if entry.kind != "country" and self.others:
            found += self._nearness(entry)
        for holder in self.inside:
            found += _containment(entry, holder)
        return found

    def _nearness(self, entry: Entry) -> float:
        away = min(distance(entry, other) - other.radius for other in self.others)
        return next((bonus for limit, bonus in ((60, 1.0), (150, 0.6), (300, 0.3)) if away < limit), 0.0)

    def accepts(self, option: Option) -> bool:
        """Whether there is reason enough to name a place."""
        entry = option.entry
        near = any(distance(entry, other) < 40 + other.radius for other in self.others)
        if option.is_apart and not near:
            return False
        backed = self.support.get(entry.country, 0.0) >= 0.25 or near
        if not option.is_exact:
            most = max(self.support.values(), default=0.0)
            return near or (0.5 <= self.support.get(entry.country, 0.0) == most and entry.weight >= 3.9)
        if backed or entry.kind == "country" or entry.weight >= _KNOWN[is_own(entry)]:
            return True
        return sum(self.support.values()) < 0.25 and (is_own(entry) or entry.weight >= 3.0)


def _containment(entry: Entry, holder: Entry) -> float:
    """Say whether a place lies in another, as the text has it."""
    if holder.kind == "country":
        return 2.0 if entry.country == holder.country else -2.0
    reach = 50 + holder.radius + entry.radius
    return 2.0 if distance(entry, holder) < reach else -2.0


def _shares(options: Sequence[Option]) -> dict[str, float]:
    """Return how a mention's vote is parted among countries: by how well known the places are that it may mean."""
    best: dict[str, float] = {}
    for option in options:
        if option.entry.country and option.is_exact and not option.is_apart:
            best[option.entry.country] = max(best.get(option.entry.country, -9.0), option.fit)
    weights = {country: 4.0**fit for country, fit in best.items()}
    total = sum(weights.values())
    return {country: weight / total for country, weight in weights.items()}


def _decided(options: Sequence[Option], context: _Context) -> Option | None:
    """Choose a place, or none where nothing speaks for it or two far apart fit alike."""
    ranked = sorted(options, key=lambda option: (-context.score(option), option.entry.id))
    ranked = [option for option in ranked if context.accepts(option)]
    if not ranked:
        return None
    best = ranked[0]
    rivals = (rival for rival in ranked[1:] if context.score(best) - context.score(rival) <= _TIE)
    is_open = best.entry.weight < 4 and any(_are_apart(best.entry, rival.entry) for rival in rivals)
    return None if is_open else best


def _are_apart(one: Entry, other: Entry) -> bool:
    return distance(one, other) > 60 + max(one.radius, other.radius)


def _place(option: Option) -> Place:
    entry, phrase = option.entry, option.phrase
    lat, lon, radius, kind, made = entry.lat, entry.lon, entry.radius, _KINDS.get(entry.kind, "point"), ""
    if not phrase.is_plain:
        lat, lon, radius = area(entry, phrase)
        kind, made = "area", "#" + "-".join([*sorted(phrase.parts), _way(phrase)]).strip("-")
    return Place(
        entry.ar or None,
        entry.en or None,
        entry.country or None,
        entry.admin or None,
        round(lat, 3),
        round(lon, 3),
        kind,
        round(radius, 1),
        entry.id + made,
        entry.id.partition(":")[0],
    )


def _way(phrase: Phrase) -> str:
    north = "n" if phrase.north > 0 else "s" if phrase.north < 0 else ""
    return north + ("e" if phrase.east > 0 else "w" if phrase.east < 0 else "")
