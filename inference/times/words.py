"""The words of a time expression, each with its kind: weekday, month, part of the day, unit, number.

What the words are is data (`times.yaml`). Nothing here says what they mean together.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

import yaml

from rasad.annotations.text import fold
from rasad.inference.numbers.numerals import numeral

_DATE = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?!\d)"
_CLOCK = r"\d{1,2}(?::\d{1,2}|[.,]\d{2})(?::\d{2})?(?!\d)"
_TOKEN = re.compile(rf"(?P<date>{_DATE})|(?P<clock>{_CLOCK})|(?P<word>\d+|[^\W\d_]+(?:'[^\W\d_]+)?)|(?P<mark>[-–—/])")
_CLITICS = re.compile(r"(?P<conj>[وف]?)(?P<prep>[بلك]?)(?P<article>(?:ال|(?<=ل)ل)?)")
_LONGEST = 5  # words of the longest phrase and of the longest number
_MILITARY = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Item:
    """A word or phrase of time: its kind and its value, as `times.yaml` names them.

    Beside the kinds there: `number` (digits or number words), `time` (`21:50`), `date` (`2024-04-22`, `20/2/2025`),
    `mark` (a dash or slash) and `strange` (no word of time). `joined`: و stands on it; `definite`: the article does;
    `single`: `a` or ب does (`بيوم`).
    """

    kind: str
    value: str
    joined: bool = False
    definite: bool = False
    single: bool = False

    @property
    def number(self) -> int:
        """The value of a number, an ordinal, a month, a weekday."""
        return int(self.value)


@functools.cache
def times_data() -> dict[str, Any]:
    """Return `times.yaml` as it stands."""
    data: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("times.yaml").read_text("utf-8"))
    return data


def items(text: str, lang: str) -> list[Item]:
    """Return the words of a time expression in order, fillers (`of`, `في`) left out."""
    return [item for item in _merged(list(_read(_tokens(text), lang))) if item.kind != "filler"]


def _tokens(text: str) -> list[tuple[str, str]]:
    """Return kind and text of the pieces of a text, folded, digits made ASCII."""
    folded = fold(text).replace("’", "'").replace("`", "'")
    folded = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded)
    folded = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", folded)
    folded = re.sub(r"\b(?:al|el|ul)-(?=\w)", "al ", folded)
    return [(m.lastgroup or "word", m.group()) for m in _TOKEN.finditer(folded)]


def _read(tokens: Sequence[tuple[str, str]], lang: str) -> Iterator[Item]:
    at = 0
    while at < len(tokens):
        kind, text = tokens[at]
        if kind != "word":
            yield _figures(kind, text)
            at += 1
            continue
        item, size = _phrase(tokens, at) or _number(tokens, at, lang) or (Item("strange", text), 1)
        before = tokens[at - 1][1] if at else ""
        single = before in ("a", "an") or text.startswith("ب")
        yield replace(item, definite=item.definite or before == "the", single=single)
        at += size


def _figures(kind: str, text: str) -> Item:
    """Return a clock time as `21:50` (`99:99` is none), a date with dashes or slashes, a mark as it is."""
    if kind == "clock":
        written = text.replace(",", ":").replace(".", ":")
        hour, minute = written.split(":")[:2]
        return Item("time" if int(hour) <= 24 and int(minute) < 60 else "strange", written)
    return Item(kind, text.replace(".", "-"))


def _phrase(tokens: Sequence[tuple[str, str]], at: int) -> tuple[Item, int] | None:
    """Return the longest phrase that begins at a token, with the fewest clitics set aside, and its size in tokens."""
    best: tuple[Item, int] | None = None
    for first, joined, definite in _variants(tokens[at][1]):
        words, size = [first], 1
        while True:
            found = _lexicon().get(" ".join(words))
            if found and (best is None or size > best[1]):
                best = Item(*found, joined=joined, definite=definite), size
            following = at + size
            if following < len(tokens) and tokens[following][1] in "-–—":
                following += 1  # `dhu al-hijjah`, `fifty-five`
            if following >= len(tokens) or tokens[following][0] != "word" or len(words) == _LONGEST:
                break
            words.append(tokens[following][1].removesuffix("'s"))
            size = following + 1 - at
    return best


def _variants(word: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield what a word may be without its clitics, with whether و and whether the article stood on it."""
    yield word.removesuffix("'s"), False, word.startswith("ال")
    match = _CLITICS.match(word)
    if not match:
        return
    conj, prep = match["conj"] == "و", match.end("prep")
    definite = bool(match["article"])
    if match.end("conj"):
        yield word[match.end("conj") :], conj, definite
    if prep > match.end("conj"):
        yield ("ال" + word[match.end("article") :] if definite else word[prep:]), conj, definite
    if definite:
        yield word[match.end("article") :], conj, True


def _number(tokens: Sequence[tuple[str, str]], at: int, lang: str) -> tuple[Item, int] | None:
    """Return the number that begins at a token: digits, or the words of a cardinal."""
    text = tokens[at][1]
    if text.isdecimal():
        return (Item("number", text), 1) if len(text) <= 4 else None
    run: list[str] = []
    for kind, word in tokens[at : at + _LONGEST]:
        if kind != "word" or word.isdecimal() or (run and _is_ordinal(word)):
            break
        run.append(word)
    found = numeral(run, lang)
    if not found:
        return None
    joined = text.startswith("و") and not text.startswith("واحد")  # whose و is its own
    return Item("number", str(found.value), joined), found.size


def _is_ordinal(word: str) -> bool:
    return _lexicon().get(word, ("", ""))[0] == "ordinal"


def _merged(found: list[Item]) -> list[Item]:
    """Join what makes one number: `20` + `th`, `1980` + `s`, `الثالث` + `والعشرين`, `twenty` + `sixth`; read `0830`."""
    merged: list[Item] = []
    for item in found:
        last = merged[-1] if merged else None
        if last and item.kind == "suffix" and last.kind == "number":
            merged[-1] = replace(last, kind="ordinal" if item.value == "th" else "decade")
        elif last and item.kind in ("ordinal", "number") and _is_tens(last, item):
            merged[-1] = replace(last, kind="ordinal", value=str(last.number + item.number))
        elif item.kind == "number" and (match := _MILITARY.fullmatch(item.value)) and item.value < "1000":
            merged.append(replace(item, kind="time", value=f"{match[1]}:{match[2]}"))
        elif item.kind != "suffix":
            merged.append(item)
    return merged


def _is_tens(last: Item, item: Item) -> bool:
    """Whether a number ends an ordinal that the item before it began."""
    tens = range(20, 100, 10)
    if last.kind == "ordinal":
        return item.joined and last.number < 10 and item.number in tens
    return last.kind == "number" and last.number in tens and item.kind == "ordinal" and item.number < 10


@functools.cache
def _lexicon() -> dict[str, tuple[str, str]]:
    """Phrase, folded → kind and value."""
    return {
        fold(str(phrase)).replace("'s", ""): (kind, str(value))
        for kind, values in times_data()["words"].items()
        for value, phrases in values.items()
        for phrase in phrases
    }
