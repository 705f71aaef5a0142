"""Times: two tables of expressions, laws of weekdays, distances and calendars, and what holds for any text."""

from __future__ import annotations

import calendar
import csv
import datetime
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import texts

from rasad.annotations.markdown import parse_markdown
from rasad.inference.times import UNKNOWN, Around, TimeValue, calendars, resolve
from rasad.inference.times.mentions import times_of
from rasad.inference.times.words import times_data

TABLES = Path(__file__).parent / "tables"
MONDAY = "2024-04-22"
LANGS = st.sampled_from(["ar", "en", "mixed"])
DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2049, 12, 31))
WEEKDAYS = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
EN_WEEKDAYS = list(calendar.day_name)
# One name of each month from each of the four ways to name them, by month.
LEVANT = [
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
]
EGYPT = ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
MAGHREB = ["جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]
ENGLISH = list(calendar.month_name)[1:]
HIJRI = [
    "محرم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى الأولى",
    "جمادى الآخرة",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعدة",
    "ذو الحجة",
]
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def table(lang: str) -> list[tuple[str, str | None, TimeValue, bool]]:
    with (TABLES / f"times.{lang}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    names = ("value", "start", "end", "precision", "mod")
    return [
        (row["text"], row["anchor"] or None, TimeValue(*(row[name] or None for name in names)), row["held"] == "y")
        for row in rows
    ]


ROWS = [(text, anchor, lang) for lang in ("ar", "en") for text, anchor, _, _ in table(lang)]


@pytest.mark.parametrize(("lang", "least"), [("ar", 250), ("en", 120)])
def test_the_tables_are_read_right(lang: str, least: int) -> None:
    rows = table(lang)
    misses = [(text, want, got) for text, anchor, want, _ in rows if (got := resolve(text, anchor, lang)) != want]
    assert len(rows) >= least
    assert len({row[:2] for row in rows}) == len(rows)
    assert sum(held for *_, held in rows) >= len(rows) / 2
    assert len(misses) <= 0.01 * len(rows), misses


def test_no_phrase_stands_under_two_kinds() -> None:
    words = times_data()["words"]
    phrases = [(phrase, kind) for kind, values in words.items() for found in values.values() for phrase in found]
    assert sorted({p for p, kind in phrases if any(p == q and kind != other for q, other in phrases)}) == []
    assert set(words["part"]) == set(times_data()["parts"])


def test_parts_of_the_day_lie_within_it_and_the_night_after() -> None:
    for name, part in times_data()["parts"].items():
        first, last = part["hours"]
        assert 0 <= first < last <= 30, name
        assert part["code"] in {"MO", "MI", "AF", "EV", "NI", "DT"}


@given(today=DAYS, weekday=st.integers(1, 7), lang=st.sampled_from(["ar", "en"]))
def test_a_weekday_is_the_nearest_on_or_before_publication(today: datetime.date, weekday: int, lang: str) -> None:
    name = (WEEKDAYS if lang == "ar" else EN_WEEKDAYS)[weekday - 1]
    said = {"ar": (name, f"{name} الماضي", f"{name} المقبل"), "en": (name, f"last {name}", f"next {name}")}[lang]
    near, last, coming = (datetime.date.fromisoformat(resolve(text, str(today), lang).value or "") for text in said)
    assert {near.isoweekday(), last.isoweekday(), coming.isoweekday()} == {weekday}
    assert 0 <= (today - near).days <= 6
    assert 1 <= (today - last).days <= 7
    assert 1 <= (coming - today).days <= 7


@given(today=DAYS, count=st.integers(2, 99))
def test_days_ago_are_counted_back(today: datetime.date, count: int) -> None:
    want = str(today - datetime.timedelta(days=count))
    assert resolve(f"قبل {count} يوما", str(today), "ar").value == want
    assert resolve(f"{count} days ago", str(today), "en").value == want


@given(date=DAYS, today=DAYS)
def test_a_full_date_is_the_same_in_every_naming_and_from_every_day(date: datetime.date, today: datetime.date) -> None:
    names = [months[date.month - 1] for months in (LEVANT, EGYPT, MAGHREB)]
    said = [f"{date.day} {name} {date.year}" for name in (*names, f"{names[0]}/{names[1]}", f"{names[1]} ({names[0]})")]
    weekday = WEEKDAYS[date.isoweekday() - 1]
    said += [
        f"يوم {weekday} {said[0]}",
        said[1].translate(ARABIC_INDIC),
        said[2].translate(PERSIAN),
        f"{date:%d/%m/%Y}",
    ]
    want = TimeValue(str(date), str(date), str(date + datetime.timedelta(1)), "day")
    assert [resolve(text, anchor, "ar") for text in said for anchor in (str(today), None)] == [want] * 2 * len(said)
    month = ENGLISH[date.month - 1]
    for text in (f"{date.day} {month} {date.year}", f"{month} {date.day}, {date.year}", str(date)):
        assert resolve(text, str(today), "en") == want


@given(date=DAYS, today=DAYS)
def test_a_date_without_a_year_lies_at_most_the_stated_days_ahead(date: datetime.date, today: datetime.date) -> None:
    assume((date.month, date.day) != (2, 29))
    found = resolve(f"{date.day} {LEVANT[date.month - 1]}", str(today), "ar")
    ahead = (datetime.date.fromisoformat(found.start or "") - today).days
    assert times_data()["ahead_days"] - 366 <= ahead <= times_data()["ahead_days"]
    assert (found.start or "")[5:] == f"{date:%m-%d}"
    weekday = EN_WEEKDAYS[date.isoweekday() - 1]
    dated = resolve(f"{weekday} {date.day} {ENGLISH[date.month - 1]}", str(today), "en")
    assert datetime.date.fromisoformat(dated.start or "").isoweekday() == date.isoweekday()


@given(year=st.integers(1400, 1470), month=st.integers(1, 12), day=st.integers(1, 29))
def test_hijri_dates_follow_one_another(year: int, month: int, day: int) -> None:
    first, second = (resolve(f"{d} {HIJRI[month - 1]} {year} هـ", None, "ar") for d in (day, day + 1))
    assert first.end == second.start or day == 29
    whole = resolve(f"{HIJRI[month - 1]} {year}", None, "ar")
    assert whole.start and whole.end and whole.start <= (first.start or "") < whole.end
    both = f"{day} {HIJRI[month - 1]} {year} الموافق 5 أيار 2010"
    assert resolve(both, None, "ar").value == "2010-05-05"  # the Gregorian of the two


def test_a_weekday_mends_a_hijri_date_by_one_day() -> None:
    assert resolve("28 جمادى الآخرة 1445", None, "ar").value == "2024-01-10"  # a Wednesday
    assert resolve("الخميس 28 جمادى الآخرة 1445", MONDAY, "ar").value == "2024-01-11"
    assert resolve("الأحد 28 جمادى الآخرة 1445", MONDAY, "ar").value == "2024-01-10"  # too far to be a sighting


@pytest.mark.parametrize("year", [1342, 1501])
def test_hijri_years_outside_the_tables_have_no_place(year: int) -> None:
    assert resolve(f"5 رمضان {year} هـ", MONDAY, "ar").start is None


@pytest.mark.parametrize(
    ("text", "start"),
    [("أول أيام رمضان", "2024-03-11"), ("ثالث أيام عيد الفطر", "2024-04-12"), ("ليلة عاشوراء", "2023-07-27T20:00")],
)
def test_days_of_feasts_are_counted_and_their_night_is_the_eve(text: str, start: str) -> None:
    assert resolve(text, MONDAY, "ar").start == start


@pytest.mark.parametrize(
    ("text", "lang", "want"),
    [
        ("الثانية من ليل السبت", "ar", "2024-04-21T02:00"),
        ("الواحدة بعد منتصف ليل الجمعة", "ar", "2024-04-20T01:00"),
        ("12 ظهر الأحد", "ar", "2024-04-21T12:00"),
        ("12 ليل السبت", "ar", "2024-04-21T00:00"),
        ("11 ظهر الأحد", "ar", "2024-04-21T11:00"),
        ("12:30 a.m. Sunday", "en", "2024-04-21T00:30"),
        ("12 pm on Sunday", "en", "2024-04-21T12:00"),
        ("quarter to nine on Sunday evening", "en", "2024-04-21T20:45"),
        ("9 p.m. on Sunday", "en", "2024-04-21T21:00"),
        ("6 pm Damascus time on 2 July 2021", "en", "2021-07-02T18:00+03:00"),
        ("6 pm Damascus time on 2 January 2021", "en", "2021-01-02T18:00+02:00"),
    ],
)
def test_a_clock_time_stands_on_its_day(text: str, lang: str, want: str) -> None:
    assert resolve(text, MONDAY, lang).start == want


@pytest.mark.parametrize("text", ["الثامنة", "الساعة 8 الأحد", "half past three", "3:15"])
def test_an_hour_before_or_after_noon_is_not_guessed(text: str) -> None:
    found = resolve(text, MONDAY, "mixed")
    assert "T" not in f"{found.value}{found.start}"


@pytest.mark.parametrize("text", ["5/6/2023", "06-05-2023"])
def test_day_and_month_in_figures_are_sure_in_arabic_only(text: str) -> None:
    assert resolve(text, None, "en").precision == "year"
    assert resolve(text, None, "ar").precision == "day"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("18:50 ت غ", "2024-04-21T18:50Z"),
        ("التاسعة مساء", "2024-04-21T21:00"),
        ("ليلا", "2024-04-21T20:00"),
        ("فجر السبت", "2024-04-20T03:00"),  # has a day of its own
        ("الثامنة", None),  # of the morning or the evening
        ("مساء اليوم نفسه", None),  # of a day told elsewhere
        ("بعد يومين", None),
    ],
)
def test_a_time_without_a_day_takes_the_day_beside_it(text: str, start: str | None) -> None:
    found = resolve(text, MONDAY, "ar", Around(day="2024-04-21"))
    assert found.start == start or (start is None and "T" not in f"{found.start}")


