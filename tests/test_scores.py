import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB2

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import default_scheme
from rasad.eval.counts import Counts, Ratios, Sums, Table
from rasad.eval.pairing import pair
from rasad.eval.scores import evaluate, score

SCHEME = default_scheme()


def document(name, lang, body, block):
    lines = "\n".join(line.strip() for line in block.strip().splitlines())
    return parse_markdown(f"---\nid: {name}\nlang: {lang}\n---\n{body}\n\n```relations\n{lines}\n```\n", f"{name}.md")


EN_GOLD = document(
    "en-1",
    "en",
    "[Gunmen](PERSON:h1) [attacked](ATTACK:e1) a [checkpoint](FACILITY:f1) near [Zarnuq](GPE:g1) on [Monday](TIME:t1); "
    "nobody was [hurt](CASUALTIES:e2), [police](FORCE:a1) said.",
    """
    e1 AGENT h1
    e1 TARGET f1
    e1 WHEN t1
    e1 CAUSES e2
    f1 LOCATED_IN g1
    e2 SOURCE a1
    e2 polarity=negative
    """,
)
# The checkpoint has another type, Monday is missed, and so is the negation.
EN_PREDICTED = document(
    "en-1",
    "en",
    "[Gunmen](PERSON:h1) [attacked](ATTACK:e1) a [checkpoint](LOCATION:l1) near [Zarnuq](GPE:g1) on Monday; "
    "nobody was [hurt](CASUALTIES:e2), [police](FORCE:a1) said.",
    """
    e1 AGENT h1
    e1 TARGET l1
    e1 CAUSES e2
    l1 LOCATED_IN g1
    e2 SOURCE a1
    """,
)
AR_GOLD = document(
    "ar-1",
    "ar",
    "[قصفت](ATTACK:e1) [طائرات مسيرة](WEAPON:w1) [مستودعا](FACILITY:f1) في [زرنوق](GPE:g1) [فجر الأحد](TIME:t1)، "
    "[ونفى](DENIAL:e2) [الجيش](FORCE:a1) [مهاجمة](ATTACK:e3) [البلدة](GPE:g2).",
    """
    e1 INSTRUMENT w1
    e1 TARGET f1
    e1 WHEN t1
    f1 LOCATED_IN g1
    e2 AGENT a1
    e2 ABOUT e3
    e3 AGENT a1
    e3 TARGET g2
    e3 SAME_AS e1
    e3 modality=uncertain
    g2 SAME_AS g1
    """,
)
# The drones are cut short, one LOCATED_IN is the wrong way round, the denied attack is missed.
AR_PREDICTED = document(
    "ar-1",
    "ar",
    "[قصفت](ATTACK:e1) [طائرات](WEAPON:w1) مسيرة [مستودعا](FACILITY:f1) في [زرنوق](GPE:g1) [فجر الأحد](TIME:t1)، "
    "[ونفى](DENIAL:e2) [الجيش](FORCE:a1) مهاجمة [البلدة](GPE:g2).",
    """
    e1 INSTRUMENT w1
    e1 TARGET f1
    e1 WHEN t1
    g1 LOCATED_IN f1
    e2 AGENT a1
    e1 modality=hypothetical
    g2 SAME_AS g1
    """,
)
GOLD, PREDICTED = [EN_GOLD, AR_GOLD], [EN_PREDICTED, AR_PREDICTED]


