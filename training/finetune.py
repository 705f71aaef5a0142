"""Fine-tuning: one run from a configuration, resumable at any step, on one device or several.

A run folder holds `config.yaml`, `run.json` (data hashes, environment), `log.jsonl` (one line an epoch), `last/`
(to resume from) and `best/` (the checkpoint to use). A killed run, started again with the same configuration,
goes on from `last/` and ends with the same weights as one that was never killed: order and dropout depend on
the seed and the step alone.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from rasad.annotations.corpus import corpus_hash, find, load_with_homes
from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.annotations.splits import share_of, split_of
from rasad.eval.scores import evaluate
from rasad.inference.predictor import DEFAULT, Predictor, default_checkpoint
from rasad.models.encoding import Encoder
from rasad.models.network import RasadModel
from rasad.training import state
from rasad.training.augmentation import changed, excerpts, items
from rasad.training.config import TrainingConfig
from rasad.training.data import Example, batches, example, lost, targets
from rasad.training.folder import RunFolder
from rasad.training.objective import Objective
from rasad.training.rates import parameter_groups
from rasad.training.taught import CLEAN, TaughtObjective, Teachers

if TYPE_CHECKING:
    from accelerate import Accelerator
    from transformers import PreTrainedTokenizerBase


@dataclass
class Progress:
    """Where a run stands; what `last/` keeps beside the weights."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    best: float = -1.0
    losses: dict[str, float] = field(default_factory=dict)  # sums over the steps of the epoch


