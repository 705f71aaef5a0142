"""Cards: each incident of an article with all that is told of it, the main one first and the background last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rasad.inference.events import EventRecord
from rasad.inference.figures import Figure
from rasad.inference.numbers import Count
from rasad.inference.page.markup import distinct, items, safe, told
from rasad.inference.page.view import View
from rasad.inference.phrases import TOLL, hung, stands
from rasad.inference.records.bilingual import numbered
from rasad.inference.records.facts import Fact, Facts
from rasad.inference.records.glosses import STAR, gloss
from rasad.inference.status import OWN, status_name

# Slots as rows of a card, with the phrase that names each; where more is said of them than what fills them, not here.
_SLOTS = {
    "agent": "AGENT",
    "target": "TARGET",
    "instrument": "INSTRUMENT",
    "origin": "ORIGIN",
    "place": "where",
    "time": "WHEN",
}


def cards(view: View) -> str:
    """Return the cards of an article, and the events of which nothing is told by name."""
    parts = []
    for is_background in (False, True):
        group = [_card(view, n, facts) for n, facts in enumerate(view.told, 1) if _is_apart(facts) == is_background]
        if group and is_background:
            parts.append(f'<h4 class="part">{view.say["background_heading"]}</h4>')
        parts += [f'<ol class="cards">{"".join(group)}</ol>'] if group else []
    if view.account.bare:
        names = view.listed(f"{view.type_mark(record.type)} {view.mentions(record)}" for record in view.account.bare)
        parts.append(f'<p class="bare">{view.say["bare"].format(names)}</p>')
    parts += [] if view.account.records else [f"<p>{view.say['nothing']}</p>"]
    parts += [f'<p class="bare">{view.say["spelled"]}</p>'] if any(f"{STAR}</bdi>" in part for part in parts) else []
    heading = f'<h3 id="{view.key}-events">{view.say["events"]}</h3>'
    return f'<section class="events">{heading}{"".join(parts)}</section>'


def _is_apart(facts: Facts) -> bool:
    return facts.incident.is_background and not facts.incident.is_main


def _card(view: View, number: int, facts: Facts) -> str:
    incident = facts.incident
    chips = [f'<span class="chip main">{view.say["main"]}</span>'] if incident.is_main else []
    chips += [f'<span class="chip">{view.say["background"]}</span>'] if incident.is_background else []
    name, meaning = status_name(incident.status, incident.type, view.lang)
    chips.append(f'<span class="status {incident.status}" title="{meaning}">{name}</span>')
    head = f'<h4><span class="number">{number}</span> {view.type_mark(incident.type)} {" ".join(chips)}</h4>'
    sentence = f'<p class="gloss">{told(gloss(facts, view.lang, view.scheme))}</p>'
    rows = "".join(f"<div><dt>{safe(term)}</dt><dd>{says}</dd></div>" for term, says in _told(view, facts) if says)
    kind = "main" if incident.is_main else "background" if incident.is_background else ""
    return f'<li class="card {kind}" id="{view.card(number)}">{head}{sentence}<dl>{rows}</dl></li>'


def _told(view: View, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield term and description of each thing that is told of an incident, empty where it is not."""
    say, incident = view.say, facts.incident
    record, group = view.account.records[incident.id], view.account.groups[incident.id]
    yield say["status"], items(_doubts(view, facts))
    for slot, phrase in _SLOTS.items():
        yield say[phrase], items(_fillers(view, facts, slot))
    for role, figures in zip(TOLL, (incident.killed, incident.injured), strict=True):
        # Told twice in the same words by the same source it is one figure.
        yield say[role], items(distinct(_figure(view, facts, figure) for figure in figures))
    yield say["result"], items([line for part in group[1:] for line in _outcome(view, facts, part)])
    effects = [i for i in record.causes if i not in incident.parts]
    for kind, ids in (("ABOUT", record.about), ("RESPONSE_TO", record.response_to), ("CAUSES", effects)):
        yield view.scheme.name(kind, view.lang), view.listed(view.reference(i) for i in ids)
    yield say["SOURCE"], items(_fillers(view, facts, "source"))
    lines = stands(group, view.scheme, view.lang, lambda ids: view.call(facts, ids))
    yield say["stands"], items([f'<strong class="stand">{line}</strong>' for line in lines])
    yield say["mentions"], view.mentions(incident)


def _doubts(view: View, facts: Facts) -> list[str]:
    """Return what the article's own words say against taking the incident for a fact, and who threatens."""
    lines = []
    for reason in facts.incident.reasons:
        if reason.status in OWN:
            _, meaning = status_name(reason.status, facts.incident.type, view.lang)
            by = f" ({view.call(facts, reason.by)})" if reason.by else ""
            lines.append(f"{meaning}{by}")
    return lines


def _fillers(view: View, facts: Facts, slot: str) -> list[str]:
    """Return what fills a slot, what is stated first; where that is more than one, each with those whose word it is."""
    found: dict[str, Fact] = {}
    for fact in sorted(facts.slot(slot), key=lambda fact: fact.inferred is not None):
        found.setdefault(view.canonical(facts, fact), fact)
    competing = len(found) > 1
    return [view.filler(facts, f) + (_by(view, facts, f.said_by) if competing else "") for f in found.values()]


def _by(view: View, facts: Facts, sources: tuple[str, ...]) -> str:
    return f' <small class="by">— {view.call(facts, sources)}</small>' if sources else ""


def _figure(view: View, facts: Facts, figure: Figure) -> str:
    """Return how many, as one mention says: the number, who they are, and whose word it is."""
    who = view.listed(view.named(facts, facts.told(span)) for span in figure.spans)
    number = _number(view, figure.count)
    # What is put over into the other language has its number with it.
    first = view.canonical(facts, facts.told(figure.spans[0]))
    lead = "" if first.startswith(number) else f'<strong class="figure">{number}</strong> '
    return lead + who + _by(view, facts, figure.said_by)


def _number(view: View, count: Count) -> str:
    """Return a count in figures; nothing where not even that there are several is known."""
    if count.kind in ("some", "unknown"):
        return str(view.say["several"]) if (count.low or 0) > 1 else ""
    return "0" if count.high == 0 else numbered(count, view.lang)


def _outcome(view: View, facts: Facts, part: EventRecord) -> list[str]:
    """Return what casualties or damage say beside how many were killed and injured."""
    rest = {role: spans for role, spans in part.roles.items() if role not in TOLL}
    if len(rest) < len(part.roles) and "TARGET" not in rest:
        return []
    lines = hung(replace(part, roles=rest), view.scheme, view.lang, lambda ids: view.call(facts, ids))
    aside = f" <small>({view.listed([view.mentions(part), *_sources(view, facts, part)])})</small>"
    return [line + aside for line in lines]


def _sources(view: View, facts: Facts, part: EventRecord) -> list[str]:
    spans = part.roles.get("SOURCE", ())
    return [f"{view.say['SOURCE']}: {view.call(facts, spans)}"] if spans else []
