"""The results of a round as tables: what was rated, what holds, what has to be put right.

Plain rows; `COLUMNS` says what each table has and of which type, so that frames and Parquet files
are alike even where a table is empty. Calibration cases stand in `ratings` and `marks` and count
for agreement only. Agreement is that of the first blind rating of each seat.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean
from typing import Any

from workbench.points import rounded
from workbench.review import entries as e
from workbench.review import results
from workbench.review.blind import agreement, first_blind
from workbench.review.problems import bases, problems
from workbench.review.rating import blind, visible
from workbench.review.replying import check_titles
from workbench.review.state import CaseState, Fault, RoundState, Seat

Row = dict[str, Any]
COLUMNS: dict[str, dict[str, str]] = {
    "ratings": {
        "case_id": "text", "seat": "integer", "reviewer_id": "text", "unit_id": "text",
        "kind": "text", "rubric": "text", "calibration": "boolean", "points": "number",
        "band": "text", "vetoed": "boolean", "locked_at": "text", "holds": "boolean",
        "blind": "boolean", "note": "text",
    },
    "marks": {
        "case_id": "text", "seat": "integer", "reviewer_id": "text", "criterion": "text",
        "maximum": "number", "attainable": "number", "points": "number", "takes_part": "boolean",
    },
    "results": {
        "case_id": "text", "organ_id": "text", "unit_id": "text", "kind": "text", "rubric": "text",
        "stage": "text", "settled_by": "text", "gap": "number", "provisional": "number",
        "final": "number", "band": "text", "vetoed": "boolean", "decided_share": "number",
        "problems": "integer", "formula_zh": "text", "formula_en": "text",
    },
    "problems": {
        "case_id": "text", "unit_id": "text", "problem": "text", "criterion": "text",
        "check_id": "text", "points": "number", "veto": "boolean", "text": "text",
        "evidence": "text", "position": "text", "ruling": "text", "ruling_reason": "text",
        "stands": "boolean",
    },
    "rectifications": {
        "fault_id": "text", "case_id": "text", "unit_id": "text", "problem": "text",
        "check_id": "text", "owner": "text", "demand": "text", "opened_on": "text",
        "due_on": "text", "stage": "text", "proved_on": "text", "verified_on": "text",
        "escalated_on": "text", "retested": "text", "overdue": "boolean",
    },
    "agreement": {
        "criterion": "text", "coefficient": "text", "value": "number", "low": "number",
        "high": "number", "cases": "integer", "not_blind": "integer",
    },
    "reviewers": {
        "reviewer_id": "text", "criterion": "text", "ratings": "integer", "agreed": "number",
        "difference": "number",
    },
    "units": {
        "unit_id": "text", "kind": "text", "cases": "integer", "mean": "number",
        "lowest": "number", "vetoed": "integer",
    },
    "bands": {
        "unit_id": "text", "kind": "text", "band": "text", "cases": "integer",
    },
}  # fmt: skip


def tables_of(its: RoundState, actor: str, today: str) -> dict[str, list[Row]]:
    """All tables of a round as a person may see them: blind raters see only their own.

    >>> tables_of(review.round("2026-01"), "lead", "2026-07-01")["units"]   # doctest: +SKIP
    """
    results_ = [_result(its, case, today) for case in _counting(its)]
    hidden = {case.case_id for case in its.cases.values() if blind(case, actor)}
    results_ = [row for row in results_ if row["case_id"] not in hidden]
    shown = [
        (case, seat) for case in its.cases.values()
        for seat in (visible(its, actor, case) or _all_closed(its, case)) if seat.rating
    ]  # fmt: skip
    agreed = list(agreement(its, list(_first_ratings(its, actor))))
    return {
        "ratings": [_rating(its, case, seat) for case, seat in shown],
        "marks": [mark for case, seat in shown for mark in _marks(case, seat)],
        "results": results_,
        "problems": [row for case in _counting(its) if case.case_id not in hidden
                     for row in _problems(its, case)],
        "rectifications": [_rectification(fault, today) for fault in its.faults.values()],
        "agreement": [row for kind, row in agreed if kind == "agreement"],
        "reviewers": [row for kind, row in agreed if kind == "reviewers"],
        "units": list(_units(results_)),
        "bands": list(_bands(results_)),
    }  # fmt: skip


def _counting(its: RoundState) -> list[CaseState]:
    return [case for case in its.cases.values() if not case.drawn.calibration]


def _all_closed(its: RoundState, case: CaseState) -> list[Seat]:
    return [case.seats[n] for n in sorted(case.seats)] if its.closed else []


def _rating(its: RoundState, case: CaseState, seat: Seat) -> Row:
    rating = seat.rating
    assert rating
    held = () if case.adjudicated else results.agreeing(its, case)
    return {
        "case_id": case.case_id, "seat": seat.number, "reviewer_id": seat.reviewer_id,
        "unit_id": case.drawn.unit_id, "kind": case.drawn.kind, "rubric": case.drawn.rubric,
        "calibration": case.drawn.calibration, "points": rating.score.points,
        "band": rating.score.band, "vetoed": rating.score.vetoed, "locked_at": seat.locked_at,
        "holds": any(one is seat for one in held),
        "blind": first_blind(its, case, seat) is not None, "note": rating.note,
    }  # fmt: skip


def _marks(case: CaseState, seat: Seat) -> Iterator[Row]:
    assert seat.rating
    for criterion, mark in seat.rating.score.marks.items():
        yield {
            "case_id": case.case_id, "seat": seat.number, "reviewer_id": seat.reviewer_id,
            "criterion": criterion, "maximum": mark["maximum"],
            "attainable": mark["attainable"], "points": mark["points"],
            "takes_part": mark["takes_part"],
        }  # fmt: skip


def _result(its: RoundState, case: CaseState, today: str) -> Row:
    before = results.provisional(its, case)
    final = case.final.body.score if case.final else None  # type: ignore[attr-defined]
    holds = final or before
    points = [s.rating.score.points for s in case.rated if s.rating]
    known = [p for p in points if p is not None]
    return {
        "case_id": case.case_id, "organ_id": case.drawn.organ_id, "unit_id": case.drawn.unit_id,
        "kind": case.drawn.kind, "rubric": case.drawn.rubric,
        "stage": results.stage(its, case, today).value, "settled_by": _settled_by(its, case),
        "gap": rounded(max(known) - min(known)) if len(known) > 1 else None,
        "provisional": before.points if before else None,
        "final": final.points if final else None,
        "band": holds.band if holds else None, "vetoed": bool(holds and holds.vetoed),
        "decided_share": holds.decided_share if holds else None,
        "problems": len(case.final.body.problems) if case.final else None,  # type: ignore[attr-defined]
        "formula_zh": holds.formula.get("zh") if holds else None,
        "formula_en": holds.formula.get("en") if holds else None,
    }  # fmt: skip


def _settled_by(its: RoundState, case: CaseState) -> str | None:
    """What the result rests on: an adjudication, a third rating, the mean, one rating."""
    if case.adjudicated:
        return "adjudication"
    if not (held := results.agreeing(its, case)):
        return None
    if len(case.rated) > its.opened.ratings_per_case:
        return "third_rating"
    return "mean" if len(held) > 1 else "one_rating"


def _problems(its: RoundState, case: CaseState) -> Iterator[Row]:
    """The problems that the unit was told of, or would be; what it said; what became of them."""
    told = case.feedback.body.problems if case.feedback else None  # type: ignore[attr-defined]
    listed = told if told is not None else problems(its, case, check_titles(its), bases(its, case))
    left = {p.id: p for p in case.final.body.problems} if case.final else None  # type: ignore[attr-defined]
    replied = case.reply.body.items if case.reply else {}  # type: ignore[attr-defined]
    ruled = case.answer.body.items if case.answer else {}  # type: ignore[attr-defined]
    for one in listed:
        holds = one if left is None else left.get(one.id)
        ruling = ruled.get(one.id)
        yield {
            "case_id": case.case_id, "unit_id": case.drawn.unit_id, "problem": one.id,
            "criterion": one.criterion, "check_id": one.check,
            "points": holds.points if holds else _ruled(ruling), "veto": one.veto,
            "text": one.text, "evidence": ";".join(one.evidence),
            "position": replied[one.id].position if one.id in replied else None,
            "ruling": ruling.decision if ruling else None,
            "ruling_reason": ruling.reason if ruling else None,
            "stands": holds is not None or bool(ruling and ruling.decision == "reduced"),
        }  # fmt: skip


def _ruled(ruling: Any) -> float:
    """What is left of a problem that the final result lists otherwise, or no more."""
    return float(ruling.points) if ruling and ruling.decision == "reduced" else 0.0


def _rectification(fault: Fault, today: str) -> Row:
    opened = fault.opened

    def of(kind: type[Any], name: str) -> Any:
        said = fault.last(kind)
        return getattr(said.body, name) if said else None

    return {
        "fault_id": fault.fault_id, "case_id": opened.case_id, "unit_id": opened.unit_id,
        "problem": opened.problem, "check_id": opened.check, "owner": opened.owner,
        "demand": opened.demand, "opened_on": opened.opened_on, "due_on": opened.due_on,
        "stage": fault.stage.value, "proved_on": of(e.RectificationProved, "proved_on"),
        "verified_on": of(e.RectificationVerified, "verified_on"),
        "escalated_on": of(e.RectificationEscalated, "escalated_on"),
        "retested": of(e.RectificationRetested, "outcome"), "overdue": fault.overdue(today),
    }  # fmt: skip


def _first_ratings(its: RoundState, actor: str) -> Iterator[tuple[CaseState, Seat]]:
    """The seats a person may see that have rated at all, a rating that was given back too."""
    for case in its.cases.values():
        for seat in visible(its, actor, case) or _all_closed(its, case):
            if seat.ratings:
                yield case, seat


def _units(rows: list[Row]) -> Iterator[Row]:
    """Of each unit, by kind and over all kinds (kind ""), the mean of its final scores."""
    for (unit, kind), its in _grouped(rows):
        points = [row["final"] for row in its if row["final"] is not None]
        if points:
            yield {
                "unit_id": unit, "kind": kind, "cases": len(points),
                "mean": rounded(mean(points)), "lowest": min(points),
                "vetoed": sum(row["vetoed"] for row in its if row["final"] is not None),
            }  # fmt: skip


def _bands(rows: list[Row]) -> Iterator[Row]:
    for (unit, kind), its in _grouped(rows):
        bands = [row["band"] for row in its if row["final"] is not None]
        for band in dict.fromkeys(bands):
            yield {"unit_id": unit, "kind": kind, "band": band, "cases": bands.count(band)}


def _grouped(rows: list[Row]) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        for kind in ("", row["kind"]):
            groups.setdefault((row["unit_id"], kind), []).append(row)
    yield from sorted(groups.items(), key=lambda one: one[0])
