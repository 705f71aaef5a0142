"""The baselines, each tiny and offline; those of an extra are skipped where it is not installed."""

import copy
import importlib
import itertools
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
import tiny
from hypothesis import given
from strategies import texts

from rasad.__main__ import main
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.jsonl import read_jsonl, write_jsonl
from rasad.annotations.markdown import parse_markdown
from rasad.annotations.scheme import default_scheme
from rasad.annotations.words import words
from rasad.eval.baselines import lexicon, tagging
from rasad.eval.baselines.baseline import Mark, Settings, marked
from rasad.eval.baselines.proximity import Proximity
from rasad.eval.baselines.tagging import marks, mended, sequences, tags
from rasad.eval.scores import score

SCHEME = default_scheme()
TINY = [parse_markdown(text, "tiny.md") for text in tiny.DOCUMENTS]
SETTINGS = Settings(epochs=1, seed=0)


def document(body, block="", name="d", lang="en"):
    lines = "\n".join(line.strip() for line in block.strip().splitlines())
    return parse_markdown(f"---\nid: {name}\nlang: {lang}\n---\n{body}\n\n```relations\n{lines}\n```\n", "d.md")


def said(found):
    return [(span.text, span.type) for span in found.spans]


def library(name):
    return pytest.importorskip(name, reason=f"{name} is of the extra `baselines`")


# --- tags and spans


@given(texts())
def test_sequences_are_the_words_of_the_text(text):
    cut = sequences(text)
    assert list(itertools.chain(*cut)) == words(text)
    assert [len(part) for part in cut] == [len(part) for part in tags(Document("d", text))]


@pytest.mark.parametrize("gold", TINY, ids=lambda d: d.id)
def test_tags_say_what_the_spans_say(gold):
    made = [
        mark
        for found, tagged in zip(sequences(gold.text), tags(gold), strict=True)
        for mark in marks(found, tagged, [1.0] * len(found))
    ]
    assert [(m.start, m.end, m.type) for m in made] == [(s.start, s.end, s.type) for s in gold.spans]


@pytest.mark.parametrize(
    ("tagged", "spans"),
    [
        ("O B-GPE I-GPE O", [(1, 2, "GPE")]),
        ("B-GPE B-GPE O O", [(0, 0, "GPE"), (1, 1, "GPE")]),
        ("O I-GPE I-GPE O", [(1, 2, "GPE")]),
        ("I-GPE O O I-GPE", [(0, 0, "GPE"), (3, 3, "GPE")]),
        ("B-GPE I-GROUP I-GROUP O", [(0, 0, "GPE"), (1, 2, "GROUP")]),
        ("O O O B-TIME", [(3, 3, "TIME")]),
    ],
)
def test_tags_become_spans(tagged, spans):
    found = [(0, 1), (2, 3), (4, 5), (6, 7)]
    made = marks(found, tagged.split(), [1.0] * 4)
    assert [(m.start, m.end, m.type) for m in made] == [(2 * a, 2 * b + 1, kind) for a, b, kind in spans]


def test_the_score_of_a_span_is_the_mean_of_its_tags():
    # (0.5 + 0.25) / 2 = 0.375; the tag outside, 0.9, does not count.
    assert marks([(0, 1), (2, 3), (4, 5)], ["B-GPE", "I-GPE", "O"], [0.5, 0.25, 0.9])[0].score == 0.375


TEXT = "وصل إلى بغداد، Al-Jir fell.\nThe U.S. left."


def place(words_of):
    return TEXT.index(words_of), TEXT.index(words_of) + len(words_of)


@pytest.mark.parametrize(
    ("given_places", "kept", "lost"),
    [
        (["بغداد"], ["بغداد"], {}),
        (["غدا"], ["بغداد"], {tagging.WIDENED: 1}),
        ([" بغداد،"], ["بغداد"], {tagging.WIDENED: 0}),
        (["Al", "Jir fell"], ["Al-Jir"], {tagging.WIDENED: 1, tagging.SHARED: 1}),
        (["، "], [], {tagging.WORDLESS: 1}),
        (["fell.\nThe U.S."], ["fell"], {tagging.CUT: 1}),
        (["U.S"], ["U.S."], {tagging.WIDENED: 1}),
    ],
)
def test_spans_are_mended_to_words_and_what_that_changed_is_counted(given_places, kept, lost):
    counts = Counter()
    found = mended(TEXT, [Mark(*place(p), "GPE", 0.5) for p in given_places], counts)
    assert [TEXT[m.start : m.end] for m in found] == kept
    assert all(m.score == 0.5 and m.type == "GPE" for m in found)
    assert +counts == +Counter(lost)


