"""Perturbations: texts change as they are said to, and every span goes with its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from strategies import documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.words import paragraphs, words
from rasad.eval.stress.diacritics import point
from rasad.eval.stress.perturbations import PERTURBATIONS, Perturbation
from rasad.eval.stress.rewriting import Piece, in_place, rewrite

BY_NAME = {perturbation.name: perturbation for perturbation in PERTURBATIONS}
SIGNS = re.compile("[\u0640\u064b-\u0652]")


def marked(text: str, lang: str, *spans: tuple[str, str]) -> Document:
    """A document with the first occurrence of each words as a span; a relation joins the first two."""
    found = tuple(
        Span(f"s{i}", text.index(said), text.index(said) + len(said), kind, said)
        for i, (said, kind) in enumerate(spans)
    )
    links = (Relation("s0", "AGENT", "s1"),) if len(found) > 1 else ()
    return Document("d", text, lang, "2024-04-22", found, links, {"voice": "wire"}, "m@1", {"times": {}})


ARABIC = marked(
    'قصفت القوات الأمريكية "قاعدة" في البصرة\nوقُتل ١٢ جنديا.',
    "ar",
    ("قصفت", "ATTACK"),
    ("القوات الأمريكية", "FORCE"),
    ("قاعدة", "FACILITY"),
    ("١٢ جنديا", "PERSON"),
)
ENGLISH = marked(
    "Strike by Hezbollah-led men kills 12; “al-Jir base”.\nF-16 jets hit Raqqa.",
    "en",
    ("Strike", "ATTACK"),
    ("Hezbollah-led men", "PERSON"),
    ("al-Jir base", "FACILITY"),
    ("Raqqa", "GPE"),
)

# The text that each perturbation makes, and what each span then says, by hand.
ARABIC_FORMS = {
    "diacritics": (
        'قَصْفَت الْقَوَات الْأَمْرِيكِية "قَاعَدَة" فِي الْبَصْرَة\nوقُتل ١٢ جَنْدَيَا.',
        ["قَصْفَت", "الْقَوَات الْأَمْرِيكِية", "قَاعَدَة", "١٢ جَنْدَيَا"],
    ),
    "tatweel": (
        'قصفـت القـوات الأمريكيـة "قاعـدة" في البصـرة\nوقُتل ١٢ جنديـا.',
        ["قصفـت", "القـوات الأمريكيـة", "قاعـدة", "١٢ جنديـا"],
    ),
    "hamza_dropped": (
        'قصفت القوات الامريكية "قاعدة" في البصرة\nوقُتل ١٢ جنديا.',
        ["قصفت", "القوات الامريكية", "قاعدة", "١٢ جنديا"],
    ),
    "final_ya_undotted": (
        'قصفت القوات الأمريكية "قاعدة" فى البصرة\nوقُتل ١٢ جنديا.',
        ["قصفت", "القوات الأمريكية", "قاعدة", "١٢ جنديا"],
    ),
    "ta_marbuta_undotted": (
        'قصفت القوات الأمريكيه "قاعده" في البصره\nوقُتل ١٢ جنديا.',
        ["قصفت", "القوات الأمريكيه", "قاعده", "١٢ جنديا"],
    ),
    "latin_digits": (
        'قصفت القوات الأمريكية "قاعدة" في البصرة\nوقُتل 12 جنديا.',
        ["قصفت", "القوات الأمريكية", "قاعدة", "12 جنديا"],
    ),
    "guillemets": (
        "قصفت القوات الأمريكية «قاعدة» في البصرة\nوقُتل ١٢ جنديا.",
        ["قصفت", "القوات الأمريكية", "قاعدة", "١٢ جنديا"],
    ),
    "curly_quotes": (
        "قصفت القوات الأمريكية “قاعدة” في البصرة\nوقُتل ١٢ جنديا.",
        ["قصفت", "القوات الأمريكية", "قاعدة", "١٢ جنديا"],
    ),
    "punctuation_dropped": (
        "قصفت القوات الأمريكية قاعدة في البصرة\nوقُتل ١٢ جنديا",
        ["قصفت", "القوات الأمريكية", "قاعدة", "١٢ جنديا"],
    ),
    "name_spellings": (
        'قصفت القوات الأميركية "قاعدة" في البصرة\nوقُتل ١٢ جنديا.',
        ["قصفت", "القوات الأميركية", "قاعدة", "١٢ جنديا"],
    ),
    "paragraphs_reversed": (
        'وقُتل ١٢ جنديا.\nقصفت القوات الأمريكية "قاعدة" في البصرة',
        ["١٢ جنديا", "قصفت", "القوات الأمريكية", "قاعدة"],
    ),
}
ENGLISH_FORMS = {
    "straight_quotes": (
        'Strike by Hezbollah-led men kills 12; "al-Jir base".\nF-16 jets hit Raqqa.',
        ["Strike", "Hezbollah-led men", "al-Jir base", "Raqqa"],
    ),
    "punctuation_dropped": (
        "Strike by Hezbollah-led men kills 12 al-Jir base\nF-16 jets hit Raqqa",
        ["Strike", "Hezbollah-led men", "al-Jir base", "Raqqa"],
    ),
    "name_spellings": (
        "Strike by Hizbullah-led men kills 12; “al-Jir base”.\nF-16 jets hit Raqqah.",
        ["Strike", "Hizbullah-led men", "al-Jir base", "Raqqah"],
    ),
    "al_and_el": (
        "Strike by Hezbollah-led men kills 12; “el-Jir base”.\nF-16 jets hit Raqqa.",
        ["Strike", "Hezbollah-led men", "el-Jir base", "Raqqa"],
    ),
    "upper_case": (
        "STRIKE BY HEZBOLLAH-LED MEN KILLS 12; “AL-JIR BASE”.\nF-16 JETS HIT RAQQA.",
        ["STRIKE", "HEZBOLLAH-LED MEN", "AL-JIR BASE", "RAQQA"],
    ),
    "lower_case": (
        "strike by hezbollah-led men kills 12; “al-jir base”.\nf-16 jets hit raqqa.",
        ["strike", "hezbollah-led men", "al-jir base", "raqqa"],
    ),
    "paragraphs_reversed": (
        "F-16 jets hit Raqqa.\nStrike by Hezbollah-led men kills 12; “al-Jir base”.",
        ["Raqqa", "Strike", "Hezbollah-led men", "al-Jir base"],
    ),
}
CASES = [(ARABIC, name, *form) for name, form in ARABIC_FORMS.items()]
CASES += [(ENGLISH, name, *form) for name, form in ENGLISH_FORMS.items()]


@pytest.mark.parametrize(("document", "name", "text", "said"), CASES)
def test_forms(document: Document, name: str, text: str, said: list[str]) -> None:
    changed = BY_NAME[name](document)
    assert changed.text == text
    assert [span.text for span in changed.spans] == said
    assert changed.relations == document.relations
    assert {s.id: s.type for s in changed.spans} == {s.id: s.type for s in document.spans}


@pytest.mark.parametrize("document", [ARABIC, ENGLISH])
@pytest.mark.parametrize("perturbation", PERTURBATIONS, ids=lambda p: p.name)
def test_spans_stay_words(perturbation: Perturbation, document: Document) -> None:
    changed = perturbation(document)
    edges = [set(side) for side in zip(*words(changed.text), strict=True)]
    assert all(span.start in edges[0] and span.end in edges[1] for span in changed.spans)
    assert len(changed.spans) == len(document.spans)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ('فقال «نعم» ثم "لا" و"بلى"', "فقال “نعم” ثم “لا” و“بلى”"),  # straight ones take turns, clitics or not
        ('a "b\nc" "d"', "a “b\nc“ ”d“"),  # an unclosed one does not reach into the next paragraph
    ],
)
def test_quotes(text: str, changed: str) -> None:
    assert BY_NAME["curly_quotes"](Document("d", text, "ar")).text == changed


@pytest.mark.parametrize(
    ("name", "lang", "text", "changed"),
    [
        (
            "tatweel",
            "ar",
            "قتلى من لا يحيا سُوقها البلاد",
            "قتلـى من لا يحيـا سُوقها البـلاد",
        ),  # no joint in لا, none by marks
        ("hamza_written", "ar", "واعلنت الاميركية تاكيد", "وأعلنت الأميركية تاكيد"),
        ("final_ya_dotted", "ar", "على مستشفى ىى", "علي مستشفي ىي"),
        ("indic_digits", "ar", "12 من F-16 في 3.5", "١٢ من F-16 في ٣.٥"),
        ("latin_digits", "ar", "١٢ و۳", "12 و3"),
        ("punctuation_dropped", "en", "U.S. men (12,5)—two.", "U.S. men 12,5 two"),
        ("name_spellings", "ar", "وللحوثيين بلغراد كابلات غرادة", "وللحوثيون بلجراد كابلات غرادة"),
        (
            "name_spellings",
            "en",
            "Houthis, Daraa's Dara'a; Kievan Hizballah",
            "Huthis, Deraa's Daraa; Kievan Hezbollah",
        ),
        ("al_and_el", "en", "Al-Bab, el-Arish; real-time", "El-Bab, al-Arish; real-time"),
        ("upper_case", "en", "straße al-Jir", "STRASSE AL-JIR"),
        ("no_break_spaces", "en", "a b\tc", "a\u00a0b\tc"),
    ],
)
def test_corners(name: str, lang: str, text: str, changed: str) -> None:
    assert BY_NAME[name](Document("d", text, lang)).text == changed


@pytest.mark.parametrize(
    ("word", "pointed"),
    [
        ("الشمس", "الشَّمْس"),  # a sun letter is doubled, the lam bare
        ("والقصر", "وَالْقَصْر"),
        ("بالصوت", "بِالصُّوت"),
        ("للجيش", "لِلْجِيش"),
        ("إعلان", "إِعْلَان"),
        ("من", "مَن"),
    ],
)
def test_pointing(word: str, pointed: str) -> None:
    found = "".join(map("".join, zip(word, point(word), strict=True)))
    assert unicodedata.normalize("NFC", found) == unicodedata.normalize("NFC", pointed)


def test_typos() -> None:
    text = "\n".join(f"القوات الأميركية قصفت مستودعا{i} abc" for i in range(60))
    changed = BY_NAME["typos"](Document("d", text, "ar"))
    before, after = ([text[a:b] for a, b in words(text)] for text in (text, changed.text))
    swapped = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert all(sorted(a) == sorted(b) and len(a) > 4 and a[0] == b[0] for a, b in swapped)
    assert all(sum(x != y for x, y in zip(a, b, strict=True)) == 2 for a, b in swapped)
    assert 6 <= len(swapped) <= 30  # of the 120 words of over four letters, a tenth
    assert changed == BY_NAME["typos"](Document("d", text, "ar"))
    one_place = BY_NAME["typos"](Document("d", " ".join(["aabbbbbb"] * 200), "en")).text.split()
    assert set(one_place) == {"aabbbbbb", "ababbbbb"}
    assert 10 <= one_place.count("ababbbbb") <= 40


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("document", [ARABIC, ENGLISH])
def test_unrelated_paragraph(where: str, document: Document) -> None:
    changed = BY_NAME[f"paragraph_{where}"](document)
    added = len(changed.text) - len(document.text)
    shift = added if where == "before" else 0
    assert [(s.start - shift, s.end - shift) for s in changed.spans] == [(s.start, s.end) for s in document.spans]
    assert len(paragraphs(changed.text)) == len(paragraphs(document.text)) + 1


@pytest.mark.parametrize("perturbation", PERTURBATIONS, ids=lambda p: p.name)
def test_languages(perturbation: Perturbation) -> None:
    text = f"{ARABIC.text}\n{ENGLISH.text}\nاعلنت على 3 «و» Hezbollah"  # there is something to change for each
    for lang in ("ar", "en", "mixed"):
        document = Document("d", text, lang)
        assert (perturbation(document) != document) == (lang in (*perturbation.languages, "mixed"))


@given(documents(predicted=True))
def test_everything_is_carried(document: Document) -> None:
    for perturbation in PERTURBATIONS:
        changed = perturbation(document)  # a document checks the words at the offsets of its spans
        kept = {span.id for span in changed.spans}
        there = {s.id: replace(s, start=0, end=0, text="") for s in document.spans}
        assert {s.id: replace(s, start=0, end=0, text="") for s in changed.spans} == {i: there[i] for i in kept}
        assert changed.relations == tuple(r for r in document.relations if {r.head, r.tail} <= kept)
        assert replace(changed, text="", spans=(), relations=(), derived={}) == replace(
            document, text="", spans=(), relations=(), derived={}
        )
        assert changed == perturbation(document)
        assert changed == document or changed.derived == {}


FORMS: dict[str, Callable[[str], str]] = {  # those that go character by character
    "hamza_dropped": lambda text: re.sub("[أإآٱ]", "ا", text),
    "ta_marbuta_undotted": lambda text: text.replace("ة", "ه"),
    "no_break_spaces": lambda text: text.replace(" ", "\u00a0"),
}


@given(documents())
def test_every_span_says_the_changed_form(document: Document) -> None:
    document = replace(document, lang="mixed")
    for name, form in FORMS.items():
        changed = BY_NAME[name](document)
        assert [s.text for s in changed.spans] == [form(s.text) for s in document.spans]
        assert [(s.start, s.end) for s in changed.spans] == [(s.start, s.end) for s in document.spans]
    for name in ("diacritics", "tatweel"):
        changed = BY_NAME[name](document)
        assert [SIGNS.sub("", s.text) for s in changed.spans] == [SIGNS.sub("", s.text) for s in document.spans]
        before = [SIGNS.sub("", document.text[: s.start]) for s in document.spans]
        assert [SIGNS.sub("", changed.text[: s.start]) for s in changed.spans] == before


@given(documents())
def test_reversing_twice(document: Document) -> None:
    inside = {s.id for s in document.spans if any(a <= s.start and s.end <= b for a, b in paragraphs(document.text))}
    reverse = BY_NAME["paragraphs_reversed"]
    once = reverse(replace(document, lang="mixed"))
    assert {s.id: s.text for s in document.spans if s.id in inside}.items() <= {
        s.id: s.text for s in once.spans
    }.items()
    assert [once.text[a:b] for a, b in paragraphs(once.text)] == [
        document.text[a:b] for a, b in reversed(paragraphs(document.text))
    ]
    again = reverse(once)
    assert again.text == document.text
    assert {s for s in document.spans if s.id in inside} <= set(again.spans)


def spans(text: str, *places: tuple[int, int]) -> Document:
    found = tuple(Span(f"s{i}", a, b, "GPE", text[a:b]) for i, (a, b) in enumerate(places))
    links = tuple(Relation(f"s{i}", "LOCATED_IN", "s0") for i in range(1, len(found)))
    return Document("d", text, "en", spans=found, relations=links)


def test_rewriting() -> None:
    # "abcdef": `b` becomes `BBB`, `cd` is swapped, `e` goes, `+` comes before `f`.
    document = spans("abcdef", (0, 1), (0, 2), (1, 2), (2, 3), (1, 5), (4, 5), (4, 6))
    pieces = in_place("abcdef", [Piece(1, 2, "BBB"), Piece(2, 4, "dc"), Piece(4, 5, ""), Piece(5, 5, "+")])
    changed = rewrite(document, pieces)
    assert changed.text == "aBBBdc+f"
    # The lone `e` is nothing now; `ef` came apart; an insertion is in no span.
    assert {s.id: s.text for s in changed.spans} == {"s0": "a", "s1": "aBBB", "s2": "BBB", "s3": "d", "s4": "BBBdc"}
    assert {(r.head, r.tail) for r in changed.relations} == {(f"s{i}", "s0") for i in (1, 2, 3, 4)}


def test_an_edge_inside_a_changed_piece_is_not_guessed() -> None:
    document = spans("Raqqa", (0, 5), (0, 3), (3, 5))
    assert [s.text for s in rewrite(document, [Piece(0, 5, "Raqqah")]).spans] == ["Raqqah"]
    assert [s.text for s in rewrite(document, [Piece(0, 5, "RAQQA")]).spans] == ["RAQ", "RAQQA", "QA"]
