"""Records: incidents as flat rows, for tables: one an incident, or in the long form one an argument.

`columns` documents every column of a form. Forms: `incidents`; `arguments`, the long form; `acled` and `plover`, the
incidents under the names of columns that users of those data sets know (`rasad.inference.records.codebook`). Every row
bears the ids of its document, its incident and the model, so that rows of many articles may stand in one table.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import yaml

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.scheme import Scheme
from rasad.inference.figures import Figure, bounds
from rasad.inference.records.codebook import codebook, codes, inter, plover_sector
from rasad.inference.records.facts import Fact, Facts, Party, facts_of
from rasad.inference.records.glosses import gloss, last_day

if TYPE_CHECKING:
    from rasad.inference.incidents import Incident
    from rasad.inference.numbers import Count
    from rasad.inference.places import Place
    from rasad.inference.times import TimeValue
    from rasad.inference.values import Values

Form = Literal["incidents", "arguments", "acled", "plover"]
FORMS: tuple[Form, ...] = get_args(Form)
Kind = Literal["string", "integer", "number", "boolean", "date", "strings"]
Row: TypeAlias = dict[str, Any]
# The column that a row of another's form must have, to be in it.
_CODED = {"acled": "acled_disorder_type", "plover": "plover_event_type"}
_LISTS = {"agents": "agent", "targets": "target", "harmed": "harmed", "instruments": "instrument", "origins": "origin",
          "places": "place", "sources": "source", "claimed_by": "claimant", "denied_by": "denier",
          "alleged_by": "accuser", "accused": "accused", "killed": "killed", "injured": "injured"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it holds, its type and a value that it may have."""

    name: str
    type: Kind
    description: str
    example: Any


@functools.cache
def columns(form: Form = "incidents") -> tuple[Column, ...]:
    """Return the columns of a form, in order.

    Raises:
        RasadError: where there is no such form.
    """
    if form not in FORMS:
        raise RasadError(f"no form of records is called {form}{suggest(form, FORMS)}")
    own = {
        name: Column(name, *row) for name, row in _data()["arguments" if form == "arguments" else "incidents"].items()
    }
    if form not in _CODED:
        return tuple(own.values())
    return tuple(Column(name, own[of].type, own[of].description, own[of].example) for name, of in _data()[form].items())


def rows(form: Form, doc: Document, incidents: Sequence[Incident], values: Values, scheme: Scheme) -> Iterator[Row]:
    """Yield the rows of an article in a form; each has every column of `columns`, None where nothing is known."""
    for facts in facts_of(doc, incidents, values, scheme):
        if form == "arguments":
            yield from _arguments(facts)
        elif form not in _CODED:
            yield _incident(facts, scheme)
        elif (row := _incident(facts, scheme))[_CODED[form]] is not None:
            yield {name: row[of] for name, of in _data()[form].items()}


def written(count: Count | None) -> str:
    """Write a count shortly, in signs that no spreadsheet takes for a formula or a date: `>=5`, `~20`, `3 to 9`."""
    if count is None or count.kind == "unknown":
        return "-"
    if count.kind == "some":
        return "some"
    if count.low is None or count.high is None:
        return f">={count.low}" if count.high is None else f"<={count.high}"
    number = str(count.low) if count.low == count.high else f"{count.low} to {count.high}"
    return f"~{number}" if count.kind == "about" else number


@functools.cache
def _data() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = yaml.safe_load(
        resources.files(__package__).joinpath("records.yaml").read_text("utf-8")
    )
    return data


