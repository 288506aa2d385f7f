"""Notebooks are thin doors: they keep the house rules, run from any folder, and show what is so."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

import workbench as wb
from workbench.run import Run

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.rglob("*.ipynb"))
WALKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CODE_CELLS = 8
HTML = "text/html"

# ------------------------------------------------------------------------- what is in the files


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.relative_to(FOLDER).as_posix())
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=nbformat.NO_CONVERT)


def test_there_is_a_walk() -> None:
    assert (FOLDER / "00_start_here.ipynb") in WALKS


def test_it_is_a_valid_notebook_with_ids_that_stay(notebook: Any) -> None:
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z-]*", cell_id) for cell_id in ids)  # given by a person


def test_nothing_is_stored_in_it(notebook: Any) -> None:
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert not any(cell.get("attachments") for cell in notebook.cells)


def test_it_holds_no_logic(notebook: Any) -> None:
    assert len(code_cells(notebook)) <= MOST_CODE_CELLS
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While)
    for cell in code_cells(notebook):
        nodes = list(ast.walk(ast.parse(cell.source)))
        assert not [node for node in nodes if isinstance(node, logic)], cell.id


def test_it_has_a_cell_of_plain_parameters(notebook: Any) -> None:
    tagged = [c for c in code_cells(notebook) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    for statement in ast.parse(tagged[0].source).body:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def test_it_names_no_place_of_this_machine(notebook: Any) -> None:
    home = re.compile(r"(?<![\w.)/])/(?:work|home|root|tmp|usr|Users)\b|[A-Z]:\\|file:|localhost")
    for cell in notebook.cells:
        assert not home.search(cell.source), cell.id
        assert socket.gethostname() not in cell.source
        assert not re.search(r"\b(?:index-url|pypi|registry|mirror)\b", cell.source)


# ------------------------------------------------------------------------- what comes out of them


EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
path, folder = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)
where = {"metadata": {"path": folder}}
NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
nbformat.write(notebook, path)
"""


def run_notebook(path: Path, cwd: Path, scratch: Path, **parameters: object) -> Any:
    """Execute a copy with other parameters, set after the parameters cell as papermill does."""
    notebook = nbformat.read(path, as_version=4)
    at = next(i for i, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", []))
    lines = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(lines, id="injected"))
    copy = scratch / "walk.ipynb"
    nbformat.write(notebook, copy)
    # In a process of its own, whose sockets are not ours to close.
    code = [sys.executable, "-c", EXECUTE, str(copy), str(cwd)]
    done = subprocess.run(code, env=this_interpreter(scratch), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return nbformat.read(copy, as_version=4)


def this_interpreter(scratch: Path) -> dict[str, str]:
    """An environment in which the kernel `python3` is this one, whatever the machine knows."""
    folder = scratch / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), "utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "WORKBENCH_LANG"}
    return {**kept, "JUPYTER_PATH": str(scratch / "jupyter")}


@pytest.fixture(scope="module", params=["notebooks", "root"])
def place(request: pytest.FixtureRequest) -> Path:
    """Where the kernel starts: Jupyter's folder, the repository; for the second pack, anywhere."""
    return {"notebooks": FOLDER, "root": ROOT}[request.param]


@dataclass(frozen=True)
class Walk:
    """An executed notebook and the language it was executed in."""

    cells: dict[str, Any]
    language: str
    out: Path

    def outputs(self, cell: str, kind: str) -> list[str]:
        """What a cell shows, in one format."""
        found = [output.get("data", {}).get(kind) for output in self.cells[cell].outputs]
        return [text for text in found if text]

    def page(self, cell: str) -> str:
        """The first page of ours that a cell shows."""
        return next(text for text in self.outputs(cell, HTML) if 'class="wb' in text)


@pytest.fixture(scope="module")
def walk(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The first notebook, executed; in Chinese in the notebooks folder, in English in the root."""
    language = None if place == FOLDER else "en"
    out = tmp_path_factory.mktemp("out")
    told = {"out": str(out), "language": language}
    scratch = tmp_path_factory.mktemp("scratch")
    notebook = run_notebook(FOLDER / "00_start_here.ipynb", place, scratch, **told)
    return Walk({cell.id: cell for cell in notebook.cells}, language or "zh", out)


def test_nothing_is_printed_to_stderr(walk: Walk) -> None:
    for cell in walk.cells.values():
        for output in cell.get("outputs", []):
            assert output.output_type != "error", output
            assert output.get("name") != "stderr", output


def test_every_object_shows_its_page_in_the_language_asked_for(walk: Walk) -> None:
    for cell in ("load", "evaluate", "case", "check", "try"):
        assert f'lang="{walk.language}"' in walk.page(cell), cell
    title = {"zh": "读入报告", "en": "Load report"}[walk.language]
    assert any(title in text for text in walk.outputs("load", HTML))


def test_the_numbers_are_those_of_the_api(walk: Walk, sample_run: Run) -> None:
    findings = sample_run.findings
    page = walk.page("evaluate")
    for count in (len(findings), findings["case_id"].nunique(), len(sample_run.facts())):
        assert f"{count:,}" in page
    worst = sample_run.worst_cases["case_id"].iloc[0]
    assert worst in page
    assert worst in walk.page("case")
    by_check = findings["check_id"].value_counts()
    assert by_check.idxmax() in walk.page("check")
    assert f"{by_check.max()} / " in walk.page("check")


def test_what_is_tried_is_counted_right(walk: Walk, sample_run: Run) -> None:
    facts = sample_run.facts()
    due = facts[facts["penalty_disclosure_scope"] == "due"]["penalty_disclosure_elapsed"]
    assert f"{(due > 5).sum()} / {due.notna().sum()}" in walk.page("try")


def test_the_run_is_saved_where_the_notebook_says(walk: Walk) -> None:
    printed = "".join(output["text"] for output in walk.cells["save"].outputs)
    report = Path(printed.splitlines()[0])
    assert report.is_file()
    assert report.is_relative_to(walk.out.resolve())
    assert wb.open_run(report.parent).manifest["as_of"] == "2026-06-30"


def test_the_second_pack_walks_too(tmp_path: Path) -> None:
    """All but the section that names a fact of the first pack."""
    path = tmp_path / "second.ipynb"
    notebook = nbformat.read(FOLDER / "00_start_here.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "try"]
    nbformat.write(notebook, path)
    told = {"source": "sample_data/us_fda", "pack": "us_fda", "as_of": None, "out": str(tmp_path)}
    cells = {cell.id: cell for cell in run_notebook(path, tmp_path, tmp_path, **told).cells}
    assert 'lang="en"' in cells["evaluate"].outputs[0]["data"][HTML]
    assert list(tmp_path.glob("us_fda-*/report.html"))
