"""Learning from other checkpoints: what a student loses by differing from its teachers, and by differing from marks."""

import copy
import shutil
from dataclasses import replace

import pytest
import tiny
import torch
from accelerate.state import AcceleratorState

from rasad.annotations.corpus import load
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.inference.predictor import Predictor
from rasad.models.encoding import Encoder
from rasad.training.config import TrainingConfig
from rasad.training.data import example, targets
from rasad.training.finetune import Run, train
from rasad.training.objective import Objective
from rasad.training.taught import CLEAN, TaughtObjective, Teachers

SCHEME = default_scheme()
CONFIG = TrainingConfig(train=("x",))
WEIGHTS = {name: torch.linspace(1, 2, len(values)) for name, values in SCHEME.attributes.items()}


def objective(*teachers):
    return TaughtObjective(tiny.model(dropout=0.0), CONFIG, WEIGHTS, Teachers(teachers)).train(False)


def losses(of, marked, mix=True):
    encoder = Encoder(tiny.tokenizer("bert"), of.model.config.row_size, of.model.config.overlap)
    items = [example(d, encoder, SCHEME, marked) for d in load([tiny.corpus()])]
    batch = encoder.batch([e.encoded for e in items])
    return of(batch | {CLEAN: batch["input_ids"]}, targets(items), mix)


@pytest.mark.parametrize("mix", [False, True])
def test_a_student_that_says_what_its_teacher_says_has_nothing_to_learn(mix):
    taught = objective()
    taught.teachers = Teachers([copy.deepcopy(taught.model)])
    told = losses(taught, 0.0, mix)
    assert all(told[name] > 0.1 for name in ("tags", "relations", "antecedents", "attributes"))
    told["loss"].backward()
    assert max(float(p.grad.abs().max()) for p in taught.parameters()) < 1e-5


def test_a_student_that_differs_has():
    taught = objective(tiny.model(dropout=0.0, seed=1))
    losses(taught, 0.0)["loss"].backward()
    for part in ("tagger", "relation.last", "antecedent.last", "attributes.modality.3"):
        assert float(taught.model.get_submodule(part).weight.grad.abs().max()) > 1e-4


def test_with_marks_alone_the_loss_is_the_plain_one():
    taught = objective(tiny.model(dropout=0.0, seed=1))
    plain = Objective(taught.model, CONFIG, WEIGHTS)
    one, other = losses(taught, 1.0, mix=False), losses(plain, 1.0, mix=False)
    assert one.keys() == other.keys()
    for name in one:
        assert one[name].item() == pytest.approx(other[name].item(), rel=1e-5)


def test_half_of_each_is_the_mean_of_both():
    taught = objective(tiny.model(dropout=0.0, seed=1), tiny.model(dropout=0.0, seed=2))
    told, half, marked = (losses(taught, share)["loss"].item() for share in (0.0, 0.5, 1.0))
    assert half == pytest.approx((told + marked) / 2, rel=1e-5)


def test_two_teachers_answer_by_their_mean():
    first, second = tiny.model(dropout=0.0, seed=1), tiny.model(dropout=0.0, seed=2)
    encoder = Encoder(tiny.tokenizer("bert"), first.config.row_size, first.config.overlap)
    batch = encoder.batch([encoder.encode(d.text) for d in load([tiny.corpus()])])
    _, both = Teachers([first, second]).read(batch)
    each = [Teachers([model]).read(batch)[1] for model in (first, second)]
    assert torch.allclose(both, (each[0] + each[1]) / 2)


def test_nothing_of_the_teachers_is_trained_or_saved():
    taught = objective(tiny.model(dropout=0.0, seed=1))
    assert len(list(taught.parameters())) == len(list(taught.model.parameters()))
    assert all(name.startswith("model.") for name in taught.state_dict())
    assert not any(p.requires_grad for model in taught.teachers.models for p in model.parameters())


def settled(output, **changes):
    corpus = str(tiny.corpus())
    settings = {
        "train": (corpus,),
        "dev": (corpus,),
        "output": str(output),
        "encoder": str(tiny.checkpoint("bert")),
        "keep_heads": True,
        "teachers": (str(tiny.checkpoint("bert")),),
        "epochs": 1,
        "batch_words": 10,
        "word_dropout": 0.1,
        "respelled": 0.5,
    }
    AcceleratorState._reset_state(reset_partial_state=True)
    return TrainingConfig(**(settings | changes))


def test_a_run_learns_from_marks_and_from_teachers(tmp_path):
    marked, told = (Run(settled(tmp_path / "x", told=told)) for told in ((), (str(tiny.corpus()),)))
    assert set(marked.marked) == {0.5} and set(told.marked) == {0.0}
    assert {e.marked for e in told._examples(0)} == {0.0}
    folder = train(settled(tmp_path / "run", told=(str(tiny.corpus()),)))
    assert Predictor.from_pretrained(folder).predict("Rebels attacked the base.").text


def test_teachers_that_read_otherwise_are_refused(tmp_path):
    with pytest.raises(RasadError, match="reads other pieces than the student; both need one tokenizer"):
        Run(settled(tmp_path, teachers=(str(tiny.checkpoint("xlm-roberta")),)))
    with pytest.raises(RasadError, match="has pair_distance 200, the student 100; pairs must be the same"):
        Run(settled(tmp_path, model={"pair_distance": 100}))
    empty = tmp_path / "empty"
    shutil.copytree(tiny.corpus(), empty)
    with pytest.raises(RasadError, match="no checkpoint here"):
        Run(settled(tmp_path, teachers=(str(empty),)))


def test_what_is_told_needs_a_teacher():
    corpus = str(tiny.corpus())
    with pytest.raises(RasadError, match="told: these documents are learnt from teachers alone, and none is named"):
        TrainingConfig(train=(corpus,), told=(corpus,))
    with pytest.raises(RasadError, match="told: elsewhere is not in train"):
        TrainingConfig(train=(corpus,), told=("elsewhere",), teachers=("default",))
    assert replace(TrainingConfig(train=(corpus,)), teachers=("default",)).marked == 0.5
