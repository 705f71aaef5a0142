"""Grids: the JSON form of an evaluation as tables of words, in one order for pages, papers and Markdown.

Every number of a table is written here, so that one evaluation reads the same wherever it is shown: ratios and the ends
of intervals with three decimals, counts whole, or with one decimal where something is right in part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasad.annotations.errors import RasadError

FORM = 1  # of the JSON that is read here
NOTHING = "–"
FAMILIES = {"entities": "Entities", "triggers": "Triggers", "relations": "Relations"}
METRICS = {"b_cubed": "B³", "muc": "MUC", "ceaf_e": "CEAFe", "lea": "LEA"}
_RATIOS = ("precision", "recall", "f1")
_COUNTS = ("tp", "fp", "fn")
_HEAD = ("P", "R", "F1", *_COUNTS)

Json = Mapping[str, Any]
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to read: a cell for each column of `head` in each row, the first `words` columns text, then numbers."""

    name: str
    title: str
    head: Row
    rows: tuple[Row, ...]
    words: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """Tables that belong together, with a line on how to read them."""

    name: str
    title: str
    about: str
    grids: tuple[Grid, ...]


def require(report: Json) -> None:
    """Refuse what is not the JSON form of an evaluation.

    Raises:
        RasadError: where it is of another form, or has no signature.
    """
    form = report.get("form")
    if form != FORM:
        raise RasadError(f"report: its form is {form!r}, this version reads {FORM}; evaluate again")
    if not isinstance(report.get("signature"), str):
        raise RasadError("report: it has no signature; give the JSON of an evaluation as it was written")


def sections(report: Json) -> tuple[Section, ...]:
    """Return the sections of an evaluation; one that it has nothing for is left out, see `absent`."""
    made = (
        Section(name, title, about, tuple(grid for grid in make(report) if grid.rows))
        for name, title, about, make in _SECTIONS
    )
    return tuple(section for section in made if section.grids)


def absent(report: Json) -> tuple[str, ...]:
    """Return the titles of the sections that an evaluation has nothing for, each with the reason where it gives one."""
    there = {section.name for section in sections(report)}
    return tuple(title + _reason(report, name) for name, title, *_ in _SECTIONS if name not in there)


def part(report: Any, *keys: str) -> Any:
    """Return what stands under keys, one in the other; an empty mapping where any of them is missing or null."""
    for key in keys:
        report = report.get(key) if isinstance(report, Mapping) else None
    return {} if report is None else report


def ratio(value: float | None) -> str:
    """Return a ratio with three decimals."""
    return NOTHING if value is None else f"{value:.3f}"


def count(value: float | None) -> str:
    """Return a count, whole or with the fraction that is right in part."""
    if value is None:
        return NOTHING
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def between(ends: Sequence[float] | None) -> str:
    """Return an interval by its ends."""
    return f"[{ratio(ends[0])}, {ratio(ends[1])}]" if ends else NOTHING


def interval(report: Json, family: str, label: str = "all") -> tuple[float, float] | None:
    """Return the interval of an F1, where the evaluation has one."""
    ends = part(report, "intervals", family, label)
    return (ends[0], ends[1]) if ends else None


def _reason(report: Json, name: str) -> str:
    why = part(report, name, "missing")
    return f" ({why})" if why else ""


def _numbers(counts: Json) -> Row:
    return (*_ratios(counts), *(count(counts.get(name)) for name in _COUNTS))


def _ratios(counts: Json) -> Row:
    return tuple(ratio(counts.get(name)) for name in _RATIOS)


def _scores(report: Json) -> Iterator[Grid]:
    rows: list[Row] = []
    for family, title in FAMILIES.items():
        table = part(report, "total", family)
        if table:
            precision, recall, f1, *counts = _numbers(table["micro"])
            rows.append((title, precision, recall, f1, between(interval(report, family)), *counts))
            rows.append((f"{title}, macro", *_ratios(table["macro"]), *(NOTHING,) * 4))
    samples = part(report, "intervals", "samples")
    title = f"Main scores, intervals of {samples} samples" if samples else "Main scores"
    yield Grid("main", title, ("", "P", "R", "F1", "95% interval", *_COUNTS), tuple(rows))
    yield from _attributes(part(report, "total", "attributes"))
    yield Grid("coreference", "Coreference (SAME_AS)", ("", "of", "P", "R", "F1"), tuple(_coreference(report)), 2)


def _coreference(report: Json) -> Iterator[Row]:
    found = part(report, "total", "coreference")
    for field, metric in METRICS.items():
        yield from ((metric, name, *_ratios(one[field])) for name, one in found.items())
    yield from (("CoNLL mean", name, NOTHING, NOTHING, ratio(one["mean"])) for name, one in found.items())


