"""The command line: it parses, calls, and says what went wrong; what it calls is loaded only then."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from rasad.annotations.errors import RasadError, suggest
from rasad.corpus_commands import app as corpus
from rasad.messages import Failures, say
from rasad.output import FormOption, Out, Output, opened

if TYPE_CHECKING:
    from rasad.annotations.document import Document
    from rasad.eval.scores import Report
    from rasad.inference.predictor import Predictor

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
app.add_typer(corpus, name="corpus")

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key of the configuration; repeatable."),
]


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
    settings: Settings = None,
) -> None:
    """Fine-tune a model, or go on with a run that was stopped, and print the folder of the checkpoint."""
    from rasad.training.config import TrainingConfig

    settled = TrainingConfig.read(
        config, _changes(settings, encoder)
    )  # before torch is loaded, so that a slip in a key is told at once
    from rasad.training.finetune import train as run

    print(run(settled))


@app.command()
def pretrain(
    config: Annotated[Path, typer.Option(help="A YAML file, as training/configs/pretrain.yaml.")],
    encoder: Annotated[str | None, typer.Option(help="Start from this encoder: a folder or a hub name.")] = None,
    settings: Settings = None,
) -> None:
    """Adapt an encoder to plain texts, or go on with a run that was stopped, and print the encoder's folder."""
    from rasad.training.config import PretrainingConfig

    settled = PretrainingConfig.read(config, _changes(settings, encoder))
    from rasad.training.pretrain import pretrain as run

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


def _changes(settings: Sequence[str] | None, encoder: str | None) -> list[str]:
    return [*(settings or ()), *([] if encoder is None else [f"encoder={json.dumps(encoder)}"])]


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
