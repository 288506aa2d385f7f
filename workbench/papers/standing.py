"""How a case stands when a paper is written: its score and its problems, told or final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.papers.wording import Wording
from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.problems import problems
from workbench.review.replying import check_titles
from workbench.review.state import CaseState, RoundState
from workbench.terms import UsageError
from workbench.texts import Language, shown_language


@dataclass(frozen=True)
class Standing:
    """A result that a paper can tell of; `final`: nothing of it changes any more."""

    case: CaseState
    score: parts.Score
    problems: tuple[parts.Problem, ...]
    final: bool


def standing(its: RoundState, case: CaseState) -> Standing | None:
    """The final result, else what the unit was told, else what the ratings agree on; or None."""
    if case.final or case.feedback:
        return final(case) or told(case)
    score = results.provisional(its, case)
    if score is None:
        return None
    return Standing(case, score, problems(its, case, check_titles(its)), False)


def final(case: CaseState) -> Standing | None:
    """The final result of a case."""
    if case.final is None:
        return None
    body = case.final.body
    assert isinstance(body, e.ResultFinal)
    return Standing(case, body.score, body.problems, True)


def told(case: CaseState) -> Standing | None:
    """What the unit was told of a case before it replied."""
    if case.feedback is None:
        return None
    body = case.feedback.body
    assert isinstance(body, e.FeedbackSent)
    return Standing(case, body.score, body.problems, False)


def cases_of(its: RoundState, unit_id: str) -> Sequence[CaseState]:
    """The cases of a unit that count, in the order of their ids; raises `UsageError` for none."""
    found = [c for c in its.cases.values() if c.drawn.unit_id == unit_id]
    if not found:
        units = sorted({c.drawn.unit_id for c in its.cases.values()})
        named = [f"{u}（{its.opened.names[u]}）" if u in its.opened.names else u for u in units]
        raise refusal("no_unit", unit=unit_id, round=its.round_id, known="、".join(named))
    counted = (c for c in found if not c.drawn.calibration)
    return sorted(counted, key=lambda c: c.case_id)


def refusal(key: str, language: Language | None = None, **values: object) -> UsageError:
    """Why a paper cannot be written, as a sentence in the reader's language."""
    return UsageError(Wording(language or shown_language("zh"))(key, **values).strip())
