"""Shipping: a trained checkpoint as the one that comes with rasad, in float16 and in files that a repository can hold.

    python training/ship.py runs/default/best models/default span_threshold=0.5 relation_threshold=0.4

Where a checkpoint has learnt further from an older one, the mean of their weights may read better than either
(Wortsman et al. 2022, *Robust fine-tuning of zero-shot models*): `older=FOLDER older_share=0.3` takes
that share from the older one.

The card (README.md) of the folder stays; write it anew from the scores of what was shipped.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import torch

from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.scheme import default_scheme
from rasad.inference.predictor import Predictor, checkpoint_hash
from rasad.models.network import RasadModel
from rasad.training.finetune import save_checkpoint
from rasad.training.state import replacing

SETTINGS = ("none_bias", "new_bias", "split_bias", "span_threshold", "relation_threshold")


def ship(
    checkpoint: Path, folder: Path, settings: Mapping[str, float], older: Path | None = None, older_share: float = 0.0
) -> str:
    """Write a checkpoint to a folder in float16; return its hash there.

    Args:
        checkpoint: The folder that `rasad train` wrote.
        folder: Where it goes; a card that lies there stays.
        settings: Of decoding (`span_threshold`, …), as they were chosen for it.
        older: A checkpoint that it learnt further from, to average its weights with.
        older_share: How much of the mean is the older one's.

    Raises:
        RasadError: where there is no whole checkpoint, a setting is none of decoding, or the older checkpoint is of
            another shape.
    """
    predictor = Predictor.from_pretrained(checkpoint, device="cpu")
    for name, value in settings.items():
        if name not in SETTINGS:
            raise RasadError(f"unknown setting {name}{suggest(name, SETTINGS)}")
        setattr(predictor.model.config, name, value)
    if older is not None:
        _average(predictor.model, Predictor.from_pretrained(older, device="cpu").model, older_share)
    # The labels are the same, or it would not have loaded; what they are called may have changed since.
    predictor.model.config.scheme = default_scheme().to_dict()
    card = folder / "README.md"
    with replacing(folder) as new:
        save_checkpoint(predictor.model, predictor.encoder.tokenizer, new, half=True)
        if card.is_file():
            shutil.copy2(card, new)
    return checkpoint_hash(folder)


def _average(model: RasadModel, older: RasadModel, share: float) -> None:
    """Move the weights of a model towards those of an older one."""
    mine, theirs = model.state_dict(), older.state_dict()
    if {k: v.shape for k, v in mine.items()} != {k: v.shape for k, v in theirs.items()}:
        raise RasadError("older: its weights have other names or shapes; only checkpoints of one make have a mean")
    # What is no fraction is an index, the same in both.
    mean = {k: torch.lerp(v, theirs[k], share) if v.is_floating_point() else v for k, v in mine.items()}
    model.load_state_dict(mean)


if __name__ == "__main__":
    given = dict(setting.split("=", 1) for setting in sys.argv[3:])
    old, share = given.pop("older", None), float(given.pop("older_share", 0.0))
    chosen = {name: float(value) for name, value in given.items()}
    print(ship(Path(sys.argv[1]), Path(sys.argv[2]), chosen, Path(old) if old else None, share))
