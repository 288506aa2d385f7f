"""Promises of the house that no single room can keep: law is data, facts are complete."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.pack import read_pack
from workbench.run import Run

ROOT = Path(__file__).parents[2]
PACKS = sorted(path.parent for path in (ROOT / "expectations").glob("*/pack.yaml"))
# The tables that the kernel columns of every pack point at, and where fields may be listed.
KERNEL_TABLES = {"cases", "units", "organs", "coverage"}
# The folder of the pages' templates has the name of a table.
KERNEL_TABLES |= {"templates"}
# So has a sheet of every event log: XES calls them traces and events.
KERNEL_TABLES |= {"events"}


def constants(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in the code of a file that is not a docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in docstrings:
            yield node.lineno, text


@pytest.mark.parametrize("folder", PACKS, ids=lambda p: p.name)
def test_the_package_knows_no_law(folder: Path) -> None:
    """No check, parameter, clock fact or table of a pack stands in the code of the package."""
    pack = read_pack(folder)
    words = {*pack.checks, *pack.parameters, *(set(pack.schema.tables) - KERNEL_TABLES)}
    words |= {output for clock in pack.clocks.values() for output in clock.outputs}
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in sorted((ROOT / "workbench").rglob("*.py"))
        for line, text in constants(path)
        if text in words
    ]
    assert found == []


def test_scope_facts_are_never_null_and_say_one_of_three_words(sample_run: Run) -> None:
    for asset in {about["asset"] for about in sample_run.results.checks["checks"].values()}:
        facts = sample_run.facts(asset)
        scopes = [column for column in facts.columns if column.endswith("_scope")]
        assert scopes
        for scope in scopes:
            assert set(facts[scope]) <= {"due", "not_yet_due", "not_applicable"}, scope


def test_one_row_per_subject(sample_run: Run) -> None:
    for asset, subjects in sample_run.manifest["assets"].items():
        facts, outcomes = sample_run.facts(asset), sample_run.outcomes(asset)
        assert facts.subject_id.is_unique
        assert len(facts) == len(outcomes) == subjects


def test_no_personal_value_of_the_sample_reaches_the_run_folder(sample_folder: Path) -> None:
    """Names and codes of parties and officers stay in the case files."""
    import pandas as pd

    secrets: set[str] = set()
    for folder in PACKS:
        for table in read_pack(folder).schema.tables.values():
            file = ROOT / "sample_data" / folder.name / f"{table.name}.csv"
            personal = [c.name for c in table.columns.values() if c.data_class != "none"]
            if personal and file.is_file():
                frame = pd.read_csv(file, dtype=str)
                for column in set(personal) & set(frame.columns):
                    secrets |= set(frame[column].dropna())
    secrets = {value for value in secrets if len(value) >= 2}
    assert len(secrets) > 1000
    for path in sample_folder.rglob("*"):
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            for column in frame.select_dtypes(include=["object", "str"]):
                assert not set(frame[column].dropna()) & secrets, (path.name, column)
        elif path.is_file():
            text = all_text(path)
            assert not [value for value in secrets if value in text], path.name


def all_text(path: Path) -> str:
    """What a document holds; a workbook is an archive of texts."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())
