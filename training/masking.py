"""Masking: whole words hidden from an encoder that is to tell them from what stands around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MASKED, _RANDOM = 0.8, 0.1  # of the hidden pieces, as Devlin et al., "BERT" (2019); the rest is shown as it is


@dataclass(frozen=True)
class Masking:
    """How words are hidden.

    A word is what rasad takes for one, clitics and all: `وبالصواريخ` is hidden or shown with all its pieces, since the
    rest of a word gives a hidden piece away.

    Args:
        rate: share of the words that are hidden.
        span: words hidden in a row, on average (geometric, as Joshi et al., "SpanBERT" (2020)); 1 hides single words.
        mask_id: the piece that stands for a hidden one.
        vocabulary: number of pieces, to draw others from.
    """

    rate: float
    span: float
    mask_id: int
    vocabulary: int

    def hidden(self, word: NDArray[np.uint16], rng: np.random.Generator) -> NDArray[np.bool_]:
        """Return which pieces to hide (rows × pieces), given the number of each piece's word, 0 for none."""
        most = int(word.max(initial=0))
        chosen = rng.random((len(word), most + 1)) < self.rate / self.span
        if self.span > 1:
            chosen = _stretched(chosen, rng.geometric(1 / self.span, chosen.shape))
        chosen[:, 0] = False
        picked: NDArray[np.bool_] = np.take_along_axis(chosen, word.astype(np.int64), axis=1)
        return picked

    def shown(
        self, pieces: NDArray[np.int32], hidden: NDArray[np.bool_], rng: np.random.Generator
    ) -> NDArray[np.int32]:
        """Return what the encoder gets to see: hidden pieces as the mask, some as another piece, some as they are."""
        draw = rng.random(pieces.shape)
        other = rng.integers(0, self.vocabulary, pieces.shape, dtype=np.int32)
        seen = np.where(hidden & (draw < _MASKED), np.int32(self.mask_id), pieces)
        return np.where(hidden & (draw >= _MASKED) & (draw < _MASKED + _RANDOM), other, seen)


def _stretched(starts: NDArray[np.bool_], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Let each start reach over the words after it, as many as its length says."""
    reach = np.where(starts, np.arange(starts.shape[1]) + lengths, 0)
    covered: NDArray[np.bool_] = np.maximum.accumulate(reach, axis=1) > np.arange(starts.shape[1])
    return covered
