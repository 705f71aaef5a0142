"""Contradictions: mentions that cannot be of one event, since they are of times that exclude each other.

The links of a model are judged one by one; that a chain of them joins an attack of January to one of April shows only
in the whole. A link that would do so is left out. In the real development articles no two marked mentions of one event
have such times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rasad.annotations.document import Document, Relation
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.inference.times import TimeValue, resolve

Stretch = tuple[datetime, datetime]
# Of a night that one mention names by the day before and another by the day after.
_GRACE = timedelta(hours=6)


def without_contradictions(document: Document, scheme: Scheme) -> tuple[Relation, ...]:
    """Return the relations of a document but for SAME_AS links that join events of different times, in their order.

    Links are taken by their scores, the surest first, so that of two that exclude each other the surer stays.
    """
    groups = {s.id: [s.id] for s in document.spans if scheme.is_event(s.type)}
    stretches = _stretches(document)
    links = [r for r in document.relations if r.type == SAME_AS and r.head in groups and r.tail in groups]
    refused: set[Relation] = set()
    for link in sorted(links, key=lambda r: -(r.score or 0.0)):
        ours, theirs = groups[link.head], groups[link.tail]
        if ours is theirs:
            continue
        if _exclude(ours, theirs, stretches):
            refused.add(link)
            continue
        ours.extend(theirs)
        groups |= dict.fromkeys(theirs, ours)
    return tuple(r for r in document.relations if r not in refused)


def _exclude(ours: Sequence[str], theirs: Sequence[str], stretches: Mapping[str, frozenset[Stretch]]) -> bool:
    """Say whether some mention of one group and some of the other have times, none of which can be the same."""
    first, second = ({stretches[mention] for mention in group if mention in stretches} for group in (ours, theirs))
    return any(all(_apart(a, b) for a in one for b in other) for one in first for other in second)


def _apart(one: Stretch, other: Stretch) -> bool:
    first, second = sorted((one, other))
    whole_days = all(moment.hour == moment.minute == 0 for moment in (*first, *second))
    return second[0] >= first[1] + (timedelta(0) if whole_days else _GRACE)


def _stretches(document: Document) -> dict[str, frozenset[Stretch]]:
    """Return when each trigger was, as its WHEN says, where that has a beginning and an end."""
    spans = document.by_id
    found: dict[str, set[Stretch]] = {}
    for relation in document.relations:
        if relation.type == "WHEN":
            value = resolve(spans[relation.tail].text, document.date, document.lang)
            if stretch := _stretch(value):
                found.setdefault(relation.head, set()).add(stretch)
    return {mention: frozenset(known) for mention, known in found.items()}


def _stretch(value: TimeValue) -> Stretch | None:
    """Return bounds in local time; a zone, where the words name one, is left aside, `_GRACE` allows for it."""
    if not value.start or not value.end:
        return None
    start, end = (datetime.fromisoformat(bound).replace(tzinfo=None) for bound in (value.start, value.end))
    return start, end
