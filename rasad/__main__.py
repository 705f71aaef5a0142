"""The process around the command line: a user's mistake is one line on standard error, never a traceback."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import typer

from rasad.annotations.errors import RasadError
from rasad.cli import app
from rasad.messages import BAD_INPUT, say


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0, 1 for a failed check, 2 for wrong use or bad input."""
    # Before anything loads torch or transformers: spinning threads slow a busy machine down, and bars break a log.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(arguments, prog_name="rasad", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except typer.TyperException as error:
        say(f"{error.format_message()}{_where_to_look(error)}")
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except RasadError as error:
        say(str(error))
    return BAD_INPUT


def _where_to_look(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f" (see {context.command_path} --help)" if context else ""


def _forget_stdout() -> None:
    """Point standard output nowhere, so that the flush at exit does not complain again of a reader that left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
