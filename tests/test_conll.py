import pytest
from hypothesis import given
from strategies import texts

from rasad.annotations.conll import to_conll
from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.words import words


def spans(text, *marked):
    return tuple(
        Span(f"s{n}", text.index(held), text.index(held) + len(held), kind, held)
        for n, (held, kind) in enumerate(marked)
    )


def test_words_and_tags():
    text = "قصف بلدة زمار، مساء الأحد!\r\n\r\nقُتل شخص."
    marked = (("قصف", "ATTACK"), ("بلدة زمار", "GPE"), ("مساء الأحد", "TIME"), ("قُتل", "CASUALTIES"))
    assert to_conll(Document("d", text, spans=spans(text, *marked))) == (
        "قصف\tB-ATTACK\nبلدة\tB-GPE\nزمار\tI-GPE\nمساء\tB-TIME\nالأحد\tI-TIME\n\nقُتل\tB-CASUALTIES\nشخص\tO\n"
    )


def test_neighbours_of_one_type_stay_two():
    text = "Iraq Syria"
    assert (
        to_conll(Document("d", text, spans=spans(text, ("Iraq", "GPE"), ("Syria", "GPE"))))
        == "Iraq\tB-GPE\nSyria\tB-GPE\n"
    )


def test_a_word_that_a_span_cuts_takes_its_tag():
    text = "in Aleppo-based"
    assert to_conll(Document("d", text, spans=spans(text, ("Aleppo", "GPE")))) == "in\tO\nAleppo-based\tB-GPE\n"


def test_a_paragraph_without_words_is_no_block():
    assert to_conll(Document("d", "one\n***\ntwo")) == "one\tO\n\ntwo\tO\n"
    assert to_conll(Document("d", "***")) == ""


@pytest.mark.parametrize(
    ("marked", "what"),
    [
        ((("Aleppo", "GPE"), ("based", "LOCATION")), "d: span s1 'based' shares a word with another span"),
        (((" *** ", "WEAPON"),), "d: span s0 ' [*]{3} ' holds no word"),
    ],
)
def test_what_iob2_cannot_carry_is_refused(marked, what):
    text = "in Aleppo-based *** men"
    with pytest.raises(RasadError, match=what):
        to_conll(Document("d", text, spans=spans(text, *marked)))


@given(texts())
def test_every_word_is_written_once_in_order(text):
    columns = [line.split("\t") for line in to_conll(Document("d", text)).split("\n") if line]
    assert columns == [[text[start:end], "O"] for start, end in words(text)]
