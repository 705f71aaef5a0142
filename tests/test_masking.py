import numpy as np
import pytest

from rasad.training.masking import Masking

# Two rows: words of one, two and three pieces, separators between them.
WORD = np.array([[1, 2, 2, 0, 3, 3, 3, 4], [0, 1, 1, 2, 3, 4, 4, 0]], np.uint16)
PIECES = np.arange(16, dtype=np.int32).reshape(2, 8) + 100


def many(rate, span, words=400, rows=50):
    word = np.repeat(np.arange(1, words + 1, dtype=np.uint16)[None], rows, axis=0)
    return Masking(rate, span, 4, 1000).hidden(word, np.random.default_rng(0))


def test_words_are_hidden_whole_and_separators_never():
    for seed in range(50):
        hidden = Masking(0.5, 1, 4, 1000).hidden(WORD, np.random.default_rng(seed))
        assert not hidden[WORD == 0].any()
        for row, word in zip(hidden, WORD, strict=True):
            assert all(len({*row[word == n]}) == 1 for n in range(1, 5))


@pytest.mark.parametrize(("rate", "span"), [(0.15, 1), (0.4, 1), (0.15, 3)])
def test_the_rate_is_kept(rate, span):
    hidden = many(rate, span)
    # Spans may fall on one another and end with the row, so that a little less is hidden than asked for.
    assert rate * 0.85 < hidden.mean() < rate * 1.05


def test_spans_are_as_long_as_asked():
    hidden = many(0.05, 4)
    starts = hidden & ~np.pad(hidden, ((0, 0), (1, 0)))[:, :-1]
    assert 3.5 < hidden.sum() / starts.sum() < 4.5
    alone = many(0.05, 1)
    starts = alone & ~np.pad(alone, ((0, 0), (1, 0)))[:, :-1]
    assert alone.sum() / starts.sum() < 1.1


def test_most_of_what_is_hidden_is_shown_as_the_mask():
    pieces = np.full((100, 1000), 7, np.int32)
    hidden = np.zeros(pieces.shape, bool)
    hidden[:, ::2] = True
    shown = Masking(0.5, 1, 4, 1000).shown(pieces, hidden, np.random.default_rng(0))
    assert (shown[~hidden] == 7).all()
    share = {name: (shown[hidden] == piece).mean() for name, piece in (("mask", 4), ("same", 7))}
    assert share["mask"] == pytest.approx(0.8, abs=0.01)
    assert share["same"] == pytest.approx(0.1, abs=0.01)
    assert ((shown >= 0) & (shown < 1000)).all()


def test_the_generator_decides_alone():
    masking = Masking(0.5, 2, 4, 1000)
    first, again, other = (masking.hidden(WORD, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()
