import json
import shutil

import pytest
import tiny
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from killing import killed_in
from safetensors.torch import load_file
from transformers import (
    AlbertConfig,
    AlbertModel,
    AutoModel,
    AutoModelForMaskedLM,
    BertConfig,
    BertForMaskedLM,
    DebertaV2Config,
    DebertaV2ForMaskedLM,
    T5Config,
    T5EncoderModel,
)

from rasad.annotations.errors import RasadError
from rasad.models.network import RasadModel
from rasad.training import pretrain as module
from rasad.training.backbone import keep_layers, layers, spread
from rasad.training.config import PretrainingConfig
from rasad.training.masked import MaskedModel, OwnHead, TiedHead
from rasad.training.pretrain import Pretraining, load_objective, pretrain, schedule, stable_steps
from rasad.training.rates import parameter_groups

CLOCK = ("pieces_per_second", "minutes", "minutes_left")


@pytest.fixture(autouse=True)
def fresh_accelerator():
    """Let a test choose its precision: accelerate keeps the first choice of a process."""
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("texts") / "news.txt"
    path.write_text("\n\n".join(f"{a}\n{b}" for a in tiny.SENTENCES for b in tiny.SENTENCES), "utf-8")
    return path


def config(output, text, **changes):
    settings = {
        "texts": {str(text): 1.0},
        "rows": str(text.with_name("rows")),
        "output": str(output),
        "encoder": str(tiny.encoder("bert")),
        "window": 32,
        "batch_rows": 4,
        "steps": 12,
        "warmup_steps": 2,
        "decay": 0.25,
        "evaluate_every": 4,
        "mask_rate": 0.3,
    }
    return PretrainingConfig(**(settings | changes))


def log(folder):
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    return [{key: value for key, value in line.items() if key not in CLOCK} for line in lines]


def weights(folder, *parts):
    return {f"{part}/{p.name}": p.read_bytes() for part in parts for p in (folder / part).glob("*.safetensors")}


