"""The configuration of a run, of fine-tuning or of pretraining: a frozen value, read strictly from YAML."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, get_type_hints

import yaml

from rasad.annotations.errors import FormatError, RasadError, suggest

OBJECTIVES = ("masked", "replaced", "distilled")
PRECISIONS = ("no", "bf16", "fp16")


@dataclass(frozen=True)
class Config:
    """What every run has. Rates are AdamW's.

    Args:
        output: the run's folder.
        encoder: Hugging Face name or folder of an encoder, or of a rasad checkpoint whose encoder is taken;
            `default` is the shipped checkpoint.
        encoder_options: options of the encoder's own configuration (its dropout, …).
        seed: of weights, order and dropout.
        encoder_rate: peak learning rate of the encoder.
        head_rate: peak learning rate of everything else.
        layer_decay: rate of each of the encoder's layers over that of the layer above it.
        weight_decay: on matrices.
        clip: gradient norm at most.
        precision: `no`, `bf16` or `fp16` autocast; a resumed fp16 run starts its loss scaling anew.
        save_every: steps between checkpoints to resume from; 0 for once an epoch, or where a loss is measured.
        threads: CPU threads; 0 leaves torch's choice.
    """

    output: str = "runs/default"
    encoder: str = "default"
    encoder_options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 1
    encoder_rate: float = 2e-4
    head_rate: float = 2e-3
    layer_decay: float = 1.0
    weight_decay: float = 0.01
    clip: float = 1.0
    precision: str = "no"
    save_every: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise RasadError(f"precision: {self.precision!r} is none of {', '.join(PRECISIONS)}")
        self._check_shares("layer_decay")

    def _check_least(self, least: int, *names: str) -> None:
        for name in names:
            if getattr(self, name) < least:
                raise RasadError(f"{name}: {getattr(self, name)} is less than {least}")

    def _check_shares(self, *names: str) -> None:
        for name in names:
            if not 0 <= getattr(self, name) <= 1:
                raise RasadError(f"{name}: {getattr(self, name)} is not between 0 and 1")

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` reads back to an equal value."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(self).items()}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Self:
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

    @classmethod
    def read(cls, path: str | Path, changes: Sequence[str] = ()) -> Self:
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
        try:
            return cls.from_dict({**raw, **dict(map(_change, changes))})
        except RasadError as error:
            raise RasadError(f"{path}: {error}") from error


@dataclass(frozen=True)
class TrainingConfig(Config):
    """What a run of fine-tuning does; `words` of a batch are words of text, not pieces.

    Args:
        train: Markdown files, JSONL files or folders to train on.
        weights: for paths of `train`, how often an epoch meets each of their documents (1 where none is named): 2 is
            twice, 0.5 every other one, drawn anew for each epoch.
        apart: paths of `train` whose paragraphs have nothing to do with each other; each is a document of its own.
        share: share of the stories in `train`, always the same ones, smaller within larger: for learning curves.
        dev: the same, to validate on; empty for none (then the last epoch is kept).
        keep_heads: `encoder` is a rasad checkpoint that learns further, so its heads are taken, too.
        teachers: checkpoints whose mean answers are learnt beside the marks; `default` is the shipped one.
        told: paths of `train` whose marks are predictions: they say which spans to look at, the teachers all else.
        marked: share of the marks of other paths in the loss, beside teachers.
        model: options of `RasadConfig` (`window`, `word_pooling`, …).
        warmup: share of the steps in which the rates rise.
        epochs: passes over the training documents.
        batch_words: words of text in a step, about; a document is never cut.
        respelled: share of the documents that an epoch meets in another spelling (see `augmentation`).
        excerpts: share of the documents of which an epoch meets one to three paragraphs only.
        word_dropout: share of pieces replaced by the mask piece in training.
        predicted_from: share of the run after which wrongly predicted spans join the gold ones in the pair scorers.
        relation_weight: of the relation loss beside that of tags (1).
        antecedent_weight: of the SAME_AS loss.
        attribute_weight: of the attribute loss.
        rare_weight: exponent of inverse frequency in the attribute loss: 0 none, 1 full balance.
        evaluate_from: share of the run after which every epoch is validated.
    """

    train: tuple[str, ...] = ()
    weights: Mapping[str, Any] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    share: float = 1.0
    dev: tuple[str, ...] = ()
    keep_heads: bool = False
    teachers: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    marked: float = 0.5
    model: Mapping[str, Any] = field(default_factory=dict)
    warmup: float = 0.1
    epochs: int = 20
    batch_words: int = 600
    respelled: float = 0.0
    excerpts: float = 0.0
    word_dropout: float = 0.0
    predicted_from: float = 0.3
    relation_weight: float = 1.0
    antecedent_weight: float = 1.0
    attribute_weight: float = 1.0
    rare_weight: float = 0.5
    evaluate_from: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.train:
            raise RasadError("train: no training data named; give Markdown folders or JSONL files")
        for key, paths in (("weights", self.weights), ("apart", self.apart), ("told", self.told)):
            for path in paths:
                if path not in self.train:
                    raise RasadError(f"{key}: {path} is not in train{suggest(str(path), self.train)}")
        for path, weight in self.weights.items():
            _check_weight("weights", path, weight)
        if self.told and not self.teachers:
            raise RasadError("told: these documents are learnt from teachers alone, and none is named")
        self._check_least(1, "epochs", "batch_words")
        if not 0 < self.share <= 1:
            raise RasadError(f"share: {self.share} is not above 0 and at most 1")
        self._check_shares(
            "warmup", "respelled", "excerpts", "word_dropout", "predicted_from", "evaluate_from", "marked"
        )


@dataclass(frozen=True)
class PretrainingConfig(Config):
    """What a run of masked-language modelling does.

    Args:
        texts: .txt or .txt.xz files (a paragraph a line, documents parted by an empty line), each with its sampling
            weight: with equal weights a file is met as often as it is long.
        rows: folder of the packed texts, which several runs may share.
        conflict_corpus: annotated documents whose triggers tell what an article on conflict is made of; empty for none.
        conflict_share: share of such words from which a document is one on conflict.
        conflict_weight: how much more often it is then met.
        objective: `masked` (tell hidden pieces), `replaced` (tell replaced ones from what was there) or `distilled`
            (be like the teacher, too).
        teacher: the encoder that a distilled one learns from.
        generator_layers: layers of the generator that replaces pieces.
        layers: so many of the encoder's layers are kept, evenly spread; 0 for all.
        fresh_layers: so many of the last layers start anew.
        window: pieces in a row, fewer where the encoder has fewer positions.
        batch_rows: rows in a step.
        steps: steps in all; a run that was ended goes on when more are named.
        warmup_steps: steps in which the rates rise.
        decay: share of the steps, at the end, in which the rates fall to zero; before it they stay.
        mask_rate: share of the words that are hidden.
        mask_span: words hidden in a row, on average.
        evaluate_every: steps between losses on held-out text.
    """

    texts: Mapping[str, Any] = field(default_factory=dict)
    rows: str = "runs/rows"
    conflict_corpus: tuple[str, ...] = ()
    conflict_share: float = 0.03
    conflict_weight: float = 1.0
    objective: str = "masked"
    teacher: str = ""
    generator_layers: int = 3
    layers: int = 0
    fresh_layers: int = 0
    window: int = 512
    batch_rows: int = 16
    steps: int = 1000
    warmup_steps: int = 100
    decay: float = 0.2
    mask_rate: float = 0.15
    mask_span: float = 1.0
    evaluate_every: int = 200

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.texts:
            raise RasadError("texts: no text named; give .txt or .txt.xz files, each with its sampling weight")
        for path, weight in self.texts.items():
            _check_weight("texts", path, weight)
        if self.objective not in OBJECTIVES:
            raise RasadError(f"objective: {self.objective!r} is none of {', '.join(OBJECTIVES)}")
        if bool(self.teacher) != (self.objective == "distilled"):
            raise RasadError("teacher: to be named where the objective is distilled, and only there")
        self._check_least(0, "layers", "fresh_layers", "save_every", "warmup_steps")
        self._check_least(1, "generator_layers", "batch_rows", "steps", "evaluate_every")
        self._check_least(1, "mask_span", "conflict_weight")
        self._check_least(8, "window")
        self._check_shares("conflict_share", "decay", "mask_rate")
        if not self.mask_rate:
            raise RasadError("mask_rate: 0 hides nothing, and nothing is learnt")


def _check_weight(key: str, path: str, weight: Any) -> None:
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight > 0:
        raise RasadError(f"{key}: the weight {weight!r} of {path} is no number above 0")


def _change(change: str) -> tuple[str, Any]:
    key, separator, value = change.partition("=")
    if not separator:
        raise RasadError(f"{change!r} is no change; write key=value")
    try:
        return key, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise RasadError(f"{change!r} has no YAML after the =: {' '.join(str(error).split())}") from error


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
