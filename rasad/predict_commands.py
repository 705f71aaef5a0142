"""The command that reads articles with a model: `rasad predict`, on one article or on folders of thousands."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rasad import reading
from rasad.annotations.errors import RasadError
from rasad.inference.articles.folders import Failure
from rasad.messages import Failures, say
from rasad.output import ALONE, FormOption, InterfaceOption, Out, Output, RowsOption

if TYPE_CHECKING:
    from rasad.annotations.document import Document
    from rasad.inference.articles import Article, Place, Reader, Survey
    from rasad.inference.batches import Unfinished
    from rasad.inference.predictor import Predictor

Precision = Literal["float32", "bf16"]
OnError = Literal["skip", "stop"]
Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE", help=".txt, .md, .jsonl, .html, a folder, or - for standard input."),
]


def _field(what: str) -> Any:
    return typer.Option(metavar="NAME", help=f"The field of JSONL rows that holds {what}.")


def predict(
    files: Files,
    form: FormOption = None,
    out: Out = None,
    rows: RowsOption = "incidents",
    interface: InterfaceOption = None,
    lang: Annotated[
        str | None, typer.Option(help="ar, en or mixed, for articles that do not say it; else told by their letters.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Publication date, as 2024-04-22, likewise; goes before a web page's own.")
    ] = None,
    model: Annotated[str, typer.Option(help="A checkpoint that rasad train wrote.")] = "default",
    min_score: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Leave out what has a lower score: the higher, the fewer and the surer."),
    ] = 0.0,
    precision: Annotated[
        Precision, typer.Option(help="bf16 reads much faster on processors that have it, and a few spans otherwise.")
    ] = "float32",
    text_field: Annotated[str | None, _field("the text")] = None,
    id_field: Annotated[str | None, _field("the id")] = None,
    date_field: Annotated[str | None, _field("the publication date")] = None,
    lang_field: Annotated[str | None, _field("the language")] = None,
    on_error: Annotated[OnError, typer.Option(help="What to do after an article that cannot be read.")] = "skip",
) -> None:
    """Read articles and tell who did what to whom, and who says so.

    What could not be read is told, and with --out listed beside the output as NAME.errors.jsonl. A run into a .jsonl
    file that is stopped goes on where it was when the same command is given again.
    """
    from rasad.inference.articles import Reader
    from rasad.inference.articles.rows import Fields

    batch = _Batch.choose(Output.choose(form, out, rows, interface), on_error)
    fields = Fields(text_field, id_field, date_field, lang_field)
    reader = Reader(lang=lang, date=date, fields=fields, done=batch.done, apart=batch.own_files)
    survey = reader.survey(files)
    batch.check(files, reader, survey)
    batch.tell(survey.failures)
    told = set(survey.failures)
    items = (item for item in reader.read(files) if not isinstance(item, Failure) or item not in told)
    batch.run(lambda: reading.load_predictor(model, min_score, precision), items, survey.articles)
    batch.errors.end()


class _Errors(Failures):
    """Failures that are kept in a file, one a line, and that may stop the run."""

    def __init__(self, path: Path | None, stop: bool) -> None:
        super().__init__()
        self.path, self.stop = path, stop
        self._article: Article | None = None

    def check(self) -> None:
        """Refuse to replace a file that holds something else than failures."""
        if self.path is None or not self.path.is_file():
            return
        with self.path.open("rb") as file:
            first = file.readline()
        if first and not first.startswith(b'{"path": '):
            raise RasadError(f"{self.path}: the failures would go here, and it holds something else; move it away")

    def begin(self) -> None:
        """Remove the file of a run before: what failed then is tried again."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def add(self, failure: object) -> None:
        """Tell of one, and write it down; the batch goes on, unless it is to stop."""
        super().add(failure)
        if self.path is not None:
            self._keep(failure if isinstance(failure, Failure) else self._about_article(str(failure)), self.path)
        if self.stop:
            self.end()

    def first_article(self, items: Iterable[Article | Failure]) -> Article | None:
        """Return the first article, having told of the failures before it."""
        for item in items:
            if not isinstance(item, Failure):
                return item
            self.add(item)
        return None

    def sift(self, found: Iterable[Article | Failure]) -> Iterator[Document]:
        """Pass on the documents alone; a failure that names no file, while one is written, is that one's."""
        for item in found:
            if isinstance(item, Failure):
                self.add(item)
            else:
                self._article = item
                yield item.document
                self._article = None

    def _about_article(self, message: str) -> Failure:
        path, line = self._article.place if self._article else ("", None)
        return Failure(path, message, line)

    def _keep(self, failure: Failure, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        row = {"path": failure.path, "line": failure.line, "message": failure.message}
        # What is no Unicode text, as the name of a field can be, is JSON still when it is escaped.
        with file.open("a", encoding="utf-8", errors="backslashreplace") as kept:
            print(json.dumps(row, ensure_ascii=False), file=kept)


@dataclass(frozen=True)
class _Batch:
    """A run of `rasad predict`: where results and failures go, and what a run that was stopped left of them."""

    output: Output
    errors: _Errors
    part: Unfinished | None

    @classmethod
    def choose(cls, output: Output, on_error: OnError) -> _Batch:
        """Take the places beside an output; JSONL in a file is what a run can go on with."""
        from rasad.inference.batches import Unfinished

        path = output.path
        whole = path is not None and (path.is_file() or path.is_dir() or not path.exists())  # no pipe, no device
        errors = _Errors(path.with_name(f"{path.stem}.errors.jsonl") if path and whole else None, on_error == "stop")
        part = Unfinished(path) if path and whole and not path.is_dir() and output.form == "jsonl" else None
        return cls(output, errors, part)

    @property
    def done(self) -> Mapping[Place, str]:
        """The ids of the articles that a run before has done."""
        return self.part.done if self.part else {}

    @property
    def own_files(self) -> list[Path]:
        """What the run writes beside its output, which is no article though it lie among them."""
        return [path for path in (self.errors.path, self.part.path if self.part else None) if path is not None]

    def check(self, files: Sequence[str], reader: Reader, survey: Survey) -> None:
        """Refuse what would lose something, before any work is done."""
        from rasad.annotations.document import Document

        if clash := {Path(file).resolve() for file in files} & {path.resolve() for path in self.own_files}:
            raise RasadError(f"{clash.pop()}: this is one of the files read; name another with --out")
        self.errors.check()
        if self.part and survey.strange:
            raise RasadError(
                f"{self.part.path}: holds results of {len(survey.strange)} files that are not among these, as "
                f"{survey.strange[0]}; give the same files again, remove it, or name another with --out"
            )
        if self.output.form in ALONE:  # in files named by the ids, so these must be known
            named = (item.document for item in reader.read(files) if not isinstance(item, Failure))
            self.output.check(named, files)
        elif survey.articles:
            self.output.check([Document("any", "")], files)

    def tell(self, failures: Iterable[Failure]) -> None:
        """Begin: tell of what is known to be wrong, and of what is done already."""
        self.errors.begin()
        for failure in failures:
            self.errors.add(failure)
        if self.part and self.done:
            cut = "; a line that was half written is cut off" if self.part.mended else ""
            say(f"{self.part.path}: goes on after {len(self.done)} articles{cut}")

    def run(self, load: Callable[[], Predictor], items: Iterator[Article | Failure], total: int) -> None:
        """Predict and write; without any article there is no need for a model, and nothing is written."""
        from rasad.inference.batches import predict_all

        before = self.errors.count
        first = self.errors.first_article(items)
        if first is None and not self.done:
            return
        predictor = load()
        if self.part:
            self.part.check(predictor.settings)
        found = predict_all(predictor, itertools.chain([first] if first else [], items))
        shown = self.output.path is None and sys.stdout.isatty()
        number = len(self.done) + self.errors.count - before
        documents = self.errors.sift(reading.progress(found, total, shown, number))
        with self._keeping():
            self.output.write(documents, predictor.scheme, self.errors.add, self.part.opened if self.part else None)

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """Say how to go on where a run is stopped."""
        try:
            yield
        except BaseException:
            if self.part and self.part.path.exists():
                say(f"{self.part.path}: keeps what is done; give the same command again to go on")
            raise
