"""Frames: the part of the world that a map shows, and where on it a point is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rasad.inference.page.outlines import Box
from rasad.inference.places import Place
from rasad.inference.places.gazetteer import DEGREE

WIDTH, HEIGHT = 440, 330  # pixels
_LEAST, _NEAR = 450, 2500  # km: across a map, and from its first place to any other that it is fitted to
_WIDE = 250  # km: the radius of what says little of where something was
_MARGIN = 1.35
_POLE = 85.0  # degrees: what is nearer to a pole is drawn as if it were there


@dataclass(frozen=True, slots=True)
class Frame:
    """A map with this point in its middle; `scale` is in pixels a km, `is_wide` if it is of wide places only."""

    lon: float
    lat: float
    scale: float
    is_wide: bool = False

    @property
    def box(self) -> Box:
        """What the map shows, in degrees."""
        east = WIDTH / 2 / self.scale / DEGREE / _narrow(self.lat)
        north = HEIGHT / 2 / self.scale / DEGREE
        return Box(self.lon - east, self.lat - north, self.lon + east, self.lat + north)

    def shows(self, place: Place) -> bool:
        """Whether a place is on the map; the middle of a wide one is nobody's place beside others."""
        return self.box.holds(place.lon, place.lat) and (self.is_wide or not is_wide(place))

    def pixels(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a point is on the map."""
        wide = self.scale * DEGREE * _narrow(self.lat)
        return WIDTH / 2 + (lon - self.lon) * wide, HEIGHT / 2 - (lat - self.lat) * self.scale * DEGREE


def is_wide(place: Place) -> bool:
    """Whether a place is a country, or as wide as many are (the Middle East)."""
    return place.kind == "country" or place.radius_km > _WIDE


def fitted(places: Sequence[Place]) -> Frame | None:
    """Return a frame that shows the first of some places whole, and those near it; None where there are none.

    Wide ones count only where there is nothing else.
    """
    exact = [place for place in places if not is_wide(place)] or list(places)
    if not exact:
        return None
    near = [place for place in exact if _distance(exact[0], place) <= _NEAR]
    narrow = [_narrow(place.lat) for place in near]
    reach = [place.radius_km / DEGREE for place in near]
    west = min(p.lon - r / n for p, r, n in zip(near, reach, narrow, strict=True))
    east = max(p.lon + r / n for p, r, n in zip(near, reach, narrow, strict=True))
    south = min(p.lat - r for p, r in zip(near, reach, strict=True))
    north = max(p.lat + r for p, r in zip(near, reach, strict=True))
    lat = min(_POLE, max(-_POLE, (south + north) / 2))
    across = max(_LEAST, (east - west) * DEGREE * _narrow(lat) * _MARGIN)
    down = max(_LEAST * HEIGHT / WIDTH, (north - south) * DEGREE * _MARGIN)
    return Frame((west + east) / 2, lat, min(WIDTH / across, HEIGHT / down), is_wide(exact[0]))


def _narrow(lat: float) -> float:
    """Return how long a degree of longitude is there, of a degree of latitude."""
    return math.cos(math.radians(min(_POLE, abs(lat))))


def _distance(one: Place, other: Place) -> float:
    """Return the distance of two places in km, near enough for a map."""
    wide = _narrow((one.lat + other.lat) / 2)
    return math.hypot((one.lon - other.lon) * wide, one.lat - other.lat) * DEGREE
