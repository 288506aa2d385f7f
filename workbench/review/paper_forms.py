"""Forms on paper (CSV): a rating, a unit's reply, the answer to it; written empty, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.points import written
from workbench.review import parts
from workbench.review.acts import case_of
from workbench.review.paper import Row, each, found, read_paper, write_paper
from workbench.review.problems import bases, problems
from workbench.review.rating_form import Slot, anchor_of, slots
from workbench.review.refusals import near
from workbench.review.replying import check_titles, contested, told
from workbench.review.state import CaseState, RoundState
from workbench.texts import Language

RATING = ("criterion", "check", "what", "maximum", "found", "conclusion", "points", "reason",
          "evidence")  # fmt: skip
REPLY = ("problem", "what", "found", "conclusion", "reason", "evidence")
ANSWER = ("problem", "what", "found", "conclusion", "points", "reason")
ANCHORS = ("full", "half", "none", "own", "not_applicable")
DECISIONS = ("confirmed", "overturned")
ANSWERS = ("passed", "failed", "not_applicable")


# ------------------------------------------------------------------------- a rating


def write_rating(path: Path, its: RoundState, case_id: str, language: Language) -> Path:
    """The form of a case: a row for each criterion, failed check, open check, veto candidate, and
    for each veto that no check looks for (empty: not found).

    Further deductions of one criterion are further rows with its id.
    """
    case = case_of(its, case_id)
    titles = check_titles(its, language)
    rows = (_slot(slot, titles, language) for slot in slots(its, case))
    return write_paper(path, RATING, rows, language)


def _slot(slot: Slot, titles: dict[str, str], language: Language) -> list[object]:
    one, criterion = slot.proposal, slot.criterion
    name = criterion.id if criterion else ""
    if slot.veto:
        called = slot.veto.title.get(language, slot.veto.id)
        return ["", slot.veto.id, called, "", found("question", language), "", "", "", ""]
    if one is None:
        assert criterion
        called = criterion.title.get(language, name)
        return [name, "", called, criterion.maximum, "", "", "", "", ""]
    title = titles.get(one.check, one.check)
    said = {
        "proposal": lambda: found("failed", language, points=written(one.deduction)),
        "veto": lambda: found("candidate", language),
        "undecided": lambda: found("undecided", language),
    }[slot.kind]()
    return [name, one.check, title, "", said, "", "", "", one.evidence or ""]


def read_rating(
    path: Path, its: RoundState, case_id: str
) -> tuple[dict[str, parts.Item], dict[str, parts.Decision]]:
    """A filled-in form as items and vetoes. A criterion with points and no conclusion has an anchor
    by its points; an open check without a conclusion stays open.

    Raises `InputError` naming every fault with its line.
    """
    case = case_of(its, case_id)
    known: dict[tuple[str, str, str], Slot] = {_key(slot): slot for slot in slots(its, case)}
    draft = _Draft(case)
    paper = read_paper(path, ("criterion", "check", "conclusion", "points", "reason", "evidence"))

    def read(row: Row) -> None:
        name, check = row["criterion"], row["check"]
        if not check:
            slot = known.get(("criterion", name, ""))
            if slot is None:
                others = (c for kind, c, _ in known if kind == "criterion")
                row.fault("criterion", what=name, **near(name, others))
                return
            draft.criterion(row, slot)
            return
        kinds = ("proposal", "undecided") if name else ("veto", "question")
        slot = next((known[k, name, check] for k in kinds if (k, name, check) in known), None)
        if slot is None:
            row.fault("check", what=check, **near(check, (c for _, _, c in known if c)))
        elif row["conclusion"]:
            draft.check(row, slot)

    each(paper, read)
    return draft.items(its), draft.vetoes


def _key(slot: Slot) -> tuple[str, str, str]:
    criterion = slot.criterion.id if slot.criterion else ""
    return slot.kind, criterion, slot.check


class _Draft:
    """What the rows of a rating add up to."""

    def __init__(self, case: CaseState) -> None:
        self.case = case
        self.parts: dict[str, dict[str, Any]] = {}
        self.vetoes: dict[str, parts.Decision] = {}

    def criterion(self, row: Row, slot: Slot) -> None:
        """A row of a criterion: its anchor, or a deduction with reason and evidence."""
        item = self.of(row["criterion"])
        if row["conclusion"]:
            item["anchor"] = row.code("conclusion", ANCHORS) or item["anchor"]
        if item["anchor"] == "not_applicable":
            item["reason"] = row["reason"]
        elif row["points"]:
            item["deductions"].append(parts.Deduction(
                points=row.points(), reason=row["reason"], evidence=row.several("evidence"),
            ))  # fmt: skip

    def check(self, row: Row, slot: Slot) -> None:
        """A row of a check: what was decided on its finding, its openness or its veto."""
        check = row["check"]
        if slot.kind == "undecided":
            if outcome := row.code("conclusion", ANSWERS):
                answer = parts.Answer(outcome=outcome, reason=row["reason"])  # type: ignore[arg-type]
                self.of(row["criterion"])["settled"][check] = answer
        elif decision := row.code("conclusion", DECISIONS):
            said = parts.Decision(decision=decision, reason=row["reason"])  # type: ignore[arg-type]
            if slot.kind in ("veto", "question"):
                self.vetoes[check] = said
            else:
                self.of(row["criterion"])["proposals"][check] = said

    def of(self, criterion: str) -> dict[str, Any]:
        """The draft of a criterion."""
        empty: dict[str, Any] = {
            "anchor": "", "reason": "", "deductions": [], "proposals": {}, "settled": {},
        }  # fmt: skip
        return self.parts.setdefault(criterion, empty)

    def items(self, its: RoundState) -> dict[str, parts.Item]:
        """The items of the rating."""
        from workbench.review.results import rubric_of

        found = {}
        for criterion in rubric_of(its, self.case).criteria:
            given = self.parts.get(criterion.id)
            if given is None or (_blank(given) and criterion.mode != "auto"):
                continue  # not rated, as the reviewer will be told
            taken = sum(d.points for d in given["deductions"])
            absent = given["anchor"] == "not_applicable"
            anchor = "" if absent else given["anchor"] or anchor_of(criterion, taken)
            found[criterion.id] = parts.Item(
                applicable=not absent, reason=given["reason"], anchor=anchor,  # type: ignore[arg-type]
                deductions=() if absent else tuple(given["deductions"]),
                proposals=given["proposals"], settled=given["settled"],
            )  # fmt: skip
        return found


def _blank(given: dict[str, Any]) -> bool:
    """Has nobody concluded on the criterion itself?"""
    return not given["anchor"] and not given["deductions"]


# ------------------------------------------------------------------------- a reply and its answer


def write_reply(path: Path, its: RoundState, case_id: str, language: Language) -> Path:
    """The problems of a case as its unit was told of them, to be answered one by one."""
    case = case_of(its, case_id)
    titles = check_titles(its, language)
    rows = (_problem(p, titles, language, blanks=3) for p in told(case).problems)
    return write_paper(path, REPLY, rows, language)


def write_answer(path: Path, its: RoundState, case_id: str, language: Language) -> Path:
    """The contested problems of a case, to be ruled on."""
    case = case_of(its, case_id)
    asked = set(contested(case))
    titles = check_titles(its, language)
    listed = problems(its, case, titles, bases(its, case))
    rows = (_problem(p, titles, language, blanks=3) for p in listed if p.id in asked)
    return write_paper(path, ANSWER, rows, language)


def _problem(
    problem: parts.Problem, titles: dict[str, str], language: Language, blanks: int
) -> list[object]:
    """The text stays as the unit was told it; before it the title of the check, if it differs."""
    said = found("problem", language, points=written(problem.points))
    title, text = titles.get(problem.check, ""), problem.text
    if title and not text.startswith(title):
        text = found("titled", language, title=title, text=text)
    return [problem.id, text, said, *[""] * blanks]


def read_reply(path: Path, its: RoundState, case_id: str) -> dict[str, parts.ReplyItem]:
    """A filled-in reply by problem; raises `InputError` naming every fault with its line."""
    listed = {p.id for p in told(case_of(its, case_id)).problems}
    replies: dict[str, parts.ReplyItem] = {}

    def read(row: Row) -> None:
        position = row.code("conclusion", ("accepted", "contested"))
        if _listed(row, listed, replies) and position:
            replies[row["problem"]] = parts.ReplyItem(
                position=position, text=row["reason"], evidence=row.several("evidence"))  # type: ignore[arg-type]  # fmt: skip

    each(read_paper(path, ("problem", "conclusion", "reason")), read)
    return replies


def read_answer(path: Path, its: RoundState, case_id: str) -> dict[str, parts.Ruling]:
    """A filled-in answer by problem; raises `InputError` naming every fault with its line."""
    asked = set(contested(case_of(its, case_id)))
    points = {p.id: p.points for p in told(case_of(its, case_id)).problems}
    rulings: dict[str, parts.Ruling] = {}

    def read(row: Row) -> None:
        decision = row.code("conclusion", ("kept", "reduced", "withdrawn"))
        if not _listed(row, asked, rulings) or not decision:
            return
        left = {"kept": points[row["problem"]], "withdrawn": 0.0}
        rulings[row["problem"]] = parts.Ruling(
            decision=decision,  # type: ignore[arg-type]
            points=left[decision] if decision in left else row.points(), reason=row["reason"],
        )  # fmt: skip

    each(read_paper(path, ("problem", "conclusion", "points", "reason")), read)
    return rulings


def _listed(row: Row, known: set[str], given: dict[str, Any]) -> bool:
    if row["problem"] not in known:
        row.fault("problem", what=row["problem"])
    elif row["problem"] in given:
        row.fault("twice", what=row["problem"])
    else:
        return True
    return False