def _attributes(found: Json) -> Iterator[Grid]:
    values = (
        (name, value, *_numbers(counts)) for name, one in found.items() for value, counts in one["values"].items()
    )
    head = ("", "value", *_HEAD)
    yield Grid("attributes", "Attributes, where both have the trigger", head, tuple(values), 2)
    rows = (
        (name, *(count(one[key]) for key in ("total", "right")), ratio(one["accuracy"])) for name, one in found.items()
    )
    yield Grid("accuracy", "Attributes, all values", ("", "triggers", "right", "accuracy"), tuple(rows))


def _languages(report: Json) -> Iterator[Grid]:
    rows = (
        (lang, title, *_numbers(scores[family]["micro"]))
        for lang, scores in part(report, "languages").items()
        for family, title in FAMILIES.items()
    )
    yield Grid("languages", "By language", ("language", "", *_HEAD), tuple(rows), 2)


def _given_spans(report: Json) -> Iterator[Grid]:
    given = part(report, "given_spans")
    apart = {"all": part(given, "total"), **part(given, "languages")}
    rows = ((lang, *_numbers(scores["relations"]["micro"])) for lang, scores in apart.items() if scores)
    yield Grid("given-spans", "Relations between gold's spans", ("language", *_HEAD), tuple(rows))
    others = ((lang, *row) for lang, scores in apart.items() for row in _others(scores))
    title = "Coreference and attributes of gold's spans"
    yield Grid("given-spans-others", title, ("language", "", ""), tuple(others), 2)
    if given.get("events"):
        yield _event_grid("given-spans-events", "Arguments between gold's spans", given)
    if given.get("incidents"):
        yield _incident_grid("given-spans-incidents", "Incidents and their slots, from gold's spans", given)


def _others(scores: Json) -> Iterator[Row]:
    mean = part(scores, "coreference", "all").get("mean")
    if mean is not None:
        yield "SAME_AS, CoNLL mean", ratio(mean)
    yield from ((f"{name}, accuracy", ratio(one["accuracy"])) for name, one in part(scores, "attributes").items())


def _types(report: Json) -> Iterator[Grid]:
    for family, title in FAMILIES.items():
        rows = (
            (name, *_ratios(counts), between(interval(report, family, name)), *_numbers(counts)[3:])
            for name, counts in part(report, "total", family, "types").items()
        )
        head = ("type", "P", "R", "F1", "95% interval", *_COUNTS)
        yield Grid(f"types-{family}", f"{title} by type", head, tuple(rows))


def _matching(report: Json) -> Iterator[Grid]:
    rows = (
        (FAMILIES.get(family, family), mode, *_numbers(counts))
        for family, modes in part(report, "matching").items()
        for mode, counts in modes.items()
    )
    yield Grid("matching", "Spans, from strict to lenient", ("", "match", *_HEAD), tuple(rows), 2)


def _events(report: Json) -> Iterator[Grid]:
    yield _event_grid("events", "Triggers and arguments", report)


def _event_grid(name: str, title: str, report: Json) -> Grid:
    rows = (
        (name, *_numbers(table["micro"]), ratio(table["macro"]["f1"])) for name, table in part(report, "events").items()
    )
    return Grid(name, title, ("", *_HEAD, "macro F1"), tuple(rows))


def _factuality(report: Json) -> Iterator[Grid]:
    found = part(report, "factuality")
    rows: list[Row] = []
    for name, table in found.items():
        if "micro" in table:
            rows.append((name, "all", *_numbers(table["micro"])))
            rows += ((name, value, *_numbers(counts)) for value, counts in table["types"].items())
    yield Grid("factuality", "Stands and attributes, over all triggers of gold", ("", "value", *_HEAD), tuple(rows), 2)
    matched = part(found, "matched")
    if matched:
        row = (count(matched["total"]), ratio(matched["accuracy"]), ratio(matched["macro_f1"]))
        yield Grid("matched", "On triggers that both sides have", ("triggers", "accuracy", "macro F1"), (row,), 0)


def _incidents(report: Json) -> Iterator[Grid]:
    yield _incident_grid("incidents", "Incidents and their slots", report)


def _incident_grid(name: str, title: str, report: Json) -> Grid:
    found = part(report, "incidents")
    kinds = {"incidents": "incidents", "remarks": "mere remarks on one"}
    rows: list[Row] = [(told, *_numbers(found[kind])) for kind, told in kinds.items() if found.get(kind)]
    rows += ((f"slot: {slot}", *_numbers(counts)) for slot, counts in part(found, "slots").items())
    return Grid(name, title, ("", *_HEAD), tuple(rows))


