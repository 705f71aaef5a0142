"""Agreement: two annotations of the same texts, compared as gold and prediction are, and word by word.

F1 is the same whichever side is called gold. Cohen's kappa sets the agreement on words (IOB2 tags) against what
would come about by chance.
"""

from __future__ import annotations

import bisect
import functools
import operator
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rasad.annotations.conll import to_conll
from rasad.annotations.document import Document
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.annotations.words import paragraphs
from rasad.eval.coreference import mention_clusters
from rasad.eval.counts import ratio
from rasad.eval.pairing import pair
from rasad.eval.report import render_report
from rasad.eval.scores import Report, evaluate

if TYPE_CHECKING:
    from rich.console import Console

_CONTEXT = 40  # characters on each side

Key = tuple[int, int, str]
Found = Iterator[tuple[tuple[int, int], str]]


@dataclass(frozen=True, slots=True)
class WordLabels:
    """How often the first annotator gave a word one label and the second another; counts of documents add."""

    pairs: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, first: Document, second: Document) -> WordLabels:
        """Count the labels of every word of a text."""
        return cls(Counter(zip(_tags(first), _tags(second), strict=True)))

    def __add__(self, other: WordLabels) -> WordLabels:
        return WordLabels(Counter(self.pairs) + Counter(other.pairs))

    @property
    def total(self) -> int:
        """The number of words."""
        return sum(self.pairs.values())

    @property
    def kappa(self) -> float:
        """Cohen's kappa, `(p_o - p_e) / (1 - p_e)`; 0.0 where both sides use one label only, the same."""
        firsts, seconds = Counter[str](), Counter[str]()
        for (one, other), count in self.pairs.items():
            firsts[one] += count
            seconds[other] += count
        agreed = sum(count for (one, other), count in self.pairs.items() if one == other)
        by_chance = sum(firsts[label] * seconds[label] for label in firsts)  # p_e · total²
        return ratio(agreed * self.total - by_chance, self.total**2 - by_chance)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which two annotations differ: the document by its id, the paragraph from 1, the words around it."""

    document: str
    paragraph: int
    context: str
    what: str

    def __str__(self) -> str:
        return f"paragraph {self.paragraph}: {self.what}: {self.context}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The scores of B against A, the word labels of all documents and by language, and every disagreement."""

    report: Report
    labels: WordLabels
    by_language: Mapping[str, WordLabels]
    disagreements: tuple[Disagreement, ...]

    def render(self, console: Console) -> None:
        """Print the scores and kappa."""
        render_report(self.report, console)
        for name, labels in {"all documents": self.labels, **self.by_language}.items():
            console.print(f"Cohen's kappa on word labels, {name}: {labels.kappa:.3f} of {labels.total} words")


def agree(first: Sequence[Document], second: Sequence[Document], scheme: Scheme) -> Agreement:
    """Compare two annotations, A and B, of the same texts; documents are matched by id.

    Raises:
        RasadError: where a document is on one side only or of another text, or has spans that overlap.
    """
    report = evaluate(first, second, scheme, split="agreement")
    apart: dict[str, list[WordLabels]] = defaultdict(list)
    differ: list[Disagreement] = []
    for one, other in pair(first, second, scheme):
        apart[one.lang].append(WordLabels.of(one, other))
        differ += _disagreements(one, other, scheme)
    by_language = {lang: functools.reduce(operator.add, apart[lang]) for lang in sorted(apart)}
    return Agreement(report, functools.reduce(operator.add, by_language.values()), by_language, tuple(differ))


def _tags(document: Document) -> list[str]:
    return [line.split("\t")[1] for line in to_conll(document).split("\n") if line]


def _disagreements(first: Document, second: Document, scheme: Scheme) -> list[Disagreement]:
    """Return what two annotations of a text differ on, in the order of the text.

    A link with an end that only one side has is not told apart from that: it follows from it.
    """
    found = [
        *_of_spans(first, second, scheme),
        *_of_relations(first, second, scheme),
        *_of_relations(second, first, scheme, "B"),
    ]
    return [Disagreement(first.id, *_around(first.text, at), what) for at, what in sorted(found)]


def _of_spans(first: Document, second: Document, scheme: Scheme) -> Found:
    ours, theirs = ({(span.start, span.end): span for span in side.spans} for side in (first, second))
    for place in ours.keys() | theirs.keys():
        one, other = ours.get(place), theirs.get(place)
        if one is None:
            yield place, f"only B has {theirs[place].type}"
        elif other is None:
            yield place, f"only A has {one.type}"
        elif one.type != other.type:
            yield place, f"A has {one.type}, B {other.type}"
        else:
            for name in scheme.attributes:
                if (value := getattr(one, name)) != getattr(other, name):
                    yield place, f"A has {one.type} {value}, B {getattr(other, name)}"


def _of_relations(first: Document, second: Document, scheme: Scheme, side: str = "A") -> Found:
    """Yield the relations of one side between spans of both that the other does not have; SAME_AS goes by clusters."""
    ours, theirs = first.by_id, {span.key: span.id for span in second.spans}
    said = {(relation.head, relation.type, relation.tail) for relation in second.relations}
    home = {mention: cluster for cluster in mention_clusters(second, scheme) for mention in cluster}
    for relation in first.relations:
        head, tail = ours[relation.head], ours[relation.tail]
        if head.key not in theirs or tail.key not in theirs:
            continue
        if relation.type == SAME_AS:
            agreed = tail.key in home.get(head.key, ())
        else:
            agreed = (theirs[head.key], relation.type, theirs[tail.key]) in said
        if not agreed:
            yield (head.start, head.end), f"only {side} has {relation.type} {tail.text!r}"


def _around(text: str, at: tuple[int, int]) -> tuple[int, str]:
    """Return the number of a span's paragraph, from 1, and the span in brackets in the words around it."""
    start, end = at
    lines = paragraphs(text)
    number = bisect.bisect_right(lines, start, key=lambda line: line[0])
    left, right = lines[number - 1]
    before, after = text[max(left, start - _CONTEXT) : start], text[end : min(right, end + _CONTEXT)]
    cut = ("…" if start - left > _CONTEXT else "", "…" if right - end > _CONTEXT else "")
    return number, f"{cut[0]}{before}[{text[start:end]}]{after}{cut[1]}"
