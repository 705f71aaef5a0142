"""Checks: every mistake in annotated files that a machine can find, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rasad.annotations.corpus import find
from rasad.annotations.draft import Draft
from rasad.annotations.errors import FormatError
from rasad.annotations.files import read_text
from rasad.annotations.jsonl import draft_jsonl
from rasad.annotations.markdown import draft_markdown
from rasad.annotations.rules import RULES, View
from rasad.annotations.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a line of a file; `rule` names the rule, `warning` says that it is a tendency."""

    path: str
    line: int | None
    what: str
    rule: str = "format"
    warning: bool = False

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {'warning: ' if self.warning else ''}{self.what}"


def check_file(path: str | Path, scheme: Scheme) -> list[Problem]:
    """Return every problem of a `.md` or `.jsonl` file, by line; a piece that cannot be read is left out of the rules.

    Raises:
        RasadError: where there is no such file.
    """
    return _problems(Path(path), scheme, {})


def check_files(paths: Sequence[str | Path], scheme: Scheme) -> list[Problem]:
    """Return every problem of files and folders, ids that two documents share among them.

    Raises:
        RasadError: where a path is missing, or a folder holds no documents.
    """
    holders: dict[str, str] = {}
    return [problem for path in find(paths) for problem in _problems(path, scheme, holders)]


def _problems(path: Path, scheme: Scheme, holders: dict[str, str]) -> list[Problem]:
    """Check a file; `holders` gathers document ids, each with where it was first seen."""
    found: list[Problem] = []
    try:
        for draft in _drafts(path, scheme):
            found += _check(draft)
            found += _check_id(draft, path, holders)
    except FormatError as error:
        found.append(Problem(error.path, error.line, error.what))
    return sorted(found, key=lambda problem: problem.line or 0)


def _drafts(path: Path, scheme: Scheme) -> Iterator[Draft]:
    if path.suffix == ".jsonl":
        yield from draft_jsonl(path, scheme)
    else:
        yield draft_markdown(read_text(path), str(path), scheme)


def _check(draft: Draft) -> Iterator[Problem]:
    yield from (Problem(error.path, error.line, error.what) for error in draft.problems)
    if draft.problems and not draft.text:
        return
    view = View(draft)
    for rule in RULES:
        for line, what in rule.find(view):
            yield Problem(draft.path, line, what, rule.name, rule.warning)


def _check_id(draft: Draft, path: Path, holders: dict[str, str]) -> Iterator[Problem]:
    here = f"{draft.path}:{draft.line}"
    first = holders.setdefault(draft.id, here)
    if not draft.id:
        return
    if first != here:
        yield Problem(
            draft.path, draft.line, f"document id {draft.id} is used in {first} too; ids are unique", "document-id"
        )
    if path.suffix == ".md" and draft.id != path.stem:
        what = f"document id {draft.id} is not the file's name, {path.stem}; a document is found by its id"
        yield Problem(draft.path, draft.line, what, "file-name", warning=True)
