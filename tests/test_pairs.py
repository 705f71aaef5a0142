import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import SAME_AS, default_scheme
from rasad.models.pairs import FEATURE_SIZES, PairRules, features
from rasad.models.spans import Words, WordSpan, span_set, word_spans

SCHEME = default_scheme()
RULES = PairRules(SCHEME)
NONE, EQUAL, HOLDS, EDGE, WORD = 0, 4, 3, 2, 1


def types(*names):
    return [SCHEME.types.index(name) for name in names]


@st.composite
def batches(draw):
    """Spans of up to three texts in their order, with the words of the batch."""
    spans, docs, paragraph, sentence, doc = [], [], [], [], []
    for number in range(draw(st.integers(1, 3))):
        base = len(doc)
        length = draw(st.integers(1, 40))
        steps = draw(st.lists(st.sampled_from([0, 0, 0, 1]), min_size=length, max_size=length))
        sentence += [sum(steps[: i + 1]) for i in range(length)]
        paragraph += [sum(steps[: i + 1]) // 2 for i in range(length)]
        doc += [number] * length
        cuts = sorted(draw(st.sets(st.integers(0, length - 1), max_size=12)))
        for start, following in zip(cuts, [*cuts[1:], length], strict=False):
            last = draw(st.integers(start, following - 1))
            kind = draw(st.integers(0, len(SCHEME.types) - 1))
            spans.append(WordSpan(base + start, base + last, kind, 1.0))
            docs.append(number)
    forms = draw(
        st.lists(st.sampled_from(["army", "وارمي", "ارمي", "raid", "x", ""]), min_size=len(doc), max_size=len(doc))
    )
    words = Words(torch.tensor(paragraph), torch.tensor(sentence), torch.tensor(doc), forms)
    return span_set(spans, docs), words


def allowed(spans, words, head, tail):
    """What the scheme lets two spans be, by its own words."""
    a, b = SCHEME.types[spans.type[head]], SCHEME.types[spans.type[tail]]
    together = words.paragraph[spans.first[head]] == words.paragraph[spans.first[tail]]
    return [
        SCHEME.allows(a, name, b) and (bool(together) or not SCHEME.relation[name].same_paragraph)
        for name in RULES.relations
    ]


def test_same_as_has_a_scorer_of_its_own():
    assert SAME_AS not in RULES.relations
    assert len(RULES.relations) == len(SCHEME.relations) - 1


@settings(deadline=None, derandomize=True)
@given(batches(), st.integers(0, 50))
def test_pairs_are_those_that_the_scheme_allows(batch, distance):
    spans, words = batch
    heads, tails, mask = RULES.relation_pairs(spans, words, distance)
    found = {(h, t): row for h, t, row in zip(heads.tolist(), tails.tolist(), mask.tolist(), strict=True)}
    assert len(found) == len(heads)
    for h in range(len(spans)):
        for t in range(len(spans)):
            near = spans.doc[h] == spans.doc[t] and abs(spans.first[h] - spans.first[t]) <= distance
            expected = allowed(spans, words, h, t) if near and h != t else []
            assert found.get((h, t), [True])[1:] == (expected if any(expected) else [])
    assert all(row[0] for row in mask)


@settings(deadline=None, derandomize=True)
@given(batches(), st.integers(1, 3))
def test_antecedents_are_the_nearest_that_same_as_may_link(batch, limit):
    spans, _ = batch
    mentions, earlier = RULES.antecedent_pairs(spans, limit)
    found = {}
    for mention, antecedent in zip(mentions.tolist(), earlier.tolist(), strict=True):
        found.setdefault(mention, []).append(antecedent)
    for m in range(len(spans)):
        possible = [
            a
            for a in range(max(0, m - 8 * limit), m)
            if spans.doc[a] == spans.doc[m]
            and SCHEME.allows(SCHEME.types[spans.type[m]], SAME_AS, SCHEME.types[spans.type[a]])
        ]
        assert found.get(m, []) == possible[-limit:]


@settings(deadline=None, derandomize=True)
@given(batches(), st.booleans())
def test_features_fit_their_tables(batch, surface):
    spans, words = batch
    heads, tails = (index.flatten() for index in torch.meshgrid(*[torch.arange(len(spans))] * 2, indexing="ij"))
    seen = features(spans, words, heads, tails, surface)
    assert seen.dtype == torch.long
    assert seen.shape == (len(heads), len(FEATURE_SIZES))
    assert (seen >= 0).all() and (seen < torch.tensor(FEATURE_SIZES)).all()
    assert surface or not seen[:, -1].any()


@settings(deadline=None, derandomize=True)
@given(batches(), batches())
def test_features_do_not_depend_on_other_texts_of_the_batch(one, other):
    spans, words = one
    more, around = other
    shift, texts = len(around.doc), int(around.doc.max()) + 1
    joined = span_set(
        [WordSpan(*map(int, row), 1.0) for row in zip(more.first, more.last, more.type, strict=True)]
        + [
            WordSpan(int(a) + shift, int(b) + shift, int(k), 1.0)
            for a, b, k in zip(spans.first, spans.last, spans.type, strict=True)
        ],
        [*more.doc.tolist(), *(d + texts for d in spans.doc.tolist())],
    )
    both = Words(
        torch.cat([around.paragraph, words.paragraph]),
        torch.cat([around.sentence, words.sentence]),
        torch.cat([around.doc, words.doc + texts]),
        [*around.forms, *words.forms],
    )
    heads, tails, _ = RULES.relation_pairs(spans, words, 30)
    base = len(more)
    alone = features(spans, words, heads, tails, True)
    assert features(joined, both, heads + base, tails + base, True).equal(alone)


def test_features_by_hand():
    # words   0        1       2  3  4        5 .. 17  18
    # spans   a PERSON b ATTACK      c PERSON          d GPE
    kinds = types("PERSON", "ATTACK", "PERSON", "GPE")
    spans = span_set(
        [WordSpan(i, j, k, 1.0) for (i, j), k in zip([(0, 0), (1, 2), (4, 4), (18, 18)], kinds, strict=True)]
    )
    words = Words(
        torch.tensor([0] * 4 + [1] * 10 + [7] * 5), torch.tensor([0] * 4 + [2] * 15), torch.zeros(19).long(), ["w"] * 19
    )
    heads, tails = torch.tensor([0, 1, 1, 3, 0]), torch.tensor([1, 0, 2, 0, 3])
    assert features(spans, words, heads, tails, False).tolist() == [
        # gap, spans between, sentences, paragraphs, of the tail's type, of the head's, paragraph of the head
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [2 * 1 - 1, 0, 2 * 2 - 1, 2 * 1 - 1, 0, 0, 0, 0],
        [2 * 8, 2, 2 * 2, 2 * 5, 1, 0, 3, 0],
        [2 * 8 - 1, 2, 2 * 2 - 1, 2 * 5 - 1, 0, 1, 0, 0],
    ]


@pytest.mark.parametrize(
    ("gap", "bucket"),
    [(0, 0), (3, 3), (4, 4), (5, 4), (6, 5), (7, 5), (8, 6), (11, 6), (12, 7), (45, 10), (46, 11), (90, 11), (900, 11)],
)
def test_distances_are_exact_when_short_and_rough_when_long(gap, bucket):
    kinds = types("ATTACK", "GPE")
    spans = span_set([WordSpan(0, 0, kinds[0], 1.0), WordSpan(gap + 1, gap + 1, kinds[1], 1.0)])
    zeros = torch.zeros(gap + 2).long()
    seen = features(spans, Words(zeros, zeros, zeros, ["w"] * (gap + 2)), torch.tensor([1]), torch.tensor([0]), False)
    assert seen[0, 0] == 2 * bucket


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (["army"], ["army"], EQUAL),
        (["army", "syrian"], ["syrian", "army"], EQUAL),
        (["وجيش"], ["جيش"], EQUAL),  # a clitic before either is set aside
        (["كجيش", "النظام"], ["جيش"], EDGE),
        (["رجيش"], ["جيش"], NONE),
        (["لب"], ["ب"], NONE),
        (["army"], ["syrian", "army"], HOLDS),
        (["arab", "army"], ["syrian", "army"], EDGE),
        (["army", "north"], ["army", "south"], EDGE),
        (["north", "army", "x"], ["army", "south"], WORD),
        (["army"], ["group"], NONE),
    ],
)
def test_surface_says_how_alike_two_mentions_are(one, other, kind):
    forms = [*one, *other]
    spans = span_set([WordSpan(0, len(one) - 1, 0, 1.0), WordSpan(len(one), len(forms) - 1, 0, 1.0)])
    zeros = torch.zeros(len(forms)).long()
    words = Words(zeros, zeros, zeros, forms)
    both = features(spans, words, torch.tensor([0, 1]), torch.tensor([1, 0]), True)
    assert both[:, -1].tolist() == [kind, kind]


