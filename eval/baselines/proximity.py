"""Proximity: relations by nearness alone.

For a span and a relation, the nearest legal head is the nearest other span of the sentence whose type the scheme lets
stand there. How often such a pair is related is counted in training by the two types; a pair is said to be related
where at least half of its kind were. SAME_AS is left out.
"""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.annotations.words import sentence_starts
from rasad.eval.baselines.baseline import SCORE_DIGITS

Kind = tuple[str, str, str]  # head type, relation, tail type


@dataclass(frozen=True)
class Proximity:
    """`shares` has, for each kind of nearest legal pair, how many of them were related and how many there were."""

    shares: Mapping[Kind, tuple[int, int]]
    scheme: Scheme

    @classmethod
    def fit(cls, documents: Iterable[Document], scheme: Scheme) -> Proximity:
        """Count the nearest legal pairs of annotated documents."""
        related, all_of = Counter[Kind](), Counter[Kind]()
        for document in documents:
            said = {(r.head, r.type, r.tail) for r in document.relations}
            for head, relation, tail in _nearest(document, scheme):
                kind = (head.type, relation, tail.type)
                all_of[kind] += 1
                related[kind] += (head.id, relation, tail.id) in said
        return cls({kind: (related[kind], count) for kind, count in all_of.items()}, scheme)

    def relations(self, document: Document) -> tuple[Relation, ...]:
        """Return the relations between the spans of a document; the share of its kind is the score of each."""
        found = []
        for head, relation, tail in _nearest(document, self.scheme):
            related, count = self.shares.get((head.type, relation, tail.type), (0, 1))
            if 2 * related >= count:
                found.append(Relation(head.id, relation, tail.id, round(related / count, SCORE_DIGITS)))
        return tuple(found)


def _nearest(document: Document, scheme: Scheme) -> Iterator[tuple[Span, str, Span]]:
    """Yield, for each span and relation, the nearest head that is legal; of two as near the earlier."""
    names = [name for name in scheme.relation if name != SAME_AS]
    for sentence in _sentences(document):
        for tail in sentence:
            for name in names:
                heads = [s for s in sentence if s is not tail and scheme.allows(s.type, name, tail.type)]
                if heads:
                    yield min(heads, key=lambda head: _gap(head, tail)), name, tail


def _gap(one: Span, other: Span) -> int:
    """Return the characters between two spans."""
    return max(one.start, other.start) - min(one.end, other.end)


def _sentences(document: Document) -> list[list[Span]]:
    """Return the spans of each sentence that has any, in order."""
    starts = sentence_starts(document.text)
    by_sentence: dict[int, list[Span]] = defaultdict(list)
    for span in document.spans:
        by_sentence[bisect.bisect_right(starts, span.start)].append(span)
    return list(by_sentence.values())
