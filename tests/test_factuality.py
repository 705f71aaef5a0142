import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import arabic, english
from strategies import documents

from rasad.annotations.document import Relation, Span
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import default_scheme
from rasad.eval.counts import Counts, Ratios
from rasad.eval.factuality import STANDS, factuality
from rasad.eval.scores import score

SCHEME = default_scheme()


def document(name, lang, body, block):
    lines = "\n".join(line.strip() for line in block.strip().splitlines())
    return parse_markdown(f"---\nid: {name}\nlang: {lang}\n---\n{body}\n\n```relations\n{lines}\n```\n", f"{name}.md")


def without(doc, *gone):
    """Take spans, with what hangs on them, and relations, written `e1 ABOUT e2`, out of a document."""
    spans = tuple(s for s in doc.spans if s.id not in gone)
    relations = tuple(
        r for r in doc.relations if not {r.head, r.tail} & set(gone) and f"{r.head} {r.type} {r.tail}" not in gone
    )
    return replace(doc, spans=spans, relations=relations)


def linked(doc, *links):
    return replace(doc, relations=doc.relations + tuple(Relation(*link.split()) for link in links))


def stands(gold, predicted):
    return factuality(gold, predicted, SCHEME).stands


EN_GOLD = document(
    "en-1",
    "en",
    "[Rebels](GROUP:g1) [shelled](ATTACK:e1) Zarnuq; nobody was [hurt](CASUALTIES:e2). The [army](FORCE:a1) "
    "[threatened](THREAT:e3) to [strike](ATTACK:e4) and may not have [fired](ATTACK:e5).",
    """
    e2 polarity=negative
    e3 AGENT a1
    e3 ABOUT e4
    e4 modality=hypothetical
    e5 polarity=negative
    e5 modality=uncertain
    """,
)
# Hurt is affirmed, fired only uncertain, the strike is missed; `may` is an attack that is not.
EN_PREDICTED = document(
    "en-1",
    "en",
    "[Rebels](GROUP:g1) [shelled](ATTACK:e1) Zarnuq; nobody was [hurt](CASUALTIES:e2). The [army](FORCE:a1) "
    "[threatened](THREAT:e3) to strike and [may](ATTACK:e6) not have [fired](ATTACK:e5).",
    """
    e3 AGENT a1
    e5 modality=uncertain
    e6 polarity=negative
    """,
)


def test_attributes_by_hand():
    found = factuality(EN_GOLD, EN_PREDICTED, SCHEME)
    # Gold: shelled, threatened, strike are positive, hurt, fired negative. Predicted: shelled, hurt, threatened, fired
    # positive, may negative.
    assert found.attributes["polarity"].by_type == {"positive": Counts(2, 2, 1), "negative": Counts(0, 1, 2)}
    # Gold: shelled, hurt, threatened are asserted; strike hypothetical, fired uncertain. Predicted: may asserted too.
    assert found.attributes["modality"].by_type == {
        "asserted": Counts(3, 1, 0),
        "uncertain": Counts(1, 0, 0),
        "hypothetical": Counts(0, 0, 1),
    }


def test_combined_values_by_hand():
    found = factuality(EN_GOLD, EN_PREDICTED, SCHEME)
    assert found.combined.by_type == {
        "positive asserted": Counts(2, 1, 0),  # shelled and threatened; hurt is said to be so
        "positive uncertain": Counts(0, 1, 0),  # fired is said to be so
        "positive hypothetical": Counts(0, 0, 1),  # the strike
        "negative asserted": Counts(0, 1, 1),  # may; hurt
        "negative uncertain": Counts(0, 0, 1),  # fired
        "negative hypothetical": Counts(),
    }
    assert (found.combined.micro.precision, found.combined.micro.recall) == (2 / 5, 2 / 5)
    # Of the triggers, shelled, hurt, threatened and fired are on both sides; two have both attributes right.
    assert (found.matched.right, found.matched.total, found.matched.accuracy) == (2, 4, 0.5)
    assert found.matched.by_value.by_type == {
        "positive asserted": Counts(2, 1, 0),
        "positive uncertain": Counts(0, 1, 0),
        "positive hypothetical": Counts(),
        "negative asserted": Counts(0, 0, 1),
        "negative uncertain": Counts(0, 0, 1),
        "negative hypothetical": Counts(),
    }
    # Four values are seen: P 2/3, 0, 0, 0; R 1, 0, 0, 0; F1 4/5, 0, 0, 0.
    macro = found.matched.by_value.macro
    assert (macro.precision, macro.recall, macro.f1) == pytest.approx((1 / 6, 1 / 4, 1 / 5))


