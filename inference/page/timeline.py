"""Timelines: the incidents of an article in the order in which they happened, with the days between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from rasad.inference.numbers import Count
from rasad.inference.page.markup import safe, told
from rasad.inference.page.view import View
from rasad.inference.records.bilingual import Noun
from rasad.inference.records.facts import Facts
from rasad.inference.records.glosses import last_day, when

_GAP = 2  # days between two entries, above which they are told
_DAY = Noun(("day", "days"), ("يوم", "يومين", "أيام", "يوما"))
_OPEN = 4  # incidents without a date that are shown at once


@dataclass(frozen=True, slots=True)
class Entry:
    """A point of the line: when it begins and its last day (ISO 8601), when in words, and what was then, as HTML."""

    start: str
    last: str
    said: str
    tells: str
    kind: str = ""


def timeline(view: View) -> str:
    """Return the incidents of an article by date, its publication among them, and those without a date behind."""
    entries = sorted(_entries(view), key=lambda entry: entry.start[:16])
    undated = [facts for facts in view.told if not _begin(facts)]
    if not view.told or not entries:
        return ""
    lines = [_line(entries[0])]
    past = accumulate((entry.last for entry in entries), max)
    for last, entry in zip(past, entries[1:], strict=False):
        lines += [_gap(view, last, entry), _line(entry)]
    if undated:
        lines.append(_undated(view, undated))
    return f'<section class="timeline"><h3>{view.say["timeline"]}</h3><ol>{"".join(lines)}</ol></section>'


def _entries(view: View) -> Iterator[Entry]:
    for facts in view.told:
        start, incident = _begin(facts), facts.incident
        if start:
            kind = "main" if incident.is_main else "background" if incident.is_background else ""
            last = last_day(incident.when.end) if incident.when.end else start[:10]
            yield Entry(start, last, when(incident.when, view.lang) or start[:10], _tells(view, facts), kind)
    if view.doc.date:
        # Behind what happened on the same day.
        day = view.doc.date[:10]
        yield Entry(f"{day}T99", day, day, view.say["published"], "published")


def _begin(facts: Facts) -> str | None:
    return facts.incident.when.start or facts.incident.when.end


def _tells(view: View, facts: Facts) -> str:
    """Return the number of an incident, what it was, and on whom or where."""
    number = view.numbers[facts.incident.id]
    about = [*facts.slot("target", "harmed", "agent")[:1], *facts.slot("place")[:1]]
    names = dict.fromkeys(f"<bdi>{told(view.canonical(facts, fact))}</bdi>" for fact in about)
    rest = f" · {view.listed(names)}" if names else ""
    name = safe(view.scheme.name(facts.incident.type, view.lang))
    return f'<a href="#{view.card(number)}"><span class="number">{number}</span> {name}{rest}</a>'


def _line(entry: Entry) -> str:
    said = f'<time class="said" datetime="{safe(entry.start[:10])}">{told(entry.said)}</time>'
    return f'<li class="{entry.kind}">{said}<div>{entry.tells}</div></li>'


def _undated(view: View, undated: Sequence[Facts]) -> str:
    """Return what no date is told of; many of them behind a line that opens."""
    tells = "".join(f"<div>{_tells(view, facts)}</div>" for facts in undated)
    title = f'<summary class="said">{view.say["undated"]} ({len(undated)})</summary>'
    return f'<li class="undated"><details{" open" if len(undated) <= _OPEN else ""}>{title}{tells}</details></li>'


def _gap(view: View, last: str, entry: Entry) -> str:
    """Return how many days an entry is after the last of those before it, where that is more than a few."""
    days = (date.fromisoformat(entry.start[:10]) - date.fromisoformat(last)).days
    count = Count(days, days, "exact")
    said = _DAY.arabic(count, False) if view.lang == "ar" else _DAY.english(count, False)
    return f'<li class="gap">{view.say["later"].format(said)}</li>' if days > _GAP else ""
