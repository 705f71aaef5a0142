"""An encoder with a head that tells hidden pieces: the architecture's own where it has one, else a tied one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from rasad.annotations.errors import RasadError
from rasad.inference.predictor import DEFAULT, default_checkpoint
from rasad.models.configuration import RasadConfig
from rasad.models.network import RasadModel, set_options
from rasad.training.config import PretrainingConfig

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


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
        states = self.encoder(input_ids=seen, attention_mask=attention).last_hidden_state[hidden]
        losses = nn.functional.cross_entropy(self.head(states).float(), pieces[hidden].long(), reduction="sum")
        # A batch in which nothing is hidden has a loss of 0, with a gradient of 0.
        return losses / max(len(states), 1)

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
        self.stand_in = _StandIn()
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
    """Gives the states it was handed in the place of an encoder."""

    states: Tensor

    def forward(self, *args: Any, **options: Any) -> Any:
        from transformers.modeling_outputs import BaseModelOutput

        return BaseModelOutput(last_hidden_state=self.states)


def load_masked(config: PretrainingConfig) -> tuple[MaskedModel, PreTrainedTokenizerBase]:
    """Load the encoder that a configuration names, with a head, its own if it brings one.

    Raises:
        RasadError: where there is no such encoder.
    """
    from transformers import AutoTokenizer

    source = str(default_checkpoint()) if config.encoder == DEFAULT else config.encoder
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        model = _with_head(source, config)
    except (OSError, ValueError) as error:
        raise RasadError(f"encoder {source}: {' '.join(str(error).split())}") from error
    if config.fresh_layers:
        _renew(model, config.fresh_layers)
    return MaskedModel(model), tokenizer


def _with_head(source: str, config: PretrainingConfig) -> PreTrainedModel:
    from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM

    options: dict[str, Any] = {"dtype": torch.float32, "trust_remote_code": False}
    known = AutoConfig.from_pretrained(source, trust_remote_code=False)
    settled = known.encoder_config if isinstance(known, RasadConfig) else known
    set_options(settled, config.encoder_options)
    kind = AutoModelForMaskedLM if type(settled) in AutoModelForMaskedLM._model_mapping else AutoModel
    model: PreTrainedModel
    if isinstance(known, RasadConfig):
        model = kind.from_config(settled)  # type: ignore[no-untyped-call]
        encoder = RasadModel.from_pretrained(source, **options).encoder
        model.base_model.load_state_dict(encoder.state_dict(), strict=False)  # it has no pooler
    else:
        model = kind.from_pretrained(source, config=settled, **options)
    return model


def _renew(model: PreTrainedModel, count: int) -> None:
    """Give the last layers random weights."""
    layers, fresh = _layers(model), _layers(type(model)(model.config))
    if count > len(layers):
        raise RasadError(f"fresh_layers: {count} is more than the {len(layers)} layers that the encoder has")
    for layer, new in zip(layers[-count:], fresh[-count:], strict=True):
        layer.load_state_dict(new.state_dict())


def _layers(model: PreTrainedModel) -> nn.ModuleList:
    depth = model.config.num_hidden_layers
    return next(m for m in model.modules() if isinstance(m, nn.ModuleList) and len(m) == depth)
