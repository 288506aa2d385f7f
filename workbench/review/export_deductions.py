"""What a rating took away, as rows that add up: per criterion the attainable less the points.

The marks that were locked decide; nothing is worked out a second time. Points that several defects
share, because a criterion cannot fall below 0 or because one defect group is deducted once, are
given to the largest first: the rows of a criterion make exactly what its mark lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workbench.points import rounded
from workbench.review import entries as e
from workbench.review import parts
from workbench.review.problems import cost, stands
from workbench.rubrics import Criterion, Rubric
from workbench.sources import read_words


@dataclass(frozen=True)
class Rated:
    """One locked rating with what it rests on; `titles`: what checks are called."""

    rubric: Rubric
    drawn: e.CaseDrawn
    items: Mapping[str, parts.Item]
    score: parts.Score
    titles: Mapping[str, str]
    language: str
    finding: str  # where a check's finding stands that names no record of its own


@dataclass(frozen=True)
class _Claim:
    points: float
    note: str
    evidence: tuple[str, ...]


def word(key: str, language: str) -> str:
    """A sentence of the export."""
    return str(_words()[key][language])


@cache
def _words() -> dict[str, Any]:
    return dict(read_words(Path(__file__).with_name("export_words.yaml")))


def item_name(rubric: Rubric, criterion: Criterion, language: str) -> str:
    """What a criterion is called in the table of items; its id where two are called alike.

    >>> item_name(rubric, rubric.criteria[0], "zh")   # doctest: +SKIP
    '执法公示'
    """
    title = criterion.title.get(language, criterion.id)
    alike = sum(c.title.get(language) == title for c in rubric.criteria)
    return title if alike == 1 else criterion.id


def deduction_rows(rated: Rated) -> Iterator[dict[str, Any]]:
    """The rows of one rating: deductions, points left out, criteria that do not apply."""
    for criterion in rated.rubric.criteria:
        mark = rated.score.marks[criterion.id]
        item = rated.items.get(criterion.id)
        name = {"item": item_name(rated.rubric, criterion, rated.language)}
        if not mark["takes_part"]:
            note = (item.reason if item else "") or word("not_applicable", rated.language)
            yield name | {"points": 0, "not_applicable": True, "note": note}
            continue
        out = rounded(mark["maximum"] - mark["attainable"])
        if out > 0:
            note = word("left_out", rated.language)
            yield name | {"points": 0, "points_left_out": out, "note": note}
        lost = rounded(mark["attainable"] - (mark["points"] or 0))
        for claim in _shared(lost, _claims(rated, criterion, item)):
            yield name | {
                "points": claim.points,
                "evidence_document_ids": ";".join(claim.evidence) or rated.finding,
                "note": claim.note,
            }


def _claims(rated: Rated, criterion: Criterion, item: parts.Item | None) -> list[_Claim]:
    """What a criterion's points were lost to: a person's own deductions, then the checks."""
    own = [_Claim(d.points, d.reason, d.evidence) for d in item.deductions] if item else []
    failed = [
        one for one in rated.drawn.proposals
        if one.criterion == criterion.id and _stands(one, item)
    ]  # fmt: skip
    failed.sort(key=lambda one: -cost(one))
    checks = [_Claim(cost(one), _said(rated, one, item), _evidence(one)) for one in failed]
    absent = (item is not None and not item.applicable) or not (own or checks)
    return [*own, *checks] if not absent else [_absent(rated, item)]


def _stands(one: parts.Proposal, item: parts.Item | None) -> bool:
    """As `problems.stands`; a criterion that nobody touched stands as the checks left it."""
    return stands(one, item) if item else one.outcome == "failed"


def _absent(rated: Rated, item: parts.Item | None) -> _Claim:
    """A rubric may count nothing for what is not there: the maximum is lost to the rule."""
    return _Claim(0.0, (item.reason if item else "") or word("absent", rated.language), ())


def _said(rated: Rated, one: parts.Proposal, item: parts.Item | None) -> str:
    said = item and (item.proposals.get(one.check) or item.settled.get(one.check))
    title = rated.titles.get(one.check, one.check)
    if not said or not said.reason:
        return title
    return word("reason", rated.language).format(what=title, why=said.reason)


def _evidence(one: parts.Proposal) -> tuple[str, ...]:
    return tuple(part for part in (one.evidence or "").split(";") if part)


def _shared(lost: float, claims: Sequence[_Claim]) -> Iterator[_Claim]:
    """What was lost, given to the claims in order; the last one takes what is left."""
    for at, claim in enumerate(claims, 1):
        points = lost if at == len(claims) else rounded(min(claim.points, lost))
        if points > 0:
            yield _Claim(points, claim.note, claim.evidence)
            lost = rounded(lost - points)
