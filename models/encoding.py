"""From a text to what the encoder reads: words, pieces, and overlapping rows of pieces that cover all of it."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from rasad.annotations.errors import RasadError
from rasad.annotations.text import form
from rasad.annotations.words import paragraphs, words
from rasad.models.spelling import Speller

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Vowel signs, tatweel, direction and zero-width marks: encoders have hardly met them, and a word is the same without.
# Hamza and madda (U+0653 to U+0655) stay, which make a letter of another.
UNREAD = re.compile(
    "[\u0640\u064b-\u0652\u0670\u0610-\u061a\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_SHOUTED = 12  # capitals that make what has no small letters all in capitals, no mere acronym
_SENTENCE_END = re.compile(r"[.!?؟…](?=\s|[\"'”»)\]]|$)")


@dataclass(frozen=True)
class Encoded:
    """One text as words and pieces.

    `words[i]` are half-open character offsets; `paragraph[i]` and `sentence[i]` number the word's surroundings;
    its pieces are `pieces[first[i]:last[i] + 1]` (never empty: a word of which nothing is read takes the piece before
    it). Between paragraphs stands a separator piece. `forms` are the words folded and without
    article, for comparing mentions.
    """

    words: tuple[tuple[int, int], ...]
    paragraph: tuple[int, ...]
    sentence: tuple[int, ...]
    pieces: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    forms: tuple[str, ...]


class Encoder:
    """Turns texts into `Encoded` and batches of rows, with the tokenizer of one checkpoint.

    Args:
        tokenizer: any fast tokenizer.
        row_size: pieces in a row at most, special pieces included.
        overlap: pieces that neighbouring rows share.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, row_size: int, overlap: int) -> None:
        if not tokenizer.is_fast:
            raise RasadError(f"{type(tokenizer).__name__} gives no offsets; a fast tokenizer is needed")
        self.tokenizer = tokenizer
        self.speller = Speller(tokenizer)
        self.capacity = row_size - 2
        if self.capacity < 1:
            raise RasadError(f"window: rows of {row_size} pieces hold no text; an encoder's rows usually hold 512")
        self.overlap = min(overlap, self.capacity // 2)
        self.start_id = _first_known(tokenizer, "cls_token_id", "bos_token_id")
        self.end_id = _first_known(tokenizer, "sep_token_id", "eos_token_id")
        self.pad_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
        self.mask_id = tokenizer.mask_token_id
        # Unigram finds a `</s>` that a text quotes, for its vocabulary holds it; there it is a word like any other.
        unknown = tokenizer.unk_token_id
        self.quoted = {} if unknown is None else dict.fromkeys(tokenizer.all_special_ids, unknown)

    def encode(self, text: str) -> Encoded:
        """Cut a text into words and pieces."""
        spans = words(text)
        parts = paragraphs(text)
        pieces: list[int] = []
        bounds: list[tuple[int, int]] = []
        for index, (ids, offsets) in enumerate(self._tokenize(text, parts)):
            if index:
                pieces.append(self.end_id)
                bounds.append((parts[index][0], parts[index][0]))
            pieces.extend(ids)
            start = parts[index][0]
            bounds.extend((start + a, start + b) for a, b in offsets)
        if spans and not pieces:
            pieces, bounds = [self.end_id], [(0, 0)]
        first, last = _align(spans, bounds)
        paragraph = _number(spans, [a for a, _ in parts])
        forms = tuple(form(text[a:b]) for a, b in spans)
        return Encoded(tuple(spans), paragraph, _sentences(text, spans), tuple(pieces), first, last, forms)

    def rows(self, length: int) -> list[tuple[int, int]]:
        """Return half-open piece ranges of near equal length that cover `length` pieces and overlap."""
        if length <= self.capacity:
            return [(0, length)] if length else []
        count = -(-(length - self.overlap) // (self.capacity - self.overlap))
        size = -(-(length + (count - 1) * self.overlap) // count)
        starts = [round(i * (length - size) / (count - 1)) for i in range(count)]
        return [(start, start + size) for start in starts]

    def longest_row(self, encoded: Encoded) -> int:
        """Return how many pieces the longest row of a text holds, without special ones."""
        return max((b - a for a, b in self.rows(len(encoded.pieces))), default=0)

    def batch(self, encoded: Sequence[Encoded]) -> dict[str, torch.Tensor]:
        """Lay out several texts as rows for one pass.

        Returns:
            `input_ids` and `attention_mask` (rows × pieces), `piece_index` (position of every piece in the flattened
            rows: that of the row where it stands most centrally), `word_first` and `word_last` (into the pieces),
            `word_paragraph`, `word_sentence` and `word_doc`; all word tensors run over the texts one after another.
        """
        ranges = [(d, a, b) for d, e in enumerate(encoded) for a, b in self.rows(len(e.pieces))]
        width = max((b - a for _, a, b in ranges), default=0) + 2
        input_ids = torch.full((max(len(ranges), 1), width), self.pad_id)
        mask = torch.zeros_like(input_ids)
        for row, (d, a, b) in enumerate(ranges):
            ids = [self.start_id, *encoded[d].pieces[a:b], self.end_id]
            input_ids[row, : len(ids)] = torch.tensor(ids)
            mask[row, : len(ids)] = 1
        mask[len(ranges) :, 0] = 1
        base = [0]
        for e in encoded:
            base.append(base[-1] + len(e.pieces))
        return {
            "input_ids": input_ids,
            "attention_mask": mask,
            "piece_index": _piece_index(encoded, ranges, width),
            "word_first": _cat([torch.tensor(e.first) + base[d] for d, e in enumerate(encoded)]),
            "word_last": _cat([torch.tensor(e.last) + base[d] for d, e in enumerate(encoded)]),
            "word_paragraph": _cat([torch.tensor(e.paragraph) for e in encoded]),
            "word_sentence": _cat([torch.tensor(e.sentence) for e in encoded]),
            "word_doc": _cat([torch.full((len(e.words),), d) for d, e in enumerate(encoded)]),
        }

    def _tokenize(self, text: str, parts: Sequence[tuple[int, int]]) -> list[tuple[list[int], list[tuple[int, int]]]]:
        """Return the pieces of each paragraph, and the characters of it as it is that each was made from.

        A paragraph is shown without unread characters, and in small letters where it or the whole text is in capitals.
        """
        if not parts:
            return []
        texts = [text[a:b] for a, b in parts]
        shown = [UNREAD.sub("", text) for text in texts]
        whole = "\n".join(shown)
        habits, shouted = self.speller.habits(whole), _is_shouted(whole)
        out: Any = self.tokenizer(
            [self.speller.read(_small(text) if shouted or _is_shouted(text) else text, habits) for text in shown],
            add_special_tokens=False,
            return_offsets_mapping=True,
            verbose=False,
            split_special_tokens=True,
        )
        ids = [[self.quoted.get(i, i) for i in row] for row in out["input_ids"]]
        bounds = [_in_text(text, offsets) for text, offsets in zip(texts, out["offset_mapping"], strict=True)]
        return list(zip(ids, bounds, strict=True))


def _small(read: str) -> str:
    """Return a text in small letters: in capitals a word falls into pieces that an encoder has hardly met.

    A letter whose small form is two, as that of İ, stays, or offsets would slip.
    """
    return "".join(small if len(small := char.lower()) == 1 else char for char in read)


def _is_shouted(read: str) -> bool:
    """Say whether a text is in capitals throughout: it has several, no small letter, and few of a script without."""
    capitals = sum(map(str.isupper, read))
    return capitals >= _SHOUTED and read.isupper() and 2 * capitals >= sum(map(str.isalpha, read))


def _in_text(text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Turn offsets into the text without its unread characters into offsets into the text."""
    if not UNREAD.search(text):
        return offsets
    read = [i for i, char in enumerate(text) if not UNREAD.match(char)] + [len(text)]
    return [(read[a], read[b - 1] + 1 if b > a else read[a]) for a, b in offsets]


def _first_known(tokenizer: PreTrainedTokenizerBase, *names: str) -> int:
    for name in names:
        value = getattr(tokenizer, name, None)
        if value is not None:
            return int(value)
    raise RasadError(f"the tokenizer has none of {', '.join(names)}; an encoder's tokenizer is needed")


def _align(
    spans: Sequence[tuple[int, int]], bounds: Sequence[tuple[int, int]]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first and last piece that overlaps each word, or the piece before it where none does."""
    first, last = [], []
    position = 0
    for start, end in spans:
        while position < len(bounds) - 1 and bounds[position][1] <= start:
            position += 1
        stop = position
        while stop + 1 < len(bounds) and bounds[stop + 1][0] < end and bounds[stop + 1][1] > start:
            stop += 1
        if not (bounds[position][0] < end and bounds[position][1] > start):
            before = position if bounds[position][1] <= start else max(position - 1, 0)
            first.append(before)
            last.append(before)
        else:
            first.append(position)
            last.append(stop)
    return tuple(first), tuple(last)


def _number(spans: Sequence[tuple[int, int]], starts: Sequence[int]) -> tuple[int, ...]:
    """Return for each word the index of the last of `starts` that is not after it."""
    return tuple(max(0, bisect.bisect_right(starts, a) - 1) for a, _ in spans)


def _sentences(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Number the sentences roughly: for distances only, never for cutting."""
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    ends += [a for a, _ in paragraphs(text)]
    ends.sort()
    return tuple(bisect.bisect_right(ends, a) for a, _ in spans)


def _piece_index(encoded: Sequence[Encoded], ranges: Sequence[tuple[int, int, int]], width: int) -> torch.Tensor:
    parts: list[torch.Tensor] = []
    by_doc: dict[int, list[tuple[int, int, int]]] = {}
    for row, (d, a, b) in enumerate(ranges):
        by_doc.setdefault(d, []).append((row, a, b))
    for d, e in enumerate(encoded):
        position = torch.arange(len(e.pieces))
        best = torch.full((len(e.pieces),), -1)
        index = torch.zeros(len(e.pieces), dtype=torch.long)
        for row, a, b in by_doc.get(d, []):
            inside = (position >= a) & (position < b)
            central = torch.minimum(position - a, b - 1 - position)
            better = inside & (central > best)
            index[better] = row * width + 1 + position[better] - a
            best[better] = central[better]
        parts.append(index)
    return _cat(parts)


def _cat(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    return torch.cat([p.long() for p in parts]) if parts else torch.zeros(0, dtype=torch.long)
