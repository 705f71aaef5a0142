"""The commands that set systems against each other and to the test: `rasad compare`, `baseline`, `stress`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rasad import reading
from rasad.annotations.errors import RasadError
from rasad.eval_commands import SYSTEM, Form, On, Out, Split, form_of, is_checkpoint, read_timed
from rasad.messages import say
from rasad.output import opened

if TYPE_CHECKING:
    from rich.console import Console

    from rasad.annotations.document import Document
    from rasad.eval.comparison import Comparison, RunInfo

app = typer.Typer()

FormOption = Annotated[
    Literal["table", "json"] | None, typer.Option("--format", help="The form, where no suffix (.txt, .json) says it.")
]


@app.command()
def compare(
    systems: Annotated[
        list[str],
        typer.Argument(metavar="SYSTEM…", help=f"{SYSTEM} Several seeds of one: name=run1,run2."),
    ],
    on: On,
    split: Split = None,
    samples: Annotated[int, typer.Option(min=100, help="Samples of the bootstrap and of randomisation.")] = 1000,
    form: FormOption = None,
    out: Out = None,
) -> None:
    """Compare systems on the same documents: differences with intervals, significance, documents won and lost."""
    from rasad.annotations.scheme import default_scheme
    from rasad.eval.comparison import compare as compared
    from rasad.eval.errors import Causes, errors
    from rasad.eval.pairing import pair

    wanted = _plain_form("a comparison", form, out)
    named = _named(systems)
    # Files first: a mistake in one is told before a checkpoint has read for minutes.
    paths = sorted(dict.fromkeys(path for its in named.values() for path in its), key=is_checkpoint)
    scheme = default_scheme()
    gold = reading.annotated(on, split)
    predicted = {path: _predicted(path, gold, split or "all") for path in paths}
    runs = {name: [predicted[path] for path in its] for name, its in named.items()}
    causes = {
        name: Causes.of(e for ours, theirs in pair(gold, its[0][0], scheme) for e in errors(ours, theirs, scheme))
        for name, its in runs.items()
    }
    found = compared(
        {name: [documents for documents, _ in its] for name, its in runs.items()},
        gold,
        scheme,
        samples=samples,
        split=split or "all",
        runs={name: [info for _, info in its] for name, its in runs.items()},
        causes=causes,
    )
    _write_comparison(found, wanted, out)


@app.command()
def baseline(
    name: Annotated[str, typer.Argument(metavar="NAME", help="lexicon, crf, spacy or transformers.")],
    train: Annotated[
        list[str],
        typer.Option(metavar="PATH", help="Annotated documents; those of another split than train are left out."),
    ],
    on: On,
    out: Annotated[Path, typer.Option(help="Write the predictions to this .jsonl file.")],
    split: Split = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the training data, at most.")] = None,
    encoder: Annotated[str | None, typer.Option(help="For transformers: a folder or a hub name.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of what is drawn at random.")] = None,
) -> None:
    """Train a simple or stock system to set a model's scores against, write what it predicts, and score it."""
    from rich.console import Console

    from rasad.annotations.jsonl import write_jsonl
    from rasad.annotations.scheme import default_scheme
    from rasad.eval.baselines.baseline import Settings
    from rasad.eval.baselines.catalogue import fit, refuse_seen
    from rasad.eval.report import render_report
    from rasad.eval.scores import evaluate as scored

    if out.suffix != ".jsonl":
        raise RasadError(f"{out}: predictions are written as JSONL; name a file that ends in .jsonl")
    examples, gold = reading.annotated(train, "train"), reading.annotated(on, split)
    refuse_seen(examples, gold)
    fitted = fit(name, examples, default_scheme(), Settings(epochs, encoder, seed))
    say(f"{name}: trained on {len(examples)} documents as {fitted.model}")
    predicted = [fitted.predict(document) for document in gold]
    for what, count in sorted(fitted.lost.items()):
        say(f"{name}: {count} {what}")
    out.parent.mkdir(parents=True, exist_ok=True)
    write_jsonl(predicted, out)
    render_report(scored(gold, predicted, default_scheme(), split=split or "all"), Console())


