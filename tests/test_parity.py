"""Parity: the incidents and roles of paired articles, by hand."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import Scheme
from rasad.eval.counts import Counts
from rasad.eval.stress.parity import Parallel, Parity, Shared, parity, parity_to_dict, render_parity


def written(name: str, other: str, body: str, links: str) -> Document:
    front = f"---\nid: {name}\nlang: {name[:2]}\ndate: 2024-04-22\npair: {other}\n---\n"
    return parse_markdown(f"{front}{body}\n\n```relations\n{links}\n```\n", name)


# Arabic: ATTACK (AGENT, TARGET, and KILLED from the casualties it caused), DETENTION (TARGET).
ARABIC = written(
    "ar-1",
    "en-1",
    "[قصف](ATTACK:e1) [الجيش](FORCE:f1) [المدينة](GPE:p1) [فقتل](CASUALTIES:e2) [مدنيين](PERSON:k1).\n"
    "[اعتُقل](DETENTION:e3) [ثلاثة](PERSON:k2).",
    "e1 AGENT f1\ne1 TARGET p1\ne1 CAUSES e2\ne2 KILLED k1\ne3 TARGET k2",
)
# English: the same, but who was killed is not told; a second ATTACK (AGENT); the detention has an AGENT too.
ENGLISH = written(
    "en-1",
    "ar-1",
    "The [army](FORCE:f1) [shelled](ATTACK:e1) the [city](GPE:p1).\n"
    "[Police](FORCE:f2) [arrested](DETENTION:e3) [three](PERSON:k2).\nThe [rebels](GROUP:g1) [fired](ATTACK:e4).",
    "e1 AGENT f1\ne1 TARGET p1\ne3 TARGET k2\ne3 AGENT f2\ne4 AGENT g1",
)


def without(document: Document, *ids: str) -> Document:
    return replace(
        document,
        spans=tuple(s for s in document.spans if s.id not in ids),
        relations=tuple(r for r in document.relations if not {r.head, r.tail} & set(ids)),
    )


def test_worked_by_hand(scheme: Scheme) -> None:
    # Gold, types: ar {ATTACK, DETENTION}, en {ATTACK ×2, DETENTION}; in both {ATTACK, DETENTION}.
    # Gold, roles: ar {ATTACK AGENT, TARGET, KILLED; DETENTION TARGET}, en {ATTACK AGENT ×2, TARGET; DETENTION TARGET,
    # AGENT}; in both {ATTACK AGENT, ATTACK TARGET, DETENTION TARGET}.
    # Predicted: Arabic misses the detention; English misses the target of the shelling.
    predicted = [without(ARABIC, "e3", "k2"), without(ENGLISH, "p1")]
    found = parity([ARABIC, ENGLISH], predicted, scheme)
    # ATTACK is found in both, DETENTION in English only.
    # ATTACK AGENT in both; ATTACK TARGET in Arabic only; DETENTION TARGET in English only.
    # Between the predictions, types: {ATTACK} against {ATTACK ×2, DETENTION}; roles: {ATTACK AGENT, TARGET, KILLED}
    # against {ATTACK AGENT ×2; DETENTION TARGET, AGENT}.
    assert found == Parity(
        1,
        0,
        Parallel(Shared(both=1, en=1), Counts(1, 2, 0), Counts(2, 1, 0)),
        Parallel(Shared(both=1, ar=1, en=1), Counts(1, 3, 2), Counts(3, 2, 1)),
    )
    assert found.types.shared.share == pytest.approx(1 / 2)
    assert found.roles.agreed.f1 == pytest.approx(2 / 7)


def test_a_unit_is_had_as_often_as_it_is_there(scheme: Scheme) -> None:
    # Gold has two ATTACKs in both languages; Arabic finds both, English one of them and nothing else.
    twice = written("ar-1", "en-1", "[قصف](ATTACK:e1) ثم [قصف](ATTACK:e2)", "")
    english = written("en-1", "ar-1", "[Shelled](ATTACK:e1), then [shelled](ATTACK:e2)", "")
    found = parity([twice, english], [twice, without(english, "e2")], scheme)
    assert found.types.shared == Shared(both=1, ar=1)
    single, once = without(twice, "e2"), without(english, "e2")
    assert parity([single, once], [twice, once], scheme).types.shared == Shared(both=1)
    assert parity([single, once], [twice, without(english, "e1", "e2")], scheme).types.shared == Shared(ar=1)
    assert parity([single, once], [without(twice, "e1", "e2"), english], scheme).types.shared == Shared(en=1)
    neither = parity([twice, english], [without(twice, "e1", "e2"), without(english, "e1", "e2")], scheme)
    assert neither.types.shared == Shared(neither=2)
    assert neither.types.agreed.f1 == 0.0


def test_right_in_everything(scheme: Scheme) -> None:
    found = parity([ENGLISH, ARABIC], [ARABIC, ENGLISH], scheme)
    assert (found.types.shared.share, found.roles.shared.share) == (1.0, 1.0)
    assert found.types.agreed == found.types.gold
    assert parity_to_dict(found)["roles"] == {
        "both": 3,
        "ar": 0,
        "en": 0,
        "neither": 0,
        "share": 1.0,
        "agreed": pytest.approx(6 / 9),
        "gold": pytest.approx(6 / 9),
    }


def test_names_are_whole_on_a_terminal_of_eighty_columns(scheme: Scheme) -> None:
    out = io.StringIO()
    render_parity(parity([ARABIC, ENGLISH], [ARABIC, ENGLISH], scheme), Console(file=out, width=80))
    assert "incident types" in out.getvalue() and "…" not in out.getvalue()


def test_pairs_add(scheme: Scheme) -> None:
    second = [
        replace(ARABIC, id="ar-2", meta={"pair": "en-2"}),
        replace(ENGLISH, id="en-2", meta={"pair": "ar-2"}),
        Document("ar-3", "لا أحد", "ar"),
    ]
    one = parity([ARABIC, ENGLISH], [ARABIC, without(ENGLISH, "p1")], scheme)
    gold = [*second, ARABIC, ENGLISH]
    both = parity(gold, [ARABIC, without(ENGLISH, "p1"), second[0], without(second[1], "p1"), second[2]], scheme)
    assert (both.pairs, both.alone) == (2, 1)
    assert both.types == one.types + one.types
    assert both.roles == one.roles + one.roles


def test_the_other_article_may_be_elsewhere(scheme: Scheme) -> None:
    assert parity([ARABIC], [ARABIC], scheme) == Parity(0, 1, Parallel(), Parallel())


@pytest.mark.parametrize(
    ("english", "message"),
    [
        (replace(ENGLISH, meta={"pair": "ar-9"}), "ar-1 names en-1 as its pair, which does not name it"),
        (replace(ENGLISH, lang="ar"), "not one of Arabic and one of English"),
    ],
)
def test_pairs_that_are_none(english: Document, message: str, scheme: Scheme) -> None:
    with pytest.raises(RasadError, match=message):
        parity([ARABIC, english], [ARABIC, english], scheme)
