"""The slots of a time expression, and which of them each of its words fills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rasad.inference.times.words import Item

LEAST_YEAR, LAST_YEAR, LAST_DAY = 1000, 2100, 31
_PIVOT = 70  # years of two digits from here on are of the twentieth century
# Kinds whose value is taken as it is, into the slot of the same name.
_NAMES = {"part", "point", "zone", "edge", "mod", "season", "feast", "shift", "era", "date", "anaphor"}
_NUMBERS = {"weekday", "relday", "relnight", "which", "running", "year", "decade"}
_NOTHING = Item("", "")


@dataclass(slots=True)
class Length:
    """A number of units (`ثلاثة أشهر`, `hours`): count None where only "some" is said; `part` of 60 for fractions."""

    unit: str
    count: int | None = None
    part: int = 0


@dataclass(slots=True)
class Frame:
    """The slots of one expression; None where it says nothing of the kind.

    `unit` is a calendar unit said of the publication date or of another time (`which`, `anaphor`): `هذا الشهر`.
    `nth` counts `nth_unit` within what else is said (`الأسبوع الأول من أيار`). `loose` is a number whose role a twin
    must tell. `is_plain_year`: nothing but its size says that the number is a year. `is_past`: it does not lie ahead.
    `is_strange`: it has other words.
    """

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    is_hijri: bool = False
    year: int | None = None
    is_plain_year: bool = False
    date: str | None = None
    decade: int | None = None
    season: str | None = None
    feast: str | None = None
    part: str | None = None
    point: str | None = None
    hour: int | None = None
    minute: int | None = None
    is_24: bool = False
    zone: str | None = None
    relday: int | None = None
    relnight: int | None = None
    unit: str | None = None
    is_definite: bool = False
    is_single: bool = False
    which: int | None = None
    nth: int | None = None
    nth_unit: str | None = None
    length: Length | None = None
    way: str | None = None
    running: int | None = None
    edge: str | None = None
    mod: str | None = None
    shift: str | None = None
    era: str | None = None
    anaphor: str | None = None
    is_past: bool = False
    is_strange: bool = False
    loose: int | None = None

    @property
    def is_placed(self) -> bool:
        """Whether something in it has a place of its own in a calendar."""
        slots = (self.weekday, self.month, self.date, self.decade, self.season, self.feast, self.relday, self.relnight)
        return any(slot is not None for slot in slots) or (self.year is not None and not self.is_plain_year)


@dataclass(frozen=True, slots=True)
class _Spot:
    """An item between its neighbours."""

    item: Item
    last: Item
    following: Item

    @property
    def number(self) -> int:
        return self.item.number

    @property
    def is_cardinal(self) -> bool:
        return self.item.kind == "number"

    @property
    def is_before_month(self) -> bool:
        """Whether a month follows: by name, or as `the month` that a day is counted in."""
        item = self.following
        return item.kind in ("month", "hijri") or (item.kind == "unit" and item.value == "month" and item.definite)

    @property
    def is_after_today(self) -> bool:
        return (self.last.kind, self.last.value) == ("relday", "0")


def frame(items: Sequence[Item]) -> Frame:
    """Return the frame that items fill, the first of a kind where there are two."""
    found = Frame()
    around = [_NOTHING, *items, _NOTHING]
    for at, item in enumerate(items):
        _fill(found, _Spot(item, around[at], around[at + 2]))
    _settle(found)
    return found


def _fill(frame: Frame, spot: _Spot) -> None:
    item = spot.item
    if item.kind in _NAMES or item.kind in _NUMBERS:
        if getattr(frame, item.kind) is None:
            setattr(frame, item.kind, item.value if item.kind in _NAMES else item.number)
    elif item.kind in ("month", "hijri"):
        if frame.month is None:
            frame.month, frame.is_hijri = item.number, item.kind == "hijri"
    elif item.kind in _FILLERS:
        _FILLERS[item.kind](frame, spot)


def _fill_time(frame: Frame, spot: _Spot) -> None:
    hour, minute = spot.item.value.split(":")[:2]
    frame.hour, frame.minute, frame.is_24 = int(hour), int(minute), len(hour) == 2


def _fill_vague(frame: Frame, spot: _Spot) -> None:
    frame.length = frame.length or Length("")


def _fill_way(frame: Frame, spot: _Spot) -> None:
    frame.way = frame.way or spot.item.value


def _fill_moment(frame: Frame, spot: _Spot) -> None:
    frame.relday, frame.mod, frame.way = 0, "APPROX", "ago"


def _fill_half_past(frame: Frame, spot: _Spot) -> None:
    frame.minute = 30


def _fill_strange(frame: Frame, spot: _Spot) -> None:
    frame.is_strange = True


def _fill_unit(frame: Frame, spot: _Spot) -> None:
    item = spot.item
    if (item.value == "minute" and frame.minute is not None) or (frame.nth and item.value == frame.nth_unit):
        return  # `الثالثة وعشر دقائق`, `third week`: the number has taken it
    if item.kind == "dual":
        frame.length = Length(item.value, 2)
    elif item.kind == "units" or (frame.length is not None and not frame.length.unit):
        frame.length = frame.length or Length("")
        frame.length.unit = frame.length.unit or item.value
    elif frame.unit is None:
        frame.unit, frame.is_definite, frame.is_single = item.value, item.definite, item.single


def _fill_fraction(frame: Frame, spot: _Spot) -> None:
    """Read a half or a quarter: of an hour on the clock, of a length, or of a year (which its ordinal tells)."""
    part = int(spot.item.value)
    if spot.last.kind == "less" or spot.following.kind == "to":
        frame.minute = -part
    elif not spot.item.joined and {spot.last.kind, spot.following.kind} & {"ordinal", "hour"}:
        return
    elif spot.following.kind == "unit" and not spot.item.joined:
        frame.length = Length("", 0, part)
    elif frame.length is not None or frame.unit is not None:
        frame.length = frame.length or Length(frame.unit or "", 1)
        frame.length.part, frame.unit = part, None
    else:
        frame.minute = part


def _fill_number(frame: Frame, spot: _Spot) -> None:
    """Give a number its role by what stands beside it; without one it stays loose."""
    if not any(role(frame, spot) for role in (_is_nth, _is_day, _is_count, _is_clock, _is_date, _is_hour)):
        frame.loose = spot.number


def _is_nth(frame: Frame, spot: _Spot) -> bool:
    """An ordinal beside a unit (`الأسبوع الأول`, `third quarter`), a number after `day`."""
    last, following = spot.last, spot.following
    if last.kind == "unit" and last.value == "day":
        is_nth = not spot.is_before_month and (spot.number > 1 or not spot.is_cardinal)
    else:
        is_nth = not spot.is_cardinal and last.kind in ("unit", "fraction", "quarter")
    if spot.is_after_today:
        is_nth = not spot.is_before_month and (not spot.is_cardinal or following.kind == "")
    if is_nth:
        frame.nth_unit = _counted_unit(last)
        frame.unit = None if last.kind == "unit" else frame.unit
        frame.relday = None if last.kind == "relday" else frame.relday
    elif spot.item.kind != "ordinal" or spot.is_before_month:
        return False
    elif following.kind in ("unit", "units", "fraction"):
        frame.nth_unit = _counted_unit(following)
    elif following.kind == "weekday" and last.kind == "":
        frame.nth_unit = "weekday"  # first Friday of August
    else:
        return False
    frame.nth = spot.number
    return True


def _counted_unit(item: Item) -> str:
    if item.kind == "fraction":
        return "half" if item.value == "30" else "quarter"
    return {"relday": "day", "quarter": "quarter"}.get(item.kind, item.value)


def _is_day(frame: Frame, spot: _Spot) -> bool:
    if not spot.is_before_month or spot.number > LAST_DAY:
        return False
    frame.day = spot.number
    return True


def _is_count(frame: Frame, spot: _Spot) -> bool:
    """A cardinal before its unit (`ثلاثة أشهر`) or after it (`الأشهر الثلاثة`); minutes after an hour are its own."""
    if not spot.is_cardinal:
        return False
    if spot.following.kind in ("unit", "units", "dual"):
        if frame.hour is not None and spot.following.value == "minute":
            frame.minute = -spot.number if spot.last.kind == "less" else spot.number
            return True
        # A second length (`a year and two months ago`) has no slot.
        frame.is_strange |= (frame.length is not None and bool(frame.length.unit)) or (
            frame.unit is not None and not frame.is_definite
        )
        frame.length = Length("", spot.number)
        return True
    if spot.last.kind in ("unit", "units") and spot.number < LEAST_YEAR:
        frame.length, frame.unit = Length(spot.last.value, spot.number), None
        return True
    return False


def _is_clock(frame: Frame, spot: _Spot) -> bool:
    """An hour that says so (`الثامنة`, `الساعة 8`, `8 o'clock`), or the numbers of `ten past eleven`."""
    if spot.item.kind == "hour" or spot.last.kind == "clock" or spot.following.kind in ("clock", "zone"):
        if frame.hour is None:
            frame.is_24 = spot.number > 24  # 0830 without its colon
            frame.hour, minute = divmod(spot.number, 100) if frame.is_24 else (spot.number, None)
            frame.minute = frame.minute if minute is None else minute
        return True
    if spot.following.kind == "running" and spot.following.value == "-1" and spot.number < 60 and frame.way is None:
        frame.minute = spot.number
        return True
    if frame.minute is not None and frame.hour is None and spot.number <= 12:
        frame.hour, frame.running = spot.number, None
        return True
    return False


def _is_date(frame: Frame, spot: _Spot) -> bool:
    """The day after its month (`May 3`), a year by its size, a year of two digits after its month."""
    if frame.day is None and spot.last.kind in ("month", "hijri") and spot.number <= LAST_DAY:
        frame.day = spot.number
    elif spot.is_cardinal and LEAST_YEAR <= spot.number <= LAST_YEAR:
        frame.is_plain_year = frame.is_plain_year or frame.year is None
        frame.year = frame.year or spot.number
    elif spot.last.kind == "month" and frame.day is not None and len(spot.item.value) == 2:
        frame.year = spot.number + (2000 if spot.number < _PIVOT else 1900)
    else:
        return False
    return True


def _is_hour(frame: Frame, spot: _Spot) -> bool:
    """A cardinal before a part of the day: `خمسة الصبح`, `7 pm`, `eleven last night`."""
    if not spot.is_cardinal or spot.following.kind not in ("part", "relnight") or spot.number > 24:
        return False
    frame.hour = spot.number
    return True


_FILLERS: dict[str, Callable[[Frame, _Spot], None]] = {
    "time": _fill_time, "vague": _fill_vague, "way": _fill_way, "moment": _fill_moment, "past": _fill_half_past,
    "strange": _fill_strange, "unit": _fill_unit, "units": _fill_unit, "dual": _fill_unit,
    "fraction": _fill_fraction, "number": _fill_number, "ordinal": _fill_number, "hour": _fill_number,
}  # fmt: skip


def _settle(frame: Frame) -> None:
    """Decide what only the whole can tell."""
    if frame.loose is not None and frame.loose <= 12 and frame.part and frame.minute is not None:
        frame.hour, frame.loose = frame.loose, None  # `الصبح على 9 وربع`
    if frame.length is not None and not frame.length.unit and frame.unit:
        frame.length.unit, frame.unit = frame.unit, None
    if frame.length is None and frame.unit not in (None, "weekend") and _is_one(frame):
        # A unit alone (`يوم`, `day`) is as often part of a name as a length.
        frame.is_strange |= (frame.way, frame.running, frame.mod) == (None, None, None) and not frame.is_single
        frame.length, frame.unit = Length(frame.unit or "", 1), None
    frame.is_hijri = frame.is_hijri or frame.era == "h"
    if frame.relnight is not None and frame.edge == "MID":
        frame.point = "midnight"  # منتصف الليلة الماضية
    if frame.part is None and (frame.relnight is not None or frame.shift == "eve"):
        frame.part = "evening" if frame.shift else "night"


def _is_one(frame: Frame) -> bool:
    """Whether a unit without a number is a length of one: `past week`, `بعد ساعة`, `an hour`."""
    if frame.running is not None:
        return True
    if frame.which is not None or frame.anaphor is not None:
        return False
    others = (frame.is_definite, frame.edge, frame.is_placed, frame.nth, frame.day, frame.loose, frame.part)
    return frame.way is not None or not any(others)
