"""The command line: it parses, calls, and says what went wrong; what it calls is loaded only then."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rasad.compare_commands import app as comparison
from rasad.corpus_commands import app as corpus
from rasad.eval_commands import app as evaluation
from rasad.predict_commands import predict

app = typer.Typer(
    help="Who did what to whom, and who says so: events from Arabic and English conflict news.",
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain help: rich's is prettier and comes in twice the time.
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(predict)
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
