"""Records: what the flat and the long form say of an incident, and that every column is there and documented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from incidents_by_hand import (
    LATAKIA,
    NORTHEAST,
    SCHEME,
    SYRIA,
    any_incident,
    bare,
    filler,
    harbour,
    incident,
    shown,
    values,
)

from rasad.annotations.errors import RasadError
from rasad.inference.numbers import Count
from rasad.inference.records import FORMS, Column, Form, Row, columns, rows, written
from rasad.inference.records.exports import Told
from rasad.inference.times import TimeValue

TYPES = {"string": str, "integer": int, "number": int | float, "boolean": bool, "date": str, "strings": list}


def told(form: Form, article: Told) -> list[Row]:
    doc, incidents, found = article
    return list(rows(form, doc, incidents, found, SCHEME))


def first(article: Told) -> Row:
    return told("incidents", article)[0]


def fits(value: object, column: Column) -> bool:
    if value is None:
        return column.type != "strings"
    if column.type == "date":
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    if column.type == "strings":
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    return isinstance(value, TYPES[column.type]) and isinstance(value, bool) == (column.type == "boolean")


@pytest.mark.parametrize("form", FORMS)
def test_columns_are_documented_with_an_example_of_their_type(form: Form) -> None:
    found = columns(form)
    assert len({column.name for column in found}) == len(found)
    for column in found:
        assert column.description.strip(), column.name
        example = [column.example] if column.type == "strings" else column.example
        assert fits(example, column), column.name


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("article", [harbour(), bare()], ids=["harbour", "bare"])
def test_rows_have_every_column_in_order_and_of_its_type(form: Form, article: Told) -> None:
    for row in told(form, article):
        assert list(row) == [column.name for column in columns(form)]
        assert all(fits(row[column.name], column) for column in columns(form))


def test_the_columns_of_others_are_ours_under_their_names() -> None:
    ours = {column.description for column in columns("incidents")}
    for form in ("acled", "plover"):
        assert {column.description for column in columns(form)} <= ours
    with pytest.raises(RasadError, match="did you mean incidents"):
        columns("incident")  # type: ignore[arg-type]


def test_an_incident_in_a_row() -> None:
    row = first(harbour())
    expected = {
        "incident_id": "ar-marsa:e1",
        "document_id": "ar-marsa",
        "language": "ar",
        "published": "2025-03-11",
        "model": "rasad@1",
        "type": "ATTACK",
        "status": "disputed",
        "is_main": True,
        "is_background": False,
        "event_date": "2025-03-10",
        "event_date_end": "2025-03-10",
        "year": 2025,
        "date_precision": "daypart",
        "time_precision": 1,
        "actor1": "Coast Brigade",
        "actor1_ar": "لواء الساحل",
        "actor1_country": "SY",
        "actor1_type": "GROUP",
        "actor1_basis": "accused",
        "inter1": "Armed group",
        "actor2": "حارسين",
        "actor2_basis": "victims",
        "targets": ["ميناء المرسى القديم"],
        "instruments": ["drone"],
        "instrument_counts": ["3"],
        "denied_by": ["Coast Brigade"],
        "alleged_by": ["الحكومة"],
        "location": "Latakia",
        "country": "SY",
        "latitude": 35.5,
        "location_basis": "located",
        "geo_precision": 1,
        "fatalities_low": 2,
        "fatalities_high": 2,
        "fatalities_figures": ["2 (Health Directorate)"],
        "injured_low": 0,
        "injured_high": None,
        "injured_figures": ["some (Health Directorate)", "0"],
        "triggers": ["هجوم", "قصفت", "بالهجوم"],
        "start": 0,
        "end": 4,
        "acled_sub_event_type": "Air/drone strike",
        "plover_mode": "drone",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["status_reasons"] == ["alleged: الحكومة", "denied: Coast Brigade"]


def test_what_is_not_known_is_null_and_nothing_is_nought() -> None:
    row = first(bare())
    unknown = ("event_date", "year", "time_precision", "location", "latitude", "geo_precision", "actor1", "actor2",
               "fatalities_low", "fatalities_high", "injured_low", "published", "model", "score")  # fmt: skip
    assert [row[name] for name in unknown] == [None] * len(unknown)
    assert row["fatalities_figures"] == row["sources"] == []


def test_the_long_form_has_each_argument_and_each_mention() -> None:
    found = told("arguments", harbour())
    assert [row["span_id"] for row in found if row["slot"] == "trigger"] == ["e1", "e2", "e6"]
    by_slot = {row["slot"]: row for row in found if row["argument_id"].endswith(":1")}
    assert by_slot["target"]["text"] == "ميناء المرسى القديم"
    assert (by_slot["target"]["start"], by_slot["target"]["end"]) == (63, 82)
    assert (by_slot["instrument"]["count_low"], by_slot["instrument"]["count_kind"]) == (3, "exact")
    assert by_slot["time"]["time_start"] == "2025-03-10T18:00"
    assert (by_slot["place"]["latitude"], by_slot["place"]["inferred"]) == (LATAKIA.lat, "located")
    assert by_slot["accused"]["name_en"] == "Coast Brigade"
    assert [row["negated"] for row in found if row["slot"] == "injured"] == [False, True]
    assert {row["negated"] for row in found if row["slot"] not in ("killed", "injured")} == {None}
    ids = [row["argument_id"] for row in found]
    assert len(set(ids)) == len(ids)


def test_an_incident_with_no_arguments_is_in_the_long_form() -> None:
    assert [row["slot"] for row in told("arguments", bare())] == ["trigger"]


def test_who_says_so_is_named() -> None:
    doc, (found,), value = harbour()
    found = replace(found, slots={**found.slots, "instrument": (filler(doc, "w1", "o1"),)})
    row = next(r for r in told("arguments", (doc, (found,), value)) if r["slot"] == "instrument")
    assert (row["said_by"], row["said_by_spans"]) == (["Health Directorate"], ["o1"])


def test_rows_without_a_code_stay_out_of_the_rows_of_others() -> None:
    doc, (found,), value = harbour()
    planned = (doc, (replace(found, status="planned"),), value)
    assert told("acled", planned) == []
    assert told("plover", planned)[0]["context"] == ["military", "hypothetical"]
    assert told("acled", harbour())[0]["event_type"] == "Explosions/Remote violence"


SIDES = shown(
    "[Two fighters](PERSON:a) of the [Front](GROUP:g) [fought](CLASH:e) the [army](FORCE:b) and the [police](FORCE:c) "
    "at the [base](FACILITY:f) of the [guard](FORCE:d) in [Wadi Nour](GPE:p).",
    "a MEMBER_OF g\nf OPERATED_BY d",
    "en",
)


def test_sides_of_a_clash() -> None:
    row = first((SIDES, (incident(SIDES, ("e",), {"agent": ("a", "b", "c")}),), values()))
    assert (row["actor1"], row["actor1_basis"], row["assoc_actor_1"]) == ("Front", "member", ["Two fighters"])
    assert (row["actor2"], row["actor2_basis"], row["assoc_actor_2"]) == ("army", "stated", ["police"])


def test_names_that_are_not_known_stand_without_clitics_and_possessive() -> None:
    doc = shown("[اتهمت](ACCUSATION:e) [وللمسلحين](PERSON:a) [ومجموعة](GROUP:b) [Front's](GROUP:c)", "", "ar")
    row = first((doc, (incident(doc, ("e",), {"agent": ("a", "b", "c")}),), values()))
    assert row["agents"] == ["المسلحين", "مجموعة", "Front"]


def test_whose_the_target_is() -> None:
    row = first((SIDES, (incident(SIDES, ("e",), {"agent": ("b",), "target": ("f",)}),), values()))
    assert (row["actor1"], row["actor2"], row["actor2_basis"]) == ("army", "guard", "operated")
    assert row["assoc_actor_2"] == ["base"]


def test_the_smallest_place_is_the_location() -> None:
    clash = incident(SIDES, ("e",), {"target": ("p",), "place": ("f",)})
    row = first((SIDES, (clash,), values(places={"f": NORTHEAST, "p": LATAKIA})))
    assert (row["location"], row["location_basis"], row["geo_precision"]) == ("Latakia", "target", 1)
    row = first((SIDES, (clash,), values(places={"f": SYRIA, "p": NORTHEAST})))
    assert (row["location"], row["location_kind"], row["geo_precision"]) == ("northeast Syria", "area", 3)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2025-03-10", "2025-03-11", ("2025-03-10", "2025-03-10")),
        ("2025-03-10T20:00", "2025-03-11T04:00", ("2025-03-10", "2025-03-11")),
        ("2025-03-10T21:50+03:00", "2025-03-10T21:51+03:00", ("2025-03-10", "2025-03-10")),
        ("2025-03-10", None, ("2025-03-10", None)),
        (None, "2025-03-10", (None, "2025-03-09")),
    ],
)
def test_dates_are_the_first_and_the_last_day(start: str | None, end: str | None, expected: tuple[str, str]) -> None:
    clash = incident(SIDES, ("e",), {}, when=TimeValue(None, start, end, "day"))
    row = first((SIDES, (clash,), values()))
    assert (row["event_date"], row["event_date_end"]) == expected


@settings(max_examples=40)
@given(any_incident())
def test_any_incident_has_its_rows(article: Told) -> None:
    found = told("incidents", article) + told("incidents", bare())
    assert len({row["incident_id"] for row in found}) == len(found)
    for form in FORMS:
        for row in told(form, article):
            assert all(fits(row[column.name], column) for column in columns(form))
    (found_incident,) = article[1]
    fillers = sum(map(len, found_incident.slots.values()))
    assert len(told("arguments", article)) == fillers + len(found_incident.mentions)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (Count(3, 3, "exact"), "3"),
        (Count(5, None, "at_least"), ">=5"),
        (Count(None, 9, "at_most"), "<=9"),
        (Count(20, 20, "about"), "~20"),
        (Count(3, 9, "exact"), "3 to 9"),
        (Count(2, None, "some"), "some"),
        (None, "-"),
    ],
)
def test_counts_in_a_cell(count: Count | None, expected: str) -> None:
    assert written(count) == expected
