import itertools
from types import SimpleNamespace

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PIECES, texts

from rasad.annotations.errors import RasadError
from rasad.annotations.words import paragraphs, words
from rasad.models.encoding import UNREAD, Encoder

HARD = {
    "nothing but invisible": "\u200f\u200b\ufeff\u00ad",
    "punctuation": "؟ … — !!! «»\n()",
    "spaces of many kinds": "hit\u00a0the\u202fdepot\u3000twice",
    "bidi marks": "\u202bقصفت\u202c \u2067F-16\u2069 \u200fالموقع\u200e",
    "line ends": "The raid.\r\nThe army.\rThe \u2028group.\n\n\nSunday",
    "presentation forms": "ﻣﺤ ﷲ ﻻ ﺻﻮﺍﺭﻳﺦ ﬁre",
    "decomposed letters": "\u0627\u0653لا e\u0301te \u0627\u0654مس",
    "emoji": "🚀 hit 👩🏽‍🚒 the 🇸🇾 depot 1️⃣",
    "diacritics": "قَصَفَتِ الطَّائِرَاتُ \u064e مَوْقِعًا قُتِلَ",
    "tatweel": "الهجـــوم ـــ ـ",
}


@pytest.fixture(scope="module", params=tiny.ENCODERS)
def encoder(request):
    return Encoder(tiny.tokenizer(request.param), row_size=24, overlap=8)


def names(encoder, encoded, i):
    """The pieces of a word, as the tokenizer writes them."""
    return encoder.tokenizer.convert_ids_to_tokens(list(encoded.pieces[encoded.first[i] : encoded.last[i] + 1]))


def plain(encoder, text):
    """A text as the tokenizer's own normaliser leaves what is read of it, without spaces."""
    return "".join(encoder.tokenizer.backend_tokenizer.normalizer.normalize_str(UNREAD.sub("", text)).split())


@pytest.mark.parametrize("text", tiny.SENTENCES)
def test_a_word_is_made_of_its_own_pieces(encoder, text):
    encoded = encoder.encode(text)
    for i, (start, end) in enumerate(encoded.words):
        pieces = encoded.pieces[encoded.first[i] : encoded.last[i] + 1]
        assert "".join(encoder.tokenizer.decode(pieces).split()) == plain(encoder, text[start:end])


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_every_word_of_a_hard_text_has_pieces(encoder, text):
    encoded = encoder.encode(text)
    assert list(encoded.words) == words(text)
    assert all(0 <= a <= b < len(encoded.pieces) for a, b in zip(encoded.first, encoded.last, strict=True))
    assert list(encoded.first) == sorted(encoded.first)
    assert list(encoded.last) == sorted(encoded.last)
    starts = [a for a, _ in paragraphs(text)]
    assert [starts[p] <= a for p, (a, _) in zip(encoded.paragraph, encoded.words, strict=True)].count(False) == 0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(texts())
def test_every_word_of_any_text_has_pieces(text):
    for kind in tiny.ENCODERS:
        encoded = Encoder(tiny.tokenizer(kind), 24, 8).encode(text)
        assert len(encoded.words) == len(encoded.first) == len(encoded.last) == len(encoded.forms) == len(words(text))
        assert all(0 <= a <= b < len(encoded.pieces) for a, b in zip(encoded.first, encoded.last, strict=True))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_no_character_of_a_word_is_left_to_other_words(text):
    encoder = Encoder(tiny.tokenizer("modernbert"), 24, 8)  # its pieces are bytes, and lose nothing but composition
    encoded = encoder.encode(text)
    for i, (start, end) in enumerate(encoded.words):
        pieces = encoded.pieces[encoded.first[i] : encoded.last[i] + 1]
        assert plain(encoder, text[start:end]) in plain(encoder, encoder.tokenizer.decode(pieces))


def test_vowel_signs_and_tatweel_do_not_change_what_is_read(encoder):
    bare = encoder.encode("أطلقت الجماعة صواريخ على القاعدة")
    dressed = encoder.encode("\u200fأَطْلَقَتِ الجـمـاعةُ صَوارِيخَ على القاعدةِ\u200f")
    assert (dressed.pieces, dressed.first, dressed.last) == (bare.pieces, bare.first, bare.last)
    assert dressed.words != bare.words


