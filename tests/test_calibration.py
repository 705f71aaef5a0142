"""Calibration: worked by hand, against all orders of ties by brute force, and by the laws that it keeps."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import Scheme
from rasad.eval.calibration import Bin, Judged, Kept, calibration

FOUR = Judged(((0.75, False), (1.0, True), (0.25, False), (0.75, True)))
PAIRS = st.lists(st.tuples(st.sampled_from([i / 20 for i in range(21)]) | st.floats(0, 1), st.booleans()), max_size=30)


def test_four_claims_by_hand() -> None:
    # Bins, mean score against accuracy: {0.25: wrong} 1/4, 0; {0.75: right and wrong} 3/4, 1/2; {1: right} 1, 1.
    # ECE = 1/4 · 1/4 + 2/4 · 1/4 + 0 = 3/16. Brier = (1/16 + 1/16 + 9/16 + 0) / 4 = 11/64.
    assert FOUR.ece_by_width == FOUR.ece_by_mass == 3 / 16
    assert FOUR.brier == 11 / 64
    assert (FOUR.n, FOUR.right) == (4, 2)
    # Keeping 1: risk 0; keeping 3: 1 of 3 is wrong; keeping all: 2 of 4. Keeping 2, one of the two with 0.75: 1/2 of a
    # wrong one of 2. Area = (0 + 1/4 + 1/3 + 1/2) / 4 = 13/48.
    assert FOUR.curve == (Kept(1.0, 1 / 4, 0.0), Kept(0.75, 3 / 4, 1 / 3), Kept(0.25, 1.0, 1 / 2))
    assert FOUR.area == pytest.approx(13 / 48)


def test_reliability_by_width() -> None:
    rows = FOUR.by_width
    assert [(row.n, row.right) for row in rows] == [(0, 0)] * 2 + [(1, 0)] + [(0, 0)] * 4 + [(2, 1), (0, 0), (1, 1)]
    assert [row.high for row in rows] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert [row.low for row in rows] == [0.0, *(row.high for row in rows[:-1])]
    assert rows[7] == Bin(0.7, 0.8, 2, 1, Fraction(3, 2))
    assert (rows[7].mean_score, rows[7].accuracy, rows[7].gap) == (0.75, 0.5, 0.25)
    assert (rows[0].mean_score, rows[0].accuracy, rows[0].gap) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("score", "home"),
    [(0.0, 0), (0.1, 0), (0.3, 2), (0.7, 6), (math.nextafter(0.7, 1), 7), (0.9, 8), (math.nextafter(0.9, 1), 9)],
)
def test_an_edge_belongs_to_the_bin_below(score: float, home: int) -> None:
    assert [row.n for row in Judged(((score, True),)).by_width] == [int(i == home) for i in range(10)]


def test_equal_mass_sees_what_equal_width_hides() -> None:
    # Scores 1 - i/256 for i = 0 … 19, the higher ten wrong: one bin of width, where 20 - 190/256 is promised and 10 is
    # right; ten bins of two, where the higher promise 10 - 45/256 with 0 right, the lower lack 145/256 of 10.
    twenty = Judged(tuple((1 - i / 256, i >= 10) for i in range(20)))
    assert twenty.ece_by_width == (10 - 190 / 256) / 20
    assert twenty.ece_by_mass == (10 - 45 / 256 + 145 / 256) / 20
    assert [row.n for row in twenty.by_mass] == [2] * 10
    assert (twenty.by_mass[0].low, twenty.by_mass[0].high) == (1 - 19 / 256, 1 - 18 / 256)


def test_ties_stay_together_in_bins_of_mass() -> None:
    # The 12 of 0.5 are places 1 … 12 of 20, their middle is 7 of 20: the fourth tenth. The one before is in the first,
    # those after are in the seventh (13), the eighth (14, 15) and so on.
    pairs = ((0.25, False), *((0.5, i % 3 == 0) for i in range(12)), *((0.6 + i / 64, True) for i in range(7)))
    assert [(row.n, row.right) for row in Judged(pairs).by_mass] == [(1, 0), (12, 4), (1, 1), (2, 2), (2, 2), (2, 2)]


def test_nothing_is_zero() -> None:
    assert Judged().ece_by_width == Judged().ece_by_mass == Judged().brier == Judged().area == 0.0
    assert Judged().curve == Judged().by_mass == ()
    assert sum(row.n for row in Judged().by_width) == 0


def test_the_right_order_keeps_the_risk_low() -> None:
    # Two wrong ones of four last: (0 + 0 + 1/3 + 1/2) / 4; first: (1 + 1 + 2/3 + 1/2) / 4.
    scores = (0.875, 0.75, 0.5, 0.25)
    assert Judged(tuple(zip(scores, (True, True, False, False), strict=True))).area == pytest.approx(5 / 24)
    assert Judged(tuple(zip(scores, (False, False, True, True), strict=True))).area == pytest.approx(19 / 24)


@given(st.lists(st.tuples(st.sampled_from([0.25, 0.5, 1.0]), st.booleans()), min_size=1, max_size=5))
def test_the_area_is_the_mean_over_all_orders_of_ties(pairs: list[tuple[float, bool]]) -> None:
    orders = [
        order for order in itertools.permutations(pairs) if [s for s, _ in order] == sorted((s for s, _ in pairs))[::-1]
    ]
    areas = [fmean(sum(not right for _, right in order[:k]) / k for k in range(1, len(order) + 1)) for order in orders]
    assert Judged(tuple(pairs)).area == pytest.approx(fmean(areas))


@given(PAIRS)
def test_bounds(pairs: list[tuple[float, bool]]) -> None:
    judged = Judged(tuple(pairs))
    for ece, bins in ((judged.ece_by_width, judged.by_width), (judged.ece_by_mass, judged.by_mass)):
        # By Jensen's inequality no mean gap is above the root of the mean square.
        assert 0 <= ece <= math.sqrt(judged.brier) + 1e-12
        # What scores promise too much overall is a gap in some bin.
        assert ece >= abs(sum(row.gap * row.n for row in bins)) / max(1, judged.n) - 1e-12
        assert sum(row.n for row in bins) == judged.n and sum(row.right for row in bins) == judged.right
        assert all(row.low <= row.mean_score <= row.high for row in bins if row.n)
    assert 0 <= judged.area <= 1
    if pairs:
        assert judged.curve[-1].coverage == 1.0
        assert judged.curve[-1].risk == pytest.approx(1 - judged.right / judged.n)


@given(PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_documents_add_in_any_order(one: list[tuple[float, bool]], other: list[tuple[float, bool]], rng) -> None:  # type: ignore[no-untyped-def]
    both = [*one, *other]
    rng.shuffle(both)
    joined, whole = Judged(tuple(other)) + Judged(tuple(one)), Judged(tuple(both))
    assert joined == whole
    assert (joined.by_mass, joined.area, joined.brier) == (whole.by_mass, whole.area, whole.brier)


GOLD = parse_markdown(
    """---
