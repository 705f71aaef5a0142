"""Messages to the person at the command line, on standard error."""

from __future__ import annotations

import sys

import typer

BAD_INPUT = 2


def say(message: str) -> None:
    """Tell the person something on standard error, in one line."""
    print(f"rasad: {' '.join(message.split())}", file=sys.stderr, flush=True)


class Failures:
    """What could not be done in a batch: told at once, and an exit code of 2 at the end."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, failure: object) -> None:
        """Tell of one; the batch goes on."""
        say(str(failure))
        self.count += 1

    def end(self) -> None:
        """End the command where anything failed."""
        if self.count:
            raise typer.Exit(BAD_INPUT)
