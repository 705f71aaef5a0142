"""brat's standoff form: marks in an `.ann` file beside the text in a `.txt` file, offsets in characters.

    T1	ATTACK 0 4	قصفت
    T2	FACILITY 5 12	القاعدة
    E1	ATTACK:T1 TARGET:T2
    A1	modality E1 uncertain
    R1	LOCATED_IN Arg1:T2 Arg2:T3

A span is a text-bound T; an event an E on its trigger's T, with its relations as arguments (`TARGET`, and `TARGET2` for
a second one); a relation of an entity, and SAME_AS, an R. An attribute is an A on the event or its trigger, written
where it is not the default. The form has no place for a document's language, date and scores, nor for what inference
derives; ids of spans become T1, T2 … in the order of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.draft import Draft
from rasad.annotations.files import decode, read_bytes
from rasad.annotations.scheme import SAME_AS, Scheme, default_scheme

# A mark is one line, so a line end of any kind within a span is written as a space.
_LINE_END = re.compile("[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_PLACE = re.compile(r"(\S+) (\d+) (\d+)", re.ASCII)
_PIECES = re.compile(r"(\S+) \d+ \d+(?:;\d+ \d+)+", re.ASCII)
_NUMBER = re.compile(r"\d+$", re.ASCII)
_KINDS = "T, E, R, A, M, * and #"


def read_brat(path: str | Path, scheme: Scheme | None = None) -> Document:
    """Read a document from an `.ann` file and the `.txt` file beside it; its id is the name of the file.

    A T of an event type without an E is an event without roles. `*` lines (`Equiv`) become SAME_AS, M is the old letter
    for A, and notes (#) and normalisations (N) are passed over. Events get the default polarity and modality where none
    is set.

    Raises:
        FormatError: the first mistake, with its line: labels outside the scheme, places outside the text or of other
            words, spans of several pieces.
        RasadError: where one of the two files is missing.
    """
    path = Path(path)
    # Nothing is stripped, not even a byte order mark: brat counts it.
    draft = Draft(str(path), scheme or default_scheme(), 1)
    draft.set_id(1, path.stem)
    draft.text = decode(read_bytes(path.with_suffix(".txt")), str(path.with_suffix(".txt")))
    lines = list(_lines(draft, decode(read_bytes(path), str(path))))
    for line in lines:
        if line.kind == "T":
            _read_span(draft, line)
    events = {line.id: trigger for line in lines if line.kind == "E" and (trigger := _trigger(draft, line))}
    for line in lines:
        _read_link(draft, line, events)
    return draft.finish()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an `.ann` file: `id` TAB `body`, and what stands behind a second TAB."""

    number: int
    id: str
    body: str
    rest: str

    @property
    def kind(self) -> str:
        return self.id[0]

    @property
    def fields(self) -> list[str]:
        return self.body.split()


def _lines(draft: Draft, text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        name, _, others = line.removesuffix("\r").partition("\t")
        body, _, rest = others.partition("\t")
        if name[0] not in "TERAM*#N" or (name[0] != "#" and not body):
            draft.wrong(
                number, f"bad line {line[:40]!r}; a line is an id ({_KINDS} with a number), a tab, and its mark"
            )
        elif name[0] not in "#N":
            yield _Line(number, name, body, rest)


def _read_span(draft: Draft, line: _Line) -> None:
    if _PIECES.fullmatch(line.body):
        places = line.body.partition(" ")[2]
        draft.wrong(line.number, f"{line.id} {line.rest!r} is of several pieces ({places}); a span is contiguous")
    elif match := _PLACE.fullmatch(line.body):
        start, end = int(match[2]), int(match[3])
        there = draft.text[start:end]
        said = there if _flat(there) == _flat(line.rest) else line.rest
        draft.add_span(line.number, Span(line.id, start, end, match[1], said))
        return
    else:
        draft.wrong(line.number, f"bad place {line.body!r}; a span is `TYPE start end`, tab, its words")
    draft.span_lines.setdefault(line.id, line.number)


def _flat(text: str) -> str:
    return _LINE_END.sub(" ", text)


def _trigger(draft: Draft, line: _Line) -> str | None:
    """Return the T of an event, or note what is wrong with it."""
    kind, _, name = (line.fields or [""])[0].partition(":")
    if name not in draft.span_lines:
        draft.wrong(line.number, f"{line.id} names {name or 'no trigger'}, which is no span of this document")
        return None
    span = draft.spans.get(name)
    if span and span.type != kind:
        draft.wrong(line.number, f"{line.id} is {kind}, its trigger {name} is {span.type}")
    elif span and not draft.scheme.is_event(kind):
        draft.wrong(line.number, f"{line.id} is {kind}, which is no type of events")
    return name


def _read_link(draft: Draft, line: _Line, events: dict[str, str]) -> None:
    """Read relations and attributes; spans and events are known by now."""

    def relate(head: str, name: str, tail: str) -> None:
        draft.add_relation(line.number, Relation(events.get(head, head), name, events.get(tail, tail)))

    match line.kind, line.fields:
        case "E", [_, *roles]:
            for role, _, tail in (argument.partition(":") for argument in roles):
                known = role in draft.scheme.relation
                relate(line.id, role if known else _NUMBER.sub("", role), tail)
        case "R", [name, first, second] if first.startswith("Arg1:") and second.startswith("Arg2:"):
            relate(first.removeprefix("Arg1:"), name, second.removeprefix("Arg2:"))
        case "A" | "M", [name, target, value]:
            draft.set_attribute(line.number, events.get(target, target), name, value)
        case "*", ["Equiv", *same]:
            for later, earlier in _chain(draft, [events.get(name, name) for name in same]):
                relate(later, SAME_AS, earlier)
        case "R", _:
            draft.wrong(line.number, f"bad relation {line.body!r}; a relation is `TYPE Arg1:T1 Arg2:T2`")
        case "A" | "M", _:
            draft.wrong(line.number, f"bad attribute {line.body!r}; an attribute is `NAME E1 value`")
        case "*", _:
            draft.wrong(line.number, f"bad line {line.body!r}; a line * is `Equiv T1 T2`")


def _chain(draft: Draft, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each of several spans with the one before it in the text; what is no span comes first, to be refused."""
    ordered = sorted(names, key=lambda name: draft.spans[name].start if name in draft.spans else -1)
    return zip(ordered[1:], ordered, strict=False)


def to_brat(document: Document, scheme: Scheme | None = None) -> str:
    """Return what the `.ann` file holds; the `.txt` file beside it holds `document.text` as it is.

    Spans may overlap. `read_brat` gives back the same spans and relations, under other ids.
    """
    scheme = scheme or default_scheme()
    texts = {span.id: f"T{n}" for n, span in enumerate(document.spans, 1)}
    triggers = [span for span in document.spans if scheme.is_event(span.type)]
    names = texts | {span.id: f"E{n}" for n, span in enumerate(triggers, 1)}
    heads = {span.id for span in triggers}
    roles = [r for r in document.relations if r.head in heads and r.type != SAME_AS]
    others = [r for r in document.relations if r.head not in heads or r.type == SAME_AS]
    lines = [f"{texts[s.id]}\t{s.type} {s.start} {s.end}\t{_flat(s.text)}" for s in document.spans]
    lines += [_event(span, texts, names, [r for r in roles if r.head == span.id]) for span in triggers]
    lines += [f"R{n}\t{r.type} Arg1:{names[r.head]} Arg2:{names[r.tail]}" for n, r in enumerate(others, 1)]
    lines += [f"A{n}\t{setting}" for n, setting in enumerate(_settings(triggers, names, scheme), 1)]
    return "".join(f"{line}\n" for line in lines)


def _event(span: Span, texts: dict[str, str], names: dict[str, str], roles: Iterable[Relation]) -> str:
    seen: Counter[str] = Counter()
    written = [f"{span.type}:{texts[span.id]}"]
    for relation in roles:
        seen[relation.type] += 1
        number = seen[relation.type] if seen[relation.type] > 1 else ""
        written.append(f"{relation.type}{number}:{names[relation.tail]}")
    return f"{names[span.id]}\t{' '.join(written)}"


def _settings(triggers: Iterable[Span], names: dict[str, str], scheme: Scheme) -> Iterator[str]:
    for span in triggers:
        for attribute in scheme.attributes:
            value = getattr(span, attribute)
            if value is not None and value != scheme.default(attribute):
                yield f"{attribute} {names[span.id]} {value}"
