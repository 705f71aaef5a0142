"""The page's cards and timeline: the main incident first, values as they compete, dates in order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from incidents_by_hand import SCHEME, filler, harbour
from strategies import documents
from test_page import Element, page, parse

from rasad.annotations.document import Document
from rasad.annotations.markdown import parse_markdown
from rasad.inference.events import Account
from rasad.inference.page import page_of, render_html
from rasad.inference.page.markup import told
from rasad.inference.page.view import View
from rasad.inference.records.bilingual import Lang
from rasad.inference.records.exports import Told

STORY = """---
id: en-three
lang: en
date: 2025-03-12
---
Shells hit Latakia
Earlier, in [January 2024](TIME:t2), a [blast](EXPLOSION:e2) [killed](CASUALTIES:e4) [nine people](PERSON:h1) in \
[Aleppo](GPE:p2), [rebels](GROUP:g1) said with [mortars](WEAPON:w2). [Shells](WEAPON:w1) [hit](ATTACK:e1) \
[Latakia](GPE:p1) on [10 March](TIME:t1). A [raid](ATTACK:e3) on [Homs](GPE:p3) followed.

```relations
e2 WHEN t2
e2 PLACE p2
e2 SOURCE g1
e2 CAUSES e4
e2 INSTRUMENT w2
e4 KILLED h1
e1 TARGET p1
e1 WHEN t1
e3 TARGET p3
```
"""


def story() -> Document:
    return parse_markdown(STORY, "STORY")


def shown(told: Told, interface: Lang | None = None) -> Element:
    doc, *rest = told
    return parse(page_of([View(1, doc, Account.of(doc, SCHEME), *rest, SCHEME, interface)], SCHEME))


def rows(card: Element) -> dict[str, list[str]]:
    """What a card says, by term: each line of it."""
    return {
        row.all("dt")[0].text: [line.text for line in row.all("dd")[0].all("li")] or [row.all("dd")[0].text]
        for row in card.all("div")
    }


def test_the_main_incident_comes_first_and_the_background_last() -> None:
    root = page(story())
    cards = root.all("li", "card")
    assert [card.all("span", "event")[0].text for card in cards] == ["attack", "attack", "explosion"]
    assert [card.attributes["class"].split()[1:] for card in cards] == [["main"], [], ["background"]]
    assert [chip.text for chip in cards[0].all("span", "chip")] == ["main incident"]
    assert [chip.text for chip in cards[2].all("span", "chip")] == ["background"]
    order = [e for e in root.all("section", "events")[0].all() if "part" in e.attributes.get("class", "").split()]
    assert [title.text for title in order] == ["Background, over long before publication"]
    # The numbers in the text are those of the cards, not those of the order in which the text tells most.
    labels = {e.text: e.attributes["data-label"] for e in root.all("a", "mark")}
    assert (labels["hit"], labels["raid"], labels["blast"]) == ("attack 1", "attack 2", "explosion 3")
    links = {e.text: e.attributes["href"] for e in root.all("a", "mark")}
    assert {cards[2].attributes["id"], cards[0].attributes["id"]} == {links["blast"][1:], links["hit"][1:]}


def test_a_card_says_who_disputes_and_how_many_by_whose_word() -> None:
    (card,) = shown(harbour()).all("li", "card")
    assert [chip.text for chip in card.all("span", "status")] == ["مختلَف فيه"]
    told = rows(card)
    assert told["القتلى"] == ["2 حارسين — مديرية الصحة"]
    assert told["الجرحى"] == ["عدد غير محدد عدد من العمال — مديرية الصحة", "0 البحارة"]
    assert told["المواقف منه"] == ["اتهام موجَّه إلى لواء الساحل من الحكومة", "نفي من لواء الساحل"]
    assert told["المكان"] == ["اللاذقية (سوريا) استنتاج"]
    assert card.all("p", "gloss")[0].text.startswith("هجوم من جانب لواء الساحل")


def test_canonical_names_stand_before_the_words_of_the_article() -> None:
    (card,) = shown(harbour(), "en").all("li", "card")
    told = rows(card)
    assert told["Where"] == ["Latakia (Syria) اللاذقية inferred"]
    assert told["When"] == ["2025-03-10 evening مساء الاثنين"]
    assert told["With what"] == ["3 drones 3 طائرات مسيرة"]
    assert told["Who says so"] == ["Health Directorate مديرية الصحة"]
    assert told["killed"] == ["2 guards — Health Directorate"]
    assert told["Who takes a stand"][1] == "denied by Coast Brigade"
    words = {q.text: q.attributes["lang"] for q in card.all("q")}
    assert words["اللاذقية"] == "ar"


def test_a_figure_told_twice_by_one_source_is_one_line() -> None:
    doc, (incident,), values = harbour()
    found = replace(incident, killed=(*incident.killed, replace(incident.killed[0], said_by=("o2",)), *incident.killed))
    (card,) = shown((doc, (found,), values)).all("li", "card")
    assert rows(card)["القتلى"] == ["2 حارسين — مديرية الصحة", "2 حارسين — الحكومة"]


def test_competing_fillers_have_their_sources_and_stated_ones_come_first() -> None:
    doc, (incident,), values = harbour()
    inferred = replace(filler(doc, "f1"), inferred="located")
    fillers = (inferred, filler(doc, "f3", "o1"), filler(doc, "p1", "o2"))
    found = replace(incident, slots={**incident.slots, "place": fillers})
    (card,) = shown((doc, (found,), values)).all("li", "card")
    assert rows(card)["المكان"] == [
        "الميناء — مديرية الصحة",
        "اللاذقية (سوريا) — الحكومة",
        "ميناء المرسى القديم استنتاج",
    ]


def test_the_timeline_runs_by_date_with_the_days_between() -> None:
    (line,) = page(story()).all("section", "timeline")
    (listed,) = line.all("ol")
    found = [(e.attributes.get("class", ""), e.text) for e in listed.children if isinstance(e, Element)]
    assert found == [
        ("background", "2024-013 explosion · Aleppo"),
        ("gap", "404 days later"),
        ("main", "2025-03-101 attack · Latakia"),
        ("published", "2025-03-12article published"),
        ("undated", "No date told (1)2 attack · Homs"),
    ]


def test_days_are_counted_from_the_end_of_all_that_came_before() -> None:
    text = STORY.replace("(GPE:p3) followed", "(GPE:p3) [in 2024](TIME:t3)")
    doc = parse_markdown(text.replace("e3 TARGET p3", "e3 TARGET p3\ne3 WHEN t3"), "STORY")
    gaps = [gap.text for gap in page(doc).all("li", "gap")]
    # From the last day of 2024, not from that of January, to 10 March.
    assert gaps == ["69 days later"]


def test_many_incidents_without_a_date_stay_closed() -> None:
    raids = "\n".join(f"[Raid](ATTACK:e{i}) on [Homs](GPE:p{i})" for i in range(5))
    relations = "\n".join(f"e{i} TARGET p{i}" for i in range(5))
    doc = parse_markdown(
        f"---\nid: x\nlang: en\ndate: 2025-03-12\n---\n{raids}\n\n```relations\n{relations}\n```\n", "x"
    )
    (many,) = page(doc).all("section", "timeline")[0].all("details")
    (few,) = page(story()).all("section", "timeline")[0].all("details")
    assert ("open" in many.attributes, "open" in few.attributes) == (False, True)
    assert len(many.all("a")) == 5


def test_arabic_counts_days_as_arabic_does() -> None:
    root = parse(render_html([story()], SCHEME, interface="ar"))
    assert root.all("li", "gap")[0].text == "بعد 404 أيام"


def test_dates_and_quotations_are_kept_from_being_turned_around() -> None:
    assert told("قبل 2025-03-10 22:40") == 'قبل <bdi dir="ltr">2025-03-10 22:40</bdi>'
    assert told("في 2025-03، <b>") == 'في <bdi dir="ltr">2025-03</bdi>، &lt;b&gt;'
    assert told("من «the army» أمس") == "من «<bdi>the army</bdi>» أمس"
    assert told("120250-03-10") == "120250-03-10"


@pytest.mark.parametrize("interface", ["ar", "en"])
@settings(max_examples=40)
@given(doc=documents(predicted=True))
def test_any_article_has_a_page_whose_links_lead_somewhere(doc: Document, interface: Lang) -> None:
    elements = parse(render_html([doc], SCHEME, interface=interface)).all()
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    assert {e.attributes["href"][1:] for e in elements if "href" in e.attributes} <= set(ids)
