import pytest
from hypothesis import given
from strategies import documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import FormatError, RasadError, suggest

TEXT = "Shells hit the depot.\nNobody was hurt."
SHELLS, HIT = Span("w1", 0, 6, "WEAPON", "Shells"), Span("e1", 7, 10, "ATTACK", "hit", "positive", "asserted")


def test_spans_are_ordered_by_start():
    document = Document("d", TEXT, spans=(HIT, SHELLS), relations=(Relation("e1", "INSTRUMENT", "w1"),))
    assert document.spans == (SHELLS, HIT)
    assert document.by_id == {"w1": SHELLS, "e1": HIT}


@pytest.mark.parametrize(
    ("spans", "relations", "message"),
    [
        ((Span("w1", 0, 99, "WEAPON", TEXT),), (), "d: span w1 is 0:99, outside the text (0:38)"),
        ((Span("w1", 3, 3, "WEAPON", ""),), (), "d: span w1 is 3:3, outside"),
        ((Span("w1", -1, 3, "WEAPON", "She"),), (), "d: span w1 is -1:3, outside"),
        ((Span("w1", 1, 7, "WEAPON", "Shells"),), (), "d: span w1 says 'Shells', the text at 1:7 says 'hells '"),
        ((SHELLS, Span("w1", 7, 10, "ATTACK", "hit")), (), "d: span id w1 is used twice"),
        ((HIT,), (Relation("e1", "INSTRUMENT", "w9"),), "d: e1 INSTRUMENT w9 names w9, which is no span"),
    ],
)
def test_broken_invariants_are_refused(spans, relations, message):
    with pytest.raises(RasadError) as caught:
        Document("d", TEXT, spans=spans, relations=relations)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("position", "paragraph"), [(0, 0), (20, 0), (22, 1), (37, 1)])
def test_paragraph_of(position, paragraph):
    assert Document("d", TEXT).paragraph_of(position) == paragraph


@given(documents())
def test_spans_say_what_the_text_says(document):
    assert all(document.text[span.start : span.end] == span.text for span in document.spans)
    assert list(document.spans) == sorted(document.spans, key=lambda span: span.start)


def test_errors_say_where_and_what_would_be_right():
    assert str(FormatError("a.md", 14, "unknown type")) == "a.md:14: unknown type"
    assert str(FormatError("a.md", None, "unknown type")) == "a.md: unknown type"
    assert suggest("atack", ["CLASH", "ATTACK"]) == " (did you mean ATTACK?)"
    assert suggest("zzz", ["CLASH", "ATTACK"]) == " (allowed: CLASH, ATTACK)"
