"""The joint loss: tags, relations, antecedents and attributes, over gold spans and wrongly predicted ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from rasad.models.decoding import decode_tags
from rasad.models.network import PairScores, RasadModel
from rasad.models.spans import WordSpan, span_set
from rasad.training.config import TrainingConfig
from rasad.training.data import IGNORE, Targets


class Objective(nn.Module):
    """The model with its loss, in one module so that any launcher can wrap it.

    Args:
        model: the network.
        config: for the weights of the losses.
        attribute_weights: by attribute, the weight of each value.
    """

    def __init__(self, model: RasadModel, config: TrainingConfig, attribute_weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.model = model
        self.config = config
        self.attribute_weights = dict(attribute_weights)

    def forward(self, batch: Mapping[str, Tensor], targets: Targets, mix: bool) -> dict[str, Tensor]:
        """Return the losses by name, `loss` their weighted sum; with `mix`, wrongly predicted spans compete too."""
        model = self.model
        states = model.word_states(batch)
        logits = model.tag_logits(states)
        losses = {"tags": nn.functional.cross_entropy(logits.float(), targets.tags.to(logits.device))}
        if mix:
            targets = self._with_predicted(targets, logits)
        if targets.spans:
            spans = span_set(targets.spans, targets.span_doc)
            reps = model.span_states(states, spans)
            share = 1 / len(targets.spans)
            relations = model.relation_scores(states, reps, spans, targets.words)
            losses["relations"] = relation_loss(relations, targets.relations, len(spans)) * share
            links = model.antecedent_logits(states, reps, spans, targets.words)
            losses["antecedents"] = antecedent_loss(links, targets.cluster) * share
            losses["attributes"] = self._attribute_loss(
                model.attribute_logits(states, reps, spans, targets.words), targets
            )
        return self._weighted(losses)

    def _with_predicted(self, targets: Targets, logits: Tensor) -> Targets:
        breaks, one_word = targets.words.breaks, self.model.rules.one_word
        found = decode_tags(logits.detach().cpu(), breaks, one_word, self.model.config.split_bias)
        return with_wrong_spans(targets, found)

    def _weighted(self, losses: dict[str, Tensor]) -> dict[str, Tensor]:
        """Add the weighted sum of the losses, as `loss`."""
        weights = {
            "tags": 1.0,
            "relations": self.config.relation_weight,
            "antecedents": self.config.antecedent_weight,
            "attributes": self.config.attribute_weight,
        }
        total = torch.stack([weights[name] * value for name, value in losses.items()]).sum()
        if "relations" not in losses:
            # Every parameter must have a gradient, or a distributed run waits for it.
            total = total + 0 * sum(p.sum() for p in self.model.parameters())
        return losses | {"loss": total}

    def _attribute_loss(self, logits: Mapping[str, Tensor], targets: Targets) -> Tensor:
        parts = []
        for name, row in logits.items():
            gold = targets.attributes[name].to(row.device)
            weight = self.attribute_weights[name].to(row.device)
            loss = nn.functional.cross_entropy(row, gold, weight=weight, ignore_index=IGNORE, reduction="sum")
            parts.append(loss / max(int((gold != IGNORE).sum()), 1))
        return torch.stack(parts).sum()


def relation_loss(scored: PairScores, gold: Sequence[tuple[int, int, int]], spans: int) -> Tensor:
    """Sum the negative log-likelihood of the right relation, mostly "none", over all candidate pairs."""
    return relation_losses(scored, gold, spans).sum()


def relation_losses(scored: PairScores, gold: Sequence[tuple[int, int, int]], spans: int) -> Tensor:
    """Return the negative log-likelihood of the right relation for each pair (P)."""
    label = torch.zeros(len(scored.heads), dtype=torch.long)
    if gold:
        rows = torch.tensor(gold)
        keys, order = (rows[:, 0] * spans + rows[:, 1]).sort()
        pairs = scored.heads * spans + scored.tails
        at = torch.searchsorted(keys, pairs).clamp(max=len(keys) - 1)
        label = torch.where(keys[at] == pairs, rows[order][at, 2], label)
    picked = scored.scores.gather(1, label.to(scored.scores.device).unsqueeze(1)).flatten()
    # A gold relation that the scheme forbids has no finite score; `lost` has counted it.
    return -picked.masked_fill(~picked.isfinite(), 0.0)


def antecedent_loss(links: PairScores, cluster: Sequence[int]) -> Tensor:
    """Sum the negative log-likelihood that a mention takes any antecedent of its cluster, or none where it has none.

    The marginal likelihood of Lee et al., "End-to-end Neural Coreference Resolution" (2017).
    """
    return antecedent_losses(links, cluster).sum()


def antecedent_losses(links: PairScores, cluster: Sequence[int]) -> Tensor:
    """Return what `antecedent_loss` sums, for each mention (S)."""
    number = torch.tensor(cluster)
    same = (number[links.heads] == number[links.tails]) & (number[links.heads] >= 0)
    logits = links.scores.flatten()
    mentions = len(cluster)
    has_gold = torch.zeros(mentions, dtype=torch.bool).index_fill_(0, links.heads[same], True)
    right = log_sum(logits[same], links.heads[same], mentions, zero=~has_gold)
    return log_sum(logits, links.heads, mentions) - right


def log_sum(logits: Tensor, index: Tensor, size: int, zero: Tensor | None = None) -> Tensor:
    """Return the log of summed exponentials by index, a logit of 0 added everywhere, or where `zero` says so."""
    index, device = index.to(logits.device), logits.device
    zero = torch.ones(size, dtype=torch.bool, device=device) if zero is None else zero.to(device)
    top = torch.zeros(size, device=device).masked_fill(~zero, -torch.inf)
    top = top.scatter_reduce(0, index, logits.detach(), "amax")
    sums = torch.where(zero, (-top).exp(), torch.zeros_like(top))
    return sums.index_add(0, index, (logits - top[index]).exp()).log() + top


def with_wrong_spans(targets: Targets, predicted: Sequence[WordSpan]) -> Targets:
    """Add the predicted spans that are none as spans without relations, cluster or attributes, in order."""
    gold = {(s.first, s.last) for s in targets.spans}
    wrong = [s for s in predicted if (s.first, s.last) not in gold]
    if not wrong:
        return targets
    doc = [int(d) for d in targets.words.doc[[s.first for s in wrong]]]
    spans, docs = [*targets.spans, *wrong], [*targets.span_doc, *doc]
    order = sorted(range(len(spans)), key=lambda i: (spans[i].first, spans[i].last))
    place = {old: new for new, old in enumerate(order)}
    cluster = [*targets.cluster, *([-1] * len(wrong))]
    padded = {
        name: torch.cat([values, torch.full((len(wrong),), IGNORE)])[order]
        for name, values in targets.attributes.items()
    }
    return replace(
        targets,
        spans=tuple(spans[i] for i in order),
        span_doc=tuple(docs[i] for i in order),
        relations=tuple((place[h], place[t], r) for h, t, r in targets.relations),
        cluster=tuple(cluster[i] for i in order),
        attributes=padded,
    )
