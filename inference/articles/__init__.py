"""Articles: what a person hands in (`.txt`, `.md`, `.jsonl`, web pages, folders, standard input), without spans.

Nothing is passed over in silence: what cannot be read comes out as a `Failure` between the articles, in its place.
The text itself is never changed: line ends, no-break spaces and tatweel stay, for offsets count them. That of a web
page is what `webpages` finds in it.
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rasad.annotations.document import LANGUAGES, Document
from rasad.annotations.draft import is_date
from rasad.annotations.errors import FormatError, RasadError, suggest
from rasad.annotations.markdown import parse_markdown
from rasad.inference.articles import webpages
from rasad.inference.articles.encodings import decode_text, refuse_utf16
from rasad.inference.articles.folders import Failure, files, shown
from rasad.inference.articles.rows import Fields, read_row

STDIN = "-"
# A few names in the other script do not make an article mixed.
MINORITY = 0.2
ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08b4\ufb50-\ufdfb\ufe70-\ufefc]")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
Place = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Article:
    """A document without spans, and where it was read: a file, and the line of one that holds many."""

    path: str
    line: int | None
    document: Document

    @property
    def place(self) -> Place:
        """File and line: what tells an article from every other of a run."""
        return self.path, self.line


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to read, told from names and line ends alone.

    `articles` counts all, those that will turn out broken too; `failures` are the paths that hold none; `strange` are
    the files of articles that are done but not among those given.
    """

    articles: int
    failures: tuple[Failure, ...]
    strange: tuple[str, ...] = ()


def read_articles(
    paths: str | Path | Iterable[str | Path],
    *,
    lang: str | None = None,
    date: str | None = None,
    fields: Fields | None = None,
) -> Iterator[Document | Failure]:
    """Read articles one after another, without the spans and relations that an annotated file may hold.

    The id of a text file or web page is its stem, with a number behind it where that id has been read already. A
    folder is read with the folders in it, in the order of names; hidden files in it (`.name`) and the parts of a saved
    page (`name_files` beside `name.html`) are left alone, and what has another suffix is counted in a `Failure`.
    `lang` and `date` are for the articles that do not say theirs (`date` goes before what a web page says); a language
    that nobody says is found by counting letters. `fields` names what rows of JSONL call text, id, date and language.

    Raises:
        RasadError: where `lang` is no language of ours, or `date` no date.
    """
    reader = Reader(lang=lang, date=date, fields=fields)
    given = [paths] if isinstance(paths, (str, Path)) else paths
    return (found.document if isinstance(found, Article) else found for found in reader.read(given))


def language(text: str) -> str:
    """Return `ar`, `en` or `mixed`, by the letters of the two scripts in a text."""
    arabic, latin = len(ARABIC.findall(text)), len(LATIN.findall(text))
    if arabic + latin == 0 or min(arabic, latin) > MINORITY * (arabic + latin):
        return "mixed"
    return "ar" if arabic > latin else "en"


