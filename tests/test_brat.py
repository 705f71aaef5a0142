from dataclasses import replace

import pytest
from hypothesis import given
from strategies import documents

from rasad.annotations.brat import read_brat, to_brat
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import FormatError, RasadError
from rasad.annotations.markdown import parse_markdown

WRITTEN = """---
id: ar-1
lang: ar
---
[قصفت](ATTACK:e1) [طائرات مسيرة](WEAPON:w1) [مستودعا](FACILITY:f1) [ومدرسة](FACILITY:f2) في [زرنوق](GPE:g1)
[ونفى](DENIAL:e2) [الجيش](FORCE:a1) [مهاجمة](ATTACK:e3) [البلدة](GPE:g2).

```relations
e1 INSTRUMENT w1
e1 TARGET f1
e1 TARGET f2
f1 LOCATED_IN g1
e2 AGENT a1
e2 ABOUT e3
e3 TARGET g2
e3 SAME_AS e1
g2 SAME_AS g1
e3 modality=uncertain
```
"""
TEXT = "قصفت طائرات مسيرة مستودعا ومدرسة في زرنوق\nونفى الجيش مهاجمة البلدة."
STANDOFF = """T1\tATTACK 0 4\tقصفت
T2\tWEAPON 5 17\tطائرات مسيرة
T3\tFACILITY 18 25\tمستودعا
T4\tFACILITY 26 32\tومدرسة
T5\tGPE 36 41\tزرنوق
T6\tDENIAL 42 46\tونفى
T7\tFORCE 47 52\tالجيش
T8\tATTACK 53 59\tمهاجمة
T9\tGPE 60 66\tالبلدة
E1\tATTACK:T1 INSTRUMENT:T2 TARGET:T3 TARGET2:T4
E2\tDENIAL:T6 AGENT:T7 ABOUT:E3
E3\tATTACK:T8 TARGET:T9
R1\tLOCATED_IN Arg1:T3 Arg2:T5
R2\tSAME_AS Arg1:E3 Arg2:E1
R3\tSAME_AS Arg1:T9 Arg2:T5
A1\tmodality E3 uncertain
"""


def saved(folder, text, marks, name="ar-1"):
    (folder / f"{name}.txt").write_bytes(text.encode())
    path = folder / f"{name}.ann"
    path.write_bytes(marks.encode())
    return path


def said(document):
    """What a document says, whatever its ids: marks, and relations between them, each once."""
    marks = {s.id: (s.start, s.end, s.type, s.text, s.polarity, s.modality) for s in document.spans}
    return sorted(marks.values()), {(marks[r.head], r.type, marks[r.tail]) for r in document.relations}


def test_a_document_by_hand(tmp_path):
    document = parse_markdown(WRITTEN, "ar-1.md")
    assert document.text == TEXT
    assert to_brat(document) == STANDOFF
    found = read_brat(saved(tmp_path, TEXT, STANDOFF))
    assert (found.id, found.text, found.lang) == ("ar-1", TEXT, "mixed")
    assert said(found) == said(document)
    assert found.by_id["T2"] == Span("T2", 5, 17, "WEAPON", "طائرات مسيرة")
    assert Relation("T8", "SAME_AS", "T1") in found.relations
    assert found.by_id["T8"].modality == "uncertain"


@given(document=documents(predicted=True))
def test_what_is_written_comes_back(tmp_path_factory, document):
    path = saved(tmp_path_factory.mktemp("brat"), document.text, to_brat(document), "d")
    found = read_brat(path)
    assert found.text == document.text
    assert said(found) == said(document)


def test_lines_may_come_in_any_order_and_of_other_tools(tmp_path):
    lines = STANDOFF.replace("A1\t", "M1\t").splitlines()
    notes = ["#1\tAnnotatorNotes T1\tunsure", "N1\tReference T5 Wikidata:Q1\tزرنوق", ""]
    found = read_brat(saved(tmp_path, TEXT, "\r\n".join([*lines[::-1], *notes])))
    assert said(found) == said(parse_markdown(WRITTEN, "ar-1.md"))


def test_equivalents_are_linked_each_to_the_one_before(tmp_path):
    text = "Omar met Omar and Omar"
    marks = "".join(f"T{n}\tPERSON {at} {at + 4}\tOmar\n" for n, at in ((1, 9), (2, 0), (3, 18)))
    found = read_brat(saved(tmp_path, text, marks + "*\tEquiv T3 T2 T1\n"))
    assert set(found.relations) == {Relation("T1", "SAME_AS", "T2"), Relation("T3", "SAME_AS", "T1")}


