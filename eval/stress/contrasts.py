r"""Contrasts: minimal pairs, two short texts that differ in one point, and what a right reading of each must have.

A pair is right only where every line of both its texts holds, so that a system that does not see the point cannot get
it (contrast sets: Gardner et al. 2020; minimal pairs: Warstadt et al. 2020). Files `contrasts.<lang>.yaml` hold them:

    language: ar
    pairs:
      - id: roles-01
        phenomenon: roles
        first:
          text: "[قصف](ATTACK:e1) [الجيش](FORCE:f1) المدينة."
          expect: [e1 AGENT f1]
        second: …

Marks are written as in the corpus, a literal bracket or backslash behind a backslash; lines are those of
`expectations`. One id in both languages means that one pair is the translation of the other.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import FormatError, RasadError, suggest
from rasad.annotations.files import decode
from rasad.annotations.scheme import Scheme
from rasad.eval.stress.expectations import GROUPS, Expectation, Marks, read_expectation, types_of

SIDES = ("first", "second")
_LANGUAGES = ("ar", "en")
_MARK = re.compile(r"\[((?:[^\[\]\\]|\\[\[\]\\])+)\]\((\w+):(\w+)\)|\\([\[\]\\])|([\[\]\\])", re.ASCII)
_ESCAPE = re.compile(r"\\([\[\]\\])")
# An id that is none of YAML's own words and numbers, nor the word of a negated line.
_ID = re.compile(r"(?!(?:no|on|y|n|yes|off)$)[A-Za-z][A-Za-z0-9]*")


@dataclass(frozen=True, slots=True)
class Member:
    """One text of a pair: `document` has no spans; `marks` are the words that lines name, by their ids."""

    document: Document
    marks: Marks
    expect: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A minimal pair. `id` is unique in a language."""

    id: str
    phenomenon: str
    lang: str
    members: tuple[Member, Member]


def read_contrasts(scheme: Scheme, folder: Traversable | None = None) -> tuple[Contrast, ...]:
    """Read the pairs of every file `contrasts.*.yaml` of a folder, of the package where none is named.

    Raises:
        FormatError: the first mistake, with its file, pair and what would be right.
    """
    folder = folder or resources.files("rasad.eval.stress")
    files = sorted(
        (f for f in folder.iterdir() if re.fullmatch(r"contrasts\..+\.yaml", f.name)), key=lambda file: file.name
    )
    found = [contrast for file in files for contrast in _read_file(file, scheme)]
    first: dict[str, Contrast] = {}
    for contrast in found:
        other = first.setdefault(contrast.id, contrast)
        if other.phenomenon != contrast.phenomenon:
            raise RasadError(
                f"{contrast.id} is about {other.phenomenon} in {other.lang}, {contrast.phenomenon} in {contrast.lang}; "
                "one id in two languages is one pair, translated"
            )
    return tuple(found)


@functools.cache
def phenomena() -> dict[str, Mapping[str, str]]:
    """Return what pairs may be about: names, each with what it means in Arabic (`ar`) and English (`en`)."""
    data: dict[str, Mapping[str, str]] = _yaml(resources.files("rasad.eval.stress") / "phenomena.yaml")
    return data


def _yaml(file: Traversable) -> Any:
    import yaml

    try:
        return yaml.safe_load(decode(file.read_bytes(), file.name))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise FormatError(file.name, line, f"no YAML ({getattr(error, 'problem', None) or error})") from None


def _read_file(file: Traversable, scheme: Scheme) -> Iterator[Contrast]:
    data = _fields(file.name, _yaml(file), ("language", "pairs"))
    lang, pairs = data["language"], data["pairs"]
    if lang not in _LANGUAGES:
        raise FormatError(file.name, None, f"unknown language {lang} (allowed: {', '.join(_LANGUAGES)})")
    if not isinstance(pairs, list):
        raise FormatError(file.name, None, "pairs is no list; write `- id: …` for each pair")
    seen: set[str] = set()
    for number, row in enumerate(pairs, 1):
        where = f"{file.name}: {row['id'] if isinstance(row, dict) and 'id' in row else f'pair {number}'}"
        try:
            contrast = _read_pair(row, lang, where, scheme)
        except FormatError:
            raise
        except RasadError as error:
            raise FormatError(where, None, str(error)) from None
        if contrast.id in seen:
            raise FormatError(where, None, "the id is used twice; ids are unique in a language")
        seen.add(contrast.id)
        yield contrast


