"""Rates by part and layer, and weight decay on matrices alone."""

import pytest
import tiny

from rasad.annotations.errors import RasadError
from rasad.training.config import TrainingConfig
from rasad.training.rates import parameter_groups


def config(**changes):
    return TrainingConfig(train=("x",), encoder_rate=0.4, head_rate=2.0, weight_decay=0.5, **changes)


def test_matrices_decay_and_the_encoder_has_a_rate_of_its_own():
    model = tiny.model()
    groups = parameter_groups(model, [model.encoder], config())
    assert {(g["lr"], g["peak"], g["weight_decay"]) for g in groups} == {
        (0.4, 0.4, 0.5),
        (0.4, 0.4, 0.0),
        (2.0, 2.0, 0.5),
        (2.0, 2.0, 0.0),
    }
    assert sum(len(g["params"]) for g in groups) == len(list(model.parameters()))
    of = {id(p): g for g in groups for p in g["params"]}
    assert of[id(model.tagger.weight)]["weight_decay"] == 0.5 and of[id(model.tagger.bias)]["weight_decay"] == 0
    assert of[id(model.encoder.embeddings.word_embeddings.weight)]["lr"] == 0.4


@pytest.mark.parametrize("kind", tiny.ENCODERS)
def test_lower_layers_learn_more_slowly(kind):
    model = tiny.model(kind)
    groups = parameter_groups(model, [model.encoder], config(layer_decay=0.5))
    rates = {id(p): group["lr"] for group in groups for p in group["params"]}
    found = {name: rates[id(p)] for name, p in model.named_parameters()}
    assert {r for n, r in found.items() if ".1." in n and n.startswith("encoder.")} == {0.4}
    assert {r for n, r in found.items() if ".0." in n and n.startswith("encoder.")} == {0.2}
    assert {r for n, r in found.items() if "embeddings" in n and n.startswith("encoder.")} == {0.1}
    assert {r for n, r in found.items() if not n.startswith("encoder.")} == {2.0}


def test_what_is_not_learnt_has_no_rate():
    model = tiny.model()
    model.encoder.requires_grad_(False)
    groups = parameter_groups(model, [model.encoder], config())
    assert {g["lr"] for g in groups} == {2.0}


def test_a_decay_above_one_is_refused():
    with pytest.raises(RasadError, match=r"layer_decay: 1\.5 is not between 0 and 1"):
        config(layer_decay=1.5)
