from dataclasses import replace

import pytest

from rasad.annotations.clusters import clusters, is_name, nearest_links
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import default_scheme

SCHEME = default_scheme()


def document(body, *relations, lang="en"):
    block = "\n".join(relations)
    return parse_markdown(f"---\nid: d1\nlang: {lang}\n---\n{body}\n\n```relations\n{block}\n```\n", "d1.md")


def span(text, kind):
    return Span("x", 0, len(text), kind, text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("كمال الزهراني", "PERSON"),
        ("ياسين", "PERSON"),
        ("القوات الأميركية", "FORCE"),
        ("الجيش", "FORCE"),
        ("اللواء 47", "FORCE"),
        ("قوات النظام", "FORCE"),
        ("كتائب النور", "GROUP"),
        ("طالبان", "GROUP"),
        ("القاعدة", "GROUP"),
        ("وزارة الدفاع", "ORGANIZATION"),
        ("زرنوق", "GPE"),
        ("بلدة زرنوق", "GPE"),
        ("ريف حلب", "LOCATION"),
        ("مطار دمشق", "FACILITY"),
        ("Omar Khalil", "PERSON"),
        ("Iraqi forces", "FORCE"),
        ("4th Infantry Brigade", "FORCE"),
        ("Islamic State", "GROUP"),
        ("the Hague", "GPE"),
        ("ivory coast", "GPE"),
        ("northern Syria", "LOCATION"),
        ("Zarnuq Airport", "FACILITY"),
    ],
)
def test_names(text, kind):
    assert is_name(span(text, kind))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("المسلحين", "PERSON"),
        ("لمسلحي", "PERSON"),
        ("مصدر طبي", "PERSON"),
        ("خمسة من عناصر النور", "PERSON"),
        ("3 مدنيين", "PERSON"),
        ("و16", "PERSON"),
        ("التنظيم", "GROUP"),
        ("جماعات مسلحة", "GROUP"),
        ("للميليشيات", "GROUP"),
        ("الحكومة", "ORGANIZATION"),
        ("المدينة", "GPE"),
        ("بلداتها", "GPE"),
        ("محافظات عدة", "GPE"),
        ("المنطقة", "LOCATION"),
        ("القاعدة", "FACILITY"),
        ("مواقع عسكرية", "FACILITY"),
        ("صواريخ", "WEAPON"),
        ("F-16", "VEHICLE"),
        ("أمس", "TIME"),
        ("الهجوم", "ATTACK"),
        ("Gunmen", "PERSON"),
        ("Two police officers", "PERSON"),
        ("Turkish soldiers", "PERSON"),
        ("security forces", "FORCE"),
        ("REBELS", "GROUP"),
        ("group's", "GROUP"),
        ("cities", "GPE"),
        ("parking lot", "FACILITY"),
    ],
)
def test_nominals(text, kind):
    assert not is_name(span(text, kind))


def test_a_name_in_the_same_words_is_one_entity_and_a_nominal_is_not():
    doc = document(
        "[زرنوق](GPE:p1) [المسلحون](PERSON:h1) [بزرنوق](GPE:p2) [والمسلحون](PERSON:h2) [وزرنوق](GPE:p3)", lang="ar"
    )
    assert clusters(doc, SCHEME) == [{"p1", "p2", "p3"}, {"h1"}, {"h2"}]


def test_links_are_closed_over_and_join_what_names_join():
    doc = document(
        "[Zarnuq](GPE:p1) [Omar](PERSON:h1) [town](GPE:p2) [Zarnuq's](GPE:p3) [place](GPE:p4) [village](GPE:p5)",
        "p2 SAME_AS p1",
        "p4 SAME_AS p3",
    )
    assert clusters(doc, SCHEME) == [{"p1", "p2", "p3", "p4"}, {"h1"}, {"p5"}]


def test_names_of_two_types_are_two():
    doc = document("[Zarnuq](GPE:p1) [Zarnuq](FACILITY:f1)")
    assert clusters(doc, SCHEME) == [{"p1"}, {"f1"}]


def test_events_cluster_by_links_alone_and_times_never():
    doc = document(
        "[attack](ATTACK:e1) [Monday](TIME:t1) [attack](ATTACK:e2) [Monday](TIME:t2) [blast](EXPLOSION:e3)",
        "e3 SAME_AS e1",
    )
    assert clusters(doc, SCHEME) == [{"e1", "e3"}, {"e2"}]


def test_a_link_that_the_scheme_forbids_is_not_followed():
    doc = Document("d1", "Omar Zarnuq", spans=(Span("h", 0, 4, "PERSON", "Omar"), Span("p", 5, 11, "GPE", "Zarnuq")))
    doc = replace(doc, relations=(Relation("p", "SAME_AS", "h"),))
    assert clusters(doc, SCHEME) == [{"h"}, {"p"}]


def test_nearest_links_are_those_that_annotators_write():
    doc = document(
        "[Zarnuq](GPE:p1) [town](GPE:p2) [Zarnuq](GPE:p3) [town](GPE:p4) "
        "[attack](ATTACK:e1) [clash](CLASH:e2) [raid](ATTACK:e3)",
        "p4 SAME_AS p1",
        "p2 SAME_AS p1",
        "e3 SAME_AS e1",
        "e2 SAME_AS e1",
    )
    found = clusters(doc, SCHEME)
    links = nearest_links(doc, found, SCHEME)
    assert links == [("p2", "p1"), ("p4", "p3"), ("e2", "e1"), ("e3", "e2")]
    again = replace(doc, relations=tuple(Relation(head, "SAME_AS", tail) for head, tail in links))
    assert clusters(again, SCHEME) == found
