"""Common nouns in both languages, with their numbers: `at least 5 rockets`, `صاروخين`, `11 صاروخا`.

The nouns are those of `glosses.yaml`. Arabic is as after a preposition, so that it is genitive: the dual has ين.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import yaml

from rasad.annotations.text import fold, is_arabic, readings
from rasad.annotations.words import words
from rasad.inference.numbers.nouns import form, is_bare

if TYPE_CHECKING:
    from rasad.inference.numbers import Count

Lang = Literal["ar", "en"]
_CLITICS = re.compile(r"[وف]?[بك]?(?=ال\w{2})|[وف](?=لل)")
_FOR = re.compile(r"[وف]?لل(?=\w{2})")
_PROCLITICS = frozenset(["و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل"])
_PLURAL = re.compile(r"\b(\w{3,})ون\b")
_PRONOUN = re.compile(r"(?:ها|هم|هما|هن|نا|كم)$")  # not ه, which ة is folded to
_ADJECTIVE = re.compile(r"^(\w{2,}ي)ا$")
# What ends an English noun phrase, and what before `of` is no noun of its own.
_ENDS = frozenset(
    ["of", "in", "from", "at", "on", "with", "for", "near", "who", "which", "that", "to", "by", "against", "inside"]
)
_AMOUNTS = frozenset(["number", "dozens", "hundreds", "thousands", "scores", "amount", "group", "some", "many", "one"])
# Words that end like a nominative plural and are none.
_NO_PLURAL = frozenset(
    ["مليون", "بليون", "تريليون", "قانون", "تلفزيون", "عيون", "شؤون", "سجون", "ديون", "حصون", "كانون", "زيتون", "طاعون"]
)


@dataclass(frozen=True, slots=True)
class Noun:
    """A common noun: English singular and plural; Arabic singular, dual, plural and the singular after 11 to 99."""

    en: tuple[str, str]
    ar: tuple[str, str, str, str]

    def english(self, count: Count | None, is_many: bool) -> str:
        """Return the noun with its number."""
        if count is None or count.kind in ("unknown", "some"):
            return self.en[is_many or count is not None]
        top = _top(count)
        article = "an" if self.en[0][0] in "aeiou" else "a"
        return (
            f"{article} {self.en[0]}"
            if top == 1 and count.kind == "exact"
            else numbered(count, "en", self.en[top != 1])
        )

    def arabic(self, count: Count | None, is_many: bool) -> str:
        """Return the noun with its number, as after a preposition: `صاروخين`, `5 صواريخ`, `11 صاروخا`, `100 صاروخ`."""
        singular, dual, plural, counted = self.ar
        if count is None or count.kind in ("unknown", "some"):
            return plural if is_many or count is not None else singular
        top = _top(count)
        if top in (1, 2) and None in (count.low, count.high, None if count.low == count.high else 0):
            return str(glosses_data()["counts"]["ar"][count.kind].format(singular if top == 1 else dual))
        last = top % 100
        noun = plural if 3 <= last <= 10 else counted if last >= 11 else singular
        return numbered(count, "ar", noun)


@functools.cache
def glosses_data() -> dict[str, Any]:
    """Return `glosses.yaml` as it stands."""
    data: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("glosses.yaml").read_text("utf-8"))
    return data


def _top(count: Count) -> int:
    return next((bound for bound in (count.high, count.low) if bound is not None), 1)


def numbered(count: Count, lang: Lang, noun: str = "") -> str:
    """Return a count in figures and words, with a noun if there is one: `at least 5 rockets`, `نحو 20`."""
    data = glosses_data()
    bounds = [str(bound) for bound in dict.fromkeys((count.low, count.high)) if bound is not None]
    figure = data["range"][lang].format(*bounds) if len(bounds) == 2 else "".join(bounds)
    return str(data["counts"][lang].get(count.kind, "{}").format(f"{figure} {noun}".strip()))


def plural(noun: str) -> str:
    """Return the plural of an English noun; of what has none, itself."""
    last = noun.split()[-1]
    if last in glosses_data()["unchanging"].split() or last.endswith("s"):
        return noun
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(?:x|z|ch|sh)$", noun) else "s")


def is_plural(text: str) -> bool:
    """Whether an Arabic mention's first noun is a plural."""
    return any(form(text[start:end], "ar") == "many" for start, end in words(text)[:2])


