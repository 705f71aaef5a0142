from dataclasses import replace

import pytest
from hypothesis import given
from strategies import texts

from rasad.annotations.brat import to_brat
from rasad.annotations.conll import to_conll
from rasad.annotations.document import Document
from rasad.annotations.errors import FormatError, RasadError
from rasad.annotations.jsonl import write_jsonl
from rasad.annotations.markdown import parse_markdown, write_markdown
from rasad.annotations.scheme import default_scheme
from rasad.eval.predictions import read_predictions
from rasad.eval.scores import score

SCHEME = default_scheme()


def document(name, lang, body, block=""):
    return parse_markdown(f"---\nid: {name}\nlang: {lang}\n---\n{body}\n\n```relations\n{block}\n```\n", name)


EN = document(
    "en-1",
    "en",
    '[Gunmen](PERSON:h1) [attacked](ATTACK:e1) "the [guard post](FACILITY:f1)".\nNobody was [hurt](CASUALTIES:e2).',
    "e1 AGENT h1\ne1 TARGET f1\ne2 polarity=negative",
)
AR = document(
    "ar-1",
    "ar",
    "[قصفت](ATTACK:e1) [المسيّرات](WEAPON:w1) [القرية](GPE:g1) [العراق](GPE:g2)، يوم [الأحد](TIME:t1)!",
    "e1 INSTRUMENT w1",
)
GOLD = [EN, AR]


def marks(doc):
    return [(span.start, span.end, span.type) for span in doc.spans]


def perfect(found):
    """Whether documents are gold's in the order of ids and say what gold says."""
    assert [one.id for one in found] == ["ar-1", "en-1"]
    return all(score(gold, one, SCHEME) == score(gold, gold, SCHEME) for gold, one in zip((AR, EN), found, strict=True))


def test_json_lines(tmp_path):
    write_jsonl([replace(EN, model="m@1"), AR], tmp_path / "p.jsonl")
    found = read_predictions(tmp_path / "p.jsonl", GOLD)
    assert perfect(found)
    assert found[1].model == "m@1"


def test_a_folder_of_the_written_form_or_of_standoff(tmp_path):
    for one in GOLD:
        write_markdown(one, tmp_path / f"{one.id}.md")
    (tmp_path / "README.md").write_text("what this is")
    assert perfect(read_predictions(tmp_path, GOLD))
    (inner := tmp_path / "brat" / "deep").mkdir(parents=True)
    for one in GOLD:
        (inner / f"{one.id}.txt").write_bytes(one.text.encode())
        (inner / f"{one.id}.ann").write_text(to_brat(one), "utf-8")
    assert perfect(read_predictions(tmp_path / "brat", GOLD))
    assert marks(read_predictions(inner / "en-1.ann", [EN])[0]) == marks(EN)
    with pytest.raises(RasadError, match=r"holds both \.ann and \.md; give files of one kind"):
        read_predictions(tmp_path, GOLD)


def columns(tmp_path, text):
    path = tmp_path / "p.conll"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("order", [(EN, AR), (AR, EN)])
def test_columns_as_rasad_writes_them_are_known_by_their_words(tmp_path, order):
    path = columns(tmp_path, "\n".join(to_conll(one) for one in order))
    found = read_predictions(path, GOLD)
    assert [one.text for one in found] == [AR.text, EN.text]
    assert [one.lang for one in found] == ["ar", "en"]
    # Two GPE side by side stay two, a span of two words is one.
    assert [marks(one) for one in found] == [marks(AR), marks(EN)]


def test_columns_of_another_tokenizer(tmp_path):
    rows = """-DOCSTART- -X- O

    # newdoc id = en-1
    # a comment
    Gunmen NN B-PERSON
    attacked VBD B-ATTACK
    " . O
    the DT O
    guard NN B-FACILITY
    post NN I-FACILITY
    " . O
    . . O

    No DT O
    body NN O
    was VBD O
    hurt VBN B-CASUALTIES
    . . O
    """
    path = columns(tmp_path, "\n".join(line.strip() for line in rows.split("\n")))
    (found,) = read_predictions(path, [EN])
    assert marks(found) == marks(EN)
    assert {span.text for span in found.spans} == {"Gunmen", "attacked", "guard post", "hurt"}


def test_a_clitic_cut_off_is_left_off(tmp_path):
    gold = document("d", "ar", "بلغ [بالصواريخ](WEAPON:w1)")
    (found,) = read_predictions(columns(tmp_path, "بلغ\tO\nب\tO\nالصواريخ\tB-WEAPON\n"), [gold])
    assert [(span.start, span.text) for span in found.spans] == [(5, "الصواريخ")]


def test_a_number_sign_is_a_token_where_a_tag_follows(tmp_path):
    gold = document("d", "en", "[#](TIME:t) 7 fled")
    (found,) = read_predictions(columns(tmp_path, "# text = 7 fled\n# B-TIME\n7 I-TIME\nfled O\n"), [gold])
    assert [span.text for span in found.spans] == ["# 7"]


