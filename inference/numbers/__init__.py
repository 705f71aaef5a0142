"""Numbers: how many a mention counts, as an analyst may add them up.

A count is a low and a high bound, and what they are worth. Decisions:

- A dual is two (`صاروخان`, `قتيلين`). ين after a noun whose plural is ين too (`مواطنين`) may be two or many: many.
- A singular noun is one (`جندي`, `a soldier`); a plural without a number is `some`, two or more: a lower bound that
  adds up, under a kind of its own for whoever wants stated numbers alone. Groups (`عائلة`, `a convoy`), masses
  (`رصاص`, `police`), names and nouns whose form does not tell are unknown.
- More than twenty is at least 21, less than ten at most 9; up to 50 has no low bound.
- `بضعة`, a few, a handful are 3 to 9; `عشرات`, dozens at least 20, and so on by tens; a dozen is about twelve.
- The first number counts: `3 بينهم طفل` is 3, `three of the six` is 3.
- Percentages, measures, calibres, ages, unit and model numbers, and a bare year are no counts. Digits count only at
  the head of a mention, number words after the noun too (`الجنود الثلاثة`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rasad.annotations.words import words
from rasad.inference.numbers.nouns import Form, form, is_bare
from rasad.inference.numbers.numerals import digits, language, number
from rasad.inference.numbers.quantities import (
    UNKNOWN,
    Count,
    Quantity,
    first_quantity,
    hedge,
    hedged,
    hedging,
    is_measure,
    is_priced,
    is_share,
    opening,
    trailing,
)
from rasad.inference.numbers.tokens import Token, listed, tokens
from rasad.inference.numbers.verbs import denied, is_verb

__all__ = ["Count", "count", "count_span", "number"]
_WINDOW = 200  # characters around a span, in which its quantity is looked for
_REACH = 6  # words before it that a quantity may take
_ADJECTIVES = 2  # between an English number and its noun
_LINE = re.compile(r"[\r\n]")
_OF = frozenset({"من", "of"})
_BY_FORM = {"one": Count(1, 1, "exact"), "two": Count(2, 2, "exact"), "many": Count(2, None, "some")}


def count(text: str, lang: str) -> Count:
    """Return how many a mention counts: its number, or what the form of its noun tells.

    Args:
        text: The words of a mention with the quantity that belongs to it (`33 غارة`, `at least 84 people`).
        lang: `ar` or `en`; any other goes by the script of the text.
    """
    lang = language(text, lang)
    run = tokens(text, lang)
    hedges, single, at = opening(run, lang)
    rest = run[at:]
    quantity = first_quantity(rest, lang)
    if quantity:
        return _counted(rest, quantity, hedges, single, lang)
    found = _of_noun(rest, single, lang)
    return hedged(found, [*hedges, *trailing(rest, lang)])


def count_span(text: str, start: int, end: int, lang: str, is_event: bool = False) -> Count:
    """Return how many a span counts with the quantity that stands outside it (`33 [غارة] على الأقل`).

    A trigger is one word. What stands before is read only where it plainly belongs to the span: it ends there, a
    noun follows, and in Arabic the noun has the form that the number asks for (`مقتل 4 [بغارة]` counts no raids).
    A trigger (`is_event`) in -s may be a verb and count nothing (`the blast [kills] a boy`).
    """
    noun = text[start:end]
    lang = language(noun, lang)
    found = form(noun, lang)
    window = _LINE.split(text[max(0, start - _WINDOW) : start])[-1]
    after = _LINE.split(text[end : end + _WINDOW])[0]
    if found not in ("one", "many") or first_quantity(tokens(noun, lang), lang):  # only a noun takes a quantity
        return _after_hedge(window, noun, lang)
    if lang == "en":
        before = tokens(window, lang)
        if found == "many" and is_event and is_verb(before, tokens(after, lang)):
            return UNKNOWN
        if of_any := denied(before):
            return of_any
    for begin, _ in words(window)[-_REACH:]:
        if not is_priced(window[:begin]) and _leads(tokens(window[begin:], lang), noun, found, lang):
            return count(window[begin:] + noun + _hedge_after(after, lang), lang)
    return count(noun, lang)


def _after_hedge(window: str, noun: str, lang: str) -> Count:
    """Return what a mention counts with the hedge right before it (`أكثر من [20 جنديا]`)."""
    run = tokens(noun, lang)
    found = count(noun, lang)
    if found.kind != "exact" or not first_quantity(run, lang):
        return found
    before = tokens(window, lang)
    if before and before[-1].after.strip():
        return found
    return hedged(found, hedging(before, lang))


def _leads(run: Sequence[Token], noun: str, found: Form, lang: str) -> bool:
    """Whether a run of words is a quantity, or a group, that a noun of this form (`one` or `many`) belongs to."""
    if any(token.after.strip() for token in run):
        return False
    at = opening(run, lang)[2]
    quantity = first_quantity(run[at:], lang)
    rest = run[at + quantity.size :] if quantity else run[at + 1 :]
    if quantity and (quantity.is_year or is_share(run[at:], quantity.size, lang)):
        return False
    if not quantity:
        of = not rest or (len(rest) == 1 and rest[0].is_among(_OF))
        return of and at < len(run) and form(run[at].text, lang) == "group" and found == "many"
    if rest and rest[0].is_among(_OF):
        rest = rest[1:]
    if lang == "ar":
        return not rest and is_bare(noun) and found == _agreeing(quantity.count)
    plain = (not token.is_among(listed("stops", lang)) and form(token.text, lang) != "many" for token in rest)
    return len(rest) <= _ADJECTIVES and all(plain)


def _agreeing(count: Count) -> Form:
    """Return the form that the noun takes after an Arabic number: `3 غارات` but `33 غارة`."""
    last = (count.high if count.high is not None else 3) % 100
    said = count.high if count.high is not None and count.high == count.low else None
    return "one" if said is not None and not 3 <= last <= 10 else "many"


def _hedge_after(text: str, lang: str) -> str:
    """Return the words after a noun as far as a hedge, if one stands right there (`غارة جوية على الأقل`)."""
    run = tokens(re.split(r"[،؛.,;:]", text)[0], lang)
    for at in range(min(len(run), 2)):
        if match := hedge(run[at:], "after", lang):
            return " " + " ".join(token.text for token in run[: at + match[1]])
    return ""


def _counted(run: Sequence[Token], quantity: Quantity, hedges: Sequence[str], single: bool, lang: str) -> Count:
    """Return the count that a run begins with, unless it measures something or is a year."""
    rest = run[quantity.size :]
    if is_share(run, quantity.size, lang):
        return UNKNOWN
    if is_measure(run, quantity.size, lang):
        after = rest[1:]
        attribute = lang == "en" and after and not after[0].is_among(listed("stops", lang))
        return _of_noun(after, single, lang) if attribute else UNKNOWN
    if quantity.is_year and not hedges and _is_year(rest, lang):
        return UNKNOWN
    plus = ["at_least"] if run[quantity.size - 1].after.startswith("+") else []
    return hedged(quantity.count, [*hedges, *plus, *trailing(rest, lang)])


def _is_year(rest: Sequence[Token], lang: str) -> bool:
    """Whether what follows a number that may be a year counts nothing: `2015`, `the 2003 invasion`."""
    return not rest or (lang == "en" and form(_head(rest, lang).text, lang) != "many")


def _of_noun(run: Sequence[Token], single: bool, lang: str) -> Count:
    """Return what a noun phrase without a number before it tells."""
    if not run:
        return UNKNOWN
    noun, head = _noun_phrase(run, lang), _head(run, lang)
    found = form(head.text, lang)
    if found == "group":
        return _of_group(run[len(noun) if lang == "en" else 1 :], lang)
    if found == "none":
        return UNKNOWN
    if found in ("one", "two") and _is_joined(run, len(noun), lang):
        return UNKNOWN
    if found == "one" and (up_to := _or_more(run[len(noun) :], lang)):
        return Count(1, up_to, "exact")
    if lang == "ar" and (stated := _after_noun(noun[1:], found is not None, lang)):
        return stated
    if single and found is None:
        return _BY_FORM["one"]
    return _BY_FORM[found] if found else UNKNOWN


def _is_joined(run: Sequence[Token], size: int, lang: str) -> bool:
    """Whether another noun is joined to the one that a run begins with (`قتيل وجريحان`): the count is of neither."""
    if lang == "en":
        return size < len(run) and "and" in run[size].keys
    return any(token.text.startswith("و") and form(token.text[1:], lang) for token in run[1:size])


def _of_group(rest: Sequence[Token], lang: str) -> Count:
    """Return how many a group holds, if what follows says so: `مجموعة من 20 مقاتلا`, `a group of militants`."""
    if rest and rest[0].is_among(_OF):
        rest = rest[1:]
    hedges, _, at = opening(rest, lang)
    quantity = first_quantity(rest[at:], lang)
    if quantity:
        return _counted(rest[at:], quantity, hedges, False, lang)
    is_many = at < len(rest) and form(_head(rest[at:], lang).text, lang) == "many"
    return _BY_FORM["many"] if is_many else UNKNOWN


def _noun_phrase(run: Sequence[Token], lang: str) -> Sequence[Token]:
    """Return a noun with its adjectives: up to a preposition, a relative clause or punctuation."""
    for at, token in enumerate(run):
        if at and (
            token.before.strip(" \u00a0'’-")
            or token.is_among(listed("stops", lang) | listed("parts", lang) | listed("partitives", lang))
        ):
            return run[:at]
    return run


def _head(noun: Sequence[Token], lang: str) -> Token:
    """Return the noun that the others describe: the first in Arabic, the last in English.

    `Syrian and Russian jets` has its noun after the second adjective.
    """
    if lang == "ar":
        return noun[0]
    phrase = _noun_phrase(noun, lang)
    rest = noun[len(phrase) :]
    if len(rest) > 1 and "and" in rest[0].keys and form(phrase[-1].text, lang) is None:
        return _head(rest[1:], lang)
    return phrase[-1]


def _or_more(rest: Sequence[Token], lang: str) -> int | None:
    """Return the other number where one thing may be more: `صاروخ أو اثنان`, `a soldier or two`."""
    if len(rest) < 2 or not rest[0].is_among(frozenset({"او", "or"})):
        return None
    quantity = first_quantity(rest[1:], lang)
    found = quantity.count if quantity else _of_noun(rest[1:2], False, lang)
    return found.high if found.kind == "exact" and found.high and found.high > 1 else None


def _after_noun(described: Sequence[Token], is_noun: bool, lang: str) -> Count | None:
    """Return a number after its noun, in words: `الجنود الثلاثة`, `قتيل واحد`, `صواريخ عدة`."""
    for at, token in enumerate(described):
        quantity = first_quantity(described[at:], lang)
        if digits(token.text) is None and quantity and (is_noun or token.text.startswith("ال")):
            return quantity.count
    return None
