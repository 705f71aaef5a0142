"""Places: a table of items written without sight of the gazetteer, what decides homonyms, areas, and laws."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import texts

from rasad.inference.places import Mention, Place, resolve
from rasad.inference.places.areas import parts, places_data
from rasad.inference.places.gazetteer import kilometres

ITEMS = yaml.safe_load((Path(__file__).parent / "tables" / "places.yaml").read_text("utf-8"))
REQUIRED = 0.85


def at(*names: str, **inside: int) -> list[Place | None]:
    """Resolve names of one article; `a=1` would say that the first lies in the second."""
    holders = {ord(letter) - ord("a"): (holder,) for letter, holder in inside.items()}
    return resolve([Mention(name, None, holders.get(i, ())) for i, name in enumerate(names)], "ar")


def one(*names: str) -> Place:
    """Return where the first of an article's names is."""
    found = at(*names)[0]
    assert found is not None
    return found


def is_right(row: dict[str, Any], found: Place | None) -> bool:
    if row["country"] == "?" or found is None:
        return row["country"] == "?" and found is None
    near = kilometres(row["lat"], row["lon"], found.lat, found.lon) <= row["km"]
    return near and found.country in (row["country"], None)


@pytest.mark.parametrize("held", ["n", "y"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_table_of_places(held: str, lang: str) -> None:
    right = [
        is_right(row, found)
        for item in ITEMS
        if item["held"] == held and item["lang"] == lang
        for row, found in zip(
            item["mentions"], resolve([Mention(row["text"]) for row in item["mentions"]], lang), strict=True
        )
    ]
    assert len(right) > 40
    assert sum(right) / len(right) >= REQUIRED


@pytest.mark.parametrize(
    ("names", "country"),
    [
        (("طرابلس", "صيدا", "زغرتا"), "LB"),
        (("طرابلس", "مصراتة", "سرت"), "LY"),
        (("Tripoli", "Benghazi"), "LY"),
        (("Tripoli", "Akkar", "Zgharta"), "LB"),
        (("طرابلس", "لبنان"), "LB"),
        (("البيضاء", "مأرب", "رداع"), "YE"),
        (("البيضاء", "درنة", "طبرق"), "LY"),
        (("أريحا", "سراقب", "إدلب"), "SY"),
        (("أريحا", "رام الله", "نابلس"), "PS"),
        (("الناصرية", "العراق"), "IQ"),
        (("ربيعة", "سنجار", "الموصل"), "IQ"),
        (("رفح المصرية", "غزة"), "EG"),
        (("Libyan city of Tripoli",), "LY"),
    ],
)
def test_homonyms_are_decided_by_the_rest_of_the_article(names: tuple[str, ...], country: str) -> None:
    assert one(*names).country == country


def test_what_the_text_says_a_place_lies_in_decides() -> None:
    votes = ("طرابلس", "لبنان", "بيروت", "صيدا", "ليبيا")
    assert one(*votes).country == "LB"
    inside = at(*votes, a=4)[0]
    assert inside is not None and inside.country == "LY"


@pytest.mark.parametrize(
    ("names", "lat", "lon"), [(("صوران", "أعزاز", "مارع"), 36.56, 37.2), (("صوران", "مورك", "حلفايا"), 35.29, 36.74)]
)
def test_of_two_namesakes_in_a_country_the_nearer_is_meant(names: tuple[str, ...], lat: float, lon: float) -> None:
    assert kilometres(one(*names).lat, one(*names).lon, lat, lon) < 15


def test_a_village_known_in_latin_letters_only_is_found_by_its_sound_where_the_article_is() -> None:
    village = one("درونيفكا", "باخموت", "سوليدار")
    assert (village.name_ar, village.name_en, village.country) == (None, "Dronivka", "UA")
    assert at("درونيفكا") == at("درونيفكا", "باماكو", "غاو")[:1] == [None]


def test_a_part_has_no_parts() -> None:
    assert one("جنوب شرق إدلب").id.endswith("#se")


@pytest.mark.parametrize(
    ("name", "kind", "country", "lat", "lon"),
    [
        ("محافظة نينوى", "admin", "IQ", 36.2, 42.7),
        ("محافظة حلب", "admin", "SY", 36.2, 37.5),
        ("Idlib province", "admin", "SY", 35.8, 36.7),
        ("ريف دمشق", "admin", "SY", 33.6, 36.6),
        ("مدينة حلب", "point", "SY", 36.2, 37.16),
        ("بلدة زمار", "point", "IQ", 36.65, 42.6),
        ("the town of Manbij", "point", "SY", 36.53, 37.95),
        ("مخيم جنين", "point", "PS", 32.46, 35.29),
        ("قاعدة عين الأسد", "point", "IQ", 33.79, 42.44),
        ("قاعدة حميميم الروسية", "point", "SY", 35.4, 35.95),
        ("شمال شرق سوريا", "area", "SY", 36.3, 40.3),
        ("southern Lebanon", "area", "LB", 33.25, 35.4),
        ("جنوبي لبنان", "area", "LB", 33.25, 35.4),
        ("ريف حلب الشمالي", "area", "SY", 36.5, 37.1),
        ("the northern countryside of Aleppo", "area", "SY", 36.45, 37.15),
        ("Gaza Strip", "area", "PS", 31.4, 34.36),
        ("قطاع غزة", "area", "PS", 31.4, 34.36),
        ("الشمال السوري", "area", "SY", 36.5, 38.0),
        ("محيط زغرتا", "area", "LB", 34.4, 35.9),
        ("البحر الأحمر", "area", None, 20.0, 38.5),
        ("الأراضي العراقية", "country", "IQ", 33.2, 43.7),
        ("Syrian territory", "country", "SY", 35.0, 38.5),
        ("العاصمة السورية", "point", "SY", 33.51, 36.29),
        ("Syrian capital", "point", "SY", 33.51, 36.29),
        ("السعودية", "country", "SA", 24.0, 45.0),
    ],
)
def test_words_around_a_name_say_what_it_is(name: str, kind: str, country: str | None, lat: float, lon: float) -> None:
    found = one(name)
    assert (found.kind, found.country) == (kind, country)
    assert kilometres(found.lat, found.lon, lat, lon) < 40
    assert (found.radius_km > 0) == (kind != "point")


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("الجولان المحتلة", "الجولان"),
        ("مدينة طرطوس الساحلية", "مدينة طرطوس"),
        ("محافظة الأنبار الصحراوية", "محافظة الأنبار"),
        ("بلدة القائم الحدودية الاستراتيجية", "بلدة القائم"),
        ("مجمل شمال غربي سورية", "شمال غربي سورية"),
        ("جهة منبج", "منبج"),
        ("neighboring El Salvador", "El Salvador"),
        ("the besieged city of Mariupol", "Mariupol"),
        ("the Mexican city of Veracruz", "the city of Veracruz"),
        ("أطراف محيط قرية الباغوز", "محيط قرية الباغوز"),
    ],
)
def test_words_that_say_nothing_of_where_are_set_aside(name: str, bare: str) -> None:
    assert one(name) == one(bare)


