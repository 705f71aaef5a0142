"""Errors: everything that strict scores count as missed or wrong, each under one cause.

What only gold says is a miss, what only the prediction says is wrong; each is one `Error`, so that the errors of a
family, side and label are as many as the `fn` or `fp` of its strict counts. Where one thing is said in the place of
another, the two are paired one to one: both have the same cause, and each names the other as `instead`; what is right
stands in no other's place. Only `role hung on another mention` asks no more than that there is such a relation, right
or wrong. The causes, in order of precedence; the first that holds is taken:

- `entities`, `triggers`: `type`, the same boundaries and another type; `boundary: clitic`, the same type, and the same
  boundaries once clitics are set aside; `boundary`, the same type and a character in common; `boundary and type`, a
  character in common; else `not found` (gold) or `spurious` (predicted). See `match` for how they are paired.
- `relations`: `end not found` (gold) or `spurious end` (predicted), the other side lacks the head or the tail, by
  boundaries or type; `role hung on another mention`, the other side has the relation between other mentions of the same
  incidents or entities, as gold has them; `wrong direction`; `wrong role`, the same two spans in another relation,
  whichever way; `wrong head`; `wrong tail`; else `not linked` (gold) or `spurious` (predicted).
- `same_as`: `end not found` (gold) or `spurious end` (predicted), as above; else `missed link` or `false link`.
- `attributes`: `attribute`, on a trigger that both sides have. As in the counts by value, the default one is neither
  missed nor wrong.

SAME_AS goes by clusters, not by the links that happen to be written: a cluster that the other side has in n parts lacks
n - 1 links, those that MUC (Vilain et al. 1995) counts; a mention that the other side lacks is a part of its own. The
lacking link is put on the first mention of each part but the first, and leads to the nearest earlier mention that both
sides have.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.eval.claims import Claim, attribute_claims, family, relation_claims, scores, span_claims
from rasad.eval.coreference import Cluster, Mention, mention_clusters
from rasad.eval.counts import Counts
from rasad.eval.matching import match

GOLD, PREDICTED = "gold", "predicted"
NONE = "none"
END_NOT_FOUND, SPURIOUS_END = "end not found", "spurious end"
HUNG = "role hung on another mention"
_OF_SPANS = ("type", "boundary: clitic", "boundary", "boundary and type", "not found", "spurious")
_OF_RELATIONS = ("wrong direction", "wrong role", "wrong head", "wrong tail", "not linked", "spurious")
CAUSES: Mapping[str, tuple[str, ...]] = {
    "entities": _OF_SPANS,
    "triggers": _OF_SPANS,
    "relations": (END_NOT_FOUND, SPURIOUS_END, HUNG, *_OF_RELATIONS),
    "same_as": (END_NOT_FOUND, SPURIOUS_END, "missed link", "false link"),
    "attributes": ("attribute",),
}

_CONTEXT = 40  # characters on each side
_LINE_END = re.compile(r"[\r\n]+")
# How spans are paired that are not equal: the cause, the mode of `match`, and whether types must agree for it.
_PAIRINGS = (
    ("type", "boundaries", True),
    ("boundary: clitic", "clitic", True),
    ("boundary", "overlap", True),
    ("boundary and type", "overlap", False),
)


@dataclass(frozen=True, slots=True)
class Error:
    """A claim that one side alone makes, and why it counts as missed (`side` gold) or wrong (`side` predicted).

    `instead` is what the other side claims in its place, if anything, and `instead_words` the words of that. `score` is
    that of a predicted claim, where it has one. `context` has the mentions in brackets in the words around them.
    """

    document: str
    family: str
    side: str
    cause: str
    claim: Claim
    instead: Claim | None
    instead_words: str
    score: float | None
    context: str

    def __str__(self) -> str:
        other = f"; {self.instead.label} on [{self.instead_words}] instead" if self.instead else ""
        what = "missed" if self.side == GOLD else "wrong"
        return f"{self.document}: {what} {self.claim.label} ({self.cause}{other}): {self.context}"


@dataclass(frozen=True, slots=True)
class Causes:
    """How many errors there are of each (family, label, side, cause); counts of documents add."""

    counts: Mapping[tuple[str, str, str, str], int]

    @classmethod
    def of(cls, errors: Iterable[Error]) -> Causes:
        """Count errors."""
        return cls(Counter((e.family, e.claim.label, e.side, e.cause) for e in errors))

    def __add__(self, other: Causes) -> Causes:
        return Causes(Counter(self.counts) + Counter(other.counts))

    def count(
        self, *, family: str | None = None, label: str | None = None, side: str | None = None, cause: str | None = None
    ) -> int:
        """Return how many errors are of all that is named."""
        wanted = (family, label, side, cause)
        return sum(
            count
            for key, count in self.counts.items()
            if all(asked in (None, had) for asked, had in zip(wanted, key, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a span of one type answers one of another, (gold, predicted), `none` where no span does; counts add.

    A row adds up to the spans of gold of its type, a column to the predicted ones.
    """

    pairs: Mapping[tuple[str, str], int]

    def __add__(self, other: Confusion) -> Confusion:
        return Confusion(Counter(self.pairs) + Counter(other.pairs))


