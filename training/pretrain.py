"""Pretraining: masked-language modelling that adapts an encoder to plain texts, resumable at any step.

A run folder holds, beside what every run's has (see `folder`), `last/` (to resume from), `stable/` (as it was before
the rates began to fall, to go on from with more steps) and, at the end, `encoder/` (to train from: `rasad train
--encoder RUN/encoder`). Order, masks and dropout depend on the seed and the step alone, so that a run that was killed
ends with the weights of one that was not.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rasad.annotations.errors import RasadError
from rasad.models.configuration import row_size
from rasad.models.encoding import Encoder
from rasad.training import state
from rasad.training.backbone import as_it_came, keep_layers, load_backbone, renew_layers, spread
from rasad.training.config import PretrainingConfig
from rasad.training.distilled import DistilledModel
from rasad.training.folder import RunFolder
from rasad.training.masked import MaskedModel
from rasad.training.masking import Masking
from rasad.training.rates import parameter_groups
from rasad.training.replaced import ReplacedModel
from rasad.training.sampling import Texts
from rasad.training.texts import Packed

if TYPE_CHECKING:
    from accelerate import Accelerator
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Objective = MaskedModel | ReplacedModel | DistilledModel

_PATIENCE = timedelta(days=1)  # of processes that wait for the one that packs; by default they give up in minutes
_HELD_OUT_RATE = 0.15  # always, so that losses of runs with other rates compare


@dataclass
class Progress:
    """Where a run stands; what `last/` keeps beside the weights."""

    step: int = 0
    trained: float = 0.0  # seconds in steps, in all
    # Since the last line of the log:
    steps: int = 0
    loss: float = 0.0  # summed
    seconds: float = 0.0


class Pretraining:
    """One run of pretraining.

    Raises:
        RasadError: where the texts or the encoder cannot be read, or the folder holds another run.
    """

    def __init__(self, config: PretrainingConfig) -> None:
        from accelerate import Accelerator, InitProcessGroupKwargs

        if config.threads:
            torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.config = config
        try:
            self.accelerator: Accelerator = Accelerator(
                mixed_precision=config.precision, kwargs_handlers=[InitProcessGroupKwargs(timeout=_PATIENCE)]
            )
        except ValueError as error:
            raise RasadError(f"precision: {' '.join(str(error).split())}") from error
        if config.batch_rows % (count := self.accelerator.num_processes):
            raise RasadError(f"batch_rows: {config.batch_rows} do not part evenly among {count} processes")
        self.model, self.tokenizer = load_objective(config)
        self.before = as_it_came(config.encoder, config.encoder_options)
        self.encoder = Encoder(self.tokenizer, row_size(config.window, self.model.encoder.config), 0)
        if self.encoder.mask_id is None:
            raise RasadError(f"encoder {config.encoder}: its tokenizer has no mask piece, and nothing can be hidden")
        self.masking = Masking(config.mask_rate, config.mask_span, self.encoder.mask_id, len(self.tokenizer))
        self.texts = Texts(config, self.encoder, self.accelerator)
        optimizer = torch.optim.AdamW(parameter_groups(self.model, _encoders(self.model), config), fused=True)
        self.objective, self.optimizer = self.accelerator.prepare(self.model, optimizer)
        self.progress = Progress()
        self.folder = RunFolder(config, {name: asdict(counts) for name, counts in self.texts.counts.items()})

    def train(self) -> Path:
        """Train to the end and return the folder of the adapted encoder."""
        self._open()
        config, progress = self.config, self.progress
        if progress.step == 0:
            self._report()
        plan = self.texts.plan(config.steps * config.batch_rows, config.seed)
        while progress.step < config.steps:
            started = time.monotonic()
            rows = plan[progress.step * config.batch_rows : (progress.step + 1) * config.batch_rows]
            progress.loss += self._step(self.texts.pieces(rows))
            progress.step += 1
            progress.steps += 1
            progress.seconds += time.monotonic() - started
            self._after_step()
        return self._save_encoder()

    def _step(self, rows: Packed) -> float:
        config, step, rank = self.config, self.progress.step, self.accelerator.process_index
        mine = slice(rank, None, self.accelerator.num_processes)
        torch.manual_seed(config.seed * 1_000_003 + step * 101 + rank)
        factor = schedule(step, config)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        self.objective.train()
        with self.accelerator.autocast():
            loss = self.objective(**self._batch(rows, self.masking, np.random.default_rng([config.seed, step]), mine))
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.objective.parameters(), config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad()
        value = float(self.accelerator.reduce(loss.detach(), "mean"))
        if not value < float("inf"):
            raise RasadError(f"the loss is {value} at step {step}; lower the rates or use precision: no")
        return value

    def _batch(
        self, rows: Packed, masking: Masking, rng: np.random.Generator, mine: slice = slice(None)
    ) -> dict[str, Tensor]:
        """Hide words, and frame each row by the special pieces; of the rows return `mine`."""
        hidden = masking.hidden(rows.word, rng)
        seen = masking.shown(rows.pieces, hidden, rng)
        start, end = self.encoder.start_id, self.encoder.end_id
        framed = {
            "pieces": _framed(rows.pieces, start, end),
            "seen": _framed(seen, start, end),
            "hidden": _framed(hidden, False, False),
            "attention": _framed(rows.pieces != self.encoder.pad_id, True, True),
        }
        return {name: torch.from_numpy(value[mine]).to(self.accelerator.device) for name, value in framed.items()}

    def _after_step(self) -> None:
        config, step = self.config, self.progress.step
        if self.accelerator.is_main_process and sys.stderr.isatty():
            # Without an end of line: the next of these, or of the log, takes its place.
            print(f"step {step} of {config.steps}\x1b[K", end="\r", file=sys.stderr, flush=True)
        last = step == config.steps
        due = step % config.evaluate_every == 0 or last
        if due:
            self._report()
        if due if not config.save_every else step % config.save_every == 0 or last:
            self._save_state("last")
        if step == stable_steps(config):
            self._save_state("stable")

    def _report(self) -> None:
        """Write a line of the log: the loss on held-out text by source, and what was trained since the line before."""
        progress, config = self.progress, self.config
        held_out = {f"held_out_{name}": round(loss, 4) for name, loss in self.held_out().items()}
        progress.trained += progress.seconds
        steps = progress.steps
        line: dict[str, Any] = {
            "step": progress.step,
            "pieces": progress.step * config.batch_rows * self.encoder.capacity,
        }
        if steps:
            speed = steps * config.batch_rows * self.encoder.capacity / max(progress.seconds, 1e-9)
            line |= {"loss": round(progress.loss / steps, 4), "pieces_per_second": round(speed)}
            line |= {"minutes": round(progress.trained / 60, 1)}
            line |= {"minutes_left": round(progress.seconds / steps * (config.steps - progress.step) / 60, 1)}
        progress.steps, progress.loss, progress.seconds = 0, 0.0, 0.0
        if self.accelerator.is_main_process:
            self.folder.log(line | held_out)

    @torch.no_grad()
    def held_out(self) -> dict[str, float]:
        """Return the mean loss at hidden pieces of each source's held-out text, always the same ones."""
        self.objective.eval()
        torch.manual_seed(0)  # a generator draws; every step has a seed of its own
        masking = Masking(_HELD_OUT_RATE, 1, self.masking.mask_id, self.masking.vocabulary)
        losses = {}
        for name, rows in self.texts.held_out.items():
            rng = np.random.default_rng(0)
            total, count = 0.0, 0
            for start in range(0, len(rows.pieces), self.config.batch_rows):
                part = slice(start, start + self.config.batch_rows)
                batch = self._batch(Packed(rows.pieces[part], rows.word[part]), masking, rng)
                hidden = int(batch["hidden"].sum())
                with self.accelerator.autocast():
                    total += float(self.model(**batch)) * hidden
                count += hidden
            losses[name] = total / max(count, 1)
        return losses

    def _open(self) -> None:
        """Start a run folder, or go on with the run that is there."""
        main, path = self.accelerator.is_main_process, self.folder.path
        if main:
            state.recover(path / "last")
            state.recover(path / "stable")
        self.accelerator.wait_for_everyone()
        begun = (path / "last").is_dir()
        back = begun and self._goes_back()
        self.accelerator.wait_for_everyone()
        if main:
            if back:  # before the new configuration is written: a kill between the two does no harm
                with state.replacing(path / "last") as folder:
                    shutil.copytree(path / "stable", folder, dirs_exist_ok=True)
            self.folder.describe({"pieces_a_row": self.encoder.capacity}, self.accelerator.device)
        self.accelerator.wait_for_everyone()
        if begun:
            self.progress = Progress(**state.read(path / "last", self.model, self.optimizer.optimizer))
            if self.progress.step == stable_steps(self.config):
                self._save_state("stable")  # which a kill may have prevented
        if main:
            if begun:
                print(f"resuming at step {self.progress.step}", file=sys.stderr, flush=True)
            self.folder.trim_log("step", self.progress.step if begun else -1)

    def _goes_back(self) -> bool:
        """Say whether the run that is there must go on from before its rates began to fall, to be given more steps.

        Raises:
            RasadError: where the configuration differs in more than `steps`, or its rates should have fallen already.
        """
        path = self.folder.path
        before = self.folder.refuse_another(free=("steps",))
        stable, stable_before = stable_steps(self.config), stable_steps(before)
        reached = json.loads((path / "last" / "progress.json").read_text("utf-8"))["step"]
        if before.steps == self.config.steps or reached <= min(stable, stable_before):
            return False
        if stable < stable_before:
            raise RasadError(f"steps: the run in {path} was laid out for {before.steps}; name no fewer")
        if not (path / "stable").is_dir():
            raise RasadError(f"steps: the rates of the run in {path} fell from the first step; name another output")
        return True

    def _save_state(self, name: str) -> None:
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            with state.replacing(self.folder.path / name) as folder:
                state.write(folder, self.model, self.optimizer.optimizer, vars(self.progress))

    def _save_encoder(self) -> Path:
        """Write the encoder with the settings that it came with: dropout left out here is not left out for good."""
        path = self.folder.path / "encoder"
        if self.accelerator.is_main_process:
            for name, value in self.before.items():
                setattr(self.model.encoder.config, name, value)
            with state.replacing(path) as folder:
                self.model.save(folder)
                self.tokenizer.save_pretrained(folder)
        self.accelerator.wait_for_everyone()
        return path


