"""The table: rows and titles in the language of the article, and lines that fit and keep to themselves."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from rich.cells import cell_len
from rich.console import Console
from stories import arabic, english
from strategies import SCHEME, documents

from rasad.annotations.document import Document, Relation
from rasad.annotations.markdown import parse_markdown
from rasad.inference.table import render_table

LTR, RTL, FIRST, END = "\u200e", "\u2067", "\u2068", "\u2069"


def table(doc: Document, width: int = 120) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    render_table(doc, SCHEME, console)
    return console.export_text()


def flat(text: str) -> str:
    return " ".join(re.sub(f"[{RTL}{FIRST}{END}]", "", text).split())


def column(text: str, title: str) -> str:
    """Return what the first row says below a title, read off by position."""
    heading, row = re.split("\n ?─+ ?\n", text)[1:3]
    start = next(line for line in heading.splitlines() if title in line).index(title)
    after = re.search(r"  +\S", heading.splitlines()[-1][start:])
    end = start + after.end() - 1 if after else None
    return flat(" ".join(line[start:end] for line in row.splitlines()))


def test_a_wide_table_says_who_did_what_and_who_says_so() -> None:
    shown = table(english(), 160)
    assert shown.splitlines()[0].rstrip() == "Convoy ambushed near Tell Rabi"
    assert shown.splitlines()[1].rstrip() == "en-orchard · en · 2025-03-12"
    assert column(shown, "Who ") == "Gunmen"
    assert column(shown, "To whom") == "army convoy"
    assert column(shown, "With what") == "roadside bomb"
    assert column(shown, "When") == "Tuesday 2025-03-11"
    assert column(shown, "Result") == "killed: two soldiers damaged: Two trucks (uncertain)"
    assert column(shown, "Who says so") == (
        "Colonel Samir Haddan blamed on Orchard Front by Colonel Samir Haddan denied by Orchard Front not claimed"
    )


def test_events_without_details_are_summed_up() -> None:
    assert "Also spoken of, with no details: clash ×2, search operation" in table(english())


def test_links_between_rows_name_the_number() -> None:
    shown = flat(table(english(), 200))
    assert re.search(r" 2 attack army orchards .*in response to attack 1", shown)


def test_columns_that_would_be_empty_are_left_out() -> None:
    doc = replace(english(), relations=(Relation("e10", "TARGET", "l1"),))
    shown = table(doc)
    assert "To whom" in shown
    assert not any(title in shown for title in ("With what", "When", "Result", "Who says so"))


def test_an_arabic_table_runs_from_the_right() -> None:
    shown = table(arabic(), 200)
    head = next(line for line in shown.splitlines() if "الحدث" in line)
    titles = re.findall(r"[\u0621-\u064a]+", head)
    assert titles == ["المصدر", "النتيجة", "الزمن", "المكان", "الأداة", "المستهدف", "الفاعل", "الحدث"]
    assert "لم يُصب: البحارة" in flat(shown)
    assert "بشأن هجوم 2" in flat(shown)
    assert "وذُكر أيضا من غير تفاصيل: اشتباك" in flat(shown)


def test_each_cell_of_arabic_keeps_its_own_direction() -> None:
    for line in table(arabic()).splitlines():
        for cell in re.findall(r"[\u0621-\u064a][^\n]*?(?=  |$)", line):
            assert cell.endswith(END)
        assert line.count(RTL) == line.count(END)
        outside = re.sub(f"{RTL}[^{END}]*{END}", "", line)
        assert not re.search(r"[\u0621-\u064a]", outside)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("doc", [arabic(), english()], ids=["ar", "en"])
def test_lines_fit(doc: Document, width: int) -> None:
    assert max(cell_len(line) for line in table(doc, width).splitlines()) <= width


def test_words_stay_whole_at_eighty_columns() -> None:
    shown = table(english(), 80)
    for word in ("ambushed", "convoy", "orchards", "soldiers", "(uncertain)", "Colonel", "roadside"):
        assert word in shown


def test_status_is_said_in_words() -> None:
    doc = parse_markdown(
        "---\nid: x\nlang: en\n---\n[raid](ATTACK:e1) on a [depot](FACILITY:f1)\n\n"
        "```relations\ne1 TARGET f1\ne1 polarity=negative\ne1 modality=uncertain\n```\n",
        "x",
    )
    assert "did not happen, uncertain" in flat(table(doc))
    assert "reported" not in table(doc)


def test_a_planned_release_is_told_as_both() -> None:
    doc = parse_markdown(
        "---\nid: x\nlang: en\n---\n[Release](DETENTION:e1) of [hostages](PERSON:h1) tomorrow\n\n"
        "```relations\ne1 TARGET h1\ne1 polarity=negative\ne1 modality=hypothetical\n```\n",
        "x",
    )
    assert "freed or not held, not yet happened" in flat(table(doc))


def test_an_article_cannot_reach_the_terminal() -> None:
    hostile = "\x1b[31m[red]x[/red]\u202e\x07"
    doc = parse_markdown(
        "---\nid: x\nlang: en\n---\nHeadline \x1b[2J\u202e\n[raid](ATTACK:e1) on a [depot](FACILITY:f1)\n\n"
        "```relations\ne1 TARGET f1\n```\n".replace("[2J", "\\[2J"),
        "x",
    )
    target = doc.by_id["f1"]
    text = doc.text[: target.start] + hostile
    span = replace(target, end=len(text), text=hostile)
    doc = replace(doc, text=text, spans=(doc.by_id["e1"], span), relations=doc.relations)
    shown = table(doc)
    assert not re.search("[\x07\x1b\u202e]", shown)
    assert "[red]x[/red]" in shown


def test_an_article_without_events_says_so() -> None:
    assert "No events found." in table(Document("x", "A quiet day.", "en"))
    assert "لم يُعثر على أحداث." in table(Document("x", "يوم هادئ.", "ar"))
    assert "No events found." in table(Document("x", "", "mixed"))


@settings(max_examples=40)
@given(documents(predicted=True))
def test_any_document_can_be_shown(doc: Document) -> None:
    lines = table(doc, 80).splitlines()
    assert max(cell_len(line) for line in lines) <= 80


def test_who_denies_the_dead_does_not_deny_the_attack() -> None:
    doc = parse_markdown(
        "---\nid: d\nlang: en\n---\n"
        "[Jets](VEHICLE:v1) [struck](ATTACK:e1) the [port](FACILITY:f1), [killing](CASUALTIES:e2) "
        "[two guards](PERSON:h1). "
        "[Harbour Command](FORCE:g1) [denied](DENIAL:e3) the [deaths](CASUALTIES:e4) and [blamed](ACCUSATION:e5) "
        "[Reed Front](GROUP:g2).\n\n```relations\ne1 INSTRUMENT v1\ne1 TARGET f1\ne1 CAUSES e2\ne2 KILLED h1\n"
        "e3 AGENT g1\ne3 ABOUT e4\ne4 SAME_AS e2\ne5 AGENT g1\ne5 TARGET g2\ne5 ABOUT e1\ne5 ABOUT e2\n```\n",
        "d.md",
    )
    shown = flat(table(doc, 200))
    assert "casualties: denied by Harbour Command" in shown
    assert shown.count("blamed on Reed Front by Harbour Command") == 1


def test_the_main_incident_comes_first_and_background_last() -> None:
    doc = parse_markdown(
        "---\nid: x\nlang: en\ndate: 2024-04-22\n---\n[Blast](EXPLOSION:e1) in [Basra](GPE:p1)\n"
        "[Gunmen](PERSON:h1) [raided](ATTACK:e2) a [depot](FACILITY:f1) in [Kirkuk](GPE:p2) in [January](TIME:t1), "
        "[killing](CASUALTIES:e3) [two guards](PERSON:h2). A [patrol](DEPLOYMENT:e4) passed [Mosul](GPE:p3).\n\n"
        "```relations\ne1 PLACE p1\ne2 AGENT h1\ne2 TARGET f1\ne2 PLACE p2\ne2 WHEN t1\ne2 CAUSES e3\ne3 KILLED h2\n"
        "e4 PLACE p3\n```\n",
        "x",
    )
    shown = flat(table(doc, 160))
    assert re.search(r"1 explosion .* 2 deployment .* 3 attack", shown)
    assert "main incident, reported" in shown
    assert "background, reported" in shown
    assert "2024-01" in shown
