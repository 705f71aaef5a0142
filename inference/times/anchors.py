"""Places in time: where a frame of time words lies, as seen from the publication date."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rasad.inference.times import calendars
from rasad.inference.times.calendars import Period, Precision
from rasad.inference.times.slots import Frame
from rasad.inference.times.words import times_data

_YEARS_BACK = 12  # how far back a weekday and a date are sought that fit each other
_LEAP = 2000  # a year that has every day
_DIGITS = re.compile(r"(\d+)-(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The publication date, and the moments that "now" may be: the whole day, or a minute where a clock is given."""

    day: datetime.date
    first: datetime.datetime
    last: datetime.datetime

    @classmethod
    def of(cls, text: str | None) -> Anchor | None:
        """Read an ISO 8601 date or date and clock; None where it is none."""
        try:
            moment = datetime.datetime.fromisoformat((text or "").strip()).replace(tzinfo=None, second=0, microsecond=0)
            is_day = len((text or "").strip()) <= len("2024-04-22")
            length = datetime.timedelta(days=1) if is_day else datetime.timedelta(minutes=1)
            return cls(moment.date(), moment, moment + length)
        except (ValueError, OverflowError):
            return None

    def start(self, unit: str) -> datetime.date | datetime.datetime:
        """The earliest "now", to the day for units of a day and more."""
        return self.first if unit in ("hour", "minute") else self.day

    def end(self, unit: str) -> datetime.date | datetime.datetime:
        """What lies after the latest "now"; vague hours and minutes end with the day, too."""
        return self.last if unit in ("hour", "minute") else calendars.step(self.day, 1, "day")

    def shifted(self, count: int, unit: str) -> tuple[datetime.date, datetime.date]:
        """Return the earliest moment, and what lies after the latest, that many units from now."""
        if unit in ("hour", "minute"):
            length = datetime.timedelta(**{f"{unit}s": count})
            return self.first + length, self.last + length
        date = calendars.step(self.day, count, unit)
        return date, calendars.step(date, 1, "day")


def place(frame: Frame, now: Anchor | None, lang: str, named: Mapping[str, str] | None = None) -> Period | None:
    """Return the period that a frame names, without its part of the day and its clock; None where it names none.

    `named` says where the day, the month, the year begin that the article named last: what `that day` means.
    """
    if frame.anaphor is not None:
        frame, now = _meant(frame, named or {})
    found = _named(frame, now, lang)
    if frame.shift:
        return _shifted(found, -1 if frame.shift == "eve" else 1)
    if frame.feast and frame.part == "night" and lang == "ar":
        return _shifted(found, -1)  # ليلة عاشوراء: the night that the feast begins with
    if found is None and frame.anaphor is not None:
        return Period(None, None, None, "day")
    return found


def _meant(frame: Frame, named: Mapping[str, str]) -> tuple[Frame, Anchor | None]:
    """Let an anaphor count from the last date that was named in its unit, as from a publication date."""
    now = Anchor.of(named.get(frame.unit or "day"))
    if now is None or frame.anaphor in (None, "other") or frame.weekday is not None:
        return frame, None
    distance = int(frame.anaphor)
    if frame.unit not in (None, "day"):
        return replace(frame, which=distance), now
    is_today = 0 in (frame.relday, frame.relnight)  # اليوم نفسه, تلك الليلة
    is_day = is_today or (not frame.is_placed and (frame.unit or frame.part))
    return (replace(frame, unit=None, relday=distance, relnight=None), now) if is_day else (frame, None)


def _shifted(period: Period | None, days: int) -> Period:
    """Return the eve or the morrow of a day."""
    if period is None or period.start is None:
        return Period(None, None, None, "day")
    return calendars.day(calendars.step(period.start, days, "day"))


