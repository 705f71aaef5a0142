"""Spelling: a text that leaves out the marks of some letters, read as if its words had them.

Some desks and most hands write no hamza, ى for a last ي, or ه for ة. An encoder has hardly met such words: they fall
into pieces that say little. What is read instead is the likeliest of the words that are written the same without the
marks, by the unigram probabilities of the tokenizer's pieces (Kudo 2018). The text and its offsets stay as they are.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_LETTER = "\u0621-\u063a\u0641-\u064a\u0671"
_BESIDE = "[\\w\u064b-\u0655]"  # with a letter of another language, or a mark, a word is none of these
_WORD = re.compile(f"(?<!{_BESIDE})[{_LETTER}]{{2,}}(?!{_BESIDE})")
_END = f"(?!{_BESIDE})"
_UNKNOWN = -1000.0  # nats, of what the tokenizer does not know: never a better reading
_PIECE = -10.0  # nats, of any piece, where the tokenizer has no probabilities
_KEPT = 1 << 16  # readings of words


@dataclass(frozen=True)
class Habit:
    """A way of leaving marks out.

    A text has it that has `fewest` places like `bare`, or more, and none like `marked`. `marks` gives the words that
    a bare one may stand for; the likeliest is read where it is no less likely than the bare one by more than `trust`
    nats. Of tokenizers without probabilities, which only say in how many pieces a word falls, none is trusted so far.
    """

    name: str
    bare: re.Pattern[str]
    marked: re.Pattern[str]
    fewest: int
    marks: Callable[[str], Iterator[str]]
    trust: float


def _hamzas(word: str) -> Iterator[str]:
    for match in re.finditer("ا(?=.)", word):
        for letter in "أإآ":
            yield word[: match.start()] + letter + word[match.end() :]


def _last(letter: str) -> Callable[[str], Iterator[str]]:
    return lambda word: iter([word[:-1] + letter])


# Hamza comes last: how likely a word is with it shows once its last letter is right. How far each is trusted was
# measured on training articles (training/NOTES.md).
HABITS = (
    Habit("ta marbuta", re.compile(f"(?<=[{_LETTER}]{{2}})ه{_END}"), re.compile(f"ة{_END}"), 8, _last("ة"), 3.0),
    Habit("dotted ya", re.compile(f"(?<=[{_LETTER}])ى{_END}"), re.compile(f"ي{_END}"), 4, _last("ي"), 0.0),
    Habit("undotted ya", re.compile(f"(?<=[{_LETTER}])ي{_END}"), re.compile(f"ى{_END}"), 16, _last("ى"), 0.0),
    Habit("hamza", re.compile(f"ا(?=[{_LETTER}])"), re.compile("[أإآ\u0653-\u0655]"), 20, _hamzas, 0.5),
)


class Speller:
    """Reads words with the marks that a text leaves out, by what one tokenizer holds for likely."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._read: dict[tuple[str, str], str] = {}

    def habits(self, text: str) -> tuple[Habit, ...]:
        """Return the habits that a text has."""
        return tuple(
            habit
            for habit in HABITS
            if not habit.marked.search(text) and sum(1 for _ in habit.bare.finditer(text)) >= habit.fewest
        )

    def read(self, text: str, habits: Sequence[Habit]) -> str:
        """Return what is read of a text, or of part of one, that has these habits; it is as long as the text."""
        for habit in habits:
            text = _WORD.sub(functools.partial(self._word, habit), text)
        return text

    def _word(self, habit: Habit, match: re.Match[str]) -> str:
        key = (habit.name, match.group())
        if key not in self._read:
            if len(self._read) >= _KEPT:
                self._read.clear()
            self._read[key] = self._likeliest(habit, match.group())
        return self._read[key]

    def _likeliest(self, habit: Habit, word: str) -> str:
        if not habit.bare.search(word):
            return word
        likely = {other: self._likelihood(other) for other in habit.marks(word)}
        best = max(likely, key=likely.__getitem__)
        trust = habit.trust if self._scores else 0.0
        return best if likely[best] + trust > self._likelihood(word) else word

    def _likelihood(self, word: str) -> float:
        # As elsewhere: how special tokens are split is a state of the tokenizer, which threads share.
        ids = self._tokenizer(word, add_special_tokens=False, split_special_tokens=True, verbose=False)["input_ids"]
        return sum(_UNKNOWN if i == self._tokenizer.unk_token_id else self._scores.get(i, _PIECE) for i in ids)

    @functools.cached_property
    def _scores(self) -> dict[int, float]:
        """The log-probability of each piece; empty where the tokenizer is no unigram model."""
        model = json.loads(self._tokenizer.backend_tokenizer.to_str())["model"]
        return {i: float(score) for i, (_, score) in enumerate(model["vocab"])} if model["type"] == "Unigram" else {}
