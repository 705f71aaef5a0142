"""Reading articles: the text to the character, and everything that cannot be read said in its place."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest
from stories import ARABIC

from rasad.annotations.document import Document
from rasad.annotations.errors import RasadError
from rasad.inference.articles import Reader, language, read_articles
from rasad.inference.articles.folders import Failure
from rasad.inference.articles.rows import Fields

TEXT = "عـــاجل\u00a0| قصف\r\n\r\nقُصفت المدينة  الساعة 21:50.\r\n"


def read(*paths: str | Path, **said: str) -> list[Document | Failure]:
    return list(read_articles(paths, **said))


def one(path: str | Path, **said: str) -> Document:
    (found,) = read(path, **said)
    assert isinstance(found, Document), found
    return found


def failure(path: str | Path) -> Failure:
    (found,) = read(path)
    assert isinstance(found, Failure), found
    return found


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_text_file_is_read_to_the_character(tmp_path: Path, mark: bytes) -> None:
    doc = one(write(tmp_path / "report.txt", mark + TEXT.encode()))
    assert doc == Document("report", TEXT, "ar")


def test_a_stray_nul_is_a_character_like_others(tmp_path: Path) -> None:
    text = f"{TEXT * 9}\0"
    assert one(write(tmp_path / "crawled.txt", text)) == Document("crawled", text, "ar")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (TEXT.encode("cp1256"), "not UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"PK\x00\x01words", "NUL"),
        (b"", "no words"),
        (" \r\n\u00a0—\n".encode(), "no words"),
    ],
)
def test_a_file_that_is_no_article_is_refused(tmp_path: Path, data: bytes, what: str) -> None:
    path = write(tmp_path / "x.txt", data)
    found = failure(path)
    assert found.path == str(path)
    assert what in found.message
    assert str(path) not in found.message


def test_lang_and_date_are_for_articles_that_do_not_say_theirs(tmp_path: Path) -> None:
    text = write(tmp_path / "a.txt", TEXT)
    marked = write(tmp_path / "b.md", ARABIC)
    unsaid = write(tmp_path / "c.jsonl", json.dumps({"id": "c", "text": "A bridge was shelled."}))
    docs = read(text, marked, unsaid, lang="mixed", date="2020-01-01")
    assert [(d.lang, d.date) for d in docs if isinstance(d, Document)] == [
        ("mixed", "2020-01-01"),
        ("ar", "2025-03-11"),
        ("mixed", "2020-01-01"),
    ]
    assert one(unsaid).lang == "en"


def test_marks_are_left_out(tmp_path: Path) -> None:
    doc = one(write(tmp_path / "x.md", ARABIC))
    assert doc.id == "ar-marsa"
    assert doc.text.startswith("هجوم بطائرات مسيرة على ميناء المرسى القديم\nقصفت")
    assert (doc.spans, doc.relations, doc.model, doc.derived) == ((), (), None, {})


def test_a_markdown_file_that_is_not_in_the_written_form_says_the_line(tmp_path: Path) -> None:
    path = write(tmp_path / "README.md", "# Read me\n")
    assert str(failure(path)).startswith(f"{path}:1: no front matter")


def test_one_broken_line_is_one_failure(tmp_path: Path) -> None:
    rows = [
        json.dumps({"id": "a", "lang": "en", "text": "One\u2028line.", "spans": "broken", "events": []}).replace(
            "\\u2028", "\u2028"
        ),
        '{"id": "b", "text": ',
        "",
        '{"text": "No id: the file and the line make one."}',
        '"a string"',
        "[" * 100_000,
        '{"id": "long", "text": "x", "n": ' + "1" * 5000 + "}",
        json.dumps({"id": "half", "text": "a \ud83d half"}),
        json.dumps({"id": "a", "text": "The id again."}),
        json.dumps({"id": "x", "text": "A bad language.", "lang": "xx"}),
        json.dumps({"id": "z", "text": "The last.", "date": "2024-04-22"}),
    ]
    data = "\n".join(rows).encode() + b"\n\xff\n"
    path = write(tmp_path / "x.jsonl", data)
    found = read(path)
    assert [d.id for d in found if isinstance(d, Document)] == ["a", "x-4", "z"]
    assert found[0] == Document("a", "One\u2028line.", "en")
    failures = [f for f in found if isinstance(f, Failure)]
    assert [f.line for f in failures] == [2, 5, 6, 7, 8, 9, 10, 12]
    whats = ("not JSON", "JSON object", "too deep", "digits", "Unicode", "id a has", "unknown lang", "UTF-8")
    for found_failure, what in zip(failures, whats, strict=True):
        assert what in found_failure.message
        assert str(found_failure).startswith(f"{path}:{found_failure.line}: ")


@pytest.mark.parametrize(("data", "what"), [(b"\n \n", "no articles"), ('{"id": "a"}'.encode("utf-16"), "UTF-16")])
def test_a_jsonl_file_without_articles_is_one_failure(tmp_path: Path, data: bytes, what: str) -> None:
    assert what in failure(write(tmp_path / "x.jsonl", data)).message


def test_fields_are_named_by_the_caller(tmp_path: Path) -> None:
    row = {"url": 7, "body": "A bridge was shelled.", "published": "2024-04-22T23:30:00+03:00", "language": "EN-GB"}
    rows = [row, {**row, "url": None, "published": None, "language": None, "meta": None}]
    path = write(tmp_path / "x.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    fields = Fields(text="body", id="url", date="published", lang="language")
    assert list(read_articles(path, fields=fields)) == [
        Document("7", row["body"], "en", "2024-04-22"),
        Document("x-2", row["body"], "en"),
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"id": "a", "text": "x y"}, "no field body; the fields there are id, text"),
        ({}, "no field body; the row is empty"),
        ({"body": ["x"]}, 'the text is ["x"], not a string'),
        ({"body": "x", "date": "2024-04-22T06:30"}, "bad date '2024-04-22T06:30'"),
    ],
)
def test_a_field_that_is_not_there_is_told_with_those_that_are(tmp_path: Path, row: dict, what: str) -> None:
    path = write(tmp_path / "x.jsonl", '{"body": "A good row."}\n' + json.dumps(row))
    first, second = read_articles(path, fields=Fields(text="body"))
    assert isinstance(first, Document)
    assert str(second).startswith(f"{path}:2: {what}")


def test_a_row_without_text_says_how_to_name_its_field(tmp_path: Path) -> None:
    told = failure(write(tmp_path / "x.jsonl", '{"id": "a", "body": "x"}'))
    assert told.message == "a document has no text; the fields there are id, body; --text-field names another for it"


def test_what_is_done_is_not_read_again_and_ids_stay(tmp_path: Path) -> None:
    for name in ("a/report.txt", "b/report.txt", "c/report.txt"):
        (tmp_path / name).parent.mkdir()
        write(tmp_path / name, TEXT)
    write(tmp_path / "d.jsonl", '{"text": "One."}\n\n{"text": "Two."}\n{"id": "report-2", "text": "Three."}')
    whole = list(Reader().read([tmp_path]))
    assert [getattr(found, "line", None) for found in whole] == [None, None, None, 1, 3, 4]
    done = {found.place: found.document.id for found in whole[:4]}
    (tmp_path / "b" / "report.txt").unlink()
    write(tmp_path / "b" / "report.txt", b"")  # would be a failure, were it read again
    assert list(Reader(done=done).read([tmp_path])) == whole[4:]
    survey = Reader(done={**done, ("gone.txt", None): "gone"}).survey([tmp_path, tmp_path / "missing"])
    assert (survey.articles, survey.strange) == (6, ("gone.txt",))
    assert [failure.path for failure in survey.failures] == [str(tmp_path / "missing")]


def test_files_that_are_set_apart_are_no_articles(tmp_path: Path) -> None:
    (own, other) = (write(tmp_path / name, TEXT) for name in ("own.txt", "other.txt"))
    reader = Reader(apart=[own])
    assert [getattr(found, "path", None) for found in reader.read([own, tmp_path])] == [str(other)]


def test_a_name_that_is_not_utf8_can_be_written_down(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(TEXT, "utf-8")
    (found,) = Reader().read([tmp_path])
    assert found.path == str(tmp_path / "caf\\xe9.txt")


def test_a_folder_is_read_with_its_folders_by_name(tmp_path: Path) -> None:
    for name in ("b/two.txt", "a/one.TXT", "a/.hidden.txt", ".git/x.txt", "z.txt", "notes.pdf", "b/c.pdf", "LICENSE"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, TEXT)
    *docs, last = read(tmp_path)
    assert [d.id for d in docs if isinstance(d, Document)] == ["one", "two", "z"]
    assert isinstance(last, Failure)
    assert last.path == str(tmp_path)
    assert "2 × .pdf" in last.message
    assert "1 × a file without a suffix" in last.message


def test_a_folder_that_links_back_to_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "x.txt", TEXT)
    (tmp_path / "in" / "back").symlink_to(tmp_path)
    assert one(tmp_path).id == "x"


@pytest.mark.parametrize(
    ("name", "what"), [("missing.txt", "no such file"), ("page.pdf", ".pdf is not read"), ("empty", "no articles")]
)
def test_what_cannot_be_read_does_not_stop_the_rest(tmp_path: Path, name: str, what: str) -> None:
    write(tmp_path / "page.pdf", TEXT)
    (tmp_path / "empty").mkdir()
    first, second = read(tmp_path / name, write(tmp_path / "x.txt", TEXT))
    assert isinstance(first, Failure)
    assert what in first.message
    assert isinstance(second, Document)


def test_files_of_one_name_get_ids_of_their_own(tmp_path: Path) -> None:
    paths = []
    for folder in "abc":
        (tmp_path / folder).mkdir()
        paths.append(write(tmp_path / folder / "report.txt", TEXT))
    assert [d.id for d in read(*paths) if isinstance(d, Document)] == ["report", "report-2", "report-3"]


def test_standard_input_is_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    first, second = read("-", "-")
    assert first == Document("stdin", TEXT, "ar")
    assert str(second) == "-: there are no words in it"


def test_wrong_use_is_refused_before_anything_is_read() -> None:
    with pytest.raises(RasadError, match="unknown language arabic"):
        read_articles([], lang="arabic")
    with pytest.raises(RasadError, match="2024-04-22"):
        read_articles([], date="22/04/2024")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("قصفت طائرة F-16 مواقع في المدينة", "ar"),
        ("The word رصد is Arabic for observing or watching something", "en"),
        ("غارة جوية على الجسر. An air raid on the bridge.", "mixed"),
        ("12:30", "mixed"),
    ],
)
def test_the_language_is_that_of_the_letters(text: str, lang: str) -> None:
    assert language(text) == lang