def errors(gold: Document, predicted: Document, scheme: Scheme) -> tuple[Error, ...]:
    """Return every error of a predicted document, in the order of the text; both are of one text, see `pair`."""
    found = [
        *_of_spans(gold, predicted),
        *_of_relations(gold, predicted, scheme),
        *_of_links(mention_clusters(gold, scheme), mention_clusters(predicted, scheme)),
        *_of_attributes(gold, predicted, scheme),
    ]
    found.sort(key=lambda fault: (fault[2], fault[0]))
    scored = scores(predicted)
    return tuple(
        Error(
            gold.id,
            family(claim, scheme),
            side,
            cause,
            claim,
            instead,
            " ".join(gold.text[start:end] for start, end, _ in instead.mentions) if instead else "",
            scored.get(claim) if side == PREDICTED else None,
            _around(gold.text, claim.mentions),
        )
        for side, cause, claim, instead in found
    )


def confusion(gold: Document, predicted: Document) -> Confusion:
    """Count types against types, of spans paired one to one: equal ones, then by boundaries, then by overlap."""
    ours, theirs = span_claims(gold), span_claims(predicted)
    found = Counter((claim.label, claim.label) for claim in ours & theirs)
    for _, one, other in _differing(ours - theirs, theirs - ours, gold.text):
        found[one.label if one else NONE, other.label if other else NONE] += 1
    return Confusion(found)


def telling(errors: Iterable[Error], found: Mapping[str, Counts], n: int = 20) -> tuple[Error, ...]:
    """Return the `n` most telling errors: surprising ones, spread over causes and documents.

    How surprising: a wrong claim by its score, or without one by the precision of its label; a miss by the recall of
    its label, for what is mostly found elsewhere should have been found here. The errors are taken one by one: always
    one whose cause (in its family) and document have been taken least often so far, together; of those the most
    surprising; of those the first by document and place. Of two that stand in each other's place only one is taken.

    Args:
        errors: of any number of documents, in any order.
        found: strict counts by label; of a label that is not in it nothing is found.
        n: how many to return at most.
    """
    waiting = sorted(errors, key=lambda e: (-_surprise(e, found), e.document, e.claim, e.side))
    causes, documents = Counter[tuple[str, str]](), Counter[str]()
    chosen: list[Error] = []
    while waiting and len(chosen) < n:
        best = min(waiting, key=lambda e: causes[e.family, e.cause] + documents[e.document])
        causes[best.family, best.cause] += 1
        documents[best.document] += 1
        chosen.append(best)
        waiting = [e for e in waiting if e is not best and not _stands_for(e, best)]
    return tuple(chosen)


def _surprise(error: Error, found: Mapping[str, Counts]) -> float:
    counts = found.get(error.claim.label, Counts())
    if error.side == GOLD:
        return counts.recall
    return counts.precision if error.score is None else error.score


def _stands_for(one: Error, other: Error) -> bool:
    return one.document == other.document and one.claim == other.instead and one.instead == other.claim


Fault = tuple[str, str, Claim, Claim | None]  # side, cause, claim, what the other side has instead


def _faults(cause: str, ours: Claim | None, theirs: Claim | None) -> Iterator[Fault]:
    """Yield a miss, a wrong claim, or both where each stands in the other's place."""
    if ours is not None:
        yield GOLD, cause, ours, theirs
    if theirs is not None:
        yield PREDICTED, cause, theirs, ours


def _of_spans(gold: Document, predicted: Document) -> Iterator[Fault]:
    ours, theirs = span_claims(gold), span_claims(predicted)
    for cause, one, other in _differing(ours - theirs, theirs - ours, gold.text):
        yield from _faults(cause, one, other)


def _differing(
    missed: AbstractSet[Claim], wrong: AbstractSet[Claim], text: str
) -> Iterator[tuple[str, Claim | None, Claim | None]]:
    """Pair spans that the other side does not have, one to one, with the cause; then yield what is left over."""
    for cause, mode, typed in _PAIRINGS:
        ours, theirs = sorted(missed), sorted(wrong)
        pairs = match(_spans(ours, text, typed), _spans(theirs, text, typed), mode, text)
        taken = [(ours[int(pair.gold.id)], theirs[int(pair.predicted.id)]) for pair in pairs]
        yield from ((cause, one, other) for one, other in taken)
        missed, wrong = missed - {one for one, _ in taken}, wrong - {other for _, other in taken}
    yield from (("not found", one, None) for one in missed)
    yield from (("spurious", None, other) for other in wrong)


def _spans(claims: Iterable[Claim], text: str, typed: bool) -> list[Span]:
    """Make spans to match, whose ids are the places of their claims."""
    return [
        Span(f"{i}", start, end, kind if typed else "", text[start:end])
        for i, claim in enumerate(claims)
        for start, end, kind in claim.mentions
    ]


