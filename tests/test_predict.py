"""`rasad predict` on many articles: what failed is kept, what is done is not lost, and a run goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from killing import killed_in
from test_cli import FakePredictor

import rasad.reading
from rasad.__main__ import main

TEXT = "Gunmen attacked a checkpoint near Hasakah.\n"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakePredictor:
    predictor = FakePredictor()
    monkeypatch.setattr(rasad.reading, "load_predictor", lambda *settings: predictor)
    return predictor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder; in `in`, twelve articles, three of which come to nothing."""
    monkeypatch.chdir(tmp_path)
    for number in range(6):
        path = Path(f"in/{number % 2}/{number}.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{number} {TEXT}", "utf-8")
    Path("in/0/2.txt").write_bytes(b"\xff")
    Path("in/1/3.txt").write_text("Please refuse this.", "utf-8")
    lines = [json.dumps({"text": f"{number} {TEXT}"}) for number in range(6)]
    Path("in/rows.jsonl").write_text("\n".join([*lines[:3], '{"text": ', *lines[3:5]]) + "\n", "utf-8")
    return tmp_path


def rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


PREDICT = ["predict", "in", "--out", "found.jsonl"]
DONE = [
    ("in/0/0.txt", None),
    ("in/0/4.txt", None),
    ("in/1/1.txt", None),
    ("in/1/5.txt", None),
    *(("in/rows.jsonl", line) for line in (1, 2, 3, 5, 6)),
]
FAILED = [("in/0/2.txt", 1, "not UTF-8"), ("in/1/3.txt", None, "3: refused"), ("in/rows.jsonl", 4, "not JSON")]


def assert_all_done() -> None:
    assert [(row["path"], row.get("line")) for row in rows("found.jsonl")] == DONE
    errors = rows("found.errors.jsonl")
    assert [list(row) for row in errors] == [["path", "line", "message"]] * 3
    for row, (path, line, message) in zip(errors, FAILED, strict=True):
        assert (row["path"], row["line"]) == (path, line)
        assert row["message"].startswith(message)
    assert sorted(path.name for path in Path().iterdir()) == ["found.errors.jsonl", "found.jsonl", "in"]


