"""The gazetteer: places by name, from GeoNames and from a table of our own.

`gazetteer.tsv.xz` is made by `build.py`: a block of places, a blank line, a block of keys in the order of
their bytes, each with the numbers of its places. It is unpacked once and searched in place. `places_extra.tsv` is
ours and read as it stands, so that a line added to it counts at once. Origins and licences: `gazetteer.NOTICE`.
"""

from __future__ import annotations

import csv
import functools
import lzma
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from rasad.inference.places.spellings import key, skeleton

FIELDS = ("id", "ar", "en", "country", "admin", "lat", "lon", "kind", "weight", "radius")
SKELETON = "~"  # marks the keys that are skeletons
# Weight and radius of the entries of our own table that state none.
USUAL = {
    "city": ("4.0", "0"),
    "quarter": ("3.9", "0"),
    "camp": ("4.2", "0"),
    "site": ("4.3", "0"),
    "admin1": ("5.4", "60"),
    "admin2": ("4.2", "20"),
    "area": ("5.0", "80"),
    "country": ("7.5", "300"),
}
EARTH = 6371.0  # km, its radius
DEGREE = 111.2  # km of latitude


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the gazetteer.

    `kind` is its class: `city` (any settlement), `quarter`, `camp`, `site` (base, airport, crossing, dam…), `admin1`,
    `admin2`, `area`, `country`. `weight` is how well known it is: the common logarithm of its people, or of as many
    as it is worth. `radius` (km) is 0 for a point.
    """

    id: str
    ar: str
    en: str
    country: str
    admin: str
    lat: float
    lon: float
    kind: str
    weight: float
    radius: float

    @classmethod
    def of(cls, row: Sequence[str]) -> Entry:
        """Read an entry from its fields, in the order of `FIELDS`."""
        numbers = [float(row[i] or 0) for i in (5, 6, 8, 9)]
        return cls(row[0], row[1], row[2], row[3], row[4], numbers[0], numbers[1], row[7], numbers[2], numbers[3])


class Gazetteer:
    """Places by their names' keys."""

    def __init__(self, packed: bytes, extra: str) -> None:
        rows, _, self._keys = lzma.decompress(packed).partition(b"\n\n")
        self._rows = rows.split(b"\n")
        self._extra = list(_extra(extra))
        self._own: dict[str, list[Entry]] = defaultdict(list)
        for entry, names in self._extra:
            for found in sorted({k for name in names for k in keys(name)}):
                self._own[found].append(entry)

    @property
    def own(self) -> list[Entry]:
        """The entries of our own table."""
        return [entry for entry, _ in self._extra]

    def __len__(self) -> int:
        return len(self._rows) + len(self._extra)

    def find(self, wanted: str) -> list[Entry]:
        """Return the places that have this key, ours first; GeoNames' twin of one of ours is left out."""
        own = self._own.get(wanted, [])
        packed = [self._entry(number) for number in self._numbers(wanted)]
        return own + [entry for entry in packed if not any(_is_twin(entry, other) for other in own)]

    @functools.lru_cache(maxsize=1 << 14)  # noqa: B019  one gazetteer lives as long as the process
    def _entry(self, number: int) -> Entry:
        return Entry.of(self._rows[number].decode().split("\t"))

    def _numbers(self, wanted: str) -> list[int]:
        """Search the sorted lines of keys by halves."""
        target, low, high = wanted.encode(), 0, len(self._keys)
        while low < high:
            start = self._keys.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self._keys.find(b"\n", start) % (len(self._keys) + 1)
            found, _, numbers = self._keys[start:end].partition(b"\t")
            if found == target:
                return [int(number) for number in numbers.split(b",")]
            low, high = (end + 1, high) if found < target else (low, start)
        return []


def keys(name: str) -> Iterator[str]:
    """Return what a name is found under: its key, and its skeleton marked as one."""
    if wanted := key(name):
        yield wanted
    bones = skeleton(name)
    if len(bones) > 2:
        yield SKELETON + bones


def _extra(table: str) -> Iterator[tuple[Entry, list[str]]]:
    """Read our own table: the first name of each language is the one that is shown."""
    lines = (line for line in table.splitlines() if line and not line.startswith("#"))
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        ar, en = row["ar"].split("|"), row["en"].split("|")
        name = f"rasad:{row['country'] or 'XX'}:{row['kind']}:{re.sub('[^a-z0-9]+', '-', en[0].casefold()).strip('-')}"
        weight, radius = USUAL[row["kind"]]
        row |= {"weight": row["weight"] or weight, "radius": row["radius"] or radius}
        yield Entry.of([name, ar[0], en[0], *(row[field] for field in FIELDS[3:])]), [n for n in ar + en if n]


def _is_twin(entry: Entry, other: Entry) -> bool:
    same = entry.country == other.country and (entry.kind == other.kind or {entry.kind, other.kind} <= _POINTS)
    return same and (entry.kind == "country" or distance(entry, other) < (30 if entry.kind == "city" else 200))


_POINTS = {"city", "quarter", "camp", "site"}


def distance(one: Entry, other: Entry) -> float:
    """Return the kilometres between two places."""
    return kilometres(one.lat, one.lon, other.lat, other.lon)


def kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the length of the great circle between two points, by the haversine formula."""
    a, b = math.radians(lat), math.radians(other_lat)
    turn = math.sin(math.radians(other_lon - lon) / 2) ** 2
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * turn
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


@functools.cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer that rasad ships, read once."""
    folder = resources.files(__package__)
    return Gazetteer(
        folder.joinpath("gazetteer.tsv.xz").read_bytes(), folder.joinpath("places_extra.tsv").read_text("utf-8")
    )
