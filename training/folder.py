"""The folder of a run: `config.yaml`, `run.json` (data, environment), `log.jsonl`, and what else the run saves."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Collection, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
import yaml

from rasad.annotations.errors import RasadError
from rasad.annotations.files import replacing
from rasad.training.config import Config

C = TypeVar("C", bound=Config)

# Where it stops, what it runs on and what it tells change nothing that is learnt but last digits: a run may go on with
# others.
_TEACHING_NOTHING = frozenset({"threads", "save_every", "evaluate_every"})


class RunFolder(Generic[C]):
    """Keeps what a run was and how it went, and refuses to go on with another's.

    Args:
        config: this run's configuration, which names the folder.
        data: what it runs on, by name.
    """

    def __init__(self, config: C, data: Mapping[str, Any]) -> None:
        self.path = Path(config.output)
        self.config = config
        self.data = data

    def refuse_another(self, free: Collection[str] = ()) -> C:
        """Refuse the folder where it holds another run; return the configuration that it holds.

        Args:
            free: keys of the configuration that may have changed, beside those that change nothing that is learnt.

        Raises:
            RasadError: where another configuration or other data were used.
        """
        config, facts = self.path / "config.yaml", self.path / "run.json"
        before = self.config
        if config.exists():
            before = type(self.config).from_dict(yaml.safe_load(config.read_text("utf-8")))
            then, now = before.to_dict(), self.config.to_dict()
            free = _TEACHING_NOTHING.union(free)
            if changed := [key for key in now if now[key] != then[key] and key not in free]:
                raise RasadError(
                    f"{self.path}: holds a run of another configuration ({', '.join(changed)}); name another output"
                )
        if facts.exists():
            kept = json.loads(facts.read_text("utf-8"))
            for name, value in self.data.items():
                if kept[name] != value:
                    raise RasadError(f"{self.path}: holds a run on other {name} documents; name another output")
        return before

    def describe(self, facts: Mapping[str, Any], device: object) -> None:
        """Write what the run is, and in what environment."""
        self.path.mkdir(parents=True, exist_ok=True)
        with replacing(self.path / "config.yaml") as file:
            yaml.safe_dump(self.config.to_dict(), file, sort_keys=False, allow_unicode=True)
        packages = {name: version(name) for name in ("rasad", "torch", "transformers", "accelerate")}
        machine = f"{platform.machine()}, {torch.get_num_threads()} threads, {device}"
        environment = {"python": platform.python_version(), "packages": packages, "machine": machine}
        with replacing(self.path / "run.json") as file:
            json.dump({**facts, **environment, **self.data}, file, ensure_ascii=False, indent=2)

    def log(self, line: Mapping[str, Any]) -> None:
        """Add a line to the log, and show it."""
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        print(" ".join(f"{k} {v}" for k, v in line.items()), file=sys.stderr, flush=True)

    def trim_log(self, key: str, reached: int) -> None:
        """Drop the lines of what a kill undid, for they will be written again: those whose `key` is above `reached`."""
        path = self.path / "log.jsonl"
        lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
        # A line without an end is one that a kill broke off.
        kept = [line for line in lines if line.endswith("\n") and json.loads(line)[key] <= reached]
        if len(kept) < len(lines):
            with replacing(path) as file:
                file.writelines(kept)
