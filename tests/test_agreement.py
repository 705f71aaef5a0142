"""Agreement: kappa worked by hand, scores both ways, every disagreement told once."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from rasad.__main__ import main
from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.markdown import parse_markdown, write_markdown
from rasad.annotations.scheme import Scheme
from rasad.eval.agreement import WordLabels, agree

FIRST = """---
id: en-1
lang: en
---
[Raid](ATTACK:e0) near [Marsa](GPE:p0)
[Gunmen](PERSON:h1) [attacked](ATTACK:e1) an [army](FORCE:f1) [post](FACILITY:b1) near [Marsa](GPE:p1). \
The [army](FORCE:f2) [denied](DENIAL:e2) the [attack](ATTACK:e3).

```relations
e1 AGENT h1
e1 TARGET b1
e1 SAME_AS e0
e2 AGENT f2
e2 ABOUT e3
e3 SAME_AS e1
e3 modality=uncertain
```
"""
# The post has another type and so no role; the attack is asserted, told of once more, and not the raid; ids differ.
SECOND = """---
id: en-1
lang: en
---
[Raid](ATTACK:x0) near [Marsa](GPE:x1)
[Gunmen](PERSON:x2) [attacked](ATTACK:x3) an [army](FORCE:x4) [post](LOCATION:x5) near [Marsa](GPE:x6). \
The [army](FORCE:x7) [denied](DENIAL:x8) the [attack](ATTACK:x9).

```relations
x3 AGENT x2
x3 PLACE x6
x8 AGENT x7
x8 ABOUT x9
x9 SAME_AS x3
```
"""


@pytest.fixture
def first() -> Document:
    return parse_markdown(FIRST, "first")


@pytest.fixture
def second() -> Document:
    return parse_markdown(SECOND, "second")


def test_kappa_by_hand() -> None:
    # Cohen's own arithmetic: p_o = 70/100, p_e = (50·60 + 50·40)/100² = 0.5, kappa = 0.2/0.5.
    labels = WordLabels({("O", "O"): 40, ("O", "B-GPE"): 10, ("B-GPE", "O"): 20, ("B-GPE", "B-GPE"): 30})
    assert labels.kappa == pytest.approx(0.4)
    assert labels.total == 100


def test_kappa_at_its_ends() -> None:
    assert WordLabels({("O", "O"): 3, ("B-GPE", "B-GPE"): 1}).kappa == 1.0
    assert WordLabels({("O", "B-GPE"): 1, ("B-GPE", "O"): 1}).kappa == -1.0
    assert WordLabels({("O", "O"): 3}).kappa == 0.0
    assert WordLabels({}).kappa == 0.0


def test_word_labels(first: Document, second: Document) -> None:
    labels = WordLabels.of(first, second)
    same = {"O": 5, "B-ATTACK": 3, "B-GPE": 2, "B-PERSON": 1, "B-FORCE": 2, "B-DENIAL": 1}
    assert labels.pairs == {**{(name, name): n for name, n in same.items()}, ("B-FACILITY", "B-LOCATION"): 1}
    assert (labels + labels).pairs == Counter(labels.pairs) + Counter(labels.pairs)
    assert (labels + labels).kappa == labels.kappa


def test_scores(first: Document, second: Document, scheme: Scheme) -> None:
    total = agree([first], [second], scheme).report.total
    assert (total.entities.micro.tp, total.entities.micro.fp, total.entities.micro.fn) == (5, 1, 1)
    assert total.triggers.micro.f1 == 1.0
    assert (total.relations.micro.tp, total.relations.micro.fp, total.relations.micro.fn) == (3, 1, 1)
    assert total.attributes["modality"].right == 3 and total.attributes["modality"].total == 4
    assert total.same_as["events"].f1 < 1.0


def test_f1_and_kappa_do_not_depend_on_the_side(first: Document, second: Document, scheme: Scheme) -> None:
    there, back = agree([first], [second], scheme), agree([second], [first], scheme)
    assert there.labels.kappa == pytest.approx(back.labels.kappa)
    for family in ("entities", "triggers", "relations"):
        assert getattr(there.report.total, family).micro.f1 == getattr(back.report.total, family).micro.f1
    assert there.report.total.same_as["all"].f1 == pytest.approx(back.report.total.same_as["all"].f1)


def test_every_disagreement_once_in_the_order_of_the_text(first: Document, second: Document, scheme: Scheme) -> None:
    found = agree([first], [second], scheme).disagreements
    assert [str(one) for one in found] == [
        "paragraph 2: only A has SAME_AS 'Raid': Gunmen [attacked] an army post near Marsa. The army denie…",
        "paragraph 2: only B has PLACE 'Marsa': Gunmen [attacked] an army post near Marsa. The army denie…",
        "paragraph 2: A has FACILITY, B LOCATION: Gunmen attacked an army [post] near Marsa. The army denied the "
        "attack.",
        "paragraph 2: A has ATTACK uncertain, B asserted: …my post near Marsa. The army denied the [attack].",
    ]


def test_missing_spans(first: Document, scheme: Scheme) -> None:
    bare = replace(first, spans=first.spans[:1], relations=())
    assert {one.what for one in agree([first], [bare], scheme).disagreements} == {
        f"only A has {kind}" for kind in ("GPE", "PERSON", "ATTACK", "FORCE", "FACILITY", "DENIAL")
    }
    assert all(one.what.startswith("only B") for one in agree([bare], [first], scheme).disagreements)


def test_one_chain_linked_in_two_ways_is_no_disagreement(first: Document, scheme: Scheme) -> None:
    other = parse_markdown(FIRST.replace("e3 SAME_AS e1", "e3 SAME_AS e0"), "other")
    assert agree([first], [other], scheme).disagreements == ()


def test_languages_apart(first: Document, second: Document, scheme: Scheme) -> None:
    arabic = Document("ar-1", "مطر غزير", "ar")
    agreement = agree([first, arabic], [arabic, second], scheme)
    assert {lang: labels.total for lang, labels in agreement.by_language.items()} == {"ar": 2, "en": 15}
    assert agreement.labels.total == 17


@pytest.mark.parametrize(
    ("change", "what"), [({"id": "en-2"}, "en-1"), ({"text": FIRST, "spans": (), "relations": ()}, "another text")]
)
def test_what_is_not_the_same_text_is_refused(
    change: dict[str, object], what: str, first: Document, second: Document, scheme: Scheme
) -> None:
    with pytest.raises(RasadError, match=what):
        agree([first], [replace(second, **change)], scheme)  # type: ignore[arg-type]


def test_the_command(first: Document, second: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, document in (("a", first), ("b", second)):
        (tmp_path / name).mkdir()
        write_markdown(document, tmp_path / name / "en-1.md")
    assert main(["corpus", "agree", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    out = capsys.readouterr().out
    assert out.count(f"{tmp_path / 'a' / 'en-1.md'}: paragraph 2: ") == 4
    assert "Cohen's kappa on word labels, en: 0.917 of 15 words" in out  # 14/15 alike, 44/225 by chance
    assert "SAME_AS (B³)" in out