def _of_relations(gold: Document, predicted: Document, scheme: Scheme) -> Iterator[Fault]:
    ours, theirs = relation_claims(gold), relation_claims(predicted)
    home = {mention: cluster for cluster in mention_clusters(gold, scheme) for mention in cluster}
    missed, wrong = ours - theirs, theirs - ours
    for side, left, others, known, lacking in (
        (GOLD, missed, theirs, span_claims(predicted), END_NOT_FOUND),
        (PREDICTED, wrong, ours, span_claims(gold), SPURIOUS_END),
    ):
        same = {_between(other, home): other for other in sorted(others, reverse=True)}
        mentions = {mention for span in known for mention in span.mentions}
        for claim in sorted(left):
            if not mentions.issuperset(claim.mentions):
                left.discard(claim)
                yield side, lacking, claim, None
            elif (other := same.get(_between(claim, home))) is not None:
                left.discard(claim)
                yield side, HUNG, claim, other
    yield from _misplaced(missed, wrong)


def _between(claim: Claim, home: Mapping[Mention, Cluster]) -> Hashable:
    """Return what a relation says of incidents and entities, whichever mentions it says it of."""
    return claim.label, *(home.get(mention, mention) for mention in claim.mentions)


# How relations are paired that differ: the cause, and what a missed and a wrong one then have in common.
_Key = Callable[[Claim], Hashable]
_EXCHANGES: tuple[tuple[str, _Key, _Key], ...] = (
    ("wrong direction", lambda one: (one.label, one.mentions), lambda other: (other.label, other.mentions[::-1])),
    ("wrong role", lambda one: one.mentions, lambda other: other.mentions),
    ("wrong role", lambda one: one.mentions, lambda other: other.mentions[::-1]),
    ("wrong head", lambda one: (one.label, one.mentions[1]), lambda other: (other.label, other.mentions[1])),
    ("wrong tail", lambda one: (one.label, one.mentions[0]), lambda other: (other.label, other.mentions[0])),
)


def _misplaced(missed: set[Claim], wrong: set[Claim]) -> Iterator[Fault]:
    """Pair relations whose ends both sides have, then yield what is left over; both sets are used up."""
    for cause, ours, theirs in _EXCHANGES:
        homes: dict[Hashable, list[Claim]] = defaultdict(list)
        for claim in sorted(wrong, reverse=True):
            homes[theirs(claim)].append(claim)
        for claim in sorted(missed):
            if home := homes.get(ours(claim)):
                other = home.pop()
                missed.discard(claim)
                wrong.discard(other)
                yield from _faults(cause, claim, other)
    for claim in missed:
        yield from _faults("not linked", claim, None)
    for claim in wrong:
        yield from _faults("spurious", None, claim)


def _of_links(ours: Collection[Cluster], theirs: Collection[Cluster]) -> Iterator[Fault]:
    for side, clusters, others, lacking, cause in (
        (GOLD, ours, theirs, END_NOT_FOUND, "missed link"),
        (PREDICTED, theirs, ours, SPURIOUS_END, "false link"),
    ):
        home = {mention: i for i, cluster in enumerate(others) for mention in cluster}
        for cluster in clusters:
            for ends in _lacking(cluster, home):
                yield side, cause if home.keys() >= set(ends) else lacking, Claim(ends, SAME_AS), None


def _lacking(cluster: Cluster, home: Mapping[Mention, int]) -> Iterator[tuple[Mention, Mention]]:
    """Yield the links between the parts that the other side has a cluster in, each from a mention to an earlier one."""
    parts: set[Hashable] = set()
    earlier: list[Mention] = []
    for mention in sorted(cluster):
        part = home.get(mention, mention)
        if earlier and part not in parts:
            yield mention, next((before for before in reversed(earlier) if before in home), earlier[-1])
        parts.add(part)
        earlier.append(mention)


def _of_attributes(gold: Document, predicted: Document, scheme: Scheme) -> Iterator[Fault]:
    for attribute, (default, *_) in scheme.attributes.items():
        ours, theirs = (attribute_claims(side, attribute, scheme) for side in (gold, predicted))
        for mention in ours.keys() & theirs.keys():
            one, other = ours[mention], theirs[mention]
            if one != other:
                yield from (fault for fault in _faults("attribute", one, other) if fault[2].label != default)


def _around(text: str, mentions: Iterable[Mention]) -> str:
    """Return mentions in brackets in the words around them, on one line; of what lies far between, the two ends."""
    places = sorted({(start, end) for start, end, _ in mentions})
    at = places[0][0]
    before = _LINE_END.split(text[:at])[-1]
    pieces = ["…" if len(before) > _CONTEXT else "", before[-_CONTEXT:]]
    for start, end in places:
        gap = text[at:start]
        pieces.append(f"{gap[:_CONTEXT]} … {gap[-_CONTEXT:]}" if len(gap) > 2 * _CONTEXT else gap)
        pieces.append(f"[{text[start:end]}]")
        at = max(at, end)
    after = _LINE_END.split(text[at:], maxsplit=1)[0]
    pieces += [after[:_CONTEXT], "…" if len(after) > _CONTEXT else ""]
    return _LINE_END.sub(" ", "".join(pieces))
