"""Mentions: the times of an article, each read with what the article tells around it."""

from __future__ import annotations

import functools
import re

from rasad.annotations.document import Document, Span
from rasad.annotations.text import fold
from rasad.inference.times import UNKNOWN, Around, TimeValue, resolve
from rasad.inference.times.words import times_data

_LINE_END = re.compile(r"[\r\n]+")
_WORD = re.compile(r"[^\W\d_]+")
_NEXT = re.compile(r"[\s،,]+([^\W\d_]+)")
_FROM = re.compile(r"\s+(?:(?:فقط|تقريبا)\s+)?من\s+[«\"“(]?(?P<word>\w+)")
_LINKED = re.compile(r"\s+(?:من|of|before|after)\s+(?:the\s+)?", re.IGNORECASE)
_NEAR = 40  # characters that are looked at on either side
# Who and where: after `من` a doer or a place that was left, nothing that days are counted from.
_NO_EVENTS = frozenset({"GPE", "LOCATION", "FACILITY", "PERSON", "FORCE", "GROUP", "ORGANIZATION"})
_DAYLIKE = ("day", "daypart", "hour", "minute")
# The units that a date names by its precision.
_NAMED = dict.fromkeys(_DAYLIKE, ("day", "week", "month", "year")) | {
    "week": ("week",), "month": ("month", "year"), "year": ("year",)
}  # fmt: skip


def times_of(doc: Document) -> dict[str, TimeValue]:
    """Return what the times of an article come to by the ids of their spans, without those that cannot be told.

    A clock or a part of the day without a day of its own has that of the nearest time before it in its paragraph;
    `that day` is the date that was named last, in its paragraph or the one before.
    """
    spans = [span for span in doc.spans if span.type == "TIME"]
    happened = _happened(doc)
    parties = {span.start for span in doc.spans if span.type in _NO_EVENTS}
    found: dict[str, TimeValue] = {}
    day: str | None = None
    named: dict[str, str] = {}
    end = since = 0  # the line breaks since a date was named
    for at, span in enumerate(spans):
        breaks = len(_LINE_END.findall(doc.text, end, span.start))
        since += breaks
        around = Around(
            day=None if breaks else day,
            named=named if since < 2 else {},
            is_elsewhere=_is_elsewhere(doc.text, span.end, parties),
            origin=_origin(doc, span, next(iter(spans[at + 1 : at + 2]), None)),
            is_past=_is_past(doc, span, happened),
        )
        value = resolve(span.text, doc.date, doc.lang, around)
        end = span.end
        if value != UNKNOWN:
            found[span.id] = value
        if value.start and _is_date(value):
            named, since = dict.fromkeys(_NAMED.get(value.precision, ()), value.start[:10]), 0
            day = value.start[:10] if value.precision in _DAYLIKE else day
    return found


def _is_date(value: TimeValue) -> bool:
    """Whether a value is one date, neither a length nor a stretch."""
    return value.value is not None and value.value[0] != "P" and not set("/,") & set(value.value)


def _happened(doc: Document) -> set[str]:
    """Return the times of what is told as having happened."""
    spans = doc.by_id
    when = ((spans[r.head], r.tail) for r in doc.relations if r.type == "WHEN")
    return {time for event, time in when if (event.modality, event.polarity) == ("asserted", "positive")}


def _is_elsewhere(text: str, end: int, parties: set[int]) -> bool:
    """Whether the words after a time are what it is counted from: `قبل ساعات` `من الهجوم`."""
    match = _FROM.match(text, end)
    if not match or fold(match["word"]) in _words("no_anchor"):
        return False
    return parties.isdisjoint((match.start("word"), match.start("word") - 1))  # a span may hold the quotation mark


def _origin(doc: Document, span: Span, following: Span | None) -> str | None:
    """Return the day of the time that the words count from, right after a link; empty where that is no one day."""
    if following is None:
        return None
    is_linked = _LINKED.fullmatch(doc.text, span.end, following.start) or (
        doc.text[span.end : following.start].isspace() and fold(span.text).endswith(("before", "after"))
    )
    if not is_linked:
        return None
    value = resolve(following.text, doc.date, doc.lang)
    return value.start[:10] if value.start and value.precision in ("day", "daypart") and _is_date(value) else ""


def _is_past(doc: Document, span: Span, happened: set[str]) -> bool:
    """Whether a time does not lie ahead: by the word beside it, or by what happened then."""
    before = _WORD.findall(fold(doc.text[max(0, span.start - _NEAR) : span.start]))
    last = next((word for word in reversed(before) if not _is_among("passed", word)), "")
    following = _NEXT.match(fold(doc.text[span.end : span.end + _NEAR]))
    if _is_among("open", last):
        return False
    return _is_among("past", last) or bool(following and _is_among("past", following[1])) or span.id in happened


def _is_among(kind: str, word: str) -> bool:
    """Whether a word is of a list in `times.yaml`, with or without a conjunction on it."""
    return word in _words(kind) or (word[:1] in ("و", "ف") and word[1:] in _words(kind))


@functools.cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(fold(word) for word in times_data()["around"][kind])
