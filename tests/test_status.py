"""How sure an article is of an event, and by whose word."""

from __future__ import annotations

import pytest
from stories import arabic, english
from strategies import SCHEME

from rasad.annotations.markdown import parse_markdown
from rasad.inference.events import join
from rasad.inference.status import Reason, status


def of(text: str, relations: str, event: str = "e1") -> tuple[str, tuple[Reason, ...]]:
    doc = parse_markdown(f"---\nid: x\nlang: en\n---\n{text}\n\n```relations\n{relations}\n```\n", "x")
    records = join(doc, SCHEME)
    record = next(r for r in records if event in r.mentions)
    return status(record, records, record.roles.get("SOURCE", ()), SCHEME)


RAID = "The [raid](ATTACK:e1), [Amal](PERSON:h1) said. The [Front](GROUP:g1) [spoke](%s:e2)."


@pytest.mark.parametrize(
    ("text", "relations", "expected"),
    [
        ("A [raid](ATTACK:e1).", "", "reported"),
        ("No [raid](ATTACK:e1).", "e1 polarity=negative", "negated"),
        ("A [raid](ATTACK:e1) is planned.", "e1 modality=hypothetical", "planned"),
        (RAID % "THREAT", "e1 modality=hypothetical\ne2 AGENT g1\ne2 ABOUT e1", "threatened"),
        ("A [raid](ATTACK:e1), it seems.", "e1 modality=uncertain", "uncertain"),
        (RAID % "CLAIM", "e2 AGENT g1\ne2 ABOUT e1", "claimed"),
        (RAID % "CLAIM", "e2 AGENT g1\ne2 ABOUT e1\ne2 polarity=negative", "reported"),
        (RAID % "ACCUSATION", "e2 AGENT h1\ne2 ABOUT e1\ne1 modality=uncertain", "alleged"),
        (RAID % "DENIAL", "e2 AGENT g1\ne2 ABOUT e1", "denied"),
        (RAID % "DENIAL", "e2 AGENT g1\ne2 ABOUT e1\ne1 SOURCE h1", "disputed"),
        (RAID % "DENIAL", "e2 AGENT g1\ne2 ABOUT e1\ne1 SOURCE g1", "denied"),
        (RAID % "DENIAL", "e2 AGENT g1\ne2 ABOUT e1\ne2 modality=hypothetical", "reported"),
    ],
)
def test_the_first_rule_that_fits(text: str, relations: str, expected: str) -> None:
    assert of(text, relations)[0] == expected


def test_every_word_on_an_event_is_among_the_reasons() -> None:
    records = join(english(), SCHEME)
    found, reasons = status(records[0], records, ("h3",), SCHEME)
    assert found == "disputed"
    assert reasons == (
        Reason("alleged", ("h3",), "e6"),
        Reason("denied", ("g1",), "e8"),
        Reason("reported", ("h3",), "e1"),
    )


def test_a_threat_is_by_whoever_makes_it() -> None:
    records = join(arabic(), SCHEME)
    threatened = next(r for r in records if r.modality == "hypothetical")
    assert status(threatened, records, (), SCHEME) == (
        "threatened",
        (Reason("planned", (), "e9"), Reason("threatened", ("g1",), "e8")),
    )
