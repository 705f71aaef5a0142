"""Shipping: a trained checkpoint as the one that comes with rasad, in float16 and in files that a repository can hold.

    python training/ship.py runs/default/best models/default span_threshold=0.5 relation_threshold=0.4

The card (README.md) of the folder stays; write it anew from the scores of what was shipped.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.scheme import default_scheme
from rasad.inference.predictor import Predictor, checkpoint_hash
from rasad.training.finetune import save_checkpoint
from rasad.training.state import replacing

SETTINGS = ("none_bias", "new_bias", "split_bias", "span_threshold", "relation_threshold")


def ship(checkpoint: Path, folder: Path, settings: Mapping[str, float]) -> str:
    """Write a checkpoint to a folder in float16; return its hash there.

    Args:
        checkpoint: The folder that `rasad train` wrote.
        folder: Where it goes; a card that lies there stays.
        settings: Of decoding (`span_threshold`, …), as they were chosen for it.

    Raises:
        RasadError: where there is no whole checkpoint, or a setting is none of decoding.
    """
    predictor = Predictor.from_pretrained(checkpoint, device="cpu")
    for name, value in settings.items():
        if name not in SETTINGS:
            raise RasadError(f"unknown setting {name}{suggest(name, SETTINGS)}")
        setattr(predictor.model.config, name, value)
    # The labels are the same, or it would not have loaded; what they are called may have changed since.
    predictor.model.config.scheme = default_scheme().to_dict()
    card = folder / "README.md"
    with replacing(folder) as new:
        save_checkpoint(predictor.model, predictor.encoder.tokenizer, new, half=True)
        if card.is_file():
            shutil.copy2(card, new)
    return checkpoint_hash(folder)


if __name__ == "__main__":
    given = (setting.partition("=") for setting in sys.argv[3:])
    print(ship(Path(sys.argv[1]), Path(sys.argv[2]), {name: float(value) for name, _, value in given}))
