"""Minimal pairs: reading them, what their lines ask for, and who is right."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import FormatError, RasadError
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.annotations.words import words
from rasad.eval.stress.contrasts import Contrast, Member, phenomena, read_contrasts
from rasad.eval.stress.expectations import holds, read_expectation, types_of
from rasad.eval.stress.verdicts import Tally, Translated, judge, render_verdicts, verdicts_to_dict

AR = """
language: ar
pairs:
  - id: roles-01
    phenomenon: roles
    first:
      text: "[قصف](ATTACK:e1) [الجيش](FORCE:f1) [الفصائل](GROUP:g1) \\\\[فجرا\\\\]."
      expect: [e1 AGENT f1, no e1 AGENT g1]
    second:
      text: "[قصفت](ATTACK:e1) [الفصائل](GROUP:g1) [الجيش](FORCE:f1)."
      expect:
        - e1 AGENT g1
        - f1
"""
EN = """
language: en
pairs:
  - id: roles-01
    phenomenon: roles
    first: {text: "The [army](FORCE:a) [shelled](ATTACK:e1) the [rebels](GROUP:b).", expect: [e1 AGENT a, e1 TARGET b]}
    second: {text: "The [rebels](GROUP:b) [shelled](ATTACK:e1) the [army](FORCE:a).", expect: [e1 AGENT b, e1 TARGET a]}
  - id: sense-01
    phenomenon: sense
    first: {text: "The [strike](ATTACK:e1) killed no one.", expect: [e1]}
    second: {text: "The [strike](EVENT:e1) of teachers went on.", expect: [no e1]}
