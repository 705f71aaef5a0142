from dataclasses import replace

import pytest
from hypothesis import example, given
from strategies import documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import FormatError, RasadError
from rasad.annotations.markdown import draft_markdown, parse_markdown, read_markdown, to_markdown, write_markdown
from rasad.annotations.scheme import default_scheme

SCHEME = default_scheme()
EXAMPLE = """\
---
id: en-x
lang: en
date: 2024-04-22
source: written for the tests
note: 'yes'
---
[Depot](FACILITY:f1) [hit](ATTACK:e1) \\[update\\]
The [brigade](GROUP:g1) [denied](DENIAL:e2) the [raid](ATTACK:e3).

```relations
# headline
e1 TARGET f1
e2 AGENT g1   # who denies
e2 ABOUT e3
e3 SAME_AS e1
e3 modality=uncertain
```
"""
TEXT = "Depot hit [update]\nThe brigade denied the raid."


def written(body, *lines):
    block = "".join(f"{line}\n" for line in lines)
    return f"---\nid: d\nlang: en\n---\n{body}\n\n```relations\n{block}```\n"


def test_the_written_form_is_read():
    document = parse_markdown(EXAMPLE, "en-x.md")
    assert document == Document(
        id="en-x",
        text=TEXT,
        lang="en",
        date="2024-04-22",
        spans=(
            Span("f1", 0, 5, "FACILITY", "Depot"),
            Span("e1", 6, 9, "ATTACK", "hit", "positive", "asserted"),
            Span("g1", 23, 30, "GROUP", "brigade"),
            Span("e2", 31, 37, "DENIAL", "denied", "positive", "asserted"),
            Span("e3", 42, 46, "ATTACK", "raid", "positive", "uncertain"),
        ),
        relations=(
            Relation("e1", "TARGET", "f1"),
            Relation("e2", "AGENT", "g1"),
            Relation("e2", "ABOUT", "e3"),
            Relation("e3", "SAME_AS", "e1"),
        ),
        meta={"source": "written for the tests", "note": "yes"},
    )
    assert list(document.meta) == ["source", "note"]


def test_a_document_is_written_as_people_write_it():
    again = to_markdown(parse_markdown(EXAMPLE, "en-x.md"), SCHEME)
    assert again == EXAMPLE.replace("# headline\n", "").replace("   # who denies", "")


@given(documents())
@example(Document("d", ""))
@example(Document("d", "\n\n```relations\ne1 AGENT e1\n```\n"))
@example(Document("d", "---\n"))
@example(Document("d", "x", meta={"a": "\x85", "b\n---\n": "\u2028 x: #y", "": " '"}))
@example(Document("d", "\r\n\r"))
@example(Document("d", " \\[x](ATTACK:e1)\\\\"))
def test_round_trip_is_exact(document):
    again = parse_markdown(to_markdown(document, SCHEME), "d.md")
    assert again == document
    assert list(again.meta) == list(document.meta)


@given(documents(predicted=True))
def test_a_prediction_becomes_gold(document):
    again = parse_markdown(to_markdown(document, SCHEME), "d.md")
    assert (again.text, again.model, again.derived) == (document.text, None, {})
    assert again.spans == tuple(replace(span, score=None) for span in document.spans)
    assert again.relations == tuple(replace(relation, score=None) for relation in document.relations)


def test_files_are_written_and_read_untranslated(tmp_path):
    document = Document("d", "قصف\r\nثم هدوء\rx\u2028y\u00a0\ufeff\n", "ar")
    write_markdown(document, tmp_path / "d.md")
    assert b"\xd9\x81\r\n\xd8\xab" in (tmp_path / "d.md").read_bytes()
    assert read_markdown(tmp_path / "d.md") == document
    assert [path.name for path in tmp_path.iterdir()] == ["d.md"]


def test_a_refused_document_leaves_the_file_as_it_was(tmp_path):
    (tmp_path / "d.md").write_text("before")
    with pytest.raises(RasadError):
        write_markdown(Document("d", "x", lang="fr"), tmp_path / "d.md")
    assert (tmp_path / "d.md").read_text() == "before"


def test_a_file_saved_with_crlf_and_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "d.md").write_bytes(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())
    document = read_markdown(tmp_path / "d.md")
    assert document.text == TEXT.replace("\n", "\r\n")
    assert [span.text for span in document.spans] == ["Depot", "hit", "brigade", "denied", "raid"]
    assert len(document.relations) == 4


