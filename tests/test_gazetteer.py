"""The gazetteer: keys of names in two scripts, the packed file, our own table, distances."""

from __future__ import annotations

import lzma
import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from rasad.inference.places import build
from rasad.inference.places.build import Row
from rasad.inference.places.gazetteer import SKELETON, USUAL, Gazetteer, gazetteer, keys, kilometres
from rasad.inference.places.spellings import key, skeleton, spellings

HEADER = "country\tkind\ten\tar\tadmin\tlat\tlon\tradius\tweight\n"
LIMIT = 5_000_000  # bytes of the packed file

ONE_NAME = [
    ["دير الزور", "ديرالزور", "دِير الزّور", "ديـر الزور"],
    ["إدلب", "ادلب", "أدلب"],
    ["الحسكة", "الحسكه"],
    ["نينوى", "نينوي"],
    ["كابل", "کابل"],
    ["Deir Ezzor", "Deir ez-Zor", "DEIR EZ ZOR", "Deir al-Zor", "deir ez-zor's"],
    ["Al-Hasakah", "al Hasakah", "Hasakah", "Al-Ḩasakah", "Hasaka"],
    ["As-Suwayda", "Suwayda", "al-Suwaydā’"],
    ["Khan Younis", "Khan Yunis"],
    ["Raqqa", "Ar-Raqqah", "ar Raqqa", "al-Raqqah"],
    ["Ma'arrat", "Maarrat", "Ma‘arrat"],
    ["Şırnak", "Sirnak"],
]
TWO_NAMES = [
    ("حلب", "الحلب"),
    ("Mosul", "Masul"),
    ("Homs", "Hama"),
    ("حمص", "حماة"),
    ("Irbil", "Irbid"),
    ("صور", "سور"),
]
ONE_SOUND = [
    ("أفدييفكا", "Avdiivka"),
    ("باخموت", "Bakhmut"),
    ("تشاسيف يار", "Chasiv Yar"),
    ("خاركيف", "Kharkiv"),
    ("دير الزور", "Dayr az-Zawr"),
    ("جلال آباد", "Jalalabad"),
    ("قندهار", "Kandahar"),
    ("ميتوبول", "Mitopol"),
    ("عفرين", "Afrin"),
]