def test_a_trigger_written_twice_has_the_last_value_in_the_scheme():
    again = Span("x", *(EN_GOLD.by_id["e1"].start, EN_GOLD.by_id["e1"].end), "ATTACK", "shelled", modality="uncertain")
    for spans in ((*EN_GOLD.spans, again), (again, *EN_GOLD.spans)):
        found = factuality(EN_GOLD, replace(EN_GOLD, spans=spans), SCHEME)
        assert found.attributes["modality"].by_type["uncertain"] == Counts(1, 1, 0)
        assert found.attributes["modality"].by_type["asserted"] == Counts(2, 0, 1)
        assert found.attributes["polarity"].micro == Counts(5)
        assert found.matched.right == 4


def test_stands_of_the_arabic_story_by_hand():
    # واتهمت: the government, about the attack. نفى: the brigade, about it. وهدد: the brigade, about the strike to come.
    gold = arabic()
    assert stands(gold, gold).by_type == {
        "CLAIM": Counts(),
        "DENIAL": Counts(1),
        "ACCUSATION": Counts(1),
        "THREAT": Counts(1),
    }
    # The denial is about another mention of the attack and by another of the brigade: as good. The accusation is by the
    # brigade: wrong. The threat is about the attack that was: wrong.
    other = without(gold, "e7 AGENT g2", "e7 ABOUT e6", "e11 AGENT o2", "e8 ABOUT e9")
    other = linked(other, "e7 AGENT g1", "e7 ABOUT e1", "e11 AGENT g1", "e8 ABOUT e2")
    assert stands(gold, other).by_type == {
        "CLAIM": Counts(),
        "DENIAL": Counts(1),
        "ACCUSATION": Counts(0, 1, 1),
        "THREAT": Counts(0, 1, 1),
    }


def test_stands_of_the_english_story_by_hand():
    # Haddan blamed somebody for the attack; the front denied it; nobody has claimed it.
    gold = english()
    assert stands(gold, gold).micro == Counts(3)
    # Without the accusation and the agent of the denial: one missed, one with nobody. The claim is by the army.
    other = linked(without(gold, "e6", "g2"), "e9 AGENT f1")
    assert stands(gold, other).by_type == {
        "CLAIM": Counts(0, 1, 1),
        "DENIAL": Counts(0, 1, 1),
        "ACCUSATION": Counts(0, 0, 1),
        "THREAT": Counts(),
    }


def test_the_cluster_of_an_act_is_that_of_gold():
    gold = english()
    # The prediction does not join the attack to the ambush. It still says the right attack, and so it does by naming
    # the ambush; but the shelling that it joins to the attack is not what was denied.
    apart = without(gold, "e7 SAME_AS e3")
    assert stands(gold, apart).micro == Counts(3)
    earlier = linked(without(apart, "e8 ABOUT e7"), "e8 ABOUT e2")
    assert stands(gold, earlier).micro == Counts(3)
    joined = linked(without(gold, "e8 ABOUT e7"), "e10 SAME_AS e7", "e8 ABOUT e10")
    assert stands(gold, joined).by_type["DENIAL"] == Counts(0, 1, 1)


@pytest.mark.parametrize("span_id", ["g2", "e7"])
@pytest.mark.parametrize("change", ["start", "end", "type"])
def test_what_a_stand_names_is_compared_with_offsets_and_type(span_id, change):
    gold = english()
    span = gold.by_id[span_id]
    kinds = {"GROUP": "FORCE", "ATTACK": "CLASH"}
    start, end = span.start + (change == "start"), span.end - (change == "end")
    off = replace(span, start=start, end=end, text=gold.text[start:end])
    off = replace(off, type=kinds[span.type] if change == "type" else span.type)
    changed = replace(gold, spans=tuple(off if s.id == span_id else s for s in gold.spans))
    assert stands(gold, changed).by_type["DENIAL"] == Counts(0, 1, 1)


