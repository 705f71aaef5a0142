"""Matching: every mode by hand in both languages, the greatest credit against brute force, and what always holds."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.eval.counts import Counts, Table
from rasad.eval.matching import MODES, match, span_table
from rasad.eval.scores import score

SCHEME = default_scheme()
HALF = Fraction(1, 2)
modes = pytest.mark.parametrize("mode", MODES)


def document(text, *marks):
    """Build a document with a span on the first occurrence of each of `(words, type)`, in words or inside one."""
    starts = [text.index(words) for words, _ in marks]
    spans = [Span(f"s{i}", a, a + len(w), t, w) for i, (a, (w, t)) in enumerate(zip(starts, marks, strict=True))]
    return Document("d", text, spans=tuple(spans))


def spans(*places, kind="WEAPON"):
    return [Span(f"s{a}-{b}", a, b, kind, "x" * (b - a)) for a, b in places]


def places(found):
    return [((m.gold.start, m.gold.end), (m.predicted.start, m.predicted.end), m.credit) for m in found]


EN = "Gunmen of the Zarnuq Brigade shelled Hamrin's old market and two army posts on Monday evening."
EN_GOLD = document(
    EN,
    ("Gunmen", "PERSON"),
    ("Zarnuq Brigade", "GROUP"),
    ("shelled", "ATTACK"),
    ("Hamrin's", "GPE"),
    ("old market", "FACILITY"),
    ("two army posts", "FACILITY"),
    ("Monday evening", "TIME"),
)
EN_PREDICTED = document(
    EN,
    ("Gunmen", "PERSON"),  # equal
    ("the Zarnuq Brigade", "FORCE"),  # longer, and another type
    ("shelled", "ATTACK"),  # equal
    ("Hamrin", "GPE"),  # without its possessive
    ("old market", "LOCATION"),  # equal but for the type
    ("army posts", "FACILITY"),  # shorter
    ("on Monday", "TIME"),  # six characters in common
)
AR = "أعلنت كتائب النخيل أنها قصفت بالصواريخ مطار الوادي وبلدة زهران فجر السبت"
AR_GOLD = document(
    AR,
    ("كتائب النخيل", "GROUP"),
    ("قصفت", "ATTACK"),
    ("بالصواريخ", "WEAPON"),
    ("مطار الوادي", "FACILITY"),
    ("وبلدة زهران", "GPE"),
    ("فجر السبت", "TIME"),
)
AR_PREDICTED = document(
    AR,
    ("كتائب النخيل", "GROUP"),  # equal
    ("قصفت", "EXPLOSION"),  # equal but for the type
    ("صواريخ", "WEAPON"),  # without its clitics
    ("الوادي وبلدة", "FACILITY"),  # touches two, one of its type
    ("بلدة زهران", "GPE"),  # without its clitic
    ("السبت", "TIME"),  # shorter
)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        # Of 7 and 7: PERSON and ATTACK.
        ("strict", Counts(2, 5, 5)),
        # And the old market.
        ("boundaries", Counts(3, 4, 4)),
        # PERSON, ATTACK, GPE, one of two FACILITY, TIME.
        ("overlap", Counts(5, 2, 2)),
        # PERSON and ATTACK whole, the other three of these by half: 2 + 3/2.
        ("partial", Counts(Fraction(7, 2), Fraction(7, 2), Fraction(7, 2))),
        # PERSON, ATTACK, and the GPE without its possessive; `two` and `the` are no clitics.
        ("clitic", Counts(3, 4, 4)),
    ],
)
def test_english_by_hand(mode, expected):
    found = span_table(EN_GOLD, EN_PREDICTED, SCHEME.types, mode)
    assert found.micro == expected
    assert tuple(found.by_type) == SCHEME.types


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        # Of 6 and 6: GROUP.
        ("strict", Counts(1, 5, 5)),
        # And the trigger.
        ("boundaries", Counts(2, 4, 4)),
        # All but the trigger.
        ("overlap", Counts(5, 1, 1)),
        # GROUP whole, WEAPON, FACILITY, GPE and TIME by half: 1 + 4/2.
        ("partial", Counts(3, 3, 3)),
        # GROUP, and WEAPON and GPE, which only lack clitics; `فجر` is none.
        ("clitic", Counts(3, 3, 3)),
    ],
)
def test_arabic_by_hand(mode, expected):
    assert span_table(AR_GOLD, AR_PREDICTED, SCHEME.types, mode).micro == expected


def test_counts_stand_under_their_types():
    found = span_table(EN_GOLD, EN_PREDICTED, SCHEME.types, "partial").by_type
    # Two facilities in gold, one predicted that is right by half; the other market was found as a LOCATION.
    assert found["FACILITY"] == Counts(HALF, HALF, Fraction(3, 2))
    assert (found["FACILITY"].precision, found["FACILITY"].recall) == (1 / 2, 1 / 4)
    assert found["FACILITY"].f1 == pytest.approx(1 / 3)
    assert found["LOCATION"] == Counts(fp=1)
    assert (found["GROUP"], found["FORCE"]) == (Counts(fn=1), Counts(fp=1))


def test_in_boundaries_a_right_pair_counts_under_the_type_of_gold():
    found = span_table(EN_GOLD, EN_PREDICTED, SCHEME.types, "boundaries").by_type
    # The old market is right as the FACILITY that gold has; the posts are wrong and missed; no LOCATION is left.
    assert found["FACILITY"] == Counts(tp=1, fp=1, fn=1)
    assert found["LOCATION"] == Counts()


def test_types_that_are_not_asked_for_are_left_out_of_both_sides():
    # As an event, the trigger is not there to answer the weapon.
    gold = document("shelling", ("shelling", "WEAPON"))
    predicted = document("shelling", ("shelling", "ATTACK"))
    assert span_table(gold, predicted, SCHEME.types, "boundaries").micro == Counts(tp=1)
    assert span_table(gold, predicted, SCHEME.entities, "boundaries").micro == Counts(fn=1)


def test_a_pair_is_moved_to_make_room_for_another():
    # 0:9–4:11 have the most in common, 5 characters, and would leave 9:12 and 0:2 over, which do not touch.
    gold, predicted = spans((0, 9), (9, 12)), spans((0, 2), (4, 11))
    assert places(match(gold, predicted, "overlap", "x" * 12)) == [((0, 9), (0, 2), 1), ((9, 12), (4, 11), 1)]
    assert places(match(gold, predicted, "partial", "x" * 12)) == [((0, 9), (0, 2), HALF), ((9, 12), (4, 11), HALF)]


def test_an_equal_pair_gives_way_in_overlap_and_not_in_partial():
    # Both have 3:7. Overlap: 0:4–3:7 and 3:7–6:9 are two pairs. Partial: these earn 1/2 + 1/2, 3:7 alone earns 1.
    gold, predicted = spans((0, 4), (3, 7)), spans((3, 7), (6, 9))
    assert places(match(gold, predicted, "overlap", "x" * 9)) == [((0, 4), (3, 7), 1), ((3, 7), (6, 9), 1)]
    assert places(match(gold, predicted, "partial", "x" * 9)) == [((3, 7), (3, 7), 1)]


def test_of_equal_credit_the_nearest_pairs_are_taken():
    # 0:10 and 8:20 both touch 7:20, by 3 and by 12 characters.
    assert places(match(spans((0, 10), (8, 20)), spans((7, 20)), "overlap", "x" * 20)) == [((8, 20), (7, 20), 1)]
    found = match(spans((0, 2)), [*spans((0, 2), kind="FORCE"), *spans((0, 2))], "boundaries", "xx")
    assert found[0].predicted.type == "WEAPON"


def test_a_long_chain_is_matched_whole():
    # Span i of gold touches i of the prediction by 1 character and i - 1 by 3: nearest first leaves both ends over, and
    # only moving every one of the others makes room for them.
    gold = spans(*((5 * i, 5 * i + 5) for i in range(2000)))
    predicted = spans(*((5 * i + 4, 5 * i + 8) for i in range(2000)))
    found = match(gold, predicted, "overlap", "x" * 10_003)
    assert [(m.gold.start // 5, m.predicted.start // 5) for m in found] == [(i, i) for i in range(2000)]


@pytest.mark.parametrize(("start", "credit"), [(4, 1), (5, 0), (6, 0)])
def test_one_character_in_common_is_an_overlap_and_none_is_not(start, credit):
    assert sum(m.credit for m in match(spans((0, 5)), spans((start, 9)), "overlap", "x" * 9)) == credit


def test_a_long_span_is_found_from_its_end():
    gold, predicted = spans((90, 95)), spans((0, 91), (40, 50), (60, 70))
    assert places(match(gold, predicted, "overlap", "x" * 95)) == [((90, 95), (0, 91), 1)]


# The word in its text, and what gold and the prediction mark of it.
SAME = [
    ("أصابت الصواريخ", "الصواريخ", "صواريخ"),
    ("أصيب بالصواريخ", "بالصواريخ", "صواريخ"),
    ("أصيب بالصواريخ", "الصواريخ", "صواريخ"),
    ("أصيب بالصواريخ", "بالصواريخ", "الصواريخ"),
    ("وصل وللجيش", "وللجيش", "جيش"),
    ("وصل للجيش", "للجيش", "لجيش"),
    ("رأى كطائرة", "كطائرة", "طائرة"),
    ("عاد فبغداد", "فبغداد", "بغداد"),
    ("قال سيقصف", "سيقصف", "يقصف"),
    ("قال وسيقصف", "وسيقصف", "يقصف"),
    ("قُصف وَالـجَيش", "وَالـجَيش", "جَيش"),
    ("قُصف ٱلجيش", "ٱلجيش", "جيش"),
    ("قُصف ﻭﺍﻟﺠﻴﺶ", "ﻭﺍﻟﺠﻴﺶ", "ﺠﻴﺶ"),  # presentation forms
    ("رصد بـ15 صاروخا", "بـ15 صاروخا", "15 صاروخا"),
    ("مقتل وكتائب النخيل", "وكتائب النخيل", "كتائب النخيل"),
    ("the Hezbollah's men", "Hezbollah's", "Hezbollah"),
    ("the HEZBOLLAH’S men", "HEZBOLLAH’S", "HEZBOLLAH"),
    ("the U.S.'s men", "U.S.'s", "U.S."),
    ("the rebels' men", "rebels", "rebels'"),
]
# Each has clitics or what looks like them, and something else that differs.
OTHER = [
    ("ضرب ألمانيا", "ألمانيا", "مانيا"),  # a hamza: no article
    ("ضرب ا\u0654لمانيا", "ا\u0654لمانيا", "مانيا"),
    ("زار سوريا", "سوريا", "وريا"),  # the future is said of verbs
    ("قرب ولد", "ولد", "لد"),  # too little is left
    ("بين الجو", "الجو", "جو"),
    ("قصف مطار", "مطار", "طار"),  # no clitic
    ("قصف والجيش", "والجيش", "لجيش"),  # half an article
    ("قصف ومطار", "ومطار", "طار"),
    ("قصف الجيش", "قصف الجيش", "الجيش"),  # a word
    ("قصف الجيش", "الجيش", "الجي"),  # an end
    ("جيشنا هنا", "جيشنا", "جيش"),  # a pronoun at the end
    ("قوات الجيش", "قوات الجيش", "قوات"),
    ("قوات و الجيش", "و الجيش", "الجيش"),  # not written onto the word
    ("قصف «الجيش", "«الجيش", "الجيش"),
    ("قصف والجيش", "وال", "ال"),  # nothing but clitics
    ("the army", "the army", "army"),
    ("two posts", "posts", "post"),
    ("said it's", "it's", "it'"),
    ("Ma'sum came", "Ma's", "Ma"),
    ("As'ad came", "As'", "As"),
    ("the 'army' came", "army'", "army"),
    ("Hezbollah's men", "Hezbollah's men", "Hezbollah"),
]


@pytest.mark.parametrize(("text", "one", "other"), SAME)
def test_clitics_and_possessives_are_set_aside(text, one, other):
    long, short = document(text, (one, "GROUP")).spans, document(text, (other, "GROUP")).spans
    assert [(m.gold, m.predicted, m.credit) for m in match(long, short, "clitic", text)] == [(*long, *short, 1)]
    assert [(m.gold, m.predicted, m.credit) for m in match(short, long, "clitic", text)] == [(*short, *long, 1)]
    assert not match(long, short, "strict", text)


@pytest.mark.parametrize(("text", "one", "other"), OTHER)
def test_nothing_else_is_set_aside(text, one, other):
    assert not match(document(text, (one, "GROUP")).spans, document(text, (other, "GROUP")).spans, "clitic", text)


def test_clitics_are_set_aside_of_one_type_and_one_word_only():
    gold = document("والجيش ثم الجيش", ("والجيش", "FORCE"))
    assert not match(gold.spans, document(gold.text, ("جيش", "GROUP")).spans, "clitic", gold.text)
    second = [Span("s", 12, 15, "FORCE", "جيش")]
    assert gold.text[12:15] == "جيش"
    assert not match(gold.spans, second, "clitic", gold.text)


@modes
def test_two_predictions_of_one_span_are_not_both_right(mode):
    # In four modes both `الجيش` and `جيش`, or the span with another type, could answer; one does, the other is wrong.
    gold = document("قصف الجيش", ("الجيش", "FORCE"))
    predicted = document("قصف الجيش", ("الجيش", "FORCE"), ("جيش", "FORCE"), ("الجيش", "GROUP"))
    assert span_table(gold, predicted, SCHEME.types, mode).micro == Counts(tp=1, fp=2)
    assert span_table(predicted, gold, SCHEME.types, mode).micro == Counts(tp=1, fn=2)


@modes
def test_what_is_said_twice_counts_once(mode):
    twice = replace(EN_PREDICTED, spans=(*EN_PREDICTED.spans, *(replace(s, id=f"a{s.id}") for s in EN_PREDICTED.spans)))
    once = span_table(EN_GOLD, EN_PREDICTED, SCHEME.types, mode)
    assert span_table(EN_GOLD, twice, SCHEME.types, mode) == once
    assert span_table(twice, EN_GOLD, SCHEME.types, mode) == span_table(EN_PREDICTED, EN_GOLD, SCHEME.types, mode)
    assert {m.predicted.id[0] for m in match(EN_GOLD.spans, reversed(twice.spans), mode, EN)} == {"a"}


def test_a_mode_that_is_not_there_is_refused():
    with pytest.raises(RasadError, match=r"called strikt \(did you mean strict\?\)"):
        match([], [], "strikt", "")


def test_halves_add_to_whole_numbers():
    half = Counts(HALF, HALF, Fraction(3, 2))
    both = half + half
    assert both == Counts(1, 1, 3)
    assert [type(n) for n in (both.tp, both.fp, both.fn)] == [int, int, int]
    assert (half.gold, half.seen, half.recall) == (2, True, 0.25)


# Clitics, marks and possessives that a boundary can fall beside, and characters that are parts of none.
PIECES = ("و", "ب", "ل", "ال", "س", "ي", "جيش", "َ", "ـ", "12", " ", " ", "Ali", "'s", "s'", "’", "،", "\n")
TYPES = ("FORCE", "GROUP", "ATTACK")
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join)


@st.composite
def two_sides(draw):
    """Draw a document's spans twice over the same text, few and close together, overlapping on one side too."""
    text = draw(texts)
    place = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)), st.sampled_from(TYPES[:2] + TYPES))
    sides = []
    for _ in range(2):
        drawn = [(min(a, b), max(a, b), t) for a, b, t in draw(st.lists(place, max_size=5)) if a != b]
        made = tuple(Span(f"s{i}", a, b, t, text[a:b]) for i, (a, b, t) in enumerate(drawn))
        sides.append(Document("d", text, spans=made))
    return sides