def test_english_by_hand():
    found = score(EN_GOLD, EN_PREDICTED, SCHEME)
    # Gold has 5 entities; Gunmen, Zarnuq and police of 4 are right, the LOCATION is not.
    assert found.entities.micro == Counts(tp=3, fp=1, fn=2)
    assert (found.entities.micro.precision, found.entities.micro.recall) == (0.75, 0.6)
    assert found.entities.micro.f1 == pytest.approx(6 / 9)
    # Of the 6 types that are seen, PERSON, GPE, FORCE are perfect; FACILITY, LOCATION, TIME are at 0.
    assert found.entities.macro == Ratios(0.5, 0.5, 0.5)
    assert found.entities.by_type["FACILITY"] == Counts(fn=1)
    assert found.entities.by_type["LOCATION"] == Counts(fp=1)
    assert found.triggers.micro == Counts(tp=2)
    # AGENT, CAUSES, SOURCE are right; TARGET and LOCATED_IN have an end of the wrong type; WHEN has no end to lead to.
    assert found.relations.micro == Counts(tp=3, fp=2, fn=3)
    assert found.relations.by_type["WHEN"] == Counts(fn=1)
    polarity, modality = found.attributes["polarity"], found.attributes["modality"]
    assert (polarity.right, polarity.total, polarity.accuracy) == (1, 2, 0.5)
    assert polarity.by_value.by_type == {"negative": Counts(fn=1)}
    assert (modality.right, modality.total) == (2, 2)


def test_arabic_by_hand():
    found = score(AR_GOLD, AR_PREDICTED, SCHEME)
    # 6 entities on each side, all right but the drones.
    assert found.entities.micro == Counts(tp=5, fp=1, fn=1)
    assert found.entities.by_type["WEAPON"] == Counts(fp=1, fn=1)
    assert found.triggers.micro == Counts(tp=2, fn=1)
    # Gold has 8 but for SAME_AS. TARGET, WHEN and AGENT of the denial are right; INSTRUMENT and LOCATED_IN are wrong
    # and missed; ABOUT and the two of the denied attack are missed.
    assert found.relations.micro == Counts(tp=3, fp=2, fn=5)
    assert found.relations.by_type["LOCATED_IN"] == Counts(fp=1, fn=1)
    assert "SAME_AS" not in found.relations.by_type
    # Entities without TIME: 5 mentions each side, 4 with their whole cluster. Events: both predicted are precise; gold
    # has 3, of which the bombing recalls itself of two and the denied attack nothing.
    assert found.same_as["entities"] == Sums(4, 5, 4, 5)
    assert (found.same_as["events"].precision, found.same_as["events"].recall) == (1.0, 0.5)
    assert (found.same_as["all"].precision, found.same_as["all"].recall) == (6 / 7, 5.5 / 8)
    # Two triggers are on both sides; the bombing is called hypothetical, and the uncertain one is not among them.
    modality = found.attributes["modality"]
    assert (modality.right, modality.total) == (1, 2)
    assert modality.by_value.by_type == {"uncertain": Counts(), "hypothetical": Counts(fp=1)}


def test_documents_add_up_and_stand_apart_by_language():
    report = evaluate(GOLD, PREDICTED, SCHEME)
    assert report.by_language == {
        "ar": score(AR_GOLD, AR_PREDICTED, SCHEME),
        "en": score(EN_GOLD, EN_PREDICTED, SCHEME),
    }
    assert report.total == report.by_language["ar"] + report.by_language["en"]
    assert report.total.entities.micro == Counts(tp=8, fp=2, fn=3)
    assert report.total.relations.micro == Counts(tp=6, fp=4, fn=8)
    assert report.total.attributes["polarity"].accuracy == 3 / 4
    assert report.total.same_as["all"].gold == 6 + 8


def test_gold_against_itself_is_perfect():
    total = evaluate(GOLD, GOLD, SCHEME).total
    assert total.entities.micro.f1 == total.triggers.macro.f1 == total.relations.micro.f1 == 1.0
    assert {one.f1 for one in total.same_as.values()} == {1.0}
    assert {one.accuracy for one in total.attributes.values()} == {1.0}


def test_nothing_predicted_leaves_the_denominators_of_gold():
    bare = [replace(d, spans=(), relations=()) for d in GOLD]
    total = evaluate(GOLD, bare, SCHEME).total
    assert total.entities.micro == Counts(fn=11)
    assert total.relations.micro == Counts(fn=14)
    assert total.same_as["all"] == Sums(gold=14)
    assert (total.relations.micro.precision, total.relations.micro.recall, total.relations.micro.f1) == (0.0, 0.0, 0.0)
    assert total.attributes["polarity"].accuracy == 0.0


def test_macro_of_nothing_is_zero():
    assert Table({"ATTACK": Counts()}).macro == Ratios(0.0, 0.0, 0.0)


