"""Errors: each cause by hand, the confusion of types, and which errors are told first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import SAME_AS, default_scheme
from rasad.eval.claims import Claim
from rasad.eval.counts import Counts
from rasad.eval.errors import GOLD, PREDICTED, Error, confusion, errors, telling

SCHEME = default_scheme()


def article(body: str, links: str = "", lang: str = "en") -> Document:
    """Read an article whose links are set apart by `;`."""
    lines = "\n".join(link.strip() for link in links.split(";"))
    return parse_markdown(f"---\nid: {lang}-1\nlang: {lang}\n---\n{body}\n\n```relations\n{lines}\n```\n", "article")


def told(found: Iterable[Error]) -> list[tuple[str, str, str]]:
    """Return side, label and cause of errors, sorted."""
    return sorted((e.side, e.claim.label, e.cause) for e in found)


EN_GOLD = article(
    "[Gunmen](PERSON:h1) [hit](ATTACK:e1) an army [checkpoint](FACILITY:f1) near [Zarnuq](GPE:g1) on "
    "[Monday](TIME:t1), and [three soldiers](PERSON:h2) [died](CASUALTIES:e2)."
)
EN_PREDICTED = article(
    "[Gunmen](PERSON:a) [hit](DAMAGE:b) an [army checkpoint](LOCATION:c) [near](GPE:d) [Zarnuq](LOCATION:e) on "
    "Monday, and three [soldiers](PERSON:f) [died](CASUALTIES:g)."
)


def test_english_spans_by_hand() -> None:
    assert told(errors(EN_GOLD, EN_PREDICTED, SCHEME)) == [
        ("gold", "ATTACK", "type"),
        ("gold", "FACILITY", "boundary and type"),
        ("gold", "GPE", "type"),
        ("gold", "PERSON", "boundary"),
        ("gold", "TIME", "not found"),
        ("predicted", "DAMAGE", "type"),
        ("predicted", "GPE", "spurious"),
        ("predicted", "LOCATION", "boundary and type"),
        ("predicted", "LOCATION", "type"),
        ("predicted", "PERSON", "boundary"),
    ]
    assert confusion(EN_GOLD, EN_PREDICTED).pairs == {
        ("PERSON", "PERSON"): 2,  # the soldiers cut short are of the right type
        ("CASUALTIES", "CASUALTIES"): 1,
        ("ATTACK", "DAMAGE"): 1,
        ("FACILITY", "LOCATION"): 1,
        ("GPE", "LOCATION"): 1,
        ("TIME", "none"): 1,
        ("none", "GPE"): 1,
    }


def test_english_spans_with_the_sides_changed_about() -> None:
    there, back = errors(EN_GOLD, EN_PREDICTED, SCHEME), errors(EN_PREDICTED, EN_GOLD, SCHEME)
    turned = {GOLD: PREDICTED, PREDICTED: GOLD, "not found": "spurious", "spurious": "not found"}
    assert told(back) == sorted((turned[side], label, turned.get(cause, cause)) for side, label, cause in told(there))
    flipped = {(other, one): n for (one, other), n in confusion(EN_GOLD, EN_PREDICTED).pairs.items()}
    assert confusion(EN_PREDICTED, EN_GOLD).pairs == flipped


def test_an_error_says_where_and_what_instead() -> None:
    gold = article("Rain.\nAn [army](FORCE:a) [post](FACILITY:f)\n[burned](DAMAGE:e).", "f OPERATED_BY a")
    predicted = article("Rain.\nAn [army post](LOCATION:l)\n[burned](DAMAGE:e).")
    predicted = replace(predicted, spans=tuple(replace(s, score=0.75) for s in predicted.spans))
    found = errors(gold, predicted, SCHEME)
    # Both golds overlap the predicted span, by as many characters; the first stands in its place.
    assert found[1] == Error(
        document="en-1",
        family="entities",
        side="predicted",
        cause="boundary and type",
        claim=Claim(((9, 18, "LOCATION"),), "LOCATION"),
        instead=Claim(((9, 13, "FORCE"),), "FORCE"),
        instead_words="army",
        score=0.75,
        context="An [army post]",
    )
    assert [str(one) for one in found] == [
        "en-1: missed FORCE (boundary and type; LOCATION on [army post] instead): An [army] post",
        "en-1: wrong LOCATION (boundary and type; FORCE on [army] instead): An [army post]",
        "en-1: missed FACILITY (not found): An army [post]",
        "en-1: missed OPERATED_BY (end not found): An [army] [post]",
    ]
    assert [one.score for one in found] == [None, 0.75, None, None]


def cut(document: Document, name: str, start: int, end: int) -> Document:
    """Move the ends of a span by so many characters."""
    return replace(
        document,
        spans=tuple(
            replace(s, start=s.start + start, end=s.end + end, text=document.text[s.start + start : s.end + end])
            if s.id == name
            else s
            for s in document.spans
        ),
    )


@pytest.mark.parametrize(
    ("body", "lang", "start", "end", "cause"),
    [
        ("اتهم [لإيران](GPE:x) اليوم", "ar", 1, 0, "boundary: clitic"),
        ("قصف [وبالصواريخ](WEAPON:x) ليلا", "ar", 4, 0, "boundary: clitic"),
        ("قصف [الصواريخ الثقيلة](WEAPON:x) ليلا", "ar", 0, -8, "boundary"),
        ("رد [في إيران](GPE:x) اليوم", "ar", 3, 0, "boundary"),  # a word of its own is no clitic
        ("[Hezbollah's](GROUP:x) men", "en", 0, -2, "boundary: clitic"),
        ("[Hezbollah](GROUP:x) men", "en", 0, -1, "boundary"),
        ("[Hezbollah's](GROUP:x) men", "en", 0, 4, "boundary"),
    ],
)
def test_clitics(body: str, lang: str, start: int, end: int, cause: str) -> None:
    gold = article(body, lang=lang)
    predicted = cut(gold, "x", start, end)
    kind = gold.spans[0].type
    assert told(errors(gold, predicted, SCHEME)) == [("gold", kind, cause), ("predicted", kind, cause)]
    # Of another type too, it is both.
    other = replace(predicted, spans=tuple(replace(s, type="TIME") for s in predicted.spans))
    assert {one.cause for one in errors(gold, other, SCHEME)} == {"boundary and type"}


def test_spans_are_paired_one_to_one() -> None:
    # Both halves overlap the whole; the longer one stands in its place, the other is in nobody's.
    gold = article("[thirty armed men](PERSON:h) fled")
    halves = article("[thirty](PERSON:a) [armed men](PERSON:b) fled")
    assert [(e.claim.mentions[0][:2], e.cause) for e in errors(gold, halves, SCHEME) if e.side == PREDICTED] == [
        ((0, 6), "spurious"),
        ((7, 16), "boundary"),
    ]
    assert [(e.claim.mentions[0][:2], e.cause) for e in errors(halves, gold, SCHEME) if e.side == GOLD] == [
        ((0, 6), "not found"),
        ((7, 16), "boundary"),
    ]


def test_a_span_that_is_right_stands_in_no_place() -> None:
    # The longer prediction overlaps the gold span, but that is found already.
    gold = article("[armed men](PERSON:h) fled")
    both = replace(gold, spans=(*gold.spans, Span("x", 0, 14, "PERSON", "armed men fled")))
    assert told(errors(gold, both, SCHEME)) == [("predicted", "PERSON", "spurious")]


MENTIONS = (
    "[Gunmen](PERSON:h1) and [rebels](GROUP:h2) [hit](ATTACK:e1) a [post](FACILITY:f1) in [Zarnuq](GPE:g1); the "
    "[raid](ATTACK:e2) of the [men](PERSON:h3) came after a [clash](CLASH:e3)."
)
CHAINS = "e2 SAME_AS e1; h3 SAME_AS h1"


@pytest.mark.parametrize(
    ("gold", "predicted", "causes"),
    [
        ("e1 AGENT h1", "", ["gold AGENT not linked"]),
        ("", "e1 AGENT h1", ["predicted AGENT spurious"]),
        (
            "f1 LOCATED_IN g1",
            "g1 LOCATED_IN f1",
            ["gold LOCATED_IN wrong direction", "predicted LOCATED_IN wrong direction"],
        ),
        ("e1 TARGET f1", "e1 PLACE f1", ["gold TARGET wrong role", "predicted PLACE wrong role"]),
        ("h1 LEADS h2", "h2 MEMBER_OF h1", ["gold LEADS wrong role", "predicted MEMBER_OF wrong role"]),
        ("e1 AGENT h1", "e3 AGENT h1", ["gold AGENT wrong head", "predicted AGENT wrong head"]),
        ("e1 AGENT h1", "e1 AGENT h2", ["gold AGENT wrong tail", "predicted AGENT wrong tail"]),
        # The head, the tail, or both are another mention of the same.
        (
            "e1 AGENT h1",
            "e2 AGENT h1",
            ["gold AGENT role hung on another mention", "predicted AGENT role hung on another mention"],
        ),
        (
            "e1 AGENT h1",
            "e2 AGENT h3",
            ["gold AGENT role hung on another mention", "predicted AGENT role hung on another mention"],
        ),
        # One that is right has its role told once more.
        ("e1 AGENT h1; e2 AGENT h1", "e1 AGENT h1", ["gold AGENT role hung on another mention"]),
        ("e1 AGENT h1", "e1 AGENT h1; e2 AGENT h1", ["predicted AGENT role hung on another mention"]),
        # Of two that could stand in its place, one does: the other mention before the other role, direction before
        # role, role before head, head before tail.
        (
            "e1 AGENT h1",
            "e2 AGENT h1; e1 TARGET h1",
            [
                "gold AGENT role hung on another mention",
                "predicted AGENT role hung on another mention",
                "predicted TARGET spurious",
            ],
        ),
        (
            "f1 LOCATED_IN g1",
            "g1 LOCATED_IN f1; f1 OPERATED_BY g1",
            [
                "gold LOCATED_IN wrong direction",
                "predicted LOCATED_IN wrong direction",
                "predicted OPERATED_BY spurious",
            ],
        ),
        (
            "e1 AGENT h2",
            "e1 TARGET h2; e3 AGENT h2",
            ["gold AGENT wrong role", "predicted AGENT spurious", "predicted TARGET wrong role"],
        ),
        (
            "e1 PLACE g1",
            "e1 PLACE f1; e3 PLACE g1",
            ["gold PLACE wrong head", "predicted PLACE spurious", "predicted PLACE wrong head"],
        ),
        (
            "e1 TARGET f1",
            "e1 PLACE f1; e1 ORIGIN f1",
            ["gold TARGET wrong role", "predicted ORIGIN wrong role", "predicted PLACE spurious"],
        ),
        # What is right stands in no other's place.
        ("e1 AGENT h1; e1 SOURCE h1", "e1 AGENT h1", ["gold SOURCE not linked"]),
        ("e1 AGENT h1", "e1 AGENT h1; e1 AGENT h2", ["predicted AGENT spurious"]),
        # What is said twice counts once.
        (
            "e1 AGENT h1; e1 AGENT h1",
            "e3 TARGET f1; e3 TARGET f1",
            ["gold AGENT not linked", "predicted TARGET spurious"],
        ),
    ],
)
def test_relations(gold: str, predicted: str, causes: list[str]) -> None:
    one, other = (article(MENTIONS, f"{CHAINS}; {links}") for links in (gold, predicted))
    assert [" ".join(parts) for parts in told(errors(one, other, SCHEME))] == causes


def test_which_mentions_are_one_is_as_gold_has_it() -> None:
    # The prediction takes the clash for the raid's incident, and misses that the raid is the attack.
    gold = article(MENTIONS, f"{CHAINS}; e1 AGENT h1; e2 TARGET f1")
    predicted = article(MENTIONS, "e3 SAME_AS e2; h3 SAME_AS h1; e2 AGENT h1; e3 TARGET f1")
    found = [(e.side, e.claim.label, e.cause) for e in errors(gold, predicted, SCHEME) if e.family == "relations"]
    assert sorted(found) == [
        ("gold", "AGENT", "role hung on another mention"),
        ("gold", "TARGET", "wrong head"),
        ("predicted", "AGENT", "role hung on another mention"),
        ("predicted", "TARGET", "wrong head"),
    ]


def test_a_relation_whose_end_is_not_found_in_arabic() -> None:
    gold = article(
        "[قصفت](ATTACK:e1) [طائرات مسيرة](WEAPON:w1) [مستودعا](FACILITY:f1) [فجر الأحد](TIME:t1) قرب زرنوق",
        "e1 INSTRUMENT w1; e1 TARGET f1; e1 WHEN t1",
        "ar",
    )
    # The drones are cut short, and the warehouse is a place: each role goes with its end, found otherwise.
    predicted = article(
        "[قصفت](ATTACK:e1) [طائرات](WEAPON:w1) مسيرة [مستودعا](LOCATION:f1) [فجر الأحد](TIME:t1) قرب [زرنوق](GPE:g1)",
        "e1 INSTRUMENT w1; e1 TARGET f1; e1 WHEN t1; e1 PLACE g1",
        "ar",
    )
    assert [row for row in told(errors(gold, predicted, SCHEME)) if row[1] in SCHEME.relation] == [
        ("gold", "INSTRUMENT", "end not found"),
        ("gold", "TARGET", "end not found"),
        ("predicted", "INSTRUMENT", "spurious end"),
        ("predicted", "PLACE", "spurious end"),
        ("predicted", "TARGET", "spurious end"),
    ]


def test_links_by_hand() -> None:
    # Gold has a b c d e as one. Predicted are a c, b e x; d is missed, x invented, f is taken for g.
    body = (
        "the [men](PERSON:a) [fighters](PERSON:b) [rebels](PERSON:c) [five](PERSON:d) [ten](PERSON:e) {x} "
        "[youths](PERSON:f) [captives](PERSON:g)"
    )
    gold = article(body.format(x="many"), "b SAME_AS a; c SAME_AS b; d SAME_AS c; e SAME_AS d")
    predicted = article(
        body.format(x="[many](PERSON:x)").replace("[five](PERSON:d)", "five"),
        "c SAME_AS a; e SAME_AS b; x SAME_AS e; g SAME_AS f",
    )
    found = [one for one in errors(gold, predicted, SCHEME) if one.family == "same_as"]
    ends = {s.start: s.id for s in (*gold.spans, *predicted.spans)}
    # Gold is cut into a c | b e | d: two links lack, on b and on d. The predicted b e | x and f | g have one too many.
    # b goes back to a, which both have; d was not there to be linked.
    assert [(one.side, one.cause, *(ends[m[0]] for m in one.claim.mentions)) for one in found] == [
        ("gold", "missed link", "b", "a"),
        ("gold", "end not found", "d", "c"),
        ("predicted", "spurious end", "x", "e"),
        ("predicted", "false link", "g", "f"),
    ]


def test_a_missed_link_leads_to_a_mention_that_both_have() -> None:
    body = "the [men](PERSON:a) {b} [rebels](PERSON:c)"
    gold = article(body.format(b="[fighters](PERSON:b)"), "b SAME_AS a; c SAME_AS b")
    predicted = article(body.format(b="fighters"))
    found = [(e.cause, e.context) for e in errors(gold, predicted, SCHEME) if e.family == "same_as"]
    assert found == [
        ("end not found", "the [men] [fighters] rebels"),
        ("missed link", "the [men] fighters [rebels]"),
    ]


def test_a_link_to_a_mention_that_is_not_found() -> None:
    gold = article("the [men](PERSON:a) and [fighters](PERSON:b)", "b SAME_AS a")
    predicted = article("the men and [fighters](PERSON:b)")
    assert told(e for e in errors(gold, predicted, SCHEME) if e.family == "same_as") == [
        ("gold", "SAME_AS", "end not found")
    ]


def test_names_in_the_same_words_need_no_link() -> None:
    bare = article("[Zarnuq](GPE:a) and [Zarnuq](GPE:b)")
    linked = replace(bare, relations=(Relation("b", SAME_AS, "a"),))
    assert errors(bare, linked, SCHEME) == errors(linked, bare, SCHEME) == ()


def test_attributes_by_hand() -> None:
    body = "[hit](ATTACK:a) [raid](ATTACK:b) [clash](CLASH:c) [strike](ATTACK:d)"
    gold = article(body, "a modality=uncertain; b modality=hypothetical; c polarity=negative; d modality=uncertain")
    predicted = article(body.replace("[strike](ATTACK:d)", "strike"), "a modality=hypothetical; c modality=uncertain")
    found = [(e.side, e.claim.label, e.instead and e.instead.label) for e in errors(gold, predicted, SCHEME)[:-1]]
    # a: one value for another; b: missed; c: negation missed, doubt invented; the strike is missed as a trigger.
    assert found == [
        ("predicted", "hypothetical", "uncertain"),
        ("gold", "uncertain", "hypothetical"),
        ("gold", "hypothetical", "asserted"),
        ("gold", "negative", "positive"),
        ("predicted", "uncertain", "asserted"),
    ]
    assert errors(gold, predicted, SCHEME)[-1].cause == "not found"


def test_of_a_trigger_that_is_there_twice_the_last_value_holds() -> None:
    gold = article("[hit](ATTACK:a)")
    first, last = gold.spans[0], replace(gold.spans[0], id="b", modality="uncertain")
    for spans in ((first, last), (last, first)):
        assert told(errors(gold, replace(gold, spans=spans), SCHEME)) == [("predicted", "uncertain", "attribute")]


def test_far_ends_are_shown_on_one_line() -> None:
    text = "x" * 50 + " [hit](ATTACK:e2) " + "y" * 50 + "\n" + "z" * 50 + " [raid](ATTACK:e1) " + "w" * 50
    found = errors(article(text, "e1 SAME_AS e2"), article(text), SCHEME)
    assert [one.context for one in found] == [
        "…" + "x" * 39 + " [hit] " + "y" * 39 + " … " + "z" * 39 + " [raid] " + "w" * 39 + "…"
    ]


def error(
    document: str, cause: str, at: int, side: str = PREDICTED, label: str = "GPE", score: float | None = None
) -> Error:
    """Make an error on one mention."""
    return Error(document, "entities", side, cause, Claim(((at, at + 1, label),), label), None, "", score, "")


# Recall of GPE 8/10, of TIME 1/10.
FOUND = {"GPE": Counts(tp=8, fp=8, fn=2), "TIME": Counts(tp=1, fn=9)}


def test_the_most_telling_are_the_most_surprising() -> None:
    sure, unsure = error("a", "spurious", 1, score=0.875), error("a", "spurious", 2, score=0.25)
    usual, rare = error("a", "spurious", 3, GOLD), error("a", "spurious", 4, GOLD, "TIME")
    unscored, unknown = error("a", "spurious", 5), error("a", "spurious", 6, GOLD, "FORCE")
    # 0.875, recall 0.8, precision 0.5, 0.25, recall 0.1, nothing known.
    wanted = (sure, usual, unscored, unsure, rare, unknown)
    for order in ((unsure, rare, usual, unknown, sure, unscored), wanted[::-1]):
        assert telling(order, FOUND) == wanted
        assert telling(order, FOUND, 2) == wanted[:2]


def test_the_most_telling_are_spread_over_causes_and_documents() -> None:
    a = [error("a", "spurious", i, score=1 - i / 16) for i in range(3)]
    b = error("b", "spurious", 0, score=0.5)
    c = error("a", "boundary", 9, score=0.25)
    d = error("c", "type", 0, score=0.125)
    # First the surest. Then cause and document have been taken 2 times together for the rest of a, once for b and c,
    # never for d. b is surer than c; then c has been taken once (a), the rest of a thrice (spurious twice).
    assert telling([*a, b, c, d], FOUND) == (a[0], d, b, c, a[1], a[2])


def test_of_a_pair_one_is_told() -> None:
    gold, predicted = article("in [Zarnuq](GPE:a) [today](TIME:t)"), article("in [Zarnuq](LOCATION:a) today")
    found = errors(gold, predicted, SCHEME)
    assert len(found) == 3
    assert [(e.side, e.claim.label) for e in telling(found, FOUND)] == [("gold", "GPE"), ("gold", "TIME")]
