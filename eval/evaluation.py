"""Evaluation: everything that is measured of one prediction, in one value, and the JSON that pages are drawn from.

The strict scores (`Report`) come first; what else there is tells where they come from: other ways to match, events as
the literature counts them, who takes which stand, incidents, slices, calibration, intervals, and errors by cause.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.jsonl import to_json
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import words
from rasad.eval.calibration import Calibration, Judged, calibration
from rasad.eval.errors import CAUSES, Causes, Confusion, Error, confusion, errors, telling
from rasad.eval.events import EventScores, event_scores
from rasad.eval.factuality import Factuality, factuality
from rasad.eval.grids import FORM
from rasad.eval.incidents import IncidentScores, incident_scores
from rasad.eval.matching import MODES, span_table
from rasad.eval.measures import FAMILIES, f1, floats
from rasad.eval.pairing import pair
from rasad.eval.report import counts_to_dict, table_to_dict
from rasad.eval.report import to_dict as report_to_dict
from rasad.eval.scores import Report, Scores, evaluate, score
from rasad.eval.significance import interval, resamples
from rasad.eval.slices import EVENTS, Slice, Slices, Trained, slice_counts

EXAMPLES = 4
WITHOUT_EVENTS = Slice("events", EVENTS[1])
_EVENTS = {
    "Trig-I": "trig_i",
    "Trig-C": "trig_c",
    "Arg-I": "arg_i",
    "Arg-C": "arg_c",
    "Arg-I+": "arg_i_plus",
    "Arg-C+": "arg_c_plus",
    "relations, boundaries": "relation_boundaries",
}

Pairs = Sequence[tuple[Document, Document]]
Intervals = Mapping[str, Mapping[str, tuple[float, float]]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Speed:
    """What a prediction cost: wall-clock seconds, memory of the process at most in MB, and on what."""

    seconds: float
    memory: float
    device: str


@dataclass(frozen=True, slots=True)
class Linked:
    """What the same checkpoint scores when it only has to link gold's spans."""

    report: Report
    events: EventScores
    incidents: IncidentScores


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that is measured of one prediction.

    `matching` has a table for each family (`entities`, `triggers`) and mode; `calibration` says why where there is
    none; `languages` are those of the documents by id; `intervals` the 95% interval of F1 for each family and label,
    `all` among them.
    """

    checkpoint: str
    words: int
    report: Report
    given_spans: Linked | None
    matching: Mapping[str, Mapping[str, Any]]
    events: EventScores
    factuality: Factuality
    incidents: IncidentScores
    slices: Slices
    calibration: Calibration | str
    causes: Causes
    confusion: Confusion
    telling: tuple[Error, ...]
    languages: Mapping[str, str]
    intervals: Intervals
    samples: int
    examples: tuple[tuple[Document, Document], ...]
    speed: Speed | None = None
    learnt: Mapping[str, Any] | None = None


def measure(
    gold: Sequence[Document],
    predicted: Sequence[Document],
    scheme: Scheme,
    *,
    split: str = "unnamed",
    given_spans: Sequence[Document] | None = None,
    trained: Iterable[Document] | None = None,
    speed: Speed | None = None,
    learnt: Mapping[str, Any] | None = None,
    samples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Measure predicted documents against gold ones of the same ids.

    Args:
        gold: the documents to reach.
        predicted: one document for each of gold, of the same text.
        scheme: whose labels both are in.
        split: the name of the split, for the signature.
        given_spans: predictions that link gold's spans, if there are any.
        trained: the documents that the predictor learnt from, for the slices of seen and unseen mentions.
        speed: what the prediction cost.
        learnt: number (`documents`) and `hash` of the training documents, where a run tells it.
        samples: bootstrap samples for the intervals.
        seed: of what is drawn at random.

    Raises:
        RasadError: see `pair` and `sign`.
    """
    report = evaluate(gold, predicted, scheme, split=split)
    pairs = pair(gold, predicted, scheme)
    scored = [score(*two, scheme) for two in pairs]
    seen = None if trained is None else Trained.of(trained)
    found = [error for one, other in pairs for error in errors(one, other, scheme)]
    tables = (report.total.entities, report.total.triggers, report.total.relations)
    by_label = {label: counts for table in tables for label, counts in table.by_type.items()}
    return Evaluation(
        checkpoint=predicted[0].model or "none",
        words=sum(len(words(document.text)) for document in gold),
        report=report,
        given_spans=None if given_spans is None else _linked(gold, given_spans, scheme, split),
        matching=_matching(pairs, scheme),
        events=_sum(event_scores(*two, scheme) for two in pairs),
        factuality=_sum(factuality(*two, scheme) for two in pairs),
        incidents=_sum(incident_scores(*two, scheme) for two in pairs),
        slices=_sum(slice_counts(*two, scheme, seen) for two in pairs),
        calibration=_calibration(pairs, scheme),
        causes=Causes.of(found),
        confusion=_sum(confusion(*two) for two in pairs),
        telling=telling(found, by_label),
        languages={document.id: document.lang for document in gold},
        intervals=_intervals(scored, samples, seed),
        samples=samples,
        examples=_examples(pairs, scored),
        speed=speed,
        learnt=learnt,
    )


