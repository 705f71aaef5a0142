"""The suite of perturbations: scores before and after, and consistency, by hand and as laws."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from strategies import documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.annotations.words import words
from rasad.eval.counts import Counts
from rasad.eval.stress.perturbations import PERTURBATIONS
from rasad.eval.stress.suite import Row, Stress, Strict, render_stress, stress, stress_to_dict

NAMES = [perturbation.name for perturbation in PERTURBATIONS]
KNOWN = {"قصف": "ATTACK", "الجيش": "FORCE", "المدينة": "GPE", "army": "FORCE", "shelled": "ATTACK", "Raqqa": "GPE"}
ROLES = {"FORCE": "AGENT", "GPE": "TARGET"}


def predict(texts: Sequence[Document]) -> list[Document]:
    """A system that knows six words, exactly as they are written, and gives every party to the first event."""
    return [read(document) for document in reversed(texts)]


def read(document: Document) -> Document:
    assert (document.spans, document.relations, document.derived) == ((), (), {})  # it must not see gold
    found = [(a, b, document.text[a:b]) for a, b in words(document.text)]
    spans = tuple(Span(f"p{a}", a, b, KNOWN[word], word) for a, b, word in found if word in KNOWN)
    event = next((span.id for span in spans if span.type == "ATTACK"), None)
    links = tuple(Relation(event, ROLES[s.type], s.id) for s in spans if event and s.type in ROLES)
    return replace(document, spans=spans, relations=links, model="six@words")


ARABIC = read(Document("ar-1", "قصف الجيش المدينة.", "ar"))
ENGLISH = read(Document("en-1", "The army shelled Raqqa.", "en"))
GOLD = [replace(document, model=None) for document in (ARABIC, ENGLISH)]


def rows(result: Stress) -> Mapping[str, Row]:
    return {row.perturbation: row for row in result.rows}


def test_worked_by_hand(scheme: Scheme) -> None:
    result = rows(stress(predict, GOLD, scheme))
    whole = Strict(Counts(2, 0, 0), Counts(1, 0, 0), Counts(2, 0, 0))  # of each of the two documents
    # Undotted, المدينه is not known: one entity of two is found, and one relation of two.
    less = Strict(Counts(1, 0, 1), Counts(1, 0, 0), Counts(1, 0, 1))
    assert result["ta_marbuta_undotted"] == Row("ta_marbuta_undotted", True, 1, 1, 0, whole, less, less)
    assert result["ta_marbuta_undotted"].change("entities") == pytest.approx(2 / 3 - 1)
    assert result["ta_marbuta_undotted"].consistency == pytest.approx(2 / 3)
    # ARMY, SHELLED, RAQQA: nothing is known.
    nothing = Strict(Counts(0, 0, 2), Counts(0, 0, 1), Counts(0, 0, 2))
    assert result["upper_case"] == Row("upper_case", True, 1, 1, 0, whole, nothing, nothing)
    # Moved, but found; both languages take part.
    assert result["paragraph_before"] == Row(
        "paragraph_before", True, 2, 0, 0, whole + whole, whole + whole, whole + whole
    )
    assert result["no_break_spaces"].consistency == 1.0
    # There is nothing to change.
    assert result["curly_quotes"] == Row("curly_quotes", True, 0, 2, 0, Strict(), Strict(), Strict())


def test_consistency_needs_no_gold(scheme: Scheme) -> None:
    empty = [replace(document, spans=(), relations=()) for document in GOLD]
    result = rows(stress(predict, empty, scheme))
    # All that it finds is wrong, before (3 spans, 2 relations) and after; what it finds again is as it was.
    assert result["ta_marbuta_undotted"].before == Strict(Counts(0, 2, 0), Counts(0, 1, 0), Counts(0, 2, 0))
    assert result["ta_marbuta_undotted"].after == Strict(Counts(0, 1, 0), Counts(0, 1, 0), Counts(0, 1, 0))
    assert result["ta_marbuta_undotted"].consistency == pytest.approx(2 / 3)


def test_what_cannot_be_carried_is_missed(scheme: Scheme) -> None:
    # A span over both paragraphs comes apart when they change places; it was found before, and cannot be found again.
    text = "army\nRaqqa"
    whole, part = Span("s0", 0, 10, "GPE", text), Span("s1", 0, 4, "FORCE", "army")
    links = (Relation("s0", "LOCATED_IN", "s1"), Relation("s0", "SAME_AS", "s1"))  # the second is no matter of F1
    gold = Document("en-1", text, "en", spans=(whole, part), relations=links)

    def finds_all(texts: Sequence[Document]) -> list[Document]:
        spans = {text: gold.spans, "Raqqa\narmy": (Span("s1", 6, 10, "FORCE", "army"),)}
        return [
            replace(d, spans=spans.get(d.text, ()), relations=gold.relations if d.text == text else ()) for d in texts
        ]

    row = rows(stress(finds_all, [gold], scheme))["paragraphs_reversed"]
    assert (row.changed, row.lost) == (1, 1)
    assert row.before == Strict(Counts(2, 0, 0), Counts(), Counts(1, 0, 0))
    assert row.after == row.again == Strict(Counts(1, 0, 1), Counts(), Counts(0, 0, 1))
    assert row.consistency == 0.5


@given(st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id))
@settings(max_examples=15)
def test_a_perfect_reader_of_every_form(gold: list[Document]) -> None:
    scheme = default_scheme()
    forms = {(d.id, d.text): d for document in gold for d in [document, *(p(document) for p in PERTURBATIONS)]}

    def knows(texts: Sequence[Document]) -> list[Document]:
        return [replace(d, spans=forms[d.id, d.text].spans, relations=forms[d.id, d.text].relations) for d in texts]

    result = stress(knows, gold, scheme)
    assert [row.perturbation for row in result.rows] == NAMES
    assert result == stress(knows, gold[::-1], scheme)  # no order matters
    for row in result.rows:
        assert row.changed + row.unchanged == len(gold)
        for one in (row.before, row.after, row.again):
            assert all(getattr(one, part).fp == 0 for part in ("entities", "triggers", "relations"))
        assert (row.before.spans.fn, row.after.spans.fn, row.again.spans.fn) == (0, row.lost, row.lost)


def test_answers_to_other_texts_are_refused(scheme: Scheme) -> None:
    with pytest.raises(RasadError, match="another text"):
        stress(lambda texts: [replace(d, text=d.text.strip(".")) for d in texts], GOLD, scheme)
    with pytest.raises(RasadError, match="missing: en-1"):
        stress(lambda texts: predict(texts[:1]), GOLD, scheme)


def test_report(scheme: Scheme) -> None:
    result = stress(predict, GOLD, scheme, split="toy")
    data = json.loads(json.dumps(stress_to_dict(result)))
    assert "|split:toy|checkpoint:words|" in data["signature"]
    assert data["perturbations"]["upper_case"] == {
        "invariant": True,
        "changed": 1,
        "unchanged": 1,
        "lost": 0,
        "f1_before": {"entities": 1.0, "triggers": 1.0, "relations": 1.0},
        "f1_after": {"entities": 0.0, "triggers": 0.0, "relations": 0.0},
        "change": {"entities": -1.0, "triggers": -1.0, "relations": -1.0},
        "consistency": {"spans": 0.0, "entities": 0.0, "triggers": 0.0, "relations": 0.0},
    }
    out = io.StringIO()
    render_stress(result, Console(file=out, width=150))
    drawn = [[cell.strip() for cell in line.split("│")] for line in out.getvalue().splitlines()]
    assert ["", "upper_case", "1 of 2", "0.000 (-1.000)", "0.000 (-1.000)", "0.000 (-1.000)", "0.000", ""] in drawn
    assert ["", "curly_quotes", "0 of 2", "–", "–", "–", "–", ""] in drawn
    assert any("punctuation_dropped *" in row for row in drawn)
    narrow = io.StringIO()
    render_stress(result, Console(file=narrow, width=80))
    assert all(f" {name} " in narrow.getvalue() for name in NAMES)
