import dataclasses
import json
import os
import runpy
import shutil
import subprocess
import sys
from collections import Counter

import pytest
import tiny
import torch
import yaml
from accelerate.state import AcceleratorState
from killing import killed_in
from safetensors.torch import load_file

from rasad.annotations.corpus import corpus_hash, load
from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.annotations.splits import split_of
from rasad.eval.scores import evaluate
from rasad.inference.predictor import Predictor
from rasad.training import finetune
from rasad.training.config import TrainingConfig
from rasad.training.data import IGNORE
from rasad.training.finetune import Run, attribute_weights, schedule, train

SCHEME = default_scheme()


@pytest.fixture(autouse=True)
def fresh_accelerator():
    """Let a test choose its precision: accelerate keeps the first choice of a process."""
    AcceleratorState._reset_state(reset_partial_state=True)


def config(output, **changes):
    corpus = str(tiny.corpus())
    settings = {
        "train": (corpus,),
        "dev": (corpus,),
        "output": str(output),
        "encoder": str(tiny.encoder("bert")),
        "model": {"span_size": 32, "feature_size": 8, "overlap": 16},
        "epochs": 3,
        "batch_words": 10,
        "word_dropout": 0.1,
        "respelled": 0.5,
        "evaluate_from": 0.3,
    }
    return TrainingConfig(**(settings | changes))