def _linked(gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme, split: str) -> Linked:
    pairs = pair(gold, predicted, scheme)
    return Linked(
        evaluate(gold, predicted, scheme, split=split),
        _sum(event_scores(*two, scheme) for two in pairs),
        _sum(incident_scores(*two, scheme) for two in pairs),
    )


def _sum(parts: Iterable[T]) -> T:
    return functools.reduce(operator.add, parts)


def _matching(pairs: Pairs, scheme: Scheme) -> dict[str, dict[str, Any]]:
    types = {"entities": scheme.entities, "triggers": scheme.events}
    return {
        family: {mode: _sum(span_table(*two, list(types[family]), mode) for two in pairs) for mode in MODES}
        for family in types
    }


def _calibration(pairs: Pairs, scheme: Scheme) -> Calibration | str:
    try:
        return _sum(calibration(*two, scheme) for two in pairs)
    except RasadError as error:
        return str(error)


def _intervals(scored: Sequence[Scores], samples: int, seed: int) -> Intervals:
    """Return the 95% interval of each F1 by the bootstrap over documents; of a label that is nowhere there is none."""
    drawn = resamples(len(scored), samples, np.random.default_rng(seed))
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for family in FAMILIES:
        tables = [getattr(one, family) for one in scored]
        rows = {"all": [table.micro for table in tables]}
        rows |= {label: [table.by_type[label] for table in tables] for label in tables[0].by_type}
        found[family] = {}
        for label, row in rows.items():
            counts = np.array([floats(counted) for counted in row])
            sums = drawn @ counts
            # A sample without the label, on either side, says nothing of it.
            if len(told := sums[sums.any(axis=1)]):
                found[family][label] = interval(f1(told))
    return found