def _slices(report: Json) -> Iterator[Grid]:
    found = report.get("slices") or ()
    rows = (
        (
            *(str(row[key]) for key in ("slice", "value")),
            count(row.get("documents")),
            *(text for family in FAMILIES for text in _sliced(part(row, family))),
        )
        for row in found
    )
    head = ("slice", "value", "documents", *(text for title in FAMILIES.values() for text in (f"{title} F1", "gold")))
    yield Grid("slices", "F1, and what there is in gold, by slice", head, tuple(rows), 2)
    keys = ("false_triggers_per_1000", "false_spans_per_1000")
    quiet = (
        (f"{row['slice']}: {row['value']}", *(f"{row[key]:.1f}" for key in keys)) for row in found if keys[0] in row
    )
    yield Grid("false", "Found where there is nothing, per 1000 words", ("", "triggers", "spans"), tuple(quiet))


def _sliced(counts: Json) -> Row:
    """Return F1 and size of gold, or nothing where the slice has none of a family on either side."""
    if not any(counts.get(name) for name in _COUNTS):
        return NOTHING, NOTHING
    return ratio(counts["f1"]), count(counts["tp"] + counts["fn"])


def _calibration(report: Json) -> Iterator[Grid]:
    found = part(report, "calibration")
    rows = (
        (title, count(found[family]["n"]), *(ratio(found[family].get(key)) for key in _CALIBRATED))
        for family, title in FAMILIES.items()
        if found.get(family)
    )
    yield Grid("calibration", "Scores as probabilities", ("", "n", *_CALIBRATED.values()), tuple(rows))


_CALIBRATED = {"ece": "ECE", "ece_mass": "ECE, even bins", "brier": "Brier", "area": "area under risk"}


def _errors(report: Json) -> Iterator[Grid]:
    rows: list[Row] = []
    for family, causes in part(report, "errors", "causes").items():
        whole = sum(causes.values())
        rows += ((FAMILIES.get(family, family), cause, count(n), ratio(n / whole)) for cause, n in causes.items() if n)
    yield Grid("causes", "Errors by cause", ("", "cause", "n", "share"), tuple(rows), 2)


def _curve(report: Json) -> Iterator[Grid]:
    rows = (
        (
            *(count(row.get(key)) for key in ("documents", "words", "seeds")),
            *(ratio(row.get(family)) for family in FAMILIES),
        )
        for row in report.get("curve") or ()
    )
    head = ("documents", "words", "seeds", *(f"{title} F1" for title in FAMILIES.values()))
    yield Grid("curve", "Learning curve", head, tuple(rows), 0)


def _speed(report: Json) -> Iterator[Grid]:
    found = part(report, "speed")
    units = {"seconds": "seconds", "words_per_second": "words a second", "memory_mb": "memory, MB"}
    head = tuple(title for key, title in units.items() if found.get(key) is not None)
    numbers = tuple(f"{found[key]:.1f}" for key in units if found.get(key) is not None)
    rows = ((str(found.get("device") or "not told"), *numbers),) if numbers else ()
    yield Grid("speed", "Speed", ("device", *head), rows)


_SECTIONS: Iterable[tuple[str, str, str, Callable[[Json], Iterator[Grid]]]] = (
    (
        "scores",
        "Scores",
        "Strict: offsets, types and direction must agree. Macro is the mean over types. Intervals are of F1, by "
        "bootstrap over documents.",
        _scores,
    ),
    ("languages", "Languages", "Documents by the language that gold says they are in.", _languages),
    ("types", "Types", "Types that neither gold nor the prediction has are left out.", _types),
    (
        "given_spans",
        "Gold spans given",
        "What relations would score if every span were found: the checkpoint only links gold's spans.",
        _given_spans,
    ),
    (
        "matching",
        "Matching",
        "One-to-one. Strict asks for offsets and type; boundaries for offsets; overlap for the type and a character in "
        "common; partial gives half for that; clitic sets clitics aside.",
        _matching,
    ),
    (
        "events",
        "Events",
        "As the literature counts them: I is found, C is found and classified; with +, an argument counts only on its "
        "own trigger.",
        _events,
    ),
    (
        "factuality",
        "Who says so",
        "Who denies, claims or blames, about which act; and whether an event is told as having happened.",
        _factuality,
    ),
    ("incidents", "Incidents", "Mentions joined: one record an incident, and what fills its slots.", _incidents),
    ("slices", "Slices", "The strict counts, apart for parts of the documents and of what is in them.", _slices),
    (
        "calibration",
        "Calibration",
        "Whether a score of 0.8 is right eight times in ten, and how far errors fall when low scores are set aside.",
        _calibration,
    ),
    ("errors", "Errors", "Everything that strict scores count as missed or wrong, each under one cause.", _errors),
    ("curve", "Learning curve", "F1 by the documents that were trained on.", _curve),
    ("speed", "Speed", "What the prediction cost.", _speed),
)
