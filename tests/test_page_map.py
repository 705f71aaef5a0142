"""The page's map: places where they are, on the land that they are on, and nothing outside of its frame."""

from __future__ import annotations

import cmath
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incidents_by_hand import LATAKIA, NORTHEAST, SYRIA, filler, harbour
from test_page import Element
from test_page_incidents import shown

from rasad.inference.page.build import lines
from rasad.inference.page.frame import HEIGHT, WIDTH, fitted
from rasad.inference.page.outlines import UNIT, Box, Point, clipped, middle, outlines
from rasad.inference.places import Place
from rasad.inference.records.exports import Told

WASHINGTON = replace(LATAKIA, name_ar="واشنطن", name_en="Washington", country="US", lat=38.9, lon=-77.0, id="9")
TARTUS = replace(LATAKIA, name_ar="طرطوس", name_en="Tartus", lat=34.89, lon=35.89, id="10")
COORDINATES = st.floats(-89, 89).flatmap(lambda lat: st.tuples(st.floats(-179, 179), st.just(lat)))


def at(*places: Place) -> Told:
    """The incident in the port, and one more at each further place."""
    doc, (first,), values = harbour()
    spots = dict(zip(("p1", "f3", "f1"), places, strict=False))
    more = [
        replace(first, id=event, mentions=(event,), is_main=False, slots={"place": (filler(doc, span),)})
        for event, span in zip(("e9", "e8"), list(spots)[1:], strict=False)
    ]
    return doc, (first, *more), replace(values, places=spots)


def drawn(told: Told) -> Element:
    (figure,) = shown(told, "en").all("figure", "map")
    return figure


def place(lon: float, lat: float, radius: float = 0.0) -> Place:
    return replace(LATAKIA, lon=lon, lat=lat, radius_km=radius, kind="area" if radius else "point")


def test_a_marker_stands_at_its_place_and_leads_to_the_card() -> None:
    told = at(LATAKIA)
    (pill,) = drawn(told).all("a", "pill")
    assert (pill.attributes["href"], pill.all("text")[0].text) == ("#a1-e1", "1")
    box = pill.all("rect")[0].attributes
    x, y = float(box["x"]) + float(box["width"]) / 2, float(box["y"]) + float(box["height"]) / 2
    frame = fitted([LATAKIA])
    assert frame is not None
    assert (x, y) == pytest.approx(frame.pixels(LATAKIA.lon, LATAKIA.lat), abs=0.1)
    assert "main" in pill.attributes["class"].split()


def test_incidents_of_one_place_share_a_marker() -> None:
    figure = drawn(at(LATAKIA, LATAKIA))
    assert [pill.all("text")[0].text for pill in figure.all("a", "pill")] == ["1 2"]
    assert [text.text for text in figure.all("text", "name")] == ["Latakia"]


def test_names_are_of_the_interface() -> None:
    names = {lang: shown(at(LATAKIA, TARTUS), lang).all("text", "name") for lang in ("ar", "en")}
    assert {lang: {text.text for text in found} for lang, found in names.items()} == {
        "ar": {"اللاذقية", "طرطوس"},
        "en": {"Latakia", "Tartus"},
    }


def test_what_is_far_from_the_main_incident_is_told_below() -> None:
    figure = drawn(at(LATAKIA, WASHINGTON))
    assert [pill.all("text")[0].text for pill in figure.all("a", "pill")] == ["1"]
    assert figure.all("figcaption")[0].text.startswith("Without a marker here: Washington (2). Borders")


def test_a_country_is_shaded_and_marked_only_where_nothing_closer_is_known() -> None:
    beside, alone = drawn(at(LATAKIA, SYRIA)), drawn(at(SYRIA))
    assert [len(figure.all("path", "told")) for figure in (beside, alone)] == [1, 1]
    assert [len(figure.all("a", "pill")) for figure in (beside, alone)] == [1, 1]
    assert "Syria (2)" in beside.all("figcaption")[0].text


def test_an_area_as_wide_as_countries_does_not_stretch_the_map() -> None:
    wide = replace(NORTHEAST, radius_km=1500.0, name_en="Middle East")
    figure = drawn(at(wide, LATAKIA))
    assert [pill.all("text")[0].text for pill in figure.all("a", "pill")] == ["2"]
    assert "Middle East (1)" in figure.all("figcaption")[0].text
    assert fitted([wide, LATAKIA]) == fitted([LATAKIA])


def test_an_area_is_a_circle_of_its_size() -> None:
    frame = fitted([NORTHEAST])
    assert frame is not None
    (circle,) = drawn(at(NORTHEAST)).all("circle", "area")
    assert float(circle.attributes["r"]) == pytest.approx(NORTHEAST.radius_km * frame.scale, abs=0.1)


def test_without_a_place_there_is_no_map() -> None:
    doc, incidents, values = harbour()
    root = shown((doc, incidents, replace(values, places={})))
    assert root.all("figure") == []
    assert fitted([]) is None


@given(st.lists(st.tuples(COORDINATES, st.floats(0, 200)), min_size=1, max_size=5))
def test_a_frame_shows_its_first_place_whole(rows: list[tuple[Point, float]]) -> None:
    places = [place(lon, lat, radius) for (lon, lat), radius in rows]
    frame = fitted(places)
    assert frame is not None
    x, y = frame.pixels(places[0].lon, places[0].lat)
    reach = places[0].radius_km * frame.scale if abs(places[0].lat) < 80 else 0
    assert reach - 1 <= x <= WIDTH - reach + 1
    assert abs(places[0].lat) > 80 or reach - 1 <= y <= HEIGHT - reach + 1