def _examples(pairs: Pairs, scored: Sequence[Scores]) -> tuple[tuple[Document, Document], ...]:
    """Choose documents to show side by side: of each language, evenly from the best read to the worst."""
    by_language: dict[str, list[tuple[float, str, tuple[Document, Document]]]] = {}
    for two, scores in zip(pairs, scored, strict=True):
        total = scores.entities.micro + scores.triggers.micro + scores.relations.micro
        if total.seen:
            by_language.setdefault(two[0].lang, []).append((total.f1, two[0].id, two))
    each = max(1, EXAMPLES // max(1, len(by_language)))
    chosen = []
    for lang in sorted(by_language):
        ranked = sorted(by_language[lang], key=lambda row: row[:2], reverse=True)
        places = {round((i + 1) * (len(ranked) - 1) / (each + 1)) for i in range(each)}
        chosen += [ranked[place][2] for place in sorted(places)]
    return tuple(chosen)


def to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain dictionaries, lists, numbers and strings, ready for JSON."""
    strict = report_to_dict(evaluation.report)
    return {
        "form": FORM,
        "signature": strict["signature"],
        "checkpoint": evaluation.checkpoint,
        "documents": evaluation.report.signature.docs,
        "words": evaluation.words,
        "total": strict["total"],
        "languages": strict["languages"],
        "given_spans": None if evaluation.given_spans is None else _linked_to_dict(evaluation.given_spans),
        "matching": {
            family: {mode: counts_to_dict(table.micro) for mode, table in modes.items()}
            for family, modes in evaluation.matching.items()
        },
        "events": _events(evaluation.events),
        "factuality": _factuality(evaluation.factuality),
        "incidents": _incidents(evaluation.incidents),
        "slices": _slices(evaluation.slices),
        "calibration": _calibrated(evaluation.calibration),
        "intervals": {
            **{family: {label: list(b) for label, b in rows.items()} for family, rows in evaluation.intervals.items()},
            "samples": evaluation.samples,
        },
        "errors": {
            "causes": _causes(evaluation.causes),
            "confusion": [
                {"gold": one, "predicted": other, "n": n}
                for (one, other), n in sorted(evaluation.confusion.pairs.items())
            ],
            "telling": [_told(error, evaluation.languages[error.document]) for error in evaluation.telling],
        },
        "examples": [
            {"document": one.id, "lang": one.lang, "gold": to_json(one), "predicted": to_json(other)}
            for one, other in evaluation.examples
        ],
        "speed": _speed(evaluation),
        "learnt": None if evaluation.learnt is None else dict(evaluation.learnt),
    }


def _events(scores: EventScores) -> dict[str, Any]:
    return {name: table_to_dict(getattr(scores, field)) for name, field in _EVENTS.items()}


def _factuality(found: Factuality) -> dict[str, Any]:
    matched = found.matched
    return {
        "stands": table_to_dict(found.stands),
        "combined": table_to_dict(found.combined),
        **{name: table_to_dict(table) for name, table in found.attributes.items()},
        "matched": {
            "accuracy": matched.accuracy,
            "macro_f1": matched.by_value.macro.f1,
            "total": matched.total,
        },
    }


def _linked_to_dict(linked: Linked) -> dict[str, Any]:
    parts = {"events": _events(linked.events), "incidents": _incidents(linked.incidents)}
    return report_to_dict(linked.report) | parts


def _incidents(scores: IncidentScores) -> dict[str, Any]:
    return {
        "incidents": counts_to_dict(scores.incidents.micro),
        "remarks": counts_to_dict(scores.remarks.micro),
        "slots": {slot: counts_to_dict(counts) for slot, counts in scores.slots.by_type.items() if counts.seen},
    }


def _slices(found: Slices) -> list[dict[str, Any]]:
    rows = []
    for where, counts in found.rows():
        row = {"slice": where.name, "value": where.value, "documents": counts.documents, "words": counts.words}
        row |= {family: counts_to_dict(getattr(counts, family)) for family in FAMILIES}
        if where == WITHOUT_EVENTS:
            row |= {"false_triggers_per_1000": counts.false_triggers, "false_spans_per_1000": counts.false_spans}
        rows.append(row)
    return rows


def _calibrated(found: Calibration | str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"missing": found}
    return {family: _judged(getattr(found, family)) for family in FAMILIES}


def _judged(judged: Judged) -> dict[str, Any]:
    bins = ((one.low, one.high, one.n, one.mean_score, one.accuracy) for one in judged.by_width)
    return {
        "n": judged.n,
        "ece": judged.ece_by_width,
        "ece_mass": judged.ece_by_mass,
        "brier": judged.brier,
        "bins": [dict(zip(("low", "high", "n", "score", "accuracy"), one, strict=True)) for one in bins],
        "curve": [{"coverage": one.coverage, "risk": one.risk, "score": one.score} for one in judged.curve],
        "area": judged.area,
    }


def _causes(causes: Causes) -> dict[str, dict[str, int]]:
    return {
        family: {cause: n for cause in named if (n := causes.count(family=family, cause=cause))}
        for family, named in CAUSES.items()
    }


def _told(error: Error, lang: str) -> dict[str, Any]:
    """Lay out an error: the words before, those that it is about (of a relation, from end to end), and those after."""
    before, _, rest = error.context.partition("[")
    text, _, after = rest.rpartition("]")
    return {
        "document": error.document,
        "lang": lang,
        "family": error.family,
        "side": error.side,
        "cause": error.cause,
        "types": error.claim.label + (f" / {error.instead.label}" if error.instead else ""),
        "before": before,
        "text": text,
        "after": after,
        "instead": error.instead_words,
        "score": error.score,
    }


def _speed(evaluation: Evaluation) -> dict[str, Any] | None:
    speed = evaluation.speed
    if speed is None:
        return None
    return {
        "seconds": speed.seconds,
        "words_per_second": evaluation.words / speed.seconds if speed.seconds else 0.0,
        "memory_mb": speed.memory,
        "device": speed.device,
    }
