"""Shipping: the checkpoint in float16, with the settings that were chosen and the card that was there."""

import pytest
import tiny
import torch

from rasad.annotations.errors import RasadError
from rasad.inference.predictor import Predictor, checkpoint_hash
from rasad.training.finetune import save_checkpoint
from rasad.training.ship import ship


def weights(folder):
    return Predictor.from_pretrained(folder, device="cpu").model.state_dict()


@pytest.fixture
def other(tmp_path):
    """A checkpoint of the same shape with other weights."""
    folder = tmp_path / "other"
    save_checkpoint(tiny.model(seed=1), tiny.tokenizer("bert"), folder)
    return folder


def test_settings_and_card_are_there_and_weights_are_halves(tmp_path):
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "README.md").write_text("the card", "utf-8")
    (folder / "model-00009-of-00009.safetensors").write_bytes(b"of the one before")
    found = ship(tiny.checkpoint(), folder, {"span_threshold": 0.5, "split_bias": 1.5})
    assert found == checkpoint_hash(folder)
    assert (folder / "README.md").read_text("utf-8") == "the card"
    assert not (folder / "model-00009-of-00009.safetensors").exists()
    config = Predictor.from_pretrained(folder).model.config
    assert (config.span_threshold, config.split_bias) == (0.5, 1.5)
    before, after = weights(tiny.checkpoint()), weights(folder)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name].half().to(before[name].dtype), after[name]) for name in before)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_weights_are_averaged_by_the_share_of_the_older(tmp_path, other, share):
    ship(tiny.checkpoint(), tmp_path / "mean", {}, other, share)
    mine, theirs, mean = weights(tiny.checkpoint()), weights(other), weights(tmp_path / "mean")
    for name, value in mean.items():
        wanted = (1 - share) * mine[name].double() + share * theirs[name].double()
        torch.testing.assert_close(value.double(), wanted, atol=1e-3, rtol=1e-3)


def test_an_unknown_setting_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(RasadError, match=r"unknown setting span_treshold.*span_threshold"):
        ship(tiny.checkpoint(), tmp_path / "shipped", {"span_treshold": 0.5})
    assert not (tmp_path / "shipped").exists()


def test_an_older_checkpoint_of_another_shape_is_refused(tmp_path):
    folder = tmp_path / "wide"
    save_checkpoint(tiny.model(span_size=48), tiny.tokenizer("bert"), folder)
    with pytest.raises(RasadError, match="older"):
        ship(tiny.checkpoint(), tmp_path / "shipped", {}, folder, 0.3)
