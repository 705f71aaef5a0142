import random
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import Scheme, default_scheme
from rasad.eval.counts import Counts
from rasad.eval.events import event_scores, roles

SCHEME = default_scheme()
NAMES = ("trig_i", "trig_c", "arg_i", "arg_c", "arg_i_plus", "arg_c_plus", "relations", "relation_boundaries")


def document(name, lang, body, block):
    lines = "\n".join(line.strip() for line in block.strip().splitlines())
    return parse_markdown(f"---\nid: {name}\nlang: {lang}\n---\n{body}\n\n```relations\n{lines}\n```\n", f"{name}.md")


def micro(scores):
    """Return tp, fp, fn of each score, all types as one."""
    tables = {field.name: getattr(scores, field.name).micro for field in fields(scores)}
    return {name: (counts.tp, counts.fp, counts.fn) for name, counts in tables.items()}


EN_GOLD = document(
    "en-1",
    "en",
    "[Gunmen](PERSON:h1) [raided](ATTACK:e1) a [depot](FACILITY:f1) in [Zarnuq](GPE:g1); [rebels](GROUP:r1) "
    "[shelled](ATTACK:e2) the [bridge](FACILITY:f2) and the [fighting](CLASH:e3) with the [army](FORCE:a1) went on.",
    """
    e1 AGENT h1
    e1 TARGET f1
    e2 AGENT r1
    e2 TARGET f2
    e3 AGENT r1
    e3 AGENT a1
    f1 LOCATED_IN g1
    """,
)
# The fighting is called an ATTACK. The gunmen hang on the other attack, the bridge is AGENT, the depot has another
# type, LOCATED_IN is the wrong way round.
EN_PREDICTED = document(
    "en-1",
    "en",
    "[Gunmen](PERSON:h1) [raided](ATTACK:e1) a [depot](LOCATION:f1) in [Zarnuq](GPE:g1); [rebels](GROUP:r1) "
    "[shelled](ATTACK:e2) the [bridge](FACILITY:f2) and the [fighting](ATTACK:e3) with the [army](FORCE:a1) went on.",
    """
    e2 AGENT h1
    e1 TARGET f1
    e2 AGENT r1
    e2 AGENT f2
    e3 AGENT r1
    e3 AGENT a1
    g1 LOCATED_IN f1
    """,
)
AR_GOLD = document(
    "ar-1",
    "ar",
    "[أطلقت](ATTACK:e1) [المجموعة](GROUP:g1) [صواريخ](WEAPON:w1) على [قاعدة](FACILITY:f1) [فجر الأحد](TIME:t1) "
    "[فأصابت](CASUALTIES:e2) [جنديين](PERSON:h1)، [ونفت](DENIAL:e3) [المجموعة](GROUP:g2) [الهجوم](ATTACK:e4).",
    """
    e1 AGENT g1
    e1 INSTRUMENT w1
    e1 TARGET f1
    e1 WHEN t1
    e1 CAUSES e2
    e2 INJURED h1
    e3 AGENT g2
    e3 ABOUT e4
    e4 SAME_AS e1
    """,
)
# The casualties begin after their clitic, the denied attack is missed, an explosion is invented; the soldiers are
# KILLED.
AR_PREDICTED = document(
    "ar-1",
    "ar",
    "[أطلقت](ATTACK:e1) [المجموعة](GROUP:g1) [صواريخ](WEAPON:w1) على [قاعدة](FACILITY:f1) [فجر](EXPLOSION:e5) الأحد "
    "ف[أصابت](CASUALTIES:e2) [جنديين](PERSON:h1)، [ونفت](DENIAL:e3) [المجموعة](GROUP:g2) الهجوم.",
    """
    e1 AGENT g1
    e1 INSTRUMENT w1
    e1 TARGET f1
    e1 CAUSES e2
    e2 KILLED h1
    e3 AGENT g2
    e5 PLACE f1
    """,
)