def _named(frame: Frame, now: Anchor | None, lang: str) -> Period | None:
    """Try what may name a period, the surest first."""
    if frame.date is not None:
        return _numeric(frame.date, lang)
    if frame.nth is not None:
        return _nth(frame, now)
    if frame.month is not None or (frame.day is not None and frame.unit == "month"):
        return _month_or_day(frame, now)
    if frame.feast is not None:
        return _feast(frame, frame.feast, now)
    if frame.season is not None:
        code = frame.season
        return _yearly(lambda year: calendars.season(year, code), frame, now) or _undated(f"XXXX-{code}", "season")
    if frame.decade is not None:
        return _decade(frame, frame.decade, now)
    if (frame.weekday, frame.relday, frame.relnight) != (None, None, None):
        return _day(frame, now)
    if frame.year is not None:
        is_hijri = frame.is_hijri or (lang == "ar" and frame.era is None and frame.year in calendars.HIJRI_YEARS)
        return calendars.hijri_year(frame.year) if is_hijri else calendars.year(frame.year)
    if frame.unit is None and frame.part and frame.which is not None:  # this morning
        is_here = now is not None and frame.which <= 0  # the next morning is another event's
        return calendars.day(calendars.step(now.day, frame.which, "day")) if now and is_here else _undated(None, "day")
    return _unit(frame, frame.unit, now, lang) if frame.unit else None


def _undated(value: str | None, precision: Precision) -> Period:
    return Period(value, None, None, precision)


def _numeric(text: str, lang: str) -> Period:
    """Read a date in digits; in English of a day and a month that may be either, only the year is sure."""
    match = _DIGITS.fullmatch(text.replace("/", "-"))
    assert match
    first, second, third = (int(group) for group in match.groups())
    if len(match[1]) == 4:
        return calendars.day(datetime.date(first, second, third))
    if lang == "en" and first <= 12 and second <= 12 and first != second:
        whole = calendars.year(third)
        return Period(f"{third:04}-XX-XX", whole.start, whole.end, "year")
    day, month = (second, first) if second > 12 else (first, second)
    return calendars.day(datetime.date(third, month, day))


def _nth(frame: Frame, now: Anchor | None) -> Period | None:
    """Return the nth week of a month, half or quarter of a year, or century."""
    nth, unit = frame.nth or 0, frame.nth_unit or ""
    if unit == "century":
        return calendars.century((nth - 1) * 100)
    if unit == "half" and frame.month is not None:
        whole = _month_or_day(frame, now)
        return calendars.half_month(whole, nth) if whole and whole.start else _undated(None, "month")
    if unit in ("half", "quarter"):
        return _yearly(lambda year: calendars.part_of_year(year, unit, nth), frame, now)
    whole = _nth_of(frame, now) if unit in ("day", "week", "weekday") else None
    if whole and whole.start:
        if unit == "week":
            return calendars.nth_week(whole, nth)
        ahead = nth - 1
        if unit == "weekday" and frame.weekday:
            ahead = (frame.weekday - whole.start.isoweekday()) % 7 + 7 * (nth - 1)
        return calendars.day(calendars.step(whole.start, ahead, "day"))
    return _undated(None, next((name for name in _UNITS if name == unit), "day"))


def _nth_of(frame: Frame, now: Anchor | None) -> Period | None:
    """Return the month or the feast that a frame counts days or weeks of."""
    if frame.month is not None or frame.unit == "month":
        return _month_or_day(frame, now)
    return _feast(frame, frame.feast, now) if frame.feast else None


def _year(frame: Frame, now: Anchor | None) -> int | None:
    """Return the year that a frame says in figures or by its distance."""
    if frame.year is not None:
        return frame.year
    if frame.unit == "year" and now is not None:
        return now.day.year + (frame.which or 0)
    return None


def _month_or_day(frame: Frame, now: Anchor | None) -> Period | None:
    if frame.month is None:
        if now is None:
            return _undated(None, "day" if frame.day else "month")
        month = calendars.step(now.day, frame.which or 0, "month")
        return calendars.day(month.replace(day=frame.day)) if frame.day else calendars.month(month)
    number, day = frame.month, frame.day
    if frame.is_hijri:
        found = _yearly(lambda year: _hijri(year, number, day, frame.weekday), frame, now)
        return found or _undated(None, "day" if day else "month")
    if _gregorian(_LEAP, number, day) is None:
        return None
    undated = f"XXXX-{number:02}" + (f"-{day:02}" if day else "")
    found = _yearly(lambda year: _gregorian(year, number, day), frame, now)
    return found or _undated(undated, "day" if day else "month")


