"""Pages: articles with what was read in them as one HTML file, whole in itself, for a person at a browser.

An article is untrusted: all that comes from one is escaped, and the page's own policy forbids scripts and loading.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import paragraphs
from rasad.inference.articles import language
from rasad.inference.events import Account, EventRecord
from rasad.inference.phrases import called, hung, phrases, stands, status, toll

DIRECTIONS = {"ar": "rtl", "en": "ltr", "mixed": "ltr"}
# What HTML has no room for: controls, and halves of a surrogate pair.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_html(docs: Iterable[Document], scheme: Scheme, title: str = "rasad") -> str:
    """Return a page of articles: their text with the marks in it, their events, and every link that was read.

    It loads nothing and runs nothing. The text of an article stands in it to the character (but for controls, which
    show as U+FFFD), in the direction that it is written in.
    """
    articles = [_Article(number, doc, scheme) for number, doc in enumerate(docs, 1)]
    lang = "ar" if articles and all(article.lang == "ar" for article in articles) else "en"
    contents = _contents(articles, lang) if len(articles) > 1 else ""
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{lang}" dir="{DIRECTIONS[lang]}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{safe(title)}</title>",
            f"<style>\n{style_sheet(scheme)}</style>",
            "</head>",
            "<body>",
            f'<header class="page"><h1>{safe(title)}</h1>{_label_switch(lang)}</header>',
            contents,
            "<main>",
            *(article.html() for article in articles),
            "</main>",
            "</body>",
            "</html>",
            "",
        )
    )


def _contents(articles: Sequence[_Article], lang: str) -> str:
    links = (
        f'<li><a href="#{a.key}" lang="{a.lang}" dir="{a.direction}">{safe(a.headline)}</a></li>' for a in articles
    )
    return f'<nav aria-label="{phrases(lang)["articles"]}"><ol>{"".join(links)}</ol></nav>'


def _label_switch(lang: str) -> str:
    return f'<label class="switch"><input type="checkbox" id="labels" checked> {phrases(lang)["labels"]}</label>'


def style_sheet(scheme: Scheme) -> str:
    """Return the style of articles, with a colour for each type of the scheme."""
    rules = [resources.files("rasad.inference").joinpath("page.css").read_text("utf-8")]
    for types in (scheme.entities, scheme.events):
        hues = zip(types, _hues(len(types)), strict=True)
        rules += [f".{hue_class(name, scheme)} {{ --hue: {hue} }}\n" for name, hue in hues]
    return "".join(rules)


def _hues(count: int) -> list[int]:
    """Return hues in degrees as far apart as that many can be, those of neighbours far apart too."""
    stride = next(k for k in itertools.count(max(1, round(0.3 * count))) if math.gcd(k, count) == 1)
    return [round(i * stride % count * 360 / count) for i in range(count)]


def hue_class(span_type: str, scheme: Scheme) -> str:
    """Return the class that colours a type; a name from a checkpoint's scheme may be no class name."""
    return f"t{scheme.types.index(span_type)}"


def safe(text: str) -> str:
    """Return text as HTML, for content and attributes alike."""
    return escape(UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text))


