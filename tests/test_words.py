import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from rasad.annotations.words import paragraphs, sentence_starts, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 21:50, 2024/04/22.", ["at", "21:50", "2024/04/22"]),
        ("F-16s fired 2,500; al-Jir", ["F-16s", "fired", "2,500", "al-Jir"]),
        ("the U.S. and U.S.A. troops", ["the", "U.S.", "and", "U.S.A.", "troops"]),
        ("a U.S.-led raid", ["a", "U.S.", "led", "raid"]),
        (
            "Hezbollah's and Hamas’s men, the rebels' camp",
            ["Hezbollah's", "and", "Hamas’s", "men", "the", "rebels", "camp"],
        ),
        ("وكالة أ.ف.ب قالت", ["وكالة", "أ.ف.ب", "قالت"]),
        ("غادروا القرية.وعاد الهدوء", ["غادروا", "القرية", "وعاد", "الهدوء"]),
        ('"الهجوم"، (القاعدة)؟', ["الهجوم", "القاعدة"]),
        ("مُحَمَّدٌ بَـــغداد", ["مُحَمَّدٌ", "بَـــغداد"]),
        ("ﻣﺤﻤﺪ ﷲ", ["ﻣﺤﻤﺪ", "ﷲ"]),
        ("آب e\u0301te\u0301", ["آب", "e\u0301te\u0301"]),
        ("٤٥ صاروخا", ["٤٥", "صاروخا"]),
        ("می\u200cخواهد soft\u00adhyphen", ["می\u200cخواهد", "soft\u00adhyphen"]),
        ("\u200fقال\u200e \u2067F-16\u2069", ["قال", "F-16"]),
        ("a\u00a0b\u200bc", ["a", "b", "c"]),
        ("🚀 launched 👩🏽‍🚒 1️⃣", ["launched", "1"]),
        ("#بغداد_الآن --", ["بغداد", "الآن"]),
        ("- ٪ \u064b …", []),
    ],
)
def test_words(text, expected):
    assert [text[start:end] for start, end in words(text)] == expected


@given(texts())
def test_every_letter_and_digit_is_in_exactly_one_word(text):
    covered = [position for start, end in words(text) for position in range(start, end)]
    assert covered == sorted(set(covered))
    assert {i for i, c in enumerate(text) if c.isalnum()} <= set(covered)


@given(texts(), st.sampled_from([" ", "\n", "\r\n", "\u00a0", "…", "🚀 "]))
def test_what_parts_words_only_moves_those_after_it(text, gap):
    shift = len(text + gap)
    assert words(text + gap + text) == words(text) + [(start + shift, end + shift) for start, end in words(text)]


@given(
    st.lists(st.sampled_from(["قصف", "مقاتل", "Aleppo", "12"]), min_size=1),
    st.sampled_from("\u064e\u0651\u0670\u0640\u0301"),
)
def test_marks_and_tatweel_never_cut_a_word(parts, mark):
    assert mark == "\u0640" or unicodedata.category(mark) == "Mn"
    marked = [mark.join(part) + mark for part in parts]
    text = " ".join(marked)
    assert [text[start:end] for start, end in words(text)] == marked


def test_paragraphs_are_lines_that_are_not_blank():
    text = "عنوان\r\n\r\n \t\nنص أول\rثان\n"
    assert [text[start:end] for start, end in paragraphs(text)] == ["عنوان", "نص أول", "ثان"]


@given(texts())
def test_words_lie_within_paragraphs(text):
    inside = [any(a <= start and end <= b for a, b in paragraphs(text)) for start, end in words(text)]
    assert all(inside)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One fell. Two rose.", ["One fell.", " Two rose."]),
        ("The U.S. left at 21.50 on foot.", ["The U.S. left at 21.50 on foot."]),
        ("Gen. A. Said spoke. So did Dr. Omar.", ["Gen. A. Said spoke.", " So did Dr. Omar."]),
        ("... They left. None came.", ["... They left.", " None came."]),
        ("«من ضرب؟» سأل.", ["«من ضرب؟", "» سأل."]),
        ("من ضرب؟ لا أحد.\nانتهى", ["من ضرب؟", " لا أحد.", "\n", "انتهى"]),
    ],
)
def test_sentences(text, sentences) -> None:
    starts = sentence_starts(text)
    assert [text[a:b] for a, b in itertools.pairwise([*starts, len(text)]) if a < b] == sentences
