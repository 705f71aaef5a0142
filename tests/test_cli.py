"""The command line: exit codes, one line for a mistake, nothing half written, the rest of a batch done."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from pyarrow import parquet

import rasad.reading
from rasad.__main__ import main
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.inference.records import columns
from rasad.output import RowForm

ROOT = Path(__file__).parents[1]
FAMILIES = ("entities", "triggers", "relations")
ARABIC = "هاجم مسلحون حاجزا قرب الحسكة.\n"
ENGLISH = "Gunmen attacked a checkpoint near Hasakah.\n"
GOLD = """---
id: en-1
lang: en
date: 2024-04-22
---
[Gunmen](PERSON:p1) [attacked](ATTACK:e1) a [checkpoint](FACILITY:f1).

```relations
e1 AGENT p1
e1 TARGET f1
```
"""


class FakePredictor:
    """Marks the first word as the trigger of an attack by the second; refuses `refuse`, has no memory for `endless`."""

    device = "cpu"
    model_id = "fake@0"
    settings = {"model": model_id}  # noqa: RUF012

    def __init__(self) -> None:
        self.scheme: Scheme = default_scheme()
        self.asked: list[str] = []

    def predict(self, given: Document | Iterable[Document], given_spans: bool = False) -> Document | list[Document]:
        return self._one(given) if isinstance(given, Document) else [self._one(document) for document in given]

    def _one(self, document: Document) -> Document:
        self.asked.append(document.id)
        if "refuse" in document.text:
            raise RasadError(f"{document.id}: refused")
        if "endless" in document.text:
            raise RuntimeError("out of memory\nTried to allocate 9 GiB" + " and more" * 100)
        first, second = document.text.split()[:2]
        start = document.text.index(second)
        spans = (
            Span("e1", 0, len(first), "ATTACK", first, "positive", "asserted", 0.9),
            Span("m1", start, start + len(second), "PERSON", second, score=0.8),
        )
        relations = (Relation("e1", "AGENT", "m1", 0.7),)
        return dataclasses.replace(document, spans=spans, relations=relations, model="fake@0")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakePredictor:
    """A model that is there at once."""
    predictor = FakePredictor()
    monkeypatch.setattr(rasad.reading, "load_predictor", lambda *settings: predictor)
    return predictor


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with two articles in it."""
    monkeypatch.chdir(tmp_path)
    Path("ar.txt").write_text(ARABIC, "utf-8")
    Path("en.txt").write_text(ENGLISH, "utf-8")
    return tmp_path


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must end with 2 and one line on standard error, and return the line."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rasad: ") and err.count("\n") == 1
    return err


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_no_command_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "predict" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["predcit"], "Did you mean 'predict'?"),
        (["predict"], "Missing argument"),
        (["predict", "x.txt", "--lnag", "ar"], "--lang"),
        (["predict", "x.txt", "--format", "xml"], "jsonl"),
        (["corpus"], "rasad corpus --help"),
        (["train"], "--config"),
        (["evaluate", "default"], "--on"),
    ],
)
def test_wrong_use(arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert hint in fails(capsys, *arguments)


def documented() -> list[str]:
    """The commands that the documents show."""
    shown = "\n".join(
        (ROOT / name).read_text("utf-8")
        for name in ("README.md", "README.ar.md", "CONTRIBUTING.md", "annotations/DATASHEET.md")
    )
    return re.findall(r"^ {4}(?:.*\| )?(rasad [^#\n]*)", shown, re.MULTILINE)


@pytest.mark.parametrize("line", documented())
def test_documented_commands_exist(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(line)[1:], "--help"]) == 0
    assert "Usage: rasad" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["predict", "missing.txt"], "missing.txt: "),
        (["predict", "en.txt", "--lang", "fr"], "allowed: ar, en, mixed"),
        (["predict", "en.txt", "--date", "yesterday"], "yesterday"),
        (["predict", "en.txt", "--out", "found.docx"], "--format"),
        (["predict", "en.txt", "--out", "en.txt"], "one of the files read"),
        (["predict", "en.txt", "ar.txt", "--format", "md"], "name a folder"),
        (["predict", "en.txt", "ar.txt", "--out", "one.md"], "name a folder"),
        (["train", "--config", "missing.yaml"], "missing.yaml"),
        (["corpus", "check", "missing.md"], "missing.md"),
        (["corpus", "stats", "en.txt"], "en.txt"),
        (["corpus", "convert", "missing.jsonl"], "missing.jsonl"),
        (["evaluate", "default", "--on", "missing"], "missing"),
    ],
)
def test_bad_input(
    arguments: list[str], hint: str, folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hint in fails(capsys, *arguments)
    assert fake.asked == []
    assert files(folder) == ["ar.txt", "en.txt"]


def test_unknown_training_key(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("run.yaml").write_text("train: [corpus]\nepochs: 1\n", "utf-8")
    assert "epochs" in fails(capsys, "train", "--config", "run.yaml", "--set", "epohcs=2")


def test_table_is_the_default(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "en.txt"]) == 0
    shown = capsys.readouterr()
    assert "Gunmen" in shown.out and "attack" in shown.out
    assert shown.err == ""


def test_jsonl_keeps_the_order(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "en.txt", "ar.txt", "--format", "jsonl", "--date", "2024-04-22"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == ["en", "ar"]
    assert [row["lang"] for row in rows] == ["en", "ar"]
    assert {row["date"] for row in rows} == {"2024-04-22"}
    assert rows[1]["text"] == ARABIC
    assert rows[1]["spans"][0]["text"] == "هاجم"


def test_standard_input(
    folder: Path, fake: FakePredictor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ARABIC.encode())))
    assert main(["predict", "-", "--format", "md"]) == 0
    assert "[هاجم](ATTACK:e1) [مسلحون](PERSON:m1)" in capsys.readouterr().out


