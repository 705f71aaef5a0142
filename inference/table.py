"""Tables: what an article tells, one row an event, for a person at a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.align import Align
from rich.box import HORIZONTALS
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from rasad.annotations.document import Document
from rasad.annotations.scheme import Scheme
from rasad.annotations.words import paragraphs
from rasad.inference.events import Account, EventRecord
from rasad.inference.incidents import in_order, incidents_of
from rasad.inference.phrases import called, hung, phrases, stands, toll
from rasad.inference.records.bilingual import Lang
from rasad.inference.records.glosses import when
from rasad.inference.status import is_undone, status_name
from rasad.inference.values import Values

WIDE = (("what",), ("AGENT",), ("TARGET",), ("INSTRUMENT",), ("where",), ("WHEN",), ("result",), ("SOURCE",))
NARROW = (("what",), ("AGENT", "with"), ("TARGET",), ("where", "WHEN"), ("result",), ("SOURCE",))
WIDE_FROM = 110
MOST = 4
LONGEST_WORD = 14
GAP = 2
STYLES = {
    "negated": "red",
    "denied": "red",
    "disputed": "yellow",
    "alleged": "yellow",
    "claimed": "yellow",
    "uncertain": "yellow",
    "planned": "cyan",
    "threatened": "cyan",
}
ARABIC = re.compile("[\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
# An article may hold escape sequences, and marks that would turn the rest of the row around.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
RIGHT_TO_LEFT, FIRST_STRONG, END = "\u2067", "\u2068", "\u2069"


def render_table(doc: Document, scheme: Scheme, console: Console) -> None:
    """Print the events of a document as a table, what is told of most first.

    An Arabic article has Arabic titles, and its columns run from right to left. Events of which nothing is told are
    summed up below the table. Letters are left in logical order: terminals turn them around themselves.
    """
    view = _View(doc, scheme)
    rtl = view.lang == "ar"
    console.print(_Lines(view.heading(), rtl))
    if view.rows:
        table = _table(view, console, rtl)
        console.print(Align.right(table) if rtl else table)
    if footer := view.footer():
        console.print(_Lines(Text(footer, "dim"), rtl))


def _table(view: _View, console: Console, rtl: bool) -> Table:
    layout = WIDE if console.width >= WIDE_FROM else NARROW
    columns = [[Text(view.title(keys), "bold"), *(view.cell(record, keys) for record in view.rows)] for keys in layout]
    columns = [cells for cells in columns if any(cell.plain for cell in cells[1:])]
    columns.insert(0, [Text(), *(Text(str(number), "dim") for number in range(1, len(view.rows) + 1))])
    widths = _widths(columns, console)
    if rtl:
        columns, widths = columns[::-1], widths[::-1]
    table = Table(box=HORIZONTALS, show_lines=True, padding=(0, 1, 0, 0), pad_edge=False, border_style="dim")
    for cells, width in zip(columns, widths, strict=True):
        table.add_column(_Lines(cells[0], rtl), width=width)
    for row in zip(*(cells[1:] for cells in columns), strict=True):
        table.add_row(*(_Lines(cell, rtl) for cell in row))
    return table


def _widths(columns: Sequence[Sequence[Text]], console: Console) -> list[int]:
    """Share the line out: first what keeps words whole, then to each column by how much more it could use."""
    measured = [[Measurement.get(console, console.options, cell) for cell in cells] for cells in columns]
    least = [min(max(m.minimum for m in column), LONGEST_WORD) for column in measured]
    wanted = [max(m.maximum for m in column) - need for column, need in zip(measured, least, strict=True)]
    left = max(0, console.width - GAP * len(columns) - 1 - sum(least))
    share = min(1.0, left / max(1, sum(wanted)))
    return [need + int(more * share) for need, more in zip(least, wanted, strict=True)]


@dataclass(frozen=True)
class _Lines:
    """Text whose lines a terminal that knows of directions shows in reading order, whatever stands beside them."""

    text: Text
    rtl: bool

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.wrap(console, options.max_width):
            line.rstrip()
            if ARABIC.search(line.plain):
                line = Text.assemble(RIGHT_TO_LEFT if self.rtl else FIRST_STRONG, line, END)
            line.align("right" if self.rtl else "left", options.max_width)
            yield line


class _View:
    """What the table says of a document."""

    def __init__(self, doc: Document, scheme: Scheme) -> None:
        self.doc, self.scheme, self.spans = doc, scheme, doc.by_id
        self.lang: Lang = "ar" if doc.lang == "ar" else "en"
        self.say = phrases(self.lang)
        self.account = Account.of(doc, scheme)
        found = in_order(incidents_of(doc, self.account, Values.of(doc, scheme), scheme))
        self.incidents = {incident.id: incident for incident in found}
        self.rows = [self.account.records[row] for row in self.incidents]
        self.numbers = self.account.numbered(self.incidents)

    def heading(self) -> Text:
        """Return the headline, and under it id, language and date."""
        start, end = next(iter(paragraphs(self.doc.text)), (0, 0))
        facts = " · ".join(filter(None, (self.doc.id, self.doc.lang, self.doc.date)))
        return Text.assemble((_shown(self.doc.text[start:end]), "bold"), "\n", (_shown(facts), "dim"))

    def footer(self) -> str:
        """Return the events of which nothing is told, counted by type, or that there are no events."""
        counts = Counter(self.scheme.name(record.type, self.lang) for record in self.account.bare)
        names = [f"{name} ×{count}" if count > 1 else name for name, count in counts.items()]
        if names:
            return self.say["bare"].format(self.say["comma"].join(names))
        return "" if self.account.records else self.say["nothing"]

    def title(self, keys: Iterable[str]) -> str:
        """Return the title of a column."""
        first, *rest = (self.say[key] for key in keys if key != "with")
        return self.say["comma"].join([first, *(title.lower() for title in rest)])

    def cell(self, record: EventRecord, keys: Iterable[str]) -> Text:
        """Return what a column says of an event, one thing a line."""
        lines = [line for key in keys for line in self._lines(record, key) if line.plain]
        return Text("\n").join(lines)

    def _lines(self, record: EventRecord, key: str) -> list[Text]:
        if key == "what":
            return self._what(record)
        if key == "TARGET":
            # What its damage hit stands in the result.
            return [Text(self.call(record.filling(key)))]
        if key == "with":
            return [Text(line, "italic") for line in self._phrase(record, key, "INSTRUMENT")]
        if key == "result":
            return self._result(record)
        lines = [Text(self.call(self.account.fillers(record, key)))]
        if key == "where":
            lines += [Text(line) for line in self._phrase(record, "from", "ORIGIN")]
        if key == "WHEN" and (said := when(self.incidents[record.id].when, self.lang)):
            lines.append(Text(said, "dim"))
        if key == "SOURCE":
            group = self.account.groups[record.id]
            lines += [Text(line, "magenta") for line in stands(group, self.scheme, self.lang, self.call)]
        return lines

    def _phrase(self, record: EventRecord, phrase: str, role: str) -> list[str]:
        fillers = self.account.fillers(record, role)
        return [self.say[phrase].format(self.call(fillers))] if fillers else []

    def _what(self, record: EventRecord) -> list[Text]:
        say = self.say
        triggers = list(dict.fromkeys(_shown(self.spans[m].text) for m in record.mentions))
        told = [part.id for part in self.account.groups[record.id]]
        effects = [i for i in record.causes if i not in told]
        links = (("ABOUT", record.about), ("RESPONSE_TO", record.response_to), ("CAUSES", effects))
        incident = self.incidents[record.id]
        more = ("uncertain", "planned") if is_undone(incident.status, record.type) else ("uncertain",)
        statuses = [incident.status, *(r.status for r in incident.reasons if r.status in more)]
        names = [status_name(status, record.type, self.lang)[0] for status in dict.fromkeys(statuses)]
        role = [say["main" if incident.is_main else "background"]] * (incident.is_main or incident.is_background)
        return [
            Text(self.scheme.name(record.type, self.lang), "bold"),
            Text(self._listed(triggers), "italic dim"),
            Text(say["comma"].join([*role, *names]), STYLES.get(incident.status, "dim")),
            *(Text(say[kind].format(self._listed([self._reference(i) for i in ids]))) for kind, ids in links if ids),
        ]

    def _result(self, record: EventRecord) -> list[Text]:
        lines = list(toll(record, self.lang, self.call))
        for part in self.account.groups[record.id][1:]:
            lines += hung(part, self.scheme, self.lang, self.call)
        return [Text(line) for line in dict.fromkeys(lines)]

    def _reference(self, record_id: str) -> str:
        """Return the number of the row that tells of an event, or its name where none does."""
        name = self.scheme.name(self.account.records[record_id].type, self.lang)
        return f"{name} {self.numbers[record_id]}" if record_id in self.numbers else name

    def call(self, ids: Iterable[str]) -> str:
        """Return the words of spans as a list."""
        return self._listed([_shown(called(self.spans[i])) for i in ids])

    def _listed(self, names: Sequence[str]) -> str:
        more = [self.say["more"].format(len(names) - MOST)] if len(names) > MOST else []
        return self.say["comma"].join([*names[:MOST], *more])


def _shown(text: str) -> str:
    """Return text on one line, with nothing in it that would move or recolour the rest of a terminal."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
