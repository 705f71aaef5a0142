"""Codebook: the rules by hand, and that the data say only what the code and the scheme know."""

from __future__ import annotations

from typing import Any

import pytest
from incidents_by_hand import LATAKIA, SCHEME, bare, harbour, incident, shown, values

from rasad.annotations.document import Document
from rasad.inference.names import Name
from rasad.inference.records.codebook import Codes, codebook, codes, features, inter, sectors
from rasad.inference.records.facts import Facts, facts_of
from rasad.inference.status import STATUSES

SCENES = {
    "drones": ("[fired](ATTACK:e) [two drones](WEAPON:w) at [houses](FACILITY:t)", ""),
    "shells": ("[shelled](ATTACK:e) the [market](FACILITY:t)", ""),
    "mine": ("[blast](EXPLOSION:e) of a [landmine](WEAPON:w)", ""),
    "belt": ("[قتل](ATTACK:e) [انتحاري](PERSON:a) [جنودا](PERSON:t)", ""),
    "knives": ("[stabbed](ATTACK:e) [a soldier](PERSON:t)", ""),
    "shot": ("[shot](ATTACK:e) [three farmers](PERSON:t)", ""),
    "unsaid": ("[attack](ATTACK:e)", ""),
    "arrested": ("[police](FORCE:a) [arrested](DETENTION:e) [two men](PERSON:t)", ""),
    "held": ("[the Front](GROUP:a) [holds](DETENTION:e) [two men](PERSON:t)", ""),
    "kidnapped": ("[خطف](DETENTION:e) [طفلين](PERSON:t)", ""),
    "state": ("[the army](FORCE:a) [took](TERRITORIAL_GAIN:e) [the town](GPE:t)", ""),
    "group": ("[the Front](GROUP:a) [took](TERRITORIAL_GAIN:e) [the town](GPE:t)", ""),
    "left": ("[families](PERSON:a) [fled](WITHDRAWAL:e)", ""),
    "withdrew": ("[the army](FORCE:a) [withdrew](WITHDRAWAL:e)", ""),
    "killing": ("[the army](FORCE:a) [killed](CASUALTIES:e) [two civilians](PERSON:t)", ""),
    "deaths": ("[deaths](CASUALTIES:e) of [two civilians](PERSON:t)", ""),
    "truce": ("[truce](CEASEFIRE:e)", ""),
    "joint": ("[one](FORCE:a) and [another](FORCE:b) held a [drill](EXERCISE:e)", ""),
    "patrol": ("[الشرطة](FORCE:a) [انتشرت](DEPLOYMENT:e)", ""),
}
SLOTS = {"a": "agent", "b": "agent", "t": "target", "w": "instrument"}


def scene(name: str, **more: Any) -> Facts:
    text, relations = SCENES[name]
    doc = shown(text, relations, "ar" if any("\u0620" <= c <= "\u064a" for c in text) else "en")
    slots: dict[str, tuple[str, ...]] = {}
    for span in doc.by_id.keys() & SLOTS.keys():
        slots[SLOTS[span]] = tuple(sorted((*slots.get(SLOTS[span], ()), span)))
    return facts(doc, incident(doc, ("e",), slots, **more))


def facts(doc: Document, found: Any, value: Any = None) -> Facts:
    return next(facts_of(doc, [found], value or values(), SCHEME))


@pytest.mark.parametrize(
    ("name", "acled", "plover"),
    [
        ("drones", "Air/drone strike", ("ASSAULT", "drone")),
        ("shells", "Shelling/artillery/missile attack", ("ASSAULT", "heavy-weapons")),
        ("mine", "Remote explosive/landmine/IED", (None, None)),
        ("belt", "Suicide bomb", ("ASSAULT", "suicide-attack")),
        ("knives", "Armed clash", ("ASSAULT", "primitive")),
        ("shot", "Attack", ("ASSAULT", "firearms")),
        ("unsaid", None, ("ASSAULT", None)),
        ("arrested", "Arrests", ("COERCE", "arrest")),
        ("held", "Abduction/forced disappearance", ("ASSAULT", "abduct")),
        ("kidnapped", "Abduction/forced disappearance", ("ASSAULT", "abduct")),
        ("state", "Government regains territory", ("ASSAULT", None)),
        ("group", "Non-state actor overtakes territory", ("ASSAULT", None)),
        ("left", None, (None, None)),
        ("withdrew", "Non-violent transfer of territory", ("RETREAT", "withdraw")),
        ("killing", "Attack", ("ASSAULT", None)),
        ("deaths", None, (None, None)),
        ("truce", "Agreement", ("RETREAT", "ceasefire")),
        ("joint", None, ("COOPERATE", None)),
        ("patrol", "Change to group/activity", ("MOBILIZE", "police")),
    ],
)
def test_rules_by_hand(name: str, acled: str | None, plover: tuple[str | None, str | None]) -> None:
    found = codes(scene(name))
    assert found.sub_event == acled
    assert (found.plover_event, found.plover_mode) == plover
    assert found.acled_why
    assert found.plover_why