def test_english_by_hand():
    found = event_scores(EN_GOLD, EN_PREDICTED, SCHEME)
    assert micro(found) == {
        # raided, shelled, fighting at their places; fighting is not a CLASH.
        "trig_i": (3, 0, 0),
        "trig_c": (2, 1, 1),
        # Gold: ATTACK Gunmen, depot, rebels, bridge; CLASH rebels, army. Predicted: ATTACK Gunmen, depot, rebels (of
        # two triggers), bridge, army. Four are shared; army is an argument of a CLASH.
        "arg_i": (4, 1, 2),
        # Of these the bridge is AGENT where gold has TARGET.
        "arg_c": (3, 2, 3),
        # Now the trigger counts. Predicted are 6: raided has the depot, shelled the rebels and the bridge, as in gold;
        # Gunmen hang on shelled, and the two of fighting on an ATTACK.
        "arg_i_plus": (3, 3, 3),
        "arg_c_plus": (2, 4, 4),
        # Of 7 relations on each side: shelled AGENT rebels. The depot is a LOCATION, fighting an ATTACK.
        "relations": (1, 6, 6),
        # Types aside: raided TARGET depot, shelled AGENT rebels, fighting AGENT rebels, fighting AGENT army.
        "relation_boundaries": (4, 3, 3),
    }


def test_english_by_type():
    found = event_scores(EN_GOLD, EN_PREDICTED, SCHEME)
    assert found.trig_c.by_type["ATTACK"] == Counts(tp=2, fp=1)
    assert found.trig_c.by_type["CLASH"] == Counts(fn=1)
    # What was found is counted under the type of gold.
    assert found.trig_i.by_type["ATTACK"] == Counts(tp=2)
    assert found.trig_i.by_type["CLASH"] == Counts(tp=1)
    # Found: Gunmen and rebels as AGENT, depot and bridge as TARGET. The two of the CLASH are missed, the army as an
    # argument of an ATTACK is invented.
    assert found.arg_i.by_type["AGENT"] == Counts(tp=2, fp=1, fn=2)
    assert found.arg_i.by_type["TARGET"] == Counts(tp=2)
    assert found.arg_c.by_type["AGENT"] == Counts(tp=2, fp=2, fn=2)
    assert found.arg_c.by_type["TARGET"] == Counts(tp=1, fn=1)
    assert found.arg_c_plus.by_type["AGENT"] == Counts(tp=1, fp=4, fn=3)
    assert found.relation_boundaries.by_type["LOCATED_IN"] == Counts(fp=1, fn=1)


def test_arabic_by_hand():
    found = event_scores(AR_GOLD, AR_PREDICTED, SCHEME)
    assert micro(found) == {
        # 4 triggers on each side; the one without its clitic and the explosion are elsewhere.
        "trig_i": (2, 2, 2),
        "trig_c": (2, 2, 2),
        # ATTACK group, rockets, base; CASUALTIES soldiers; DENIAL group. ATTACK Sunday is missed, EXPLOSION base is
        # invented.
        "arg_i": (5, 1, 1),
        # The soldiers are KILLED.
        "arg_c": (4, 2, 2),
        # Their trigger is not where it should be.
        "arg_i_plus": (4, 2, 2),
        "arg_c_plus": (4, 2, 2),
        # Gold has 8 but for SAME_AS: WHEN, CAUSES, INJURED, ABOUT are missed; CAUSES, KILLED, PLACE invented.
        "relations": (4, 3, 4),
        "relation_boundaries": (4, 3, 4),
    }
    assert found.arg_i.by_type["INJURED"] == Counts(tp=1)
    assert found.arg_i.by_type["KILLED"] == Counts()
    assert found.arg_i_plus.by_type["KILLED"] == Counts(fp=1)
    assert found.arg_c.by_type["WHEN"] == Counts(fn=1)
    assert found.trig_i.by_type["EXPLOSION"] == Counts(fp=1)
    # 4 are right, of 6 said and of 6 there.
    assert found.arg_c.micro.f1 == pytest.approx(8 / 12)