def test_a_publication_time_narrows_what_is_counted_in_hours() -> None:
    wide, narrow = resolve("قبل ساعتين", MONDAY, "ar"), resolve("قبل ساعتين", f"{MONDAY}T14:30", "ar")
    assert (wide.start, wide.end) == ("2024-04-21T22:00", "2024-04-22T22:00")
    assert (narrow.start, narrow.end) == ("2024-04-22T12:30", "2024-04-22T12:31")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("من الأحد إلى الثلاثاء", "2024-04-14/2024-04-16"),
        ("من كانون الأول إلى شباط", "2023-12/2024-02"),
        ("ليل 7/8 تموز", "2023-07-07TNI"),
        ("العام 2015/2016", "2015/2016"),
        ("بين عامي 2012 و2014", "2012,2014"),
        ("from 9 a.m. to 5 p.m. on Sunday", "2024-04-21T09:00/2024-04-21T17:00"),
        ("2 a.m. and 5:40 a.m. on May 17", "2024-05-17T02:00,2024-05-17T05:40"),
    ],
)
def test_two_times_share_what_one_of_them_leaves_out(text: str, value: str) -> None:
    assert resolve(text, MONDAY, "mixed").value == value


@pytest.mark.parametrize(
    "text", ["31 April", "30 فبراير", "a year and two months ago", "القصف", "", "99:99", "1" * 5000]
)
def test_what_cannot_be_told_is_not_told(text: str) -> None:
    assert resolve(text, MONDAY, "mixed") == UNKNOWN


