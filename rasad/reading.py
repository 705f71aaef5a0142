"""Reading articles with a checkpoint: in chunks, with progress shown, and what cannot be read told of."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from rasad.annotations.errors import RasadError
from rasad.messages import Failures, say

if TYPE_CHECKING:
    from rasad.annotations.document import Document
    from rasad.inference.predictor import Predictor

CHUNK = 32  # articles handed to the predictor at once, so that results flow and one that fails stops few
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


def load_predictor(checkpoint: str) -> Predictor:
    """Load a checkpoint; torch comes with it."""
    from rasad.inference.predictor import Predictor

    return Predictor.from_pretrained(checkpoint)


def predictions(predictor: Predictor, articles: Sequence[Document], failures: Failures) -> Iterator[Document]:
    """Yield predictions in order; an article that cannot be predicted is told and added to the failures.

    Where memory is short, torch raises RuntimeError.
    """
    for start in range(0, len(articles), CHUNK):
        chunk = articles[start : start + CHUNK]
        try:
            yield from predictor.predict(chunk)
        except (RasadError, RuntimeError, MemoryError):
            yield from _one_by_one(predictor, chunk, failures)


def _one_by_one(predictor: Predictor, articles: Sequence[Document], failures: Failures) -> Iterator[Document]:
    for article in articles:
        try:
            yield predictor.predict(article)
        except RasadError as error:
            failures.add(error)
        except (RuntimeError, MemoryError) as error:
            failures.add(shorten(f"{article.id}: cannot be read: {type(error).__name__}: {error}", 250))


def progress(documents: Iterator[Document], total: int, quiet: bool = False) -> Iterator[Document]:
    """Pass documents on and show how far it is: a bar on a terminal, some plain lines elsewhere."""
    if quiet or total == 1:
        yield from documents
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
            yield from progress.track(documents, total, description="Reading")
    else:
        step = max(1, total // REPORTS)
        for number, document in enumerate(documents, 1):
            yield document
            if number % step == 0 or number == total:
                say(f"read {number} of {total}")
