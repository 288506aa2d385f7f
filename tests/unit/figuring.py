"""A small run made by hand: relations as a run holds them, with numbers that a test can count."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pyarrow as pa

from workbench.engines.duckdb import DuckDBEngine
from workbench.reports.results import Results
from workbench.signals.links import find_links
from workbench.signals.rates import shrink

MINIMUM, LEVEL = 5, 0.05
UNITS = {f"u{at:02d}": f"示例市第{at}执法大队" for at in range(1, 13)}
CHECKS = {
    "late": {"zh": "在法定期限内作出决定", "en": "Decided within the statutory limit"},
    "told": {
        "zh": "告知当事人陈述、申辩的权利",
        "en": "Told of the right to be heard",
    },
    "filed": {"zh": "按期归档", "en": "Archived in time"},
}
STEPS = [
    ("filed_in", "start", "受理", "Received"), ("opened", "start", "立案", "Opened"),
    ("asked", "look", "询问", "Questioned"), ("looked", "look", "现场检查", "Inspected on site"),
    ("advised", "decide", "法制审核", "Legal review"),
    ("noticed", "decide", "告知", "Notice served"),
    ("decided", "decide", "决定", "Decided"), ("served", "serve", "送达", "Served"),
    ("shown", "serve", "公示", "Published"), ("closed", "serve", "结案", "Closed"),
]  # fmt: skip
STAGES = {"start": ("启动", "Opening"), "look": ("调查", "Investigation"),
          "decide": ("审核决定", "Decision"), "serve": ("送达执行", "Service")}  # fmt: skip


def results_of(relations: dict[str, pa.Table], **manifest: Any) -> Results:
    """Results with these relations; those that are missing are not there."""
    engine = DuckDBEngine()
    engine.run("CREATE SCHEMA work", "make")
    for name, table in relations.items():
        engine.put(f"work.{name}", table)
    units = pa.table({"table": ["units"] * len(UNITS), "id": list(UNITS),
                      "name": list(UNITS.values())})  # fmt: skip
    engine.put("work.names", units)
    clocks = {"decide": ("作出决定期限", "Time to decide"), "serve": ("送达期限", "Time to serve"),
              "wait": ("最短等待期", "Least waiting time")}  # fmt: skip
    checks = {
        "checks": {c: {"title": t, "asset": "cases", "grade": "major"} for c, t in CHECKS.items()},
        "clocks": {c: {"title": {"zh": zh, "en": en},
                       "mode": "not_before" if c == "wait" else "within"}
                   for c, (zh, en) in clocks.items()},
        "assets": {"cases": {"table": "cases", "unit": "units", "organ": None}},
        "words": {"penalty": {"zh": "行政处罚", "en": "penalty"}},
        "flow": {
            "days": "wd",
            "stages": [{"id": s, "title": {"zh": zh, "en": en}} for s, (zh, en) in STAGES.items()],
            "steps": [{"id": s, "stage": stage, "title": {"zh": zh, "en": en}}
                      for s, stage, zh, en in STEPS],
            "order": [{"id": "heard-first", "before": "noticed", "after": "decided",
                       "title": {"zh": "先告知，后决定", "en": "Notice before decision"}}],
        },
    }  # fmt: skip
    told = {"pack": {"language": "zh"}, **manifest}
    return Results(engine, told, checks)


def weak_links(counts: dict[tuple[str, str], tuple[int, int]]) -> pa.Table:
    """The relation of unit x check, judged as a run judges it; counts: (failed, n)."""
    import numpy as np

    units, checks = sorted({u for u, _ in counts}), sorted({c for _, c in counts})
    both = np.array([[counts.get((u, c), (0, 0)) for c in checks] for u in units], dtype=float)
    failed, n = both[..., 0], both[..., 1]
    found = find_links(failed, n, MINIMUM)
    excess = shrink(failed, n, found.dispersion).excess(n, found.expected)
    rows = []
    for i, unit in enumerate(units):
        for j, check in enumerate(checks):
            if not n[i, j]:
                continue
            tested = not np.isnan(found.p[i, j])
            rows.append({
                "check_id": check, "unit_id": unit, "family": "unit",
                "n": int(n[i, j]), "failed": int(failed[i, j]),
                "signal_n": int(n[i, j]), "signal_failed": int(failed[i, j]),
                "against": float(found.expected[i, j] / n[i, j]) if tested else None,
                "excess": float(excess[i, j]) if tested else None,
                "p": float(found.p[i, j]) if tested else None,
                "q": float(found.q[i, j]) if tested else None,
                "flagged": bool(tested and found.q[i, j] <= LEVEL),
                "state": None if n[i, j] >= MINIMUM else "too_few",
            })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=LINKS)


_TEXT, _REAL, _WHOLE = pa.string(), pa.float64(), pa.int64()
LINKS = pa.schema([
    ("check_id", _TEXT), ("unit_id", _TEXT), ("family", _TEXT), ("n", _WHOLE), ("failed", _WHOLE),
    ("signal_n", _WHOLE), ("signal_failed", _WHOLE), ("against", _REAL), ("excess", _REAL),
    ("p", _REAL), ("q", _REAL), ("flagged", pa.bool_()), ("state", _TEXT),
])  # fmt: skip


def bureau() -> dict[tuple[str, str], tuple[int, int]]:
    """Twelve units and three checks: one unit is plainly worse in one check, one has too few."""
    counts = {}
    for at, unit in enumerate(UNITS, 1):
        n = 30 + 25 * at
        counts[unit, "late"] = (round(0.1 * n), n)
        counts[unit, "told"] = (round((0.04 + 0.004 * (at % 4)) * n), n)
        counts[unit, "filed"] = (round(0.2 * n) + at % 3, n)
    counts["u09", "late"] = (95, 255)
    counts["u01", "told"] = (2, 3)
    return counts


def tallies(rows: list[tuple[str, str, str, int, int, int]]) -> pa.Table:
    """check, unit, month, passed, failed, not yet due."""
    names = ("check_id", "unit_id", "month", "passed", "failed", "not_yet_due")
    return pa.Table.from_pylist(
        [{**dict(zip(names, row, strict=True)), "kind": "penalty"} for row in rows]
    )


def stage_times() -> pa.Table:
    """Three clocks, of which one sets a least time; one kind of case."""
    names = ("clock days n running p10 p25 p50 p75 p90 most limit_p50 share_p50 share_p90 late "
             "at_risk").split()  # fmt: skip
    rows = [
        ("decide", "wd", 400, 20, 20, 30, 40, 55, 75, 120, 60, 40 / 60, 75 / 60, 61, 7),
        ("serve", "cd", 380, 4, 1, 2, 3, 4, 6, 9, 7, 3 / 7, 0.7, 0, 1),  # limits differ
        ("wait", "wd", 300, 0, 3, 3, 4, 5, 6, 9, 3, 1.2, 2.0, 0, 0),
    ]
    every = [{**dict(zip(names, row, strict=True)), "kind": None, "unit_id": None} for row in rows]
    kinds = pa.schema([(n, _TEXT if n in ("clock", "days") else
                        _WHOLE if n in ("n", "running", "late", "at_risk") else _REAL)
                       for n in names] + [("kind", _TEXT), ("unit_id", _TEXT)])  # fmt: skip
    return pa.Table.from_pylist(every, schema=kinds)


def flows() -> pa.Table:
    """The ten steps in a row with some side ways; 1,000 cases."""
    way = [step[0] for step in STEPS]
    rows = [("", way[0], 1000, 1000, 0.0, 0.0, 0), (way[-1], "", 940, 940, 0.0, 0.0, 0)]
    rows += [(a, b, 960 - 20 * at, 980 - 20 * at, 3.0 + at, 9.0 + at, 20 + at)
             for at, (a, b) in enumerate(pairwise(way))]  # fmt: skip
    rows += [("looked", "asked", 180, 200, 4.0, 11.0, 9),
             ("opened", "looked", 150, 150, 2.0, 6.0, 4),
             ("asked", "asked", 90, 120, 5.0, 9.0, 2), ("decided", "shown", 120, 120, 6.0, 8.0, 3),
             ("decided", "noticed", 14, 14, 2.0, 4.0, 1), ("shown", "opened", 3, 3, 1.0, 2.0, 0),
             ("advised", "decided", 130, 130, 3.0, 7.0, 5)]  # fmt: skip
    names = ("from_step", "to_step", "cases", "times", "p50", "p90", "late_cases")
    return pa.Table.from_pylist(
        [{**dict(zip(names, row, strict=True)), "kind": None} for row in rows],
        schema=pa.schema([("from_step", _TEXT), ("to_step", _TEXT), ("cases", _WHOLE),
                          ("times", _WHOLE), ("p50", _REAL), ("p90", _REAL),
                          ("late_cases", _WHOLE), ("kind", _TEXT)]),
    )  # fmt: skip


def order_violations() -> pa.Table:
    """One rule that twenty-one cases of two units did not keep; totals have no kind and unit."""
    parts = [(None, None, 21), ("penalty", None, 21), (None, "u01", 14), (None, "u02", 7),
             ("penalty", "u01", 14), ("penalty", "u02", 7)]  # fmt: skip
    rows = [{"rule": "heard-first", "before": "noticed", "after": "decided", "kind": kind,
             "unit_id": unit, "n": 900, "cases": cases, "examples": "a;b"}
            for kind, unit, cases in parts]  # fmt: skip
    return pa.Table.from_pylist(rows)
