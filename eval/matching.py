"""Matching: which predicted span answers which gold one, in five modes from strict to lenient.

| mode | a pair has |
|---|---|
| `strict` | equal start, end and type |
| `boundaries` | equal start and end, whatever the types |
| `overlap` | the same type and at least one character in common |
| `partial` | the same type; credit 1 for equal boundaries and 1/2 for another overlap |
| `clitic` | the same type and equal boundaries once clitics are set aside |

Credit is 1 but for that half, which is how MUC-5 (Chinchor and Sundheim 1993) counts what is right in part. So does
SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013), but in its `partial` the types may differ; here they may not.

Matching is one-to-one: a span answers at most one of the other side, and spans of one side with equal offsets and type
are one. Of all such matchings, one of the greatest total credit is taken (see `match`), so that no score depends on the
order that spans come in. Counts are thus the same whichever side is called gold, with `fp` and `fn` exchanged, but for
the types in `boundaries`. Every mode has the same denominators: all spans of gold, and all predicted ones.
"""

from __future__ import annotations

import bisect
import operator
import re
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError, suggest
from rasad.annotations.text import TATWEEL
from rasad.annotations.words import words
from rasad.eval.counts import Counts, Table

MODES = ("strict", "boundaries", "overlap", "partial", "clitic")
_WHOLE, _HALF = Fraction(1), Fraction(1, 2)

# The letters of a word before a place and, after the bar, those from there on: و ف, then ب ل ك, then the article, where
# three letters or a number are left, as `readings` has it; ل + ال is written لل. The future's س stands only before a
# letter that an imperfect verb begins with: that of سوريا is its own.
_PARTED = re.compile(r"[وف]?(?:س(?=\|[أنيت])|لل|[بلك]?(?:[اٱ]ل)?)\|(?:\w{3}|\d+$)")
# `'s`, and the bare apostrophe of a plural.
_POSSESSIVE = re.compile(r"(?<=[\w.])['’]s(?!\w)|(?<=s)['’](?!\w)", re.IGNORECASE)

Pair = tuple[int, int]  # the places of a gold and a predicted span among the distinct ones of their sides


@dataclass(frozen=True, slots=True)
class Match:
    """A gold span and the predicted one that answers it; `credit` is above 0 and at most 1."""

    gold: Span
    predicted: Span
    credit: Fraction


def match(gold: Iterable[Span], predicted: Iterable[Span], mode: str, text: str) -> tuple[Match, ...]:
    """Pair the spans of two sides one to one, with the greatest total credit, and return the pairs in order of gold.

    Nearest pairs are taken first: equal ones, then those with the most characters in common. Where any two spans that
    a mode lets pair are alike to the rest (all modes but `overlap` and `partial`), this is a greatest matching already.
    In the other two, augmenting paths (Berge 1957) then make room for spans that were left over until there is no such
    path, which is when a matching of a bipartite graph is a greatest one. In `partial`, equal pairs stay: in place of
    g–p′ and g′–p, at 1/2 each, g–p alone earns as much.

    Args:
        gold: spans of a text; of those with equal offsets and type, the one with the first id is taken.
        predicted: likewise.
        mode: one of `MODES`.
        text: the text that both are of, for the words that clitics are on.

    Raises:
        RasadError: where there is no such mode.
    """
    if mode not in MODES:
        raise RasadError(f"there is no way to match called {mode}{suggest(mode, MODES)}")
    ours, theirs = _distinct(gold), _distinct(predicted)
    pairs = _nearest_first(_allowed(ours, theirs, mode, text), ours, theirs)
    if mode == "partial":
        pairs = _without_rivals(pairs, ours, theirs)
    return tuple(
        Match(ours[i], theirs[j], _WHOLE if mode != "partial" or _place(ours[i]) == _place(theirs[j]) else _HALF)
        for i, j in sorted(_greatest(pairs).items())
    )


def span_table(gold: Document, predicted: Document, types: Sequence[str], mode: str) -> Table:
    """Count the spans of some types in a predicted document against those in gold, both of the same text.

    A pair counts under the type of its gold span, what is wrong under its own; the two differ in `boundaries` only.
    Spans of other types are left out of both sides before they are matched.

    Raises:
        RasadError: where there is no such mode.
    """
    ours, theirs = ([s for s in side.spans if s.type in types] for side in (gold, predicted))
    pairs = match(ours, theirs, mode, gold.text)
    credit: dict[str, Fraction] = defaultdict(Fraction)
    found: dict[str, Fraction] = defaultdict(Fraction)
    for pair in pairs:
        credit[pair.gold.type] += pair.credit
        found[pair.predicted.type] += pair.credit
    wanted, said = (Counter(s.type for s in _distinct(side)) for side in (ours, theirs))
    return Table({t: Counts(credit[t], said[t] - found[t], wanted[t] - credit[t]) for t in types})


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _distinct(spans: Iterable[Span]) -> list[Span]:
    """Return one span for each place and type, in their order."""
    first: dict[tuple[int, int, str], Span] = {}
    for span in sorted(spans, key=lambda s: (*s.key, s.id)):
        first.setdefault(span.key, span)
    return list(first.values())