def moved(doc, span_id, start, end):
    spans = [replace(s, start=start, end=end, text=doc.text[start:end]) if s.id == span_id else s for s in doc.spans]
    return replace(doc, spans=tuple(spans))


@pytest.mark.parametrize(("at_start", "at_end"), [(1, 0), (0, -1), (0, 1)])
def test_one_character_off_is_wrong(at_start, at_end):
    weapon = AR_GOLD.by_id["w1"]
    off = moved(AR_GOLD, "w1", weapon.start + at_start, weapon.end + at_end)
    found = score(AR_GOLD, off, SCHEME)
    assert found.entities.micro == Counts(tp=5, fp=1, fn=1)
    assert found.relations.by_type["INSTRUMENT"] == Counts(fp=1, fn=1)
    assert found.same_as["entities"].recall == 4 / 5


def test_a_relation_the_wrong_way_round_is_wrong():
    flipped = [replace(r, head=r.tail, tail=r.head) if r.type == "LOCATED_IN" else r for r in EN_GOLD.relations]
    found = score(EN_GOLD, replace(EN_GOLD, relations=tuple(flipped)), SCHEME)
    assert found.relations.by_type["LOCATED_IN"] == Counts(fp=1, fn=1)
    assert found.relations.micro == Counts(tp=5, fp=1, fn=1)


def test_what_is_said_twice_counts_once():
    again = tuple(replace(s, id=f"{s.id}-again") for s in EN_PREDICTED.spans)
    linked = tuple(replace(r, head=f"{r.head}-again") for r in EN_PREDICTED.relations)
    twice = replace(EN_PREDICTED, spans=EN_PREDICTED.spans + again, relations=EN_PREDICTED.relations * 2 + linked)
    assert score(EN_GOLD, twice, SCHEME) == score(EN_GOLD, EN_PREDICTED, SCHEME)


def test_recall_is_over_all_relations_of_gold():
    # Without the checkpoint, neither TARGET nor LOCATED_IN could have been found: they count as missed all the same.
    spans = tuple(s for s in EN_GOLD.spans if s.id != "f1")
    relations = tuple(r for r in EN_GOLD.relations if "f1" not in (r.head, r.tail))
    found = score(EN_GOLD, replace(EN_GOLD, spans=spans, relations=relations), SCHEME)
    assert found.relations.micro == Counts(tp=4, fn=2)
    assert found.same_as["all"].gold == 6


def shuffled(doc, rng, rename):
    new = {s.id: f"x{i}" if rename else s.id for i, s in enumerate(rng.sample(doc.spans, len(doc.spans)))}
    spans = [replace(s, id=new[s.id]) for s in doc.spans]
    relations = [replace(r, head=new[r.head], tail=new[r.tail]) for r in doc.relations]
    return replace(
        doc, spans=tuple(rng.sample(spans, len(spans))), relations=tuple(rng.sample(relations, len(relations)))
    )


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.integers(0, 2**32))
def test_no_order_and_no_id_matters(seed):
    rng = random.Random(seed)
    gold = [shuffled(d, rng, False) for d in rng.sample(GOLD, 2)]
    predicted = [shuffled(d, rng, True) for d in rng.sample(PREDICTED, 2)]
    assert evaluate(gold, predicted, SCHEME) == evaluate(GOLD, PREDICTED, SCHEME)


TYPES = ("PERSON", "PERSON", "ATTACK")


@st.composite
def two_span_sets(draw):
    """Draw a length in words and two sets of spans (first word, last word + 1, type), none overlapping in its set.

    Both sets are cut from the same places, so that many spans agree, and many share one end.
    """
    length = draw(st.integers(2, 12))
    places = sorted(draw(st.sets(st.integers(0, length), min_size=2, max_size=6)))
    sides = []
    for _ in range(2):
        cuts = [place for place in places if draw(st.integers(0, 3))]
        spans = [(a, b, draw(st.sampled_from(TYPES))) for a, b in itertools.pairwise(cuts)]
        sides.append([span for span in spans if draw(st.integers(0, 3))])
    return length, *sides


