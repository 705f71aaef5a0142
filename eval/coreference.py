"""Coreference: SAME_AS scored by clusters of mentions, with MUC, B³, CEAFe, the mean of their F1, and LEA.

With gold clusters K and predicted clusters R (a mention is its offsets and type), each metric is computed as the
reference scorer of Pradhan et al. 2014 computes it for predicted mentions: a mention that one side only has makes the
cluster that it is in larger and is in none of the other side. So missed and invented mentions are paid for here too,
and no denominator leaves any out.

The metrics differ most in what a singleton, a cluster of one mention, is worth. This scheme has singletons, so B³,
CEAFe, LEA and the mean do not compare with figures on data that has none (OntoNotes, CoNLL-2012).

- MUC counts links, and a singleton has none: it is neither found nor missed. Where nothing corefers on either side,
  MUC is 0/0, that is 0.0, so that the mean of a perfect answer is then 2/3.
- B³ gives each mention the same weight: a singleton that both sides have alone scores 1, and many raise the whole.
- CEAFe gives each cluster the same weight: a singleton counts as much as the cluster that the news is about.
- LEA weighs a cluster by its size: a singleton resolves itself, by a link of its own, but only where the other side
  has it alone too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rasad.annotations.clusters import clusters
from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.eval.assignment import heaviest
from rasad.eval.counts import Sums

Mention = tuple[int, int, str]
Cluster = frozenset[Mention]
Partition = Collection[Cluster]


@dataclass(frozen=True, slots=True)
class Coreference:
    """The sums of each metric over a document, or over many: they add, as those of the reference scorer do."""

    muc: Sums
    b_cubed: Sums
    ceaf_e: Sums
    lea: Sums

    @classmethod
    def of(cls, gold: Partition, predicted: Partition) -> Coreference:
        """Compare two partitions of mentions, of which each side may have some that the other lacks."""
        return cls(muc(gold, predicted), b_cubed(gold, predicted), ceaf_e(gold, predicted), lea(gold, predicted))

    def __add__(self, other: Coreference) -> Coreference:
        return Coreference(
            self.muc + other.muc, self.b_cubed + other.b_cubed, self.ceaf_e + other.ceaf_e, self.lea + other.lea
        )

    @property
    def mean(self) -> float:
        """The mean F1 of MUC, B³ and CEAFe, by which the CoNLL shared tasks ranked (Pradhan et al. 2011)."""
        return (self.muc.f1 + self.b_cubed.f1 + self.ceaf_e.f1) / 3


def coreference(gold: Document, predicted: Document, scheme: Scheme) -> dict[str, Coreference]:
    """Score the clusters of a document: `all`, `entities` and `events` apart.

    On both sides, SAME_AS is closed over and mentions of a name in the same words are merged; TIME is in no cluster.
    """
    ours, theirs = mention_clusters(gold, scheme), mention_clusters(predicted, scheme)
    events = frozenset(scheme.events)
    return {
        "all": Coreference.of(ours, theirs),
        "entities": Coreference.of(_kept(ours, events, False), _kept(theirs, events, False)),
        "events": Coreference.of(_kept(ours, events, True), _kept(theirs, events, True)),
    }


def mention_clusters(document: Document, scheme: Scheme) -> list[Cluster]:
    """Return the clusters of a document as sets of mentions; spans of the same offsets and type are one mention."""
    by_id = {s.id: (s.start, s.end, s.type) for s in document.spans}
    found: list[Cluster] = []
    for cluster in clusters(document, scheme):
        joined: Cluster = frozenset(by_id[i] for i in cluster)
        apart = [other for other in found if not other & joined]
        found = [*apart, joined.union(*(other for other in found if other & joined))]
    return found


def muc(gold: Partition, predicted: Partition) -> Sums:
    """Count links: |C| - 1 hold a cluster together (Vilain et al. 1995).

    Recall is the sum of |K| - |p(K)| by that of |K| - 1, where p(K) are the parts that R cuts K into, each mention that
    R lacks a part of its own; precision the same with K and R changed about. Parts of one mention add nothing to
    |K| - |p(K)| and a part K ∩ R adds |K ∩ R| - 1, so that both have one numerator.
    """
    links = sum(shared - 1 for shared in _shared(gold, predicted).values())
    return Sums(links, _links(predicted), links, _links(gold))


def b_cubed(gold: Partition, predicted: Partition) -> Sums:
    """Average over mentions (Bagga and Baldwin 1998).

    Precision is the sum over K, R of |K ∩ R|² / |R| by the number of predicted mentions, recall the sum of |K ∩ R|² /
    |K| by the number of gold mentions.
    """
    precision = recall = Fraction(0)
    for (ours, theirs), shared in _shared(gold, predicted).items():
        precision += Fraction(shared**2, len(theirs))
        recall += Fraction(shared**2, len(ours))
    return Sums(precision, _mentions(predicted), recall, _mentions(gold))


def ceaf_e(gold: Partition, predicted: Partition) -> Sums:
    """Match clusters one to one, so that their likeness is greatest (Luo 2005), by the Hungarian method.

    The likeness of two is φ₄, 2 |K ∩ R| / (|K| + |R|). Precision is its sum by the number of predicted clusters, recall
    by that of gold clusters.
    """
    likeness = {
        (ours, theirs): Fraction(2 * shared, len(ours) + len(theirs))
        for (ours, theirs), shared in _shared(gold, predicted).items()
    }
    best = sum((likeness[pair] for pair in heaviest(likeness, order=sorted)), Fraction(0))
    return Sums(best, len(predicted), best, len(gold))


def lea(gold: Partition, predicted: Partition) -> Sums:
    """Weigh each cluster's share of links resolved by its size (Moosavi and Strube 2016).

    Recall is the sum over K of |K| · Σ links(K ∩ R) / links(K) by the number of gold mentions, links(n) being
    n (n - 1) / 2; precision the same with K and R changed about.
    """
    precision = recall = Fraction(0)
    for (ours, theirs), shared in _shared(gold, predicted).items():
        precision += _resolved(shared, theirs, ours)
        recall += _resolved(shared, ours, theirs)
    return Sums(precision, _mentions(predicted), recall, _mentions(gold))


def _shared(gold: Partition, predicted: Partition) -> Mapping[tuple[Cluster, Cluster], int]:
    """Return |K ∩ R| of every K and R that have a mention in common."""
    home = {mention: cluster for cluster in predicted for mention in cluster}
    return Counter((ours, home[mention]) for ours in gold for mention in ours if mention in home)


def _mentions(partition: Partition) -> int:
    return sum(map(len, partition))


def _links(partition: Partition) -> int:
    return _mentions(partition) - len(partition)


def _resolved(shared: int, cluster: Cluster, other: Cluster) -> Fraction:
    """Return the size of a cluster by the share of its links that another has; a singleton's is a link to itself."""
    if len(cluster) == 1:
        return Fraction(len(other) == 1)
    return Fraction(shared * (shared - 1), len(cluster) - 1)  # n · links(shared) / links(n)


def _kept(partition: Partition, events: frozenset[str], wanted: bool) -> list[Cluster]:
    """Keep the clusters of events, or those of entities; the scheme lets none be of both."""
    return [cluster for cluster in partition if all((kind in events) is wanted for _, _, kind in cluster)]