@pytest.mark.parametrize(
    ("text", "lang", "around", "want"),
    [
        ("قبل ثلاثة أشهر", "ar", Around(is_elsewhere=True), TimeValue("P3M", None, None, "month")),
        ("قبل دقائق", "ar", Around(is_elsewhere=True), TimeValue("PTXM", None, None, "minute")),
        ("قبل لحظات", "ar", Around(is_elsewhere=True), UNKNOWN),
        ("منذ عامين", "ar", Around(is_elsewhere=True), TimeValue("P2Y", "2022-04-22", "2024-04-23", "year")),
        (
            "قبل ثلاثة أيام",
            "ar",
            Around(origin="2024-03-10"),
            TimeValue("2024-03-07", "2024-03-07", "2024-03-08", "day"),
        ),
        (
            "five days after",
            "en",
            Around(origin="2024-03-10"),
            TimeValue("2024-03-15", "2024-03-15", "2024-03-16", "day"),
        ),
        ("more than a day after", "en", Around(origin="2024-03-10"), TimeValue("P1D", None, None, "day", "MORE_THAN")),
        ("last three months", "en", Around(origin=""), TimeValue("P3M", None, None, "month")),
        ("قبل أسبوع من 20 آذار", "ar", Around(), TimeValue("2024-W11", "2024-03-11", "2024-03-18", "week")),
        ("two days before Sunday", "en", Around(), TimeValue("2024-04-19", "2024-04-19", "2024-04-20", "day")),
    ],
)
def test_what_is_counted_from_another_time_is_not_counted_from_publication(
    text: str, lang: str, around: Around, want: TimeValue
) -> None:
    assert resolve(text, MONDAY, lang, around) == want


