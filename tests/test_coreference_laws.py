"""Coreference by its laws: each metric against its paper's definition, and what holds of all of them."""

import itertools
import random
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.eval.coreference import Coreference, b_cubed, ceaf_e, lea, muc
from rasad.eval.counts import Sums

F = Fraction


def clusters_of(labels, offset=0):
    found = {}
    for place, label in enumerate(labels):
        if label is not None:
            found.setdefault(label, set()).add((offset + place, offset + place + 1, "PERSON"))
    return [frozenset(found[label]) for label in sorted(found)]


LABELS = st.none() | st.integers(0, 4)
# Of each mention the gold cluster and the predicted one, None where a side lacks it.
TWO = st.lists(st.tuples(LABELS, LABELS), max_size=12).map(
    lambda rows: [[row[side] for row in rows] for side in (0, 1)]
)
SIDES = TWO.map(lambda two: [clusters_of(labels) for labels in two])
METRICS = (muc, b_cubed, ceaf_e, lea)
PROPERTY = settings(max_examples=100, derandomize=True, deadline=None)


@PROPERTY
@given(SIDES)
def test_each_metric_is_what_its_paper_says(sides):
    gold, predicted = sides
    assert Coreference.of(gold, predicted) == Coreference(
        Sums(*by_parts(predicted, gold), *by_parts(gold, predicted)),
        Sums(*by_mentions(predicted, gold), *by_mentions(gold, predicted)),
        Sums(*by_every_assignment(predicted, gold), *by_every_assignment(gold, predicted)),
        Sums(*by_links(predicted, gold), *by_links(gold, predicted)),
    )


def by_parts(key, response):
    """MUC: what |K| - |p(K)| and |K| - 1 add up to, each mention that the response lacks a part of its own."""
    home = {mention: cluster for cluster in response for mention in cluster}
    parts = sum(len({home.get(mention, mention) for mention in cluster}) for cluster in key)
    return sum(map(len, key)) - parts, sum(len(cluster) - 1 for cluster in key)


def by_mentions(key, response):
    """B³: of each mention the share of its cluster that the response has it with."""
    home = {mention: cluster for cluster in response for mention in cluster}
    shares = [F(len(c & home[m]), len(c)) if m in home else F(0) for c in key for m in c]
    return sum(shares), len(shares)


def by_every_assignment(key, response):
    """CEAFe: the best of all ways to pair the clusters of the smaller side with some of the larger."""
    small, large = sorted((key, response), key=len)
    ways = itertools.permutations(large, len(small))
    best = max(sum(F(2 * len(a & b), len(a) + len(b)) for a, b in zip(small, way, strict=True)) for way in ways)
    return best, len(key)


def by_links(key, response):
    """LEA: of each cluster its size by the share of its links that are links of the response."""
    linked = {link for cluster in response for link in links_of(cluster)}
    found = [len(c) * F(len(linked & links_of(c)), len(links_of(c))) for c in key]
    return sum(found), sum(map(len, key))


def links_of(cluster):
    return {frozenset(pair) for pair in itertools.combinations(cluster, 2)} or {cluster}


@PROPERTY
@given(SIDES)
def test_precision_is_recall_with_the_sides_changed_about(sides):
    gold, predicted = sides
    for metric in METRICS:
        there, back = metric(gold, predicted), metric(predicted, gold)
        assert back == Sums(there.recall_sum, there.gold, there.precision_sum, there.predicted)
        assert back.f1 == there.f1


@PROPERTY
@given(SIDES)
def test_nothing_is_below_zero_or_above_one(sides):
    for metric in METRICS:
        found = metric(*sides)
        assert 0 <= found.precision_sum <= found.predicted
        assert 0 <= found.recall_sum <= found.gold
        assert 0.0 <= found.f1 <= 1.0


@PROPERTY
@given(SIDES)
def test_what_is_told_rightly_scores_one(sides):
    gold, _ = sides
    found = Coreference.of(gold, gold)
    assert found.b_cubed.f1 == found.ceaf_e.f1 == found.lea.f1 == float(bool(gold))
    assert found.muc.f1 == float(any(len(cluster) > 1 for cluster in gold))


@PROPERTY
@given(SIDES, st.lists(TWO, min_size=1, max_size=3))
def test_documents_add_up(sides, others):
    # Documents set one behind the other: no cluster of one shares a mention with one of another.
    apart, whole = Coreference.of(*sides), [list(side) for side in sides]
    for number, labels in enumerate(others, 1):
        other = [clusters_of(side, 100 * number) for side in labels]
        apart += Coreference.of(*other)
        whole = [one + more for one, more in zip(whole, other, strict=True)]
    assert Coreference.of(*whole) == apart


@PROPERTY
@given(SIDES, st.integers(0, 2**32))
def test_no_order_matters(sides, seed):
    rng = random.Random(seed)
    shuffled = [rng.sample(side, len(side)) for side in sides]
    assert Coreference.of(*shuffled) == Coreference.of(*sides)
