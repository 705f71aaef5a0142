"""Incidents put together by hand, value by value, that tables and sentences are tried on; the articles are invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from stories import arabic
from strategies import documents

from rasad.annotations.document import Document, Span
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import default_scheme
from rasad.inference.events import Dispute
from rasad.inference.figures import Figure
from rasad.inference.incidents import SLOTS, Filler, Incident
from rasad.inference.names import Name
from rasad.inference.numbers import Count
from rasad.inference.places import Place
from rasad.inference.records.exports import Told
from rasad.inference.status import STATUSES, Reason
from rasad.inference.times import UNKNOWN, TimeValue
from rasad.inference.values import Values

SCHEME = default_scheme()
EVENING = TimeValue("2025-03-10TEV", "2025-03-10T18:00", "2025-03-11T00:00", "daypart")
LATAKIA = Place("اللاذقية", "Latakia", "SY", "Latakia", 35.5, 35.8, "point", 0.0, "1", "geonames")
NORTHEAST = Place("شمال شرق سوريا", "northeast Syria", "SY", None, 36.5, 40.5, "area", 120.0, "2#ne", "geonames")
SYRIA = Place("سوريا", "Syria", "SY", None, 35.0, 38.0, "country", 300.0, "3", "geonames")
BRIGADE = Name("لواء الساحل", "Coast Brigade", "coast-brigade", "SY", "group", known=True)
PORT = Name("ميناء المرسى القديم", "Marsa al-Qadim", None, None, "place", transliterated=True)
HEALTH = Name("مديرية الصحة", "Health Directorate", "health", "SY", "organization", known=True)
EXACTLY = {n: Count(n, n, "exact") for n in range(6)}


def filler(doc: Document, span: str, *said_by: str, inferred: str | None = None) -> Filler:
    return Filler(span, doc.by_id[span].text, said_by, inferred)


def incident(doc: Document, mentions: tuple[str, ...], slots: Mapping[str, tuple[str, ...]], **more: Any) -> Incident:
    """An incident with plain fillers; `more` are its other fields."""
    fillers = {slot: tuple(filler(doc, span) for span in spans) for slot, spans in slots.items()}
    given: dict[str, Any] = {
        "parts": (), "status": "reported", "reasons": (), "disputes": (), "when": UNKNOWN, "killed": (), "injured": (),
    }  # fmt: skip
    return Incident(mentions[0], doc.by_id[mentions[0]].type, mentions, slots=fillers, **(given | more))


def values(**kinds: Mapping[str, Any]) -> Values:
    return Values(**{kind: kinds.get(kind, {}) for kind in ("times", "counts", "names", "places")})


def harbour() -> Told:
    """The drones on the port: disputed, with two figures of the injured, one of them nobody."""
    doc = replace(arabic(), model="rasad@1")
    found = incident(
        doc,
        ("e1", "e2", "e6"),
        {"target": ("f2",), "instrument": ("w1",), "time": ("t1",), "killed": ("h1",), "injured": ("h2", "h3"),
         "source": ("o1",)},
        parts=("e3", "e4", "e5"),
        status="disputed",
        reasons=(Reason("alleged", ("o2",), "e11"), Reason("denied", ("g2",), "e7")),
        disputes=(
            Dispute("ACCUSATION", "e11", ("o2",), ("g1",), "positive", "asserted"),
            Dispute("DENIAL", "e7", ("g2",), (), "positive", "asserted"),
        ),
        when=EVENING,
        killed=(Figure(EXACTLY[2], ("h1",), ("o1",)),),
        injured=(Figure(Count(2, None, "some"), ("h2",), ("o1",)), Figure(EXACTLY[0], ("h3",), ())),
        is_main=True,
    )  # fmt: skip
    place = replace(filler(doc, "p1"), inferred="located")
    found = replace(found, slots={**found.slots, "place": (place,)})
    return doc, (found,), values(
        times={"t1": EVENING},
        counts={"w1": EXACTLY[3], "h1": EXACTLY[2], "h2": Count(2, None, "some"), "h3": Count(2, None, "some")},
        names={"g1": BRIGADE, "g2": BRIGADE, "o1": HEALTH, "f2": PORT,
               "w1": Name("طائرة مسيّرة", "drone", "drone", None, "weapon", known=True)},
        places={"p1": LATAKIA},
    )  # fmt: skip


def bare() -> Told:
    """Clashes of which nothing is known, not even where."""
    doc = arabic()
    doc = replace(doc, id="ar-bare", date=None, model=None)
    return doc, (incident(doc, ("e10",), {}),), values()


@st.composite
def any_incident(draw: st.DrawFn) -> Told:
    """An incident over any document: an attack with any spans in its slots, and nothing known of them."""
    over = draw(documents())
    moved = [replace(span, start=span.start + 3, end=span.end + 3) for span in over.spans]
    hit = Span("event-0", 0, 3, "ATTACK", "hit", "positive", "asserted")
    doc = replace(over, text=f"hit{over.text}", spans=(hit, *moved))
    spans = st.lists(st.sampled_from([span.id for span in doc.spans]), unique=True, max_size=3).map(tuple)
    slots = {slot: draw(spans) for slot in SLOTS}
    return doc, (incident(doc, ("event-0",), slots, status=draw(st.sampled_from(STATUSES))),), values()


def shown(text: str, relations: str, lang: str, doc_id: str = "x") -> Document:
    """An article marked by hand."""
    return parse_markdown(f"---\nid: {doc_id}\nlang: {lang}\n---\n{text}\n\n```relations\n{relations}\n```\n", doc_id)
