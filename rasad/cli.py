"""The command line: it parses, calls, and says what went wrong; what it calls is loaded only then."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from rasad.annotations.errors import RasadError, suggest
from rasad.output import Form, Output, opened

if TYPE_CHECKING:
    from rasad.annotations.check import Problem
    from rasad.annotations.document import Document
    from rasad.eval.scores import Report
    from rasad.inference.predictor import Predictor

FAILED_CHECK, BAD_INPUT = 1, 2
CHUNK = 32  # articles handed to the predictor at once, so that results flow and one that fails stops few
REPORTS = 20  # lines of progress where there is no terminal

app = typer.Typer(
    help="Who did what to whom, and who says so: events from Arabic and English conflict news.",
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain help: rich's is prettier and comes in twice the time.
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
corpus = typer.Typer(help="Look after annotated documents: Markdown files, JSONL files, and folders of them.")
app.add_typer(corpus, name="corpus")

Corpus = Annotated[list[str], typer.Argument(metavar="PATH", help="Annotated .md and .jsonl files, and folders.")]
FormOption = Annotated[
    Form | None, typer.Option("--format", help="The form; by default what the suffix of --out says, else a table.")
]
Out = Annotated[
    Path | None, typer.Option(help="Write to this file (for md: to this folder) instead of standard output.")
]


def say(message: str) -> None:
    """Tell the person something on standard error, in one line."""
    print(f"rasad: {' '.join(message.split())}", file=sys.stderr, flush=True)


@app.callback(invoke_without_command=True)
def rasad(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Print the help, or the version, where no command is named."""
    if version:
        import rasad as package

        print(package.__version__)
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def predict(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help=".txt, .md, .jsonl, a folder, or - for standard input.")
    ],
    form: FormOption = None,
    out: Out = None,
    lang: Annotated[str | None, typer.Option(help="ar, en or mixed, for articles that do not say it.")] = None,
    date: Annotated[str | None, typer.Option(help="Publication date, as 2024-04-22, likewise.")] = None,
    model: Annotated[str, typer.Option(help="A checkpoint that rasad train wrote.")] = "default",
) -> None:
    """Read articles and tell who did what to whom, and who says so."""
    from rasad.annotations.document import Document
    from rasad.inference.articles import read_articles

    output = Output.choose(form, out)
    failures = Failures()
    articles = []
    for article in read_articles(files, lang=lang, date=date):
        if isinstance(article, Document):
            articles.append(article)
        else:
            failures.add(article)
    output.check(articles, files)
    if articles:
        predictor = _load(model)
        predictions = _predictions(predictor, articles, failures)
        shown = output.path is None and sys.stdout.isatty()
        output.write(_progress(predictions, len(articles), quiet=shown), predictor.scheme, failures.add)
    failures.end()


@app.command()
def train(
    config: Annotated[Path, typer.Option(help="A YAML file, as those in training/configs/.")],
    encoder: Annotated[str | None, typer.Option(help="Start from this encoder: a folder or a hub name.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a key of the configuration; repeatable."),
    ] = None,
) -> None:
    """Fine-tune a model, or go on with a run that was stopped, and print the folder of the checkpoint."""
    from rasad.training.config import read_config

    changes = list(settings or ())
    if encoder is not None:
        changes.append(f"encoder={json.dumps(encoder)}")
    settled = read_config(config, changes)  # before torch is loaded, so that a slip in a key is told at once
    from rasad.training.finetune import train as run

    print(run(settled))


@app.command()
def evaluate(
    checkpoint: Annotated[str, typer.Argument(metavar="CHECKPOINT", help="A checkpoint's folder, or default.")],
    on: Annotated[list[str], typer.Option(metavar="PATH", help="Annotated documents; repeatable.")],
    split: Annotated[str | None, typer.Option(help="Only documents of this split.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")] = None,
) -> None:
    """Score a checkpoint against annotated documents."""
    from rasad.annotations.corpus import load
    from rasad.eval.scores import evaluate as compare

    gold = _of_split(load(on), split)
    predictor, failures = _load(checkpoint), Failures()
    predicted = list(_progress(_predictions(predictor, gold, failures), len(gold)))
    failures.end()  # scores over a part of the documents would be no scores of the corpus
    _write_report(compare(gold, predicted, predictor.scheme, split=split or "all"), as_json, out)


@corpus.command()
def check(paths: Corpus) -> None:
    """Check that documents keep to their form and to the scheme; exit with 1 where they do not."""
    from rasad.annotations.check import check_files
    from rasad.annotations.scheme import default_scheme

    problems = check_files(paths, default_scheme())
    mistakes = sum(not problem.warning for problem in problems)
    _end_check(problems, f"{_counted(mistakes, 'mistake')}, {_counted(len(problems) - mistakes, 'warning')}")


@corpus.command()
def stats(
    paths: Corpus,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Compare with the plan of the corpus instead; exit with 1 if not met.")
    ] = False,
    chart: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the types by language, too, as an SVG.")
    ] = None,
) -> None:
    """Count documents, words, labels, by language."""
    from rich.console import Console

    from rasad.annotations.corpus import load_with_homes
    from rasad.annotations.scheme import default_scheme
    from rasad.annotations.stats import statistics

    documents, files = load_with_homes(paths)
    counted = statistics(documents, default_scheme())
    if chart is not None:
        from rasad.annotations.chart import draw

        with opened(chart) as file:
            file.write(draw(counted))
    if not coverage:
        counted.render(Console())
        return
    from rasad.annotations.coverage import cover, default_plan

    found = cover(documents, files, default_plan(), default_scheme())
    found.render(Console())
    lacking = f"{len(found.missing)} of {_counted(len(found.cells), 'number')} not reached"
    _end_check(found.problems, f"{lacking}, {_counted(len(found.problems), 'mistake')}", bool(found.missing))


