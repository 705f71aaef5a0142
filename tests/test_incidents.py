"""Incidents: which answers which, and who fills their slots, by hand and by law."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SCHEME

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.markdown import parse_markdown
from rasad.eval.counts import Counts, Table
from rasad.eval.incidents import SLOTS, IncidentScores, incident_scores


def marked(text: str, relations: str, lang: str = "en") -> Document:
    lines = "\n".join(line.strip() for line in relations.strip().splitlines())
    return parse_markdown(f"---\nid: x\nlang: {lang}\n---\n{text}\n\n```relations\n{lines}\n```\n", "x")


def score(gold: Document, predicted: Document) -> IncidentScores:
    return incident_scores(gold, predicted, SCHEME)


def seen(table: Table) -> dict[str, Counts]:
    return {name: counts for name, counts in table.by_type.items() if counts.seen}


EN_GOLD = marked(
    """Convoy [ambushed](ATTACK:e1) near [Tell Rabi](GPE:p1)
[Gunmen](PERSON:h1) [attacked](ATTACK:e2) an [army convoy](VEHICLE:v1) on [Tuesday](TIME:t1), and the \
[blast](EXPLOSION:e3) [killed](CASUALTIES:e4) [two soldiers](PERSON:h2), a [doctor](PERSON:h3) said; \
[three trucks](VEHICLE:v2) [burned](DAMAGE:e5). The [Orchard Front](GROUP:g1) [denied](DENIAL:e6) the \
[attack](ATTACK:e7). The [army](FORCE:f1) [shelled](ATTACK:e8) [Wadi Nour](LOCATION:l1).""",
    """
    e1 PLACE p1
    e2 AGENT h1
    e2 TARGET v1
    e2 WHEN t1
    e2 SAME_AS e1
    e3 SAME_AS e2
    e3 CAUSES e4
    e3 CAUSES e5
    e4 KILLED h2
    e4 SOURCE h3
    e5 TARGET v2
    e6 AGENT g1
    e6 ABOUT e7
    e7 SAME_AS e3
    e8 AGENT f1
    e8 TARGET l1
    """,
)
# The headline's trigger is missed, and so are three links: the last mention of the attack stands by itself, the burning
# too, and the denial is of nothing. The agent of the attack is the one who denies it.
EN_PREDICTED = marked(
    """Convoy ambushed near [Tell Rabi](GPE:p1)
