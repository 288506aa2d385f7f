"""The rating form of a case: its criteria with what the checks propose and what is said so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.pages import fill, points
from workbench.desk.runs import Record
from workbench.display import Html, text_of
from workbench.points import written
from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.completeness import SHARES, veto_candidates, veto_questions
from workbench.review.problems import cost
from workbench.review.state import CaseState
from workbench.rubrics import Criterion, Rubric

UNDECIDED = ("cannot_tell", "untested")
ANCHORS = ("none", "half", "full")  # in the order of their keys: 1, 2, 3
OWN = "own"


def form(desk: Desk, case: CaseState, said: Mapping[str, Any], kind: str) -> Html:
    """The form as it is sent. `said`: items, vetoes, note, reason, as JSON; `kind`: rating or
    adjudication.
    """
    rubric = results.rubric_of(desk.its, case)
    records = records_of(desk, case)
    called = {record.ref: f"{record.title} {record.day}" for record in records}
    items = said.get("items", {})
    return fill(
        "form.html.j2", w=desk.w, kind=kind, case=case.case_id, address=desk.here.link(),
        criteria=[_criterion(desk, case, c, items.get(c.id), called) for c in rubric.criteria],
        vetoes=_vetoes(desk, case, rubric, said.get("vetoes", {})),
        note=said.get("note", ""), reason=said.get("reason", ""),
        records=[{"ref": r.ref, "title": r.title, "day": r.day} for r in records],
        **running(desk, case, said),
    )  # fmt: skip


def running(desk: Desk, case: CaseState, said: Mapping[str, Any]) -> dict[str, Any]:
    """What changes with every answer: the total, its formula, points by criterion, what is open.

    Raises `Refused` where the answers cannot be read.
    """
    review, its = desk.review, desk.its
    items, vetoes = said.get("items", {}), said.get("vetoes", {})
    rubric = results.rubric_of(its, case)
    score = review.score(its.round_id, case.case_id, items, vetoes)
    missing = review.missing(its.round_id, case.case_id, items, vetoes)
    gaps: dict[str, list[str]] = {}
    for gap in missing:
        gaps.setdefault(gap.where, []).append(desk.names.refused(gap.what))
    return {
        "score": _score(desk, rubric, score),
        "points": {name: _points_of(mark) for name, mark in score.marks.items()},
        "gaps": [_gap(desk, case, where, texts) for where, texts in gaps.items()],
    }


def _gap(desk: Desk, case: CaseState, where: str, texts: list[str]) -> dict[str, Any]:
    veto = where in desk.its.opened.titles or where not in {
        c["id"] for c in desk.its.opened.rubrics[case.drawn.rubric]["criteria"]
    }
    title = desk.names.check(where) if veto else desk.names.criterion(where, case.drawn.rubric)
    return {"where": f"wb-{'v' if veto else 'i'}-{where}", "title": title, "texts": texts}


def _points_of(mark: Mapping[str, Any]) -> str:
    if not mark["takes_part"]:
        return "—"
    return f"{points(mark['points'])} / {points(mark['attainable'])}"


def _score(desk: Desk, rubric: Rubric, score: parts.Score) -> dict[str, str]:
    """The total where there is one; else what is rated so far."""
    w, language = desk.w, desk.here.language
    formula = score.formula.get(language, "")
    if score.points is not None:
        return {"total": written(score.points), "of": "", "formula": formula,
                "band": desk.names.band(rubric, score.band)}  # fmt: skip
    rated = [m for m in score.marks.values() if m["takes_part"] and m["points"] is not None]
    earned, whole = (sum(float(m[n]) for m in rated) for n in ("points", "attainable"))
    return {"total": written(earned), "of": f"/ {written(whole)}", "band": w("so_far"),
            "formula": formula}  # fmt: skip


def _criterion(
    desk: Desk, case: CaseState, criterion: Criterion, item: Any, called: Mapping[str, str]
) -> dict[str, Any]:
    """One item of the form."""
    said: dict[str, Any] = dict(item or {})
    its = [p for p in case.drawn.proposals if p.criterion == criterion.id]
    failed = [p for p in its if p.outcome == "failed"]
    open_ = [p for p in its if p.outcome in UNDECIDED]
    settled, decided = said.get("settled", {}), said.get("proposals", {})
    language = desk.here.language
    return {
        "id": criterion.id,
        "title": text_of(criterion.title, language),
        "maximum": criterion.maximum,
        "mode": criterion.mode,
        "looked": [{"title": text_of(i.title, language), "points": i.points}
                   for i in criterion.items],
        "anchors": _anchors(desk, criterion, said.get("anchor", "")),
        "own": said.get("anchor") == OWN,
        "failed": [_proposal(desk, case, p, decided.get(p.check, {})) for p in failed],
        "open": [{"check": p.check, "title": desk.names.check(p.check), "points": cost(p),
                  "outcome": desk.w(p.outcome),
                  "said": {"outcome": "", "reason": "", **settled.get(p.check, {})}}
                 for p in open_],
        "open_said": bool(settled),
        "passed": sum(p.outcome == "passed" for p in its),
        "other": sum(p.outcome in ("not_applicable", "not_yet_due") for p in its),
        "checks": len(its),
        "deductions": [_deduction(d, called) for d in said.get("deductions", ())],
        "applicable": said.get("applicable", True),
        "reason": said.get("reason", ""),
        "calm": criterion.mode == "auto" and not failed,
    }  # fmt: skip


def _anchors(desk: Desk, criterion: Criterion, chosen: str) -> list[dict[str, Any]]:
    if criterion.mode == "auto":
        return []
    return [
        {"id": name, "key": at, "label": desk.w(f"anchor_{name}"), "chosen": name == chosen,
         "words": text_of(criterion.anchors.get(name) or {"": ""}, desk.here.language),
         "left": criterion.maximum * SHARES[name], "due": criterion.maximum * (1 - SHARES[name])}
        for at, name in enumerate(ANCHORS, 1)
    ]  # fmt: skip


def _proposal(
    desk: Desk, case: CaseState, one: parts.Proposal, said: Mapping[str, Any]
) -> dict[str, Any]:
    """An automatic deduction, or a veto candidate, with the finding in words."""
    read = desk.read(case)
    compared = read.findings.get(one.check) if read else None
    kept = desk.its.opened.clauses.get(one.check)
    observed = compared.observed if compared else one.observed or ""
    expected = compared.expected if compared else one.expected or ""
    return {
        "check": one.check,
        "title": desk.names.check(one.check),
        "deduction": one.deduction,
        "veto": one.veto,
        "observed": observed,
        "expected": expected,
        "due_on": one.due_on or "",
        "clause": compared.clause if compared else kept.text if kept else "",
        "decision": said.get("decision", ""),
        "reason": said.get("reason", ""),
        "words": "",
    }


def _vetoes(
    desk: Desk, case: CaseState, rubric: Rubric, said: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """Candidates that checks found, and the vetoes that only a person can name."""
    found = []
    for check in veto_candidates(case.drawn):
        one = next(p for p in case.drawn.proposals if p.check == check and p.veto)
        shown = _proposal(desk, case, one, said.get(check, {}))
        w = desk.w
        shown["words"] = w("veto_words", title=shown["title"], observed=shown["observed"] or "—",
                           expected=shown["expected"] or "—")  # fmt: skip
        found.append(shown)
    asked = [
        {"check": name, "title": desk.names.check(name),
         "decision": said.get(name, {}).get("decision", ""),
         "reason": said.get(name, {}).get("reason", "")}
        for name in veto_questions(rubric)
    ]  # fmt: skip
    return {"found": found, "asked": asked}


def _deduction(one: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    return {
        "points": points(one.get("points") or None) if one.get("points") else "",
        "reason": one.get("reason", ""),
        "evidence": [{"ref": r, "title": called.get(r, r)} for r in one.get("evidence", ())],
    }


def records_of(desk: Desk, case: CaseState) -> tuple[Record, ...]:
    """What can be picked as evidence: the rows of the case; without its run, what checks named."""
    read = desk.read(case)
    if read:
        return read.records
    named = {ref for p in case.drawn.proposals for ref in (p.evidence or "").split(";") if ref}
    return tuple(Record(ref, ref.partition("/")[0], "") for ref in sorted(named))


def said_of(rating: e.RatingSubmitted | e.CaseAdjudicated) -> dict[str, Any]:
    """What a locked rating or adjudication says, as the form takes it."""
    import msgspec

    found: dict[str, Any] = {
        "items": msgspec.to_builtins(rating.items),
        "vetoes": msgspec.to_builtins(rating.vetoes),
        "note": getattr(rating, "note", ""),
        "reason": getattr(rating, "reason", ""),
    }
    return found
