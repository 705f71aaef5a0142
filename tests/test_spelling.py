import pickle
import re
import unicodedata

import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PIECES

from rasad.inference.predictor import default_checkpoint
from rasad.models.encoding import Encoder
from rasad.models.spelling import HABITS, Speller

# Written for this test: each habit spoils several of its words.
WRITTEN = (
    "قالت وزارة الدفاع إن مجموعة مسلحة هاجمت نقطة أمنية قرب بلدة حدودية في المنطقة الشمالية، وأسفر الهجوم عن مقتل "
    "ثلاثة أشخاص وإصابة أربعة آخرين. وأعلنت الحكومة إرسال قوات إضافية إلى المدينة، وقال ضابط في الجيش الوطني إن "
    "القتلى جنود، على أن المستشفى الرئيسي استقبل الجرحى حتى المساء."
)
SPOILT = {
    "hamza": str.maketrans("أإآ", "ااا"),
    "ta marbuta": str.maketrans("ة", "ه"),
    "dotted ya": str.maketrans("ي", "ى"),
    "undotted ya": str.maketrans("ى", "ي"),
}


@pytest.fixture(scope="module")
def speller():
    from transformers import AutoTokenizer

    return Speller(AutoTokenizer.from_pretrained(default_checkpoint()))


def spoilt(name):
    """The text as that habit would write it: of the last letter only, where the habit is one of last letters."""
    if name == "hamza":
        return WRITTEN.translate(SPOILT[name])
    return re.sub(r"\w\b", lambda last: last.group().translate(SPOILT[name]), WRITTEN)


@pytest.mark.parametrize(
    ("name", "share"), [("hamza", 0.5), ("ta marbuta", 0.9), ("dotted ya", 0.9), ("undotted ya", 0.6)]
)
def test_most_of_what_a_habit_leaves_out_is_read(speller, name, share):
    text = spoilt(name)
    assert [h.name for h in speller.habits("\n".join([text] * 4))] == [name]
    read = speller.read(text, [h for h in HABITS if h.name == name])
    assert len(read) == len(text) == len(WRITTEN)
    changed = [i for i in range(len(text)) if text[i] != WRITTEN[i]]
    restored = [i for i in changed if read[i] == WRITTEN[i]]
    spoiled = [i for i in range(len(text)) if text[i] == WRITTEN[i] != read[i]]
    assert len(changed) >= 4
    assert len(restored) >= share * len(changed)
    assert len(spoiled) <= 2


def test_a_text_that_has_the_marks_has_no_habit(speller):
    assert speller.habits(WRITTEN) == ()
    assert speller.habits("") == speller.habits("The army said so.") == speller.habits("قال إن القوات ردت") == ()


def test_few_words_are_no_habit(speller):
    few = "ذهب نحو المنطقه الشرقيه"
    assert speller.habits(few) == ()
    assert [h.name for h in speller.habits(" ".join([few] * 4))] == ["ta marbuta"]
    # Seven words that end in a pronoun, none in ta marbuta: nothing is left out.
    assert speller.habits("قال القائد إن ابنه قتل مع سائقه وحارسه وشقيقه قرب منزله، وإن جيشه رد عليه") == ()


def test_marks_that_stand_apart_are_marks(speller):
    text = unicodedata.normalize("NFD", "\n".join([WRITTEN] * 4))
    assert "أ" not in text
    assert speller.habits(text) == ()


def test_words_of_other_languages_are_left_alone(speller):
    (ta_marbuta,) = (h for h in HABITS if h.name == "ta marbuta")
    assert speller.read("کشته شد گروه الدولةx المنطقه", [ta_marbuta]) == "کشته شد گروه الدولةx المنطقة"


def test_hamza_is_read_of_words_that_lack_more_than_that(speller):
    text = "\n".join([spoilt("ta marbuta").translate(SPOILT["hamza"])] * 4)
    habits = speller.habits(text)
    assert [h.name for h in habits] == ["ta marbuta", "hamza"]
    read = speller.read(text, habits).split()
    written = WRITTEN.split() * 4
    both = [i for i, word in enumerate(written) if word.strip("،.")[-1] == "ة" and set(word) & set("أإآ")]
    assert len(both) >= 12
    assert sum(read[i] == written[i] for i in both) >= len(both) / 2


def test_the_tokenizer_is_left_as_it_was_and_words_are_read_alike_again(speller):
    copy = pickle.loads(pickle.dumps(speller))
    text = spoilt("ta marbuta")
    ta_marbuta = [h for h in HABITS if h.name == "ta marbuta"]
    assert copy.read(text, ta_marbuta) == speller.read(text, ta_marbuta) == speller.read(text, ta_marbuta)
    encoder = Encoder(speller._tokenizer, 512, 128)
    before = encoder.encode("قال </s> ان").pieces
    speller.read("الجديده", ta_marbuta)
    assert encoder.encode("قال </s> ان").pieces == before


@pytest.mark.parametrize("name", ["hamza", "ta marbuta", "dotted ya"])
def test_a_text_with_a_habit_is_read_almost_as_the_one_without(name):
    from transformers import AutoTokenizer

    encoder = Encoder(AutoTokenizer.from_pretrained(default_checkpoint()), 512, 128)
    text = "\n".join([spoilt(name)] * 4)
    assert [text[a:b] for a, b in encoder.encode(text).words] == text.replace("،", "").replace(".", "").split()
    same, bare = set(encoder.encode(WRITTEN).pieces), set(encoder.encode(text).pieces)
    assert len(same & bare) > 0.85 * len(same)
    encoder.speller.habits = lambda text: ()
    assert len(same & set(encoder.encode(text).pieces)) < len(same & bare)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from([*WRITTEN.split(), *PIECES]), max_size=30).map(" ".join), st.sampled_from(list(SPOILT)))
def test_what_is_read_is_as_long_as_the_text_and_differs_in_marks_alone(text, name):
    bare = text.translate(SPOILT[name])
    for kind in tiny.ENCODERS:
        read = Speller(tiny.tokenizer(kind)).read(bare, HABITS)
        assert len(read) == len(bare)
        alike = str.maketrans("أإآةي", "اااهى")
        assert read.translate(alike) == bare.translate(alike)


def test_a_tokenizer_without_probabilities_reads_another_spelling_only_where_it_has_fewer_pieces():
    tokenizer = tiny.tokenizer("electra")
    speller = Speller(tokenizer)
    words = [w for w in re.findall(r"\w+", WRITTEN.translate(SPOILT["hamza"])) if "ا" in w[:-1]]
    words += [
        w.translate(SPOILT["hamza"])
        for sentence in tiny.SENTENCES
        for w in re.findall(r"\w+", sentence)
        if set(w) & set("أإآ")
    ]
    hamza = HABITS[-1]
    changed = {w: read for w in words if (read := speller.read(w, [hamza])) != w}
    assert changed
    for word, read in changed.items():
        pieces = tokenizer.tokenize(word)
        assert "[UNK]" in pieces or len(tokenizer.tokenize(read)) < len(pieces)
