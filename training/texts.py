"""Plain texts for pretraining: documents streamed from .txt and .xz files, and rows of pieces packed from them.

A file holds paragraphs, one a line, and documents, parted by an empty line. Rows are packed once and kept on disk, so
that a run reads any of them in any order without holding them all.
"""

from __future__ import annotations

import glob
import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from lzma import LZMAError
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.annotations.text import form
from rasad.annotations.words import words
from rasad.models.encoding import Encoded, Encoder
from rasad.models.spelling import HABITS

BROKEN = "\ufffd"  # what a byte that is not UTF-8 is read as
KINDS = ("conflict", "other", "held_out")
_HELD_OUT = 400  # one document in so many is never trained on
_HELD_OUT_WORDS = 60_000  # of a source, at most
_SUFFIXES = (".txt", ".xz")
_TOLD_EVERY = 20_000  # documents between lines that tell how far packing is


@dataclass(frozen=True)
class Packed:
    """Rows of pieces of one source and kind, on disk.

    `pieces` (rows × capacity) are filled up with the padding piece; `word` numbers the word of each piece within its
    row from 1, and is 0 for what is no word: separators and padding.
    """

    pieces: NDArray[np.int32]
    word: NDArray[np.uint16]


@dataclass(frozen=True)
class Counts:
    """What became of the documents of a source; `packed` is a hash of its file and of how it was packed."""

    packed: str = ""
    documents: int = 0
    words: int = 0
    pieces: int = 0
    conflict_documents: int = 0
    conflict_words: int = 0
    held_out_documents: int = 0
    held_out_words: int = 0
    skipped_broken: int = 0
    skipped_without_words: int = 0


def documents(path: str | Path) -> Iterator[str]:
    """Stream the documents of a file; a byte that is not UTF-8 becomes U+FFFD.

    Raises:
        RasadError: where the file is missing, of another kind, or breaks off.
    """
    from datasets import load_dataset
    from datasets.exceptions import DatasetGenerationError

    check(path)
    try:
        rows = load_dataset(
            "text",
            data_files=[glob.escape(str(path))],  # it reads names as patterns
            split="train",
            streaming=True,
            sample_by="paragraph",
            encoding_errors="replace",
        )
        for row in rows:
            yield row["text"]
    except (OSError, EOFError, LZMAError, ValueError, DatasetGenerationError) as error:
        # An .xz file that was cut off ends so.
        raise RasadError(f"{path}: cannot be read to its end: {' '.join(str(error).split())}") from error


def check(path: str | Path) -> None:
    """Refuse what cannot be a text, before any of it is read.

    Raises:
        RasadError: where the file is missing, a folder, of another kind or empty.
    """
    file = Path(path)
    if file.is_dir():
        raise RasadError(f"{path}: a folder; name each file in it")
    if not file.is_file():
        raise RasadError(f"{path}: no such file")
    if file.suffix not in _SUFFIXES:
        raise RasadError(f"{path}: not a text; give a {' or '.join(_SUFFIXES)} file")
    if not file.stat().st_size:
        raise RasadError(f"{path}: the file is empty")


def conflict_words(annotated: Iterable[Document], scheme: Scheme) -> frozenset[str]:
    """Return the word forms that annotated documents hold as triggers at least five times, and mostly so."""
    triggers: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for document in annotated:
        seen.update(form(document.text[start:end]) for start, end in words(document.text))
        triggers.update(form(span.text) for span in document.spans if scheme.is_event(span.type))
    return frozenset(word for word, count in triggers.items() if count >= 5 and 2 * count > seen[word])


def is_conflict(forms: Sequence[str], lexicon: frozenset[str], share: float) -> bool:
    """Say whether at least `share` of a text's word forms are in the lexicon."""
    return bool(forms) and sum(word in lexicon for word in forms) >= share * len(forms)