def test_a_trigger_without_an_event_and_one_with_two(tmp_path):
    text = "shelled A, B; raided"
    marks = "T1\tATTACK 0 7\tshelled\nT2\tGPE 8 9\tA\nT3\tGPE 11 12\tB\nT4\tATTACK 14 20\traided\n"
    found = read_brat(saved(tmp_path, text, marks + "E1\tATTACK:T1 TARGET:T2\nE2\tATTACK:T1 TARGET:T3\n"))
    assert [(s.id, s.modality) for s in found.spans if s.type == "ATTACK"] == [("T1", "asserted"), ("T4", "asserted")]
    assert found.relations == (Relation("T1", "TARGET", "T2"), Relation("T1", "TARGET", "T3"))


def test_offsets_are_characters_of_the_untouched_text(tmp_path):
    # A byte order mark and CRLF count, an emoji of several code points counts each.
    text = "\ufeffقُصف\r\n👩🏽‍🚒 زرنوق"
    at = text.index("زرنوق")
    found = read_brat(saved(tmp_path, text, f"T1\tGPE {at} {at + 5}\tزرنوق\n"))
    assert found.text == text
    assert found.spans[0].start == 12


def test_a_line_end_in_a_span_is_a_space_in_its_mark(tmp_path):
    text = "the first\nbrigade"
    document = Document("d", text, spans=(Span("a", 4, 17, "FORCE", "first\nbrigade"),))
    assert to_brat(document) == "T1\tFORCE 4 17\tfirst brigade\n"
    assert read_brat(saved(tmp_path, text, to_brat(document))).spans[0].text == "first\nbrigade"


def test_defaults_are_not_written():
    span = Span("e", 0, 4, "ATTACK", "raid", polarity="positive", modality="asserted")
    denied = replace(span, polarity="negative", modality="hypothetical")
    assert "A1" not in to_brat(Document("d", "raid", spans=(span,)))
    assert to_brat(Document("d", "raid", spans=(denied,))).endswith(
        "A1\tpolarity E1 negative\nA2\tmodality E1 hypothetical\n"
    )


GOOD = "T1\tATTACK 0 4\traid\nT2\tGPE 8 11\tDur\nE1\tATTACK:T1 PLACE:T2\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("T3\tGPE 0 4;8 11\traid Dur", r"T3 'raid Dur' is of several pieces \(0 4;8 11\); a span is contiguous"),
        ("T3\tGPE 8 99\tDur", "span T3 is 8:99, outside the text of 11 characters"),
        ("T3\tGPE 7 10\tDur", "span T3 says 'Dur', the text at 7:10 says ' Du'"),
        ("T3\tGPA 8 11\tDur", r"unknown type GPA \(did you mean GPE\?\)"),
        ("T3\tGPE 8\tDur", "bad place 'GPE 8'"),
        ("T1\tGPE 8 11\tDur", r"span id T1 is used twice \(first in line 1\)"),
        ("R1\tLOCATEDIN Arg1:T2 Arg2:T2", r"unknown relation LOCATEDIN \(did you mean LOCATED_IN\?\)"),
        ("R1\tLOCATED_IN T2 T2", "bad relation 'LOCATED_IN T2 T2'"),
        ("R1\tLOCATED_IN Arg1:T2 Arg2:T9", "T2 LOCATED_IN T9 names T9, which is no span"),
        ("E2\tATTACK:T9", "E2 names T9, which is no span"),
        ("E2\tCLASH:T1", "E2 is CLASH, its trigger T1 is ATTACK"),
        ("E2\tGPE:T2", "E2 is GPE, which is no type of events"),
        ("E2\tATTACK:T1 PLAICE:T2", r"unknown relation PLAICE \(did you mean PLACE\?\)"),
        ("A1\tmodality E1 sure", "unknown modality sure"),
        ("A1\tNegation E1", "bad attribute 'Negation E1'"),
        ("A1\ttense E1 past", "unknown attribute tense"),
        ("A1\tmodality T2 uncertain", "T2 is GPE; only events carry modality"),
        ("*\tAlias T1 T2", r"bad line 'Alias T1 T2'; a line \* is"),
        ("*\tEquiv T2 T9", "T9, which is no span"),
        ("X1\tGPE 8 11\tDur", "bad line 'X1"),
        ("T3 GPE 8 11 Dur", "bad line 'T3 GPE"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path, line, words):
    with pytest.raises(FormatError, match=rf"ar-1\.ann:4: .*{words}"):
        read_brat(saved(tmp_path, "raid in Dur", f"{GOOD}{line}\n"))


def test_a_missing_text_is_told(tmp_path):
    path = saved(tmp_path, "raid in Dur", GOOD)
    path.with_suffix(".txt").unlink()
    with pytest.raises(RasadError, match=r"ar-1\.txt: cannot be read"):
        read_brat(path)
