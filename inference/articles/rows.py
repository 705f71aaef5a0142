"""Rows of JSONL: one article each, in rasad's own form or under names of fields that a person gives."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.jsonl import from_json
from rasad.inference.articles.encodings import decode_text

_OWN = ("id", "lang", "date", "text", "meta")


@dataclass(frozen=True, slots=True)
class Fields:
    """The names that rows have for what an article is; None for our own name, which need not be there (but the text).

    A field that is named must be in every row. Its value may be null, but that of the text; a number serves as id,
    the day of a time (`2024-04-22T06:30:00Z`) as date, the language of `ar-SY` as language.
    """

    text: str | None = None
    id: str | None = None
    date: str | None = None
    lang: str | None = None

    def rename(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row under our own names, without what is null or belongs to no article.

        Raises:
            RasadError: where a field that was named is not in the row.
        """
        named = {own: name for own, name in asdict(self).items() if name is not None}
        for name in named.values():
            if name not in row:
                raise RasadError(f"no field {name}; {_there(row)}")
        kept = {own: row[named.get(own, own)] for own in _OWN if row.get(named.get(own, own)) is not None}
        if "text" not in kept and "text" not in named:
            raise RasadError(f"a document has no text; {_there(row)}; --text-field names another for it")
        return kept | {own: _READ[own](kept[own]) for own in named if own in kept}


def read_row(line: bytes, where: str, number: int, fields: Fields) -> tuple[Document, str | None]:
    """Read a line of a file, and return the article with the language that it says, if any.

    An article without an id gets one of the file's stem and the line's number.

    Raises:
        RasadError: where the line is no article.
    """
    row = _loaded(decode_text(line, where))
    if isinstance(row, dict):
        row = fields.rename(row)
        row.setdefault("id", f"{Path(where).stem}-{number}")
    return from_json(row, where), row.get("lang")


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise RasadError("not JSON that can be read (too deep)") from None
    except json.JSONDecodeError as error:
        raise RasadError(f"not JSON ({error.msg} at character {error.pos + 1}); each line is one article") from None
    except ValueError:
        raise RasadError("not JSON that can be read (a number of thousands of digits)") from None


def _there(row: Mapping[str, Any]) -> str:
    return f"the fields there are {shorten(', '.join(row), 200, placeholder=' …')}" if row else "the row is empty"


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        shown = shorten(json.dumps(value, ensure_ascii=False), 40, placeholder=" …")
        raise RasadError(f"the text is {shown}, not a string")
    return value


def _id(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _day(value: Any) -> Any:
    """Return the day of a time in ISO 8601; anything else as it is, to be refused where dates are read."""
    try:
        return datetime.datetime.fromisoformat(value).date().isoformat()
    except (TypeError, ValueError):
        return value


def _lang(value: Any) -> Any:
    return value.replace("_", "-").partition("-")[0].casefold() if isinstance(value, str) else value


_READ = {"text": _text, "id": _id, "date": _day, "lang": _lang}
