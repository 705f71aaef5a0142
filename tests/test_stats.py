import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from strategies import documents

from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.scheme import default_scheme
from rasad.annotations.stats import statistics

SCHEME = default_scheme()
ENGLISH = Document(
    "a",
    "Nobody hit the depot.\n\nThe raid failed.",
    "en",
    spans=(
        Span("e1", 7, 10, "ATTACK", "hit", "negative", "asserted"),
        Span("f1", 15, 20, "FACILITY", "depot"),
        Span("e2", 27, 31, "ATTACK", "raid", "positive", "uncertain"),
    ),
    relations=(Relation("e1", "TARGET", "f1"), Relation("e2", "SAME_AS", "e1")),
)
ARABIC = Document("b", "قصف مستودع", "ar", spans=(Span("e1", 0, 3, "ATTACK", "قصف", "positive", "asserted"),))


def numbers(counted):
    return {(row.kind, row.label): row.by_language for row in counted.rows() if row.total}


def test_everything_is_counted_by_language():
    counted = statistics([ENGLISH, ARABIC], SCHEME)
    assert counted.languages == ("ar", "en")
    assert numbers(counted) == {
        ("size", "documents"): {"ar": 1, "en": 1},
        ("size", "paragraphs"): {"ar": 1, "en": 2},
        ("size", "words"): {"ar": 2, "en": 7},
        ("entity", "FACILITY"): {"ar": 0, "en": 1},
        ("event", "ATTACK"): {"ar": 1, "en": 2},
        ("polarity", "positive"): {"ar": 1, "en": 1},
        ("polarity", "negative"): {"ar": 0, "en": 1},
        ("modality", "asserted"): {"ar": 1, "en": 1},
        ("modality", "uncertain"): {"ar": 0, "en": 1},
        ("relation", "TARGET"): {"ar": 0, "en": 1},
        ("relation", "SAME_AS"): {"ar": 0, "en": 1},
    }
    assert counted.total("event", "ATTACK") == 3


def test_labels_that_do_not_occur_have_a_row():
    rows = {(row.kind, row.label): row.total for row in statistics([ENGLISH], SCHEME).rows()}
    assert len(rows) == 3 + 10 + 19 + 2 + 3 + 18
    assert rows["event", "EXERCISE"] == 0


def test_labels_of_another_scheme_are_counted_too():
    document = Document("d", "march", "en", spans=(Span("e1", 0, 5, "PROTEST", "march"),))
    assert numbers(statistics([document], SCHEME))["entity", "PROTEST"] == {"en": 1}


@given(st.lists(documents(), max_size=3), st.lists(documents(), max_size=3))
def test_counts_add(some, others):
    assert statistics(some, SCHEME) + statistics(others, SCHEME) == statistics(some + others, SCHEME)


def test_the_table_has_every_number():
    printed = io.StringIO()
    statistics([ENGLISH, ARABIC], SCHEME).render(Console(width=80, file=printed))
    lines = [re.sub("[│┃|]", " ", line).split() for line in printed.getvalue().splitlines()]
    assert ["kind", "label", "ar", "en", "all"] in lines
    assert ["words", "2", "7", "9"] in lines
    assert ["event", "ATTACK", "1", "2", "3"] in lines
    assert ["EXERCISE", "0", "0", "0"] in lines
