"""The commands that score: `rasad evaluate`, `compare` and the like."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rasad import reading
from rasad.annotations.errors import RasadError
from rasad.messages import Failures, say
from rasad.output import opened

if TYPE_CHECKING:
    from rasad.annotations.document import Document
    from rasad.eval.comparison import Comparison, RunInfo
    from rasad.eval.evaluation import Evaluation, Speed
    from rasad.inference.predictor import Predictor

app = typer.Typer()

Form = Literal["table", "json", "html", "md", "tex"]
SUFFIXES: dict[str, Form] = {".txt": "table", ".json": "json", ".html": "html", ".md": "md", ".tex": "tex"}

On = Annotated[list[str], typer.Option("--on", metavar="PATH", help="Annotated documents; repeatable.")]
Split = Annotated[str | None, typer.Option(help="Only documents of this split.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file; its suffix says in which form.")]
FormOption = Annotated[Form | None, typer.Option("--format", help="The form, where no suffix says it.")]
SYSTEM = "A checkpoint's folder, `default`, or predictions: .jsonl, .conll, .md, a folder of .ann."


@app.command()
def evaluate(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help=SYSTEM)],
    on: On,
    split: Split = None,
    trained: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="What it was trained on, to tell seen mentions from unseen; repeatable."),
    ] = None,
    form: FormOption = None,
    out: Out = None,
) -> None:
    """Score a checkpoint, or the predictions of any system, against annotated documents."""
    from rasad.annotations.corpus import load
    from rasad.annotations.splits import chosen

    wanted = _form(form, out)
    gold = chosen(load(on), split)
    learnt = chosen(load(trained), "train") if trained else None
    _write(_measured(system, gold, split or "all", learnt), wanted, out)


@app.command()
def report(
    saved: Annotated[Path, typer.Argument(metavar="REPORT", help="What `rasad evaluate --out report.json` wrote.")],
    form: FormOption = None,
    out: Out = None,
) -> None:
    """Draw a saved evaluation again, as a page, Markdown or LaTeX."""
    _write(_saved(saved), _form(form, out), out)


@app.command()
def compare(
    systems: Annotated[
        list[str],
        typer.Argument(metavar="SYSTEM…", help=f"{SYSTEM} Several seeds of one: name=run1,run2."),
    ],
    on: On,
    split: Split = None,
    samples: Annotated[int, typer.Option(help="Samples of the bootstrap and of randomisation.")] = 1000,
    form: FormOption = None,
    out: Out = None,
) -> None:
    """Compare systems on the same documents: differences with intervals, significance, documents won and lost."""
    from rasad.annotations.corpus import load
    from rasad.annotations.scheme import default_scheme
    from rasad.annotations.splits import chosen
    from rasad.eval.comparison import compare as compared
    from rasad.eval.errors import Causes, errors
    from rasad.eval.pairing import pair

    wanted = _form(form, out)
    scheme = default_scheme()
    gold = chosen(load(on), split)
    named = split or "all"
    runs = {name: [_predicted(path, gold, named) for path in paths] for name, paths in _named(systems).items()}
    causes = {
        name: Causes.of(e for ours, theirs in pair(gold, its[0][0], scheme) for e in errors(ours, theirs, scheme))
        for name, its in runs.items()
    }
    found = compared(
        {name: [documents for documents, _ in its] for name, its in runs.items()},
        gold,
        scheme,
        samples=samples,
        split=named,
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

    from rasad.annotations.corpus import load
    from rasad.annotations.jsonl import write_jsonl
    from rasad.annotations.scheme import default_scheme
    from rasad.annotations.splits import chosen
    from rasad.eval.baselines.baseline import Settings
    from rasad.eval.baselines.catalogue import fit, refuse_seen
    from rasad.eval.report import render_report
    from rasad.eval.scores import evaluate as scored

    if out.suffix != ".jsonl":
        raise RasadError(f"{out}: predictions are written as JSONL; name a file that ends in .jsonl")
    examples, gold = chosen(load(train), "train"), chosen(load(on), split)
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
    from rasad.annotations.corpus import load
    from rasad.annotations.splits import chosen
    from rasad.eval.stress.contrasts import read_contrasts
    from rasad.eval.stress.parity import parity
    from rasad.eval.stress.suite import stress as disturbed
    from rasad.eval.stress.verdicts import judge

    wanted = _form(form, out)
    gold = chosen(load(on), split) if on else []
    predictor = reading.load_predictor(checkpoint)
    contrasts = read_contrasts(predictor.scheme)
    say(f"reading {2 * len(contrasts)} texts of minimal pairs")
    results: list[Any] = [judge(predictor.predict, contrasts, predictor.scheme)]
    if gold:
        say(f"reading {len(gold)} documents under each perturbation")
        results.append(disturbed(predictor.predict, gold, predictor.scheme, split=split or "all"))
        results.append(parity(gold, predictor.predict(gold), predictor.scheme))
    _write_stress(results, wanted, out)


def _form(form: Form | None, out: Path | None) -> Form:
    """Return the form asked for, or that of the file's suffix, or a table."""
    suffix = "" if out is None else out.suffix
    told = SUFFIXES.get(suffix)
    if suffix and form is None and told is None:
        raise RasadError(f"{out}: no form goes by {suffix}; name it by --format, or write to {', '.join(SUFFIXES)}")
    return form or told or "table"


