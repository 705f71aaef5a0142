"""The commands that score and compare: bad input is one line, told before any model reads, and nothing is written."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from evaluated import evaluated
from rich.console import Console

import rasad.reading
from rasad.__main__ import main
from rasad.annotations.document import Document
from rasad.annotations.scheme import default_scheme
from rasad.eval.comparison import compare
from rasad.eval.errors import Causes
from rasad.eval.report import render_comparison

GOLD = [
    {"id": "en-1", "lang": "en", "text": "Gunmen attacked a checkpoint.", "meta": {"split": "dev"}},
    {"id": "en-2", "lang": "en", "text": "Troops shelled a village.", "meta": {"split": "dev"}},
]
SPANS = [
    [{"id": "a", "start": 0, "end": 6, "type": "PERSON", "text": "Gunmen"}],
    [{"id": "a", "start": 0, "end": 6, "type": "FORCE", "text": "Troops"}],
]
FOUND = [{**row, "spans": spans} for row, spans in zip(GOLD, SPANS, strict=True)]


def lines(path: str, rows: list[dict[str, Any]]) -> None:
    Path(path).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with gold, predictions and a report in it, and where no checkpoint may be loaded."""
    monkeypatch.chdir(tmp_path)
    lines("gold.jsonl", FOUND)
    lines("one.jsonl", FOUND)
    lines("two.jsonl", [FOUND[0], GOLD[1]])
    Path("empty.jsonl").touch()
    Path("report.json").write_text(json.dumps(evaluated()), "utf-8")

    def load(checkpoint: str) -> None:
        raise AssertionError(f"{checkpoint} is loaded")

    monkeypatch.setattr(rasad.reading, "load_predictor", load)
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fails(capsys: pytest.CaptureFixture[str], command: str) -> str:
    """Run a command that must end with 2 and one line on standard error, and return the line."""
    assert main(command.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rasad: ") and err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("evaluate defualt --on gold.jsonl", "defualt: no such file or folder (did you mean default?)"),
        ("evaluate gone.jsonl --on gold.jsonl", "gone.jsonl: no such file or folder; give a checkpoint's folder"),
        ("evaluate one.jsonl --on empty.jsonl", "empty.jsonl: no documents"),
        ("evaluate one.jsonl --on gold.jsonl --trained empty.jsonl", "empty.jsonl: no documents"),
        ("evaluate one.jsonl --on gold.jsonl --out n.html --format md", "suffix says html, --format says md"),
        ("evaluate empty.jsonl --on gold.jsonl", "empty.jsonl: predicted: documents of gold are missing: en-1, en-2;"),
        ("compare one.jsonl --on gold.jsonl", "one system; a comparison takes two or more"),
        ("compare default a=one.jsonl --on gold.jsonl --out c.html", "as a table or as JSON, not as html"),
        ("compare default a=one.jsonl --on gold.jsonl --format md", "--format"),
        ("compare default a=one.jsonl --on gold.jsonl --samples 99", "--samples"),
        ("compare default gone.jsonl --on gold.jsonl", "gone.jsonl: no such file"),
        ("compare default a=one.jsonl b=empty.jsonl --on gold.jsonl", "empty.jsonl: predicted: documents of gold"),
        ("compare one.jsonl b=two.jsonl, --on gold.jsonl", "b=two.jsonl,: a name or a run is empty"),
        ("compare one.jsonl =two.jsonl --on gold.jsonl", "=two.jsonl: a name or a run is empty"),
        ("stress default --split dev", "--split chooses among the documents of --on"),
        ("stress default --out s.tex", "as a table or as JSON, not as tex"),
        ("leaderboard board.json --name mine", "name its file behind the board"),
        ("leaderboard board.json report.json --by relation", "--by"),
    ],
)
def test_bad_input(folder: Path, capsys: pytest.CaptureFixture[str], command: str, says: str) -> None:
    before = contents(folder)
    assert says in fails(capsys, command)
    assert contents(folder) == before


def test_the_folder_of_a_run_points_to_its_checkpoint(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "run" / "best").mkdir(parents=True)
    Path("run/best/config.json").touch()
    lines("run/log.jsonl", [{"step": 1}])
    assert str(Path("give run/best")) in fails(capsys, "evaluate run --on gold.jsonl")


@pytest.mark.parametrize("command", ["report broken.json --out n.html", "leaderboard new.json broken.json --name x"])
@pytest.mark.parametrize("micro", [{"precision": 0.5, "recall": 0.5, "f1": "high"}, [0.5]])
def test_a_report_that_was_tampered_with(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, micro: object
) -> None:
    report = evaluated()
    report["total"]["entities"]["micro"] = micro
    Path("broken.json").write_text(json.dumps(report), "utf-8")
    before = contents(folder)
    assert "broken.json: not as rasad evaluate wrote it" in fails(capsys, command)
    assert contents(folder) == before


def test_a_board_in_a_new_folder_and_the_flag_that_another_section_takes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["leaderboard", "new/board.json", "report.json"]) == 0
    assert "| tiny |" in capsys.readouterr().out
    other = evaluated()
    other["signature"] = other["signature"].replace("split:dev", "split:test")
    Path("other.json").write_text(json.dumps(other), "utf-8")
    assert "--new-section" in fails(capsys, "leaderboard new/board.json other.json")


@pytest.mark.parametrize("change", [{"checkpoint": "none"}, {"total": None}, {"total": "lost"}])
def test_no_row_is_lost_to_a_report_without_name_or_scores(
    folder: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    assert main(["leaderboard", "board.json", "report.json"]) == 0
    capsys.readouterr()
    Path("other.json").write_text(json.dumps(evaluated() | change), "utf-8")
    before = contents(folder)
    assert ("--name" if "checkpoint" in change else "no scores") in fails(capsys, "leaderboard board.json other.json")
    assert contents(folder) == before


def test_a_path_may_hold_an_equals_sign(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.jsonl").rename("lr=1.jsonl")
    assert main(["compare", "lr=1.jsonl", "two.jsonl", "--on", "gold.jsonl", "--samples", "100"]) == 0
    assert "lr=1.jsonl less two.jsonl" in capsys.readouterr().out


def test_a_comparison_is_whole_on_a_terminal_of_eighty_columns(folder: Path) -> None:
    gold = [Document(row["id"], row["text"], "en") for row in GOLD]
    systems = {"[a] of a long, long, long name": [gold] * 3, "b": [gold] * 3}
    found = compare(systems, gold, default_scheme(), samples=100, causes=dict.fromkeys(systems, Causes.of([])))
    out = io.StringIO()
    render_comparison(found, Console(file=out, width=80))
    drawn = out.getvalue()
    assert "…" not in drawn
    assert all(drawn.count(f" {measure} ") == 2 for measure in found.measures)
    assert "[a] of a long, long, long name less b" in drawn
    assert "[a] of a long, long, long name, errors: none" in drawn