def credit(one, other, mode):
    """Return what a pair is worth, as the table of the modes says it; `clitic` is left to the cases by hand."""
    equal, alike = (one.start, one.end) == (other.start, other.end), one.type == other.type
    touching = alike and one.start < other.end and other.start < one.end
    worth = {"strict": equal and alike, "boundaries": equal, "overlap": touching, "partial": (equal + 1) * HALF}
    return Fraction(worth[mode] if mode != "partial" or touching else 0)


def greatest(gold, predicted, mode):
    """Try every one-to-one matching for the greatest total credit."""
    if not gold:
        return Fraction(0)
    first, *rest = gold
    others = [greatest(rest, predicted, mode)]
    for other in predicted:
        if worth := credit(first, other, mode):
            others.append(worth + greatest(rest, [p for p in predicted if p is not other], mode))
    return max(others)


def distinct(doc):
    return list({(s.start, s.end, s.type): s for s in doc.spans}.values())


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "clitic"])
@given(sides=two_sides())
def test_no_matching_earns_more(mode, sides):
    gold, predicted = sides
    found = match(gold.spans, predicted.spans, mode, gold.text)
    assert all(m.credit == credit(m.gold, m.predicted, mode) for m in found)
    assert sum(m.credit for m in found) == greatest(distinct(gold), distinct(predicted), mode)


