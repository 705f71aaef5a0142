"""The configuration of a training run: a frozen value, read strictly from YAML."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from rasad.annotations.errors import FormatError, RasadError, suggest

PRECISIONS = ("no", "bf16", "fp16")


@dataclass(frozen=True)
class TrainingConfig:
    """What a run does. Rates are AdamW's; `words` of a batch are words of text, not pieces.

    Args:
        train: Markdown files, JSONL files or folders to train on.
        share: share of the stories in `train`, always the same ones, smaller within larger: for learning curves.
        dev: the same, to validate on; empty for none (then the last epoch is kept).
        output: the run's folder.
        encoder: Hugging Face name or folder of an encoder, or of a rasad checkpoint whose encoder is taken;
            `default` is the shipped checkpoint.
        model: options of `RasadConfig` (`window`, `word_pooling`, …).
        encoder_options: options of the encoder's own configuration (its dropout, …).
        seed: of weights, order and dropout.
        epochs: passes over the training documents.
        batch_words: words of text in a step, about; a document is never cut.
        encoder_rate: peak learning rate of the encoder.
        head_rate: peak learning rate of everything else.
        warmup: share of the steps in which the rates rise.
        weight_decay: on matrices.
        clip: gradient norm at most.
        precision: `no`, `bf16` or `fp16` autocast; a resumed fp16 run starts its loss scaling anew.
        word_dropout: share of pieces replaced by the mask piece in training.
        predicted_from: share of the run after which wrongly predicted spans join the gold ones in the pair scorers.
        relation_weight: of the relation loss beside that of tags (1).
        antecedent_weight: of the SAME_AS loss.
        attribute_weight: of the attribute loss.
        rare_weight: exponent of inverse frequency in the attribute loss: 0 none, 1 full balance.
        evaluate_from: share of the run after which every epoch is validated.
        save_every: steps between checkpoints to resume from; 0 for once an epoch.
        threads: CPU threads; 0 leaves torch's choice.
    """

    train: tuple[str, ...] = ()
    share: float = 1.0
    dev: tuple[str, ...] = ()
    output: str = "runs/default"
    encoder: str = "default"
    model: Mapping[str, Any] = field(default_factory=dict)
    encoder_options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 1
    epochs: int = 20
    batch_words: int = 600
    encoder_rate: float = 2e-4
    head_rate: float = 2e-3
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip: float = 1.0
    precision: str = "no"
    word_dropout: float = 0.0
    predicted_from: float = 0.3
    relation_weight: float = 1.0
    antecedent_weight: float = 1.0
    attribute_weight: float = 1.0
    rare_weight: float = 0.5
    evaluate_from: float = 0.5
    save_every: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        if not self.train:
            raise RasadError("train: no training data named; give Markdown folders or JSONL files")
        if self.precision not in PRECISIONS:
            raise RasadError(f"precision: {self.precision!r} is none of {', '.join(PRECISIONS)}")
        for name in ("epochs", "batch_words"):
            if getattr(self, name) < 1:
                raise RasadError(f"{name}: {getattr(self, name)} is less than 1")
        if not 0 < self.share <= 1:
            raise RasadError(f"share: {self.share} is not above 0 and at most 1")
        for name in ("warmup", "word_dropout", "predicted_from", "evaluate_from"):
            if not 0 <= getattr(self, name) <= 1:
                raise RasadError(f"{name}: {getattr(self, name)} is not between 0 and 1")

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` reads back to an equal value."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(self).items()}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> TrainingConfig:
        """Read plain data.

        Raises:
            RasadError: naming an unknown key with its nearest known one, or a value of the wrong type.
        """
        hints = get_type_hints(cls)
        values = {}
        for key, value in raw.items():
            if key not in hints:
                raise RasadError(f"unknown key {key}{suggest(str(key), hints)}")
            values[key] = _typed(key, value, hints[key])
        return cls(**values)


def read_config(path: str | Path, changes: Sequence[str] = ()) -> TrainingConfig:
    """Read a YAML file, then apply `key=value` changes (the value read as YAML).

    Raises:
        RasadError: where the file is missing, is no mapping, or a key or value is wrong.
    """
    try:
        raw = yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as error:
        raise RasadError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FormatError(str(path), None, f"no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(raw, dict):
        raise FormatError(str(path), None, "a configuration is a mapping of keys to values")
    for change in changes:
        key, separator, value = change.partition("=")
        if not separator:
            raise RasadError(f"{change!r} is no change; write key=value")
        try:
            raw[key] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise RasadError(f"{change!r} has no YAML after the =: {' '.join(str(error).split())}") from error
    try:
        return TrainingConfig.from_dict(raw)
    except RasadError as error:
        raise RasadError(f"{path}: {error}") from error


def _typed(key: str, value: Any, hint: Any) -> Any:
    if hint == tuple[str, ...]:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(i, str) for i in items):
            raise RasadError(f"{key}: {value!r} is no list of paths")
        return tuple(items)
    if hint is float and isinstance(value, str):  # YAML reads 2e-4 as a string
        try:
            return float(value)
        except ValueError:
            raise RasadError(f"{key}: {value!r} is no number") from None
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if key == "precision" and value is False:  # YAML reads no as false
        return "no"
    plain = dict if hint == Mapping[str, Any] else hint
    if not isinstance(value, plain) or (plain is int and isinstance(value, bool)):
        raise RasadError(f"{key}: {value!r} is no {plain.__name__}")
    return value
