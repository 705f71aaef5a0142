import io
import json
from dataclasses import replace
from importlib.metadata import version

import pytest
from rich.console import Console

from rasad.annotations.corpus import corpus_hash
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.eval.report import render_report, to_dict
from rasad.eval.scores import evaluate

SCHEME = default_scheme()
TEXT = "Gunmen attacked Zarnuq, Zarnuq"
GOLD = Document(
    "en-1",
    TEXT,
    "en",
    spans=(
        Span("h1", 0, 6, "PERSON", "Gunmen"),
        Span("e1", 7, 15, "ATTACK", "attacked", modality="uncertain"),
        Span("g1", 16, 22, "GPE", "Zarnuq"),
        Span("g2", 24, 30, "GPE", "Zarnuq"),
    ),
    relations=(Relation("e1", "AGENT", "h1"), Relation("e1", "TARGET", "g1")),
)
PREDICTED = replace(GOLD, spans=GOLD.spans[:3], relations=GOLD.relations[:1], model="tiny@0123456789ab")
ARABIC = replace(GOLD, id="ar-1", lang="ar")


def leaves(value):
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    return [value]


def rendered(report, width=100):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    render_report(report, console)
    return console.file.getvalue()


def test_signature_says_what_was_compared():
    signature = evaluate([GOLD], [PREDICTED], SCHEME, split="dev").signature
    assert str(signature) == (
        f"scheme:{SCHEME.version}|data:{corpus_hash([GOLD])}|split:dev|checkpoint:0123456789ab"
        f"|match:strict|docs:1|rasad:{version('rasad')}"
    )


def test_signature_changes_with_gold_and_not_with_the_order_of_documents():
    one = evaluate([GOLD, ARABIC], [GOLD, ARABIC], SCHEME).signature
    assert one == evaluate([ARABIC, GOLD], [GOLD, ARABIC], SCHEME).signature
    changed = replace(GOLD, relations=())
    assert one.data != evaluate([changed, ARABIC], [GOLD, ARABIC], SCHEME).signature.data


def test_documents_of_no_model_are_signed_as_such():
    assert evaluate([GOLD], [GOLD], SCHEME).signature.checkpoint == "none"


def test_predictions_of_two_checkpoints_are_refused():
    with pytest.raises(RasadError, match=r"different checkpoints \(none, tiny@0123456789ab\)"):
        evaluate([GOLD, ARABIC], [PREDICTED, ARABIC], SCHEME)


def test_the_dictionary_is_plain_json():
    report = evaluate([GOLD], [PREDICTED], SCHEME, split="dev")
    data = to_dict(report)
    assert json.loads(json.dumps(data)) == data
    assert {type(leaf) for leaf in leaves(data)} == {str, int, float}
    assert data["signature"] == str(report.signature)
    assert data["languages"] == {"en": data["total"]}
    total = data["total"]
    # One of the two Zarnuqs is missed: 2 of 3 entities, and B³ recall of the pair is 1/2 and 0: 2.5 of 4 mentions.
    assert total["entities"]["micro"] == {
        "tp": 2,
        "fp": 0,
        "fn": 1,
        "precision": 1.0,
        "recall": pytest.approx(2 / 3),
        "f1": pytest.approx(4 / 5),
    }
    assert set(total["entities"]["types"]) == {"PERSON", "GPE"}
    assert total["entities"]["macro"]["recall"] == 0.75
    assert total["same_as"]["all"] == {
        "predicted": 3,
        "gold": 4,
        "precision": 1.0,
        "recall": 2.5 / 4,
        "f1": pytest.approx(2 * 0.625 / 1.625),
    }
    # The Zarnuqs are the only link, and missed. Of clusters Gunmen and the attack are whole, Zarnuq alone is 2/3.
    coreference = total["coreference"]["all"]
    assert coreference["b_cubed"] == total["same_as"]["all"]
    assert coreference["muc"] == {"predicted": 0, "gold": 1, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert coreference["ceaf_e"]["f1"] == pytest.approx(8 / 9)
    assert (coreference["lea"]["precision"], coreference["lea"]["recall"]) == (pytest.approx(2 / 3), 2 / 4)
    assert coreference["mean"] == pytest.approx((0 + 2 * 0.625 / 1.625 + 8 / 9) / 3)
    assert total["coreference"]["events"]["mean"] == pytest.approx(2 / 3)
    assert total["attributes"]["modality"]["values"]["uncertain"]["tp"] == 1
    assert total["attributes"]["polarity"] == {"right": 1, "total": 1, "accuracy": 1.0, "values": {}}


def test_the_table_shows_scores_by_language_and_type_and_the_signature():
    report = evaluate([GOLD, ARABIC], [replace(PREDICTED, model=None), ARABIC], SCHEME, split="dev")
    lines = rendered(report).splitlines()
    assert lines[-1] == str(report.signature)
    # 5 of 6 entities, half of them in English.
    assert [cell.strip() for cell in next(x for x in lines if "Entities  " in x).split("│")[1:-1]] == [
        "Entities",
        "1.000",
        "0.833",
        "0.909",
        "5",
        "0",
        "1",
    ]
    for words in (
        "All documents",
        "Language: ar",
        "Language: en",
        "Entities by type",
        "TARGET",
        "SAME_AS (B³)",
        "uncertain",
    ):
        assert any(words in line for line in lines), words
    assert not any("VEHICLE" in line for line in lines)


def test_the_table_shows_every_metric_of_coreference():
    lines = [line.split("│")[1:-1] for line in rendered(evaluate([GOLD], [PREDICTED], SCHEME)).splitlines()]
    rows = [[cell.strip() for cell in line] for line in lines if line]
    start = next(i for i, row in enumerate(rows) if row[0] == "SAME_AS (B³)")
    assert [row[:4] for row in rows[start : start + 15]] == [
        ["SAME_AS (B³)", "1.000", "0.625", "0.769"],
        ["entities", "1.000", "0.500", "0.667"],
        ["events", "1.000", "1.000", "1.000"],
        ["SAME_AS (MUC)", "0.000", "0.000", "0.000"],
        ["entities", "0.000", "0.000", "0.000"],
        ["events", "0.000", "0.000", "0.000"],
        ["SAME_AS (CEAFe)", "0.889", "0.889", "0.889"],
        ["entities", "0.833", "0.833", "0.833"],
        ["events", "1.000", "1.000", "1.000"],
        ["SAME_AS (LEA)", "0.667", "0.500", "0.571"],
        ["entities", "0.500", "0.333", "0.400"],
        ["events", "1.000", "1.000", "1.000"],
        ["SAME_AS (CoNLL mean)", "", "", "0.553"],
        ["entities", "", "", "0.500"],
        ["events", "", "", "0.667"],
    ]


def test_one_language_is_not_shown_twice():
    assert "Language:" not in rendered(evaluate([GOLD], [PREDICTED], SCHEME))


def test_a_narrow_console_keeps_the_signature_whole():
    report = evaluate([GOLD], [PREDICTED], SCHEME)
    assert str(report.signature) in rendered(report, width=40).splitlines()
