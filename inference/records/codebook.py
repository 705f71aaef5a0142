"""Codebook: codes like those of ACLED and PLOVER for an incident, by the rules of `codebook.yaml`.

Like, not of: neither project has made or checked them, and neither codes one article alone. Every code names the rule
that gave it, and the rule its reason. What the rules cannot tell is left empty.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from rasad.annotations.text import fold, readings
from rasad.annotations.words import words
from rasad.inference.records.facts import Fact, Facts, Party

Features = Mapping[str, frozenset[str]]
_MATERIEL = ("WEAPON", "VEHICLE")
_HURT = ("target", "harmed", "killed", "injured")
_BY_PRECEDENCE = ("state", "group", "armed", "civilian")


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codebook makes of an incident; None where a rule codes nothing. `acled`, `plover` name the rules."""

    disorder: str | None
    event: str | None
    sub_event: str | None
    acled: str
    acled_why: str
    civilian_targeting: bool
    plover_event: str | None
    plover_mode: str | None
    plover_contexts: tuple[str, ...]
    plover: str
    plover_why: str


@functools.cache
def codebook() -> dict[str, Any]:
    """Return `codebook.yaml` as it stands."""
    data: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("codebook.yaml").read_text("utf-8"))
    return data


def codes(facts: Facts) -> Codes:
    """Code an incident."""
    told, data = features(facts), codebook()
    acled, plover = _first(data["acled"], told), _first(data["plover"], told)
    contexts = [rule["then"] for rule in data["contexts"] if _fits(rule, told)] if plover["then"]["event"] else []
    return Codes(
        disorder=acled["then"]["disorder"],
        event=acled["then"]["event"],
        sub_event=acled["then"]["sub_event"],
        acled=acled["id"],
        acled_why=acled["why"],
        civilian_targeting=acled["then"]["disorder"] == "Political violence" and "civilian" in told["target"],
        plover_event=plover["then"]["event"],
        plover_mode=plover["then"]["mode"],
        plover_contexts=tuple(dict.fromkeys(contexts)),
        plover=plover["id"],
        plover_why=plover["why"],
    )


def features(facts: Facts) -> Features:
    """Return what the rules ask of an incident, each feature with its values."""
    incident = facts.incident
    armed = facts.slot("instrument", "trigger")
    agents = facts.actors()
    target = [party for party in facts.opponents() if party.fact.type != "GPE"]
    return {
        "type": frozenset({incident.type}),
        "status": frozenset({incident.status}),
        "time": frozenset({"background" if incident.is_background else "current"}),
        "weapon": _classes(armed, "weapons") | (_classes(facts.slot("agent"), "weapons") & {"suicide"}),
        "act": _classes(facts.slot("trigger"), "acts"),
        "agent": _sectors_of(agents) | ({"joint"} if len(agents) > 1 else set()),
        "target": _sectors_of(target) | _classes(facts.slot(*_HURT), "sector_words"),
    }


def sectors(party: Party) -> frozenset[str]:
    """Return the sectors of a party: by its words, else by the type of whoever is behind it, else by its own."""
    said = _classes([party.told], "sector_words")
    police = _classes([party.told, party.fact], "police")
    if (said and said != {"armed"}) or party.fact.type is None:
        return said | police or frozenset({"state"})  # a nationality alone: `the Israeli strike`
    by_type = frozenset({codebook()["sectors"].get(party.fact.type, "other")})
    return (by_type if party.fact is not party.told else said or by_type) | police


def inter(party: Party, country: str | None) -> str | None:
    """Return what kind of actor a party is, seen from the country of the place."""
    found = sectors(party)
    kind = next((sector for sector in _BY_PRECEDENCE if sector in found), None)
    if kind == "state" and country and party.fact.country and party.fact.country != country:
        kind = "external"
    labels: dict[str | None, str] = codebook()["inter"]
    return labels.get(kind)


def plover_sector(party: Party) -> str | None:
    """Return a party's sector as a code."""
    found = sectors(party)
    kind = next((sector for sector in ("police", *_BY_PRECEDENCE) if sector in found), None)
    labels: dict[str | None, str] = codebook()["plover_sectors"]
    return labels.get(kind)


def _sectors_of(parties: Sequence[Party]) -> frozenset[str]:
    return frozenset({sector for party in parties for sector in sectors(party)}) or frozenset({"none"})


def _first(rules: Iterable[Mapping[str, Any]], told: Features) -> Mapping[str, Any]:
    return next((rule for rule in rules if _fits(rule, told)), _NO_RULE)


_NO_RULE: Mapping[str, Any] = {
    "id": "none",
    "then": dict.fromkeys(("disorder", "event", "sub_event", "mode")),
    "why": "No rule fits",
}


def _fits(rule: Mapping[str, Any], told: Features) -> bool:
    return all(not told[feature].isdisjoint(values) for feature, values in rule["if"].items())


def _classes(facts: Iterable[Fact], table: str) -> frozenset[str]:
    """Return the classes of a table whose words stand in what fills a slot."""
    found: set[str] = set()
    for fact in facts:
        named = (fact.name.ar, fact.name.en) if fact.name and fact.type in _MATERIEL else ()
        for text in filter(None, (fact.text, *named)):
            found |= _classes_of(text, table)
    return frozenset(found)


@functools.lru_cache(maxsize=1 << 14)
def _classes_of(text: str, table: str) -> frozenset[str]:
    forms = [_forms(text[start:end]) for start, end in words(text)]
    found: set[str] = set()
    for at, form in enumerate(forms):
        for first in form:
            found |= {
                name
                for rest, name in _phrases(table).get(first, ())
                if len(forms) > at + len(rest) and all(w in forms[at + i] for i, w in enumerate(rest, 1))
            }
    return frozenset(found)


@functools.cache
def _phrases(table: str) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Return the phrases of a table by their first words: the words that must follow, and the class."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, phrase in _listed(codebook()[table], table):
        first, *rest = (fold(word) for word in phrase.split())
        found.setdefault(first, []).append((tuple(rest), name))
    return found


def _listed(data: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield class and phrase; words in a string are phrases of one word each, under the name of their table."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _listed(value, key)
    else:
        yield from ((name, phrase) for phrase in (data.split() if isinstance(data, str) else data))


@functools.lru_cache(maxsize=1 << 14)
def _forms(word: str) -> frozenset[str]:
    """Return what a word may be looked up as: without clitics, in English in the singular."""
    found = readings(word) | {fold(word)}
    if not word.isascii():
        return found
    plurals = {form[: -len(end)] for form in found for end in ("s", "es") if form.endswith(end) and len(form) > 3}
    return found | plurals | {form[:-3] + "y" for form in found if form.endswith("ies")}
