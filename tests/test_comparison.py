import itertools
import random
from dataclasses import replace

import pytest

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.eval.comparison import Change, RunInfo, compare
from rasad.eval.errors import Causes
from rasad.eval.scores import evaluate
from rasad.eval.signature import sign

SCHEME = default_scheme()
WORDS = {"en": "Gunmen attacked Zarnuq", "ar": "المسلحون هاجموا زرنوق"}
TYPES = ("PERSON", "ATTACK", "GPE")


def document(name, lang, sentences):
    """A document of sentences who – attacked – place, one a paragraph, with AGENT and PLACE."""
    line = WORDS[lang]
    text = "\n".join([line] * sentences)
    spans, links = [], []
    for number in range(sentences):
        at = number * (len(line) + 1)
        for word, kind in zip(line.split(), TYPES, strict=True):
            start = text.index(word, at)
            spans.append(Span(f"{kind}{number}", start, start + len(word), kind, word))
        links += [Relation(f"ATTACK{number}", role, f"{kind}{number}") for role, kind in (("AGENT", 0), ("PLACE", 2))]
    named = tuple(replace(r, tail=f"{TYPES[int(r.tail[0])]}{r.tail[1:]}") for r in links)
    return Document(name, text, lang, spans=tuple(spans), relations=named)


# Lengths differ, so that a mean of documents is not the figure of the corpus.
GOLD = [document("d1", "en", 1), document("d2", "ar", 2), document("d3", "en", 4), document("d4", "ar", 1)]


def kept(doc, names):
    spans = tuple(span for span in doc.spans if span.id in names)
    return replace(doc, spans=spans, relations=tuple(r for r in doc.relations if {r.head, r.tail} <= set(names)))


def run(*found):
    """A run that finds documents of these ids whole, and nothing in the others."""
    return [one if one.id in found else kept(one, ()) for one in GOLD]


def noisy(seed, rate):
    """A run that misses spans at random."""
    rng = random.Random(seed)
    return [kept(one, [span.id for span in one.spans if rng.random() > rate]) for one in GOLD]


def at(comparison, measure, *pair_of):
    found = [
        c for c in comparison.contrasts if c.measure == measure and (not pair_of or (c.first, c.second) == pair_of)
    ]
    assert len(found) == 1
    return found[0]


def level(comparison, measure, system):
    (found,) = (one for one in comparison.levels if (one.measure, one.system) == (measure, system))
    return found


def test_two_systems_by_hand():
    # d3 has 8 of the 16 entities. A finds it, B finds the other three: recall 1/2 each, F1 2/3.
    found = compare({"A": [run("d3")], "B": [run("d1", "d2", "d4")]}, GOLD, SCHEME)
    one = at(found, "entities")
    assert level(found, "entities", "A").scores == (pytest.approx(2 / 3),)
    assert one.difference == pytest.approx(0.0)
    assert one.p == 1.0
    assert one.won == (Change("d3", 1.0),)
    # Equal differences go by id.
    assert one.lost == (Change("d1", -1.0), Change("d2", -1.0), Change("d4", -1.0))
    assert (one.even, one.order) == (0, None)
    # No d3 is drawn in (3/4)^4 of the samples. It is drawn four times in 1/256 of them, three times with d1 or d4 in
    # 8/256: then A finds 24 of 26, F1 48/50, and B 2, F1 4/28.
    assert (one.low, one.high) == (-1.0, pytest.approx(48 / 50 - 4 / 28))


def test_a_measure_of_one_language_leaves_the_other_out():
    found = compare({"A": [run("d2", "d4")], "B": [run()]}, GOLD, SCHEME)
    assert at(found, "entities.ar").difference == 1.0
    assert at(found, "entities.en").difference == 0.0
    assert [change.document for change in at(found, "entities.ar").won] == ["d2", "d4"]
    assert at(found, "entities.en").won == ()


def test_levels_are_what_evaluate_says():
    runs = [noisy(seed, 0.3) for seed in range(3)]
    found = compare({"A": runs, "B": [run("d1")]}, GOLD, SCHEME)
    totals = [evaluate(GOLD, one, SCHEME).total for one in runs]
    expected = [total.relations.micro.f1 for total in totals]
    relations = level(found, "relations", "A")
    assert relations.scores == pytest.approx(expected)
    mean = sum(expected) / 3
    assert relations.mean == pytest.approx(mean)
    assert relations.deviation == pytest.approx((sum((x - mean) ** 2 for x in expected) / 2) ** 0.5)
    assert level(found, "relations", "B").deviation is None
    assert level(found, "same_as", "A").scores == pytest.approx([total.same_as["all"].f1 for total in totals])
    assert at(found, "relations").difference == pytest.approx(mean - level(found, "relations", "B").mean)


def f1(predicted):
    return evaluate(GOLD, predicted, SCHEME).total.entities.micro.f1


