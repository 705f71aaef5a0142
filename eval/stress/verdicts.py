"""Verdicts: which minimal pairs a system gets right, by phenomenon and language, and in both languages alike."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import Scheme
from rasad.eval.counts import ratio
from rasad.eval.stress.contrasts import Contrast, Member
from rasad.eval.stress.expectations import holds
from rasad.eval.stress.prediction import Predict, predictions

if TYPE_CHECKING:
    from rich.console import Console

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pairs, texts and lines there are, and how many are right; tallies add.

    A pair is right where both its texts are, a text where all its lines hold.
    """

    pairs: int = 0
    right_pairs: int = 0
    texts: int = 0
    right_texts: int = 0
    lines: int = 0
    right_lines: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.pairs + other.pairs,
            self.right_pairs + other.right_pairs,
            self.texts + other.texts,
            self.right_texts + other.right_texts,
            self.lines + other.lines,
            self.right_lines + other.right_lines,
        )

    @property
    def rate(self) -> float:
        """Share of pairs that are right."""
        return ratio(self.right_pairs, self.pairs)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A pair and the lines of each of its two texts that do not hold."""

    contrast: Contrast
    failed: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def is_right(self) -> bool:
        """Whether every line holds."""
        return not any(self.failed)

    @property
    def tally(self) -> Tally:
        """The counts of this pair."""
        lines = sum(len(member.expect) for member in self.contrast.members)
        wrong = sum(map(len, self.failed))
        return Tally(1, int(self.is_right), 2, sum(not lost for lost in self.failed), lines, lines - wrong)


@dataclass(frozen=True, slots=True)
class Translated:
    """Pairs that are there in both languages: right in both, in one only, in neither."""

    both: int = 0
    ar: int = 0
    en: int = 0
    neither: int = 0


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts on all pairs, in the order that the pairs came in."""

    verdicts: tuple[Verdict, ...]

    @property
    def total(self) -> Tally:
        """All pairs as one."""
        return functools.reduce(operator.add, (verdict.tally for verdict in self.verdicts))

    @property
    def by_language(self) -> dict[str, Tally]:
        """Tallies by language."""
        return self._by(lambda contrast: contrast.lang)

    @property
    def by_phenomenon(self) -> dict[str, Tally]:
        """Tallies by phenomenon, both languages together."""
        return self._by(lambda contrast: contrast.phenomenon)

    @property
    def cells(self) -> dict[tuple[str, str], Tally]:
        """Tallies by phenomenon and language."""
        return self._by(lambda contrast: (contrast.phenomenon, contrast.lang))

    @property
    def translated(self) -> Translated:
        """How the pairs that both languages have fare in the two."""
        right = {(v.contrast.id, v.contrast.lang): v.is_right for v in self.verdicts}
        found = [(right[i, "ar"], right[i, "en"]) for i, lang in right if lang == "ar" and (i, "en") in right]
        return Translated(*(found.count(fate) for fate in ((True, True), (True, False), (False, True), (False, False))))

    def _by(self, key: Callable[[Contrast], Key]) -> dict[Key, Tally]:
        found: dict[Key, Tally] = {}
        for verdict in self.verdicts:
            name = key(verdict.contrast)
            found[name] = found.get(name, Tally()) + verdict.tally
        return found


def judge(predict: Predict, contrasts: Sequence[Contrast], scheme: Scheme) -> Verdicts:
    """Ask a system for all texts of all pairs, each text a document of its own, and say which pairs it gets right.

    Raises:
        RasadError: where there are no pairs, or the answers are not those of the texts (see `predictions`).
    """
    if not contrasts:
        raise RasadError("contrasts: no pairs; there is nothing to judge")
    texts = [member.document for contrast in contrasts for member in contrast.members]
    answers = predictions(predict, texts, scheme)

    def failed(member: Member) -> tuple[str, ...]:
        answer = answers[member.document.id]
        return tuple(e.line for e in member.expect if not holds(e, member.marks, answer, scheme))

    return Verdicts(tuple(Verdict(c, (failed(c.members[0]), failed(c.members[1]))) for c in contrasts))


def verdicts_to_dict(verdicts: Verdicts) -> dict[str, Any]:
    """Return verdicts as plain data, ready for JSON."""
    both = verdicts.translated
    return {
        "total": _tally(verdicts.total),
        "languages": {lang: _tally(tally) for lang, tally in verdicts.by_language.items()},
        "phenomena": {
            name: {
                lang: _tally(verdicts.cells[name, lang])
                for lang in verdicts.by_language
                if (name, lang) in verdicts.cells
            }
            for name in verdicts.by_phenomenon
        },
        "translated": {"both": both.both, "ar": both.ar, "en": both.en, "neither": both.neither},
        "wrong": {
            f"{v.contrast.lang}/{v.contrast.id}": list(map(list, v.failed)) for v in verdicts.verdicts if not v.is_right
        },
    }


def _tally(tally: Tally) -> dict[str, float]:
    return {
        "pairs": tally.pairs,
        "right": tally.right_pairs,
        "rate": tally.rate,
        "texts": tally.texts,
        "right_texts": tally.right_texts,
        "lines": tally.lines,
        "right_lines": tally.right_lines,
    }


def render_verdicts(verdicts: Verdicts, console: Console) -> None:
    """Print how many pairs of each phenomenon are right in each language."""
    from rich.table import Table

    languages = sorted(verdicts.by_language)
    drawn = Table(title="Minimal pairs: right of all", title_justify="left")
    for column in ("", *languages, "all"):
        drawn.add_column(column, justify="right" if column else "left")
    cells = verdicts.cells
    for name, tally in verdicts.by_phenomenon.items():
        drawn.add_row(name, *(_share(cells.get((name, lang), Tally())) for lang in languages), _share(tally))
    totals = verdicts.by_language
    drawn.add_row("all", *(_share(totals[lang]) for lang in languages), _share(verdicts.total))
    console.print(drawn)
    both = verdicts.translated
    console.print(
        f"In both languages: {both.both} right in both, {both.ar} in Arabic only, {both.en} in English only, "
        f"{both.neither} in neither"
    )


def _share(tally: Tally) -> str:
    return f"{tally.right_pairs} of {tally.pairs}" if tally.pairs else "–"