class Run:
    """One training run.

    Raises:
        RasadError: where the data cannot be read, or the folder holds a run of another configuration or on other data.
    """

    def __init__(self, config: TrainingConfig) -> None:
        from accelerate import Accelerator

        if config.threads:
            torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        self.scheme = default_scheme()
        documents, homes = _documents(config.train, "train")
        self.documents, self.often, self.marked = _to_learn_from(config, share_of(documents, config.share), homes)
        self.dev, _ = _documents(config.dev, "dev")
        if shared := {d.id for d in self.documents} & {d.id for d in self.dev}:
            warned = f"rasad: {len(shared)} documents are in train and dev both ({min(shared)}, …): dev scores mislead"
            print(warned, file=sys.stderr, flush=True)
        try:
            self.accelerator: Accelerator = Accelerator(mixed_precision=config.precision)
        except ValueError as error:
            raise RasadError(f"precision: {' '.join(str(error).split())}") from error
        self.model, self.tokenizer = build(config, self.scheme)
        self.encoder = Encoder(self.tokenizer, self.model.config.row_size, self.model.config.overlap)
        self.examples = [self._example(i, d) for i, d in enumerate(self.documents)]
        if self.accelerator.device.type == "cpu":
            # Going back through torch's fused attention takes a CPU longer than through plain products of matrices.
            self.model.encoder.set_attn_implementation("eager")
        objective = self._objective()
        optimizer = torch.optim.AdamW(parameter_groups(self.model, [self.model.encoder], config), fused=True)
        self.objective, self.optimizer = self.accelerator.prepare(objective, optimizer)
        self.progress = Progress()
        self.folder = RunFolder(config, self._data())

    def _objective(self) -> Objective:
        weights = attribute_weights(self.examples, self.scheme, self.config.rare_weight)
        if not self.config.teachers:
            return Objective(self.model, self.config, weights)
        teachers = Teachers.load(self.config.teachers, self.model, self.tokenizer.get_vocab())
        for teacher in teachers.models:
            teacher.to(self.accelerator.device)
        return TaughtObjective(self.model, self.config, weights, teachers)

    def _example(self, number: int, document: Document) -> Example:
        return example(document, self.encoder, self.scheme, self.marked[number])

    def train(self) -> Path:
        """Train to the end and return the folder of the best checkpoint."""
        self._open()
        total = sum(len(self._batches(epoch)) for epoch in range(self.config.epochs))
        while self.progress.epoch < self.config.epochs:
            started = time.monotonic()
            self._epoch(total)
            self._close_epoch(time.monotonic() - started)
        return self.folder.path / "best"

    def _batches(self, epoch: int) -> list[list[int]]:
        """Return this process's batches of an epoch; every process gets the same number."""
        sizes = [len(e.encoded.words) for e in self.examples]
        rows = [self.encoder.longest_row(e.encoded) for e in self.examples]
        found = batches(sizes, rows, self.often, self.config.batch_words, 1000 * self.config.seed + epoch)
        workers: int = self.accelerator.num_processes
        usable: int = len(found) // workers * workers or workers
        first: int = self.accelerator.process_index
        return (found * workers)[first:usable:workers]

    def _epoch(self, total: int) -> None:
        self.objective.train()
        progress, losses = self.progress, self.progress.losses
        todo = self._batches(progress.epoch)
        examples = self._examples(progress.epoch)
        for number in self._shown(range(progress.batch, len(todo))):
            for name, value in self._step([examples[i] for i in todo[number]], total).items():
                losses[name] = losses.get(name, 0.0) + value
            progress.step += 1
            progress.batch = number + 1
            if self.config.save_every and progress.step % self.config.save_every == 0:
                self._save_state()

    def _examples(self, epoch: int) -> list[Example]:
        """Return the examples of an epoch, some of them in another spelling, some only in part."""
        config, seed = self.config, 1000 * self.config.seed + epoch
        others = changed(self.documents, config.respelled, seed) | excerpts(self.documents, config.excerpts, seed)
        return [self._example(i, others[i]) if i in others else one for i, one in enumerate(self.examples)]

    def _shown(self, numbers: Sequence[int]) -> Iterable[int]:
        """Show a bar on a terminal; elsewhere the line that ends an epoch is enough."""
        from rich.console import Console
        from rich.progress import track

        bar = sys.stderr.isatty() and self.accelerator.is_main_process
        title = f"epoch {self.progress.epoch + 1} of {self.config.epochs}"
        return track(numbers, title, console=Console(stderr=True), transient=True, disable=not bar)

    def _step(self, examples: Sequence[Example], total: int) -> dict[str, float]:
        step, config = self.progress.step, self.config
        # Seeded by the step, so that a resumed run draws the same dropout as an undisturbed one.
        torch.manual_seed(config.seed * 1_000_003 + step * 101 + self.accelerator.process_index)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * schedule(step, total, config.warmup)
        batch = self.encoder.batch([e.encoded for e in examples])
        if self.config.teachers:
            batch[CLEAN] = batch["input_ids"]
        batch["input_ids"] = self._drop_words(batch["input_ids"])
        device = self.accelerator.device
        with self.accelerator.autocast():
            losses = self.objective(
                {k: v.to(device) for k, v in batch.items()}, targets(examples), step >= total * config.predicted_from
            )
        self.accelerator.backward(losses["loss"])
        self.accelerator.clip_grad_norm_(self.objective.parameters(), config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad()
        values = {name: float(value.detach()) for name, value in losses.items()}
        if not values["loss"] < float("inf"):
            raise RasadError(f"the loss is {values['loss']} at step {step}; lower the rates or use precision: no")
        return values

    def _drop_words(self, ids: Tensor) -> Tensor:
        if not self.config.word_dropout or self.encoder.mask_id is None:
            return ids
        special = torch.tensor([self.encoder.start_id, self.encoder.end_id, self.encoder.pad_id])
        drop = (torch.rand(ids.shape) < self.config.word_dropout) & ~torch.isin(ids, special)
        return ids.masked_fill(drop, self.encoder.mask_id)

    def _close_epoch(self, seconds: float) -> None:
        progress = self.progress
        steps, losses = max(progress.batch, 1), progress.losses
        progress.epoch, progress.batch, progress.losses = progress.epoch + 1, 0, {}
        line: dict[str, Any] = {"epoch": progress.epoch, "step": progress.step, "seconds": round(seconds, 1)}
        line |= {name: round(value / steps, 4) for name, value in losses.items()}
        last = progress.epoch == self.config.epochs
        if self.accelerator.is_main_process:
            if self.dev and (last or progress.epoch >= self.config.epochs * self.config.evaluate_from):
                scores = self._validate()
                line |= scores
                if scores["dev"] > progress.best:
                    progress.best = scores["dev"]
                    self._save_best()
            elif last and not self.dev:
                self._save_best()
            self.folder.log(line)
        self._save_state()
        self.accelerator.wait_for_everyone()

    def _validate(self) -> dict[str, float]:
        """Score the development documents; `dev` is the mean of entity, trigger and relation F1."""
        predicted = Predictor(self.model, self.tokenizer).predict(self.dev)
        total = evaluate(self.dev, predicted, self.scheme).total
        scores = {
            "entities": total.entities.micro.f1,
            "triggers": total.triggers.micro.f1,
            "relations": total.relations.micro.f1,
        }
        mean = sum(scores.values()) / len(scores)
        scores["same_as"] = total.same_as["all"].f1
        return {"dev": round(mean, 4)} | {f"dev_{name}": round(value, 4) for name, value in scores.items()}

    def _open(self) -> None:
        """Start a run folder, or go on with the one that is there."""
        main, last = self.accelerator.is_main_process, self.folder.path / "last"
        if main:
            state.recover(last)
        self.accelerator.wait_for_everyone()
        if last.is_dir():  # else nothing was trained here, and another configuration may have the folder
            self.folder.refuse_another()
        self.accelerator.wait_for_everyone()
        if main:
            self.folder.describe(self._facts(), self.accelerator.device)
        self.accelerator.wait_for_everyone()
        if last.is_dir():
            raw = state.read(last, self.model, self.optimizer.optimizer)
            self.progress = Progress(**raw)
            print(f"resuming at epoch {self.progress.epoch}, step {self.progress.step}", file=sys.stderr, flush=True)
        if main:
            self.folder.trim_log("epoch", self.progress.epoch)

    def _data(self) -> dict[str, dict[str, Any]]:
        return {
            "train": {"documents": len(self.documents), "hash": corpus_hash(self.documents)},
            "dev": {"documents": len(self.dev), "hash": corpus_hash(self.dev) if self.dev else None},
        }

    def _facts(self) -> dict[str, Any]:
        lost_relations = lost(self.examples, self.documents, self.model.rules, self.model.config.pair_distance)
        return {
            "scheme": self.scheme.version,
            "lost": dict(lost_relations),
            "parameters": sum(p.numel() for p in self.model.parameters()),
        }

    def _save_best(self) -> None:
        with state.replacing(self.folder.path / "best") as folder:
            save_checkpoint(self.model, self.tokenizer, folder)

    def _save_state(self) -> None:
        if self.accelerator.is_main_process:
            with state.replacing(self.folder.path / "last") as folder:
                state.write(folder, self.model, self.optimizer.optimizer, vars(self.progress))


def train(config: TrainingConfig) -> Path:
    """Train, or go on training, and return the folder of the best checkpoint."""
    return Run(config).train()


def build(config: TrainingConfig, scheme: Scheme) -> tuple[RasadModel, PreTrainedTokenizerBase]:
    """Make the model to train, and its tokenizer, from the encoder or checkpoint that the configuration names.

    Raises:
        RasadError: where there is no such encoder.
    """
    from transformers import AutoTokenizer

    source = str(default_checkpoint()) if config.encoder == DEFAULT else config.encoder
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        options, kept = config.encoder_options, config.keep_heads
        model = RasadModel.from_encoder(source, scheme, options, keep_heads=kept, **config.model)
    except (OSError, ValueError) as error:
        raise RasadError(f"encoder {source}: {' '.join(str(error).split())}") from error
    return model, tokenizer


def save_checkpoint(model: RasadModel, tokenizer: PreTrainedTokenizerBase, folder: Path, half: bool = False) -> None:
    """Write weights (safetensors in files of at most 45 MB), configuration and tokenizer; `half` in float16."""
    weights = model.state_dict()
    if half:
        weights = {k: v.half() if v.is_floating_point() else v for k, v in weights.items()}
    model.save_pretrained(folder, state_dict=weights, max_shard_size="45MB")
    tokenizer.save_pretrained(folder)


def schedule(step: int, total: int, warmup: float) -> float:
    """Rise linearly for the share `warmup` of the steps, then fall linearly to zero."""
    rise = max(int(total * warmup), 1)
    if step < rise:
        return (step + 1) / rise
    return max(0.0, (total - step) / max(total - rise, 1))


def attribute_weights(examples: Sequence[Example], scheme: Scheme, exponent: float) -> dict[str, Tensor]:
    """Weigh the values of each attribute by inverse frequency to the power `exponent`, at most eightfold."""
    weights = {}
    for name, values in scheme.attributes.items():
        counts = Counter(v for e in examples for v in e.attributes[name])
        seen = torch.tensor([counts[i] + 1.0 for i in range(len(values))])
        weights[name] = ((seen.max() / seen) ** exponent).clamp(max=8.0)
    return weights


def _to_learn_from(
    config: TrainingConfig, documents: Sequence[Document], homes: Mapping[str, Path]
) -> tuple[list[Document], list[float], list[float]]:
    """Return what a run learns from, given the file that each document is in.

    Beside the documents: how often an epoch meets each, and the share of its marks in the loss.
    """
    weights = {file.resolve(): float(weight) for path, weight in config.weights.items() for file in find([path])}
    apart, told = ({file.resolve() for file in find(paths)} for paths in (config.apart, config.told))
    other = config.marked if config.teachers else 1.0
    found, often, marked = [], [], []
    for document in documents:
        home = homes[document.id].resolve()
        parts = items(document) if home in apart else [document]
        found += parts
        often += [weights.get(home, 1.0)] * len(parts)
        marked += [0.0 if home in told else other] * len(parts)
    return found, often, marked


def _documents(paths: Sequence[str], split: str) -> tuple[list[Document], dict[str, Path]]:
    """Return the documents of a split, and the file of each by its id."""
    loaded, homes = load_with_homes(paths)
    found = split_of(loaded, split)
    if paths and not any(d.text.strip() for d in found):
        raise RasadError(f"{split}: none of the {split} documents named has a word and is of the split {split}")
    return found, homes


if __name__ == "__main__":
    from rasad.__main__ import main

    sys.exit(main(["train", *sys.argv[1:]]))