@pytest.mark.parametrize("names", ONE_NAME)
def test_spellings_of_a_name_share_a_key(names: list[str]) -> None:
    assert len({key(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), TWO_NAMES)
def test_other_names_do_not(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(("arabic", "latin"), ONE_SOUND)
def test_a_name_has_one_skeleton_in_both_scripts(arabic: str, latin: str) -> None:
    assert skeleton(arabic) == skeleton(latin) != ""


@given(texts() | st.text())
def test_any_text_has_keys(text: str) -> None:
    assert not re.search(r"[\s_]", key(text))
    assert key(text) == key(f" {text} ")
    assert re.fullmatch("[a-z]*", skeleton(text))
    assert all(cost >= 0 and form for cost, form in spellings(text))


def test_clitics_and_the_article_cost_something() -> None:
    costs = {form: cost for cost, form in spellings("وللموصل")}
    assert costs[key("الموصل")] > 0
    assert costs[key("وللموصل")] == 0
    assert {form for _, form in spellings("بدمشق")} >= {key("دمشق"), key("بدمشق")}
    assert [form for _, form in spellings("Mosul")] == ["mosul"]


def _packed(*rows: Row) -> bytes:
    return lzma.compress(build._packed(rows))


def _row(number: int, name: str, people: float = 3.0, country: str = "SY") -> Row:
    return Row(f"geonames:{number}", "", name, country, "", 35.0, 36.0 + number, "city", people, names=[name])


def test_what_is_packed_is_found_again() -> None:
    names = ["Zumar", "Manbij", "Ab", "Deir Ezzor", "Zy", "Mosul", "Manbij"]
    book = Gazetteer(_packed(*(_row(i, name) for i, name in enumerate(names))), HEADER)
    for name in names:
        assert {entry.en for entry in book.find(key(name))} == {name}
    assert len(book.find("manbij")) == 2
    assert [entry.en for entry in book.find(SKELETON + skeleton("منبج"))] == ["Manbij", "Manbij"]
    assert all(book.find(missing) == [] for missing in ("", "a", "manbi", "manbijj", "zzz", "\u06ff", "~"))


def test_our_own_row_comes_first_and_replaces_its_twin_but_no_homonym() -> None:
    own = HEADER + "SY\tcity\tNear|Other name\tقريب\tHama\t35.1\t36.0\t\t4.5\n"
    book = Gazetteer(_packed(_row(0, "Near"), _row(5, "Near"), _row(0, "Near", country="IQ")), own)
    found = book.find(key("Near"))
    assert [entry.id for entry in found] == ["rasad:SY:city:near", "geonames:0", "geonames:5"]
    assert (found[0].weight, found[0].radius, found[1].country) == (4.5, 0.0, "IQ")
    assert [entry.ar for entry in book.find(key("Other name"))] == ["قريب"]


def test_the_shipped_file_is_small_sorted_and_full() -> None:
    packed = resources.files("rasad.inference.places").joinpath("gazetteer.tsv.xz").read_bytes()
    assert len(packed) < LIMIT
    rows, _, found = lzma.decompress(packed).partition(b"\n\n")
    lines = found.split(b"\n")
    words = [line.partition(b"\t")[0] for line in lines]
    assert words == sorted(set(words))
    count = len(rows.split(b"\n"))
    assert count > 50_000
    numbers = {int(n) for line in lines for n in line.partition(b"\t")[2].split(b",")}
    assert numbers == set(range(count))


def test_the_shipped_keys_are_those_that_names_have_now() -> None:
    """Else the file must be built again."""
    book = gazetteer()
    for number in range(0, len(book._rows), 41):
        entry = book._entry(number)
        for name in (entry.ar, entry.en):
            assert len(key(name)) < 2 or number in book._numbers(key(name)), name
            assert len(skeleton(name)) < 3 or number in book._numbers(SKELETON + skeleton(name)), name


def test_every_place_of_our_own_table_is_found_by_each_of_its_names() -> None:
    book = gazetteer()
    assert len(book.own) > 2000
    for entry, names in book._extra:
        for name in names:
            assert entry in book.find(key(name)), name
            assert all(entry in book.find(wanted) for wanted in keys(name)), name


def test_our_own_table_holds_what_places_can_be() -> None:
    seen: set[str] = set()
    for entry in gazetteer().own:
        assert entry.id not in seen, entry.id
        seen.add(entry.id)
        assert entry.kind in USUAL
        assert re.fullmatch("[A-Z]{2}|", entry.country), entry.id
        assert entry.ar and entry.en
        assert -60 < entry.lat < 75 and -180 <= entry.lon <= 180
        assert (entry.radius > 0) == (entry.kind in ("area", "admin1", "admin2", "country")), entry.id
        assert 2 <= entry.weight < 9


@pytest.mark.parametrize(
    ("name", "country", "lat", "lon"),
    [("الموصل", "IQ", 36.34, 43.13), ("Kramatorsk", "UA", 48.74, 37.58), ("أكادير", "MA", 30.42, -9.6)],
)
def test_known_towns_lie_where_they_lie(name: str, country: str, lat: float, lon: float) -> None:
    assert any(e.country == country and kilometres(e.lat, e.lon, lat, lon) < 10 for e in gazetteer().find(key(name)))


def test_distances_are_those_of_the_globe() -> None:
    assert kilometres(33.51, 36.29, 36.2, 37.16) == pytest.approx(310, abs=5)  # Damascus to Aleppo
    assert kilometres(0, 0, 0, 180) == pytest.approx(20015, abs=1)
    assert kilometres(12.0, 34.0, 12.0, 34.0) == 0
    assert kilometres(10, 179.9, 10, -179.9) < 25


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Al Qāmishlī", "Al Qamishli"), ("I‘zāz", "I'zaz"), ("Şanlıurfa", "Sanlıurfa"), ("Homs", "Homs")],
)
def test_transliterations_lose_their_marks(name: str, plain: str) -> None:
    assert build.plain(name) == plain


@pytest.mark.parametrize(
    ("names", "latin", "country", "shown"),
    [
        (["وراکروس", "فيراكروز"], "Veracruz", "MX", "فيراكروز"),
        (["وراکروس", "ویراکروز"], "Veracruz", "MX", ""),
        (["تبىلىسى"], "Tbilisi", "GE", ""),
        (["درویش آباد"], "Darvish Abad", "IR", "درويش آباد"),
        (["گلشن"], "Golshan", "IR", ""),
        (["بورتلاند، أوريغون"], "Portland", "US", "بورتلاند"),
        (["الجزائر (مدينة)"], "Algiers", "DZ", "الجزائر"),
    ],
)
def test_the_name_to_show_is_arabic(names: list[str], latin: str, country: str, shown: str) -> None:
    assert build._arabic_title(names, latin, country) == shown


def test_no_place_is_shown_with_letters_that_arabic_lacks() -> None:
    book = gazetteer()
    rows = (row.decode().split("\t") for row in book._rows)
    shown = {row[1] for row in rows if row[1] and row[7] != "country"}  # names of countries are CLDR's
    assert len(shown) > 10_000
    assert not [name for name in sorted(shown) if not build._ARABIC_NAME.fullmatch(name)]


def test_the_middle_of_a_province_is_that_of_its_settlements() -> None:
    lat, lon, radius = build._middle([(30.0, 40.0), (32.0, 40.0)])
    assert (lat, lon) == (31.0, 40.0)
    assert radius == pytest.approx(111.2)
    assert build._middle([(30.0, 40.0)])[2] == 10.0
