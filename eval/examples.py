"""Examples: a document as gold has it beside its prediction, as HTML; what is missed or invented says so in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rasad.annotations.document import Document, Span
from rasad.annotations.jsonl import from_json
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import paragraphs
from rasad.eval.claims import Claim, scores, span_claims
from rasad.inference.articles import language
from rasad.inference.page.markup import DIRECTIONS, hue_class, safe
from rasad.inference.phrases import called

FOUND, MISSED, INVENTED = "found", "missed", "invented"
_SAY = {
    "en": {
        **{word: word for word in (FOUND, MISSED, INVENTED)},
        "gold": "Gold",
        "predicted": "Prediction",
        "spans": "Spans",
        "relations": "Relations",
        "comma": ", ",
    },
    "ar": {
        FOUND: "صحيح",
        MISSED: "فائت",
        INVENTED: "زائد",
        "gold": "المرجع",
        "predicted": "التوقع",
        "spans": "المقاطع",
        "relations": "العلاقات",
        "comma": "، ",
    },
}


def example_html(example: Mapping[str, Any], key: str, scheme: Scheme) -> str:
    """Return a document's two readings side by side, paragraph by paragraph, and its relations in a table.

    Args:
        example: `gold` and `predicted` in the JSON form of a document.
        key: an id that is not yet on the page.
        scheme: whose labels both are in.

    Raises:
        FormatError: where a document is none.
    """
    gold, predicted = (
        from_json(example[side], f"examples, {side} of {example.get('document')}", scheme)
        for side in ("gold", "predicted")
    )
    return _Example(gold, predicted, scheme).html(key)


@dataclass(frozen=True)
class _Example:
    gold: Document
    predicted: Document
    scheme: Scheme

    @property
    def lang(self) -> str:
        return "ar" if self.gold.lang == "ar" else "en"

    @property
    def say(self) -> Mapping[str, str]:
        return _SAY[self.lang]

    def html(self, key: str) -> str:
        heads = "".join(f'<h4 class="{side}">{self.say[side]}</h4>' for side in ("gold", "predicted"))
        spans = _sorted(span_claims(self.gold), span_claims(self.predicted))
        return (
            f'<section class="example" id="{key}" lang="{self.lang}" dir="{DIRECTIONS[self.lang]}">'
            f"<h3><bdi>{safe(self.gold.id)}</bdi></h3>"
            f'<p class="tally">{self.say["spans"]}: {self._tally(spans)}</p>'
            f'<div class="sides">{heads}</div><div class="text sides">{"".join(self._paragraphs())}</div>'
            f"{self._relations()}</section>"
        )

    def _tally(self, claims: Mapping[Claim, str]) -> str:
        found = list(claims.values())
        counts = (f"{self.say[state]} {found.count(state)}" for state in (FOUND, MISSED, INVENTED))
        return self.say["comma"].join(counts)

    def _paragraphs(self) -> Iterator[str]:
        for start, end in paragraphs(self.gold.text):
            lang = language(self.gold.text[start:end])
            way = f' dir="{DIRECTIONS[lang]}"' + ("" if lang == "mixed" else f' lang="{lang}"')
            for side, state in (("gold", MISSED), ("predicted", INVENTED)):
                pieces = "".join(self._pieces(side, state, start, end))
                # The name stands in an element of its own: shown where both sides are below each other.
                yield f'<div class="side {side}"><b>{self.say[side]}</b><p{way}>{pieces}</p></div>'

    def _pieces(self, side: str, state: str, start: int, end: int) -> Iterator[str]:
        document, other = (self.gold, self.predicted) if side == "gold" else (self.predicted, self.gold)
        known, done = {(span.start, span.end, span.type) for span in other.spans}, start
        for span in document.spans:
            if start <= span.start < end:
                yield safe(document.text[done : max(done, span.start)])
                # Of a span that overlaps one before it only the rest is marked; its label tells of it all the same.
                words = document.text[max(done, span.start) : max(done, min(span.end, end))]
                done = max(done, min(span.end, end))
                yield self._mark(span, words, "" if (span.start, span.end, span.type) in known else state)
        yield safe(document.text[done:end])

    def _mark(self, span: Span, words: str, state: str) -> str:
        kind = "event" if self.scheme.is_event(span.type) else "entity"
        values = {"polarity": span.polarity, "modality": span.modality}
        told = [value for name, value in values.items() if value and value != self.scheme.default(name)]
        label = [self.scheme.name(name, self.lang) for name in (span.type, *told)]
        label += [self.say[state]] if state else []
        kinds = " ".join(filter(None, (kind, *told, state, hue_class(span.type, self.scheme))))
        title = safe(span.type if span.score is None else f"{span.type} {span.score:.2f}")
        return f'<span class="mark {kinds}" data-label="{safe(" · ".join(label))}" title="{title}">{safe(words)}</span>'

    def _relations(self) -> str:
        """Return every relation of either side, SAME_AS as it is written, in the order of the text."""
        ours, theirs = ({c for c in scores(d) if len(c.mentions) == 2} for d in (self.gold, self.predicted))
        states = _sorted(ours, theirs)
        if not states:
            return ""
        rows = "".join(f'<tr class="{state}">{self._cells(claim, state)}</tr>' for claim, state in states.items())
        told = f"{self.say['relations']}: {self._tally(states)}"
        return f'<details open><summary>{told}</summary><div class="scroll"><table>{rows}</table></div></details>'

    def _cells(self, claim: Claim, state: str) -> str:
        head, tail = (self._words(*mention) for mention in claim.mentions)
        name = safe(self.scheme.name(claim.label, self.lang))
        return f'<th scope="row">{self.say[state]}</th><td>{head}</td><td>{name}</td><td>{tail}</td>'

    def _words(self, start: int, end: int, span_type: str) -> str:
        span = Span("", start, end, span_type, self.gold.text[start:end])
        name = safe(self.scheme.name(span_type, self.lang))
        return f'<bdi class="filler {hue_class(span_type, self.scheme)}" title="{name}">{safe(called(span))}</bdi>'


def _sorted(gold: set[Claim], predicted: set[Claim]) -> dict[Claim, str]:
    """Return whether each claim is found, missed or invented, in the order of the text."""
    states = {claim: FOUND if claim in predicted else MISSED for claim in gold}
    states |= dict.fromkeys(predicted - gold, INVENTED)
    return dict(sorted(states.items()))
