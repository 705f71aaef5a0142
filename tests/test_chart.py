"""The chart: every number in it, nothing from elsewhere, readable on white and on black."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rasad.__main__ import main
from rasad.annotations.chart import COLOURS, TEXT, draw
from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import Scheme
from rasad.annotations.stats import Statistics, statistics

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def counted(scheme: Scheme) -> Statistics:
    places = tuple(Span(f"p{i}", i, i + 1, "GPE", "x") for i in range(4))
    odd = Span("o1", 4, 5, "A<B", "x")
    return statistics(
        [Document("a", "xxxxx", "ar", spans=(*places, odd)), Document("b", "x", "en", spans=places[:1])], scheme
    )


def test_every_type_has_a_bar_a_language(counted: Statistics, scheme: Scheme) -> None:
    root = ElementTree.fromstring(draw(counted))
    bars = [r for r in root.iter(f"{SVG}rect") if r.get("x") == "170" and r.get("height") != "12"]
    assert len(bars) == 2 * (len(scheme.types) + 1)
    widest, other = (max(float(b.get("width", 0)) for b in bars if b.get("fill") == COLOURS[c]) for c in ("ar", "en"))
    assert widest == 4 * other == 490
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {*scheme.types, "A<B", "Arabic", "English", "Entities", "Events"} <= set(texts)
    assert texts[texts.index("GPE") + 1 :][:2] == ["4", "1"]


def test_everything_lies_inside(counted: Statistics) -> None:
    root = ElementTree.fromstring(draw(counted))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert all(float(r.get("x", 0)) + float(r.get("width", 0)) <= width for r in root.iter(f"{SVG}rect"))
    assert all(float(piece.get("y", 0)) <= height for piece in root.iter() if piece.get("y"))


def test_nothing_is_fetched(counted: Statistics) -> None:
    assert re.findall(r"href|url\(|@import|<script|<image", draw(counted)) == []


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("page", ["#ffffff", "#0d1117"])
@pytest.mark.parametrize(("colour", "least"), [(TEXT, 4.2), *((colour, 3.0) for colour in COLOURS.values())])
def test_colours_stand_out_in_light_and_dark(page: str, colour: str, least: float) -> None:
    low, high = sorted((brightness(page), brightness(colour)))
    assert (high + 0.05) / (low + 0.05) >= least


def test_no_documents(scheme: Scheme) -> None:
    assert ElementTree.fromstring(draw(statistics([], scheme))).tag == f"{SVG}svg"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "lang": "en", "text": "x"}\n')
    assert main(["corpus", "stats", str(tmp_path / "a.jsonl"), "--chart", str(tmp_path / "new" / "types.svg")]) == 0
    assert "documents" in capsys.readouterr().out
    assert (tmp_path / "new" / "types.svg").read_text("utf-8").startswith("<svg ")
