"""Marks: the text of an article with its spans marked in it, and every link that was read."""

from __future__ import annotations

from collections.abc import Iterator

from rasad.annotations.document import Relation, Span
from rasad.annotations.words import paragraphs
from rasad.inference.articles import language
from rasad.inference.page.markup import DIRECTIONS, hue_class, safe
from rasad.inference.page.view import View
from rasad.inference.phrases import called


def marked_text(view: View) -> str:
    """Return the paragraphs of an article, the first as its headline, to the character."""
    found = [_paragraph(view, n, start, end) for n, (start, end) in enumerate(paragraphs(view.doc.text))]
    found.insert(1, _facts(view))
    return "\n".join(found)


def legend(view: View) -> str:
    """Return the types that occur in an article, each with its colour and meaning."""
    scheme, present = view.scheme, {span.type for span in view.doc.spans}
    found = []
    for name in (t for t in scheme.types if t in present):
        kind = "event" if scheme.is_event(name) else "entity"
        table = scheme.raw["events" if kind == "event" else "entities"]
        meaning = safe(table[name].get("define", {}).get(view.lang, name))
        label = safe(scheme.name(name, view.lang))
        found.append(f'<li><span class="mark {kind} {hue_class(name, scheme)}" title="{meaning}">{label}</span></li>')
    return f'<ul class="legend" aria-label="{view.say["legend"]}">{"".join(found)}</ul>' if found else ""


def link_table(view: View) -> str:
    """Return every relation, as it was read, in a table that opens."""
    links = [link for span in view.doc.spans for link in view.tails.get(span.id, ())]
    if not links:
        return ""
    titles = ["head", "relation", "tail", *(["score"] if any(link.score is not None for link in links) else [])]
    head = "".join(f'<th scope="col">{view.say[title]}</th>' for title in titles)
    rows = "".join(f"<tr>{_cells(view, link, len(titles))}</tr>" for link in links)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<details><summary>{view.say['details']} ({len(links)})</summary>{table}</details>"


def _cells(view: View, link: Relation, count: int) -> str:
    name = safe(view.scheme.name(link.type, view.lang))
    score = "" if link.score is None else f"{link.score:.2f}"
    head, tail = (view.link(view.spans[end], "filler") for end in (link.head, link.tail))
    return "".join(f"<td>{cell}</td>" for cell in (head, name, tail, score)[:count])


def _facts(view: View) -> str:
    doc = view.doc
    facts = [f"<bdi>{safe(doc.id)}</bdi>"]
    facts += [f'<time datetime="{safe(doc.date)}">{safe(doc.date)}</time>'] if doc.date else []
    facts += [f"<bdi>{safe(value)}</bdi>" for value in (*doc.meta.values(), doc.model) if value]
    skip = f'<a href="#{view.key}-events">{view.say["skip"]}</a>'
    turned = f' lang="{view.lang}" dir="{view.direction}"' if view.lang != view.text_lang else ""
    # What stands between paragraphs is not shown, but may be linked to.
    inside = [range(*bounds) for bounds in paragraphs(doc.text)]
    hidden = (s for s in doc.spans if not any(s.start in one for one in inside))
    anchors = "".join(f'<span id="{view.anchors[span.id]}"></span>' for span in hidden)
    return f'<p class="facts"{turned}>{" · ".join((*facts, skip))}{anchors}</p>'


def _paragraph(view: View, number: int, start: int, end: int) -> str:
    lang = language(view.doc.text[start:end])
    turned = lang != "mixed" and DIRECTIONS[lang] != DIRECTIONS[view.text_lang]
    attributes = f' lang="{lang}" dir="{DIRECTIONS[lang]}"' if turned else ""
    tag = "h2" if number == 0 else "p"
    return f"<{tag}{attributes}>{''.join(_pieces(view, start, end))}</{tag}>"


def _pieces(view: View, start: int, end: int) -> Iterator[str]:
    done = start
    for span in view.doc.spans:
        if not start <= span.start < end:
            continue
        if span.start < done:
            # Spans do not overlap by the scheme; one that does is linked to, but cannot be marked as well.
            yield f'<span id="{view.anchors[span.id]}"></span>'
            continue
        yield safe(view.doc.text[done : span.start])
        done = min(span.end, end)
        yield _mark(view, span, view.doc.text[span.start : done])
    yield safe(view.doc.text[done:end])


def _mark(view: View, span: Span, text: str) -> str:
    """Return a span in the text; the style draws its label, so that the text copies as it is."""
    event = view.scheme.is_event(span.type)
    number = view.numbers.get(view.record_of[span.id].id) if event else None
    tag, target = ("a", f' href="#{view.card(number)}"') if number else ("span", "")
    name, states = view.scheme.name(span.type, view.lang), view.states(span)
    label = " · ".join([f"{name} {number}" if number else name, *states.values()])
    kinds = " ".join(["event" if event else "entity", *states, hue_class(span.type, view.scheme)])
    return (
        f'<{tag} class="mark {kinds}" id="{view.anchors[span.id]}"{target} data-label="{safe(label)}" '
        f'title="{safe(_tooltip(view, span, label))}">{safe(text)}</{tag}>'
    )


def _tooltip(view: View, span: Span, label: str) -> str:
    lines = [label if span.score is None else f"{label} · {span.score:.2f}"]
    for relation in view.tails.get(span.id, ()):
        lines.append(f"{view.scheme.name(relation.type, view.lang)}: {called(view.spans[relation.tail])}")
    return "\n".join(lines)
