import math

import pytest
import tiny
import torch

from rasad.annotations.corpus import load
from rasad.annotations.scheme import default_scheme
from rasad.models.encoding import Encoder
from rasad.models.network import PairScores
from rasad.models.spans import Words, WordSpan
from rasad.training.config import TrainingConfig
from rasad.training.data import IGNORE, Targets, example, targets
from rasad.training.objective import Objective, antecedent_loss, relation_loss, with_wrong_spans

SCHEME = default_scheme()


def scores(heads, tails, values):
    return PairScores(torch.tensor(heads), torch.tensor(tails), torch.tensor(values, requires_grad=True))


RELATIONS = ([0, 1, 2], [1, 0, 0], [[0.5, 0.25, 0.25], [0.8, 0.2, 0.0], [0.1, 0.3, 0.6]])


def relations():
    heads, tails, values = RELATIONS
    return PairScores(torch.tensor(heads), torch.tensor(tails), torch.tensor(values).log())


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        ([], 0.5 * 0.8 * 0.1),
        ([(0, 1, 1)], 0.25 * 0.8 * 0.1),
        ([(2, 0, 2), (0, 1, 2)], 0.25 * 0.8 * 0.6),
        ([(1, 2, 1)], 0.5 * 0.8 * 0.1),  # a pair that the scorer never meets
        ([(1, 0, 2)], 0.5 * 0.1),  # a relation that the scheme forbids there
    ],
)
def test_relation_loss_by_hand(gold, expected):
    assert float(relation_loss(relations(), gold, spans=3)) == pytest.approx(-math.log(expected), abs=1e-5)


def test_antecedent_loss_by_hand():
    # Mention 2 has antecedents 0 and 1, both of its cluster; 3 is of another; 4 of none.
    links = scores([2, 2, 3, 4], [0, 1, 2, 3], [[1.0], [-0.5], [0.3], [2.0]])
    second = math.exp(1.0) + math.exp(-0.5)
    expected = -math.log(second / (1 + second)) - math.log(1 / (1 + math.exp(0.3))) - math.log(1 / (1 + math.exp(2.0)))
    loss = antecedent_loss(links, [7, 7, 7, 8, -1])
    assert float(loss.detach()) == pytest.approx(expected, abs=1e-5)
    loss.backward()
    slope = math.exp(1.0) / (1 + second) - math.exp(1.0) / second  # p(antecedent) − p(antecedent | cluster)
    assert links.scores.grad[0, 0].item() == pytest.approx(slope, abs=1e-5)


def test_a_mention_whose_antecedents_are_of_other_clusters_is_a_first_mention():
    links = scores([1], [0], [[3.0]])
    assert float(antecedent_loss(links, [0, 1]).detach()) == pytest.approx(math.log(1 + math.exp(3)), abs=1e-5)
    assert float(antecedent_loss(links, [-1, -1]).detach()) == pytest.approx(math.log(1 + math.exp(3)), abs=1e-5)


def test_losses_stay_finite_at_extreme_scores():
    links = scores([1, 2, 2], [0, 0, 1], [[500.0], [-500.0], [400.0]])
    loss = antecedent_loss(links, [0, 1, 0])
    loss.backward()
    assert loss.isfinite() and links.scores.grad.isfinite().all()


def test_no_pairs_cost_nothing():
    empty = PairScores(*[torch.zeros(0).long()] * 2, torch.zeros(0, 1))
    assert float(antecedent_loss(empty, [0, 1])) == 0
    assert float(relation_loss(PairScores(empty.heads, empty.tails, torch.zeros(0, 3)), [], 2)) == 0