def test_a_batch_goes_on(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.txt").write_bytes(b"\xff\xfe\xff")
    Path("worse.txt").write_text("Please refuse this.", "utf-8")
    Path("long.txt").write_text("An endless article.", "utf-8")
    assert main(["predict", "bad.txt", "ar.txt", "worse.txt", "long.txt", "en.txt", "--format", "jsonl"]) == 2
    shown = capsys.readouterr()
    assert [json.loads(line)["id"] for line in shown.out.splitlines()] == ["ar", "en"]
    told = shown.err.splitlines()
    assert told[0].startswith("rasad: bad.txt")
    assert "rasad: worse: refused" in told
    (memory,) = (line for line in told if line.startswith("rasad: long: "))
    assert "RuntimeError: out of memory Tried to allocate 9 GiB" in memory
    assert len(memory) < 300


@pytest.mark.parametrize(
    "name", ["found.jsonl", "new/found.conll", "found.txt", "found.html", "found.csv", "found.geojson"]
)
def test_out(name: str, folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "en.txt", "--out", name]) == 0
    assert "Gunmen" in Path(name).read_text("utf-8")
    assert files(folder) == sorted(["ar.txt", "en.txt", name])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("rows", ["incidents", "arguments", "acled", "plover"])
def test_a_table_has_the_rows_that_are_asked_for(rows: RowForm, folder: Path, fake: FakePredictor) -> None:
    assert main(["predict", "en.txt", "--out", "found.csv", "--rows", rows]) == 0
    assert main(["predict", "en.txt", "--out", "found.parquet", "--rows", rows]) == 0
    head = Path("found.csv").read_text("utf-8").splitlines()[0].split(",")
    assert head == [column.name for column in columns(rows)] == parquet.read_schema("found.parquet").names


@pytest.mark.parametrize(("interface", "word"), [("ar", "الأحداث"), ("en", "Events")])
def test_a_page_speaks_the_language_that_is_asked_for(
    interface: str, word: str, folder: Path, fake: FakePredictor
) -> None:
    assert main(["predict", "en.txt", "--out", "found.html", "--interface", interface]) == 0
    assert word in Path("found.html").read_text("utf-8")


def test_brat_has_the_text_beside_the_marks(folder: Path, fake: FakePredictor) -> None:
    assert main(["predict", "en.txt", "ar.txt", "--format", "brat", "--out", "marked"]) == 0
    assert files(folder) == sorted(
        ["ar.txt", "en.txt", *(f"marked/{i}.{end}" for i in ("ar", "en") for end in ("ann", "txt"))]
    )
    assert Path("marked/en.txt").read_text("utf-8") == Path("en.txt").read_text("utf-8")
    assert "ATTACK" in Path("marked/en.ann").read_text("utf-8")


