"""Masked-language modelling: an encoder with a head that tells hidden pieces, its own or a tied one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class MaskedModel(nn.Module):
    """An encoder and its head; the head works on hidden positions alone, which spares most of what a step costs.

    Args:
        model: of a class for masked-language modelling, or an encoder, which then gets a `TiedHead`.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.encoder: Any = model.base_model
        self.head: nn.Module = TiedHead(model) if self.encoder is model else OwnHead(model)

    def forward(self, pieces: Tensor, seen: Tensor, hidden: Tensor, attention: Tensor) -> Tensor:
        """Return the mean cross-entropy at the hidden positions.

        Args:
            pieces: what stands there (rows × pieces).
            seen: what the encoder is shown.
            hidden: which positions are to be told.
            attention: which positions there are.
        """
        logits = self.logits(seen, hidden, attention)
        losses = nn.functional.cross_entropy(logits.float(), pieces[hidden].long(), reduction="sum")
        # A batch in which nothing is hidden has a loss of 0, with a gradient of 0.
        return losses / max(len(logits), 1)

    def logits(self, seen: Tensor, hidden: Tensor, attention: Tensor) -> Tensor:
        """Return logits over the vocabulary at the hidden positions (positions × pieces)."""
        states = self.encoder(input_ids=seen, attention_mask=attention).last_hidden_state[hidden]
        logits: Tensor = self.head(states)
        return logits

    def save(self, folder: Path) -> None:
        """Write the encoder, with its head where the architecture has one, for `from_pretrained`."""
        whole = self.head.joined(self.encoder) if isinstance(self.head, OwnHead) else nullcontext(self.encoder)
        with whole as model:
            model.save_pretrained(folder, max_shard_size="45MB")


class OwnHead(nn.Module):
    """The head of an architecture for masked-language modelling.

    Architectures name the parts of their heads as they like; the whole model with a stand-in for its encoder is the
    head of any of them.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.prefix: str = model.base_model_prefix
        self.stand_in = _StandIn(model.base_model)
        setattr(model, self.prefix, self.stand_in)
        self.model = model

    def forward(self, states: Tensor) -> Tensor:
        """Return logits over the vocabulary (positions × pieces)."""
        self.stand_in.states = states.unsqueeze(0)
        positions = torch.zeros(1, len(states), dtype=torch.long, device=states.device)
        logits: Tensor = self.model(input_ids=positions).logits[0]
        return logits

    @contextmanager
    def joined(self, encoder: PreTrainedModel) -> Iterator[PreTrainedModel]:
        """Give the model with its encoder in place."""
        setattr(self.model, self.prefix, encoder)
        try:
            yield self.model
        finally:
            setattr(self.model, self.prefix, self.stand_in)


class TiedHead(nn.Module):
    """Dense layer, GELU, LayerNorm, and the embedding matrix as the output matrix, as in BERT."""

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        embeddings: Any = encoder.get_input_embeddings()
        vocabulary, size = embeddings.weight.shape
        self.dense = nn.Linear(encoder.config.hidden_size, size)
        self.norm = nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary)
        self.output.weight = embeddings.weight
        nn.init.zeros_(self.output.bias)

    def forward(self, states: Tensor) -> Tensor:
        """Return logits over the vocabulary (positions × pieces)."""
        logits: Tensor = self.output(self.norm(nn.functional.gelu(self.dense(states))))
        return logits


class _StandIn(nn.Module):
    """Gives the states it was handed in the place of an encoder, and the encoder's own embeddings, which heads read."""

    states: Tensor

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self._encoder = (encoder,)  # in a tuple, lest its parameters be taken for the head's

    @property
    def embeddings(self) -> Any:
        return self._encoder[0].embeddings

    def forward(self, *args: Any, **options: Any) -> Any:
        from transformers.modeling_outputs import BaseModelOutput

        return BaseModelOutput(last_hidden_state=self.states)
