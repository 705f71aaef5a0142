"""Glosses: a sentence about an incident, in English or in Arabic, whatever the language of its article.

It is composed from the structured values, by `glosses.yaml`. What has a known name is called by it. A common noun of
the list is said in the language of the sentence, with its number; of other languages only its noun and country are
told. Other names are spelled in the sentence's letters and marked with a star (`Liwa al-Sahil*`); what cannot be put
over stands in quotation marks in the article's words. Arabic nouns follow prepositions, so that they are genitive.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rasad.annotations.clusters import is_name
from rasad.annotations.document import Span
from rasad.annotations.scheme import Scheme
from rasad.annotations.text import is_arabic
from rasad.inference import names
from rasad.inference.names.lexicon import countries
from rasad.inference.phrases import one_line
from rasad.inference.records.bilingual import (
    Lang,
    Noun,
    find_noun,
    genitive,
    glosses_data,
    is_plural,
    numbered,
    plural,
    without_clitics,
)
from rasad.inference.records.facts import Fact, Facts, Party
from rasad.inference.status import OWN, status_name

if TYPE_CHECKING:
    from rasad.inference.figures import Figure
    from rasad.inference.names import Name
    from rasad.inference.numbers import Count
    from rasad.inference.times import TimeValue

_ARMS = ("WEAPON", "VEHICLE")
STAR = "*"
MOST = 4  # names of a list
_DEFINITE = re.compile(r"[وف]?(?:[بك]?ال|لل)\w{2}")
_ARTICLE = re.compile(r"\b(the|an?)\s+$", re.IGNORECASE)


def gloss(facts: Facts, lang: Lang, scheme: Scheme) -> str:
    """Return a sentence about an incident.

    Args:
        facts: The incident with what its spans come to.
        lang: The language of the sentence.
        scheme: Has the names of event types.
    """
    return Writer(facts, lang, scheme).sentence()


def country(code: str, lang: Lang) -> str:
    """Return the name of a country, or its code where it is not listed."""
    entry = countries().get(code)
    return getattr(entry[0], lang) if entry else code


def when(value: TimeValue, lang: Lang) -> str | None:
    """Return a time in figures and words: `2024-04-21 evening`, `week of 2024-04-15`; None where none is known."""
    data = glosses_data()
    say, start, end = data["times"][lang], value.start, value.end
    if start is None:
        return say["before"].format(end[:10]) if end else None
    if end is None:
        return str(say["since"].format(start[:10]))
    said = _day(value, start, lang) or _period(value, start, end, say)
    return say["APPROX"].format(said) if value.mod == "APPROX" else said


def last_day(end: str) -> str:
    """Return the last day before an exclusive end."""
    moment = datetime.datetime.fromisoformat(end)
    return (moment - datetime.timedelta(minutes=1)).date().isoformat() if moment.year > 1 else end[:10]


def _day(value: TimeValue, start: str, lang: Lang) -> str | None:
    """Return a day with its hour or part."""
    if value.precision in ("hour", "minute"):
        return f"{start[:10]} {start[11:16]}"
    if value.precision == "day":
        return start[:10]
    part = re.fullmatch(r"[\d-]{10}T([A-Z]{2})", value.value or "")
    if value.precision != "daypart" or not part:
        return None
    if part[1] == "MO" and value.mod == "START":
        return f"{start[:10]} {glosses_data()['dawn'][lang]}"
    return f"{start[:10]} {glosses_data()['parts'][lang][part[1]]}"


def _period(value: TimeValue, start: str, end: str, say: dict[str, str]) -> str:
    if value.precision in ("week", "weekend") and re.fullmatch(r"\d{4}-W\d\d(-WE)?", value.value or ""):
        return say[value.precision].format(start[:10])
    if re.fullmatch(r"\d{4}(-\d\d)?", value.value or ""):
        return str(value.value)
    return say["range"].format(start[:10], last_day(end))


class Writer:
    """What writes the sentence of one incident in one language."""

    def __init__(self, facts: Facts, lang: Lang, scheme: Scheme) -> None:
        self.facts, self.incident, self.lang, self.scheme = facts, facts.incident, lang, scheme
        self.say: dict[str, str] = glosses_data()["phrases"][lang]

    def sentence(self) -> str:
        """Return the whole."""
        targets = [self.call(fact) for fact in self.facts.slot("target")]
        parts = (
            self._what(),
            self._by(),
            self._on(targets),
            self._where(targets),
            self._comma(when(self.incident.when, self.lang)),
            self._list("with", "instrument"),
            self._list("from", "origin"),
            self._toll("killed", self.incident.killed),
            self._toll("injured", self.incident.injured),
            *(self._list(slot, slot) for slot in ("harmed", "denier")),
            self._claimants(),
            self._list("source", "source"),
            self._status(),
        )
        return "".join(parts)

    def _status(self) -> str:
        status = self.incident.status
        return f" [{status_name(status, self.incident.type, self.lang)[0]}]" if status in OWN else ""

    def _what(self) -> str:
        kind = self.incident.type
        name = kind.replace("_", " ") if self.lang == "en" else self.scheme.name(kind, "ar")
        counts = [f.count for f in self.facts.slot("trigger") if f.count and (f.count.low or 0) > 1]
        if not counts:
            return name
        count = max(counts, key=lambda c: (c.kind != "some", c.low or 0))
        number = glosses_data()["several"][self.lang] if count.kind == "some" else numbered(count, self.lang)
        return name + self.say["times"].format(number)

    def _by(self) -> str:
        parties = self.facts.actors()
        if not parties:
            return ""
        slot = "between" if self.incident.type == "CLASH" and len(parties) > 1 else "by"
        return self.say[slot].format(self.join([self._party(party) for party in parties]))

    def _party(self, party: Party) -> str:
        name = self.call(party.told)
        if party.basis == "member":
            name = self.say["of"].format(name, self.call(party.fact))
        basis = "claimed" if self.facts.slot("claimant") and not self.facts.slot("agent") else None
        if basis is None and not self.facts.slot("agent"):
            basis = "accused"
        accusers = self.join([self.call(fact) for fact in self.facts.slot("accuser")])
        if basis == "accused" and accusers:
            return self.say["accused_by"].format(name, accusers)
        return self.say[basis].format(name) if basis else name

    def _on(self, targets: Sequence[str]) -> str:
        links = glosses_data()["links"][self.lang]
        return str(links.get(self.incident.type, links["other"]).format(self.join(targets))) if targets else ""

    def _where(self, targets: Sequence[str]) -> str:
        """Return place and country, but for what the targets have said."""
        site = self.facts.site()
        if site is None:
            return self._list("comma_list", "place")
        nation = country(site.place.country, self.lang) if site.place.country else ""
        said = [*targets]
        for name in (self.call(site.fact), nation):
            if name and not any(name in other for other in said):
                said.append(name)
        return "".join(self.say["comma"] + name for name in said[len(targets) :])

    def _comma(self, text: str | None) -> str:
        return self.say["comma"] + text if text else ""

    def _list(self, phrase: str, slot: str) -> str:
        listed = self.join([self.call(fact) for fact in {fact.key: fact for fact in self.facts.slot(slot)}.values()])
        if not listed:
            return ""
        return self.say[phrase].format(listed) if phrase in self.say else self._comma(listed)

    def _claimants(self) -> str:
        """Return who claims or blames, where the agent is told apart from them."""
        if not self.facts.slot("agent"):
            return ""
        return self._list("claimant", "claimant") + self._list("accuser", "accuser")

    def _toll(self, slot: str, found: Iterable[Figure]) -> str:
        said = []
        figures = list(found)
        stated = [figure for figure in figures if figure.count.kind != "some"]
        for figure in stated or figures:
            number = self.say["none"] if figure.count.high == 0 else self._figure(figure.count)
            by = self.join([self.call(self.facts.told(span)) for span in figure.said_by])
            said.append(self.say["said"].format(number, by) if by else number)
        return self.say[slot].format(self.say["or"].join(dict.fromkeys(said))) if said else ""

    def _figure(self, count: Count) -> str:
        if count.kind == "some" or count.low == count.high is None:
            return str(glosses_data()["several"][self.lang])
        return numbered(count, self.lang)

    def join(self, listed: Sequence[str]) -> str:
        """Return names as a list: `A, B and C`, `أ، ب وج`."""
        listed = list(dict.fromkeys(listed))
        if len(listed) > MOST:
            listed = [*listed[: MOST - 1], f"+{len(listed) - MOST + 1}"]
        if len(listed) < 2:
            return "".join(listed)
        return self.say["comma"].join(listed[:-1]) + self.say["and"] + listed[-1]

    def call(self, fact: Fact) -> str:
        """Return what to call something in the language of the sentence."""
        if fact.span is None:
            return country(fact.nation, self.lang) if fact.nation else self._quoted(fact.text)
        if name := self._known(fact):
            return name
        if _is_of(fact.text, self.lang):
            return self._own(fact, fact.span)
        is_named = is_name(fact.span) and (fact.name or self._name(fact)).kind != "nominal"
        ways = (self._spelled,) if is_named else (self._translated, self._spelled)
        return next((said for way in ways if (said := way(fact))), None) or self._quoted(fact.text)

    def _known(self, fact: Fact) -> str | None:
        """Return a name that the lexicon or the gazetteer knows, but for common nouns, which have numbers."""
        name = fact.name
        if name and name.known and fact.type not in _ARMS:
            return name.ar if self.lang == "ar" else name.en
        if fact.place:
            return fact.place.name_ar if self.lang == "ar" else fact.place.name_en
        return None

    def _own(self, fact: Fact, span: Span) -> str:
        """Return words of the sentence's own language: an English nominal with its article, an Arabic one genitive."""
        text = one_line(fact.text)
        if self.lang == "ar":
            named = fact.name.ar if fact.name and fact.type not in _ARMS else None
            text = without_clitics(named or text)
            return text if is_name(span) else genitive(text)
        before = self.facts.doc.text[max(0, span.start - 6) : span.start]
        article = _ARTICLE.search(before)
        if not is_name(span) and _is_lowered(text, before):
            text = text[:1].lower() + text[1:]
        return f"{article[1].lower()} {text}" if article else text

    def _translated(self, fact: Fact) -> str | None:
        """Return a common noun with its number and country in the other language."""
        name = fact.name or self._name(fact)
        noun, is_many = find_noun(fact.text)
        if name.known and name.en and fact.type in _ARMS:
            # Its kind says more than its noun, but has no Arabic dual and plural.
            is_one = not is_many and (fact.count is None or fact.count.high == 1)
            if self.lang == "ar" and (noun is None or is_one):
                return self._counted(name.ar, None if is_one else fact.count)
            if self.lang == "en":
                noun, is_many = Noun((name.en, plural(name.en)), ("",) * 4), is_many or is_plural(fact.text)
        if noun is None:
            is_number = fact.count and fact.count.kind != "some" and (fact.count.low or 0) > 1
            return numbered(fact.count, self.lang) if fact.count and is_number else None
        said = noun.english(fact.count, is_many) if self.lang == "en" else noun.arabic(fact.count, is_many)
        if self._is_definite(fact, said):
            said = self.say["definite"].format(said.removeprefix("a ").removeprefix("an "))
        return self.say["country"].format(said, country(name.country, self.lang)) if name.country else said

    def _is_definite(self, fact: Fact, said: str) -> bool:
        """Whether to say a noun with the article: not with a number, nor before an Arabic adjective or genitive."""
        if said[0].isdigit() or (self.lang == "ar" and " " in said) or (fact.count and fact.count.low != 1):
            return False
        return fact.type in ("FORCE", "ORGANIZATION") or (fact.type not in _ARMS and bool(_DEFINITE.match(fact.text)))

    def _counted(self, name: str | None, count: Count | None) -> str | None:
        if name is None or count is None or count.kind == "unknown":
            return name
        return name + self.say["times"].format(self._figure(count))

    def _name(self, fact: Fact) -> Name:
        return names.name(fact.text, self.facts.doc.lang, fact.type)

    def _spelled(self, fact: Fact) -> str | None:
        """Return a name in the sentence's letters, marked as spelled where it is not known in them."""
        if fact.span is None or not (is_name(fact.span) or fact.name):
            return None
        name = fact.name or self._name(fact)
        found = name.ar if self.lang == "ar" else name.en
        if not found or not _is_of(found, self.lang):
            return None
        noun, _ = find_noun(fact.text)
        if name.known or noun is None or fact.type == "PERSON":
            return found if name.known else found + STAR
        return self.say["country"].format(found + STAR, noun.en[0] if self.lang == "en" else noun.ar[0])

    def _quoted(self, text: str) -> str:
        return self.say["quoted"].format(one_line(text))


def _is_lowered(text: str, before: str) -> bool:
    """Whether the capital of a nominal is only that of a sentence's beginning: not `U.S.`, not `Iraqi`."""
    begins = not before.strip() or before.rstrip(" \"'“”‘’(")[-1:] in ".!?:;\n\r" or "\n" in before
    first = next(iter(text.split()), "")
    return begins and not text[1:2].isupper() and names.name(first, "en").country is None


def _is_of(text: str, lang: Lang) -> bool:
    return is_arabic(text) == (lang == "ar")
