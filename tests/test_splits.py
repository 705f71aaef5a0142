from collections import Counter
from pathlib import Path

import pytest

from rasad.__main__ import main
from rasad.annotations.check import check_files
from rasad.annotations.corpus import load, load_with_homes
from rasad.annotations.document import Document
from rasad.annotations.splits import assign, check_splits, share_of, story_of, write_splits

MARKDOWN = (
    "---\r\nid: {}\r\nlang: en\r\nstory: s\r\n{}---\r\n[Gunmen](PERSON:p1) fled.\r\n\r\n```relations\r\n# 1\r\n```\r\n"
)


def document(name: str, lang: str = "en", **meta: str) -> Document:
    return Document(name, "Gunmen fled.", lang, meta=meta)


def wrong(*documents: Document) -> list[str]:
    return [str(p) for p in check_splits(documents, {d.id: Path(f"{d.id}.md") for d in documents})]


def test_what_is_right_is_not_told_of() -> None:
    pair = (
        document("ar-1", "ar", split="dev", story="s", pair="en-1"),
        document("en-1", split="dev", story="s", pair="ar-1"),
    )
    assert wrong(*pair, document("en-2", split="test"), document("en-3", split="train")) == []


def test_a_story_in_two_splits() -> None:
    found = wrong(document("a", split="train", story="s"), document("b", split="test", story="s"))
    assert found == ["a.md: the story s is in train (a) and test (b); a story is in one split"]


def test_a_story_named_by_a_document() -> None:
    """The other document need not name itself."""
    assert len(wrong(document("a", split="train"), document("b", split="test", story="a"))) == 1


@pytest.mark.parametrize(
    ("meta", "what"),
    [
        ({}, "a has no split"),
        ({"split": "tset"}, "unknown split tset (did you mean test?)"),
        ({"split": "test", "pair": "z"}, "a is paired with z, which is not there"),
        ({"split": "test", "pair": "b"}, "a is paired with b, and b is not with it"),
        ({"split": "test", "pair": "c"}, "a and its pair c are both en"),
        ({"split": "test", "pair": "d"}, "a and its pair d are of two stories"),
    ],
)
def test_what_is_wrong(meta: dict[str, str], what: str) -> None:
    others = (
        document("b", "ar", split="test", story="a"),
        document("c", split="test", story="a", pair="a"),
        document("d", "ar", split="test", pair="a"),
    )
    mine = [line for line in wrong(document("a", **meta), *others) if line.startswith("a.md: ")]
    assert what in mine[0]
    assert all("the story a is in" in line for line in mine[1:])  # follows from it


def test_assigning_keeps_stories_together_and_what_was_there() -> None:
    documents = [document("a", story="s"), document("b", story="s"), document("c", story="t", split="test")]
    documents += [document("d", story="t"), document("e", split="dev")]
    chosen = assign(documents)
    assert chosen.keys() == {"a", "b", "d"}
    assert chosen["a"] == chosen["b"]
    assert chosen["d"] == "test"


def test_assigning_goes_by_name_alone_in_the_shares_told() -> None:
    many = [document(f"x{number}") for number in range(1000)]
    chosen = assign(many)
    assert all(assign([one]) == {one.id: chosen[one.id]} for one in many[:50])
    counts = Counter(chosen.values())
    assert 750 < counts["train"] < 850 and 70 < counts["dev"] < 130 and 70 < counts["test"] < 130


def test_a_share_is_of_whole_stories_and_part_of_every_larger_one() -> None:
    told = [document(f"d{i}", story=f"s{i // 2}") for i in range(80)]
    kept = [share_of(told, share) for share in (0.01, 0.25, 0.5, 1)]
    assert [len({story_of(d) for d in part}) for part in kept] == [1, 10, 20, 40]
    assert [len(part) for part in kept] == [2, 20, 40, 80]
    names = [{d.id for d in part} for part in kept]
    assert names[0] < names[1] < names[2] < names[3]
    assert {d.id for d in share_of(told[::-1], 0.5)} == names[2]


def test_writing_changes_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(MARKDOWN.format("a", "").encode())
    (tmp_path / "b.md").write_bytes(MARKDOWN.format("b", "split: test\r\n").encode())
    (tmp_path / "c.jsonl").write_text('{"id": "c", "text": "Hit.", "meta": {"story": "s"}}\n{"id": "d", "text": "."}\n')
    write_splits({"a": "test", "c": "test"}, load_with_homes([tmp_path])[1])
    assert (tmp_path / "a.md").read_bytes() == MARKDOWN.format("a", "split: test\r\n").encode()
    assert {d.id: d.meta.get("split") for d in load([tmp_path])} == {"a": "test", "b": "test", "c": "test", "d": None}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.md").write_bytes(MARKDOWN.format("a", "split: dev\r\n").encode())
    (tmp_path / "b.md").write_bytes(MARKDOWN.format("b", "").encode())
    assert main(["corpus", "split", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "b has no split" in shown.out and shown.err == "rasad: 1 mistake\n"
    assert main(["corpus", "split", str(tmp_path), "--assign"]) == 0
    assert capsys.readouterr().out == "dev: stories 1, documents 2, en 2\n"


def test_the_corpus_is_clean(root: Path, scheme: object) -> None:
    folder = root / "annotations" / "corpus"
    assert [str(problem) for problem in check_files([folder], scheme) if not problem.warning] == []
    assert [str(problem) for problem in check_splits(*load_with_homes([folder]))] == []
