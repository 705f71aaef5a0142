"""What the tests share: no network, one thread, the folder of the repository, the scheme."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from rasad.annotations.scheme import Scheme, default_scheme

# Before anything loads torch or transformers: a hub name must fail at once, and idle threads must not spin.
os.environ |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}

# The same examples every time, and no time limit: a busy machine must not fail a test.
hypothesis.settings.register_profile("rasad", deadline=None, derandomize=True)
hypothesis.settings.load_profile("rasad")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    return default_scheme()