@given(texts(min_size=1))
def test_mended_spans_are_legal(text):
    found = [Mark(a, min(a + 3, len(text)), "GPE") for a in range(0, len(text), 2)]
    counts = Counter()
    kept = mended(text, found, counts)
    assert len(kept) + counts[tagging.WORDLESS] + counts[tagging.SHARED] == len(found)
    tags(marked(Document("d", text), kept, "m"))  # IOB2 carries them: they share no word and none is empty
    places = words(text)
    assert all(m.start in dict(places) and m.end in [b for _, b in places] for m in kept)


# --- proximity


# Each line is one sentence. Nearest legal heads of its FACILITY, for TARGET and PLACE alike:
#   1  hit — base: related by TARGET
#   2  hit — base: related by TARGET; fire is farther, so that pair does not count
#   3  fire — camp: not related; hit, which is, is farther and goes unseen
# CLASH TARGET FACILITY 0 of 1, ATTACK TARGET FACILITY 2 of 2, ATTACK PLACE FACILITY 0 of 2.
NEAR = document(
    "They [hit](ATTACK:e1) a [base](FACILITY:f1).\n"
    "Amid [fighting](CLASH:e2) they later [hit](ATTACK:e3) a [base](FACILITY:f2).\n"
    "They [hit](ATTACK:e4) amid [fighting](CLASH:e5) a [camp](FACILITY:f3).",
    """
    e1 TARGET f1
    e3 TARGET f2
    e4 TARGET f3
    """,
)


def test_shares_are_counted_over_nearest_legal_pairs():
    shares = Proximity.fit([NEAR], SCHEME).shares
    assert shares["ATTACK", "TARGET", "FACILITY"] == (2, 2)
    assert shares["ATTACK", "PLACE", "FACILITY"] == (0, 2)
    assert shares["CLASH", "TARGET", "FACILITY"] == (0, 1)
    assert ("FACILITY", "TARGET", "ATTACK") not in shares
    assert not any(relation == "SAME_AS" for _, relation, _ in shares)


def test_the_nearest_head_of_the_sentence_is_related():
    text = "Gunmen hit a base. They struck and bombed a camp."
    found = [("hit", "ATTACK"), ("base", "FACILITY"), ("struck", "ATTACK"), ("bombed", "ATTACK"), ("camp", "FACILITY")]
    spans = tuple(Span(w, text.index(w), text.index(w) + len(w), kind, w) for w, kind in found)
    made = Proximity.fit([NEAR], SCHEME).relations(Document("d", text, spans=spans))
    assert set(made) == {Relation("hit", "TARGET", "base", 1.0), Relation("bombed", "TARGET", "camp", 1.0)}


@pytest.mark.parametrize(("related", "predicted"), [((2, 4), [("e1", "TARGET", "f1", 0.5)]), ((1, 3), [])])
def test_half_of_the_kind_must_be_related(related, predicted):
    made = Proximity({("ATTACK", "TARGET", "FACILITY"): related}, SCHEME).relations(
        document("They [hit](ATTACK:e1) a [base](FACILITY:f1).")
    )
    assert [(r.head, r.type, r.tail, r.score) for r in made] == predicted


def test_of_two_heads_as_near_the_earlier_counts():
    gold = document("[hit](ATTACK:e1) a [base](FACILITY:f1) a [hit](ATTACK:e2).")
    made = Proximity({("ATTACK", "TARGET", "FACILITY"): (1, 1)}, SCHEME).relations(gold)
    assert [(r.head, r.tail) for r in made] == [("e1", "f1")]


@pytest.mark.parametrize(
    ("body", "related"),
    [
        # Counted from edge to edge: one character to `bombed`, four to `hit`, though its start is nearer.
        ("[hit](ATTACK:e1) on [Kharab al-Jir base](FACILITY:f1) [bombed](ATTACK:e2)", [("e2", "f1")]),
        ("[hit](ATTACK:e1) men. A [base](FACILITY:f1) stood.", []),
        ("[hit](ATTACK:e1) men.\nA [base](FACILITY:f1) was [bombed](ATTACK:e2).", [("e2", "f1")]),
    ],
)
def test_near_is_within_the_sentence_and_from_edge_to_edge(body, related):
    made = Proximity({("ATTACK", "TARGET", "FACILITY"): (1, 1)}, SCHEME).relations(document(body))
    assert [(r.head, r.tail) for r in made] == related


