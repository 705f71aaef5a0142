"""The page: the text to the character, links that lead somewhere, and nothing that an article could smuggle in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from stories import arabic, english
from strategies import SCHEME, documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.words import paragraphs
from rasad.inference.page import Page, render_html
from rasad.inference.phrases import phrases
from rasad.inference.records.bilingual import Lang

VOID = {"meta", "input", "base"}
INTERFACES: tuple[Lang, ...] = ("ar", "en")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag: str = "", css: str = "") -> list[Element]:
        found = []
        for child in self.children:
            if isinstance(child, Element):
                classes = child.attributes.get("class", "").split()
                if (not tag or child.tag == tag) and (not css or css in classes):
                    found.append(child)
                found += child.all(tag, css)
        return found


class Parser(HTMLParser):
    """Builds the tree, and fails on a tag that is left open or closed twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("root", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    parser = Parser()
    parser.feed(html)
    parser.close()
    (root,) = parser.open
    return root


def page(*docs: Document) -> Element:
    return parse(render_html(docs, SCHEME))


def shown_text(article: Element) -> list[str]:
    (text,) = article.all("div", "text")
    blocks = [child for child in text.children if isinstance(child, Element)]
    return [block.text for block in blocks if "facts" not in block.attributes.get("class", "")]


@settings(max_examples=60)
@given(documents(predicted=True))
def test_the_text_is_shown_to_the_character(doc: Document) -> None:
    expected = [
        re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", doc.text[start:end])
        for start, end in paragraphs(doc.text)
    ]
    assert shown_text(page(doc)) == expected


@pytest.mark.parametrize("docs", [(arabic(),), (english(),), (arabic(), english())], ids=["ar", "en", "both"])
def test_every_link_leads_to_one_place_on_the_page(docs: tuple[Document, ...]) -> None:
    elements = page(*docs).all()
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    links = [e.attributes["href"] for e in elements if "href" in e.attributes]
    assert len(links) > 20
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_each_mark_shows_its_type_without_colour() -> None:
    doc = english()
    marks = [mark for text in page(doc).all("div", "text") for mark in text.all(css="mark")]
    assert [mark.text for mark in marks] == [span.text for span in doc.spans]
    for mark, span in zip(marks, doc.spans, strict=True):
        assert mark.attributes["data-label"].startswith(SCHEME.name(span.type, "en"))
    labels = {span.id: mark.attributes["data-label"] for mark, span in zip(marks, doc.spans, strict=True)}
    assert labels["e9"] == "claim of responsibility 1 · negated"
    assert labels["e5"] == "damage 1 · uncertain"
    assert labels["e11"] == "clash"


def test_types_have_colours_of_their_own() -> None:
    html = render_html([english()], SCHEME)
    rules = dict(re.findall(r"^\.(t\d+) \{ --hue: (\d+) \}$", html, re.MULTILINE))
    assert len(rules) == len(SCHEME.types)
    for types in (SCHEME.entities, SCHEME.events):
        hues = sorted(int(rules[f"t{SCHEME.types.index(name)}"]) for name in types)
        gaps = [b - a for a, b in zip(hues, [*hues[1:], hues[0] + 360], strict=True)]
        assert min(gaps) >= 360 // len(types)


def test_a_mark_tells_its_roles_on_hover() -> None:
    doc = english()
    doc = replace(doc, spans=tuple(replace(s, score=0.934) if s.id == "e2" else s for s in doc.spans))
    trigger = page(doc).all("a", "mark")[1]
    assert trigger.attributes["title"].splitlines() == [
        "attack 1 · 0.93",
        "agent: Gunmen",
        "target: army convoy",
        "when: Tuesday",
        "same as: ambushed",
    ]


def test_a_card_tells_an_event_with_its_disputes() -> None:
    first, second = page(english()).all("li", "card")
    told = {row.all("dt")[0].text: row.all("dd")[0].text for row in first.all("div")}
    assert told == {
        "Who": "Gunmen",
        "To whom": "army convoy",
        "With what": "roadside bomb",
        "Where": "Tell Rabi",
        "When": "2025-03-11 Tuesday",
        "killed": "2 two soldiers — Colonel Samir Haddan",
        "Result": "damaged: Two trucks (uncertain) (destroyed)",
        "Who says so": "Colonel Samir Haddan",
        "Who takes a stand": "blamed on Orchard Front by Colonel Samir Haddandenied by Orchard Frontnot claimed",
        "In the text": "ambushed, ambushed, blast, attack",
    }
    assert "attack 1" in second.text


def test_every_relation_is_in_the_table() -> None:
    doc = english()
    rows = [[cell.text for cell in row.all("td")] for row in page(doc).all("tr")[1:]]
    assert len(rows) == len(doc.relations)
    assert ["ambushed", "agent", "Gunmen"] in rows
    scored = replace(doc, relations=(Relation("e2", "AGENT", "h1", 0.5),))
    assert [cell.text for cell in page(scored).all("td")] == ["ambushed", "agent", "Gunmen", "0.50"]


def test_arabic_runs_from_right_to_left() -> None:
    root = page(arabic())
    (html,), (article,) = root.all("html"), root.all("article")
    assert (html.attributes["lang"], html.attributes["dir"]) == ("ar", "rtl")
    assert (article.attributes["lang"], article.attributes["dir"]) == ("ar", "rtl")
    assert [title.text for title in article.all("h3")] == ["الخريطة", "التسلسل الزمني", "الأحداث"]


def test_a_paragraph_in_the_other_script_turns() -> None:
    root = page(Document("x", "A headline\nخبر قصير\nThe end", "en"))
    blocks = root.all("div", "text")[0].all("p")
    assert [block.attributes.get("dir") for block in blocks] == [None, "rtl", None]
    assert root.all("html")[0].attributes["dir"] == "ltr"


@pytest.mark.parametrize("interface", INTERFACES)
def test_the_interface_has_a_language_of_its_own(interface: Lang) -> None:
    root = parse(render_html([arabic(), english()], SCHEME, interface=interface))
    way = "rtl" if interface == "ar" else "ltr"
    frames = [*root.all("html"), *root.all("article")]
    assert {(e.attributes["lang"], e.attributes["dir"]) for e in frames} == {(interface, way)}
    texts = [(e.attributes["lang"], e.attributes["dir"]) for e in root.all("div", "text")]
    assert texts == [("ar", "rtl"), ("en", "ltr")]
    titles = {term.text for term in root.all("dt")}
    assert {SCHEME.name("ABOUT", interface), phrases(interface)["AGENT"]} <= titles
    assert not titles & {phrases(other)["AGENT"] for other in INTERFACES if other != interface}


EVIL = """</style><script>alert(1)</script>"><img src=x onerror='y'>&amp;"""


def test_an_article_cannot_put_anything_on_the_page() -> None:
    types = ("ATTACK", "FORCE", "GPE", "WEAPON", "TIME", "PERSON", "ORGANIZATION", "DENIAL")
    spans = tuple(
        Span(f'e{i}"><b>', i * len(EVIL), (i + 1) * len(EVIL), name, EVIL, *states)
        for i, name in enumerate(types)
        for states in [("positive", "asserted") if name in SCHEME.events else (None, None)]
    )
    hit, force, place, weapon, time, person, source, denial = (span.id for span in spans)
    roles = {"AGENT": force, "TARGET": place, "INSTRUMENT": weapon, "WHEN": time, "KILLED": person, "SOURCE": source}
    relations = (*(Relation(hit, role, tail) for role, tail in roles.items()), Relation(denial, "ABOUT", hit))
    text = EVIL * len(spans)
    doc = Document(EVIL, text, "en", EVIL, spans, (*relations, Relation(denial, "AGENT", source)), {"x": EVIL}, EVIL)
    for interface in (None, *INTERFACES):
        root = parse(render_html([doc, doc], SCHEME, EVIL, interface))
        assert not {"script", "img", "b"} & {element.tag for element in root.all()}
        assert not any(name.startswith("on") for element in root.all() for name in element.attributes)
        assert shown_text(root.all("article")[0]) == [text]
        assert root.all("title")[0].text == EVIL
        assert root.all("li", "card")[0].text.count(EVIL) > 5


def test_a_notebook_shows_the_page_in_a_frame_of_its_own() -> None:
    page = Page([english(), replace(english(), id=EVIL)], title=EVIL)
    (frame,) = parse(page._repr_html_()).all()
    assert (frame.tag, frame.attributes["sandbox"], frame.attributes["title"]) == ("iframe", "", EVIL)
    base = '\n<base href="about:srcdoc">'
    assert frame.attributes["srcdoc"].replace(base, "") == render_html(page.docs, page.scheme, EVIL)


def test_the_page_loads_nothing() -> None:
    html = render_html([arabic(), english()], SCHEME)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\bsrc=|<link|<script|xlink", html)
    assert "default-src 'none'" in html


def test_overlapping_spans_can_still_be_linked_to() -> None:
    doc = Document(
        "x",
        "raid on depot",
        "en",
        spans=(Span("e1", 0, 7, "ATTACK", "raid on"), Span("f1", 5, 13, "FACILITY", "on depot")),
        relations=(Relation("e1", "TARGET", "f1"),),
    )
    root = page(doc)
    assert shown_text(root) == ["raid on depot"]
    ids = {e.attributes["id"] for e in root.all() if "id" in e.attributes}
    assert {e.attributes["href"][1:] for e in root.all("a")} <= ids


def test_a_page_without_articles_or_events_is_a_page() -> None:
    assert page().all("main")[0].text.strip() == ""
    assert "No events found." in page(Document("x", "A quiet day.", "en")).text
