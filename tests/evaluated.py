"""An evaluation of the two invented articles, read with mistakes made by hand, in its JSON form as a file gives it."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import Any

from stories import arabic, english

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import default_scheme
from rasad.eval.evaluation import Speed, measure, to_dict

CURVE = [
    {"documents": 10, "words": 2100, "entities": 0.41, "triggers": 0.38, "relations": 0.12, "seeds": 1},
    {"documents": 40, "words": 8300, "entities": 0.63, "triggers": 0.57, "relations": 0.29, "seeds": 3},
]


def reading(gold: Document, *, without: str, invented: tuple[str, str], as_type: tuple[str, str]) -> Document:
    """Return a prediction: a span of gold is not in it, one of another type is, one more is invented."""
    (word, label), (changed, other) = invented, as_type
    start = gold.text.index(word)
    spans = [replace(s, score=0.9, type=other if s.id == changed else s.type) for s in gold.spans if s.id != without]
    spans.append(Span("new", start, start + len(word), label, word, score=0.4))
    relations = [replace(r, score=0.8) for r in gold.relations if without not in (r.head, r.tail)]
    wrong = replace(relations[0], type="PLACE" if relations[0].type != "PLACE" else "TARGET")
    relations = [wrong, *relations[1:], Relation(relations[1].head, "WHEN", "new", 0.3)]
    return replace(gold, spans=tuple(spans), relations=tuple(relations), model="tiny@0123abcd4567")


@functools.cache
def _written() -> str:
    gold = [arabic(), english()]
    predicted = [
        reading(gold[0], without="w1", invented=("سكان", "PERSON"), as_type=("g1", "FORCE")),
        reading(gold[1], without="t1", invented=("spokesman", "PERSON"), as_type=("e3", "ATTACK")),
    ]
    # What a model that links gold's spans would say.
    given = [replace(one, relations=one.relations[:-4], model="tiny@0123abcd4567") for one in gold]
    speed = Speed(seconds=0.5, memory=812.5, device="cpu, 2 threads")
    found = measure(
        gold,
        predicted,
        default_scheme(),
        split="dev",
        given_spans=given,
        speed=speed,
        samples=200,
        trained=gold[:1],
        learnt={"documents": 1, "hash": "abc"},
    )
    return json.dumps({**to_dict(found), "curve": CURVE})


def evaluated() -> dict[str, Any]:
    """Return the report, whole, each time anew."""
    report: dict[str, Any] = json.loads(_written())
    return report
