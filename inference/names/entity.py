"""Entity: the names of an entity's mentions, from each other.

A mention has the best name of its entity (`التنظيم`, an acronym's long form) unless its own words are another:

- a listed name stays, its country's where a name is that of several (`ABC` beside `Australian Broadcasting`);
- a service or office stays what it is and has the entity's country (`الجيش` beside `حرس الحدود المصري`), but for one
  that is said of any (`القوات`; scope `broad` in `heads.tsv`) or that the best name has a word of;
- an unlisted name of several words with capitals stays where it shares none with the best, nor its initials.

Where no mention has a name, a noun that can do without a country (`الدفاع المدني`; scope `own`) is the name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rasad.inference.names import ACTORS, MATERIEL, Name, head, is_qualified, name, service
from rasad.inference.names.generics import is_generic
from rasad.inference.names.lexicon import Entry, lexicon
from rasad.inference.names.spelling import split

_LISTED = 4  # rank of a name that is listed as such


def named(mentions: Sequence[tuple[str, str | None]]) -> list[Name]:
    """Return the name of each of an entity's mentions, given as text and type in the order of the text."""
    said = [name(text, "", type) for text, type in mentions]
    states = {one.country for one in said}
    said = [_of_country(one, states) for one in said]
    chosen = best(said)
    texts = [text for text, _ in mentions]
    heads = [
        head(text) if type in ACTORS and not one.known else None
        for one, (text, type) in zip(said, mentions, strict=True)
    ]
    if chosen.kind == "nominal":
        chosen = _by_itself(texts, heads, chosen)
    return [_own(*row, chosen, texts) for row in zip(texts, said, heads, strict=True)]


def best(mentions: Sequence[Name]) -> Name:
    """Return the best of the names of a cluster's mentions.

    A listed name goes before a kind of weapon or one composed of a noun and a country, that before an unknown one, then
    come a country's own and a nominal. Of equals one that does not join another with more goes first, then the
    commonest, the fullest, the first. A missing country is filled in where the other mentions agree on one.
    """
    if not mentions:
        return Name()
    counts = Counter(one.id or one.ar or one.en for one in mentions)
    others = {tuple(word.readings[0] for word in split(one.ar or one.en or "")) for one in mentions}

    def order(one: Name) -> tuple[int, bool, int, int]:
        written = one.ar or one.en or ""
        return _rank(one), others.isdisjoint(_parts(written)), counts[one.id or one.ar or one.en], len(written)

    chosen = max(mentions, key=order)
    states = {one.country for one in mentions if one.country}
    if chosen.country is None and len(states) == 1 and _rank(chosen) < _LISTED:
        return replace(chosen, country=states.pop())
    return chosen


def _parts(written: str) -> list[tuple[str, ...]]:
    """Return what stands before and after each و or `and` of a name."""
    words = split(written)
    found = []
    for at, word in enumerate(words[1:], 1):
        if word.text.startswith("و") or word.readings[0] == "and":
            after = ((split(word.text[1:]) if word.is_arabic else ()), words[at + 1 :])
            found += [words[:at], (*after[0], *after[1])]
    return [tuple(word.readings[0] for word in part) for part in found]


def _rank(found: Name) -> int:
    if not found.known or found.kind == "country":
        return {"nominal": 0, "country": 1}.get(found.kind, 2)
    listed = lexicon("weapons" if found.kind.upper() in MATERIEL else "actors").by_id.get(found.id or "")
    return _LISTED if listed is not None and listed.level == "name" else 3


def _of_country(own: Name, states: set[str | None]) -> Name:
    """Return a listed name as that of the country, of the entity's, that has a name of its own for it."""
    found = [lexicon("actors").by_id.get(f"{own.id}.{state}") for state in states - {own.country}]
    if own.id is None or len(found) != 1 or found[0] is None:
        return own
    return Name(found[0].ar, found[0].en, found[0].id, found[0].country, found[0].kind, known=True)


def _by_itself(texts: Sequence[str], heads: Sequence[Entry | None], nominal: Name) -> Name:
    """Return the name of the first service, with the entity's country, or without where the noun can do so."""
    for text, entry in zip(texts, heads, strict=True):
        if entry is not None and not is_qualified(text) and (nominal.country or entry.scope == "own"):
            return service(entry, nominal.country)
    return nominal


def _own(text: str, own: Name, noun: Entry | None, chosen: Name, texts: Sequence[str]) -> Name:
    """Return a mention's own name where its words are another than the entity's best, else that."""
    if own.known:
        return own
    if noun is not None and chosen.country and _is_another(noun, chosen, texts):
        return service(noun, chosen.country)
    return own if own.kind != "nominal" and _is_latin_name(text, chosen) else chosen


def _is_another(noun: Entry, chosen: Name, texts: Sequence[str]) -> bool:
    """Whether a service is not the best name's: that is a state's, and neither it nor its mentions have its word."""
    if chosen.kind == "country":
        return True
    of = lexicon("actors").by_id.get((chosen.id or "").split(".")[0])
    if of is None or of.level != "head" or noun.scope == "broad":
        return False
    others = [text for text in dict.fromkeys(texts) if head(text) != noun]  # رئاسة الأركان has the word of الرئاسة
    return _words(f"{noun.ar} {noun.en}").isdisjoint(_words(" ".join([chosen.ar or "", chosen.en or "", *others])))


def _is_latin_name(text: str, chosen: Name) -> bool:
    """Whether an unlisted mention is a name by its form, and not the best name's."""
    words = split(text)
    if len(words) < 2 or any(word.is_arabic for word in words) or "'" in text or "’" in text:
        return False
    proper = [word for at, word in enumerate(words) if word.is_capital and not is_generic(words, at)]
    initials = "".join(word.text[0] for word in words if word.is_capital)
    least = 1 if all(word.is_capital for word in words) else 2  # not `Darfur militia`
    return len(proper) >= least and _words(text).isdisjoint(_words(chosen.en or "")) and initials != chosen.en


def _words(text: str) -> set[str]:
    return {word.readings[0] for word in split(text)}