def test_a_town_is_where_its_country_says() -> None:
    assert [one(f"سوسة {of}").country for of in ("التونسية", "الليبية")] == ["TN", "LY"]


@pytest.mark.parametrize(
    ("name", "english", "kind"),
    [
        ("منطقة مكة المكرمة", "Makkah", "admin"),
        ("منطقة جازان", "Jizan", "admin"),
        ("منطقة الباب", "Al-Bab", "point"),
        ("مناطق إب", "Ibb", "admin"),
        ("عاصمة أبين", "Zinjibar", "point"),
        ("عاصمة نينوى", "Mosul", "point"),
        ("عاصمة إب", "Ibb", "point"),
        ("العاصمة الجزائر", "Algiers", "point"),
        ("the capital of Syria", "Damascus", "point"),
    ],
)
def test_a_head_chooses_between_a_province_and_its_capital(name: str, english: str, kind: str) -> None:
    assert (one(name).name_en, one(name).kind) == (english, kind)


def test_a_capital_that_is_not_known_is_not_the_province() -> None:
    assert at("عاصمة كردستان", "أربيل")[0] is None


def test_clitics_stand_at_the_beginning_only() -> None:
    """Of an adjective behind a head the first letter is its own, though there is a village قيرة."""
    assert at("قيرة", "نابلس")[0] is not None
    assert at("أحياء فقيرة", "قرى فقيرة", "نابلس")[:2] == [None, None]


NAMES = ["الموصل", "دمشق", "بغداد", "لبنان", "ليبيا", "إدلب", "الحسكة", "وان", "بيروت", "الفاشر", "كابول", "لندن"]


@pytest.mark.parametrize("name", NAMES)
def test_clitics_change_nothing(name: str) -> None:
    bare = name.removeprefix("ال")
    forms = [f"و{name}", f"ب{name}", f"وب{name}", f"ف{name}", f"لل{bare}" if name != bare else f"ل{name}"]
    assert [found and found.id for form in forms for found in at(form)] == [one(name).id] * len(forms)


