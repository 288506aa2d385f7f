"""How long large sources take to load: a million rows of CSV, a workbook of 100,000 rows."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from workbench.benchmark.evaluation import python_prints

CSV_ROWS, PAGE_ROWS = 1_000_000, 100_000
_LOAD = """
import resource, sys, time
import workbench
started = time.perf_counter()
files = workbench.load(sys.argv[1])
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
assert files.report.count("cases").used == int(sys.argv[2]), files.report
print(seconds, peak)
"""
_HEADER = (
    "case_id", "case_no", "organ_id", "unit_id", "kind", "procedure", "party_id", "filed_on",
    "decided_on", "fine_yuan",
    # the workbook has these too
    "clock", "item_code", "region_code", "handler_id", "handler_unit_id", "discovered_on",
    "received_on", "accepted_on", "investigated_on", "closed_on",
)  # fmt: skip
_NARROW = 10


def measure_sources(progress: Callable[[str], None] = lambda step: None) -> dict[str, Any]:
    """Seconds and GB of one large table as CSV (ten columns) and as a workbook (twenty).

    Each is loaded in a fresh interpreter.
    """
    figures: dict[str, Any] = {"csv_rows": CSV_ROWS, "xlsx_rows": PAGE_ROWS}
    with tempfile.TemporaryDirectory() as temporary:
        text, page = Path(temporary) / "cases.csv", Path(temporary) / "cases.xlsx"
        progress("write")
        _write_text(text)
        _write_page(page)
        for name, path, rows in (("csv", text, CSV_ROWS), ("xlsx", page, PAGE_ROWS)):
            progress(name)
            seconds, peak = python_prints(_LOAD, str(path), str(rows)).split()
            figures[f"{name}_load_s"] = round(float(seconds), 2)
            figures[f"{name}_peak_gb"] = round(float(peak), 2)
    return figures


def _rows(size: int) -> Iterator[list[Any]]:
    """Invented cases: ids that are all different, codes and days that repeat."""
    first = date(2024, 1, 1)
    for n in range(size):
        days = [first + timedelta(days=(n + step) % 700) for step in range(7)]
        yield [
            f"99-2025-{n:07d}", f"示例罚字〔2025〕{n}号", "99", f"99{n % 40:02d}", "penalty",
            "ordinary", f"P{n % 30_000}", days[3], days[5], n % 90_000 + 0.5, "labour",
            f"I{n % 300}", "990100", f"H{n % 900}", f"99{n % 40:02d}", *days[:3], days[4], days[6],
        ]  # fmt: skip


def _write_text(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(_HEADER[:_NARROW])
        writer.writerows(row[:_NARROW] for row in _rows(CSV_ROWS))


def _write_page(path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("cases")
    sheet.write_row(0, 0, _HEADER)
    for at, row in enumerate(_rows(PAGE_ROWS), 1):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(at, place, cell)
            elif isinstance(cell, str):
                sheet.write_string(at, place, cell)
            else:
                sheet.write_number(at, place, cell)
    book.close()
