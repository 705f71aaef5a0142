"""Killing a run in the middle of something, to see whether it goes on as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class _Killed(BaseException):
    pass


@contextmanager
def killed_in(monkeypatch: pytest.MonkeyPatch, owner: object, method: str, call: int) -> Iterator[None]:
    """Kill what runs in the block as it enters a method or function for the `call`th time."""
    real, calls = getattr(owner, method), iter(range(1, 1000))

    def deadly(*args, **kwargs):
        if next(calls) == call:
            raise _Killed
        return real(*args, **kwargs)

    with monkeypatch.context() as patch, pytest.raises(_Killed):
        patch.setattr(owner, method, deadly)
        yield