def test_roles_are_what_leads_from_events_to_entities():
    expected = ("AGENT", "TARGET", "KILLED", "INJURED", "INSTRUMENT", "ORIGIN", "PLACE", "WHEN", "SOURCE")
    assert roles(SCHEME) == expected
    raw = SCHEME.to_dict()
    wider = {**raw["relations"]["TARGET"], "tails": ["any"]}
    assert "TARGET" not in roles(Scheme.from_dict({**raw, "relations": {**raw["relations"], "TARGET": wider}}))


def test_tables_have_every_type_in_the_order_of_the_scheme():
    found = event_scores(EN_GOLD, EN_PREDICTED, SCHEME)
    assert tuple(found.trig_i.by_type) == tuple(found.trig_c.by_type) == SCHEME.events
    assert tuple(found.arg_i.by_type) == tuple(found.arg_c_plus.by_type) == roles(SCHEME)
    assert list(found.relations.by_type) == [name for name in SCHEME.relation if name != "SAME_AS"]


def test_an_argument_of_two_roles_is_identified_once():
    both = replace(EN_GOLD, relations=(Relation("e1", "TARGET", "h1"), Relation("e1", "AGENT", "h1")))
    one = replace(EN_GOLD, relations=(Relation("e1", "TARGET", "h1"),))
    found = event_scores(both, one, SCHEME)
    # It goes by the first role in the scheme.
    assert found.arg_i.by_type["AGENT"] == found.arg_i_plus.by_type["AGENT"] == found.arg_i.micro == Counts(tp=1)
    assert found.arg_c.by_type["AGENT"] == Counts(fn=1)
    assert found.arg_c.by_type["TARGET"] == Counts(tp=1)


def test_what_the_scheme_does_not_allow_is_wrong_not_left_out():
    bad = replace(EN_GOLD, relations=(*EN_GOLD.relations, Relation("h1", "AGENT", "e1")))
    found = micro(event_scores(EN_GOLD, bad, SCHEME))
    assert found["arg_i"] == found["arg_c_plus"] == (6, 1, 0)
    assert found["relations"] == (7, 1, 0)


def test_nothing_predicted_leaves_the_denominators_of_gold():
    bare = replace(AR_GOLD, spans=(), relations=())
    found = micro(event_scores(AR_GOLD, bare, SCHEME))
    assert found == {name: (0, 0, n) for name, n in zip(NAMES, (4, 4, 6, 6, 6, 6, 8, 8), strict=True)}


def moved(doc, span_id, at_start, at_end):
    span = doc.by_id[span_id]
    start, end = span.start + at_start, span.end + at_end
    off = replace(span, start=start, end=end, text=doc.text[start:end])
    return replace(doc, spans=tuple(off if s.id == span_id else s for s in doc.spans))


@pytest.mark.parametrize(("at_start", "at_end"), [(1, 0), (0, -1), (0, 1)])
def test_an_argument_one_character_off_is_wrong(at_start, at_end):
    found = micro(event_scores(AR_GOLD, moved(AR_GOLD, "f1", at_start, at_end), SCHEME))
    assert {found[name] for name in ("arg_i", "arg_c", "arg_i_plus", "arg_c_plus")} == {(5, 1, 1)}
    assert found["relations"] == found["relation_boundaries"] == (7, 1, 1)


@pytest.mark.parametrize(("at_start", "at_end"), [(1, 0), (0, -1), (0, 1)])
def test_a_trigger_one_character_off_is_wrong_and_costs_attached_arguments_only(at_start, at_end):
    # Of the 6 arguments 4 hang on it, of the 8 relations CAUSES too.
    found = micro(event_scores(AR_GOLD, moved(AR_GOLD, "e1", at_start, at_end), SCHEME))
    assert found["trig_i"] == found["trig_c"] == (3, 1, 1)
    assert found["arg_i"] == found["arg_c"] == (6, 0, 0)
    assert found["arg_i_plus"] == found["arg_c_plus"] == (2, 4, 4)
    assert found["relations"] == found["relation_boundaries"] == (3, 5, 5)


