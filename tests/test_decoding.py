import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.models.decoding import decode_antecedents, decode_relations, decode_tags, tag_index
from rasad.models.spans import WordSpan

MANY = torch.tensor([False, False])  # spans of either type may have several words


def best_by_trying_all(scores, breaks, split_bias=0.0):
    """The best legal sequence: I only after B or I of its type, and not where a paragraph begins."""

    def legal(path):
        return not any(
            tag and tag % 2 == 0 and (breaks[i] or not i or path[i - 1] not in (tag - 1, tag))
            for i, tag in enumerate(path)
        )

    paths = itertools.product(range(scores.shape[1]), repeat=len(scores))

    def value(path):
        splits = sum(
            tag % 2 == 1 and i > 0 and not breaks[i] and path[i - 1] in (tag, tag + 1) for i, tag in enumerate(path)
        )
        return sum(float(scores[i, t]) for i, t in enumerate(path)) - split_bias * splits

    return max(filter(legal, paths), key=value)


def spans_of(path, probability):
    """Read the spans off a legal sequence."""
    groups = []
    for i, tag in enumerate(path):
        if tag % 2:
            groups.append((tag // 2, [i]))
        elif tag:
            groups[-1][1].append(i)
    return [
        (words[0], words[-1], kind, sum(float(probability[i, path[i]]) for i in words) / len(words))
        for kind, words in groups
    ]


@pytest.mark.parametrize("seed", range(120))
def test_viterbi_finds_what_trying_all_sequences_finds(seed):
    generator = torch.Generator().manual_seed(seed)
    length = seed % 5 + 1
    logits = torch.randn(length, 5, generator=generator)
    logits[:, 2::2] += 1  # long spans are where the way back is told apart
    breaks = torch.rand(length, generator=generator) < 0.3
    breaks[0] = True
    one_word = torch.tensor([seed % 3 == 0, seed % 4 == 0])
    scores = logits.clone()
    scores[:, [2 * i + 2 for i in range(2) if one_word[i]]] = -torch.inf
    split_bias = (0.0, 0.7, 3.0, -0.7)[seed // 30]
    expected = spans_of(best_by_trying_all(scores.log_softmax(1), breaks.tolist(), split_bias), scores.softmax(1))
    found = decode_tags(logits, breaks, one_word, split_bias)
    assert [(s.first, s.last, s.type) for s in found] == [e[:3] for e in expected]
    assert [s.score for s in found] == pytest.approx([e[3] for e in expected], abs=5.1e-4)


def test_tags_are_ordered_begin_and_inside_of_each_type():
    assert [tag_index(kind, inside) for kind in (0, 1) for inside in (False, True)] == [1, 2, 3, 4]


def one_hot(path, tags=5, weight=9.0):
    return weight * torch.nn.functional.one_hot(torch.tensor(path), tags).float()


def test_spans_by_hand():
    breaks = torch.tensor([True, False, False, False, True, False])
    found = decode_tags(one_hot([1, 2, 3, 0, 3, 4]), breaks, MANY)
    assert [(s.first, s.last, s.type) for s in found] == [(0, 1, 0), (2, 2, 1), (4, 5, 1)]
    assert found[0].score == round(math.exp(9) / (math.exp(9) + 4), 3)


def test_neighbours_of_one_type_stay_two():
    found = decode_tags(one_hot([1, 1, 2]), torch.tensor([True, False, False]), MANY)
    assert [(s.first, s.last) for s in found] == [(0, 0), (1, 2)]


def test_a_split_bias_joins_neighbours_of_one_type_and_no_others():
    logits = torch.tensor([[0.0, 3, 0, 0, 0], [0, 1.5, 1, 0, 0], [0, 0, 0, 3, 0]])
    breaks = torch.tensor([True, False, False])
    assert [(s.first, s.last) for s in decode_tags(logits, breaks, MANY)] == [(0, 0), (1, 1), (2, 2)]
    assert [(s.first, s.last) for s in decode_tags(logits, breaks, MANY, 1.0)] == [(0, 1), (2, 2)]
    breaks[1] = True
    assert [(s.first, s.last) for s in decode_tags(logits, breaks, MANY, 1.0)] == [(0, 0), (1, 1), (2, 2)]


def test_a_trigger_has_one_word():
    breaks = torch.tensor([True, False, False, False])
    logits = one_hot([3, 4, 1, 2])
    assert [(s.first, s.last) for s in decode_tags(logits, breaks, MANY)] == [(0, 1), (2, 3)]
    found = decode_tags(logits, breaks, torch.tensor([False, True]))
    assert [(s.first, s.last, s.type) for s in found if s.type == 1] == [(0, 0, 1)]
    assert [(s.first, s.last, s.type) for s in found if s.type == 0][-1] == (2, 3, 0)


def test_an_inside_tag_alone_becomes_no_illegal_span():
    logits = one_hot([2, 2, 4])
    logits[:, 0] += 5  # outside is the next best
    assert decode_tags(logits, torch.tensor([True, False, False]), MANY) == []


def test_no_span_crosses_a_paragraph():
    logits = one_hot([1, 2, 2])
    logits[1, 1] += 8  # to begin anew is the next best
    found = decode_tags(logits, torch.tensor([True, True, False]), MANY)
    assert [(s.first, s.last) for s in found] == [(0, 0), (1, 2)]


def test_no_words_have_no_spans():
    assert decode_tags(torch.zeros(0, 5), torch.zeros(0, dtype=torch.bool), MANY) == []


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_spans_lie_in_order_and_within_paragraphs(seed, length):
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(length, 7, generator=generator)
    breaks = torch.rand(length, generator=generator) < 0.2
    breaks[0] = True
    one_word = torch.tensor([False, True, False])
    found = decode_tags(logits, breaks, one_word)
    paragraph = breaks.cumsum(0).tolist()
    assert all(a.last < b.first for a, b in itertools.pairwise(found))
    assert all(s.first <= s.last and paragraph[s.first] == paragraph[s.last] for s in found)
    assert all(isinstance(s, WordSpan) and 0 <= s.type < 3 and 0 <= s.score <= 1 for s in found)
    assert all(s.first == s.last for s in found if s.type == 1)
    rough = logits.bfloat16()
    assert decode_tags(rough, breaks, one_word) == decode_tags(rough.float(), breaks, one_word)


RELATIONS = torch.tensor([[0.6, 0.3, 0.1], [0.3, 0.5, 0.2], [0.45, 0.0, 0.55]]).log()


def test_relations_by_hand():
    assert decode_relations(RELATIONS, 0.0) == [(1, 0, 0.5), (2, 1, 0.55)]


def test_a_bias_weighs_for_or_against_no_relation():
    assert decode_relations(RELATIONS, 0.4) == [(1, 0, 0.5)]  # 0.3 · e^0.4 = 0.448 < 0.5; 0.45 · e^0.4 = 0.671 > 0.55
    assert decode_relations(RELATIONS, -1.0) == [(0, 0, 0.3), (1, 0, 0.5), (2, 1, 0.55)]
    assert decode_relations(RELATIONS, -9.0)[2] == (2, 1, 0.55)  # what is forbidden stays so
    assert decode_relations(RELATIONS, 0.0)[0] == (1, 0, 0.5)  # and the scores given are left as they were


def test_no_pairs_have_no_relations():
    assert decode_relations(torch.zeros(0, 3), 0.0) == []


def test_antecedents_by_hand():
    logits = torch.tensor([[-1.0], [2.0], [1.0], [-0.5], [-2.0]])
    chosen = decode_antecedents(logits, [1, 2, 2, 3, 3], [0, 0, 1, 1, 2], 0.0)
    assert chosen == {2: (0, round(math.exp(2) / (1 + math.exp(2) + math.e), 3))}


def test_a_cluster_counts_by_all_its_antecedents():
    first, other, again, here = range(4)  # `again` is `first` once more; neither alone is likelier than `other`
    logits = torch.tensor([-3.0, 3.0, -3.0, 0.5, 1.0, 0.6])
    heads, tails = [other, again, again, here, here, here], [first, first, other, first, other, again]
    chosen = decode_antecedents(logits, heads, tails, 0.0)
    together, alone = math.exp(0.5) + math.exp(0.6), math.exp(1.0)
    assert chosen[here] == (again, round(together / (1 + together + alone), 3))
    assert other not in chosen
    # Neither needs to be likelier than a first mention.
    chosen = decode_antecedents(torch.tensor([3.0, -0.5, -0.4]), [1, 2, 2], [0, 0, 1], 0.0)
    assert chosen[2] == (1, round((math.exp(-0.5) + math.exp(-0.4)) / (1 + math.exp(-0.5) + math.exp(-0.4)), 3))


def test_extreme_links_are_decoded():
    chosen = decode_antecedents(torch.tensor([9000.0, -9000.0, 9000.0]), [1, 2, 2], [0, 0, 1], 0.0)
    assert chosen == {1: (0, 1.0), 2: (1, 1.0)}
    assert decode_antecedents(torch.tensor([-9000.0]), [1], [0], 0.0) == {}


def test_a_bias_weighs_for_or_against_a_first_mention():
    logits = torch.tensor([-1.0, 2.0])
    assert decode_antecedents(logits, [1, 2], [0, 0], 2.5) == {}
    score = round(math.exp(-1) / (1 + math.exp(-1)), 3)
    assert decode_antecedents(logits, [1, 2], [0, 0], -1.5)[1] == (0, score)


def test_of_equal_antecedents_the_nearest_is_taken():
    assert decode_antecedents(torch.tensor([1.0, 1.0]), [2, 2], [0, 1], 0.0)[2][0] == 1