class _Article:
    """One article on the page; `key` begins the ids of all that is in it."""

    def __init__(self, number: int, doc: Document, scheme: Scheme) -> None:
        self.key, self.doc, self.scheme = f"a{number}", doc, scheme
        self.lang = "ar" if doc.lang == "ar" else "en"
        self.direction = DIRECTIONS[self.lang]
        self.say = phrases(self.lang)
        self.spans = doc.by_id
        self.anchors = {span.id: f"{self.key}-s{i}" for i, span in enumerate(doc.spans, 1)}
        self.account = Account.of(doc, scheme)
        self.record_of = {m: record for record in self.account.records.values() for m in record.mentions}
        self.tails: dict[str, list[Relation]] = {}
        for relation in doc.relations:
            self.tails.setdefault(relation.head, []).append(relation)

    @property
    def headline(self) -> str:
        """Return the first paragraph, or the id where there is none."""
        return next((self.doc.text[a:b] for a, b in paragraphs(self.doc.text)), self.doc.id)

    def html(self) -> str:
        """Return the article as an element."""
        return "\n".join(
            (
                f'<article id="{self.key}" lang="{self.lang}" dir="{self.direction}">',
                f'<div class="text">{self._text()}</div>',
                f'<div class="read">{self._legend()}{self._events()}</div>',
                self._links(),
                "</article>",
            )
        )

    def _text(self) -> str:
        found = [self._paragraph(n, start, end) for n, (start, end) in enumerate(paragraphs(self.doc.text))]
        found.insert(1, self._facts())
        return "\n".join(found)

    def _facts(self) -> str:
        doc = self.doc
        facts = [f"<bdi>{safe(doc.id)}</bdi>"]
        facts += [f'<time datetime="{safe(doc.date)}">{safe(doc.date)}</time>'] if doc.date else []
        facts += [f"<bdi>{safe(value)}</bdi>" for value in (*doc.meta.values(), doc.model) if value]
        skip = f'<a href="#{self.key}-events">{self.say["skip"]}</a>'
        return f'<p class="facts">{" · ".join((*facts, skip))}</p>'

    def _paragraph(self, number: int, start: int, end: int) -> str:
        text = self.doc.text[start:end]
        lang = language(text)
        turned = lang != "mixed" and DIRECTIONS[lang] != self.direction
        attributes = f' lang="{lang}" dir="{DIRECTIONS[lang]}"' if turned else ""
        tag = "h2" if number == 0 else "p"
        return f"<{tag}{attributes}>{''.join(self._pieces(start, end))}</{tag}>"

    def _pieces(self, start: int, end: int) -> Iterator[str]:
        done = start
        for span in self.doc.spans:
            if not start <= span.start < end:
                continue
            if span.start < done:
                # Spans do not overlap by the scheme; one that does is linked to, but cannot be marked as well.
                yield f'<span id="{self.anchors[span.id]}"></span>'
                continue
            yield safe(self.doc.text[done : span.start])
            done = min(span.end, end)
            yield self._mark(span, self.doc.text[span.start : done])
        yield safe(self.doc.text[done:end])

    def _mark(self, span: Span, text: str) -> str:
        """Return a span in the text; the style draws its label, so that the text copies as it is."""
        event = self.scheme.is_event(span.type)
        number = self.account.numbers.get(self.record_of[span.id].id) if event else None
        tag, target = ("a", f' href="#{self.key}-e{number}"') if number else ("span", "")
        name, states = self.scheme.name(span.type, self.lang), self._states(span)
        label = " · ".join([f"{name} {number}" if number else name, *states.values()])
        kinds = " ".join(["event" if event else "entity", *states, hue_class(span.type, self.scheme)])
        return (
            f'<{tag} class="mark {kinds}" id="{self.anchors[span.id]}"{target} data-label="{safe(label)}" '
            f'title="{safe(self._tooltip(span, label))}">{safe(text)}</{tag}>'
        )

    def _states(self, span: Span) -> dict[str, str]:
        """Return the attributes that are not the default, each with its name."""
        values = {"polarity": span.polarity, "modality": span.modality}
        told = [value for name, value in values.items() if value and value != self.scheme.default(name)]
        return {value: self.scheme.name(value, self.lang) for value in told}

    def _tooltip(self, span: Span, label: str) -> str:
        lines = [label if span.score is None else f"{label} · {span.score:.2f}"]
        for relation in self.tails.get(span.id, ()):
            lines.append(f"{self.scheme.name(relation.type, self.lang)}: {called(self.spans[relation.tail])}")
        return "\n".join(lines)

    def _legend(self) -> str:
        present = {span.type for span in self.doc.spans}
        items = []
        for name in (t for t in self.scheme.types if t in present):
            kind = "event" if self.scheme.is_event(name) else "entity"
            table = self.scheme.raw["events" if kind == "event" else "entities"]
            meaning = safe(table[name].get("define", {}).get(self.lang, name))
            items.append(
                f'<li><span class="mark {kind} {hue_class(name, self.scheme)}" title="{meaning}">'
                f"{safe(self.scheme.name(name, self.lang))}</span></li>"
            )
        return f'<ul class="legend" aria-label="{self.say["legend"]}">{"".join(items)}</ul>' if items else ""

    def _events(self) -> str:
        cards = "".join(self._card(number, row) for number, row in enumerate(self.account.rows, 1))
        bare = ""
        if self.account.bare:
            names = [self._name(record) + " " + self._mentions(record) for record in self.account.bare]
            bare = f'<p class="bare">{self.say["bare"].format(self.say["comma"].join(names))}</p>'
        nothing = "" if self.account.records else f"<p>{self.say['nothing']}</p>"
        heading = f'<h3 id="{self.key}-events">{self.say["events"]}</h3>'
        return f'<section class="events">{heading}<ol class="cards">{cards}</ol>{bare}{nothing}</section>'

    def _card(self, number: int, row: EventRecord) -> str:
        states = status(row, self.scheme, self.lang)
        chips = "".join(f'<span class="status {kind}">{safe(s)}</span>' for kind, s in states.items())
        head = f'<h4><span class="number">{number}</span> {self._name(row)} {chips}</h4>'
        rows = "".join(f"<div><dt>{safe(term)}</dt><dd>{says}</dd></div>" for term, says in self._told(row) if says)
        return f'<li class="card" id="{self.key}-e{number}">{head}<dl>{rows}</dl></li>'

    def _told(self, row: EventRecord) -> Iterator[tuple[str, str]]:
        """Yield term and description of each thing that is told of an event, empty where it is not."""
        say, group = self.say, self.account.groups[row.id]
        yield say["mentions"], self._mentions(row)
        for role in ("AGENT", "TARGET", "INSTRUMENT", "ORIGIN", "where", "WHEN"):
            yield say[role], self._call(row.filling(role))
        results = list(toll(row, self.lang, self._call))
        for part in group[1:]:
            results += [line + self._aside(part) for line in hung(part, self.scheme, self.lang, self._call)]
        yield say["result"], _items(results)
        effects = [i for i in row.causes if i not in {part.id for part in group}]
        for kind, ids in (("ABOUT", row.about), ("RESPONSE_TO", row.response_to), ("CAUSES", effects)):
            yield self.scheme.name(kind, self.lang), say["comma"].join(self._reference(i) for i in ids)
        said = [f'<strong class="stand">{line}</strong>' for line in stands(group, self.scheme, self.lang, self._call)]
        yield say["SOURCE"], _items([*filter(None, [self._call(row.filling("SOURCE"))]), *said])

    def _aside(self, part: EventRecord) -> str:
        """Return where the casualties or damage of an event are told, and what else is told of them."""
        roles = ("AGENT", "INSTRUMENT", "where", "WHEN", "SOURCE")
        told = [f"{self.say[role]}: {self._call(part.filling(role))}" for role in roles if part.filling(role)]
        return f" <small>({' · '.join((self._mentions(part), *told))})</small>"

    def _name(self, record: EventRecord) -> str:
        name = safe(self.scheme.name(record.type, self.lang))
        return f'<span class="mark event {hue_class(record.type, self.scheme)}">{name}</span>'

    def _mentions(self, record: EventRecord) -> str:
        return self.say["comma"].join(self._link(self.spans[i], "trigger") for i in record.mentions)

    def _call(self, ids: Iterable[str]) -> str:
        return self.say["comma"].join(self._link(self.spans[i], "filler") for i in ids)

    def _link(self, span: Span, kind: str) -> str:
        hint, words = safe(self.scheme.name(span.type, self.lang)), safe(called(span))
        where = f'class="{kind} {hue_class(span.type, self.scheme)}" href="#{self.anchors[span.id]}"'
        return f'<a {where} title="{hint}"><bdi>{words}</bdi></a>'

    def _reference(self, record_id: str) -> str:
        record, number = self.account.records[record_id], self.account.numbers.get(record_id)
        if number is None:
            return self._link(self.spans[record_id], "trigger")
        return f'<a href="#{self.key}-e{number}">{safe(self.scheme.name(record.type, self.lang))} {number}</a>'

    def _links(self) -> str:
        """Return every relation, as it was read, in a table that opens."""
        links = [link for span in self.doc.spans for link in self.tails.get(span.id, ())]
        if not links:
            return ""
        titles = ["head", "relation", "tail", *(["score"] if any(link.score is not None for link in links) else [])]
        head = "".join(f'<th scope="col">{self.say[title]}</th>' for title in titles)
        rows = "".join(f"<tr>{self._link_cells(link, len(titles))}</tr>" for link in links)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return f"<details><summary>{self.say['details']} ({len(links)})</summary>{table}</details>"

    def _link_cells(self, link: Relation, count: int) -> str:
        name = safe(self.scheme.name(link.type, self.lang))
        score = "" if link.score is None else f"{link.score:.2f}"
        head, tail = (self._link(self.spans[end], "filler") for end in (link.head, link.tail))
        return "".join(f"<td>{cell}</td>" for cell in (head, name, tail, score)[:count])


def _items(lines: Sequence[str]) -> str:
    if len(lines) < 2:
        return "".join(lines)
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
