"""The command line: it parses, calls, and says what went wrong; what it calls is loaded only then."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rasad import reading
from rasad.compare_commands import app as comparison
from rasad.corpus_commands import app as corpus
from rasad.eval_commands import app as evaluation
from rasad.messages import Failures
from rasad.output import FormOption, Out, Output

app = typer.Typer(
    help="Who did what to whom, and who says so: events from Arabic and English conflict news.",
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain help: rich's is prettier and comes in twice the time.
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(corpus, name="corpus")
app.add_typer(evaluation)
app.add_typer(comparison)

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
        predictor = reading.load_predictor(model)
        found = reading.predictions(predictor, articles, failures)
        shown = output.path is None and sys.stdout.isatty()
        output.write(reading.progress(found, len(articles), quiet=shown), predictor.scheme, failures.add)
    failures.end()


@app.command()
def train(
    config: Annotated[Path, typer.Option(help="A YAML file, as those in training/configs/.")],
    encoder: Annotated[str | None, typer.Option(help="Start from this encoder: a folder or a hub name.")] = None,
    settings: Settings = None,
) -> None:
    """Fine-tune a model, or go on with a run that was stopped, and print the folder of the checkpoint."""
    from rasad.training.config import TrainingConfig

    # Before torch is loaded, so that a slip in a key is told at once.
    settled = TrainingConfig.read(config, _changes(settings, encoder))
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


def _changes(settings: Sequence[str] | None, encoder: str | None) -> list[str]:
    return [*(settings or ()), *([] if encoder is None else [f"encoder={json.dumps(encoder)}"])]