# Two accuse the army of the shelling; its denial has the act at the first mention and the agent at the second; of two
# threats, not the same, nobody says who made them or what of.
AR_GOLD = document(
    "ar-1",
    "ar",
    "[اتهم](ACCUSATION:e1) [المجلس](ORGANIZATION:o1) [والنقابة](ORGANIZATION:o2) [الجيش](FORCE:a1) "
    "[بالقصف](ATTACK:e2). [ونفى](DENIAL:e3) [القصف](ATTACK:e4)، [ونفي](DENIAL:e5) [الجيش](FORCE:a2) [الأحد](TIME:t1) "
    "جاء بعد [تهديد](THREAT:e6) [وتهديد](THREAT:e7).",
    """
    e1 AGENT o1
    e1 AGENT o2
    e1 TARGET a1
    e1 ABOUT e2
    e4 SAME_AS e2
    e3 ABOUT e4
    e5 SAME_AS e3
    e5 AGENT a2
    """,
)


def marked(doc, word, kind, name):
    """Mark a word that is not."""
    start = doc.text.index(word)
    return replace(doc, spans=(*doc.spans, Span(name, start, start + len(word), kind, word)))


@pytest.mark.parametrize(
    ("predicted", "kind", "expected"),
    [
        (AR_GOLD, "ACCUSATION", (2, 0, 0)),
        (AR_GOLD, "DENIAL", (1, 0, 0)),
        (AR_GOLD, "THREAT", (2, 0, 0)),
        (AR_GOLD, "CLAIM", (0, 0, 0)),
        # One accuser is missed; then both: that nobody accuses is one tuple, and wrong.
        (without(AR_GOLD, "e1 AGENT o2"), "ACCUSATION", (1, 0, 1)),
        (without(AR_GOLD, "e1 AGENT o1", "e1 AGENT o2"), "ACCUSATION", (0, 1, 2)),
        # Accuser and accused change places: the council is no AGENT.
        (linked(without(AR_GOLD, "e1 AGENT o1"), "o1 AGENT e1"), "ACCUSATION", (1, 0, 1)),
        # The denials are not joined: somebody denied the shelling, the army denied something.
        (without(AR_GOLD, "e5 SAME_AS e3"), "DENIAL", (0, 2, 1)),
        # The whole of it is told once more by a mention that is not joined: the same fact.
        (linked(marked(AR_GOLD, "جاء", "DENIAL", "x"), "x AGENT a1", "x ABOUT e2"), "DENIAL", (1, 0, 0)),
        # TIME is in no cluster; as an agent each is one too many.
        (linked(AR_GOLD, "e5 AGENT t1"), "DENIAL", (1, 1, 0)),
        (linked(marked(AR_GOLD, "بعد", "TIME", "t2"), "e5 AGENT t1", "e5 AGENT t2"), "DENIAL", (1, 2, 0)),
        # Threats that say nothing are told apart by their words: one is missed, and no other will do.
        (without(AR_GOLD, "e7"), "THREAT", (1, 0, 1)),
        (marked(without(AR_GOLD, "e7"), "جاء", "THREAT", "x"), "THREAT", (1, 1, 1)),
        (marked(marked(AR_GOLD, "جاء", "THREAT", "x"), "بعد", "THREAT", "y"), "THREAT", (2, 2, 0)),
        # An act is added to one.
        (linked(AR_GOLD, "e6 ABOUT e2"), "THREAT", (1, 1, 1)),
        # They are made one; a word that is no threat is made one with the first.
        (linked(AR_GOLD, "e7 SAME_AS e6"), "THREAT", (1, 0, 1)),
        (linked(marked(AR_GOLD, "جاء", "THREAT", "x"), "e6 SAME_AS x"), "THREAT", (2, 0, 0)),
    ],
)
def test_stands_by_hand(predicted, kind, expected):
    assert stands(AR_GOLD, predicted).by_type[kind] == Counts(*expected)


def test_what_gold_does_not_have_is_told_apart_by_the_clusters_of_the_prediction():
    other = marked(marked(without(AR_GOLD, "a2"), "جاء", "PERSON", "x"), "بعد", "PERSON", "y")
    twice = linked(other, "e3 AGENT x", "e5 AGENT y")
    assert stands(AR_GOLD, twice).by_type["DENIAL"] == Counts(0, 2, 1)
    assert stands(AR_GOLD, linked(twice, "y SAME_AS x")).by_type["DENIAL"] == Counts(0, 1, 1)


