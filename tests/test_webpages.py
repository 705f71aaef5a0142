"""Web pages: the article alone, its title and day, in whatever encoding, and what is told where there is none."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import pytest

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.inference.articles import read_articles
from rasad.inference.articles.encodings import decode_page
from rasad.inference.articles.folders import Failure

TEXT = "A bridge was shelled near Zarnuq."


def one(path: Path, data: bytes | str, **said: str) -> Document:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (found,) = read_articles(path, **said)
    assert isinstance(found, Document), found
    return found


def failure(path: Path, data: bytes | str) -> str:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (found,) = read_articles(path)
    assert isinstance(found, Failure)
    assert found.path == str(path)
    return found.message


@pytest.fixture
def pages():
    """The pages, where what reads them is installed."""
    pytest.importorskip("trafilatura")
    pytest.importorskip("lxml_html_clean")
    import webpages

    return webpages


def test_a_news_page_is_its_article(tmp_path: Path, pages) -> None:
    doc = one(tmp_path / "news.html", pages.ENGLISH)
    assert doc.text == pages.ENGLISH_TEXT
    assert (doc.id, doc.lang, doc.date) == ("news", "en", "2023-05-14")
    assert doc.meta == {"source": "https://coast.example/news/shells-hit-depot"}


@pytest.mark.parametrize("charset", ["utf-8", "windows-1256", "iso-8859-6"])
def test_an_arabic_page_is_read_in_the_encoding_that_it_names(tmp_path: Path, pages, charset: str) -> None:
    doc = one(tmp_path / "x.HTM", pages.ARABIC.format(charset=charset).encode(charset))
    assert doc.text == pages.ARABIC_TEXT
    assert (doc.lang, doc.date, doc.meta) == ("ar", "2022-11-03", {})


def test_a_date_that_was_said_goes_before_the_page(tmp_path: Path, pages) -> None:
    assert one(tmp_path / "x.html", pages.ENGLISH, date="2020-01-01").date == "2020-01-01"


def test_a_day_that_the_article_tells_of_is_not_its_date(tmp_path: Path, pages) -> None:
    undated = "\n".join(line for line in pages.ENGLISH.splitlines() if "_time" not in line and "<time" not in line)
    doc = one(tmp_path / "x.html", undated)
    assert "13 May 2019" in doc.text
    assert doc.date is None


def test_paragraphs_of_a_page_laid_out_in_a_table_stay_apart(tmp_path: Path, pages) -> None:
    title, *body = one(tmp_path / "x.html", pages.OLD).text.split("\n")
    assert title == "قصف قرب زرنوق"
    assert body[-2].startswith("قُصف مستودع") and body[-1].startswith("وحمّلت القيادة")


def test_an_archive_of_a_page(tmp_path: Path, pages) -> None:
    body = base64.encodebytes(pages.ARABIC.format(charset="utf-8").encode("cp1256")).decode()
    doc = one(tmp_path / "x.mhtml", pages.ARCHIVE.replace("BODY", body))
    assert doc.text == pages.ARABIC_TEXT
    assert "none of its parts" in failure(tmp_path / "y.mht", "just words\n")


def test_what_is_no_article_is_told(tmp_path: Path, pages) -> None:
    for number, data in enumerate([pages.EMPTY, "", " \n", "<div>" * 5000]):
        assert failure(tmp_path / f"{number}.html", data) == "no article is found in this page"


def test_bytes_that_mean_nothing_matter_in_the_article_only(tmp_path: Path, pages) -> None:
    broken = pages.ENGLISH.encode().replace(b"var shells", b"var sh\xe9lls")
    assert one(tmp_path / "a.html", broken).text == pages.ENGLISH_TEXT
    broken = pages.ENGLISH.encode().replace(b"a doctor", b"a d\xe9ctor")
    assert "not utf-8" in failure(tmp_path / "b.html", broken)


def test_a_parser_that_breaks_breaks_one_page(tmp_path: Path, pages, monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def broken(*args: object, **options: object) -> None:
        raise IndexError("of all things")

    monkeypatch.setattr(trafilatura, "bare_extraction", broken)
    assert failure(tmp_path / "x.html", pages.ENGLISH) == "the page cannot be read: IndexError: of all things"


def test_parts_of_a_saved_page_are_left_alone(tmp_path: Path, pages) -> None:
    for name in ("news_files/frame.html", "news_files/style.css", "other_files/a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT, "utf-8")
    (tmp_path / "news.html").write_text(pages.ENGLISH, "utf-8")
    assert [getattr(found, "id", found) for found in read_articles(tmp_path)] == ["news", "a"]


@pytest.mark.parametrize("missing", ["trafilatura", "lxml_html_clean"])
def test_without_trafilatura_one_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    page = tmp_path / "x.html"
    page.write_text(TEXT, "utf-8")
    (tmp_path / "y.txt").write_text(TEXT, "utf-8")
    (alone,) = read_articles(page)
    assert str(alone).startswith(f"{page}: .html is not read; articles are .txt, .md, .jsonl; web pages need")
    doc, rest = read_articles(tmp_path)
    assert isinstance(doc, Document)
    assert "1 × .html" in str(rest) and "pip install 'rasad[html]'" in str(rest)


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"\xef\xbb\xbf\xd9\x82", None, "ق"),
        ("ق".encode("utf-16"), None, "ق"),
        ("ق<meta charset=windows-1256>".encode(), None, "ق<meta charset=windows-1256>"),
        (b"\xde", "windows-1256", "ق"),
        (b'<meta content="text/html; charset=latin1">\x93', None, '<meta content="text/html; charset=latin1">“'),
        (b'<?xml version="1.0" encoding="cp1256"?>\xde', None, '<?xml version="1.0" encoding="cp1256"?>ق'),
        (b"<meta charset=no-such>\xde", None, "<meta charset=no-such>\ufffd"),
        (b"<meta charset=base64>\xde", None, "<meta charset=base64>\ufffd"),
        (b"\xde", "utf\0-8", "\ufffd"),
    ],
)
def test_the_encoding_of_a_page(data: bytes, charset: str | None, text: str) -> None:
    found, _, lost = decode_page(data, charset)
    assert found == text
    assert lost == ("\ufffd" in text)


def test_a_page_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasad.inference.articles.webpages import read_page

    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(RasadError, match=r"pip install 'rasad\[html\]'"):
        read_page(TEXT.encode())
