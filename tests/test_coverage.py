"""What articles have in common, the plan, and a corpus held against it."""

from dataclasses import replace
from pathlib import Path

import pytest

from rasad.__main__ import main
from rasad.annotations.coverage import Plan, cover, default_plan
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.overlap import openings, overlaps, shingles
from rasad.annotations.scheme import Scheme

TEN = "one two three four five six seven eight nine ten"
HIT = Document(
    "a",
    "Hit reported\nGunmen hit the depot today.",
    "en",
    spans=(
        Span("e0", 0, 3, "ATTACK", "Hit", "positive", "uncertain"),
        Span("p1", 13, 19, "PERSON", "Gunmen"),
        Span("e1", 20, 23, "ATTACK", "hit", "negative", "uncertain"),
    ),
    relations=(Relation("e1", "AGENT", "p1"),),
    meta={"voice": "wire", "theatre": "iraq", "hard": "foiled, threatened", "split": "train"},
)
QUIET = Document("b", "Rain fell.", "ar", meta={"voice": "wire", "theatre": "iraq", "hard": "no-events"})
PLAN = Plan(
    {
        "documents": {"military": {"en": 1}, "no-events": {"ar": 2}, "pair": {"en": 1}},
        "event": {"each": {"en": 2}},
        "relation": {"each": {"en": 1}},
        "modality": {"uncertain": {"all": 2}},
        "voice": {"wire": {"ar": 1, "en": 1}, "ticker": {"ar": 1}},
        "theatre": {"iraq": {"all": 3}},
        "features": {"hijri": {"ar": 1}},
        "hard": {"foiled": {"all": 1}, "threatened": {"all": 1}, "no-events": {"all": 1}},
    },
    words=(2, 8),
    opening=0.5,
    overlap=0.15,
)
ARTICLE = """---
id: en-1
lang: en
voice: wire
theatre: {theatre}
---
[Gunmen](PERSON:p1) {fled}.

```relations
```
"""


def found(*documents: Document, plan: Plan = PLAN, scheme: Scheme) -> list[str]:
    return [str(p) for p in cover(documents, {d.id: Path(f"{d.id}.md") for d in documents}, plan, scheme).problems]


def test_shingles_are_runs_of_five_folded_words() -> None:
    assert shingles("A, b (C) d e f.") == {"a b c d e", "b c d e f"}
    assert shingles("أحمد إلى مدرسة هُنا ـ الآن") == shingles("احمد الي مدرسه هنا الان")
    assert shingles("a b c d") == frozenset()


def test_overlap_is_of_the_shorter_and_above_the_limit() -> None:
    # Ten words are six runs; those of the last, of nine words, are five, of which one is in the first.
    texts = {"a": TEN, "b": f"{TEN} {TEN.upper()} and more", "c": "x y z w one two three four five", "d": "x"}
    documents = [Document(name, text) for name, text in texts.items()]
    assert [(o.first, o.second, o.share) for o in overlaps(documents, 0.1)] == [
        ("a", "b", 1.0),
        ("a", "c", 0.2),
        ("b", "c", 0.2),
    ]
    assert [(o.first, o.second) for o in overlaps(documents, 0.2)] == [("a", "b")]


def test_openings_by_words_and_by_construction() -> None:
    others = [replace(HIT, id="b", text=HIT.text.replace("today", "again"))]
    others += [Document(name, f"{name} {name} {name}\n{name}") for name in "cde"]
    shared = openings([HIT, *others], 0.3)
    assert [(o.what, o.pattern, o.documents) for o in shared] == [
        ("headline construction", "ATTACK reported", ("a", "b")),
        ("headline words", "hit reported", ("a", "b")),
        ("lead construction", "PERSON ATTACK the", ("a", "b")),
        ("lead words", "gunmen hit the", ("a", "b")),
    ]
    assert openings([HIT, *others], 0.4) == []


def test_a_span_is_one_piece_of_an_opening() -> None:
    named = [
        Document(n, f"{n} Red Front said it", "en", spans=(Span("g1", 0, 11, "GROUP", f"{n} Red Front"),)) for n in "ab"
    ]
    assert [(o.what, o.pattern) for o in openings(named, 0.5)] == [("headline construction", "GROUP said it")]


def test_an_opening_of_one_is_not_shared() -> None:
    assert openings([HIT], 0.05) == []


