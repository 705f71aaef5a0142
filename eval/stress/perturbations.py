"""Perturbations: changes to a text under which a reading should not change, with every span carried over exactly.

Each is a pure function of the text and its language. What is annotated moves with the words; SAME_AS links are kept
as they are, since clusters have no direction. Two of them change what there is to read (`invariant` is false): reversed
paragraphs, because who speaks and what is meant goes by what stands before, and dropped punctuation, because it takes
away where sentences and quotations end.
"""

from __future__ import annotations

import functools
import random
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from rasad.annotations.document import Document
from rasad.annotations.words import paragraphs, words
from rasad.eval.stress.diacritics import point
from rasad.eval.stress.rewriting import Piece, in_place, rewrite

ARABIC, ENGLISH, BOTH = ("ar",), ("en",), ("ar", "en")
TYPO_RATE = 0.1  # of the words that are long enough

_MARK = "\u0640\u064b-\u065f\u0670"
_LETTER = "\u0621-\u063a\u0641-\u064a\u0671"
_BARE = re.compile(f"(?<![\\w{_MARK}])[\u0621-\u063a\u0641-\u064a]{{2,}}(?![\\w{_MARK}])")  # words that have no marks
# A letter that is joined to the next one, but for a lam before an alif, which are written as one.
_JOINED = re.compile("(?!ل[اأإآ])[بتثجحخسشصضطظعغفقكلمنهيئ](?=[\u0622-\u063a\u0641-\u064a])")
_CLITICS = "(?<!\\w)([وف]?[بلك]?(?:ال|لل?)?)"
_LATIN_DIGITS, _INDIC_DIGITS, _PERSIAN_DIGITS = "0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
_QUOTE = re.compile('[«»“”„"]')
_OPENING = "«“„"
_EL = {"A": "El", "a": "el", "E": "Al", "e": "al"}

Rewrite = Callable[[str, str], Sequence[Piece]]


@dataclass(frozen=True, slots=True)
class Perturbation:
    """A change of text, for documents of `languages` and mixed ones.

    `pieces` takes text and language. `invariant` says whether an annotator would mark the same in the changed text.
    """

    name: str
    languages: tuple[str, ...]
    invariant: bool
    pieces: Rewrite

    def __call__(self, document: Document) -> Document:
        """Return the changed document; of another language, or without anything to change, the document itself."""
        if document.lang not in (*self.languages, "mixed"):
            return document
        changed = rewrite(document, self.pieces(document.text, document.lang))
        return document if changed.text == document.text else changed


def _replace(pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]) -> Rewrite:
    """Return the rewriting that changes every match of a pattern."""
    return lambda text, _: in_place(text, (Piece(*m.span(), change(m)) for m in pattern.finditer(text)))


def _letters(pattern: str, new: str) -> Rewrite:
    return _replace(re.compile(pattern), lambda _: new)


def _diacritics(text: str, _: str) -> Sequence[Piece]:
    return in_place(
        text,
        (
            Piece(at, at + 1, text[at] + sign)
            for word in _BARE.finditer(text)
            for at, sign in enumerate(point(word.group()), word.start())
            if sign
        ),
    )


def _tatweel(text: str, _: str) -> Sequence[Piece]:
    """Stretch words of four letters and more at their last joint."""
    edits = []
    for word in _BARE.finditer(text):
        joints = list(_JOINED.finditer(word.group()))
        if joints and len(word.group()) >= 4:
            at = word.start() + joints[-1].start()
            edits.append(Piece(at, at + 1, text[at] + "\u0640"))
    return in_place(text, edits)


def _digits(old: str, new: str) -> Rewrite:
    """Exchange digits, but for those in a word with Latin letters (`F-16`)."""
    table = str.maketrans(old, new)

    def pieces(text: str, _: str) -> Sequence[Piece]:
        found = (at for at in words(text) if not re.search("[A-Za-z]", text[slice(*at)]))
        return in_place(text, (Piece(*at, text[slice(*at)].translate(table)) for at in found))

    return pieces


def _quotes(opening: str, closing: str) -> Rewrite:
    """Write double quotation marks in one style; of straight ones in a line every other opens."""

    def pieces(text: str, _: str) -> Sequence[Piece]:
        edits = []
        for start, end in paragraphs(text):
            straight = 0
            for mark in _QUOTE.finditer(text, start, end):
                straight += mark.group() == '"'
                opens = straight % 2 == 1 if mark.group() == '"' else mark.group() in _OPENING
                edits.append(Piece(*mark.span(), opening if opens else closing))
        return in_place(text, edits)

    return pieces


def _without_punctuation(text: str, _: str) -> Sequence[Piece]:
    """Drop punctuation that is no part of a word; a space takes its place where words would run together."""
    inside = {at for span in words(text) for at in range(*span)}
    edits = []
    for run in re.finditer(r"[^\w\s]+", text):
        start, end = run.span()
        if all(unicodedata.category(c)[0] == "P" for c in run.group()) and inside.isdisjoint(range(start, end)):
            around = text[start - 1 : start].strip() and text[end : end + 1].strip()
            edits.append(Piece(start, end, " " if around else ""))
    return in_place(text, edits)