# --- lexicon

# strike: 2 of 3 ATTACK. Amal: GROUP 1, PERSON 1, unmarked 1: the first type in the scheme. army: 1 of 3, unmarked.
# `the Amal brigade` is longer than what it holds, so that no occurrence of Amal is counted in it.
LEARNT = [
    document("The [strike](ATTACK:e1) by [Amal](GROUP:g1).", name="en-1"),
    document("A [strike](ATTACK:e1) on [Amal](PERSON:p1) and the [army](FORCE:a1).", name="en-2"),
    document("Amal went on strike; the army left, an army of workers.", name="en-3"),
    document("It was [Amal brigade](GROUP:g1).", name="en-4"),
    document("[قصف](ATTACK:e1) [الجيش](FORCE:a1) [سوريا](GPE:p1).", name="ar-1", lang="ar"),
]


def read(text, learnt=LEARNT):
    return lexicon.fit(learnt, SCHEME, Settings()).predict(Document("x", text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The strike", [("strike", "ATTACK")]),
        ("Strike!", [("Strike", "ATTACK")]),
        ("army", []),
        ("Amal's men", [("Amal's", "PERSON")]),
        ("Amal brigade", [("Amal brigade", "GROUP")]),
        ("Amal\nbrigade", [("Amal", "PERSON")]),
        ("وقصف بسوريا", [("وقصف", "ATTACK"), ("بسوريا", "GPE")]),
        ("للجيش", [("للجيش", "FORCE")]),
        ("وَالجَيش", [("وَالجَيش", "FORCE")]),
        ("", []),
    ],
)
def test_the_longest_phrase_gets_the_label_of_most_of_its_occurrences(text, found):
    assert said(read(text)) == found


def test_what_a_longer_phrase_holds_is_not_marked_again():
    learnt = [*LEARNT, document("A [brigade](GROUP:g1) fell.", name="en-5")]
    assert said(read("Amal brigade; a brigade", learnt)) == [("Amal brigade", "GROUP"), ("brigade", "GROUP")]


def test_the_score_is_the_share_of_the_label():
    # strike 2 of 3; Amal 1 of 3; Amal brigade 1 of 1.
    assert [s.score for s in read("strike, Amal, Amal brigade").spans] == [0.667, 0.333, 1.0]


def test_of_several_readings_the_longest_counts():
    # وعدهم can be read as و and عدهم, which CLAIM outnumbers; its own occurrences say THREAT.
    learnt = [document("[وعدهم](THREAT:e1) [عدهم](CLAIM:e2) [عدهم](CLAIM:e3)", lang="ar")]
    assert said(read("وعدهم", learnt)) == [("وعدهم", "THREAT")]
    assert said(read("فعدهم", learnt)) == [("فعدهم", "CLAIM")]


def test_the_lexicon_hangs_on_no_order_but_on_what_is_marked():
    one, other = (lexicon.fit(its, SCHEME, Settings()) for its in (LEARNT, LEARNT[::-1]))
    assert one.model == other.model
    assert lexicon.fit(LEARNT[1:], SCHEME, Settings()).model != one.model
    assert one.predict(TINY[0]) == other.predict(TINY[0])


def test_the_lexicon_relates_what_it_finds():
    made = read("They hit a base.", [NEAR])
    hit, base = made.spans
    assert made.relations == (Relation(hit.id, "TARGET", base.id, 1.0),)


def test_predictions_keep_nothing_of_gold():
    gold = replace(TINY[0], derived={"events": []})
    made = lexicon.fit(TINY[1:], SCHEME, Settings()).predict(gold)
    assert (made.id, made.text, made.lang, made.meta) == (gold.id, gold.text, gold.lang, gold.meta)
    assert made.spans == () and made.relations == () and made.derived == {}
    assert made.model.startswith("lexicon@")


def test_training_is_remembered():
    learnt = lexicon.fit(TINY, SCHEME, Settings())
    for gold in TINY:
        counts = score(gold, learnt.predict(gold), SCHEME)
        assert counts.triggers.micro.fn == 0 and counts.triggers.micro.fp == 0


# --- the field


def test_the_field_learns_its_training_and_learns_it_again():
    library("pycrfsuite")
    from rasad.eval.baselines import crf

    one, other = (crf.fit(TINY, SCHEME, Settings(epochs=100)) for _ in range(2))
    assert one.model == other.model and one.model.startswith("crf@")
    for gold in TINY:
        made = one.predict(gold)
        assert said(made) == said(gold)
        assert all(0.3 < span.score <= 1 for span in made.spans)
        assert not made.spans or any(span.score < 1 for span in made.spans)
        assert made == other.predict(gold)
        assert made.relations == ()