class Store:
    """The packed rows of several sources, in a folder.

    Args:
        folder: where the rows are, or will be, kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pack(self, path: str, encoder: Encoder, lexicon: frozenset[str], share: float) -> Counts:
        """Pack a source, if it is not yet packed from the same file in the same way, and count its documents.

        Raises:
            RasadError: where the file cannot be read, or holds no document to train on.
        """
        check(path)
        key = _key(path, encoder, lexicon, share)
        facts = self.folder / source_name(path) / "facts.json"
        if facts.is_file():
            known = json.loads(facts.read_text("utf-8"))
            if known["key"] == key:
                return Counts(**known["counts"])
        packer = _Packer(encoder, lexicon, share)
        for number, text in enumerate(documents(path), 1):
            packer.add(text)
            if number % _TOLD_EVERY == 0:
                print(f"  {number:,} documents read", file=sys.stderr, flush=True)
        counts = Counts(packed=key, **packer.counts)
        _refuse_nothing(path, counts)
        facts.parent.mkdir(parents=True, exist_ok=True)
        facts.unlink(missing_ok=True)
        for kind in KINDS:
            packed = packer.packed(kind)
            _save(facts.parent / f"{kind}.pieces.npy", packed.pieces)
            _save(facts.parent / f"{kind}.word.npy", packed.word)
        facts.write_text(json.dumps({"key": key, "counts": asdict(counts)}), "utf-8")  # last: it vouches for the rest
        return counts

    def rows(self, name: str, kind: str) -> Packed:
        """Return the rows of a source and kind, mapped from disk."""
        pieces, word = (
            np.load(self.folder / name / f"{kind}.{part}.npy", mmap_mode="r") for part in ("pieces", "word")
        )
        return Packed(pieces, word)


class _Packer:
    """Gathers the documents of a source by kind."""

    def __init__(self, encoder: Encoder, lexicon: frozenset[str], share: float) -> None:
        self.encoder = encoder
        self.lexicon = lexicon
        self.share = share
        self.counts: Counter[str] = Counter()
        self.pieces: dict[str, list[NDArray[np.int32]]] = {kind: [] for kind in KINDS}
        self.word: dict[str, list[NDArray[np.int32]]] = {kind: [] for kind in KINDS}
        self.words: Counter[str] = Counter()  # by kind, lest the numbers of a row leave some out

    def add(self, text: str) -> None:
        if BROKEN in text:
            self.counts["skipped_broken"] += 1
            return
        encoded = self.encoder.encode(text)
        if not encoded.words:
            self.counts["skipped_without_words"] += 1
            return
        kind = self._kind(encoded)
        self.counts += Counter({"documents": 1, "words": len(encoded.words), "pieces": len(encoded.pieces)})
        if kind != "other":
            self.counts += Counter({f"{kind}_documents": 1, f"{kind}_words": len(encoded.words)})
        self.pieces[kind].append(np.array([*encoded.pieces, self.encoder.end_id], np.int32))
        self.word[kind].append(self._numbered(encoded, kind))

    def _kind(self, encoded: Encoded) -> str:
        full = self.counts["held_out_words"] >= _HELD_OUT_WORDS
        if self.counts["documents"] % _HELD_OUT == 0 and not full:
            return "held_out"
        return "conflict" if is_conflict(encoded.forms, self.lexicon, self.share) else "other"

    def _numbered(self, encoded: Encoded, kind: str) -> NDArray[np.int32]:
        """Number the word of every piece, going on from the documents before; 0 for separators.

        Words that share a piece have one number: they can only be hidden together.
        """
        word = np.zeros(len(encoded.pieces) + 1, np.int32)
        for first, last in zip(encoded.first, encoded.last, strict=True):
            if encoded.pieces[first] == self.encoder.end_id:
                continue  # nothing of this word is read, and before it stands a separator
            if not word[first]:
                self.words[kind] += 1
            word[first : last + 1] = self.words[kind]
        return word

    def packed(self, kind: str) -> Packed:
        """Cut what is gathered into rows; the last is padded."""
        pieces = _rows(self.pieces[kind], self.encoder.capacity, self.encoder.pad_id)
        word = _rows(self.word[kind], self.encoder.capacity, 0)
        first = np.where(word > 0, word, word.max(initial=0) + 1).min(axis=1, keepdims=True)
        return Packed(pieces, np.where(word > 0, word - first + 1, 0).astype(np.uint16))


def source_name(path: str) -> str:
    """Return what a source is called: its file's name without suffixes (`ar-news` for `texts/ar-news.txt.xz`)."""
    return Path(path).name.removesuffix(".xz").removesuffix(".txt")


def _rows(parts: Sequence[NDArray[np.int32]], capacity: int, filling: int) -> NDArray[np.int32]:
    """Lay out parts one after another, without a second copy of them all; the last row is filled up."""
    length = sum(map(len, parts))
    rows = np.full((math.ceil(length / capacity), capacity), filling, np.int32)
    np.concatenate([*parts, np.empty(0, np.int32)], out=rows.reshape(-1)[:length])
    return rows


def _refuse_nothing(path: str, counts: Counts) -> None:
    if not counts.words:
        broken = f" ({counts.skipped_broken} are not UTF-8)" if counts.skipped_broken else ""
        raise RasadError(f"{path}: no document in it has a word{broken}")
    if counts.documents == counts.held_out_documents:
        raise RasadError(f"{path}: one document, which is held out; an empty line parts it from the next")


def _save(path: Path, rows: NDArray[Any]) -> None:
    """Write rows to a new file, lest a run that has the old ones mapped loses them."""
    path.unlink(missing_ok=True)
    np.save(path, rows)


def _key(path: str, encoder: Encoder, lexicon: frozenset[str], share: float) -> str:
    """Return what decides how a source is packed, as a hash."""
    with Path(path).open("rb") as file:
        data = hashlib.file_digest(file, "sha256").hexdigest()
    built: Any = json.loads(encoder.tokenizer.backend_tokenizer.to_str())
    cuts = [built[part] for part in ("normalizer", "pre_tokenizer", "model", "added_tokens")]
    spelling = [(habit.name, habit.fewest, habit.trust) for habit in HABITS]
    facts = [data, cuts, spelling, encoder.capacity, encoder.end_id, encoder.pad_id, sorted(lexicon), share]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]
