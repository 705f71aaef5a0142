r"""The written form: front matter, the text with `[words](TYPE:id)`, and a fenced block of relations.

    ---
    id: ar-example
    lang: ar
    date: 2024-04-22
    ---
    [نفت](DENIAL:e1) [كتائب حزب الله](GROUP:g1) [استهداف](ATTACK:e2) [القاعدة](FACILITY:f1).

    ```relations
    e1 AGENT g1
    e1 ABOUT e2          # a comment
    e2 modality=uncertain
    ```

A literal `[`, `]` or `\` in the text is escaped with `\`. The text is what stands between the front matter and the
line end and blank line before the last ```` ```relations ```` line, to the character: a text that holds such a line,
or `---`, comes back as it was. A file without spans may leave the block out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.draft import CONTROL, Draft
from rasad.annotations.files import read_text, replacing
from rasad.annotations.scheme import Scheme, default_scheme

_FRONT = re.compile(r"---[ \t]*(\r?\n)(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^```relations[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_CLOSED = re.compile(r"\[((?:[^\[\]\\]|\\[\[\]\\])*)\]")
_SPAN = re.compile(_CLOSED.pattern + r"\(([^():\n]*):([^()\n]*)\)")
_SPECIAL = re.compile(r"[\[\]\\]")
_ESCAPE = re.compile(r"\\([\[\]\\])")
_OWN_KEYS = ("id", "lang", "date")


def read_markdown(path: str | Path, scheme: Scheme | None = None) -> Document:
    """Read an annotated document from a file.

    Raises:
        FormatError: as `parse_markdown`, or where the file is not UTF-8.
    """
    return parse_markdown(read_text(path), str(path), scheme)


def parse_markdown(text: str, path: str, scheme: Scheme | None = None) -> Document:
    """Read an annotated document from its written form; `path` is for messages.

    Events get the default polarity and modality where the file sets none.

    Raises:
        FormatError: the first mistake, with its line and what would be right.
    """
    return draft_markdown(text, path, scheme or default_scheme()).finish()


def draft_markdown(text: str, path: str, scheme: Scheme) -> Draft:
    """Read the written form to its end, mistakes noted in the draft."""
    draft = Draft(path, scheme, 1)
    text = text.removeprefix("\ufeff")
    front = _FRONT.match(text)
    if not front:
        opened = text.startswith("---")
        what = "the front matter has no closing line `---`" if opened else "no front matter; a file begins with `---`"
        draft.wrong(1, f"{what}, with the lines `id: …`, `lang: ar` and `date: YYYY-MM-DD` between two lines `---`")
        return draft
    _read_front(draft, front[2])
    fences = list(_FENCE.finditer(text, front.end()))
    body = text[front.end() : fences[-1].start() if fences else len(text)]
    for _ in range(2 if fences else 1):
        body = body.removesuffix(front[1])
    _read_body(draft, body, _line(text, front.end()))
    if fences:
        _read_block(draft, text[fences[-1].end() :], _line(text, fences[-1].start()))
    elif draft.span_lines:
        draft.wrong(_line(text, len(text)), "no relations block after the text; write ```relations, its lines, and ```")
    return draft


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _read_front(draft: Draft, text: str) -> None:
    """Read the fields; YAML's own types are left alone, so that every value is a string."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "a character that YAML does not allow"
        draft.wrong(mark.line + 2 if mark else 1, f"the front matter is no YAML ({what}); write `key: value` lines")
        return
    if root is not None and not isinstance(root, yaml.MappingNode):
        draft.wrong(2, "the front matter is no mapping; write `key: value` lines")
        return
    seen: set[str] = set()
    for key, value in root.value if root else ():
        _read_field(draft, key, value, seen)
    for name in ("id", "lang"):
        if name not in seen:
            draft.wrong(1, f"the front matter has no {name}; write a line `{name}: …`")


def _read_field(draft: Draft, key: yaml.Node, value: yaml.Node, seen: set[str]) -> None:
    line = key.start_mark.line + 2
    name = str(key.value)
    if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
        draft.wrong(line, f"{name} holds more than a text; a field of the front matter is `key: value`")
    elif name in seen:
        draft.wrong(line, f"{name} is written twice in the front matter; write it once")
    elif name in _OWN_KEYS:
        {"id": draft.set_id, "lang": draft.set_lang, "date": draft.set_date}[name](line, value.value)
    else:
        draft.meta[name] = value.value
    seen.add(name)


def _read_body(draft: Draft, body: str, first_line: int) -> None:
    plain: list[str] = []
    found: list[tuple[int, Span]] = []
    length = done = 0
    for start, end, content, label in _pieces(draft, body, first_line):
        plain += (body[done:start], content)
        length += start - done
        if label:
            at = Span(label[1], length, length + len(content), label[0], content)
            found.append((first_line + body.count("\n", 0, start), at))
        length += len(content)
        done = end
    draft.text = "".join((*plain, body[done:]))
    for line, span in found:
        draft.add_span(line, span)


