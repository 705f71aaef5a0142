import dataclasses
import json

import pytest
import tiny

from rasad.annotations.corpus import load
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import default_scheme
from rasad.eval.evaluation import Speed, measure, to_dict

SCHEME = default_scheme()


@pytest.fixture(scope="module")
def gold() -> list[Document]:
    return load([tiny.corpus()])


def scored(documents):
    """The documents as a model gives them: with a score on all that they say."""
    return [
        dataclasses.replace(
            d,
            spans=tuple(dataclasses.replace(s, score=0.9) for s in d.spans),
            relations=tuple(dataclasses.replace(r, score=0.8) for r in d.relations),
            model="tiny@0123456789ab",
        )
        for d in documents
    ]


def without_first_spans(documents):
    """Each document without its first span and what hangs on it."""
    found = []
    for d in documents:
        gone = {s.id for s in d.spans[:1]}
        relations = tuple(r for r in d.relations if not gone & {r.head, r.tail})
        found.append(dataclasses.replace(d, spans=d.spans[1:], relations=relations))
    return found


def test_a_perfect_prediction_is_perfect_in_everything(gold):
    found = to_dict(measure(gold, scored(gold), SCHEME, given_spans=scored(gold), samples=100))
    ones = [found["total"][family]["micro"]["f1"] for family in ("entities", "triggers", "relations")]
    ones += [counts["f1"] for modes in found["matching"].values() for counts in modes.values()]
    ones += [table["micro"]["f1"] for table in found["events"].values()]
    ones += [found["incidents"]["incidents"]["f1"], found["given_spans"]["total"]["relations"]["micro"]["f1"]]
    ones += [counts["f1"] for one in (found, found["given_spans"]) for counts in one["incidents"]["slots"].values()]
    ones += [table["micro"]["f1"] for table in found["given_spans"]["events"].values()]
    ones += [found["factuality"]["matched"]["accuracy"], found["factuality"]["stands"]["micro"]["f1"]]
    ones += [bound for part in ("entities", "triggers") for bound in found["intervals"][part]["all"]]
    assert ones == [1.0] * len(ones) and len(ones) > 25
    assert found["errors"]["telling"] == []
    assert not any(found["errors"]["causes"].values())


def test_what_is_missed_shows_everywhere(gold):
    predicted = without_first_spans(scored(gold))
    evaluation = measure(gold, predicted, SCHEME, samples=200)
    found = to_dict(evaluation)
    micro = found["total"]["entities"]["micro"]
    # On the tiny documents the first spans are a TIME and the trigger of an attack.
    assert (micro["fn"], found["total"]["triggers"]["micro"]["fn"]) == (1, 1)
    low, high = found["intervals"]["entities"]["all"]
    assert low < micro["f1"] < high
    assert found["errors"]["causes"]["entities"] == {"not found": 1}
    assert {"gold": "TIME", "predicted": "none", "n": 1} in found["errors"]["confusion"]
    told = {(case["document"], case["text"], case["cause"]) for case in found["errors"]["telling"]}
    assert ("en-1", "Sunday", "not found") in told
    assert found["slices"][0]["value"] == "all" and found["slices"][0]["documents"] == 3
    assert found["given_spans"] is None and found["speed"] is None


def test_links_between_the_spans_of_gold_are_measured_apart(gold):
    linked = [dataclasses.replace(d, relations=()) for d in scored(gold)]
    found = to_dict(measure(gold, scored(gold), SCHEME, given_spans=linked, samples=100))
    alone = found["given_spans"]
    assert (found["events"]["Arg-C"]["micro"]["f1"], alone["events"]["Arg-C"]["micro"]["f1"]) == (1.0, 0.0)
    assert alone["events"]["Trig-C"]["micro"]["f1"] == 1.0
    assert alone["incidents"]["incidents"]["f1"] < 1.0 == found["incidents"]["incidents"]["f1"]
    assert {slot for slot, counts in alone["incidents"]["slots"].items() if counts["tp"]} == set()


def test_the_json_is_plain_and_says_how_it_was_made(gold):
    speed = Speed(2.0, 512.0, "cpu, 1 threads")
    evaluation = measure(gold, scored(gold), SCHEME, split="dev", trained=gold[:1], speed=speed, samples=100)
    found = to_dict(evaluation)
    assert json.loads(json.dumps(found)) == found
    assert found["signature"].startswith("scheme:2.1|data:") and "|split:dev|" in found["signature"]
    assert found["checkpoint"] == "tiny@0123456789ab"
    assert found["speed"]["words_per_second"] == found["words"] / 2
    seen = {row["value"] for row in found["slices"] if row["slice"] == "seen in training"}
    assert {"seen", "unseen"} <= seen
    assert found["calibration"]["entities"]["brier"] == pytest.approx(0.01)


def test_predictions_without_scores_are_measured_but_for_calibration(gold):
    found = to_dict(measure(gold, [dataclasses.replace(d) for d in gold], SCHEME, samples=100))
    assert "score" in found["calibration"]["missing"]
    assert found["total"]["entities"]["micro"]["f1"] == 1


def test_no_order_matters(gold):
    predicted = without_first_spans(scored(gold))
    turned = [dataclasses.replace(d, spans=d.spans[::-1], relations=d.relations[::-1]) for d in predicted[::-1]]
    first, second = (to_dict(measure(gold, its, SCHEME, samples=100)) for its in (predicted, turned))
    first.pop("examples"), second.pop("examples")
    assert first == second


def test_articles_without_events_are_told_apart():
    quiet = Document("quiet", "Rain fell on the town.", "en")
    wrong = dataclasses.replace(
        quiet,
        spans=(
            Span("e1", 5, 9, "ATTACK", "fell", "positive", "asserted", 0.6),
            Span("p1", 17, 21, "GPE", "town", score=0.5),
        ),
        relations=(Relation("e1", "PLACE", "p1", 0.4),),
        model="m@0",
    )
    rows = to_dict(measure([quiet], [wrong], SCHEME, samples=100))["slices"]
    row = next(row for row in rows if row["value"] == "without events")
    assert row["false_triggers_per_1000"] == pytest.approx(1000 / 5)
    assert row["false_spans_per_1000"] == pytest.approx(2000 / 5)
