"""A round as rows of the pack's records: one exported round a rubric, its files, ratings, views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from workbench.review import entries as e
from workbench.review import results
from workbench.review.export_deductions import Rated, deduction_rows, item_name, word
from workbench.review.replying import check_titles
from workbench.review.state import Accountability, CaseState, RoundState, Said, Seat
from workbench.rubrics import Rubric

Row = dict[str, Any]
# What each part of a round fills, in the pack's words for records of an evaluation.
COLUMNS = {
    "rounds": (
        "round_id", "organ_id", "year", "kind", "form", "rubric_version", "opened_on", "closed_on",
        "scheme_published_on", "process_published_on", "results_published_on",
        "outside_view_weight", "maxima_sum", "base_points", "direct_most", "indicators",
    ),
    "files": (
        "evaluation_id", "round_id", "case_id", "agreed_points", "adjudicated_on", "adjudicator_id",
    ),
    "ratings": (
        "rating_id", "evaluation_id", "reviewer_id", "reviewer_unit_id", "reviewer_organ_id",
        "locked_at", "seen_other_at", "total_points", "veto_reason",
    ),
    "deductions": (
        "deduction_id", "rating_id", "item", "points", "points_left_out", "evidence_document_ids",
        "note", "not_applicable",
    ),
    "items": ("rubric_version", "item", "maximum", "direct"),
    "views": ("survey_id", "organ_id", "round_id", "held_on", "answers", "satisfied"),
    "measures": (
        "accountability_id", "case_id", "organ_id", "target", "target_id", "measure",
        "no_personal_fault", "opened_on", "heard_on", "pleas_recorded", "decided_on", "appeal_told",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """How rows are written: the time and the language of the pack, and its indicators."""

    zone: ZoneInfo
    language: str
    indicators: Mapping[str, tuple[str, ...]]

    def moment(self, at: str) -> str:
        """An instant of the store (UTC) as local time."""
        local = datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone(self.zone)
        return local.replace(tzinfo=None).isoformat(timespec="seconds")

    def day(self, at: str) -> str:
        """The local day of an instant of the store."""
        return self.moment(at)[:10]


def rows_of(its: RoundState, setting: Setting) -> Iterator[tuple[str, Row]]:
    """(part, row) of everything a round holds; calibration cases are nobody's evaluation."""
    rubrics = {name: msgspec.convert(kept, Rubric) for name, kept in its.opened.rubrics.items()}
    for name, rubric in rubrics.items():
        round_id = exported_id(its, name)
        yield "rounds", _round(its, rubric, round_id, setting)
        for row in _items(rubric, setting.language):
            yield "items", row
        for at, said in enumerate(its.surveys, 1):
            yield "views", _survey(round_id, at, said)
    for case in its.cases.values():
        if not case.drawn.calibration:
            yield from _file(its, case, rubrics[case.drawn.rubric], setting)
    for entry in its.accountability.values():
        if taken := _measure(its, entry, setting):
            yield "measures", taken


def exported_id(its: RoundState, rubric: str) -> str:
    """The round's own id; with the rubric where a round has several, which do not mix."""
    return its.round_id if len(its.opened.rubrics) == 1 else f"{its.round_id}.{rubric}"


def _version(rubric: Rubric) -> str:
    return f"{rubric.id} {rubric.version}"


def _round(its: RoundState, rubric: Rubric, round_id: str, setting: Setting) -> Row:
    opened = its.opened
    closed = its.closed.body if its.closed else None
    on = {what: said.on for what, said in its.published.items()}
    views = setting.indicators.get("with_views", ()) if opened.outside_view_weight else ()
    return {
        "round_id": round_id,
        "organ_id": opened.organ_id,
        "year": int(opened.origin.as_of[:4]),
        "kind": opened.kind,
        "form": opened.form,
        "rubric_version": _version(rubric),
        "opened_on": opened.opened_on,
        "closed_on": closed.on if isinstance(closed, e.RoundClosed) else None,
        "scheme_published_on": on.get("scheme") or opened.scheme_published_on,
        "process_published_on": on.get("process"),
        "results_published_on": on.get("results"),
        "outside_view_weight": opened.outside_view_weight,
        "maxima_sum": sum(c.maximum for c in rubric.criteria if not c.direct),
        "base_points": rubric.split.fixed if rubric.split else None,
        "direct_most": rubric.split.direct_most if rubric.split else None,
        "indicators": ";".join((*setting.indicators.get("always", ()), *views)),
    }


def _items(rubric: Rubric, language: str) -> Iterator[Row]:
    for criterion in rubric.criteria:
        yield {
            "rubric_version": _version(rubric),
            "item": item_name(rubric, criterion, language),
            "maximum": criterion.maximum,
            "direct": criterion.direct,
        }


