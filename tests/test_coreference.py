"""Coreference by hand: the cases and examples of the papers, and documents in both languages."""

from fractions import Fraction

import pytest

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import default_scheme
from rasad.eval.coreference import Coreference, b_cubed, ceaf_e, coreference, lea, mention_clusters, muc
from rasad.eval.counts import Sums
from rasad.eval.scores import evaluate

SCHEME = default_scheme()
F = Fraction


def partition(groups):
    """Turn `"abc de"` into clusters of one-letter mentions."""
    return [frozenset((ord(c), ord(c) + 1, "PERSON") for c in group) for group in groups.split()]


def document(*spans, links=()):
    """Build a document of the words of `spans`, each `(id, word, type)`, set apart by spaces."""
    text, made = "", []
    for name, word, kind in spans:
        made.append(Span(name, len(text), len(text) + len(word), kind, word))
        text += word + " "
    return Document("d1", text, "en", spans=tuple(made), relations=tuple(Relation(a, "SAME_AS", b) for a, b in links))


# The test cases of the reference scorer (Pradhan et al. 2014), LEA's among them: key and response, and of MUC, B³,
# CEAFe and LEA the sums that its notes give, numerator and denominator of precision before those of recall; None where
# the notes leave a metric out. Those with a mention twice in a response are not here: a document's clusters have none.
CASES = {
    "A1": ("a bc def", "a bc def", (3, 3, 3, 3), (6, 6, 6, 6), (3, 3, 3, 3), (6, 6, 6, 6)),
    "A2": ("a bc def", "a de", (1, 1, 1, 3), (3, 3, F(7, 3), 6), (F(9, 5), 2, F(9, 5), 3), (3, 3, 2, 6)),
    "A3": ("a bc def", "a bcx defy z", (3, 5, 3, 3), (F(55, 12), 9, 6, 6), (F(93, 35), 4, F(93, 35), 3), (4, 9, 6, 6)),
    "A4": (
        "a bc def",
        "a bcx dy z",
        (1, 3, 1, 3),
        (F(17, 6), 7, F(10, 3), 6),
        (F(11, 5), 4, F(11, 5), 3),
        (2, 7, 3, 6),
    ),
    "A5": (
        "a bc def",
        "a bcxB dy z",
        (1, 4, 1, 3),
        (F(5, 2), 8, F(10, 3), 6),
        (F(31, 15), 4, F(31, 15), 3),
        (F(5, 3), 8, 3, 6),
    ),
    "A6": (
        "a bc def",
        "a bcx dy Bz",
        (1, 4, 1, 3),
        (F(17, 6), 8, F(10, 3), 6),
        (F(11, 5), 4, F(11, 5), 3),
        (2, 8, 3, 6),
    ),
    "A10": ("a bc def", "a b c d e f", (0, 0, 0, 3), (6, 6, 3, 6), None, (1, 6, 1, 6)),
    "A11": ("a bc def", "abcdef", (3, 5, 3, 3), (F(7, 3), 6, 6, 6), None, (F(8, 5), 6, 5, 6)),
    "A12": ("a bc def", "a x y c d e z", (0, 0, 0, 3), (4, 7, F(13, 6), 6), None, (1, 7, 1, 6)),
    "A13": ("a bc def", "axycdez", (1, 6, 1, 3), (F(6, 7), 7, F(17, 6), 6), None, (F(1, 3), 7, 1, 6)),
    "B1": ("ab cde", "bcx de", None, None, None, (2, 5, 1, 5)),
    "C1": ("ab cde fg", "bcx de fg", None, None, None, (4, 7, 3, 7)),
    "D1": ("12345 67 89ABC", "12345 6789ABC", (9, 10, 9, 9), (F(64, 7), 12, 12, 12), None, (F(26, 3), 12, 12, 12)),
    "E1": ("12345 67 89ABC", "1234589ABC 67", (9, 10, 9, 9), (7, 12, 12, 12), None, (F(58, 9), 12, 12, 12)),
    "F1": ("ABCD", "AB CD", (2, 2, 2, 3), None, None, (4, 4, F(4, 3), 4)),
    "G1": ("AB CD", "ABCD", (2, 3, 2, 2), None, None, (F(4, 3), 4, 4, 4)),
    "J1": ("ABC", "AC", (1, 1, 1, 2), None, None, (2, 2, 1, 3)),
    "K1": ("BCDEGHJ", "ABC DEF GHI", (3, 6, 3, 6), None, None, (3, 9, 1, 7)),
    "L1": ("ABC DEFG", "AB CD FGH", (2, 4, 2, 5), None, None, (3, 7, F(5, 3), 7)),
    "M1": ("abcdef", "abcdef", (5, 5, 5, 5), (6, 6, 6, 6), (1, 1, 1, 1), (6, 6, 6, 6)),
    "M2": ("abcdef", "a b c d e f", (0, 0, 0, 5), None, None, (0, 6, 0, 6)),
    "M3": ("abcdef", "ab cde f", None, None, None, (5, 6, F(8, 5), 6)),
    "M4": ("abcdef", "abcxyz", None, None, None, (F(6, 5), 6, F(6, 5), 6)),
    "M5": ("abcdef", "a b c x y z", (0, 0, 0, 5), None, None, (0, 6, 0, 6)),
    "M6": ("abcdef", "ab cxy z", None, None, None, (2, 6, F(2, 5), 6)),
    "N1": ("a b c d e f", "a b c d e f", (0, 0, 0, 0), (6, 6, 6, 6), (6, 6, 6, 6), (6, 6, 6, 6)),
    "N2": ("a b c d e f", "abcdef", None, None, None, (0, 6, 0, 6)),
    "N3": ("a b c d e f", "ab cde f", None, None, None, (1, 6, 1, 6)),
    "N4": ("a b c d e f", "a b c x y z", (0, 0, 0, 0), None, None, (3, 6, 3, 6)),
    "N5": ("a b c d e f", "abcxyz", None, None, None, (0, 6, 0, 6)),
    "N6": ("a b c d e f", "ab cxy z", None, None, None, (0, 6, 0, 6)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_cases_of_the_reference_scorer(case):
    gold, predicted, *expected = CASES[case]
    for metric, sums in zip((muc, b_cubed, ceaf_e, lea), expected, strict=True):
        if sums is not None:
            assert metric(partition(gold), partition(predicted)) == Sums(*sums), metric.__name__


def test_the_example_of_pradhan_and_others():
    # Gold abc, defg; predicted ab, cd, fghi. The mentions e (missed) and h, i (invented) have one side only.
    found = Coreference.of(partition("abc defg"), partition("ab cd fghi"))
    # Links shared: ab 1, fg 1. Predicted 1 + 1 + 3, gold 2 + 3.
    assert found.muc == Sums(2, 5, 2, 5)
    # Precision: ab 2²/2; cd 1²/2 with abc and 1²/2 with defg; fghi 2²/4 with defg: 4 over 8 predicted mentions.
    # Recall: ab 2²/3; c 1²/3; d 1²/4; fg 2²/4: 35/12 over 7 gold mentions.
    assert found.b_cubed == Sums(4, 8, F(35, 12), 7)
    assert found.b_cubed.precision == 0.5
    assert found.b_cubed.recall == pytest.approx(5 / 12)
    assert found.b_cubed.f1 == pytest.approx(5 / 11)
    # abc with ab 4/5, defg with fghi 4/8; cd goes with neither.
    assert found.ceaf_e == Sums(F(13, 10), 3, F(13, 10), 2)
    assert found.ceaf_e.f1 == pytest.approx(0.52)
    # Links of ab 1 of 1, cd 0, fghi 1 of 6, by sizes: 2 + 0 + 4/6. Of abc 1 of 3, of defg 1 of 6: 1 + 4/6.
    assert found.lea == Sums(F(8, 3), 8, F(5, 3), 7)
    assert found.mean == pytest.approx((2 / 5 + 5 / 11 + 0.52) / 3)


@pytest.mark.parametrize(
    ("predicted", "muc_f1", "b_cubed_f1", "ceaf_e_f1"),
    [
        ("12345 6789ABC", 18 / 19, 32 / 37, 22 / 30),  # 1 + 10/12 of 2 and 3 clusters
        ("1234589ABC 67", 18 / 19, 14 / 19, 2 / 3),  # 10/15 + 1 of 2 and 3
        ("123456789ABC", 0.9, 6 / 11, 5 / 17),  # 10/17 of 1 and 3
        ("1 2 3 4 5 6 7 8 9 A B C", 0.0, 0.4, 8 / 45),  # 2/6 + 2/3 + 2/6 of 12 and 3
    ],
)
def test_the_example_of_luo(predicted, muc_f1, b_cubed_f1, ceaf_e_f1):
    found = Coreference.of(partition("12345 67 89ABC"), partition(predicted))
    assert (found.muc.f1, found.b_cubed.f1, found.ceaf_e.f1) == pytest.approx((muc_f1, b_cubed_f1, ceaf_e_f1))


def test_ceaf_finds_the_best_pairs_where_the_best_pair_first_does_not():
    # abcd is most like abce, 6/8, which leaves nothing to e and d: 3/4. With d, 2/5, and abce with e, 2/5, it is 4/5.
    assert ceaf_e(partition("abcd e"), partition("abce d")) == Sums(F(4, 5), 2, F(4, 5), 2)


def test_one_cluster_of_everything_costs_precision_and_none_costs_recall():
    gold = partition("ab c d")
    # Lumped: a and b 2/4 each, c and d 1/4 each, so 6/4 over 4. Split: a and b each recall 1/2, so 3 over 4.
    assert b_cubed(gold, partition("abcd")) == Sums(F(3, 2), 4, 4, 4)
    assert b_cubed(gold, partition("a b c d")) == Sums(4, 4, 3, 4)


def test_missed_and_invented_mentions_stay_in_the_denominators():
    two, none = partition("ab"), partition("")
    assert Coreference.of(two, none) == Coreference(Sums(0, 0, 0, 1), Sums(gold=2), Sums(gold=1), Sums(gold=2))
    assert Coreference.of(none, two) == Coreference(Sums(0, 1), Sums(0, 2), Sums(0, 1), Sums(0, 2))
    assert Coreference.of(two, partition("cd")) == Coreference.of(two, none) + Coreference.of(none, two)


def test_of_what_does_not_corefer_muc_is_zero_and_the_mean_two_thirds():
    found = Coreference.of(partition("a b"), partition("a b"))
    assert (found.muc.f1, found.b_cubed.f1, found.ceaf_e.f1, found.lea.f1) == (0.0, 1.0, 1.0, 1.0)
    assert found.mean == pytest.approx(2 / 3)


def marked(name, lang, body, links):
    block = "\n".join(links)
    return parse_markdown(f"---\nid: {name}\nlang: {lang}\n---\n{body}\n\n```relations\n{block}\n```\n", f"{name}.md")


ENGLISH = (
    marked(
        "en-1",
        "en",
        "[Gunmen](PERSON:h1) [attacked](ATTACK:e1) [Zarnuq](GPE:g1) on [Monday](TIME:t1). The [attackers](PERSON:h2) "
        "left [Zarnuq's](GPE:g2) market after the [raid](ATTACK:e2), [police](FORCE:a1) said. Two of the "
        "[men](PERSON:h3) were [killed](CASUALTIES:e3).",
        ["h2 SAME_AS h1", "h3 SAME_AS h2", "e2 SAME_AS e1"],
    ),
    marked(
        "en-1",
        "en",
        "[Gunmen](PERSON:h1) [attacked](ATTACK:e1) [Zarnuq](GPE:g1) on Monday. The [attackers](PERSON:h2) "
        "[left](ATTACK:e9) [Zarnuq's](GPE:g2) market after the [raid](ATTACK:e2), police said. [Two](PERSON:h9) of the "
        "[men](PERSON:h3) were [killed](CASUALTIES:e3).",
        ["h2 SAME_AS h1", "h3 SAME_AS h9", "e9 SAME_AS e1"],
    ),
)


def test_english_by_hand():
    found = coreference(*ENGLISH, SCHEME)
    # Gold Gunmen·attackers·men, Zarnuq·Zarnuq's (by name), police. Predicted Gunmen·attackers, Two·men, and Zarnuq too.
    assert found["entities"] == Coreference(
        Sums(2, 3, 2, 3),  # Gunmen-attackers and Zarnuq-Zarnuq's
        Sums(F(9, 2), 6, F(11, 3), 6),  # 2²/2 + 1²/2 + 2²/2; 2²/3 + 1²/3 + 2²/2 + 0
        Sums(F(9, 5), 3, F(9, 5), 3),  # 2·2/5 + 1; police and Two·men go with none
        Sums(4, 6, 3, 6),  # 2 · 1/1 + 2 · 0/1 + 2 · 1/1; 3 · 1/3 + 2 · 1/1 + 1 · 0/1
    )
    # Gold attacked·raid, killed. Predicted attacked·left, raid, killed.
    assert found["events"] == Coreference(
        Sums(0, 1, 0, 1),
        Sums(F(5, 2), 4, 2, 3),  # 1²/2 + 1 + 1; 1²/2 + 1²/2 + 1
        Sums(F(5, 3), 3, F(5, 3), 2),  # attacked·raid with raid 2·1/3, more than 2·1/4 with attacked·left; killed 1
        Sums(1, 4, 1, 3),  # raid alone resolves nothing, as gold has it with another
    )
    assert found["all"] == found["entities"] + found["events"]
    assert found["entities"].mean == pytest.approx((2 / 3 + 33 / 49 + 3 / 5) / 3)


ARABIC = (
    marked(
        "ar-1",
        "ar",
        "[هاجم](ATTACK:e1) [مسلحون](PERSON:h1) [زرنوق](GPE:p1) [فجر الأحد](TIME:t1). وأسفر [الهجوم](ATTACK:e2) على "
        "[البلدة](GPE:p2) عن [مقتل](CASUALTIES:e3) [جنديين](PERSON:h2)، ثم مر [المهاجمون](PERSON:h3) "
        "[بزرنوق](GPE:p3).",
        ["e2 SAME_AS e1", "h3 SAME_AS h1", "p2 SAME_AS p1"],
    ),
    marked(
        "ar-1",
        "ar",
        "[هاجم](ATTACK:e1) [مسلحون](PERSON:h1) [زرنوق](GPE:p1) [فجر الأحد](TIME:t1). وأسفر [الهجوم](ATTACK:e2) على "
        "[البلدة](GPE:p2) عن [مقتل](DAMAGE:e3) [جنديين](PERSON:h2)، ثم مر [المهاجمون](PERSON:h3) [بزرنوق](GPE:p3).",
        ["e2 SAME_AS e1", "h3 SAME_AS h2"],
    ),
)


def test_arabic_by_hand():
    found = coreference(*ARABIC, SCHEME)
    # Gold مسلحون·المهاجمون, زرنوق·البلدة·بزرنوق, جنديين. Predicted مسلحون, جنديين·المهاجمون, زرنوق·بزرنوق (by name,
    # clitics aside), البلدة.
    assert found["entities"] == Coreference(
        Sums(1, 2, 1, 3),  # زرنوق-بزرنوق
        Sums(5, 6, F(11, 3), 6),  # 1 + (1²/2 + 1²/2) + 2²/2 + 1; (1²/2 + 1²/2) + (2²/3 + 1²/3) + 1
        Sums(F(32, 15), 4, F(32, 15), 3),  # مسلحون 2·1/3, جنديين 2·1/3, زرنوق 2·2/5
        Sums(2, 6, 1, 6),  # 2 · 1/1; 3 · 1/3, and جنديين is not alone
    )
    # Gold هاجم·الهجوم, مقتل. Predicted the same, but مقتل is of another type and so another mention.
    assert found["events"] == Coreference(Sums(1, 1, 1, 1), Sums(2, 3, 2, 3), Sums(1, 2, 1, 2), Sums(2, 3, 2, 3))
    assert found["all"] == found["entities"] + found["events"]


def test_sums_add_over_documents_before_a_ratio_is_taken():
    gold, predicted = zip(ENGLISH, ARABIC, strict=True)
    found = evaluate(gold, predicted, SCHEME).total.coreference["all"]
    assert found == Coreference(
        Sums(2 + 2, 4 + 3, 2 + 2, 4 + 4),
        Sums(7 + 7, 10 + 9, F(17, 3) + F(17, 3), 9 + 9),
        Sums(F(52, 15) + F(47, 15), 6 + 6, F(52, 15) + F(47, 15), 5 + 5),
        Sums(5 + 4, 10 + 9, 4 + 3, 9 + 9),
    )
    # MUC 4/7 and 1/2; B³ 14/19 and 17/27; CEAFe 11/20 and 33/50; LEA 9/19 and 7/18.
    assert found.mean == pytest.approx((8 / 15 + 476 / 701 + 3 / 5) / 3)
    assert found.lea.f1 == pytest.approx(126 / 295)


def test_entities_and_events_apart():
    gold = document(
        ("e1", "attack", "ATTACK"),
        ("h1", "gunmen", "PERSON"),
        ("e2", "raid", "ATTACK"),
        ("h2", "men", "PERSON"),
        links=[("e2", "e1"), ("h2", "h1")],
    )
    predicted = document(
        ("a", "attack", "ATTACK"),
        ("b", "gunmen", "PERSON"),
        ("c", "raid", "ATTACK"),
        ("d", "men", "PERSON"),
        links=[("d", "b")],
    )
    found = coreference(gold, predicted, SCHEME)
    # The events are split: each is precise, each recalls one of two.
    assert found["events"].b_cubed == Sums(2, 2, 1, 2)
    assert found["entities"].b_cubed == Sums(2, 2, 2, 2)
    assert found["all"] == found["events"] + found["entities"]


def test_names_in_the_same_words_need_no_link_on_either_side():
    words = [("p1", "Zarnuq", "GPE"), ("h1", "Omar", "PERSON"), ("p2", "Zarnuq's", "GPE")]
    linked, bare = document(*words, links=[("p2", "p1")]), document(*words)
    assert coreference(bare, linked, SCHEME)["all"].mean == 1.0
    assert coreference(linked, bare, SCHEME)["all"].mean == 1.0


def test_nominals_in_the_same_words_need_one():
    words = [("h1", "gunmen", "PERSON"), ("h2", "gunmen", "PERSON")]
    linked, bare = document(*words, links=[("h2", "h1")]), document(*words)
    assert coreference(linked, bare, SCHEME)["all"].b_cubed.recall == 0.5
    assert coreference(bare, linked, SCHEME)["all"].b_cubed.precision == 0.5


def test_a_mention_written_twice_is_one_mention():
    a, b, c = (
        Span("h1", 0, 6, "PERSON", "gunmen"),
        Span("h2", 0, 6, "PERSON", "gunmen"),
        Span("h3", 7, 10, "PERSON", "men"),
    )
    twice = Document("d1", "gunmen men", spans=(a, b, c), relations=(Relation("h3", "SAME_AS", "h2"),))
    assert mention_clusters(twice, SCHEME) == [frozenset({(0, 6, "PERSON"), (7, 10, "PERSON")})]


def test_times_are_in_no_cluster():
    doc = document(("t1", "Monday", "TIME"), ("h1", "gunmen", "PERSON"))
    assert coreference(doc, doc, SCHEME)["all"].b_cubed == Sums(1, 1, 1, 1)
