"""Files: text read as strict UTF-8 with nothing translated, and written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rasad.annotations.errors import FormatError, RasadError


def decode(data: bytes, path: str, line: int = 1) -> str:
    """Return bytes as text; `line` is where they begin in the file.

    Raises:
        FormatError: at the line of the first byte that is not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = line + data.count(b"\n", 0, error.start)
        raise FormatError(path, at, f"not UTF-8 (byte 0x{data[error.start]:02x}); save the file as UTF-8") from None


def read_text(path: str | Path) -> str:
    """Return a file's text, line ends as they are, a byte order mark left out.

    Raises:
        RasadError: where there is no such file, or it is not UTF-8.
    """
    return decode(read_bytes(path), str(path)).removeprefix("\ufeff")


def read_bytes(path: str | Path) -> bytes:
    """Return a file's bytes, or say in one line why it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise RasadError(f"{path}: cannot be read: {error.strerror}") from None


@contextmanager
def replacing(path: str | Path) -> Iterator[TextIO]:
    """Open a file that takes the place of `path` when the block ends well; after an error `path` is as it was."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
