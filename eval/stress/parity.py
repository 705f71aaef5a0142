"""Parity: whether articles that tell the same in Arabic and English come to the same incidents.

Two documents are a pair where each names the other in its front matter (`pair: en-p001`). What is compared are not
offsets, which two languages do not share, but multisets of units: for each incident (`inference.events.incidents`) its
type, and for each role that is filled in it or its outcomes the type and the role. Times and places count as filled
where the record has a WHEN or a PLACE; who or what fills a role is not compared.

- `shared`: of the units that gold has in both languages (the intersection of the two multisets), how many the
  prediction has in both, in one only, in neither. A unit is had as often as gold has it in both, no more.
- `agreed`: from predictions alone, the units of the Arabic article against those of the English one. Precision is the
  share of English units that the Arabic article has, recall the share of Arabic ones that the English article has; F1
  is the Dice coefficient, the same whichever side is called first. It says nothing of being right: a system that finds
  the same nothing in both scores 0, one that invents the same in both scores 1.
- `gold`: the same of gold, which is what translation itself leaves.
"""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.eval.counts import Counts, ratio
from rasad.eval.pairing import pair
from rasad.inference.events import incidents, join, outcome

if TYPE_CHECKING:
    from rich.console import Console

Units = Counter[Hashable]


@dataclass(frozen=True, slots=True)
class Shared:
    """Units that gold has in both languages, by where the prediction has them; they add."""

    both: int = 0
    ar: int = 0
    en: int = 0
    neither: int = 0

    @classmethod
    def of(cls, gold: Units, arabic: Units, english: Units) -> Shared:
        """Count; `gold` has the units of both its languages."""
        both = ar = en = neither = 0
        for unit, count in gold.items():
            a, e = min(count, arabic[unit]), min(count, english[unit])
            both += min(a, e)
            ar += a - min(a, e)
            en += e - min(a, e)
            neither += count - max(a, e)
        return cls(both, ar, en, neither)

    def __add__(self, other: Shared) -> Shared:
        return Shared(self.both + other.both, self.ar + other.ar, self.en + other.en, self.neither + other.neither)

    @property
    def share(self) -> float:
        """Share found in both languages of all that gold has in both."""
        return ratio(self.both, self.both + self.ar + self.en + self.neither)


@dataclass(frozen=True, slots=True)
class Parallel:
    """The parity of one kind of unit, incidents' types or roles filled; it adds."""

    shared: Shared = Shared()
    agreed: Counts = field(default_factory=Counts)
    gold: Counts = field(default_factory=Counts)

    @classmethod
    def of(cls, gold: tuple[Units, Units], predicted: tuple[Units, Units]) -> Parallel:
        """Compare the units of an Arabic and an English article, in this order."""
        return cls(Shared.of(gold[0] & gold[1], *predicted), _agreed(*predicted), _agreed(*gold))

    def __add__(self, other: Parallel) -> Parallel:
        return Parallel(self.shared + other.shared, self.agreed + other.agreed, self.gold + other.gold)


@dataclass(frozen=True, slots=True)
class Parity:
    """Parity over `pairs` of articles; `alone` documents have no partner among those compared."""

    pairs: int
    alone: int
    types: Parallel
    roles: Parallel


def parity(gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme) -> Parity:
    """Compare what a system reads in paired articles.

    Raises:
        RasadError: as `pair`, or where two documents that name each other are not one of Arabic and one of English, or
            one names another that does not name it.
    """
    answers = {ours.id: theirs for ours, theirs in pair(gold, predicted, scheme)}
    found = list(_pairs({document.id: document for document in gold}))
    types, roles = [Parallel()], [Parallel()]
    for arabic, english in found:
        ours = [_units(document, scheme) for document in (arabic, english)]
        theirs = [_units(answers[document.id], scheme) for document in (arabic, english)]
        types.append(Parallel.of((ours[0][0], ours[1][0]), (theirs[0][0], theirs[1][0])))
        roles.append(Parallel.of((ours[0][1], ours[1][1]), (theirs[0][1], theirs[1][1])))
    total = [functools.reduce(operator.add, kind) for kind in (types, roles)]
    return Parity(len(found), len(gold) - 2 * len(found), *total)


def parity_to_dict(parity: Parity) -> dict[str, Any]:
    """Return parity as plain data, ready for JSON."""
    return {
        "pairs": parity.pairs,
        "alone": parity.alone,
        **{name: _parallel(getattr(parity, name)) for name in ("types", "roles")},
    }


def render_parity(parity: Parity, console: Console) -> None:
    """Print how much of what both articles of a pair tell is found in both."""
    from rich.table import Table

    drawn = Table(title=f"{parity.pairs} pairs of articles, {parity.alone} articles alone", title_justify="left")
    drawn.add_column("in both, by gold", no_wrap=True)
    for column in ("found in both", "ar only", "en only", "neither", "share", "F1 ar–en", "of gold"):
        drawn.add_column(column, justify="right", no_wrap=" " not in column)
    for name, one in (("incident types", parity.types), ("roles filled", parity.roles)):
        shared = one.shared
        numbers = (str(n) for n in (shared.both, shared.ar, shared.en, shared.neither))
        drawn.add_row(name, *numbers, f"{shared.share:.3f}", f"{one.agreed.f1:.3f}", f"{one.gold.f1:.3f}")
    console.print(drawn)


def _parallel(one: Parallel) -> dict[str, Any]:
    shared = one.shared
    return {
        "both": shared.both,
        "ar": shared.ar,
        "en": shared.en,
        "neither": shared.neither,
        "share": shared.share,
        "agreed": one.agreed.f1,
        "gold": one.gold.f1,
    }


def _pairs(documents: dict[str, Document]) -> Iterator[tuple[Document, Document]]:
    """Yield the Arabic and the English document of each pair, in the order of ids."""
    for name in sorted(documents):
        one = documents[name]
        other = documents.get(one.meta.get("pair", ""))
        if other is None:
            continue
        if other.meta.get("pair") != one.id:
            raise RasadError(f"{one.id} names {other.id} as its pair, which does not name it; write `pair: {one.id}`")
        if {one.lang, other.lang} != {"ar", "en"}:
            raise RasadError(f"{one.id} and {other.id} are a pair, but not one of Arabic and one of English")
        if one.lang == "ar":
            yield one, other


def _units(document: Document, scheme: Scheme) -> tuple[Units, Units]:
    """Return the types of a document's incidents, and the (type, role) of each role that is filled in one."""
    records = join(document, scheme)
    types, roles = Units(), Units()
    for record in incidents(records):
        types[record.type] += 1
        told = (record, *outcome(record, records))
        roles.update((record.type, role) for role in {role for one in told for role in one.roles})
    return types, roles


def _agreed(arabic: Units, english: Units) -> Counts:
    both = (arabic & english).total()
    return Counts(both, english.total() - both, arabic.total() - both)
