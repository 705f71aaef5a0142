import functools
import itertools
from dataclasses import replace

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PIECES, texts

from rasad.annotations.corpus import load
from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import SAME_AS, default_scheme
from rasad.annotations.words import words
from rasad.inference.predictor import Predictor, checkpoint_hash

SCHEME = default_scheme()
HARD = (
    "\u202bقصفت\u202c \u2067F-16\u2069 \u200fالموقع\u200e",
    "The raid.\r\nThe army.\rThe \u2028group.\n\n\nSunday 🚀 ٤٥",
    "ﻣﺤ ﷲ ﻻ ﺻﻮﺍﺭﻳﺦ ﬁre \u0627\u0653لا e\u0301te",
    "قَصَفَتِ الطَّائِرَاتُ \u064e مَوْقِعًا قُتِلَ",
    "الهجـــوم ـــ ـ\u00a0x\u202f12",
    "[MASK] </s> <s> hit [SEP]",
)


@functools.cache
def predictor(kind="bert"):
    """Untrained, so that it marks nearly everything."""
    return Predictor(tiny.model(kind), tiny.tokenizer(kind), "tiny@0")


def check(text, found):
    """What must hold of every prediction."""
    assert found.text == text
    starts, ends = ({span[side] for span in words(text)} for side in (0, 1))
    for span in found.spans:
        assert text[span.start : span.end] == span.text
        assert span.start in starts and span.end in ends
        assert not {"\n", "\r"} & set(span.text)
        assert 0 <= span.score <= 1
        event = SCHEME.is_event(span.type)
        for name, values in SCHEME.attributes.items():
            assert getattr(span, name) in (values if event else (None,))
        assert not event or len(words(span.text)) == 1
    assert all(a.end <= b.start for a, b in itertools.pairwise(found.spans))
    spans = found.by_id
    for relation in found.relations:
        head, tail = spans[relation.head], spans[relation.tail]
        assert SCHEME.allows(head.type, relation.type, tail.type)
        assert relation.type != SAME_AS or tail.start < head.start
        if SCHEME.relation[relation.type].same_paragraph:
            assert found.paragraph_of(head.start) == found.paragraph_of(tail.start)


@pytest.mark.parametrize("kind", tiny.ENCODERS)
@pytest.mark.parametrize("text", [*HARD, " ".join(tiny.SENTENCES), "\n".join(tiny.SENTENCES)])
def test_offsets_hold_on_the_text_as_it_came(kind, text):
    found = predictor(kind).predict(text)
    check(text, found)
    assert found.spans


@settings(max_examples=60, deadline=None, derandomize=True)
@given(texts() | st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.sampled_from(tiny.ENCODERS))
def test_offsets_hold_on_any_text(text, kind):
    check(text, predictor(kind).predict(text))


@pytest.mark.parametrize("text", ["", " \r\n\t", "\u200f\u200b", "؟!… — «»", "ـ"])
def test_a_text_with_nothing_to_say_is_no_error(text):
    found = predictor().predict(text)
    check(text, found)
    assert len(found.spans) <= len(words(text))


def many():
    """Texts of very different lengths, blank ones among them."""
    lengths = (1, 6, 0, 2, 11, 1, 3, 30)
    found = [" ".join(itertools.islice(itertools.cycle(tiny.SENTENCES), i, i + n)) for i, n in enumerate(lengths)]
    return [*found, *HARD, "\n".join(tiny.SENTENCES)]


@pytest.mark.parametrize("kind", tiny.ENCODERS)
def test_a_text_is_read_alike_in_any_company(kind):
    documents = [Document(f"d{i}", text) for i, text in enumerate(many())]
    alone = [predictor(kind).predict(d) for d in documents]
    assert predictor(kind).predict(documents) == alone
    assert predictor(kind).predict(documents[::-1]) == alone[::-1]
    assert predictor(kind).predict(iter([documents[4]] * 3)) == [alone[4]] * 3
    assert sum(len(d.relations) for d in alone) > 50


