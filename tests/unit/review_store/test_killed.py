"""Killed at any statement, a review store is whole, and has all of a transaction or nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")

DRAFT = {"points": 1}
BEFORE = {"entries": [None, 5], "draft": DRAFT, "heads": 1}
# what is there before, and after
OUTCOMES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "create": ({"none": True}, {"entries": [], "draft": None, "heads": 0}),
    "one": (BEFORE, {**BEFORE, "entries": [None, 5, 1]}),
    "two": (BEFORE, {**BEFORE, "entries": [None, 5, 1, 2]}),
    "draft": (BEFORE, {**BEFORE, "draft": {"points": 9}}),
    "submit": (BEFORE, {**BEFORE, "entries": [None, 5, 1], "draft": None}),
    "export": (BEFORE, {**BEFORE, "heads": 2}),
}


@pytest.mark.slow
@pytest.mark.parametrize("action", OUTCOMES)
def test_killed_at_every_step(where: str, action: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.review_store.killing", where, action],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    deaths = [json.loads(line) for line in done.stdout.splitlines()]
    assert [death.pop("killed") for death in deaths] == [True] * (len(deaths) - 1) + [False]
    assert len(deaths) > 10
    assert all(death.pop("whole") for death in deaths)
    before, after = OUTCOMES[action]
    turn = deaths.index(after)
    assert turn > 0
    assert deaths == [before] * turn + [after] * (len(deaths) - turn)
