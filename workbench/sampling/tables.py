"""Small CSV tables that people hand in: a roster of reviewers, what reviewers found."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from workbench.sources import read_words
from workbench.spreadsheets import as_recorded
from workbench.terms import InputError, did_you_mean

ANY = ""  # the criterion of a table that names none
_SHOWN = 6


@cache
def words() -> dict[str, Any]:
    """The words of this room."""
    return read_words(Path(__file__).with_name("words.yaml"))


def read_table(
    path: Path, columns: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV with a header, each with its line; cells trimmed, empty lines left out.

    Columns may be called by any of their names in `words.yaml`. Raises `InputError` where the file
    is not there, is no text or lacks a column.
    """
    from workbench.loading.encoding import as_utf8, scan_file

    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    scan = scan_file(path)
    if scan.damaged or scan.encoding == "binary":
        raise InputError(f"{path}: is no CSV table (a workbook is saved as CSV first)")
    reader = csv.reader(io.StringIO(as_utf8(path, scan).decode("utf-8"), newline=""))
    header = [name.strip() for name in next(reader, [])]
    places = _places(path, header, columns, optional)
    for row in reader:
        if any(cell.strip() for cell in row):
            cells = [as_recorded(cell.strip()) for cell in row]
            yield (
                reader.line_num,
                {name: cells[at] if at < len(cells) else "" for name, at in places.items()},
            )


def _places(
    path: Path, header: Sequence[str], columns: Sequence[str], optional: Sequence[str]
) -> dict[str, int]:
    called = words()["columns"]
    found = {
        name: next((header.index(n) for n in called[name] if n in header), -1)
        for name in (*columns, *optional)
    }
    missing = [name for name in columns if found[name] < 0]
    if missing:
        hint = did_you_mean(missing[0], header)
        there = ", ".join(header[:_SHOWN])
        told = f"; {hint}" if hint else ""
        raise InputError(f"{path}: no column {', '.join(missing)}; there is: {there}{told}")
    return {name: at for name, at in found.items() if at >= 0}


def read_reviewers(path: Path) -> dict[str, str]:
    """A roster: a CSV with the columns reviewer and unit.

    Raises `InputError` where it is none, where a cell is empty, or a reviewer stands in it twice.
    """
    found: dict[str, str] = {}
    for line, row in read_table(path, ("reviewer", "unit")):
        if not row["reviewer"] or not row["unit"]:
            raise InputError(f"{path}, line {line}: a reviewer and the reviewer's unit are needed")
        if row["reviewer"] in found:
            raise InputError(f"{path}, line {line}: the reviewer stands there twice")
        found[row["reviewer"]] = row["unit"]
    if not found:
        raise InputError(f"{path}: names no reviewer")
    return found


def read_outcomes(path: Path) -> dict[str, dict[str, bool | None]]:
    """What reviewers found, by criterion and case: True deviates, False does not, None undecided.

    A CSV with the columns case_id, outcome and, if there are several, criterion. An outcome is
    failed / passed / not_applicable / cannot_tell, or their Chinese words; an empty cell is a case
    not reviewed yet. Raises `InputError` for another word and for a case that stands there twice.
    """
    known = {word: meaning for meaning, said in words()["outcomes"].items() for word in said}
    found: dict[str, dict[str, bool | None]] = {}
    for line, row in read_table(path, ("case_id", "outcome"), ("criterion",)):
        of = found.setdefault(row.get("criterion", ANY), {})
        if row["case_id"] in of:
            raise InputError(f"{path}, line {line}: case {row['case_id']} stands there twice")
        said = row["outcome"].lower()
        if not said:
            continue
        if said not in known:
            expected = ", ".join(known)
            raise InputError(f"{path}, line {line}: the outcome is none of {expected}")
        of[row["case_id"]] = {"failed": True, "passed": False}.get(known[said])
    if not any(found.values()):
        raise InputError(f"{path}: holds no outcome")
    return found
