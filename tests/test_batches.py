"""Batches: in order, the same as one by one, and going on after the run was killed as if nothing had been."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
import tiny

import rasad.inference.batches
from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.jsonl import to_json
from rasad.inference.articles import Article, Reader
from rasad.inference.articles.folders import Failure
from rasad.inference.batches import CHUNK, Unfinished, Unpredicted, predict_all
from rasad.inference.predictor import Predictor


class Echo:
    """Gives back what it is given, and has no room for two articles with `large` in them together, nor for `huge`.

    `odd` meets a mistake of ours, `unplugged` one of the machine.
    """

    def __init__(self, device: str) -> None:
        self.device, self.sizes = device, []

    def predict(self, given: Document | Iterable[Document]) -> Document | list[Document]:
        documents = [given] if isinstance(given, Document) else list(given)
        self.sizes.append(len(documents))
        if "huge" in (text := " ".join(document.text for document in documents)) or text.count("large") > 1:
            raise RuntimeError("out of memory")
        if "odd" in text:
            raise KeyError("e1")
        if "unplugged" in text:
            raise OSError("the disk is gone")
        found = [dataclasses.replace(document, model="echo", derived={"events": []}) for document in documents]
        return found[0] if isinstance(given, Document) else found


def articles(*texts: str) -> Iterator[Article | Failure]:
    for number, text in enumerate(texts, 1):
        yield Article("x.jsonl", number, Document(f"x-{number}", text)) if text else Failure("x.jsonl", "empty", number)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_results_and_failures_come_in_order(device: str) -> None:
    found = list(predict_all(Echo(device), articles("a large one", "", "huge", "a large one")))
    assert [type(item) for item in found] == [Article, Failure, Unpredicted, Article]
    assert [item.line for item in found] == [1, 2, 3, 4]
    assert found[0].document.derived == {"events": [], "path": "x.jsonl", "line": 1}
    assert str(found[2]) == "x-3: cannot be read: RuntimeError: out of memory"


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_mistake_of_ours_costs_one_article(device: str) -> None:
    found = list(predict_all(Echo(device), articles("one", "odd", "three")))
    assert [type(item) for item in found] == [Article, Unpredicted, Article]
    assert str(found[1]) == "x-2: cannot be read: KeyError: 'e1'"


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_machine_that_fails_ends_a_batch(device: str) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        list(predict_all(Echo(device), articles("one", "unplugged")))


@pytest.mark.parametrize(("device", "most"), [("cpu", 1), ("cuda", CHUNK)])
def test_no_more_is_read_than_is_predicted(device: str, most: int) -> None:
    read = 0

    def counted() -> Iterator[Article | Failure]:
        nonlocal read
        for item in articles(*["text"] * 100):
            read += 1
            yield item

    predictor = Echo(device)
    for done, _ in enumerate(predict_all(predictor, counted())):
        assert read - done <= most
    assert read == 100 and max(predictor.sizes) == most


def test_a_batch_is_the_same_as_one_by_one(tmp_path: Path) -> None:
    predictor = Predictor.from_pretrained(tiny.checkpoint())
    for number, text in enumerate(tiny.SENTENCES):
        (tmp_path / f"{number}.txt").write_text(text, "utf-8")
    together = list(predict_all(predictor, Reader().read([tmp_path])))
    files = sorted(tmp_path.iterdir())
    alone = [item for file in files for item in predict_all(predictor, Reader().read([file]))]
    assert together == alone
    assert [item.path for item in together] == [str(file) for file in files]


def rows(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


def write(part: Unfinished, number: int) -> None:
    """Write articles 1 to `number` that are not done, as a run does, and finish."""
    with part.opened() as file:
        for item in predict_all(Echo("cpu"), articles(*["كلمات"] * number)):
            if item.place not in part.done:
                file.write(json.dumps(to_json(item.document), ensure_ascii=False) + "\n")
                file.flush()


class Killed(BaseException):
    pass


def killed_after(target: Path, number: int) -> Unfinished:
    """Leave what a run that was killed after so many articles leaves."""
    part = Unfinished(target)
    with pytest.raises(Killed), part.opened() as file:
        for item in islice(predict_all(Echo("cpu"), articles(*["كلمات"] * 5)), number):
            file.write(json.dumps(to_json(item.document), ensure_ascii=False) + "\n")
        raise Killed
    return part


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_a_line_that_was_half_written_is_written_again(tmp_path: Path, cut: int) -> None:
    target = tmp_path / "found.jsonl"
    write(Unfinished(target), 5)
    whole = target.read_bytes()
    target.write_text("before", "utf-8")
    left = killed_after(target, 3).path
    left.write_bytes(left.read_bytes()[: -cut or None])
    part = Unfinished(target)
    assert (len(part.done), part.mended) == (2 if cut else 3, cut > 0)
    assert target.read_text("utf-8") == "before"
    write(part, 5)
    assert target.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["found.jsonl"]


def test_nothing_is_left_of_a_run_that_did_nothing(tmp_path: Path) -> None:
    killed_after(tmp_path / "found.jsonl", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "line", ["words\n", "{}\n", '["path"]\n', "null\n", '{"path": ["a"], "id": "a", "model": "m"}\n']
)
def test_a_file_that_is_not_ours_is_left_as_it_is(tmp_path: Path, line: str) -> None:
    part = tmp_path / "found.jsonl.part"
    part.write_text(line + "half", "utf-8")
    with pytest.raises(RasadError, match=r"found.jsonl.part:1: no result of a run"):
        Unfinished(tmp_path / "found.jsonl")
    assert part.read_text("utf-8") == line + "half"


def test_another_model_does_not_go_on(tmp_path: Path) -> None:
    killed_after(tmp_path / "found.jsonl", 1)
    part = Unfinished(tmp_path / "found.jsonl")
    part.check({"model": "echo", "min_score": 0.5})
    with pytest.raises(RasadError, match="holds results of model echo, not other"):
        part.check({"model": "other", "min_score": 0.5})


@pytest.mark.parametrize(("name", "before", "now"), [("min_score", 0.5, 0.0), ("precision", "bf16", "float32")])
def test_results_of_other_settings_are_not_mixed(tmp_path: Path, name: str, before: object, now: object) -> None:
    row = {"id": "x-1", "path": "x.jsonl", "line": 1, "model": "echo", "coverage": {name: before}}
    (tmp_path / "found.jsonl.part").write_text(json.dumps(row) + "\n", "utf-8")
    part = Unfinished(tmp_path / "found.jsonl")
    part.check({"model": "echo", name: before})
    with pytest.raises(RasadError, match=f"holds results of {name} {before}, not {now}"):
        part.check({"model": "echo", name: now})


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    target = tmp_path / "found.jsonl"
    early = Unfinished(target)
    part = Unfinished(target)
    with part.opened() as file:
        with pytest.raises(RasadError, match="another run is writing"), Unfinished(target).opened():
            pass
        file.write('{"path": "a", "id": "a", "model": "m"}\n')
        file.flush()
        with pytest.raises(RasadError, match="another run is writing"):
            Unfinished(target)
    assert rows(target) == ["a"]
    killed_after(target, 1)
    with pytest.raises(RasadError, match="meanwhile"), early.opened():
        pass
    assert rasad.inference.batches.Unfinished(target).done == {("x.jsonl", 1): "x-1"}
