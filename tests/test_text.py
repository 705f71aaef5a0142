import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasad.annotations.text import fold, readings, strip_clitics


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("أحمد", "احمد"),
        ("إدلب", "ادلب"),
        ("آمال", "امال"),
        ("ٱلله", "الله"),
        ("مؤسسة", "موسسه"),
        ("طائرة", "طايره"),
        ("مستشفى", "مستشفي"),
        ("قَصْفٌ", "قصف"),
        ("قـــصف", "قصف"),
        ("\u200fقصف\u200e", "قصف"),
        ("\ufefb", "لا"),
        ("ایران", "ايران"),
        ("CENTCOM", "centcom"),
        ("Ṭāʼif", "taʼif"),
    ],
)
def test_fold(text, key):
    assert fold(text) == key


def test_fold_tells_words_apart():
    assert fold("قصف") != fold("قصر")
    assert fold("السوق") != fold("سوق")


@settings(derandomize=True, deadline=None)
@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("الجيش", "جيش"),
        ("والجيش", "جيش"),
        ("للجيش", "جيش"),
        ("وللجيش", "جيش"),
        ("بالصواريخ", "صواريخ"),
        ("فكالسيل", "سيل"),
        ("وَالـجيش", "جيش"),
        ("للبنان", "لبنان"),
        ("لليبيا", "ليبيا"),
        # Nothing says that these first letters are clitics.
        ("لبنان", "لبنان"),
        ("بغداد", "بغداد"),
        ("وزارة", "وزارة"),
        ("كتائب", "كتائب"),
        ("فلسطين", "فلسطين"),
        ("سوريا", "سوريا"),
        ("ألمانيا", "ألمانيا"),
        ("الله", "الله"),
        ("Alamo", "Alamo"),
    ],
)
def test_strip_clitics(word, bare):
    assert strip_clitics(word) == bare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("لبنان", "بلبنان"),
        ("لبنان", "للبنان"),
        ("بغداد", "وبغداد"),
        ("بغداد", "ببغداد"),
        ("وزارة الدفاع", "لوزارة الدفاع"),
        ("الجيش", "للجيش"),
        ("الجيش", "وللجيش"),
        ("بكتائب النور", "وكتائب النور"),
        ("إدلب", "ادلب"),
        ('حركة "النور', "حركة النور"),
        ("الأمم المتحدة", "والأمم المتحدة"),
        ("Hezbollah", "Hezbollah's"),
        ("Hezbollah", "HEZBOLLAH’s"),
    ],
)
def test_the_same_words_share_a_reading(one, other):
    assert readings(one) & readings(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("لبنان", "عمان"),
        ("بغداد", "كتائب"),
        ("كتائب النور", "كتائب النصر"),
        # Two letters are too few to be what the clitics are on.
        ("بلد", "ولد"),
        ("كتائب النور", "كتائب"),
        # Clitics are set aside on the first word alone.
        ("جيش الشرق", "جيش شرق"),
        ("Hezbollah", "Hezbollah fighters"),
        ("", "…"),
    ],
)
def test_other_words_share_none(one, other):
    assert not readings(one) & readings(other)
