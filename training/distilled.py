"""Distillation: a shallower encoder learns what a teacher's layers hold and what it would put in the hidden places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from rasad.training.backbone import spread
from rasad.training.masked import MaskedModel

_TEMPERATURE = 2.0


class DistilledModel(nn.Module):
    """A student and its teacher, which stays as it is.

    The loss is that of masked-language modelling, plus the divergence of the two's distributions at the hidden
    positions (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015), plus the distance of each of the
    student's layers from that of the teacher at the same height (as Jiao et al., "TinyBERT", 2020).

    Args:
        student: a model with fewer layers.
        teacher: a model of the same width and vocabulary.
        told: whether the teacher's head was trained; where not, the divergence, which would be from noise, is left out.
    """

    def __init__(self, student: MaskedModel, teacher: MaskedModel, told: bool = True) -> None:
        super().__init__()
        self.student = student
        self.teacher = teacher.requires_grad_(False)
        self.told = told
        self.encoder: Any = student.encoder
        depths = (teacher.encoder.config.num_hidden_layers, student.encoder.config.num_hidden_layers)
        self.heights = spread(*depths)

    def train(self, mode: bool = True) -> DistilledModel:
        """Switch the student between training and use; the teacher never drops anything."""
        super().train(mode)
        self.teacher.eval()
        return self

    def forward(self, pieces: Tensor, seen: Tensor, hidden: Tensor, attention: Tensor) -> Tensor:
        """Return the sum of the losses, in use that of masked-language modelling alone."""
        if not self.training:
            return self.student(pieces, seen, hidden, attention)  # type: ignore[no-any-return]
        states, logits = _layers_and_logits(self.student, seen, hidden, attention)
        with torch.no_grad():
            model_states, model_logits = _layers_and_logits(self.teacher, seen, hidden, attention)
        count = max(len(logits), 1)
        loss = nn.functional.cross_entropy(logits, pieces[hidden].long(), reduction="sum") / count
        if self.told:
            loss = loss + _divergence(logits, model_logits) / count
        pairs = ((state, model_states[at]) for state, at in zip(states, self.heights, strict=True))
        return loss + torch.stack([_distance(a[attention], b[attention]) for a, b in pairs]).mean()

    def save(self, folder: Path) -> None:
        """Write the student."""
        self.student.save(folder)


def _layers_and_logits(
    model: MaskedModel, seen: Tensor, hidden: Tensor, attention: Tensor
) -> tuple[tuple[Tensor, ...], Tensor]:
    found = model.encoder(input_ids=seen, attention_mask=attention, output_hidden_states=True)
    logits: Tensor = model.head(found.last_hidden_state[hidden])
    return found.hidden_states[1:], logits.float()


def _distance(states: Tensor, others: Tensor) -> Tensor:
    """Return the mean squared distance of states brought to one scale."""
    size = states.shape[-1:]
    return nn.functional.mse_loss(
        nn.functional.layer_norm(states.float(), size), nn.functional.layer_norm(others.float(), size)
    )


def _divergence(logits: Tensor, others: Tensor) -> Tensor:
    ours, theirs = ((x / _TEMPERATURE).log_softmax(-1) for x in (logits, others))
    return nn.functional.kl_div(ours, theirs, reduction="sum", log_target=True) * _TEMPERATURE**2
