"""Reports: scores as data and as tables to read, both carrying the signature."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rasad.eval.coreference import Coreference
from rasad.eval.counts import Choices, Counts, Sums, Table
from rasad.eval.scores import Report, Scores

if TYPE_CHECKING:
    from rich import table
    from rich.console import Console

    from rasad.eval.comparison import Comparison, Contrast, Level
    from rasad.eval.evaluation import Evaluation
    from rasad.eval.incidents import IncidentScores

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


def render_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print everything that is measured but single cases: the strict scores, then where they come from."""
    render_report(evaluation.report, console)
    for title, rows in _sections(evaluation):
        drawn = _empty(title)
        for name, counts in rows.items():
            if counts.seen:
                drawn.add_row(name, *_cells(counts))
        console.print(drawn)
    for title, numbers in _causes(evaluation):
        console.print(f"{title}: {', '.join(f'{name} {n}' for name, n in numbers.items())}", highlight=False)
    console.print(str(evaluation.report.signature), markup=False, highlight=False, soft_wrap=True)


def _sections(evaluation: Evaluation) -> Iterator[tuple[str, Mapping[str, Counts]]]:
    if evaluation.given_spans is not None:
        total = evaluation.given_spans.report.total
        yield "Given gold's spans", {"relations": total.relations.micro, **total.relations.by_type}
    for family, modes in evaluation.matching.items():
        yield f"Matching of {family}", {mode: found.micro for mode, found in modes.items()}
    events = evaluation.events
    yield (
        "Events as the literature counts them",
        {
            "Trig-I": events.trig_i.micro,
            "Trig-C": events.trig_c.micro,
            "Arg-I": events.arg_i.micro,
            "Arg-C": events.arg_c.micro,
            "Arg-I+": events.arg_i_plus.micro,
            "Arg-C+": events.arg_c_plus.micro,
            "relations by boundaries": events.relation_boundaries.micro,
        },
    )
    yield "Who denies, claims, accuses, threatens, about which act", evaluation.factuality.stands.by_type
    yield "Incidents and their slots", _incidents(evaluation.incidents)
    if evaluation.given_spans is not None:
        yield "Incidents and their slots, given gold's spans", _incidents(evaluation.given_spans.incidents)


def _incidents(scores: IncidentScores) -> dict[str, Counts]:
    return {"incidents": scores.incidents.micro, **scores.slots.by_type}


def _causes(evaluation: Evaluation) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the errors of each family by their causes, the most frequent first."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (family, _, _, cause), n in evaluation.causes.counts.items():
        found[family][cause] += n
    for family, causes in sorted(found.items()):
        yield f"Errors, {family}", dict(causes.most_common())


def render_comparison(comparison: Comparison, console: Console) -> None:
    """Print systems side by side: scores, differences with their intervals and p values, documents, errors, cost."""
    from rich.markup import escape
    from rich.table import Table as RichTable

    title = "Scores (mean ± standard deviation of the runs)"
    levels = RichTable("", *map(escape, comparison.systems), title=title, title_justify="left")
    for measure in comparison.measures:
        row = [one for one in comparison.levels if one.measure == measure]
        levels.add_row(measure, *(_level(one) for one in row))
    console.print(levels)
    for first, second in dict.fromkeys((one.first, one.second) for one in comparison.contrasts):
        its = [one for one in comparison.contrasts if (one.first, one.second) == (first, second)]
        console.print(_contrasts(escape(f"{first} less {second}"), its))
    console.print("p by randomisation, then by Holm's correction; ε by almost stochastic order; documents won and lost")
    for name, causes in comparison.causes.items():
        counts = Counter[str]()
        for (family, _, _, cause), n in causes.counts.items():
            counts[f"{family}: {cause}"] += n
        where = f"{name}, errors of its first run" if len(comparison.runs.get(name, ())) > 1 else f"{name}, errors"
        told = ", ".join(f"{cause} {n}" for cause, n in counts.most_common()) or "none"
        console.print(f"{where}: {told}", markup=False, highlight=False)
    for name, runs in comparison.runs.items():
        for run in (run for run in runs if run.seconds is not None):
            cost = f"{run.seconds:.1f} s, {(run.memory or 0) / 1e6:.0f} MB at most"
            console.print(f"{name}: {cost}", markup=False, highlight=False)
    console.print(comparison.signature, markup=False, highlight=False, soft_wrap=True)


def _contrasts(title: str, contrasts: Iterable[Contrast]) -> table.Table:
    """Draw two systems against each other, narrow enough for a terminal of 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as RichTable

    drawn = RichTable(title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    drawn.add_column("")
    for column in ("less", "95% interval", "p", "Holm", "ε", "won", "lost"):
        drawn.add_column(column, justify="right")
    for one in contrasts:
        bounds = f"{one.low:+.3f} to {one.high:+.3f}"
        order = "" if one.order is None else f"{one.order[0]:.2f}/{one.order[1]:.2f}"
        chance = (f"{one.p:.3f}", f"{one.corrected:.3f}")
        counts = (str(len(one.won)), str(len(one.lost)))
        drawn.add_row(one.measure, f"{one.difference:+.3f}", bounds, *chance, order, *counts)
    return drawn


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data, ready for JSON."""
    return {
        "signature": comparison.signature,
        "systems": list(comparison.systems),
        "levels": [
            {**dataclasses.asdict(one), "mean": one.mean, "deviation": one.deviation} for one in comparison.levels
        ],
        "contrasts": [dataclasses.asdict(one) for one in comparison.contrasts],
        "runs": {name: [dataclasses.asdict(run) for run in runs] for name, runs in comparison.runs.items()},
        "causes": {
            name: [
                {"family": family, "label": label, "side": side, "cause": cause, "n": n}
                for (family, label, side, cause), n in sorted(causes.counts.items())
            ]
            for name, causes in comparison.causes.items()
        },
    }


def _level(level: Level) -> str:
    return f"{level.mean:.3f}" + ("" if level.deviation is None else f" ± {level.deviation:.3f}")


def _scores(scores: Scores) -> dict[str, Any]:
    return {
        **{title.lower(): table_to_dict(by_type) for title, by_type in _families(scores)},
        "same_as": {name: _sums(one) for name, one in scores.same_as.items()},
        "coreference": {name: _coreference(one) for name, one in scores.coreference.items()},
        "attributes": {name: _choices(one) for name, one in scores.attributes.items()},
    }


def table_to_dict(by_type: Table) -> dict[str, Any]:
    """Return counts by type, of those that either side has, with the micro and macro averages."""
    macro = by_type.macro
    return {
        "micro": counts_to_dict(by_type.micro),
        "macro": {"precision": macro.precision, "recall": macro.recall, "f1": macro.f1},
        "types": {name: counts_to_dict(counts) for name, counts in by_type.by_type.items() if counts.seen},
    }


def counts_to_dict(counts: Counts) -> dict[str, float]:
    """Return counts and the ratios that they come to."""
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
    return {
        "right": one.right,
        "total": one.total,
        "accuracy": one.accuracy,
        "values": table_to_dict(one.by_value)["types"],
    }


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