def test_of_documents_that_begin_alike_the_longest_that_fits(tmp_path):
    short, long = document("a", "en", "Gunmen fled."), document("b", "en", "Gunmen fled. [Police](FORCE:p) followed.")
    found = read_predictions(columns(tmp_path, to_conll(long) + "\n" + to_conll(short)), [short, long])
    assert [marks(one) for one in found] == [[], marks(long)]


def test_documents_in_the_same_words_need_their_ids(tmp_path):
    gold = [document(name, "en", "[Gunmen](PERSON:p) fled.") for name in ("a", "b")]
    bare = "Gunmen\tO\nfled\tO\n"
    with pytest.raises(FormatError, match=r"p\.conll:1: the words are those of a, b alike; write a line `# newdoc id"):
        read_predictions(columns(tmp_path, to_conll(gold[0]) + bare), gold)
    path = columns(tmp_path, f"# newdoc id = b\n{to_conll(gold[0])}\n# newdoc id = a\n{bare}")
    assert [marks(one) for one in read_predictions(path, gold)] == [[], marks(gold[0])]


@given(texts())
def test_columns_of_any_text_come_back(tmp_path_factory, text):
    gold = Document("d", text)
    path = columns(tmp_path_factory.mktemp("conll"), f"# newdoc id = d\n{to_conll(gold)}")
    assert read_predictions(path, [gold]) == [gold]


TINY = document("d", "en", "[Gunmen](PERSON:p) fled the town.")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("Gunmen\tB-PERSN\nfled\tO\nthe\tO\ntown\tO", r"1: unknown type PERSN \(did you mean PERSON\?\)"),
        ("Gunmen\tB-PERSON\nfled\tI-ATTACK\nthe\tO\ntown\tO", "2: I-ATTACK follows B-PERSON; in IOB2 a span begins"),
        ("Gunmen\tI-PERSON", "1: I-PERSON follows O; in IOB2 a span begins with B-PERSON"),
        ("Gunmen\tB-PERSON\n\nfled\tI-PERSON", "3: I-PERSON follows O"),
        ("Gunmen\tPERSON", "1: bad line 'Gunmen PERSON'; a line is a token and, in the last column,"),
        ("Gunmen", "1: bad line 'Gunmen'"),
        ("Gunmen\tO\nthe\tO\ntown\tO", "2: 'the' does not come next: d goes on with 'fled the town.'"),
        ("Gunmen\tO\nran\tO", "2: 'ran' does not come next: d goes on with 'fled"),
        ("Gunmen\tO\nfled\tO\nthe\tO", "3: the tokens end here, but d goes on with 'town.'"),
        ("# newdoc id = d\nGunmen\tO", "2: the tokens end here, but d goes on with 'fled the town.'"),
        ("# newdoc id = d\nGunmen\tO\nfled\tO\nthe\tO\ntown\tO\nhall\tO", "6: 'hall' .*: d has no more words"),
        (f"# newdoc id = d\n{to_conll(TINY)}\n# newdoc id = d", r"7: d is no document of gold, or was there before"),
        ("# newdoc id = e", r"1: e is no document of gold, or was there before"),
        (
            "Gunmen\tO\nfled\tO\nthe\tO\ntown\tO\nGunmen\tO",
            "5: 'Gunmen' does not come next: no document of gold is left",
        ),
    ],
)
def test_columns_that_are_not_of_gold_are_told_with_their_line(tmp_path, rows, words):
    with pytest.raises(FormatError, match=rf"p\.conll:{words}"):
        read_predictions(columns(tmp_path, rows), [TINY])


@pytest.mark.parametrize(
    ("name", "words"),
    [("gone.jsonl", "no such file or folder"), ("p.csv", "not a file of predictions"), ("", "holds no predictions")],
)
def test_what_holds_no_predictions_is_refused(tmp_path, name, words):
    if name == "p.csv":
        (tmp_path / name).touch()
    with pytest.raises(RasadError, match=words):
        read_predictions(tmp_path / name, GOLD)


def test_predictions_are_matched_by_id_and_text(tmp_path):
    path = tmp_path / "p.jsonl"
    write_jsonl([EN], path)
    with pytest.raises(RasadError, match="documents of gold are missing: ar-1"):
        read_predictions(path, GOLD)
    write_jsonl([AR, Document("en-1", EN.text + "\n")], path)
    with pytest.raises(RasadError, match="en-1: the prediction is of another text: they differ from character"):
        read_predictions(path, GOLD)
    path.write_text(
        '{"id": "d", "text": "Gunmen fled the town.", "spans": '
        '[{"id": "p", "start": 0, "end": 6, "type": "PERSN", "text": "Gunmen"}]}\n'
    )
    with pytest.raises(FormatError, match="unknown type PERSN"):
        read_predictions(path, [TINY])
