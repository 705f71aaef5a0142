"""The commands that score, and show scores: `rasad evaluate`, `report`, `leaderboard`."""

from __future__ import annotations

import difflib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rasad import reading
from rasad.annotations.errors import RasadError
from rasad.messages import Failures
from rasad.output import opened

if TYPE_CHECKING:
    from rasad.annotations.document import Document
    from rasad.eval.evaluation import Evaluation, Speed
    from rasad.inference.predictor import Predictor

app = typer.Typer()

Form = Literal["table", "json", "html", "md", "tex"]
Measure = Literal["entities", "triggers", "relations", "coreference"]
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
    wanted = form_of(form, out)
    gold = reading.annotated(on, split)
    learnt = reading.annotated(trained, "train") if trained else None
    _write(_measured(system, gold, split or "all", learnt), wanted, out)


@app.command()
def report(
    saved: Annotated[Path, typer.Argument(metavar="REPORT", help="What `rasad evaluate --out report.json` wrote.")],
    curve: Annotated[
        list[Path] | None,
        typer.Option(metavar="REPORT", help="Saved evaluations to draw a learning curve of; repeatable."),
    ] = None,
    form: FormOption = None,
    out: Out = None,
) -> None:
    """Draw a saved evaluation again, as a page, Markdown or LaTeX, with a learning curve where others are named."""
    from rasad.eval.curve import learning_curve

    wanted = form_of(form, out)
    found = _saved(saved)
    if curve:
        found["curve"] = learning_curve({str(path): _saved(path) for path in curve})
    with _as_written(saved):
        _write(found, wanted, out)


@app.command()
def leaderboard(
    board: Annotated[Path, typer.Argument(metavar="BOARD", help="The board's JSON file; made where there is none.")],
    saved: Annotated[
        Path | None, typer.Argument(metavar="REPORT", help="What `rasad evaluate --out report.json` wrote, to add.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the system; else as its checkpoint is called.")] = None,
    date: Annotated[str | None, typer.Option(help="Of the evaluation, as 2026-03-14; else today.")] = None,
    new_section: Annotated[bool, typer.Option("--new-section", help="Open a section for other data.")] = False,
    by: Annotated[Measure, typer.Option(help="Best first by this.")] = "relations",
) -> None:
    """Add a saved evaluation to a board, and print the board as Markdown."""
    import datetime

    from rasad.eval.leaderboard import add, read, to_markdown

    if saved is None and (name or date or new_section):
        raise RasadError("--name, --date and --new-section are of a report to add; name its file behind the board")
    if saved is not None:
        found = _saved(saved)
        called = name or str(found.get("checkpoint", "none")).partition("@")[0]
        if called == "none":  # a second system of no name would take the place of the first
            raise RasadError(f"{saved}: no checkpoint gives the system a name; say what to call it with --name")
        with _as_written(saved):
            add(board, found, called, date=date or datetime.date.today().isoformat(), new_section=new_section)
    print(to_markdown(read(board), by), end="")


def form_of(form: Form | None, out: Path | None) -> Form:
    """Return the form asked for, or that of the file's suffix, or a table.

    Raises:
        RasadError: where the suffix is that of no form, or of another than the one asked for.
    """
    suffix = "" if out is None else out.suffix
    told = SUFFIXES.get(suffix)
    if suffix and form is None and told is None:
        raise RasadError(f"{out}: no form goes by {suffix}; name it by --format, or write to {', '.join(SUFFIXES)}")
    if form and told and form != told:
        raise RasadError(f"{out}: its suffix says {told}, --format says {form}; leave out the one, or change the other")
    return form or told or "table"


def is_checkpoint(system: str) -> bool:
    """Say whether a system is a checkpoint, not predictions.

    Raises:
        RasadError: where there is nothing of the name, or a run, which has its checkpoints in folders.
    """
    path = Path(system)
    if system == "default" or (path / "config.json").is_file():
        return True
    if not path.exists():
        near = " (did you mean default?)" if difflib.get_close_matches(system, ["default"]) else ""
        raise RasadError(f"{system}: no such file or folder{near}; give a checkpoint's folder, default, or predictions")
    if (best := path / "best" / "config.json").is_file():
        raise RasadError(f"{system}: the folder of a run, not a checkpoint; give {best.parent}")
    return False


def _measured(system: str, gold: Sequence[Document], split: str, trained: Sequence[Document] | None) -> Evaluation:
    from rasad.annotations.scheme import default_scheme
    from rasad.eval.evaluation import measure
    from rasad.eval.predictions import read_predictions

    if not is_checkpoint(system):
        found = read_predictions(system, gold)
        return measure(gold, found, default_scheme(), split=split, trained=trained)
    predictor = reading.load_predictor(system)
    documents, speed = read_timed(predictor, gold)
    linked = predictor.predict(gold, given_spans=True)
    return measure(
        gold,
        documents,
        predictor.scheme,
        split=split,
        given_spans=linked,
        trained=trained,
        speed=speed,
        learnt=_learnt(system),
    )


def _learnt(checkpoint: str) -> dict[str, Any] | None:
    """Return how many documents the run of a checkpoint was trained on, and their hash; None where there is no run."""
    facts = Path(checkpoint).parent / "run.json"
    if not facts.is_file():
        return None
    found = json.loads(facts.read_text("utf-8")).get("train")
    return found if isinstance(found, dict) else None


def read_timed(predictor: Predictor, gold: Sequence[Document]) -> tuple[list[Document], Speed]:
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


def _saved(path: Path) -> dict[str, Any]:
    from rasad.annotations.files import read_text
    from rasad.eval.grids import require

    try:
        found = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise RasadError(f"{path}:{error.lineno}: no JSON: {error.msg}") from None
    try:
        require(found if isinstance(found, dict) else {})
    except RasadError as error:
        raise RasadError(f"{path}: {error}") from None
    return found  # type: ignore[no-any-return]


@contextmanager
def _as_written(path: Path) -> Iterator[None]:
    """Tell in one line of a saved report that has the right form by name, and not what belongs to it."""
    try:
        yield
    except RasadError:
        raise
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise RasadError(f"{path}: not as rasad evaluate wrote it ({reason}); evaluate again") from error


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