def pretrain(config: PretrainingConfig) -> Path:
    """Pretrain, or go on pretraining, and return the folder of the adapted encoder."""
    return Pretraining(config).train()


def load_objective(config: PretrainingConfig) -> tuple[Objective, PreTrainedTokenizerBase]:
    """Load the encoder that a configuration names, and put on it what the objective needs.

    Raises:
        RasadError: where there is no such encoder, it has fewer layers than are named, or the teacher is of another
            make.
    """
    loaded = load_backbone(config.encoder, config.encoder_options)
    model, tokenizer = loaded.model, loaded.tokenizer
    depth = model.config.num_hidden_layers
    _check_depth(config, depth, "layers")
    if config.layers:
        keep_layers(model, spread(depth, config.layers))
    _check_depth(
        config, config.layers or depth, "fresh_layers", *(["generator_layers"] * (config.objective == "replaced"))
    )
    if config.fresh_layers:
        renew_layers(model, config.fresh_layers)
    if config.objective == "replaced":
        return ReplacedModel(MaskedModel(model).encoder, config.generator_layers), tokenizer
    masked = MaskedModel(model)
    if config.objective == "masked":
        return masked, tokenizer
    teacher = load_backbone(config.teacher, config.encoder_options)
    _check_teacher(teacher.model, model)
    return DistilledModel(masked, MaskedModel(teacher.model), teacher.told), tokenizer


