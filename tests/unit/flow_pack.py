"""Case files written by hand for the flow of a shipped pack, and what plain Python says of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import workbench
from workbench.pack import read_pack
from workbench.run import Run

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
HRSS = Path(__file__).parents[2] / "expectations" / "hrss"
UNITS: Rows = {
    "organs": [{"organ_id": "99", "name": "示例市人社局"}],
    "units": [
        {"unit_id": "99-J", "organ_id": "99", "name": "示例市大队"},
        {"unit_id": "99-X", "organ_id": "99", "name": "示例市审批处"},
    ],
}


def evaluated(folder: Path, rows: Rows, as_of: str, pack: str | Path = HRSS) -> Run:
    """A run over these rows; a table without rows is there and empty (nothing happened)."""
    schema = read_pack(Path(pack)).schema
    folder.mkdir(parents=True, exist_ok=True)
    for table, listed in {**UNITS, **rows}.items():
        own = {"organ_id": "99", "unit_id": "99-J"} if table == "cases" else {}
        whole = [{**own, **row} for row in listed]
        columns = list(dict.fromkeys(name for row in whole for name in row))
        columns = columns or list(schema.tables[table].columns)
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(whole)
    return workbench.evaluate(workbench.load(folder, pack), as_of=as_of)


def way(run: Run, case_id: str) -> list[str]:
    """The steps of a case in their order."""
    steps = [step["id"] for step in run.results.checks["flow"]["steps"]]
    query = (
        "SELECT s.place FROM work.flow_steps s JOIN work.flow_cases c ON c.no = s.no "
        f"WHERE c.case_id = '{case_id}' ORDER BY s.seq"
    )
    return [steps[row[0] - 1] for row in run.results.engine.rows(query, "way")]
