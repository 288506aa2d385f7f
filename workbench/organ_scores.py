"""The appraisal of an organ (评议考核表) from a run and a round: inputs, points, formula.

Organ-level checks and rulings come from the run, the mean file score and outside views from the
round, the rest from a person. What an organ had none of leaves the denominator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench import sqltext
from workbench.marking import Mark, OrganInputs, Share, Subjects
from workbench.pack import Pack
from workbench.reports.results import Results
from workbench.review import entries as e
from workbench.review import parts
from workbench.review.organs import organ_score_of
from workbench.review.reading import read_parts
from workbench.review.review import Review
from workbench.review.state import RoundState
from workbench.rounds import pack_of
from workbench.rubrics import Rubric
from workbench.run import Run
from workbench.terms import UsageError


@dataclass(frozen=True)
class OrganScore:
    """An organ's score with the mark and the formula of each criterion; `points` None: people have
    yet to rate some of them."""

    organ_id: str
    rubric: Rubric
    inputs: OrganInputs
    marks: tuple[Mark, ...]
    score: parts.Score


def organ_score(
    review: Review, run: Run, round_id: str, organ_id: str, items: Mapping[str, Any] | None = None
) -> OrganScore:
    """What an organ comes to; nothing is written. `items`: the human criteria, as in a rating.

    Raises `UsageError` where the pack has no rubric for organs, or the run knows no such organ.
    """
    import msgspec

    pack = pack_of(run.results)
    rubric = next((r for r in pack.rubrics.values() if r.level == "organ"), None)
    if rubric is None:
        raise UsageError(f"pack '{pack.id}' has no rubric for organs")
    inputs = _inputs(run.results, pack, review.round(round_id), organ_id, rubric)
    marks, score = organ_score_of(
        rubric, read_parts(items or {}, parts.Item), msgspec.to_builtins(inputs)
    )
    return OrganScore(organ_id, rubric, inputs, marks, score)


def rate_organ(
    review: Review, run: Run, round_id: str, organ_id: str, items: Mapping[str, Any]
) -> OrganScore:
    """Work an organ's score out and lock it in the round, with what it was measured by.

    >>> rate_organ(review, run, "2026-01", "99", {"forms": {"anchor": "full"}})   # doctest: +SKIP
    """
    import msgspec

    found = organ_score(review, run, round_id, organ_id, items)
    inputs = msgspec.to_builtins(found.inputs) | {"run_id": run.manifest.get("run_id", "")}
    review.rate_organ(round_id, organ_id, found.rubric, items, inputs)
    return found


def _inputs(
    results: Results, pack: Pack, its: RoundState, organ_id: str, rubric: Rubric
) -> OrganInputs:
    checks = _subjects(results, organ_id, {c for one in rubric.criteria for c in one.checks})
    if not any(s.passed + s.failed + s.cannot_tell for s in checks.values() if s.tested):
        raise UsageError(f"the run has nothing of organ '{organ_id}': check its id")
    return OrganInputs(
        checks=checks, files=_files(its, organ_id), upheld=_upheld(results, pack, organ_id),
        views=_views(its, organ_id),
    )  # fmt: skip


def _subjects(results: Results, organ_id: str, checks: set[str]) -> dict[str, Subjects]:
    untested = results.manifest["untested"]
    listed = ", ".join(sqltext.literal(check) for check in sorted(checks)) or "NULL"
    rows = results.records(
        "SELECT check_id, CAST(SUM(passed) AS BIGINT) AS passed, "
        "CAST(SUM(failed) AS BIGINT) AS failed, CAST(SUM(cannot_tell) AS BIGINT) AS cannot_tell "
        f"FROM work.tallies WHERE organ_id = {sqltext.literal(organ_id)} AND check_id IN ({listed})"
        " GROUP BY 1", "checks of an organ",
    )  # fmt: skip
    found = {check: Subjects(tested=check not in untested) for check in sorted(checks)}
    for row in rows:
        check = row.pop("check_id")
        found[check] = Subjects(**row, tested=check not in untested)
    return found


def _files(its: RoundState, organ_id: str) -> tuple[float, ...]:
    """The final scores of the organ's files in the round."""
    final = [
        case.final.body.score.points for case in its.cases.values()  # type: ignore[attr-defined]
        if case.final and case.drawn.organ_id == organ_id and not case.drawn.calibration
    ]  # fmt: skip
    return tuple(points for points in final if points is not None)


def _views(its: RoundState, organ_id: str) -> Share | None:
    """Outside views of the organ in this round: satisfied answers of all."""
    bodies = [s.body for s in its.surveys if isinstance(s.body, e.SurveyRecorded)]
    own = [body for body in bodies if body.organ_id == organ_id]
    return Share(sum(b.satisfied for b in own), sum(b.answers for b in own)) if own else None


def _upheld(results: Results, pack: Pack, organ_id: str) -> Share | None:
    """Decisions that stood, of those ruled on; None where the pack or the source does not say."""
    made, stood = pack.evaluation.get("ruled_on"), pack.evaluation.get("upheld")
    asset = next(a for a in pack.assets.values() if a.table == "cases")
    if not made or not stood:
        return None
    (row,) = results.records(
        f"SELECT CAST(SUM({sqltext.name(stood)}) AS BIGINT) AS stood, "
        f"CAST(SUM({sqltext.name(made)}) AS BIGINT) AS made "
        f"FROM work.{sqltext.name('facts_' + asset.id)} "
        f"WHERE organ_id = {sqltext.literal(organ_id)}", "rulings of an organ",
    )  # fmt: skip
    return Share(int(row["stood"] or 0), int(row["made"])) if row["made"] else None
