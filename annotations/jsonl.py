"""The JSON form of a document, one a line in JSONL; gold and predicted alike.

`score` is absent in gold, only events carry `polarity` and `modality`, and `model` and what inference derives stand at
the top level of a prediction. `meta`, the other fields of the front matter, is written where there are any.
"""

from __future__ import annotations

import codecs
import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.draft import Draft
from rasad.annotations.errors import FormatError, suggest
from rasad.annotations.files import decode, read_bytes, replacing
from rasad.annotations.scheme import Scheme, default_scheme

_KEYS = ("id", "lang", "date", "text", "spans", "relations", "meta", "model")
_SPAN_KEYS = {"id": str, "start": int, "end": int, "type": str, "text": str}
_ATTRIBUTES = {"score": float, "polarity": str, "modality": str}
_RELATION_KEYS = {"head": str, "type": str, "tail": str}
_REQUIRED = {"id": str, "text": str}
_HEAD = {"id": str, "lang": str, "date": str, "text": str, "meta": dict, "model": str}
_NAMES = {str: "a string of Unicode text", int: "a whole number", float: "a number from 0 to 1", dict: "an object"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(document: Document) -> dict[str, Any]:
    """Return the JSON form, its keys in the documented order."""
    row: dict[str, Any] = {"id": document.id, "lang": document.lang, "date": document.date, "text": document.text}
    if document.date is None:
        del row["date"]
    row["spans"] = [_present(span, (*_SPAN_KEYS, *_ATTRIBUTES)) for span in document.spans]
    row["relations"] = [_present(relation, (*_RELATION_KEYS, "score")) for relation in document.relations]
    if document.meta:
        row["meta"] = dict(document.meta)
    if document.model is not None:
        row["model"] = document.model
    return row | dict(document.derived)


def _present(piece: Span | Relation, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(piece, name)) is not None}


def from_json(obj: Mapping[str, Any], where: str, scheme: Scheme | None = None) -> Document:
    """Read a document from its JSON form; `where` is for messages.

    Only `id` and `text` must be there. Events get the default polarity and modality where none is set; a key that is
    not of the form itself is kept in `derived`.

    Raises:
        FormatError: the first mistake.
    """
    return draft_json(obj, where, None, scheme or default_scheme()).finish()


def read_jsonl(path: str | Path, scheme: Scheme | None = None) -> Iterator[Document]:
    """Yield the documents of a file.

    Raises:
        FormatError: the first mistake, with its line.
    """
    for draft in draft_jsonl(path, scheme or default_scheme()):
        yield draft.finish()


def write_jsonl(documents: Iterable[Document], path: str | Path) -> None:
    """Write documents to a file, all of them or, after an error, none."""
    with replacing(path) as file:
        for document in documents:
            file.write(json.dumps(to_json(document), ensure_ascii=False, allow_nan=False) + "\n")


def draft_jsonl(path: str | Path, scheme: Scheme) -> Iterator[Draft]:
    """Yield a draft for each line that is not blank, mistakes noted in it."""
    for number, line in enumerate(read_bytes(path).removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        if line.strip():
            yield _draft_line(line, str(path), number, scheme)


def _draft_line(line: bytes, path: str, number: int, scheme: Scheme) -> Draft:
    try:
        return draft_json(json.loads(decode(line, path, number)), path, number, scheme)
    except FormatError as error:
        what = error.what
    except (ValueError, RecursionError) as error:
        what = f"not JSON ({error}); each line is one document"
    draft = Draft(path, scheme, number)
    draft.wrong(number, what)
    return draft


def draft_json(obj: Any, path: str, line: int | None, scheme: Scheme) -> Draft:
    """Read the JSON form to its end, mistakes noted in the draft at the line given."""
    draft = Draft(path, scheme, line)
    if not isinstance(obj, Mapping):
        draft.wrong(line, 'a document is a JSON object, as {"id": "ar-001", "text": "…"}')
        return draft
    head = _values(draft, {k: v for k, v in obj.items() if k in _HEAD}, line, _REQUIRED, _HEAD, "document")
    if not head:
        return draft
    _read_head(draft, head, line)
    _read_derived(draft, obj, line)
    for row in _list(draft, obj, "spans", line):
        if values := _values(draft, row, line, _SPAN_KEYS, _ATTRIBUTES, "span"):
            draft.add_span(line, Span(**values))
    for row in _list(draft, obj, "relations", line):
        if values := _values(draft, row, line, _RELATION_KEYS, {"score": float}, "relation"):
            draft.add_relation(line, Relation(**values))
    return draft


def _read_head(draft: Draft, head: Mapping[str, Any], line: int | None) -> None:
    draft.text, draft.model = head["text"], head.get("model")
    for key, setter in (("id", draft.set_id), ("lang", draft.set_lang), ("date", draft.set_date)):
        if key in head:
            setter(line, head[key])
    for key, value in head.get("meta", {}).items():
        if _is(value, str):
            draft.meta[key] = value
        else:
            draft.wrong(line, f"meta {key} is not {_NAMES[str]}")


def _read_derived(draft: Draft, obj: Mapping[str, Any], line: int | None) -> None:
    draft.derived = {key: value for key, value in obj.items() if key not in _KEYS}
    for key in draft.derived:
        if near := difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.8):
            draft.wrong(line, f"unknown key {key} (did you mean {near[0]}?)")
    for key, value in draft.derived.items():
        if what := _unwritable(key, value):
            draft.wrong(line, f"{key} holds what no file can: {what}")


def _unwritable(key: str, value: Any) -> str | None:
    """Say what in a derived value could be read as JSON but not written as JSON in UTF-8."""
    try:
        written = json.dumps({key: value}, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return "a number that is none (NaN or infinite)"
    return "half of a surrogate pair" if _SURROGATE.search(written) else None


def _list(draft: Draft, obj: Mapping[str, Any], key: str, line: int | None) -> list[Any]:
    rows = [] if obj.get(key) is None else obj[key]
    if isinstance(rows, list):
        return rows
    draft.wrong(line, f"{key} is not a list")
    return []


def _values(
    draft: Draft, row: Any, line: int | None, required: Mapping[str, type], optional: Mapping[str, type], what: str
) -> dict[str, Any]:
    """Return the values of a row by name, nulls left out; nothing where one is missing or wrong, which is noted."""
    if not isinstance(row, Mapping):
        draft.wrong(line, f"a {what} is not an object; its keys are {', '.join(required)}")
        return {}
    values = {key: value for key, value in row.items() if value is not None}
    wrong = [f"a {what} has no {key}" for key in required if key not in values]
    kinds = {**optional, **required}
    for key, value in values.items():
        if key not in kinds:
            wrong.append(f"unknown key {key} in a {what}{suggest(key, kinds)}")
        elif not _is(value, kinds[key]):
            wrong.append(f"{key} of a {what} is {json.dumps(value, ensure_ascii=False)[:40]}, not {_NAMES[kinds[key]]}")
    for sentence in wrong:
        draft.wrong(line, sentence)
    return {} if wrong else values


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return False
    if kind is float:
        return isinstance(value, int | float) and 0 <= value <= 1
    if kind is str:
        return isinstance(value, str) and not _SURROGATE.search(value)
    return isinstance(value, kind)
