import itertools
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.eval.significance import almost_stochastic_order, holm, interval, resamples, swaps, tail, violation

SCORES = st.lists(st.integers(0, 100).map(lambda n: n / 100), min_size=1, max_size=6)


def test_the_interval_is_of_order_statistics():
    # (1000 + 1) · 0.025 is 25.025: the 25th from either end.
    values = np.random.default_rng(0).permutation(np.arange(1.0, 1001.0))
    assert interval(values) == (25.0, 976.0)
    assert interval(-values) == (-976.0, -25.0)
    # (199 + 1) · 0.025 is 5, to the last digit.
    assert interval(np.arange(1.0, 200.0)) == (5.0, 195.0)


def test_resamples_draw_as_many_documents_with_replacement():
    drawn = resamples(4, 2000, np.random.default_rng(0))
    assert drawn.shape == (2000, 4)
    assert set(drawn.sum(axis=1)) == {4.0}
    # A document is drawn once on average, with the variance of a binomial: 4 · 1/4 · 3/4.
    assert drawn.mean(axis=0) == pytest.approx(1.0, abs=0.06)
    assert drawn.var(axis=0) == pytest.approx(0.75, abs=0.08)


def test_swaps_are_a_coin_for_each_document():
    swapped = swaps(3, 4000, np.random.default_rng(0))
    assert swapped.shape == (4000, 3)
    rows, counts = np.unique(swapped, axis=0, return_counts=True)
    assert len(rows) == 8
    assert counts / 4000 == pytest.approx(1 / 8, abs=0.02)


@pytest.mark.parametrize(
    ("observed", "p"),
    [
        (0.2, 4 / 6),  # -0.3, 0.2 and -0.2 are as large, and the observed one itself
        (-0.2, 4 / 6),  # two-sided
        (0.3, 2 / 6),
        (0.0, 6 / 6),
        (0.9, 1 / 6),  # never 0
    ],
)
def test_the_p_value_by_hand(observed, p):
    assert tail(observed, np.array([0.1, -0.3, 0.2, -0.2, 0.0])) == pytest.approx(p)


def test_rounding_does_not_decide_what_is_as_large():
    assert tail(0.3, np.array([0.1 + 0.2, 0.3 - 1e-16])) == 1.0


def test_holm_by_hand():
    # In order: 3 · 0.01, 2 · 0.03, and 1 · 0.04, which may not fall under the one before.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([0.02]) == [0.02]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_keeps_the_order_and_never_lowers(values):
    corrected = holm(values)
    assert all(p <= q <= 1 for p, q in zip(values, corrected, strict=True))
    assert [q for _, q in sorted(zip(values, corrected, strict=True))] == sorted(corrected)
    assert min(corrected) == min(1.0, len(values) * min(values))


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ([0.8, 0.9], [0.7, 0.75, 0.85], 0.0),
        # Steps of a sixth: -.1 -.1 -.05 -.15 +.05 +.05, squared .01 .01 .0025 .0225 .0025 .0025; .005 of .05 against.
        ([0.8, 0.9], [0.7, 0.75, 0.95], 0.1),
        ([0.1, 0.3], [0.2], 0.5),
        ([0.5, 0.7], [0.7, 0.5], 0.5),  # equal distributions
        ([0.1], [0.2, 0.3], 1.0),
    ],
)
def test_the_violation_ratio_by_hand(first, second, ratio):
    assert violation(np.array([first]), np.array([second])) == pytest.approx([ratio])


@given(SCORES, SCORES)
def test_the_violations_of_both_orders_make_one(first, second):
    forth, back = (violation(np.array([a]), np.array([b]))[0] for a, b in ((first, second), (second, first)))
    assert forth + back == pytest.approx(1.0)


def test_the_bound_is_of_the_spread_of_all_resamples():
    first, second = (0.70, 0.72, 0.74), (0.69, 0.71, 0.75)
    every = [list(itertools.product(runs, repeat=3)) for runs in (first, second)]
    ratios = [violation(np.array([a]), np.array([b]))[0] for a, b in itertools.product(*every)]
    # Steps: -.01 -.01 +.01: a third is against.
    expected = 1 / 3 + NormalDist().inv_cdf(0.95) * float(np.std(ratios))
    assert almost_stochastic_order(first, second, 20000, 0)[0] == pytest.approx(min(1.0, expected), abs=0.01)
    assert expected < 1


def test_systems_far_apart_are_in_order():
    assert almost_stochastic_order([0.9, 0.91, 0.92], [0.5, 0.52, 0.54], 1000, 0) == (0.0, 1.0)


@given(SCORES, SCORES)
def test_which_is_named_first_does_not_matter(first, second):
    forth = almost_stochastic_order(first, second, 50, 3)
    assert forth == almost_stochastic_order(first[::-1], second, 50, 3)
    if sorted(first) != sorted(second):
        assert forth == almost_stochastic_order(second, first, 50, 3)[::-1]
    assert all(0 <= bound <= 1 for bound in forth)
    assert sum(forth) >= 1 - 1e-9  # both bounds lie above ratios that make one
