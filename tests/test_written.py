"""Tables in Markdown and LaTeX: the numbers of the evaluation, written alike, and nothing that a name could break."""

from __future__ import annotations

import re
from typing import Any

import pytest
from evaluated import evaluated
from hypothesis import given
from hypothesis import strategies as st

from rasad.annotations.errors import RasadError
from rasad.eval.grids import Grid, absent, sections
from rasad.eval.written import code, markdown_table, to_latex, to_markdown

COUNTS = {"tp": 3, "fp": 1.5, "fn": 1, "precision": 2 / 3, "recall": 0.75, "f1": 0.70588}
ZERO = {"tp": 0, "fp": 0, "fn": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
TABLE = {"micro": COUNTS, "macro": {"precision": 0.5, "recall": 0.25, "f1": 1 / 3}, "types": {"A_B": COUNTS}}
SMALL: dict[str, Any] = {
    "form": 1,
    "signature": "scheme:2.1|split:dev_50%|checkpoint:abc",
    "total": {"entities": TABLE},
    "intervals": {"entities": {"all": [0.6, 0.75], "A_B": [0.5, 1.0]}, "samples": 200},
    "calibration": {"missing": "no scores"},
}


def test_markdown_of_a_small_report() -> None:
    assert to_markdown(SMALL).split("\n\n") == [
        "Signature: `scheme:2.1|split:dev_50%|checkpoint:abc`",
        "## Scores",
        "Strict: offsets, types and direction must agree. Macro is the mean over types. Intervals are of F1, by "
        "bootstrap over documents.",
        "**Main scores, intervals of 200 samples**",
        "|  | P | R | F1 | 95% interval | tp | fp | fn |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| Entities | 0.667 | 0.750 | 0.706 | [0.600, 0.750] | 3 | 1.5 | 1 |\n"
        "| Entities, macro | 0.500 | 0.250 | 0.333 | – | – | – | – |",
        "## Types",
        "Types that neither gold nor the prediction has are left out.",
        "**Entities by type**",
        "| type | P | R | F1 | 95% interval | tp | fp | fn |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        "| A_B | 0.667 | 0.750 | 0.706 | [0.500, 1.000] | 3 | 1.5 | 1 |",
        "Not in this report: Languages; Gold spans given; Matching; Events; Who says so; Incidents; Slices; "
        "Calibration (no scores); Errors; Learning curve; Speed.\n",
    ]


def test_latex_of_a_small_report() -> None:
    first, second = to_latex(SMALL).split("\n\n")
    assert first == "\n".join(
        (
            r"% Needs \usepackage{booktabs,graphicx}.",
            r"\begin{table}",
            r"\centering",
            r"\caption{Main scores, intervals of 200 samples. \texttt{scheme:2.1\textbar{}\allowbreak{}split:dev\_50\%"
            r"\textbar{}\allowbreak{}checkpoint:abc}}",
            r"\label{tab:main}",
            r"\begin{tabular}{lrrrrrrr}",
            r"\toprule",
            r" & P & R & F1 & 95\% interval & tp & fp & fn \\",
            r"\midrule",
            r"Entities & 0.667 & 0.750 & 0.706 & [0.600, 0.750] & 3 & 1.5 & 1 \\",
            r"Entities, macro & 0.500 & 0.250 & 0.333 & -- & -- & -- & -- \\",
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        )
    )
    assert r"A\_B & 0.667 & 0.750 & 0.706 & [0.500, 1.000] & 3 & 1.5 & 1 \\" in second


def rows(name: str, report: dict[str, Any]) -> list[tuple[str, ...]]:
    return [row for section in sections(report) for grid in section.grids if grid.name == name for row in grid.rows]


def test_a_slice_without_a_family_has_no_score_there() -> None:
    quiet = {"slice": "events", "value": "without events", "documents": 2}
    report = SMALL | {
        "slices": [
            {**quiet, "entities": COUNTS, "triggers": ZERO, "relations": ZERO}
            | {"false_triggers_per_1000": 3.84, "false_spans_per_1000": 20.0},
            {"slice": "distance", "value": "same sentence", "documents": 9, "relations": COUNTS},
        ]
    }
    assert rows("slices", report) == [
        ("events", "without events", "2", "0.706", "4", "–", "–", "–", "–"),
        ("distance", "same sentence", "9", "–", "–", "–", "–", "0.706", "4"),
    ]
    assert rows("false", report) == [("events: without events", "3.8", "20.0")]


def test_causes_have_their_share_of_the_family() -> None:
    causes = {"entities": {"type": 3, "boundary": 0, "spurious": 1}, "same_as": {"false link": 2}}
    assert rows("causes", SMALL | {"errors": {"causes": causes}}) == [
        ("Entities", "type", "3", "0.750"),
        ("Entities", "spurious", "1", "0.250"),
        ("same_as", "false link", "2", "1.000"),
    ]


def test_every_part_of_a_whole_evaluation_is_told() -> None:
    report = evaluated()
    assert absent(report) == ()
    titles = [section.title for section in sections(report)]
    assert titles == re.findall(r"^## (.*)$", to_markdown(report), re.MULTILINE)
    grids = [grid for section in sections(report) for grid in section.grids]
    assert len({grid.name for grid in grids}) == len(grids) == to_latex(report).count(r"\label{tab:")
    for grid in grids:
        assert {len(row) for row in grid.rows} == {len(grid.head)}, grid.name


def test_every_count_of_the_main_scores_is_there() -> None:
    report = evaluated()
    for family in ("entities", "triggers", "relations"):
        micro = report["total"][family]["micro"]
        (row,) = (r for r in rows("main", report) if r[0] == family.capitalize())
        assert row[-3:] == tuple(str(micro[key]) for key in ("tp", "fp", "fn"))
        assert row[1:4] == tuple(f"{micro[key]:.3f}" for key in ("precision", "recall", "f1"))
    given = report["given_spans"]["total"]["relations"]["micro"]
    assert rows("given-spans", report)[0][:4] == (
        "all",
        *(f"{given[key]:.3f}" for key in ("precision", "recall", "f1")),
    )
    mean = report["given_spans"]["languages"]["en"]["coreference"]["all"]["mean"]
    assert ("en", "SAME_AS, CoNLL mean", f"{mean:.3f}") in rows("given-spans-others", report)
    assert ("ar", "polarity, accuracy", "1.000") in rows("given-spans-others", report)
    whole = report["given_spans"]["incidents"]["incidents"]
    assert rows("given-spans-incidents", report)[0][3] == f"{whole['f1']:.3f}"
    assert rows("given-spans-events", report)[1][:4] == ("Trig-C", "1.000", "1.000", "1.000")


def test_ratios_have_three_decimals_everywhere() -> None:
    cells = [
        cell
        for section in sections(evaluated())
        if section.name not in ("speed", "slices")
        for grid in section.grids
        for row in grid.rows
        for cell in row[grid.words :]
    ]
    assert len(cells) > 300
    number = r"–|\d+|\d+\.[05]|\d\.\d{3}"
    assert [c for c in cells if not re.fullmatch(rf"{number}|\[\d\.\d{{3}}, \d\.\d{{3}}\]", c)] == []


@given(st.text())
def test_a_cell_stays_one_cell_in_markdown(name: str) -> None:
    table = markdown_table(Grid("g", "", ("", "n"), ((name, "1"),)))
    assert table.count("\n") == 2 and len(table.splitlines()) == 3
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", table.splitlines()[2])) == 3


@given(st.text())
def test_latex_takes_a_name_for_text(name: str) -> None:
    report = SMALL | {"languages": {name: dict.fromkeys(("entities", "triggers", "relations"), TABLE)}}
    _, _, table = to_latex(report).partition(r"\label{tab:languages}")
    (row,) = (line for line in table.splitlines() if " & Entities & " in line)
    cell = row.split(" & Entities & ")[0]
    assert cell.isascii() and not cell.startswith(("[", "*"))
    # What is left once commands and escaped letters are taken out has nothing that LaTeX acts on.
    assert not re.search(r"[\\$&#%_^~]", re.sub(r"\\text[a-z]+\{(3?)\}|\\ldots\{\}|\\[{}$&#%_]", "", cell))


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        (r"a\b", r"a\textbackslash{}b"),
        ("100%_x", r"100\%\_x"),
        ("B³ – x", r"B\textsuperscript{3} -- x"),
        ("قسد", "U+0642U+0633U+062F"),
        ("[x]", "{}[x]"),
    ],
)
def test_letters_of_latex(name: str, cell: str) -> None:
    report = SMALL | {"languages": {name: dict.fromkeys(("entities", "triggers", "relations"), TABLE)}}
    assert f"\n{cell} & Entities & " in to_latex(report)


def test_code_is_fenced_by_more_backticks_than_it_has() -> None:
    assert code("a`b``c") == "``` a`b``c ```"
    assert code("a|b") == "`a|b`"


@pytest.mark.parametrize(("change", "says"), [({"form": 2}, "form is 2"), ({"signature": None}, "no signature")])
@pytest.mark.parametrize("write", [to_markdown, to_latex])
def test_another_form_is_refused(write: Any, change: dict[str, Any], says: str) -> None:
    with pytest.raises(RasadError, match=says):
        write({**SMALL, **change})


def test_latex_of_a_wide_table_is_made_to_fit() -> None:
    report = SMALL | {"slices": [{"slice": "all", "value": "all", "documents": 2}]}
    wide = next(table for table in to_latex(report).split(r"\begin{table}") if "tab:slices" in table)
    assert r"\resizebox{\linewidth}{!}{%" + "\n" + r"\begin{tabular}{llrrrrrrr}" in wide
    assert r"\end{tabular}}" in wide
