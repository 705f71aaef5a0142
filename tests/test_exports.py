"""Exports: every form in every kind of file, nothing lost, no cell that runs, files whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incidents_by_hand import LATAKIA, NORTHEAST, SCHEME, bare, harbour
from strategies import texts

from rasad.annotations.errors import RasadError
from rasad.inference.records import FORMS, Form, columns, exports
from rasad.inference.records.exports import Told, cell, export, frame, geometry, stream


def articles() -> Iterator[Told]:
    yield harbour()
    yield bare()


def in_the_northeast() -> Told:
    doc, incidents, values = harbour()
    return doc, incidents, replace(values, places={"p1": NORTHEAST})


@pytest.mark.parametrize("form", FORMS)
def test_jsonl_holds_the_rows(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    count = export(articles(), path, SCHEME, form)
    read = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert read == list(stream(articles(), SCHEME, form))
    assert count == len(read) > 0


@pytest.mark.parametrize("form", FORMS)
def test_csv_holds_the_rows(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    export(articles(), path, SCHEME, form)
    read = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    rows = list(stream(articles(), SCHEME, form))
    assert list(read[0]) == [column.name for column in columns(form)]
    assert read == [{name: cell(value) for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("form", FORMS)
def test_parquet_holds_the_rows_and_says_what_they_are(form: Form, tmp_path: Path, monkeypatch: Any) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(exports, "ROWS_OF_A_GROUP", 1)
    path = tmp_path / "rows.parquet"
    count = export(articles(), path, SCHEME, form)
    rows = list(stream(articles(), SCHEME, form))
    dates = [column.name for column in columns(form) if column.type == "date"]
    read = parquet.read_table(path).to_pylist()
    assert [row | {name: row[name] and row[name].isoformat() for name in dates} for row in read] == rows
    assert parquet.ParquetFile(path).num_row_groups == count == len(rows)
    described = parquet.read_schema(path).field(columns(form)[0].name).metadata
    assert described == {b"description": columns(form)[0].description.encode()}


def test_parquet_of_nothing_has_its_columns(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rows.parquet"
    assert export(iter(()), path, SCHEME) == 0
    assert parquet.read_table(path).column_names == [column.name for column in columns()]


def test_a_frame_is_typed() -> None:
    pytest.importorskip("pandas")
    found = frame(articles(), SCHEME)
    assert list(found.columns) == [column.name for column in columns()]
    kinds = {name: str(found[name].dtype) for name in ("event_date", "fatalities_low", "latitude", "is_main")}
    assert kinds == {
        "event_date": "datetime64[s]",
        "fatalities_low": "Int64",
        "latitude": "Float64",
        "is_main": "boolean",
    }
    assert found["fatalities_low"].sum() == 2
    assert found["event_date"].isna().tolist() == [False, True]
    assert found["injured"].explode().tolist()[:2] == ["عدد من العمال", "البحارة"]
    assert list(frame(iter(()), SCHEME, "arguments").columns) == [column.name for column in columns("arguments")]


def test_geojson_has_points_areas_and_what_is_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "map.geojson"
    somewhere = in_the_northeast()
    third = (replace(somewhere[0], id="ar-area"), *somewhere[1:])
    assert export([*articles(), third], path, SCHEME) == 3
    read = json.loads(path.read_text("utf-8"))
    point, nowhere, area = (feature["geometry"] for feature in read["features"])
    assert point == {"type": "Point", "coordinates": [LATAKIA.lon, LATAKIA.lat]}
    assert nowhere is None
    assert area["type"] == "Polygon"
    assert [feature["id"] for feature in read["features"]] == ["ar-marsa:e1", "ar-bare:e10", "ar-area:e1"]
    assert read["features"][0]["properties"] == next(stream(articles(), SCHEME))


def test_geojson_of_nothing_is_geojson(tmp_path: Path) -> None:
    export([], tmp_path / "map.geojson", SCHEME)
    assert json.loads((tmp_path / "map.geojson").read_text())["features"] == []


def test_an_area_is_a_ring_against_the_clock_of_its_radius() -> None:
    shape = geometry({"latitude": 0.0, "longitude": 40.0, "location_radius_km": 111.195})
    assert shape is not None
    ring = shape["coordinates"][0]
    assert ring[0] == ring[-1] == [40.0, 1.0]  # a degree of the earth to the north
    assert ring[len(ring) // 4][0] == pytest.approx(39.0, abs=1e-3)  # then by the west
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    assert doubled > 0


@pytest.mark.parametrize(("latitude", "longitude"), [(89.9, 0.0), (0.0, 179.9)])
def test_an_area_over_a_pole_or_the_line_of_dates_is_its_middle(latitude: float, longitude: float) -> None:
    shape = geometry({"latitude": latitude, "longitude": longitude, "location_radius_km": 100.0})
    assert shape == {"type": "Point", "coordinates": [longitude, latitude]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "true"),
        (0, "0"),
        (-3.5, "-3.5"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-4 to 5", "'-4 to 5"),
        ("+961", "'+961"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "'=1"),
        ("a\r\n b\u2028c", "a b c"),
        ("a  b \x00 \n\x00 c\n", "a  b c"),
        (["=x", "y; z"], "'=x; y, z"),
        ([], ""),
        (["a", "b"], "a; b"),
    ],
)
def test_cells(value: object, expected: str) -> None:
    assert cell(value) == expected


@given(st.lists(texts() | st.text(), max_size=3))
def test_no_cell_begins_a_formula_or_a_line(parts: list[str]) -> None:
    for said in (cell(parts), *map(cell, parts)):
        assert not said.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert len(said.splitlines()) <= 1
    assert len(cell(parts).split("; ")) >= len([part for part in parts if part.strip()]) - 1


def test_excel_gets_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    export(articles(), path, SCHEME, bom=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfincident_id,")
    assert "لواء الساحل" in path.read_text("utf-8-sig")


def failing() -> Iterator[Told]:
    yield harbour()
    raise RuntimeError


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "geojson"])
def test_a_file_is_whole_or_as_it_was(suffix: str, tmp_path: Path) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"rows.{suffix}"
    path.write_text("before")
    with pytest.raises(RuntimeError):
        export(failing(), path, SCHEME)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_one_article_at_a_time() -> None:
    taken = []

    def watched() -> Iterator[Told]:
        for article in articles():
            taken.append(article[0].id)
            yield article

    rows = stream(watched(), SCHEME)
    next(rows)
    assert taken == ["ar-marsa"]


def test_two_articles_of_one_id_are_refused() -> None:
    with pytest.raises(RasadError, match="document id ar-marsa comes twice"):
        list(stream([harbour(), harbour()], SCHEME))


def test_a_suffix_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(RasadError, match=r"no table has the suffix .xls \(allowed: .jsonl, .csv, .geojson, .parquet\)"):
        export(articles(), tmp_path / "rows.xls", SCHEME)
    with pytest.raises(RasadError, match="GeoJSON holds the form incidents, not arguments"):
        export(articles(), tmp_path / "rows.geojson", SCHEME, "arguments")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["pandas", "pyarrow"])
def test_a_missing_package_is_named(package: str, tmp_path: Path, monkeypatch: Any) -> None:
    def without(name: str) -> Any:
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(exports, "import_module", without)
    with pytest.raises(RasadError, match=rf"needs {package}, which is not installed: pip install 'rasad\[tables\]'"):
        if package == "pandas":
            frame(articles(), SCHEME)
        else:
            export(articles(), tmp_path / "rows.parquet", SCHEME)
    assert export(articles(), tmp_path / "rows.csv", SCHEME) == 2
