"""Maps: where the incidents of an article were, drawn without any network as SVG.

Degrees are drawn square at the middle of the map. It is fitted to the places of incidents but for countries and other
wide ones, and leaves out what is far from the main one. An area is a circle of its size, a country is shaded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from rasad.inference.page.frame import HEIGHT, WIDTH, Frame, fitted, is_wide
from rasad.inference.page.markup import safe
from rasad.inference.page.outlines import Box, clipped, middle, outlines
from rasad.inference.page.view import View
from rasad.inference.places import Place
from rasad.inference.records.glosses import country

_FONT, _SMALL = 13, 10.5  # pixels
_WIDE = 0.58  # of a letter, to its height
_PILL = 17  # pixels: the height of a marker
_SHOWN = 3  # numbers in a marker
_ROOM = 1500  # square pixels that a country must have to be named
_LINES = 5  # degrees drawn across, at most
_DEGREES = (0.25, 0.5, 1, 2, 5, 10, 20, 45)
_AROUND = [(0.0, 0.0)] + [
    (radius * math.cos(turn * math.pi / 6), radius * math.sin(turn * math.pi / 6))
    for radius in (20, 34, 50)
    for turn in range(12)
]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place and the incidents that were there, by number; none where the article only speaks of it."""

    place: Place
    numbers: tuple[int, ...] = ()


def draw_map(view: View) -> str:
    """Return the map of an article, nothing where no place of it is known."""
    found = spots(view)
    frame = fitted([spot.place for spot in found if spot.numbers] or [spot.place for spot in found])
    if frame is None:
        return ""
    drawing = _Drawing(view, frame)
    marked = [spot for spot in found if spot.numbers and frame.shows(spot.place)]
    others = [spot for spot in found if not spot.numbers and not is_wide(spot.place) and frame.shows(spot.place)]
    shaded = {spot.place.country for spot in found if spot.numbers and spot.place.kind == "country"}
    body = "\n".join(drawing.pieces(marked, others, shaded))
    off = [spot for spot in found if spot.numbers and spot not in marked]
    told = view.listed(f"{safe(drawing.name(spot))} ({_joined(spot.numbers)})" for spot in off)
    notes = [view.say["off_map"].format(told)] if off else []
    notes.append(view.say["maps_note"])
    return (
        f'<figure class="map"><h3>{view.say["map"]}</h3>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{view.say["map"]}">\n{body}\n</svg>'
        f"<figcaption>{' '.join(notes)}</figcaption></figure>"
    )


def spots(view: View) -> list[Spot]:
    """Return the places of an article, those of incidents first, in the order of their cards."""
    numbers: dict[str, list[int]] = {}
    places: dict[str, Place] = {}
    for number, facts in enumerate(view.told, 1):
        if site := facts.site():
            places.setdefault(site.place.id, site.place)
            numbers.setdefault(site.place.id, []).append(number)
    for place in view.values.places.values():
        places.setdefault(place.id, place)
    return [Spot(place, tuple(numbers.get(key, ()))) for key, place in places.items()]


def _joined(numbers: Sequence[int]) -> str:
    more = [f"+{len(numbers) - _SHOWN}"] if len(numbers) > _SHOWN else []
    return " ".join([*map(str, numbers[:_SHOWN]), *more])


