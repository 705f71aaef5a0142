"""What a run needs to go on after a kill: weights, optimizer and position, as safetensors and JSON, never pickle."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to that takes the place of `folder` when all went well.

    A kill at any moment leaves the old folder or the new one; in the instant between the two renames the old one is
    called `.old`, and `recover` puts it back.
    """
    new, old = folder.with_suffix(".new"), folder.with_suffix(".old")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    yield new
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put back what a kill in the middle of `replacing` left under its other name."""
    old = folder.with_suffix(".old")
    if old.exists() and not folder.exists():
        old.rename(folder)


def write(folder: Path, model: nn.Module, optimizer: torch.optim.Optimizer, progress: Mapping[str, Any]) -> None:
    """Write the state of a run into an empty folder."""
    save_file({k: v.contiguous().clone() for k, v in model.state_dict().items()}, folder / "model.safetensors")
    moments = {
        f"{index}.{name}": value.contiguous()
        for index, row in optimizer.state_dict()["state"].items()
        for name, value in row.items()
    }
    save_file(moments, folder / "optimizer.safetensors")
    (folder / "progress.json").write_text(json.dumps(dict(progress)), "utf-8")


def read(folder: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Load a written state into the model and the optimizer; return the progress."""
    model.load_state_dict(load_file(folder / "model.safetensors"))
    moments: dict[int, dict[str, Tensor]] = {}
    for key, value in load_file(folder / "optimizer.safetensors").items():
        index, _, name = key.partition(".")
        moments.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    raw: dict[str, Any] = json.loads((folder / "progress.json").read_text("utf-8"))
    return raw
