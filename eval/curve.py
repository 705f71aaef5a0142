"""The learning curve: how scores rise with what was trained on, from saved evaluations of several checkpoints."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rasad.annotations.errors import RasadError
from rasad.eval.measures import FAMILIES
from rasad.eval.signature import fields

_CONDITIONS = ("scheme", "data", "split", "match", "rasad")


def learning_curve(reports: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a point for each size of training data, from small to large: strict F1, the mean where there are several.

    Args:
        reports: the JSON forms of evaluations, by what to call them in a message.

    Raises:
        RasadError: where one does not tell what its checkpoint was trained on, or was measured under other conditions.
    """
    by_size: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    conditions: dict[str, str] = {}
    for name, report in reports.items():
        learnt = report.get("learnt")
        if not learnt:
            raise RasadError(
                f"{name}: it does not tell what was trained on; evaluate the checkpoint in its run's folder"
            )
        signed = fields(report["signature"])
        told = {key: signed.get(key, "") for key in _CONDITIONS}
        if conditions and told != conditions:
            differ = [key for key in _CONDITIONS if told[key] != conditions[key]]
            raise RasadError(f"{name}: measured under other conditions than the rest ({', '.join(differ)})")
        conditions = told
        by_size[learnt["documents"]].append(report)
    return [_point(size, by_size[size]) for size in sorted(by_size)]


def _point(size: int, reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    scores = {
        family: statistics.fmean(report["total"][family]["micro"]["f1"] for report in reports) for family in FAMILIES
    }
    return {"documents": size, **scores, "seeds": len(reports)}
