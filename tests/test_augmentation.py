"""Documents in other spellings: marks carried over, the seed alone deciding."""

from __future__ import annotations

import pytest
from stories import arabic, english

from rasad.training.augmentation import changed

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
