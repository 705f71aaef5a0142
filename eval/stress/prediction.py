"""Prediction: asking a system under test, whatever it is, for what it reads in some texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.eval.pairing import pair

# Takes documents without annotation, returns one of the same id and text for each, in any order.
Predict = Callable[[Sequence[Document]], Sequence[Document]]


def predictions(predict: Predict, documents: Sequence[Document], scheme: Scheme) -> dict[str, Document]:
    """Return what a system reads in some documents by their ids; it never sees what is marked in them.

    Raises:
        RasadError: where the answers are not those of the documents (see `pair`).
    """
    bare = [replace(document, spans=(), relations=(), model=None, derived={}) for document in documents]
    return {asked.id: answer for asked, answer in pair(bare, predict(bare), scheme)}
