"""Encodings: bytes that a person hands in, as text; UTF-8 for all but web pages, which may say another charset."""

from __future__ import annotations

import codecs
import re

from rasad.annotations.errors import FormatError
from rasad.annotations.files import decode

LOST = "\ufffd"  # what stands for bytes that mean nothing in their encoding
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_BYTES_A_NUL = 100  # at least, in a text
_HEAD = 4096  # bytes of a page that are searched for its charset
_CHARSET = re.compile(rb"""(?:<meta[^>]+?charset|<\?xml[^>]+?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
# Browsers take these names for the larger set, and so do those who write pages.
_LARGER = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}


def decode_text(data: bytes, path: str) -> str:
    """Return the bytes of a text file as text, a byte order mark left out.

    Raises:
        FormatError: where they are not UTF-8.
    """
    refuse_utf16(data, path)
    # A stray one ends many an article that a crawler kept; more of them are another kind of file.
    if data.count(0) * _BYTES_A_NUL > len(data):
        raise FormatError(path, None, "not text: it holds many NUL bytes")
    return decode(data, path).removeprefix("\ufeff")


def refuse_utf16(data: bytes, path: str) -> None:
    """Raise a FormatError for bytes that begin as UTF-16 does."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FormatError(path, None, "UTF-16, not UTF-8; save the file as UTF-8")


def decode_page(data: bytes, charset: str | None = None) -> tuple[str, str, bool]:
    """Return a web page as text, the encoding that it was taken for, and whether bytes were lost (now U+FFFD).

    A byte order mark goes first; then UTF-8, if all of it is that, whatever the page says of itself; then `charset`,
    as the page was sent with, or the one that its head names.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _replaced(data.removeprefix(mark), encoding)
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        named = _CHARSET.search(data[:_HEAD])
    name = (charset or (named.group(1).decode("ascii", "replace") if named else "utf-8")).casefold()
    try:
        return _replaced(data, _LARGER.get(name, name))
    except (LookupError, ValueError):  # no charset, none of text, or a name that is none
        return _replaced(data, "utf-8")


def _replaced(data: bytes, encoding: str) -> tuple[str, str, bool]:
    text = data.decode(encoding, "replace")
    return text, encoding, LOST in text
