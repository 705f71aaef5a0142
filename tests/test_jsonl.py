import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import FormatError
from rasad.annotations.jsonl import from_json, read_jsonl, to_json, write_jsonl

SPAN = {"id": "e1", "start": 0, "end": 3, "type": "ATTACK", "text": "hit"}
ROW = {"id": "d", "lang": "en", "text": "hit by men", "spans": [SPAN], "relations": []}


def test_a_prediction_in_the_documented_form():
    document = Document(
        id="ar-001",
        text="أطلقت صواريخ",
        lang="ar",
        date="2024-04-22",
        spans=(
            Span("w1", 6, 12, "WEAPON", "صواريخ", score=0.5),
            Span("e1", 0, 5, "ATTACK", "أطلقت", "positive", "asserted", 0.98),
        ),
        relations=(Relation("e1", "INSTRUMENT", "w1", 0.91),),
        model="default-1234",
        derived={"times": [], "events": [{"id": "E1"}]},
    )
    row = to_json(document)
    assert json.dumps(row, ensure_ascii=False) == (
        '{"id": "ar-001", "lang": "ar", "date": "2024-04-22", "text": "أطلقت صواريخ", "spans": ['
        '{"id": "e1", "start": 0, "end": 5, "type": "ATTACK", "text": "أطلقت", "score": 0.98, '
        '"polarity": "positive", "modality": "asserted"}, '
        '{"id": "w1", "start": 6, "end": 12, "type": "WEAPON", "text": "صواريخ", "score": 0.5}], '
        '"relations": [{"head": "e1", "type": "INSTRUMENT", "tail": "w1", "score": 0.91}], '
        '"model": "default-1234", "times": [], "events": [{"id": "E1"}]}'
    )
    assert from_json(row, "x") == document


def test_gold_has_no_key_that_says_nothing():
    row = to_json(Document("d", "by men", spans=(Span("h1", 3, 6, "PERSON", "men"),)))
    assert row == {
        "id": "d",
        "lang": "mixed",
        "text": "by men",
        "spans": [{"id": "h1", "start": 3, "end": 6, "type": "PERSON", "text": "men"}],
        "relations": [],
    }


def test_what_is_not_written_has_its_default():
    document = from_json({"id": "d", "text": "hit", "spans": [SPAN], "date": None, "model": None}, "x")
    assert document == Document("d", "hit", spans=(Span("e1", 0, 3, "ATTACK", "hit", "positive", "asserted"),))


@given(documents(predicted=True))
def test_round_trip_is_exact(document):
    assert from_json(json.loads(json.dumps(to_json(document))), "x") == document


@given(documents=st.lists(documents(), max_size=3))
def test_files_round_trip(documents, tmp_path_factory):
    path = tmp_path_factory.mktemp("jsonl") / "d.jsonl"
    write_jsonl(documents, path)
    assert list(read_jsonl(path)) == documents
    assert path.read_bytes().count(b"\n") == len(documents)


def test_blank_lines_crlf_and_a_byte_order_mark_are_read(tmp_path):
    path = tmp_path / "d.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(ROW).encode() + b"\r\n\r\n  \n" + json.dumps(ROW | {"id": "e"}).encode()
    )
    assert [document.id for document in read_jsonl(path)] == ["d", "e"]


def test_after_an_error_the_file_is_as_it_was(tmp_path):
    def broken():
        yield Document("d", "x")
        raise RuntimeError

    (tmp_path / "d.jsonl").write_text("before")
    with pytest.raises(RuntimeError):
        write_jsonl(broken(), tmp_path / "d.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["d.jsonl"]
    assert (tmp_path / "d.jsonl").read_text() == "before"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ([], "a document is a JSON object"),
        ({"id": "d"}, "a document has no text"),
        (ROW | {"id": 7}, "id of a document is 7, not a string of Unicode text"),
        (ROW | {"text": "\ud800"}, 'text of a document is "\ud800", not a string of Unicode text'),
        (ROW | {"id": " "}, "bad document id ' '"),
        (ROW | {"lang": "fr"}, "unknown lang 'fr' (allowed: ar, en, mixed)"),
        (ROW | {"date": "2024-13-01"}, "bad date '2024-13-01'"),
        (ROW | {"meta": {"a": 1}}, "meta a is not a string"),
        (ROW | {"note": ["\ud800"]}, "note holds what no file can: half of a surrogate pair"),
        (ROW | {"note": {"a": float("nan")}}, "note holds what no file can: a number that is none"),
        (ROW | {"relation": []}, "unknown key relation (did you mean relations?)"),
        (ROW | {"spans": {}}, "spans is not a list"),
        (ROW | {"spans": [1]}, "a span is not an object; its keys are id, start, end, type, text"),
        (ROW | {"spans": [SPAN | {"start": True}]}, "start of a span is true, not a whole number"),
        (ROW | {"spans": [SPAN | {"score": 1.5}]}, "score of a span is 1.5, not a number from 0 to 1"),
        (ROW | {"spans": [SPAN | {"kind": "x"}]}, "unknown key kind in a span"),
        (ROW | {"spans": [SPAN | {"end": 99}]}, "span e1 is 0:99, outside the text of 10 characters"),
        (ROW | {"spans": [SPAN | {"end": 4}]}, "span e1 says 'hit', the text at 0:4 says 'hit '"),
        (ROW | {"spans": [SPAN | {"type": "ATACK"}]}, "unknown type ATACK (did you mean ATTACK?)"),
        (ROW | {"spans": [SPAN | {"id": "e 1"}]}, "bad span id 'e 1'"),
        (ROW | {"spans": [SPAN, SPAN]}, "span id e1 is used twice"),
        (ROW | {"spans": [SPAN | {"polarity": "no"}]}, "unknown polarity no"),
        (ROW | {"spans": [SPAN | {"type": "GROUP", "polarity": "negative"}]}, "span e1 is GROUP; only events carry"),
        (ROW | {"relations": [{"head": "e1", "tail": "e1"}]}, "a relation has no type"),
        (
            ROW | {"relations": [{"head": "e1", "type": "AGNT", "tail": "e1"}]},
            "unknown relation AGNT (did you mean AGENT?)",
        ),
        (
            ROW | {"relations": [{"head": "e1", "type": "AGENT", "tail": "g1"}]},
            "e1 AGENT g1 names g1, which is no span",
        ),
    ],
)
def test_mistakes_are_refused(row, what):
    with pytest.raises(FormatError) as caught:
        from_json(row, "d.jsonl:3")
    assert str(caught.value).startswith(f"d.jsonl:3: {what}")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": "\xc8"}', r"not UTF-8 \(byte 0xc8\)"),
        (b'{"id": "e"}', "a document has no text"),
    ],
)
def test_mistakes_in_a_file_have_their_lines(tmp_path, line, what):
    (tmp_path / "d.jsonl").write_bytes(json.dumps(ROW).encode() + b"\n" + line + b"\n")
    reader = read_jsonl(tmp_path / "d.jsonl")
    assert next(reader).id == "d"
    with pytest.raises(FormatError, match=rf"d\.jsonl:2: {what}"):
        next(reader)
