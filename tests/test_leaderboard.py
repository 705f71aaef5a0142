"""Leaderboards: rows that can be compared in one section, replaced and not doubled, and nothing lost by a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from evaluated import evaluated
from hypothesis import given
from hypothesis import strategies as st

from rasad.annotations.errors import FormatError, RasadError
from rasad.eval.leaderboard import add, read, to_markdown

DAY = "2026-03-14"


def report(
    checkpoint: str = "aaa", *, relations: float | None = 0.5, entities: float = 0.8, **conditions: str
) -> dict[str, Any]:
    signed = {"scheme": "2.1", "data": "d1", "split": "dev", "checkpoint": checkpoint, "match": "strict", "docs": "30"}
    total = {"entities": {"micro": {"f1": entities}}, "coreference": {"all": {"mean": 0.75}}}
    if relations is not None:
        total["relations"] = {"micro": {"f1": relations}}
    return {
        "form": 1,
        "signature": "|".join(f"{key}:{value}" for key, value in (signed | {"rasad": "0.1.0"} | conditions).items()),
        "total": total,
        "intervals": {"relations": {"all": [0.4, 0.6]}},
        "speed": {"seconds": 1.0, "words_per_second": 412.3},
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "board.json"


def names(path: Path) -> list[list[str]]:
    return [[row["name"] for row in section["rows"]] for section in read(path)["sections"]]


def ranked(path: Path, measure: str) -> list[str]:
    table = to_markdown(read(path), measure).split("\n\n")[2]
    return [line.split("|")[1].strip() for line in table.splitlines()[2:]]


def test_a_row_has_scores_intervals_speed_and_date(path: Path) -> None:
    add(path, report(), "first", date=DAY)
    assert to_markdown(read(path)).split("\n\n") == [
        "Best Relations first. F1, with 95% intervals over documents.",
        "## `scheme:2.1|data:d1|split:dev|match:strict`",
        "|  | Entities | Triggers | Relations | SAME_AS, CoNLL mean | words a second | checkpoint | rasad | date |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| first | 0.800 | – | 0.500 [0.400, 0.600] | 0.750 | 412 | aaa | 0.1.0 | 2026-03-14 |\n",
    ]


def test_the_same_signature_is_replaced_another_added(path: Path) -> None:
    add(path, report(relations=0.1), "first", date=DAY)
    add(path, report("bbb"), "other", date=DAY)
    add(path, report(relations=0.9), "renamed", date="2026-03-15")
    assert names(path) == [["other", "renamed"]]
    assert [row["scores"]["relations"] for row in read(path)["sections"][0]["rows"]] == [0.5, 0.9]


def test_systems_without_a_checkpoint_are_told_apart_by_name(path: Path) -> None:
    for name in ("one", "two", "one"):
        add(path, report("none"), name, date=DAY)
    assert names(path) == [["one", "two"]]


@pytest.mark.parametrize("condition", ["data", "split", "scheme", "match"])
def test_other_conditions_need_a_section_of_their_own(path: Path, condition: str) -> None:
    add(path, report(), "first", date=DAY)
    before = path.read_bytes()
    other = report("bbb", **{condition: "other"})
    with pytest.raises(RasadError, match=rf"the board has {condition}:\S+, the report has {condition}:other;"):
        add(path, other, "second", date=DAY)
    assert path.read_bytes() == before
    add(path, other, "second", date=DAY, new_section=True)
    add(path, report("ccc", **{condition: "other"}), "third", date=DAY)
    add(path, report("ddd"), "fourth", date=DAY, new_section=True)
    assert names(path) == [["first", "fourth"], ["second", "third"]]


def test_the_nearest_section_is_named(path: Path) -> None:
    add(path, report(data="d2", split="test"), "a", date=DAY)
    add(path, report(), "b", date=DAY, new_section=True)
    with pytest.raises(RasadError, match=r"the board has split:dev, the report has split:train;"):
        add(path, report(split="train"), "c", date=DAY)


def test_the_best_come_first_by_the_measure(path: Path) -> None:
    add(path, report("a", relations=0.1, entities=0.9), "low", date=DAY)
    add(path, report("b", relations=0.7, entities=0.2), "high", date=DAY)
    add(path, report("c", relations=None, entities=0.5), "absent", date=DAY)
    add(path, report("d", relations=0.0, entities=0.2), "even", date=DAY)
    assert ranked(path, "relations") == ["high", "low", "even", "absent"]
    assert ranked(path, "entities") == ["low", "absent", "even", "high"]


@given(st.permutations(range(4)))
def test_no_order_matters(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    path = tmp_path_factory.mktemp("boards") / "board.json"
    for number in order:
        add(path, report(str(number), relations=number % 2), f"name{number // 2}", date=DAY)
    assert names(path) == [["name0", "name0", "name1", "name1"]]
    assert ranked(path, "relations") == ["name0", "name1", "name0", "name1"]


def test_a_whole_evaluation_goes_in(path: Path) -> None:
    found = evaluated()
    add(path, found, "two | stories", date=DAY)
    (row,) = read(path)["sections"][0]["rows"]
    assert row["scores"]["triggers"] == found["total"]["triggers"]["micro"]["f1"]
    assert row["intervals"]["triggers"] == found["intervals"]["triggers"]["all"]
    assert "two \\| stories" in to_markdown(read(path), "coreference")


@pytest.mark.parametrize(
    ("change", "date", "says"),
    [
        ({}, "14.3.2026", "is no day; write it as 2026-03-14"),
        ({"form": None}, DAY, "its form is None"),
        ({"signature": "scheme:2.1|data:d1|checkpoint:a"}, DAY, "says nothing of split, match"),
    ],
)
def test_what_is_no_report_leaves_the_board_as_it_was(path: Path, change: dict[str, Any], date: str, says: str) -> None:
    add(path, report(), "first", date=DAY)
    before = path.read_bytes()
    with pytest.raises(RasadError, match=says):
        add(path, report("bbb") | change, "second", date=date)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"form": 1}), json.dumps({"form": 1, "sections": [{}]})])
def test_another_file_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(FormatError, match=r"board\.json: no"):
        add(path, report(), "first", date=DAY)
    assert path.read_text() == text


def test_an_unknown_measure_is_named(path: Path) -> None:
    add(path, report(), "first", date=DAY)
    with pytest.raises(RasadError, match="did you mean relations"):
        to_markdown(read(path), "relation")
