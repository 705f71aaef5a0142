"""Articles: what a person hands in (`.txt`, `.md`, `.jsonl`, folders, standard input) as documents without spans.

Nothing is passed over in silence: what cannot be read comes out as a `Failure` between the documents, in its place.
The text itself is never changed: line ends, no-break spaces and tatweel stay, for offsets count them.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rasad.annotations.document import LANGUAGES, Document
from rasad.annotations.draft import is_date
from rasad.annotations.errors import FormatError, RasadError, suggest
from rasad.annotations.files import decode
from rasad.annotations.jsonl import from_json
from rasad.annotations.markdown import parse_markdown

STDIN = "-"
# A few names in the other script do not make an article mixed.
MINORITY = 0.2
ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08b4\ufb50-\ufdfb\ufe70-\ufefc]")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Failure:
    """An article, or a file of them, that could not be read; `str(failure)` is `path:line: what is wrong`."""

    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


def read_articles(
    paths: str | Path | Iterable[str | Path], *, lang: str | None = None, date: str | None = None
) -> Iterator[Document | Failure]:
    """Read articles one after another, without the spans and relations that an annotated file may hold.

    The id of a text file is its stem, with a number behind it where that id has been read already. A folder is read
    with the folders in it, in the order of names; hidden files in it (`.name`) are left alone, and what has another
    suffix is counted in a `Failure`. `lang` and `date` are for the articles that do not say theirs; a language that
    nobody says is found by counting letters.

    Raises:
        RasadError: where `lang` is no language of ours, or `date` no date.
    """
    if lang is not None and lang not in LANGUAGES:
        raise RasadError(f"unknown language {lang}{suggest(lang, LANGUAGES)}")
    if date is not None and not is_date(date):
        raise RasadError(f"bad date {date!r}; a date is ISO 8601, as 2024-04-22")
    reader = _Reader(lang, date)
    given = [paths] if isinstance(paths, (str, Path)) else paths
    return (found for path in given for found in reader.read(path))


def language(text: str) -> str:
    """Return `ar`, `en` or `mixed`, by the letters of the two scripts in a text."""
    arabic, latin = len(ARABIC.findall(text)), len(LATIN.findall(text))
    if arabic + latin == 0 or min(arabic, latin) > MINORITY * (arabic + latin):
        return "mixed"
    return "ar" if arabic > latin else "en"


class _Reader:
    """Reads paths under what the caller said, and knows the ids that have been given out."""

    def __init__(self, lang: str | None, date: str | None) -> None:
        self.lang, self.date = lang, date
        self.ids: dict[str, str] = {}
        self.readers: Mapping[str, Callable[[Path], Iterator[Document | Failure]]] = {
            ".txt": self._text_file,
            ".md": self._markdown_file,
            ".jsonl": self._jsonl_file,
        }

    def read(self, path: str | Path) -> Iterator[Document | Failure]:
        """Read a file, a folder, or standard input."""
        if str(path) == STDIN:
            yield self._or_failure(STDIN, None, lambda: self._text(sys.stdin.buffer.read(), STDIN, "stdin"))
        elif Path(path).is_dir():
            yield from self._folder(Path(path))
        elif not Path(path).exists():
            yield Failure(str(path), "no such file or folder")
        elif self._reads(Path(path)):
            yield from self._file(Path(path))
        else:
            yield Failure(str(path), f"{_kind(Path(path))} is not read; articles are {', '.join(self.readers)}")

    def _reads(self, path: Path) -> bool:
        return path.suffix.casefold() in self.readers

    def _folder(self, folder: Path) -> Iterator[Document | Failure]:
        others: Counter[str] = Counter()
        empty = True
        for found in _files(folder, frozenset()):
            if isinstance(found, Failure):
                yield found
            elif self._reads(found):
                yield from self._file(found)
                empty = False
            else:
                others[_kind(found)] += 1
        known = ", ".join(self.readers)
        if others:
            kinds = ", ".join(f"{count} × {kind}" for kind, count in sorted(others.items()))
            yield Failure(str(folder), f"files in it that are not read: {kinds}; articles are {known}")
        elif empty:
            yield Failure(str(folder), f"no articles in this folder; they are {known}")

    def _file(self, path: Path) -> Iterator[Document | Failure]:
        try:
            yield from self.readers[path.suffix.casefold()](path)
        except (RasadError, OSError) as error:
            yield _failure(path, None, error)

    def _text_file(self, path: Path) -> Iterator[Document]:
        yield self._text(path.read_bytes(), str(path), path.stem)

    def _text(self, data: bytes, where: str, stem: str) -> Document:
        return self._article(Document(self._free_id(stem), _decode(data, where)), None, where)

    def _markdown_file(self, path: Path) -> Iterator[Document]:
        doc = parse_markdown(_decode(path.read_bytes(), str(path)), str(path))
        yield self._article(doc, doc.lang, str(path))

    def _jsonl_file(self, path: Path) -> Iterator[Document | Failure]:
        empty = True
        with path.open("rb") as lines:
            # Bytes, since only a line feed ends a line here: JSON may hold U+2028 and its like as they are.
            for number, line in enumerate(lines, 1):
                if number == 1:
                    _refuse_utf16(line, str(path))
                if line.strip():
                    yield self._or_failure(path, number, functools.partial(self._json, line, str(path), number))
                    empty = False
        if empty:
            raise RasadError("no articles in it; each line is one, as a JSON object")

    def _json(self, line: bytes, where: str, number: int) -> Document:
        text = _decode(line, where)
        try:
            row = json.loads(text)
        except RecursionError:
            raise RasadError("not JSON that can be read (too deep)") from None
        except json.JSONDecodeError as error:
            raise RasadError(f"not JSON ({error.msg} at character {error.pos + 1}); each line is one article") from None
        except ValueError:
            raise RasadError("not JSON that can be read (a number of thousands of digits)") from None
        if isinstance(row, dict):
            row = {key: row[key] for key in ("id", "lang", "date", "text", "meta") if row.get(key) is not None}
            row.setdefault("id", f"{Path(where).stem}-{number}")
        return self._article(from_json(row, where), row.get("lang"), where)

    def _article(self, doc: Document, lang: str | None, where: str) -> Document:
        """Return a document with nothing marked in it and its date and language filled in; `lang` is what it says."""
        if not any(c.isalnum() for c in doc.text):
            raise RasadError("there are no words in it")
        if doc.id in self.ids:
            raise RasadError(f"id {doc.id} has been read from {self.ids[doc.id]}; ids are unique")
        self.ids[doc.id] = where
        lang = lang or self.lang or language(doc.text)
        return replace(doc, lang=lang, date=doc.date or self.date, spans=(), relations=(), model=None, derived={})

    def _free_id(self, stem: str) -> str:
        # A file's name need not be UTF-8, an id must be.
        stem = stem.encode("utf-8", "replace").decode()
        numbered = (f"{stem}-{number}" for number in itertools.count(2))
        return next(name for name in itertools.chain([stem], numbered) if name not in self.ids)

    def _or_failure(self, path: str | Path, line: int | None, read: Callable[[], Document]) -> Document | Failure:
        try:
            return read()
        except (RasadError, OSError) as error:
            return _failure(path, line, error)


def _failure(path: str | Path, line: int | None, error: RasadError | OSError) -> Failure:
    if isinstance(error, FormatError):
        return Failure(str(path), error.what, line or error.line)
    return Failure(str(path), str(error.strerror or error) if isinstance(error, OSError) else str(error), line)


def _files(folder: Path, above: frozenset[Path]) -> Iterator[Path | Failure]:
    """Yield the files of a folder and of those in it, by name; a link back to a folder above is not followed."""
    try:
        here = folder.resolve()
        found = sorted(folder.iterdir())
    except (OSError, RuntimeError) as error:
        yield Failure(str(folder), f"the folder cannot be read: {error}")
        return
    if here in above:
        return
    for path in found:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path, above | {here})
        else:
            yield path


def _kind(path: Path) -> str:
    return path.suffix.casefold() or "a file without a suffix"


def _decode(data: bytes, path: str) -> str:
    _refuse_utf16(data, path)
    if b"\0" in data:
        raise FormatError(path, None, "not text: it holds NUL bytes")
    return decode(data, path).removeprefix("\ufeff")


def _refuse_utf16(data: bytes, path: str) -> None:
    if data.startswith(UTF16):
        raise FormatError(path, None, "UTF-16, not UTF-8; save the file as UTF-8")