def _typos(text: str, _: str) -> Sequence[Piece]:
    """Swap two neighbouring letters within some words of over four, the same for the same text."""
    chance = random.Random(zlib.crc32(text.encode("utf-8", "surrogatepass")))
    edits = []
    for word in re.finditer(r"[^\W\d_]{5,}", text):
        start, letters = word.start(), word.group()
        places = [i for i in range(1, len(letters) - 1) if letters[i] != letters[i + 1]]
        if chance.random() < TYPO_RATE and places:
            at = chance.choice(places)
            edits.append(Piece(start + at, start + at + 2, letters[at + 1] + letters[at]))
    return in_place(text, edits)


def _names(text: str, lang: str) -> Sequence[Piece]:
    """Write listed names in their next spelling."""
    found = (
        Piece(*match.span("name"), following[match["name"]])
        for pattern, following in map(_spellings, (lang,) if lang in BOTH else BOTH)
        for match in pattern.finditer(text)
    )
    return in_place(text, sorted(found, key=lambda piece: piece.start))


@functools.cache
def _spellings(lang: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return a pattern of the names in a language, and what each spelling becomes."""
    stems, listed = (
        {a: b for row in _data()["names"][lang][kind] for a, b in zip(row, [*row[1:], row[0]], strict=True)}
        for kind in ("stems", "words")
    )
    before = _CLITICS if lang == "ar" else r"(?<!\w)"
    name = f"(?:{_any_of(listed)})(?![\\w{_MARK}])" + (f"|{_any_of(stems)}" if stems else "")
    return re.compile(f"{before}(?P<name>{name})"), {**stems, **listed}


def _hamza(text: str, _: str) -> Sequence[Piece]:
    """Write listed stems with their hamza where it was left out."""
    full = {_without_hamza(stem): stem for stem in _data()["hamza"].split()}
    pattern = re.compile(f"{_CLITICS}(?P<stem>{_any_of(full)})")
    return in_place(text, (Piece(*m.span("stem"), full[m["stem"]]) for m in pattern.finditer(text)))


def _without_hamza(text: str) -> str:
    return re.sub("[أإآٱ]", "ا", text)


def _any_of(forms: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))


def _reversed(text: str, _: str) -> Sequence[Piece]:
    """Put the last paragraph first; what stands between paragraphs stays where it is."""
    found, pieces, done = paragraphs(text), [], 0
    for place, other in zip(found, reversed(found), strict=True):
        pieces += [Piece(done, place[0], text[done : place[0]]), Piece(*other, text[slice(*other)])]
        done = place[1]
    return [*pieces, Piece(done, len(text), text[done:])]


def _unrelated(where: str) -> Rewrite:
    """Set a paragraph about something else before the text or behind it."""

    def pieces(text: str, lang: str) -> Sequence[Piece]:
        said = _data()["unrelated"][where]["en" if lang == "en" else "ar"]
        whole = Piece(0, len(text), text)
        if where == "before":
            return [Piece(0, 0, said + "\n"), whole]
        return [whole, Piece(len(text), len(text), "\n" + said)]

    return pieces


@functools.cache
def _data() -> dict[str, Any]:
    import yaml

    source = resources.files("rasad.eval.stress").joinpath("perturbations.yaml")
    data: dict[str, Any] = yaml.safe_load(source.read_text("utf-8"))
    return data


PERTURBATIONS: tuple[Perturbation, ...] = (
    Perturbation("diacritics", ARABIC, True, _diacritics),
    Perturbation("tatweel", ARABIC, True, _tatweel),
    Perturbation("hamza_dropped", ARABIC, True, _letters("[أإآٱ]", "ا")),
    Perturbation("hamza_written", ARABIC, True, _hamza),
    Perturbation("final_ya_dotted", ARABIC, True, _letters(f"ى(?![\\w{_MARK}])", "ي")),
    Perturbation("final_ya_undotted", ARABIC, True, _letters(f"(?<=[{_LETTER}])ي(?![\\w{_MARK}])", "ى")),
    Perturbation("ta_marbuta_undotted", ARABIC, True, _letters("ة", "ه")),
    Perturbation("indic_digits", ARABIC, True, _digits(_LATIN_DIGITS, _INDIC_DIGITS)),
    Perturbation("latin_digits", ARABIC, True, _digits(_INDIC_DIGITS + _PERSIAN_DIGITS, _LATIN_DIGITS * 2)),
    Perturbation("guillemets", BOTH, True, _quotes("«", "»")),
    Perturbation("curly_quotes", BOTH, True, _quotes("“", "”")),
    Perturbation("straight_quotes", BOTH, True, _quotes('"', '"')),
    Perturbation("punctuation_dropped", BOTH, False, _without_punctuation),
    Perturbation("typos", BOTH, True, _typos),
    Perturbation("name_spellings", BOTH, True, _names),
    Perturbation("al_and_el", ENGLISH, True, _replace(re.compile(r"(?<!\w)([AaEe])l(?=[-‑]\w)"), lambda m: _EL[m[1]])),
    Perturbation("upper_case", ENGLISH, True, _replace(re.compile(r"\w+"), lambda m: m.group().upper())),
    Perturbation("lower_case", ENGLISH, True, _replace(re.compile(r"\w+"), lambda m: m.group().lower())),
    Perturbation("no_break_spaces", BOTH, True, _letters(" ", "\u00a0")),
    Perturbation("paragraphs_reversed", BOTH, False, _reversed),
    Perturbation("paragraph_before", BOTH, True, _unrelated("before")),
    Perturbation("paragraph_after", BOTH, True, _unrelated("after")),
)
