"""The errors that a user of rasad can cause, each saying where, what, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RasadError(ValueError):
    """Bad input or wrong use; the message is one line for the user."""


class FormatError(RasadError):
    """A file that cannot be read: `path:line: what is wrong`."""

    def __init__(self, path: str, line: int | None, what: str) -> None:
        where = path if line is None else f"{path}:{line}"
        super().__init__(f"{where}: {what}")
        self.path, self.line, self.what = path, line, what


class SchemeMismatch(RasadError):
    """A checkpoint or document of another scheme than the one asked for."""


def suggest(name: str, allowed: Iterable[str]) -> str:
    """Return ` (did you mean X?)`, or the allowed names where none is near."""
    names = list(allowed)
    near = difflib.get_close_matches(name.upper(), [n.upper() for n in names], n=1)
    if near:
        return f" (did you mean {next(n for n in names if n.upper() == near[0])}?)"
    return f" (allowed: {', '.join(names)})"
