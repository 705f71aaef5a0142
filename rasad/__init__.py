"""rasad (رصد): who did what to whom, and who says so, from Arabic and English conflict news.

The public names are loaded at first use, so that `import rasad` and `rasad --help` do not wait for torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rasad.annotations.document import Document, Relation, Span
    from rasad.annotations.errors import RasadError
    from rasad.inference.predictor import Predictor

    __version__: str

__all__ = ["Document", "Predictor", "RasadError", "Relation", "Span"]

_HOMES = {
    "Document": "rasad.annotations.document",
    "Predictor": "rasad.inference.predictor",
    "RasadError": "rasad.annotations.errors",
    "Relation": "rasad.annotations.document",
    "Span": "rasad.annotations.document",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("rasad")
    elif name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