@corpus.command()
def agree(
    first: Annotated[str, typer.Argument(metavar="A", help="A file or folder, one annotation; it counts as gold.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another of the same texts; it counts as predicted.")],
) -> None:
    """Compare two annotations of the same texts, matched by id: scores, kappa, and every disagreement."""
    from rich.console import Console

    from rasad.annotations.corpus import load, load_with_homes
    from rasad.annotations.scheme import default_scheme
    from rasad.eval.agreement import agree as compare

    documents, files = load_with_homes([first])
    agreement = compare(documents, load([second]), default_scheme())
    for disagreement in agreement.disagreements:
        print(f"{files[disagreement.document]}: {disagreement}")
    agreement.render(Console())


@corpus.command()
def split(
    paths: Corpus,
    assign: Annotated[
        bool, typer.Option("--assign", help="First write a split, by story, into documents that have none.")
    ] = False,
) -> None:
    """Check that every document has a split and that no story or pair is in two; exit with 1 where one is."""
    from rasad.annotations import splits
    from rasad.annotations.corpus import load, load_with_homes

    documents, files = load_with_homes(paths)
    if assign:
        splits.write_splits(splits.assign(documents), files)
        documents = load(paths)
    for name, numbers in splits.sizes(documents).items():
        print(f"{name}: {', '.join(f'{what} {number}' for what, number in numbers.items())}")
    problems = splits.check_splits(documents, files)
    _end_check(problems, _counted(len(problems), "mistake"))


@corpus.command()
def export(paths: Corpus, out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to.")]) -> None:
    """Write a JSONL and a parquet file for each split, for the library datasets to load."""
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")  # writing takes a moment only
    from rasad.annotations.corpus import load
    from rasad.annotations.export import export as write

    for path in write(load(paths), out):
        print(path)


@corpus.command()
def convert(paths: Corpus, form: FormOption = None, out: Out = None) -> None:
    """Write annotated documents, gold or predicted, in another form."""
    from rasad.annotations.corpus import load
    from rasad.annotations.scheme import default_scheme

    output = Output.choose(form, out)
    documents = load(paths)
    output.check(documents, paths)
    failures = Failures()
    output.write(documents, default_scheme(), failures.add)
    failures.end()


class Failures:
    """What could not be done in a batch: told at once, and an exit code of 2 at the end."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, failure: object) -> None:
        """Tell of one; the batch goes on."""
        say(str(failure))
        self.count += 1

    def end(self) -> None:
        """End the command where anything failed."""
        if self.count:
            raise typer.Exit(BAD_INPUT)


def _end_check(problems: Sequence[Problem], summary: str, failed: bool = False) -> None:
    """Print what a check found, and end with 1 where a mistake is among it or it failed otherwise."""
    for problem in problems:
        print(problem)
    say(summary)
    if failed or not all(problem.warning for problem in problems):
        raise typer.Exit(FAILED_CHECK)


def _of_split(documents: Sequence[Document], split: str | None) -> Sequence[Document]:
    if split is None:
        return documents
    from rasad.training.finetune import split_of

    chosen = split_of(documents, split)
    if not chosen:
        known = sorted({document.meta["split"] for document in documents})
        raise RasadError(f"no document is of the split {split}{suggest(split, known)}")
    return chosen


def _write_report(report: Report, as_json: bool, out: Path | None) -> None:
    from rich.console import Console

    from rasad.eval.report import render_report, to_dict

    with opened(out) as file:
        if as_json:
            print(json.dumps(to_dict(report), ensure_ascii=False, indent=2), file=file)
        else:
            render_report(report, Console(file=file))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _load(checkpoint: str) -> Predictor:
    from rasad.inference.predictor import Predictor

    return Predictor.from_pretrained(checkpoint)


def _predictions(predictor: Predictor, articles: Sequence[Document], failures: Failures) -> Iterator[Document]:
    """Yield predictions in order; an article that cannot be predicted is told and added to the failures.

    Where memory is short, torch raises RuntimeError.
    """
    for start in range(0, len(articles), CHUNK):
        chunk = articles[start : start + CHUNK]
        try:
            yield from predictor.predict(chunk)
        except (RasadError, RuntimeError, MemoryError):
            yield from _one_by_one(predictor, chunk, failures)


def _one_by_one(predictor: Predictor, articles: Sequence[Document], failures: Failures) -> Iterator[Document]:
    for article in articles:
        try:
            yield predictor.predict(article)
        except RasadError as error:
            failures.add(error)
        except (RuntimeError, MemoryError) as error:
            failures.add(shorten(f"{article.id}: cannot be read: {type(error).__name__}: {error}", 250))


def _progress(documents: Iterator[Document], total: int, quiet: bool = False) -> Iterator[Document]:
    """Pass documents on and show how far it is: a bar on a terminal, some plain lines elsewhere."""
    if quiet or total == 1:
        yield from documents
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
            yield from progress.track(documents, total, description="Reading")
    else:
        step = max(1, total // REPORTS)
        for number, document in enumerate(documents, 1):
            yield document
            if number % step == 0 or number == total:
                say(f"read {number} of {total}")
