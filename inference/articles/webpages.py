"""Web pages as they were saved (`.html`, or whole as `.mhtml`): the article in one, without what stands around it.

The text is the title, then a paragraph a line, as trafilatura finds them; offsets count this text, not the page's.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from importlib.util import find_spec
from textwrap import shorten
from typing import Any

from rasad.annotations.errors import RasadError
from rasad.inference.articles.encodings import LOST, decode_page

PAGES = (".html", ".htm")
ARCHIVES = (".mhtml", ".mht")
SUFFIXES = PAGES + ARCHIVES
# lxml_html_clean is a part of lxml that one must ask for by its own name.
NEEDED = ("trafilatura", "lxml_html_clean")
INSTALL = "web pages need trafilatura and lxml_html_clean; install them with pip install 'rasad[html]'"
# An extraction with this much of the letters is no less whole.
_WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a page; `date` is its day of publication and `url` its address, where the page says them."""

    text: str
    date: str | None = None
    url: str | None = None


def available() -> bool:
    """Say whether what reads pages is installed."""
    return all(find_spec(name) is not None for name in NEEDED)


def read_page(data: bytes) -> Page:
    """Read an HTML page.

    Raises:
        RasadError: where no article is found in it, bytes in the article mean nothing, or trafilatura is missing.
    """
    return _page(data, None)


def read_archive(data: bytes) -> Page:
    """Read a page that a browser saved into one file with all its parts (MHTML).

    Raises:
        RasadError: as `read_page`, and where no part of it is a page.
    """
    for part in email.message_from_bytes(data, policy=email.policy.default).walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(content, bytes):
            return _page(content, part.get_content_charset())
    raise RasadError("not an archived page; none of its parts is HTML")


def _page(data: bytes, charset: str | None) -> Page:
    html, encoding, lost = decode_page(data, charset)
    page = _extract(html)
    if page is None or not any(c.isalnum() for c in page.text):
        raise RasadError("no article is found in this page")
    if lost and LOST in page.text:
        raise RasadError(f"bytes in its article are not {encoding}, and it names no other charset; save it as UTF-8")
    return page


def _extract(html: str) -> Page | None:
    try:
        found = _found(html, tables=True)
        if found is not None and _is_layout(found.text):
            plain = _found(html, tables=False)
            found = plain if plain is not None and _letters(plain.text) >= _WHOLE * _letters(found.text) else found
    except ImportError as error:
        raise RasadError(f"{INSTALL} ({error})") from error
    except Exception as error:  # what a page can break in a parser is not listed anywhere
        raise RasadError(shorten(f"the page cannot be read: {type(error).__name__}: {error}", 200)) from error
    if found is None:
        return None
    title = " ".join((found.title or "").split())
    body = [line for line in _lines(found.text) if line.casefold() != title.casefold()]
    return Page("\n".join([title, *body] if title else body), found.date, found.url)


def _found(html: str, tables: bool) -> Any:
    """Return what trafilatura finds, or None; no date is guessed from the days that an article tells of."""
    from trafilatura import bare_extraction

    return bare_extraction(
        html,
        include_comments=False,
        include_tables=tables,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )


def _is_layout(text: str) -> bool:
    """Say whether a table holds most of an article, as on old sites: its paragraphs are lost in a row."""
    return 2 * sum(_letters(line) for line in text.split("\n") if line.startswith("|")) > _letters(text)


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _lines(text: str) -> list[str]:
    """Return paragraphs that have words; of a row in a table, the frame falls."""
    lines = (line.strip().strip("|").strip() for line in text.split("\n"))
    return [line for line in lines if _letters(line)]