def some_targets():
    words = Words(torch.zeros(9).long(), torch.zeros(9).long(), torch.tensor([0] * 5 + [1] * 4), ["w"] * 9)
    spans = (WordSpan(1, 2, 0, 1.0), WordSpan(4, 4, 12, 1.0), WordSpan(6, 6, 3, 1.0))
    return Targets(
        tags=torch.zeros(9).long(),
        words=words,
        spans=spans,
        span_doc=(0, 0, 1),
        relations=((1, 0, 5),),
        cluster=(0, 1, 2),
        attributes={"polarity": torch.tensor([IGNORE, 1, IGNORE])},
        marked=torch.ones(2),
    )


def test_wrong_spans_join_in_order_and_the_labels_move_along():
    before = some_targets()
    predicted = [
        WordSpan(0, 0, 12, 0.5),
        WordSpan(1, 2, 0, 0.9),  # right
        WordSpan(4, 4, 3, 0.9),  # the right words, another type: no second span
        WordSpan(6, 8, 12, 0.4),
    ]
    after = with_wrong_spans(before, predicted)
    assert [(s.first, s.last, s.type) for s in after.spans] == [
        (0, 0, 12),
        (1, 2, 0),
        (4, 4, 12),
        (6, 6, 3),
        (6, 8, 12),
    ]
    assert after.span_doc == (0, 0, 0, 1, 1)
    assert after.relations == ((2, 1, 5),)
    assert after.cluster == (-1, 0, 1, 2, -1)
    assert after.attributes["polarity"].tolist() == [IGNORE, IGNORE, 1, IGNORE, IGNORE]
    assert after.tags is before.tags and after.words is before.words


def test_where_no_span_is_wrong_nothing_changes():
    before = some_targets()
    assert with_wrong_spans(before, before.spans[:2]) is before


@pytest.fixture(scope="module")
def parts():
    model = tiny.model(dropout=0.0)
    encoder = Encoder(tiny.tokenizer("bert"), model.config.row_size, model.config.overlap)
    items = [example(d, encoder, SCHEME) for d in load([tiny.corpus()])]
    config = TrainingConfig(train=("x",), relation_weight=0.5, antecedent_weight=2.0, attribute_weight=0.25)
    weights = {name: torch.ones(len(values)) for name, values in SCHEME.attributes.items()}
    return Objective(model, config, weights), encoder, items


def test_the_loss_is_the_weighted_sum(parts):
    objective, encoder, items = parts
    losses = objective(encoder.batch([e.encoded for e in items]), targets(items), mix=False)
    expected = (
        losses["tags"] + 0.5 * losses["relations"] + 2 * losses["antecedents"] + 0.25 * losses["attributes"]
    ).item()
    assert losses["loss"].item() == pytest.approx(expected, rel=1e-5)
    assert set(losses) == {"tags", "relations", "antecedents", "attributes", "loss"}


@pytest.mark.parametrize("mix", [False, True])
def test_every_parameter_gets_a_gradient_with_spans_and_without(parts, mix):
    objective, encoder, items = parts
    bare = [e for e in items if not e.spans]
    lone = [e for e in items if e.spans][:1]
    assert bare and lone
    for group in (items, lone, bare):
        objective.zero_grad()
        objective(encoder.batch([e.encoded for e in group]), targets(group), mix)["loss"].backward()
        assert [name for name, p in objective.named_parameters() if p.grad is None] == []
        assert all(p.grad.isfinite().all() for p in objective.parameters())


def test_a_document_without_spans_costs_only_its_tags(parts):
    objective, encoder, items = parts
    bare = [e for e in items if not e.spans]
    losses = objective(encoder.batch([e.encoded for e in bare]), targets(bare), mix=False)
    assert set(losses) == {"tags", "loss"}
    assert losses["loss"].item() == pytest.approx(losses["tags"].item(), abs=1e-6)


def test_wrong_spans_change_the_pair_losses_only(parts):
    objective, encoder, items = parts
    objective.eval()
    batch = encoder.batch([e.encoded for e in items])
    plain, mixed = (objective(batch, targets(items), mix) for mix in (False, True))
    assert plain["tags"].equal(mixed["tags"])
    assert not plain["relations"].equal(mixed["relations"])
