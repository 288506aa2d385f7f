"""Where a unit fails a check: counts with exact intervals.

Counts and Clopper-Pearson intervals only. Nothing here claims that a unit differs from the
others by more than chance: the columns of that claim (expected, excess, p, q, flagged, state)
stay null until signals with a controlled false-discovery rate are computed.
"""

from __future__ import annotations

from workbench.engines.base import Engine
from workbench.pack import Pack
from workbench.statistics import clopper_pearson_arrays

# Cells with fewer decided subjects are shown as too few and never ranked.
MINIMUM_DECIDED = 5
LEVEL = 0.95
TOO_FEW = "too_few"


def find_weak_links(engine: Engine, pack: Pack, names: dict[str, str]) -> None:
    """Make the relation `weak_links` from `tallies`: unit x check over the audit period.

    `names` maps unit ids to what people call them. Rates lie between 0 and 1.
    """
    import pyarrow as pa

    rows = engine.rows(
        "SELECT t.asset, t.check_id, t.unit_id, SUM(t.passed + t.failed) AS n, SUM(t.failed) AS "
        "failed, STRFTIME(MIN(r.period_from), '%Y-%m-%d') || '..' || "
        "STRFTIME(MIN(r.period_to), '%Y-%m-%d') AS period "
        "FROM work.tallies t CROSS JOIN work.run r WHERE t.unit_id IS NOT NULL "
        "GROUP BY 1, 2, 3 HAVING SUM(t.passed + t.failed) > 0 ORDER BY 1, 2, 3",
        "unit rates",
    )
    asset, check, unit = ([str(row[k]) for row in rows] for k in range(3))
    n, failed = ([int(row[k]) for row in rows] for k in (3, 4))
    period = [str(row[5]) for row in rows]
    low, high = ([float(end) for end in ends] for ends in clopper_pearson_arrays(failed, n, LEVEL))
    empty = [None] * len(rows)
    sentences = {
        language: [
            _sentence(pack, language, c, names.get(u, u), f, m, a, b)
            for c, u, f, m, a, b in zip(check, unit, failed, n, low, high, strict=True)
        ]
        for language in ("zh", "en")
    }
    text, real = pa.string(), pa.float64()
    columns = {
        "asset": pa.array(asset, text),
        "check_id": pa.array(check, text),
        "unit_id": pa.array(unit, text),
        "kind": pa.array(empty, text),
        "period": pa.array(period, text),
        "n": pa.array(n, pa.int64()),
        "failed": pa.array(failed, pa.int64()),
        "rate": pa.array([f / m for f, m in zip(failed, n, strict=True)], real),
        "low": pa.array(low, real),
        "high": pa.array(high, real),
        **{name: pa.array(empty, real) for name in ("expected", "excess", "p", "q")},
        "flagged": pa.array(empty, pa.bool_()),
        "state": pa.array([TOO_FEW if m < MINIMUM_DECIDED else None for m in n], text),
        "sentence_zh": pa.array(sentences["zh"], text),
        "sentence_en": pa.array(sentences["en"], text),
    }
    engine.put("work.weak_links", pa.table(columns))


def _sentence(
    pack: Pack, language: str, check: str, unit: str, failed: int, n: int, low: float, high: float
) -> str:
    title = pack.text(check, "title", language)
    share = f"{failed / n:.1%}"
    if n < MINIMUM_DECIDED:
        if language == "zh":
            return f"{unit}，{title}：仅 {n} 件有结论，数量太少，不作比较。"
        return f"{unit}, {title}: only {n} decided, too few to compare."
    if language == "zh":
        return (
            f"{unit}，{title}：{n} 件中 {failed} 件不符合，{share}"
            f"（95% 精确区间 {low:.1%}～{high:.1%}）。此为计数，未作显著性判断。"
        )
    return (
        f"{unit}, {title}: {failed} of {n} failed, {share} "
        f"(exact 95% interval {low:.1%} to {high:.1%}). A count, no claim of significance."
    )
