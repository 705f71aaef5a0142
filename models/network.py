"""The joint network: word tags, relations and antecedents over pairs of spans, and the attributes of events.

One encoder reads the rows of all texts in a batch; the states of their pieces are joined into one sequence of word
states a text, however many rows it took. Everything after that sees the whole text. In the comments W is words,
S spans, P pairs, H the encoder's width, D the spans' width, all over the whole batch.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoModelForTokenClassification, PreTrainedConfig, PreTrainedModel

from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.models.configuration import RasadConfig
from rasad.models.pairs import FEATURE_SIZES, PairRules, features
from rasad.models.spans import SpanSet, Words

CONTEXT = 8  # words on either side of a trigger that its attributes look at
PAIR_CHUNK = 16384  # pairs scored at once, so that memory does not grow with the article


@dataclass(frozen=True)
class PairScores:
    """Log-probabilities of relations (P × relations + 1, index 0 for none) for pairs of span indices."""

    heads: Tensor
    tails: Tensor
    scores: Tensor


class PairScorer(nn.Module):
    """Score pairs from both spans, their product, the words between, their types and where they stand."""

    def __init__(self, width: int, size: int, types: int, outputs: int, feature_size: int, dropout: float) -> None:
        super().__init__()
        self.types = types
        self.head = nn.Linear(size, size)
        self.tail = nn.Linear(size, size)
        self.product = nn.Linear(size, size, bias=False)
        self.between = nn.Linear(width, size, bias=False)
        self.embeddings = nn.ModuleList(nn.Embedding(n, feature_size) for n in FEATURE_SIZES)
        self.pair_type = nn.Embedding(types * types, feature_size)
        self.features = nn.Linear(feature_size * (len(FEATURE_SIZES) + 1), size)
        self.hidden = nn.Sequential(
            nn.LayerNorm(size), nn.GELU(), nn.Dropout(dropout), nn.Linear(size, size), nn.GELU()
        )
        self.last = nn.Linear(size, outputs)

    def forward(self, reps: Tensor, spans: SpanSet, sums: Tensor, heads: Tensor, tails: Tensor, seen: Tensor) -> Tensor:
        """Return logits (P × outputs).

        Args:
            reps: S × D.
            spans: S.
            sums: W + 1 × D, running sums of `between` over the word states.
            heads: P, indices of spans.
            tails: P, indices of spans.
            seen: P × features.
        """
        mixed = self.head(reps)[heads] + self.tail(reps)[tails] + self.product(reps[heads] * reps[tails])
        left = torch.minimum(spans.last[heads], spans.last[tails]) + 1
        right = torch.maximum(torch.maximum(spans.first[heads], spans.first[tails]), left)
        between = (sums[right] - sums[left]) / (right - left).clamp(min=1).unsqueeze(1)
        mixed = mixed + between.to(mixed.dtype)
        embedded = [table(seen[:, i]) for i, table in enumerate(self.embeddings)]
        embedded.append(self.pair_type(spans.type[heads] * self.types + spans.type[tails]))
        return self.last(self.hidden(mixed + self.features(torch.cat(embedded, dim=1))))  # type: ignore[no-any-return]


class RasadModel(PreTrainedModel):
    """Encoder, tagger, relation scorer, antecedent scorer and attribute heads.

    Build one from any encoder with `from_encoder`, load a trained one with `from_pretrained`.
    """

    config_class = RasadConfig
    base_model_prefix = "rasad"
    _supports_sdpa = True
    _supports_flash_attn = True
    _supports_attention_backend = True

    def __init__(self, config: RasadConfig) -> None:
        super().__init__(config)
        self.scheme: Scheme = config.label_scheme()
        self.rules = PairRules(self.scheme)
        self.encoder = AutoModel.from_config(config.encoder_config)
        if getattr(self.encoder, "pooler", None) is not None:
            self.encoder.pooler = None
        width, size, types = int(config.encoder_config.hidden_size), config.span_size, len(self.scheme.types)
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(config.dropout)
        self.tagger = nn.Linear(width, 2 * types + 1)
        self.span = nn.Linear(3 * width, size)
        self.span_type = nn.Embedding(types, size)
        self.span_norm = nn.LayerNorm(size)
        args = (width, size, types)
        self.relation = PairScorer(*args, len(self.rules.relations) + 1, config.feature_size, config.dropout)
        self.antecedent = PairScorer(*args, 1, config.feature_size, config.dropout)
        self.attributes = nn.ModuleDict(
            {
                name: nn.Sequential(
                    nn.Linear(size + width, size), nn.GELU(), nn.Dropout(config.dropout), nn.Linear(size, len(values))
                )
                for name, values in self.scheme.attributes.items()
            }
        )
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_encoder(
        cls,
        name_or_path: str | Path,
        scheme: Scheme | None = None,
        encoder_options: Mapping[str, Any] | None = None,
        *,
        keep_heads: bool = False,
        **options: Any,
    ) -> RasadModel:
        """Put untrained heads, or those of a checkpoint, on a pretrained encoder.

        Args:
            name_or_path: a Hugging Face name or folder of an encoder, or of a rasad checkpoint, whose encoder is taken.
            scheme: the labels; the current scheme where absent.
            encoder_options: settings of the encoder's own configuration to change.
            keep_heads: take the heads of the checkpoint, too, and its settings where `options` has no others.
            options: settings of `RasadConfig`.

        Raises:
            RasadError: where there is no such option, its value is of another type, or the weights do not fit it; or
                heads are to be kept of what has none, or has them for other labels.
        """
        _check(options)
        source = AutoModel.from_pretrained(str(name_or_path), dtype=torch.float32, trust_remote_code=False)
        encoder = source.encoder if isinstance(source, RasadModel) else source
        if keep_heads:
            if not isinstance(source, RasadModel):
                raise RasadError(
                    f"{name_or_path}: an encoder has no heads to keep; name a checkpoint that rasad train wrote"
                )
            options = {name: getattr(source.config, name) for name in _known()} | options
        set_options(encoder.config, encoder_options or {})
        encoder.config.name_or_path = ""  # a checkpoint does not tell where its maker kept the encoder
        model = cls(RasadConfig(encoder.config, (scheme or default_scheme()).to_dict(), **options))
        weights = {k: v for k, v in encoder.state_dict().items() if not k.startswith("pooler.")}
        try:
            model.encoder.load_state_dict(weights)
        except RuntimeError as error:
            kind, changed = encoder.config.model_type, ", ".join(encoder_options or ())
            raise RasadError(f"encoder options: the encoder's weights do not fit a {kind} with {changed}") from error
        if keep_heads:
            model._take_all(source, str(name_or_path))
            return model
        with torch.no_grad():
            # Most pairs are in no relation; starting from that spares the first epochs from learning it.
            model.relation.last.bias[0] = 4.0
        return model

    def _take_all(self, source: RasadModel, name: str) -> None:
        self.scheme.require_same(source.scheme, name)
        if list(self.scheme.labels()) != list(source.scheme.labels()):
            raise RasadError(f"{name}: its heads have the labels in another order")
        try:
            self.load_state_dict(source.state_dict())
        except RuntimeError as error:
            raise RasadError(f"{name}: its heads are of other sizes (span_size, feature_size)") from error

    def word_states(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Encode all rows and return one state a word (W × H), its pieces taken from where they are most central."""
        hidden = self.encoder(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state
        pieces = hidden.flatten(0, 1)[batch["piece_index"]]
        first, last = batch["word_first"], batch["word_last"]
        if self.config.word_pooling == "first":
            states = pieces[first]
        elif self.config.word_pooling == "last":
            states = pieces[last]
        else:
            sums = _running_sums(pieces)
            states = ((sums[last + 1] - sums[first]) / (last + 1 - first).unsqueeze(1)).float()
        return self.dropout(self.norm(states))  # type: ignore[no-any-return]

    def tag_logits(self, states: Tensor) -> Tensor:
        """Return W × (2 · types + 1) logits: O, then B and I of each type."""
        return self.tagger(states)  # type: ignore[no-any-return]

    def span_states(self, states: Tensor, spans: SpanSet) -> Tensor:
        """Represent spans (S × D) by their first word, last word, mean, and type."""
        spans = spans.to(states.device)
        sums = _running_sums(states)
        mean = (sums[spans.last + 1] - sums[spans.first]) / (spans.last + 1 - spans.first).unsqueeze(1)
        joined = torch.cat([states[spans.first], states[spans.last], mean.to(states.dtype)], dim=1)
        return self.span_norm(nn.functional.gelu(self.span(joined)) + self.span_type(spans.type))  # type: ignore[no-any-return]

    def relation_scores(self, states: Tensor, reps: Tensor, spans: SpanSet, words: Words) -> PairScores:
        """Score every pair that the scheme allows; what it forbids gets minus infinity."""
        heads, tails, allowed = self.rules.relation_pairs(spans, words, self.config.pair_distance)
        logits = self._score(self.relation, states, reps, spans, words, (heads, tails), surface=False)
        return PairScores(heads, tails, logits.masked_fill(~allowed.to(logits.device), -torch.inf).log_softmax(1))

    def antecedent_logits(self, states: Tensor, reps: Tensor, spans: SpanSet, words: Words) -> PairScores:
        """Return one logit (P × 1) for every mention and possible antecedent; that of "first mention" is 0."""
        mentions, earlier = self.rules.antecedent_pairs(spans, self.config.antecedents)
        logits = self._score(self.antecedent, states, reps, spans, words, (mentions, earlier), surface=True)
        return PairScores(mentions, earlier, logits)

    def attribute_logits(self, states: Tensor, reps: Tensor, spans: SpanSet, words: Words) -> dict[str, Tensor]:
        """Return S × values logits for each attribute, from the span and the words around it in its text."""
        low = torch.maximum(spans.first - CONTEXT, torch.searchsorted(words.doc, spans.doc)).to(states.device)
        end = torch.searchsorted(words.doc, spans.doc, right=True)
        high = torch.minimum(spans.last + 1 + CONTEXT, end).to(states.device)
        sums = _running_sums(states)
        around = ((sums[high] - sums[low]) / (high - low).unsqueeze(1)).to(reps.dtype)
        joined = torch.cat([reps, around], dim=1)
        return {name: head(joined).float() for name, head in self.attributes.items()}

    def forward(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Return the tag logits (W × tags) of a batch of `Encoder.batch`; the other heads need spans."""
        return self.tag_logits(self.word_states(batch))

    def _score(
        self,
        scorer: PairScorer,
        states: Tensor,
        reps: Tensor,
        spans: SpanSet,
        words: Words,
        pairs: tuple[Tensor, Tensor],
        surface: bool,
    ) -> Tensor:
        sums = _running_sums(scorer.between(states))
        heads, tails = pairs
        device, placed = states.device, spans.to(states.device)  # pairs and their features are made on the CPU
        parts = []
        for start in range(0, max(len(heads), 1), PAIR_CHUNK):
            h, t = heads[start : start + PAIR_CHUNK], tails[start : start + PAIR_CHUNK]
            seen = features(spans, words, h, t, surface).to(device)
            parts.append(scorer(reps, placed, sums, h.to(device), t.to(device), seen).float())
        return torch.cat(parts)

    def _init_weights(self, module: nn.Module) -> None:
        """Leave the layers as torch makes them, embeddings small; the encoder has its own rule."""
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        elif isinstance(module, nn.Linear | nn.LayerNorm):
            module.reset_parameters()


def _check(options: Mapping[str, Any]) -> None:
    """Refuse options that `RasadConfig` would take without a word and never look at."""
    known = _known()
    for name, value in options.items():
        if name not in known:
            raise RasadError(f"model option {name}: unknown{suggest(name, known)}")
        default = known[name].default
        if type(value) is not type(default) and not (isinstance(default, float) and type(value) is int):
            raise RasadError(f"model option {name}: {value!r} is no {type(default).__name__}")


def _known() -> dict[str, inspect.Parameter]:
    return dict(list(inspect.signature(RasadConfig).parameters.items())[2:-1])  # but for encoder, scheme and kwargs


def set_options(config: PreTrainedConfig, options: Mapping[str, Any]) -> None:
    """Change an encoder's configuration, which itself would take any name and many a value."""
    for name, value in options.items():
        if not hasattr(config, name):
            raise RasadError(f"encoder option {name}: {config.model_type} has none of this name")
        now = getattr(config, name)
        alike = type(value) is type(now) or {type(value), type(now)} <= {int, float}
        if now is not None and not alike:
            raise RasadError(f"encoder option {name}: {value!r} is no {type(now).__name__}")
        setattr(config, name, value)


def _running_sums(states: Tensor) -> Tensor:
    """Return sums over the first n rows, n from 0, in float64: less would lose the late words of a long article."""
    return nn.functional.pad(states.double().cumsum(0), (0, 0, 1, 0))


AutoConfig.register("rasad", RasadConfig)
AutoModel.register(RasadConfig, RasadModel)
AutoModelForTokenClassification.register(RasadConfig, RasadModel)
