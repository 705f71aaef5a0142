"""Corpora: documents loaded from files and folders, and the hash that names what was loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.jsonl import read_jsonl, to_json
from rasad.annotations.markdown import read_markdown
from rasad.annotations.scheme import Scheme

SUFFIXES = (".md", ".jsonl")


def load(paths: Sequence[str | Path], scheme: Scheme | None = None) -> list[Document]:
    """Read the documents of any mix of `.md` files, `.jsonl` files and folders of them.

    Raises:
        FormatError: the first mistake in a file.
        RasadError: where nothing is there, or two documents have one id.
    """
    return load_with_homes(paths, scheme)[0]


def load_with_homes(
    paths: Sequence[str | Path], scheme: Scheme | None = None
) -> tuple[list[Document], dict[str, Path]]:
    """Read documents as `load` does, and return the file of each by its id, for messages that send a person to it."""
    documents: list[Document] = []
    homes: dict[str, Path] = {}
    for path in find(paths):
        for document in _read(path, scheme):
            if document.id in homes:
                raise RasadError(
                    f"{path}: document id {document.id} is used in {homes[document.id]} too; ids are unique"
                )
            homes[document.id] = path
            documents.append(document)
    return documents, homes


def find(paths: Sequence[str | Path]) -> list[Path]:
    """Return the files that paths stand for, each once: a folder's in sorted order, deep, without its README.md files.

    Raises:
        RasadError: where a path is missing, of another kind, or a folder without documents.
    """
    found = [file for path in paths for file in _files(Path(path))]
    return list({file.resolve(): file for file in found}.values())


def _files(path: Path) -> list[Path]:
    kinds = " or ".join(SUFFIXES)
    if path.is_dir():
        inside = (p for p in path.rglob("*") if p.suffix in SUFFIXES and p.name != "README.md" and p.is_file())
        files = sorted(inside, key=lambda p: p.relative_to(path).as_posix())
        if not files:
            raise RasadError(f"{path}: the folder holds no {kinds} file")
        return files
    if not path.exists():
        raise RasadError(f"{path}: no such file or folder")
    if path.suffix not in SUFFIXES:
        raise RasadError(f"{path}: not a corpus file; give a {kinds} file, or a folder of them")
    return [path]


def _read(path: Path, scheme: Scheme | None = None) -> Iterator[Document]:
    """Yield the documents of a file, by its suffix."""
    if path.suffix == ".jsonl":
        yield from read_jsonl(path, scheme)
    else:
        yield read_markdown(path, scheme)


def corpus_hash(documents: Iterable[Document]) -> str:
    """Return 12 hexadecimal digits that name what the documents say, whatever order they and their relations are in."""
    digests = sorted(hashlib.sha256(_canonical(document)).digest() for document in documents)
    return hashlib.sha256(b"".join(digests)).hexdigest()[:12]


def _canonical(document: Document) -> bytes:
    row = to_json(document)
    row["relations"].sort(key=lambda r: (r["head"], r["type"], r["tail"]))
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
