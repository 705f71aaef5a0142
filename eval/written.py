"""Written: an evaluation as tables for Markdown and for LaTeX papers, the signature with each set of scores."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rasad.eval.grids import Grid, absent, require, sections

# An underscore within a word and a bracket that no link follows are text to Markdown as they are.
_MARKDOWN = re.compile(r"([\\`*<>|~$&]|(?<!\w)_|_(?!\w)|\](?=[(\[:]))")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "`": "{`}",
    "–": "--",
    "—": "---",
    "³": r"\textsuperscript{3}",
    "’": "'",
    "…": r"\ldots{}",
}


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return every table of an evaluation, in sections, under its signature.

    Raises:
        RasadError: where the report is of another form.
    """
    require(report)
    parts = [f"Signature: {code(report['signature'])}"]
    for section in sections(report):
        parts += [f"## {section.title}", _plain(section.about)]
        for grid in section.grids:
            parts += [f"**{_plain(grid.title)}**", markdown_table(grid)]
    if left_out := absent(report):
        parts.append(f"Not in this report: {_plain('; '.join(left_out))}.")
    return "\n\n".join(parts) + "\n"


def markdown_table(grid: Grid) -> str:
    """Return a table as GitHub's Markdown has it, numbers to the right."""
    rule = ["---" if place < grid.words else "---:" for place in range(len(grid.head))]
    rows = [[_plain(cell) for cell in row] for row in (grid.head, *grid.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:]))


def to_latex(report: Mapping[str, Any]) -> str:
    r"""Return every table of an evaluation as a `table` for a paper that loads `booktabs` and `graphicx`.

    The signature is in each caption, since tables are taken out of their place. Text is of ASCII alone: a letter with
    no command in plain LaTeX stands as its number (`U+0627`), so that any engine and any font will do.

    Raises:
        RasadError: where the report is of another form.
    """
    require(report)
    tables = (_latex_table(grid, report["signature"]) for section in sections(report) for grid in section.grids)
    return "% Needs \\usepackage{booktabs,graphicx}.\n" + "\n".join(tables)


def _latex_table(grid: Grid, signature: str) -> str:
    columns = "l" * grid.words + "r" * (len(grid.head) - grid.words)
    # What would run over the edge is made smaller as a whole.
    fit, close = (r"\resizebox{\linewidth}{!}{%" + "\n", "}") if len(grid.head) > _WIDE else ("", "")
    lines = [
        r"\begin{table}",
        r"\centering",
        # The signature has no spaces: without places to break it would run over the edge.
        rf"\caption{{{_tex(grid.title)}. \texttt{{{_tex(signature).replace(_LATEX['|'], _LATEX['|'] + _BREAK)}}}}}",
        rf"\label{{tab:{grid.name}}}",
        rf"{fit}\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        _latex_row(grid.head),
        r"\midrule",
        *map(_latex_row, grid.rows),
        r"\bottomrule",
        r"\end{tabular}" + close,
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


_WIDE = 8  # columns that fit beside each other, and no more
_BREAK = r"\allowbreak{}"


def _latex_row(row: Sequence[str]) -> str:
    cells = " & ".join(map(_tex, row)) + r" \\"
    # What comes before would take these for an argument of its own.
    return "{}" + cells if cells.startswith(("[", "*")) else cells


def _tex(text: str) -> str:
    return "".join(_tex_letters(text))


def _tex_letters(text: str) -> Iterable[str]:
    for letter in text:
        if letter in _LATEX:
            yield _LATEX[letter]
        elif letter.isascii():
            yield letter if letter.isprintable() else " "
        else:
            yield f"U+{ord(letter):04X}"


def _plain(text: str) -> str:
    """Return text on one line that Markdown takes for nothing but text."""
    line = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") else letter for letter in text)
    return _MARKDOWN.sub(r"\\\1", line)


def code(text: str) -> str:
    """Return text as code, fenced by more backticks than it has in a row."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"
