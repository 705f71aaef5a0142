import re

import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import texts

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
    few = "ذهب الى المنطقه الشرقيه"
    assert speller.habits(few) == ()
    assert [h.name for h in speller.habits(f"{few} الجديده")] == ["ta marbuta"]


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
@given(texts(), st.sets(st.sampled_from(HABITS)))
def test_what_is_read_is_as_long_as_the_text(text, habits):
    for kind in tiny.ENCODERS:
        assert len(Speller(tiny.tokenizer(kind)).read(text, sorted(habits, key=lambda h: h.name))) == len(text)


def test_a_tokenizer_without_probabilities_reads_another_spelling_only_where_it_has_fewer_pieces():
    speller = Speller(tiny.tokenizer("electra"))
    (hamza,) = (h for h in HABITS if h.name == "hamza")
    pieces = {w: len(speller._tokenizer.tokenize(w)) for w in ("القوات", "ان", "إن", "أن")}
    assert speller.read("القوات", [hamza]) == "القوات"
    assert (speller.read("ان", [hamza]) != "ان") == (min(pieces["إن"], pieces["أن"]) < pieces["ان"])
