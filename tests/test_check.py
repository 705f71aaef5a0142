import json

import pytest

from rasad.annotations.check import Problem, check_file, check_files
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.jsonl import to_json, write_jsonl
from rasad.annotations.scheme import default_scheme

SCHEME = default_scheme()
GOOD = """\
---
id: d
lang: ar
date: 2024-04-22
---
[نفت](DENIAL:e1) [كتائب النور](GROUP:g1) [قصف](ATTACK:e2) "[قاعدة](FACILITY:f1)" في [زمار](GPE:p1) [الأحد](TIME:t1).
وقال [مصدر](PERSON:h1) إن [الهجوم](ATTACK:e3) [بصاروخ](WEAPON:w1) على [القاعدة](FACILITY:f2)، [وانفجار](EXPLOSION:e4).

```relations
e1 AGENT g1
e1 ABOUT e2
e2 TARGET f1
e2 WHEN t1
f1 LOCATED_IN p1
e3 INSTRUMENT w1
e3 TARGET f2
e3 SOURCE h1
e3 SAME_AS e2
e4 SAME_AS e3
f2 SAME_AS f1
```
"""


@pytest.fixture
def check(tmp_path):
    def run(text, name="d.md"):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in check_file(tmp_path / name, SCHEME)]

    return run


def english(body, *relations):
    block = "".join(f"{line}\n" for line in relations)
    return f"---\nid: d\nlang: en\n---\n{body}\n\n```relations\n{block}```\n"


def test_good_annotation_has_no_problem(check):
    assert check(GOOD) == []


def test_a_problem_says_where_and_what():
    assert str(Problem("a.md", 3, "wrong")) == "a.md:3: wrong"
    assert str(Problem("a.md", None, "odd", "nearest", warning=True)) == "a.md: warning: odd"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("[U](FORCE:f1)nits fled", "FORCE f1 'U' ends inside the word 'Units'; a span takes whole words"),
        (
            "anti-[tank](WEAPON:w1) fire",
            "WEAPON w1 'tank' begins inside the word 'anti-tank'; a span takes whole words",
        ),
        (
            "[قُتل](CASUALTIES:e1)\u064e هناك in an English text of letters",
            "CASUALTIES e1 'قُتل' ends inside the word 'قُتل\u064e'",
        ),
        ('near ["Depot](FACILITY:f1) 5"', "FACILITY f1 '\"Depot' begins with '\"'; what stands around the words"),
        (
            "the [depot,](FACILITY:f1) too",
            "FACILITY f1 'depot,' ends with ','; what stands around the words stays outside",
        ),
        ("the[\u200f depot](FACILITY:f1)", "FACILITY f1 '\\u200f depot' begins with '\\u200f '"),
        ("a [🚀](WEAPON:w1) flew", "WEAPON w1 '🚀' holds no word"),
        (
            "an [air raid](ATTACK:e1)",
            "ATTACK e1 'air raid' has 2 words; a trigger is the one word that says it most clearly",
        ),
        ("[the depot](FACILITY:f1)", "warning: FACILITY f1 'the depot' begins with a determiner, which stays outside"),
        ("it is calm [now](TIME:t1)", "warning: TIME t1 'now' is vague; TIME can be placed on a calendar or a clock"),
    ],
)
def test_rules_of_spans(check, body, what):
    (problem,) = check(english(f"A headline\n{body}"))
    assert problem.startswith(f"d.md:6: {what}")


BODY = """\
[raid](ATTACK:e1): [Hawks](GROUP:g1) on [depot](FACILITY:f1) in [Tal](GPE:p1), [three](PERSON:h1) [dead](CASUALTIES:e2)
The [group](GROUP:g2) denied the [attack](ATTACK:e3), a [blast](EXPLOSION:e4) [Monday](TIME:t1) and [Tuesday](TIME:t2).
The [Hawks](GROUP:g3) vowed a [strike](ATTACK:e5) on [Tal](GPE:p2)."""
RELATIONS = [
    ("e1 AGENT f1", "a tail of AGENT is PERSON, FORCE, GROUP, ORGANIZATION, GPE, not FACILITY 'depot'"),
    ("g1 AGENT h1", "a head of AGENT is an event, not GROUP 'Hawks'"),
    (
        "t1 LOCATED_IN e3",
        "a head of LOCATED_IN is PERSON, FORCE, GROUP, ORGANIZATION, GPE, LOCATION, FACILITY, WEAPON, VEHICLE,",
    ),
    (
        "e1 ABOUT e2",
        "a head of ABOUT is SEARCH_OPERATION, CEASEFIRE, CLAIM, DENIAL, ACCUSATION, THREAT, not ATTACK 'raid'",
    ),
    ("e2 SAME_AS e1", "CASUALTIES is SAME_AS CASUALTIES, not ATTACK"),
    ("e4 SAME_AS g1", "EXPLOSION is SAME_AS ATTACK or CLASH or EXPLOSION, not GROUP"),
    ("t2 SAME_AS t1", "TIME is SAME_AS nothing, not TIME"),
    ("e1 AGENT g2", "e1 AGENT g2 joins paragraph 1 to 2; AGENT stands in one paragraph"),
    ("e1 RESPONSE_TO e1", "e1 RESPONSE_TO e1 joins a span to itself; head and tail are two spans"),
    ("e1 SAME_AS e3", "e1 SAME_AS e3 points to a later mention; write e3 SAME_AS e1"),
    ("g3 SAME_AS g1", "warning: g3 SAME_AS g1 joins a name in the same words, 'Hawks'; that is one entity without it"),
]


