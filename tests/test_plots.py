"""The plots: every number where it belongs, whole XML, nothing outside, nothing told by colour alone."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.eval.plots import BLUE, ORANGE, Bar, bars, heat_map, learning, reliability, risk

SVG = "{http://www.w3.org/2000/svg}"
BINS = [
    {"low": 0.0, "high": 0.1, "n": 0, "score": 0.0, "accuracy": 0.0},
    {"low": 0.5, "high": 0.6, "n": 4, "score": 0.5, "accuracy": 0.25},
    {"low": 0.9, "high": 1.0, "n": 16, "score": 1.0, "accuracy": 0.75},
]
PAIRS = [
    {"gold": "GROUP", "predicted": "GROUP", "n": 6},
    {"gold": "GROUP", "predicted": "PERSON", "n": 3},
    {"gold": "GROUP", "predicted": None, "n": 1},
    {"gold": "none", "predicted": "PERSON", "n": 2},
    {"gold": "PERSON", "predicted": "PERSON", "n": 0},
]
CURVE = [
    {"documents": 40, "entities": 0.5, "triggers": None, "relations": 0.25},
    {"documents": 20, "entities": 0.25, "triggers": 0.5},
]
ratios = st.floats(0, 1)


def points(line: ElementTree.Element) -> list[tuple[float, ...]]:
    return [tuple(map(float, point.split(","))) for point in line.get("points", "").split()]


def texts(root: ElementTree.Element) -> list[str | None]:
    return [text.text for text in root.iter(f"{SVG}text")]


def test_bars_have_their_lengths_numbers_and_whiskers() -> None:
    root = ElementTree.fromstring(bars("F1", [Bar("A<B", 0.5, (0.25, 0.75)), Bar("C", 1.0), Bar("D", 0.0)]))
    assert [float(r.get("width", 0)) for r in root.iter(f"{SVG}rect") if r.get("class") == "bar"] == [90, 180, 0]
    # The whisker of the first alone: 136 + 180 × 0.25 and 0.75.
    (whisker,) = (p.get("d", "") for p in root.iter(f"{SVG}path"))
    assert re.findall(r"M([\d.]+)", whisker) == ["181.0", "181.0", "271.0"]
    assert texts(root) == ["A<B", "0.500", "C", "1.000", "D", "0.000"]


def test_a_bin_lies_at_its_score_and_accuracy() -> None:
    root = ElementTree.fromstring(reliability("x", BINS))
    dots = [tuple(float(c.get(key, 0)) for key in ("cx", "cy", "r")) for c in root.iter(f"{SVG}circle")]
    # 240 pixels from 40 across and from 250 up; the area goes with n: 2.5 + 5.5 × √(4/16).
    assert dots == [(160, 190, 5.2), (280, 70, 8.0)]
    (line,) = root.iter(f"{SVG}polyline")
    assert points(line) == [(160, 190), (280, 70)]


def test_risk_fills_the_height_with_quarters_that_can_be_read() -> None:
    root = ElementTree.fromstring(risk("x", [{"coverage": 0.5, "risk": 0.1}, {"coverage": 1.0, "risk": 0.15}]))
    (line,) = root.iter(f"{SVG}polyline")
    assert points(line) == [(160, 130), (280, 70)]
    assert {"0.05", "0.1", "0.15", "0.2"} <= set(texts(root))


def test_risk_of_ten_thousand_scores_is_no_longer_than_its_pixels() -> None:
    curve = [{"coverage": n / 10_000, "risk": n / 20_000} for n in range(1, 10_001)]
    svg = risk("x", curve)
    assert 200 < len(points(next(ElementTree.fromstring(svg).iter(f"{SVG}polyline")))) < 600


def test_risk_without_errors() -> None:
    (line,) = ElementTree.fromstring(risk("x", [{"coverage": 1.0, "risk": 0.0}])).iter(f"{SVG}polyline")
    assert points(line) == [(280, 250)]


def test_learning_sorts_by_documents_and_leaves_out_what_is_not_known() -> None:
    root = ElementTree.fromstring(learning("x", CURVE))
    entities, triggers, relations = (points(line) for line in root.iter(f"{SVG}polyline"))
    assert (entities, triggers, relations) == ([(160, 206), (280, 146)], [(160, 146)], [(280, 206)])
    assert {"Entities", "Triggers", "Relations", "10", "40"} <= set(texts(root))


def test_families_differ_without_colour() -> None:
    root = ElementTree.fromstring(learning("x", CURVE))
    assert len({line.get("stroke-dasharray") for line in root.iter(f"{SVG}polyline")}) == 3
    marks = {p.get("class"): p.get("d") for p in root.iter(f"{SVG}path") if (p.get("class") or "").startswith("mark")}
    assert len(set(marks.values())) == len(marks) == 3


def test_cells_have_gold_down_and_the_prediction_across() -> None:
    root = ElementTree.fromstring(heat_map("x", PAIRS, ["PERSON", "FORCE", "GROUP"]))
    cells = {}
    for rect in root.iter(f"{SVG}rect"):
        if (title := rect.find(f"{SVG}title")) is not None:
            place = tuple((int(float(rect.get(key, 0))) - 136) // 26 for key in ("y", "x"))
            cells[title.text] = (*place, rect.get("fill"), float(rect.get("fill-opacity", 0)))
    # PERSON, GROUP, none: FORCE is nowhere. Shares of gold's GROUP are 6, 3, 1 of 10; 0.08 + 0.5 × share.
    assert cells == {
        "gold GROUP, predicted GROUP: 6": (1, 1, BLUE, 0.38),
        "gold GROUP, predicted PERSON: 3": (1, 0, ORANGE, 0.23),
        "gold GROUP, predicted none: 1": (1, 2, ORANGE, 0.13),
        "gold none, predicted PERSON: 2": (2, 0, ORANGE, 0.58),
    }
    assert sorted(filter(str.isdigit, map(str, texts(root)))) == ["1", "2", "3", "6"]
    assert "FORCE" not in texts(root)


def test_a_type_that_is_not_in_the_order_is_drawn() -> None:
    root = ElementTree.fromstring(heat_map("x", [{"gold": "NEW", "predicted": "none", "n": 1}], ["PERSON"]))
    assert texts(root)[:4] == ["NEW", "NEW", "none", "none"]


@given(st.lists(st.tuples(ratios, ratios), max_size=6))
def test_nothing_lies_outside(pairs: list[tuple[float, float]]) -> None:
    curve = [{"coverage": x, "risk": y} for x, y in pairs]
    bins = [{"low": 0.0, "high": 1.0, "n": 1, "score": x, "accuracy": y} for x, y in pairs]
    for svg in (risk("x", curve), reliability("x", bins)):
        root = ElementTree.fromstring(svg)
        width, height = float(root.get("width", 0)), float(root.get("height", 0))
        for line in root.iter(f"{SVG}polyline"):
            assert all(0 <= x <= width and 0 <= y <= height for x, y in points(line))


@pytest.mark.parametrize(
    "svg",
    [bars("a & b", []), risk("a & b", []), reliability("a & b", []), learning("a & b", []), heat_map("a & b", [], [])],
)
def test_nothing_makes_an_empty_plot(svg: str) -> None:
    assert ElementTree.fromstring(svg).find(f"{SVG}title").text == "a & b"  # type: ignore[union-attr]