"""


def write(folder: Path, **files: str) -> Path:
    for lang, text in files.items():
        (folder / f"contrasts.{lang}.yaml").write_text(text, "utf-8")
    return folder


def test_reading(tmp_path: Path, scheme: Scheme) -> None:
    pairs = read_contrasts(scheme, write(tmp_path, ar=AR, en=EN))
    assert [(c.id, c.lang, c.phenomenon) for c in pairs] == [
        ("roles-01", "ar", "roles"),
        ("roles-01", "en", "roles"),
        ("sense-01", "en", "sense"),
    ]
    first = pairs[0].members[0]
    assert first.document == Document("ar/roles-01/first", "قصف الجيش الفصائل [فجرا].", "ar")
    assert first.marks["g1"] == Span("g1", 10, 17, "GROUP", "الفصائل")
    assert [(e.negated, e.head, e.name, e.value) for e in first.expect] == [
        (False, "e1", "AGENT", "f1"),
        (True, "e1", "AGENT", "g1"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("language: ar", "language: fr", "contrasts.ar.yaml: unknown language fr (allowed: ar, en)"),
        ("language: ar", "lang: ar", "contrasts.ar.yaml: unknown key lang (did you mean language?)"),
        ("phenomenon: roles", "phenomenon: role", "roles-01: unknown phenomenon role (did you mean roles?)"),
        ("    phenomenon: roles\n", "", "contrasts.ar.yaml: roles-01: phenomenon missing"),
        ("ATTACK:e1", "ATACK:e1", "roles-01, first: unknown type ATACK (did you mean ATTACK?)"),
        ("GROUP:g1) \\", "GROUP:f1) \\", "roles-01, first: the id f1 is used twice in one text"),
        ("GROUP:g1) [", "GROUP:no) [", "roles-01, second: bad id 'no'"),
        ("(FORCE:f1).", "FORCE.", "begins no mark; write [words](TYPE:id)"),
        ("- f1", "- f2", "roles-01, second: 'f2' names f2, which is not marked (allowed: e1, g1, f1)"),
        ("- f1\n", "- e1\n", "roles-01, second: no line names f1; mark only what is asked for"),
        ("- f1", "- f1\n        - f1", "roles-01, second: 'f1' is written twice"),
        ("- f1", "- f1 TARGET e1", "the scheme allows no TARGET from FORCE to ATTACK"),
        ("- f1", "- f1 TARGT e1", "unknown relation TARGT (did you mean TARGET?)"),
        ("- f1", "- f1 polarity=negative", "f1 is FORCE; only events carry polarity"),
        ("- f1", "- e1 polarity=no", "unknown polarity no"),
        ("- f1", "- e1 polarty=negative", "unknown attribute polarty (did you mean polarity?)"),
        ("- f1", "- e1 AGENT *", "bad line 'e1 AGENT *'"),
        ("- f1", "- no e1 polarity=negative", "bad line 'no e1 polarity=negative'"),
        ("- f1", "- 1", "expect is no list of lines"),
        ("[e1 AGENT f1, no e1 AGENT g1]", "e1", "expect is no list of lines"),
        ("language: ar", "language: [ar", "contrasts.ar.yaml:3: no YAML"),
    ],
)
def test_mistakes_are_told(old: str, new: str, message: str, tmp_path: Path, scheme: Scheme) -> None:
    assert old in AR
    with pytest.raises(FormatError) as caught:
        read_contrasts(scheme, write(tmp_path, ar=AR.replace(old, new)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EN.replace("sense-01", "roles-01"), "contrasts.en.yaml: roles-01: the id is used twice"),
        (EN.replace("[e1]}", "[no e1]}"), "sense-01: every line begins with `no`"),
        (
            EN.replace("of teachers went on", "killed no one"),
            "contrasts.en.yaml: sense-01: both texts are the same",
        ),
        (
            EN.replace("roles-01\n    phenomenon: roles", "roles-01\n    phenomenon: voice"),
            "roles-01 is about roles in ar, voice in en",
        ),
    ],
)
def test_pairs_that_prove_nothing(text: str, message: str, tmp_path: Path, scheme: Scheme) -> None:
    with pytest.raises(RasadError) as caught:
        read_contrasts(scheme, write(tmp_path, ar=AR, en=text))
    assert message in str(caught.value)


# "Rebels shelled the army base; the army fled": two spans predicted with slips, as a system does.
TEXT = "Rebels shelled the army base; the army fled"
MARKS = {
    "g": Span("g", 0, 6, "GROUP", "Rebels"),
    "e": Span("e", 7, 14, "ATTACK", "shelled"),
    "b": Span("b", 19, 28, "FACILITY", "army base"),
    "f": Span("f", 34, 38, "FORCE", "army"),
    "w": Span("w", 39, 43, "EVENT", "fled"),
    "x": Span("x", 19, 23, "ENTITY", "army"),
    "y": Span("y", 24, 28, "ENTITY", "base"),
    "r": Span("r", 0, 3, "GROUP", "Reb"),
    "h": Span("h", 0, 6, "FORCE", "Rebels"),
    "s": Span("s", 14, 15, "ANY", " "),  # spans end before it and begin behind it
    "a": Span("a", 34, 38, "ANY", "army"),
}
PREDICTED = Document(
    "d",
    TEXT,
    "en",
    spans=(
        Span("1", 0, 6, "GROUP", "Rebels"),
        Span("2", 7, 14, "ATTACK", "shelled", "positive", "uncertain"),
        Span("3", 15, 28, "FACILITY", "the army base"),  # the article too: a slip
        Span("4", 34, 38, "FORCE", "army"),
        Span("5", 39, 43, "WITHDRAWAL", "fled"),
    ),
    relations=(
        Relation("2", "AGENT", "1"),
        Relation("2", "TARGET", "3"),
        Relation("5", "SAME_AS", "2"),  # not allowed between such types, so no cluster
    ),
)


@pytest.mark.parametrize(
    ("line", "is_so"),
    [
        ("g", True),
        ("b", False),  # exact offsets
        ("x", False),  # an entity is there, at other offsets
        ("r", False),
        ("h", False),  # a group is there
        ("s", False),
        ("no s", True),
        ("no b", False),
        ("no x", False),
        ("no g", False),
        ("no w", False),
        ("w", True),
        ("e AGENT g", True),
        ("e TARGET b", True),  # from a span that answers, at whatever boundary
        ("e AGENT f", False),
        ("no e AGENT f", True),
        ("no e AGENT g", False),
        ("no w AGENT *", True),
        ("no e AGENT *", False),
        ("e modality=uncertain", True),
        ("e modality=asserted", False),
        ("w modality=asserted", True),  # the default, not written
        ("w polarity=negative", False),
        ("a polarity=positive", False),  # what answers is no event
        ("e AGENT h", False),
        ("no x SAME_AS f", True),
        ("no x SAME_AS y", False),  # one span over both is neither
        ("x SAME_AS y", False),
        ("e TARGET x", True),
    ],
)
def test_lines(line: str, is_so: bool, scheme: Scheme) -> None:
    assert holds(read_expectation(line, MARKS, scheme), MARKS, PREDICTED, scheme) is is_so


@pytest.mark.parametrize(
    "line", ["e AGENT g", "e TARGET b", "no e AGENT f", "no w AGENT *", "w polarity=positive", "g"]
)
def test_nothing_holds_of_an_empty_prediction(line: str, scheme: Scheme) -> None:
    nothing = replace(PREDICTED, spans=(), relations=())
    assert not holds(read_expectation(line, MARKS, scheme), MARKS, nothing, scheme)


def test_none_of_a_role_needs_no_other_span(scheme: Scheme) -> None:
    alone = replace(PREDICTED, spans=(PREDICTED.spans[1],), relations=())
    assert holds(read_expectation("no e AGENT *", MARKS, scheme), MARKS, alone, scheme)


def test_direction_and_clusters(scheme: Scheme) -> None:
    turned = replace(PREDICTED, relations=(Relation("1", "AGENT", "2"),))
    assert not holds(read_expectation("e AGENT g", MARKS, scheme), MARKS, turned, scheme)
    text = "The militia fled. The group fired. Hamas fled. Hamas fired."
    spans = tuple(
        Span(name, start, start + len(said), "GROUP", said)
        for name, start, said in [("a", 4, "militia"), ("b", 22, "group"), ("c", 35, "Hamas"), ("d", 47, "Hamas")]
    )
    marks = {span.id: span for span in spans}
    linked = Document("d", text, "en", spans=spans, relations=(Relation("b", "SAME_AS", "a"),))
    for line, is_so in [("b SAME_AS a", True), ("a SAME_AS b", True), ("d SAME_AS c", True), ("c SAME_AS a", False)]:
        assert holds(read_expectation(line, marks, scheme), marks, linked, scheme) is is_so
        assert holds(read_expectation(f"no {line}", marks, scheme), marks, linked, scheme) is not is_so


KNOWN = {"shelled": "ATTACK", "strike": "ATTACK", "قصف": "ATTACK", "قصفت": "ATTACK"}
KNOWN |= {"army": "FORCE", "الجيش": "FORCE", "rebels": "GROUP", "الفصائل": "GROUP"}


def in_order(documents: Sequence[Document]) -> list[Document]:
    """A system that takes the first party for the agent, the second for the target."""
    return [read(document, lambda span: span.start) for document in reversed(documents)]


def by_type(documents: Sequence[Document]) -> list[Document]:
    """A system that takes the army for the agent whatever the text says."""
    return [read(document, lambda span: span.type == "GROUP") for document in documents]


def read(document: Document, rank: Callable[[Span], int]) -> Document:
    assert document.spans == ()  # a system never sees the marks
    found = [(a, b, document.text[a:b]) for a, b in words(document.text)]
    spans = [Span(f"s{a}", a, b, KNOWN[word], word) for a, b, word in found if word in KNOWN]
    parties = sorted((span for span in spans if span.type != "ATTACK"), key=rank)
    event = next(span.id for span in spans if span.type == "ATTACK")
    links = (Relation(event, role, party.id) for role, party in zip(("AGENT", "TARGET"), parties, strict=False))
    return replace(document, spans=tuple(spans), relations=tuple(links))


def test_verdicts(tmp_path: Path, scheme: Scheme) -> None:
    pairs = read_contrasts(scheme, write(tmp_path, ar=AR, en=EN))
    told = judge(in_order, pairs, scheme)
    # Both pairs of roles are right; `strike` is an attack to it everywhere, so one line of four texts' is wrong.
    assert told.by_language == {"ar": Tally(1, 1, 2, 2, 4, 4), "en": Tally(2, 1, 4, 3, 6, 5)}
    assert told.by_phenomenon == {"roles": Tally(2, 2, 4, 4, 8, 8), "sense": Tally(1, 0, 2, 1, 2, 1)}
    assert told.cells["roles", "en"] == Tally(1, 1, 2, 2, 4, 4)
    assert told.total == Tally(3, 2, 6, 5, 10, 9)
    assert told.total.rate == pytest.approx(2 / 3)
    assert told.translated == Translated(both=1)
    assert [verdict.failed for verdict in told.verdicts if not verdict.is_right] == [((), ("no e1",))]


def test_who_ignores_the_point_gets_no_pair(tmp_path: Path, scheme: Scheme) -> None:
    pairs = read_contrasts(scheme, write(tmp_path, ar=AR, en=EN))
    told = judge(by_type, pairs, scheme)
    assert told.by_phenomenon["roles"] == Tally(2, 0, 4, 2, 8, 5)  # ar: second's AGENT; en: second's two roles
    assert told.translated == Translated(neither=1)
    mixed = judge(lambda texts: [(in_order if d.lang == "en" else by_type)([d])[0] for d in texts], pairs, scheme)
    assert mixed.translated == Translated(en=1)
    turned = judge(lambda texts: [(in_order if d.lang == "ar" else by_type)([d])[0] for d in texts], pairs, scheme)
    assert turned.translated == Translated(ar=1)


def test_no_pairs(scheme: Scheme) -> None:
    with pytest.raises(RasadError, match="no pairs"):
        judge(in_order, (), scheme)


def test_report(tmp_path: Path, scheme: Scheme) -> None:
    told = judge(in_order, read_contrasts(scheme, write(tmp_path, ar=AR, en=EN)), scheme)
    data = json.loads(json.dumps(verdicts_to_dict(told)))
    assert data["phenomena"]["sense"] == {
        "en": {"pairs": 1, "right": 0, "rate": 0.0, "texts": 2, "right_texts": 1, "lines": 2, "right_lines": 1}
    }
    assert data["wrong"] == {"en/sense-01": [[], ["no e1"]]}
    console = Console(file=io.StringIO(), width=100)
    render_verdicts(told, console)
    rows = [line.split() for line in console.file.getvalue().splitlines()]
    assert ["│", "roles", "│", "1", "of", "1", "│", "1", "of", "1", "│", "2", "of", "2", "│"] in rows
    assert ["│", "sense", "│", "–", "│", "0", "of", "1", "│", "0", "of", "1", "│"] in rows


def test_phenomena_have_names() -> None:
    assert all(set(names) == {"ar", "en"} and all(names.values()) for names in phenomena().values())


@pytest.mark.parametrize("contrast", read_contrasts(default_scheme()), ids=lambda c: f"{c.lang}/{c.id}")
def test_every_shipped_pair_can_be_got_right(contrast: Contrast, scheme: Scheme) -> None:
    for member in contrast.members:
        answers = list(right_answers(member, scheme))
        assert any(all(holds(e, member.marks, answer, scheme) for e in member.expect) for answer in answers)


def right_answers(member: Member, scheme: Scheme) -> Iterator[Document]:
    """Yield what the lines of a text say, with each type that a mark may stand for."""
    unwanted = {e.head for e in member.expect if e.negated and e.name is None}
    marks = [mark for name, mark in member.marks.items() if name not in unwanted]
    lines = [e for e in member.expect if e.name is not None and not e.negated]
    for kinds in itertools.product(*(types_of(mark.type, scheme) for mark in marks)):
        spans = {m.id: replace(m, type=kind) for m, kind in zip(marks, kinds, strict=True)}
        for line in lines:
            if line.name in scheme.attributes:
                spans[line.head] = replace(spans[line.head], **{str(line.name): line.value})
        links = tuple(Relation(e.head, str(e.name), str(e.value)) for e in lines if e.name in scheme.relation)
        yield replace(member.document, spans=tuple(spans.values()), relations=links)