@pytest.mark.parametrize("form", ["parquet", "brat"])
def test_what_standard_output_cannot_hold_is_refused(
    form: str, folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", "en.txt", "--format", form]) == 2
    assert capsys.readouterr().err.endswith(f"{form} does not go to standard output; name a place with --out\n")


def test_rows_that_a_map_cannot_hold_are_refused_before_anything_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rasad.reading.load_predictor", None)
    err = fails(capsys, "predict", "en.txt", "--out", "found.geojson", "--rows", "acled")
    assert err.startswith("rasad: geojson holds the rows incidents, not acled")


def test_out_is_as_it_was_after_an_error(folder: Path, fake: FakePredictor, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("found.jsonl").write_text("before\n", "utf-8")

    def broken(self: FakePredictor, given: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(FakePredictor, "predict", broken)
    assert main(["predict", "en.txt", "--out", "found.jsonl"]) == 2
    assert Path("found.jsonl").read_text("utf-8") == "before\n"
    assert files(folder) == ["ar.txt", "en.txt", "found.jsonl"]


def test_a_device_is_not_replaced(folder: Path, fake: FakePredictor) -> None:
    os.mkfifo("pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE, text=True, encoding="utf-8") as reader:
        assert main(["predict", "en.txt", "--format", "jsonl", "--out", "pipe"]) == 0
        assert reader.stdout is not None
        assert json.loads(reader.stdout.read())["id"] == "en"
    assert Path("pipe").is_fifo()


def test_a_link_is_kept(folder: Path, fake: FakePredictor) -> None:
    Path("real.jsonl").touch()
    Path("link.jsonl").symlink_to("real.jsonl")
    assert main(["predict", "en.txt", "--out", "link.jsonl"]) == 0
    assert Path("link.jsonl").is_symlink()
    assert "Gunmen" in Path("real.jsonl").read_text("utf-8")


def test_markdown_folder(folder: Path, fake: FakePredictor) -> None:
    rows = [{"id": "../../up/é 1", "text": ENGLISH}, {"id": "plain", "text": ARABIC}]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert main(["predict", "in.jsonl", "--format", "md", "--out", "found"]) == 0
    assert files(folder / "found") == ["__.._up_é_1.md", "plain.md"]
    plain = parse_markdown(Path("found/plain.md").read_text("utf-8"), "plain.md")
    assert (plain.id, plain.text.strip(), len(plain.spans)) == ("plain", ARABIC.strip(), 2)


def test_markdown_names_that_fall_together(
    folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": "a/1", "text": ENGLISH}, {"id": "a?1", "text": ARABIC}]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert "a_1.md" in fails(capsys, "predict", "in.jsonl", "--format", "md", "--out", "found")


def test_predictions_do_not_go_over_annotations(
    folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("gold").mkdir()
    Path("gold/en-1.md").write_text(GOLD, "utf-8")
    assert "en-1.md" in fails(capsys, "predict", "gold", "--out", "gold")
    assert Path("gold/en-1.md").read_text("utf-8") == GOLD


@pytest.mark.parametrize("name", ["page.mhtml", "page.TXT"])
def test_predictions_do_not_go_over_articles_of_any_kind(
    name: str, folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pages").mkdir()
    Path("pages/a.txt").write_text(ENGLISH, "utf-8")
    Path("pages", name).write_text("kept", "utf-8")
    assert name in fails(capsys, "predict", "pages", "--out", f"pages/{name}", "--format", "conll")
    assert Path("pages", name).read_text("utf-8") == "kept"


def test_progress_in_plain_lines(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    Path("in.jsonl").write_text(
        "".join(json.dumps({"id": str(i), "text": ENGLISH}) + "\n" for i in range(100)), "utf-8"
    )
    assert main(["predict", "in.jsonl", "--format", "jsonl"]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 100
    told = shown.err.splitlines()
    assert len(told) == 20
    assert told[-1] == "rasad: read 100 of 100"


def test_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("en-1.md").write_text(GOLD, "utf-8")
    assert main(["corpus", "check", "en-1.md"]) == 0
    assert capsys.readouterr() == ("", "rasad: 0 mistakes, 0 warnings\n")
    Path("en-1.md").write_text(GOLD.replace("ATTACK:", "ATACK:"), "utf-8")
    assert main(["corpus", "check", "en-1.md"]) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("en-1.md:6: ") and "ATTACK" in shown.out


def test_stats(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("en-1.md").write_text(GOLD, "utf-8")
    assert main(["corpus", "stats", "."]) == 0
    rows = [line.replace("│", " ").split() for line in capsys.readouterr().out.splitlines()]
    assert ["FACILITY", "1", "1"] in rows


def test_convert_there_and_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("en-1.md").write_text(GOLD, "utf-8")
    assert main(["corpus", "convert", "en-1.md", "--out", "en.jsonl"]) == 0
    assert main(["corpus", "convert", "en.jsonl", "--format", "md"]) == 0
    assert capsys.readouterr().out == GOLD


def test_convert_to_conll(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("en-1.md").write_text(GOLD, "utf-8")
    assert main(["corpus", "convert", "en-1.md", "--format", "conll"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["Gunmen\tB-PERSON", "attacked\tB-ATTACK"]


def test_evaluate(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    Path("en-1.md").write_text(GOLD, "utf-8")
    assert main(["evaluate", "default", "--on", "en-1.md", "--format", "json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    # The fake takes the words for each other: neither of its two spans is one of the three of gold.
    assert scores["total"]["entities"]["micro"] == pytest.approx(
        {"tp": 0, "fp": 1, "fn": 2, "precision": 0, "recall": 0, "f1": 0}
    )
    assert main(["evaluate", "default", "--on", "en-1.md", "--out", "scores.txt"]) == 0
    assert "Entities" in Path("scores.txt").read_text("utf-8")


def test_evaluate_one_split(folder: Path, fake: FakePredictor, capsys: pytest.CaptureFixture[str]) -> None:
    Path("en-1.md").write_text(GOLD.replace("lang: en", "lang: en\nsplit: dev"), "utf-8")
    assert "split: dev" not in GOLD
    assert main(["evaluate", "default", "--on", "en-1.md", "--split", "dev", "--format", "json"]) == 0
    assert "|split:dev|" in json.loads(capsys.readouterr().out)["signature"]
    assert "did you mean dev?" in fails(capsys, "evaluate", "default", "--on", "en-1.md", "--split", "dve")


def run(arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a shell line in which `rasad` is this one."""
    line = f'rasad() {{ "{sys.executable}" -m rasad "$@"; }}; {arguments}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | more,
        check=False,
    )


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    rows = "".join(json.dumps({"id": str(i), "text": ENGLISH * 50}) + "\n" for i in range(500))
    Path("in.jsonl").write_text(rows, "utf-8")
    done = run("rasad corpus convert in.jsonl --format jsonl | head -n 1")
    assert json.loads(done.stdout)["id"] == "0"
    assert done.stderr == ""


def test_output_is_utf8_whatever_the_locale(folder: Path) -> None:
    Path("ar-1.md").write_text(GOLD.replace("en", "ar").replace("Gunmar", "مسلحون"), "utf-8")
    done = run("rasad corpus convert ar-1.md --format md", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert "مسلحون" in done.stdout
    assert done.returncode == 0


def test_progress_on_a_terminal(folder: Path, fake: FakePredictor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar, drawn on standard error alone."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        assert main(["predict", "en.txt", "ar.txt", "--out", "found.jsonl"]) == 0
    drawn = os.read(master, 65536).decode()
    os.close(master)
    assert "Reading" in drawn
    assert len(Path("found.jsonl").read_text("utf-8").splitlines()) == 2


def test_from_article_to_scores(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole way with a real, if untrained, model."""
    import tiny

    checkpoint = str(tiny.checkpoint())
    assert main(["predict", "ar.txt", "en.txt", "--model", checkpoint, "--format", "md", "--out", "found"]) == 0
    found = parse_markdown(Path("found/ar.md").read_text("utf-8"), "ar.md")
    assert found.text.strip() == ARABIC.strip()
    assert main(["evaluate", checkpoint, "--on", "found", "--format", "json"]) == 0
    scores = json.loads(capsys.readouterr().out)["total"]
    wrong = {family: (scores[family]["micro"]["fp"], scores[family]["micro"]["fn"]) for family in FAMILIES}
    assert wrong == dict.fromkeys(FAMILIES, (0, 0))  # what it said of the text, it says again
    assert scores["entities"]["micro"]["tp"] + scores["triggers"]["micro"]["tp"] > 0
