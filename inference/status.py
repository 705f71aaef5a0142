"""Status: how sure an article is of an event, and by whose word.

The rules, the first that fits:

- negated: it did not happen, says the article (`polarity` negative).
- threatened, planned: it has not happened (`modality` hypothetical); threatened where a threat is about it.
- disputed: somebody denies it, and somebody else claims it, blames for it or reports it.
- denied: somebody denies it, and nobody else speaks of it.
- claimed: somebody says that they did it.
- alleged: somebody is blamed for it.
- uncertain: the article or its source is not sure (`modality` uncertain).
- reported: none of these.

A claim or denial that is itself negated (`no group has claimed it`) or not made counts for nothing. Who denies, claims
or blames stays in the reasons, whichever rule fits: an attack that is claimed and uncertain says both.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from rasad.annotations.scheme import Scheme
from rasad.inference.events import EventRecord

STATUSES = ("negated", "threatened", "planned", "disputed", "denied", "claimed", "alleged", "uncertain", "reported")
OWN = ("negated", "threatened", "planned", "uncertain")  # of the article's own words, not of a party's
_BY_STAND = {"DENIAL": "denied", "CLAIM": "claimed", "ACCUSATION": "alleged"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a status: which it speaks for, the spans of those whose word it is, and the record that says so."""

    status: str
    by: tuple[str, ...]
    event: str

    def to_json(self) -> dict[str, Any]:
        """Return the reason as plain data."""
        return {"status": self.status, "by": list(self.by), "event": self.event}


def status(
    record: EventRecord, records: Iterable[EventRecord], sources: Sequence[str], scheme: Scheme
) -> tuple[str, tuple[Reason, ...]]:
    """Return the status of an event and its reasons.

    Args:
        record: The event.
        records: All events of the article.
        sources: Spans of those who report it.
        scheme: Says which attributes are the default.
    """
    reasons = [*_own(record, scheme), *_threats(record, records)]
    reasons += [Reason(_BY_STAND[d.type], d.by, d.event) for d in record.disputes if d.is_taken]
    if sources:
        reasons.append(Reason("reported", tuple(sources), record.id))
    return _strongest(reasons), tuple(reasons)


def status_name(status: str, kind: str, lang: str) -> tuple[str, str]:
    """Return what a status of an event of a type is called, and what it means: Arabic for `ar`, English otherwise."""
    names = _names()["ar" if lang == "ar" else "en"]
    name, meaning = names["undone"][kind] if is_undone(status, kind) else names[status]
    return name, meaning


def is_undone(status: str, kind: str) -> bool:
    """Say whether a negated event is rather its end: a release, a truce that broke."""
    return status == "negated" and kind in _names()["en"]["undone"]


@functools.cache
def _names() -> Any:
    return yaml.safe_load(resources.files(__package__).joinpath("status.yaml").read_text("utf-8"))


def _own(record: EventRecord, scheme: Scheme) -> list[Reason]:
    """Return what the article's own words for an event say."""
    said = []
    if record.polarity != scheme.default("polarity"):
        said.append("negated")
    if record.modality == "hypothetical":
        said.append("planned")
    if record.modality == "uncertain":
        said.append("uncertain")
    return [Reason(value, (), record.id) for value in said]


def _threats(record: EventRecord, records: Iterable[EventRecord]) -> list[Reason]:
    if record.modality != "hypothetical":
        return []
    threats = (r for r in records if r.type == "THREAT" and record.id in r.about)
    return [Reason("threatened", r.roles.get("AGENT", ()), r.id) for r in threats]


def _strongest(reasons: Sequence[Reason]) -> str:
    found = {reason.status for reason in reasons}
    if "denied" in found and not found & {"negated", "planned"} and _spoken_of(reasons):
        found.add("disputed")
    return next((value for value in STATUSES if value in found), "reported")


def _spoken_of(reasons: Sequence[Reason]) -> bool:
    """Say whether somebody else than those who deny an event speaks of it."""
    deny = {by for reason in reasons if reason.status == "denied" for by in reason.by}
    others = [r for r in reasons if r.status in ("claimed", "alleged", "reported")]
    return any(not reason.by or set(reason.by) - deny for reason in others)
