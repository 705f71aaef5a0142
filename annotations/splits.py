"""Splits: train, dev and test, told apart by story; the front matter names a document's split, story and pair.

Documents of one `story` tell of one incident, and a document that names none is a story of its own. `pair` names the
id of the document that tells the same article in the other language; the two are of one story.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rasad.annotations.check import Problem
from rasad.annotations.document import LANGUAGES, Document
from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.files import read_text, replacing
from rasad.annotations.jsonl import read_jsonl, write_jsonl

SHARES = {"train": 80, "dev": 10, "test": 10}  # percent of the stories that `assign` gives each
_FRONT_END = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


def story_of(document: Document) -> str:
    """Return the name of a document's story."""
    return document.meta.get("story", document.id)


def check_splits(documents: Sequence[Document], homes: Mapping[str, Path]) -> list[Problem]:
    """Return what is wrong with the splits: none or an unknown one, a story in two of them, a pair that is none."""
    found = [(d.id, what) for d in documents for what in (*_wrong_split(d), *_wrong_pair(d, documents))]
    for story, told in _stories(documents).items():
        splits = {d.meta["split"]: d.id for d in told if "split" in d.meta}
        if len(splits) > 1:
            where = " and ".join(f"{split} ({name})" for split, name in splits.items())
            found.append((told[0].id, f"the story {story} is in {where}; a story is in one split"))
    return [Problem(str(homes[name]), None, what, "split") for name, what in found]


def _wrong_split(document: Document) -> Iterator[str]:
    split = document.meta.get("split")
    if split is None:
        yield f"{document.id} has no split; write `split: train`, or let `rasad corpus split --assign` do it"
    elif split not in SHARES:
        yield f"unknown split {split}{suggest(split, SHARES)}"


def _wrong_pair(document: Document, documents: Iterable[Document]) -> Iterator[str]:
    name = document.meta.get("pair")
    if name is None:
        return
    other = next((d for d in documents if d.id == name), None)
    if other is None:
        yield f"{document.id} is paired with {name}, which is not there; `pair` names the other document's id"
        return
    if other.meta.get("pair") != document.id:
        yield f"{document.id} is paired with {name}, and {name} is not with it; each names the other"
    if other.lang == document.lang:
        yield f"{document.id} and its pair {name} are both {document.lang}; a pair is of two languages"
    if story_of(other) != story_of(document):
        yield f"{document.id} and its pair {name} are of two stories; give both one `story`"


def split_of(documents: Sequence[Document], split: str) -> list[Document]:
    """Return the documents of a split; one that names none belongs to every split."""
    return [d for d in documents if d.meta.get("split", split) == split]


def chosen(documents: Sequence[Document], split: str | None) -> Sequence[Document]:
    """Return the documents of a split that somebody asked for, or all of them.

    Raises:
        RasadError: where there is none of it.
    """
    found = documents if split is None else split_of(documents, split)
    if not found:
        known = sorted({d.meta["split"] for d in documents if "split" in d.meta})
        raise RasadError(f"no document is of the split {split}{suggest(str(split), known)}")
    return found


def share_of(documents: Sequence[Document], share: float) -> list[Document]:
    """Return the documents of a share of the stories, at least one of them; a smaller share is part of a larger one.

    Stories are ranked by a hash of their names, so that a share hangs on no order and no seed.
    """
    ranked = sorted(_stories(documents), key=lambda story: hashlib.sha256(story.encode()).digest()[8:])
    kept = set(ranked[: max(1, round(share * len(ranked)))])
    return [d for d in documents if story_of(d) in kept]


def sizes(documents: Sequence[Document]) -> dict[str, dict[str, int]]:
    """Count stories and documents, these by language, for each split that there is."""
    found = {}
    for split in dict.fromkeys((*SHARES, *(d.meta["split"] for d in documents if "split" in d.meta))):
        its = [d for d in documents if d.meta.get("split") == split]
        if its:
            languages = Counter(d.lang for d in sorted(its, key=lambda d: LANGUAGES.index(d.lang)))
            found[split] = {"stories": len(_stories(its)), "documents": len(its), **languages}
    return found


def assign(documents: Sequence[Document]) -> dict[str, str]:
    """Return a split, by id, for each document that has none.

    It is that of its story, else one that follows from the story's name alone, so that a corpus that grows keeps
    what it had.
    """
    chosen = {}
    for story, told in _stories(documents).items():
        split = next((d.meta["split"] for d in told if "split" in d.meta), None) or _drawn(story)
        chosen.update({d.id: split for d in told if "split" not in d.meta})
    return chosen


def _drawn(story: str) -> str:
    number = int.from_bytes(hashlib.sha256(story.encode()).digest()[:8]) % sum(SHARES.values())
    tops = zip(SHARES, itertools.accumulate(SHARES.values()), strict=True)
    return next(split for split, top in tops if number < top)


def write_splits(chosen: Mapping[str, str], homes: Mapping[str, Path]) -> None:
    """Write splits into the files of documents that have none, which keep all else as it is."""
    for path, split in {homes[name]: split for name, split in chosen.items()}.items():
        if path.suffix == ".jsonl":
            write_jsonl([_with_split(document, chosen) for document in read_jsonl(path)], path)
        else:  # a Markdown file holds one document
            _write_line(path, split)


def _with_split(document: Document, chosen: Mapping[str, str]) -> Document:
    if document.id not in chosen:
        return document
    return replace(document, meta={**document.meta, "split": chosen[document.id]})


def _write_line(path: Path, split: str) -> None:
    """Put the split at the end of the front matter; the comments in the file stay."""
    text = read_text(path)
    _, end = [match.start() for match in _FRONT_END.finditer(text)][:2]
    line_end = "\r\n" if text[:end].endswith("\r\n") else "\n"
    with replacing(path) as file:
        file.write(f"{text[:end]}split: {split}{line_end}{text[end:]}")


def _stories(documents: Iterable[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        found[story_of(document)].append(document)
    return found
