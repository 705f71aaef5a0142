"""Reading articles with a checkpoint: in chunks, with progress shown, and what cannot be read told of."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from rasad.annotations.errors import RasadError
from rasad.messages import Failures, say

if TYPE_CHECKING:
    from rasad.annotations.document import Document
    from rasad.inference.predictor import Predictor

Item = TypeVar("Item")
REPORTS = 20  # lines of progress where there is no terminal


def annotated(paths: Sequence[str], split: str | None) -> Sequence[Document]:
    """Load annotated documents, those of a split or all.

    Raises:
        RasadError: where there are none, or a file has a mistake.
    """
    from rasad.annotations.corpus import load
    from rasad.annotations.splits import chosen

    found = load(paths)
    if not found:
        raise RasadError(f"{', '.join(paths)}: no documents; give annotated ones, as .md or .jsonl")
    return chosen(found, split)


def load_predictor(checkpoint: str, min_score: float = 0.0, precision: str = "float32") -> Predictor:
    """Load a checkpoint; torch comes with it."""
    from rasad.inference.predictor import Predictor

    return Predictor.from_pretrained(checkpoint, min_score=min_score, precision=precision)


def predictions(predictor: Predictor, articles: Sequence[Document], failures: Failures) -> Iterator[Document]:
    """Yield predictions in order; an article that cannot be predicted is told and added to the failures."""
    from rasad.inference.batches import CHUNK, predict_few

    for start in range(0, len(articles), CHUNK):
        for found in predict_few(predictor, articles[start : start + CHUNK]):
            if isinstance(found, str):
                failures.add(found)
            else:
                yield found


def progress(items: Iterator[Item], total: int, quiet: bool = False, done: int = 0) -> Iterator[Item]:
    """Pass items on and show how far it is: a bar on a terminal, some plain lines elsewhere.

    `total` counts the `done` ones too, which are not among the items.
    """
    if quiet or total == 1:
        yield from items
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
            task = progress.add_task("Reading", total=total, completed=done)
            for item in items:
                yield item
                progress.advance(task)
    else:
        step = max(1, total // REPORTS)
        for number, item in enumerate(items, done + 1):
            yield item
            if number % step == 0 or number == total:
                say(f"read {number} of {total}")
