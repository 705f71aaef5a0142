"""From scores to spans, attributes and relations: the one decoder, for prediction and evaluation alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rasad.models.spans import WordSpan

# Scores are rounded so that the batch a text came in, which moves the last digits, does not show.
DIGITS = 3
_EXTREME = 500.0  # of a logit; beyond it an exponential would be no number


def tag_index(type_index: int, inside: bool) -> int:
    """Return the index of B or I of a type; O is 0."""
    return 1 + 2 * type_index + int(inside)


def decode_tags(logits: Tensor, breaks: Tensor, one_word: Tensor, split_bias: float = 0.0) -> list[WordSpan]:
    """Find the best legal tag sequence (I only after B or I of its type) by the Viterbi algorithm.

    Words are tagged one by one, and a model that is not sure where a span ends likes to begin it twice; `split_bias`
    makes that dearer.

    Args:
        logits: W × (2 · types + 1), as `tag_index` orders them.
        breaks: W, true where a word may not continue the span before it (the first word of a paragraph).
        one_word: types, true where a span has one word (a trigger).
        split_bias: taken off the log-probability of a span that begins right behind another of its type.

    Returns:
        Spans in order; their score is the mean probability of their tags.
    """
    if not len(logits):
        return []
    forbidden = torch.zeros(logits.shape[1], dtype=torch.bool)
    forbidden[2::2] = one_word
    scores: NDArray[np.float32] = logits.float().masked_fill(forbidden, -torch.inf).log_softmax(1).numpy()
    path = _viterbi(scores, breaks.numpy(), split_bias)
    return _spans(path, np.exp(scores[np.arange(len(path)), path]))


def _viterbi(scores: NDArray[np.float32], breaks: NDArray[np.bool_], split_bias: float) -> NDArray[np.int64]:
    begin, inside = np.arange(1, scores.shape[1], 2), np.arange(2, scores.shape[1], 2)
    # What the way from each tag (columns) to B of each type (rows) costs: a span of its own type.
    dear = np.zeros((len(begin), scores.shape[1]), dtype=np.float32)
    dear[np.arange(len(begin)), begin] = dear[np.arange(len(begin)), inside] = split_bias
    back = np.zeros(scores.shape, dtype=np.int64)
    best = scores[0].copy()
    best[inside] = -np.inf
    for i in range(1, len(scores)):
        top = int(best.argmax())
        back[i, :] = top
        following = best[top] + scores[i]
        if breaks[i]:
            following[inside] = -np.inf
        else:
            ways = best - dear
            back[i, begin] = ways.argmax(1)
            following[begin] = ways.max(1) + scores[i, begin]
            back[i, inside] = np.where(best[begin] >= best[inside], begin, inside)
            following[inside] = best[back[i, inside]] + scores[i, inside]
        best = following
    path = np.zeros(len(scores), dtype=np.int64)
    path[-1] = best.argmax()
    for i in range(len(scores) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def _spans(path: NDArray[np.int64], probability: NDArray[np.float32]) -> list[WordSpan]:
    found: list[WordSpan] = []
    i = 0
    while i < len(path):
        tag = int(path[i])
        stop = i + 1
        if tag:
            while stop < len(path) and path[stop] == tag + 1:
                stop += 1
            found.append(WordSpan(i, stop - 1, (tag - 1) // 2, round(float(probability[i:stop].mean()), DIGITS)))
        i = stop
    return found


def decode_relations(log_probabilities: Tensor, none_bias: float) -> list[tuple[int, int, float]]:
    """Return (pair, relation index from 0, probability) where a relation beats "none" with its bias."""
    if not len(log_probabilities):
        return []
    scores = log_probabilities.clone()
    scores[:, 0] += none_bias
    best = scores.argmax(1)
    kept = torch.nonzero(best).flatten()
    values = log_probabilities[kept, best[kept]].exp()
    return [(int(p), int(r) - 1, round(float(v), DIGITS)) for p, r, v in zip(kept, best[kept], values, strict=True)]


def decode_antecedents(
    logits: Tensor, mentions: Sequence[int], earlier: Sequence[int], new_bias: float
) -> dict[int, tuple[int, float]]:
    """Choose for each mention, in their order, the cluster it joins, or none; return mention → (antecedent, score).

    Training asks for any antecedent of the right cluster (Lee et al. 2017, *End-to-end Neural Coreference Resolution*),
    so a mention may spread its probability over many of one event. Hence the cluster whose antecedents have most of it
    together is taken, not that of the best single one; the antecedent is its best, the score the cluster's probability.

    `new_bias` is added to the logit, otherwise 0, of being a first mention.
    """
    options: dict[int, list[tuple[float, int]]] = {}
    for value, mention, antecedent in zip(logits.flatten().tolist(), mentions, earlier, strict=True):
        weight = math.exp(min(max(value, -_EXTREME), _EXTREME))
        options.setdefault(mention, []).append((weight, antecedent))
    chosen: dict[int, tuple[int, float]] = {}
    cluster: dict[int, int] = {}  # mention → the first of its cluster
    for mention in sorted(options):
        clusters: dict[int, list[tuple[float, int]]] = {}
        for option in options[mention]:
            clusters.setdefault(cluster.get(option[1], option[1]), []).append(option)
        # Of equals the nearest: a cluster by its last mention.
        share, _, first = max((sum(w for w, _ in row), max(a for _, a in row), name) for name, row in clusters.items())
        if math.log(share) > new_bias:
            cluster[mention] = first
            total = 1.0 + sum(weight for weight, _ in options[mention])
            chosen[mention] = (max(clusters[first])[1], round(share / total, DIGITS))
    return chosen
