"""The rules of the scheme that a machine can check, each a function over a document seen with its lines."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rasad.annotations.clusters import clusters, name_readings
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.draft import Draft
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.annotations.text import fold
from rasad.annotations.words import paragraphs, words

Found = Iterator[tuple[int | None, str]]

_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08c9\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_FENCE = re.compile(r"^```.*", re.MULTILINE)
_SHOWN = 40
# Words that stay outside: determiners before a nominal (section 2, 5) and times that no calendar places (section 5).
_DETERMINERS = (
    *("هذا", "هذه", "ذلك", "تلك", "هؤلاء", "أولئك", "أي", "أية", "كل", "جميع", "معظم", "بعض"),
    *("the", "this", "that", "these", "those", "any"),
)
_VAGUE_TIMES = ("الآن", "حاليا", "مؤخرا", "في الآونة الأخيرة", "now", "currently", "recently", "lately")
# What one of them can be to an event at once: killed and wounded are told in one toll, a bomber dies, a victim tells.
_PARTICIPANTS = frozenset(("AGENT", "TARGET", "KILLED", "INJURED", "SOURCE"))


class View:
    """A document with what rules ask of it again and again."""

    def __init__(self, draft: Draft) -> None:
        self.document: Document = draft.document()
        self.scheme: Scheme = draft.scheme
        self.spans = self.document.by_id
        self.relations = list(zip(self.document.relations, draft.relation_lines, strict=True))
        self.first_line = draft.line
        self._lines = draft.span_lines
        self.words = words(self.document.text)
        self._paragraphs = [start for start, _ in paragraphs(self.document.text)]

    def line(self, span: Span) -> int | None:
        """Return the line that a span is written in."""
        return self._lines[span.id]

    def paragraph(self, span: Span) -> int:
        """Return the index of the paragraph that a span begins in."""
        return max(0, bisect.bisect_right(self._paragraphs, span.start) - 1)

    def words_in(self, span: Span) -> list[tuple[int, int]]:
        """Return the words that a span holds or cuts."""
        first = bisect.bisect_right(self.words, span.start, key=lambda word: word[1])
        last = bisect.bisect_left(self.words, span.end, key=lambda word: word[0])
        return self.words[first:last]

    @functools.cached_property
    def entity_of(self) -> dict[str, frozenset[str]]:
        """The mentions of the same entity or event, by the id of each."""
        return {span: cluster for cluster in clusters(self.document, self.scheme) for span in cluster}

    @functools.cached_property
    def linked_to(self) -> dict[str, set[str]]:
        """The spans that chains of SAME_AS reach, by the id of each; names in the same words are not looked at."""
        groups: dict[str, set[str]] = {}
        for relation in self.document.relations:
            if relation.type == SAME_AS:
                joined = groups.get(relation.head, {relation.head}) | groups.get(relation.tail, {relation.tail})
                groups.update(dict.fromkeys(joined, joined))
        return groups


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by name; a tendency, which good annotation may break, is a warning."""

    name: str
    find: Callable[[View], Found]
    warning: bool = False


def boundary(view: View) -> Found:
    """A span begins and ends with a word, nothing around it."""
    for span in view.document.spans:
        held = view.words_in(span)
        if held:
            whats = (_edge(view, span, held[0], "begins"), _edge(view, span, held[-1], "ends"))
            yield from ((view.line(span), f"{_show(span)} {what}") for what in whats if what)
        else:
            yield view.line(span), f"{_show(span)} holds no word; a span begins and ends at word boundaries"


def _edge(view: View, span: Span, word: tuple[int, int], place: str) -> str | None:
    """Say how a span's edge misses that of its first or last word; None where it does not."""
    missed = span.start - word[0] if place == "begins" else word[1] - span.end
    if missed > 0:
        return f"{place} inside the word {view.document.text[slice(*word)]!r}; a span takes whole words"
    outside = span.text[:-missed] if place == "begins" else span.text[missed:]
    return f"{place} with {outside!r}; what stands around the words stays outside" if missed else None


def overlap(view: View) -> Found:
    """Spans never overlap or nest."""
    last: Span | None = None
    for span in view.document.spans:
        if last and span.start < last.end:
            yield view.line(span), f"{_show(span)} overlaps {_show(last)}; a word has at most one label"
        if last is None or span.end > last.end:
            last = span