def _incident(facts: Facts, scheme: Scheme) -> Row:
    actors, opponents = facts.actors(), facts.opponents()
    parts = (
        _head(facts),
        _time(facts.incident.when, facts.slot("time")),
        _site(facts),
        _party(facts, actors[:1] if facts.incident.type == "CLASH" and opponents else actors, "1"),
        _party(facts, opponents, "2"),
        {column: [fact.shown for fact in facts.slot(slot)] for column, slot in _LISTS.items()},
        {"instrument_counts": [written(fact.count) for fact in facts.slot("instrument")]},
        _toll(facts, "fatalities", facts.incident.killed),
        _toll(facts, "injured", facts.incident.injured),
        _text(facts, scheme),
        _codes(facts),
    )
    found = {name: value for part in parts for name, value in part.items()}
    return {column.name: found[column.name] for column in columns()}


def _document(doc: Document) -> Row:
    return {"document_id": doc.id, "language": doc.lang, "published": (doc.date or "")[:10] or None, "model": doc.model}


def _id(facts: Facts) -> str:
    return f"{facts.doc.id}:{facts.incident.id}"


def _head(facts: Facts) -> Row:
    incident, doc = facts.incident, facts.doc
    scores = [f.span.score for f in facts.slot("trigger") if f.span and f.span.score is not None]
    counts = [f.count for f in facts.slot("trigger") if f.count]
    # What one mention counts and the others speak of as one or as several is that many.
    count = max(counts, key=lambda c: (c.kind != "some", c.low or c.high or 0), default=None)
    return _document(doc) | {
        "incident_id": _id(facts),
        "article_source": doc.meta.get("source"),
        "score": max(scores, default=None),
        "type": incident.type,
        "status": incident.status,
        "status_reasons": list(dict.fromkeys(_said(facts, r.status, r.by, ": {}") for r in incident.reasons)),
        "is_main": incident.is_main,
        "is_background": incident.is_background,
        "event_count_low": count.low if count else None,
        "event_count_high": count.high if count else None,
        "event_count_kind": count.kind if count else None,
    }


def _time(when: TimeValue, times: Iterable[Fact]) -> Row:
    first, last = when.start[:10] if when.start else None, last_day(when.end) if when.end else None
    return {
        "event_date": first,
        "event_date_end": last,
        "year": int(first[:4]) if first else None,
        "date_precision": when.precision if first or last else None,
        "time_precision": codebook()["time_precision"].get(when.precision) if first else None,
        "time_start": when.start,
        "time_end": when.end,
        "time_value": when.value,
        "time_mod": when.mod,
        "times": [" ".join(fact.text.split()) for fact in times],
    }


def _site(facts: Facts) -> Row:
    site = facts.site()
    place = site.place if site else None
    return {
        "location": (place.name_en or place.name_ar) if place else None,
        "location_en": place.name_en if place else None,
        "location_ar": place.name_ar if place else None,
        "country": place.country if place else None,
        "admin1": (place.admin or None) if place else None,
        "latitude": place.lat if place else None,
        "longitude": place.lon if place else None,
        "location_kind": place.kind if place else None,
        "location_radius_km": place.radius_km if place else None,
        "location_basis": site.basis if site else None,
        "location_id": place.id if place else None,
        "geo_precision": _geo_precision(place) if place else None,
    }


def _geo_precision(place: Place) -> int:
    limits = codebook()["geo_precision"]
    return next((value for value, radius in limits.items() if place.radius_km <= radius), 3)


def _party(facts: Facts, parties: Sequence[Party], number: str) -> Row:
    party = parties[0] if parties else None
    fact, site = (party.fact if party else None), facts.site()
    people = [p.told.shown for p in parties if p.told is not p.fact]
    return {
        f"actor{number}": fact.shown if fact else None,
        f"actor{number}_en": fact.en if fact else None,
        f"actor{number}_ar": fact.ar if fact else None,
        f"actor{number}_known": fact.is_known if fact else None,
        f"actor{number}_id": fact.name.id if fact and fact.name else None,
        f"actor{number}_country": fact.country if fact else None,
        f"actor{number}_type": fact.type if fact else None,
        f"actor{number}_basis": party.basis if party else None,
        f"assoc_actor_{number}": [p.fact.shown for p in parties[1:]] + people,
        f"inter{number}": inter(party, site.place.country if site else None) if party else None,
        f"plover_sector{number}": plover_sector(party) if party else None,
    }


