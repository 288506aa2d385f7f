"""The walk through a round of evaluation: it runs, shows what is so, and leaves nothing behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import workbench as wb
from tests.notebooks.test_notebooks import FOLDER, HTML, ROOT, run_notebook
from workbench.artefacts import broken_artefacts
from workbench.review.store.verifying import verify_store

NOTEBOOK = FOLDER / "20_score_cases.ipynb"


def tracked_changes() -> str:
    """What git sees that is not committed."""
    asked = ["git", "status", "--porcelain", "--untracked-files=all"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_round_is_played_and_proved(tmp_path: Path, language: str) -> None:
    before = tracked_changes()
    out = tmp_path / "out"
    notebook = run_notebook(NOTEBOOK, FOLDER, tmp_path, out=str(out), language=language)
    assert tracked_changes() == before
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output
    shown = {cell.id: cell.get("outputs", []) for cell in notebook.cells}
    assert f"formula_{language}" in shown["settle"][-1]["data"][HTML]
    assert "overturned" in shown["results"][-1]["data"][HTML]

    assert verify_store(out / "review.sqlite").problems == []
    (sealed,) = (out / "rounds").iterdir()
    assert broken_artefacts(sealed) == []
    review = wb.open_review(out / "review.sqlite", "组长")
    (name,) = review.state.rounds
    results = review.results(name)["results"]
    assert review.round(name).closed
    assert len(results) == 6
    assert set(results.settled_by) == {"adjudication", "mean"}
    assert review.precision().overturned.sum() == 1
    assert (out / "export" / "evaluations.csv").is_file()
