"""Times: a TIME expression as an interval, resolved against the publication date.

Bounds are ISO 8601 and half-open: `start` belongs to it, `end` does not. Dates bound what is a day or more, dates with
a clock what is less; a clock carries an offset where the words name a zone, else it is the story's local time.

How news means it:

- A weekday is the nearest one on or before the publication date, unless the words say otherwise (`المقبل`, next).
- A month, a season or a date without a year is the latest that does not begin far ahead (`ahead_days` of `times.yaml`);
  a weekday beside it must fit. What is told as past (`منذ يوليو`, `Around.is_past`) does not lie ahead at all.
- Parts of the day have the hours that `times.yaml` states. A night is named after the day it begins on.
- `last week`, `الشهر الماضي` are calendar units; `past week`, `الأيام الثلاثة الماضية` reach back from publication.
- Ago counts calendar units back (three months ago: that month). The hour of publication is not known, so what is
  counted in hours, and every "until now", allows for the whole day.
- What is counted from another event (`بعد يومين`, `the following day`) has a length or a precision, and no place. What
  the article around the words tells of it (`Around`, `times_of`) may place it, or tell that it is counted so.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rasad.inference.numbers.numerals import language
from rasad.inference.times import anchors, calendars
from rasad.inference.times.anchors import Anchor
from rasad.inference.times.calendars import Period, Precision
from rasad.inference.times.frames import Link, frames
from rasad.inference.times.slots import Frame, Length
from rasad.inference.times.words import items, times_data


@dataclass(frozen=True, slots=True)
class TimeValue:
    """When something was, as far as the words say.

    `value` is TIMEX3 (`2024-04-21TEV`, `P3M`, `XXXX-WXX-7`); of two dates, `first/last` of a stretch and `one,other` of
    a pair. `mod` is its modifier (`START`, `MID`, `END`, `APPROX`, `MORE_THAN`, `LESS_THAN`). `start` (inclusive) and
    `end` (exclusive) are None where the bound is not known. `precision` is the unit that the words speak in.
    """

    value: str | None = None
    start: str | None = None
    end: str | None = None
    precision: Precision = "unknown"
    mod: str | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What an article tells of a time expression beside its words; days are ISO 8601.

    `day` is where a clock time or a part of the day stands that names no day itself (`18:50 ت غ` beside `مساء الأحد`).
    `named` has where the day, the week, the month, the year begin that were named last (`that day`). `is_elsewhere`:
    it is counted from what the words after it say, not from publication; `origin` is the day of a time that does so,
    empty where it has none. `is_past`: it does not lie ahead.
    """

    day: str | None = None
    named: Mapping[str, str] = field(default_factory=dict)
    is_elsewhere: bool = False
    origin: str | None = None
    is_past: bool = False


UNKNOWN = TimeValue()
NOTHING = Around()
_Moment = datetime.date | datetime.datetime
# What halves and quarters of a unit are counted in, and how many it has.
_SMALLER = {
    "hour": ("minute", 60),
    "day": ("hour", 24),
    "year": ("month", 12),
    "decade": ("year", 10),
    "century": ("year", 100),
}
_CODES = {"minute": "PT{}M", "hour": "PT{}H", "day": "P{}D", "week": "P{}W", "month": "P{}M", "year": "P{}Y"}
_YEARS = {"decade": 10, "century": 100}
_DAYS = {"day", "week", "month", "year"}
_SIGNS = {"ago": -1, "before": -1, "after": 1}


def resolve(text: str, anchor: str | None, lang: str, around: Around = NOTHING) -> TimeValue:
    """Return when an expression says, read from the publication date (ISO 8601, with or without a clock).

    Without a date, or with one that is not ISO 8601, what the words alone say. `UNKNOWN` where nothing can be told.
    `lang` is `ar` or `en`; any other goes by the script of the words.
    """
    now, lang = Anchor.of(anchor), language(text, lang)
    found, link = frames(items(text, lang))
    try:
        for frame in found:
            frame.is_past = around.is_past or frame.way == "since"
        values = [_single(frame, now, lang, around) for frame in found]
        if link == "range" and _is_backward(values):
            values[0] = _single(found[0], Anchor.of((values[1].start or "")[:10]), lang)
        return values[0] if len(values) == 1 else _joined(values, link)
    except (OverflowError, ValueError):  # a day outside every calendar
        return UNKNOWN