def moved(run, folder):
    """Copy a run, as if it had been written to another folder."""
    shutil.copytree(run, folder)
    settings = folder / "config.yaml"
    settings.write_text(settings.read_text("utf-8").replace(str(run), str(folder)), "utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("runs") / "undisturbed"
    AcceleratorState._reset_state(reset_partial_state=True)
    assert pretrain(config(folder, text)) == folder / "encoder"
    return folder


def test_a_run_leaves_a_log_and_an_encoder(undisturbed):
    lines = log(undisturbed)
    assert [line["step"] for line in lines] == [0, 4, 8, 12]
    assert [line["pieces"] for line in lines] == [0, 480, 960, 1440]
    assert "loss" not in lines[0] and all(line["held_out_news"] > 0 for line in lines)
    facts = json.loads((undisturbed / "run.json").read_text("utf-8"))
    assert facts["news"]["documents"] == 36 and facts["news"]["held_out_documents"] == 1
    adapted, before = (AutoModel.from_pretrained(p) for p in (undisturbed / "encoder", tiny.encoder("bert")))
    pairs = zip(adapted.encoder.parameters(), before.encoder.parameters(), strict=True)
    assert any((a != b).any() for a, b in pairs)
    RasadModel.from_encoder(undisturbed / "encoder")


@pytest.mark.parametrize("kind", ["bert", "electra"])
def test_settings_of_the_run_are_not_left_in_the_encoder(tmp_path, text, kind):
    options = {"hidden_dropout_prob": 0.0, "_attn_implementation": "eager"}
    settled = config(tmp_path, text, steps=1, encoder=str(tiny.encoder(kind)), encoder_options=options)
    pretrain(settled)
    assert AutoModel.from_pretrained(tmp_path / "encoder").config.hidden_dropout_prob == 0.1


def test_the_loss_falls(tmp_path, text):
    settled = config(tmp_path, text, steps=60, encoder_rate=3e-3, head_rate=3e-3, evaluate_every=60)
    pretrain(settled)
    lines = log(tmp_path)
    assert lines[-1]["held_out_news"] < lines[0]["held_out_news"] - 0.3


@pytest.mark.parametrize(
    ("owner", "method", "call", "save_every"),
    [
        (Pretraining, "_step", 2, 0),  # before there is anything to resume from
        (Pretraining, "_step", 6, 0),
        (Pretraining, "_step", 6, 3),  # saved between two lines of the log
        (Pretraining, "_save_state", 2, 0),  # after the line of step 8 is written
        (Pretraining, "_save_state", 4, 3),  # at step 9, between `last` and `stable`
        (module.state, "write", 3, 1),
        (Pretraining, "_save_encoder", 1, 0),
    ],
)
def test_a_killed_run_ends_as_if_nothing_had_been(
    undisturbed, text, tmp_path, monkeypatch, owner, method, call, save_every
):
    settled = config(tmp_path / "run", text, save_every=save_every)
    with killed_in(monkeypatch, owner, method, call):
        pretrain(settled)
    pretrain(settled)
    assert log(tmp_path / "run") == log(undisturbed)
    parts = ("last", "stable", "encoder")
    assert len(weights(undisturbed, *parts)) == 5
    assert weights(tmp_path / "run", *parts) == weights(undisturbed, *parts)


def test_a_run_that_ended_goes_on_with_more_steps_as_if_they_had_been_meant(undisturbed, text, tmp_path):
    longer = moved(undisturbed, tmp_path / "longer")
    for folder in (longer, tmp_path / "whole"):
        AcceleratorState._reset_state(reset_partial_state=True)
        pretrain(config(folder, text, steps=20))
    assert [line["step"] for line in log(longer)] == [0, 4, 8, 12, 16, 20]
    assert log(longer) == log(tmp_path / "whole")
    assert weights(longer, "encoder") == weights(tmp_path / "whole", "encoder")


def test_more_steps_can_be_killed_before_the_first_of_them(undisturbed, text, tmp_path, monkeypatch):
    longer = moved(undisturbed, tmp_path / "longer")
    settled = config(longer, text, steps=16)
    with killed_in(monkeypatch, Pretraining, "_step", 1):
        pretrain(settled)
    pretrain(settled)
    AcceleratorState._reset_state(reset_partial_state=True)
    pretrain(config(tmp_path / "whole", text, steps=16))
    assert log(longer) == log(tmp_path / "whole")
    assert weights(longer, "encoder") == weights(tmp_path / "whole", "encoder")


def test_steps_whose_rates_had_not_fallen_are_kept(text, tmp_path, monkeypatch, capsys):
    run = tmp_path / "run"
    with killed_in(monkeypatch, Pretraining, "_step", 9):
        pretrain(config(run, text, steps=40, evaluate_every=8))
    with pytest.raises(RasadError, match="laid out for 40; name no fewer"):
        pretrain(config(run, text, steps=6, evaluate_every=8))
    pretrain(config(run, text, evaluate_every=8))  # fewer, and all the same no rate should have fallen yet
    assert "resuming at step 8" in capsys.readouterr().err
    assert [line["step"] for line in log(run)] == [0, 8, 12]


def test_a_run_whose_rates_fell_from_the_first_step_is_not_gone_on_with(text, tmp_path):
    pretrain(config(tmp_path, text, decay=1.0, steps=4))
    with pytest.raises(RasadError, match="fell from the first step; name another output"):
        pretrain(config(tmp_path, text, decay=1.0, steps=8))


def test_a_run_goes_on_that_is_to_be_saved_and_measured_at_other_steps(undisturbed, text, tmp_path, capsys):
    run = moved(undisturbed, tmp_path / "run")
    pretrain(config(run, text, steps=16, save_every=3, evaluate_every=7))
    assert "resuming at step" in capsys.readouterr().err
    assert [line["step"] for line in log(run)][-2:] == [14, 16]


def test_a_line_of_the_log_that_a_kill_broke_off_is_written_again(undisturbed, text, tmp_path):
    run = moved(undisturbed, tmp_path / "run")
    with (run / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": 1')
    pretrain(config(run, text))
    assert log(run) == log(undisturbed)


def test_fewer_steps_or_another_configuration_or_text_are_refused(undisturbed, text, tmp_path):
    for changes, message in (
        ({"steps": 8}, "laid out for 12; name no fewer"),
        ({"mask_rate": 0.2}, r"holds a run of another configuration \(mask_rate\)"),
    ):
        with pytest.raises(RasadError, match=message):
            pretrain(config(undisturbed, text, **changes))
    changed = tmp_path / "news.txt"
    first, *others, last = text.read_text("utf-8").split("\n\n")
    changed.write_text("\n\n".join([first, last, *others]), "utf-8")  # all counts are the same
    run = moved(undisturbed, tmp_path / "run")
    settings = (run / "config.yaml").read_text("utf-8")
    (run / "config.yaml").write_text(settings.replace(str(text), str(changed)), "utf-8")
    with pytest.raises(RasadError, match="holds a run on other news documents"):
        pretrain(config(run, changed, rows=str(text.with_name("rows"))))


@pytest.mark.parametrize("kind", tiny.ENCODERS)
def test_the_head_gives_what_the_whole_model_gives(kind):
    torch.manual_seed(0)
    whole = AutoModelForMaskedLM.from_pretrained(tiny.encoder(kind)).eval()
    ids = torch.randint(6, whole.config.vocab_size, (3, 20))
    ids[2, 15:] = whole.config.pad_token_id
    there = ids != whole.config.pad_token_id
    hidden = (torch.rand(ids.shape) < 0.3) & there
    seen = ids.masked_fill(hidden, 4)
    with torch.no_grad():
        labels = ids.masked_fill(~hidden, -100)
        expected = whole(input_ids=seen, attention_mask=there, labels=labels).loss
        model = MaskedModel(whole)
        assert isinstance(model.head, OwnHead)
        assert model(ids, seen, hidden, there) == pytest.approx(float(expected), abs=1e-5)
        nothing = model(ids, seen, torch.zeros_like(hidden), there)
    assert float(nothing) == 0


def test_a_head_that_reads_the_embeddings_of_its_encoder_finds_them():
    torch.manual_seed(0)
    whole = DebertaV2ForMaskedLM(DebertaV2Config(**tiny.SIZES, vocab_size=50, legacy=False)).eval()
    ids = torch.randint(5, 50, (2, 9))
    there = torch.ones_like(ids, dtype=torch.bool)
    with torch.no_grad():
        expected = whole(input_ids=ids, attention_mask=there).logits
        model = MaskedModel(whole)
        assert torch.allclose(model.logits(ids, there, there), expected.flatten(0, 1), atol=1e-5)
    assert not any("embed" in name for name, _ in model.head.named_parameters())


@pytest.mark.parametrize("kind", tiny.ENCODERS)
def test_an_encoder_with_fewer_layers_is_read_back_as_it_is(kind, tmp_path):
    whole = AutoModelForMaskedLM.from_pretrained(tiny.encoder(kind)).eval()
    *_, kept = layers(whole)[1].parameters()
    keep_layers(whole, [1])
    *_, found = layers(whole)[0].parameters()
    assert torch.equal(found, kept)
    whole.save_pretrained(tmp_path)
    again = AutoModelForMaskedLM.from_pretrained(tmp_path).eval()
    ids = torch.randint(6, whole.config.vocab_size, (2, 20))
    with torch.no_grad():
        assert torch.allclose(whole(ids).logits, again(ids).logits, atol=1e-6)


def test_layers_that_are_one_cannot_be_left_out():
    model = AlbertModel(AlbertConfig(**tiny.SIZES, vocab_size=50, embedding_size=8))
    with pytest.raises(RasadError, match="albert does not keep its layers in one list"):
        keep_layers(model, [1])


@pytest.mark.parametrize("kind", tiny.ENCODERS)
def test_the_head_is_kept_with_the_encoder(kind, text, tmp_path):
    model, tokenizer = load_objective(config(tmp_path, text, encoder=str(tiny.encoder(kind))))
    model.save(tmp_path / "saved")
    tokenizer.save_pretrained(tmp_path / "saved")
    again, _ = load_objective(config(tmp_path, text, encoder=str(tmp_path / "saved")))
    first, second = (dict(m.named_parameters()) for m in (model, again))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_an_encoder_without_a_head_gets_a_tied_one():
    torch.manual_seed(0)
    encoder = T5EncoderModel(T5Config(vocab_size=50, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2))
    model = MaskedModel(encoder)
    assert isinstance(model.head, TiedHead)
    ids = torch.randint(5, 50, (2, 9))
    hidden = torch.zeros_like(ids, dtype=torch.bool)
    hidden[:, 3] = True
    model(ids, ids, hidden, torch.ones_like(ids)).backward()
    assert model.head.output.weight is encoder.get_input_embeddings().weight
    assert all(p.grad is not None for p in model.head.parameters())


def test_the_encoder_of_a_checkpoint_is_taken(text, tmp_path):
    model, _ = load_objective(config(tmp_path, text, encoder=str(tiny.checkpoint("bert"))))
    theirs = load_file(tiny.checkpoint("bert") / "model.safetensors")
    mine = model.encoder.state_dict()
    assert all(torch.equal(mine[n.removeprefix("encoder.")], w) for n, w in theirs.items() if n.startswith("encoder."))


def test_replaced_pieces_are_to_be_told_from_what_was_there(text, tmp_path):
    settled = config(tmp_path, text, objective="replaced", generator_layers=1, steps=60, evaluate_every=60)
    model, _ = load_objective(settled)
    assert model.generator.encoder.get_input_embeddings() is model.encoder.get_input_embeddings()
    ids = torch.randint(6, model.encoder.config.vocab_size, (2, 20))
    hidden = torch.rand(ids.shape) < 0.5
    there = torch.ones_like(hidden)
    model.eval()
    model(ids, ids.masked_fill(hidden, 4), hidden, there).backward()
    assert all(p.grad is not None for p in model.parameters())
    assert model(ids, ids, torch.zeros_like(hidden), there) > 0  # the detector learns from what was not replaced, too
    run = Pretraining(settled)
    assert run.held_out() == run.held_out()
    pretrain(settled)
    lines = log(tmp_path)
    assert lines[-1]["held_out_news"] < lines[0]["held_out_news"] - 1
    RasadModel.from_encoder(tmp_path / "encoder")


def test_a_student_comes_closer_to_its_teacher(text, tmp_path):
    teacher = tmp_path / "teacher"
    torch.manual_seed(0)
    wild = {**tiny.SIZES, "initializer_range": 0.5, "vocab_size": len(tiny.tokenizer("bert"))}
    BertForMaskedLM(BertConfig(**wild)).save_pretrained(teacher)
    tiny.tokenizer("bert").save_pretrained(teacher)
    settled = config(
        tmp_path,
        text,
        encoder=str(teacher),
        teacher=str(teacher),
        objective="distilled",
        layers=1,
        encoder_rate=3e-3,
        steps=60,
        evaluate_every=60,
    )
    model, _ = load_objective(settled)
    assert model.heights == [1]
    assert len(model.student.encoder.encoder.layer) == model.student.encoder.config.num_hidden_layers == 1
    taught = model.teacher.encoder.encoder.layer[1].attention.self.query.weight
    assert torch.equal(model.student.encoder.encoder.layer[0].attention.self.query.weight, taught)
    assert not any(p.requires_grad for p in model.teacher.parameters())
    assert {id(p) for g in parameter_groups(model, [model.encoder], settled) for p in g["params"]} == {
        id(p) for p in model.student.parameters()
    }
    pretrain(settled)
    adapted = AutoModel.from_pretrained(tmp_path / "encoder")
    assert adapted.config.num_hidden_layers == 1
    ids = torch.randint(6, adapted.config.vocab_size, (8, 20))
    with torch.no_grad():
        goal = model.teacher.encoder(ids).last_hidden_state
        far, near = ((m(ids).last_hidden_state - goal).square().mean() for m in (model.student.encoder, adapted.eval()))
    assert near < 0.9 * far


def test_a_teacher_without_a_trained_head_teaches_by_its_layers_alone(text, tmp_path):
    trained = tmp_path / "trained"
    load_objective(config(tmp_path, text))[0].save(trained)
    tiny.tokenizer("bert").save_pretrained(trained)
    settled = {"objective": "distilled", "layers": 1}
    bare, whole, checkpoint = (
        load_objective(config(tmp_path, text, teacher=str(teacher), **settled))[0].train()
        for teacher in (tiny.encoder("bert"), trained, tiny.checkpoint("bert"))
    )
    assert (bare.told, whole.told, checkpoint.told) == (False, True, False)
    whole.student.load_state_dict(bare.student.state_dict())
    ids = torch.randint(6, bare.encoder.config.vocab_size, (2, 20))
    hidden = torch.rand(ids.shape) < 0.5
    losses = []
    for model in (bare, whole):
        torch.manual_seed(0)
        losses.append(float(model(ids, ids, hidden, torch.ones_like(hidden)).detach()))
    assert losses[0] < losses[1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden_size": 48}, "teacher: its width is 48, the encoder's 32"),
        ({"vocab_size": 9}, "teacher: its vocabulary is 9, the encoder's "),
        ({"num_hidden_layers": 1}, "teacher: it has fewer layers than the encoder"),
    ],
)
def test_a_teacher_of_another_make_is_refused(text, tmp_path, changes, message):
    sizes = {**tiny.SIZES, "vocab_size": len(tiny.tokenizer("bert"))}
    BertForMaskedLM(BertConfig(**{**sizes, **changes})).save_pretrained(tmp_path)
    tiny.tokenizer("bert").save_pretrained(tmp_path)
    with pytest.raises(RasadError, match=message):
        load_objective(config(tmp_path, text, objective="distilled", teacher=str(tmp_path)))


def test_of_many_layers_every_other_is_kept():
    assert spread(12, 6) == [1, 3, 5, 7, 9, 11]
    assert spread(12, 4) == [2, 5, 8, 11]
    assert spread(3, 2)[-1] == 2


def test_layers_begin_anew_from_the_last(text, tmp_path):
    kept, _ = load_objective(config(tmp_path, text))
    fresh, _ = load_objective(config(tmp_path, text, fresh_layers=1))
    same = [
        torch.equal(a, b)
        for a, b in zip(
            (x.attention.self.query.weight for x in kept.encoder.encoder.layer),
            (x.attention.self.query.weight for x in fresh.encoder.encoder.layer),
            strict=True,
        )
    ]
    assert same == [True, False]
    with pytest.raises(RasadError, match="fresh_layers: 3 is more than the 2 layers"):
        load_objective(config(tmp_path, text, fresh_layers=3))
    with pytest.raises(RasadError, match="fresh_layers: 2 is more than the 1 layers"):
        load_objective(config(tmp_path, text, layers=1, fresh_layers=2))


@pytest.mark.parametrize("objective", ["masked", "replaced"])
def test_lower_layers_learn_more_slowly(text, tmp_path, objective):
    settled = config(
        tmp_path,
        text,
        objective=objective,
        generator_layers=1,
        layer_decay=0.5,
        encoder_rate=0.4,
        head_rate=1.0,
    )
    run = Pretraining(settled)
    rates = {id(p): group["peak"] for group in run.optimizer.param_groups for p in group["params"]}
    found = {name: rates[id(p)] for name, p in run.model.named_parameters()}
    layers = {n: r for n, r in found.items() if n.startswith(("encoder.", "generator.encoder."))}
    assert {r for n, r in layers.items() if ".layer.1." in n} == {0.4}
    assert {r for n, r in layers.items() if ".layer.0." in n} == {0.2}
    assert {r for n, r in layers.items() if "embeddings" in n} == {0.1}
    assert {r for n, r in found.items() if n not in layers} == {1.0}
    assert any(n.startswith("generator.encoder.") for n in layers) == (objective == "replaced")


def test_rates_rise_stay_and_fall(text, tmp_path):
    settled = config(tmp_path, text, steps=20, warmup_steps=4, decay=0.25)
    rates = [schedule(step, settled) for step in range(20)]
    assert rates[:4] == [0.25, 0.5, 0.75, 1.0]
    assert stable_steps(settled) == 15
    assert rates[4:15] == [1.0] * 11
    assert rates[15:] == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2])
    assert [schedule(step, config(tmp_path, text, decay=0.0, warmup_steps=0)) for step in range(12)] == [1.0] * 12