def _gregorian(year: int, month: int, day: int | None) -> Period | None:
    try:
        date = datetime.date(year, month, day or 1)
    except ValueError:  # 29 February
        return None
    return calendars.day(date) if day else calendars.month(date)


def _hijri(year: int, month: int, day: int | None, weekday: int | None) -> Period | None:
    """Return a month, or a day moved by one where its weekday says so: months begin by sighting, weekdays are sure."""
    if day is None:
        return calendars.hijri_month(year, month)
    found = calendars.hijri_day(year, month, day)
    if found is None or found.start is None or weekday is None:
        return found
    near = (calendars.step(found.start, days, "day") for days in (0, 1, -1))
    return next((calendars.day(date) for date in near if date.isoweekday() == weekday), found)


def _feast(frame: Frame, feast: str, now: Anchor | None) -> Period:
    """Return the day of a feast; with a Gregorian year beside a Hijri feast, the one that falls in it."""
    kind, month_, day_ = feast.split()
    month, day = int(month_), int(day_)
    if kind == "g":
        found = _yearly(lambda year: _gregorian(year, month, day), frame, now)
        return found or _undated(f"XXXX-{month:02}-{day:02}", "day")
    if frame.year is not None and frame.year not in calendars.HIJRI_YEARS:
        first = calendars.year_in_hijri(datetime.date(frame.year, 1, 1))
        days = [calendars.hijri_day(first + ahead, month, day) for ahead in (0, 1)]
        found = next((one for one in days if one and one.start and one.start.year == frame.year), None)
    else:
        found = _yearly(lambda year: calendars.hijri_day(year, month, day), frame, now, is_hijri=True)
    return found or _undated(None, "day")


def _yearly(
    make: Callable[[int], Period | None], frame: Frame, now: Anchor | None, is_hijri: bool | None = None
) -> Period | None:
    """Return what comes once a year in the year that a frame means; None where neither it nor the date tells."""
    year = _year(frame, now)
    if year is not None:
        return make(year)
    if now is None:
        return None
    this = calendars.year_in_hijri(now.day) if (frame.is_hijri if is_hijri is None else is_hijri) else now.day.year
    found = [period for year in range(this + 2, this - _YEARS_BACK, -1) if (period := make(year))]
    fits = [period for period in found if frame.weekday in (None, _weekday(period))]
    return _chosen(_begun(fits or found, frame, now), frame.which, now)


def _begun(found: Sequence[Period], frame: Frame, now: Anchor) -> Sequence[Period]:
    """Leave out what begins after publication, where the words tell of the past."""
    if not frame.is_past or frame.which is not None:
        return found
    edges = ((calendars.third(period, frame.edge) if frame.edge else None) for period in found)
    starts = [edge[0] if edge else period.start for period, edge in zip(found, edges, strict=True)]
    return [period for period, start in zip(found, starts, strict=True) if start is None or start <= now.day]


def _weekday(period: Period) -> int | None:
    return period.start.isoweekday() if period.start and period.precision == "day" else None


def _chosen(found: Iterable[Period], which: int | None, now: Anchor) -> Period | None:
    """Choose among periods, latest first: the last, this, the next, or the latest not far ahead."""
    dated = [(period, period.start, period.end) for period in found if period.start and period.end]
    if which is None:
        limit = calendars.step(now.day, times_data()["ahead_days"], "day")
        return next((period for period, start, _ in dated if start <= limit), None)
    if which < 0:
        past = [period for period, _, end in dated if end <= now.day]
        return past[-which - 1] if len(past) >= -which else None
    if which > 0:
        return next((period for period, start, _ in reversed(dated) if start > now.day), None)
    around = [period for period, start, end in dated if start <= now.day < end]
    return next(iter(around), None) or next((p for p, start, _ in dated if start.year == now.day.year), None)


def _decade(frame: Frame, decade: int, now: Anchor | None) -> Period:
    """Return a decade: of a century that is said, else the latest that has begun."""
    if decade >= 1000:
        return calendars.decade(decade)
    if now is None:
        return _undated(None, "decade")
    first = now.day.year // 100 * 100 + decade
    if frame.unit == "century":
        return calendars.decade(first + 100 * (frame.which or 0))
    return calendars.decade(first if first <= now.day.year else first - 100)