def _check_depth(config: PretrainingConfig, depth: int, *names: str) -> None:
    for name in names:
        if getattr(config, name) > depth:
            raise RasadError(f"{name}: {getattr(config, name)} is more than the {depth} layers that the encoder has")


def _check_teacher(teacher: PreTrainedModel, student: PreTrainedModel) -> None:
    for name, what in (("hidden_size", "width"), ("vocab_size", "vocabulary")):
        theirs, ours = getattr(teacher.config, name), getattr(student.config, name)
        if theirs != ours:
            raise RasadError(f"teacher: its {what} is {theirs}, the encoder's {ours}; they must be the same")
    if teacher.config.num_hidden_layers < student.config.num_hidden_layers:
        raise RasadError("teacher: it has fewer layers than the encoder; name fewer layers")


def stable_steps(config: PretrainingConfig) -> int:
    """Return after how many steps the rates begin to fall."""
    return config.steps - round(config.steps * config.decay)


def schedule(step: int, config: PretrainingConfig) -> float:
    """Rise linearly, stay, and fall linearly to zero: after Zhai et al., "Scaling Vision Transformers" (2022).

    With rates that stay, a run can go on with more steps as if it had been meant to.
    """
    stable = stable_steps(config)
    fall = (config.steps - step) / (config.steps - stable) if step >= stable else 1.0
    return min(1.0, (step + 1) / max(config.warmup_steps, 1), fall)


def _encoders(model: Objective) -> list[Any]:
    """Return what learns at the encoder's rate."""
    return [model.encoder, *([model.generator.encoder] if isinstance(model, ReplacedModel) else [])]


def _framed(rows: NDArray[Any], start: Any, end: Any) -> NDArray[Any]:
    return np.pad(rows, ((0, 0), (1, 1)), constant_values=((0, 0), (start, end)))


if __name__ == "__main__":
    from rasad.__main__ import main

    sys.exit(main(["pretrain", *sys.argv[1:]]))
