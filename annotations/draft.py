"""`Draft`: what a file says, piece by piece with the lines that say it, until it is known to be right.

Readers fill a draft; what is wrong with a piece is noted and the piece left out, so that one pass finds every mistake.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rasad.annotations.document import LANGUAGES, Document, Relation, Span
from rasad.annotations.errors import FormatError, suggest
from rasad.annotations.scheme import Scheme

_ID = re.compile(r"[A-Za-z0-9_.-]+")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Draft:
    """A document being read.

    Set `text` first, then add spans, then attributes and relations. `span_lines` has every span id seen, of spans that
    were left out too; `relation_lines` runs beside `relations`, `line` is where the document begins.
    A line is None where the source has none.
    """

    def __init__(self, path: str, scheme: Scheme, line: int | None = None) -> None:
        self.path, self.scheme, self.line = path, scheme, line
        self.problems: list[FormatError] = []
        self.id, self.lang, self.text = "", "mixed", ""
        self.date: str | None = None
        self.meta: dict[str, str] = {}
        self.model: str | None = None
        self.derived: Mapping[str, Any] = {}
        self.spans: dict[str, Span] = {}
        self.relations: list[Relation] = []
        self.span_lines: dict[str, int | None] = {}
        self.relation_lines: list[int | None] = []
        self._set_attributes: set[tuple[str, str]] = set()

    def wrong(self, line: int | None, what: str) -> None:
        """Note a mistake."""
        self.problems.append(FormatError(self.path, line, what))

    def set_id(self, line: int | None, value: str) -> None:
        """Take the document's id in."""
        if value.strip() and not CONTROL.search(value):
            self.id = value
        else:
            self.wrong(line, f"bad document id {value!r}; an id is one line of text, as ar-001")

    def set_lang(self, line: int | None, value: str) -> None:
        """Take the language in."""
        if value in LANGUAGES:
            self.lang = value
        else:
            self.wrong(line, f"unknown lang {value!r} (allowed: {', '.join(LANGUAGES)})")

    def set_date(self, line: int | None, value: str) -> None:
        """Take the publication date in."""
        if is_date(value):
            self.date = value
        else:
            self.wrong(
                line, f"bad date {value!r}; a date is ISO 8601, as 2024-04-22, or left out where it is not known"
            )

    def add_span(self, line: int | None, span: Span) -> None:
        """Take a span in, an event's attributes filled with their defaults."""
        wrong = [*self._wrong_id(span.id), *self._wrong_place(span), *self._wrong_type(span)]
        self.span_lines.setdefault(span.id, line)
        for what in wrong:
            self.wrong(line, what)
        if not wrong:
            self.spans[span.id] = self._with_defaults(span)

    def set_attribute(self, line: int | None, span_id: str, name: str, value: str) -> None:
        """Set `polarity` or `modality` of an event that is in the draft."""
        what = self._wrong_attribute(span_id, name, value)
        if what:
            self.wrong(line, what)
        elif span_id in self.spans:
            changed: dict[str, Any] = {name: value}
            self.spans[span_id] = replace(self.spans[span_id], **changed)
        self._set_attributes.add((span_id, name))

    def add_relation(self, line: int | None, relation: Relation) -> None:
        """Take a relation in, unless it names what does not exist."""
        name = f"{relation.head} {relation.type} {relation.tail}"
        ends = dict.fromkeys((relation.head, relation.tail))
        wrong = [self._dangling(name, end) for end in ends if end not in self.span_lines]
        if relation.type not in self.scheme.relation:
            wrong.append(f"unknown relation {relation.type}{suggest(relation.type, self.scheme.relation)}")
        for what in wrong:
            self.wrong(line, what)
        if not wrong and relation.head in self.spans and relation.tail in self.spans:
            self.relations.append(relation)
            self.relation_lines.append(line)

    def document(self) -> Document:
        """Return the document that the sound pieces make."""
        return Document(
            self.id,
            self.text,
            self.lang,
            self.date,
            tuple(self.spans.values()),
            tuple(self.relations),
            self.meta,
            self.model,
            self.derived,
        )

    def finish(self) -> Document:
        """Return the document.

        Raises:
            FormatError: the first mistake that was noted.
        """
        if self.problems:
            raise min(self.problems, key=lambda problem: problem.line or 0)
        return self.document()

    def _wrong_id(self, span_id: str) -> list[str]:
        if not _ID.fullmatch(span_id):
            return [f"bad span id {span_id!r}; an id is letters a-z, digits, `_`, `-` and `.`, as e1"]
        if span_id in self.span_lines:
            first = self.span_lines[span_id]
            return [f"span id {span_id} is used twice{f' (first in line {first})' if first else ''}; ids are unique"]
        return []

    def _wrong_place(self, span: Span) -> list[str]:
        if not 0 <= span.start < span.end <= len(self.text):
            return [f"span {span.id} is {span.start}:{span.end}, outside the text of {len(self.text)} characters"]
        there = self.text[span.start : span.end]
        if there != span.text:
            return [f"span {span.id} says {span.text!r}, the text at {span.start}:{span.end} says {there!r}"]
        return []

    def _wrong_type(self, span: Span) -> list[str]:
        if span.type not in self.scheme.types:
            return [f"unknown type {span.type}{suggest(span.type, self.scheme.types)}"]
        if not self.scheme.is_event(span.type) and (span.polarity or span.modality):
            return [f"span {span.id} is {span.type}; only events carry polarity and modality"]
        return [
            f"unknown {name} {value}{suggest(value, values)}"
            for name, values in self.scheme.attributes.items()
            if (value := getattr(span, name)) is not None and value not in values
        ]

    def _with_defaults(self, span: Span) -> Span:
        if not self.scheme.is_event(span.type):
            return span
        return replace(
            span,
            polarity=span.polarity or self.scheme.default("polarity"),
            modality=span.modality or self.scheme.default("modality"),
        )

    def _wrong_attribute(self, span_id: str, name: str, value: str) -> str | None:
        attributes = self.scheme.attributes
        if span_id not in self.span_lines:
            return self._dangling(f"{span_id} {name}={value}", span_id)
        if name not in attributes:
            return f"unknown attribute {name}{suggest(name, attributes)}"
        if value not in attributes[name]:
            return f"unknown {name} {value}{suggest(value, attributes[name])}"
        if (span_id, name) in self._set_attributes:
            return f"{span_id} has two values of {name}; write one"
        span = self.spans.get(span_id)
        if span and not self.scheme.is_event(span.type):
            return f"{span_id} is {span.type}; only events carry {name}"
        return None

    @staticmethod
    def _dangling(name: str, end: str) -> str:
        return f"{name} names {end}, which is no span of this document"


def is_date(value: str) -> bool:
    """Say whether a value is a calendar date as ISO 8601 writes it, `YYYY-MM-DD`."""
    try:
        return bool(_DATE.fullmatch(value)) and bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False
