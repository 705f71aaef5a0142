import json
import shutil

import pytest
import tiny
import torch
from transformers import AutoConfig, AutoModel, AutoModelForTokenClassification, AutoTokenizer

from rasad.annotations.corpus import load
from rasad.annotations.errors import RasadError, SchemeMismatch
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.inference.predictor import Predictor
from rasad.models import network
from rasad.models.configuration import RasadConfig
from rasad.models.encoding import Encoder
from rasad.models.network import RasadModel
from rasad.models.spans import span_set
from rasad.training.data import example, targets

SCHEME = default_scheme()
LONG = " ".join(tiny.SENTENCES)


@pytest.fixture(scope="module", params=tiny.ENCODERS)
def model(request):
    return tiny.model(request.param).eval()


def encoder_of(model):
    return Encoder(tiny.tokenizer(model.config.encoder_config.model_type), model.config.row_size, model.config.overlap)


def examples(model):
    encoder = encoder_of(model)
    return [example(d, encoder, SCHEME) for d in load([tiny.corpus()])]


def outputs(model, items):
    """All that the heads say of some documents and their gold spans."""
    batch = encoder_of(model).batch([e.encoded for e in items])
    gold = targets(items)
    spans = span_set(gold.spans, gold.span_doc)
    with torch.inference_mode():
        states = model.word_states(batch)
        reps = model.span_states(states, spans)
        relations = model.relation_scores(states, reps, spans, gold.words)
        links = model.antecedent_logits(states, reps, spans, gold.words)
        return {
            "tags": model(batch),
            "relations": relations.scores,
            "antecedents": links.scores,
            **model.attribute_logits(states, reps, spans, gold.words),
        }


def test_every_architecture_answers_with_every_head(model):
    items = examples(model)
    found = outputs(model, items)
    words, spans = sum(len(e.encoded.words) for e in items), sum(len(e.spans) for e in items)
    assert found["tags"].shape == (words, 2 * len(SCHEME.types) + 1)
    assert found["relations"].shape[1] == len(SCHEME.relations)
    assert found["antecedents"].shape[1] == 1
    assert {name: found[name].shape for name in SCHEME.attributes} == {
        name: (spans, len(values)) for name, values in SCHEME.attributes.items()
    }
    assert all(found[name].isfinite().all() for name in ("tags", "antecedents", *SCHEME.attributes))
    assert torch.allclose(found["relations"].exp().sum(1), torch.ones(len(found["relations"])), atol=1e-5)


def test_a_saved_model_answers_as_before(model, tmp_path):
    model.save_pretrained(tmp_path)
    again, once_more = (RasadModel.from_pretrained(tmp_path).eval() for _ in range(2))
    assert all(again.state_dict()[name].equal(value) for name, value in model.state_dict().items())
    before, after, later = (outputs(m, examples(model)) for m in (model, again, once_more))
    assert all(after[name].equal(later[name]) for name in later)
    # Weights from a file lie elsewhere in memory than those made here, which can move the last bit.
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in before)
    assert again.scheme.to_dict() == model.scheme.to_dict() == SCHEME.to_dict()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.json", "model.safetensors"]


def test_the_auto_classes_know_rasad():
    folder = tiny.checkpoint()
    assert type(AutoConfig.from_pretrained(folder)) is RasadConfig
    assert type(AutoModel.from_pretrained(folder)) is RasadModel
    assert type(AutoModelForTokenClassification.from_pretrained(folder)) is RasadModel


def test_the_scheme_travels_inside_the_configuration():
    scheme = RasadConfig.from_pretrained(tiny.checkpoint()).label_scheme()
    scheme.require_same(SCHEME, "the checkpoint")
    # In the same order, for the outputs are numbered by it; JSON as transformers writes it is sorted by name.
    assert (scheme.types, scheme.attributes) == (SCHEME.types, SCHEME.attributes)
    assert [r.name for r in scheme.relations] == [r.name for r in SCHEME.relations]
    assert scheme.name("ATTACK", "ar") == SCHEME.name("ATTACK", "ar")


def test_another_scheme_is_refused_with_both_lists(tmp_path):
    folder = tmp_path / "other"
    shutil.copytree(tiny.checkpoint(), folder)
    written = json.loads((folder / "config.json").read_text("utf-8"))
    text = json.dumps(written).replace('"VEHICLE"', '"CARAVAN"').replace(f'"{SCHEME.version}"', '"1.0"')
    (folder / "config.json").write_text(text, "utf-8")
    with pytest.raises(SchemeMismatch) as caught:
        Predictor.from_pretrained(folder)
    for part in (str(folder), "1.0", SCHEME.version, "CARAVAN", "VEHICLE"):
        assert part in str(caught.value)