def test_the_blank_line_before_the_block_and_the_block_may_be_missing():
    front = "---\nid: d\nlang: en\n---\n"
    assert parse_markdown(f"{front}one\ntwo\n```relations\n```\n", "d.md").text == "one\ntwo"
    assert parse_markdown(f"{front}one\ntwo\n", "d.md").text == "one\ntwo"
    assert parse_markdown(f"{front}one\ntwo", "d.md").text == "one\ntwo"


def test_front_matter_values_are_text_whatever_yaml_takes_them_for():
    text = EXAMPLE.replace("id: en-x", "id: 0012").replace("note: 'yes'", "a: no\nb: 1e3\nc: ~\nd: 2024-01-01\ne:")
    document = parse_markdown(text, "d.md")
    assert document.id == "0012"
    assert document.meta == {
        "source": "written for the tests",
        "a": "no",
        "b": "1e3",
        "c": "~",
        "d": "2024-01-01",
        "e": "",
    }


FRONT_MISTAKES = [
    ("The depot was hit.\n", 1, "no front matter; a file begins with `---`"),
    ("---\nid: d\nlang: en\nThe depot\n", 1, "the front matter has no closing line `---`"),
    ("---\nlang: en\n---\nx\n", 1, "the front matter has no id; write a line `id: …`"),
    ("---\nid: d\n---\nx\n", 1, "the front matter has no lang"),
    ("---\nid: d\nlang: fr\n---\nx\n", 3, "unknown lang 'fr' (allowed: ar, en, mixed)"),
    ("---\nid: ''\nlang: en\n---\nx\n", 2, "bad document id ''"),
    ("---\nid: d\nlang: en\ndate: 22/04/2024\n---\nx\n", 4, "bad date '22/04/2024'; a date is ISO 8601, as 2024-04-22"),
    ("---\nid: d\nlang: en\ndate: 2023-02-29\n---\nx\n", 4, "bad date '2023-02-29'"),
    ("---\nid: d\nlang: en\nid: e\n---\nx\n", 4, "id is written twice"),
    ("---\nid: d\nlang: en\ntags: [a, b]\n---\nx\n", 4, "tags holds more than a text"),
    ("---\nid: d\nlang: en\nurl: a: b\n---\nx\n", 4, "the front matter is no YAML"),
    ("---\nid: d\nlang: en\nx: \x07\n---\nx\n", 1, "the front matter is no YAML"),
    ("---\n- id\n- lang\n---\nx\n", 2, "the front matter is no mapping"),
]
BODY_MISTAKES = [
    (written("a\n[hit (ATTACK:e1)"), 6, "unclosed span at '[hit (ATTACK:e1)'"),
    (written("[the [depot](FACILITY:f1)](FACILITY:f2)"), 5, "unclosed span at '[the [depot]"),
    (written("[hit] the depot"), 5, "no (TYPE:id) behind '[hit] the depot'"),
    (written("[hit](ATTACK)"), 5, "no (TYPE:id) behind"),
    (written("[](ATTACK:e1)"), 5, "a span without words"),
    (written("hit]"), 5, "`]` closes no span; a literal bracket is written \\]"),
    (written("C:\\dir"), 5, "a lone backslash at '\\\\dir'; a literal backslash is written \\\\"),
    (written("[hit](ATACK:e1)"), 5, "unknown type ATACK (did you mean ATTACK?)"),
    (written("[hit](ATTACK:e 1)"), 5, "bad span id 'e 1'"),
    (written("[hit](ATTACK:)"), 5, "bad span id ''"),
    (written("[hit](ATTACK:e1)\n[hit](ATTACK:e1)"), 6, "span id e1 is used twice (first in line 5); ids are unique"),
    ("---\nid: d\nlang: en\n---\n[hit](ATTACK:e1)\n```relation\n```\n", 8, "no relations block after the text"),
]
BLOCK_MISTAKES = [
    ("e1 TARGET f1", "e1 TARGET f1 names f1, which is no span of this document"),
    ("e9 TARGET g1", "e9 TARGET g1 names e9, which is no span"),
    ("e1 AGNT g1", "unknown relation AGNT (did you mean AGENT?)"),
    ("e1 AGENT", "bad line 'e1 AGENT'; a line is `head RELATION tail` or `id attribute=value`"),
    ("e1 AGENT g1 g1", "bad line 'e1 AGENT g1 g1'"),
    ("e1 polarity = negative", "bad line 'e1 polarity = negative'"),
    ("e1 polarty=negative", "unknown attribute polarty (did you mean polarity?)"),
    ("e1 polarity=nagative", "unknown polarity nagative (did you mean negative?)"),
    ("e9 polarity=negative", "e9 polarity=negative names e9, which is no span"),
    ("g1 polarity=negative", "g1 is GROUP; only events carry polarity"),
]


