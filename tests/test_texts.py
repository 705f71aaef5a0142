import copy
import lzma

import numpy as np
import pytest
import tiny
from tokenizers import normalizers

from rasad.annotations.document import Document, Span
from rasad.annotations.errors import RasadError
from rasad.annotations.scheme import default_scheme
from rasad.models.encoding import Encoder
from rasad.training.texts import KINDS, Store, conflict_words, documents, is_conflict, source_name

ENCODER = Encoder(tiny.tokenizer("xlm-roberta"), 34, 0)
TEXTS = [f"{a}\n{b}" for a in tiny.SENTENCES for b in tiny.SENTENCES]


def written(path, texts=TEXTS):
    data = "\n\n".join(texts).encode()
    path.write_bytes(lzma.compress(data) if path.suffix == ".xz" else data)
    return str(path)


@pytest.mark.parametrize("name", ["news.txt", "news.txt.xz", "news[1].txt", "news*.txt"])
def test_documents_come_one_after_another_with_their_paragraphs(tmp_path, name):
    written(tmp_path / "news2.txt", ["Of another file, that a pattern would find."])
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
    with pytest.raises(RasadError, match=message):
        Store(tmp_path / "rows").pack(str(tmp_path / name), ENCODER, frozenset(), 1.0)


def test_a_folder_is_told_from_a_missing_file(tmp_path):
    with pytest.raises(RasadError, match="a folder; name each file in it"):
        Store(tmp_path / "rows").pack(str(tmp_path), ENCODER, frozenset(), 1.0)


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


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("— … —".encode(), "no document in it has a word$"),
        ("Gunmen fled.".encode("utf-16"), r"no document in it has a word \(1 are not UTF-8\)"),
        (b"Gunmen fled.\nThe city is quiet.", "one document, which is held out; an empty line parts it"),
    ],
)
def test_a_file_that_leaves_nothing_to_train_on_is_told(tmp_path, data, message):
    path = tmp_path / "little.txt"
    path.write_bytes(data)
    with pytest.raises(RasadError, match=message):
        Store(tmp_path / "rows").pack(str(path), ENCODER, frozenset(), 1.0)


def test_a_source_is_called_as_its_file_without_what_says_its_form():
    names = ("a/ar-news.txt.xz", "news.2023.txt", "news.2024.txt", "wiki.xz")
    assert [source_name(name) for name in names] == ["ar-news", "news.2023", "news.2024", "wiki"]


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


def test_the_words_of_a_row_are_numbered_on_past_documents_of_another_kind(tmp_path):
    store = Store(tmp_path / "rows")
    store.pack(written(tmp_path / "news.txt"), ENCODER, frozenset({"gunmen"}), 0.02)
    for kind in KINDS:
        rows = store.rows("news", kind)
        assert len(rows.pieces) and all({*row.tolist()} - {0} == {*range(1, row.max() + 1)} for row in rows.word)


def test_words_that_share_a_piece_are_hidden_together(tmp_path):
    # Nothing is read of a word that is but a tatweel; it takes the piece before it.
    store, encoder = Store(tmp_path / "rows"), Encoder(tiny.tokenizer("bert"), 34, 0)
    alone = ["Gunmen fled.", "Warplanes hit the city ـ late\nـ then"]
    store.pack(written(tmp_path / "news.txt", alone), encoder, frozenset(), 1.0)
    rows, encoded = store.rows("news", "other"), encoder.encode(alone[1])
    word = rows.word.flatten()
    assert len(encoded.words) == 8 and word.max() == 6
    city = range(encoded.first[3], encoded.last[3] + 1)
    assert {word[p] for p in city} == {word[encoded.first[4]]} == {4}
    assert (word[rows.pieces.flatten() == encoder.end_id] == 0).all()


def test_what_is_packed_is_not_packed_again_unless_something_changed(tmp_path):
    path, store = written(tmp_path / "news.txt"), Store(tmp_path / "rows")
    counts = store.pack(path, ENCODER, frozenset(), 1.0)
    rows = tmp_path / "rows" / "news" / "other.word.npy"
    before = rows.stat().st_mtime_ns
    assert store.pack(path, ENCODER, frozenset(), 1.0) == counts
    assert rows.stat().st_mtime_ns == before
    assert store.pack(path, ENCODER, frozenset({"gunmen"}), 0.01) != counts
    lower = copy.deepcopy(ENCODER.tokenizer)
    lower.backend_tokenizer.normalizer = normalizers.Lowercase()  # the vocabulary is the same
    other = store.pack(path, Encoder(lower, 34, 0), frozenset(), 1.0)
    assert other.pieces != counts.pieces
    beside = rows.with_name("notes.txt")
    beside.touch()
    mapped = store.rows("news", "other")
    held = mapped.pieces.copy()
    written(tmp_path / "news.txt", TEXTS[:5])
    assert store.pack(path, ENCODER, frozenset(), 1.0).documents == 5
    assert beside.exists()
    assert (mapped.pieces == held).all()  # a run that has them open keeps them


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
