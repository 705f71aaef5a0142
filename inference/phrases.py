"""Phrases: the words around the data in tables and pages, in the language of the article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from rasad.annotations.document import Span
from rasad.annotations.scheme import Scheme
from rasad.inference.events import Dispute, EventRecord

TOLL = ("KILLED", "INJURED")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s?$")

_EN = {
    "what": "What",
    "main": "main incident",
    "background": "background",
    "AGENT": "Who",
    "TARGET": "To whom",
    "INSTRUMENT": "With what",
    "ORIGIN": "From where",
    "where": "Where",
    "WHEN": "When",
    "result": "Result",
    "SOURCE": "Who says so",
    "from": "from {}",
    "with": "with {}",
    "by": "by {}",
    "on": "on {}",
    "not": "not {}",
    "no": "no {}",
    "DENIAL": "denied",
    "CLAIM": "claimed",
    "ACCUSATION": "blamed",
    "KILLED": "killed",
    "INJURED": "injured",
    "unharmed": "unharmed",
    "missing": "missing",
    "damaged": "damaged",
    "ABOUT": "about {}",
    "RESPONSE_TO": "in response to {}",
    "CAUSES": "leads to {}",
    "comma": ", ",
    "more": "+{}",
    "bare": "Also spoken of, with no details: {}",
    "nothing": "No events found.",
    "events": "Events",
    "legend": "Marks",
    "details": "Everything that was read, link by link",
    "head": "From",
    "relation": "Link",
    "tail": "To",
    "score": "Score",
    "mentions": "In the text",
    "articles": "Articles",
    "labels": "Name the type beside each mark",
    "skip": "Go to the events",
}
_AR = {
    "what": "الحدث",
    "main": "الحدث الرئيسي",
    "background": "خلفية",
    "AGENT": "الفاعل",
    "TARGET": "المستهدف",
    "INSTRUMENT": "الأداة",
    "ORIGIN": "المنطلق",
    "where": "المكان",
    "WHEN": "الزمن",
    "result": "النتيجة",
    "SOURCE": "المصدر",
    "from": "من {}",
    "with": "الأداة: {}",
    "by": "من {}",
    "on": "موجَّه إلى {}",
    "not": "بلا {}",
    "no": "بلا {}",
    "DENIAL": "نفي",
    "CLAIM": "تبنٍّ",
    "ACCUSATION": "اتهام",
    "KILLED": "القتلى",
    "INJURED": "الجرحى",
    "unharmed": "لم يُصب",
    "missing": "المفقودون",
    "damaged": "المتضرر",
    "ABOUT": "بشأن {}",
    "RESPONSE_TO": "ردًّا على {}",
    "CAUSES": "أدى إلى {}",
    "comma": "، ",
    "more": "+{}",
    "bare": "وذُكر أيضا من غير تفاصيل: {}",
    "nothing": "لم يُعثر على أحداث.",
    "events": "الأحداث",
    "legend": "العلامات",
    "details": "كل ما قُرئ، رابطا رابطا",
    "head": "من",
    "relation": "العلاقة",
    "tail": "إلى",
    "score": "الدرجة",
    "mentions": "في النص",
    "articles": "المقالات",
    "labels": "أظهر اسم النوع بجانب كل علامة",
    "skip": "إلى الأحداث",
}


def phrases(lang: str) -> Mapping[str, str]:
    """Return the phrases for articles in a language: Arabic for `ar`, English otherwise."""
    return _AR if lang == "ar" else _EN


def called(span: Span) -> str:
    """Return the words of a mention as a name in a list."""
    return one_line(span.text)


def one_line(text: str) -> str:
    """Return words on one line, without the English possessive at their end."""
    return _POSSESSIVE.sub("", " ".join(text.split()))


def stand(dispute: Dispute, scheme: Scheme, lang: str, call: Callable[[Iterable[str]], str]) -> str:
    """Return who denies, claims or blames whom; `call` writes the spans of some ids."""
    say = phrases(lang)
    word = say[dispute.type]
    parts = [say["not"].format(word) if dispute.polarity == "negative" else word]
    parts += [say["on"].format(call(dispute.against))] if dispute.against else []
    parts += [say["by"].format(call(dispute.by))] if dispute.by else []
    if dispute.modality != scheme.default("modality"):
        parts.append(f"({scheme.name(dispute.modality, lang)})")
    return " ".join(parts)


def stands(group: Sequence[EventRecord], scheme: Scheme, lang: str, call: Callable[[Iterable[str]], str]) -> list[str]:
    """Return who denies, claims or blames an event and what hangs on it (`group`, the event first), each line once.

    What is said only of the casualties or the damage says so: who denies the dead need not deny the attack.
    """
    lines: dict[str, None] = {}
    for part in group:
        for line in (stand(dispute, scheme, lang, call) for dispute in part.disputes):
            if line not in lines:
                lines[line if part is group[0] else f"{scheme.name(part.type, lang)}: {line}"] = None
    return list(lines)


def toll(record: EventRecord, lang: str, call: Callable[[Iterable[str]], str]) -> tuple[str, ...]:
    """Return whom an event killed and injured, or left unharmed."""
    say = phrases(lang)
    if record.polarity == "negative":
        titles = {"KILLED": say["no"].format(say["KILLED"]), "INJURED": say["unharmed"]}
    else:
        titles = {role: say[role] for role in TOLL}
    return tuple(f"{titles[role]}: {call(record.roles[role])}" for role in TOLL if role in record.roles)


def hung(record: EventRecord, scheme: Scheme, lang: str, call: Callable[[Iterable[str]], str]) -> tuple[str, ...]:
    """Return what casualties or damage say where they are told with their cause: by name, if not of whom or what."""
    say, name = phrases(lang), scheme.name(record.type, lang)
    negative = record.polarity == "negative"
    lines = toll(record, lang, call)
    if "TARGET" in record.roles:
        title = say["missing"] if record.type == "CASUALTIES" else say["damaged"]
        lines += (f"{say['not'].format(title) if negative else title}: {call(record.roles['TARGET'])}",)
    lines = lines or (say["no"].format(name) if negative else name,)
    if record.modality == scheme.default("modality"):
        return lines
    return tuple(f"{line} ({scheme.name(record.modality, lang)})" for line in lines)