def test_the_plan_meets_every_row_before_any_comes_again(text, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("\n\n".join(tiny.SENTENCES * 6), "utf-8")
    settled = config(tmp_path, text, texts={str(text): 1.0, str(other): 3.0})
    texts = Pretraining(settled).texts
    plan = texts.plan(4000, 1)
    sizes = [len(p.pieces) for p in texts.parts]
    for part, size in enumerate(sizes):
        rows = plan[plan[:, 0] == part][:, 1].tolist()
        passes = [rows[i : i + size] for i in range(0, len(rows) - size + 1, size)]
        assert passes and all(sorted(p) == list(range(size)) for p in passes)
    met = (plan[:, 0] == 1).mean()
    assert met == pytest.approx(3 * sizes[1] / (sizes[0] + 3 * sizes[1]), abs=0.03)
    assert (texts.plan(100, 1) == plan[:100]).all()
    assert (texts.plan(100, 2) != plan[:100]).any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"encoder": "nowhere/nothing"}, "encoder nowhere/nothing: "),
        ({"encoder_options": {"dropout": 1}}, "encoder option dropout: bert has none of this name"),
    ],
)
def test_what_cannot_be_is_told(text, tmp_path, changes, message):
    with pytest.raises(RasadError, match=message):
        Pretraining(config(tmp_path, text, **changes))


def test_rows_that_do_not_part_evenly_are_refused(text, tmp_path, monkeypatch):
    monkeypatch.setattr(Accelerator, "num_processes", 3)
    with pytest.raises(RasadError, match="batch_rows: 4 do not part evenly among 3 processes"):
        Pretraining(config(tmp_path, text))


def test_two_texts_of_one_name_are_refused(text, tmp_path):
    twin = tmp_path / "news.txt"
    twin.write_text("Gunmen fled.", "utf-8")
    with pytest.raises(RasadError, match=r"two files have one name .*news\.txt, .*news\.txt"):
        Pretraining(config(tmp_path / "run", text, texts={str(text): 1.0, str(twin): 1.0}))