@pytest.mark.parametrize(
    ("text", "value", "mod"),
    [
        ("just three days after", "P3D", None),
        ("only four days ago", "2024-04-18", None),
        ("barely two weeks ago", "2024-W15", "APPROX"),
        ("at least a week before", "P1W", "MORE_THAN"),
        ("قبل يومين فقط", "2024-04-20", None),
        ("بعد ما يقرب من عامين", "P2Y", "APPROX"),
        ("a little while ago", MONDAY, "APPROX"),
        ("قبل قليل", MONDAY, "APPROX"),
        ("منذ وقت قصير", MONDAY, "APPROX"),
    ],
)
def test_words_that_only_weigh_an_amount_leave_it_readable(text: str, value: str, mod: str | None) -> None:
    found = resolve(text, MONDAY, "mixed")
    assert (found.value, found.mod) == (value, mod)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("that day", "2024-03-31"),
        ("later that day", "2024-03-31"),
        ("the following day", "2024-04-01"),
        ("same night", "2024-03-31TNI"),
        ("مساء اليوم نفسه", "2024-03-31TEV"),
        ("صباح اليوم التالي", "2024-04-01TMO"),
        ("تلك الليلة", "2024-03-31TNI"),
        ("الثاني من الشهر ذاته", "2024-03-02"),
        ("أيلول من العام السابق", "2023-09"),
        ("في الوقت نفسه", None),
        ("ذكرى", None),
    ],
)
def test_that_day_is_the_date_named_last(text: str, value: str | None) -> None:
    named = dict.fromkeys(("day", "week", "month", "year"), "2024-03-31")
    assert resolve(text, MONDAY, "mixed", Around(named=named)).value == value
    assert resolve(text, MONDAY, "mixed").start is None


@pytest.mark.parametrize(
    ("text", "ahead", "past"),
    [
        ("أيار", "2024-05", "2023-05"),
        ("15 May", "2024-05-15", "2023-05-15"),
        ("أواخر نيسان", "2024-04", "2023-04"),
        ("نيسان", "2024-04", "2024-04"),
        ("أيار المقبل", "2024-05", "2024-05"),
        ("منذ أيار", "2023-05", "2023-05"),
    ],
)
def test_a_date_of_the_past_does_not_lie_ahead(text: str, ahead: str, past: str) -> None:
    assert resolve(text, "2024-04-20", "mixed").value == ahead
    assert resolve(text, "2024-04-20", "mixed", Around(is_past=True)).value == past


