"""Replaced-token detection: an encoder tells which pieces a small generator put in the place of hidden ones.

After Clark et al., "ELECTRA: Pre-training Text Encoders as Discriminators Rather Than Generators" (2020): every piece
teaches, not only the hidden ones. The generator is the encoder's own lower layers, and shares its embeddings.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from rasad.training.backbone import keep_layers
from rasad.training.masked import MaskedModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_WEIGHT = 50.0  # of the detection loss beside the generator's, as in the paper


class ReplacedModel(nn.Module):
    """An encoder with a detector, and the generator that sets its task.

    Args:
        encoder: a bare encoder.
        generator_layers: how many of its first layers the generator begins with.
    """

    def __init__(self, encoder: PreTrainedModel, generator_layers: int) -> None:
        super().__init__()
        self.encoder: Any = encoder
        generator = copy.deepcopy(encoder)
        keep_layers(generator, list(range(generator_layers)))
        generator.set_input_embeddings(encoder.get_input_embeddings())
        self.generator = MaskedModel(generator)
        size = encoder.config.hidden_size
        self.detector = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.Linear(size, 1))

    def forward(self, pieces: Tensor, seen: Tensor, hidden: Tensor, attention: Tensor) -> Tensor:
        """Return the weighted sum of the generator's and the detector's loss; arguments as of `MaskedModel`."""
        logits = self.generator.logits(seen, hidden, attention).float()
        told = nn.functional.cross_entropy(logits, pieces[hidden].long(), reduction="sum") / max(len(logits), 1)
        with torch.no_grad():
            drawn = torch.multinomial(logits.softmax(-1), 1).squeeze(-1) if len(logits) else pieces[hidden].long()
        shown = pieces.long().masked_scatter(hidden, drawn)
        return told + _WEIGHT * self._detection(shown, shown != pieces, attention)

    def _detection(self, shown: Tensor, replaced: Tensor, attention: Tensor) -> Tensor:
        states = self.encoder(input_ids=shown, attention_mask=attention).last_hidden_state[attention]
        scores = self.detector(states).squeeze(-1).float()
        return nn.functional.binary_cross_entropy_with_logits(scores, replaced[attention].float())

    def save(self, folder: Path) -> None:
        """Write the encoder."""
        self.encoder.save_pretrained(folder, max_shard_size="45MB")
