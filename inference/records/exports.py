"""Exports: the incidents of many articles as JSONL, CSV, Parquet, GeoJSON or a pandas frame.

Articles are taken one by one and written at once, so that memory stays flat however many there are (Parquet holds
one row group, a frame all). A file is there whole in the end, or as it was. What the forms and their columns are:
`rasad.inference.records`.

CSV is UTF-8 with commas, a quoted cell where one must be, `true` and `false`, and nothing for what is not known. Cells
are made fit for spreadsheets, and are therefore not always the article's own letters, which JSONL and Parquet keep:

- several values are joined by `; `, a semicolon inside one of them becomes a comma;
- line ends and other control characters become spaces;
- a text that a spreadsheet would take for a formula (it begins with `= + - @`, of full width too) gets a `'` before it.
"""

from __future__ import annotations

import csv
import datetime
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.annotations.files import replacing
from rasad.annotations.scheme import Scheme
from rasad.inference.places.gazetteer import EARTH
from rasad.inference.records import Column, Form, Row, columns, rows

if TYPE_CHECKING:
    from rasad.inference.incidents import Incident
    from rasad.inference.values import Values

# What an article tells: its incidents, and what its spans come to.
Told: TypeAlias = tuple[Document, Sequence["Incident"], "Values"]

ROWS_OF_A_GROUP = 10_000
_BOM = "\ufeff"
_EXTRA = "pip install 'rasad[tables]'"
# With the white space around; looked for from where that begins, for it may be very long.
_CONTROL = re.compile(r"(?<!\s)\s*[\x00-\x1f\x7f\x85\u2028\u2029][\s\x00-\x1f\x7f]*")
_FORMULA = tuple("=+-@＝＋－＠")
_KINDS = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "datetime64[s]"}
_CORNERS = 36  # of the polygon that stands for a circle


def export(
    articles: Iterable[Told], path: str | Path, scheme: Scheme, form: Form = "incidents", bom: bool = False
) -> int:
    """Write the incidents of articles to a file, in the way that its suffix says, and return the number of rows.

    Args:
        articles: As they come; ids of documents must differ, for rows are told apart by them.
        path: Ends in `.jsonl`, `.csv`, `.parquet` or `.geojson`.
        scheme: Whose labels the documents bear.
        form: What a row is; GeoJSON has one feature an incident, and no other form.
        bom: Begin CSV with a byte order mark, without which Excel takes UTF-8 for something else.

    Raises:
        RasadError: where the suffix is none of these, an id comes twice, the form does not go into such a file, or a
            package that is needed is missing.
    """
    path, found = Path(path), stream(articles, scheme, form)
    if path.suffix == ".parquet":
        return _parquet(found, columns(form), path)
    writers: dict[str, Callable[[TextIO], int]] = {
        ".jsonl": lambda file: write_jsonl(found, file),
        ".csv": lambda file: write_csv(found, file, form, bom),
        ".geojson": lambda file: write_geojson(found, file, form),
    }
    if path.suffix not in writers:
        raise RasadError(
            f"{path}: no table has the suffix {path.suffix or '(none)'} (allowed: {', '.join(writers)}, .parquet)"
        )
    with replacing(path) as file:
        return writers[path.suffix](file)


def stream(articles: Iterable[Told], scheme: Scheme, form: Form = "incidents") -> Iterator[Row]:
    """Yield the rows of articles as they come.

    Raises:
        RasadError: where two articles have one id.
    """
    seen: set[str] = set()
    for doc, incidents, values in articles:
        if doc.id in seen:
            raise RasadError(f"document id {doc.id} comes twice; rows are told apart by it, so give each its own")
        seen.add(doc.id)
        yield from rows(form, doc, incidents, values, scheme)


def frame(articles: Iterable[Told], scheme: Scheme, form: Form = "incidents") -> Any:
    """Return the rows of articles as a pandas frame, its columns typed; cells of several values hold lists.

    Raises:
        RasadError: where pandas is missing.
    """
    pandas = _needed("pandas")
    found = list(stream(articles, scheme, form))

    def series(column: Column) -> Any:
        values = [row[column.name] for row in found]
        return pandas.Series(values, dtype=_KINDS.get(column.type, "object"), name=column.name)

    return pandas.DataFrame({column.name: series(column) for column in columns(form)})


