from dataclasses import replace

import pytest

from rasad.annotations.corpus import corpus_hash, find, load
from rasad.annotations.document import Document, Relation, Span
from rasad.annotations.errors import FormatError, RasadError
from rasad.annotations.jsonl import write_jsonl
from rasad.annotations.markdown import write_markdown

HIT = Span("e1", 0, 3, "ATTACK", "hit", "positive", "asserted")
DEPOT = Span("f1", 8, 13, "FACILITY", "depot")
LINKS = (Relation("e1", "TARGET", "f1"), Relation("f1", "LOCATED_IN", "f1"))
FIRST = Document("a", "hit the depot", "en", "2024-01-02", (HIT, DEPOT), LINKS, {"source": "ours"})
SECOND, THIRD = Document("b", "hit", "en", spans=(HIT,)), Document("c", "قصف", "ar")


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "en" / "deep").mkdir(parents=True)
    write_markdown(FIRST, tmp_path / "en" / "deep" / "a.md")
    write_jsonl([SECOND, THIRD], tmp_path / "en" / "more.jsonl")
    (tmp_path / "README.md").write_text("About this corpus")
    (tmp_path / "en" / "notes.txt").write_text("nothing to read")
    return tmp_path


def test_files_and_folders_mix(corpus):
    assert load([corpus]) == [FIRST, SECOND, THIRD]
    assert load([corpus / "en" / "more.jsonl", str(corpus / "en" / "deep")]) == [SECOND, THIRD, FIRST]


def test_a_file_named_twice_is_read_once(corpus):
    assert find([corpus / "en" / "more.jsonl", corpus]) == [
        corpus / "en" / "more.jsonl",
        corpus / "en" / "deep" / "a.md",
    ]


def test_two_documents_of_one_id_are_refused(corpus):
    write_markdown(SECOND, corpus / "other.md")
    with pytest.raises(RasadError, match=r"other\.md: document id b is used in .*more\.jsonl too; ids are unique"):
        load([corpus])


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("nowhere", "nowhere: no such file or folder"),
        ("en/notes.txt", "notes.txt: not a corpus file; give a .md or .jsonl file, or a folder of them"),
        ("empty", "empty: the folder holds no .md or .jsonl file"),
    ],
)
def test_what_is_no_corpus_is_refused(corpus, name, what):
    (corpus / "empty").mkdir()
    with pytest.raises(RasadError) as caught:
        load([corpus / name])
    assert str(caught.value).endswith(what)


def test_a_mistake_in_a_file_is_not_passed_over(corpus):
    (corpus / "en" / "z.md").write_text("no front matter")
    with pytest.raises(FormatError, match=r"z\.md:1: no front matter"):
        load([corpus])


def test_the_hash_names_what_the_documents_say():
    named = corpus_hash([FIRST, SECOND])
    assert named == corpus_hash([SECOND, replace(FIRST, relations=LINKS[::-1])])
    assert named == "24c8dac6cd43"
    others = (
        replace(SECOND, lang="mixed"),
        replace(SECOND, spans=(replace(HIT, modality="uncertain"),)),
        replace(SECOND, meta={"source": "ours"}),
    )
    assert len({named, corpus_hash([FIRST]), *(corpus_hash([FIRST, other]) for other in others)}) == 5


def test_the_hash_does_not_depend_on_the_form(corpus, tmp_path):
    write_jsonl([SECOND, THIRD, FIRST], tmp_path / "all.jsonl")
    assert corpus_hash(load([corpus / "en"])) == corpus_hash(load([tmp_path / "all.jsonl"]))
