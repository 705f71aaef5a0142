import random
from collections import Counter
from dataclasses import replace

import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.annotations.corpus import load
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.models.decoding import tag_index
from rasad.models.encoding import Encoder
from rasad.models.pairs import PairRules
from rasad.training.data import IGNORE, batches, example, lost, targets

SCHEME = default_scheme()
RULES = PairRules(SCHEME)
NUMBER = {name: i for i, name in enumerate(RULES.relations, 1)}


@pytest.fixture(scope="module")
def encoder():
    return Encoder(tiny.tokenizer("bert"), 24, 8)


@pytest.fixture(scope="module")
def documents():
    return {d.id: d for d in load([tiny.corpus()])}


def test_targets_of_a_document_by_hand(encoder, documents):
    found = example(documents["ar-1"], encoder, SCHEME)
    kinds = [SCHEME.types.index(name) for name in ("ATTACK", "VEHICLE", "FACILITY", "GPE", "TIME", "CASUALTIES")]
    begin = [tag_index(kind, inside=False) for kind in kinds]
    assert found.tags == (
        *(begin[0], begin[1], begin[2], 0, begin[3], begin[4], tag_index(kinds[4], inside=True)),
        *(0, begin[5], 0),
    )
    assert [s.type for s in found.spans] == kinds
    assert set(found.relations) == {
        (0, 1, NUMBER["INSTRUMENT"]),
        (0, 2, NUMBER["TARGET"]),
        (2, 3, NUMBER["LOCATED_IN"]),
        (0, 4, NUMBER["WHEN"]),
        (0, 5, NUMBER["CAUSES"]),
    }
    assert found.cluster[4] == -1  # no time is another
    assert len({*found.cluster}) == 6
    assert found.attributes["polarity"] == (0, IGNORE, IGNORE, IGNORE, IGNORE, 1)
    assert found.attributes["modality"] == (0, IGNORE, IGNORE, IGNORE, IGNORE, 0)


def test_mentions_of_one_thing_share_a_cluster(encoder, documents):
    document = documents["en-1"]
    found = example(document, encoder, SCHEME)
    cluster = {span.id: number for span, number in zip(document.spans, found.cluster, strict=True)}
    assert cluster["e3"] == cluster["e1"] != cluster["e2"]  # by SAME_AS, which is no relation of the pair scorer
    assert cluster["g1"] == cluster["g2"]  # by their name
    assert len(found.relations) == len(document.relations) - 1


def test_a_span_that_cuts_a_word_is_refused(encoder):
    document = Document("d", "Gunmen fled", spans=(Span("a", 0, 3, "PERSON", "Gun"),))
    with pytest.raises(RasadError, match=r"d: span a \('Gun'\) does not begin and end with a word"):
        example(document, encoder, SCHEME)


def test_spans_that_share_a_word_are_refused(encoder):
    spans = (Span("a", 0, 11, "GROUP", "Gunmen fled"), Span("b", 7, 11, "ATTACK", "fled"))
    with pytest.raises(RasadError, match=r"d: span b \('fled'\) shares a word with the one before it"):
        example(Document("d", "Gunmen fled", spans=spans), encoder, SCHEME)


def test_joined_targets_count_on(encoder, documents):
    items = [example(documents[name], encoder, SCHEME) for name in ("ar-1", "en-2", "en-1")]
    joined = targets(items)
    words, spans = [len(e.encoded.words) for e in items], [len(e.spans) for e in items]
    assert joined.tags.tolist() == [tag for e in items for tag in e.tags]
    assert joined.span_doc == tuple([0] * spans[0] + [2] * spans[2])
    shift = words[0] + words[1]
    assert [(s.first - shift, s.last - shift) for s in joined.spans[spans[0] :]] == [
        (s.first, s.last) for s in items[2].spans
    ]
    assert {(h - spans[0], t - spans[0], r) for h, t, r in joined.relations[len(items[0].relations) :]} == set(
        items[2].relations
    )
    assert joined.words.doc.tolist() == [d for d, n in enumerate(words) for _ in range(n)]
    paragraphs = [(d, p) for d, e in enumerate(items) for p in e.encoded.paragraph]
    new = [i for i, place in enumerate(paragraphs) if i == 0 or place != paragraphs[i - 1]]
    assert joined.words.breaks.nonzero().flatten().tolist() == new