def test_what_failed_is_kept_beside_the_output(
    folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(PREDICT) == 2
    assert_all_done()
    assert capsys.readouterr().err.splitlines()[-1] == "rasad: read 12 of 12"
    Path("in/0/2.txt").unlink()
    assert main(["predict", "in/0", "--out", "found.jsonl"]) == 0
    assert not Path("found.errors.jsonl").exists()  # of the run before
    assert len(rows("found.jsonl")) == 2


@pytest.mark.parametrize("call", range(1, 11))
def test_a_run_that_was_killed_goes_on(
    folder: Path,
    fake: FakePredictor,
    call: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with killed_in(monkeypatch, FakePredictor, "predict", call):
        main(PREDICT)
    done = len(rows("found.jsonl.part")) if Path("found.jsonl.part").exists() else 0
    assert done == min(call - 1, 9) - (call > 4)  # the fourth is refused
    kept = f"rasad: {folder.resolve() / 'found.jsonl.part'}: keeps what is done; give the same command again to go on"
    assert (kept in capsys.readouterr().err.splitlines()) == (done > 0)
    assert not Path("found.jsonl").exists()
    fake.asked.clear()
    assert main(PREDICT) == 2
    assert_all_done()
    assert len(fake.asked) == 10 - done  # the one that is refused, too
    assert (f"goes on after {done} articles" in capsys.readouterr().err) == (done > 0)


def test_a_run_that_had_only_to_end_ends(folder: Path, fake: FakePredictor) -> None:
    assert main(["predict", "in/0/0.txt", "--out", "found.jsonl"]) == 0
    Path("found.jsonl").rename("found.jsonl.part")
    fake.asked.clear()
    assert main(["predict", "in/0/0.txt", "--out", "found.jsonl"]) == 0
    assert fake.asked == []
    assert len(rows("found.jsonl")) == 1


def test_stop_stops_at_the_first_error_and_goes_on_from_there(folder: Path, fake: FakePredictor) -> None:
    assert main([*PREDICT, "--on-error", "stop"]) == 2
    assert fake.asked == ["0"]
    assert [row["path"] for row in rows("found.errors.jsonl")] == ["in/0/2.txt"]
    Path("in/0/2.txt").write_text(TEXT, "utf-8")
    assert main([*PREDICT, "--on-error", "stop"]) == 2
    assert fake.asked == ["0", "2", "4", "1", "3"]
    assert [row["path"] for row in rows("found.errors.jsonl")] == ["in/1/3.txt"]
    assert not Path("found.jsonl").exists()


def test_stop_does_not_begin_where_a_path_is_wrong(folder: Path, fake: FakePredictor) -> None:
    assert main([*PREDICT, "missing", "--on-error", "stop"]) == 2
    assert fake.asked == []
    assert [row["path"] for row in rows("found.errors.jsonl")] == ["missing"]


def test_other_files_do_not_go_on(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "in/0/0.txt", "in/1/1.txt", "--out", "found.jsonl"]) == 0
    Path("found.jsonl").rename("found.jsonl.part")
    capsys.readouterr()
    assert main(["predict", "in/0/0.txt", "--out", "found.jsonl"]) == 2
    told = capsys.readouterr().err
    assert "holds results of 1 files that are not among these, as in/1/1.txt" in told
    assert told.count("\n") == 1


def test_what_a_run_writes_among_the_articles_is_no_article(folder: Path, fake: FakePredictor) -> None:
    Path("in/rows.jsonl").unlink()
    assert main(["predict", "in", "--out", "in/found.jsonl", "--on-error", "stop"]) == 2
    assert {path.name for path in Path("in").iterdir()} == {"0", "1", "found.jsonl.part", "found.errors.jsonl"}
    assert main(["predict", "in", "--out", "in/found.jsonl"]) == 2
    assert len(rows("in/found.jsonl")) == 4
    assert [row["path"] for row in rows("in/found.errors.jsonl")] == ["in/0/2.txt", "in/1/3.txt"]


@pytest.mark.parametrize(("given", "what"), [("in.errors.jsonl", "one of the files read"), ("in", "something else")])
def test_the_file_of_errors_does_not_go_over_articles(
    given: str, what: str, folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("in.errors.jsonl").write_text('{"text": "An article."}\n', "utf-8")
    assert main(["predict", given, "--out", "in.jsonl"]) == 2
    assert what in capsys.readouterr().err
    assert rows("in.errors.jsonl") == [{"text": "An article."}]
    assert fake.asked == []


def test_fields_are_named_by_flags(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"body": TEXT, "url": "https://coast.example/1", "published": "2024-04-22T06:30:00Z", "tongue": "en"}
    Path("rows.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps({'body': TEXT})}\n", "utf-8")
    flags = ["--text-field", "body", "--id-field", "url", "--date-field", "published", "--lang-field", "tongue"]
    assert main(["predict", "rows.jsonl", *flags, "--format", "jsonl"]) == 2
    shown = capsys.readouterr()
    (found,) = map(json.loads, shown.out.splitlines())
    assert [found[key] for key in ("id", "date", "lang")] == ["https://coast.example/1", "2024-04-22", "en"]
    assert "rasad: rows.jsonl:2: no field url; the fields there are body" in shown.err


def test_what_the_form_cannot_carry_is_laid_to_its_article(
    folder: Path, fake: FakePredictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rasad.output
    from rasad.annotations.errors import RasadError

    def refuses(document: Any, file: Any, scheme: Any) -> None:
        raise RasadError(f"{document.id}: not in this form")

    monkeypatch.setitem(rasad.output._WRITERS, "conll", refuses)
    assert main(["predict", "in/0/0.txt", "--out", "found.conll"]) == 2
    assert rows("found.errors.jsonl") == [{"path": "in/0/0.txt", "line": None, "message": "0: not in this form"}]
