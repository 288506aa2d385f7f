"""What all tests share: the sample evaluated once; no deadlines, since machines are noisy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

import workbench
from workbench.run import Run

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

ROOT = Path(__file__).parent.parent
AS_OF = "2026-06-30"


@pytest.fixture(scope="session")
def sample_run() -> Run:
    """The shipped synthetic bureau, evaluated as `make run` does."""
    return workbench.evaluate(workbench.load(ROOT / "sample_data" / "hrss"), as_of=AS_OF)


@pytest.fixture(scope="session")
def sample_folder(sample_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the sample."""
    return sample_run.save(tmp_path_factory.mktemp("out"))