def test_a_paragraph_in_capitals_is_read_in_small_letters():
    encoder = Encoder(tiny.tokenizer("xlm-roberta"), row_size=24, overlap=8)

    def pieces(text):
        return encoder.encode(text).pieces

    shouted = "GUNMEN OPENED FIRE NEAR İZMIR.\nThe U.S. Army and NATO said so."
    second = shouted.split("\n")[1]
    # The small form of İ is two letters, which would shift all offsets after it.
    assert pieces(shouted) == (*pieces("gunmen opened fire near İzmir."), encoder.end_id, *pieces(second))
    assert pieces("SOURCE\nGUNMEN OPENED FIRE.") == pieces("source\ngunmen opened fire.")
    assert pieces("SOURCE\nGunmen opened fire.") != pieces("source\nGunmen opened fire.")
    encoded = encoder.encode(shouted)
    assert [shouted[a:b] for a, b in encoded.words][:5] == ["GUNMEN", "OPENED", "FIRE", "NEAR", "İZMIR"]
    for kept in (
        "USA AND NATO",
        "قالت UNIFIL ومعها UNICEF وOCHA في بيان مشترك صدر اليوم الأحد في بيروت",
        "Gunmen OPENED FIRE",
    ):
        assert pieces(kept) != pieces(kept.lower())


def test_hamza_and_madda_apart_are_read():
    assert not UNREAD.search("\u0627\u0653\u0627\u0654\u0627\u0655")


@pytest.mark.parametrize("kind", ["bert", "electra", "xlm-roberta"])
def test_a_word_that_is_normalised_away_keeps_its_place(kind):
    encoder = Encoder(tiny.tokenizer(kind), 24, 8)
    encoded = encoder.encode("army ـــ group ـ")
    assert len(encoded.words) == 4
    without = encoder.encode("army group")
    assert names(encoder, encoded, 0) == names(encoder, without, 0)
    assert [n.strip("▁") for n in names(encoder, encoded, 2)] == [n.strip("▁") for n in names(encoder, without, 1)]
    for vanished in (1, 3):
        assert encoded.first[vanished] == encoded.last[vanished]
        assert encoded.first[vanished] in (encoded.last[vanished - 1], encoded.last[vanished - 1] + 1)


def test_a_word_that_is_normalised_away_takes_the_piece_before_it():
    encoder = Encoder(tiny.tokenizer("bert"), 24, 8)
    for text, vanished, before in (("army ـــ group", 1, 0), ("army group ـــ", 2, 1)):
        encoded = encoder.encode(text)
        assert encoded.first[vanished] == encoded.last[vanished] == encoded.last[before]
    alone = encoder.encode("army\nـــ\ngroup")
    assert names(encoder, alone, 1) == ["[SEP]"]
    assert encoder.encode("ـــ").pieces == (encoder.end_id,)
    assert names(encoder, encoder.encode("ـــ army"), 0) == names(encoder, encoder.encode("army"), 0)[:1]


def test_the_last_word_keeps_its_last_diacritic(encoder):
    text = "قُتِلَ"
    (word,) = encoder.encode(text).words
    assert word == (0, len(text))


def test_special_tokens_that_a_text_quotes_are_words(encoder):
    text = "[MASK] </s> <mask> [SEP] <s> [CLS] [PAD] <pad> army"
    encoded = encoder.encode(text)
    special = set(encoder.tokenizer.all_special_ids) - {encoder.tokenizer.unk_token_id}
    assert not special & set(encoded.pieces)
    assert [text[a:b] for a, b in encoded.words] == ["MASK", "s", "mask", "SEP", "s", "CLS", "PAD", "pad", "army"]
    assert len({encoded.first[0], encoded.first[3], encoded.first[5], encoded.first[6]}) == 4


@pytest.mark.parametrize("kind", ["bert", "modernbert"])
def test_special_tokens_that_a_text_quotes_are_spelt(kind):
    encoder = Encoder(tiny.tokenizer(kind), 24, 8)
    encoded = encoder.encode("a [MASK] b")
    pieces = encoded.pieces[encoded.first[1] : encoded.last[1] + 1]
    assert encoder.tokenizer.decode(pieces).lower() == "mask"


def test_paragraphs_and_sentences_are_numbered(encoder):
    encoded = encoder.encode("A raid. A clash… by night!\n\n  \nAn army? No 2.5 dead\r\nEnd")
    assert encoded.paragraph == (0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2)
    steps = [b - a for a, b in itertools.pairwise(encoded.sentence)]
    assert [step > 0 for step in steps] == [n in (1, 3, 5, 7, 10) for n in range(11)]
    assert [encoder.tokenizer.convert_ids_to_tokens(p) for p in encoded.pieces].count(
        encoder.tokenizer.convert_ids_to_tokens(encoder.end_id)
    ) == 2


def test_forms_are_folded_and_without_article(encoder):
    assert encoder.encode("والصواريخِ Zarnuq’s ARMY").forms == ("صواريخ", "zarnuq", "army")