def exact(ours, theirs):
    """The p value over all ways to swap documents, each scored anew; runs are paired in turn."""
    length = len(ours) * len(theirs)
    pairs = [(ours[i % len(ours)], theirs[i % len(theirs)]) for i in range(length)]
    differences = []
    for swap in itertools.product((False, True), repeat=len(GOLD)):
        first = [f1([b[d] if s else a[d] for d, s in enumerate(swap)]) for a, b in pairs]
        second = [f1([a[d] if s else b[d] for d, s in enumerate(swap)]) for a, b in pairs]
        differences.append(abs(sum(first) - sum(second)) / length)
    return sum(d >= differences[0] - 1e-12 for d in differences) / len(differences)


@pytest.mark.parametrize(
    ("ours", "theirs", "p"),
    [
        # All four documents are better: only none and all swapped are as far apart, 2 of 16.
        ([run("d1", "d2", "d3", "d4")], [run()], 2 / 16),
        ([run("d1", "d2", "d4")], [run("d3", "d4")], None),
        ([noisy(1, 0.2), noisy(2, 0.2)], [noisy(3, 0.4), noisy(4, 0.5)], None),
        ([noisy(1, 0.1)], [noisy(3, 0.4), noisy(4, 0.5)], None),
        ([noisy(1, 0.2), noisy(2, 0.1)], [noisy(n, 0.3) for n in (3, 4, 5)], None),
    ],
)
def test_randomisation_comes_near_to_all_swaps_scored_anew(ours, theirs, p):
    expected = exact(ours, theirs)
    assert p in (None, expected)
    found = at(compare({"A": ours, "B": theirs}, GOLD, SCHEME, samples=4000), "entities")
    assert found.p == pytest.approx(expected, abs=0.03)


def test_the_interval_is_that_of_documents_drawn_and_scored_anew():
    ours, theirs = noisy(1, 0.1), noisy(2, 0.5)
    differences = []
    for draw in itertools.product(range(4), repeat=4):
        gold, first, second = (
            [replace(side[i], id=str(n)) for n, i in enumerate(draw)] for side in (GOLD, ours, theirs)
        )
        totals = [evaluate(gold, one, SCHEME).total.entities.micro.f1 for one in (first, second)]
        differences.append(totals[0] - totals[1])
    differences.sort()
    found = at(compare({"A": [ours], "B": [theirs]}, GOLD, SCHEME, samples=4000), "entities")
    # The 256 draws are equally likely: 2.5% of them are 6.4.
    assert any(found.low == pytest.approx(d) for d in differences[4:9])
    assert any(found.high == pytest.approx(d) for d in differences[-9:-4])
    assert found.low < found.difference < found.high


def test_runs_are_averaged_not_pooled():
    # Every sample of one document is that document. A finds all of it in one run of two: 1/2, pooled it were 2/3.
    systems = {"A": [GOLD[:1], run()[:1]], "B": [run()[:1]]}
    one = at(compare(systems, GOLD[:1], SCHEME), "entities")
    assert (one.low, one.difference, one.high) == (0.5, 0.5, 0.5)
    assert one.won == (Change("d1", 0.5),)


def test_a_system_against_itself():
    one = at(compare({"A": [noisy(1, 0.3)] * 3, "B": [noisy(1, 0.3)]}, GOLD, SCHEME), "relations")
    assert (one.difference, one.low, one.high) == pytest.approx((0.0, 0.0, 0.0))
    assert one.p == 1.0
    assert (one.won, one.lost, one.even) == ((), (), 0)


def test_documents_that_neither_wins_are_counted():
    # Both score 0 on d1, the one by silence, the other by an invention.
    wrong = replace(GOLD[0], spans=(Span("x", 0, 3, "WEAPON", "Gun"),), relations=())
    one = at(compare({"A": [run()], "B": [[wrong, *run()[1:]]]}, GOLD, SCHEME), "entities")
    assert (one.won, one.lost, one.even) == ((), (), 1)


def turned(contrast):
    """The same contrast, seen from the other system."""
    first, second = contrast.second, contrast.first
    won, lost = (
        tuple(replace(change, difference=-change.difference) for change in side)
        for side in (contrast.lost, contrast.won)
    )
    order = contrast.order and contrast.order[::-1]
    span = {"difference": -contrast.difference, "low": -contrast.high, "high": -contrast.low}
    return replace(contrast, first=first, second=second, won=won, lost=lost, order=order, **span)


def test_no_order_and_no_name_matters():
    ours, theirs = [noisy(n, 0.2) for n in range(3)], [noisy(n, 0.3) for n in range(3, 6)]
    found = compare({"A": ours, "B": theirs}, GOLD, SCHEME, seed=5)
    assert found == compare({"A": ours, "B": theirs}, GOLD, SCHEME, seed=5)
    mixed = [[one[::-1] for one in runs] for runs in (ours, theirs)]
    assert compare({"A": mixed[0], "B": mixed[1]}, GOLD[2:] + GOLD[:2], SCHEME, seed=5) == found
    back = compare({"B": theirs, "A": ours}, GOLD, SCHEME, seed=5)
    assert [turned(contrast) for contrast in back.contrasts] == list(found.contrasts)
    renamed = compare({"Z": ours, "B": theirs}, GOLD, SCHEME, seed=5)
    assert [replace(contrast, first="A") for contrast in renamed.contrasts] == list(found.contrasts)
    assert compare({"A": ours, "B": theirs}, GOLD, SCHEME, seed=6).contrasts != found.contrasts