[Gunmen](PERSON:h1) [attacked](ATTACK:e2) an [army convoy](VEHICLE:v1) on [Tuesday](TIME:t1), and the \
[blast](EXPLOSION:e3) [killed](CASUALTIES:e4) [two soldiers](PERSON:h2), a [doctor](PERSON:h3) said; \
[three trucks](VEHICLE:v2) [burned](DAMAGE:e5). The [Orchard Front](GROUP:g1) [denied](DENIAL:e6) the \
[attack](ATTACK:e7). The [army](FORCE:f1) [shelled](ATTACK:e8) [Wadi Nour](LOCATION:l1).""",
    """
    e2 AGENT g1
    e2 TARGET v1
    e2 WHEN t1
    e3 SAME_AS e2
    e3 CAUSES e4
    e4 KILLED h2
    e4 SOURCE h3
    e5 TARGET v2
    e6 AGENT g1
    e8 AGENT f1
    e8 TARGET l1
    """,
)
AR_TEXT = (
    "[قصف](ATTACK:e1) [لواء الساحل](GROUP:g1) [الميناء](FACILITY:f1) في [اللاذقية](GPE:p1) [فجر الأحد](TIME:t1). "
    "وقال [جيش التلال](GROUP:g3) إن [اللواء](GROUP:g2) أوقف [القصف](ATTACK:e2)."
)
AR_GOLD = marked(
    AR_TEXT,
    """
    e1 AGENT g1
    e1 TARGET f1
    f1 LOCATED_IN p1
    e1 WHEN t1
    e2 SAME_AS e1
    g2 SAME_AS g1
    """,
    "ar",
)


def test_english_by_hand() -> None:
    found = score(EN_GOLD, EN_PREDICTED)
    # Gold: the ambush (ambushed, attacked, blast, attack), the shelling, and the denial, a mere stand. Predicted: the
    # ambush (attacked, blast), the attack, the burning, the shelling, and a denial that is an incident there. The
    # ambush shares two triggers with the first and one with the second.
    assert seen(found.incidents) == {"ATTACK": Counts(tp=2, fp=1), "DAMAGE": Counts(fp=1)}
    assert seen(found.remarks) == {"DENIAL": Counts(tp=1)}
    assert seen(found.slots) == {
        "agent": Counts(tp=1, fp=1, fn=1),  # the army; the Orchard Front for the gunmen
        "target": Counts(tp=2, fp=1),  # the convoy, Wadi Nour; the trucks of the burning that stands by itself
        "harmed": Counts(fn=1),  # the trucks, harmed by the ambush
        "place": Counts(fn=1),  # Tell Rabi went with the headline
        "time": Counts(tp=1),
        "killed": Counts(tp=1),  # told by the casualties that the ambush caused, as is the doctor
        "source": Counts(tp=1),
    }
    assert seen(found.remark_slots) == {"agent": Counts(tp=1)}


def test_the_other_way_round_wrong_is_missed() -> None:
    found = score(EN_PREDICTED, EN_GOLD)
    # The denial is a plain incident in what is gold now, and the pair goes there.
    assert seen(found.incidents) == {"ATTACK": Counts(tp=2, fn=1), "DAMAGE": Counts(fn=1), "DENIAL": Counts(tp=1)}
    assert seen(found.remarks) == seen(found.remark_slots) == {}
    assert found.slots.by_type["agent"] == Counts(tp=2, fp=1, fn=1)
    assert found.slots.by_type["harmed"] == Counts(fp=1)


def test_stands_that_nothing_answers() -> None:
    bare = replace(EN_GOLD, spans=(), relations=())
    missed, invented = score(EN_GOLD, bare), score(bare, EN_GOLD)
    assert seen(missed.remarks) == {"DENIAL": Counts(fn=1)}
    assert seen(missed.remark_slots) == {"agent": Counts(fn=1)}
    # Agent, target, harmed, place, time, killed, source of the ambush; agent and target of the shelling.
    assert (missed.incidents.micro, missed.slots.micro) == (Counts(fn=2), Counts(fn=9))
    assert seen(invented.remarks) == {"DENIAL": Counts(fp=1)}
    assert (invented.incidents.micro, invented.slots.micro) == (Counts(fp=2), Counts(fp=9))


@pytest.mark.parametrize(
    ("relations", "agent", "why"),
    [
        ("e2 AGENT g2\ng2 SAME_AS g1", Counts(tp=1), "the role hangs on other mentions of event and entity"),
        ("e2 AGENT g2", Counts(tp=1), "the brigade is not named, but gold says that it is the same"),
        ("e1 AGENT g1\ne2 AGENT g2\ng2 SAME_AS g1", Counts(tp=1), "one entity, whoever mentions it"),
        ("e1 AGENT g1\ne2 AGENT g2", Counts(tp=1, fp=1), "two entities on this side, and gold has one"),
        ("e2 AGENT g2\ng2 SAME_AS g3", Counts(fp=1, fn=1), "the record calls it by the name of another"),
        ("e1 AGENT g3", Counts(fp=1, fn=1), "another"),
        ("e1 TARGET g1", Counts(fn=1), "another role"),
    ],
)
def test_arabic_fillers_are_entities(relations: str, agent: Counts, why: str) -> None:
    found = score(AR_GOLD, marked(AR_TEXT, f"e2 SAME_AS e1\n{relations}", "ar"))
    assert seen(found.incidents) == {"ATTACK": Counts(tp=1)}
    assert found.slots.by_type["agent"] == agent, why


def test_place_is_where_the_target_lies_too() -> None:
    found = score(AR_GOLD, marked(AR_TEXT, "e1 PLACE p1\ne1 TARGET f1\ne2 SAME_AS e1", "ar"))
    assert found.slots.by_type["place"] == found.slots.by_type["target"] == Counts(tp=1)


def test_two_names_of_one_entity_are_one_filler() -> None:
    text = (
        "The [Hill Defence Force](GROUP:g1) ([HDF](GROUP:g2)) [raided](ATTACK:e1) it; the [HDF](GROUP:g3) "
        "[struck](ATTACK:e2)."
    )
    gold = marked(text, "g2 SAME_AS g1\ne1 AGENT g1\ne2 AGENT g3\ne2 SAME_AS e1")
    assert score(gold, gold).slots.by_type["agent"] == Counts(tp=1)
    split = replace(gold, relations=gold.relations[1:])
    assert score(gold, split).slots.by_type["agent"] == Counts(tp=1, fp=1)
    assert score(split, gold).slots.by_type["agent"] == Counts(tp=1, fn=1)


def test_a_filler_answers_one_only() -> None:
    text = (
        "The [Hill Force](GROUP:g1) and the [Red Guard](GROUP:g2) [raided](ATTACK:e1) it; the [Red Guard](GROUP:g3) "
        "did."
    )
    gold = marked(text, "e1 AGENT g1\ne1 AGENT g2")
    # The prediction takes the two for one and names it by both names: it answers either, but not both.
    merged = marked(text, "e1 AGENT g1\ne1 AGENT g2\ng2 SAME_AS g1")
    assert score(gold, merged).slots.by_type["agent"] == Counts(tp=1, fn=1)


def test_times_in_the_same_words_are_one_and_each_may_be_found() -> None:
    text = "[Raid](ATTACK:e1) [Tuesday](TIME:t1). The [raid](ATTACK:e2) on [Tuesday](TIME:t2), at [noon](TIME:t3)."
    both, other = "e1 WHEN t1\ne2 WHEN t2\ne2 WHEN t3\ne2 SAME_AS e1", "e2 WHEN t2\ne2 SAME_AS e1"
    assert score(marked(text, both), marked(text, other)).slots.by_type["time"] == Counts(tp=1, fn=1)
    assert score(marked(text, other), marked(text, both)).slots.by_type["time"] == Counts(tp=1, fp=1)
    # The same word elsewhere is another span.
    first = "e1 WHEN t1\ne2 SAME_AS e1"
    assert score(marked(text, first), marked(text, other)).slots.by_type["time"] == Counts(fp=1, fn=1)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("ATTACK", {"ATTACK": Counts(tp=1)}),
        ("CLASH", {"ATTACK": Counts(tp=1)}),
        ("EXPLOSION", {"ATTACK": Counts(tp=1)}),
        ("DEPLOYMENT", {"ATTACK": Counts(fn=1), "DEPLOYMENT": Counts(fp=1)}),
    ],
)
def test_types_that_can_be_one_event(kind: str, found: dict[str, Counts]) -> None:
    gold = marked("[Gunmen](PERSON:h1) [struck](ATTACK:e1).", "e1 AGENT h1")
    predicted = marked(f"[Gunmen](PERSON:h1) [struck]({kind}:e1).", "e1 AGENT h1")
    scores = score(gold, predicted)
    assert seen(scores.incidents) == found
    # Without an answer, the right filler is both wrong and missed.
    agent = Counts(tp=1) if kind != "DEPLOYMENT" else Counts(fp=1, fn=1)
    assert scores.slots.by_type["agent"] == agent


def moved(doc: Document, span_id: str, start: int, end: int) -> Document:
    spans = (replace(s, start=start, end=end, text=doc.text[start:end]) if s.id == span_id else s for s in doc.spans)
    return replace(doc, spans=tuple(spans))


@pytest.mark.parametrize(("at_start", "at_end"), [(1, 0), (0, -1), (0, 1)])
def test_one_character_off_is_another_trigger_and_another_filler(at_start: int, at_end: int) -> None:
    gold = marked("Then [gunmen](PERSON:h1) [struck](ATTACK:e1) again.", "e1 AGENT h1")
    person, trigger = (gold.by_id[i] for i in ("h1", "e1"))
    off = moved(gold, "h1", person.start + at_start, person.end + at_end)
    assert score(gold, off).slots.micro == Counts(fp=1, fn=1)
    off = moved(gold, "e1", trigger.start + at_start, trigger.end + at_end)
    assert score(gold, off).incidents.micro == Counts(fp=1, fn=1)


def raids(*events: str, agents: str = "") -> Document:
    """Events of one-letter triggers out of `a` to `h`; each letter of `agents` is an event whose agent is `X`."""
    text = " ".join("abcdefgh") + " X"
    found = [Span(c, text.index(c), text.index(c) + 1, "ATTACK", c) for event in events for c in event]
    links = [Relation(c, "SAME_AS", event[0]) for event in events for c in event[1:]]
    links += [Relation(c, "AGENT", "X") for c in agents]
    return Document(
        "x", text, spans=(*found, Span("X", len(text) - 1, len(text), "FORCE", "X")), relations=tuple(links)
    )


def test_the_assignment_shares_most_triggers() -> None:
    # The first two share three triggers, crosswise they share two and two: four are more than three.
    found = score(raids("abcde", "fg"), raids("abcfg", "de"))
    assert found.incidents.micro == Counts(tp=2)
    # Three and none are more than one and one.
    assert score(raids("abcd", "e"), raids("abce", "d")).incidents.micro == Counts(tp=1, fp=1, fn=1)


def test_of_equal_assignments_the_one_with_most_pairs() -> None:
    # Two triggers in one pair, or one in each of two.
    assert score(raids("abc", "d"), raids("abd", "c")).incidents.micro == Counts(tp=2)


@pytest.mark.parametrize("agents", ["a", "b", "c"])
def test_of_equal_assignments_the_one_with_most_right_fillers(agents: str) -> None:
    found = score(raids("abc", agents="a"), raids("a", "b", "c", agents=agents))
    assert found.incidents.micro == Counts(tp=1, fp=2)
    assert found.slots.by_type["agent"] == Counts(tp=1)


def test_more_fillers_do_not_outweigh_a_trigger() -> None:
    found = score(raids("abc", agents="a"), raids("ab", "c", agents="c"))
    assert found.slots.by_type["agent"] == Counts(fp=1, fn=1)


WORDS = tuple("abcdefgh")
TEXT = " ".join(WORDS)
KINDS = ("ATTACK", "CLASH", "CASUALTIES", "DAMAGE", "DENIAL", "FORCE", "PERSON", "FACILITY", "GPE", "TIME")
LINKS = ("AGENT", "TARGET", "KILLED", "PLACE", "WHEN", "LOCATED_IN", "CAUSES", "ABOUT", "SAME_AS")


@st.composite
def sides(draw: st.DrawFn) -> Document:
    """One side of a comparison: any words of one text marked, even twice, and any links between them."""
    chosen = draw(st.lists(st.tuples(st.integers(0, 7), st.sampled_from(KINDS)), max_size=10))
    spans = tuple(Span(f"s{n}", 2 * at, 2 * at + 1, kind, WORDS[at]) for n, (at, kind) in enumerate(chosen))
    if not spans:
        return Document("x", TEXT)
    ends = st.sampled_from([span.id for span in spans])
    links = draw(st.lists(st.builds(Relation, ends, st.sampled_from(LINKS), ends), max_size=14))
    return Document("x", TEXT, spans=spans, relations=tuple(links))


def tables(scores: IncidentScores) -> tuple[Table, ...]:
    return scores.incidents, scores.slots, scores.remarks, scores.remark_slots


def all_counts(scores: IncidentScores) -> Iterable[Counts]:
    return (counts for table in tables(scores) for counts in table.by_type.values())


@given(sides())
def test_a_document_against_itself_is_perfect(doc: Document) -> None:
    assert all(counts.fp == counts.fn == 0 for counts in all_counts(score(doc, doc)))


@given(sides(), sides())
def test_denominators_are_of_one_side_alone(gold: Document, predicted: Document) -> None:
    found, nothing = score(gold, predicted), Document("x", TEXT)
    alone = score(gold, nothing)
    for table, of_gold in zip(tables(found), tables(alone), strict=True):
        assert {name: c.gold for name, c in table.by_type.items()} == {n: c.fn for n, c in of_gold.by_type.items()}
    invented = score(nothing, predicted)
    said = found.slots.micro + found.remark_slots.micro
    assert said.tp + said.fp == invented.slots.micro.fp + invented.remark_slots.micro.fp
    assert all(min(counts.tp, counts.fp, counts.fn) >= 0 for counts in all_counts(found))


@given(sides(), sides(), st.randoms(use_true_random=False))
def test_no_order_matters_and_what_is_said_twice_counts_once(
    gold: Document, predicted: Document, chance: random.Random
) -> None:
    def again(doc: Document) -> Document:
        """Say everything twice, under other ids and in another order."""
        names = {span.id: str(n) for n, span in enumerate(chance.sample(doc.spans, len(doc.spans)))}
        spans = [replace(s, id=names[s.id] + copy) for s in doc.spans for copy in "xy"]
        links = [Relation(names[r.head] + copy, r.type, names[r.tail] + "x") for r in doc.relations for copy in "xy"]
        chance.shuffle(spans)
        chance.shuffle(links)
        return replace(doc, spans=tuple(spans), relations=tuple(links))

    assert score(again(gold), again(predicted)) == score(gold, predicted)


def test_documents_add_up() -> None:
    found = score(EN_GOLD, EN_PREDICTED) + score(AR_GOLD, AR_GOLD) + score(EN_GOLD, replace(EN_GOLD, relations=()))
    # The last has no links: of the four mentions of the ambush one answers it; killing and burning stand by themselves.
    assert found.incidents.micro == Counts(tp=2 + 1 + 2, fp=2 + 0 + 5)
    assert found.incidents.by_type["CASUALTIES"] == Counts(fp=1)
    assert seen(found.remarks) == {"DENIAL": Counts(tp=1 + 1)}
    assert found.slots.by_type["place"] == Counts(tp=1, fn=1 + 1)
    assert found.remark_slots.micro == Counts(tp=1, fn=1)
    assert set(found.slots.by_type) == set(SLOTS)