def _toll(facts: Facts, name: str, found: Sequence[Figure]) -> Row:
    low, high = bounds(found)
    figures = dict.fromkeys(_said(facts, written(figure.count), figure.said_by, " ({})") for figure in found)
    return {f"{name}_low": low, f"{name}_high": high, f"{name}_figures": list(figures)}


def _said(facts: Facts, what: str, by: Iterable[str], form: str) -> str:
    names = ", ".join(facts.told(span).shown for span in by)
    return what + (form.format(names) if names else "")


def _text(facts: Facts, scheme: Scheme) -> Row:
    text, first, found = facts.doc.text, facts.slot("trigger")[0].span, facts.paragraphs
    start = first.start if first else 0
    excerpt = next((text[a:b] for a, b in found if a <= start < b), None)
    return {
        "headline": text[slice(*found[0])].strip() if found else None,
        "notes": gloss(facts, "en", scheme),
        "notes_ar": gloss(facts, "ar", scheme),
        "excerpt": excerpt.strip() if excerpt else None,
        "triggers": list(dict.fromkeys(" ".join(fact.text.split()) for fact in facts.slot("trigger"))),
        "start": start,
        "end": first.end if first else 0,
    }


def _codes(facts: Facts) -> Row:
    found = codes(facts)
    return {
        "acled_disorder_type": found.disorder,
        "acled_event_type": found.event,
        "acled_sub_event_type": found.sub_event,
        "acled_rule": found.acled,
        "acled_why": found.acled_why,
        "civilian_targeting": found.civilian_targeting,
        "plover_event_type": found.plover_event,
        "plover_mode": found.plover_mode,
        "plover_context": list(found.plover_contexts),
        "plover_rule": found.plover,
        "plover_why": found.plover_why,
    }


def _arguments(facts: Facts) -> Iterator[Row]:
    incident = facts.incident
    denied = {
        span for figure in (*incident.killed, *incident.injured) for span in figure.spans if figure.count.high == 0
    }
    head = _document(facts.doc) | {
        "incident_id": _id(facts),
        "incident_type": incident.type,
        "incident_status": incident.status,
        "is_main": incident.is_main,
        "is_background": incident.is_background,
    }
    numbers: dict[str, int] = {}
    for fact in facts.all:
        number = numbers[fact.slot] = numbers.get(fact.slot, 0) + 1
        row = head | {"argument_id": f"{_id(facts)}:{fact.slot}:{number}"} | _argument(fact)
        row["said_by"] = [facts.told(span).shown for span in fact.said_by]
        is_toll = fact.slot in ("killed", "injured")
        row["negated"] = bool(fact.span and fact.span.id in denied) if is_toll else None
        yield {column.name: row[column.name] for column in columns("arguments")}


def _argument(fact: Fact) -> Row:
    def of(value: Any, **fields: str) -> Mapping[str, Any]:
        return {column: None if value is None else getattr(value, field) for column, field in fields.items()}

    return {
        "slot": fact.slot,
        "text": fact.text,
        "country": fact.country,
        "said_by_spans": list(fact.said_by),
        "inferred": fact.inferred,
        "name_en": fact.en,
        "name_ar": fact.ar,
        **of(fact.span, span_id="id", start="start", end="end", type="type", score="score"),
        **of(fact.name, name_id="id", name_kind="kind", name_known="known", name_transliterated="transliterated"),
        **of(fact.place, place_id="id", place_kind="kind", admin1="admin", latitude="lat", longitude="lon",
             radius_km="radius_km"),
        **of(fact.time, time_value="value", time_start="start", time_end="end", time_precision="precision",
             time_mod="mod"),
        **of(fact.count, count_low="low", count_high="high", count_kind="kind"),
    }  # fmt: skip
