"""Batches: articles through a predictor as they come, and a file of results that grows until all is done.

One article, or a few at once on an accelerator, is in memory at a time. What cannot be read or predicted is a
`Failure` in its place. A run that was killed goes on with what it had written.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.inference.articles import Article, Place
from rasad.inference.articles.folders import Failure

if TYPE_CHECKING:
    from rasad.inference.predictor import Predictor

CHUNK = 32  # articles handed to the predictor at once, so that results flow and one that fails stops few
_SUFFIX = ".part"
_TRIMMED = 64  # articles after which freed memory goes back to the system


@dataclass(frozen=True, slots=True)
class Unpredicted(Failure):
    """An article that was read and could not be predicted; its message names it."""

    def __str__(self) -> str:
        return self.message


def predict_all(predictor: Predictor, articles: Iterable[Article | Failure]) -> Iterator[Article | Failure]:
    """Predict articles in order, failures left in their places; a prediction says the `path` and `line` it is from."""
    # On a CPU the predictor takes each alone anyway, and a run that is stopped loses less.
    size = 1 if predictor.device == "cpu" else CHUNK
    remaining = iter(articles)
    read = 0
    while chunk := list(itertools.islice(remaining, size)):
        documents = [item.document for item in chunk if isinstance(item, Article)]
        results = predict_few(predictor, documents)
        for item in chunk:
            yield _result(item, next(results)) if isinstance(item, Article) else item
        read += len(chunk)
        if read >= _TRIMMED:
            _trim()
            read = 0


def _trim() -> None:
    """Give freed memory back: tensors of ever other sizes leave holes that glibc keeps, and long runs seem to grow."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # musl has no such function
            ctypes.CDLL(None).malloc_trim(0)


def predict_few(predictor: Predictor, documents: Sequence[Document]) -> Iterator[Document | str]:
    """Predict documents together, or each alone where that fails; for one that fails alone, say why in a line.

    Whatever goes wrong with one article, the others are read; only what the machine refuses (OSError) ends a batch.
    """
    try:
        found = predictor.predict(documents) if len(documents) > 1 else None
    except OSError:
        raise
    except Exception:
        found = None
    yield from found or (_alone(predictor, document) for document in documents)


def _alone(predictor: Predictor, document: Document) -> Document | str:
    try:
        return predictor.predict(document)
    except RasadError as error:
        return str(error)
    except OSError:
        raise
    except Exception as error:  # where memory is short, torch raises RuntimeError
        return shorten(f"{document.id}: cannot be read: {type(error).__name__}: {error}", 250)


def _result(article: Article, found: Document | str) -> Article | Failure:
    if isinstance(found, str):
        return Unpredicted(article.path, found, article.line)
    source = {"path": article.path} | ({} if article.line is None else {"line": article.line})
    return replace(article, document=replace(found, derived={**found.derived, **source}))


class Unfinished:
    """A file of results, one a line, on its way: `found.jsonl.part`, which becomes `found.jsonl` when all is written.

    Args:
        target: the file that it becomes. If a run before was stopped, its results are there: `done` has the ids of
            their articles by place, `settings` what they were predicted with. A last line that was half written is cut
            off, `mended`.

    Raises:
        RasadError: where the file is there and holds something else, or another run is writing it.
    """

    def __init__(self, target: Path) -> None:
        self.target = target.resolve()
        self.path = self.target.with_name(self.target.name + _SUFFIX)
        self.done: dict[Place, str] = {}
        self.settings: dict[str, Any] = {}
        self.mended = False
        self._size = 0
        if self.path.exists():
            with self.path.open("r+b") as file:
                _lock(file, self.path)
                self._read(file)

    def _read(self, file: BinaryIO) -> None:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                file.truncate(self._size)
                self.mended = True
                return
            self._take(line, number)
            self._size += len(line)

    def _take(self, line: bytes, number: int) -> None:
        try:
            row = json.loads(line)
            self.done[sys.intern(row["path"]), row.get("line")] = row["id"]
            self.settings = {**row.get("coverage", {}), "model": row["model"]}
        except (ValueError, TypeError, KeyError, AttributeError):
            raise RasadError(
                f"{self.path}:{number}: no result of a run that was stopped; remove this file, or name another output"
            ) from None

    def check(self, settings: Mapping[str, Any]) -> None:
        """Refuse to go on with other settings of the predictor than those that the results are of.

        Raises:
            RasadError: naming one that is another.
        """
        for name, now in settings.items():
            if (before := self.settings.get(name, now)) != now:
                raise RasadError(
                    f"{self.path}: holds results of {name} {before}, not {now}; remove it, or name another output"
                )

    @contextmanager
    def opened(self) -> Iterator[TextIO]:
        """Open the file to go on at its end; it takes the place of its target when the block ends well.

        After an error it stays, if it holds anything.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8", newline="") as file:
            _lock(file, self.path)
            if file.tell() != self._size:
                raise RasadError(f"{self.path}: another run has written this file meanwhile; start again")
            try:
                yield file
            except BaseException:
                file.flush()
                if not file.tell():
                    self.path.unlink()
                raise
        self.path.replace(self.target)


def _lock(file: Any, path: Path) -> None:
    """Keep other runs off a file for as long as it is open, where the system can do that."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise RasadError(f"{path}: another run is writing this file; wait for it, or name another output") from None
