"""Verbs: English words in -s that are verbs and no plurals, and nouns of which there is none."""

from __future__ import annotations

from collections.abc import Sequence

from rasad.inference.numbers.nouns import form
from rasad.inference.numbers.quantities import UNKNOWN, Count, first_quantity, is_measure, opening
from rasad.inference.numbers.tokens import Token, listed

_ANY = frozenset({"any"})
_QUESTIONS = frozenset({"whether", "if"})
_ADJECTIVES = 2


def is_verb(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether an English word in -s between these is a verb: a number follows, or an object where no noun can stand."""
    if not after or after[0].before.strip() or not before or before[-1].is_among(listed("stops", "en")):
        return False
    if after[0].is_among(listed("objects", "en")) and not (len(after) > 1 and is_measure(after, 1, "en")):
        return bool(before[-1].after.strip()) or not _opens_noun(before)
    at = opening(after, "en")[2]
    quantity = first_quantity(after[at:], "en")
    return bool(quantity and not is_measure(after[at:], quantity.size, "en"))


def _opens_noun(before: Sequence[Token]) -> bool:
    last = before[-1]
    lists = listed("stops", "en") | listed("determiners", "en") | listed("single", "en")
    return last.is_among(lists) or first_quantity(before[-1:], "en") is not None


def denied(before: Sequence[Token]) -> Count | None:
    """Return the count of an English noun behind `any`: none after a negation, else unknown; None without `any`."""
    for at in range(len(before) - 1, max(-1, len(before) - 2 - _ADJECTIVES), -1):
        if before[at].after.strip():
            return None
        if before[at].is_among(_ANY):
            return Count(0, 0, "exact") if _is_negated(before[:at], before[at]) else UNKNOWN
        if before[at].is_among(listed("stops", "en")) or form(before[at].text, "en") == "many":
            return None
    return None


def _is_negated(before: Sequence[Token], of: Token) -> bool:
    """Whether a word stands under a negation of its sentence, and not in a question (`not known whether any`)."""
    for following, token in zip([of, *before[:0:-1]], reversed(before), strict=False):
        if any(c in following.before for c in ".;!?") or token.is_among(_QUESTIONS):
            return False
        if token.is_among(listed("negations", "en")):
            return True
    return False