def test_holm_is_over_the_pairs_of_a_measure():
    systems = {"A": [run("d1", "d2", "d3", "d4")], "B": [run()], "C": [run("d3")]}
    found = compare(systems, GOLD, SCHEME)
    pairs = [("A", "B"), ("A", "C"), ("B", "C")]
    contrasts = {names: at(found, "triggers", *names) for names in pairs}
    ordered = sorted(contrasts.values(), key=lambda contrast: contrast.p)
    assert ordered[0].corrected == pytest.approx(3 * ordered[0].p)
    assert all(one.corrected >= one.p for one in ordered)
    # Another measure adds no comparison to this one.
    assert len(found.contrasts) == 3 * len(found.measures)
    # A third system changes nothing but the correction.
    alone = at(compare({"A": systems["A"], "B": systems["B"]}, GOLD, SCHEME), "triggers")
    assert replace(contrasts["A", "B"], corrected=alone.corrected) == alone


def test_order_takes_three_runs_of_each():
    three = [run("d1", "d2", "d3"), run("d2", "d3"), run("d3", "d4")]
    found = compare({"A": three, "B": [run(), run("d1"), run("d4")], "C": [run("d1")] * 2}, GOLD, SCHEME)
    assert at(found, "entities", "A", "B").order == (0.0, 1.0)
    assert at(found, "entities", "A", "B").no_order is None
    one = at(found, "entities", "A", "C")
    assert (one.order, one.no_order) == (None, "it takes 3 runs of each system; C has 2")


def info(predicted, **changed):
    return RunInfo(str(replace(sign(GOLD, predicted, SCHEME, "dev"), **changed)), seconds=1.5, memory=1 << 20)


def test_what_is_known_of_runs_and_causes_is_passed_on():
    systems = {"A": [run("d1")], "B": [run()]}
    runs = {"A": [info(run("d1"))]}
    causes = {"B": Causes.of(())}
    found = compare(systems, GOLD, SCHEME, split="dev", runs=runs, causes=causes, samples=100, seed=7)
    assert found.causes == causes
    assert found.runs == {"A": (info(run("d1")),)}
    assert found.signature.startswith("scheme:2.1|data:")
    assert "checkpoint" not in found.signature
    assert "|split:dev|" in found.signature
    assert found.signature.endswith("|samples:100|seed:7")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"data": "0" * 12}, "B, run 1: scored with data:000000000000, this comparison has data:"),
        ({"split": "test"}, "split:test, this comparison has split:dev"),
        ({"scheme": "1.0"}, "scheme:1.0"),
        ({"match": "overlap"}, "match:overlap"),
        ({"rasad": "0.0.1"}, "rasad:0.0.1"),
        ({"checkpoint": "abc"}, "checkpoint:abc"),
    ],
)
def test_runs_scored_under_other_conditions_are_refused(changed, words):
    with pytest.raises(RasadError, match=words):
        compare({"A": [run("d1")], "B": [run()]}, GOLD, SCHEME, split="dev", runs={"B": [info(run(), **changed)]})


OTHER_TEXT = [replace(GOLD[0], text=GOLD[0].text + "."), *GOLD[1:]]


@pytest.mark.parametrize(
    ("systems", "options", "words"),
    [
        ({"A": [GOLD]}, {}, "systems: A; a comparison takes two or more"),
        ({}, {}, "systems: none"),
        ({"A": [GOLD], "B": []}, {}, "B: no runs"),
        ({"A": [GOLD], "B": [GOLD[1:]]}, {}, "documents of gold are missing: d1"),
        ({"A": [GOLD], "B": [GOLD, OTHER_TEXT]}, {}, "d1: the prediction is of another text"),
        ({"A": [GOLD], "B": [GOLD]}, {"samples": 99}, "samples is 99; take 100 or more"),
        ({"A": [GOLD], "B": [GOLD]}, {"seed": -1}, "seed is -1"),
        ({"A": [GOLD], "B": [GOLD]}, {"runs": {"C": []}}, r"runs: C is none of the systems \(A, B\)"),
        ({"A": [GOLD], "B": [GOLD]}, {"causes": {"C": None}}, "causes: C is none of the systems"),
        ({"A": [GOLD], "B": [GOLD]}, {"runs": {"B": [RunInfo("")] * 2}}, "B: 1 runs, but what is known is of 2"),
        ({"A": [GOLD], "B": [GOLD]}, {"runs": {"B": [RunInfo("")]}}, "B, run 1: scored with scheme:nothing"),
    ],
)
def test_what_cannot_be_compared_is_refused(systems, options, words):
    with pytest.raises(RasadError, match=words):
        compare(systems, GOLD, SCHEME, **options)


def test_nothing_to_compare_on_is_refused():
    with pytest.raises(RasadError, match="gold: no documents"):
        compare({"A": [[]], "B": [[]]}, [], SCHEME)
