"""The way from predictions to reports, boards and comparisons at the command line, with no model of ours."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

import rasad.reading
from rasad.__main__ import main
from rasad.annotations.corpus import load
from rasad.annotations.jsonl import write_jsonl
from rasad.annotations.scheme import default_scheme


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder: gold, a perfect prediction, and one that lacks every document's first span."""
    monkeypatch.chdir(tmp_path)
    gold = load([tiny.corpus()])
    write_jsonl(gold, "gold.jsonl")
    write_jsonl([replace(d, model="perfect@aaa") for d in gold], "perfect.jsonl")
    write_jsonl([lacking(d) for d in gold], "lacking.jsonl")
    return tmp_path


def lacking(document):
    gone = {s.id for s in document.spans[:1]}
    relations = tuple(r for r in document.relations if not gone & {r.head, r.tail})
    return replace(document, spans=document.spans[1:], relations=relations, model="lacking@bbb")


def evaluated(name):
    assert main(["evaluate", f"{name}.jsonl", "--on", "gold.jsonl", "--out", f"{name}.json"]) == 0
    return json.loads(Path(f"{name}.json").read_text("utf-8"))


def test_predictions_of_any_system_are_scored(folder):
    perfect, less = evaluated("perfect"), evaluated("lacking")
    assert perfect["total"]["entities"]["micro"]["f1"] == 1
    assert "|checkpoint:aaa|" in perfect["signature"]
    assert (less["total"]["entities"]["micro"]["fn"], less["total"]["triggers"]["micro"]["fn"]) == (1, 1)
    assert less["given_spans"] is None and less["speed"] is None


@pytest.mark.parametrize("suffix", ["html", "md", "tex"])
def test_a_saved_report_is_drawn_again_as_it_was(folder, suffix):
    evaluated("lacking")
    assert main(["evaluate", "lacking.jsonl", "--on", "gold.jsonl", "--out", f"a.{suffix}"]) == 0
    assert main(["report", "lacking.json", "--out", f"b.{suffix}"]) == 0
    first, again = (Path(f"{name}.{suffix}").read_text("utf-8") for name in "ab")
    assert first == again
    assert "checkpoint:bbb" in first


def test_a_board_gathers_reports_the_best_first(folder, capsys):
    for name in ("lacking", "perfect"):
        evaluated(name)
        assert main(["leaderboard", "board.json", f"{name}.json", "--new-section", "--date", "2026-03-14"]) == 0
    capsys.readouterr()
    assert main(["leaderboard", "board.json", "--by", "entities"]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "2026-03-14" in line]
    assert [row.split("|")[1].strip() for row in rows] == ["perfect", "lacking"]


def test_systems_are_compared(folder):
    systems = ("perfect.jsonl", "less=lacking.jsonl,lacking.jsonl")
    assert main(["compare", *systems, "--on", "gold.jsonl", "--out", "c.json"]) == 0
    found = json.loads(Path("c.json").read_text("utf-8"))
    assert found["systems"] == ["perfect.jsonl", "less"]
    entities = next(one for one in found["contrasts"] if one["measure"] == "entities")
    assert entities["difference"] > 0 and entities["lost"] == []
    assert {one["document"] for one in entities["won"]} == {"en-1"}


class Silent:
    """Finds nothing in any text."""

    device = "cpu"

    def __init__(self):
        self.scheme = default_scheme()

    def predict(self, given, given_spans=False):
        return [replace(d, model="silent@0") for d in given]


def test_stress_asks_for_minimal_pairs_and_with_documents_for_more(folder, monkeypatch):
    monkeypatch.setattr(rasad.reading, "load_predictor", lambda checkpoint: Silent())
    assert main(["stress", "default", "--out", "a.json"]) == 0
    found = json.loads(Path("a.json").read_text("utf-8"))
    assert list(found) == ["contrasts"]
    assert found["contrasts"]["total"]["pairs"] >= 230 and found["contrasts"]["total"]["right"] == 0
    assert main(["stress", "default", "--on", "gold.jsonl", "--out", "b.json"]) == 0
    assert list(json.loads(Path("b.json").read_text("utf-8"))) == ["contrasts", "perturbations", "parity"]
