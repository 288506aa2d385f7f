"""The walk to the weak links: it runs in both languages, and its figures come with their tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from tests.notebooks.test_notebooks import FOLDER, HTML, run_notebook
from workbench.figures.drawn import PLOTLY
from workbench.run import Run

NOTEBOOK = FOLDER / "30_find_weak_links.ipynb"
FIGURES = {"see": 3, "time": 2, "stages": 1, "process": 1}  # cell -> how many it draws


def shown(cell: Any, kind: str) -> list[Any]:
    """What a cell shows, in one format."""
    found = [output.get("data", {}).get(kind) for output in cell.get("outputs", [])]
    return [data for data in found if data]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_weak_links_are_found_and_followed(tmp_path: Path, sample_run: Run, language: str) -> None:
    notebook = run_notebook(NOTEBOOK, FOLDER, tmp_path, language=language)
    cells = {cell.id: cell for cell in notebook.cells}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output

    links = sample_run.weak_links
    ranked = links[(links["family"] == "unit") & links["priority"].notna()]
    ranked = ranked.sort_values(["flagged", "priority"], ascending=False)
    said = "".join(o.text for o in cells["find"].outputs if o.output_type == "stream")
    assert ranked[f"sentence_{language}"].iloc[0] in said

    for name, count in FIGURES.items():
        figures = shown(cells[name], PLOTLY)
        assert len(figures) == count, name
        for figure in figures:
            assert go.Figure(figure).data, name
            caption = figure["layout"]["meta"]["caption"]
            assert any(caption.split("<")[0][:40] in page for page in shown(cells[name], HTML))
    first = ranked[ranked["asset"] == sample_run.manifest["case_asset"]].iloc[0]
    title = sample_run.results.title(first["check_id"], language)
    assert title in shown(cells["see"], PLOTLY)[0]["layout"]["title"]["text"].replace("<br>", " ")

    quarters = shown(cells["ask"], HTML)[0]
    assert first["check_id"] in quarters
    assert any(f'lang="{language}"' in page for page in shown(cells["cases"], HTML))