@pytest.mark.parametrize("text", ["يوم", "day", "hour", "شهر"])
def test_a_unit_alone_says_nothing(text: str) -> None:
    assert resolve(text, MONDAY, "mixed") == UNKNOWN


@pytest.mark.parametrize(("text", "value"), [("an hour", "PT1H"), ("بيوم", "P1D"), ("nearly a year", "P1Y")])
def test_one_of_a_unit_is_a_length(text: str, value: str) -> None:
    assert resolve(text, MONDAY, "mixed").value == value


def told(marked: str, lang: str, relations: str = "") -> dict[str, str | None]:
    """Return the values of the times of a marked text, published on a Monday."""
    text = f"---\nid: d\nlang: {lang}\ndate: {MONDAY}\n---\n{marked}\n\n```relations\n{relations}\n```\n"
    return {span: value.value for span, value in times_of(parse_markdown(text, "d")).items()}


@pytest.mark.parametrize(
    ("marked", "value"),
    [
        ("وصلوا [قبل ثلاثة أيام](TIME:t1) من الاقتراع.", "P3D"),
        ("وصلوا [قبل ثلاثة أيام](TIME:t1) فقط من [الهجوم](ATTACK:e1).", "P3D"),
        ("وصلوا [قبل ثلاثة أيام](TIME:t1) من [يوم الخميس](TIME:t2).", "2024-04-15"),
        ("وصلوا [قبل ثلاثة أيام](TIME:t1) من [المدينة](GPE:p1).", "2024-04-19"),
        ("خُطفوا [قبل ثلاثة أيام](TIME:t1) من قبل مجهولين.", "2024-04-19"),
        ("وصلوا [قبل ثلاثة أيام](TIME:t1).", "2024-04-19"),
        ("وفي [أيار](TIME:t1)، شهدت القرية هدوءا.", "2023-05"),
        ("وهدأت القرية منذ [أيار](TIME:t1).", "2023-05"),
        ("وتهدأ القرية في [أيار](TIME:t1).", "2024-05"),
        ("ولا تهدأ القرية إلا في [أيار](TIME:t1). وكان ذلك متوقعا.", "2024-05"),
    ],
)
def test_the_words_around_a_time_tell_what_it_counts_from(marked: str, value: str) -> None:
    assert told(marked, "ar")["t1"] == value


@pytest.mark.parametrize(
    ("marked", "relations", "value"),
    [
        ("The village was [shelled](ATTACK:e1) in [May](TIME:t1).", "e1 WHEN t1", "2023-05"),
        ("The [truce](CEASEFIRE:e1) holds until [May](TIME:t1).", "e1 WHEN t1", "2024-05"),
        ("A [raid](ATTACK:e1) is planned in [May](TIME:t1).", "e1 WHEN t1\ne1 modality=hypothetical", "2024-05"),
        ("It came [two days after](TIME:t1) [Friday](TIME:t2)'s vote.", "", "2024-04-21"),
        ("The [last three months](TIME:t1) of [2023](TIME:t2) were calm.", "", "P3M"),
    ],
)
def test_what_happened_then_tells_when_it_was(marked: str, relations: str, value: str) -> None:
    assert told(marked, "en", relations)["t1"] == value


@pytest.mark.parametrize(
    ("between", "value"),
    [(" ", "2024-04-19"), ("\n", "2024-04-19"), ("\nIt rained.\n", None), (" In [2019](TIME:t3) ", None)],
)
def test_that_day_looks_back_no_farther_than_a_paragraph(between: str, value: str | None) -> None:
    assert told(f"Rain fell on [Friday](TIME:t1).{between}Hail fell [that day](TIME:t2).", "en")["t2"] == value


