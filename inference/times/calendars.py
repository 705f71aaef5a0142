"""Calendars: days, weeks, months, seasons, years of the Gregorian and the Hijri calendar as periods, and steps in them.

Weeks are those of ISO 8601 (Monday to Sunday), seasons three whole months (winter begins in December of its year),
Hijri dates those of the Umm al-Qura calendar (1343 to 1500): a sighting elsewhere may differ by a day.
"""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from typing import Literal

from hijridate import Gregorian, Hijri

Precision = Literal[
    "minute", "hour", "daypart", "day", "weekend", "week", "month", "quarter", "season", "half", "year", "decade",
    "century", "unknown",
]  # fmt: skip
HIJRI_YEARS = range(1343, 1501)
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
# Where the first and the last third of a period end and begin, in its own smaller units.
_THIRDS: dict[str, tuple[str, int, int]] = {
    "week": ("day", 2, 5), "weekend": ("day", 1, 1), "month": ("day", 10, 20), "quarter": ("month", 1, 2),
    "season": ("month", 1, 2), "half": ("month", 2, 4), "year": ("month", 4, 8), "decade": ("year", 3, 7),
    "century": ("year", 33, 67),
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days: `value` as TIMEX3 writes it, from `start` to before `end`.

    Without dates it is a period that only another event, or a publication date, would place.
    """

    value: str | None
    start: datetime.date | None
    end: datetime.date | None
    precision: Precision


def day(date: datetime.date) -> Period:
    """Return a day."""
    return Period(date.isoformat(), date, step(date, 1, "day"), "day")


def week(date: datetime.date) -> Period:
    """Return the ISO week that a day lies in."""
    year, number, weekday = date.isocalendar()
    start = step(date, 1 - weekday, "day")
    return Period(f"{year:04}-W{number:02}", start, step(start, 7, "day"), "week")


def weekend(date: datetime.date, lang: str) -> Period:
    """Return the weekend of the ISO week of a day: Saturday and Sunday, in Arabic from Friday as countries differ."""
    whole = week(date)
    assert whole.start and whole.end
    return Period(f"{whole.value}-WE", step(whole.start, 4 if lang == "ar" else 5, "day"), whole.end, "weekend")


def month(date: datetime.date) -> Period:
    """Return the month that a day lies in."""
    return _months(f"{date.year:04}-{date.month:02}", date.replace(day=1), 1, "month")


def season(year: int, code: str) -> Period:
    """Return a season (SP, SU, FA, WI) of the year that it begins in."""
    return _months(f"{year:04}-{code}", datetime.date(year, SEASONS[code], 1), 3, "season")


def part_of_year(year: int, unit: str, nth: int) -> Period | None:
    """Return a half or a quarter of a year; None where it has not so many."""
    length = _MONTHS[unit]
    if unit not in ("half", "quarter") or not 1 <= nth <= 12 // length:
        return None
    precision: Precision = "half" if unit == "half" else "quarter"
    start = datetime.date(year, 1 + (nth - 1) * length, 1)
    return _months(f"{year:04}-{unit[0].upper()}{nth}", start, length, precision)


def year(number: int) -> Period:
    """Return a year."""
    return _months(f"{number:04}", datetime.date(number, 1, 1), 12, "year")


def decade(first: int) -> Period:
    """Return the decade that begins with a year."""
    return _months(f"{first // 10:03}", datetime.date(first // 10 * 10, 1, 1), 120, "decade")


def century(first: int) -> Period:
    """Return the century of a year, counted from its hundreds: 1900 to 1999 are one."""
    return _months(f"{first // 100:02}", datetime.date(first // 100 * 100, 1, 1), 1200, "century")


def _months(value: str, start: datetime.date, count: int, precision: Precision) -> Period:
    return Period(value, start, step(start, count, "month"), precision)


def nth_week(whole: Period, nth: int) -> Period | None:
    """Return the nth seven days of a month, the last as long as is left; None where it has not so many."""
    assert whole.start and whole.end
    start = step(whole.start, 7 * (nth - 1), "day")
    if not whole.start <= start < whole.end:
        return None
    end = min(step(start, 7, "day"), whole.end)
    return Period(f"{start}/{step(end, -1, 'day')}", start, end, "week")


def half_month(whole: Period, nth: int) -> Period | None:
    """Return the days of a month to the fifteenth, or after it; None for a third half."""
    assert whole.start and whole.end
    middle = step(whole.start, 15, "day")
    if nth not in (1, 2):
        return None
    return _stretch(*((whole.start, middle) if nth == 1 else (middle, whole.end)), "month")


def third(whole: Period, edge: str) -> tuple[datetime.date, datetime.date] | None:
    """Return the first, middle or last third (START, MID, END) of a period; None of a day or of no place."""
    if whole.start is None or whole.end is None or whole.precision not in _THIRDS:
        return None
    unit, first, last = _THIRDS[whole.precision]
    bounds = (whole.start, step(whole.start, first, unit), step(whole.start, last, unit), whole.end)
    at = ("START", "MID", "END").index(edge)
    return bounds[at], bounds[at + 1]


def hijri_day(year: int, month: int, day_: int) -> Period | None:
    """Return a day of the Hijri calendar; None where it has no such day or the tables do not reach."""
    if year not in HIJRI_YEARS or not 1 <= day_ <= Hijri(year, month, 1).month_length():
        return None
    return day(_hijri(year, month, day_))


def hijri_month(year: int, month: int) -> Period | None:
    """Return a month of the Hijri calendar; None where the tables do not reach."""
    if year not in HIJRI_YEARS:
        return None
    start = _hijri(year, month, 1)
    return _stretch(start, step(start, Hijri(year, month, 1).month_length(), "day"), "month")


def hijri_year(year: int) -> Period | None:
    """Return a year of the Hijri calendar; None where the tables do not reach."""
    if year not in HIJRI_YEARS or year + 1 not in HIJRI_YEARS:
        return None
    return _stretch(_hijri(year, 1, 1), _hijri(year + 1, 1, 1), "year")


def year_in_hijri(date: datetime.date) -> int:
    """Return the Hijri year that a day lies in.

    Raises:
        OverflowError: outside the tables.
    """
    return int(Gregorian(date.year, date.month, date.day).to_hijri().year)


def _hijri(year: int, month: int, day_: int) -> datetime.date:
    found = Hijri(year, month, day_).to_gregorian()
    return datetime.date(found.year, found.month, found.day)


def _stretch(start: datetime.date, end: datetime.date, precision: Precision) -> Period:
    return Period(f"{start}/{step(end, -1, 'day')}", start, end, precision)


def step(date: datetime.date, count: int, unit: str) -> datetime.date:
    """Return the day that lies some units after another; months and years keep the day where they have it.

    Raises:
        OverflowError, ValueError: outside the years 1 to 9999.
    """
    if unit in ("day", "week"):
        return date + datetime.timedelta(days=count * (7 if unit == "week" else 1))
    months = date.year * 12 + date.month - 1 + count * _MONTHS[unit]
    number, rest = divmod(months, 12)
    if not 1 <= number <= 9999:
        raise OverflowError(f"year {number} is outside the calendar")
    return date.replace(number, rest + 1, min(date.day, calendar.monthrange(number, rest + 1)[1]))