def test_what_the_field_knows_of_a_word():
    library("pycrfsuite")
    from rasad.eval.baselines import crf

    text = "قصف، بالصواريخ F-16"
    first, second, third = crf.features(text, words(text))
    assert {"form=قصف", "gap=first", "1:form=بالصواريخ", "1:stem=صواريخ", "2:form=f-16"} <= set(first)
    assert {"stem=صواريخ", "pre=بال", "suf=ريخ", "gap=،", "-1:form=قصف", "shape=ا"} <= set(second)
    assert {"shape=X-0", "gap=", "-2:form=قصف"} <= set(third)
    assert not any(one.startswith("-") for one in first)
    assert not any(one.startswith("1:") for one in third)


# --- spaCy


def test_spacy_learns_by_language():
    library("spacy")
    from rasad.annotations.errors import RasadError
    from rasad.eval.baselines import transitions

    one, other = (transitions.fit(TINY, SCHEME, Settings(epochs=40, seed=3)) for _ in range(2))
    assert one.model == other.model and one.model.startswith("spacy@")
    assert transitions.fit(TINY, SCHEME, SETTINGS).model != one.model
    found = [one.predict(gold) for gold in TINY]
    assert found == [other.predict(gold) for gold in TINY]
    assert [said(made) for made in found] == [said(gold) for gold in TINY]
    assert all(span.score is None for made in found for span in made.spans)
    with pytest.raises(RasadError, match="x: its language is mixed, training documents are ar, en"):
        one.predict(Document("x", "Zarnuq"))


def test_what_spacy_cannot_carry_is_counted():
    library("spacy")
    from rasad.eval.baselines import transitions

    # `fired` is one token: two halves of it are nothing that spaCy can learn.
    gold = document("He [fired](ATTACK:e1) at 5.", name="en-1")
    inside = replace(gold, spans=(Span("e1", 3, 5, "ATTACK", "fi"), Span("e2", 5, 8, "ATTACK", "red")))
    assert +transitions.fit([gold], SCHEME, SETTINGS).lost == Counter()
    assert transitions.fit([inside], SCHEME, SETTINGS).lost[transitions.UNCARRIED] == 2


# --- transformers


@pytest.fixture(scope="module")
def stock():
    return importlib.import_module("rasad.eval.baselines.pipeline")


@pytest.mark.parametrize("kind", tiny.ENCODERS)
def test_pieces_are_tagged_as_the_spans_are(stock, kind):
    tokenizer = copy.deepcopy(tiny.tokenizer(kind))
    tokenizer.model_max_length = 32
    labels = ["O", *(f"{begin}-{name}" for name in SCHEME.types for begin in "BI")]
    windows = stock.Windows(tokenizer)
    for gold in TINY:
        lost = Counter()
        begun = {}
        for example, window in zip(windows.examples(gold, labels, lost), windows.cut(gold.text), strict=True):
            begins = []
            for label, (start, end) in zip(example["labels"], window["offsets"], strict=True):
                assert (label == -100) == (start == end)
                over = [s for s in gold.spans if s.start < end and start < s.end]
                assert label in (-100, 0) if not over else labels[label][2:] == over[0].type
                if label > 0 and labels[label][0] == "B":
                    begun[over[0].id] = start
                    begins.append(over[0].id)
            assert len(begins) == len(set(begins))  # even where several pieces make the first letter
        assert begun == {s.id: s.start for s in gold.spans}
        assert lost[stock.PIECELESS] == 0


def test_the_whole_article_is_read(stock):
    tokenizer = copy.deepcopy(tiny.tokenizer("bert"))
    tokenizer.model_max_length = 32
    windows = stock.Windows(tokenizer)
    text = "\n".join(tiny.SENTENCES)
    assert len(windows.cut(text)) > 3
    assert windows.unread(text) == 0
    # The tiny tokenizer drops the tatweel, so that no window has a piece of the second word.
    assert windows.unread("قال ـــ لنا") == 1


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_the_stock_pipeline(stock, kind):
    settings = Settings(epochs=1, encoder=str(tiny.encoder(kind)), seed=0)
    baseline = stock.fit(TINY, SCHEME, settings)
    assert baseline.model.startswith("transformers@")
    assert stock.fit(TINY, SCHEME, replace(settings, seed=1)).model != baseline.model
    long = Document("x", "\n".join(tiny.SENTENCES * 2))
    made = baseline.predict(long)
    assert made == baseline.predict(long)
    assert max(span.end for span in made.spans) > 2 * len(long.text) // 3  # far past the first window
    assert all(0 < span.score <= 1 for span in made.spans)
    tags(made)
    assert {stock.UNREAD, stock.PIECELESS, tagging.WIDENED} <= set(baseline.lost)
    assert baseline.predict(Document("x", " \n")).spans == ()