@pytest.mark.parametrize(
    "names",
    [
        ["Deir Ezzor", "Deir ez-Zor", "Dayr az-Zawr", "deir al-zor", "Deir ez-Zor's"],
        ["Al-Hasakah", "Hasakah", "Hassakeh", "el-Hasaka"],
        ["Kobani", "Ayn al-Arab", "عين العرب", "كوباني"],
        ["Kyiv", "Kiev", "كييف"],
    ],
)
def test_spellings_and_scripts_change_nothing(names: list[str]) -> None:
    assert len({(round(one(name).lat, 1), round(one(name).lon, 1)) for name in names}) == 1


@pytest.mark.parametrize("form", ["ال{}", "ال{}ة", "{}ين", "ال{}ون", "{}"])
def test_peoples_are_no_places_in_arabic(form: str) -> None:
    places = {"سورية", "السعودية", "مالي", "السودانية", "الصينية"}
    spoken = {form.format(arabic) for arabic, *_ in places_data()["adjectives"].values()} - places
    found = {name: at(name)[0] for name in spoken}
    assert not {name: place for name, place in found.items() if place}


def test_peoples_are_no_places_in_english() -> None:
    spoken = [form for _, english, *_ in places_data()["adjectives"].values() for form in (english, english + "s")]
    assert not [name for name in spoken if at(name) != [None]]


@pytest.mark.parametrize(
    "name",
    ["المدينة", "البلدة القديمة المجاورة", "the city", "border", "العاصمة", "منطقة سكنية", "", "…", "و", "قرية", "12"],
)
def test_common_nouns_are_no_places(name: str) -> None:
    assert at(name, "دمشق", "حلب")[0] is None


@pytest.mark.parametrize(
    "name", ["الساحل", "الساحل الشرقي", "الجزيرة", "عاصمة الجزيرة", "جبهة الساحل", "محافظات الجنوب"]
)
def test_common_nouns_are_places_only_where_the_article_is(name: str) -> None:
    assert at(name, "نيوزيلندا", "أوكلاند")[0] is None
    assert at(name)[0] is None


@pytest.mark.parametrize(
    ("names", "english"),
    [
        (("الساحل", "اللاذقية", "سوريا"), "Syrian Coast"),
        (("ولاية الجزيرة", "الخرطوم"), "Gezira"),
        (("جبهة الساحل الغربي", "الحديدة", "اليمن"), "West Coast"),
    ],
)
def test_what_common_nouns_name_is_found_where_it_lies(names: tuple[str, ...], english: str) -> None:
    assert one(*names).name_en == english


@pytest.mark.parametrize("name", ["زقزقستان", "خربة المرمر الأبيض", "Zzyzxabad", "تل الغربان السبعة", "Khirbat Qumqum"])
def test_what_is_nowhere_is_not_found_and_takes_nothing_from_the_rest(name: str) -> None:
    rest = ("طرابلس", "زغرتا", "ريف حلب الشمالي", "Manbij")
    assert at(name, *rest) == [None, *at(*rest)]


@pytest.mark.parametrize(
    ("names", "english", "admin"),
    [
        (("Oregon", "Seattle"), "Oregon", None),
        (("western Oregon",), "Oregon", None),
        (("أوريغون",), "Oregon", None),
        (("Salem, Oregon",), "Salem", "Oregon"),
        (("the town of Woodburn, Oregon",), "Woodburn", "Oregon"),
        (("Paris, Texas",), "Paris", "Texas"),
        (("Paris, France",), "Paris", "Ile-de-France"),
        (("قرية الباغوز، دير الزور",), "Baghuz", "Deir ez-Zor"),
        (("New York",), "New York", "New York"),
        (("Washington, D.C.",), "Washington", "District of Columbia"),
        (("Georgia", "Atlanta"), "Georgia", None),
        (("Georgia", "Tbilisi"), "Georgia", None),
    ],
)
def test_a_province_is_meant_where_no_town_of_it_has_its_name(names: tuple[str, ...], english: str, admin: str) -> None:
    found = one(*names)
    assert (found.name_en, found.admin) == (english, admin)


def test_a_namesake_is_of_the_country_that_the_rest_is_in() -> None:
    assert [one("Georgia", town).country for town in ("Atlanta", "Tbilisi")] == ["US", "GE"]


def test_a_county_is_not_the_town_of_its_name() -> None:
    assert at("Marion County", "Pearl River County", "Mississippi", "Ohio")[:2] == [None, None]
    assert one("Marion", "Ohio").admin == "Ohio"