def _read_pair(row: Any, lang: str, where: str, scheme: Scheme) -> Contrast:
    data = _fields(where, row, ("id", "phenomenon", *SIDES))
    name, phenomenon = str(data["id"]), str(data["phenomenon"])
    if phenomenon not in (known := phenomena()):
        raise FormatError(where, None, f"unknown phenomenon {phenomenon}{suggest(phenomenon, known)}")
    first, second = (_read_member(data[side], f"{lang}/{name}/{side}", f"{where}, {side}", scheme) for side in SIDES)
    if first.document.text == second.document.text:
        raise FormatError(where, None, "both texts are the same; they differ in one point")
    if all(expectation.negated for member in (first, second) for expectation in member.expect):
        raise FormatError(
            where, None, "every line begins with `no`, so that an empty prediction is right; add one that asks"
        )
    return Contrast(name, phenomenon, lang, (first, second))


def _read_member(row: Any, name: str, where: str, scheme: Scheme) -> Member:
    data = _fields(where, row, ("text", "expect"))
    text, marks = _read_text(data["text"], where, scheme)
    lines = data["expect"]
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        raise FormatError(where, None, "expect is no list of lines; write `expect: [e1 AGENT g1]`")
    if twice := [line for line, count in Counter(map(str.strip, lines)).items() if count > 1]:
        raise FormatError(where, None, f"{twice[0]!r} is written twice; write it once")
    try:
        expect = tuple(read_expectation(line, marks, scheme) for line in lines)
    except RasadError as error:
        raise FormatError(where, None, str(error)) from None
    if idle := sorted(marks.keys() - {name for expectation in expect for name in expectation.ids}):
        raise FormatError(where, None, f"no line names {', '.join(idle)}; mark only what is asked for")
    return Member(Document(name, text, name.split("/")[0]), marks, expect)


def _read_text(marked: Any, where: str, scheme: Scheme) -> tuple[str, dict[str, Span]]:
    """Return the plain text and its marks by their ids."""
    if not isinstance(marked, str):
        raise FormatError(where, None, "text is no text; put it in double quotes")
    plain, marks, done = "", dict[str, Span](), 0
    for match in _MARK.finditer(marked):
        plain += marked[done : match.start()]
        content, label, name, escaped, stray = match.groups()
        if stray:
            near = marked[match.start() : match.start() + 20]
            raise FormatError(
                where, None, f"{near!r} begins no mark; write [words](TYPE:id), or a literal bracket as \\["
            )
        if content:
            content = _ESCAPE.sub(r"\1", content)
            _check_mark(label, name, marks, where, scheme)
            marks[name] = Span(name, len(plain), len(plain) + len(content), label, content)
        plain += content or escaped
        done = match.end()
    return plain + marked[done:], marks


def _check_mark(label: str, name: str, marks: Marks, where: str, scheme: Scheme) -> None:
    if not types_of(label, scheme):
        raise FormatError(where, None, f"unknown type {label}{suggest(label, (*scheme.types, *GROUPS))}")
    if not _ID.fullmatch(name):
        raise FormatError(where, None, f"bad id {name!r}; an id is a letter, then letters and digits, and not `no`")
    if name in marks:
        raise FormatError(where, None, f"the id {name} is used twice in one text; ids are unique")


def _fields(where: str, data: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return a mapping that has exactly these keys."""
    if not isinstance(data, dict):
        raise FormatError(where, None, f"no mapping; write {', '.join(f'`{name}: …`' for name in names)}")
    for key in data:
        if key not in names:
            raise FormatError(where, None, f"unknown key {key}{suggest(str(key), names)}")
    if missing := [name for name in names if name not in data]:
        raise FormatError(where, None, f"{', '.join(missing)} missing")
    return data
