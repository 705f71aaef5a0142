from fractions import Fraction

import pytest

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import default_scheme
from rasad.eval.coreference import b_cubed, coreference, mention_clusters
from rasad.eval.counts import BCubed

SCHEME = default_scheme()


def partition(*groups):
    """Turn `"abc", "de"` into clusters of one-letter mentions."""
    return [frozenset((ord(c), ord(c) + 1, "PERSON") for c in group) for group in groups]


def document(*spans, links=()):
    """Build a document of the words of `spans`, each `(id, word, type)`, set apart by spaces."""
    text, made = "", []
    for name, word, kind in spans:
        made.append(Span(name, len(text), len(text) + len(word), kind, word))
        text += word + " "
    return Document("d1", text, "en", spans=tuple(made), relations=tuple(Relation(a, "SAME_AS", b) for a, b in links))


def test_the_example_of_pradhan_and_others():
    # Gold abc, defg; predicted ab, cd, fghi. The mentions e (missed) and h, i (invented) have one side only.
    # Precision: ab 2²/2; cd 1²/2 with abc and 1²/2 with defg; fghi 2²/4 with defg: 4 over 8 predicted mentions.
    # Recall: ab 2²/3; c 1²/3; d 1²/4; fg 2²/4: 35/12 over 7 gold mentions.
    found = b_cubed(partition("abc", "defg"), partition("ab", "cd", "fghi"))
    assert found == BCubed(Fraction(4), 8, Fraction(35, 12), 7)
    assert found.precision == 0.5
    assert found.recall == pytest.approx(5 / 12)
    assert found.f1 == pytest.approx(5 / 11)


def test_one_cluster_of_everything_costs_precision_and_none_costs_recall():
    gold = partition("ab", "c", "d")
    # Lumped: a and b 2/4 each, c and d 1/4 each, so 6/4 over 4. Split: a and b each recall 1/2, so 3 over 4.
    assert b_cubed(gold, partition("abcd")) == BCubed(Fraction(3, 2), 4, Fraction(4), 4)
    assert b_cubed(gold, partition("a", "b", "c", "d")) == BCubed(Fraction(4), 4, Fraction(3), 4)


def test_missed_and_invented_mentions_stay_in_the_denominators():
    assert b_cubed(partition("ab"), partition()) == BCubed(Fraction(0), 0, Fraction(0), 2)
    assert b_cubed(partition(), partition("ab")) == BCubed(Fraction(0), 2, Fraction(0), 0)
    assert b_cubed(partition("ab"), partition("cd")).f1 == 0.0


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
    assert found["events"] == BCubed(Fraction(2), 2, Fraction(1), 2)
    assert found["entities"] == BCubed(Fraction(2), 2, Fraction(2), 2)
    assert found["all"] == found["events"] + found["entities"]


def test_names_in_the_same_words_need_no_link_on_either_side():
    words = [("p1", "Zarnuq", "GPE"), ("h1", "Omar", "PERSON"), ("p2", "Zarnuq's", "GPE")]
    linked, bare = document(*words, links=[("p2", "p1")]), document(*words)
    assert coreference(bare, linked, SCHEME)["all"].f1 == 1.0
    assert coreference(linked, bare, SCHEME)["all"].f1 == 1.0


def test_nominals_in_the_same_words_need_one():
    words = [("h1", "gunmen", "PERSON"), ("h2", "gunmen", "PERSON")]
    linked, bare = document(*words, links=[("h2", "h1")]), document(*words)
    assert coreference(linked, bare, SCHEME)["all"].recall == 0.5
    assert coreference(bare, linked, SCHEME)["all"].precision == 0.5


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
    assert coreference(doc, doc, SCHEME)["all"] == BCubed(Fraction(1), 1, Fraction(1), 1)
