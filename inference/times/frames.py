"""Frames of time: the one or two that the words of an expression make (`14 و18 نوفمبر`, `Friday to Sunday`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from rasad.inference.times.slots import LAST_DAY, LEAST_YEAR, Frame, frame
from rasad.inference.times.words import Item

Link = Literal["range", "set"]

_LINKS = ("mark", "to", "and")
# Kinds that can begin the second half of a pair or a stretch, and those that can end the first.
_BEGIN = {"number", "ordinal", "hour", "month", "hijri", "weekday", "date", "time", "decade", "edge", "part", "relday"}
_END = (_BEGIN | {"year", "zone", "era", "which", "unit", "relnight"}) - {"edge"}
# What a noun `يوم`, `day` only heads.
_DAYS = {"weekday", "month", "hijri", "date", "relday", "number", "feast"}


def frames(items: Sequence[Item]) -> tuple[tuple[Frame, ...], Link]:
    """Return the one or two frames that items make, and whether two are a stretch (`range`) or a pair (`set`)."""
    items = _one_calendar(_unheaded(items))
    for at in range(1, len(items)):
        link = _link(items, at)
        if link:
            right = items[at + 1 :] if items[at].kind in _LINKS else items[at:]
            return _twins(frame(items[:at]), frame(right)), link
    return (frame(items),), "set"


def _unheaded(items: Sequence[Item]) -> list[Item]:
    """Drop what only leads on to a name: `يوم` of a weekday, `شهر` of a month, `عام` of a year, `من` between them."""
    kept: list[Item] = []
    for at, item in enumerate(items):
        if item.value == "from" and kept:
            continue
        if item.kind == "unit" and at + 1 < len(items) and _heads(items, at):
            continue
        is_year = item.kind == "number" and at > 0 and items[at - 1].kind == "unit" and _heads(items, at - 1)
        kept.append(replace(item, kind="year") if is_year and items[at - 1].value == "year" else item)
    return kept


def _heads(items: Sequence[Item], at: int) -> bool:
    """Whether the unit at an index only heads the name that follows it."""
    unit, following = items[at], items[at + 1]
    if unit.value == "day":
        is_day = following.kind != "number" or at + 2 < len(items)  # `day 13` stands alone, `يوم 7 يونيو` does not
        return following.kind in _DAYS and is_day
    if unit.value == "month":
        return following.kind in ("month", "hijri")
    return unit.value == "year" and following.kind == "number" and following.number >= LEAST_YEAR


def _one_calendar(items: list[Item]) -> list[Item]:
    """Where both calendars name a month, leave the Hijri date out: it is the less certain by a day."""
    kinds = [item.kind for item in items]
    if "month" not in kinds or "hijri" not in kinds:
        return items
    start = end = kinds.index("hijri")
    while start and kinds[start - 1] in ("number", "ordinal"):
        start -= 1
    end += 1
    while end < len(items) and (kinds[end] == "era" or (kinds[end] == "number" and items[end].number > LAST_DAY)):
        end += 1
    return items[:start] + items[end:]


def _link(items: Sequence[Item], at: int) -> Link | None:
    """Return how a second frame that begins at an item is linked to the first; None where none begins."""
    item, last = items[at], items[at - 1]
    first = at + (item.kind in _LINKS)  # where the second frame would begin
    if first >= len(items) or items[first].kind not in _BEGIN:
        return None
    is_part_alone = last.kind not in _END and (item.kind in _LINKS or item.kind == "part")
    is_length = items[first].kind == "number" and first + 1 < len(items) and _is_unit(items[first + 1])
    if is_part_alone or (is_length and item.kind not in ("mark", "to")):
        return None
    if item.kind in ("mark", "to"):
        is_slash = item.value == "/" and not (last.kind in ("number", "year") and items[first].kind == "number")
        return None if is_slash else "range"
    return "set" if item.kind == "and" or item.joined else None


def _is_unit(item: Item) -> bool:
    return item.kind in ("unit", "units", "dual") and not item.definite


def _twins(left: Frame, right: Frame) -> tuple[Frame, ...]:
    """Let each of two frames take from the other what it leaves out: `14 و18 نوفمبر`, `7-9 May 2023`."""
    left, right = _completed(left, right), _completed(right, left)
    if left.part == "night" and right.part in (None, "night") and right.hour is None:
        return (left,)  # the night between two days has the name of the first
    if left.year is None and left.month is not None and right.month is not None and right.year is not None:
        left = replace(left, year=right.year)
    return _dated(left, right), _dated(right, left)


def _completed(frame: Frame, twin: Frame) -> Frame:
    """Give a loose number the role that its twin has, and what else the twin says."""
    number = frame.loose
    if number is None:
        return frame
    if twin.month is not None or twin.unit == "month":
        return replace(twin, day=number, loose=None, weekday=frame.weekday, part=frame.part or twin.part)
    if twin.year is not None and number < 100:
        return replace(twin, year=twin.year // 100 * 100 + number, loose=None)  # 2023-24
    if twin.hour is not None:
        return replace(twin, hour=number, minute=None, loose=None, part=frame.part or twin.part)
    return frame


def _dated(frame: Frame, twin: Frame) -> Frame:
    """Let a clock time without a day take the day of its twin: `2 a.m. and 5 a.m. on May 17`."""
    if frame.hour is None or twin.hour is None or frame.is_placed:
        return frame
    own = {name: getattr(frame, name) for name in ("hour", "minute", "is_24", "point", "mod", "loose")}
    return replace(twin, **own, part=frame.part or twin.part, zone=frame.zone or twin.zone)
