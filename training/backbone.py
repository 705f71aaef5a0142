"""Encoders to pretrain: loaded with the head that they have, with fewer layers or with some that start anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from rasad.annotations.errors import RasadError
from rasad.inference.predictor import DEFAULT, default_checkpoint
from rasad.models.configuration import RasadConfig
from rasad.models.network import RasadModel, set_options

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Backbone:
    """What was loaded: `told` says whether the head that tells hidden pieces came trained with it."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    told: bool


def load_backbone(name: str, options: Mapping[str, Any]) -> Backbone:
    """Load an encoder in its class for masked-language modelling, or bare where there is no such class.

    Args:
        name: a Hugging Face name or folder of an encoder, or of a rasad checkpoint, whose encoder is taken.
        options: settings of the encoder's own configuration to change.

    Raises:
        RasadError: where there is no such encoder or option.
    """
    from transformers import AutoTokenizer

    source = _source(name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        model, told = _with_head(source, options)
        return Backbone(model, tokenizer, told)
    except (OSError, ValueError) as error:
        raise RasadError(f"encoder {source}: {' '.join(str(error).split())}") from error


def as_it_came(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what these settings are in an encoder's configuration before a run changes them; private ones are left."""
    settled = _of_encoder(_configuration(_source(name)))
    return {option: getattr(settled, option) for option in options if not option.startswith("_")}


def _source(name: str) -> str:
    return str(default_checkpoint()) if name == DEFAULT else name


def _configuration(source: str) -> PreTrainedConfig:
    from transformers import AutoConfig

    known: PreTrainedConfig = AutoConfig.from_pretrained(source, trust_remote_code=False)
    return known


def _of_encoder(known: PreTrainedConfig) -> PreTrainedConfig:
    return known.encoder_config if isinstance(known, RasadConfig) else known


def _with_head(source: str, options: Mapping[str, Any]) -> tuple[PreTrainedModel, bool]:
    from transformers import AutoModel, AutoModelForMaskedLM

    loading: dict[str, Any] = {"dtype": torch.float32, "trust_remote_code": False}
    known = _configuration(source)
    settled = _of_encoder(known)
    set_options(settled, options)
    kind = AutoModelForMaskedLM if type(settled) in AutoModelForMaskedLM._model_mapping else AutoModel
    model: PreTrainedModel
    missing: Collection[str] = ("head",)
    if isinstance(known, RasadConfig):
        model = kind.from_config(settled)  # type: ignore[no-untyped-call]
        encoder = RasadModel.from_pretrained(source, **loading).encoder
        model.base_model.load_state_dict(encoder.state_dict(), strict=False)  # it has no pooler
    else:
        model, found = kind.from_pretrained(source, config=settled, output_loading_info=True, **loading)
        missing = found["missing_keys"]
    return model, model.base_model is not model and not missing


def layers(model: PreTrainedModel) -> nn.ModuleList:
    """Return the list of an encoder's layers, to read or to change.

    Raises:
        RasadError: where there is no such list (ALBERT's layers are one), or several (XLM's lie in parts).
    """
    depth = model.config.num_hidden_layers
    found = [m for m in model.modules() if isinstance(m, nn.ModuleList) and len(m) == depth]
    if len(found) != 1:
        kind = model.config.model_type
        raise RasadError(f"encoder: {kind} does not keep its layers in one list; none can be left out or begin anew")
    return found[0]


def spread(depth: int, count: int) -> list[int]:
    """Return which of `depth` layers to keep for `count` to be left, the last among them: of 12, 6 are every other."""
    return [round((i + 1) * depth / count) - 1 for i in range(count)]


def keep_layers(model: PreTrainedModel, kept: list[int]) -> None:
    """Leave out all layers but these.

    The others are made anew for where they now stand: architectures have first layers of another make (ModernBERT's
    has no norm), and number them.
    """
    stack, config = layers(model), model.config
    config.num_hidden_layers = len(kept)
    if types := getattr(config, "layer_types", None):
        config.layer_types = [types[index] for index in kept]
    old = [stack[index] for index in kept]
    for place, (layer, new) in enumerate(zip(old, layers(type(model)(config)), strict=True)):
        new.load_state_dict(layer.state_dict(), strict=False)
        stack[place] = new.train(layer.training)
    del stack[len(kept) :]


def renew_layers(model: PreTrainedModel, count: int) -> None:
    """Give the last layers random weights."""
    fresh = type(model)(model.config)
    for layer, new in zip(layers(model)[-count:], layers(fresh)[-count:], strict=True):
        layer.load_state_dict(new.state_dict())