id: ar-1
lang: ar
---
[قصفت](ATTACK:e1) [طائرة](VEHICLE:v1) [مستودعا](FACILITY:f1) في [زرنوق](GPE:g1).
[واعتُقل](DETENTION:e2) [رجلان](PERSON:h1).

```relations
e1 INSTRUMENT v1
e1 TARGET f1
f1 LOCATED_IN g1
e2 TARGET h1
```
""",
    "gold",
)


def scored(document: Document, spans: dict[str, float], relations: dict[tuple[str, str, str], float]) -> Document:
    """Give spans their scores, and put relations with scores in place of those that there are."""
    return replace(
        document,
        spans=tuple(replace(s, score=spans[s.id]) for s in document.spans),
        relations=tuple(Relation(*ends, score) for ends, score in relations.items()),
    )


SPANS = {"e1": 0.875, "v1": 0.75, "f1": 0.5, "g1": 1.0, "e2": 0.625, "h1": 0.25}
RELATIONS = {
    ("e1", "INSTRUMENT", "v1"): 0.875,
    ("g1", "LOCATED_IN", "f1"): 0.75,  # the wrong way round
    ("e1", "PLACE", "f1"): 0.5,  # another role
    ("e2", "SAME_AS", "e1"): 0.125,
}


def test_what_is_right_is_what_strict_scores_hold_right(scheme: Scheme) -> None:
    predicted = scored(GOLD, SPANS, RELATIONS)
    # The plane as a weapon, the men a letter short: both wrong. Of three relations, one is right; SAME_AS is none.
    changed = {
        "v1": {"type": "WEAPON"},
        "h1": {"end": GOLD.by_id["h1"].end - 1, "text": "رجلا"},
    }
    spans = tuple(replace(s, **changed.get(s.id, {})) for s in predicted.spans)  # type: ignore[arg-type]
    found = calibration(GOLD, replace(predicted, spans=spans), scheme)
    assert found.entities.pairs == ((0.25, False), (0.5, True), (0.75, False), (1.0, True))
    assert found.triggers.pairs == ((0.625, True), (0.875, True))
    # INSTRUMENT too has the plane as its tail: of another type, it is another relation.
    assert found.relations.pairs == ((0.5, False), (0.75, False), (0.875, False))
    assert calibration(GOLD, predicted, scheme).relations.pairs == ((0.5, False), (0.75, False), (0.875, True))


def test_documents_add(scheme: Scheme) -> None:
    one = calibration(GOLD, scored(GOLD, SPANS, RELATIONS), scheme)
    # Four entities and as many again; triggers 0.625 and 0.875, both right: Brier (9/64 + 1/64) / 2 = 5/64.
    assert ((one + one).entities.n, (one + one).triggers.n) == (8, 4)
    assert (one + one).triggers.brier == one.triggers.brier == 5 / 64
    assert (one + one).relations.pairs == tuple(sorted(one.relations.pairs * 2))


def test_what_is_said_twice_counts_once_at_its_highest_score(scheme: Scheme) -> None:
    predicted = scored(GOLD, SPANS, RELATIONS)
    again = tuple(replace(s, id=f"{s.id}-again", score=0.0625) for s in predicted.spans)
    linked = (Relation("e1-again", "INSTRUMENT", "v1", 0.9375),)
    once = calibration(GOLD, predicted, scheme)
    for spans, relations in (
        (again + predicted.spans, predicted.relations + linked),
        (predicted.spans + again, linked + predicted.relations),
    ):
        found = calibration(GOLD, replace(predicted, spans=spans, relations=relations), scheme)
        assert (found.entities, found.triggers) == (once.entities, once.triggers)
        assert found.relations.pairs == ((0.5, False), (0.75, False), (0.9375, True))


def test_claims_without_a_score_are_refused(scheme: Scheme) -> None:
    predicted = scored(GOLD, SPANS, RELATIONS)
    bare = replace(predicted, spans=tuple(replace(s, score=None) if s.id == "g1" else s for s in predicted.spans))
    with pytest.raises(RasadError, match=r"ar-1 \(predicted\): GPE on 'زرنوق' has no score; .* from 0 to 1"):
        calibration(GOLD, bare, scheme)
    unscored = replace(predicted, relations=(Relation("e1", "TARGET", "f1"),))
    with pytest.raises(RasadError, match="TARGET on 'قصفت' and 'مستودعا' has no score"):
        calibration(GOLD, unscored, scheme)
    # A link that follows from two names in the same words has none, and needs none.
    same = replace(predicted, relations=(Relation("e2", "SAME_AS", "e1"),))
    assert calibration(GOLD, same, scheme).relations == Judged()


@pytest.mark.parametrize("score", [-0.125, 1.5, math.nan])
def test_scores_outside_their_range_are_refused(score: float, scheme: Scheme) -> None:
    predicted = Document("en-1", "Omar", "en", spans=(Span("h1", 0, 4, "PERSON", "Omar", score=score),))
    with pytest.raises(RasadError, match=r"en-1 .*PERSON on 'Omar' has the score"):
        calibration(replace(predicted, spans=()), predicted, scheme)


def test_misses_have_no_pair(scheme: Scheme) -> None:
    found = calibration(GOLD, replace(GOLD, spans=(), relations=()), scheme)
    assert (found.entities, found.triggers, found.relations) == (Judged(), Judged(), Judged())
