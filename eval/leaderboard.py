"""Leaderboards: the main scores of checkpoints on the same data, in a JSON file and as Markdown.

A board has a section for each way of measuring: data, split, scheme and match. Scores of different sections cannot be
compared, and nothing opens a new one but the word of the caller.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rasad.annotations.errors import FormatError, RasadError, suggest
from rasad.annotations.files import read_text, replacing
from rasad.eval.grids import FAMILIES, Grid, between, part, ratio, require
from rasad.eval.signature import fields
from rasad.eval.written import code, markdown_table

FORM = 1
CONDITIONS = ("data", "split", "scheme", "match")
MEASURES = {**FAMILIES, "coreference": "SAME_AS, CoNLL mean"}

Board = dict[str, Any]


def add(path: str | Path, report: Mapping[str, Any], name: str, *, date: str, new_section: bool = False) -> None:
    """Add an evaluation to the board in a file, which is made where there is none; after an error it is as it was.

    A row of the same signature is replaced. Where no checkpoint made the predictions, the signature does not tell
    systems apart, and a row of the same name too is.

    Args:
        path: of the file.
        report: the JSON form of an evaluation.
        name: what to call the checkpoint.
        date: of the evaluation, as 2026-03-14.
        new_section: open a section where the board has none for the data, split, scheme and match of the report.

    Raises:
        RasadError: where the report is none or has no scores, the date is none, or the board has no section for it.
    """
    require(report)
    signed = _signed(report["signature"])
    row = _row(report, name, _day(date))
    board = read(path) if Path(path).exists() else {"form": FORM, "sections": []}
    section = _section(board, {key: signed[key] for key in CONDITIONS}, str(path), new_section)
    others = [one for one in section["rows"] if _identity(one) != _identity(row)]
    section["rows"] = sorted([*others, row], key=lambda one: (one["name"], one["signature"]))
    to_markdown(board)  # what cannot be drawn is not kept
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(json.dumps(board, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def read(path: str | Path) -> Board:
    """Read a board.

    Raises:
        FormatError: where the file is no board.
    """
    try:
        board = json.loads(read_text(path))
    except ValueError as error:
        if isinstance(error, RasadError):
            raise
        raise FormatError(str(path), None, f"not JSON ({error}); a board is what `add` writes") from None
    if not _is_board(board):
        raise FormatError(str(path), None, f"no board of form {FORM}; a board is what `add` writes")
    found: Board = board
    return found


def to_markdown(board: Mapping[str, Any], measure: str = "relations") -> str:
    """Return a table a section, the best first by a measure, rows without it last, equals by name.

    Args:
        board: as `read` gives it.
        measure: one of `MEASURES`.

    Raises:
        RasadError: where there is no such measure.
    """
    if measure not in MEASURES:
        raise RasadError(f"there is no measure called {measure}{suggest(measure, MEASURES)}")
    parts = [f"Best {MEASURES[measure]} first. F1, with 95% intervals over documents."]
    for section in board["sections"]:
        conditions = "|".join(f"{key}:{section[key]}" for key in ("scheme", "data", "split", "match"))
        parts += [f"## {code(conditions)}", markdown_table(_grid(section["rows"], measure))]
    return "\n\n".join(parts) + "\n"


def _is_board(board: Any) -> bool:
    if not isinstance(board, dict) or board.get("form") != FORM or not isinstance(board.get("sections"), list):
        return False
    return all(isinstance(one, dict) and {*CONDITIONS, "rows"} <= one.keys() for one in board["sections"])


def _grid(rows: list[Mapping[str, Any]], measure: str) -> Grid:
    ranked = sorted(rows, key=lambda row: (-_score(row, measure), row["name"], row["signature"]))
    head = ("", *MEASURES.values(), "words a second", "checkpoint", "rasad", "date")
    return Grid("board", "", head, tuple(tuple(_cells(row)) for row in ranked))


def _score(row: Mapping[str, Any], measure: str) -> float:
    value = row["scores"].get(measure)
    return -1.0 if value is None else float(value)


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    yield row["name"]
    for measure in MEASURES:
        ends = row["intervals"].get(measure)
        yield ratio(row["scores"].get(measure)) + (f" {between(ends)}" if ends else "")
    speed = part(row, "speed", "words_per_second")
    yield f"{speed:.0f}" if speed else ratio(None)
    signed = _signed(row["signature"])
    yield from (signed["checkpoint"], signed.get("rasad", ratio(None)), row["date"])


def _row(report: Mapping[str, Any], name: str, date: str) -> dict[str, Any]:
    scores = {family: part(report, "total", family, "micro").get("f1") for family in FAMILIES}
    scores["coreference"] = part(report, "total", "coreference", "all").get("mean")
    if not any(isinstance(score, int | float) for score in scores.values()):
        raise RasadError("report: it has no scores for a board; give the JSON of an evaluation as it was written")
    intervals = {family: part(report, "intervals", family, "all") or None for family in FAMILIES}
    return {
        "name": name,
        "signature": report["signature"],
        "date": date,
        "scores": scores,
        "intervals": intervals,
        "speed": report.get("speed"),
    }


def _identity(row: Mapping[str, Any]) -> tuple[str, str]:
    anonymous = _signed(row["signature"])["checkpoint"] == "none"
    return row["signature"], row["name"] if anonymous else ""


def _section(board: Board, conditions: Mapping[str, str], path: str, new_section: bool) -> dict[str, Any]:
    """Return the section of some conditions, opened where there is none and it may be."""
    sections: list[dict[str, Any]] = board["sections"]
    for section in sections:
        if all(section[key] == value for key, value in conditions.items()):
            return section
    if sections and not new_section:
        raise RasadError(f"{path}: {_difference(sections, conditions)}; ask for a section of its own (--new-section)")
    sections.append({**conditions, "rows": []})
    return sections[-1]


def _difference(sections: list[dict[str, Any]], conditions: Mapping[str, str]) -> str:
    """Say how conditions differ from those of the section that is nearest to them."""
    differing = ([key for key in CONDITIONS if section[key] != conditions[key]] for section in sections)
    keys, nearest = min(zip(differing, sections, strict=True), key=lambda pair: len(pair[0]))
    there, here = ("|".join(f"{key}:{where[key]}" for key in keys) for where in (nearest, conditions))
    return f"the board has {there}, the report has {here}"


def _day(date: str) -> str:
    try:
        return datetime.date.fromisoformat(date).isoformat()
    except ValueError:
        raise RasadError(f"date {date!r} is no day; write it as 2026-03-14") from None


def _signed(signature: str) -> dict[str, str]:
    """Return what a signature says, and refuse one that does not say by what a report can be compared."""
    found = fields(signature)
    if missing := [key for key in (*CONDITIONS, "checkpoint") if not found.get(key)]:
        raise RasadError(f"signature {signature!r}: it says nothing of {', '.join(missing)}; score with this version")
    return found
