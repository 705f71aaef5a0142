"""The catalogue of baselines: each by its name, trained when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.scheme import Scheme
from rasad.annotations.splits import story_of
from rasad.eval.baselines.baseline import Baseline, Settings


@dataclass(frozen=True, slots=True)
class Kind:
    """A baseline: its module, which of the settings it takes, and the library it needs, if any."""

    module: str
    takes: tuple[str, ...]
    library: str | None = None


KINDS: Mapping[str, Kind] = {
    "lexicon": Kind("rasad.eval.baselines.lexicon", ()),
    "crf": Kind("rasad.eval.baselines.crf", ("epochs",), "pycrfsuite"),
    "spacy": Kind("rasad.eval.baselines.transitions", ("epochs", "seed"), "spacy"),
    "transformers": Kind("rasad.eval.baselines.pipeline", ("epochs", "seed", "encoder")),
}


def fit(name: str, examples: Sequence[Document], scheme: Scheme, settings: Settings) -> Baseline:
    """Train the baseline of a name.

    Raises:
        RasadError: where there is none, it does not take a setting, or its library is not installed.
    """
    _check(name, settings)
    kind = KINDS[name]
    try:
        module: Any = importlib.import_module(kind.module)
    except ModuleNotFoundError as error:
        if kind.library is None or error.name != kind.library:
            raise
        raise RasadError(
            f"{name} needs {kind.library}, which is not installed: pip install 'rasad[baselines]'"
        ) from None
    baseline: Baseline = module.fit(examples, scheme, settings)
    return baseline


def _check(name: str, settings: Settings) -> None:
    if name not in KINDS:
        raise RasadError(f"unknown baseline {name}{suggest(name, KINDS)}")
    for setting in ("epochs", "seed", "encoder"):
        if getattr(settings, setting) is not None and setting not in KINDS[name].takes:
            raise RasadError(f"{name} takes no --{setting}")


def refuse_seen(examples: Iterable[Document], gold: Iterable[Document]) -> None:
    """Refuse to score on what was trained on.

    Raises:
        RasadError: naming a document whose story or text is one of training.
    """
    stories, texts = set(), set()
    for document in examples:
        stories.add(story_of(document))
        texts.add(document.text)
    for document in gold:
        if story_of(document) in stories or document.text in texts:
            raise RasadError(f"{document.id}: trained on and scored; choose other documents with --on or --split")