def test_what_is_said_twice_counts_once():
    again = tuple(replace(s, id=f"{s.id}-again") for s in EN_PREDICTED.spans)
    linked = tuple(replace(r, head=f"{r.head}-again") for r in EN_PREDICTED.relations)
    twice = replace(EN_PREDICTED, spans=EN_PREDICTED.spans + again, relations=EN_PREDICTED.relations * 2 + linked)
    assert event_scores(EN_GOLD, twice, SCHEME) == event_scores(EN_GOLD, EN_PREDICTED, SCHEME)


def test_documents_add_up():
    english, arabic = event_scores(EN_GOLD, EN_PREDICTED, SCHEME), event_scores(AR_GOLD, AR_PREDICTED, SCHEME)
    apart = (micro(english), micro(arabic))
    expected = {name: tuple(map(sum, zip(*(one[name] for one in apart), strict=True))) for name in NAMES}
    assert micro(english + arabic) == expected
    assert (english + arabic).arg_c.by_type["AGENT"] == Counts(tp=4, fp=2, fn=2)


@st.composite
def answers(draw):
    """Draw a document and another of its text, with some of its spans and relations, and some of other types."""
    gold = draw(documents())
    kept = [s for s in gold.spans if draw(st.integers(0, 3))]
    spans = [replace(s, type=draw(st.sampled_from([s.type, s.type, *SCHEME.types]))) for s in kept]
    ids = {s.id for s in spans}
    names = sorted(SCHEME.relation)
    relations = [r for r in gold.relations if {r.head, r.tail} <= ids and draw(st.integers(0, 3))]
    relations = [replace(r, type=draw(st.sampled_from([r.type, r.type, *names]))) for r in relations]
    return gold, replace(gold, spans=tuple(spans), relations=tuple(relations))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(answers())
def test_laws(pair):
    gold, predicted = pair
    found, back = event_scores(gold, predicted, SCHEME), event_scores(predicted, gold, SCHEME)
    assert all(wrong == missed == 0 for _, wrong, missed in micro(event_scores(gold, gold, SCHEME)).values())
    assert micro(back) == {name: (tp, fn, fp) for name, (tp, fp, fn) in micro(found).items()}
    assert found.trig_c.micro.tp <= found.trig_i.micro.tp
    assert found.arg_c_plus.micro.tp <= found.arg_i_plus.micro.tp
    for role in roles(SCHEME):
        # The same arguments, compared with more of their types each time.
        rows = [table.by_type[role] for table in (found.relations, found.arg_c_plus, found.relation_boundaries)]
        assert rows[0].tp <= rows[1].tp <= rows[2].tp
        assert len({row.gold for row in rows}) == 1


def shuffled(doc, rng):
    new = {s.id: f"x{i}" for i, s in enumerate(rng.sample(doc.spans, len(doc.spans)))}
    spans = [replace(s, id=new[s.id]) for s in doc.spans]
    links = [replace(r, head=new[r.head], tail=new[r.tail]) for r in doc.relations]
    return replace(doc, spans=tuple(rng.sample(spans, len(spans))), relations=tuple(rng.sample(links, len(links))))


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.integers(0, 2**32))
def test_no_order_and_no_id_matters(seed):
    rng = random.Random(seed)
    for gold, predicted in ((EN_GOLD, EN_PREDICTED), (AR_GOLD, AR_PREDICTED)):
        mixed = event_scores(shuffled(gold, rng), shuffled(predicted, rng), SCHEME)
        assert mixed == event_scores(gold, predicted, SCHEME)


@pytest.mark.parametrize("order", [("CLASH", "ATTACK"), ("ATTACK", "CLASH")])
def test_of_two_types_in_one_place_the_first_in_the_scheme_is_identified(order):
    spans = tuple(Span(f"e{i}", 0, 5, kind, "fight") for i, kind in enumerate(order))
    gold = Document("d", "fight", "en", spans=spans)
    found = event_scores(gold, replace(gold, spans=spans[:1]), SCHEME)
    assert found.trig_i.by_type["ATTACK"] == found.trig_i.micro == Counts(tp=1)
    assert found.trig_c.micro == Counts(tp=1, fn=1)
