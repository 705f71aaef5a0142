"""Figures: whom one mention counts twice and several mentions tell again."""

from __future__ import annotations

import pytest
from strategies import SCHEME

from rasad.annotations.markdown import parse_markdown
from rasad.inference.events import Account
from rasad.inference.incidents import incidents_of
from rasad.inference.values import Values


def killed(text: str, relations: str, lang: str) -> list[tuple[int | None, int | None]]:
    """The figures of those killed in a text whose relations are parted by semicolons."""
    lines = relations.replace("; ", "\n")
    doc = parse_markdown(f"---\nid: x\nlang: {lang}\n---\n{text}\n\n```relations\n{lines}\n```\n", "x")
    (incident,) = incidents_of(doc, Account.of(doc, SCHEME), Values.of(doc, SCHEME), SCHEME)
    return [(figure.count.low, figure.count.high) for figure in incident.killed]


@pytest.mark.parametrize(
    ("lang", "text", "want"),
    [
        ("en", "[two guards](PERSON:h1), [Karim Saad](PERSON:h2) and [Adel Nimr](PERSON:h3), were", 2),
        ("en", "[two sons](PERSON:h1) of a baker – [Karim](PERSON:h2) and [Adel](PERSON:h3) – were", 2),
        ("en", "A [baker](PERSON:h1), [Karim Saad](PERSON:h2), was", 1),
        ("en", "[guards](PERSON:h1) [Karim Saad](PERSON:h2) and [Adel Nimr](PERSON:h3) were", 2),
        ("en", "[two guards](PERSON:h1), [Karim Saad](PERSON:h2) and a [boy](PERSON:h3) were", 4),
        ("en", "[three guards](PERSON:h1), [Karim Saad](PERSON:h2) and [Adel Nimr](PERSON:h3), were", 5),
        ("en", "[two guards](PERSON:h1) and [Karim Saad](PERSON:h2) and [Adel Nimr](PERSON:h3) were", 4),
        ("ar", "[شقيقان](PERSON:h1) هما [كريم سعد](PERSON:h2) و[عادل نمر](PERSON:h3) قد", 2),
        ("ar", "[ثلاثة حراس](PERSON:h1)، [كريم سعد](PERSON:h2) و[عادل نمر](PERSON:h3)، قد", 5),
        ("ar", "[حارسان](PERSON:h1) [وكريم سعد](PERSON:h2) و[عادل نمر](PERSON:h3) قد", 4),
    ],
)
def test_the_names_of_those_described_are_the_same_people(lang: str, text: str, want: int) -> None:
    text = f"{text} {'[killed](CASUALTIES:e1)' if lang == 'en' else '[قتلوا](CASUALTIES:e1)'}."
    roles = "; ".join(f"e1 KILLED h{i}" for i in (1, 2, 3) if f":h{i})" in text)
    assert killed(text, roles, lang) == [(want, want)]


def test_what_is_one_entity_in_a_mention_is_counted_once() -> None:
    text = "The [blast](EXPLOSION:e1) [killed](CASUALTIES:e2) [guards](PERSON:h1), [five guards](PERSON:h2) in all."
    assert killed(text, "e1 CAUSES e2; e2 KILLED h1; e2 KILLED h2; h2 SAME_AS h1", "en") == [(5, 5)]


def test_most_of_those_killed_are_counted_once() -> None:
    text = "[Many](PERSON:h1) of the [guards](PERSON:h2) [killed](CASUALTIES:e1) were [women](PERSON:h3)."
    assert killed(text, "e1 KILLED h1; e1 KILLED h2; e1 KILLED h3", "en") == [(3, None)]


def test_a_clause_about_some_does_not_take_others_out_of_the_toll() -> None:
    text = "[قتل](CASUALTIES:e1) [خمسة حراس](PERSON:h1) وهم في الطريق و[ثلاثة صيادين](PERSON:h2)."
    assert killed(text, "e1 KILLED h1; e1 KILLED h2", "ar") == [(8, 8)]


TWICE = (
    "[مقتل](CASUALTIES:e1) [حارس](PERSON:h1) في المرفأ\nأعلن [طبيب](PERSON:h3) [مقتل](CASUALTIES:e2) [{}](PERSON:h2)."
)


@pytest.mark.parametrize(
    ("again", "relations", "want"),
    [
        ("حارس", "", [(1, 1)]),
        ("الرجل", "; h2 SAME_AS h1", [(1, 1)]),
        ("بحار", "", [(1, 1), (1, 1)]),
        ("حارسين", "; h2 SAME_AS h1", [(1, 1), (2, 2)]),
        ("حارس", "; e2 SOURCE h3", [(1, 1)]),
        ("حارس", "; e1 SOURCE h1; e2 SOURCE h3", [(1, 1), (1, 1)]),
    ],
)
def test_what_says_the_same_of_the_same_people_stands_once(
    again: str, relations: str, want: list[tuple[int, int]]
) -> None:
    relations = "e1 KILLED h1; e2 KILLED h2; e2 SAME_AS e1" + relations
    assert killed(TWICE.format(again), relations, "ar") == want


def test_a_number_stands_for_the_same_people_without_one() -> None:
    text = "[Guards](PERSON:h1) were [killed](CASUALTIES:e1)\nThe dead: [six guards](PERSON:h2) [died](CASUALTIES:e2)."
    assert killed(text, "e1 KILLED h1; e2 KILLED h2; e2 SAME_AS e1; h2 SAME_AS h1", "en") == [(6, 6)]
