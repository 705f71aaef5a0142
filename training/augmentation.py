"""Augmentation: documents as other desks and other hands would spell them, or parts of them, anew in each epoch.

The changes of spelling are some of those that `rasad stress` disturbs texts by, with every mark carried over. A model
that was trained with them is no longer tested by surprise there; its scores on disturbed texts say so beside the
signature. Excerpts are for what people paste: a model that has met whole articles only finds less in a lone sentence.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from rasad.annotations.document import Document
from rasad.annotations.words import paragraphs
from rasad.eval.stress.perturbations import PERTURBATIONS
from rasad.eval.stress.rewriting import Piece, in_place, rewrite

# Not among them: what the encoder is never shown (vowel signs, tatweel, capitals throughout), and other texts. Those of
# letters' marks are shown of short texts only: of longer ones the marks are read all the same (`models/spelling.py`).
_CHANGES = frozenset(
    {
        "hamza_dropped",
        "hamza_written",
        "final_ya_dotted",
        "final_ya_undotted",
        "ta_marbuta_undotted",
        "indic_digits",
        "latin_digits",
        "guillemets",
        "curly_quotes",
        "straight_quotes",
        "punctuation_dropped",
        "typos",
        "name_spellings",
        "al_and_el",
        "lower_case",
    }
)

_LONGEST = 3  # paragraphs of an excerpt


def changed(documents: Sequence[Document], share: float, seed: int) -> dict[int, Document]:
    """Return a share of documents in another spelling, by their index; the seed alone decides which, and how.

    Each is changed in one way, drawn from those that change it and lose none of its spans.
    """
    rng = random.Random(seed)
    found = {}
    for i, document in enumerate(documents):
        # Drawn for every document, so that one more or less does not change the others.
        chance, order = rng.random(), rng.sample(range(len(PERTURBATIONS)), len(PERTURBATIONS))
        if chance >= share:
            continue
        for number in order:
            change = PERTURBATIONS[number]
            other = change(document) if change.name in _CHANGES else document
            if other is not document and len(other.spans) == len(document.spans):
                found[i] = other
                break
    return found


def excerpts(documents: Sequence[Document], share: float, seed: int) -> dict[int, Document]:
    """Return one to three paragraphs in a row of a share of documents, by their index; the seed alone decides which.

    A document of a single paragraph has no excerpt.
    """
    rng = random.Random(seed)
    found = {}
    for i, document in enumerate(documents):
        chance, place, length = rng.random(), rng.random(), rng.randint(1, _LONGEST)
        if chance >= share:
            continue
        lines = paragraphs(document.text)
        if len(lines) > 1:
            length = min(length, len(lines) - 1)
            first = int(place * (len(lines) - length + 1))
            found[i] = excerpt(document, lines[first][0], lines[first + length - 1][1])
    return found


def items(document: Document) -> list[Document]:
    """Return every paragraph as a document of its own, its id behind the document's: `ar-k001a.1`, from 1."""
    return [
        replace(excerpt(document, start, end), id=f"{document.id}.{number}")
        for number, (start, end) in enumerate(paragraphs(document.text), 1)
    ]


def excerpt(document: Document, start: int, end: int) -> Document:
    """Return what lies between two characters (half-open), with the spans that are whole in it and their relations."""
    before, behind = Piece(0, start, ""), Piece(end, len(document.text), "")
    return rewrite(document, in_place(document.text, (before, behind)))
