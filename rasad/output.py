"""Output: documents in the form a person asked for, on standard output, in a file, or one file each in a folder."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO, get_args

import typer

from rasad.annotations.errors import RasadError
from rasad.annotations.files import replacing

if TYPE_CHECKING:
    from rasad.annotations.document import Document
    from rasad.annotations.scheme import Scheme

Form = Literal["table", "jsonl", "md", "html", "csv", "parquet", "geojson", "brat", "conll"]
FORMS: tuple[Form, ...] = get_args(Form)
ALONE: Mapping[Form, str] = {"md": ".md", "brat": ".ann"}  # forms of one document a file, with its suffix
TABLES: tuple[Form, ...] = ("csv", "parquet", "geojson")
RowForm = Literal["incidents", "arguments", "acled", "plover"]
Interface = Literal["ar", "en"]
InterfaceOption = Annotated[
    Interface | None, typer.Option(help="The language of a page's headings; by default each article's own.")
]
RowsOption = Annotated[
    RowForm,
    typer.Option("--rows", help="What a row of csv and parquet is: an incident, a filler of one, or one coded alike."),
]
FormOption = Annotated[
    Form | None, typer.Option("--format", help="The form; by default what the suffix of --out says, else a table.")
]
Out = Annotated[
    Path | None, typer.Option(help="Write to this file (for md and brat: to this folder) instead of standard output.")
]
_NAME_LENGTH = 100  # letters of two bytes, and a temporary name beside it, stay under what file systems take
_READ = (".txt", ".md", ".jsonl", ".html", ".htm", ".mhtml", ".mht")
# What a document's id may hold and the name of its file had better not: a leading full stop, and all but these.
_UNSAFE = re.compile(r"^\.+|[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Output:
    """A form and a place; `path` is None for standard output.

    A Markdown file holds one document: unless `path` ends in `.md`, it is a folder for as many as there are; so is
    that of brat. `rows` says what a row of a table of incidents is, `interface` in which language a page speaks.
    """

    form: Form
    path: Path | None = None
    rows: RowForm = "incidents"
    interface: Interface | None = None

    @classmethod
    def choose(
        cls,
        form: Form | None,
        path: Path | None,
        rows: RowForm = "incidents",
        interface: Interface | None = None,
    ) -> Output:
        """Take the form that the path tells where none is asked for: its suffix, a table where it has none.

        Raises:
            RasadError: where the suffix is that of no form.
        """
        if form is not None or path is None:
            return cls(form or "table", path, rows, interface)
        if path.is_dir():
            return cls("md", path)
        forms: dict[str, Form] = {"": "table", ".txt": "table", **{f".{form}": form for form in FORMS}}
        if path.suffix not in forms:
            raise RasadError(
                f"{path}: no form has the suffix {path.suffix}; say which with --format ({', '.join(FORMS)})"
            )
        return cls(forms[path.suffix], path, rows, interface)

    def check(self, documents: Iterable[Document], inputs: Iterable[str]) -> None:
        """Refuse what would lose something, before any work is done.

        Raises:
            RasadError: where two documents would go into one file, one would go into a file that was read, standard
                output cannot hold the form, or the form cannot hold the rows.
        """
        if self.path is None and self.form in ("parquet", "brat"):
            raise RasadError(f"{self.form} does not go to standard output; name a place with --out")
        if self.form == "geojson" and self.rows != "incidents":
            raise RasadError(f"geojson holds the rows incidents, not {self.rows}; leave --rows out, or write a .csv")
        read = {Path(path).resolve() for path in inputs}
        taken: set[Path | None] = set()
        for target in map(self._target, documents):
            if target is not None and _was_read(target.resolve(), read):
                raise RasadError(f"{target}: this is one of the files read; name another with --out")
            if self.form in ALONE and target in taken:
                where = target or "standard output"
                raise RasadError(f"{where}: {self.form} holds one document; name a folder with --out, each with its id")
            taken.add(target)

    def write(
        self,
        documents: Iterable[Document],
        scheme: Scheme,
        fail: Callable[[RasadError], None],
        opening: Callable[[], AbstractContextManager[TextIO]] | None = None,
    ) -> None:
        """Write documents as they come; a file is there whole in the end, or as it was.

        Args:
            documents: as `check` saw them, or what was predicted from those.
            scheme: whose labels they bear.
            fail: is told of each document that the form cannot carry; the others are written.
            opening: opens what is written to, where that is not simply the path.
        """
        if self._is_folder:
            for document in documents:
                with _telling(fail):
                    self._write_alone(document, scheme)
            return
        if self.form in TABLES:
            self._write_rows(documents, scheme)
            return
        with opening() if opening else opened(self.path) as file:
            if self.form == "html":
                self._write_page(documents, file, scheme)
                return
            for document in documents:
                with _telling(fail):
                    _WRITERS[self.form](document, file, scheme)

    def _write_alone(self, document: Document, scheme: Scheme) -> None:
        target = self._target(document)
        with opened(target) as file:
            _WRITERS[self.form](document, file, scheme)
        if self.form == "brat" and target is not None:  # whose annotation stands beside the text
            with opened(target.with_suffix(".txt")) as file:
                file.write(document.text)

    def _write_rows(self, documents: Iterable[Document], scheme: Scheme) -> None:
        from rasad.inference.events import Account
        from rasad.inference.incidents import incidents_of
        from rasad.inference.records import exports
        from rasad.inference.values import Values

        read = ((doc, Account.of(doc, scheme), Values.of(doc, scheme)) for doc in documents)
        told = ((doc, incidents_of(doc, account, values, scheme), values) for doc, account, values in read)
        if self.form == "parquet" and self.path is not None:
            exports.export(told, self.path, scheme, self.rows)
            return
        rows = exports.stream(told, scheme, self.rows)
        with opened(self.path) as file:
            if self.form == "csv":
                exports.write_csv(rows, file, self.rows)
            else:
                exports.write_geojson(rows, file, self.rows)

    def _write_page(self, documents: Iterable[Document], file: TextIO, scheme: Scheme) -> None:
        from rasad.inference.page import render_html

        file.write(render_html(list(documents), scheme, interface=self.interface))

    @property
    def _is_folder(self) -> bool:
        return self.form in ALONE and self.path is not None and self.path.suffix != ".md"

    def _target(self, document: Document) -> Path | None:
        """Return the file that a document goes into; its id may hold what a file name cannot."""
        if self.path is None or not self._is_folder:
            return self.path
        return self.path / (_UNSAFE.sub("_", document.id)[:_NAME_LENGTH] + ALONE[self.form])


def _was_read(target: Path, read: set[Path]) -> bool:
    """Say whether a file is one of the paths read, or an article in one of the folders read."""
    if target in read:
        return True
    return target.is_file() and target.suffix.casefold() in _READ and not read.isdisjoint(target.parents)


@contextmanager
def opened(path: Path | None) -> Iterator[TextIO]:
    """Open standard output, or a file that takes its place at the end; a pipe or a device is written as it stands."""
    if path is None:
        yield sys.stdout
    elif path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as file:
            yield file
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path.resolve()) as file:
            yield file


@contextmanager
def _telling(fail: Callable[[RasadError], None]) -> Iterator[None]:
    try:
        yield
    except RasadError as error:
        fail(error)


def _write_table(document: Document, file: TextIO, scheme: Scheme) -> None:
    from rich.console import Console

    from rasad.inference.table import render_table

    render_table(document, scheme, Console(file=file))


def _write_jsonl(document: Document, file: TextIO, scheme: Scheme) -> None:
    from rasad.annotations.jsonl import to_json

    print(json.dumps(to_json(document), ensure_ascii=False), file=file, flush=True)


def _write_markdown(document: Document, file: TextIO, scheme: Scheme) -> None:
    from rasad.annotations.markdown import to_markdown

    file.write(to_markdown(document, scheme))


def _write_brat(document: Document, file: TextIO, scheme: Scheme) -> None:
    from rasad.annotations.brat import to_brat

    file.write(to_brat(document, scheme))


def _write_conll(document: Document, file: TextIO, scheme: Scheme) -> None:
    from rasad.annotations.conll import to_conll

    print(to_conll(document), file=file)


_WRITERS: dict[Form, Callable[[Document, TextIO, Scheme], None]] = {
    "table": _write_table,
    "jsonl": _write_jsonl,
    "md": _write_markdown,
    "brat": _write_brat,
    "conll": _write_conll,
}
