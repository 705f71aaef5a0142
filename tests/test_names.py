"""Names: a blind table, the lexicon's own order, laws of clitics and composition, nominals, clusters, any text."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import texts

from rasad.annotations.scheme import default_scheme
from rasad.annotations.text import fold
from rasad.inference.names import Name, name, nationality
from rasad.inference.names.clitics import bare
from rasad.inference.names.entity import best, named
from rasad.inference.names.lexicon import Entry, countries, lexicon, rows
from rasad.inference.names.spelling import split
from rasad.inference.names.transliteration import transliterate

TABLE = Path(__file__).parent / "tables" / "names.tsv"
TYPES = {"actor": "GROUP", "organization": "ORGANIZATION", "weapon": "WEAPON"}
OF_KIND = {"force": "FORCE", "group": "GROUP", "organization": "ORGANIZATION", "weapon": "WEAPON", "vehicle": "VEHICLE"}
LISTS = ("actors", "weapons", "families", "heads")
ARABIC = re.compile("[\u0621-\u064a]")


def table() -> list[dict[str, str]]:
    lines = (line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def same(found: str | None, wanted: str) -> bool:
    """Whether a name is among the wanted ones, spelling folded."""
    return found is not None and written(found) in map(written, wanted.split("|"))


def written(text: str) -> str:
    bare = re.findall(r"[^\W_]+", fold(re.sub("['’`ʿʾ]", "", text)))
    return "".join(re.sub(r"^ال(?=\w{2})", "", word) for word in bare if word not in ("al", "el", "the"))


def is_right(row: dict[str, str]) -> bool:
    found = name(row["text"], row["lang"], TYPES[row["kind"]])
    if row["ar"] == "?":
        return not found.known
    whose = row["country"] in ("-", found.country)
    return whose and found.known and same(found.ar, row["ar"]) and same(found.en, row["en"])


def names_of(row: dict[str, str]) -> list[str]:
    return [row["ar"], row["en"], *filter(None, f"{row['aliases_ar']}|{row['aliases_en']}".split("|"))]


@pytest.mark.parametrize("held", ["y", "n"])
def test_the_table_is_read_right(held: str) -> None:
    asked = [row for row in table() if row["held"] == held]
    right = sum(map(is_right, asked))
    assert len(asked) >= 90
    assert right >= 0.95 * len(asked), f"{right} of {len(asked)}"


def test_no_two_rows_share_a_name() -> None:
    for domain in ("actors", "weapons"):
        owners: dict[tuple[str, ...], set[str]] = {}
        for words, _, entry in lexicon(domain).listed:
            owners.setdefault(words, set()).add(entry.id.split(".")[0])  # of a service: its head's
        assert {words: ids for words, ids in owners.items() if len(ids) > 1 or not words} == {}


def test_rows_are_whole_and_enough() -> None:
    found = {file: rows(file) for file in LISTS}
    assert len(found["actors"]) >= 400
    assert len(found["weapons"]) + len(found["families"]) >= 150
    assert len(countries()) >= 60
    for file, kinds in (("actors", {"force", "group", "organization"}), ("weapons", {"weapon", "vehicle"})):
        assert {row["kind"] for row in found[file]} == kinds
    for row in (row for listed in found.values() for row in listed):
        assert all(row[key] and row[key] == row[key].strip() for key in ("id", "ar", "en")), row
        assert (row.get("country") or None) in (None, *countries()), row
        assert ARABIC.search(row["ar"]), row
        assert not ARABIC.search(row["en"] + row["aliases_en"]), row
    ids = Counter(row["id"] for listed in found.values() for row in listed)
    assert [one for one, count in ids.items() if count > 1 and one not in {row["id"] for row in found["heads"]}] == []


@pytest.mark.parametrize("file", ["actors", "weapons", "families"])
def test_every_listed_name_is_found(file: str) -> None:
    missed = []
    for row in rows(file):
        for alias in names_of(row):
            found = name(alias.removeprefix("="), "ar" if ARABIC.search(alias) else "en", OF_KIND[row["kind"]])
            if (found.id, found.ar, found.en, found.known) != (row["id"], row["ar"], row["en"], True):
                missed.append((alias, found.id))
    assert missed == []


@pytest.mark.parametrize(("file", "least"), [("actors", 1500), ("weapons", 800)])
def test_clitics_make_no_difference(file: str, least: int) -> None:
    asked = [(alias, row) for row in rows(file) for alias in names_of(row) if re.match("[\u0621-\u064a]{3}", alias)]
    assert len(asked) >= least
    for alias, row in asked[::3]:
        article = re.match(r"ال\w{3}", alias)
        bound = [f"لل{alias[2:]}", f"بال{alias[2:]}", f"ولل{alias[2:]}"] if article else [f"ل{alias}", f"ب{alias}"]
        for said in (f"و{alias}", f"ف{alias}", *bound):
            assert name(said, "ar", OF_KIND[row["kind"]]).id == row["id"], said


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("حِزْبُ اللَّهِ", "حزب الله"),
        ("حـــزب اللـه", "حزب الله"),
        ("\u202bحزب الله\u202c", "حزب الله"),
        ("قوات سوريا الديموقراطيه", "قوات سوريا الديمقراطية"),
        ("القوات الأمريكيه", "القوات الأميركية"),
        ("طالبان", "حركة طالبان"),
        ("تنظيم «داعش", "داعش"),
        ("طائرة F-16", "إف-١٦"),
        ("صواريخ إس ٤٠٠", "S-400"),
        ("HIZBULLAH'S", "Hezbollah"),
        ("the Hizballah movement", "Hezbollah"),
        ("El Shabaab", "al-Shabaab"),
        ("Asa’ib Ahl al Haq", "Asaib Ahl al-Haq"),
        ("Kateb Sayid al-Shohada", "Kataib Sayyid al-Shuhada"),
        ("Syrian Democratic Forces (SDF)", "SDF"),
        ("three F16s", "F-16"),
        ("Ministry of Defence of Azerbaijan", "Azerbaijani defense ministry"),
        ("U.S. Army", "American army"),
        ("قوات جنوب السودان", "South Sudanese forces"),
        ("الجيش الكوري الشمالي", "North Korea's military"),
    ],
)
def test_spellings_of_one_name(said: str, plain: str) -> None:
    kinds = ("GROUP", "WEAPON")
    found = [(name(said, "en", kind), name(plain, "en", kind)) for kind in kinds]
    assert any(a.known and a == b for a, b in found), found


@pytest.mark.parametrize("head", rows("heads"), ids=lambda row: row["id"])
def test_a_head_with_a_country_is_a_name(head: dict[str, str]) -> None:
    for code in ("FR", "NG", "KP", "TD", "ME"):
        state = countries()[code].entry
        arabic = name(f"{head['ar']} في {state.ar}", "ar", "ORGANIZATION")
        english = name(f"{state.adjective[1]} {head['en']}", "en", "ORGANIZATION")
        assert arabic == english
        assert (english.country, english.known, english.id) == (code, True, f"{head['id']}.{code}")
        assert name(arabic.ar or "", "ar", "FORCE") == arabic


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_adjectives_of_every_country_are_read(lang: str) -> None:
    heads = {"ar": ("القوات", "الجيش"), "en": ("forces", "army")}[lang]
    for code, country in countries().items():
        ar, en = country.entry.adjective
        ends = [""] if lang == "en" or " " in ar else ["", "ة", "ون", "ين", "ات"]
        for end, article in itertools.product(ends if ar else [], ("", "ال")):
            said = f"{heads[0]} {article}{ar}{end}" if lang == "ar" else f"{en} {heads[0]}"
            assert name(said, lang, "FORCE").country == code, said


@pytest.mark.parametrize(
    ("text", "lang", "type", "country"),
    [
        ("القوات", "ar", "FORCE", None),
        ("وقواتها", "ar", "FORCE", None),
        ("الجيش", "ar", "FORCE", None),
        ("القوات المسلحة", "ar", "FORCE", None),
        ("خمسة مسلحين", "ar", "PERSON", None),
        ("جنود أميركيون", "ar", "PERSON", "US"),
        ("الميليشيات الإيرانية", "ar", "GROUP", "IR"),
        ("فصائل مسلحة مدعومة من إيران", "ar", "GROUP", None),
        ("الجماعات الموالية لتركيا", "ar", "GROUP", None),
        ("القوات الروسية والسورية", "ar", "FORCE", None),
        ("fighters", "en", "PERSON", None),
        ("Iran-backed militias", "en", "GROUP", None),
        ("Hamas-run interior ministry", "en", "ORGANIZATION", None),
        ("the Syrian rebels", "en", "GROUP", "SY"),
        ("two of them", "en", "WEAPON", None),
        ("!", "en", "GROUP", None),
    ],
)
def test_common_nouns_are_no_names(text: str, lang: str, type: str, country: str | None) -> None:
    assert name(text, lang, type) == Name(kind="nominal", country=country)


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("حماسيون", "GROUP"),
        ("كتيبة أبابيل الجرف", "GROUP"),
        ("لواء حماس الأخضر", "GROUP"),
        ("الشرطة الحرة", "FORCE"),
        ("العشائر العربية", "GROUP"),
        ("الكتيبة 101", "FORCE"),
        ("104th Infantry Brigade", "FORCE"),
        ("Hezbollah al-Wadi", "GROUP"),
        ("حماس والجهاد الإسلامي", "GROUP"),
        ("Hamas and Hezbollah", "GROUP"),
        ("tanker Nordic Heron", "VEHICLE"),
        ("منظومة «برقون", "WEAPON"),
        ("Zarnak missile", "WEAPON"),
    ],
)
def test_a_name_within_another_is_not_taken_for_it(text: str, type: str) -> None:
    found = name(text, "ar" if ARABIC.search(text) else "en", type)
    assert (found.known, found.id) == (False, None)


def test_an_unknown_name_is_kept_and_transliterated() -> None:
    found = name("ولواء الفجر", "ar", "GROUP")
    assert found == Name("لواء الفجر", "lwāʾ al-fǧr", None, None, "group", False, True)
    assert name("the Sunrise Brigade's", "en", "GROUP") == Name(None, "Sunrise Brigade", kind="group")
    assert name("محمد", "ar", "PERSON").kind == "person"
    assert name("Atlantis", "en", "GPE") == Name(None, "Atlantis", kind="place")
    assert name("وإيران", "ar", "GPE") == Name("إيران", "Iran", "IR", "IR", "country", True)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("وقوات النهر", "قوات النهر"),
        ("وبإدارة الجسور", "إدارة الجسور"),
        ("فكتيبة السهل", "كتيبة السهل"),
        ("ووحدات السهل", "وحدات السهل"),
        ("وَلِواء السهل", "لِواء السهل"),
        ("للحرس الجديد", "الحرس الجديد"),
        ("للجنة الصيادين", "لجنة الصيادين"),
        ("للجنة الزراعية", "اللجنة الزراعية"),
        ("للبنان الفتاة", "لبنان الفتاة"),
        ("بالقنطرة", "القنطرة"),
        ("لـ«عصبة النهر", "«عصبة النهر"),
        ("لإم تي سي", "إم تي سي"),
        ('لقناة" النهر', 'قناة" النهر'),
        ("(للحرس)", "(للحرس)"),
        ("وزارة الغابات", "وزارة الغابات"),
        ("لواء الغابات", "لواء الغابات"),
        ("فتح الغابات", "فتح الغابات"),
        ("بألمانيا", "بألمانيا"),
        ("كاليفورنيا", "كاليفورنيا"),
        ("واي تي سي", "واي تي سي"),
        ("وام", "وام"),
        ("Brigade", "Brigade"),
        ("", ""),
    ],
)
def test_clitics_are_no_part_of_a_name(said: str, name: str) -> None:
    assert bare(said) == name


@pytest.mark.parametrize("file", [*LISTS, "demonyms"])
def test_listed_names_have_no_clitics(file: str) -> None:
    listed = (f"{row['ar']}|{row.get('aliases_ar') or row['ar']}".split("|") for row in rows(file))
    assert [alias for aliases in listed for alias in aliases if bare(alias) != alias] == []


def test_a_clitic_before_an_acronym_does_not_hide_it() -> None:
    assert name("لبي بي سي", "ar", "ORGANIZATION") == name("BBC", "en", "ORGANIZATION")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('رابطة "النهر الأزرق', "رابطة النهر الأزرق"),
        ('رابطة"النهر الأزرق', "رابطة النهر الأزرق"),
        ("رابطة «النهر الأزرق»", "رابطة النهر الأزرق"),
        ("النهر» الأسبوعية", "النهر الأسبوعية"),
        ("لرابطة “النهر الأزرق", "رابطة النهر الأزرق"),
        ("رابطة «النهر» الزرقاء", "رابطة «النهر» الزرقاء"),
    ],
)
def test_quotation_marks_stand_in_pairs(said: str, name: str) -> None:
    assert names_alone(said) == [name]


def names_alone(*said: str, type: str = "ORGANIZATION") -> list[str | None]:
    return [one.ar or one.en for one in named([(text, type) for text in said])]


def test_a_sentence_that_lacks_its_space_is_not_in_the_name() -> None:
    assert name("two mortars.Near the bridge", "en", "WEAPON").id == "mortar"
    assert name("Data.Hub", "en", "ORGANIZATION").en == "Data.Hub"


@pytest.mark.parametrize(
    ("text", "type", "id"),
    [
        ("سيارة تويوتا", "VEHICLE", "toyota"),
        ("سيارة تويوتا لاند كروزر", "VEHICLE", "land-cruiser"),
        ("سيارات تويوتا بيك أب", "VEHICLE", "toyota-pickup"),
        ("three Toyota pickups", "VEHICLE", "toyota-pickup"),
        ("عربة دفع رباعي", "VEHICLE", "four-wheel-drive"),
        ("بيك أب", "VEHICLE", "pickup"),
        ("two jeeps", "VEHICLE", "four-wheel-drive"),
        ("RPG missiles", "WEAPON", "rpg"),
        ("بصاروخ آر بي جي", "WEAPON", "rpg"),
        ("قذائف RPG", "WEAPON", "rpg"),
        ("مدفعية مضادة للطائرات", "WEAPON", "aa-artillery"),
        ("anti-aircraft artillery", "WEAPON", "aa-artillery"),
        ("صواريخ اعتراضية", "WEAPON", "interceptor"),
        ("منصتي صواريخ اعتراضية", "WEAPON", "interceptor-launcher"),
        ("منصة صواريخ", "WEAPON", "launcher"),
        ("بصاروخ ذكي", "WEAPON", "missile"),
        ("سلاح ناري", "WEAPON", "firearm"),
    ],
)
def test_weapons_and_vehicles_are_what_the_words_say(text: str, type: str, id: str) -> None:
    assert name(text, "mixed", type).id == id


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("الأمن المغربي", "security-forces.MA"),
        ("وزارة الأمن الصينية", "security-ministry.CN"),
        ("مركز الأمن البحري الكويتي", None),
        ("إذاعة الجيش الكويتي", None),
        ("Kuwaiti army radio", None),
        ("نادي الشرطة الكويتي", None),
        ("هيئة الهلال الأحمر الكويتي", "red-crescent.KW"),
        ("هيئة الإذاعة الأسترالية", "abc.AU"),
        ("إيه بي سي الأسترالية", "abc.AU"),
        ("ABC", "abc"),
    ],
)
def test_whose_and_what_a_service_or_a_broadcaster_is(text: str, id: str | None) -> None:
    assert name(text, "mixed", "ORGANIZATION").id == id


def test_a_name_with_a_states_forces_in_it_is_that_states() -> None:
    assert name("IDF River Brigade", "en", "FORCE") == Name(None, "IDF River Brigade", None, "IL", "force")
    assert name("Hezbollah River Brigade", "en", "GROUP").country is None


def test_a_country_may_act_itself() -> None:
    assert name("النيجر", "ar", "ORGANIZATION") == Name("النيجر", "Niger", "NE", "NE", "country", True)
    assert name("النيجر", "ar", None).kind == name("النيجري", "ar", "FORCE").kind == "nominal"


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("لواء الفجر", "lwāʾ al-fǧr"),
        ("كتيبة أمل", "ktybh aml"),
        ("إيمان", "īmān"),
        ("مُحَمَّد", "muḥammad"),
        ("مُحَمَّد".replace("\u064e\u0651", "\u0651\u064e"), "muḥammad"),
        ("الشَّمْس", "al-šams"),
        ("نُور كَبِير", "nūr kabīr"),
        ("قرآن", "qrʾān"),
        ("گرگان 7", "grgān 7"),
        ("سـلام", "slām"),
        ("Zarnak", "Zarnak"),
    ],
)
def test_transliteration(text: str, latin: str) -> None:
    assert transliterate(text) == latin


@given(text=texts())
@settings(max_examples=100, deadline=None)
def test_transliteration_leaves_no_arabic_letter(text: str) -> None:
    assert not re.search("[\u0621-\u063a\u0641-\u064a]", transliterate(text))


def mentions(*said: str, lang: str = "ar", type: str = "GROUP") -> list[Name]:
    return [name(text, lang, type) for text in said]


def test_the_best_name_of_a_cluster() -> None:
    assert best([]) == Name()
    assert best(mentions("القوات", "قسد", "لقوات سوريا الديمقراطية")).id == "sdf"
    assert best(mentions("الجيش", "الجيش اللبناني", type="FORCE")).id == "army.LB"
    assert best(mentions("التنظيم", "كتيبة الفجر الجديد", "الكتيبة")).ar == "كتيبة الفجر الجديد"
    assert best(mentions("the group", "militants", lang="en")) == Name(kind="nominal")
    assert best(mentions("Kataib Hezbollah", "كتائب حزب الله", lang="mixed")).id == "kataib-hezbollah"
    assert best(mentions("drone", "Israeli drone", "Hermes 450", lang="en", type="WEAPON")).id == "hermes"
    assert best(mentions("لواء الفجر", "الفصائل السورية")).country == "SY"
    assert best(mentions("رابطة النهر", "رابطة النهر ونقابة السهل")).ar == "رابطة النهر"
    assert best(mentions("Reed League", "Moss Union and Reed League", lang="en")).en == "Reed League"
    assert best(mentions("رابطة السهل", "رابطة النهر ووادي الريح")).ar == "رابطة النهر ووادي الريح"
    assert best(mentions("النيجر", "منتخب النيجر للشباب")).ar == "منتخب النيجر للشباب"


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (["خفر السواحل الكويتي", "الشرطة"], ["خفر السواحل الكويتي", "الشرطة الكويتية"]),
        (["خفر السواحل الكويتي", "القوات"], ["خفر السواحل الكويتي"] * 2),
        (["هيئة أركان الجيش الكويتي", "هيئة الأركان", "الجيش"], ["هيئة الأركان الكويتية"] * 3),
        (["خفر السواحل الكويتي", "الجيش والشرطة"], ["خفر السواحل الكويتي"] * 2),
        (["قوات سوريا الديمقراطية", "الجيش"], ["قوات سوريا الديمقراطية"] * 2),
        (["الكويت", "الجيش"], ["الكويت", "الجيش الكويتي"]),
        (["الكويتيون", "الجيش"], ["الجيش الكويتي"] * 2),
        (["رابطة النهر الأزرق", "التنظيم"], ["رابطة النهر الأزرق"] * 2),
        (["Reed Valley Union", "Moss Brigade", "fighters"], ["Reed Valley Union", "Moss Brigade", "Reed Valley Union"]),
        (["Reed Valley Union", "Moss militia"], ["Reed Valley Union"] * 2),
        (["Reed Valley Union", "Valley Union"], ["Reed Valley Union"] * 2),
        (["RVU", "Reed Valley Union"], ["Reed Valley Union"] * 2),
        (["Kuwaiti army", "Kuwait City's men"], ["الجيش الكويتي"] * 2),
        (["ABC", "Australian broadcaster"], ["هيئة الإذاعة الأسترالية"] * 2),
        (["ABC", "the network"], ["شبكة إيه بي سي"] * 2),
    ],
)
def test_a_mention_of_another_name_keeps_its_own(said: list[str], names: list[str]) -> None:
    assert names_alone(*said) == names


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (["الدفاع المدني", "المنظمة"], ["الدفاع المدني"] * 2),
        (["الدفاع المدني", "الفرق الكويتية"], ["الدفاع المدني الكويتي"] * 2),
        (["والمقاومة الشعبية", "المقاومة"], ["المقاومة الشعبية"] * 2),
        (["النيابة العمومية"], ["النيابة العامة"]),
        (["النيابة العسكرية"], [None]),
        (["الجيش", "القوات"], [None, None]),
    ],
)
def test_some_services_are_names_without_a_country(said: list[str], names: list[str | None]) -> None:
    assert names_alone(*said) == names


def test_a_vehicle_of_a_service_is_not_the_service() -> None:
    assert names_alone("coastguard", type="VEHICLE") == [None]


def test_the_best_name_does_not_hang_on_the_order_of_different_names() -> None:
    said = mentions("القوات", "قسد", "القوات الكردية", "قوات سوريا الديمقراطية")
    assert {best(said), best(said[::-1]), best(said[2:] + said[:2])} == {best(said)}


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("الإسرائيلي", "IL"),
        ("إسرائيلية", "IL"),
        ("والروسية", "RU"),
        ("الأمريكيين", "US"),
        ("السعودية", "SA"),
        ("الكوري الشمالي", "KP"),
        ("الروس", "RU"),
        ("Israeli", "IL"),
        ("US", "US"),
        ("U.S.", "US"),
        ("South Sudanese", "SS"),
        ("إسرائيل", None),
        ("روسيا", None),
        ("سوريا", None),
        ("لبنان", None),
        ("Russia", None),
        ("الجوي", None),
        ("heavy", None),
        ("", None),
    ],
)
def test_nationality(word: str, country: str | None) -> None:
    assert nationality(word, "mixed") == country


def test_the_country_is_the_adjectives_before_the_makers() -> None:
    assert name("F-16", "en", "VEHICLE").country == "US"
    assert name("Emirati F-16", "en", "VEHICLE").country == "AE"
    assert name("Turkish-made drones", "en", "WEAPON").country == "TR"
    assert name("مسيّرتين تركيتين", "ar", "WEAPON").country == "TR"
    assert name("Liberian-flagged tanker", "en", "VEHICLE").country is None
    assert name("Ukrainian Marines", "en", "FORCE").id == "marines.UA"
    assert name("الصليب الأحمر الكيني", "ar", "ORGANIZATION").id == "red-cross.KE"


@given(
    text=texts(), lang=st.sampled_from(["ar", "en", "mixed"]), type=st.sampled_from([None, *default_scheme().entities])
)
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_name(text: str, lang: str, type: str | None) -> None:
    found = name(text, lang, type)
    assert found.known == (found.id is not None)
    assert not (found.known and found.transliterated)
    assert (found.kind == "nominal") <= (found.ar is None and found.en is None)
    assert best([found]) == found
    assert nationality(text, lang) in (None, *countries())


@given(text=st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_words_have_readings(text: str) -> None:
    assert all(word.text and word.readings and all(word.readings) for word in split(text))


def test_entries_are_named_in_both_languages() -> None:
    for domain in ("actors", "weapons"):
        entries: set[Entry] = {entry for *_, entry in lexicon(domain).listed}
        assert all(ARABIC.search(entry.ar) and entry.en for entry in entries)