def test_clusters_of_two_documents_stay_apart(encoder, documents):
    item = example(documents["ar-1"], encoder, SCHEME)
    joined = targets([item, item])
    first, second = joined.cluster[: len(item.spans)], joined.cluster[len(item.spans) :]
    assert not {c for c in first if c >= 0} & {c for c in second if c >= 0}
    assert [c < 0 for c in second] == [c < 0 for c in item.cluster]


def test_what_the_pair_scorer_never_meets_is_counted(encoder):
    text = "Gunmen attacked the army near Zarnuq"
    spans = (
        Span("p", 0, 6, "PERSON", "Gunmen"),
        Span("e", 7, 15, "ATTACK", "attacked"),
        Span("a", 20, 24, "FORCE", "army"),
        Span("g", 30, 36, "GPE", "Zarnuq"),
    )
    relations = [
        ("e", "AGENT", "p"),
        ("e", "TARGET", "a"),
        ("e", "KILLED", "a"),
        ("a", "WHEN", "g"),
        ("e", "PLACE", "g"),
    ]
    document = Document("d", text, spans=spans, relations=tuple(Relation(*r) for r in relations))
    item = example(document, encoder, SCHEME)
    assert (1, 2, NUMBER["TARGET"]) in item.relations  # the first of two relations of a pair is kept
    assert lost([item], [document], RULES, distance=3) == Counter(
        {"relations": 5, "second relation of a pair": 1, "not allowed by the scheme, or too far apart": 2}
    )
    assert lost([item], [document], RULES, 4)["not allowed by the scheme, or too far apart"] == 1
    bare = replace(document, spans=(), relations=())
    assert not any(lost([example(bare, encoder, SCHEME)], [bare], RULES, 4).values())


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 300), max_size=80), st.integers(1, 400), st.integers(0, 5))
def test_batches_hold_every_document_with_words_once(sizes, batch_words, seed):
    found = batches(sizes, sizes, [1.0] * len(sizes), batch_words, seed)
    assert sorted(i for group in found for i in group) == [i for i, size in enumerate(sizes) if size]
    assert all(len(group) == 1 or sum(sizes[i] for i in group) <= batch_words for group in found)
    assert all(found)


def test_the_seed_alone_fixes_the_batches():
    sizes = [n % 37 + 1 for n in range(100)]
    once = [1.0] * len(sizes)
    assert batches(sizes, sizes, once, 90, 3) == batches(sizes, sizes, once, 90, 3)
    assert batches(sizes, sizes, once, 90, 3) != batches(sizes, sizes, once, 90, 4)


def test_an_epoch_meets_documents_as_often_as_is_said():
    often = [2.0, 0.25, 1.5, 0.0, 1.0]
    met = Counter(i for seed in range(400) for group in batches([5] * 5, [7] * 5, often, 12, seed) for i in group)
    assert (met[0], met[3], met[4]) == (800, 0, 400)
    assert met[1] == pytest.approx(100, abs=30)
    assert met[2] == pytest.approx(600, abs=35)


def test_documents_with_rows_of_like_length_are_together():
    rng = random.Random(0)
    rows = [rng.randint(10, 250) for _ in range(1000)]
    sizes = [2 * row // 3 for row in rows]
    found = batches(sizes, rows, [1.0] * 1000, 800, 1)
    padded = sum(len(group) * max(rows[i] for i in group) for group in found)
    assert sum(rows) / padded > 0.9


def test_few_documents_of_like_length_do_not_always_meet_the_same():
    rows, once = [100, 101, 102, 103], [1.0] * 4
    partners = {frozenset(group) for seed in range(40) for group in batches(rows, rows, once, 210, seed)}
    assert len(partners) == 6