def test_batches_of_an_accelerator_are_filled_and_read_alike(monkeypatch):
    documents = [Document(f"d{i}", text) for i, text in enumerate(many())]
    alone = predictor().predict(documents)
    batched = Predictor(predictor().model, tiny.tokenizer("bert"), "tiny@0", batch_words=100)
    encoded = [batched.encoder.encode(d.text) for d in documents]
    sizes = [len(e.words) for e in encoded]
    with monkeypatch.context() as patch:
        patch.setattr(type(batched.model), "device", torch.device("meta"))
        groups = list(batched._groups(encoded))
    assert sorted(i for group in groups for i in group) == list(range(len(documents)))
    assert all(sum(sizes[i] for i in group) <= 100 or len(group) == 1 for group in groups)
    assert 1 < len(groups) < len(documents)
    monkeypatch.setattr(batched, "_groups", lambda encoded: groups)
    found = batched.predict(documents)
    assert [d.id for d in found] == [d.id for d in documents]
    for one, other in zip(found, alone, strict=True):
        assert [(s.start, s.end, s.type) for s in one.spans] == [(s.start, s.end, s.type) for s in other.spans]
        assert [s.score for s in one.spans] == pytest.approx([s.score for s in other.spans], abs=2e-3)


def test_one_gives_one_and_many_give_a_list():
    assert isinstance(predictor().predict("Gunmen fled"), Document)
    assert predictor().predict([]) == []
    assert [d.id for d in predictor().predict(["Gunmen fled", "", "An army"])] == ["text-1", "text-2", "text-3"]


@pytest.mark.parametrize(("text", "lang"), [("قصفت طائرة الموقع", "ar"), ("Gunmen fled", "en"), ("", "mixed")])
def test_the_language_of_a_text_is_found(text, lang):
    assert predictor().predict(text).lang == lang
    assert predictor().predict(Document("x", text)).lang == "mixed"


def test_what_a_document_says_of_itself_is_kept_and_its_annotation_is_not():
    gold = replace(load([tiny.corpus()])[1], date="2024-04-22", meta={"source": "a wire"}, derived={"times": [1]})
    found = predictor().predict(gold)
    assert (found.id, found.lang, found.date, found.meta) == (gold.id, gold.lang, gold.date, gold.meta)
    assert found.model == "tiny@0"
    assert found.derived["times"] != [1]
    assert found == predictor().predict(replace(gold, spans=(), relations=(), derived={}))