def one_line(view: View) -> Found:
    """A span lies in one paragraph."""
    for span in view.document.spans:
        if "\n" in span.text or "\r" in span.text:
            yield view.line(span), f"{_show(span)} runs over the end of a line; a span lies in one paragraph"


def trigger(view: View) -> Found:
    """A trigger is one word."""
    for span in view.document.spans:
        count = len(view.words_in(span))
        if count > 1 and view.scheme.is_event(span.type):
            yield (
                view.line(span),
                f"{_show(span)} has {count} words; a trigger is the one word that says it most clearly",
            )


def determiner(view: View) -> Found:
    """A determiner stays outside a nominal."""
    for span in view.document.spans:
        held = view.words_in(span)
        if len(held) > 1 and span.type != "TIME" and fold(view.document.text[slice(*held[0])]) in _folded(_DETERMINERS):
            yield view.line(span), f"{_show(span)} begins with a determiner, which stays outside"


def vague_time(view: View) -> Found:
    """A vague time is no TIME."""
    for span in view.document.spans:
        if span.type == "TIME" and fold(span.text) in _folded(_VAGUE_TIMES):
            yield view.line(span), f"{_show(span)} is vague; TIME can be placed on a calendar or a clock"


def duplicate(view: View) -> Found:
    """A relation is written once."""
    seen: dict[tuple[str, str, str], int | None] = {}
    for relation, line in view.relations:
        key = (relation.head, relation.type, relation.tail)
        if key in seen:
            yield (
                line,
                f"{_name(relation)} is written twice{f' (first in line {seen[key]})' if seen[key] != line else ''}",
            )
        seen.setdefault(key, line)


def to_itself(view: View) -> Found:
    """A relation joins two spans."""
    for relation, line in view.relations:
        if relation.head == relation.tail:
            yield line, f"{_name(relation)} joins a span to itself; head and tail are two spans"


def ends(view: View) -> Found:
    """Head and tail have types that the relation allows."""
    for relation, line in view.relations:
        head, tail = view.spans[relation.head], view.spans[relation.tail]
        if not view.scheme.allows(head.type, relation.type, tail.type):
            yield line, f"{_name(relation)}: {_what_is_allowed(view.scheme, relation, head, tail)}"


def _what_is_allowed(scheme: Scheme, relation: Relation, head: Span, tail: Span) -> str:
    if relation.type == SAME_AS:
        partners = [t for t in scheme.types if (head.type, t) in scheme.coreferent]
        return f"{head.type} is SAME_AS {' or '.join(partners) or 'nothing'}, not {tail.type}"
    row = scheme.relation[relation.type]
    sides = (("head", head, row.heads), ("tail", tail, row.tails))
    return "; ".join(
        f"a {side} of {relation.type} is {_types(scheme, allowed)}, not {span.type} {_quote(span)}"
        for side, span, allowed in sides
        if span.type not in allowed
    )


def _types(scheme: Scheme, allowed: Iterable[str]) -> str:
    """Name a set of types, all events as `an event`."""
    names = set(allowed)
    events = ["an event"] if names >= set(scheme.events) else [t for t in scheme.events if t in names]
    return ", ".join([*(t for t in scheme.entities if t in names), *events])


def scope(view: View) -> Found:
    """A role, or a relation of entities, stands in one paragraph."""
    for relation, line in view.relations:
        head, tail = view.spans[relation.head], view.spans[relation.tail]
        if view.scheme.relation[relation.type].same_paragraph and view.paragraph(head) != view.paragraph(tail):
            yield (
                line,
                (
                    f"{_name(relation)} joins paragraph {view.paragraph(head) + 1} to {view.paragraph(tail) + 1}; "
                    f"{relation.type} stands in one paragraph"
                ),
            )


def points_back(view: View) -> Found:
    """SAME_AS points to an earlier mention."""
    for relation, line in view.relations:
        if relation.type == SAME_AS and view.spans[relation.tail].start > view.spans[relation.head].start:
            yield line, f"{_name(relation)} points to a later mention; write {relation.tail} SAME_AS {relation.head}"


