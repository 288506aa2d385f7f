"""What a weak link costs: the cases to look at first, and the coverage without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.pack import Pack

FIRST_CASES = 5
Key = tuple[str, str, str | None, str | None, str | None]  # asset, check, unit, kind, month


def key_of(row: Mapping[str, Any]) -> Key:
    """Where a row of `weak_links` lies; the month only where the row is of one month."""
    month = row["period"] if row["family"] == "step_month" else None
    return row["asset"], row["check_id"], row["unit_id"], row["kind"], month


def first_cases(engine: Engine, wanted: Iterable[Key]) -> dict[Key, list[str]]:
    """The worst failing cases of some cells: candidates for a veto first, then those with most
    findings, most defects, the newest. None and empty parts of a cell mean: any.

    Where subjects are no cases (an organ's year, an item) there are none.
    """
    import pyarrow as pa

    keys = list(dict.fromkeys(wanted))
    if not keys:
        return {}
    names = ("asset", "check_id", "unit_id", "kind", "month")
    table = {name: pa.array([key[at] for key in keys], pa.string())
             for at, name in enumerate(names)}  # fmt: skip
    engine.put("work.wanted_links", pa.table({**table, "place": pa.array(range(len(keys)))}))
    found: dict[Key, list[str]] = {}
    for asset in dict.fromkeys(key[0] for key in keys):
        for place, cases in engine.rows(_cases_of(asset), "cases of weak links"):
            found[keys[int(place)]] = [str(case) for case in cases]
    engine.run("DROP TABLE work.wanted_links", "cases of weak links")
    return found


def _cases_of(asset: str) -> str:
    return f"""WITH many AS (
  SELECT case_id, COUNT(*) AS findings FROM work.findings WHERE case_id IS NOT NULL GROUP BY 1
), failing AS (
  SELECT w.place, f.case_id, BOOL_OR(f.veto_candidate) AS veto, MAX(m.findings) AS findings,
         MAX(f.defects) AS defects, MAX(o.month) AS month
  FROM work.wanted_links w
  JOIN work.findings f ON f.asset = w.asset AND f.check_id = w.check_id
  JOIN work.outcomes_{asset} o ON o.subject_id = f.subject_id
  JOIN many m ON m.case_id = f.case_id
  WHERE w.asset = {sqltext.literal(asset)} AND f.case_id IS NOT NULL
    AND (w.unit_id IS NULL OR w.unit_id = o.unit_id)
    AND (w.kind IS NULL OR w.kind = o.kind) AND (w.month IS NULL OR w.month = o.month)
  GROUP BY 1, 2
), placed AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY place
    ORDER BY veto DESC, findings DESC, defects DESC, month DESC, case_id) AS nth FROM failing
)
SELECT place, LIST(case_id ORDER BY nth) FROM placed WHERE nth <= {FIRST_CASES} GROUP BY 1"""


class Coverage:
    """How far each system is kept, in all decided subjects of all its checks; and without a link.

    A check of no system counts to its topic.
    """

    def __init__(self, engine: Engine, pack: Pack):
        rows = engine.rows(
            "SELECT check_id, SUM(passed), SUM(passed + failed) FROM work.tallies GROUP BY 1",
            "coverage of systems",
        )
        system = {topic: s.id for s in pack.systems for topic in s.topics}
        self._place = {c.id: ("system", system[c.topic]) if c.topic in system
                       else ("topic", c.topic) for c in pack.checks.values()}  # fmt: skip
        self._sums: dict[tuple[str, str], tuple[int, int]] = {}
        for check, passed, decided in rows:
            place = self._place[str(check)]
            before = self._sums.get(place, (0, 0))
            self._sums[place] = before[0] + int(passed), before[1] + int(decided)

    def without(self, row: Mapping[str, Any]) -> tuple[float | None, float | None]:
        """The share kept now, and if the link failed no more than what it is compared with."""
        passed, decided = self._sums.get(self._place[row["check_id"]], (0, 0))
        if not decided or row["expected"] is None:
            return None, None
        more = max(0.0, row["signal_failed"] - row["expected"])
        return passed / decided, (passed + more) / decided
