"""The joint loss where other checkpoints teach: their answers are learnt beside the marks, or instead of them.

For tags, relations, antecedents and attributes alike it is the cross-entropy with the mean of the teachers'
probabilities (Hinton et al., "Distilling the Knowledge in a Neural Network", 2015), in the share that a document's
marks leave (`Targets.marked`). The teachers read whole words where the student has some hidden, and judge the same
spans: marked ones, and those that the student finds wrongly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from rasad.annotations.errors import RasadError
from rasad.inference.predictor import Predictor
from rasad.models.network import PairScores, RasadModel
from rasad.models.spans import SpanSet, Words, span_set
from rasad.training.config import TrainingConfig
from rasad.training.data import IGNORE, Targets
from rasad.training.objective import Objective, antecedent_losses, log_sum, relation_losses

_REACH = ("pair_distance", "antecedents")  # settings that decide which pairs are judged
CLEAN = "clean_ids"  # of a batch: its pieces before any was hidden


@dataclass(frozen=True)
class Answers:
    """What teachers say of spans, as probabilities: P × relations + 1, P antecedents, S without one, S × values."""

    relations: Tensor
    antecedents: Tensor
    first: Tensor
    attributes: Mapping[str, Tensor]


class Teachers:
    """Checkpoints whose mean answers are learnt. They are no module: nothing of them is trained or saved."""

    def __init__(self, models: Sequence[RasadModel]) -> None:
        self.models = [model.train(False).requires_grad_(False) for model in models]

    @classmethod
    def load(cls, paths: Sequence[str], student: RasadModel, vocabulary: Mapping[str, int]) -> Teachers:
        """Load checkpoints that read the student's pieces and know its labels.

        Raises:
            RasadError: where there is no such checkpoint, or it has other pieces or labels.
        """
        models = []
        for path in paths:
            teacher = Predictor.from_pretrained(path, device=str(student.device))
            if teacher.encoder.tokenizer.get_vocab() != vocabulary:
                raise RasadError(f"teachers: {path} reads other pieces than the student; both need one tokenizer")
            if list(teacher.scheme.labels()) != list(student.scheme.labels()):
                raise RasadError(f"teachers: {path} has the labels in another order")
            for name in _REACH:
                theirs, ours = getattr(teacher.model.config, name), getattr(student.config, name)
                if theirs != ours:
                    raise RasadError(
                        f"teachers: {path} has {name} {theirs}, the student {ours}; pairs must be the same"
                    )
            models.append(teacher.model)
        return cls(models)

    @torch.no_grad()
    def read(self, batch: Mapping[str, Tensor]) -> tuple[list[Tensor], Tensor]:
        """Return the word states of each, and the mean probabilities of tags (W × tags)."""
        states = [model.word_states(batch) for model in self.models]
        told = zip(self.models, states, strict=True)
        return states, _mean([model.tag_logits(state).float().softmax(1) for model, state in told])

    @torch.no_grad()
    def answer(self, states: Sequence[Tensor], spans: SpanSet, words: Words) -> Answers:
        """Return their mean answers on spans, given the states of `read`; antecedents by the mean of their logits."""
        relations, links, attributes = [], [], []
        for model, state in zip(self.models, states, strict=True):
            reps = model.span_states(state, spans)
            relations.append(model.relation_scores(state, reps, spans, words).scores.exp())
            links.append(model.antecedent_logits(state, reps, spans, words))
            attributes.append(model.attribute_logits(state, reps, spans, words))
        logits, heads = _mean([link.scores.flatten() for link in links]), links[0].heads.to(states[0].device)
        total = log_sum(logits, heads, len(spans))
        return Answers(
            _mean(relations),
            (logits - total[heads]).exp(),
            (-total).exp(),
            {name: _mean([one[name].softmax(1) for one in attributes]) for name in attributes[0]},
        )


class TaughtObjective(Objective):
    """The joint loss of marks and teachers' answers; arguments as of `Objective`."""

    def __init__(
        self,
        model: RasadModel,
        config: TrainingConfig,
        attribute_weights: Mapping[str, Tensor],
        teachers: Teachers,
    ) -> None:
        super().__init__(model, config, attribute_weights)
        self.teachers = teachers

    def forward(self, batch: Mapping[str, Tensor], targets: Targets, mix: bool) -> dict[str, Tensor]:
        """Return the losses by name, as `Objective` does; `batch` has the pieces before any was hidden as `CLEAN`."""
        told, tags = self.teachers.read({**batch, "input_ids": batch[CLEAN]})
        states = self.model.word_states(batch)
        logits = self.model.tag_logits(states)
        scores = logits.float().log_softmax(1)
        marked = targets.marked.to(scores.device)
        hard = nn.functional.nll_loss(scores, targets.tags.to(scores.device), reduction="none")
        losses = {"tags": _mixed(hard, _soft(tags, scores), marked[targets.words.doc]).mean()}
        if mix:
            targets = self._with_predicted(targets, logits)
        if targets.spans:
            losses |= self._of_spans(states, told, targets, marked)
        return self._weighted(losses)

    def _of_spans(self, states: Tensor, told: Sequence[Tensor], targets: Targets, marked: Tensor) -> dict[str, Tensor]:
        model, spans = self.model, span_set(targets.spans, targets.span_doc)
        answers = self.teachers.answer(told, spans, targets.words)
        reps, share = model.span_states(states, spans), marked[spans.doc]
        relations = model.relation_scores(states, reps, spans, targets.words)
        hard = relation_losses(relations, targets.relations, len(spans))
        soft = _soft(answers.relations, relations.scores.masked_fill(relations.scores.isinf(), 0.0))
        links = model.antecedent_logits(states, reps, spans, targets.words)
        coreference = _mixed(antecedent_losses(links, targets.cluster), _antecedents(links, answers), share)
        attributes = model.attribute_logits(states, reps, spans, targets.words)
        triggers = model.rules.one_word[spans.type]  # wrongly found ones, too
        doubts = self._attributes(attributes, answers, targets, share)[triggers]
        return {
            "relations": _mixed(hard, soft, share[relations.heads]).sum() / len(spans),
            "antecedents": coreference.sum() / len(spans),
            "attributes": doubts.sum() / max(len(doubts), 1),
        }

    def _attributes(self, logits: Mapping[str, Tensor], answers: Answers, targets: Targets, share: Tensor) -> Tensor:
        """Return the loss of all attributes for each span (S); of a span without gold only the teachers' part."""
        total = torch.zeros_like(share)
        for name, row in logits.items():
            gold, weight = targets.attributes[name].to(row.device), self.attribute_weights[name].to(row.device)
            hard = nn.functional.cross_entropy(row, gold, weight=weight, ignore_index=IGNORE, reduction="none")
            total = total + _mixed(hard, _soft(answers.attributes[name], row.log_softmax(1)), share)
        return total


def _antecedents(links: PairScores, answers: Answers) -> Tensor:
    """Return the cross-entropy of each mention's antecedents, "none" among them, with the teachers' (S)."""
    logits, heads = links.scores.flatten(), links.heads.to(links.scores.device)
    total = log_sum(logits, heads, len(answers.first))
    return (answers.first * total).index_add(0, heads, answers.antecedents * (total[heads] - logits))


def _mixed(hard: Tensor, soft: Tensor, share: Tensor) -> Tensor:
    return share * hard + (1 - share) * soft


def _soft(probabilities: Tensor, scores: Tensor) -> Tensor:
    """Return the cross-entropy of each row of log-probabilities with probabilities."""
    return -(probabilities * scores).sum(1)


def _mean(tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(tensors)).mean(0)