def log(folder):
    """The log without what the clock says."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]
    assert all(line.pop("seconds") >= 0 for line in lines)
    return lines


def weights(folder):
    return {p.name: p.read_bytes() for part in ("best", "last") for p in sorted((folder / part).glob("*.safetensors"))}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "undisturbed"
    AcceleratorState._reset_state(reset_partial_state=True)
    assert train(config(folder)) == folder / "best"
    return folder


def test_a_run_leaves_its_configuration_log_and_checkpoint(undisturbed):
    assert sorted(p.name for p in undisturbed.iterdir()) == ["best", "config.yaml", "last", "log.jsonl", "run.json"]
    written = yaml.safe_load((undisturbed / "config.yaml").read_text("utf-8"))
    assert TrainingConfig.from_dict(written) == config(undisturbed)
    lines = log(undisturbed)
    assert [(line["epoch"], line["step"]) for line in lines] == [(1, 3), (2, 6), (3, 9)]
    assert all({"tags", "relations", "antecedents", "attributes", "loss", "dev"} <= set(line) for line in lines)
    found = Predictor.from_pretrained(undisturbed / "best").predict(tiny.SENTENCES[3])
    assert found.model.startswith("best@")


def test_run_json_tells_the_data_and_the_environment(undisturbed):
    facts = json.loads((undisturbed / "run.json").read_text("utf-8"))
    documents = load([tiny.corpus()])
    data = {"documents": 3, "hash": corpus_hash(documents)}
    assert (facts["train"], facts["dev"], facts["scheme"]) == (data, data, SCHEME.version)
    assert facts["lost"]["relations"] == sum(r.type != "SAME_AS" for d in documents for r in d.relations)
    saved = load_file(undisturbed / "last" / "model.safetensors")
    assert facts["parameters"] == sum(value.numel() for value in saved.values())
    assert facts["packages"]["torch"] == torch.__version__
    assert facts["python"].count(".") == 2


@pytest.mark.parametrize(
    ("owner", "method", "call", "save_every"),
    [
        (Run, "_step", 2, 0),  # before there is anything to resume from
        (Run, "_step", 5, 0),
        (Run, "_step", 6, 2),
        (finetune.Objective, "_attribute_loss", 5, 1),  # in the middle of a step
        (Run, "_validate", 2, 0),
        (Run, "_save_state", 2, 0),  # after the line of the second epoch is written
        (finetune.state, "write", 3, 1),
    ],
)
def test_a_killed_run_ends_as_if_nothing_had_been(undisturbed, tmp_path, monkeypatch, owner, method, call, save_every):
    settled = config(tmp_path / "run", save_every=save_every)
    with killed_in(monkeypatch, owner, method, call):
        train(settled)
    train(settled)
    assert log(tmp_path / "run") == log(undisturbed)
    mine, theirs = weights(tmp_path / "run"), weights(undisturbed)
    assert len(mine) == 2 and mine == theirs


def test_a_run_goes_on_with_another_number_of_threads_and_saves_at_other_steps(
    undisturbed, tmp_path, monkeypatch, capsys
):
    with killed_in(monkeypatch, Run, "_save_state", 2):
        train(config(tmp_path / "run", threads=1))
    before = torch.get_num_threads()
    try:
        train(config(tmp_path / "run", threads=2, save_every=1))
    finally:
        torch.set_num_threads(before)
    assert "resuming at epoch 1" in capsys.readouterr().err
    for mine, theirs in zip(log(tmp_path / "run"), log(undisturbed), strict=True):
        assert mine == pytest.approx(theirs, abs=1e-3)  # two threads add up in another order


def test_a_finished_run_is_not_run_again(undisturbed, monkeypatch):
    before = weights(undisturbed), log(undisturbed)
    monkeypatch.setattr(Run, "_step", lambda *args: pytest.fail("a step"))
    assert train(config(undisturbed)) == undisturbed / "best"
    assert (weights(undisturbed), log(undisturbed)) == before


def test_the_seed_decides(undisturbed, tmp_path):
    train(config(tmp_path, seed=2))
    assert log(tmp_path) != log(undisturbed)


def test_a_run_of_another_configuration_is_refused(undisturbed):
    with pytest.raises(RasadError, match=r"holds a run of another configuration \(epochs\); name another output"):
        train(config(undisturbed, epochs=4))


def test_a_run_that_never_took_a_step_is_no_run(tmp_path, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="no memory"):
        patch.setattr(Run, "_step", lambda *args: (_ for _ in ()).throw(RuntimeError("no memory")))
        train(config(tmp_path, epochs=1))
    assert (tmp_path / "config.yaml").exists()
    assert train(config(tmp_path, epochs=1, batch_words=5)) == tmp_path / "best"


def test_a_run_on_other_data_is_refused(tmp_path):
    corpus = shutil.copytree(tiny.corpus(), tmp_path / "corpus")
    settled = config(tmp_path / "run", train=(str(corpus),), epochs=1)
    train(settled)
    (corpus / "en-2.md").unlink()
    with pytest.raises(RasadError, match="holds a run on other train documents; name another output"):
        train(settled)


def test_a_small_corpus_is_learnt_by_heart(tmp_path):
    settled = config(
        tmp_path,
        dev=(),
        model={"span_size": 32, "feature_size": 8, "dropout": 0.0},
        encoder_options={"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0},
        word_dropout=0.0,
        epochs=40,
        batch_words=100,
        encoder_rate=3e-3,
        head_rate=1e-2,
    )
    best = train(settled)
    lines = log(tmp_path)
    assert lines[-1]["loss"] < 0.1 * lines[0]["loss"]
    documents = load([tiny.corpus()])
    total = evaluate(documents, Predictor.from_pretrained(best).predict(documents), SCHEME).total
    micro = (total.entities.micro.f1, total.triggers.micro.f1, total.relations.micro.f1, total.same_as["all"].f1)
    assert micro == (1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("kind", ["xlm-roberta", "modernbert", "electra"])
def test_other_architectures_train_in_bf16(kind, tmp_path):
    best = train(config(tmp_path, encoder=str(tiny.encoder(kind)), precision="bf16", epochs=2))
    assert log(tmp_path)[1]["loss"] < log(tmp_path)[0]["loss"]
    assert {p.dtype for p in Predictor.from_pretrained(best).model.parameters()} == {torch.float32}


def test_a_checkpoint_lends_its_encoder(undisturbed, tmp_path):
    run = Run(config(tmp_path, encoder=str(undisturbed / "best")))
    trained = Predictor.from_pretrained(undisturbed / "best").model.encoder.state_dict()
    assert all(value.equal(trained[name]) for name, value in run.model.encoder.state_dict().items())


def test_documents_that_weigh_more_are_met_more_often(tmp_path):
    folder = str(tiny.corpus())
    first, second = (
        Run(config(tmp_path / name, weights=weights)) for name, weights in (("once", {}), ("thrice", {folder: 3}))
    )
    once, thrice = (Counter(i for group in run._batches(0) for i in group) for run in (first, second))
    assert once and thrice == dict.fromkeys(once, 3)


def test_paragraphs_that_have_nothing_to_do_with_each_other_are_documents(tmp_path):
    folder = str(tiny.corpus())
    whole = Run(config(tmp_path / "whole", weights={folder: 2}))
    apart = Run(config(tmp_path / "apart", weights={folder: 2}, apart=(folder,)))
    lines = [line for d in whole.documents for line in d.text.splitlines() if line.strip()]
    assert [d.text for d in apart.documents] == lines
    assert len(lines) > len(whole.documents)
    assert apart.often == [2.0] * len(lines)


def test_two_processes_share_a_run(tmp_path):
    path = tmp_path / "config.yaml"
    settled = config(tmp_path / "run", epochs=2, word_dropout=0.0)
    path.write_text(yaml.safe_dump(settled.to_dict()), "utf-8")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launch, "-m", "rasad.training.finetune", "--config", str(path)],
        env=os.environ | {"ACCELERATE_USE_CPU": "true"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line["step"] for line in log(tmp_path / "run")] == [1, 2]  # of three batches, one for each process
    assert Predictor.from_pretrained(tmp_path / "run" / "best").predict("Gunmen fled").id == "text-1"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": ("nowhere",)}, "nowhere: no such file or folder"),
        ({"encoder": "nowhere/such-encoder"}, "encoder nowhere/such-encoder: "),
        ({"model": {"windw": 64}}, r"model option windw: unknown \(did you mean window\?\)"),
        ({"model": {"window": 2}}, "window: rows of 2 pieces hold no text"),
        ({"encoder_options": {"hidden_droput": 0.1}}, "encoder option hidden_droput: bert has none of this name"),
        ({"head_rate": 1e30, "encoder_rate": 1e30}, "the loss is (nan|inf) at step"),
    ],
)
def test_a_run_that_cannot_be_is_told(tmp_path, changes, message):
    with pytest.raises(RasadError, match=message) as caught:
        train(config(tmp_path, **changes))
    assert "\n" not in str(caught.value)


def test_the_module_ends_with_the_exit_code_of_rasad_train(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["finetune", "--config", str(tmp_path / "nowhere.yaml")])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(finetune.__file__, run_name="__main__")
    assert caught.value.code == 2


@pytest.mark.parametrize(("head", "body"), [("split: test\n", "Gunmen fled.\n"), ("", " \n")])
@pytest.mark.parametrize("split", ["train", "dev"])
def test_data_without_a_document_of_the_split_is_refused(tmp_path, head, body, split):
    (tmp_path / "a.md").write_text(f"---\nid: a\nlang: en\n{head}---\n{body}", "utf-8")
    with pytest.raises(RasadError, match=f"{split}: none of the {split} documents"):
        Run(config(tmp_path / "run", **{split: (str(tmp_path / "a.md"),)}))


def test_a_second_precision_in_one_process_is_told(tmp_path):
    Run(config(tmp_path / "a"))
    with pytest.raises(RasadError, match="precision: "):
        Run(config(tmp_path / "b", precision="bf16"))


def test_documents_without_a_split_belong_to_every_split():
    documents = [
        Document("a", ""),
        Document("b", "", meta={"split": "train"}),
        Document("c", "", meta={"split": "dev"}),
    ]
    assert [d.id for d in split_of(documents, "train")] == ["a", "b"]
    assert [d.id for d in split_of(documents, "dev")] == ["a", "c"]


def test_the_schedule_rises_and_falls():
    assert [schedule(step, 10, 0.2) for step in range(11)] == pytest.approx(
        [0.5, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0]
    )
    assert schedule(0, 1, 0.0) == schedule(0, 10, 0.0) == 1
    assert schedule(12, 10, 0.2) == 0


@dataclasses.dataclass
class Counted:
    attributes: dict


def test_rare_values_weigh_more():
    values = {"polarity": (0,) * 7 + (IGNORE, 1), "modality": (0,) * 199}
    weights = attribute_weights([Counted(values)], SCHEME, 0.5)
    assert weights["polarity"].tolist() == pytest.approx([1, (8 / 2) ** 0.5])
    assert weights["modality"].tolist() == [1, 8, 8]  # at most eightfold
    assert attribute_weights([Counted(values)], SCHEME, 0.0)["modality"].tolist() == [1, 1, 1]