def _survey(round_id: str, at: int, said: Said) -> Row:
    assert isinstance(said.body, e.SurveyRecorded)
    return {
        "survey_id": f"{round_id}:{at}",
        "organ_id": said.body.organ_id,
        "round_id": round_id,
        "held_on": said.body.held_on,
        "answers": said.body.answers,
        "satisfied": said.body.satisfied,
    }


def _file(
    its: RoundState, case: CaseState, rubric: Rubric, setting: Setting
) -> Iterator[tuple[str, Row]]:
    file_id = f"{its.round_id}:{case.case_id}"
    holds = case.final.body.score if case.final else results.provisional(its, case)  # type: ignore[attr-defined]
    settled = _settled(its, case)
    yield (
        "files",
        {
            "evaluation_id": file_id,
            "round_id": exported_id(its, case.drawn.rubric),
            "case_id": case.case_id,
            "agreed_points": holds.points if holds else None,
            "adjudicated_on": setting.day(settled[0]) if settled else None,
            "adjudicator_id": settled[1] if settled else None,
        },
    )
    for number in sorted(case.seats):
        yield from _rating(its, case, case.seats[number], rubric, setting)


def _settled(its: RoundState, case: CaseState) -> tuple[str, str] | None:
    """When and by whom ratings that were apart were settled: an adjudicator or a third rating."""
    if case.adjudicated:
        return case.adjudicated.at, case.adjudicated.actor
    if len(case.rated) > its.opened.ratings_per_case and results.agreeing(its, case):
        last = case.rated[-1]
        return last.locked_at, last.reviewer_id
    return None


def _rating(
    its: RoundState, case: CaseState, seat: Seat, rubric: Rubric, setting: Setting
) -> Iterator[tuple[str, Row]]:
    person, rating = its.reviewers[seat.reviewer_id], seat.rating
    file_id = f"{its.round_id}:{case.case_id}"
    rating_id = f"{file_id}:{seat.number}"
    yield (
        "ratings",
        {
            "rating_id": rating_id,
            "evaluation_id": file_id,
            "reviewer_id": seat.reviewer_id,
            "reviewer_unit_id": person.unit_id,
            "reviewer_organ_id": person.organ_id,
            "locked_at": setting.moment(seat.locked_at) if rating else None,
            "seen_other_at": setting.moment(seat.shown_at) if seat.shown_at else None,
            "total_points": rating.score.points if rating else None,
            "veto_reason": _veto(its, rubric, rating, setting) if rating else None,
        },
    )
    if rating is None:
        return
    titles = check_titles(its, setting.language)
    finding = f"{its.opened.origin.run_id}/{case.case_id}"
    rated = Rated(rubric, case.drawn, rating.items, rating.score, titles, setting.language, finding)
    for at, row in enumerate(deduction_rows(rated), 1):
        number = {"deduction_id": f"{rating_id}:{at}", "rating_id": rating_id}
        yield "deductions", number | {"not_applicable": False} | row


def _veto(
    its: RoundState, rubric: Rubric, rating: e.RatingSubmitted, setting: Setting
) -> str | None:
    """Why a confirmed veto left nothing of the total; None where the points stand."""
    confirmed = {v: d.reason for v, d in rating.vetoes.items() if d.decision == "confirmed"}
    if rubric.effect_of(confirmed) != "zero":
        return None
    titles = check_titles(its, setting.language)
    said = word("reason", setting.language)
    texts = [said.format(what=titles.get(v, v), why=why) for v, why in confirmed.items()]
    return word("between", setting.language).join(texts)


def _measure(its: RoundState, entry: Accountability, setting: Setting) -> Row | None:
    """A hearing with its measure, or the conclusion that nobody was at fault."""
    heard = entry.heard.body if entry.heard else None
    taken = entry.measure.body if entry.measure else None
    none = entry.no_fault.body if entry.no_fault else None
    about = heard or none
    if not isinstance(about, (e.PersonHeard, e.NoFaultRecorded)):
        return None
    case = its.cases.get(about.case_id)
    decided = taken or none
    row: Row = {
        "accountability_id": entry.accountability_id,
        "case_id": about.case_id,
        "organ_id": case.drawn.organ_id if case else None,
        "no_personal_fault": none is not None if decided else None,
        "decided_on": getattr(decided, "decided_on", None),
    }
    if isinstance(heard, e.PersonHeard):
        row |= {"target": heard.target, "target_id": heard.target_id, "heard_on": heard.heard_on,
                "pleas_recorded": bool(heard.pleas.strip())}  # fmt: skip
    if isinstance(taken, e.MeasureRecorded):
        row |= {"measure": taken.measure, "appeal_told": bool(taken.appeal_told_on)}
    said = [one.at for one in (entry.heard, entry.measure, entry.no_fault) if one]
    days = [setting.day(min(said)), row.get("heard_on"), row["decided_on"]]
    return row | {"opened_on": min(day for day in days if day)}