def test_what_has_not_happened_is_coded_as_such() -> None:
    found = codes(scene("drones", status="planned"))
    assert (found.disorder, found.acled) == (None, "unreal")
    assert (found.plover_event, found.plover_contexts) == ("ASSAULT", ("hypothetical",))
    assert codes(scene("arrested", status="negated")).plover_mode == "release"
    assert codes(scene("truce", status="planned")).plover_event == "CONCEDE"
    assert "historical" in codes(scene("shot", is_background=True)).plover_contexts


def test_civilians_are_targets_only_of_violence() -> None:
    assert codes(scene("shot")).civilian_targeting
    assert not codes(scene("knives")).civilian_targeting
    assert not codes(scene("left")).civilian_targeting
    assert not codes(scene("shot", status="negated")).civilian_targeting


def test_an_attack_of_which_nothing_is_told_has_its_disorder_alone() -> None:
    found = codes(scene("unsaid"))
    assert (found.disorder, found.event, found.acled) == ("Political violence", None, "attack")


def test_a_name_tells_the_class_of_its_weapon() -> None:
    doc = shown("[fired](ATTACK:e) [Noor-7](WEAPON:w)", "", "en")
    found = incident(doc, ("e",), {"instrument": ("w",)})
    assert codes(facts(doc, found)).sub_event is None
    named = values(names={"w": Name("صاروخ نور", "Noor missile", "noor", None, "weapon", known=True)})
    assert codes(facts(doc, found, named)).sub_event == "Shelling/artillery/missile attack"


def test_kinds_of_actors() -> None:
    doc, (found,), value = harbour()
    told = facts(doc, found, value)
    assert [inter(party, "SY") for party in told.actors()] == ["Armed group"]
    doc = shown("[the army](FORCE:a) [shelled](ATTACK:e) [two children](PERSON:t)", "", "en")
    value = values(names={"a": Name(None, "the army", None, "TR")}, places={"t": LATAKIA})
    told = facts(doc, incident(doc, ("e",), {"agent": ("a",), "target": ("t",)}), value)
    assert [inter(told.actors()[0], country) for country in ("TR", "SY", None)] == [
        "State forces",
        "External/Other forces",
        "State forces",
    ]
    assert inter(told.opponents()[0], "SY") == "Civilians"


def test_who_is_behind_somebody_gives_the_sector_unless_the_words_do() -> None:
    text = "[Gunmen](PERSON:a) of the [army](FORCE:g) and [farmers](PERSON:b) of [Nour](GPE:p) [clashed](CLASH:e)."
    doc = shown(text, "a MEMBER_OF g\nb MEMBER_OF p", "en")
    first, second = facts(doc, incident(doc, ("e",), {"agent": ("a", "b")})).actors()
    assert sectors(first) == {"state"}
    assert sectors(second) == {"civilian"}


def test_rules_know_no_features_values_or_types_but_those_there_are() -> None:
    data = codebook()
    told = features(scene("drones"))
    listed = {
        "type": set(SCHEME.events),
        "status": set(STATUSES),
        "time": {"background", "current"},
        "weapon": set(data["weapons"]),
        "act": set(data["acts"]),
        "agent": {*data["sectors"].values(), *data["sector_words"], "police", "joint", "none"},
        "target": {*data["sectors"].values(), *data["sector_words"]},
    }
    assert told.keys() == listed.keys()
    for rule in (*data["acled"], *data["plover"], *data["contexts"]):
        for feature, wanted in rule["if"].items():
            assert set(wanted) <= listed[feature], rule
        assert rule["why"].strip()
    assert data["sectors"].keys() == set(SCHEME.entities) - {"TIME"}


@pytest.mark.parametrize("scheme", ["acled", "plover"])
def test_rules_have_ids_of_their_own_and_cover_every_type(scheme: str) -> None:
    rules = codebook()[scheme]
    assert len({rule["id"] for rule in rules}) == len(rules)
    last = {kind for rule in rules if set(rule["if"]) <= {"type"} for kind in rule["if"]["type"]}
    assert last == set(SCHEME.events) - ({"DAMAGE"} - last)


def test_codes_of_what_is_told_of_nothing() -> None:
    doc, (found,), value = bare()
    coded = codes(facts(doc, found, value))
    assert isinstance(coded, Codes)
    assert (coded.event, coded.plover_event) == ("Battles", "ASSAULT")
