"""Homes: the file that each document of a corpus lives in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rasad.annotations.corpus import find, load


def homes(paths: Sequence[str | Path]) -> dict[str, Path]:
    """Return the file of each document by its id, for messages that send a person to it.

    Raises:
        RasadError: as `load`, which tells of ids that occur twice too.
    """
    return {document.id: path for path in find(paths) for document in load([path])}