def test_cells(scheme: Scheme) -> None:
    covered = cover([HIT, QUIET], {"a": Path("a.md"), "b": Path("b.md")}, PLAN, scheme)
    cells = {(c.kind, c.label, c.lang): (c.planned, c.there, c.missing) for c in covered.cells}
    assert len(cells) == 3 + len(scheme.events) + len(scheme.relation) + 1 + 3 + 1 + 1 + 3
    assert cells["documents", "military", "en"] == (1, 1, 0)
    assert cells["documents", "no-events", "ar"] == (2, 1, 1)
    assert cells["documents", "pair", "en"] == (1, 0, 1)
    assert cells["event", "ATTACK", "en"] == (2, 2, 0)
    assert cells["event", "CLAIM", "en"] == (2, 0, 2)
    assert cells["relation", "AGENT", "en"] == (1, 1, 0)
    assert cells["modality", "uncertain", "all"] == (2, 2, 0)
    assert cells["theatre", "iraq", "all"] == (3, 2, 1)
    assert cells["hard", "threatened", "all"] == (1, 1, 0)
    assert covered.problems == ()


@pytest.mark.parametrize(
    ("meta", "what"),
    [
        ({"voice": "wires"}, "a.md: unknown tag wires in voice (did you mean wire?)"),
        ({"voice": "ticker"}, "a.md: unknown tag ticker in voice (allowed: wire)"),
        ({"features": "hijri"}, "a.md: unknown tag hijri in features (allowed: )"),
        ({"hard": "foiled, treatened"}, "a.md: unknown tag treatened in hard (did you mean threatened?)"),
        ({"theatre": ""}, "a.md: a has no theatre (allowed: iraq)"),
        ({"feature": "x"}, "a.md: unknown key feature (did you mean features?)"),
        ({"hard": "no-events"}, "a.md: a has 2 triggers; the tag no-events in `hard` is for articles without any"),
    ],
)
def test_tags(meta: dict[str, str], what: str, scheme: Scheme) -> None:
    assert found(replace(HIT, meta={**HIT.meta, **meta}), scheme=scheme) == [what]


def test_length(scheme: Scheme) -> None:
    plan = replace(PLAN, words=(8, 9))
    assert found(HIT, plan=plan, scheme=scheme) == ["a.md: a has 7 words; an article has 8 to 9"]


def test_what_articles_have_in_common(scheme: Scheme) -> None:
    twin = replace(HIT, id="b")
    told = found(HIT, twin, scheme=scheme)
    assert told[0] == "a.md: 100% of the five-word runs of the shorter are in b.md too"
    assert told[1] == "a.md: 2 of 2 en articles open alike, headline construction 'ATTACK reported': a, b"
    assert len(told) == 5


def test_the_plan_names_what_the_scheme_has(scheme: Scheme) -> None:
    numbers = default_plan().numbers
    assert set(numbers["polarity"]) <= set(scheme.attributes["polarity"])
    assert set(numbers["modality"]) <= set(scheme.attributes["modality"])
    assert {key for rows in numbers.values() for least in rows.values() for key in least} == {"ar", "en", "all"}
    # What is asked of single tags fits into the articles asked for.
    for lang in ("ar", "en"):
        articles = sum(least[lang] for least in numbers["documents"].values())
        assert all(sum(row.get(lang, 0) for row in numbers[key].values()) <= articles for key in ("voice", "theatre"))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ARTICLE.format(theatre="iraqq", fled="fled")
    (tmp_path / "en-1.md").write_text(text)
    assert main(["corpus", "stats", str(tmp_path), "--coverage"]) == 1
    out, err = capsys.readouterr()
    rows = [line.replace("│", " ").split() for line in out.splitlines()]
    assert ["wire", "ar", "40", "0", "40"] in [row[-5:] for row in rows]
    assert f"{tmp_path / 'en-1.md'}: unknown tag iraqq in theatre (did you mean iraq?)" in out
    assert "numbers not reached, 3 mistakes" in err


def test_a_corpus_that_meets_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ARTICLE.format(theatre="iraq", fled="[fled](WITHDRAWAL:e1)")
    (tmp_path / "en-1.md").write_text(text)
    numbers = {"documents": {"military": {"en": 1}}, "voice": {"wire": {"en": 1}}, "theatre": {"iraq": {"en": 1}}}
    met = Plan({**numbers, "features": {}, "hard": {}}, (1, 9), 0.05, 0.15)
    monkeypatch.setattr("rasad.annotations.coverage.default_plan", lambda: met)
    assert main(["corpus", "stats", str(tmp_path), "--coverage"]) == 0
    assert capsys.readouterr().err == "rasad: 0 of 3 numbers not reached, 0 mistakes\n"
