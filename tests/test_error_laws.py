"""Errors: the law that they add up to what strict scores count as missed and wrong, and others that they keep."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from strategies import SCHEME, documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import SAME_AS
from rasad.eval.coreference import mention_clusters, muc
from rasad.eval.errors import CAUSES, GOLD, PREDICTED, Causes, Confusion, confusion, errors
from rasad.eval.scores import score

EXCHANGES = ("type", "boundary: clitic", "boundary", "boundary and type")
EXCHANGES_OF_RELATIONS = ("wrong direction", "wrong role", "wrong head", "wrong tail")
WORDS = ("لإيران", "وبالصواريخ", "قصفت", "الهجوم", "Hezbollah's", "raid", "men", "زرنوق", "زرنوق", "🚀", "a\r\n")
KINDS = ("GPE", "GPE", "PERSON", "TIME", "ATTACK", "ATTACK", "CLASH")
LABELS = (SAME_AS, SAME_AS, "AGENT", "AGENT", "TARGET")
Link = tuple[int, str, int]  # the places of head and tail among the words


def two_sides(seed: int) -> tuple[Document, Document]:
    """Make gold with a span on each word, and a prediction that has some of it otherwise, or not, and more beside.

    Choices that hypothesis draws one by one are mostly the first ones; then few causes would come up.
    """
    rng = random.Random(seed)
    words = rng.choices(WORDS, k=rng.randint(2, 8))
    text = " ".join(words)
    ends = list(itertools.accumulate(len(word) + 1 for word in words))
    places = [(end - 1 - len(word), end - 1) for word, end in zip(words, ends, strict=True)]
    spans = [Span(f"w{i}", a, b, rng.choice(KINDS), text[a:b], **_values(rng)) for i, (a, b) in enumerate(places)]
    ours = [_link(rng, len(words)) for _ in range(rng.randint(0, 8))]
    theirs = [_otherwise(rng, link, len(words)) for link in ours if rng.random() < 0.8] + [_link(rng, len(words))]
    gold = Document("d", text, spans=tuple(spans), relations=_relations(ours, spans))
    found = [_changed(rng, span, text) for span in spans if rng.random() < 0.9]
    return gold, replace(gold, spans=tuple(found), relations=_relations(theirs, found))


SIDES = st.integers(0, 2**32).map(two_sides)


def _values(rng: random.Random) -> dict[str, str | None]:
    return {name: rng.choice((None, *values)) for name, values in SCHEME.attributes.items()}


def _link(rng: random.Random, words: int) -> Link:
    return rng.randrange(words), rng.choice(LABELS), rng.randrange(words)


def _changed(rng: random.Random, span: Span, text: str) -> Span:
    """Keep a span, or change its type, its values or its ends."""
    change = rng.choice((*["keep"] * 6, "type", "values", "shorter", "longer", "both"))
    start, end = span.start, span.end
    if change == "values":
        return replace(span, **_values(rng))
    if change == "shorter":
        start = min(start + rng.randint(1, 4), end - 1)
    if change in ("longer", "both"):
        end = min(end + rng.randint(1, 6), len(text))
    kind = rng.choice(KINDS) if change in ("type", "both") else span.type
    return replace(span, start=start, end=end, text=text[start:end], type=kind)


def _otherwise(rng: random.Random, link: Link, words: int) -> Link:
    head, label, tail = link
    change = rng.choice(("keep", "keep", "turn", "label", "head", "tail"))
    other, name, end = _link(rng, words)
    changed: dict[str, Link] = {
        "turn": (tail, label, head),
        "label": (head, name, tail),
        "head": (other, label, tail),
        "tail": (head, label, end),
    }
    return changed.get(change, link)


def _relations(links: Sequence[Link], spans: Iterable[Span]) -> tuple[Relation, ...]:
    there = {span.id for span in spans}
    made = (Relation(f"w{head}", label, f"w{tail}") for head, label, tail in links)
    return tuple(relation for relation in made if {relation.head, relation.tail} <= there)


@given(SIDES)
def test_errors_are_as_many_as_strict_scores_miss_and_hold_wrong(sides: tuple[Document, Document]) -> None:
    causes, strict = Causes.of(errors(*sides, SCHEME)), score(*sides, SCHEME)
    tables = {name: getattr(strict, name) for name in ("entities", "triggers", "relations")}
    rows = [(name, label, counts) for name, table in tables.items() for label, counts in table.by_type.items()]
    rows += [
        ("attributes", v, counts) for one in strict.attributes.values() for v, counts in one.by_value.by_type.items()
    ]
    for family, label, counts in rows:
        assert causes.count(family=family, label=label, side=GOLD) == counts.fn
        assert causes.count(family=family, label=label, side=PREDICTED) == counts.fp
    links = muc(*(mention_clusters(side, SCHEME) for side in sides))
    assert causes.count(family="same_as", side=GOLD) == links.gold - links.recall_sum
    assert causes.count(family="same_as", side=PREDICTED) == links.predicted - links.precision_sum
    # And there are no others.
    wrong = sum(counts.fn + counts.fp for _, _, counts in rows)
    assert causes.count() == wrong + links.gold - links.recall_sum + links.predicted - links.precision_sum


@given(SIDES)
def test_every_cause_is_of_its_family_and_exchanges_are_two_sided(sides: tuple[Document, Document]) -> None:
    found = errors(*sides, SCHEME)
    assert all(one.cause in CAUSES[one.family] for one in found)
    for cause in (*EXCHANGES, *EXCHANGES_OF_RELATIONS):
        ours, theirs = (
            Counter((e.claim, e.instead) for e in found if (e.side, e.cause) == (s, cause)) for s in (GOLD, PREDICTED)
        )
        assert ours == Counter({(instead, claim): n for (claim, instead), n in theirs.items()})
    # The words in brackets are the words of the claim, whatever is in the text.
    for one in found:
        for start, end, _ in one.claim.mentions:
            assert re.sub(r"[\r\n]+", " ", f"[{sides[0].text[start:end]}]") in one.context


@given(SIDES)
def test_confusion_leaves_no_span_out(sides: tuple[Document, Document]) -> None:
    gold, predicted = sides
    found = confusion(gold, predicted)
    for place, side in enumerate(sides):
        spans = Counter(kind for *_, kind in _keys(side))
        margin = Counter[str]()
        for pair, count in found.pairs.items():
            margin[pair[place]] += count
        del margin["none"]
        assert margin == spans
    assert ("none", "none") not in found.pairs
    assert all(
        found.pairs[kind, kind] >= n for kind, n in Counter(k for *_, k in _keys(gold) & _keys(predicted)).items()
    )


def _keys(document: Document) -> set[tuple[int, int, str]]:
    return {(s.start, s.end, s.type) for s in document.spans}


@given(SIDES, st.integers(0, 2**32))
def test_neither_order_nor_ids_nor_repetition_matter(sides: tuple[Document, Document], seed: int) -> None:
    rng = random.Random(seed)
    turned = [_turned(side, rng) for side in sides]
    assert errors(turned[0], turned[1], SCHEME) == errors(*sides, SCHEME)
    assert confusion(turned[0], turned[1]) == confusion(*sides)


def _turned(document: Document, rng: random.Random) -> Document:
    names = {s.id: f"n{i}" for i, s in enumerate(rng.sample(document.spans, len(document.spans)))}
    spans = [replace(s, id=names[s.id]) for s in document.spans]
    links = [replace(r, head=names[r.head], tail=names[r.tail]) for r in document.relations] * 2
    return replace(document, spans=tuple(rng.sample(spans, len(spans))), relations=tuple(rng.sample(links, len(links))))


@given(documents())
def test_gold_has_no_errors_against_itself(document: Document) -> None:
    assert errors(document, document, SCHEME) == ()
    assert all(one == other for one, other in confusion(document, document).pairs)


@given(st.lists(SIDES, max_size=3))
def test_documents_add(rows: list[tuple[Document, Document]]) -> None:
    apart = [errors(*sides, SCHEME) for sides in rows]
    added = sum((Causes.of(one) for one in apart), Causes({}))
    assert added == Causes.of(itertools.chain(*apart))
    assert added.count() == sum(map(len, apart))
    tables = [confusion(*sides) for sides in rows]
    assert sum(n for one in tables for n in one.pairs.values()) == sum(sum(tables, Confusion({})).pairs.values())
