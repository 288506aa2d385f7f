"""Make the relation `weak_links`: every unit x check, and what else chance does not explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engines.base import Engine
from workbench.facts import fact_classes
from workbench.pack import Pack
from workbench.signals.charts import run_length
from workbench.weak_links.columns import table_of
from workbench.weak_links.counts import Counts, read_counts
from workbench.weak_links.intervals import intervals
from workbench.weak_links.judging import (
    Judged,
    judge_kinds,
    judge_months,
    judge_trends,
    judge_units,
)
from workbench.weak_links.rows import Rows, kind_rows, month_rows, trend_rows, unit_rows
from workbench.weak_links.sentences import speakers
from workbench.weak_links.states import Earlier
from workbench.weak_links.worth import Coverage, first_cases, key_of

# Cells with fewer decided subjects are shown as too few and never ranked.
MINIMUM_DECIDED = 5
LEVEL = 0.95  # of intervals
SIGNAL_LEVEL = 0.05  # of false links among those flagged, in each family


def find_weak_links(
    engine: Engine, pack: Pack, names: Mapping[str, str], earlier: Earlier | None = None
) -> dict[str, Any]:
    """Make `work.weak_links` from `tallies` and `findings`; returns what the manifest says of it.

    `names` maps unit ids to what people call them. Rates lie between 0 and 1. One row for each
    unit x check with a decided subject (family `unit`); of the other families only what is
    reported.
    """
    import numpy as np

    counts = read_counts(engine)
    targets = np.array([pack.signals.targets.get(check, np.nan) for _, check in counts.checks])
    judged = judge_units(counts, MINIMUM_DECIDED, SIGNAL_LEVEL, targets)
    rising = judge_trends(counts, judged.flagged, MINIMUM_DECIDED)
    kinds = judge_kinds(counts, judged.rho, MINIMUM_DECIDED)
    months = judge_months(counts, judged.rho, MINIMUM_DECIDED)
    period = _period(engine)
    rows = unit_rows(counts, judged, period, MINIMUM_DECIDED, earlier)
    rows += kind_rows(counts, kinds, period, SIGNAL_LEVEL)
    rows += month_rows(counts, months, SIGNAL_LEVEL)
    rows += trend_rows(counts, judged, rising, period, SIGNAL_LEVEL)
    _measure(rows, pack)
    _value(engine, pack, rows)
    _say(pack, names, rows)
    engine.put("work.weak_links", table_of(rows))
    return _described(counts, judged, {
        "unit": judged.q, "trend": rising.q, "unit_kind": kinds.q, "step_month": months.q,
    }, earlier)  # fmt: skip


def _period(engine: Engine) -> str:
    """The audit period as people read it: its first and its last day."""
    (days,) = engine.rows("SELECT MIN(period_from), MIN(period_to) FROM work.run", "period")
    return "..".join(str(day)[:10] for day in days)


def _measure(rows: Rows, pack: Pack) -> None:
    """Rates and their intervals, what a failure weighs, and the place in the ranking."""
    for prefix in ("", "signal_"):
        n, failed = [row[prefix + "n"] for row in rows], [row[prefix + "failed"] for row in rows]
        ends = {name: end.tolist() for name, end in intervals(failed, n, LEVEL).items()}
        for at, (row, bad, of) in enumerate(zip(rows, failed, n, strict=True)):
            row[prefix + "rate"] = bad / of if of else None
            row |= {prefix + name: end[at] for name, end in ends.items()}
    severity = {c.id: pack.signals.severity[c.effective_grade.value] for c in pack.checks.values()}
    for row in rows:
        row["severity"] = severity[row["check_id"]]
        row["priority"] = None if row["excess"] is None else row["excess"] * row["severity"]
        for whole in ("n", "failed", "signal_n", "signal_failed"):
            row[whole] = int(row[whole])


def _value(engine: Engine, pack: Pack, rows: Rows) -> None:
    """Of what is flagged: the cases to look at first, and the coverage without it."""
    weak = {key_of(row): row for row in rows if row["flagged"]}
    asset = next(a.id for a in pack.assets.values() if a.table == "cases")
    told = "case_id" not in fact_classes(pack)[asset]  # sentences are read by everyone
    cases, coverage = first_cases(engine, weak if told else ()), Coverage(engine, pack)
    for key, row in weak.items():
        row["cases"] = ";".join(cases.get(key, ())) or None
        row["coverage"], row["coverage_without"] = coverage.without(row)


def _say(pack: Pack, names: Mapping[str, str], rows: Rows) -> None:
    for speaker in speakers(pack, names, SIGNAL_LEVEL):
        for row in rows:
            row[f"sentence_{speaker.language}"] = speaker.sentence(row)
            if row["flagged"]:
                row[f"action_{speaker.language}"] = speaker.action(row)


def _described(
    counts: Counts, judged: Judged, families: Mapping[str, Any], earlier: Earlier | None
) -> dict[str, Any]:
    """How many cells were asked in each family and how many were found, for the manifest."""
    import numpy as np

    asked = {
        name: {"tested": int((~np.isnan(q)).sum()),
               "flagged": int((np.nan_to_num(q, nan=1.0) <= SIGNAL_LEVEL).sum())}
        for name, q in families.items()
    }  # fmt: skip
    few = (counts.n > 0) & (counts.closed_n < MINIMUM_DECIDED)
    asked["unit"]["too_few"] = int(few.sum())
    return {
        "level": SIGNAL_LEVEL, "minimum": MINIMUM_DECIDED, "families": asked,
        "run_length": round(run_length()), "earlier": earlier.run if earlier else None,
        "rho": {check: float(f"{rho:.6g}") for (_, check), rho in
                zip(counts.checks, judged.rho.tolist(), strict=True)},
    }  # fmt: skip
