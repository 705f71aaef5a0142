"""The signature of a score: what was compared with what, and how, in one line to quote beside the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rasad.annotations.corpus import corpus_hash
from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Signature:
    """Under which conditions scores were made; `str()` gives `scheme:2.1|data:…|split:…|…`.

    `data` hashes the gold documents, in whatever order they came. `checkpoint` is the hash of the one that predicted,
    `none` for documents that no model made (a second annotator's).
    """

    scheme: str
    data: str
    split: str
    checkpoint: str
    match: str
    docs: int
    rasad: str

    def __str__(self) -> str:
        return (
            f"scheme:{self.scheme}|data:{self.data}|split:{self.split}|checkpoint:{self.checkpoint}"
            f"|match:{self.match}|docs:{self.docs}|rasad:{self.rasad}"
        )


def sign(gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme, split: str) -> Signature:
    """Sign the comparison of a prediction with gold.

    Raises:
        RasadError: where the predictions come from more than one checkpoint.
    """
    from importlib.metadata import version

    models = sorted({d.model or "none" for d in predicted})
    if len(models) > 1:
        raise RasadError(f"predicted: documents of different checkpoints ({', '.join(models)}); score them apart")
    checkpoint = models[0].rpartition("@")[2]
    return Signature(scheme.version, corpus_hash(gold), split, checkpoint, "strict", len(gold), version("rasad"))


def fields(signature: str) -> dict[str, str]:
    """Return what a written signature says, by name."""
    pairs = (part.partition(":") for part in signature.split("|"))
    return {name: value for name, _, value in pairs}
