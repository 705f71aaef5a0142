"""Shipping: a trained checkpoint as the one that comes with rasad, in float16 and in files that a repository can hold.

    python training/ship.py runs/default/best models/default

The card (README.md) of the folder stays; write it anew from the scores of what was shipped.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from rasad.inference.predictor import Predictor, checkpoint_hash
from rasad.training.finetune import save_checkpoint
from rasad.training.state import replacing


def ship(checkpoint: Path, folder: Path) -> str:
    """Write a checkpoint to a folder in float16; return its hash there.

    Raises:
        RasadError: where there is no whole checkpoint.
    """
    predictor = Predictor.from_pretrained(checkpoint, device="cpu")
    card = folder / "README.md"
    with replacing(folder) as new:
        save_checkpoint(predictor.model, predictor.encoder.tokenizer, new, half=True)
        if card.is_file():
            shutil.copy2(card, new)
    return checkpoint_hash(folder)


if __name__ == "__main__":
    print(ship(Path(sys.argv[1]), Path(sys.argv[2])))