def _is_checkpoint(system: str) -> bool:
    return system == "default" or (Path(system) / "config.json").is_file()


def _measured(system: str, gold: Sequence[Document], split: str, trained: Sequence[Document] | None) -> Evaluation:
    from rasad.annotations.scheme import default_scheme
    from rasad.eval.evaluation import measure
    from rasad.eval.predictions import read_predictions

    if not _is_checkpoint(system) and Path(system).exists():
        found = read_predictions(system, gold)
        return measure(gold, found, default_scheme(), split=split, trained=trained)
    predictor = reading.load_predictor(system)
    documents, speed = _read(predictor, gold)
    linked = predictor.predict(gold, given_spans=True)
    return measure(gold, documents, predictor.scheme, split=split, given_spans=linked, trained=trained, speed=speed)


def _read(predictor: Predictor, gold: Sequence[Document]) -> tuple[list[Document], Speed]:
    """Predict documents and say what that cost."""
    import torch

    from rasad.eval.evaluation import Speed

    failures, started = Failures(), time.monotonic()
    documents = list(reading.progress(reading.predictions(predictor, gold, failures), len(gold)))
    failures.end()  # scores over a part of the documents would be no scores of the corpus
    where = predictor.device if predictor.device != "cpu" else f"cpu, {torch.get_num_threads()} threads"
    return documents, Speed(time.monotonic() - started, _peak_memory(), where)


def _peak_memory() -> float:
    """Return the most memory that the process has held, in MB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _named(systems: Sequence[str]) -> dict[str, list[str]]:
    """Return the runs of each system by its name: `name=run1,run2`, or a path that gives the name."""
    found: dict[str, list[str]] = {}
    for given in systems:
        name, separator, paths = given.partition("=")
        path = Path(given)
        name = name if separator else path.parent.name if path.name in ("best", "last") else path.name
        if name in found:
            raise RasadError(f"two systems are called {name}; name them apart: first={given} …")
        found[name] = paths.split(",") if separator else [given]
    return found


def _predicted(system: str, gold: Sequence[Document], split: str) -> tuple[list[Document], RunInfo]:
    from rasad.annotations.scheme import default_scheme
    from rasad.eval.comparison import RunInfo
    from rasad.eval.predictions import read_predictions
    from rasad.eval.signature import sign

    if _is_checkpoint(system) or not Path(system).exists():
        documents, speed = _read(reading.load_predictor(system), gold)
        cost: tuple[float, int] | None = (speed.seconds, int(speed.memory * 1e6))
    else:
        documents, cost = read_predictions(system, gold), None
    return documents, RunInfo(str(sign(gold, documents, default_scheme(), split)), *(cost or (None, None)))


def _saved(path: Path) -> dict[str, Any]:
    from rasad.annotations.files import read_text
    from rasad.eval.evaluation import FORM

    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise RasadError(f"{path}:{error.lineno}: no JSON: {error.msg}") from None
    if not isinstance(found, dict) or found.get("form") != FORM:
        raise RasadError(f"{path}: no evaluation of form {FORM}; write it with `rasad evaluate … --out {path.name}`")
    return found


def _write(found: Evaluation | dict[str, Any], form: Form, out: Path | None) -> None:
    from rasad.eval.evaluation import to_dict

    data = found if isinstance(found, dict) else to_dict(found)
    with opened(out) as file:
        if form == "json":
            print(json.dumps(data, ensure_ascii=False, indent=1), file=file)
        elif form == "html":
            from rasad.eval.page import to_html

            file.write(to_html(data))
        elif form in ("md", "tex") or isinstance(found, dict):
            from rasad.eval.written import to_latex, to_markdown

            file.write((to_latex if form == "tex" else to_markdown)(data))
        else:
            from rich.console import Console

            from rasad.eval.report import render_evaluation

            render_evaluation(found, Console(file=file))


def _write_stress(results: Sequence[Any], form: Form, out: Path | None) -> None:
    """Write the verdicts on minimal pairs, and where documents were given, what disturbing and pairing them showed."""
    from rich.console import Console

    from rasad.eval.stress.parity import parity_to_dict, render_parity
    from rasad.eval.stress.suite import render_stress, stress_to_dict
    from rasad.eval.stress.verdicts import render_verdicts, verdicts_to_dict

    if form not in ("table", "json"):
        raise RasadError(f"a stress test is written as a table or as JSON, not as {form}")
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


def _write_comparison(found: Comparison, form: Form, out: Path | None) -> None:
    from rich.console import Console

    from rasad.eval.report import comparison_to_dict, render_comparison

    if form not in ("table", "json"):
        raise RasadError(f"a comparison is written as a table or as JSON, not as {form}")
    with opened(out) as file:
        if form == "json":
            print(json.dumps(comparison_to_dict(found), ensure_ascii=False, indent=1), file=file)
        else:
            render_comparison(found, Console(file=file))
