"""Files of the user's own: where they may lie, and that a failed write harms nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.own_files import MANIFEST, outside_runs, own_file, put
from workbench.terms import UsageError


def test_a_run_folder_is_never_written_into(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{}")
    (tmp_path / "deep").mkdir()
    with pytest.raises(UsageError, match="a run never changes: name a file outside"):
        own_file(tmp_path / "deep" / "list.csv")
    with pytest.raises(UsageError, match="name a folder outside"):
        outside_runs(tmp_path, "folder")


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        own_file(tmp_path / "absent" / "list.csv")
    with pytest.raises(UsageError, match="is a folder"):
        own_file(tmp_path)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")

    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        put(target, fail)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