@pytest.mark.parametrize("anchor", [None, "", "yesterday", "2024-13-01", "22/04/2024"])
def test_without_a_publication_date_nothing_relative_has_a_place(anchor: str | None) -> None:
    for text, lang in (("أمس", "ar"), ("مساء الأحد", "ar"), ("20 تموز", "ar"), ("last week", "en"), ("رمضان", "ar")):
        found = resolve(text, anchor, lang)
        assert found.start is found.end is None
    assert resolve("20 تموز 2020", anchor, "ar").start == "2020-07-20"


SPELLINGS = {
    "hamza": lambda text: text.translate(str.maketrans("أإآ", "ااا")),
    "digits": lambda text: text.translate(ARABIC_INDIC),
    "tatweel": lambda text: re.sub(r"([سصفم])(?=[ا-ي])", "\\1\u0640", text),
    "vowels": lambda text: re.sub(r"(?<=[بتسصفمنلر])(?=[ا-ي])", "\u064e", text),
    "bidi": lambda text: f"\u200f{text.upper()}\u200e",
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_spelling_changes_nothing(name: str) -> None:
    for text, anchor, lang in ROWS:
        assert resolve(SPELLINGS[name](text), anchor, lang) == resolve(text, anchor, lang), text


@given(text=texts() | st.text(), anchor=st.none() | st.text() | DAYS.map(str), lang=LANGS)
def test_any_text_has_an_answer(text: str, anchor: str | None, lang: str) -> None:
    holds(text, anchor, lang)


PHRASES = [str(p) for values in times_data()["words"].values() for found in values.values() for p in found]
PIECES = [
    *PHRASES,
    "و",
    "وعشرين",
    "7",
    "23",
    "2015",
    "1445",
    "0830",
    "21:50",
    "20/2/2025",
    "-",
    "/",
    "خمسة",
    "forty",
    "x",
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7), st.none() | DAYS.map(str), LANGS)
def test_any_words_of_time_have_an_answer(pieces: list[str], anchor: str | None, lang: str) -> None:
    holds(" ".join(pieces), anchor, lang)


@pytest.mark.parametrize("anchor", ["0001-01-01", "9999-12-31", "1343-05-05", "9999-12-31T23:59"])
def test_the_ends_of_the_calendar_are_no_trap(anchor: str) -> None:
    for text, _, lang in ROWS:
        holds(text, anchor, lang)


def holds(text: str, anchor: str | None, lang: str) -> None:
    """Assert what is true of every answer: it is the same each time, and its bounds are dates in order."""
    found = resolve(text, anchor, lang)
    assert found == resolve(text, anchor, lang)
    bounds = [
        bound and datetime.datetime.fromisoformat(bound).replace(tzinfo=None) for bound in (found.start, found.end)
    ]
    assert None in bounds or bounds[0] < bounds[1]
    assert (found.precision == "unknown") == (found == UNKNOWN)
    assert found.mod in (None, "START", "MID", "END", "APPROX", "MORE_THAN", "LESS_THAN")


@given(date=DAYS, months=st.integers(-500, 500))
def test_steps_by_months_keep_the_day_where_they_can(date: datetime.date, months: int) -> None:
    found = calendars.step(date, months, "month")
    assert (found.year * 12 + found.month) - (date.year * 12 + date.month) == months
    assert found.day == date.day or (found.day < date.day and calendars.step(found, 1, "day").day == 1)


@given(date=DAYS)
def test_thirds_make_the_whole(date: datetime.date) -> None:
    wholes = [calendars.week(date), calendars.month(date), calendars.year(date.year), calendars.decade(date.year)]
    for whole in wholes:
        thirds = [calendars.third(whole, edge) for edge in ("START", "MID", "END")]
        assert thirds[0] and thirds[1] and thirds[2]
        assert (thirds[0][0], thirds[2][1]) == (whole.start, whole.end)
        assert thirds[0][1] == thirds[1][0] and thirds[1][1] == thirds[2][0]
