"""How long the review desk takes: `save and next` as the server sees it, on the sample."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from workbench.review import entries as e
from workbench.review import results
from workbench.review.review import Review
from workbench.review.state import CaseState, RoundState

CASES = 60
ROUND, LEAD, RATER = "measured", "lead", "rater"


def measure_desk(runs: Path | None, progress: Callable[[str], None] = lambda step: None) -> Any:
    """Milliseconds of a draft kept and of `save and next`, over the cases of one reviewer.

    Save and next is: lock the rating in the store, find the next case, make its whole page. The
    next case is read ahead while the reviewer rates, as the desk does it. Without `runs` the sample
    is evaluated first.
    """
    import workbench
    from workbench.shared_files import shared_folder

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if runs is None:
            progress("evaluate")
            files = workbench.load(shared_folder("sample_data") / "hrss")
            runs = workbench.evaluate(files).save(folder)
        progress("rate")
        store = folder / "review.sqlite"
        with Review.open(store, LEAD) as lead:
            _open(lead, runs)
        return _measured(runs, store)


def _open(lead: Review, run: Path) -> None:
    import workbench
    from workbench.rounds import open_round

    opened = workbench.open_run(run)
    rows = opened.results.records(
        "SELECT f.subject_id FROM work.facts_cases f JOIN work.scores s ON s.case_id = f.case_id "
        f"WHERE s.auto_points IS NOT NULL ORDER BY 1 LIMIT {CASES}", "cases to rate",
    )  # fmt: skip
    cases = [str(row["subject_id"]) for row in rows]
    open_round(lead, opened, ROUND, cases, title=ROUND, organ_id="organ",
               rules={"ratings_per_case": 1, "other_organs_only": 0})  # fmt: skip
    lead.enrol(ROUND, e.ReviewerEnrolled(reviewer_id=RATER, name=RATER, organ_id="-", unit_id="-"))
    lead.assign(ROUND)


def _measured(runs: Path, store: Path) -> dict[str, Any]:
    from workbench.desk.session import DeskSession

    folder = runs.parent if (runs / "manifest.json").is_file() else runs
    session = DeskSession(folder, store, RATER)
    review = Review.open(store, RATER)
    its = review.round(ROUND)
    address = f"#round={ROUND}&view=case&case="
    drafts, locks = [], []
    session.page(address + next(iter(its.cases)))
    for case in its.cases.values():
        here, said = address + case.case_id, {"items": _items(its, case), "vetoes": _vetoes(case)}
        session.prepare(here)
        drafts.append(_ms(partial(session.keep, here, said)))
        given = {**said, "then": "next"}
        locks.append(_ms(partial(session.do, here, "submit", given)))
    review.close()
    return {"desk_cases": len(locks), **_figures("desk_draft_ms", drafts),
            **_figures("desk_save_and_next_ms", locks)}  # fmt: skip


def _items(its: RoundState, case: CaseState) -> dict[str, Any]:
    """Everything confirmed, full marks."""
    found: dict[str, Any] = {}
    for criterion in results.rubric_of(its, case).criteria:
        failed = [p.check for p in case.drawn.proposals
                  if p.criterion == criterion.id and p.outcome == "failed"]  # fmt: skip
        said = {"proposals": {check: {"decision": "confirmed"} for check in failed}}
        if criterion.mode != "auto":
            found[criterion.id] = {**said, "anchor": "full"}
        elif failed:
            found[criterion.id] = said
    return found


def _vetoes(case: CaseState) -> dict[str, Any]:
    vetoes = {p.check for p in case.drawn.proposals if p.veto}
    return {veto: {"decision": "confirmed", "reason": "measured"} for veto in vetoes}


def _ms(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    answer = act()
    took = 1000 * (time.perf_counter() - began)
    if "refused" in answer:
        raise AssertionError(answer["refused"])
    return took


def _figures(name: str, took: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took, n=20, method="inclusive")
    return {f"{name}_p50": round(statistics.median(took), 1), f"{name}_p95": round(cuts[-1], 1)}