def _is_backward(values: list[TimeValue]) -> bool:
    """Whether a stretch ends before it begins: each was sought alone, from the publication date."""
    starts = [value.start for value in values]
    return None not in starts and starts != sorted(start or "" for start in starts)


def _joined(values: list[TimeValue], link: Link) -> TimeValue:
    """Join two times to one: a stretch, or a pair in order."""
    if UNKNOWN in values:
        return UNKNOWN
    first, last = values
    if link == "set" and first.start and last.start and last.start < first.start:
        first, last = last, first
    if first.start and last.end and first.start >= last.end:  # ISO 8601 sorts as it is written
        return UNKNOWN
    written = f"{first.value}{'/' if link == 'range' else ','}{last.value}" if first.value and last.value else None
    return TimeValue(written, first.start, last.end, last.precision)


def _single(frame: Frame, now: Anchor | None, lang: str, around: Around = NOTHING) -> TimeValue:
    if frame.length is not None and not (frame.is_placed and frame.way is None):
        return UNKNOWN if frame.is_strange else _counted_from(frame, frame.length, now, lang, around)
    if around.is_elsewhere and frame.way == "ago":
        return UNKNOWN  # a moment before another event
    base, day = anchors.place(frame, now, lang, around.named), Anchor.of(around.day)
    if frame.is_strange and not (frame.is_placed or frame.shift or (frame.hour and frame.part)):
        return UNKNOWN
    if base is None and day is not None and (frame.hour is not None or frame.point or frame.part):
        base = calendars.day(day.day)
    if frame.hour is not None or frame.point:
        return _clock(frame, base, now)
    if frame.part:
        return _part(frame, base)
    if base is None:
        return UNKNOWN
    return _edged(frame, base)


def _edged(frame: Frame, base: Period) -> TimeValue:
    """Narrow a period to its beginning, middle or end."""
    mod = frame.edge or frame.mod
    start: _Moment | None = base.start
    end: _Moment | None = base.end
    if frame.edge and base.start:
        if base.precision == "day":
            start, end = _hours(base.start, times_data()["day_edges"][frame.edge])
        else:
            start, end = calendars.third(base, frame.edge) or (start, end)
    return TimeValue(base.value, _iso(start), _iso(end), base.precision, mod)


def _part(frame: Frame, base: Period | None) -> TimeValue:
    part = times_data()["parts"][frame.part]
    value = f"{(base and base.value) or ''}T{part['code']}"
    mod = part.get("mod") or frame.edge or frame.mod
    if base is None or base.start is None or base.precision != "day":
        return TimeValue(f"T{part['code']}" if base and base.precision != "day" else value, None, None, "daypart", mod)
    start, end = _hours(base.start, part["hours"])
    return TimeValue(value, _iso(start), _iso(end), "daypart", mod)


def _clock(frame: Frame, base: Period | None, now: Anchor | None) -> TimeValue:
    """Return a clock time, on its day where one is said; no value where it may be of the morning or the evening."""
    precision: Precision = "hour" if frame.minute is None else "minute"
    hour, minute = anchors.clock(frame)
    if hour is None:
        return TimeValue(None, None, None, precision, frame.mod) if base is None else _edged(frame, base)
    date = base.start if base and base.precision == "day" else None
    if date and anchors.is_next_morning(frame, hour):
        date = calendars.step(date, 1, "day")
    zone = _offset(frame.zone, date or (now.day if now else None), hour, minute)
    written = f"T{hour:02}:{minute:02}"
    if date is None:
        undated = base.value if base and base.precision == "day" and base.value else ""
        return TimeValue(f"{undated}{written}{zone}", None, None, precision, frame.mod)
    start = _midnight(date) + datetime.timedelta(hours=hour, minutes=minute)
    end = start + (datetime.timedelta(hours=1) if precision == "hour" else datetime.timedelta(minutes=1))
    return TimeValue(f"{date}{written}{zone}", f"{_iso(start)}{zone}", f"{_iso(end)}{zone}", precision, frame.mod)


def _offset(zone: str | None, date: datetime.date | None, hour: int, minute: int) -> str:
    """Return a zone's offset on a day as ISO 8601 writes it, nothing where none is named or it hangs on the day."""
    if zone is None or zone == "local":
        return ""
    if zone == "UTC":
        return "Z"
    if date is None:
        return ""
    try:
        moment = (_midnight(date) + datetime.timedelta(hours=hour, minutes=minute)).replace(tzinfo=ZoneInfo(zone))
    except ZoneInfoNotFoundError:  # a machine without the tables of zones
        return ""
    return moment.isoformat(timespec="minutes")[16:]


