"""Sampling: which packed rows a run reads at which step, from several sources of different weight."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rasad.annotations.corpus import load
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.models.encoding import Encoder
from rasad.training.config import PretrainingConfig
from rasad.training.texts import Counts, Packed, Store, conflict_words, source_name

if TYPE_CHECKING:
    from accelerate import Accelerator


class Texts:
    """The packed rows that a run reads, and how often it meets each part of them.

    Args:
        config: names the texts, their weights and what is on conflict.
        encoder: cuts documents into pieces.
        accelerator: one process packs, the others wait.
    """

    def __init__(self, config: PretrainingConfig, encoder: Encoder, accelerator: Accelerator) -> None:
        scheme = default_scheme()
        lexicon = conflict_words(load(config.conflict_corpus), scheme) if config.conflict_corpus else frozenset[str]()
        share = config.conflict_share if lexicon else 1.0
        store = Store(Path(config.rows))
        names = [source_name(path) for path in config.texts]
        if twins := [path for name, path in zip(names, config.texts, strict=True) if names.count(name) > 1]:
            raise RasadError(f"texts: two files have one name ({', '.join(twins)}); rename one, suffixes aside")
        self.counts: dict[str, Counts] = {}
        with accelerator.main_process_first():
            for name, path in zip(names, config.texts, strict=True):
                if accelerator.is_main_process:
                    print(f"packing {path}", file=sys.stderr, flush=True)
                self.counts[name] = store.pack(path, encoder, lexicon, share)
                if accelerator.is_main_process:
                    print(f"  {_told(self.counts[name])}", file=sys.stderr, flush=True)
        self.held_out = {name: store.rows(name, "held_out") for name in names}
        self.parts: list[Packed] = []
        weights: list[float] = []
        for name, weight in zip(names, config.texts.values(), strict=True):
            for kind, factor in (("conflict", config.conflict_weight), ("other", 1.0)):
                rows = store.rows(name, kind)
                if len(rows.pieces):
                    self.parts.append(rows)
                    weights.append(float(weight) * factor * len(rows.pieces))
        self.shares = np.array(weights) / sum(weights)

    def plan(self, total: int, seed: int) -> NDArray[np.int64]:
        """Return which part (first column) and which of its rows (second) each of `total` rows is.

        A part's rows come in a random order, all of them once before any comes again. A longer plan begins with
        the shorter one.
        """
        part = np.random.default_rng(seed).choice(len(self.parts), size=total, p=self.shares)
        row = np.zeros(total, np.int64)
        for number, rows in enumerate(self.parts):
            here = np.flatnonzero(part == number)
            rng = np.random.default_rng([seed, number])
            passes = -(-len(here) // len(rows.pieces))
            order = [rng.permutation(len(rows.pieces)) for _ in range(passes)]
            row[here] = np.concatenate([*order, np.empty(0, np.int64)])[: len(here)]
        return np.stack([part, row], axis=1)

    def pieces(self, rows: NDArray[np.int64]) -> Packed:
        """Gather planned rows."""
        chosen = [(self.parts[part], row) for part, row in rows]
        return Packed(np.stack([p.pieces[r] for p, r in chosen]), np.stack([p.word[r] for p, r in chosen]))


def _told(counts: Counts) -> str:
    numbers = ((name, value) for name, value in asdict(counts).items() if value and name != "packed")
    return ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in numbers)
