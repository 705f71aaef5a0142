"""Folders: the files in them that may hold articles, and the failure that stands for what holds none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PARTS = "_files"  # what a browser calls the folder of a saved page's parts, behind the page's stem
_SAVED = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Failure:
    """An article, or a file of them, that could not be read; `str(failure)` is `path:line: what is wrong`."""

    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


def files(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path | Failure]:
    """Yield the files of a folder and of those in it, by name.

    Hidden ones are left out, and the parts of a saved page; a link back to a folder `above` is not followed.
    """
    try:
        here = folder.resolve()
        found = sorted(folder.iterdir())
    except (OSError, RuntimeError) as error:
        yield Failure(shown(folder), f"the folder cannot be read: {error}")
        return
    if here in above:
        return
    for path in found:
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            yield path
        elif not _is_parts(path):
            yield from files(path, above | {here})


def shown(path: str | Path) -> str:
    """Return a path as text that any file can hold: a name need not be UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_parts(folder: Path) -> bool:
    stem = folder.name.removesuffix(_PARTS)
    return stem != folder.name and any(folder.with_name(stem + suffix).is_file() for suffix in _SAVED)
