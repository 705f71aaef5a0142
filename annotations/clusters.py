"""Clusters: which mentions of a document are one entity or one event.

SAME_AS links are closed over. The scheme writes none between two mentions of a name in the very same words, so those
are merged here; `is_name` says which mentions are names. It goes by the type, numerals, capitals and a list of common
nouns (`common_nouns.yaml`), never by context, so that gold and predicted documents are treated alike.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources

from rasad.annotations.document import Document, Span
from rasad.annotations.scheme import SAME_AS, Scheme
from rasad.annotations.text import fold, readings
from rasad.annotations.words import words

_ARABIC = re.compile("[\u0621-\u064a]")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)
_COUNT = re.compile(r"[وفبلك]?\d")
# Dual, sound plurals, construct, feminine, relative adjective, pronouns. A feminine ending that turned into ت before
# another ending comes back as ه.
_AR_ENDINGS = ("", "ا", "ه", "ي", "و", "ون", "ين", "ان", "ات", "يه", "يون", "يين", "ها", "هم", "نا", "اتها", "اتهم")
_AR_FEMININE = ("تين", "تان", "تي", "ته", "تها", "تهم", "تنا", "ات")
_EN_ENDINGS = (("", ""), ("s", ""), ("es", ""), ("ies", "y"), ("'s", ""), ("’s", ""))


def clusters(document: Document, scheme: Scheme) -> list[frozenset[str]]:
    """Return the entities and events of a document as sets of span ids, in order of their first mentions.

    Every span is in exactly one cluster, but for those whose type never corefers (TIME), which are in none. SAME_AS
    between types that the scheme does not let corefer is not followed.
    """
    groups = _Groups(s.id for s in document.spans if scheme.allows(s.type, SAME_AS, s.type))
    types = {s.id: s.type for s in document.spans}
    for link in document.relations:
        if link.type == SAME_AS and scheme.allows(types[link.head], SAME_AS, types[link.tail]):
            groups.join(link.head, link.tail)
    first: dict[tuple[str, str], str] = {}
    for span in document.spans:
        for words_read in name_readings(span):
            groups.join(span.id, first.setdefault((span.type, words_read), span.id))
    return groups.sets()


def nearest_links(document: Document, clustered: Sequence[frozenset[str]], scheme: Scheme) -> list[tuple[str, str]]:
    """Return the SAME_AS links (mention, earlier mention) that annotators would write for clusters.

    Each mention goes to the nearest earlier one of its cluster that the scheme lets it corefer with; none is written
    for a name that occurred in the same words before. `clusters` of the result are the clusters given, where
    those agree with the scheme.
    """
    cluster_of = {mention: i for i, cluster in enumerate(clustered) for mention in cluster}
    earlier: dict[int, list[Span]] = {}
    seen: set[tuple[str, str]] = set()
    links = []
    for span in document.spans:
        if span.id not in cluster_of:
            continue
        before = earlier.setdefault(cluster_of[span.id], [])
        names = {(span.type, words_read) for words_read in name_readings(span)}
        nearest = next((s for s in reversed(before) if scheme.allows(span.type, SAME_AS, s.type)), None)
        if nearest is not None and not names & seen:
            links.append((span.id, nearest.id))
        seen |= names
        before.append(span)
    return links


def name_readings(span: Span) -> frozenset[str]:
    """Return the readings of a name's words, clitics aside; none for a mention that is no name."""
    return readings(span.text) if is_name(span) else frozenset()


def is_name(span: Span) -> bool:
    """Say whether a mention is a name, so that its recurring in the same words needs no SAME_AS.

    - WEAPON, VEHICLE, TIME and events: never (two `F-16` are two).
    - What begins with a numeral or quantity word is none.
    - Without Arabic letters and without a capital it is none, but for a GPE.
    - PERSON: a name unless the head, the first word in Arabic and the last in English, is a common noun.
    - Other types: a name unless every word is a common noun or such an adjective (`التنظيم`, `المنطقة`, `the group`);
      `قوات النظام`, `الجيش`, `الشرطة` are names, as the scheme says of `القوات الأميركية`.
    """
    return _is_name(span.type, span.text)


@functools.lru_cache(maxsize=1 << 16)
def _is_name(kind: str, text: str) -> bool:
    listed = _common_nouns().get(kind)
    found = [text[start:end] for start, end in words(text)]
    if listed is None or not found or _counts(found[0]):
        return False
    arabic = _ARABIC.search(text) is not None
    if not arabic and kind != "GPE" and text == text.lower():
        return False
    if kind == "PERSON":
        return not _in(listed, found[0] if arabic else found[-1])
    return not all(_in(listed, word) or _in(_numbers(), word) for word in found)


def _counts(word: str) -> bool:
    """Say whether a first word makes a mention a count of things (`3`, `خمسة`), not `4th` of a unit's name."""
    return (_COUNT.match(word) is not None and not _ORDINAL.fullmatch(word)) or _in(_numbers(), word)


def _in(listed: frozenset[str], word: str) -> bool:
    return not listed.isdisjoint(_arabic_stems(word) if _ARABIC.search(word) else _english_stems(word))


def _arabic_stems(word: str) -> Iterator[str]:
    for reading in readings(word):
        yield from (reading.removesuffix(ending) for ending in _AR_ENDINGS)
        yield from (reading.removesuffix(ending) + "ه" for ending in _AR_FEMININE if reading.endswith(ending))


def _english_stems(word: str) -> Iterator[str]:
    folded = fold(word)
    yield from (folded.removesuffix(ending) + new for ending, new in _EN_ENDINGS if folded.endswith(ending))


@functools.cache
def _lists() -> dict[str, dict[str, str]]:
    import yaml

    source = resources.files("rasad.annotations").joinpath("common_nouns.yaml")
    data: dict[str, dict[str, str]] = yaml.safe_load(source.read_text("utf-8"))
    return data


@functools.cache
def _common_nouns() -> dict[str, frozenset[str]]:
    """Common nouns in both languages by the type of span."""
    lists = _lists()
    return {kind: frozenset(" ".join(lists[name].values()).split()) for kind, name in lists["kinds"].items()}


@functools.cache
def _numbers() -> frozenset[str]:
    return frozenset(" ".join(_lists()["numbers"].values()).split())


class _Groups:
    """Disjoint sets of ids."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._parent = {i: i for i in ids}

    def find(self, i: str) -> str:
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def join(self, a: str, b: str) -> None:
        self._parent[self.find(a)] = self.find(b)

    def sets(self) -> list[frozenset[str]]:
        found: dict[str, set[str]] = {}
        for i in self._parent:
            found.setdefault(self.find(i), set()).add(i)
        return [frozenset(s) for s in found.values()]
