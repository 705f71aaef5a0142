import dataclasses

import pytest
import yaml

from rasad.annotations.errors import FormatError, RasadError
from rasad.training.config import PretrainingConfig, TrainingConfig


def written(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    return path


def test_what_is_not_set_has_its_default(tmp_path):
    config = TrainingConfig.read(written(tmp_path, "train: [a, b.jsonl]\n"))
    assert config == TrainingConfig(train=("a", "b.jsonl"))


def test_the_recipes_are_read(root):
    recipes = sorted((root / "training" / "configs").glob("*.yaml"))
    assert recipes
    for path in recipes:
        pretraining = path.name.startswith("pretrain")
        assert PretrainingConfig.read(path).texts if pretraining else TrainingConfig.read(path).train


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("encoder_rate: 2e-4", "encoder_rate", 0.0002),  # a string to YAML
        ("encoder_rate: 1", "encoder_rate", 1.0),
        ("head_rate: 0.5", "head_rate", 0.5),
        ("dev: corpus", "dev", ("corpus",)),
        ("precision: no", "precision", "no"),  # false to YAML
        ("precision: bf16", "precision", "bf16"),
        ("model: {window: 256}", "model", {"window": 256}),
    ],
)
def test_values_are_read_as_they_are_meant(tmp_path, text, key, value):
    found = getattr(TrainingConfig.read(written(tmp_path, f"train: a\n{text}\n")), key)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train: a\nepoch: 3", r"unknown key epoch \(did you mean epochs\?\)"),
        ("train: a\nwarm_up: 3", r"unknown key warm_up \(did you mean warmup\?\)"),
        ("train: a\nEPOCHS: 3", r"unknown key EPOCHS \(did you mean epochs\?\)"),
        ("train: a\nqqq: 3", r"unknown key qqq \(allowed: output, encoder, "),
        ("train: a\n1: 3", "unknown key 1"),
        ("train: a\nepochs: three", "epochs: 'three' is no int"),
        ("train: a\nepochs: 2.5", "epochs: 2.5 is no int"),
        ("train: a\nepochs: yes", "epochs: True is no int"),
        ("train: a\nepochs: 0", "epochs: 0 is less than 1"),
        ("train: a\nencoder_rate: fast", "encoder_rate: 'fast' is no number"),
        ("train: a\nencoder_rate: yes", "encoder_rate: True is no float"),
        ("train: a\nencoder_rate: [1]", r"encoder_rate: \[1\] is no float"),
        ("train: a\noutput: 3", "output: 3 is no str"),
        ("train: a\noutput: no", "output: False is no str"),
        ("train: a\nmodel: window", "model: 'window' is no dict"),
        ("train: 3", "train: 3 is no list of paths"),
        ("train: [a, 3]", r"train: \['a', 3\] is no list of paths"),
        ("train: []", "train: no training data named"),
        ("epochs: 3", "train: no training data named"),
        ("train: a\nprecision: half", "precision: 'half' is none of no, bf16, fp16"),
        ("train: a\nword_dropout: 1.5", "word_dropout: 1.5 is not between 0 and 1"),
        ("train: a\nshare: 0", "share: 0.0 is not above 0 and at most 1"),
        ("train: [a, b]\nweights: {c: 2}", r"weights: c is not in train \(allowed: a, b\)"),
        ("train: [a, b]\napart: [c]", r"apart: c is not in train \(allowed: a, b\)"),
        ("train: a\nweights: {a: 0}", "weights: the weight 0 of a is no number above 0"),
        ("train: a\nwarmup: -0.1", "warmup: -0.1 is not between 0 and 1"),
    ],
)
def test_a_slip_is_told_with_its_file_and_key(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(RasadError, match=message) as caught:
        TrainingConfig.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a", "train", "train: [a", "train: \udcff"])
def test_what_is_no_mapping_in_yaml_is_refused(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(FormatError) as caught:
        TrainingConfig.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(RasadError, match=r"nowhere\.yaml: No such file"):
        TrainingConfig.read(tmp_path / "nowhere.yaml")


def test_changes_are_read_as_yaml_over_the_file(tmp_path):
    path = written(tmp_path, "train: a\nepochs: 3\n")
    config = TrainingConfig.read(
        path, ["epochs=5", "encoder_rate=1e-3", "train=[b, c]", "model={window: 64}", "output=x=y"]
    )
    assert (config.epochs, config.encoder_rate, config.train, config.model) == (5, 0.001, ("b", "c"), {"window": 64})
    assert config.output == "x=y"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("epochs", "'epochs' is no change; write key=value"),
        ("epoch=3", r"unknown key epoch \(did you mean epochs\?\)"),
        ("epochs=many", "epochs: 'many' is no int"),
        ("train=[a", r"'train=\[a' has no YAML after the ="),
    ],
)
def test_a_slip_in_a_change_is_told(tmp_path, change, message):
    with pytest.raises(RasadError, match=message) as caught:
        TrainingConfig.read(written(tmp_path, "train: a\n"), [change])
    assert "\n" not in str(caught.value)


def test_a_configuration_goes_through_yaml_unharmed():
    config = TrainingConfig(
        train=("a", "b"), encoder_rate=3e-5, model={"window": 64}, encoder_options={"hidden_dropout_prob": 0.0}
    )
    assert TrainingConfig.from_dict(yaml.safe_load(yaml.safe_dump(config.to_dict()))) == config


@pytest.mark.parametrize("kind", [TrainingConfig, PretrainingConfig])
def test_every_key_is_explained(kind):
    lines = [line for c in kind.__mro__[:-1] for line in (c.__doc__ or "").splitlines()]
    explained = {
        line.split(":")[0].strip() for line in lines if line.startswith("        ") and line[8] != " " and ":" in line
    }
    assert {f.name for f in dataclasses.fields(kind)} == explained


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "texts: no text named; give .txt or .txt.xz files"),
        ("texts: {a.txt: 0}", "texts: the weight 0 of a.txt is no number above 0"),
        ("texts: {a.txt: much}", "texts: the weight 'much' of a.txt is no number above 0"),
        ("texts: {a.txt: 1}\nmask_rate: 0", "mask_rate: 0 hides nothing"),
        ("texts: {a.txt: 1}\nmask_rate: 1.5", "mask_rate: 1.5 is not between 0 and 1"),
        ("texts: {a.txt: 1}\nobjective: mlm", "objective: 'mlm' is none of masked, replaced, distilled"),
        ("texts: {a.txt: 1}\nobjective: distilled", "teacher: to be named where the objective is distilled"),
        ("texts: {a.txt: 1}\nteacher: a", "teacher: to be named where the objective is distilled"),
        ("texts: {a.txt: 1}\nwindow: 4", "window: 4 is less than 8"),
        ("texts: {a.txt: 1}\nepochs: 3", r"unknown key epochs"),
    ],
)
def test_a_slip_in_pretraining_is_told(tmp_path, text, message):
    with pytest.raises(RasadError, match=message):
        PretrainingConfig.read(written(tmp_path, text or "{}"))
