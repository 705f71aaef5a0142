"""Checkpoints that are no whole checkpoints: always one line that names the folder, never a traceback or a guess."""

import contextlib
import json
import shutil

import pytest
import tiny
from safetensors.torch import load_file, save_file

from rasad.annotations.errors import RasadError, SchemeMismatch
from rasad.annotations.scheme import default_scheme
from rasad.inference.predictor import Predictor


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(tiny.checkpoint(), tmp_path / "broken")


def refusal(folder):
    with pytest.raises(RasadError) as caught:
        Predictor.from_pretrained(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder}: ")
    assert "\n" not in message
    assert len(message) < len(str(folder)) + 400
    return message


def configured(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def reweighted(folder, change):
    path = folder / "model.safetensors"
    weights = load_file(path)
    change(weights)
    save_file(weights, path, metadata={"format": "pt"})


def test_the_checkpoint_is_whole_before_it_is_broken(folder):
    assert Predictor.from_pretrained(folder).predict("Gunmen fled").model.startswith("broken@")


@pytest.mark.parametrize("name", ["", "nothing"])
def test_a_folder_without_a_model(tmp_path, name):
    assert "no checkpoint here (config.json is missing)" in refusal(tmp_path / name)


def test_a_file_in_place_of_a_folder(folder):
    assert "no checkpoint here" in refusal(folder / "config.json")


@pytest.mark.parametrize("text", ["{", "", "[]", '"bert"', "\x00"])
def test_a_configuration_that_is_no_json_object(folder, text):
    (folder / "config.json").write_text(text, "utf-8")
    assert "the checkpoint cannot be read" in refusal(folder)


def test_a_configuration_without_its_encoder(folder):
    configured(folder, encoder_config={"model_type": "no-such-architecture"})
    assert "the checkpoint cannot be read" in refusal(folder)


@pytest.mark.parametrize("scheme", [{"version": "2.1"}, "2.1", []])
def test_a_configuration_whose_scheme_is_none(folder, scheme):
    configured(folder, scheme=scheme)
    assert "the checkpoint cannot be read" in refusal(folder)


def test_a_configuration_of_another_scheme(folder):
    configured(folder, scheme=default_scheme().to_dict() | {"version": "0.9"})
    with pytest.raises(SchemeMismatch):
        Predictor.from_pretrained(folder)
    assert "made under scheme 0.9" in refusal(folder)


def test_a_pooling_that_does_not_exist(folder):
    configured(folder, word_pooling="middle")
    assert "'middle' is none of first, mean, last" in refusal(folder)


def test_an_encoder_in_place_of_a_checkpoint():
    assert "holds a bert model, no rasad checkpoint" in refusal(tiny.encoder("bert"))


def test_missing_weights(folder):
    (folder / "model.safetensors").unlink()
    assert "model.safetensors" in refusal(folder)


def test_weights_in_pickle_are_not_read(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "model.safetensors" in refusal(folder)


@pytest.mark.parametrize("size", [0, 5, 5000])
def test_torn_weights(folder, size):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:size])
    assert "the checkpoint cannot be read" in refusal(folder)


def test_a_missing_part_of_sharded_weights(folder):
    (folder / "model.safetensors").unlink()
    tiny.model().save_pretrained(folder, max_shard_size="100KB")
    parts = sorted(folder.glob("model-*.safetensors"))
    assert len(parts) > 1
    Predictor.from_pretrained(folder)
    parts[1].unlink()
    assert "the checkpoint cannot be read" in refusal(folder)


def test_weights_of_other_shapes(folder):
    configured(folder, span_size=48)
    assert "the weights do not fit config.json" in refusal(folder)


def test_weights_of_a_part_only(folder):
    reweighted(folder, lambda weights: weights.pop("tagger.weight"))
    assert "the weights do not fit config.json: 1 differ, first tagger.weight" in refusal(folder)


def test_weights_of_more_than_the_model(folder):
    reweighted(folder, lambda weights: weights.update(other=weights["tagger.weight"].clone()))
    assert "1 differ, first other" in refusal(folder)


def test_a_missing_tokenizer(folder):
    for path in folder.glob("tokenizer*"):
        path.unlink()
    assert "the checkpoint cannot be read" in refusal(folder)


def test_a_broken_tokenizer(folder):
    (folder / "tokenizer.json").write_text("{", "utf-8")
    assert "the checkpoint cannot be read" in refusal(folder)


def test_code_in_a_checkpoint_is_not_run(folder, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *_: "y")
    path = folder / "tokenizer_config.json"
    settings = {"tokenizer_class": "Own", "auto_map": {"AutoTokenizer": [None, "own.Own"]}}
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | settings), "utf-8")
    ran = "from transformers import PreTrainedTokenizerFast as Own\n"
    (folder / "own.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()\n{ran}", "utf-8")
    with contextlib.suppress(RasadError):
        Predictor.from_pretrained(folder)
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("device", ["nonsense", "cuda:99"])
def test_a_device_that_is_not_there(folder, device):
    with pytest.raises(RasadError, match=f"^device {device}: ") as caught:
        Predictor.from_pretrained(folder, device=device)
    assert "\n" not in str(caught.value)