class Reader:
    """Reads paths under what the caller said, one article in memory at a time.

    Args:
        lang: as for `read_articles`, like `date` and `fields`.
        date: see there.
        fields: see there.
        done: the ids of articles that are read already, by their places; they are not read again, and the others
            get the ids that they would have got after them.
        apart: files that are no articles, wherever they lie.
    """

    def __init__(
        self,
        *,
        lang: str | None = None,
        date: str | None = None,
        fields: Fields | None = None,
        done: Mapping[Place, str] | None = None,
        apart: Collection[Path] = (),
    ) -> None:
        if lang is not None and lang not in LANGUAGES:
            raise RasadError(f"unknown language {lang}{suggest(lang, LANGUAGES)}")
        if date is not None and not is_date(date):
            raise RasadError(f"bad date {date!r}; a date is ISO 8601, as 2024-04-22")
        self.lang, self.date, self.fields = lang, date, fields or Fields()
        self.done = done or {}
        self.apart = {path.resolve() for path in apart}
        self.readers: dict[str, Callable[[Path], Iterator[Article | Failure]]] = {
            ".txt": self._text_file,
            ".md": self._markdown_file,
            ".jsonl": self._jsonl_file,
        }
        if webpages.available():
            self.readers |= dict.fromkeys(webpages.SUFFIXES, self._page_file)
        self._piped: bytes | None = None
        self._begin()

    def survey(self, paths: Iterable[str | Path]) -> Survey:
        """Look at what there is to read, without reading the articles."""
        articles, failures = 0, []
        strange = dict.fromkeys(path for path, _ in self.done)
        for found in self._walk(paths):
            if isinstance(found, Failure):
                failures.append(found)
            else:
                strange.pop(shown(found), None)
                articles += _count(found)
        return Survey(articles, tuple(failures), tuple(strange))

    def read(self, paths: Iterable[str | Path]) -> Iterator[Article | Failure]:
        """Read files, folders, or standard input, from the first to the last."""
        self._begin()
        for found in self._walk(paths):
            if isinstance(found, Failure):
                yield found
            elif str(found) == STDIN:
                yield self._or_failure(STDIN, None, self._stdin)
            elif self._left(shown(found), None):
                yield from self._file(found)

    def _begin(self) -> None:
        self._ids = {id: path for (path, _), id in self.done.items()}
        self._stdin_read = False

    def _walk(self, paths: Iterable[str | Path]) -> Iterator[Path | Failure]:
        """Yield what is to be read, in order, and a failure for each path and folder that holds something else."""
        for path in map(Path, paths):
            if str(path) == STDIN:
                yield path
            elif path.is_dir():
                yield from self._folder(path)
            elif not path.exists():
                yield Failure(shown(path), "no such file or folder")
            elif not self._reads(path):
                yield Failure(shown(path), f"{_kind(path)} is not read; {self._known([_kind(path)])}")
            elif not self._is_apart(path):
                yield path

    def _folder(self, folder: Path) -> Iterator[Path | Failure]:
        others: Counter[str] = Counter()
        empty = True
        for found in files(folder):
            if isinstance(found, Failure):
                yield found
            elif self._is_apart(found):
                continue
            elif self._reads(found):
                yield found
                empty = False
            else:
                others[_kind(found)] += 1
        if others:
            kinds = ", ".join(f"{count} × {kind}" for kind, count in sorted(others.items()))
            yield Failure(shown(folder), f"files in it that are not read: {kinds}; {self._known(others)}")
        elif empty:
            yield Failure(shown(folder), f"no articles in this folder; they are {', '.join(self.readers)}")

    def _reads(self, path: Path) -> bool:
        return path.suffix.casefold() in self.readers

    def _is_apart(self, path: Path) -> bool:
        return bool(self.apart) and path.resolve() in self.apart

    def _known(self, kinds: Iterable[str]) -> str:
        """Say which files are read, to one who gave some of these kinds."""
        known = f"articles are {', '.join(self.readers)}"
        pages = not webpages.available() and not set(webpages.SUFFIXES).isdisjoint(kinds)
        return f"{known}; {webpages.INSTALL}" if pages else known

    def _file(self, path: Path) -> Iterator[Article | Failure]:
        try:
            yield from self.readers[path.suffix.casefold()](path)
        except (RasadError, OSError) as error:
            yield _failure(path, None, error)

    def _stdin(self) -> Article:
        # It can be read once only, though the whole be read twice; named again, it is at its end.
        if self._piped is None:
            self._piped = sys.stdin.buffer.read()
        data, self._stdin_read = b"" if self._stdin_read else self._piped, True
        return self._text(data, STDIN, "stdin")

    def _text_file(self, path: Path) -> Iterator[Article]:
        yield self._text(path.read_bytes(), shown(path), path.stem)

    def _text(self, data: bytes, where: str, stem: str) -> Article:
        return self._article(Document(self._free_id(stem), decode_text(data, where)), None, where)

    def _markdown_file(self, path: Path) -> Iterator[Article]:
        doc = parse_markdown(decode_text(path.read_bytes(), shown(path)), shown(path))
        yield self._article(doc, doc.lang, shown(path))

    def _page_file(self, path: Path) -> Iterator[Article]:
        read = webpages.read_archive if path.suffix.casefold() in webpages.ARCHIVES else webpages.read_page
        page = read(path.read_bytes())
        meta = {"source": page.url} if page.url else {}
        # The date that a page says was found by rules: what a person says goes before it.
        doc = Document(self._free_id(path.stem), page.text, date=self.date or page.date, meta=meta)
        yield self._article(doc, None, shown(path))

    def _jsonl_file(self, path: Path) -> Iterator[Article | Failure]:
        empty = True
        with path.open("rb") as lines:
            # Bytes, since only a line feed ends a line here: JSON may hold U+2028 and its like as they are.
            for number, line in enumerate(lines, 1):
                if number == 1:
                    refuse_utf16(line, shown(path))
                if line.strip():
                    empty = False
                    if self._left(shown(path), number):
                        yield self._or_failure(path, number, functools.partial(self._row, line, shown(path), number))
        if empty:
            raise RasadError("no articles in it; each line is one, as a JSON object")

    def _row(self, line: bytes, where: str, number: int) -> Article:
        doc, lang = read_row(line, where, number, self.fields)
        return self._article(doc, lang, where, number)

    def _article(self, doc: Document, lang: str | None, where: str, line: int | None = None) -> Article:
        """Return a document with nothing marked in it and its date and language filled in; `lang` is what it says."""
        if not any(c.isalnum() for c in doc.text):
            raise RasadError("there are no words in it")
        if doc.id in self._ids:
            raise RasadError(f"id {doc.id} has been read from {self._ids[doc.id]}; ids are unique")
        self._ids[doc.id] = where
        lang = lang or self.lang or language(doc.text)
        bare = replace(doc, lang=lang, date=doc.date or self.date, spans=(), relations=(), model=None, derived={})
        return Article(where, line, bare)

    def _free_id(self, stem: str) -> str:
        # A file's name need not be UTF-8, an id must be.
        stem = stem.encode("utf-8", "replace").decode()
        numbered = (f"{stem}-{number}" for number in itertools.count(2))
        return next(name for name in itertools.chain([stem], numbered) if name not in self._ids)

    def _left(self, path: str, line: int | None) -> bool:
        return (path, line) not in self.done

    def _or_failure(self, path: str | Path, line: int | None, read: Callable[[], Article]) -> Article | Failure:
        try:
            return read()
        except (RasadError, OSError) as error:
            return _failure(path, line, error)


def _count(path: Path) -> int:
    """Count the articles of a file, broken ones too; of what cannot be read twice, or at all, one."""
    if path.suffix.casefold() != ".jsonl" or not path.is_file():
        return 1
    try:
        with path.open("rb") as lines:
            return sum(1 for line in lines if line.strip()) or 1
    except OSError:
        return 1


def _failure(path: str | Path, line: int | None, error: RasadError | OSError) -> Failure:
    if isinstance(error, FormatError):
        return Failure(shown(path), error.what, line or error.line)
    return Failure(shown(path), str(error.strerror or error) if isinstance(error, OSError) else str(error), line)


def _kind(path: Path) -> str:
    return path.suffix.casefold() or "a file without a suffix"