def test_a_far_away_namesake_is_no_answer() -> None:
    """Many small towns bear the one name; the other is known by itself."""
    assert at("Springfield", "Manbij", "Raqqa", "Damascus")[0] is None
    assert at("Birmingham", "Manbij", "Raqqa", "Damascus")[0] is not None


def test_persons_and_groups_are_no_places() -> None:
    found = resolve([Mention("حلب", kind) for kind in ("PERSON", "GROUP", "GPE", "LOCATION", "FACILITY")], "ar")
    assert [place is not None for place in found] == [False, False, True, True, True]


def test_the_order_of_mentions_changes_nothing() -> None:
    names = ("طرابلس", "الباب", "عكار", "زغرتا")
    places = dict(zip(names, at(*names), strict=True))
    for order in itertools.permutations(names):
        assert dict(zip(order, at(*order), strict=True)) == places


@pytest.mark.parametrize(("word", "north", "east"), [("شمال", 1, 0), ("جنوب", -1, 0), ("شرق", 0, 1), ("غرب", 0, -1)])
@pytest.mark.parametrize("name", ["حلب", "تكريت", "اليونان", "الرقة"])
def test_a_direction_moves_the_middle_that_way(word: str, north: int, east: int, name: str) -> None:
    base = one(name)
    for found in (one(f"{word} {name}"), one(f"{word}ي {name}")):
        assert (found.lat - base.lat) * north >= 0 and (found.lon - base.lon) * east >= 0
        assert (found.lat, found.lon) != (base.lat, base.lon)
        assert found.kind == "area"
        assert kilometres(found.lat, found.lon, base.lat, base.lon) < found.radius_km * 1.5


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("بلدتي ذيبان والحوايج", ["بلدتي ذيبان", "بلدتي الحوايج"]),
        ("قرى هجين والباغوز والسوسة", ["قرى هجين", "قرى الباغوز", "قرى السوسة"]),
        ("مديريتي يريم والرضمة", ["مديريتي يريم", "مديريتي الرضمة"]),
        ("مناطق إب والضالع", ["مناطق إب", "مناطق الضالع"]),
        ("بلدات هجين، والشعفة، السوسة", ["بلدات هجين", "بلدات الشعفة", "بلدات السوسة"]),
        ("areas of Manara and Metula", ["Manara areas", "Metula areas"]),
        ("towns of Amuda, Derik and Ras al-Ayn", ["Amuda towns", "Derik towns", "Ras al-Ayn towns"]),
        ("Kunduz and Helmand provinces", ["Kunduz provinces", "Helmand provinces"]),
        ("بلدة وادي حلفا", []),
        ("Bosnia and Herzegovina", []),
        ("بلدة زمار", []),
    ],
)
def test_several_places_under_one_head(text: str, pieces: list[str]) -> None:
    assert parts(text) == pieces


def test_several_places_make_an_area_that_holds_them() -> None:
    both, first, second = at("بلدتي ذيبان والحوايج", "ذيبان", "الحوايج")
    assert both and first and second
    assert (both.kind, both.country) == ("area", "SY")
    assert both.id == f"{first.id}+{second.id}"
    for place in (first, second):
        assert kilometres(both.lat, both.lon, place.lat, place.lon) <= both.radius_km + 0.2
    alone = at("بلدتي ذيبان وزقزقستان")[0]
    assert alone and alone.id == first.id


MENTIONS = st.lists(
    st.builds(
        Mention,
        texts()
        | st.text()
        | st.sampled_from(["شمال", "ريف حلب", "North north", "بلدتي و", "قرى ووو وو", "دمشق", "the"]),
        st.sampled_from([None, "GPE", "LOCATION", "FACILITY", "PERSON"]),
        st.lists(st.integers(-3, 9), max_size=3).map(tuple),
    ),
    max_size=5,
)


@settings(max_examples=100)
@given(MENTIONS, st.sampled_from(["ar", "en", "mixed"]))
def test_any_mentions_have_an_answer_each(mentions: list[Mention], lang: str) -> None:
    found = resolve(mentions, lang)
    assert len(found) == len(mentions)
    assert found == resolve(mentions, lang)
    for place in found:
        if place is not None:
            assert -90 <= place.lat <= 90 and place.radius_km >= 0
            assert place.source in ("geonames", "rasad") and place.id.startswith(place.source)
            assert place.name_ar or place.name_en


def test_a_long_mention_is_read_in_no_time() -> None:
    assert at("north south east west rural desert " * 400)[0] is None