def nearest(view: View) -> Found:
    """SAME_AS points to the nearest earlier mention that is linked."""
    for relation, line in view.relations:
        head, tail = view.spans[relation.head], view.spans[relation.tail]
        if relation.type != SAME_AS:
            continue
        between = [
            span
            for other in view.linked_to[head.id]
            if tail.start < (span := view.spans[other]).start < head.start
            and view.scheme.allows(head.type, SAME_AS, span.type)
        ]
        if between:
            last = max(between, key=lambda span: span.start)
            yield line, f"{_name(relation)} passes over {_show(last)}; SAME_AS goes to the nearest earlier mention"


def same_words(view: View) -> Found:
    """SAME_AS is not written between mentions of a name in the same words."""
    for relation, line in view.relations:
        head, tail = view.spans[relation.head], view.spans[relation.tail]
        if relation.type == SAME_AS and head.type == tail.type and name_readings(head) & name_readings(tail):
            yield (
                line,
                f"{_name(relation)} joins a name in the same words, {_quote(head)}; that is one entity without it",
            )


def source_is_agent(view: View) -> Found:
    """SOURCE does not repeat AGENT."""
    agents = {(r.head, _entity(view, r.tail)) for r, _ in view.relations if r.type == "AGENT"}
    for relation, line in view.relations:
        if relation.type == "SOURCE" and (relation.head, _entity(view, relation.tail)) in agents:
            yield line, f"{_name(relation)} repeats the AGENT; SOURCE is written where it is somebody else"


def one_entity(view: View) -> Found:
    """Two mentions of one entity or event stand in no other relation."""
    for relation, line in view.relations:
        one = _entity(view, relation.head) == _entity(view, relation.tail) and relation.head != relation.tail
        if one and relation.type != SAME_AS:
            yield line, f"{_name(relation)} joins two mentions of one thing, {_quote(view.spans[relation.head])}"


def _entity(view: View, span_id: str) -> frozenset[str]:
    return view.entity_of.get(span_id, frozenset((span_id,)))


def two_relations(view: View) -> Found:
    """Two spans stand in one relation, but for a participant with two parts."""
    seen: dict[tuple[str, str], str] = {}
    for relation, line in view.relations:
        first = seen.setdefault((relation.head, relation.tail), relation.type)
        if first != relation.type and not {first, relation.type} <= _PARTICIPANTS:
            yield line, f"{_name(relation)} stands beside {first} of the same two; one of them is meant"


def empty(view: View) -> Found:
    """A document has a text."""
    if not view.words:
        yield view.first_line, "the text has no word; a document is an article, its headline first"


def fence(view: View) -> Found:
    """A fence in the text is a second relations block, most likely."""
    if at := _FENCE.search(view.document.text):
        yield view.first_line, f"the text has a line {at.group()!r}; the last ```relations block alone is read as one"


def language(view: View) -> Found:
    """Most letters are of the language's script."""
    count = {"ar": len(_ARABIC.findall(view.document.text)), "en": len(_LATIN.findall(view.document.text))}
    lang = view.document.lang
    if lang in count and 2 * count[lang] < sum(count.values()):
        other = "en" if lang == "ar" else "ar"
        yield view.first_line, f"lang is {lang}, and {count[other]} of {sum(count.values())} letters are of {other}"


@functools.cache
def _folded(listed: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, listed))


def _show(span: Span) -> str:
    return f"{span.type} {span.id} {_quote(span)}"


def _quote(span: Span) -> str:
    return repr(span.text if len(span.text) <= _SHOWN else span.text[:_SHOWN] + "…")


def _name(relation: Relation) -> str:
    return f"{relation.head} {relation.type} {relation.tail}"


RULES = (
    Rule("empty", empty),
    Rule("language", language),
    Rule("fence", fence, warning=True),
    Rule("boundary", boundary),
    Rule("overlap", overlap),
    Rule("one-line", one_line),
    Rule("trigger", trigger),
    Rule("determiner", determiner, warning=True),
    Rule("vague-time", vague_time, warning=True),
    Rule("duplicate", duplicate),
    Rule("to-itself", to_itself),
    Rule("ends", ends),
    Rule("scope", scope),
    Rule("points-back", points_back),
    Rule("nearest", nearest),
    Rule("same-words", same_words, warning=True),
    Rule("source-is-agent", source_is_agent),
    Rule("one-entity", one_entity, warning=True),
    Rule("two-relations", two_relations, warning=True),
)
