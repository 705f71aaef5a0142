"""Numbers: two tables of phrases, the values of number words, quantities outside a span, and laws for any text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from rasad.inference.numbers import Count, count, count_span, number
from rasad.inference.numbers.nouns import form
from rasad.inference.numbers.numerals import digits
from rasad.inference.numbers.persons import is_single

TABLES = Path(__file__).parent / "tables"
UNKNOWN = Count(None, None, "unknown")
LANGS = st.sampled_from(["ar", "en", "mixed"])
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

ONES = ["", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"]
TENS = ["", "عشرة", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"]
HUNDREDS = ["", "مئة", "مئتان", *(f"{o.removesuffix('ة').removesuffix('ي')}مئة" for o in ONES[3:])]
EN_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
EN_ONES += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
PARTS = [
    "و",
    "5",
    "٧",
    "خمسة",
    "عشر",
    "ألف",
    "بين",
    "من",
    "إلى",
    "أكثر",
    "عدة",
    "على",
    "الأقل",
    "جندي",
    "%",
    ".",
    "،",
    "-",
]
PARTS += ["a", "and", "half", "dozen", "or", "to", "between", "five", "hundred", "more", "than", "soldier", "mm", "of"]
EN_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def table(lang: str) -> list[tuple[str, Count, bool]]:
    with (TABLES / f"numbers.{lang}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    bounds = [(int(row["low"]) if row["low"] else None, int(row["high"]) if row["high"] else None) for row in rows]
    return [
        (row["phrase"], Count(low, high, row["kind"]), row["held"] == "y")
        for row, (low, high) in zip(rows, bounds, strict=True)
    ]


def spelled(n: int) -> str:
    """Spell a number under a million in Arabic, as grammars do: hundreds, then ones before tens, joined by و."""
    thousands, rest = divmod(n, 1000)
    parts = [_thousands(thousands)] if thousands else []
    parts += [HUNDREDS[rest // 100]] if rest >= 100 else []
    ones, tens = rest % 10, rest % 100 // 10
    if tens == 1 and ones:
        parts.append(f"{('أحد', 'اثنا', *ONES[3:])[ones - 1]} عشر")
    else:
        parts += [word for word in (ONES[ones], TENS[tens]) if word]
    return " و".join(parts)


def _thousands(n: int) -> str:
    if n <= 2:
        return ("ألف", "ألفان")[n - 1]
    return f"{spelled(n)} {'آلاف' if 3 <= n % 100 <= 10 else 'ألفا'}"


def spelled_en(n: int) -> str:
    if n >= 1000:
        rest = f" {'and ' if n % 1000 < 100 else ''}{spelled_en(n % 1000)}" if n % 1000 else ""
        return f"{spelled_en(n // 1000)} thousand{rest}"
    if n >= 100:
        return f"{EN_ONES[n // 100]} hundred" + (f" and {spelled_en(n % 100)}" if n % 100 else "")
    if n >= 20:
        return EN_TENS[n // 10] + (f"-{EN_ONES[n % 10]}" if n % 10 else "")
    return EN_ONES[n]


@pytest.mark.parametrize(("lang", "least"), [("ar", 200), ("en", 80)])
def test_the_tables_are_read_right(lang: str, least: int) -> None:
    rows = table(lang)
    misses = [(phrase, want, got) for phrase, want, _ in rows if (got := count(phrase, lang)) != want]
    assert len(rows) >= least
    assert len({phrase for phrase, _, _ in rows}) == len(rows)
    assert sum(held for _, _, held in rows) >= len(rows) / 2
    assert len(misses) <= 0.02 * len(rows), misses


@pytest.mark.parametrize(("lang", "least"), [("ar", 0.98), ("en", 0.98)])
def test_rows_that_nothing_was_tuned_on_are_read_as_well(lang: str, least: float) -> None:
    held = [(phrase, want) for phrase, want, is_held in table(lang) if is_held]
    assert sum(count(phrase, lang) == want for phrase, want in held) >= least * len(held)


@pytest.mark.parametrize(
    ("lang", "words", "value"),
    [
        ("ar", "بثلاثة", 3),
        ("ar", "الخمسة والعشرين", 25),
        ("ar", "خمسة و عشرون", 25),
        ("ar", "مئة وخمسة وعشرون ألفا", 125_000),
        ("ar", "ثلاث مائة وخمسين", 350),
        ("ar", "ألفا", 2000),
        ("ar", "ألفاً", 1000),
        ("ar", "50 ألفاً", 50_000),
        ("ar", "الف", 1000),
        ("ar", "مليون ونصف المليون", 1_500_000),
        ("ar", "ألف مليون", 1_000_000_000),
        ("ar", "3 آلاف و200", 3200),
        ("ar", "١٫٥ مليون", 1_500_000),
        ("ar", "٢٬٥٠٠", 2500),
        ("ar", "و15", 15),
        ("ar", "الـ12", 12),
        ("en", "half a million", 500_000),
        ("en", "two and a half million", 2_500_000),
        ("en", "a million and a half", 1_500_000),
        ("en", "half a dozen", 6),
        ("en", "Twelve hundred", 1200),
        ("en", "a hundred", 100),
        ("en", "zero", 0),
        ("mixed", "خمسة", 5),
        ("mixed", "five", 5),
    ],
)
def test_a_run_of_number_words_has_its_value(lang: str, words: str, value: int) -> None:
    assert number(words.split(), lang) == value


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ar", ""),
        ("ar", "خمسة سبعة"),
        ("ar", "5 و7"),
        ("ar", "عشرات"),
        ("ar", "آلاف"),
        ("ar", "ثالث"),
        ("ar", "الأحد"),
        ("ar", "الثلاثاء"),
        ("ar", "كمية"),
        ("ar", "خمسة بعشرة"),
        ("ar", "نصف"),
        ("ar", "١٫٥"),
        ("en", "a"),
        ("en", "five and"),
        ("en", "five six"),
        ("en", "a five"),
        ("en", "third"),
        ("en", "dozens"),
        ("en", "F-16"),
        ("en", "5-7"),
        ("en", "9" * 5000),
    ],
)
def test_what_is_no_whole_number_has_none(lang: str, words: str) -> None:
    assert number(words.split(), lang) is None


@given(st.integers(1, 999_999))
def test_every_number_is_read_as_it_is_spelled(n: int) -> None:
    assert number(spelled(n).split(), "ar") == n
    assert number(spelled_en(n).split(), "en") == n


@given(st.integers(0, 10**12))
def test_digits_of_any_script_have_one_value(n: int) -> None:
    for text in (str(n), f"{n:,}", f"{n:,}".replace(",", "٬")):
        assert [digits(text.translate(script)) for script in ({}, ARABIC_INDIC, PERSIAN)] == [n] * 3


@pytest.mark.parametrize(
    ("lang", "text", "want"),
    [
        ("ar", "شن الطيران 33 [غارة] على البلدة", Count(33, 33, "exact")),
        ("ar", "وقعت ثلاثة [تفجيرات] متزامنة", Count(3, 3, "exact")),
        ("ar", "نفذ أكثر من 20 [غارة] جوية", Count(21, None, "at_least")),
        ("ar", "شهد اليوم 12 [غارة] جوية على الأقل", Count(12, None, "at_least")),
        ("ar", "بعد عشرات من [الهجمات]", Count(20, None, "at_least")),
        ("ar", "بعد سلسلة [هجمات] على القاعدة", Count(2, None, "some")),
        ("ar", "مقتل 4 [بغارة] ليلية", Count(1, 1, "exact")),
        ("ar", "مقتل 32 [بتفجيرات] ليلية", Count(2, None, "some")),
        ("ar", "مقتل أربعة [بغارات] ليلية", Count(2, None, "some")),
        ("ar", "مقتل خمسة أشخاص في [هجوم]", Count(1, 1, "exact")),
        ("ar", "أصيب ثلاثة.\n[غارات] على البلدة", Count(2, None, "some")),
        ("en", "jets flew at least 20 Russian air [strikes] there", Count(20, None, "at_least")),
        ("en", "dozens of [raids] followed", Count(20, None, "at_least")),
        ("en", "20 soldiers died in two separate [raids]", Count(2, 2, "exact")),
        ("en", "three soldiers [attacked]", UNKNOWN),
        ("en", "In 2016, [attacks] went on", Count(2, None, "some")),
        ("en", "In 2016 [attacks] went on", Count(2, None, "some")),
        ("en", "a series of [attacks]", Count(2, None, "some")),
        ("en", "the 2003 [attack]", Count(1, 1, "exact")),
        ("ar", "قتل أكثر من [20 حارسا]", Count(21, None, "at_least")),
        ("ar", "تجاوز عدد الجرحى هذا العام [20 حارسا]", Count(21, None, "at_least")),
        ("ar", "تجاوز عدد الجرحى خمسة، وقتل [20 حارسا]", Count(20, 20, "exact")),
        ("ar", "توجهوا نحو [3 حراس]", Count(3, 3, "exact")),
        ("en", "as many as [20 guards]", Count(None, 20, "at_most")),
        ("en", "it flew over [three guards]", Count(3, 3, "exact")),
        ("en", "the sailor did not report any serious [injuries]", Count(0, 0, "exact")),
        ("en", "nobody knew. They asked if any [attacks] followed", UNKNOWN),
        ("en", "It is not known whether any [guards] died", UNKNOWN),
        ("en", "They did not leave. Any [attacks] would be met", UNKNOWN),
    ],
)
def test_a_trigger_is_counted_by_what_stands_around_it(lang: str, text: str, want: Count) -> None:
    start, end = text.index("["), text.index("]") - 1
    assert count_span(text.replace("[", "").replace("]", ""), start, end, lang) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Quarrel over $40 [kills] 3", UNKNOWN),
        ("Blast in the port [wounds] a boy", UNKNOWN),
        ("The army [raids] its own camp", UNKNOWN),
        ("Fire [kills] at least 3", UNKNOWN),
        ("worth $40 [attacks] went on", Count(2, None, "some")),
        ("[Strikes] the army made", Count(2, None, "some")),
        ("of [attacks] one after another", Count(2, None, "some")),
        ("the [raids] three days ago", Count(2, None, "some")),
        ("two [raids] the army denied", Count(2, 2, "exact")),
        ("of the [raids] an hour before", Count(2, None, "some")),
    ],
)
def test_a_verb_and_a_price_count_no_events(text: str, want: Count) -> None:
    start, end = text.index("["), text.index("]") - 1
    assert count_span(text.replace("[", "").replace("]", ""), start, end, "en", is_event=True) == want


@pytest.mark.parametrize(
    ("lang", "name", "want"),
    [
        ("ar", "كريم سعد", True),
        ("ar", "خلدون الزعبي", True),
        ("ar", "بحسين", True),
        ("ar", "الساهرون", False),
        ("ar", "فنيان", False),
        ("ar", "كريم وسعد", False),
        ("ar", "أعيان البلدة", False),
        ("ar", "مطلقي النار", False),
        ("ar", "الموقوف من البلدة", False),
        ("en", "Karim al-Najjar’s", True),
        ("en", "Jeff Davis", True),
        ("en", "Davis", False),
        ("en", "Syrian Kurds", False),
        ("en", "Saad family", False),
        ("en", "Karim and", False),
    ],
)
def test_a_name_is_of_one_person_if_nothing_says_otherwise(lang: str, name: str, want: bool) -> None:
    assert is_single(name, lang) is want


@pytest.mark.parametrize(
    ("word", "want"),
    [
        ("الأمين", "one"),
        ("أمينين", "two"),
        ("الأرجنتين", "none"),
        ("قرغيزستان", None),
        ("زملائه", "many"),
        ("جرحاهم", "many"),
        ("والدا", "two"),
        ("القوات", "none"),
        ("قتيلين", "two"),
        ("مواطنين", "many"),
        ("مواطنان", "two"),
        ("لبنان", "none"),
        ("مرافقاه", "two"),
        ("وبصواريخها", "many"),
        ("سيارته", "one"),
        ("عربة", "one"),
        ("مجموعة", "group"),
        ("عمّان", "none"),
        ("روسيا", "none"),
        ("خلدون", None),
    ],
)
def test_the_noun_tells_a_dual_from_a_plural_and_from_neither(word: str, want: str | None) -> None:
    assert form(word, "ar") == want


def test_a_number_that_is_not_said_is_two_or_more() -> None:
    assert count("عدد آخر", "ar") == count("عدداً آخر", "ar") == Count(2, None, "some")
    assert count("large number of wounded", "en") == Count(3, None, "some")
    assert count("armed forces", "en") == count("القوات المسلحة", "ar") == UNKNOWN
    assert count("فاق عددهم 20", "ar") == count("زاد على 20 حارسا", "ar") == Count(21, None, "at_least")


def test_an_unlisted_noun_is_not_guessed_at() -> None:
    assert count("Davis", "en") == count("Donald Trump’s", "en") == count("خلدون", "ar") == UNKNOWN
    assert count("holdouts", "en") == Count(2, None, "some")


@given(texts(), LANGS)
def test_any_text_has_a_count_that_holds_together(text: str, lang: str) -> None:
    found = count(text, lang)
    assert found.low is None or found.high is None or 0 <= found.low <= found.high
    closed = (found.low is not None, found.high is not None)
    assert (
        closed
        in {
            "exact": [(True, True)],
            "about": [(True, True)],
            "at_least": [(True, False)],
            "some": [(True, False)],
            "at_most": [(False, True)],
            "unknown": [(False, False)],
        }[found.kind]
    )


@given(st.lists(st.sampled_from(PARTS)))
def test_number_words_in_any_order_never_fail(words: list[str]) -> None:
    for lang in ("ar", "en"):
        assert count(" ".join(words), lang) == count(" ".join(words), lang)
        value = number(words, lang)
        assert value is None or value >= 0


@given(texts(), st.data(), LANGS)
def test_any_span_of_any_text_has_a_count(text: str, data: st.DataObject, lang: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert isinstance(count_span(text, start, end, lang), Count)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_digits_of_another_script_and_direction_marks_change_nothing(lang: str) -> None:
    for phrase, _, _ in table(lang):
        want = count(phrase, lang)
        assert count(phrase.translate(ARABIC_INDIC), lang) == want or "-" in phrase or "mm" in phrase
        assert count(f"\u200f{phrase}\u200e", lang) == want
        assert count(f"«{phrase}»", lang) == want


def test_vowel_signs_change_nothing() -> None:
    for phrase, _, _ in table("ar"):
        marked = "".join(c + "\u064e" if c in "بتثجحخدذرزسشصضطظعغفقكلمنه" else c for c in phrase)
        assert count(marked, "ar") == count(phrase, "ar"), phrase


@given(st.integers(2, 10**6))
def test_hedges_move_the_bounds_as_they_say(n: int) -> None:
    assert count(f"أكثر من {n} قتيل", "ar") == count(f"more than {n} dead", "en") == Count(n + 1, None, "at_least")
    assert count(f"ما لا يقل عن {n}", "ar") == count(f"{n} or more people", "en") == Count(n, None, "at_least")
    assert count(f"أقل من {n} قتيل", "ar") == count(f"fewer than {n} dead", "en") == Count(None, n - 1, "at_most")
    assert count(f"نحو {n} قتيل", "ar") == count(f"about {n} dead", "en") == Count(n, n, "about")
    assert count(f"بين {n} و{n + 5}", "ar") == count(f"{n} to {n + 5} people", "en") == Count(n, n + 5, "exact")
