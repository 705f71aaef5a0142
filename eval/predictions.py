"""Predictions of any system, read from files and matched with gold, so that every model can be scored by one scorer.

- `.jsonl`: documents in the JSON form; `.md`: one document in the written form.
- `.ann` with `.txt` beside it: brat's standoff form.
- `.conll`: a token, then its IOB2 tag in the last column, on a line. Tokens are found in gold's text; a system may cut
  words as it likes, and leave out what is no word. Documents come one after the other, in any order. A line
  `# newdoc id = ar-001` says which begins; what stands before the first such line is known by its words, so that a
  document without a word needs one.
- A folder of files of one of these kinds.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rasad.annotations.brat import read_brat
from rasad.annotations.document import Document, Span
from rasad.annotations.draft import Draft
from rasad.annotations.errors import FormatError, RasadError
from rasad.annotations.files import read_text
from rasad.annotations.jsonl import read_jsonl
from rasad.annotations.markdown import read_markdown
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.annotations.words import words
from rasad.eval.pairing import pair

_NEW_DOCUMENT = re.compile(r"#\s*newdoc id\s*=\s*(.+)")
_TAG = re.compile(r"O|([BI])-(.+)")

Reader = Callable[[Path, Sequence[Document], Scheme], Iterable[Document]]


def read_predictions(path: str | Path, gold: Sequence[Document], scheme: Scheme | None = None) -> list[Document]:
    """Return the predictions that a file or folder holds, one for each document of gold, in the order of ids.

    Raises:
        FormatError: the first mistake in a file, an unknown label among them.
        RasadError: where the path is missing or of another kind, a folder mixes kinds, or the documents are not those
            of gold, by id and text (see `pair`).
    """
    scheme = scheme or default_scheme()
    found = [document for file in _files(Path(path)) for document in _READERS[file.suffix](file, gold, scheme)]
    try:
        return [predicted for _, predicted in pair(gold, found, scheme)]
    except RasadError as error:
        raise RasadError(f"{path}: {error}") from None


def _files(path: Path) -> list[Path]:
    kinds = ", ".join(_READERS)
    if not path.exists():
        raise RasadError(f"{path}: no such file or folder")
    if not path.is_dir():
        if path.suffix not in _READERS:
            raise RasadError(f"{path}: not a file of predictions; give one of {kinds}, or a folder of them")
        return [path]
    inside = sorted(p for p in path.rglob("*") if p.suffix in _READERS and p.is_file() and p.name != "README.md")
    suffixes = sorted({p.suffix for p in inside})
    if len(suffixes) != 1:
        what = f"holds both {' and '.join(suffixes)}" if suffixes else "holds no predictions"
        raise RasadError(f"{path}: the folder {what}; give files of one kind ({kinds})")
    return inside


@dataclass(frozen=True, slots=True)
class _Row:
    """A token with its tag, and the line that it stands in."""

    line: int
    token: str
    tag: str


@dataclass(frozen=True, slots=True)
class _Block:
    """The rows below a line `# newdoc id`, or those before the first one, whose `id` is None."""

    line: int
    id: str | None
    rows: list[_Row]


def _read_conll(path: Path, gold: Sequence[Document], scheme: Scheme) -> Iterator[Document]:
    left = {document.id: document for document in gold}
    for block in _blocks(path):
        if block.id is not None:
            if block.id not in left:
                raise FormatError(str(path), block.line, f"{block.id} is no document of gold, or was there before")
            yield _tagged(left.pop(block.id), block.rows, path, scheme)
            continue
        rows = block.rows
        while rows:
            found, length = _known_by_words(path, rows, left.values())
            yield _tagged(left.pop(found.id), rows[:length], path, scheme)
            rows = rows[length:]


def _blocks(path: Path) -> list[_Block]:
    """Read the rows of a file, tags checked to be legal IOB2 within each sentence."""
    blocks = [_Block(1, None, [])]
    before = "O"
    for number, line in enumerate(read_text(path).split("\n"), 1):
        columns = line.split("\t") if "\t" in line else line.split()
        if match := _NEW_DOCUMENT.fullmatch(line.strip()):
            blocks.append(_Block(number, match[1], []))
        if not columns or match or columns[0] == "-DOCSTART-" or _is_comment(line):
            before = "O"
            continue
        tag = columns[-1].strip()
        if wrong := _wrong_tag(before, tag, columns):
            raise FormatError(str(path), number, wrong)
        blocks[-1].rows.append(_Row(number, columns[0].strip(), tag))
        before = tag
    return blocks


def _is_comment(line: str) -> bool:
    """Tell a comment from the token `#`, behind which stands a tag."""
    return line.startswith("#") and not _TAG.fullmatch(line.split()[-1])


def _wrong_tag(before: str, tag: str, columns: Sequence[str]) -> str | None:
    match = _TAG.fullmatch(tag)
    if len(columns) < 2 or not columns[0].strip() or not match:
        return f"bad line {' '.join(columns)[:40]!r}; a line is a token and, in the last column, O, B-TYPE or I-TYPE"
    if match[1] == "I" and before[1:] != tag[1:]:
        return f"{tag} follows {before}; in IOB2 a span begins with B-{match[2]}"
    return None


def _known_by_words(path: Path, rows: Sequence[_Row], gold: Collection[Document]) -> tuple[Document, int]:
    """Return the document of gold whose words all come next, and how many rows it has; of several the longest."""
    if not gold:
        what = f"{rows[0].token!r} does not come next: no document of gold is left"
        raise FormatError(str(path), rows[0].line, what)
    placed = [(document, _places(document.text, rows)) for document in gold]
    whole = [(one, len(found)) for one, found in placed if found and not _has_word(one.text[found[-1][1] :])]
    longest = max((length for _, length in whole), default=0)
    fitting = [document for document, length in whole if length == longest]
    if longest == 0:
        document, found = max(placed, key=lambda one: len(one[1]))
        raise _astray(path, document, rows, found)
    if len(fitting) > 1:
        names = ", ".join(document.id for document in fitting)
        what = f"the words are those of {names} alike; write a line `# newdoc id = …` before each document"
        raise FormatError(str(path), rows[0].line, what)
    return fitting[0], longest


def _places(text: str, rows: Sequence[_Row]) -> list[tuple[int, int]]:
    """Return where the tokens stand in a text, one after the other with no word between, as far as they do."""
    found: list[tuple[int, int]] = []
    done = 0
    for row in rows:
        start = text.find(row.token, done)
        if start < 0 or _has_word(text[done:start]):
            break
        done = start + len(row.token)
        found.append((start, done))
    return found


def _rest(text: str, found: Sequence[tuple[int, int]]) -> str:
    """Return what follows the last place, from its first word on; nothing where there is none."""
    behind = text[found[-1][1] if found else 0 :]
    return behind[words(behind)[0][0] :] if _has_word(behind) else ""


def _has_word(text: str) -> bool:
    """Say whether a text has any `words`, no further than to its first letter or digit."""
    return any(map(str.isalnum, text))


def _astray(path: Path, document: Document, rows: Sequence[_Row], found: Sequence[tuple[int, int]]) -> FormatError:
    """Say where tokens and text part."""
    rest = _rest(document.text, found)
    there = f"{document.id} goes on with {rest[:20]!r}" if rest else f"{document.id} has no more words"
    if len(found) < len(rows):
        return FormatError(str(path), rows[len(found)].line, f"{rows[len(found)].token!r} does not come next: {there}")
    return FormatError(str(path), rows[-1].line if rows else None, f"the tokens end here, but {there}")


def _tagged(document: Document, rows: Sequence[_Row], path: Path, scheme: Scheme) -> Document:
    """Return a document with the spans that its tokens are tagged with."""
    places = _places(document.text, rows)
    if len(places) < len(rows) or _rest(document.text, places):
        raise _astray(path, document, rows, places)
    draft = Draft(str(path), scheme)
    draft.text, draft.lang, draft.date = document.text, document.lang, document.date
    draft.set_id(None, document.id)
    begins = [i for i, row in enumerate(rows) if row.tag.startswith("B-")]
    for number, first in enumerate(begins, 1):
        inside = itertools.takewhile(lambda i: rows[i].tag.startswith("I-"), range(first + 1, len(rows)))
        start, end = places[first][0], places[max(inside, default=first)][1]
        draft.add_span(rows[first].line, Span(f"s{number}", start, end, rows[first].tag[2:], document.text[start:end]))
    return draft.finish()


def _read_json(path: Path, gold: Sequence[Document], scheme: Scheme) -> Iterable[Document]:
    return read_jsonl(path, scheme)


def _read_written(path: Path, gold: Sequence[Document], scheme: Scheme) -> Iterable[Document]:
    return [read_markdown(path, scheme)]


def _read_standoff(path: Path, gold: Sequence[Document], scheme: Scheme) -> Iterable[Document]:
    return [read_brat(path, scheme)]


_READERS: Mapping[str, Reader] = {
    ".jsonl": _read_json,
    ".conll": _read_conll,
    ".md": _read_written,
    ".ann": _read_standoff,
}
