"""Reports: scores as data and as tables to read, both carrying the signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rasad.eval.coreference import Coreference
from rasad.eval.counts import Choices, Counts, Sums, Table
from rasad.eval.scores import Report, Scores

if TYPE_CHECKING:
    from rich import table
    from rich.console import Console

COLUMNS = ("P", "R", "F1", "tp", "fp", "fn")
_METRICS = {"b_cubed": "B³", "muc": "MUC", "ceaf_e": "CEAFe", "lea": "LEA"}  # by their fields in `Coreference`


def to_dict(report: Report) -> dict[str, Any]:
    """Return a report as plain dictionaries, numbers and strings, ready for JSON.

    Types that neither gold nor the prediction has are left out.
    """
    return {
        "signature": str(report.signature),
        "total": _scores(report.total),
        "languages": {lang: _scores(scores) for lang, scores in report.by_language.items()},
    }


def render_report(report: Report, console: Console) -> None:
    """Print a report: the main scores, the scores of each language, and those of each type, under the signature."""
    console.print(_overview("All documents", report.total))
    if len(report.by_language) > 1:
        for lang, scores in report.by_language.items():
            console.print(_overview(f"Language: {lang}", scores))
    for title, by_type in _families(report.total):
        console.print(_by_type(title, by_type))
    console.print(str(report.signature), markup=False, highlight=False, soft_wrap=True)


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        **{title.lower(): _table(by_type) for title, by_type in _families(scores)},
        "same_as": {name: _sums(one) for name, one in scores.same_as.items()},
        "coreference": {name: _coreference(one) for name, one in scores.coreference.items()},
        "attributes": {name: _choices(one) for name, one in scores.attributes.items()},
    }


def _table(by_type: Table) -> dict[str, Any]:
    macro = by_type.macro
    return {
        "micro": _counts(by_type.micro),
        "macro": {"precision": macro.precision, "recall": macro.recall, "f1": macro.f1},
        "types": {name: _counts(counts) for name, counts in by_type.by_type.items() if counts.seen},
    }


def _counts(counts: Counts) -> dict[str, float]:
    return {
        **{name: _number(getattr(counts, name)) for name in ("tp", "fp", "fn")},
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
    }


def _number(count: int | Fraction) -> float:
    """Return a count as JSON and a reader take it: whole, or where something is right in part, with its fraction."""
    return count if isinstance(count, int) else float(count)


def _coreference(one: Coreference) -> dict[str, Any]:
    return {**{name: _sums(getattr(one, name)) for name in _METRICS}, "mean": one.mean}


def _sums(one: Sums) -> dict[str, float]:
    return {
        "predicted": one.predicted,
        "gold": one.gold,
        "precision": one.precision,
        "recall": one.recall,
        "f1": one.f1,
    }


def _choices(one: Choices) -> dict[str, Any]:
    return {"right": one.right, "total": one.total, "accuracy": one.accuracy, "values": _table(one.by_value)["types"]}


def _families(scores: Scores) -> Iterator[tuple[str, Table]]:
    yield "Entities", scores.entities
    yield "Triggers", scores.triggers
    yield "Relations", scores.relations


def _overview(title: str, scores: Scores) -> table.Table:
    drawn = _empty(title)
    for name, by_type in _families(scores):
        macro = by_type.macro
        drawn.add_row(name, *_cells(by_type.micro))
        drawn.add_row("  macro", *_ratios(macro.precision, macro.recall, macro.f1))
    for row in _coreference_rows(scores.coreference):
        drawn.add_row(*row)
    for name, choices in scores.attributes.items():
        drawn.add_row(f"{name}: {choices.accuracy:.3f} of {choices.total} right")
        for value, counts in choices.by_value.by_type.items():
            drawn.add_row(f"  {value}", *_cells(counts))
    return drawn


def _coreference_rows(coreference: Mapping[str, Coreference]) -> Iterator[list[str]]:
    """Yield the rows of each metric, and those of the mean, which is one of F1 and of nothing else."""
    for field, metric in _METRICS.items():
        for name, one in coreference.items():
            sums: Sums = getattr(one, field)
            yield [_coreference_row(metric, name), *_ratios(sums.precision, sums.recall, sums.f1)]
    for name, one in coreference.items():
        yield [_coreference_row("CoNLL mean", name), "", "", *_ratios(one.mean)]


def _coreference_row(metric: str, name: str) -> str:
    return f"SAME_AS ({metric})" if name == "all" else f"  {name}"


def _by_type(title: str, by_type: Table) -> table.Table:
    drawn = _empty(f"{title} by type")
    for name, counts in by_type.by_type.items():
        if counts.seen:
            drawn.add_row(name, *_cells(counts))
    return drawn


def _empty(title: str) -> table.Table:
    from rich.table import Table as RichTable

    drawn = RichTable(title=title, title_justify="left")
    drawn.add_column("")
    for column in COLUMNS:
        drawn.add_column(column, justify="right")
    return drawn


def _cells(counts: Counts) -> list[str]:
    numbers = (str(_number(n)) for n in (counts.tp, counts.fp, counts.fn))
    return [*_ratios(counts.precision, counts.recall, counts.f1), *numbers]


def _ratios(*values: float) -> list[str]:
    return [f"{value:.3f}" for value in values]
