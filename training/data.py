"""Training data: documents as encoded examples with their targets, and batches of them in a fixed random order."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from rasad.annotations.clusters import clusters
from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.models.decoding import tag_index
from rasad.models.encoding import Encoded, Encoder
from rasad.models.pairs import PairRules, relation_names
from rasad.models.spans import Words, WordSpan, span_set, word_spans

IGNORE = -100
_POOL = 256  # documents among which those alike are sought: of 32, two fifths of a batch were padding


@dataclass(frozen=True)
class Example:
    """A document and its targets: tags by word; relations (head, tail, index from 1), cluster, attributes by span.

    `marked` is the share of its marks in the loss, where teachers tell the rest.
    """

    encoded: Encoded
    tags: tuple[int, ...]
    spans: tuple[WordSpan, ...]
    relations: tuple[tuple[int, int, int], ...]
    cluster: tuple[int, ...]
    attributes: dict[str, tuple[int, ...]]
    marked: float = 1.0


@dataclass(frozen=True)
class Targets:
    """The targets of a batch; words and spans are counted over the whole batch, `marked` is by document."""

    tags: Tensor
    words: Words
    spans: tuple[WordSpan, ...]
    span_doc: tuple[int, ...]
    relations: tuple[tuple[int, int, int], ...]
    cluster: tuple[int, ...]
    attributes: dict[str, Tensor]
    marked: Tensor


def example(document: Document, encoder: Encoder, scheme: Scheme, marked: float = 1.0) -> Example:
    """Encode a document and lay out its targets; `marked` is the share of its marks in the loss.

    Raises:
        RasadError: where a span does not begin and end with a word, two spans share one, or a label is unknown.
    """
    encoded = encoder.encode(document.text)
    spans = word_spans(document, encoded, scheme)
    tags = [0] * len(encoded.words)
    for span, mark in zip(spans, document.spans, strict=True):
        if any(tags[span.first : span.last + 1]):
            raise RasadError(f"{document.id}: span {mark.id} ({mark.text!r}) shares a word with the one before it")
        for i in range(span.first, span.last + 1):
            tags[i] = tag_index(span.type, inside=i > span.first)
    index = {s.id: i for i, s in enumerate(document.spans)}
    names = {name: i for i, name in enumerate(relation_names(scheme), start=1)}
    relations = {
        (index[r.head], index[r.tail]): names[r.type] for r in reversed(document.relations) if r.type != SAME_AS
    }
    cluster = [-1] * len(spans)
    for number, members in enumerate(clusters(document, scheme)):
        for member in members:
            cluster[index[member]] = number
    attributes = {
        name: tuple(
            values.index(getattr(s, name) or values[0]) if scheme.is_event(s.type) else IGNORE for s in document.spans
        )
        for name, values in scheme.attributes.items()
    }
    triples = tuple((h, t, r) for (h, t), r in relations.items())
    return Example(encoded, tuple(tags), tuple(spans), triples, tuple(cluster), attributes, marked)


def lost(examples: Sequence[Example], documents: Sequence[Document], rules: PairRules, distance: int) -> Counter[str]:
    """Count the gold relations that the pair scorer never meets, by why: no model trained on them can learn them."""
    found: Counter[str] = Counter()
    for item, document in zip(examples, documents, strict=True):
        written = sum(r.type != SAME_AS for r in document.relations)
        found["relations"] += written
        found["second relation of a pair"] += written - len(item.relations)
        if not item.spans:
            continue
        heads, tails, allowed = rules.relation_pairs(span_set(item.spans), targets([item]).words, distance)
        legal = {(h, t): row for h, t, row in zip(heads.tolist(), tails.tolist(), allowed, strict=True)}
        for h, t, r in item.relations:
            row = legal.get((h, t))
            if row is None or not row[r]:
                found["not allowed by the scheme, or too far apart"] += 1
    return found


def targets(examples: Sequence[Example]) -> Targets:
    """Join the targets of several examples, shifting word and span numbers."""
    spans: list[WordSpan] = []
    doc: list[int] = []
    relations: list[tuple[int, int, int]] = []
    cluster: list[int] = []
    word, clusters_before = 0, 0
    for d, item in enumerate(examples):
        base = len(spans)
        spans += [WordSpan(s.first + word, s.last + word, s.type, s.score) for s in item.spans]
        doc += [d] * len(item.spans)
        relations += [(h + base, t + base, r) for h, t, r in item.relations]
        cluster += [c if c < 0 else c + clusters_before for c in item.cluster]
        clusters_before += max(item.cluster, default=-1) + 1
        word += len(item.encoded.words)
    names = examples[0].attributes if examples else {}
    attributes = {n: torch.tensor([v for e in examples for v in e.attributes[n]], dtype=torch.long) for n in names}
    words = _words(examples)
    tags = torch.tensor([t for e in examples for t in e.tags], dtype=torch.long)
    marked = torch.tensor([e.marked for e in examples])
    return Targets(tags, words, tuple(spans), tuple(doc), tuple(relations), tuple(cluster), attributes, marked)


def batches(
    sizes: Sequence[int], rows: Sequence[int], often: Sequence[float], batch_words: int, seed: int
) -> list[list[int]]:
    """Return the batches of one epoch: documents with rows of like length together, in an order that the seed fixes.

    A document without words teaches nothing, and is in none.

    Args:
        sizes: words of each document.
        rows: pieces in the longest row of each; what a batch holds is padded to the longest row in it.
        often: how often each is met; what is left of a whole number is the chance of once more.
        batch_words: words in a batch, about.
        seed: of the order, and of that chance.
    """
    rng = random.Random(seed)
    order = [i for i, size in enumerate(sizes) if size for _ in range(_times(often[i], rng))]
    rng.shuffle(order)
    found: list[list[int]] = []
    for start in range(0, len(order), _POOL):
        group: list[int] = []
        # Alike is within a tenth, and among those chance decides, so that few documents do not always meet the same.
        for i in sorted(order[start : start + _POOL], key=lambda i: round(8 * math.log2(rows[i] + 1))):
            if group and sum(sizes[j] for j in group) + sizes[i] > batch_words:
                found.append(group)
                group = []
            group.append(i)
        found.append(group)
    rng.shuffle(found)
    return found


def _times(often: float, rng: random.Random) -> int:
    whole = int(often)
    # Only where there is a chance is one drawn: without weights the order is that of the seed alone.
    return whole + (whole != often and rng.random() < often - whole)


def _words(examples: Sequence[Example]) -> Words:
    encoded = [e.encoded for e in examples]
    return Words(
        torch.tensor([p for e in encoded for p in e.paragraph], dtype=torch.long),
        torch.tensor([s for e in encoded for s in e.sentence], dtype=torch.long),
        torch.tensor([d for d, e in enumerate(encoded) for _ in e.words], dtype=torch.long),
        [f for e in encoded for f in e.forms],
    )
