"""Which spans may stand in a relation, and what can be seen of a pair without the encoder."""

from __future__ import annotations

import torch
from torch import Tensor

from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.models.spans import SpanSet, Words

SURFACE_KINDS = 5
# Sizes of the embedded features, in the order of the columns of `features`.
FEATURE_SIZES = (23, 11, 9, 11, 5, 5, 4, SURFACE_KINDS)


def relation_names(scheme: Scheme) -> tuple[str, ...]:
    """Return what the relation scorer tells apart, in the order of its outputs from the second on."""
    return tuple(r.name for r in scheme.relations if r.name != SAME_AS)


class PairRules:
    """The scheme's restrictions as tables: index 0 of the relation axis is "no relation"."""

    def __init__(self, scheme: Scheme) -> None:
        self.relations = relation_names(scheme)
        types, n = scheme.types, len(scheme.types)
        # The device is named because from_pretrained builds models on the meta device.
        self.one_word = torch.tensor([scheme.is_event(t) for t in types], device="cpu")
        self.allowed = torch.zeros(n, n, len(self.relations) + 1, dtype=torch.bool, device="cpu")
        self.allowed[:, :, 0] = True
        self.anywhere = torch.ones(len(self.relations) + 1, dtype=torch.bool, device="cpu")
        self.coreferent = torch.zeros(n, n, dtype=torch.bool, device="cpu")
        for r, name in enumerate(self.relations, start=1):
            self.anywhere[r] = not scheme.relation[name].same_paragraph
        for a, head in enumerate(types):
            for b, tail in enumerate(types):
                self.coreferent[a, b] = scheme.allows(head, SAME_AS, tail)
                for r, name in enumerate(self.relations, start=1):
                    self.allowed[a, b, r] = scheme.allows(head, name, tail)

    def relation_pairs(self, spans: SpanSet, words: Words, distance: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return heads, tails (P) and allowed relations (P × relations + 1) of pairs up to `distance` words apart."""
        low = torch.searchsorted(spans.first, spans.first - distance)
        high = torch.searchsorted(spans.first, spans.first + distance, right=True)
        heads, tails = _ranges(low, high)
        keep = (spans.doc[heads] == spans.doc[tails]) & (heads != tails)
        heads, tails = heads[keep], tails[keep]
        mask = self.allowed[spans.type[heads], spans.type[tails]]
        together = words.paragraph[spans.first[heads]] == words.paragraph[spans.first[tails]]
        mask = mask & (self.anywhere | together[:, None])
        keep = mask[:, 1:].any(1)
        return heads[keep], tails[keep], mask[keep]

    def antecedent_pairs(self, spans: SpanSet, limit: int) -> tuple[Tensor, Tensor]:
        """Return mentions and possible antecedents: earlier, of a type that SAME_AS may link, the `limit` nearest."""
        index = torch.arange(len(spans))
        mentions, earlier = _ranges((index - 8 * limit).clamp(min=0), index)
        keep = (spans.doc[mentions] == spans.doc[earlier]) & self.coreferent[spans.type[mentions], spans.type[earlier]]
        mentions, earlier = mentions[keep], earlier[keep]
        count = torch.bincount(mentions, minlength=len(spans))
        rank_from_far = torch.arange(len(mentions)) - (count.cumsum(0) - count)[mentions]
        keep = count[mentions] - rank_from_far <= limit
        return mentions[keep], earlier[keep]


def features(spans: SpanSet, words: Words, heads: Tensor, tails: Tensor, surface: bool) -> Tensor:
    """Return what is seen of each pair (P × len(FEATURE_SIZES), long): distances, what stands between, surface."""
    forward = spans.first[tails] > spans.first[heads]
    near, far = torch.minimum(heads, tails), torch.maximum(heads, tails)
    gap = (spans.first[far] - spans.last[near] - 1).clamp(min=0)
    sentence = (words.sentence[spans.first[far]] - words.sentence[spans.first[near]]).clamp(0, 4)
    paragraph = _bucket(words.paragraph[spans.first[far]] - words.paragraph[spans.first[near]], 5)
    kinds = torch.nn.functional.one_hot(spans.type, int(spans.type.max()) + 1 if len(spans) else 1).cumsum(0)
    columns = [
        _signed(_bucket(gap, 11), forward),
        (far - near - 1).clamp(0, 10),
        _signed(sentence, forward),
        _signed(paragraph, forward),
        _between(kinds, near, far, spans.type[tails]),
        _between(kinds, near, far, spans.type[heads]),
        words.paragraph[spans.first[heads]].clamp(max=3),
        _surface(spans, words, heads, tails) if surface else torch.zeros_like(heads),
    ]
    return torch.stack(columns, dim=1)


def _ranges(low: Tensor, high: Tensor) -> tuple[Tensor, Tensor]:
    """Return (i, j) for every i and every low[i] ≤ j < high[i]."""
    counts = (high - low).clamp(min=0)
    outer = torch.repeat_interleave(torch.arange(len(low)), counts)
    start = torch.repeat_interleave(low - (counts.cumsum(0) - counts), counts)
    return outer, torch.arange(len(outer)) + start


def _bucket(value: Tensor, top: int) -> Tensor:
    """Exact up to 3, then logarithmic: 4-5, 6-7, 8-11, 12-15, 16-23, …, at most `top`."""
    value = value.clamp(min=0)
    log = torch.floor(2 * torch.log2(value.clamp(min=1).float()))
    return torch.where(value < 4, value, log.long()).clamp(max=top)


def _signed(value: Tensor, forward: Tensor) -> Tensor:
    """Give one code to each direction: 0 stays 0, else odd where the tail follows, even where it precedes."""
    return torch.where(value == 0, value, 2 * value - forward.long())


def _between(kinds: Tensor, near: Tensor, far: Tensor, kind: Tensor) -> Tensor:
    """Count the spans of one type strictly between two spans, up to 4."""
    if not len(near):
        return torch.zeros_like(near)
    upto_far = kinds[(far - 1).clamp(min=0), kind]
    return (upto_far - kinds[near, kind]).clamp(0, 4)


def _surface(spans: SpanSet, words: Words, heads: Tensor, tails: Tensor) -> Tensor:
    """Compare words: 0 nothing shared, 1 a word, 2 the first or last, 3 one mention holds the other, 4 equal."""
    pairs = list(zip(heads.tolist(), tails.tolist(), strict=True))
    first, last = spans.first.tolist(), spans.last.tolist()
    bags = {
        i: (words.forms[first[i]], words.forms[last[i]], frozenset(words.forms[first[i] : last[i] + 1]))
        for i in {i for pair in pairs for i in pair}
    }
    return torch.tensor([_compare(bags[h], bags[t]) for h, t in pairs], dtype=torch.long)


def _compare(a: tuple[str, str, frozenset[str]], b: tuple[str, str, frozenset[str]]) -> int:
    if a[2] == b[2] or (len(a[2]) == len(b[2]) == 1 and _same_word(a[0], b[0])):
        return 4
    shared = a[2] & b[2]
    if not shared:
        return 2 if _same_word(a[0], b[0]) else 0
    if len(shared) in (len(a[2]), len(b[2])):
        return 3
    return 2 if a[0] == b[0] or a[1] == b[1] else 1


def _same_word(a: str, b: str) -> bool:
    """Compare two folded words, a clitic before either set aside."""
    short, long = sorted((a, b), key=len)
    return len(short) > 2 and len(long) - len(short) <= 1 and long.endswith(short) and (a == b or long[0] in "وفبلك")
