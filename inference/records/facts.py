"""Facts: an incident slot by slot, each filler with what its span comes to, as tables and sentences need it.

Who acted and who bore it (`Party`), and where it was (`Site`), are chosen here once, by few rules that are named in the
result (`basis`), so that every form of an incident tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rasad.annotations.clusters import clusters
from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import paragraphs
from rasad.inference.phrases import one_line
from rasad.inference.records.bilingual import without_clitics

if TYPE_CHECKING:
    from rasad.inference.incidents import Incident
    from rasad.inference.names import Name
    from rasad.inference.numbers import Count
    from rasad.inference.places import Place
    from rasad.inference.times import TimeValue
    from rasad.inference.values import Values

# Who denies, claims or blames, and who is blamed; of a claim or denial that nobody made there is none.
STANDS: Mapping[str, tuple[str, str]] = {
    "DENIAL": ("denier", ""),
    "CLAIM": ("claimant", ""),
    "ACCUSATION": ("accuser", "accused"),
}
# For whom a person acts, whose a thing is.
_BEHIND = {"PERSON": "MEMBER_OF", "FACILITY": "OPERATED_BY", "WEAPON": "OPERATED_BY", "VEHICLE": "OPERATED_BY"}
_HOW = {"PERSON": "member", "FACILITY": "operated", "WEAPON": "operated", "VEHICLE": "operated"}
_ACTORS = frozenset({"PERSON", "FORCE", "GROUP", "ORGANIZATION", "GPE"})
# What happens where its target stands.
_ON_THE_SPOT = frozenset({"ATTACK", "CLASH", "EXPLOSION", "DAMAGE", "SEIZURE", "SEARCH_OPERATION", "TERRITORIAL_GAIN"})


@dataclass(frozen=True, slots=True)
class Fact:
    """Who or what fills a slot of an incident: the filler, and the values of its span, None where there is none.

    `trigger` is the slot of the incident's own mentions. `span` is None where an unmarked adjective tells it.
    """

    slot: str
    span: Span | None
    text: str
    said_by: tuple[str, ...] = ()
    inferred: str | None = None
    name: Name | None = None
    place: Place | None = None
    time: TimeValue | None = None
    count: Count | None = None
    nation: str | None = None

    @property
    def type(self) -> str | None:
        """The type of the span."""
        return self.span.type if self.span else None

    @property
    def en(self) -> str | None:
        """The English name, if there is one."""
        return (self.name.en if self.name else None) or (self.place.name_en if self.place else None)

    @property
    def ar(self) -> str | None:
        """The Arabic name, if there is one."""
        return (self.name.ar if self.name else None) or (self.place.name_ar if self.place else None)

    @property
    def country(self) -> str | None:
        """The country that it belongs to or lies in, as a code."""
        named = self.name.country if self.name else None
        return self.nation or named or (self.place.country if self.place else None)

    @property
    def key(self) -> object:
        """What two mentions of one thing have in common; of arms each mention is a thing of its own."""
        if self.type in ("WEAPON", "VEHICLE") or not (self.en or self.ar):
            return self.shown
        return self.place or self.name

    @property
    def is_known(self) -> bool:
        """Whether the lexicon of names or the gazetteer has it."""
        return bool(self.place or (self.name and self.name.known))

    @property
    def shown(self) -> str:
        """The name it is known by, in English if it has one; else the article's own words, plain clitics aside."""
        known = (self.en or self.ar) if self.is_known else None
        return known or without_clitics(one_line(self.text))


@dataclass(frozen=True, slots=True)
class Party:
    """Who acted, or who bore it; `told` is what the article names in that place (`two fighters` of a group).

    `basis` says how it is known: `stated`; `adjective` (a nationality on the trigger); `claimed` or `accused` (no agent
    is told, but who says that they did it or is blamed); `member` or `operated` (for whom the one who is told of acts,
    or whose it is); `victims` (no target is told but who was killed or injured).
    """

    fact: Fact
    basis: str
    told: Fact


@dataclass(frozen=True, slots=True)
class Site:
    """Where it was. `basis`: `stated`, `located` (where targets and places lie) or `target` (the target itself)."""

    fact: Fact
    place: Place
    basis: str