# --- the command


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for gold, split in zip(TINY, ("train", "train", "dev"), strict=True):
        write_jsonl([replace(gold, meta={"split": split})], f"{gold.id}.jsonl")
    return tmp_path


def fails(capsys, *arguments):
    assert main(["baseline", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1 and told.err.startswith("rasad: ")
    return told.err


def test_one_command_trains_predicts_and_scores(folder, capsys):
    out = "found/predictions.jsonl"
    assert main(["baseline", "lexicon", "--train", ".", "--on", ".", "--split", "dev", "--out", out]) == 0
    told = capsys.readouterr()
    (made,) = read_jsonl(out)
    assert made.id == "en-2" and made.text == TINY[2].text
    name, _, checkpoint = made.model.partition("@")
    assert name == "lexicon"
    assert "trained on 2 documents" in told.err
    assert told.out.splitlines()[-1].startswith("scheme:2.1|data:")
    assert f"|split:dev|checkpoint:{checkpoint}|match:strict|docs:1|" in told.out


def test_what_is_lost_is_told(folder, capsys):
    encoder = str(tiny.encoder("bert"))
    arguments = ["--train", ".", "--on", "en-2.jsonl", "--epochs", "1", "--encoder", encoder, "--out", "x.jsonl"]
    assert main(["baseline", "transformers", *arguments]) == 0
    told = capsys.readouterr()
    assert "rasad: transformers: 0 words that no window has a piece of" in told.err
    assert "split:all" in told.out and "train_runtime" not in told.out


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["lexicno"], "did you mean lexicon?"),
        (["lexicon", "--on", "."], "trained on and scored"),
        (["lexicon", "--split", "tset"], "no document is of the split tset"),
        (["lexicon", "--encoder", "x"], "lexicon takes no --encoder"),
        (["lexicon", "--epochs", "3"], "lexicon takes no --epochs"),
        (["crf", "--seed", "3"], "crf takes no --seed"),
        (["lexicon", "--out", "x.md"], ".jsonl"),
        (["lexicon", "--train", "missing"], "missing: no such file"),
        (["lexicon", "--train", "en-2.jsonl", "--on", "en-1.jsonl"], "no document is of the split train"),
        (["transformers"], "--encoder"),
        (["transformers", "--encoder", "missing"], "missing: cannot be loaded"),
    ],
)
def test_bad_input(arguments, hint, folder, capsys):
    name, *rest = arguments
    given_options = dict(zip(rest[::2], rest[1::2], strict=True))
    options = {"--train": ".", "--on": "en-2.jsonl", "--out": "x.jsonl"} | given_options
    assert hint in fails(capsys, name, *itertools.chain(*options.items()))
    assert not (folder / "x.jsonl").exists()


def test_a_story_of_training_is_not_scored(folder, capsys):
    told = {"en-1": "train", "en-2": "dev"}
    for name, split in told.items():
        (gold,) = read_jsonl(f"{name}.jsonl")
        write_jsonl([replace(gold, meta={"split": split, "story": "s"})], f"{name}.jsonl")
    assert "en-2: trained on" in fails(
        capsys, "lexicon", "--train", ".", "--on", ".", "--split", "dev", "--out", "x.jsonl"
    )


def test_a_library_that_is_missing_is_named(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    monkeypatch.delitem(sys.modules, "rasad.eval.baselines.crf", raising=False)
    told = fails(capsys, "crf", "--train", ".", "--on", "en-2.jsonl", "--out", "x.jsonl")
    assert "pycrfsuite" in told and "rasad[baselines]" in told


def test_help_is_light():
    ask = "import sys; from rasad.__main__ import main; main(['baseline', '--help']); "
    ask += "print('loaded', *[m for m in ('torch', 'transformers', 'spacy', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert "lexicon, crf, spacy or transformers" in " ".join(done.stdout.split())
    assert done.stdout.splitlines()[-1] == "loaded"
