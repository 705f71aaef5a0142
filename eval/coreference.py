"""Coreference: SAME_AS scored by clusters of mentions, with B³.

B³ (Bagga and Baldwin 1998) as the reference scorer of Pradhan et al. 2014 computes it for predicted mentions: with gold
clusters K and predicted clusters R, precision is the sum over K, R of |K ∩ R|² / |R| by the number of predicted
mentions, recall the sum of |K ∩ R|² / |K| by the number of gold mentions. A mention is its offsets and type. One
that only the prediction has is in no K: it earns no precision, and makes the R that it is in larger. One that only
gold has earns no recall. So missed and invented mentions are paid for here too, and no denominator leaves any out.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from rasad.annotations.clusters import clusters
from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.eval.counts import BCubed

Mention = tuple[int, int, str]
Cluster = frozenset[Mention]


def coreference(gold: Document, predicted: Document, scheme: Scheme) -> dict[str, BCubed]:
    """Score the clusters of a document: `all`, `entities` and `events` apart.

    On both sides, SAME_AS is closed over and mentions of a name in the same words are merged; TIME is in no cluster.
    """
    ours, theirs = mention_clusters(gold, scheme), mention_clusters(predicted, scheme)
    events = frozenset(scheme.events)
    return {
        "all": b_cubed(ours, theirs),
        "entities": b_cubed(_kept(ours, events, False), _kept(theirs, events, False)),
        "events": b_cubed(_kept(ours, events, True), _kept(theirs, events, True)),
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


def b_cubed(gold: Collection[Cluster], predicted: Collection[Cluster]) -> BCubed:
    """Compare two partitions of mentions, of which each side may have some that the other lacks."""
    home = {mention: cluster for cluster in gold for mention in cluster}
    precision = recall = Fraction(0)
    for cluster in predicted:
        for other in {home[mention] for mention in cluster if mention in home}:
            shared = len(cluster & other) ** 2
            precision += Fraction(shared, len(cluster))
            recall += Fraction(shared, len(other))
    return BCubed(precision, sum(map(len, predicted)), recall, sum(map(len, gold)))


def _kept(partition: Collection[Cluster], events: frozenset[str], wanted: bool) -> list[Cluster]:
    """Keep the clusters of events, or those of entities; the scheme lets none be of both."""
    return [cluster for cluster in partition if all((kind in events) is wanted for _, _, kind in cluster)]
