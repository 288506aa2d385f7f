"""SQL of the scores: totals of the automatic part, candidates of vetoes, and the whole where no
person has to rate anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench import sqltext
from workbench.scoring.cards import Plan, cents
from workbench.suites import Check
from workbench.terms import Outcome


def scores_query(plan: Plan, vetoes: Sequence[Check]) -> str:
    """One row per case; total and band stay null until people have rated what is theirs."""
    rubric = plan.rubric
    automatic = [(n, c) for n, c in plan.with_checks if c.mode == "auto" and not c.direct]
    direct = [(n, c) for n, c in plan.with_checks if c.mode == "auto" and c.direct]
    sums = {
        "points": _sum((n, f"_p{n}") for n, _ in automatic),
        "attainable": _sum((n, f"_a{n}") for n, _ in automatic),
        "maximum": _sum((n, f"{c.maximum!r}") for n, c in automatic),
        "decided": _sum((n, f"_k{n}") for n, _ in automatic),
        "direct": _sum((n, f"_a{n} - _p{n}") for n, _ in direct),
    }
    named = ", ".join(f"{cents(sql)} AS s_{name}" for name, sql in sums.items())
    shown = [_some(f"s_{name}") for name in ("points", "attainable", "maximum")]
    least = repr(rubric.provisional_below)
    total, band = _total(plan)
    candidates = ", ".join(_candidate(check) for check in vetoes) or "NULL"
    return f"""SELECT case_id, {sqltext.literal(rubric.id)}, {", ".join(shown)},
       NULL, {rubric.maximum("manual", "mixed")!r}, {_some("s_decided / s_maximum")},
       NULLIF(CONCAT_WS(';', {candidates}), ''), total, {band},
       {_some(f"s_decided < {least} * s_maximum")}
FROM (SELECT *, {total} AS total FROM (SELECT *, {named} FROM work.scored))"""


def _sum(amounts: Iterable[tuple[int, str]]) -> str:
    """The sum over the criteria that take part in a case."""
    parts = [f"CASE WHEN _t{number} THEN {amount} ELSE 0 END" for number, amount in amounts]
    return f"CAST({' + '.join(parts) or '0'} AS DOUBLE)"


def _some(value: str) -> str:
    """A value of the automatic part; null where no automatic criterion takes part."""
    return f"CASE WHEN s_maximum > 0 THEN {value} END"


def _total(plan: Plan) -> tuple[str, str]:
    """Score and band of a case, where checks decide everything."""
    rubric = plan.rubric
    if rubric.maximum("manual", "mixed") or any(
        c.mode != "auto" for c in rubric.criteria if c.direct
    ):
        return "NULL", "NULL"
    share = "s_points / s_attainable"
    if rubric.split is not None:
        split = rubric.split
        direct = f"LEAST(s_direct, {split.direct_most})"
        score = f"{split.fixed} + {split.scaled} * {share} - {direct}"
    elif rubric.base == "deductive":
        score = f"100 * ({rubric.full} - (s_attainable - s_points)) / {rubric.full}"
    else:
        score = f"100 * {share}"
    whole = cents(f"CAST(GREATEST(0, {score}) AS DOUBLE)", rubric.rounding)
    bands = [f"WHEN total >= {b.floor} THEN {sqltext.literal(b.name)}" for b in rubric.bands]
    return f"CASE WHEN s_attainable > 0 THEN {whole} END", f"CASE {' '.join(bands)} END"


def _candidate(check: Check) -> str:
    failed = f"{sqltext.name(check.id)} = {Outcome.failed.value}"
    if check.veto_when:
        failed += f" AND {sqltext.name(check.veto_when)}"
    return f"CASE WHEN {failed} THEN {sqltext.literal(check.id)} END"
