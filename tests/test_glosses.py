"""Glosses: sentences by hand in both languages, numbers with their nouns, and that any incident can be told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from incidents_by_hand import (
    BRIGADE,
    EVENING,
    EXACTLY,
    LATAKIA,
    SCHEME,
    SYRIA,
    any_incident,
    bare,
    harbour,
    incident,
    shown,
    values,
)

from rasad.inference.events import Dispute
from rasad.inference.figures import Figure
from rasad.inference.incidents import Filler
from rasad.inference.names import Name
from rasad.inference.numbers import Count
from rasad.inference.records.bilingual import Lang, Noun, find_noun, genitive, glosses_data, plural, without_clitics
from rasad.inference.records.exports import Told
from rasad.inference.records.facts import facts_of
from rasad.inference.records.glosses import gloss, when
from rasad.inference.times import TimeValue

ROCKET = Noun(("rocket", "rockets"), ("صاروخ", "صاروخين", "صواريخ", "صاروخا"))
ROCKETS = Name("صاروخ", "rocket", "rocket", None, "weapon", known=True)
KATAIB = Name("كتائب حزب الله", "Kata'ib Hezbollah", "kh", "IQ", "group", known=True)
SOHR = Name("المرصد السوري لحقوق الإنسان", "SOHR", "sohr", "SY", "organization", known=True)


def said(article: Told, lang: Lang) -> str:
    doc, incidents, found = article
    return gloss(next(facts_of(doc, incidents, found, SCHEME)), lang, SCHEME)


LAUNCH = shown(
    "[أطلقت](ATTACK:e1) [خمسة صواريخ على الأقل](WEAPON:w) من [النور](GPE:o) على [القاعدة](FACILITY:t) "
    "[مساء الأحد](TIME:d). و[اتهم](ACCUSATION:e2) [المرصد](ORGANIZATION:s) [الكتائب](GROUP:g).",
    "e2 ABOUT e1",
    "ar",
)


def launch(**more: Any) -> Told:
    slots = {"target": ("t",), "instrument": ("w",), "place": ("o",), "time": ("d",)}
    blamed = (Dispute("ACCUSATION", "e2", ("s",), ("g",), "positive", "asserted"),)
    found = incident(LAUNCH, ("e1",), slots, when=EVENING, **({"disputes": blamed, "status": "alleged"} | more))
    return (
        LAUNCH,
        (found,),
        values(
            names={"w": ROCKETS, "g": KATAIB, "s": SOHR},
            places={"o": SYRIA, "t": replace(LATAKIA, name_en="Nour base", name_ar="قاعدة النور")},
            counts={"w": Count(5, None, "at_least")},
        ),
    )


def test_an_arabic_incident_in_english_and_in_arabic() -> None:
    assert said(launch(), "en") == (
        "ATTACK by Kata'ib Hezbollah (alleged by SOHR) on Nour base, Syria, 2025-03-10 evening, with at least 5 rockets"
    )
    assert said(launch(), "ar") == (
        "هجوم من جانب كتائب حزب الله (بحسب اتهام المرصد السوري لحقوق الإنسان) على قاعدة النور، سوريا، 2025-03-10 مساء، "
        "باستخدام خمسة صواريخ على الأقل"
    )


def test_figures_stands_and_sources() -> None:
    assert said(harbour(), "en") == (
        "ATTACK by Coast Brigade (alleged by the government) on Marsa al-Qadim* (port), Latakia, Syria, "
        "2025-03-10 evening, with 3 drones; killed: 2 (Health Directorate); injured: none; denied by Coast Brigade; "
        "according to Health Directorate"
    )
    assert said(harbour(), "ar") == (
        "هجوم من جانب لواء الساحل (بحسب اتهام الحكومة) على ميناء المرسى القديم، اللاذقية، سوريا، 2025-03-10 مساء، "
        "باستخدام 3 طائرات مسيرة؛ القتلى: 2 (مديرية الصحة)؛ الجرحى: لا أحد؛ النافي: لواء الساحل؛ المصدر: مديرية الصحة"
    )


RAID = shown(
    "[Gunmen](PERSON:a) [attacked](ATTACK:e) an [army convoy](VEHICLE:t) and the [Orchard Front's](GROUP:g) office in "
    "[Tell Rabi](GPE:p) with [twelve rockets](WEAPON:w).",
    "",
    "en",
)


def raid(**more: Any) -> Told:
    slots = {"agent": ("a",), "target": ("t", "g"), "place": ("p",), "instrument": ("w",)}
    found = incident(RAID, ("e",), slots, **more)
    return RAID, (found,), values(counts={"w": Count(12, 12, "exact"), "t": EXACTLY[1]}, names={"w": ROCKETS})


def test_an_english_incident_in_arabic_and_in_english() -> None:
    assert said(raid(), "ar") == "هجوم من جانب مسلحين على قافلة و«Orchard Front»، «Tell Rabi»، باستخدام 12 صاروخا"
    assert said(raid(), "en") == (
        "ATTACK by gunmen on an army convoy and the Orchard Front, Tell Rabi, with twelve rockets"
    )


@pytest.mark.parametrize(
    ("status", "english", "arabic"),
    [
        ("negated", "[did not happen]", "[لم يقع]"),
        ("planned", "[not yet happened]", "[لم يقع بعد]"),
        ("threatened", "[threatened]", "[مهدَّد به]"),
        ("uncertain", "[uncertain]", "[غير مؤكد]"),
    ],
)
def test_what_is_not_sure_says_so(status: str, english: str, arabic: str) -> None:
    assert said(raid(status=status), "en").endswith(english)
    assert said(raid(status=status), "ar").endswith(arabic)


def test_a_release_is_no_detention_that_did_not_happen() -> None:
    freed = incident(RAID, ("e",), {"target": ("t",)}, status="negated")
    told = RAID, (replace(freed, type="DETENTION"),), values(counts={"t": EXACTLY[1]})
    assert said(told, "en").endswith("[freed or not held]")
    assert said(told, "ar").endswith("[أُفرج عنه أو لم يُحتجز]")


@pytest.mark.parametrize("status", ["reported", "claimed", "denied", "disputed", "alleged"])
def test_other_statuses_are_told_by_the_parties(status: str) -> None:
    assert said(raid(status=status), "en") == said(raid(), "en")


def test_competing_figures_stand_side_by_side() -> None:
    killed = (Figure(EXACTLY[3], ("a",), ("g",)), Figure(Count(5, None, "at_least"), ("a",), ()))
    assert "; killed: 3 (the Orchard Front) or at least 5" in said(raid(killed=killed), "en")
    some = (*killed, Figure(Count(2, None, "some"), ("a",), ()))
    assert said(raid(killed=some), "ar").endswith("؛ القتلى: 3 («Orchard Front») أو 5 على الأقل")


def test_a_claim_and_both_sides() -> None:
    claim = (Dispute("CLAIM", "e", ("g",), (), "positive", "asserted"),)
    found = incident(RAID, ("e",), {}, disputes=claim)
    assert said((RAID, (found,), values(names={"g": BRIGADE})), "en") == "ATTACK by Coast Brigade (claimed)"
    nobody = replace(found, disputes=(replace(claim[0], polarity="negative"),))
    assert said((RAID, (nobody,), values()), "en") == "ATTACK"
    doc = shown("The [army](FORCE:a) and the [Orchard Front](GROUP:b) [clashed](CLASH:e).", "", "en")
    clash = incident(doc, ("e",), {"agent": ("a", "b")})
    assert said((doc, (clash,), values()), "ar") == "اشتباك بين الجيش و«Orchard Front»"


def test_a_nationality_alone_is_a_country() -> None:
    found = incident(RAID, ("e",), {})
    found = replace(found, slots={"agent": (Filler(None, "Turkish", (), "adjective", "TR"),)})
    assert said((RAID, (found,), values()), "en") == "ATTACK by Turkey"
    assert said((RAID, (found,), values()), "ar") == "هجوم من جانب تركيا"


def test_many_events_and_long_lists() -> None:
    doc = shown("[غارات](ATTACK:e) على " + " و".join(f"[نقطة {n}](LOCATION:l{n})" for n in range(6)), "", "ar")
    found = incident(doc, ("e",), {"target": tuple(f"l{n}" for n in range(6))})
    assert said((doc, (found,), values(counts={"e": Count(33, 33, "exact")})), "ar") == (
        "هجوم (العدد: 33) على نقطة 0، نقطة 1، نقطة 2 و+3"
    )


def test_an_incident_of_which_nothing_is_told_is_its_type() -> None:
    assert said(bare(), "en") == "CLASH"
    assert said(bare(), "ar") == "اشتباك"


@pytest.mark.parametrize(
    ("count", "english", "arabic"),
    [
        (None, "rocket", "صاروخ"),
        (Count(1, 1, "exact"), "a rocket", "صاروخ"),
        (Count(2, 2, "exact"), "2 rockets", "صاروخين"),
        (Count(2, None, "at_least"), "at least 2 rockets", "صاروخين على الأقل"),
        (Count(5, 5, "exact"), "5 rockets", "5 صواريخ"),
        (Count(10, 10, "about"), "about 10 rockets", "نحو 10 صواريخ"),
        (Count(11, 11, "exact"), "11 rockets", "11 صاروخا"),
        (Count(100, 100, "exact"), "100 rockets", "100 صاروخ"),
        (Count(103, 103, "exact"), "103 rockets", "103 صواريخ"),
        (Count(3, 9, "exact"), "3 to 9 rockets", "بين 3 و9 صواريخ"),
        (Count(None, 49, "at_most"), "at most 49 rockets", "49 صاروخا على الأكثر"),
        (Count(2, None, "some"), "rockets", "صواريخ"),
    ],
)
def test_numbers_with_their_nouns(count: Count | None, english: str, arabic: str) -> None:
    assert ROCKET.english(count, is_many=False) == english
    assert ROCKET.arabic(count, is_many=False) == arabic


@pytest.mark.parametrize(
    ("text", "noun", "is_many"),
    [
        ("خمسة صواريخ على الأقل", "rocket", True),
        ("وبصاروخين", "rocket", False),
        ("طائرة مسيّرة", "drone", False),
        ("مسلحون مجهولون", "gunman", True),
        ("قائد قوات الأمن", "commander", False),
        ("مقاتلي", "fighter", True),
        ("ومجموعة إثنية مسلحة", "group", False),
        ("عناصرها", "member", True),
        ("three rocket launchers", "rocket launcher", True),
        ("commander of the forces", "commander", False),
        ("a number of soldiers", "soldier", True),
        ("army spokesman", "spokesman", False),
        ("car wash", None, False),
        ("كلام", None, False),
        ("", None, False),
    ],
)
def test_the_noun_of_a_mention(text: str, noun: str | None, is_many: bool) -> None:
    found, many = find_noun(text)
    assert (found and found.en[0], many) == (noun, is_many)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("مسلحون مجهولون", "مسلحين مجهولين"),
        ("جنديان", "جنديين"),
        ("مقاتلي", "مقاتلين"),
        ("مسؤولا محليا", "مسؤول محلي"),
        ("ثلاثة ملايين", "ثلاثة ملايين"),
        ("مليون", "مليون"),
        ("سكان الميدان", "سكان الميدان"),
        ("القانون", "القانون"),
    ],
)
def test_arabic_nouns_after_a_preposition(text: str, expected: str) -> None:
    assert genitive(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وبالصواريخ", "الصواريخ"),
        ("للجيش", "الجيش"),
        ("ومجموعة مسلحة", "مجموعة مسلحة"),
        ("وزير", "وزير"),
        ("بغداد", "بغداد"),
    ],
)
def test_clitics_are_set_aside_where_it_is_plain(text: str, expected: str) -> None:
    assert without_clitics(text) == expected


@pytest.mark.parametrize(
    ("value", "english", "arabic"),
    [
        (EVENING, "2025-03-10 evening", "2025-03-10 مساء"),
        (TimeValue("2025-03-10TMO", "2025-03-10T03:00", "2025-03-10T06:00", "daypart", "START"),
         "2025-03-10 early morning", "2025-03-10 فجرا"),
        (TimeValue("2025-03-10T21:50", "2025-03-10T21:50", "2025-03-10T21:51", "minute"),
         "2025-03-10 21:50", "2025-03-10 21:50"),
        (TimeValue("2025-W11", "2025-03-10", "2025-03-17", "week"), "week of 2025-03-10", "أسبوع 2025-03-10"),
        (TimeValue("2025-03", "2025-03-01", "2025-04-01", "month"), "2025-03", "2025-03"),
        (TimeValue("2025", "2025-01-01", "2026-01-01", "year", "APPROX"), "about 2025", "نحو 2025"),
        (TimeValue("P3D", "2025-03-08", None, "day"), "since 2025-03-08", "منذ 2025-03-08"),
        (TimeValue("P3M", None, "2025-03-08", "month"), "before 2025-03-08", "قبل 2025-03-08"),
        (TimeValue("2024-10/2025-02", "2024-10-01", "2025-03-01", "month"),
         "2024-10-01 to 2025-02-28", "من 2024-10-01 إلى 2025-02-28"),
        (TimeValue("P2D", None, None, "day"), None, None),
    ],
)  # fmt: skip
def test_times(value: TimeValue, english: str | None, arabic: str | None) -> None:
    assert when(value, "en") == english
    assert when(value, "ar") == arabic


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        ("drone", "drones"),
        ("battery", "batteries"),
        ("aircraft", "aircraft"),
        ("torch", "torches"),
        ("convoy", "convoys"),
    ],
)
def test_english_plurals(noun: str, expected: str) -> None:
    assert plural(noun) == expected


def test_the_data_are_whole() -> None:
    data = glosses_data()
    assert data["phrases"]["en"].keys() == data["phrases"]["ar"].keys()
    assert set(data["links"]["en"]) | set(data["links"]["ar"]) <= {*SCHEME.events, "other"}
    for line in data["nouns"].splitlines():
        english, arabic = line.split(":")
        assert len(english.split("/")) == 2, line
        assert len(arabic.split("/")) in (3, 4), line


@settings(max_examples=40)
@given(any_incident())
def test_any_incident_can_be_told(article: Told) -> None:
    for lang in ("en", "ar"):
        assert said(article, lang).splitlines() == [said(article, lang)]