@modes
@given(sides=two_sides(), seed=st.integers(0, 2**16))
def test_matching_is_one_to_one_and_no_order_matters(mode, sides, seed):
    gold, predicted = sides
    found = match(gold.spans, predicted.spans, mode, gold.text)
    for side in ([m.gold.id for m in found], [m.predicted.id for m in found]):
        assert len(set(side)) == len(side)
    rng = random.Random(seed)
    ours, theirs = (rng.sample(doc.spans, len(doc.spans)) for doc in sides)
    assert match(ours, theirs, mode, gold.text) == found


@modes
@given(sides=two_sides())
def test_the_sides_change_places(mode, sides):
    one, other = (span_table(*pair, TYPES, mode) for pair in (sides, sides[::-1]))
    assert (one.micro.tp, one.micro.fp, one.micro.fn) == (other.micro.tp, other.micro.fn, other.micro.fp)
    if mode != "boundaries":
        assert [(c.tp, c.fp, c.fn) for c in one.by_type.values()] == [
            (c.tp, c.fn, c.fp) for c in other.by_type.values()
        ]


@given(sides=two_sides())
def test_modes_have_the_same_denominators_and_their_order(sides):
    tables = {mode: span_table(*sides, TYPES, mode) for mode in MODES}
    gold, predicted = (len(distinct(doc)) for doc in sides)
    for table in tables.values():
        assert (table.micro.gold, table.micro.tp + table.micro.fp) == (gold, predicted)
        assert all(min(c.tp, c.fp, c.fn) >= 0 for c in table.by_type.values())
        assert [c.gold for c in table.by_type.values()] == [sum(s.type == t for s in distinct(sides[0])) for t in TYPES]
    tp = {mode: table.micro.tp for mode, table in tables.items()}
    assert tp["strict"] <= tp["partial"] <= tp["overlap"]
    assert tp["strict"] <= min(tp["boundaries"], tp["clitic"])


@given(sides=two_sides())
def test_strict_is_what_the_main_scores_count(sides):
    found = score(*sides, SCHEME)
    both = Table({**found.entities.by_type, **found.triggers.by_type})
    assert span_table(*sides, SCHEME.types, "strict") == both


@modes
@given(sides=two_sides())
def test_gold_against_itself_is_perfect_and_nothing_predicted_misses_all(mode, sides):
    gold = sides[0]
    whole = span_table(gold, gold, TYPES, mode).micro
    assert whole == Counts(tp=len(distinct(gold)))
    assert span_table(gold, replace(gold, spans=()), TYPES, mode).micro == Counts(fn=len(distinct(gold)))


def joined(one, other):
    by = len(one.text) + 1
    moved = (replace(s, id=f"t{s.id}", start=s.start + by, end=s.end + by) for s in other.spans)
    return Document("d", f"{one.text}\n{other.text}", spans=(*one.spans, *moved))


@modes
@given(first=two_sides(), second=two_sides())
def test_counts_add_over_documents(mode, first, second):
    apart = span_table(*first, TYPES, mode) + span_table(*second, TYPES, mode)
    whole = span_table(joined(first[0], second[0]), joined(first[1], second[1]), TYPES, mode)
    assert whole == apart