def _counted_from(frame: Frame, length: Length, now: Anchor | None, lang: str, around: Around) -> TimeValue:
    """Return a length from the day that the words or the article name for it, else from publication or from nowhere."""
    sign = _SIGNS.get(frame.way or "")
    is_own = frame.is_placed and sign is not None
    origin = _first_day(anchors.place(frame, now, lang, around.named)) if is_own else Anchor.of(around.origin)
    unit, count = _counted(length)
    if sign and origin and count is not None and unit in _DAYS and frame.mod not in ("MORE_THAN", "LESS_THAN"):
        return _ago(_length(frame, length, None), unit, -sign * count, origin)
    is_free = is_own or around.origin is not None or (around.is_elsewhere and frame.way in ("ago", "from"))
    return _length(frame, length, None if is_free else now)


def _first_day(base: Period | None) -> Anchor | None:
    return Anchor.of(base.start.isoformat()) if base and base.start and base.precision == "day" else None


def _length(frame: Frame, length: Length, now: Anchor | None) -> TimeValue:
    """Return a number of units: from publication back or on, or with no place."""
    if length.unit not in _CODES and length.unit not in _YEARS:
        return UNKNOWN
    unit, count = _counted(length)
    value = _CODES[unit].format("X" if count is None else count)
    precision = _precision(unit if length.part else length.unit)
    free = TimeValue(value, None, None, precision, frame.mod)
    way = "ago" if frame.way == "from" else frame.way
    direction = frame.running if frame.running is not None else frame.which
    if now is None or (direction is None and way not in ("ago", "since")):
        return free
    if direction is not None and direction > 0:
        end = None if count is None else now.shifted(count, unit)[1]
        return TimeValue(value, _iso(now.start(unit)), _iso(end), precision, frame.mod)
    if direction is None and way == "ago":
        return _ago(free, unit, count, now)
    start = None if count is None else now.shifted(-count, unit)[0]
    return TimeValue(value, _iso(start), _iso(now.end(unit if count is not None else "day")), precision, frame.mod)


def _ago(free: TimeValue, unit: str, count: int | None, now: Anchor) -> TimeValue:
    """Return the unit that lies so many units before publication; of "some" only that it is over."""
    clock = unit in ("hour", "minute")
    if count is None:
        end = now.end("day") if clock else now.day
        return TimeValue(free.value, None, _iso(end), free.precision, free.mod)
    start, end = now.shifted(-count, unit)
    if free.mod == "MORE_THAN":
        return TimeValue(free.value, None, _iso(end), free.precision, free.mod)
    if free.mod == "LESS_THAN":
        return TimeValue(free.value, _iso(start), _iso(now.end(unit)), free.precision, free.mod)
    if clock:
        return TimeValue(free.value, _iso(start), _iso(end), free.precision, free.mod)
    date = calendars.step(now.day, -count, unit)
    unit_of = {"day": calendars.day, "week": calendars.week, "month": calendars.month}
    found = unit_of[unit](date) if unit in unit_of else calendars.year(date.year)
    return TimeValue(found.value, _iso(found.start), _iso(found.end), found.precision, free.mod)


def _counted(length: Length) -> tuple[str, int | None]:
    """Return a length in units that have a TIMEX3 code: halves and quarters in the next smaller one."""
    if length.part and length.unit in _SMALLER and length.count is not None:
        unit, size = _SMALLER[length.unit]
        if size * length.part % 60 == 0:
            return unit, length.count * size + size * length.part // 60
    years = _YEARS.get(length.unit)
    if years:
        return "year", None if length.count is None else length.count * years
    return length.unit, length.count


def _precision(unit: str) -> Precision:
    return next((name for name in get_args(Precision) if name == unit), "unknown")


def _hours(date: datetime.date, hours: list[int]) -> tuple[datetime.datetime, datetime.datetime]:
    first, last = (_midnight(date) + datetime.timedelta(hours=hour) for hour in hours)
    return first, last


def _midnight(date: datetime.date) -> datetime.datetime:
    return datetime.datetime(date.year, date.month, date.day)


def _iso(moment: _Moment | None) -> str | None:
    """Write a date, or a date with its clock to the minute."""
    if isinstance(moment, datetime.datetime):
        return moment.isoformat(timespec="minutes")
    return None if moment is None else moment.isoformat()