def test_heads_say_the_same_of_a_document_alone_and_in_a_batch(model):
    items = examples(model)
    alone = [outputs(model, [item]) for item in items[:2]]
    both = outputs(model, items[:2])
    for name, value in both.items():
        assert torch.allclose(value, torch.cat([one[name] for one in alone]), atol=1e-4), name


def test_a_word_is_read_where_it_stands_most_centrally(model):
    encoder = encoder_of(model)
    one = encoder.encode(LONG)
    rows = encoder.rows(len(one.pieces))
    assert len(rows) > 2
    with torch.inference_mode():
        states = model.word_states(encoder.batch([one]))
        for word in (0, len(one.words) // 2, len(one.words) - 1):
            a, b = one.first[word], one.last[word]
            start, stop = max(rows, key=lambda row: min(a - row[0], row[1] - 1 - a))
            ids = torch.tensor([[encoder.start_id, *one.pieces[start:stop], encoder.end_id]])
            hidden = model.encoder(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0, 1:]
            expected = model.norm(hidden[a - start : b + 1 - start].mean(0))
            assert torch.allclose(states[word], expected, atol=1e-4)


@pytest.mark.parametrize(("pooling", "index"), [("first", 0), ("last", -1)])
def test_pooling_takes_the_piece_that_it_names(pooling, index):
    model = tiny.model(word_pooling=pooling).eval()
    encoder = encoder_of(model)
    one = encoder.encode("the warplane repels")
    with torch.inference_mode():
        batch = encoder.batch([one])
        hidden = model.encoder(batch["input_ids"], batch["attention_mask"]).last_hidden_state[0, 1:]
        pieces = [range(a, b + 1)[index] for a, b in zip(one.first, one.last, strict=True)]
        assert any(a != b for a, b in zip(one.first, one.last, strict=True))
        assert torch.allclose(model.word_states(batch), model.norm(hidden[pieces]), atol=1e-6)


def test_what_the_scheme_forbids_has_no_probability():
    model = tiny.model().eval()
    gold = targets(examples(model)[:1])
    spans = span_set(gold.spans, gold.span_doc)
    states = torch.randn(len(gold.tags), 32)
    with torch.inference_mode():
        scored = model.relation_scores(states, model.span_states(states, spans), spans, gold.words)
    index = {name: i for i, name in enumerate(model.rules.relations, 1)}
    for head, tail, row in zip(scored.heads, scored.tails, scored.scores, strict=True):
        kinds = SCHEME.types[spans.type[head]], SCHEME.types[spans.type[tail]]
        for name, i in index.items():
            apart = gold.words.paragraph[spans.first[head]] != gold.words.paragraph[spans.first[tail]]
            legal = SCHEME.allows(kinds[0], name, kinds[1]) and not (apart and SCHEME.relation[name].same_paragraph)
            assert bool(row[i].isfinite()) == legal


def test_pairs_are_scored_alike_in_pieces(monkeypatch):
    model = tiny.model().eval()
    items = examples(model)
    whole = outputs(model, items)
    monkeypatch.setattr(network, "PAIR_CHUNK", 7)
    pieces = outputs(model, items)
    assert len(whole["relations"]) > 14
    assert all(torch.allclose(whole[name], pieces[name], atol=1e-5) for name in whole)


def test_spans_may_lie_on_the_cpu_and_the_model_elsewhere():
    model = tiny.model().eval()
    gold = targets(examples(model))
    spans = span_set(gold.spans, gold.span_doc)
    model.to("meta")  # a device that tensors cannot leave for, so that mixing it with another fails
    states = torch.zeros(len(gold.tags), 32, device="meta")
    reps = model.span_states(states, spans)
    scored = model.relation_scores(states, reps, spans, gold.words)
    assert (scored.scores.device.type, scored.heads.device.type) == ("meta", "cpu")
    assert model.antecedent_logits(states, reps, spans, gold.words).scores.device.type == "meta"
    assert {v.device.type for v in model.attribute_logits(states, reps, spans, gold.words).values()} == {"meta"}


def test_from_encoder_takes_the_weights_of_an_encoder_or_of_a_checkpoint(tmp_path):
    source = AutoModel.from_pretrained(tiny.encoder("bert")).state_dict()
    model = tiny.model()
    mine = model.encoder.state_dict()
    assert not any(name.startswith("pooler") for name in mine)
    assert all(source[name].equal(value) for name, value in mine.items())
    model.save_pretrained(tmp_path)
    again = RasadModel.from_encoder(tmp_path, span_size=16)
    assert all(mine[name].equal(value) for name, value in again.encoder.state_dict().items())
    assert again.config.span_size == 16


def test_a_checkpoint_that_learns_further_keeps_its_heads(tmp_path):
    model = tiny.model()
    model.save_pretrained(tmp_path)
    kept = RasadModel.from_encoder(tmp_path, keep_heads=True, split_bias=1.0)
    assert all(value.equal(kept.state_dict()[name]) for name, value in model.state_dict().items())
    assert (kept.config.split_bias, kept.config.window) == (1.0, model.config.window)


def test_heads_that_cannot_be_kept_are_refused(tmp_path):
    tiny.model().save_pretrained(tmp_path)
    turned = {**SCHEME.raw, "relations": dict(reversed(SCHEME.raw["relations"].items()))}
    with pytest.raises(RasadError, match="an encoder has no heads to keep"):
        RasadModel.from_encoder(tiny.encoder("bert"), keep_heads=True)
    with pytest.raises(RasadError, match="its heads are of other sizes"):
        RasadModel.from_encoder(tmp_path, keep_heads=True, span_size=24)
    with pytest.raises(RasadError, match="its heads have the labels in another order"):
        RasadModel.from_encoder(tmp_path, Scheme.from_dict(turned), keep_heads=True)
    with pytest.raises(SchemeMismatch):
        RasadModel.from_encoder(tmp_path, Scheme.from_dict({**SCHEME.raw, "version": "1"}), keep_heads=True)


def test_options_reach_the_configurations():
    model = RasadModel.from_encoder(
        tiny.encoder("bert"), None, {"hidden_dropout_prob": 0.0}, window=32, overlap=4, dropout=0, none_bias=0.5
    )
    assert model.config.encoder_config.hidden_dropout_prob == model.encoder.config.hidden_dropout_prob == 0.0
    assert (model.config.row_size, model.config.overlap, model.config.none_bias) == (32, 4, 0.5)
    assert tiny.model().config.row_size == 62  # of 64 positions, whatever the window


@pytest.mark.parametrize(
    ("encoder_options", "options", "message"),
    [
        ({"hidden_droput": 0.1}, {}, "encoder option hidden_droput: bert"),
        ({}, {"windw": 512}, r"model option windw: unknown \(did you mean window\?\)"),
        ({}, {"window": "512"}, "model option window: '512' is no int"),
        ({}, {"dropout": "high"}, "model option dropout: 'high' is no float"),
        ({}, {"kwargs": 1}, "model option kwargs: unknown"),
        ({}, {"encoder_config": None}, "model option encoder_config: unknown"),
        ({"hidden_dropout_prob": "1e-1"}, {}, "encoder option hidden_dropout_prob: '1e-1' is no float"),
        ({"num_hidden_layers": 1}, {}, "weights do not fit a bert with num_hidden_layers"),
        ({}, {"word_pooling": "middle"}, "word_pooling: 'middle' is none of first, mean, last"),
    ],
)
def test_options_that_do_not_exist_are_refused(encoder_options, options, message):
    with pytest.raises(ValueError, match=message):
        RasadModel.from_encoder(tiny.encoder("bert"), None, encoder_options, **options)


def test_the_default_configuration_is_of_the_scheme_that_is_installed():
    assert RasadConfig().label_scheme().to_dict() == SCHEME.to_dict()
    assert RasadConfig().encoder_config.model_type == "bert"


def test_a_checkpoint_in_half_precision_is_read_in_full(tmp_path):
    model = tiny.model().eval()
    weights = {k: v.half() for k, v in model.state_dict().items()}
    model.save_pretrained(tmp_path, state_dict=weights)
    AutoTokenizer.from_pretrained(tiny.encoder("bert")).save_pretrained(tmp_path)
    half = Predictor.from_pretrained(tmp_path).model
    assert {p.dtype for p in half.parameters()} == {torch.float32}
    assert torch.allclose(outputs(half, examples(model))["tags"], outputs(model, examples(model))["tags"], atol=2e-2)


def test_an_unknown_encoder_is_no_traceback():
    from rasad.training.config import TrainingConfig
    from rasad.training.finetune import build

    with pytest.raises(RasadError, match="encoder nowhere/such-encoder: "):
        build(TrainingConfig(train=("x",), encoder="nowhere/such-encoder"), SCHEME)