def write_jsonl(found: Iterable[Row], file: TextIO) -> int:
    """Write rows as JSON, one a line, and return their number."""
    count = 0
    for row in found:
        file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
        count += 1
    return count


def write_csv(found: Iterable[Row], file: TextIO, form: Form, bom: bool = False) -> int:
    """Write rows as CSV with a line of titles, and return their number."""
    names = [column.name for column in columns(form)]
    file.write(_BOM if bom else "")
    writer = csv.writer(file, lineterminator="\r\n" if bom else "\n")
    writer.writerow(names)
    count = 0
    for row in found:
        writer.writerow([cell(row[name]) for name in names])
        count += 1
    return count


def cell(value: Any) -> str:
    """Return what stands for a value in CSV (see the head of this module)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = "; ".join(_plain(part).replace(";", ",") for part in value) if isinstance(value, list) else _plain(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def write_geojson(found: Iterable[Row], file: TextIO, form: Form = "incidents") -> int:
    """Write rows as a FeatureCollection (RFC 7946), one feature a line, and return their number.

    A point stands for a place, a polygon for the circle of an area; without a place geometry is null.

    Raises:
        RasadError: for any other form, whose columns do not say where an incident was.
    """
    if form != "incidents":
        raise RasadError(f"GeoJSON holds the form incidents, not {form}")
    file.write('{"type": "FeatureCollection", "features": [')
    count = 0
    for count, row in enumerate(found, 1):
        feature = {"type": "Feature", "id": row["incident_id"], "geometry": geometry(row), "properties": row}
        file.write((",\n" if count > 1 else "\n") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
    file.write("\n]}\n")
    return count


def geometry(row: Row) -> dict[str, Any] | None:
    """Return where an incident was; the middle alone of an area that reaches over a pole or the line of dates."""
    if row["latitude"] is None or row["longitude"] is None:
        return None
    middle = (row["longitude"], row["latitude"])
    ring = _circle(*middle, row["location_radius_km"]) if row["location_radius_km"] else None
    return {"type": "Polygon", "coordinates": [ring]} if ring else {"type": "Point", "coordinates": list(middle)}


def _circle(lon: float, lat: float, radius: float) -> list[list[float]] | None:
    """Return a closed ring around a point, against the clock, as RFC 7946 has it."""
    reach, north = radius / EARTH, math.radians(lat)
    if abs(lat) + math.degrees(reach) >= 90:
        return None
    ring = []
    for corner in range(_CORNERS):
        angle = -2 * math.pi * corner / _CORNERS  # from the north by the west
        y = math.asin(math.sin(north) * math.cos(reach) + math.cos(north) * math.sin(reach) * math.cos(angle))
        x = math.atan2(
            math.sin(angle) * math.sin(reach) * math.cos(north), math.cos(reach) - math.sin(north) * math.sin(y)
        )
        ring.append([round(lon + math.degrees(x), 5), round(math.degrees(y), 5)])
    return [*ring, ring[0]] if all(abs(x) <= 180 for x, _ in ring) else None


def _parquet(found: Iterator[Row], head: Sequence[Column], path: Path) -> int:
    """Write row groups as they fill."""
    arrow, parquet = _needed("pyarrow"), _needed("pyarrow.parquet")
    kinds = {
        "string": arrow.string(),
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "boolean": arrow.bool_(),
        "date": arrow.date32(),
        "strings": arrow.list_(arrow.string()),
    }
    schema = arrow.schema([arrow.field(c.name, kinds[c.type], metadata={"description": c.description}) for c in head])
    dates = [column.name for column in head if column.type == "date"]
    beside, count = path.with_name(f".{path.name}.{os.getpid()}.tmp"), 0
    try:
        with parquet.ParquetWriter(beside, schema) as writer:
            while group := list(islice(found, ROWS_OF_A_GROUP)):
                dated = [row | {name: _date(row[name]) for name in dates} for row in group]
                writer.write_table(arrow.Table.from_pylist(dated, schema=schema))
                count += len(group)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _needed(name: str) -> ModuleType:
    """Import a package that only tables need.

    Raises:
        RasadError: saying how to install it, where it is missing.
    """
    try:
        return import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise RasadError(
            f"this needs {package}, which is not installed: {_EXTRA}; JSONL and CSV need nothing"
        ) from None