class _Drawing:
    """What draws one map; `taken` are the boxes of pixels that hold something to read."""

    def __init__(self, view: View, frame: Frame) -> None:
        self.view, self.frame = view, frame
        self.taken: list[Box] = []

    def pieces(self, marked: Sequence[Spot], others: Sequence[Spot], shaded: Set[str | None]) -> Iterator[str]:
        """Yield what is drawn, from the ground up: these places with their numbers, and others without."""
        yield f'<rect class="sea" width="{WIDTH}" height="{HEIGHT}"/>'
        room: dict[str, tuple[float, float, float]] = {}
        for land, ring in self._land():
            kind = "land told" if land in shaded else "land"
            yield f'<path class="{kind}" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in ring)}Z"/>'
            (x, y), area = middle(ring)
            room[land] = max(room.get(land, (0.0, 0.0, 0.0)), (area, x, y))
        yield from self._scale()
        yield from self._degrees()
        yield from (area for spot in marked for area in self._area(spot))
        # All markers before any name, and names of incidents' places before others.
        pills = [self._pill(spot) for spot in marked]
        names = [self._label(spot, at, "name") for spot, (_, at) in zip(marked, pills, strict=True)]
        known = {self.name(spot) for spot in marked}
        others = [spot for spot in others if self.name(spot) not in known]
        names += [self._label(spot, self.frame.pixels(spot.place.lon, spot.place.lat), "other") for spot in others]
        yield from map(self._dot, others)
        yield from (drawn for drawn, _ in pills)
        yield from self._countries(room)
        yield from filter(None, names)

    def name(self, spot: Spot) -> str:
        """Return what a place is called in the language of the interface."""
        place = spot.place
        first, second = (place.name_ar, place.name_en) if self.view.lang == "ar" else (place.name_en, place.name_ar)
        return first or second or ""

    def _land(self) -> Iterator[tuple[str, list[tuple[float, float]]]]:
        """Yield what is seen of each country's parts, in pixels."""
        seen = self.frame.box.grown(0.03)
        for outline in outlines():
            if outline.box.meets(seen):
                ring = [self.frame.pixels(x, y) for x, y in clipped(outline.ring, seen)]
                # A step of less than a pixel is not seen.
                kept = [p for i, p in enumerate(ring) if math.dist(p, ring[i - 1]) > 0.7]
                if len(kept) > 2:
                    yield outline.country, kept

    def _degrees(self) -> Iterator[str]:
        box, compass = self.frame.box, self.view.say["compass"]
        wide = max(box.east - box.west, box.north - box.south)
        step = next((s for s in _DEGREES if wide / s <= _LINES), _DEGREES[-1])
        for k in range(math.ceil(box.west / step), math.floor(box.east / step) + 1):
            x, _ = self.frame.pixels(k * step, box.north)
            yield f'<path class="degree" d="M{x:.1f} 0V{HEIGHT}"/>'
            yield self._degree(x + 16, HEIGHT - 8, compass["E" if k >= 0 else "W"].format(f"{abs(k * step):g}"))
        for k in range(math.ceil(box.south / step), math.floor(box.north / step) + 1):
            _, y = self.frame.pixels(box.west, k * step)
            yield f'<path class="degree" d="M0 {y:.1f}H{WIDTH}"/>'
            yield self._degree(18, y - 6, compass["N" if k >= 0 else "S"].format(f"{abs(k * step):g}"))

    def _degree(self, x: float, y: float, words: str) -> str:
        """Write a degree beside its line, but not where it would be cut off."""
        box = _around(x, y, 30, 11)
        if not self._is_free(box):
            return ""
        self.taken.append(box)
        return _text(x, y + 3.5, words, "degree")

    def _scale(self) -> Iterator[str]:
        """Yield a bar of a round length."""
        most = WIDTH / 4 / self.frame.scale
        ten = 10 ** math.floor(math.log10(most))
        length = next(n * ten for n in (5, 2, 1) if n * ten <= most)
        end, start = WIDTH - 12, WIDTH - 12 - length * self.frame.scale
        yield f'<path class="scale" d="M{start:.1f} {HEIGHT - 26}v5H{end}v-5"/>'
        yield _text((start + end) / 2, HEIGHT - 31, self.view.say["km"].format(f"{length:g}"), "scale")
        self.taken.append(Box(start - 4, HEIGHT - 46, end + 4, HEIGHT - 16))

    def _area(self, spot: Spot) -> Iterator[str]:
        x, y = self.frame.pixels(spot.place.lon, spot.place.lat)
        if spot.place.radius_km and spot.place.kind != "country":
            yield f'<circle class="area" cx="{x:.1f}" cy="{y:.1f}" r="{spot.place.radius_km * self.frame.scale:.1f}"/>'

    def _pill(self, spot: Spot) -> tuple[str, tuple[float, float]]:
        """Draw the numbers of the incidents of a place beside it, where there is room, and return that point."""
        x, y = self.frame.pixels(spot.place.lon, spot.place.lat)
        text = _joined(spot.numbers)
        width = max(_PILL, 10 + 7.5 * len(text))
        at = next(
            ((x + dx, y + dy) for dx, dy in _AROUND if self._is_free(_around(x + dx, y + dy, width, _PILL))), (x, y)
        )
        self.taken.append(_around(*at, width, _PILL))
        line = f'<path class="lead" d="M{x:.1f} {y:.1f}L{at[0]:.1f} {at[1]:.1f}"/>' if at != (x, y) else ""
        dot = f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' if line else ""
        main = any(self.view.told[n - 1].incident.is_main for n in spot.numbers)
        past = all(self.view.told[n - 1].incident.is_background for n in spot.numbers)
        kind = "pill main" if main else "pill past" if past else "pill"
        box = f'x="{at[0] - width / 2:.1f}" y="{at[1] - _PILL / 2:.1f}" width="{width:g}" height="{_PILL}" rx="9"'
        link = f'href="#{self.view.card(spot.numbers[0])}" class="{kind}"'
        return (
            f"{line}{dot}<a {link}><title>{safe(self.name(spot))}</title>"
            f"<rect {box}/>{_text(at[0], at[1] + 4.5, text, 'number')}</a>"
        ), at

    def _dot(self, spot: Spot) -> str:
        x, y = self.frame.pixels(spot.place.lon, spot.place.lat)
        title = f"<title>{safe(self.name(spot))}</title>"
        return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5">{title}</circle>'

    def _label(self, spot: Spot, at: tuple[float, float], kind: str) -> str:
        """Write the name of a place where there is room beside a point, else not at all."""
        name = self.name(spot)
        size, reach = (_FONT, 9 + 4 * len(_joined(spot.numbers))) if kind == "name" else (_SMALL, 5)
        width, (x, y) = len(name) * size * _WIDE, at
        sides = (
            (x + reach + width / 2, y),
            (x - reach - width / 2, y),
            (x, y + size + 4),
            (x, y - size - 4),
        )
        for cx, cy in sides if name else ():
            box = _around(cx, cy, width, size + 2)
            if self._is_free(box):
                self.taken.append(box)
                return _text(cx, cy + size * 0.36, name, kind)
        return ""

    def _countries(self, room: dict[str, tuple[float, float, float]]) -> Iterator[str]:
        for code, (area, x, y) in room.items():
            name = country(code, self.view.lang)
            box = _around(x, y, len(name) * _FONT * 0.7, _FONT)
            if name != code and area > _ROOM and self._is_free(box):
                self.taken.append(box)
                yield _text(x, y + 4, name, "country")

    def _is_free(self, box: Box) -> bool:
        is_in = box.west >= 2 and box.south >= 2 and box.east <= WIDTH - 2 and box.north <= HEIGHT - 2
        return is_in and not any(box.meets(other) for other in self.taken)


def _around(x: float, y: float, width: float, height: float) -> Box:
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{safe(words)}</text>'
