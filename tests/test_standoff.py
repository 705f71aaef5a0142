"""Marks without their texts, and put back into them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from stories import arabic, english
from strategies import documents

from rasad.__main__ import main
from rasad.annotations.corpus import load
from rasad.annotations.document import Document
from rasad.annotations.errors import FormatError
from rasad.annotations.jsonl import write_jsonl
from rasad.annotations.standoff import attach, attach_all, detach


def marks(document: Document) -> tuple[object, ...]:
    return document.id, document.text, document.lang, document.date, document.spans, document.relations


@pytest.mark.parametrize("story", [arabic(), english()], ids=["ar", "en"])
def test_marks_come_back_and_no_word_of_the_text_goes_out(story: Document) -> None:
    row = json.loads(json.dumps(detach(story)))
    written = json.dumps(row, ensure_ascii=False).split('"')
    assert not {span.text for span in story.spans if len(span.text) > 3} & set(written)
    assert marks(attach(row, story.text, "x")) == marks(story)


@given(documents())
def test_any_marks_come_back(document: Document) -> None:
    found = attach(json.loads(json.dumps(detach(document))), document.text, "x")
    assert [s.key for s in found.spans] == [s.key for s in document.spans]
    assert found.relations == document.relations


def test_another_text_is_refused() -> None:
    with pytest.raises(FormatError, match="en-orchard: the text is not the one that was annotated"):
        attach(detach(english()), arabic().text, "x")


def test_texts_are_found_among_others() -> None:
    rows = [detach(english()), detach(arabic())]
    found = list(attach_all(rows, ["something else", f"\n{arabic().text}\n"], "x"))
    assert [d.id for d in found] == ["ar-marsa"]


@pytest.mark.parametrize("name", ["rows.jsonl", "new/rows.jsonl.xz"])
def test_the_commands(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_jsonl([arabic(), english()], tmp_path / "in.jsonl")
    rows, texts, out = (str(tmp_path / path) for path in (name, "texts.txt", "out.jsonl"))
    assert main(["corpus", "detach", str(tmp_path / "in.jsonl"), "--out", rows]) == 0
    assert "ميناء".encode() not in Path(rows).read_bytes()
    Path(texts).write_text(f"{arabic().text}\n\nAnother.\n", "utf-8")
    assert main(["corpus", "attach", rows, "--texts", texts, "--out", out]) == 1
    assert "1 of 2 texts found" in capsys.readouterr().err
    assert [marks(d) for d in load([out])] == [marks(arabic())]


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "x"}'])
def test_what_is_no_row_is_refused(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.jsonl").write_text(f"\n{line}\n", "utf-8")
    (tmp_path / "t.txt").write_text("x\n", "utf-8")
    given = [str(tmp_path / "rows.jsonl"), "--texts", str(tmp_path / "t.txt"), "--out", str(tmp_path / "o.jsonl")]
    assert main(["corpus", "attach", *given]) == 2
    assert "rows.jsonl:2: " in capsys.readouterr().err