def test_of_a_higher_least_score_less_is_left():
    text = "\n".join(tiny.SENTENCES)
    whole = predictor().predict(text)
    least = sorted(s.score for s in whole.spans)[len(whole.spans) // 2]
    surer = Predictor(predictor().model, tiny.tokenizer("bert"), "tiny@0", min_score=least).predict(text)
    assert [s.key for s in surer.spans] == [s.key for s in whole.spans if s.score >= least]
    assert 0 < len(surer.spans) < len(whole.spans)
    assert all(r.score is None or r.score >= least for r in surer.relations)
    assert {i for event in surer.derived["events"] for i in event["mentions"]} <= surer.by_id.keys()


def test_a_relation_is_no_surer_than_its_spans():
    found = predictor().predict("\n".join(tiny.SENTENCES))
    scored = [r for r in found.relations if r.score is not None]
    assert scored
    for r in scored:
        assert r.score <= found.by_id[r.head].score * found.by_id[r.tail].score + 1e-3


def test_thresholds_of_the_model_leave_out_what_is_unsure():
    text = "\n".join(tiny.SENTENCES)
    whole = predictor().predict(text)
    middle = sorted(s.score for s in whole.spans)[len(whole.spans) // 2]
    model = tiny.model(none_bias=-8.0)
    settled = Predictor(model, tiny.tokenizer("bert"), "tiny@0")
    linked = settled.predict(text)
    links = sorted(r.score for r in linked.relations if r.type != SAME_AS)
    model.config.span_threshold = middle
    spans = settled.predict(text).spans
    assert spans and all(s.score >= middle for s in spans)
    model.config.span_threshold, model.config.relation_threshold = 0.0, links[len(links) // 2]
    found = settled.predict(text)
    assert [s.key for s in found.spans] == [s.key for s in linked.spans]
    kept = [r.score for r in found.relations if r.type != SAME_AS]
    assert kept and sorted(kept) == [score for score in links if score >= links[len(links) // 2]]
    assert sum(r.type == SAME_AS for r in found.relations) == sum(r.type == SAME_AS for r in linked.relations)


@pytest.mark.parametrize("least", (-0.1, 1.5))
def test_a_least_score_that_is_no_share_is_refused(least):
    with pytest.raises(RasadError, match="min_score"):
        Predictor(tiny.model(), tiny.tokenizer("bert"), min_score=least)


def test_in_bf16_the_encoder_reckons_otherwise_and_the_prediction_says_so():
    model, text = tiny.model(), "\n".join(tiny.SENTENCES)
    for weights in model.parameters():  # so small as they are made, they would hide the difference
        weights.data *= 5
    whole = Predictor(model, tiny.tokenizer("bert")).predict(text)
    half = Predictor(model, tiny.tokenizer("bert"), precision="bf16")
    found = half.predict(text)
    check(text, found)
    assert (found.derived["coverage"]["precision"], whole.derived["coverage"]["precision"]) == ("bf16", "float32")
    scores, others = ({s.key: s.score for s in one.spans} for one in (found, whole))
    both = scores.keys() & others.keys()
    assert 2 * len(both) > len(others)
    assert 0 < max(abs(scores[key] - others[key]) for key in both) < 0.2
    assert half.predict([text, "Sunday", text])[2].spans == found.spans


def test_an_unknown_precision_is_refused():
    with pytest.raises(RasadError, match="precision: 'int8' is none of float32, bf16"):
        Predictor(tiny.model(), tiny.tokenizer("bert"), precision="int8")


def test_given_spans_are_kept_and_linked():
    linking = Predictor(tiny.model(none_bias=-20.0, new_bias=-20.0), tiny.tokenizer("bert"))
    for gold in load([tiny.corpus()]):
        found = linking.predict(gold, given_spans=True)
        assert [(s.start, s.end, s.type) for s in found.spans] == [(s.start, s.end, s.type) for s in gold.spans]
        assert all(s.polarity is not None for s in found.spans if SCHEME.is_event(s.type))
        assert bool(found.relations) == bool(gold.spans)
        check(gold.text, found)


def test_a_given_span_that_cuts_a_word_is_refused():
    gold = next(d for d in load([tiny.corpus()]) if d.id == "en-1")
    span = replace(gold.spans[0], start=gold.spans[0].start + 1, text=gold.spans[0].text[1:])
    with pytest.raises(RasadError, match=r"en-1: span .* does not begin and end with a word"):
        predictor().predict(replace(gold, spans=(span,), relations=()), given_spans=True)


def test_a_long_text_is_read_to_its_end():
    model = tiny.model().eval()
    with torch.no_grad():
        reader = Predictor(model, tiny.tokenizer("bert"))
        logits = model(reader.encoder.batch([reader.encoder.encode(sentence) for sentence in tiny.SENTENCES]))
        margins = logits[:, 1:].amax(1) - logits[:, 0]
        model.tagger.bias[0] += margins.quantile(0.9)  # so that it marks a tenth of the words, as a trained one would
    text = "\n".join(itertools.islice(itertools.cycle(tiny.SENTENCES), 2300))[-200_000:]
    found = reader.predict(text)
    check(text, replace(found, relations=()))
    assert found.derived["coverage"]["words"] == len(words(text))
    assert 1000 < len(found.spans) < 10_000
    assert max(s.end for s in found.spans) > 199_000
    assert found.relations


def test_two_loads_answer_alike_and_name_the_weights(tmp_path):
    folder = tiny.checkpoint("electra")
    one, other = Predictor.from_pretrained(folder), Predictor.from_pretrained(str(folder), device="cpu")
    assert one.model_id == f"{folder.name}@{checkpoint_hash(folder)}"
    documents = [Document(f"d{i}", text) for i, text in enumerate(many())]
    assert one.predict(documents) == other.predict(documents)
    tiny.model("electra", seed=1).save_pretrained(tmp_path)
    assert checkpoint_hash(tmp_path) != checkpoint_hash(folder)


def test_biases_trade_precision_for_recall():
    text = "\n".join(tiny.SENTENCES)
    counts = {}
    for bias in (-8.0, 0.0, 50.0):
        model = tiny.model(none_bias=bias, new_bias=bias)
        found = Predictor(model, tiny.tokenizer("bert")).predict(text)
        counts[bias] = len([r for r in found.relations if r.score is not None])
    assert counts[-8.0] > counts[0.0] > counts[50.0] == 0


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([b"hit"], "input 1: a bytes is neither a text nor a Document"),
        (["hit", None], "input 2: a NoneType"),
        ("a \ud83d hit", r"text-1: character 2 is half of a surrogate pair \(U\+D83D\)"),
        (Document("x", "\udc00"), "x: character 0 is half"),
    ],
)
def test_what_is_no_text_is_refused(inputs, message):
    with pytest.raises(RasadError, match=message):
        predictor().predict(inputs)
