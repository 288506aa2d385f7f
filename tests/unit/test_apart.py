"""Work in a process of its own: the same answer, the same faults, and never a lost one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import workbench.reports.workbook as workbook
from workbench.apart import run_apart
from workbench.artefacts import file_hash
from workbench.run import Run


def test_the_work_is_done_in_another_process() -> None:
    assert run_apart(os.getpid) != os.getpid()
    assert run_apart(sorted, [3, 1, 2]) == [1, 2, 3]


def test_a_fault_comes_back_as_it_was() -> None:
    with pytest.raises(ZeroDivisionError):
        run_apart(divmod, 1, 0)


def test_where_no_process_can_be_started_the_work_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert run_apart(os.getpid) == os.getpid()


def test_a_large_workbook_is_the_same_file(
    sample_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = workbook.write_workbook(sample_run.results, tmp_path / "here.xlsx")
    monkeypatch.setattr(workbook, "_MANY_ROWS", 0)
    apart = workbook.write_workbook(sample_run.results, tmp_path / "apart.xlsx")
    assert file_hash(here) == file_hash(apart)
    with pytest.raises(FileNotFoundError):
        workbook.write_workbook(sample_run.results, tmp_path / "no" / "folder.xlsx")
