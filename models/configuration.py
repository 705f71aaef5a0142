"""The configuration of a rasad model: encoder, heads, and the scheme that it was trained under."""

from __future__ import annotations

from typing import Any, ClassVar

from transformers import AutoConfig, PreTrainedConfig

from rasad.annotations.scheme import Scheme, default_scheme

POOLINGS = ("first", "mean", "last")


class RasadConfig(PreTrainedConfig):
    """Configuration of `RasadModel`.

    Args:
        encoder_config: configuration of the encoder, or its dict with `model_type`.
        scheme: the data of `scheme.yaml`; the current scheme where absent.
        window: pieces an encoder row holds at most, special pieces included.
        overlap: pieces that neighbouring rows share.
        word_pooling: how the pieces of a word become its state: `first`, `mean` or `last`.
        span_size: width of the span representation.
        feature_size: width of each embedded feature of a pair (distance, …).
        pair_distance: words from the beginning of the head to that of the tail at most.
        antecedents: earlier mentions at most that a mention is compared with for SAME_AS.
        dropout: on head inputs.
        none_bias: added to the logit of "no relation" when decoding; positive for precision, negative for recall.
        new_bias: added to the logit of "first mention" when decoding SAME_AS.
        span_threshold: spans of a lower score are left out.
        relation_threshold: relations of a lower score are left out, but for SAME_AS; the score is the product of the
            link's and those of the two spans.
        split_bias: taken off the log-probability of a span that begins right behind another of its type.

    Raises:
        ValueError: where `word_pooling` is none of the three.
    """

    model_type = "rasad"
    sub_configs: ClassVar[dict[str, Any]] = {"encoder_config": AutoConfig}

    def __init__(
        self,
        encoder_config: PreTrainedConfig | dict[str, Any] | None = None,
        scheme: dict[str, Any] | None = None,
        window: int = 512,
        overlap: int = 128,
        word_pooling: str = "mean",
        span_size: int = 256,
        feature_size: int = 32,
        pair_distance: int = 200,
        antecedents: int = 120,
        dropout: float = 0.2,
        none_bias: float = 0.0,
        new_bias: float = 0.0,
        split_bias: float = 0.0,
        span_threshold: float = 0.0,
        relation_threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if encoder_config is None:
            encoder_config = AutoConfig.for_model("bert")
        if isinstance(encoder_config, dict):
            encoder_config = AutoConfig.for_model(**encoder_config)
        if word_pooling not in POOLINGS:
            raise ValueError(f"word_pooling: {word_pooling!r} is none of {', '.join(POOLINGS)}")
        self.encoder_config = encoder_config
        self.scheme = scheme if scheme is not None else default_scheme().to_dict()
        self.window = window
        self.overlap = overlap
        self.word_pooling = word_pooling
        self.span_size = span_size
        self.feature_size = feature_size
        self.pair_distance = pair_distance
        self.antecedents = antecedents
        self.dropout = dropout
        self.none_bias = none_bias
        self.new_bias = new_bias
        self.split_bias = split_bias
        self.span_threshold = span_threshold
        self.relation_threshold = relation_threshold
        super().__init__(**kwargs)

    @property
    def row_size(self) -> int:
        """Pieces a row may hold: `window`, or fewer where the encoder has fewer positions."""
        return row_size(self.window, self.encoder_config)

    def label_scheme(self) -> Scheme:
        """Return the scheme as a value."""
        return Scheme.from_dict(self.scheme)


def row_size(window: int, encoder_config: PreTrainedConfig) -> int:
    """Return how many pieces a row may hold: `window`, or fewer where an encoder has fewer positions."""
    positions = getattr(encoder_config, "max_position_embeddings", None)
    # RoBERTa's first positions belong to padding, so two of the embedded positions are never free.
    return min(window, positions - 2) if positions else window