def _pieces(draft: Draft, body: str, first_line: int) -> Iterator[tuple[int, int, str, tuple[str, str] | None]]:
    """Yield what is not plain text: start and end in the body, the text it stands for, type and id of a span."""
    position = 0
    while special := _SPECIAL.search(body, position):
        start, sign = special.start(), special.group()
        line = first_line + body.count("\n", 0, start)
        span, escape = _SPAN.match(body, start), _ESCAPE.match(body, start)
        if span and span[1]:
            position = span.end()
            yield start, position, _ESCAPE.sub(r"\1", span[1]), (span[2], span[3])
        elif escape:
            position = escape.end()
            yield start, position, escape[1], None
        else:
            draft.wrong(line, _what_stands_here(body, start, sign))
            position = start + 1


def _what_stands_here(body: str, start: int, sign: str) -> str:
    near = body[start : start + 30].split("\n")[0]
    if sign == "\\":
        return f"a lone backslash at {near!r}; a literal backslash is written \\\\"
    if sign == "]":
        return "`]` closes no span; a literal bracket is written \\]"
    if body.startswith("[]", start):
        return f"a span without words at {near!r}; a span is [words](TYPE:id)"
    if _CLOSED.match(body, start):
        return f"no (TYPE:id) behind {near!r}; a span is [words](TYPE:id), a literal bracket is written \\["
    return (
        f"unclosed span at {near!r}; a span is [words](TYPE:id), none inside another; a literal bracket is written \\["
    )


def _read_block(draft: Draft, block: str, fence_line: int) -> None:
    closed = False
    for number, line in enumerate(block.split("\n"), fence_line + 1):
        if closed and line.strip():
            draft.wrong(number, "the relations block ends the file; move this line before it")
            return
        if line.strip() == "```":
            closed = True
        else:
            _read_relation_line(draft, line.split("#", 1)[0].split(), number)
    if not closed:
        draft.wrong(fence_line, "the relations block is not closed; end it with a line ```")


def _read_relation_line(draft: Draft, fields: list[str], line: int) -> None:
    match fields:
        case []:
            return
        case [head, name, tail] if "=" not in name:
            draft.add_relation(line, Relation(head, name, tail))
        case [span_id, setting] if "=" in setting:
            draft.set_attribute(line, span_id, *setting.split("=", 1))
        case _:
            draft.wrong(line, f"bad line {' '.join(fields)!r}; a line is `head RELATION tail` or `id attribute=value`")


def write_markdown(document: Document, path: str | Path, scheme: Scheme | None = None) -> None:
    """Write a document to a file, whole or not at all."""
    written = to_markdown(document, scheme or default_scheme())
    with replacing(path) as file:
        file.write(written)


def to_markdown(document: Document, scheme: Scheme) -> str:
    """Return the written form; `parse_markdown` gives the same document back.

    Scores, `model` and `derived` are left out: the form is for people, who correct a prediction into gold.

    Raises:
        RasadError: where the form cannot carry the document: overlapping spans, labels or ids that it does not allow.
    """
    _refuse(document, scheme)
    block = "".join(f"{line}\n" for line in _block(document, scheme))
    return f"{_front(document)}{_body(document)}\n\n```relations\n{block}```\n"


def _refuse(document: Document, scheme: Scheme) -> None:
    draft = Draft(document.id, scheme)
    draft.text = document.text
    draft.set_id(None, document.id)
    draft.set_lang(None, document.lang)
    if document.date is not None:
        draft.set_date(None, document.date)
    for key in set(document.meta) & set(_OWN_KEYS):
        draft.wrong(None, f"meta has the key {key}, which is the document's own")
    last = 0
    for span in document.spans:
        draft.add_span(None, span)
        if span.start < last:
            draft.wrong(None, f"span {span.id} overlaps the one before it; Markdown holds spans that do not overlap")
        last = span.end
    for relation in document.relations:
        draft.add_relation(None, relation)
    draft.finish()


def _front(document: Document) -> str:
    date = f"date: {document.date}\n" if document.date else ""
    meta = "".join(_field(key, value) for key, value in document.meta.items())
    return f"---\n{_field('id', document.id)}lang: {document.lang}\n{date}{meta}---\n"


def _field(key: str, value: str) -> str:
    """Return a line of YAML; YAML folds line ends of every kind unless they are escaped in quotes."""
    style = '"' if CONTROL.search(key + value) else None
    return yaml.safe_dump({key: value}, allow_unicode=True, width=float("inf"), default_style=style)


def _body(document: Document) -> str:
    parts: list[str] = []
    done = 0
    for span in document.spans:
        parts += (_escape(document.text[done : span.start]), f"[{_escape(span.text)}]({span.type}:{span.id})")
        done = span.end
    return "".join((*parts, _escape(document.text[done:])))


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _block(document: Document, scheme: Scheme) -> Iterator[str]:
    """Yield the lines: relations in their order, a head's attributes after the last relation it heads."""
    settings = {span.id: list(_settings(span, scheme)) for span in document.spans}
    last = {relation.head: n for n, relation in enumerate(document.relations)}
    for n, relation in enumerate(document.relations):
        yield f"{relation.head} {relation.type} {relation.tail}"
        if last[relation.head] == n:
            yield from settings.pop(relation.head)
    for lines in settings.values():
        yield from lines


def _settings(span: Span, scheme: Scheme) -> Iterator[str]:
    for name in scheme.attributes:
        value = getattr(span, name)
        if value is not None and value != scheme.default(name):
            yield f"{span.id} {name}={value}"