def find_noun(text: str) -> tuple[Noun | None, bool]:
    """Return the common noun that a mention is of, if the list has it, and whether it stands in the plural.

    The noun leads in Arabic; in English it ends its phrase. Of phrases at one place the longest counts.
    """
    lang: Lang = "ar" if is_arabic(text) else "en"
    found = [_keys(text[start:end], lang) for start, end in words(text)]
    last = _end(found) if lang == "en" else None
    for at, keys in enumerate(found):
        fitting = [
            (len(phrase), noun, is_many)
            for key in sorted(keys)
            for phrase, noun, is_many in _nouns(lang).get(key, ())
            if all(at + i < len(found) and word in found[at + i] for i, word in enumerate(phrase))
            and last in (None, at + len(phrase))
        ]
        if fitting:
            _, noun, is_many = max(fitting, key=lambda row: row[0])
            return noun, is_many
    return None, False


def _end(found: list[frozenset[str]]) -> int:
    """Return where an English noun phrase ends: before a preposition, but for the `of` of an amount."""
    for at, keys in enumerate(found):
        is_amount = at > 0 and "of" in keys and not _AMOUNTS.isdisjoint(found[at - 1])
        if at and not _ENDS.isdisjoint(keys) and not is_amount:
            return at
    return len(found)


@functools.cache
def _nouns(lang: Lang) -> dict[str, list[tuple[tuple[str, ...], Noun, bool]]]:
    """Return the nouns of a language by the first words of their forms: all the words, and whether it is a plural."""
    found: dict[str, list[tuple[tuple[str, ...], Noun, bool]]] = {}
    for line in glosses_data()["nouns"].splitlines():
        english, arabic = (side.strip().split("/") for side in line.split(":"))
        singular, dual, plural, *rest = arabic
        noun = Noun((english[0], english[1]), (singular, dual, plural, rest[0] if rest else _accusative(singular)))
        # A plural that looks like the dual comes last and counts; how many there are the count says.
        plurals = {english[1] if lang == "en" else plural}
        for said in dict.fromkeys(english if lang == "en" else (singular, dual, plural)):
            phrase = tuple(fold(word) for word in said.split())
            found.setdefault(phrase[0], []).append((phrase, noun, said in plurals))
    return found


@functools.lru_cache(maxsize=1 << 12)
def _keys(word: str, lang: Lang) -> frozenset[str]:
    found = readings(word) | {fold(word)}
    if lang == "en":
        return found
    own = {key[: match.start()] for key in found if (match := _PRONOUN.search(key)) and match.start() > 2}
    found |= own | {key[:-1] + "ه" for key in own if key.endswith("ت")}
    nominative = {key[:-2] + "ين" for key in found if key.endswith(("ون", "ان")) and len(key) > 4}
    construct = {key[:-1] + "ين" for key in found if key.endswith(("و", "ي"))}
    accusative = {key[:-1] for key in found if key.endswith("ا") and len(key) > 3}
    return found | nominative | construct | accusative


def _accusative(noun: str) -> str:
    """Return a singular after 11 to 99: an alif, but on ة and what ends in alif or hamza; of a construct as it is."""
    return noun if " " in noun or noun.endswith(("ة", "ا", "ى", "اء")) else noun + "ا"


def without_clitics(text: str) -> str:
    """Return an Arabic mention without what its article, or a listed noun, shows to be clitics; its article stays."""
    if match := _FOR.match(text):
        return "ال" + text[match.end() :]
    if match := _CLITICS.match(text):
        return text[match.end() :]
    first = text.split(" ")[0]
    for cut in (1, 2):
        if first[:cut] in _PROCLITICS and is_bare(first[cut:]) and not is_bare(first):
            return text[cut:]
    return text


def genitive(text: str) -> str:
    """Turn sound plurals and duals of a nominal from nominative to genitive: `مسلحون مجهولون` → `مسلحين مجهولين`."""

    def turned(match: re.Match[str]) -> str:
        word = match.group()
        return word if word in _NO_PLURAL or word.removeprefix("ال") in _NO_PLURAL else match[1] + "ين"

    first, *rest = _PLURAL.sub(turned, text).split(" ")
    if first.endswith("ان") and form(first, "ar") == "two":
        first = first[:-2] + "ين"
    elif first.endswith("ي") and form(first, "ar") == "many" and not rest:
        first += "ن"  # the construct, of which the other noun stands apart: `مسلحي`
    elif first.endswith("ا") and (is_bare(first[:-1]) or fold(first[:-1]) in _nouns("ar")):
        first, rest = first[:-1], [_ADJECTIVE.sub(r"\1", word) for word in rest]
    return " ".join([first, *rest])