def test_no_spans_make_no_pairs():
    spans = span_set([])
    words = Words(*[torch.zeros(3).long()] * 3, ["w"] * 3)
    heads, tails, _ = RULES.relation_pairs(spans, words, 9)
    assert len(heads) == len(RULES.antecedent_pairs(spans, 5)[0]) == 0
    assert features(spans, words, heads, tails, True).shape == (0, len(FEATURE_SIZES))


class Encoded:
    words = ((0, 3), (4, 8), (9, 12))


def test_spans_are_counted_in_words():
    document = Document(
        "d", "The army hit", spans=(Span("a", 0, 8, "FORCE", "The army"), Span("e", 9, 12, "ATTACK", "hit"))
    )
    found = word_spans(document, Encoded, SCHEME)
    assert [(s.first, s.last, s.type) for s in found] == [(0, 1, *types("FORCE")), (2, 2, *types("ATTACK"))]


@pytest.mark.parametrize(
    ("span", "message"),
    [
        (Span("a", 4, 7, "FORCE", "arm"), r"d: span a \('arm'\) does not begin and end with a word"),
        (Span("a", 3, 8, "FORCE", " army"), r"span a \(' army'\) does not begin"),
        (Span("a", 4, 8, "ARMY", "army"), "span a has the unknown type ARMY"),
    ],
)
def test_spans_that_cannot_be_counted_in_words_are_refused(span, message):
    with pytest.raises(RasadError, match=message):
        word_spans(Document("d", "The army hit", spans=(span,)), Encoded, SCHEME)
