"""What is written out loads in one line, splits apart, nothing lost."""

from pathlib import Path
from typing import Any

import pytest

from rasad.__main__ import main
from rasad.annotations.corpus import load
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.export import export

FULL = Document(
    "a",
    "قصف المستودع",
    "ar",
    "2024-04-22",
    (Span("e1", 0, 3, "ATTACK", "قصف", "positive", "uncertain"), Span("f1", 4, 12, "FACILITY", "المستودع")),
    (Relation("e1", "TARGET", "f1"),),
    {"split": "train", "voice": "wire"},
)
BARE = Document("b", "Rain fell.", "en", meta={"split": "train"})
OTHER = Document("c", "Rain.", "en", meta={"split": "test", "story": "s", "hard": "no-events"})
CORPUS = [OTHER, BARE, FULL]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "new"
    written = export(CORPUS, folder)
    assert sorted(folder.iterdir()) == sorted(written)
    assert sorted(path.name for path in written) == ["test.jsonl", "test.parquet", "train.jsonl", "train.parquet"]
    return folder


def loaded(kind: str, suffix: str, folder: Path, cache: Path) -> Any:
    from datasets import load_dataset

    files = {split: str(folder / f"{split}.{suffix}") for split in ("train", "test")}
    return load_dataset(kind, data_files=files, cache_dir=str(cache))


@pytest.mark.parametrize(("kind", "suffix"), [("json", "jsonl"), ("parquet", "parquet")])
def test_it_loads_in_one_line(kind: str, suffix: str, folder: Path, tmp_path: Path) -> None:
    data = loaded(kind, suffix, folder, tmp_path)
    assert {split: data[split]["id"][:] for split in data} == {"train": ["b", "a"], "test": ["c"]}
    row = data["train"][1]
    assert [row["text"][s["start"] : s["end"]] for s in row["spans"]] == ["قصف", "المستودع"]
    assert row["spans"][0]["modality"] == "uncertain"
    assert row["relations"] == [{"head": "e1", "type": "TARGET", "tail": "f1"}]
    assert data["train"][0]["spans"] == []
    assert data["test"][0]["meta"]["story"] == "s"


def test_parquet_has_one_schema(folder: Path, tmp_path: Path) -> None:
    data = loaded("parquet", "parquet", folder, tmp_path)
    assert data["train"].features == data["test"].features
    assert data["train"].column_names == ["id", "lang", "date", "text", "spans", "relations", "meta"]
    assert data["train"][1]["date"] == "2024-04-22"
    assert data["train"][1]["meta"] == {"hard": None, "split": "train", "story": None, "voice": "wire"}
    assert data["train"][1]["spans"][1]["polarity"] is None


def test_jsonl_is_what_rasad_reads(folder: Path) -> None:
    assert load([folder / "train.jsonl", folder / "test.jsonl"]) == [BARE, FULL, OTHER]


def test_a_document_without_a_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RasadError, match=r"^x has no split; .*--assign"):
        export([FULL, Document("x", "Rain.", "en")], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "lang": "en", "text": "x", "meta": {"split": "dev"}}\n')
    out = tmp_path / "out"
    assert main(["corpus", "export", str(tmp_path / "a.jsonl"), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out / 'dev.jsonl'}\n{out / 'dev.parquet'}\n"
