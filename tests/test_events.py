"""Joined events: mentions, roles, what came of them, and who disputes them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from stories import arabic, english
from strategies import SCHEME, documents

from rasad.annotations.document import Document, Relation
from rasad.annotations.markdown import parse_markdown
from rasad.inference.events import Account, Dispute, EventRecord, incidents, join, outcome


def marked(text: str, relations: str) -> Document:
    return parse_markdown(f"---\nid: x\nlang: en\n---\n{text}\n\n```relations\n{relations}\n```\n", "x")


def words(doc: Document, ids: tuple[str, ...]) -> list[str]:
    return [doc.by_id[i].text for i in ids]


@pytest.fixture
def ambush() -> EventRecord:
    return join(english(), SCHEME)[0]


def test_mentions_and_their_roles_are_gathered(ambush: EventRecord) -> None:
    assert ambush == EventRecord(
        id="e1",
        type="ATTACK",
        mentions=("e1", "e2", "e3", "e7"),
        polarity="positive",
        modality="asserted",
        roles={"AGENT": ("h1",), "TARGET": ("v1",), "INSTRUMENT": ("w1",), "PLACE": ("p1",), "WHEN": ("t1",)},
        where=("p1",),
        causes=("e4", "e5"),
        disputes=(
            Dispute("ACCUSATION", "e6", ("h3",), ("g1",), "positive", "asserted"),
            Dispute("DENIAL", "e8", ("g1",), (), "positive", "asserted"),
            Dispute("CLAIM", "e9", (), (), "negative", "asserted"),
        ),
    )


def test_links_lead_to_records_not_to_mentions() -> None:
    records = {r.id: r for r in join(english(), SCHEME)}
    assert records["e8"].about == ("e1",)
    assert records["e10"].response_to == ("e1",)


def test_json_form_is_plain(ambush: EventRecord) -> None:
    assert json.loads(json.dumps(ambush.to_json())) == {
        "id": "e1",
        "type": "ATTACK",
        "mentions": ["e1", "e2", "e3", "e7"],
        "polarity": "positive",
        "modality": "asserted",
        "roles": {"AGENT": ["h1"], "TARGET": ["v1"], "INSTRUMENT": ["w1"], "PLACE": ["p1"], "WHEN": ["t1"]},
        "where": ["p1"],
        "about": [],
        "causes": ["e4", "e5"],
        "response_to": [],
        "disputes": [
            {
                "type": kind,
                "event": event,
                "by": by,
                "against": against,
                "polarity": polarity,
                "modality": "asserted",
            }
            for kind, event, by, against, polarity in (
                ("ACCUSATION", "e6", ["h3"], ["g1"], "positive"),
                ("DENIAL", "e8", ["g1"], [], "positive"),
                ("CLAIM", "e9", [], [], "negative"),
            )
        ],
    }


def test_an_entity_goes_by_its_fullest_name_without_clitics() -> None:
    doc = marked(
        "[قصف](ATTACK:e1) [التنظيم](GROUP:g1) [المدينة](GPE:p1). [ولواء الساحل](GROUP:g2) [قصف](ATTACK:e2) "
        "[لحلب](GPE:p2) و[لواء الساحل](GROUP:g3).",
        "e1 AGENT g1\ng2 SAME_AS g1\ne2 AGENT g2\ne2 SAME_AS e1",
    )
    (record,) = join(doc, SCHEME)
    assert words(doc, record.roles["AGENT"]) == ["لواء الساحل"]


def test_a_link_between_two_names_does_not_rename_either() -> None:
    doc = marked(
        "[قصفت](ATTACK:e1) [القوات الأميركية](FORCE:f1) [القاعدة](FACILITY:b1). [قوات الأمن العراقية](FORCE:f2) "
        "و[للقوات الأميركية](FORCE:f3).",
        "e1 AGENT f1\nf2 SAME_AS f1",
    )
    assert words(doc, join(doc, SCHEME)[0].roles["AGENT"]) == ["القوات الأميركية"]


def test_a_proper_name_goes_before_a_longer_description() -> None:
    doc = marked(
        "The [radical Shabibi insurgent movement](GROUP:g1) [attacked](ATTACK:e1). [Orchard Front](GROUP:g2).",
        "e1 AGENT g1\ng2 SAME_AS g1",
    )
    assert words(doc, join(doc, SCHEME)[0].roles["AGENT"]) == ["Orchard Front"]


def test_times_in_the_same_words_are_one() -> None:
    doc = marked(
        "[Raid](ATTACK:e1) [Tuesday](TIME:t1). [Raid](ATTACK:e2) on [Tuesday](TIME:t2), at [noon](TIME:t3).", ""
    )
    links = (("e1", "WHEN", "t1"), ("e2", "WHEN", "t2"), ("e2", "WHEN", "t3"), ("e2", "SAME_AS", "e1"))
    doc = replace(doc, relations=tuple(Relation(*link) for link in links))
    assert join(doc, SCHEME)[0].roles["WHEN"] == ("t1", "t3")


def test_where_follows_what_targets_and_places_lie_in() -> None:
    doc = marked(
        "[Shelling](ATTACK:e1) of a [depot](FACILITY:f1) in [Tell Rabi](GPE:p1) in the [valley](LOCATION:l1).",
        "e1 TARGET f1\nf1 LOCATED_IN p1\np1 LOCATED_IN l1\nl1 LOCATED_IN p1",
    )
    assert words(doc, join(doc, SCHEME)[0].where) == ["Tell Rabi", "valley"]


def test_attributes_are_those_of_the_surest_mentions() -> None:
    text = "[raid](ATTACK:e1) [raid](ATTACK:e2) [raid](ATTACK:e3) [raid](ATTACK:e4)"
    same = "e2 SAME_AS e1\ne3 SAME_AS e1\ne4 SAME_AS e1\ne1 modality=hypothetical\ne2 modality=hypothetical\n"
    (record,) = join(marked(text, same + "e3 modality=uncertain\ne4 modality=uncertain\ne3 polarity=negative"), SCHEME)
    assert (record.polarity, record.modality) == ("negative", "uncertain")


def test_the_type_is_that_of_most_mentions_and_an_attack_goes_before_its_blast() -> None:
    two = "[blast](EXPLOSION:e1) [attack](ATTACK:e2)"
    assert join(marked(two, "e2 SAME_AS e1"), SCHEME)[0].type == "ATTACK"
    three = marked(f"{two} [blast](EXPLOSION:e3)", "e2 SAME_AS e1\ne3 SAME_AS e2")
    assert join(three, SCHEME)[0].type == "EXPLOSION"


def test_casualties_and_damage_hang_on_their_cause() -> None:
    doc = marked(
        "[killed](CASUALTIES:e1) as the [house](FACILITY:f1) [collapsed](DAMAGE:e2) in a [raid](ATTACK:e3). "
        "[Two](PERSON:h1) [died](CASUALTIES:e4).",
        "e3 CAUSES e2\ne2 CAUSES e1\ne2 TARGET f1\ne4 KILLED h1",
    )
    records = join(doc, SCHEME)
    assert [r.id for r in incidents(records)] == ["e3", "e4"]
    assert [r.id for r in outcome(incidents(records)[0], records)] == ["e2", "e1"]


def test_the_main_incident_comes_first_and_stands_are_told_with_it() -> None:
    account = Account.of(english(), SCHEME)
    assert [r.id for r in account.rows] == ["e1", "e10"]
    assert [r.id for r in account.bare] == ["e11", "e12", "e13"]
    assert account.numbers == {"e1": 1, "e4": 1, "e5": 1, "e6": 1, "e8": 1, "e9": 1, "e10": 2}
    assert account.fillers(account.rows[0], "SOURCE") == ("h3",)


def test_a_threat_stands_by_itself() -> None:
    account = Account.of(arabic(), SCHEME)
    assert [(r.type, r.about) for r in account.rows] == [("ATTACK", ()), ("ATTACK", ()), ("THREAT", ("e9",))]


@given(documents())
def test_every_trigger_is_in_one_record_and_every_record_is_told(doc: Document) -> None:
    triggers = [s.id for s in doc.spans if SCHEME.is_event(s.type)]
    account = Account.of(doc, SCHEME)
    assert sorted(m for record in account.records.values() for m in record.mentions) == sorted(triggers)
    assert account.numbers.keys() | {r.id for r in account.bare} == account.records.keys()
    assert {r.id for r in account.rows} <= account.groups.keys()
    json.dumps([record.to_json() for record in account.records.values()])


def test_what_is_caused_in_a_circle_is_told() -> None:
    doc = marked("[killed](CASUALTIES:e1) [burned](DAMAGE:e2)", "e1 CAUSES e2\ne2 CAUSES e1")
    assert {r.id for r in Account.of(doc, SCHEME).rows} == {"e1", "e2"}