class Facts:
    """The facts of one incident of an article."""

    def __init__(self, incident: Incident, reader: _Reader) -> None:
        self.incident, self.doc, self._reader = incident, reader.doc, reader
        self.paragraphs = reader.paragraphs
        self.all = tuple(reader.facts(incident))

    def slot(self, *names: str) -> tuple[Fact, ...]:
        """Return what fills some slots, in their order."""
        return tuple(fact for name in names for fact in self.all if fact.slot == name)

    def told(self, span_id: str) -> Fact:
        """Return what any span comes to, such as that of a source; its slot is empty."""
        return self._reader.fact("", span_id)

    def actors(self) -> tuple[Party, ...]:
        """Return who acted; both sides of a clash."""
        for slot, basis in (("agent", "stated"), ("claimant", "claimed"), ("accused", "accused")):
            if found := self.slot(slot):
                return self._parties(found, basis)
        return ()

    def opponents(self) -> tuple[Party, ...]:
        """Return who bore it: of a clash with no target all sides but the first."""
        if self.incident.type == "CLASH" and not self.slot("target"):
            return self.actors()[1:]
        hit = [f for f in self.slot("target", "harmed") if f.type in _ACTORS or self._owner(f)]
        return self._parties(hit, "stated") or self._parties(self.slot("killed", "injured"), "victims")

    def site(self) -> Site | None:
        """Return the smallest of its places, a stated one of two as small; None where no place is known."""
        found = [Site(f, f.place, f.inferred or "stated") for f in self.slot("place") if f.place]
        if self.incident.type in _ON_THE_SPOT:
            found += [Site(f, f.place, "target") for f in self.slot("target", "harmed") if f.place]
        return min(found, key=lambda site: site.place.radius_km, default=None)

    def _parties(self, facts: Iterable[Fact], basis: str) -> tuple[Party, ...]:
        """Return each party once, those for whom somebody acts in place of who acts."""
        found: dict[object, Party] = {}
        for told in facts:
            fact = self._owner(told) or told
            how = basis if fact is told else _HOW[told.type or ""]
            how = "adjective" if told.inferred == "adjective" else how
            found.setdefault(fact.key, Party(fact, how, told))
        return tuple(found.values())

    def _owner(self, fact: Fact) -> Fact | None:
        return self._reader.behind.get(fact.span.id) if fact.span else None


def facts_of(doc: Document, incidents: Iterable[Incident], values: Values, scheme: Scheme) -> Iterator[Facts]:
    """Yield the facts of each incident of an article."""
    reader = _Reader(doc, values, scheme)
    for incident in incidents:
        yield Facts(incident, reader)


class _Reader:
    def __init__(self, doc: Document, values: Values, scheme: Scheme) -> None:
        self.doc, self.values, self.spans = doc, values, doc.by_id
        self.paragraphs = paragraphs(doc.text)
        # For each span, of whatever mention of the same entity the article says it.
        self.behind: dict[str, Fact] = {}
        told = {r.head: r.tail for r in reversed(doc.relations) if r.type == _BEHIND.get(self.spans[r.head].type)}
        position = {span.id: i for i, span in enumerate(doc.spans)}
        for group in clusters(doc, scheme):
            if said := group & told.keys():
                self.behind |= dict.fromkeys(group, self.fact("", told[min(said, key=position.__getitem__)]))

    def facts(self, incident: Incident) -> Iterator[Fact]:
        """Yield the mentions of an incident, what fills its slots, and who takes a stand on it."""
        yield from (self.fact("trigger", mention) for mention in incident.mentions)
        for slot, fillers in incident.slots.items():
            for f in fillers:
                if f.span is None:
                    yield Fact(slot, None, f.text, f.said_by, f.inferred, nation=f.country)
                else:
                    yield self.fact(slot, f.span, f.said_by, f.inferred)
        for slot, span in dict.fromkeys(self._stands(incident)):
            yield self.fact(slot, span)

    def _stands(self, incident: Incident) -> Iterator[tuple[str, str]]:
        for dispute in incident.disputes:
            if dispute.is_taken:
                by, against = STANDS[dispute.type]
                yield from ((by, span) for span in dispute.by)
                yield from ((against, span) for span in dispute.against if against)

    def fact(self, slot: str, span_id: str, said_by: tuple[str, ...] = (), inferred: str | None = None) -> Fact:
        """Return a span with its values, as the filler of a slot."""
        span, values = self.spans[span_id], self.values
        return Fact(
            slot,
            span,
            span.text,
            said_by,
            inferred,
            values.names.get(span_id),
            values.places.get(span_id),
            values.times.get(span_id),
            values.counts.get(span_id),
        )
