"""Export: a corpus as files that `datasets` loads in one line, one JSONL and one parquet file for each split."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.jsonl import to_json, write_jsonl

_TEXT = ("id", "lang", "date", "text")
_SPAN = {"id": "string", "start": "int64", "end": "int64", "type": "string", "text": "string"}
_ATTRIBUTES = {"polarity": "string", "modality": "string"}
_RELATION = {"head": "string", "type": "string", "tail": "string"}


def export(documents: Sequence[Document], folder: Path) -> list[Path]:
    """Write `SPLIT.jsonl` and `SPLIT.parquet` for each split there is, and return the files.

    JSONL is the form that rasad reads, whole. In parquet every row has every column, null where a document has nothing
    to say, so that the splits have one schema; it carries what gold has, not scores nor what is derived.

    Raises:
        RasadError: naming a document that has no split.
    """
    by_split: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        if not document.meta.get("split"):
            raise RasadError(f"{document.id} has no split; `rasad corpus split --assign` gives it one")
        by_split[document.meta["split"]].append(document)
    keys = sorted({key for document in documents for key in document.meta})
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for split, its in by_split.items():
        rows, table = folder / f"{split}.jsonl", folder / f"{split}.parquet"
        write_jsonl(its, rows)
        _write_parquet(its, keys, table)
        written += [rows, table]
    return written


def _write_parquet(documents: Sequence[Document], meta_keys: Sequence[str], path: Path) -> None:
    """Write a table whose schema is told, not guessed from what the documents happen to have."""
    from datasets import Dataset, Features, List, Value

    def struct(columns: dict[str, str]) -> dict[str, Value]:
        return {name: Value(kind) for name, kind in columns.items()}

    features = Features(
        struct(dict.fromkeys(_TEXT, "string"))
        | {
            "spans": List(struct(_SPAN | _ATTRIBUTES)),
            "relations": List(struct(_RELATION)),
            "meta": struct(dict.fromkeys(meta_keys, "string")),
        }
    )
    table = Dataset.from_list([_row(document) for document in documents], features=features)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        table.to_parquet(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _row(document: Document) -> dict[str, Any]:
    row = to_json(document)
    return {name: row.get(name) for name in (*_TEXT, "spans", "relations", "meta")}