def test_a_tokenizer_file_that_cuts_and_pads_does_neither():
    whole = Encoder(tiny.tokenizer("bert"), 24, 8).encode(tiny.SENTENCES[3])
    from transformers import AutoTokenizer

    cutting = AutoTokenizer.from_pretrained(tiny.encoder("bert"))
    cutting.backend_tokenizer.enable_truncation(6)
    cutting.backend_tokenizer.enable_padding(length=200)
    assert Encoder(cutting, 24, 8).encode(tiny.SENTENCES[3]) == whole


def test_rows_by_hand():
    encoder = Encoder(tiny.tokenizer("bert"), row_size=12, overlap=2)
    assert encoder.rows(0) == []
    assert encoder.rows(10) == [(0, 10)]
    assert encoder.rows(18) == [(0, 10), (8, 18)]
    assert encoder.rows(19) == [(0, 8), (6, 14), (11, 19)]


@settings(deadline=None, derandomize=True)
@given(st.integers(3, 40), st.integers(0, 60), st.integers(0, 500))
def test_rows_cover_everything_overlap_and_are_alike(row_size, overlap, length):
    encoder = Encoder(tiny.tokenizer("bert"), row_size, overlap)
    rows = encoder.rows(length)
    assert sorted({i for a, b in rows for i in range(a, b)}) == list(range(length))
    assert len({b - a for a, b in rows}) <= 1
    assert all(b - a <= row_size - 2 for a, b in rows)
    shared = min(overlap, (row_size - 2) // 2)
    assert all(b - c >= shared for (_, b), (c, _) in itertools.pairwise(rows))


def test_a_batch_finds_every_piece_where_it_stands_most_centrally(encoder):
    documents = [encoder.encode(t) for t in (tiny.SENTENCES[0], "", " ".join(tiny.SENTENCES), "؟", tiny.SENTENCES[3])]
    batch = encoder.batch(documents)
    assert (batch["attention_mask"].sum(1) <= 24).all()
    pieces = torch.tensor([p for e in documents for p in e.pieces])
    assert batch["input_ids"].flatten()[batch["piece_index"]].equal(pieces)
    chosen = iter(batch["piece_index"].tolist())
    width, row = batch["input_ids"].shape[1], 0
    for one in documents:
        ranges = encoder.rows(len(one.pieces))
        for piece in range(len(one.pieces)):
            number, column = divmod(next(chosen), width)
            a, b = ranges[number - row]
            assert column - 1 == piece - a
            edge = {(c, d): min(piece - c, d - 1 - piece) for c, d in ranges if c <= piece < d}
            assert edge[a, b] == max(edge.values())
        row += len(ranges)


def test_a_batch_is_laid_out_row_by_row(encoder):
    one, other = encoder.encode(tiny.SENTENCES[0]), encoder.encode("Gunmen\nfled")
    batch = encoder.batch([one, other])
    ids, mask = batch["input_ids"], batch["attention_mask"]
    lengths = [b - a + 2 for e in (one, other) for a, b in encoder.rows(len(e.pieces))]
    assert mask.sum(1).tolist() == lengths
    for row, length in enumerate(lengths):
        assert mask[row, :length].all()
        assert (ids[row, 0], ids[row, length - 1]) == (encoder.start_id, encoder.end_id)
        assert (ids[row, length:] == encoder.pad_id).all()
    assert batch["word_doc"].tolist() == [0] * len(one.words) + [1, 1]
    assert batch["word_paragraph"].tolist() == [*one.paragraph, 0, 1]
    assert batch["word_first"].tolist() == [*one.first, *(i + len(one.pieces) for i in other.first)]
    assert batch["word_last"].tolist() == [*one.last, *(i + len(one.pieces) for i in other.last)]


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\u200f", "؟!"])
def test_a_text_without_words_makes_a_batch_without_words(encoder, text):
    batch = encoder.batch([encoder.encode(text)])
    assert batch["attention_mask"].sum() > 0
    assert all(batch[name].shape == (0,) for name in ("word_first", "word_last", "word_paragraph", "word_doc"))
    assert encoder.batch([])["word_first"].shape == (0,)


def test_a_tokenizer_without_offsets_is_refused():
    with pytest.raises(RasadError, match="fast tokenizer"):
        Encoder(SimpleNamespace(is_fast=False), 24, 8)


def test_a_tokenizer_without_ends_is_refused():
    bare = SimpleNamespace(is_fast=True, cls_token_id=None, bos_token_id=None)
    with pytest.raises(RasadError, match="cls_token_id, bos_token_id"):
        Encoder(bare, 24, 8)


def test_rows_too_small_for_text_are_refused():
    with pytest.raises(RasadError, match="window: rows of 2 pieces"):
        Encoder(tiny.tokenizer("bert"), 2, 8)
