import lzma

import numpy as np
import pytest
import tiny

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.models.encoding import Encoder
from rasad.training.texts import KINDS, Store, conflict_words, documents, is_conflict

ENCODER = Encoder(tiny.tokenizer("xlm-roberta"), 34, 0)
TEXTS = [f"{a}\n{b}" for a in tiny.SENTENCES for b in tiny.SENTENCES]


def written(path, texts=TEXTS):
    data = "\n\n".join(texts).encode()
    path.write_bytes(lzma.compress(data) if path.suffix == ".xz" else data)
    return str(path)


@pytest.mark.parametrize("name", ["news.txt", "news.txt.xz"])
def test_documents_come_one_after_another_with_their_paragraphs(tmp_path, name):
    assert [text.strip() for text in documents(written(tmp_path / name))] == TEXTS


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("none.txt", None, "no such file"),
        ("empty.txt", b"", "the file is empty"),
        ("text.gz", b"a", r"not a text; give a \.txt or \.xz file"),
        ("cut.txt.xz", lzma.compress("\n\n".join(TEXTS * 50).encode())[:-40], "cannot be read to its end"),
        ("wrong.txt.xz", b"no archive", "cannot be read to its end"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, name, data, message):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(RasadError, match=message) as caught:
        list(documents(tmp_path / name))
    assert str(caught.value).startswith(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_every_document_is_packed_or_counted_as_skipped(tmp_path):
    path = tmp_path / "news.txt"
    broken = "مقتل".encode()[:-1] + b" then"
    path.write_bytes(b"\n\n".join([*(t.encode() for t in TEXTS), broken, "… —".encode()]))
    counts = Store(tmp_path / "rows").pack(str(path), ENCODER, frozenset(), 1.0)
    assert (counts.documents, counts.skipped_broken, counts.skipped_without_words) == (len(TEXTS), 1, 1)
    encoded = [ENCODER.encode(text) for text in TEXTS]
    assert counts.words == sum(len(e.words) for e in encoded)
    store = Store(tmp_path / "rows")
    rows = [store.rows("news", kind) for kind in KINDS]
    held = sum(int((r.pieces != ENCODER.pad_id).sum()) for r in rows)
    assert held == counts.pieces + len(TEXTS)  # a separator ends each document


def test_a_file_without_a_word_is_told(tmp_path):
    with pytest.raises(RasadError, match="no document in it has a word"):
        Store(tmp_path / "rows").pack(written(tmp_path / "marks.txt", ["— … —"]), ENCODER, frozenset(), 1.0)


def test_rows_hold_the_pieces_in_order_and_number_their_words(tmp_path):
    store = Store(tmp_path / "rows")
    store.pack(written(tmp_path / "news.txt"), ENCODER, frozenset(), 1.0)
    rows = store.rows("news", "other")
    assert rows.pieces.shape[1] == ENCODER.capacity == 32
    encoded = [ENCODER.encode(text) for text in TEXTS[1:]]  # the first is held out
    pieces = [p for e in encoded for p in (*e.pieces, ENCODER.end_id)]
    assert rows.pieces.flatten()[: len(pieces)].tolist() == pieces
    assert (rows.pieces.flatten()[len(pieces) :] == ENCODER.pad_id).all()
    ends = rows.pieces == ENCODER.end_id
    assert (rows.word[ends] == 0).all()
    # Words count up from 1 in each row, and a new word begins where the tokenizer begins one.
    for numbers in rows.word.astype(int):
        present = [n for n, before in zip(numbers, [0, *numbers], strict=False) if n and n != before]
        assert present == list(range(1, len(present) + 1))
    words = sum(len(e.words) for e in encoded)
    whole = rows.word.astype(int).max(axis=1).sum()
    assert words <= whole <= words + len(rows.word)  # a word cut by the end of a row counts twice


def test_what_is_packed_is_not_packed_again_unless_something_changed(tmp_path):
    path, store = written(tmp_path / "news.txt"), Store(tmp_path / "rows")
    counts = store.pack(path, ENCODER, frozenset(), 1.0)
    rows = tmp_path / "rows" / "news" / "other.word.npy"
    before = rows.stat().st_mtime_ns
    assert store.pack(path, ENCODER, frozenset(), 1.0) == counts
    assert rows.stat().st_mtime_ns == before
    assert store.pack(path, ENCODER, frozenset({"gunmen"}), 0.01) != counts
    written(tmp_path / "news.txt", TEXTS[:5])
    assert store.pack(path, ENCODER, frozenset(), 1.0).documents == 5


def test_conflict_is_told_by_words_that_are_mostly_triggers(tmp_path):
    def document(number, text, *words):
        spans = [Span(w, text.index(w), text.index(w) + len(w), "ATTACK", w) for w in words]
        return Document(f"d{number}", text, "ar", spans=tuple(spans))

    told = [document(i, "شن غارة على قرية", "غارة") for i in range(5)]
    assert conflict_words(told, default_scheme()) == {"غاره"}
    assert conflict_words(told[:4], default_scheme()) == frozenset()
    often = [*told, *(document(9 + i, "غارة ليل") for i in range(5))]
    assert conflict_words(often, default_scheme()) == frozenset()  # half is not most
    assert is_conflict(["غاره", "ليل"], frozenset({"غاره"}), 0.5)
    assert not is_conflict(["غاره", "ليل", "نهر"], frozenset({"غاره"}), 0.5)
    assert not is_conflict([], frozenset({"غاره"}), 0.0)


def test_articles_on_conflict_are_packed_apart(tmp_path):
    store = Store(tmp_path / "rows")
    counts = store.pack(written(tmp_path / "news.txt"), ENCODER, frozenset({"gunmen"}), 0.02)
    assert 0 < counts.conflict_documents < counts.documents
    said = ENCODER.tokenizer.decode(np.array(store.rows("news", "conflict").pieces).flatten())
    assert "Gunmen" in said
    assert "Gunmen" not in ENCODER.tokenizer.decode(np.array(store.rows("news", "other").pieces).flatten())
