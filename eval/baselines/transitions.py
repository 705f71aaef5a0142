"""Transitions: spaCy's named-entity recogniser, a transition-based parser over a convolutional encoder, from scratch.

One blank pipeline for each language of the training documents, with spaCy's own tokenizer and defaults and no trained
parts; a paragraph is a `Doc`. Its tokens are not rasad's words: spans in training that its tokens cannot carry are lost
and counted, and predicted ones are mended to words. spaCy gives its spans no scores. It predicts no relations; polarity
and modality are left at their defaults.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import spacy
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import paragraphs
from rasad.eval.baselines.baseline import Baseline, Mark, Settings, marked, model_name
from rasad.eval.baselines.tagging import mended

EPOCHS = 20
BATCH = 32  # paragraphs
DROPOUT = 0.2
UNCARRIED = "gold spans of training that spaCy's tokens cannot carry"
BLANK = {"mixed": "xx"}  # spaCy's name for a pipeline of several languages


class Transitions:
    """Trained pipelines by language."""

    def __init__(self, pipelines: Mapping[str, Any], lost: Counter[str]) -> None:
        self._pipelines = pipelines
        learnt = [pipelines[lang].get_pipe("ner").model.to_bytes() for lang in sorted(pipelines)]
        self.model = model_name("spacy", learnt)
        self.lost = lost

    def predict(self, document: Document) -> Document:
        """Mark the spans that the pipeline of the document's language finds.

        Raises:
            RasadError: where training had no document of the language.
        """
        if document.lang not in self._pipelines:
            known = ", ".join(sorted(self._pipelines))
            raise RasadError(f"{document.id}: its language is {document.lang}, training documents are {known}")
        found = []
        for start, end in paragraphs(document.text):
            read = self._pipelines[document.lang](document.text[start:end])
            found += [Mark(start + e.start_char, start + e.end_char, e.label_) for e in read.ents]
        return marked(document, mended(document.text, found, self.lost), self.model)


def fit(documents: Sequence[Document], scheme: Scheme, settings: Settings) -> Baseline:
    """Train a pipeline for each language."""
    by_language: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_language[document.lang].append(document)
    lost = Counter[str]()
    epochs = EPOCHS if settings.epochs is None else settings.epochs
    trained = {lang: _train(lang, its, epochs, settings.seed or 0, lost) for lang, its in by_language.items()}
    return Transitions(trained, lost)


def _train(lang: str, documents: Sequence[Document], epochs: int, seed: int, lost: Counter[str]) -> Any:
    fix_random_seed(seed)
    shuffle = random.Random(seed).shuffle
    pipeline: Any = spacy.blank(BLANK.get(lang, lang))
    recogniser = pipeline.add_pipe("ner")
    examples = [example for document in documents for example in _examples(pipeline, document, lost)]
    for label in sorted({span.type for document in documents for span in document.spans}):
        recogniser.add_label(label)
    optimizer = pipeline.initialize(lambda: examples)
    for _ in range(epochs):
        shuffle(examples)
        for batch in minibatch(examples, size=BATCH):
            pipeline.update(batch, sgd=optimizer, drop=DROPOUT)
    return pipeline


def _examples(pipeline: Any, document: Document, lost: Counter[str]) -> list[Any]:
    """Return a paragraph each; the annotated `Doc` has the spans that its tokens can carry."""
    made = []
    for start, end in paragraphs(document.text):
        annotated = pipeline.make_doc(document.text[start:end])
        inside = [s for s in document.spans if start <= s.start < end]
        spans = [annotated.char_span(s.start - start, s.end - start, label=s.type) for s in inside]
        annotated.ents = [span for span in spans if span is not None]
        lost[UNCARRIED] += spans.count(None)
        made.append(Example(pipeline.make_doc(document.text[start:end]), annotated))
    return made