@pytest.mark.parametrize(("relation", "what"), RELATIONS)
def test_rules_of_relations(check, relation, what):
    (problem,) = check(english(BODY, relation))
    assert problem.startswith("d.md:10: ")
    assert what in problem


@pytest.mark.parametrize(
    ("relations", "line", "what"),
    [
        (("e1 AGENT g1", "e2 KILLED h1", "e1 AGENT g1"), 12, "e1 AGENT g1 is written twice (first in line 10)"),
        (("e1 AGENT g1", "e1 SOURCE g1"), 11, "e1 SOURCE g1 repeats the AGENT"),
        (("e3 AGENT g2", "g2 SAME_AS g1", "e3 SOURCE g1"), 12, "e3 SOURCE g1 repeats the AGENT"),
        (
            ("e3 SAME_AS e1", "e4 SAME_AS e3", "e5 SAME_AS e1"),
            12,
            "e5 SAME_AS e1 passes over EXPLOSION e4 'blast'; SAME_AS goes to the nearest earlier mention",
        ),
        (
            ("e3 SAME_AS e1", "e1 CAUSES e4", "e4 SAME_AS e3"),
            11,
            "warning: e1 CAUSES e4 joins two mentions of one thing",
        ),
        (("e1 TARGET p1", "e1 PLACE p1"), 11, "warning: e1 PLACE p1 stands beside TARGET of the same two"),
    ],
)
def test_rules_between_relations(check, relations, line, what):
    (problem,) = check(english(BODY, *relations))
    assert problem.startswith(f"d.md:{line}: {what}")


def test_killed_and_wounded_of_one_toll_are_no_problem(check):
    assert check(english(BODY, "e2 KILLED h1", "e2 INJURED h1")) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (GOOD.replace("lang: ar", "lang: en"), "d.md:1: lang is en, and 71 of 71 letters are of ar"),
        (english("..."), "d.md:1: the text has no word"),
        (english("A raid", "```", "```relations"), "d.md:1: warning: the text has a line '```relations'"),
        (GOOD.replace("id: d", "id: e"), "d.md:1: warning: document id e is not the file's name, d"),
        ("nothing", "d.md:1: no front matter"),
    ],
)
def test_rules_of_documents(check, text, what):
    (problem,) = check(text)
    assert problem.startswith(what)


def test_a_mixed_text_may_have_any_script(check):
    assert check(GOOD.replace("lang: ar", "lang: mixed")) == []


def test_mistakes_of_form_and_of_rules_are_found_together(check):
    body = "[raid](ATACK:e1) by [the men](PERSON:h1)] and [air raid](ATTACK:e2)"
    found = check(english(body, "e1 AGENT h1", "e2 AGNT h1", "e2 WHEN h1"))
    assert [problem.split(":")[1] for problem in found] == ["5", "5", "5", "5", "9", "10"]


def test_jsonl_is_checked_by_line(check):
    text = "air raids on depots"
    spans = (
        Span("e1", 0, 9, "ATTACK", "air raids", "positive", "asserted"),
        Span("w1", 4, 9, "WEAPON", "raids"),
        Span("f1", 13, 19, "FACILITY", "depots"),
    )
    document = Document("d2", text, "en", spans=spans, relations=(Relation("e1", "AGENT", "f1"),))
    rows = [to_json(Document("d1", "depots", "en")), to_json(document), {"id": "d3"}]
    found = check("\n".join(json.dumps(row) for row in rows), "x.jsonl")
    assert found == [
        "x.jsonl:2: WEAPON w1 'raids' overlaps ATTACK e1 'air raids'; a word has at most one label",
        "x.jsonl:2: ATTACK e1 'air raids' has 2 words; a trigger is the one word that says it most clearly",
        "x.jsonl:2: e1 AGENT f1: a tail of AGENT is PERSON, FORCE, GROUP, ORGANIZATION, GPE, not FACILITY 'depots'",
        "x.jsonl:3: a document has no text",
    ]


def test_a_span_over_a_line_end_is_found(check):
    assert check(english("[Depot\n5](FACILITY:f1)")) == [
        "d.md:5: FACILITY f1 'Depot\\n5' runs over the end of a line; a span lies in one paragraph"
    ]


def test_folders_are_checked_whole(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "d.md").write_text(english("A raid"), encoding="utf-8")
    (tmp_path / "bad.md").write_bytes(b"---\nid: b\xe9\n")
    write_jsonl([Document(name, "A raid", "en") for name in ("c", "d", "c")], tmp_path / "z.jsonl")
    found = [str(problem).replace(f"{tmp_path}/", "") for problem in check_files([tmp_path], SCHEME)]
    assert found == [
        "bad.md:2: not UTF-8 (byte 0xe9); save the file as UTF-8",
        "z.jsonl:2: document id d is used in en/d.md:1 too; ids are unique",
        "z.jsonl:3: document id c is used in z.jsonl:1 too; ids are unique",
    ]


def test_a_missing_file_is_no_problem_of_a_file(tmp_path):
    with pytest.raises(RasadError, match="cannot be read"):
        check_file(tmp_path / "x.md", SCHEME)
