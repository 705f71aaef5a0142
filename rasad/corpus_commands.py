"""The commands that look after annotated documents: `rasad corpus check`, `stats`, `agree` and the like."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rasad.messages import Failures, say
from rasad.output import FormOption, InterfaceOption, Out, Output, RowsOption, opened

if TYPE_CHECKING:
    from rasad.annotations.check import Problem

FAILED_CHECK = 1

app = typer.Typer(help="Look after annotated documents: Markdown files, JSONL files, and folders of them.")

Corpus = Annotated[list[str], typer.Argument(metavar="PATH", help="Annotated .md and .jsonl files, and folders.")]


@app.command()
def check(paths: Corpus) -> None:
    """Check that documents keep to their form and to the scheme; exit with 1 where they do not."""
    from rasad.annotations.check import check_files
    from rasad.annotations.scheme import default_scheme

    problems = check_files(paths, default_scheme())
    mistakes = sum(not problem.warning for problem in problems)
    _end_check(problems, f"{_counted(mistakes, 'mistake')}, {_counted(len(problems) - mistakes, 'warning')}")


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def export(paths: Corpus, out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to.")]) -> None:
    """Write a JSONL and a parquet file for each split, for the library datasets to load."""
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")  # writing takes a moment only
    from rasad.annotations.corpus import load
    from rasad.annotations.export import export as write

    for path in write(load(paths), out):
        print(path)


@app.command()
def convert(
    paths: Corpus,
    form: FormOption = None,
    out: Out = None,
    rows: RowsOption = "incidents",
    interface: InterfaceOption = None,
) -> None:
    """Write annotated documents, gold or predicted, in another form."""
    from rasad.annotations.corpus import load
    from rasad.annotations.scheme import default_scheme

    output = Output.choose(form, out, rows, interface)
    documents = load(paths)
    output.check(documents, paths)
    failures = Failures()
    output.write(documents, default_scheme(), failures.add)
    failures.end()


@app.command()
def detach(paths: Corpus, out: Annotated[Path, typer.Option(help="The .jsonl or .jsonl.xz file to write.")]) -> None:
    """Write what is marked in documents without their texts, to pass on where these may not be."""
    from rasad.annotations.corpus import load
    from rasad.annotations.standoff import write_rows

    write_rows(load(paths), out)


@app.command()
def attach(
    rows: Annotated[Path, typer.Argument(metavar="ROWS", help="What `rasad corpus detach` wrote.")],
    texts: Annotated[list[Path], typer.Option(help="A .txt or .txt.xz file of texts, an empty line between two.")],
    out: Annotated[Path, typer.Option(help="The JSONL file to write.")],
) -> None:
    """Put marks that were passed on without texts back into the texts, as far as these are there."""
    from rasad.annotations.jsonl import write_jsonl
    from rasad.annotations.standoff import attach_all, read_rows
    from rasad.training.texts import documents

    wanted = list(read_rows(rows))
    found = list(attach_all(wanted, (text for path in texts for text in documents(path)), str(rows)))
    write_jsonl(found, out)
    say(f"{len(found)} of {len(wanted)} texts found")
    if len(found) < len(wanted):
        raise typer.Exit(FAILED_CHECK)


def _end_check(problems: Sequence[Problem], summary: str, failed: bool = False) -> None:
    """Print what a check found, and end with 1 where a mistake is among it or it failed otherwise."""
    for problem in problems:
        print(problem)
    say(summary)
    if failed or not all(problem.warning for problem in problems):
        raise typer.Exit(FAILED_CHECK)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
