import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.annotations.errors import RasadError
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import default_scheme
from rasad.eval.measures import Tally, b_cubed_f1, f1, standard_measures
from rasad.eval.scores import evaluate

SCHEME = default_scheme()
MEASURES = {measure.name: measure for measure in standard_measures(SCHEME, ("en", "ar", "en"))}


def document(name, lang, body, block=""):
    return parse_markdown(f"---\nid: {name}\nlang: {lang}\n---\n{body}\n\n```relations\n{block}\n```\n", name)


EN = document(
    "en-1",
    "en",
    "[Gunmen](PERSON:h1) [attacked](ATTACK:e1) a [post](FACILITY:f1); [police](FORCE:a1) [denied](DENIAL:e2) a "
    "[raid](ATTACK:e3) by [the force](FORCE:a2).",
    "e1 AGENT h1\ne1 TARGET f1\ne2 AGENT a1\ne2 ABOUT e3\ne3 modality=uncertain\na2 SAME_AS a1",
)
AR = document(
    "ar-1",
    "ar",
    "[قصفت](ATTACK:e1) [المسيّرات](WEAPON:w1) [مستودعا](FACILITY:f1) ولم [يُصب](CASUALTIES:e2) أحد.",
    "e1 INSTRUMENT w1\ne1 TARGET f1\ne1 CAUSES e2\ne2 polarity=negative",
)
GOLD = [EN, AR]
NOTHING = [replace(one, spans=(), relations=()) for one in GOLD]


def without(doc, *ids):
    spans = tuple(span for span in doc.spans if span.id not in ids)
    links = tuple(r for r in doc.relations if r.head not in ids and r.tail not in ids)
    return replace(doc, spans=spans, relations=links)


# In English the raid and one name of the force are missed, in Arabic nothing is found but what is denied, as told.
EN_PART = without(EN, "e3", "a2")
AR_PART = replace(without(AR, "w1", "f1", "e1"), spans=(replace(AR.by_id["e2"], polarity="positive"),))
PREDICTED = [EN_PART, AR_PART]


def test_the_measures_by_name():
    assert list(MEASURES) == [
        *("entities", "triggers", "relations"),
        *("entities.ar", "triggers.ar", "relations.ar", "entities.en", "triggers.en", "relations.en"),
        *("same_as", "same_as.entities", "same_as.events"),
        *("polarity.negative", "modality.uncertain", "modality.hypothetical"),
    ]
    assert "entities.en" not in {measure.name for measure in standard_measures(SCHEME, ["en", "en"])}


def test_what_documents_count_by_hand():
    tally = Tally.of(GOLD, PREDICTED, SCHEME, list(MEASURES.values()))
    assert tally.ids == ("ar-1", "en-1")
    rows = {name: counts.tolist() for name, counts in tally.counts.items()}
    # tp, fp, fn: in Arabic neither of 2 entities, in English 3 of 4.
    assert rows["entities"] == [[0, 0, 2], [3, 0, 1]]
    assert rows["entities.ar"] == [[0, 0, 2], [0, 0, 0]]
    assert rows["entities.en"] == [[0, 0, 0], [3, 0, 1]]
    assert rows["triggers"] == [[1, 0, 1], [2, 0, 1]]
    # Of 3 none; of 4 all but ABOUT, whose raid is missed.
    assert rows["relations"] == [[0, 0, 3], [3, 0, 1]]
    # Precision, predicted, recall, gold: the post and the gunmen whole, the police one of two who are one.
    assert rows["same_as.entities"] == [[0, 0, 0, 2], [3, 3, 2.5, 4]]
    assert rows["same_as.events"] == [[1, 1, 1, 2], [2, 2, 2, 3]]
    assert rows["polarity.negative"] == [[0, 0, 1], [0, 0, 0]]
    # The uncertain raid is no trigger of both sides.
    assert rows["modality.uncertain"] == [[0, 0, 0], [0, 0, 0]]


def test_values_by_hand():
    sums = np.array([[3.0, 1.0, 2.0], [0.0, 0.0, 0.0], [0.0, 4.0, 0.0]])
    assert f1(sums).tolist() == [pytest.approx(6 / 9), 0.0, 0.0]
    # Precision 3/4, recall 3/6: 2 · 3/4 · 1/2 by 5/4 is 3/5.
    assert b_cubed_f1(np.array([[3.0, 4.0, 3.0, 6.0], [0.0, 0.0, 0.0, 2.0]])).tolist() == [pytest.approx(0.6), 0.0]
    assert f1(np.zeros((5, 7, 3))).shape == (5, 7)


def figures(report):
    """The measures as `evaluate` gives them."""
    total, apart = report.total, report.by_language
    families = {name: getattr(total, name).micro.f1 for name in ("entities", "triggers", "relations")}
    families |= {f"{name}.{lang}": getattr(apart[lang], name).micro.f1 for name in families for lang in apart}
    clusters = {"same_as" if name == "all" else f"same_as.{name}": one.f1 for name, one in total.same_as.items()}
    values = {
        f"{attribute}.{value}": counts.f1
        for attribute, choices in total.attributes.items()
        for value, counts in choices.by_value.by_type.items()
    }
    return families | clusters | values


def drawn(pairs, times):
    """Documents as often as they are drawn, under ids of their own, gold and predicted."""
    many = [(one, other, i) for (one, other), n in zip(pairs, times, strict=True) for i in range(n)]
    return [[replace(pair[side], id=f"{pair[side].id}-{pair[2]}") for pair in many] for side in (0, 1)]


@settings(max_examples=30)
@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2**16))
def test_a_sample_is_scored_as_its_documents_would_be(english, arabic, seed):
    """The law that resampling rests on: figures of drawn documents are values of multiplicities times counts."""
    rng = random.Random(seed)
    predicted = [without(one, *rng.sample([s.id for s in one.spans], rng.randrange(3))) for one in GOLD]
    tally = Tally.of(GOLD, predicted, SCHEME, list(MEASURES.values()))
    gold, answers = drawn(zip(GOLD, predicted, strict=True), (english, arabic))
    if not gold:
        return
    for name, figure in figures(evaluate(gold, answers, SCHEME)).items():
        sums = np.array([arabic, english]) @ tally.counts[name]
        assert MEASURES[name].value(sums) == pytest.approx(figure), name


def test_gold_itself_scores_one_and_nothing_scores_zero():
    for predicted, expected in ((GOLD, 1.0), (NOTHING, 0.0)):
        tally = Tally.of(GOLD, predicted, SCHEME, list(MEASURES.values()))
        scores = {name: float(MEASURES[name].value(counts.sum(axis=0))) for name, counts in tally.counts.items()}
        assert scores.pop("modality.hypothetical") == 0.0  # there is none in gold
        assert set(scores.values()) == {expected}


def test_no_order_matters():
    forth = Tally.of(GOLD, PREDICTED, SCHEME, list(MEASURES.values()))
    back = Tally.of(GOLD[::-1], [AR_PART, EN_PART], SCHEME, list(MEASURES.values()))
    assert forth.ids == back.ids
    assert all(np.array_equal(forth.counts[name], back.counts[name]) for name in MEASURES)


def test_documents_that_do_not_answer_gold_are_refused():
    with pytest.raises(RasadError, match="documents of gold are missing: ar-1"):
        Tally.of(GOLD, [EN], SCHEME, list(MEASURES.values()))
