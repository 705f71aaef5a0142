"""Stand-off annotation: what is marked in texts that cannot be passed on, without the texts.

A row holds offsets and labels, and a hash of the text that they belong to; who has the text can put the two together.
Nothing of the text is in it, not even the words of a span.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rasad.annotations.document import Document
from rasad.annotations.errors import FormatError
from rasad.annotations.files import decode, read_bytes, read_text
from rasad.annotations.jsonl import from_json


def read_rows(path: str | Path) -> Iterator[dict[str, Any]]:
    """Read the rows of a file, which may be compressed (`.xz`).

    Raises:
        FormatError: at the first line that is none.
    """
    for number, line in enumerate(_text(Path(path)).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise FormatError(str(path), number, f"no JSON: {error}") from None
        if not isinstance(row, dict) or not isinstance(row.get("text_hash"), str):
            raise FormatError(str(path), number, "no stand-off annotation: an object with a text_hash is one")
        yield row


def write_rows(documents: Iterable[Document], path: str | Path) -> None:
    """Write what is marked in documents, a row a line; compressed where the name ends in `.xz`."""
    lines = "".join(json.dumps(detach(d), ensure_ascii=False, separators=(",", ":")) + "\n" for d in documents)
    data = lines.encode()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(lzma.compress(data) if Path(path).suffix == ".xz" else data)


def _text(path: Path) -> str:
    if path.suffix != ".xz":
        return read_text(path)
    try:
        return decode(lzma.decompress(read_bytes(path)), str(path))
    except lzma.LZMAError as error:
        raise FormatError(str(path), None, f"no .xz file that can be read ({error})") from None


def detach(document: Document) -> dict[str, Any]:
    """Return what is marked in a document, as plain data without its text."""
    spans = []
    for span in document.spans:
        row: dict[str, Any] = {"id": span.id, "start": span.start, "end": span.end, "type": span.type}
        spans.append(row | {k: v for k in ("polarity", "modality") if (v := getattr(span, k)) is not None})
    relations = [{"head": r.head, "type": r.type, "tail": r.tail} for r in document.relations]
    named = {"id": document.id, "lang": document.lang, "date": document.date, "text_hash": text_hash(document.text)}
    return {k: v for k, v in named.items() if v is not None} | {"spans": spans, "relations": relations}


def attach(row: Mapping[str, Any], text: str, where: str) -> Document:
    """Return the document that a row marks in its text.

    Raises:
        FormatError: where it is no such row, or the text another.
    """
    if row.get("text_hash") != text_hash(text):
        raise FormatError(where, None, f"{row.get('id')}: the text is not the one that was annotated")
    spans = [{**span, "text": text[span["start"] : span["end"]]} for span in row.get("spans", ())]
    kept = {k: row[k] for k in ("id", "lang", "date", "relations") if k in row}
    return from_json(kept | {"text": text, "spans": spans}, where)


def attach_all(rows: Iterable[Mapping[str, Any]], texts: Iterable[str], where: str) -> Iterator[Document]:
    """Yield a document for each text that one of the rows marks, in the order of the texts.

    Texts are taken without the white space around them.
    """
    wanted = {row.get("text_hash"): row for row in rows}
    for text in map(str.strip, texts):
        row = wanted.pop(text_hash(text), None)
        if row is not None:
            yield attach(row, text, where)


def text_hash(text: str) -> str:
    """Hash a text (16 hexadecimal digits of SHA-256)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
