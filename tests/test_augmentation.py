"""Documents in other spellings: marks carried over, the seed alone deciding."""

from __future__ import annotations

import pytest
from stories import arabic, english

from rasad.annotations.words import paragraphs
from rasad.training.augmentation import changed, excerpt, excerpts, items

STORIES = [arabic(), english()] * 20


def test_a_changed_document_keeps_its_marks_and_relations() -> None:
    found = changed(STORIES, 1.0, 0)
    assert found.keys() == set(range(len(STORIES)))
    for i, other in found.items():
        before = STORIES[i]
        assert other.text != before.text
        assert [(s.id, s.type, s.polarity, s.modality) for s in other.spans] == [
            (s.id, s.type, s.polarity, s.modality) for s in before.spans
        ]
        assert other.relations == before.relations
    assert len({other.text for other in found.values()}) > 6


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.3, 5, 20)])
def test_so_many_are_changed(share: float, low: int, high: int) -> None:
    assert low <= len(changed(STORIES, share, 1)) <= high


def test_the_seed_alone_decides() -> None:
    assert changed(STORIES, 0.5, 3) == changed(STORIES, 0.5, 3)
    assert changed(STORIES, 0.5, 3) != changed(STORIES, 0.5, 4)
    assert {i: d for i, d in changed(STORIES, 0.5, 3).items() if i < 10} == changed(STORIES[:10], 0.5, 3)


def test_an_excerpt_is_whole_paragraphs_with_what_is_marked_in_them() -> None:
    found = excerpts(STORIES, 1.0, 0)
    assert found.keys() == set(range(len(STORIES)))
    lengths = set()
    for i, part in found.items():
        whole = STORIES[i]
        lengths.add(len(paragraphs(part.text)))
        assert {p for p in part.text.splitlines() if p.strip()} < set(whole.text.splitlines())
        start = whole.text.index(part.text)
        inside = [s for s in whole.spans if start <= s.start and s.end <= start + len(part.text)]
        assert [(s.id, s.start + start, s.modality) for s in part.spans] == [
            (s.id, s.start, s.modality) for s in inside
        ]
        ids = {s.id for s in inside}
        assert part.relations == tuple(r for r in whole.relations if {r.head, r.tail} <= ids)
    assert lengths == {1, 2, 3}


def test_a_span_that_is_cut_is_no_part_of_an_excerpt() -> None:
    whole = english()
    span = whole.spans[0]
    assert span.id in {s.id for s in excerpt(whole, 0, span.end).spans}
    assert span.id not in {s.id for s in excerpt(whole, 0, span.end - 1).spans}


def test_a_single_paragraph_has_no_excerpt() -> None:
    assert excerpts([excerpt(s, *paragraphs(s.text)[0]) for s in STORIES], 1.0, 0) == {}


def test_every_paragraph_as_a_document_of_its_own() -> None:
    whole = english()
    parts = items(whole)
    assert [p.text for p in parts] == [line for line in whole.text.splitlines() if line.strip()]
    assert [p.id for p in parts] == [f"{whole.id}.{i}" for i in range(1, len(parts) + 1)]
    assert [s.id for p in parts for s in p.spans] == [s.id for s in whole.spans]