@pytest.mark.parametrize(("text", "line", "what"), FRONT_MISTAKES + BODY_MISTAKES)
def test_mistakes_are_refused_with_their_lines(text, line, what):
    with pytest.raises(FormatError) as caught:
        parse_markdown(text, "d.md")
    assert str(caught.value).startswith(f"d.md:{line}: {what}")
    assert caught.value.line == line


@pytest.mark.parametrize(("mistake", "what"), BLOCK_MISTAKES)
def test_mistakes_in_the_block_are_refused(mistake, what):
    with pytest.raises(FormatError) as caught:
        parse_markdown(written("[hit](ATTACK:e1) by [men](GROUP:g1)", "e1 AGENT g1", "", mistake), "d.md")
    assert str(caught.value).startswith(f"d.md:10: {what}")


def test_an_attribute_is_set_once():
    text = written("[hit](ATTACK:e1)", "e1 polarity=negative", "e1 polarity=positive")
    with pytest.raises(FormatError, match=r"d\.md:9: e1 has two values of polarity"):
        parse_markdown(text, "d.md")


def test_the_block_is_closed_and_ends_the_file():
    text = written("[hit](ATTACK:e1)", "e1 polarity=negative")
    with pytest.raises(FormatError, match=r"d\.md:7: the relations block is not closed"):
        parse_markdown(text.removesuffix("```\n"), "d.md")
    with pytest.raises(FormatError, match=r"d\.md:11: the relations block ends the file"):
        parse_markdown(f"{text}\nThe end.\n", "d.md")


def test_what_is_not_utf8_is_refused_with_its_line(tmp_path):
    (tmp_path / "d.md").write_bytes(written("one\ntwo").encode().replace(b"two", "قصف".encode("cp1256")))
    with pytest.raises(FormatError, match=r"d\.md:6: not UTF-8 \(byte 0xde\); save the file as UTF-8"):
        read_markdown(tmp_path / "d.md")


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(RasadError, match=r"d\.md: cannot be read: No such file or directory"):
        read_markdown(tmp_path / "d.md")


def test_one_pass_finds_every_mistake_and_keeps_what_is_sound():
    body = "[hit](ATACK:e1) a] [depot](FACILITY:f1)\n[raid](ATTACK:e2)"
    text = written(body, "e1 TARGET f1", "e2 TARGT f1", "e2 TARGET f9", "e2 TARGET f1").replace("lang: en", "lang: fr")
    draft = draft_markdown(text, "d.md", SCHEME)
    assert sorted(problem.line or 0 for problem in draft.problems) == [3, 5, 5, 10, 11]
    assert [span.id for span in draft.document().spans] == ["f1", "e2"]
    assert draft.relations == [Relation("e2", "TARGET", "f1")]
    assert (draft.span_lines["e2"], draft.relation_lines) == (6, [12])


HIT = Span("e1", 0, 3, "ATTACK", "hit", "positive", "asserted")


@pytest.mark.parametrize(
    ("document", "what"),
    [
        (Document("d", "hit", "fr"), "d: unknown lang 'fr'"),
        (Document("d", "hit", date="today"), "d: bad date 'today'"),
        (Document("a\nb", "hit"), "a\nb: bad document id"),
        (Document("d", "hit", spans=(replace(HIT, type="ATACK"),)), "d: unknown type ATACK (did you mean ATTACK?)"),
        (Document("d", "hit", spans=(replace(HIT, id="e)"),)), "d: bad span id 'e)'"),
        (Document("d", "hit", spans=(replace(HIT, type="GROUP"),)), "d: span e1 is GROUP; only events carry"),
        (Document("d", "hit", spans=(HIT, replace(HIT, id="e2"))), "d: span e2 overlaps the one before it"),
        (Document("d", "hit", spans=(HIT,), relations=(Relation("e1", "AS", "e1"),)), "d: unknown relation AS"),
        (Document("d", "hit", meta={"lang": "ar"}), "d: meta has the key lang, which is the document's own"),
    ],
)
def test_what_the_form_cannot_carry_is_refused_on_writing(document, what):
    with pytest.raises(RasadError) as caught:
        to_markdown(document, SCHEME)
    assert str(caught.value).startswith(what)