def tags(length, spans):
    row = ["O"] * length
    for start, end, kind in spans:
        row[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return row


def as_document(name, length, spans):
    """Write each word as `wi`, so that word i begins at character 3 i."""
    text = "wi " * length
    made = tuple(Span(f"s{a}", 3 * a, 3 * b - 1, kind, text[3 * a : 3 * b - 1]) for a, b, kind in spans)
    return Document(name, text, "en", spans=made)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(two_span_sets(), min_size=1, max_size=4))
@pytest.mark.filterwarnings("ignore")
def test_spans_agree_with_seqeval(rows):
    gold = [as_document(f"d{i}", n, spans) for i, (n, spans, _) in enumerate(rows)]
    predicted = [as_document(f"d{i}", n, spans) for i, (n, _, spans) in enumerate(rows)]
    total = evaluate(gold, predicted, SCHEME).total
    ours = Table({**total.entities.by_type, **total.triggers.by_type})
    theirs = [[tags(n, spans[side]) for n, *spans in rows] for side in (0, 1)]
    if not ours.micro.seen:
        return
    strict = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    assert ours.micro.precision == pytest.approx(precision_score(*theirs, **strict))
    assert ours.micro.recall == pytest.approx(recall_score(*theirs, **strict))
    assert ours.micro.f1 == pytest.approx(f1_score(*theirs, **strict))
    assert ours.macro.f1 == pytest.approx(f1_score(*theirs, average="macro", **strict))


def test_documents_are_paired_by_id_in_the_order_of_ids():
    assert pair(GOLD, PREDICTED[::-1], SCHEME) == [(AR_GOLD, AR_PREDICTED), (EN_GOLD, EN_PREDICTED)]


OTHER = replace(EN_GOLD, id="en-2")


@pytest.mark.parametrize(
    ("gold", "predicted", "words"),
    [
        ([], [], "gold: no documents"),
        ([EN_GOLD, AR_GOLD, OTHER], [AR_GOLD], "documents of gold are missing: en-1, en-2"),
        ([AR_GOLD], [AR_GOLD, EN_GOLD], "gold does not have: en-1"),
        ([EN_GOLD, EN_GOLD], [EN_GOLD], "gold: ids used twice: en-1"),
        ([EN_GOLD], [EN_GOLD, EN_GOLD], "predicted: ids used twice: en-1"),
        (
            [EN_GOLD],
            [replace(AR_GOLD, id="en-1")],
            "en-1: the prediction is of another text: they differ from character 0",
        ),
        ([Document("d", "abc")], [Document("d", "abcd")], "d: .* from character 3"),
    ],
)
def test_documents_that_do_not_answer_each_other_are_refused(gold, predicted, words):
    with pytest.raises(RasadError, match=words):
        evaluate(gold, predicted, SCHEME)


def test_many_missing_documents_are_counted():
    with pytest.raises(RasadError, match=r"d0, d1, d2, d3, d4 and 3 more; a system"):
        evaluate([Document(f"d{i}", "x") for i in range(8)], [], SCHEME)


ONE = Document("d", "Omar Zarnuq", spans=(Span("a", 0, 4, "PERSON", "Omar"), Span("b", 5, 11, "GPE", "Zarnuq")))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (replace(ONE, spans=(Span("a", 0, 4, "PERSN", "Omar"),)), "unknown type PERSN.*PERSON"),
        (replace(ONE, relations=(Relation("a", "LOCATEDIN", "b"),)), "unknown relation LOCATEDIN.*LOCATED_IN"),
        (replace(ONE, spans=(Span("a", 0, 4, "ATTACK", "Omar", modality="sure"),)), "unknown modality sure"),
    ],
)
def test_labels_outside_the_scheme_are_refused_on_either_side(bad, words):
    with pytest.raises(RasadError, match=rf"d \(predicted\): {words}"):
        evaluate([ONE], [bad], SCHEME)
    with pytest.raises(RasadError, match=rf"d \(gold\): {words}"):
        evaluate([bad], [ONE], SCHEME)
