"""CoNLL columns: a word and its IOB2 tag a line, a blank line between paragraphs.

The words are those of `rasad.annotations.words`; punctuation that belongs to none is not written.
"""

from __future__ import annotations

import bisect

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.words import paragraphs, words


def to_conll(document: Document) -> str:
    """Return word, tab, tag for each word; a word that a span cuts takes the span's tag.

    Raises:
        RasadError: where IOB2 cannot carry a span: it shares a word with another, or holds none.
    """
    found = words(document.text)
    tags = _tags(document, found)
    starts = [start for start, _ in found]
    blocks = []
    for start, end in paragraphs(document.text):
        first, last = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
        lines = (f"{document.text[slice(*found[i])]}\t{tags[i]}\n" for i in range(first, last))
        blocks.append("".join(lines))
    return "\n".join(block for block in blocks if block)


def _tags(document: Document, found: list[tuple[int, int]]) -> list[str]:
    tags = ["O"] * len(found)
    for span in document.spans:
        first = bisect.bisect_right(found, span.start, key=lambda word: word[1])
        last = bisect.bisect_left(found, span.end, key=lambda word: word[0])
        if first == last:
            raise _refusal(document, span, "holds no word")
        if any(tag != "O" for tag in tags[first:last]):
            raise _refusal(document, span, "shares a word with another span")
        tags[first:last] = [f"B-{span.type}", *[f"I-{span.type}"] * (last - first - 1)]
    return tags


def _refusal(document: Document, span: Span, what: str) -> RasadError:
    return RasadError(f"{document.id}: span {span.id} {span.text!r} {what}; in IOB2 each word has one tag")
