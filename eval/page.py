"""Pages: an evaluation as one HTML file, whole in itself, drawn from its JSON form.

It loads nothing and runs nothing. What comes from documents or checkpoints is escaped, and the page's own policy
forbids scripts and loading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from rasad.annotations.scheme import Scheme, default_scheme
from rasad.eval.examples import example_html
from rasad.eval.grids import FAMILIES, Grid, Section, absent, between, interval, part, ratio, require, sections
from rasad.eval.plots import Bar, bars, heat_map, learning, reliability, risk
from rasad.inference.page.markup import DIRECTIONS, page_html, safe, style_sheet

Json = Mapping[str, Any]
_BETWEEN_ENDS = re.compile(r"\](.*)\[", re.DOTALL)


def to_html(report: Json, title: str = "Evaluation", scheme: Scheme | None = None) -> str:
    """Return the page of an evaluation.

    Args:
        report: the JSON form of an evaluation; a part that is missing or null is left out, and the page says so.
        title: of the page.
        scheme: whose labels the examples are in; the one that rasad ships where it is None.

    Raises:
        RasadError: where the report is of another form, or an example is no document of the scheme.
    """
    require(report)
    scheme = scheme or default_scheme()
    found = {section.name: section for section in sections(report)}
    bodies = {section.title: (name, _section(section, report, scheme)) for name, section in found.items()}
    if examples := "".join(_examples(report, scheme)):
        about = "Marks of gold and of the prediction. What only one of them has is in a frame, and says so."
        bodies["Examples"] = ("examples", f'<p class="about">{about}</p>{examples}')
    style = style_sheet(scheme) + resources.files("rasad.eval").joinpath("page.css").read_text("utf-8")
    parts = (
        f'<header class="page"><h1>{safe(title)}</h1></header>',
        _facts(report),
        _tiles(report),
        _contents({name: heading for heading, (name, _) in bodies.items()}),
        _left_out(report, there="Examples" in bodies),
        "<main>",
        *(f'<section id="{name}"><h2>{heading}</h2>{body}</section>' for heading, (name, body) in bodies.items()),
        "</main>",
    )
    return page_html(title, style, "en", parts, "evaluation")


def _facts(report: Json) -> str:
    told = {name: report.get(name) for name in ("checkpoint", "documents", "words")}
    if learnt := report.get("learnt"):
        told["trained on documents"] = f"{learnt.get('documents')} ({learnt.get('hash')})"
    facts = " · ".join(f"{name} <bdi>{safe(str(value))}</bdi>" for name, value in told.items() if value is not None)
    # In pieces between which a line may break, with nothing added that would be copied.
    signature = "".join(
        f"<span>{piece}</span>" for piece in re.findall(r"[^|]*\|?", safe(report["signature"])) if piece
    )
    return f'<p class="facts">{facts}</p><p><code class="signature">{signature}</code></p>'


def _tiles(report: Json) -> str:
    tiles = []
    for family, title in FAMILIES.items():
        micro = part(report, "total", family, "micro")
        if micro:
            rest = f"P {ratio(micro['precision'])} · R {ratio(micro['recall'])}"
            ends = interval(report, family)
            whole = f"<small>95% {between(ends)}</small>" if ends else ""
            tiles.append(f"<li>{title}, F1 <strong>{ratio(micro['f1'])}</strong>{whole}<small>{rest}</small></li>")
    return f'<ul class="tiles">{"".join(tiles)}</ul>'


def _contents(headings: Mapping[str, str]) -> str:
    links = "".join(f'<li><a href="#{name}">{heading}</a></li>' for name, heading in headings.items())
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>'


def _left_out(report: Json, there: bool) -> str:
    names = [*absent(report), *([] if there else ["Examples"])]
    return f'<p class="left-out">Not in this report: {safe("; ".join(names))}.</p>' if names else ""


def _section(section: Section, report: Json, scheme: Scheme) -> str:
    plots, behind = _PLOTS.get(section.name), ""
    figures = "".join(plots(report, scheme)) if plots else ""
    if section.name == "errors":
        behind = "".join(_telling(part(report, "errors", "telling") or ()))
    drawn = f'<div class="plots">{figures}</div>' if figures else ""
    tables = "".join(map(_table, section.grids))
    return f'<p class="about">{safe(section.about)}</p>{drawn}<div class="tables">{tables}</div>{behind}'


def _table(grid: Grid) -> str:
    head = "".join(f'<th scope="col"{_number(grid, i)}>{safe(name)}</th>' for i, name in enumerate(grid.head))
    rows = "".join(f"<tr>{''.join(_cells(grid, row))}</tr>" for row in grid.rows)
    caption = f"<caption>{safe(grid.title)}</caption>"
    return f'<div class="scroll"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _cells(grid: Grid, row: Sequence[str]) -> Iterator[str]:
    for place, cell in enumerate(row):
        tag = ("th", "td")[place >= grid.words]
        scope = ' scope="row"' if tag == "th" else ""
        yield f"<{tag}{scope}{_number(grid, place)}><bdi>{safe(cell)}</bdi></{tag}>"


def _number(grid: Grid, column: int) -> str:
    return ' class="number"' if column >= grid.words else ""


def _figure(title: str, svg: str, kind: str = "") -> str:
    return f'<figure class="{kind}"><figcaption>{safe(title)}</figcaption><div class="scroll">{svg}</div></figure>'


def _type_plots(report: Json, scheme: Scheme) -> Iterator[str]:
    for family, name in FAMILIES.items():
        types = part(report, "total", family, "types")
        if types:
            rows = [Bar(label, counts["f1"], interval(report, family, label)) for label, counts in types.items()]
            title = f"{name}: F1 by type, with 95% intervals"
            yield _figure(title, bars(title, rows))


def _calibration_plots(report: Json, scheme: Scheme) -> Iterator[str]:
    for name, draw, key in (("reliability", reliability, "bins"), ("risk by coverage", risk, "curve")):
        for family, title in FAMILIES.items():
            found = part(report, "calibration", family, key)
            if found:
                title = f"{title}: {name}"
                yield _figure(title, draw(title, found))


def _confusion(report: Json, scheme: Scheme) -> Iterator[str]:
    pairs = part(report, "errors", "confusion")
    if pairs:
        title = "Types of gold (rows) and of the prediction (columns)"
        yield _figure(title, heat_map(title, pairs, scheme.types), "wide")


def _learning_curve(report: Json, scheme: Scheme) -> Iterator[str]:
    title = "F1 by training documents"
    yield _figure(title, learning(title, report["curve"]))


_PLOTS = {
    "types": _type_plots,
    "calibration": _calibration_plots,
    "errors": _confusion,
    "curve": _learning_curve,
}


def _telling(errors: Sequence[Json]) -> Iterator[str]:
    """Yield the errors of each family in their words, in a list that opens."""
    for family in dict.fromkeys(error["family"] for error in errors):
        items = [_error(error) for error in errors if error["family"] == family]
        summary = f"Telling errors: {safe(FAMILIES.get(family, family).lower())} ({len(items)})"
        yield f'<details open><summary>{summary}</summary><ul class="telling">{"".join(items)}</ul></details>'


def _error(error: Json) -> str:
    lang = "ar" if error["lang"] == "ar" else "en"
    what = "missed" if error["side"] == "gold" else "wrong"
    facts = [f"<b>{what}</b>", *(f"<bdi>{safe(error[key])}</bdi>" for key in ("types", "cause", "document"))]
    if error.get("score") is not None:
        facts.append(f"score {error['score']:.2f}")
    # Of a relation the words run from end to end, and the brackets in them are those of the ends.
    ends = _BETWEEN_ENDS.sub(r"</mark>\1<mark>", safe(error["text"]))
    if error.get("instead"):
        facts.append(f"instead: <bdi>{safe(error['instead'])}</bdi>")
    words = f"{safe(error['before'])}<mark>{ends}</mark>{safe(error['after'])}"
    return f'<li>{" · ".join(facts)}<p lang="{lang}" dir="{DIRECTIONS[lang]}">{words}</p></li>'


def _examples(report: Json, scheme: Scheme) -> Iterator[str]:
    for number, example in enumerate(report.get("examples") or (), 1):
        yield example_html(example, f"example{number}", scheme)
