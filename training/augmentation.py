"""Augmentation: documents spelled as other desks and other hands would spell them, anew in each epoch.

The changes are some of those that `rasad stress` disturbs texts by, with every mark carried over. A model that was
trained with them is no longer tested by surprise there; its scores on disturbed texts say so beside the signature.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from rasad.annotations.document import Document
from rasad.eval.stress.perturbations import PERTURBATIONS

# Not among them: what the encoder is never shown (vowel signs, tatweel, capitals throughout), and other texts.
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
