"""Views: an article with all that is read in it, and the names and links that every part of its page writes with."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

import yaml

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import Scheme
from rasad.annotations.text import fold, is_arabic
from rasad.annotations.words import paragraphs
from rasad.inference.events import Account, EventRecord
from rasad.inference.incidents import Incident, in_order, incidents_of
from rasad.inference.page.markup import DIRECTIONS, distinct, hue_class, safe, told
from rasad.inference.phrases import called, phrases
from rasad.inference.records.bilingual import Lang, without_clitics
from rasad.inference.records.facts import Fact, Facts, facts_of
from rasad.inference.records.glosses import Writer, country, when
from rasad.inference.values import Values


@functools.cache
def page_data() -> Mapping[str, Any]:
    """Return `page.yaml` as it stands."""
    data: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("page.yaml").read_text("utf-8"))
    return data


class View:
    """One article on the page, in the language of the interface; `key` begins the ids of all that is in it.

    `told` are its incidents in the order of the page: the main one, the others, the background. `numbers` says for
    each record that is told which of them tells it, from 1.
    """

    def __init__(
        self,
        number: int,
        doc: Document,
        account: Account,
        incidents: Sequence[Incident],
        values: Values,
        scheme: Scheme,
        interface: Lang | None = None,
    ) -> None:
        self.key, self.doc, self.values, self.scheme = f"a{number}", doc, values, scheme
        self.lang: Lang = interface or ("ar" if doc.lang == "ar" else "en")
        self.direction = DIRECTIONS[self.lang]
        self.text_lang = "ar" if doc.lang == "ar" else "en"
        self.say: Mapping[str, Any] = {**phrases(self.lang), **page_data()[self.lang]}
        self.spans = doc.by_id
        self.anchors = {span.id: f"{self.key}-s{i}" for i, span in enumerate(doc.spans, 1)}
        self.account = account
        self.record_of = {m: record for record in self.account.records.values() for m in record.mentions}
        self.told = tuple(facts_of(doc, in_order(incidents), values, scheme))
        self.numbers = self.account.numbered(facts.incident.id for facts in self.told)
        self.tails: dict[str, list[Relation]] = {}
        for relation in doc.relations:
            self.tails.setdefault(relation.head, []).append(relation)

    @classmethod
    def of(cls, number: int, doc: Document, scheme: Scheme, interface: Lang | None = None) -> View:
        """Read what the spans of a document come to, and its incidents."""
        account, values = Account.of(doc, scheme), Values.of(doc, scheme)
        return cls(number, doc, account, incidents_of(doc, account, values, scheme), values, scheme, interface)

    @property
    def headline(self) -> str:
        """Return the first paragraph, or the id where there is none."""
        return next((self.doc.text[a:b] for a, b in paragraphs(self.doc.text)), self.doc.id)

    def card(self, number: int) -> str:
        """Return the id of an incident's card."""
        return f"{self.key}-e{number}"

    def states(self, span: Span) -> dict[str, str]:
        """Return the attributes that are not the default, each with its name."""
        values = {"polarity": span.polarity, "modality": span.modality}
        told = [value for name, value in values.items() if value and value != self.scheme.default(name)]
        return {value: self.scheme.name(value, self.lang) for value in told}

    def type_mark(self, span_type: str) -> str:
        """Return the name of an event type as it is marked."""
        name = safe(self.scheme.name(span_type, self.lang))
        return f'<span class="mark event {hue_class(span_type, self.scheme)}">{name}</span>'

    def mentions(self, record: EventRecord | Incident) -> str:
        """Return links to the mentions of an event, in the article's words."""
        return self.listed(self.link(self.spans[i], "trigger") for i in record.mentions)

    def link(self, span: Span, kind: str, name: str | None = None) -> str:
        """Return a link to a span, by its words or by a name."""
        words = called(span)
        hint = self.scheme.name(span.type, self.lang)
        hint = hint if name in (None, words) else f"{hint}: {words}"
        where = f'class="{kind} {hue_class(span.type, self.scheme)}" href="#{self.anchors[span.id]}"'
        lang = "" if name or self.lang == self.text_lang else f' lang="{self.text_lang}"'
        return f'<a {where} title="{safe(hint)}"><bdi{lang}>{told(name) if name else safe(words)}</bdi></a>'

    def listed(self, parts: Iterable[str]) -> str:
        """Return pieces of HTML as a list in a line."""
        return str(self.say["comma"]).join(parts)

    def reference(self, record_id: str) -> str:
        """Return a link to the card that tells of an event, or to its mention where none does."""
        number = self.numbers.get(record_id)
        if number is None:
            return self.link(self.spans[record_id], "trigger")
        name = self.scheme.name(self.account.records[record_id].type, self.lang)
        return f'<a href="#{self.card(number)}">{safe(name)} {number}</a>'

    def call(self, facts: Facts, ids: Iterable[str]) -> str:
        """Return spans by their canonical names, as a list of links."""
        return self.listed(distinct(self.named(facts, facts.told(i)) for i in ids))

    def named(self, facts: Facts, fact: Fact) -> str:
        """Return a fact by its canonical name, linked to where the article says it."""
        name = self.canonical(facts, fact)
        return self.link(fact.span, "filler", name) if fact.span else safe(name)

    def filler(self, facts: Facts, fact: Fact) -> str:
        """Return what fills a slot: its canonical name, the article's words where they differ, and how it is known."""
        name = self.canonical(facts, fact)
        pieces = [self.link(fact.span, "filler", name) if fact.span else f"<bdi>{told(name)}</bdi>"]
        words = called(fact.span) if fact.span else fact.text
        if fact.place and fact.place.country and fact.place.kind != "country":
            pieces.append(f"<small>({safe(country(fact.place.country, self.lang))})</small>")
        if _plain(name) != _plain(words):
            pieces.append(f'<q class="words" lang="{self.text_lang}"><bdi>{safe(words)}</bdi></q>')
        if fact.inferred:
            rule = safe(page_data()["inferences"][self.lang].get(fact.inferred, fact.inferred))
            pieces.append(f'<small class="inferred" title="{rule}">{self.say["inferred"]}</small>')
        return " ".join(pieces)

    def canonical(self, facts: Facts, fact: Fact) -> str:
        """Return what to call something in the language of the interface."""
        if fact.time and (said := when(fact.time, self.lang)):
            return said
        is_arms = fact.type in ("WEAPON", "VEHICLE")
        if fact.span and is_arabic(fact.text) == (self.lang == "ar") and (is_arms or not fact.is_known):
            return without_clitics(called(fact.span)) if self.lang == "ar" else called(fact.span)
        # What cannot be put over comes in quotation marks, but its words need none where they are all that is said.
        return Writer(facts, self.lang, self.scheme).call(fact).strip("“”«»")


def _plain(text: str) -> str:
    """Return words as they are compared: without clitics, article and letter variants."""
    return fold(without_clitics(text)).removeprefix("ال").removeprefix("the ")
