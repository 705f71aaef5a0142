"""Hypothesis strategies: text with everything that breaks offsets in it, and documents over such text."""

from hypothesis import strategies as st

from rasad.annotations.document import LANGUAGES, Document, Relation, Span
from rasad.annotations.scheme import default_scheme

SCHEME = default_scheme()

# Letters and clitics; diacritics and a dagger alif; tatweel; bidi marks, isolates and embeddings; invisible characters;
# spaces; digits of three kinds; presentation forms; decomposed letters; emoji; line ends; what the written form uses.
PIECES = (
    *("هجوم", "وبال", "ا", "U.S.", "F-16", "al-", "x", "_"),
    *("\u064e", "\u0651", "\u064b", "\u0670", "\u0640\u0640"),
    *("\u200f", "\u200e", "\u061c", "\u2067", "\u2069", "\u202b", "\u202c"),
    *("\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\ufeff"),
    *(" ", "\u00a0", "\u202f", "\u3000", "\t"),
    *("12", "٤٥", "۶", "٬", "٫", "،", "؟"),
    *("ﻻ", "ﷲ", "ﻣﺤ", "ﬁ"),
    *("\u0627\u0653", "e\u0301", "\u0627\u0654"),
    *("👩🏽‍🚒", "🇸🇾", "1️⃣", "🚀"),
    *("\r\n", "\n", "\r", "\n\n", "\u2028", "\x85", "\x0b"),
    *(
        "\\",
        "[",
        "]",
        "\\[",
        "](",
        "(ATTACK:e1)",
        "[a](ATTACK:e1)",
        "#",
        ":",
        "```",
        "\n```relations\n",
        "\n```\n",
        "\n---\n",
    ),
)
IDS = st.from_regex(r"[A-Za-z0-9_.-]{1,4}", fullmatch=True)
VISIBLE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp"))).filter(str.strip)
META = st.dictionaries(st.text(max_size=8).filter(lambda key: key not in ("id", "lang", "date")), st.text(), max_size=3)
SCORES = st.none() | st.floats(0, 1)
JSON = st.recursive(st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=4)


def texts(min_size: int = 0) -> st.SearchStrategy[str]:
    """Text of pieces and of any other characters."""
    return st.lists(st.sampled_from(PIECES) | st.text(max_size=3), min_size=min_size, max_size=20).map("".join)


@st.composite
def documents(draw: st.DrawFn, predicted: bool = False) -> Document:
    """A document with spans anywhere that do not overlap; a prediction has scores, a model and derived values."""
    text = draw(texts())
    scores = SCORES if predicted else st.none()
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    ids = draw(st.lists(IDS, unique=True, min_size=len(cuts), max_size=len(cuts)))
    pairs = zip(ids, cuts[::2], cuts[1::2], strict=False)
    spans = tuple(draw(_span(name, start, end, text, scores)) for name, start, end in pairs)
    ends = st.sampled_from([span.id for span in spans]) if spans else st.nothing()
    relation = st.builds(Relation, ends, st.sampled_from(sorted(SCHEME.relation)), ends, scores)
    return Document(
        id=draw(VISIBLE),
        text=text,
        lang=draw(st.sampled_from(LANGUAGES)),
        date=draw(st.none() | st.dates().map(lambda day: day.isoformat())),
        spans=spans,
        relations=tuple(draw(st.lists(relation, max_size=4))) if spans else (),
        meta=draw(META),
        model=draw(st.text()) if predicted else None,
        derived=draw(st.fixed_dictionaries({}, optional={"times": JSON, "events": JSON})) if predicted else {},
    )


def _span(
    name: str, start: int, end: int, text: str, scores: st.SearchStrategy[float | None]
) -> st.SearchStrategy[Span]:
    place = {"id": st.just(name), "start": st.just(start), "end": st.just(end), "text": st.just(text[start:end])}
    attributes = {key: st.sampled_from(values) for key, values in SCHEME.attributes.items()}
    entity = st.builds(Span, type=st.sampled_from(SCHEME.entities), score=scores, **place)
    return entity | st.builds(Span, type=st.sampled_from(SCHEME.events), score=scores, **place, **attributes)