def test_north_is_up_east_is_right_and_the_scale_holds() -> None:
    frame = fitted([LATAKIA, TARTUS])
    assert frame is not None
    (x, y), (east, _), (_, north) = (frame.pixels(35.9 + dx, 35.2 + dy) for dx, dy in ((0, 0), (1, 0), (0, 1)))
    # A degree of latitude is 111 km; of longitude, 91 km in these latitudes.
    assert (east - x) / frame.scale == pytest.approx(91, abs=1)
    assert (y - north) / frame.scale == pytest.approx(111, abs=1)


@pytest.mark.parametrize("places", [(LATAKIA,), (LATAKIA, TARTUS), (NORTHEAST, LATAKIA), (SYRIA,), (WASHINGTON,)])
def test_no_word_lies_on_another(places: tuple[Place, ...]) -> None:
    boxes = []
    for text in drawn(at(*places)).all("text"):
        size = 10 if text.attributes["class"] in ("degree", "scale") else 13
        x, y, half = float(text.attributes["x"]), float(text.attributes["y"]), len(text.text) * size * 0.27
        boxes.append(Box(x - half, y - 0.7 * size, x + half, y))
    assert len(boxes) > 5
    assert not [pair for i, pair in enumerate(boxes) for other in boxes[:i] if pair.meets(other)]
    assert all(b.west >= 0 and b.east <= WIDTH and b.south >= 0 and b.north <= HEIGHT for b in boxes)


def holds(ring: tuple[Point, ...], x: float, y: float) -> bool:
    """Whether a point is in a ring, by the turns of the ring around it."""

    turns = sum(
        cmath.phase(complex(bx - x, by - y) / complex(ax - x, ay - y))
        for (ax, ay), (bx, by) in pairwise([*ring, ring[0]])
    )
    return abs(turns) > 3


@pytest.mark.parametrize(
    ("lon", "lat", "country"),
    [(36.3, 33.5, "SY"), (44.4, 33.3, "IQ"), (34.46, 31.5, "PS"), (35.9, 33.85, "LB"), (31.2, 30.05, "EG"),
     (13.2, 32.8, "LY"), (32.5, 15.6, "SD"), (44.2, 15.35, "YE"), (69.2, 34.5, "AF"), (36.2, 50.0, "UA"),
     (34.1, 44.95, "UA"), (44.1, 9.6, "SO"), (33.4, 35.3, "CY"), (-8.0, 12.6, "ML"), (-98.0, 39.0, "US")],
)  # fmt: skip
def test_towns_lie_in_their_countries(lon: float, lat: float, country: str) -> None:
    assert {one.country for one in outlines() if holds(one.ring, lon, lat)} == {country}


def test_outlines_are_small_and_their_licence_lies_beside_them(root: Path) -> None:
    folder = root / "inference" / "page"
    assert (folder / "outlines.tsv").stat().st_size < 60_000
    assert "public domain" in (folder / "outlines.NOTICE").read_text("utf-8")
    assert all(len(one.ring) >= 3 for one in outlines())


SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))


@pytest.mark.parametrize(
    ("box", "area"), [(Box(1, 1, 2, 3), 2), (Box(-1, -1, 5, 5), 16), (Box(2, 2, 9, 9), 4), (Box(-3, 1, 1, 2), 1)]
)
def test_clipping_keeps_what_is_inside(box: Box, area: float) -> None:
    assert middle(clipped(SQUARE, box))[1] == pytest.approx(area)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=8))
def test_nothing_is_left_outside_of_a_box(ring: list[Point]) -> None:
    box = Box(-2, -3, 4, 1)
    assert all(box.grown(1e-9).holds(*point) for point in clipped(ring, box))
    assert not clipped([(x + 50, y) for x, y in ring], box)


def test_parts_of_one_country_have_no_border_between_them() -> None:
    pytest.importorskip("babel")
    # Two squares of ten degrees side by side, which share the arc 0.
    arcs = [
        [[100, 0], [0, 100]],
        [[100, 100], [-100, 0], [0, -100], [100, 0]],
        [[100, 0], [100, 0], [0, 100], [-100, 0]],
    ]
    shapes = [
        {"type": "Polygon", "arcs": [[0, 1]], "id": "706", "properties": {"name": "Somalia"}},
        {"type": "MultiPolygon", "arcs": [[[2, -1]]], "properties": {"name": "Somaliland"}},
        {"type": "Polygon", "arcs": [[0, 1]], "id": "010", "properties": {"name": "Antarctica"}},
    ]
    atlas = {
        "arcs": arcs,
        "transform": {"scale": [0.1, 0.1], "translate": [0, 0]},
        "objects": {"countries": {"geometries": shapes}},
    }
    ((code, steps),) = lines(atlas)
    numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
    assert code == "SO"
    x = y = 0
    ring = []
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        ring.append((x / UNIT, y / UNIT))
    assert middle(ring) == (pytest.approx((10, 5)), pytest.approx(200))
    assert len(ring) <= 6
