"""CRF: a linear-chain conditional random field over words (Lafferty et al. 2001), as in python-crfsuite.

A word is known by its folded form, that without the clitics that its article gives away, its first and last letters,
its shape, what stands between it and the word before, and its neighbours, two on each side. A sequence is a paragraph.
It predicts spans and no relations; polarity and modality are left at their defaults.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pycrfsuite

from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.annotations.text import fold, strip_clitics
from rasad.eval.baselines.baseline import Baseline, Mark, Settings, marked, model_name
from rasad.eval.baselines.tagging import Word, marks, sequences, tags

PASSES = 100  # of L-BFGS, each over all of the data
PENALTIES = {"c1": 0.1, "c2": 0.01}  # weights of the L1 and L2 norm
AFFIX = 4  # letters of the longest
AROUND = (-2, -1, 1, 2)


class Crf:
    """A trained field, as the bytes of crfsuite's model file."""

    def __init__(self, learnt: bytes) -> None:
        self._learnt = learnt  # the tagger reads these bytes and does not keep them
        self._tagger: Any = pycrfsuite.Tagger()
        self._tagger.open_inmemory(learnt)
        self.model = model_name("crf", [learnt])
        self.lost = Counter[str]()

    def predict(self, document: Document) -> Document:
        """Mark the best sequence of tags; the mean marginal probability of its tags is the score of a span."""
        found = [mark for words in sequences(document.text) for mark in self._marks(document.text, words)]
        return marked(document, found, self.model)

    def _marks(self, text: str, words: Sequence[Word]) -> list[Mark]:
        tagged = self._tagger.tag(features(text, words))
        return marks(words, tagged, [self._tagger.marginal(tag, i) for i, tag in enumerate(tagged)])


def fit(documents: Sequence[Document], scheme: Scheme, settings: Settings) -> Baseline:
    """Train a field by L-BFGS, which takes the same data to the same weights."""
    passes = PASSES if settings.epochs is None else settings.epochs
    trainer: Any = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({**PENALTIES, "max_iterations": passes, "feature.possible_transitions": False})
    for document in documents:
        for words, tagged in zip(sequences(document.text), tags(document), strict=True):
            trainer.append(features(document.text, words), tagged)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.crfsuite"
        trainer.train(str(path))
        return Crf(path.read_bytes())


def features(text: str, words: Sequence[Word]) -> list[list[str]]:
    """Return what is known of each word of a paragraph, as `name=value`."""
    written = [text[start:end] for start, end in words]
    forms = [fold(word) for word in written]
    stems = [fold(strip_clitics(word)) for word in written]
    return [
        [*_own(written[i], forms[i], stems[i]), f"gap={_gap(text, words, i)}", *_neighbours(forms, stems, i)]
        for i in range(len(words))
    ]


def _own(word: str, form: str, stem: str) -> list[str]:
    affixes = [f"{name}={part}" for n in range(1, AFFIX + 1) for name, part in (("pre", form[:n]), ("suf", form[-n:]))]
    return ["bias", f"form={form}", f"stem={stem}", f"shape={_shape(word)}", *affixes]


def _shape(word: str) -> str:
    """Return the kinds of a word's characters, runs as one: `F-16` is `X-0`, `غارة` is `ا`."""
    kinds = ["0" if c.isdigit() else "X" if c.isupper() else "x" if c.islower() else _other(c) for c in word]
    return "".join(kind for i, kind in enumerate(kinds) if i == 0 or kind != kinds[i - 1])


def _other(char: str) -> str:
    return "ا" if char.isalpha() else char


def _gap(text: str, words: Sequence[Word], i: int) -> str:
    """Return the punctuation between a word and the one before, or `first` for the first of a paragraph."""
    return "first" if i == 0 else text[words[i - 1][1] : words[i][0]].strip()


def _neighbours(forms: Sequence[str], stems: Sequence[str], i: int) -> list[str]:
    there = [step for step in AROUND if 0 <= i + step < len(forms)]
    alone = [f"{step}:{name}={row[i + step]}" for step in there for name, row in (("form", forms), ("stem", stems))]
    return alone + [f"{step}:both={stems[i]}|{stems[i + step]}" for step in there if abs(step) == 1]