def _allowed(ours: Sequence[Span], theirs: Sequence[Span], mode: str, text: str) -> Iterator[Pair]:
    """Yield every pair that a mode allows."""
    if mode in ("overlap", "partial"):
        return _touching(ours, theirs)
    if mode == "clitic":
        return _alike(ours, theirs, _without_clitics(text))
    return _alike(ours, theirs, _place if mode == "boundaries" else operator.attrgetter("key"))


def _alike(ours: Sequence[Span], theirs: Sequence[Span], key: Callable[[Span], Hashable]) -> Iterator[Pair]:
    homes: dict[Hashable, list[int]] = defaultdict(list)
    for j, span in enumerate(theirs):
        homes[key(span)].append(j)
    for i, span in enumerate(ours):
        for j in homes.get(key(span), ()):
            yield i, j


def _touching(ours: Sequence[Span], theirs: Sequence[Span]) -> Iterator[Pair]:
    """Yield the pairs of one type that have a character in common; both sides are in order of start."""
    by_type: dict[str, list[int]] = defaultdict(list)
    for j, span in enumerate(theirs):
        by_type[span.type].append(j)
    longest = {kind: max(theirs[j].end - theirs[j].start for j in places) for kind, places in by_type.items()}
    for i, span in enumerate(ours):
        places = by_type.get(span.type, [])
        # What begins earlier than the longest is long ends before this span begins.
        low = bisect.bisect_right(places, span.start - longest.get(span.type, 0), key=lambda j: theirs[j].start)
        high = bisect.bisect_left(places, span.end, key=lambda j: theirs[j].start)
        for j in places[low:high]:
            if _common(span, theirs[j]) > 0:
                yield i, j


def _common(one: Span, other: Span) -> int:
    """Return how many characters two spans have in common; negative where there are others between them."""
    return min(one.end, other.end) - max(one.start, other.start)


def _nearest_first(pairs: Iterable[Pair], ours: Sequence[Span], theirs: Sequence[Span]) -> list[Pair]:
    def distance(pair: Pair) -> tuple[bool, int, Pair]:
        one, other = ours[pair[0]], theirs[pair[1]]
        return one.key != other.key, -_common(one, other), pair

    return sorted(pairs, key=distance)


def _without_rivals(pairs: Sequence[Pair], ours: Sequence[Span], theirs: Sequence[Span]) -> list[Pair]:
    """Return the equal pairs and those between spans that are in no equal pair."""
    equal = [(i, j) for i, j in pairs if ours[i].key == theirs[j].key]
    settled, taken = {i for i, _ in equal}, {j for _, j in equal}
    return [*equal, *((i, j) for i, j in pairs if i not in settled and j not in taken)]


def _greatest(pairs: Sequence[Pair]) -> dict[int, int]:
    """Return a matching of the most pairs, from gold to predicted: in the order given, then along augmenting paths."""
    links: dict[int, list[int]] = defaultdict(list)
    paired: dict[int, int] = {}
    holder: dict[int, int] = {}
    for i, j in pairs:
        links[i].append(j)
        if i not in paired and j not in holder:
            paired[i], holder[j] = j, i
    for i in sorted(links.keys() - paired.keys()):
        _make_room(i, links, paired, holder)
    return paired


def _make_room(free: int, links: Mapping[int, list[int]], paired: dict[int, int], holder: dict[int, int]) -> None:
    """Pair a gold span that is left over if others can move for it, by the shortest augmenting path."""
    reached: dict[int, int] = {}
    queue = deque([free])
    while queue:
        i = queue.popleft()
        for j in links[i]:
            if j in reached:
                continue
            reached[j] = i
            if j not in holder:
                _move(j, reached, paired, holder)
                return
            queue.append(holder[j])


def _move(last: int, reached: Mapping[int, int], paired: dict[int, int], holder: dict[int, int]) -> None:
    """Turn the pairs of an augmenting path round, from its end back to the gold span that had none."""
    j: int | None = last
    while j is not None:
        i = reached[j]
        before = paired.get(i)
        paired[i], holder[j] = j, i
        j = before


def _without_clitics(text: str) -> Callable[[Span], Hashable]:
    """Return what tells a span of a text by its type and its boundaries once clitics are set aside.

    A start stands for that of its word where the letters between are clitics, so that two that differ only by these are
    one start; an end stands for that of the noun where the possessive is between. Nothing else moves a boundary.
    """
    found = words(text)
    nouns = {m.end(): m.start() for m in _POSSESSIVE.finditer(text)}

    def bare(span: Span) -> Hashable:
        at = bisect.bisect_right(found, span.start, key=lambda word: word[0])
        first, last = found[at - 1] if at else (0, 0)
        parted = f"{_letters(text[first : span.start])}|{_letters(text[span.start : min(last, span.end)])}"
        start = first if _PARTED.match(parted) else span.start
        return span.type, start, nouns.get(span.end, span.end)

    return bare


def _letters(text: str) -> str:
    """Return the letters and digits of text without marks, tatweel and invisible characters; hamza stays."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() and c != TATWEEL)