def _day(frame: Frame, now: Anchor | None) -> Period:
    """Return a weekday, or a day by its distance; a weekday that contradicts the distance wins."""
    weekday = frame.weekday
    if now is None:
        return _undated(f"XXXX-WXX-{weekday}" if weekday else None, "day")
    distance = frame.relnight if frame.relday is None else frame.relday
    if distance is not None:
        date = calendars.step(now.day, distance, "day")
        if weekday in (None, date.isoweekday()):
            return calendars.day(date)
        return calendars.day(_near(weekday, 1 if distance > 0 else None, now.day))
    return calendars.day(_near(weekday or 1, frame.which, now.day))


def _near(weekday: int, which: int | None, today: datetime.date) -> datetime.date:
    """Return the weekday on or before a day; the one before it, after it, or in its week where that is said."""
    ahead = weekday - today.isoweekday()
    if which == 0:
        return calendars.step(today, ahead, "day")
    if which is None:
        return calendars.step(today, -(-ahead % 7), "day")
    if which > 0:
        return calendars.step(today, (ahead - 1) % 7 + 1 + 7 * (which - 1), "day")
    return calendars.step(today, -((-ahead - 1) % 7 + 1) + 7 * (which + 1), "day")


def _unit(frame: Frame, unit: str, now: Anchor | None, lang: str) -> Period | None:
    """Return a calendar unit by its distance from the publication date."""
    is_here = frame.which is not None or frame.is_definite or frame.edge is not None or unit == "weekend"
    precision: Precision = next(name for name in _UNITS if name == unit)
    if now is None or not is_here or unit in ("minute", "hour"):
        return _undated(None, precision)
    which = frame.which or 0
    if unit == "weekend":
        weeks = (calendars.weekend(calendars.step(now.day, ahead, "week"), lang) for ahead in (2, 1, 0, -1, -2))
        found = list(weeks)
        return found[2] if frame.which == 0 else _weekend(found, frame.which, now)
    if unit == "century":
        return calendars.century(now.day.year + 100 * which)
    date = calendars.step(now.day, which, unit)
    if unit == "decade":
        return calendars.decade(date.year)
    if unit == "year":
        return calendars.year(date.year)
    return {"day": calendars.day, "week": calendars.week, "month": calendars.month}[unit](date)


_UNITS: tuple[Precision, ...] = ("minute", "hour", "day", "weekend", "week", "month", "year", "decade", "century")


def _weekend(found: list[Period], which: int | None, now: Anchor) -> Period | None:
    if which is None:
        return next((period for period in found if period.start and period.start <= now.day), None)
    return _chosen(found, which, now)


def clock(frame: Frame) -> tuple[int | None, int]:
    """Return hour and minute of a frame on a face of 24 hours; no hour where it may be before or after noon."""
    if frame.point:
        return (24 if frame.point == "midnight" else 12), 0
    hour, minute = frame.hour or 0, frame.minute or 0
    if minute < 0:
        hour, minute = (hour - 1 or 12), minute + 60
    part = times_data()["parts"][frame.part] if frame.part else None
    if hour > 24 or minute > 59:
        return None, 0
    if hour in (0, *range(13, 25)):
        return hour, minute
    if part:
        return _on_face(hour, part["face"], part["hours"]), minute
    return (hour if frame.is_24 or frame.zone == "UTC" else None), minute


def _on_face(hour: int, face: str, hours: list[int]) -> int:
    """Return an hour of 1 to 12 as its part of the day means it."""
    if face == "am":
        return hour % 12
    if face == "pm":
        return hour if hours[0] - 2 <= hour <= 12 else hour % 12 + 12
    if face == "night":
        return hour + 12 if 6 <= hour <= 11 else hour % 12
    return hour if 6 <= hour <= 12 else hour + 12


def is_next_morning(frame: Frame, hour: int) -> bool:
    """Whether an hour lies past the midnight of the night that a frame names by its first day."""
    return hour < 6 and frame.part in ("night", "late_night", "after_midnight")
