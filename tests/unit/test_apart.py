"""Work in a process of its own: the same answer, the same faults, and never a lost one."""

from __future__ import annotations

import os
import signal
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


def test_a_folder_of_case_files_is_no_place_to_look_for_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("open('ran', 'w').close()", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    monkeypatch.chdir(tmp_path)
    assert run_apart(os.getpid) != os.getpid()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("words", ["hello", "cfoo\nbar", "Installed", "N."])
def test_what_others_print_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    text = f"print({words!r}, flush=True)"
    (tmp_path / "sitecustomize.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert run_apart(os.getpid) != os.getpid()


def test_what_cannot_be_handed_over_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_apart(lambda: 5) == 5
    monkeypatch.setattr(sys, "executable", None)
    assert run_apart(os.getpid) == os.getpid()


@pytest.mark.skipif(os.name == "nt", reason="no signals there")
def test_a_stop_is_not_taken_for_a_fault() -> None:
    # Whoever runs the tests in the background has all of us ignore this signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_apart(signal.raise_signal, signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_large_workbook_is_the_same_file(
    sample_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = workbook.write_workbook(sample_run.results, tmp_path / "here.xlsx")
    monkeypatch.setattr(workbook, "_MANY_ROWS", 0)
    apart = workbook.write_workbook(sample_run.results, tmp_path / "apart.xlsx")
    assert file_hash(here) == file_hash(apart)
    with pytest.raises(FileNotFoundError):
        workbook.write_workbook(sample_run.results, tmp_path / "no" / "folder.xlsx")