@app.command()
def stress(
    checkpoint: Annotated[str, typer.Argument(metavar="CHECKPOINT", help="A checkpoint's folder, or default.")],
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="PATH", help="Annotated documents to disturb, too, and to compare in pairs."),
    ] = None,
    split: Split = None,
    form: FormOption = None,
    out: Out = None,
) -> None:
    """Test a checkpoint with minimal pairs; with --on also by disturbed texts, and articles told in both languages."""
    from rasad.eval.stress.contrasts import read_contrasts
    from rasad.eval.stress.parity import parity
    from rasad.eval.stress.suite import stress as disturbed
    from rasad.eval.stress.verdicts import judge

    wanted = _plain_form("a stress test", form, out)
    if split and not on:
        raise RasadError("--split chooses among the documents of --on; give both, or neither")
    gold = reading.annotated(on, split) if on else []
    predictor = reading.load_predictor(checkpoint)
    contrasts = read_contrasts(predictor.scheme)
    say(f"reading {2 * len(contrasts)} texts of minimal pairs")
    results: list[Any] = [judge(predictor.predict, contrasts, predictor.scheme)]
    if gold:
        say(f"reading {len(gold)} documents under each perturbation")
        results.append(disturbed(predictor.predict, gold, predictor.scheme, split=split or "all"))
        results.append(parity(gold, predictor.predict(gold), predictor.scheme))
    _write_stress(results, wanted, out)


def _named(systems: Sequence[str]) -> dict[str, list[str]]:
    """Return the runs of each system by its name: `name=run1,run2`, or a path that gives the name.

    Raises:
        RasadError: where there are not two systems, two are called the same, or a name or a run is empty.
    """
    found: dict[str, list[str]] = {}
    for given in systems:
        name, separator, paths = given.partition("=")
        path = Path(given)
        if path.exists():  # a path may hold `=`
            separator = ""
        name = name if separator else path.parent.name if path.name in ("best", "last") else path.name
        if name in found:
            raise RasadError(f"two systems are called {name}; name them apart: first={given} …")
        found[name] = paths.split(",") if separator else [given]
        if not name or not all(found[name]):
            raise RasadError(f"{given}: a name or a run is empty; write name=run1,run2")
    if len(found) < 2:
        raise RasadError(f"{', '.join(found)}: one system; a comparison takes two or more")
    return found


def _plain_form(what: str, form: Form | None, out: Path | None) -> Form:
    """Return the form, before any work is done; these have two."""
    wanted = form_of(form, out)
    if wanted not in ("table", "json"):
        raise RasadError(f"{out}: {what} is written as a table or as JSON, not as {wanted}; name a .txt or .json file")
    return wanted


def _predicted(system: str, gold: Sequence[Document], split: str) -> tuple[list[Document], RunInfo]:
    from rasad.annotations.scheme import default_scheme
    from rasad.eval.comparison import RunInfo
    from rasad.eval.predictions import read_predictions
    from rasad.eval.signature import sign

    if is_checkpoint(system):
        documents, speed = read_timed(reading.load_predictor(system), gold)
        cost: tuple[float, int] | None = (speed.seconds, int(speed.memory * 1e6))
    else:
        documents, cost = read_predictions(system, gold), None
    return documents, RunInfo(str(sign(gold, documents, default_scheme(), split)), *(cost or (None, None)))


def _write_comparison(found: Comparison, form: Form, out: Path | None) -> None:
    from rich.console import Console

    from rasad.eval.report import comparison_to_dict, render_comparison

    with opened(out) as file:
        if form == "json":
            print(json.dumps(comparison_to_dict(found), ensure_ascii=False, indent=1), file=file)
        else:
            render_comparison(found, Console(file=file))


def _write_stress(results: Sequence[Any], form: Form, out: Path | None) -> None:
    """Write the verdicts on minimal pairs, and where documents were given, what disturbing and pairing them showed."""
    from rich.console import Console

    from rasad.eval.stress.parity import parity_to_dict, render_parity
    from rasad.eval.stress.suite import render_stress, stress_to_dict
    from rasad.eval.stress.verdicts import render_verdicts, verdicts_to_dict

    parts: dict[str, Callable[[Any], Any]] = {
        "contrasts": verdicts_to_dict,
        "perturbations": stress_to_dict,
        "parity": parity_to_dict,
    }
    renderers: tuple[Callable[[Any, Console], None], ...] = (render_verdicts, render_stress, render_parity)
    with opened(out) as file:
        if form == "json":
            data = {name: plain(result) for (name, plain), result in zip(parts.items(), results, strict=False)}
            print(json.dumps(data, ensure_ascii=False, indent=1), file=file)
        else:
            for render, result in zip(renderers, results, strict=False):
                render(result, Console(file=file))
