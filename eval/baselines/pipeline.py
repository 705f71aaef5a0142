"""Pipeline: token classification as transformers has it: its `Trainer`, its pipeline, any encoder.

Every piece of a span is tagged, the first with B. The pipeline reads a text in overlapping windows (`stride`) and joins
pieces of one type (`aggregation_strategy="simple"`, the only one that does not need to know words). Its spans are
mended to words. What is lost on the way is counted: spans of training without a piece, words that no window has a piece
of (a tokenizer may drop what it cannot read; without `stride` it would be all that is past the window). It predicts no
relations; polarity and modality are left at their defaults.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    PrinterCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)
from transformers import pipeline as make_pipeline

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import words
from rasad.eval.baselines.baseline import Baseline, Mark, Settings, marked, model_name
from rasad.eval.baselines.tagging import mended

EPOCHS = 10
BATCH = 16  # windows
RATE = 2e-4  # that of rasad's own encoder
WINDOW = 256  # pieces at most, special ones included
OVERLAP = 4  # neighbouring windows share a fourth
UNREAD = "words that no window has a piece of"
PIECELESS = "gold spans of training without a piece"


class Pipeline:
    """A trained model in the stock pipeline."""

    def __init__(self, model: Any, tokenizer: Any, lost: Counter[str]) -> None:
        model.train(False)  # the pipeline leaves dropout on in a model that comes from training
        self._windows = Windows(tokenizer)
        self._pipeline: Any = make_pipeline(
            "token-classification",
            model=model,
            tokenizer=tokenizer,
            aggregation_strategy="simple",
            stride=self._windows.stride,
        )
        self.model = model_name("transformers", _weights(model))
        self.lost = lost

    def predict(self, document: Document) -> Document:
        """Mark what the pipeline finds."""
        found = []
        if words(document.text):
            self.lost[UNREAD] += self._windows.unread(document.text)
            found = [
                Mark(int(e["start"]), int(e["end"]), str(e["entity_group"]), float(e["score"]))
                for e in self._pipeline(document.text)
            ]
        return marked(document, mended(document.text, found, self.lost), self.model)


class Windows:
    """Texts as windows of pieces, the same in training and in the pipeline."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.stride = tokenizer.model_max_length // OVERLAP

    def cut(self, text: str) -> list[dict[str, Any]]:
        """Return windows with `input_ids` and the half-open offsets of each piece, spaces set aside.

        A special piece has empty offsets.
        """
        out = self.tokenizer(
            text, truncation=True, stride=self.stride, return_overflowing_tokens=True, return_offsets_mapping=True
        )
        return [
            {"input_ids": ids, "offsets": [_bare(text, *place) for place in places]}
            for ids, places in zip(out["input_ids"], out["offset_mapping"], strict=True)
        ]

    def unread(self, text: str) -> int:
        """Count the words of which no window has a piece."""
        pieces = {place for window in self.cut(text) for place in window["offsets"] if place[0] < place[1]}
        read = {i for start, end in pieces for i in range(start, end)}
        return sum(read.isdisjoint(range(start, end)) for start, end in words(text))

    def examples(self, document: Document, labels: Sequence[str], lost: Counter[str]) -> Iterator[dict[str, Any]]:
        """Yield the windows of a document with `labels`, -100 on special pieces."""
        owner = [-1] * len(document.text)
        for number, span in enumerate(document.spans):
            owner[span.start : span.end] = [number] * (span.end - span.start)
        first: dict[int, tuple[int, int]] = {}
        for window in self.cut(document.text):
            tagged, before = [], -1
            for start, end in window["offsets"]:
                mine = next((owner[i] for i in range(start, end) if owner[i] >= 0), -1)
                if mine >= 0:
                    # A letter may fall into several pieces of the same offsets: the first of them begins the span.
                    begins = first.setdefault(mine, (start, end)) == (start, end) and before != mine
                    tagged.append(labels.index(f"{'B' if begins else 'I'}-{document.spans[mine].type}"))
                else:
                    tagged.append(0 if start < end else -100)
                before = mine
            yield {"input_ids": window["input_ids"], "labels": tagged}
        lost[PIECELESS] += len(document.spans) - len(first)


def fit(documents: Sequence[Document], scheme: Scheme, settings: Settings) -> Baseline:
    """Fine-tune an encoder.

    Raises:
        RasadError: where no encoder is named, or it cannot be loaded.
    """
    if settings.encoder is None:
        raise RasadError("transformers: an encoder is needed; name a folder or a hub name with --encoder")
    set_seed(settings.seed or 0)
    labels = ["O", *(f"{begin}-{name}" for name in scheme.types for begin in "BI")]
    model, tokenizer = _load(settings.encoder, labels)
    lost = Counter[str]()
    windows = Windows(tokenizer)
    examples = [e for document in documents for e in windows.examples(document, labels, lost)]
    epochs = EPOCHS if settings.epochs is None else settings.epochs
    with tempfile.TemporaryDirectory() as folder:
        _trainer(model, tokenizer, examples, epochs, settings.seed or 0, folder).train()
    return Pipeline(model, tokenizer, lost)


def _load(encoder: str, labels: Sequence[str]) -> tuple[Any, Any]:
    names = {"id2label": dict(enumerate(labels)), "label2id": {name: i for i, name in enumerate(labels)}}
    try:
        config = AutoConfig.from_pretrained(encoder, **names)
        tokenizer: Any = AutoTokenizer.from_pretrained(encoder)
        model = AutoModelForTokenClassification.from_pretrained(encoder, config=config, dtype=torch.float32)
    except (OSError, ValueError) as error:
        raise RasadError(f"{encoder}: cannot be loaded as an encoder: {error}") from error
    if not tokenizer.is_fast:
        raise RasadError(f"{encoder}: its tokenizer gives no offsets; a fast one is needed")
    # Position tables of the RoBERTa family hold two more than can be used.
    positions = getattr(config, "max_position_embeddings", WINDOW + 2) - 2
    tokenizer.model_max_length = min(WINDOW, tokenizer.model_max_length, positions)
    return model, tokenizer


def _trainer(model: Any, tokenizer: Any, examples: Any, epochs: int, seed: int, folder: str) -> Any:
    graphics = torch.cuda.is_available()
    arguments = TrainingArguments(
        output_dir=folder,
        num_train_epochs=epochs,
        per_device_train_batch_size=BATCH,
        learning_rate=RATE,
        weight_decay=0.01,
        warmup_steps=0.1,
        use_cpu=not graphics,
        bf16=torch.cuda.is_bf16_supported() if graphics else torch.ops.mkldnn._is_mkldnn_bf16_supported(),
        train_sampling_strategy="group_by_length",
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=graphics,
        seed=seed,
    )
    trainer: Any = Trainer(
        model=model, args=arguments, train_dataset=examples, data_collator=DataCollatorForTokenClassification(tokenizer)
    )
    trainer.remove_callback(PrinterCallback)  # standard output is for the scores
    return trainer


def _weights(model: Any) -> Iterator[bytes]:
    """Yield the name and hash of each tensor."""
    for name, tensor in sorted(model.state_dict().items()):
        yield name.encode()
        yield hashlib.sha256(tensor.detach().cpu().contiguous().numpy().tobytes()).digest()


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a piece's offsets without the spaces that some tokenizers count to it."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end if piece.strip() else start + len(piece)