def test_stands_are_in_the_order_of_the_scheme():
    names = list(stands(AR_GOLD, AR_GOLD).by_type)
    assert names == ["CLAIM", "DENIAL", "ACCUSATION", "THREAT"]
    assert set(names) == STANDS


def test_nothing_predicted_leaves_the_denominators_of_gold():
    found = factuality(AR_GOLD, replace(AR_GOLD, spans=(), relations=()), SCHEME)
    assert found.stands.micro == Counts(fn=5)
    assert found.combined.micro == found.attributes["polarity"].micro == Counts(fn=7)
    assert (found.matched.total, found.matched.accuracy) == (0, 0.0)
    assert found.matched.by_value.macro == Ratios(0.0, 0.0, 0.0)


def test_documents_add_up():
    pairs = [(EN_GOLD, EN_PREDICTED), (AR_GOLD, without(AR_GOLD, "e7", "e1 AGENT o2"))]
    one, other = (factuality(*pair, SCHEME) for pair in pairs)
    both = one + other
    # English: the threat has no act and so is wrong. Arabic: one accuser and one threat are missed.
    assert both.stands.micro == Counts(tp=3, fp=1, fn=3)
    assert (both.matched.right, both.matched.total) == (2 + 6, 4 + 6)
    assert both.combined.by_type["positive asserted"] == Counts(2 + 6, 1, 1)
    assert both.attributes["polarity"].by_type["positive"] == Counts(2 + 6, 2, 1 + 1)


TYPES = st.sampled_from(["DENIAL", "DENIAL", "CLAIM", "THREAT", "ATTACK", "EXPLOSION", "GROUP", "PERSON", "TIME"])
LINKS = st.sampled_from(["AGENT", "ABOUT", "SAME_AS"])


@st.composite
def answers(draw):
    """Draw a document full of stands and another of its text, with some of its spans and links, and some others."""
    drawn = draw(documents())
    spans = [replace(s, type=draw(TYPES)) for s in drawn.spans]
    ends = list(itertools.product([s.id for s in spans], repeat=2))
    chosen = draw(st.lists(st.tuples(st.sampled_from(ends), LINKS), max_size=8)) if ends else []
    links = [Relation(head, kind, tail) for (head, tail), kind in chosen]
    kept = [replace(s, type=draw(st.just(s.type) | TYPES)) for s in spans if draw(st.integers(0, 3))]
    ids = {s.id for s in kept}
    held = [replace(r, type=draw(st.just(r.type) | LINKS)) for r in links if {r.head, r.tail} <= ids]
    gold = replace(drawn, spans=tuple(spans), relations=tuple(links))
    return gold, replace(gold, spans=tuple(kept), relations=tuple(held))


@settings(max_examples=80, derandomize=True, deadline=None)
@given(answers())
def test_laws(pair):
    gold, predicted = pair
    itself, found = factuality(gold, gold, SCHEME), factuality(gold, predicted, SCHEME)
    for table in (itself.stands, itself.combined, *itself.attributes.values()):
        assert table.micro == Counts(tp=table.micro.gold)
    assert itself.matched.right == itself.matched.total
    # What there is to find does not hang on the prediction.
    assert {k: c.gold for k, c in found.stands.by_type.items()} == {k: c.tp for k, c in itself.stands.by_type.items()}
    # Right end to end is what is right on the triggers that both sides have.
    assert found.combined.micro.tp == found.matched.by_value.micro.tp == found.matched.right
    for name, choices in score(gold, predicted, SCHEME).attributes.items():
        assert found.attributes[name].micro.tp == choices.right >= found.matched.right
        assert found.matched.total == choices.total


def shuffled(doc, rng):
    new = {s.id: f"x{i}" for i, s in enumerate(rng.sample(doc.spans, len(doc.spans)))}
    spans = [replace(s, id=new[s.id]) for s in doc.spans]
    links = [replace(r, head=new[r.head], tail=new[r.tail]) for r in doc.relations]
    return replace(doc, spans=tuple(rng.sample(spans, len(spans))), relations=tuple(rng.sample(links, len(links))))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(answers(), st.integers(0, 2**32))
def test_no_order_and_no_id_matters(pair, seed):
    rng = random.Random(seed)
    assert factuality(*(shuffled(d, rng) for d in pair), SCHEME) == factuality(*pair, SCHEME)
