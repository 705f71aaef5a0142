import pytest

from rasad.annotations.errors import RasadError
from rasad.eval.curve import learning_curve

SIGNATURE = "scheme:2.1|data:d|split:dev|checkpoint:{}|match:strict|docs:3|rasad:0.2.0"


def report(documents, f1, checkpoint="a", signature=SIGNATURE, **changes):
    total = {family: {"micro": {"f1": f1}} for family in ("entities", "triggers", "relations")}
    learnt = {"documents": documents, "hash": "h"}
    return {"signature": signature.format(checkpoint), "total": total, "learnt": learnt} | changes


def test_points_go_from_small_to_large_and_seeds_are_averaged():
    found = learning_curve({"c": report(90, 0.8), "a": report(30, 0.5, "b"), "b": report(90, 0.6, "c")})
    assert [(p["documents"], p["seeds"]) for p in found] == [(30, 1), (90, 2)]
    assert [p["relations"] for p in found] == pytest.approx([0.5, 0.7])


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (report(90, 0.8, learnt=None), "b: it does not tell what was trained on"),
        (report(90, 0.8, signature=SIGNATURE.replace("data:d", "data:x")), r"other conditions than the rest \(data\)"),
    ],
)
def test_what_is_no_point_of_the_curve_is_refused(other, says):
    with pytest.raises(RasadError, match=says):
        learning_curve({"a": report(30, 0.5), "b": other})
