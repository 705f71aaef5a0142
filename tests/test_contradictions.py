"""Events of different times, which no chain of links may join."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from strategies import SCHEME, documents

from rasad.annotations.document import Document, Relation
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import SAME_AS
from rasad.inference.contradictions import without_contradictions


def story(times: tuple[str, str], scores: tuple[float, float]) -> Document:
    """Three mentions in a chain; the first and the last have a time."""
    doc = parse_markdown(
        "---\nid: x\nlang: en\ndate: 2024-04-22\n---\n"
        f"The [raid](ATTACK:e1) of [{times[0]}](TIME:t1). The [attack](ATTACK:e2). "
        f"The [raid](ATTACK:e3) of [{times[1]}](TIME:t2).\n\n"
        "```relations\ne1 WHEN t1\ne3 WHEN t2\n```\n",
        "x",
    )
    links = (Relation("e2", SAME_AS, "e1", scores[0]), Relation("e3", SAME_AS, "e2", scores[1]))
    return replace(doc, relations=(*doc.relations, *links))


def links(doc: Document) -> list[tuple[str, str]]:
    return [(r.head, r.tail) for r in without_contradictions(doc, SCHEME) if r.type == SAME_AS]


@pytest.mark.parametrize(
    ("scores", "kept"), [((0.9, 0.6), [("e2", "e1")]), ((0.6, 0.9), [("e3", "e2")])], ids=["first", "second"]
)
def test_the_surer_of_two_links_that_exclude_each_other_stays(
    scores: tuple[float, float], kept: list[tuple[str, str]]
) -> None:
    assert links(story(("28 January 2024", "Sunday"), scores)) == kept


@pytest.mark.parametrize(
    "times",
    [
        ("Sunday", "Sunday evening"),
        ("Sunday night", "early Monday"),
        ("April 2024", "Sunday"),
        ("two days later", "Sunday"),
    ],
)
def test_times_that_can_be_one_join(times: tuple[str, str]) -> None:
    assert len(links(story(times, (0.9, 0.6)))) == 2


@pytest.mark.parametrize(
    "times", [("Saturday", "Sunday"), ("Friday morning", "Sunday evening"), ("March 2024", "Sunday")]
)
def test_times_that_exclude_each_other_part(times: tuple[str, str]) -> None:
    assert len(links(story(times, (0.9, 0.6)))) == 1


def test_without_a_date_of_publication_weekdays_part_nothing() -> None:
    assert len(links(replace(story(("Saturday", "Sunday"), (0.9, 0.6)), date=None))) == 2


@given(documents())
def test_nothing_but_links_between_events_is_left_out(doc: Document) -> None:
    kept = without_contradictions(doc, SCHEME)
    left_out = [r for r in doc.relations if r not in kept]
    assert [r for r in doc.relations if r in kept] == list(kept)
    assert all(r.type == SAME_AS and SCHEME.is_event(doc.by_id[r.head].type) for r in left_out)
    assert without_contradictions(replace(doc, relations=kept), SCHEME) == kept
