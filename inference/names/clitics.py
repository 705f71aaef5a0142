"""Clitics: names without the و ف ب ك ل before them: `وقوات الفجر` → `قوات الفجر`, `للحرس` → `الحرس`.

A word's letters do not tell (`وحدات`, `بغداد`, `كتائب`). A clitic is what stands before an article, before a noun that
names begin with (`clitics.tsv`, the parties and units of `generics.tsv`, the heads of the lexicon) or before a letter's
name that another's follows (`لبي بي سي`); a word that is itself such a noun, or is listed as `whole`, has none.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from rasad.inference.names.generics import generics, stems
from rasad.inference.names.lexicon import lexicon, rows
from rasad.inference.names.spelling import plain

_MARKS = "[\u0640\u064b-\u0652\u0670]*"
_APART = re.compile(f'[وف]?{_MARKS}[بكل]?{_MARKS}["“«]')  # لـ"الفجر
_MARK = re.compile("[\u0640\u064b-\u0652\u0670]")
_WORDS = re.compile("([\\w\u064b-\u0652\u0670]+)(?:\\W*(\\w+))?")
_ARTICLE = re.compile(r"[وف]?[بك]?(?=ال\w{3})")
_HIDDEN = re.compile(r"[وف]?ل(?=ل\w{2})")
_BOUND = {1: re.compile("[وفبكل]"), 2: re.compile("[وف][بكل]")}
_ADJECTIVE = re.compile(r"ال\w+(?:ي|يه)")


def bare(name: str) -> str:
    """Return a name without the clitics of its first word."""
    if apart := _APART.match(name):
        return name[apart.end() - 1 :]
    if (words := _WORDS.match(name)) is None:
        return name
    size, article = _clitics(_MARK.sub("", unicodedata.normalize("NFKC", words[1])), plain(words[2] or ""))
    return article + re.sub(rf"^(?:\w{_MARKS}){{{size}}}", "", name)


def _clitics(first: str, following: str) -> tuple[int, str]:
    """Return how many letters before a name are clitics, and the article that they hide."""
    word = plain(first)
    if _is_whole(word):
        return 0, ""
    if (article := _ARTICLE.match(first)) and article.end():  # as it is written: بألمانيا has none
        return article.end(), ""
    if hidden := _HIDDEN.match(word):
        noun = word[hidden.end() :]
        if noun in _listed("lam") or _is_head(noun):
            return hidden.end(), "ال" if _is_adjective(following) else ""
        return hidden.end() + 1, "ال"
    named = _is_head if following not in (letters := _listed("letter")) else letters.__contains__
    sizes = [size for size in (1, 2) if _BOUND[size].match(word) and named(word[size:])]
    return (sizes[0] if sizes else 0), ""


def _is_whole(word: str) -> bool:
    return word in _listed("letter") or not _listed("whole").isdisjoint(stems(word)) or _is_head(word)


def _is_head(word: str) -> bool:
    """Whether names begin with a noun, its endings set aside."""
    return len(word) > 2 and not _heads().isdisjoint(stems(word))


def _is_adjective(word: str) -> bool:
    """Whether a word that follows a noun with an article describes it; another belongs to a noun without."""
    return _ADJECTIVE.fullmatch(word) is not None


@functools.cache
def _heads() -> frozenset[str]:
    nouns = generics("ar")
    return _listed("head") | nouns["party"] | nouns["unit"] | lexicon("actors").heads


@functools.cache
def _listed(kind: str) -> frozenset[str]:
    return frozenset(word for row in rows("clitics") if row["class"] == kind for word in row["words"].split())
