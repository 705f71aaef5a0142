"""Incidents of an article: slots with who says so, what is inferred, figures, which is the main one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from stories import arabic, english
from strategies import SCHEME, documents

from rasad.annotations.document import Document
from rasad.annotations.markdown import parse_markdown
from rasad.inference.events import Account
from rasad.inference.figures import bounds
from rasad.inference.incidents import SLOTS, Incident, incidents_of
from rasad.inference.numbers import Count
from rasad.inference.values import Values


def marked(text: str, relations: str, lang: str = "ar", date: str = "2024-04-22") -> Document:
    front = f"---\nid: x\nlang: {lang}\ndate: {date}\n---\n"
    return parse_markdown(f"{front}{text}\n\n```relations\n{relations}\n```\n", "x")


def of(doc: Document) -> tuple[Incident, ...]:
    return incidents_of(doc, Account.of(doc, SCHEME), Values.of(doc, SCHEME), SCHEME)


def told(incident: Incident, slot: str) -> list[tuple[str, str | None]]:
    return [(filler.text, filler.inferred) for filler in incident.slots.get(slot, ())]


def test_an_incident_gathers_what_its_mentions_and_outcomes_say() -> None:
    doc = english()
    main = of(doc)[0]
    assert (main.id, main.type, main.status, main.is_main, main.is_background) == (
        "e1",
        "ATTACK",
        "disputed",
        True,
        False,
    )
    assert {slot: [f.text for f in found] for slot, found in main.slots.items()} == {
        "agent": ["Gunmen"],
        "target": ["army convoy"],
        "harmed": ["Two trucks"],
        "instrument": ["roadside bomb"],
        "place": ["Tell Rabi"],
        "time": ["Tuesday"],
        "killed": ["two soldiers"],
        "source": ["Colonel Samir Haddan"],
    }
    assert (main.when.start, main.when.end) == ("2025-03-11", "2025-03-12")
    assert [doc.by_id[i].text for i in main.slots["killed"][0].said_by] == ["Colonel Samir Haddan"]


def test_the_nationality_on_a_trigger_is_its_agent_where_none_is_told() -> None:
    text = "[القصف](ATTACK:e1) الجوي الإسرائيلي على [صور](GPE:p1) و[غارة](ATTACK:e2) تركية نفذتها [أنقرة](GPE:p2)."
    first, second = of(marked(text, "e1 TARGET p1\ne2 AGENT p2"))
    assert (first.slots["agent"][0].country, told(first, "agent")) == ("IL", [("الإسرائيلي", "adjective")])
    assert told(second, "agent") == [("أنقرة", None)]
    (raid,) = of(marked("An Israeli air [strike](ATTACK:e1) on [Tyre](GPE:p1).", "e1 TARGET p1", "en"))
    assert (raid.slots["agent"][0].country, told(raid, "agent")) == ("IL", [("Israeli", "adjective")])


def test_an_adjective_that_is_marked_or_in_another_paragraph_is_no_agent() -> None:
    (raid,) = of(marked("[غارة](ATTACK:e1) على [صور](GPE:p1)\nإسرائيلية قال أحدهم.", "e1 TARGET p1"))
    assert "agent" not in raid.slots


def test_a_place_that_only_the_target_gives_is_inferred() -> None:
    text = "[قصف](ATTACK:e1) [قاعدة](FACILITY:f1) في [الحسكة](GPE:p1) شرق [سوريا](GPE:p2)."
    (raid,) = of(marked(text, "e1 TARGET f1\nf1 LOCATED_IN p1\np1 LOCATED_IN p2"))
    assert told(raid, "place") == [("الحسكة", "located"), ("سوريا", "located")]


def test_a_source_is_inferred_from_its_own_sentence_alone() -> None:
    text = (
        "قال [ضابط](PERSON:h1) إن [هجوما](ATTACK:e2) أصاب [جسرا](FACILITY:f1)، "
        "وتلاه [انفجار](EXPLOSION:e3) في [سوق](FACILITY:f2). وأصاب [قصف](ATTACK:e1) [حيا](LOCATION:l1)."
    )
    found = {i.id: i for i in of(marked(text, "e1 TARGET l1\ne2 TARGET f1\ne2 SOURCE h1\ne3 PLACE f2"))}
    assert told(found["e3"], "source") == [("ضابط", "sentence")]
    assert "source" not in found["e1"].slots
    assert [r.status for r in found["e3"].reasons] == ["reported"]


def test_competing_figures_stand_side_by_side_with_who_says_them() -> None:
    text = (
        "[هجوم](ATTACK:e1) في [حلب](GPE:p1) أدى إلى [مقتل](CASUALTIES:e2) [خمسة مدنيين](PERSON:h1) بينهم "
        "[طفلان](PERSON:h2)، قال [ناشط](PERSON:h3). "
        "وقال [مسؤول](PERSON:h4) إن [سبعة جنود](PERSON:h5) [وشرطيين](PERSON:h6) [قتلوا](CASUALTIES:e3)."
    )
    relations = (
        "e1 PLACE p1\ne1 CAUSES e2\ne2 KILLED h1\ne2 KILLED h2\ne2 SOURCE h3\n"
        "e3 KILLED h5\ne3 KILLED h6\ne3 SOURCE h4\ne3 SAME_AS e2"
    )
    doc = marked(text, relations)
    (raid,) = of(doc)
    said = [(f.count.low, f.count.high, [doc.by_id[i].text for i in f.said_by]) for f in raid.killed]
    assert said == [(5, 5, ["ناشط"]), (9, 9, ["مسؤول"])]
    assert bounds(raid.killed) == (5, 9)


def test_what_is_denied_to_be_killed_counts_none() -> None:
    (raid,) = of(
        marked(
            "[غارة](ATTACK:e1) لم [تقتل](CASUALTIES:e2) [أحدا](PERSON:h1).",
            "e1 CAUSES e2\ne2 KILLED h1\ne2 polarity=negative",
        )
    )
    assert bounds(raid.killed) == (0, 0)


def test_a_figure_with_no_least_number_has_none() -> None:
    text = "The [raid](ATTACK:e1) [killed](CASUALTIES:e2) [less than ten guards](PERSON:h1)."
    (raid,) = of(marked(text, "e1 CAUSES e2\ne2 KILLED h1", "en"))
    assert raid.killed[0].count == Count(None, 9, "at_most")
    assert bounds(raid.killed) == (None, 9)


def test_the_main_incident_is_in_the_headline_and_no_background() -> None:
    text = (
        "[انفجار](EXPLOSION:e1) في [بغداد](GPE:p1)\n"
        "وكان [هجوم](ATTACK:e2) [في 28 يناير](TIME:t1) [قتل](CASUALTIES:e3) [ثلاثة جنود](PERSON:h1) "
        "في [الأردن](GPE:p2)."
    )
    found = {i.id: i for i in of(marked(text, "e1 PLACE p1\ne2 WHEN t1\ne2 CAUSES e3\ne2 PLACE p2\ne3 KILLED h1"))}
    assert (found["e1"].is_main, found["e2"].is_main) == (True, False)
    assert (found["e1"].is_background, found["e2"].is_background) == (False, True)


@pytest.mark.parametrize("published", [None, "2024", "next week", "0001-01-01"])
def test_without_a_day_of_publication_nothing_is_background(published: str | None) -> None:
    doc = marked("[هجوم](ATTACK:e1) [في 28 يناير 2020](TIME:t1) في [بغداد](GPE:p1).", "e1 WHEN t1\ne1 PLACE p1")
    assert not of(replace(doc, date=published))[0].is_background


def test_the_headline_has_the_main_incident_whatever_its_status() -> None:
    text = (
        "[إفراج](DETENTION:e1) عن [صحفي](PERSON:h1) في [عدن](GPE:p1). "
        "وكان [مسلحون](PERSON:h2) [هاجموا](ATTACK:e2) [منزله](FACILITY:f1) في [المكلا](GPE:p2)."
    )
    relations = "e1 TARGET h1\ne1 PLACE p1\ne1 polarity=negative\ne2 AGENT h2\ne2 TARGET f1\ne2 PLACE p2"
    found = {i.id: i for i in of(marked(text, relations))}
    assert (found["e1"].is_main, found["e1"].status, found["e2"].is_main) == (True, "negated", False)


def test_old_news_has_a_main_incident_and_a_plan_that_no_headline_names_is_none() -> None:
    (old,) = of(marked("[هجوم](ATTACK:e1) [في 28 يناير](TIME:t1) في [بغداد](GPE:p1).", "e1 WHEN t1\ne1 PLACE p1"))
    assert (old.is_main, old.is_background) == (True, True)
    text = "أخبار الأسبوع.\n[هجوم](ATTACK:e1) مزمع على [بغداد](GPE:p1)."
    (plan,) = of(marked(text, "e1 TARGET p1\ne1 modality=hypothetical"))
    assert not plan.is_main


def test_a_clock_without_a_day_has_that_of_the_time_beside_it() -> None:
    text = "[هاجموا](ATTACK:e1) [القاعدة](FACILITY:f1) [مساء الأحد](TIME:t1)، عند [الساعة 21:50](TIME:t2)."
    (raid,) = of(marked(text, "e1 TARGET f1\ne1 WHEN t1\ne1 WHEN t2"))
    assert raid.when.start == "2024-04-21T21:50"


@pytest.mark.parametrize(("end", "day"), [("\n\n", None), ("\r\n", None), ("\r\r", None), (" –", "2024-04-21T21:50")])
def test_a_clock_does_not_take_the_day_of_another_paragraph(end: str, day: str | None) -> None:
    doc = marked("[Raid](ATTACK:e1) [on Sunday](TIME:t1)..[21:50](TIME:t2) was the hour.", "", "en")
    doc = replace(doc, text=doc.text.replace("..", end))
    assert Values.of(doc, SCHEME).times["t2"].start == day


def test_of_equal_names_of_an_entity_the_first_in_the_text_counts() -> None:
    text = "[لواء الفجر](GROUP:g9) و[لواء البحر](GROUP:g10) و[اللواء](GROUP:g11)"
    values = Values.of(marked(text, "g10 SAME_AS g9\ng11 SAME_AS g9"), SCHEME)
    assert values.names["g11"].ar == "لواء الفجر"


def test_where_goes_through_every_mention_of_a_place_once() -> None:
    text = "[Raid](ATTACK:e1) on [Nour](GPE:p1) in [Wadi](GPE:p2), in [Nour](GPE:p3) by [Wadi](GPE:p4)."
    (raid,) = of(marked(text, "e1 PLACE p1\np1 LOCATED_IN p2\np3 LOCATED_IN p4\np4 LOCATED_IN p1", "en"))
    assert told(raid, "place") == [("Nour", None), ("Wadi", "located")]


def test_arabic_and_english_names_are_given_for_either_language() -> None:
    doc = marked("[قصفت](ATTACK:e1) [قسد](GROUP:g1) [الباب](GPE:p1).", "e1 AGENT g1\ne1 TARGET p1")
    values = Values.of(doc, SCHEME)
    assert (values.names["g1"].en, values.names["g1"].country) == ("Syrian Democratic Forces", "SY")
    assert values.places["p1"].country == "SY"


@given(documents())
def test_every_incident_is_plain_data_that_names_spans_of_the_document(doc: Document) -> None:
    known = doc.by_id
    found = of(doc)
    assert sum(i.is_main for i in found) <= 1
    for incident in found:
        json.dumps(incident.to_json())
        assert incident.slots.keys() <= SLOTS.keys()
        fillers = [f for slot in incident.slots.values() for f in slot]
        assert all((f.span in known and f.text == known[f.span].text) if f.span else f.country for f in fillers)
        assert {i for f in fillers for i in f.said_by} <= known.keys()


def test_the_arabic_story_has_its_toll_and_threat() -> None:
    found = {i.id: i for i in of(arabic())}
    assert bounds(found["e1"].killed) == (2, 2)
    assert found["e9"].status == "threatened"
