import copy
import json

import pytest

from rasad.annotations.errors import SchemeMismatch
from rasad.annotations.scheme import Scheme, default_scheme

SCHEME = default_scheme()


def test_the_labels_are_those_of_version_2_1():
    assert SCHEME.version == "2.1"
    assert (len(SCHEME.entities), len(SCHEME.events), len(SCHEME.relations)) == (10, 19, 18)
    assert SCHEME.types == SCHEME.entities + SCHEME.events
    assert SCHEME.attributes == {
        "polarity": ("positive", "negative"),
        "modality": ("asserted", "uncertain", "hypothetical"),
    }
    assert SCHEME.default("polarity") == "positive"


@pytest.mark.parametrize(
    ("head", "relation", "tail"),
    [
        ("ATTACK", "AGENT", "GPE"),
        ("DETENTION", "TARGET", "PERSON"),
        ("DAMAGE", "KILLED", "FORCE"),
        ("DEPLOYMENT", "INSTRUMENT", "VEHICLE"),
        ("CLAIM", "ABOUT", "ATTACK"),
        ("CLASH", "CAUSES", "WITHDRAWAL"),
        ("GPE", "LEADS", "FORCE"),
        ("WEAPON", "LOCATED_IN", "VEHICLE"),
        ("PERSON", "SAME_AS", "PERSON"),
        ("EXPLOSION", "SAME_AS", "CLASH"),
        ("CEASEFIRE", "SAME_AS", "CEASEFIRE"),
    ],
)
def test_allowed(head, relation, tail):
    assert SCHEME.allows(head, relation, tail)


@pytest.mark.parametrize(
    ("head", "relation", "tail"),
    [
        ("ATTACK", "AGENT", "FACILITY"),
        ("PERSON", "AGENT", "PERSON"),
        ("ATTACK", "TARGET", "TIME"),
        ("DETENTION", "KILLED", "PERSON"),
        ("ATTACK", "ABOUT", "CLASH"),
        ("ATTACK", "CAUSES", "CLASH"),
        ("TIME", "LOCATED_IN", "GPE"),
        ("TIME", "SAME_AS", "TIME"),
        ("GPE", "SAME_AS", "LOCATION"),
        ("ATTACK", "SAME_AS", "CASUALTIES"),
    ],
)
def test_not_allowed(head, relation, tail):
    assert not SCHEME.allows(head, relation, tail)


def test_roles_stand_in_one_paragraph_and_links_may_cross():
    across = {relation.name for relation in SCHEME.relations if not relation.same_paragraph}
    assert across == {"SOURCE", "ABOUT", "CAUSES", "RESPONSE_TO", "SAME_AS"}


def test_every_label_has_a_name_in_both_languages():
    labels = [*SCHEME.types, *SCHEME.relation, *SCHEME.attributes["polarity"], *SCHEME.attributes["modality"]]
    assert all(SCHEME.name(label, lang).strip() for label in labels for lang in ("ar", "en"))
    assert SCHEME.name("ATTACK", "ar") == "هجوم"
    with pytest.raises(KeyError):
        SCHEME.name("ATACK", "ar")


def test_a_scheme_survives_a_checkpoints_configuration():
    SCHEME.require_same(Scheme.from_dict(json.loads(json.dumps(SCHEME.raw))), "model")


def test_another_scheme_is_refused_with_both_lists():
    raw = copy.deepcopy(dict(SCHEME.raw))
    raw["version"] = "3.0"
    raw["events"]["PROTEST"] = {"ar": "احتجاج", "en": "protest"}
    del raw["entities"]["TIME"]
    with pytest.raises(SchemeMismatch) as caught:
        SCHEME.require_same(Scheme.from_dict(raw), "model")
    assert str(caught.value) == (
        "model: made under scheme 3.0, this is 2.1; only there: ['PROTEST']; only here: ['TIME']"
    )


def test_a_scheme_survives_sorted_keys() -> None:
    scheme = default_scheme()
    back = Scheme.from_dict(json.loads(json.dumps(scheme.to_dict(), sort_keys=True)))
    assert back.types == scheme.types
    assert back.relations == scheme.relations
    assert list(back.attributes.items()) == list(scheme.attributes.items())
