"""The page of an evaluation: what gold and the prediction say told apart in words, whole in itself, and it fits."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from evaluated import evaluated
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import arabic, english
from strategies import SCHEME, documents
from test_page import Element, parse

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.jsonl import to_json
from rasad.annotations.words import paragraphs
from rasad.eval.page import to_html

BARE: dict[str, Any] = {"form": 1, "signature": "scheme:2.1|split:dev|checkpoint:abc"}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def example(gold: Document, predicted: Document) -> Element:
    report = {**BARE, "examples": [{"document": gold.id, "gold": to_json(gold), "predicted": to_json(predicted)}]}
    (found,) = parse(to_html(report)).all("section", "example")
    return found


def marks(found: Element, side: str) -> list[tuple[str, str]]:
    sides = [one for one in found.all("div", "side") if side in one.attributes["class"].split()]
    return [(mark.text, mark.attributes["data-label"]) for one in sides for mark in one.all("span", "mark")]


def test_what_one_side_lacks_says_so_on_the_other() -> None:
    gold = english()
    # Without the agent and its role; Tell Rabi taken for a location; "spokesman" invented.
    spans = [replace(s, type="LOCATION") if s.id == "p1" else s for s in gold.spans if s.id != "h1"]
    start = gold.text.index("spokesman")
    extra = replace(gold.spans[0], id="n", start=start, end=start + 9, text="spokesman", type="PERSON", polarity=None)
    relations = [r for r in gold.relations if r.tail != "h1"]
    found = example(gold, replace(gold, spans=(*spans, replace(extra, modality=None)), relations=tuple(relations)))
    ours, theirs = marks(found, "gold"), marks(found, "predicted")
    assert [text for text, _ in ours] == [span.text for span in gold.spans]
    assert [one for one in ours if "missed" in one[1]] == [
        ("Tell Rabi", "geopolitical entity · missed"),
        ("Gunmen", "person · missed"),
    ]
    assert [one for one in theirs if "invented" in one[1]] == [
        ("Tell Rabi", "location · invented"),
        ("spokesman", "person · invented"),
    ]
    assert ("destroyed", "damage · uncertain") in ours and ("destroyed", "damage · uncertain") in theirs
    assert found.all("p", "tally")[0].text == f"Spans: found {len(gold.spans) - 2}, missed 2, invented 2"
    rows = [[cell.text for cell in row.children if isinstance(cell, Element)] for row in found.all("tr")]
    assert [row for row in rows if row[0] != "found"] == [
        # The place is another mention where its type is another.
        ["missed", "ambushed", "place", "Tell Rabi"],
        ["invented", "ambushed", "place", "Tell Rabi"],
        ["missed", "ambushed", "agent", "Gunmen"],
    ]
    assert len(rows) == len(gold.relations) + 1


def test_a_relation_the_other_way_round_is_another() -> None:
    gold = arabic()
    turned = [replace(r, head=r.tail, tail=r.head) if r.type == "LOCATED_IN" else r for r in gold.relations]
    rows = example(gold, replace(gold, relations=tuple(turned))).all("tr")
    told = [
        [c.text for c in row.children if isinstance(c, Element)] for row in rows if row.attributes["class"] != "found"
    ]
    assert told == [
        ["فائت", "ميناء المرسى القديم", "يقع في", "اللاذقية"],
        ["زائد", "اللاذقية", "يقع في", "ميناء المرسى القديم"],
    ]


@settings(max_examples=30)
@given(documents(predicted=True), st.data())
def test_both_sides_show_the_text_to_the_character(doc: Document, data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from([s.id for s in doc.spans]))) if doc.spans else set()
    gold = replace(doc, spans=tuple(s for s in doc.spans if s.id in kept), relations=())
    found = example(gold, doc)
    expected = [
        re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", doc.text[start:end])
        for start, end in paragraphs(doc.text)
    ]
    for side in ("gold", "predicted"):
        shown = [one for one in found.all("div", "side") if side in one.attributes["class"].split()]
        assert [p.text for one in shown for p in one.all("p")] == expected
    invented = [text for text, label in marks(found, "predicted") if label.endswith(("invented", "زائد"))]
    inside = [range(*bounds) for bounds in paragraphs(doc.text)]
    assert len(invented) == sum(s.id not in kept and any(s.start in one for one in inside) for s in doc.spans)


def test_paragraphs_run_the_way_they_are_written() -> None:
    text = "هجوم على الميناء\nThe army said so\nقال Reuters إن"
    found = example(Document("x", text, "ar"), Document("x", text, "ar"))
    ways = [p.attributes["dir"] for one in found.all("div", "gold") for p in one.all("p")]
    assert (found.attributes["dir"], ways) == ("rtl", ["rtl", "ltr", "ltr"])


def test_telling_errors_run_the_way_of_their_document_and_mark_both_ends() -> None:
    told = {"family": "relations", "side": "gold", "cause": "not linked", "types": "AGENT", "score": None}
    first = told | {"document": "a", "lang": "ar", "before": "قال ", "text": "هجوم] على [الميناء", "after": " أمس"}
    second = told | {
        "document": "b",
        "lang": "en",
        "before": "",
        "text": "attack",
        "after": " <b>",
        "side": "predicted",
        "instead": "the attack",
    }
    page = parse(to_html({**BARE, "errors": {"causes": {"relations": {"not linked": 2}}, "telling": [first, second]}}))
    one, other = page.all("ul", "telling")[0].all("li")
    assert [mark.text for mark in one.all("mark")] == ["هجوم", "الميناء"]
    assert one.all("p")[0].text == "قال هجوم على الميناء أمس"
    assert [li.all("p")[0].attributes["dir"] for li in (one, other)] == ["rtl", "ltr"]
    assert (one.all("b")[0].text, other.all("b")[0].text) == ("missed", "wrong")
    assert other.all("p")[0].text == "attack <b>"
    assert "instead: the attack" in other.text and "instead" not in one.text


def test_a_page_has_every_section_and_links_lead_to_them() -> None:
    page = parse(to_html(evaluated()))
    elements = page.all()
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    links = [e.attributes["href"].removeprefix("#") for e in elements if "href" in e.attributes]
    (main,) = page.all("main")
    assert links == [child.attributes["id"] for child in main.children if isinstance(child, Element)]
    assert len(links) == 14 and set(links) <= set(ids)
    # F1 by type of three families, reliability and risk of three, confusion, learning.
    assert len(page.all("svg")) == 3 + 6 + 1 + 1
    assert page.all("p", "left-out") == []


def test_the_head_has_the_signature_whole_and_the_scores_with_intervals() -> None:
    report = evaluated()
    page = parse(to_html(report))
    assert page.all("code", "signature")[0].text == report["signature"]
    micro, (low, high) = report["total"]["triggers"]["micro"], report["intervals"]["triggers"]["all"]
    assert page.all("ul", "tiles")[0].all("li")[1].text == (
        f"Triggers, F1 {micro['f1']:.3f}95% [{low:.3f}, {high:.3f}]P {micro['precision']:.3f} · R {micro['recall']:.3f}"
    )


def test_what_is_missing_is_left_out() -> None:
    report = evaluated()
    whole = to_html(report)
    for name in report.keys() - {"form", "signature"}:
        without = {key: value for key, value in report.items() if key != name}
        assert to_html(without) == to_html({**report, name: None}) != whole, name


def test_the_page_says_what_is_left_out_and_why() -> None:
    report = {**evaluated(), "calibration": {"missing": "no <score> on ar-marsa"}, "incidents": None, "examples": []}
    (line,) = parse(to_html(report)).all("p", "left-out")
    assert line.text == "Not in this report: Incidents; Calibration (no <score> on ar-marsa); Examples."


def test_nothing_in_a_report_becomes_markup() -> None:
    hostile = "<script>alert('x')</script>\"><img src=x onerror=y>&amp;"

    def spoilt(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: spoilt(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [spoilt(v, key) for v in value]
        free = (
            "document",
            "before",
            "after",
            "cause",
            "value",
            "slice",
            "checkpoint",
            "device",
            "signature",
            "types",
            "instead",
        )
        return hostile if isinstance(value, str) and key in free else value

    report = spoilt(evaluated())
    report["errors"]["confusion"].append({"gold": hostile, "predicted": "none", "n": 1})
    report["total"]["entities"]["types"][hostile] = report["total"]["entities"]["micro"]
    report["languages"][hostile] = report["total"]
    for one in report["examples"]:
        for side in ("gold", "predicted"):
            one[side]["id"] = hostile
    page = parse(to_html(report, hostile))
    assert page.all("script") == page.all("img") == []
    assert not [e for e in page.all() if any(name.startswith("on") for name in e.attributes)]
    assert sum(e.text == hostile for e in page.all()) > 15


def test_the_page_asks_for_nothing() -> None:
    page = to_html(evaluated())
    assert "default-src 'none'" in page
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style
    assert not re.search(r"<(?:script|link|img|iframe|object|embed|form)\b|\b(?:src|srcset|action)=", page)


@pytest.mark.parametrize(("change", "says"), [({"form": 2}, "form is 2"), ({"signature": None}, "no signature")])
def test_another_form_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(RasadError, match=says):
        to_html({**BARE, **change})


def test_an_example_that_is_no_document_is_named() -> None:
    broken = {"document": "ar-1", "gold": {"id": "ar-1"}, "predicted": {}}
    with pytest.raises(RasadError, match="examples, gold of ar-1"):
        to_html({**BARE, "examples": [broken]})


# Every text must lie in the window, or in a box that scrolls; every text of a plot in the plot.
MEASURE = """
const outside = (frame) => {
  const page = frame.contentDocument, wide = frame.contentWindow.innerWidth, found = [];
  if (page.documentElement.scrollWidth > wide) found.push("the page is " + page.documentElement.scrollWidth);
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const range = page.createRange(), above = texts.currentNode.parentElement;
    range.selectNodeContents(texts.currentNode);
    const svg = above.closest("svg"), scrolls = above.closest(".scroll");
    const box = svg ? svg.getBoundingClientRect() : { left: 0, right: wide, top: -Infinity, bottom: Infinity };
    if (above.closest("title") || (scrolls && !svg)) continue;
    for (const at of range.getClientRects())
      if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)
        found.push(texts.currentNode.data.slice(0, 40));
  }
  return found;
};
const frames = [...document.querySelectorAll("iframe")];
Promise.all(frames.map((frame) => new Promise((done) => {
  frame.onload = () => done({
    wide: frame.contentWindow.innerWidth,
    texts: frame.contentDocument.querySelectorAll("svg text, td, .mark").length,
    outside: outside(frame),
    asked: frame.contentWindow.performance.getEntriesByType("resource").map((one) => one.name),
  });
  frame.srcdoc = PAGE;
}))).then((found) => { document.body.dataset.found = JSON.stringify(found) });
"""


def measured(page: str, folder: Path) -> list[dict[str, Any]]:
    """Open a page in a phone's window and in a desktop's, and return what was seen there."""
    # Without its policy: a page that only the policy keeps from asking would ask.
    page = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    script = f"const PAGE = {json.dumps(page)};{MEASURE}".replace("</", "<\\/")
    frames = "".join(f'<iframe style="width:{wide}px;height:700px;border:0"></iframe>' for wide in (360, 1280))
    (folder / "frames.html").write_text(f"<!doctype html><meta charset=utf-8><body>{frames}<script>{script}</script>")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}/profile"]
    command = [str(CHROMIUM), *options, "--virtual-time-budget=10000", "--dump-dom", f"file://{folder}/frames.html"]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'data-found="([^"]*)"', dom)
    assert found, dom[:300]
    seen: list[dict[str, Any]] = json.loads(html.unescape(found[1]))
    return seen


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium to open the page in")
def test_the_page_fits_and_loads_nothing_in_a_browser(tmp_path: Path) -> None:
    report = evaluated()
    report["signature"] += "|split:" + "averylongname" * 12
    phone, desktop = measured(to_html(report), tmp_path)
    assert (phone["wide"], desktop["wide"]) == (360, 1280)
    for seen in (phone, desktop):
        assert seen["texts"] > 1000
        assert (seen["outside"], seen["asked"]) == ([], [])


def test_labels_are_of_the_scheme() -> None:
    (first, *_) = marks(example(arabic(), arabic()), "gold")
    assert first == ("هجوم", SCHEME.name("ATTACK", "ar"))
