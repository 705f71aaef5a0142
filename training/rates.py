"""Rates: which parameters AdamW moves how fast, by the part of the network and the layer that they are in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from rasad.training.config import Config

_LAYER = re.compile(r"\blayers?\.(\d+)\.")


def parameter_groups(model: nn.Module, encoders: Sequence[Any], config: Config) -> list[dict[str, Any]]:
    """Split what is learnt by rate (the heads'; an encoder's, less at every layer further down) and decay (matrices).

    Args:
        model: all that is trained; what needs no gradient is left out.
        encoders: the parts of it that learn at `encoder_rate`; layers of all are counted from the top of the first.
        config: for the rates, `layer_decay` (after Howard and Ruder, "Universal Language Model Fine-tuning for Text
            Classification", 2018) and `weight_decay`.
    """
    depth = encoders[0].config.num_hidden_layers
    lower = {id(parameter) for encoder in encoders for parameter in encoder.parameters()}
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue  # a teacher's
        rate = config.head_rate
        if id(parameter) in lower:
            layer = _LAYER.search(name)
            below = depth - 1 - int(layer[1]) if layer else depth * (parameter.dim() > 1 or "embed" in name)
            rate = config.encoder_rate * config.layer_decay**below
        decay = config.weight_decay if parameter.dim() > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": p, "lr": r, "peak": r, "weight_decay": d} for (r, d), p in groups.items()]
