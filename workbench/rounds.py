"""A round of evaluation drawn from a run: its cases with what the checks say, its rules, its names.

The round keeps all it needs (rubrics, proposals, titles, calendar, measures), so that it can be
read, and its scores be worked out again, without the run and the pack it came from. The rules that
law or local practice sets (reviewers a case, gap limit, days to reply and to rectify) are dated
parameters of the pack, taken as of the day the round opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from workbench import sqltext
from workbench.asked_days import as_date
from workbench.pack import Asset, Pack, find_pack, read_pack
from workbench.pack.evaluation_checks import RULES
from workbench.pack.rubric_files import weight_of
from workbench.reports.results import Results
from workbench.review import entries as e
from workbench.review import parts, rights
from workbench.review.export import export
from workbench.review.refusals import Refused
from workbench.review.review import Review
from workbench.review.state import RoundState
from workbench.rubrics import Listed, Rubric
from workbench.run import Run
from workbench.shared_files import shared_folder
from workbench.suites import Check
from workbench.terms import Outcome, UsageError

UNTESTED = "untested"
_SATURDAY = 5


def open_review(
    where: str | Path = "review.sqlite",
    person: str | None = None,
    *,
    create: bool = True,
    today: str | date | None = None,
) -> Review:
    """Open a review store (a SQLite file, or the URL of a PostgreSQL database) as a person.

    `person`: whose name every entry bears; by default whoever is logged in (`review.identity`).
    `today`: the day on which things are done, where they were done on paper on another one; the
    moment of every entry stays the true one. Raises `Refused` for a day to come.

    >>> review = wb.open_review("review.sqlite", "li")   # doctest: +SKIP
    """
    if today is None:
        return Review.open(where, person, create=create)
    day = as_date(today)
    if day > (real := date.today()):
        raise Refused("day_ahead", day=day.isoformat(), today=real.isoformat())
    return Review.open(where, person, create=create, today=lambda: day)


def export_rounds(review: Review, to: str | Path, *round_ids: str) -> dict[str, int]:
    """Write rounds (all, if none is named) as the tables of their pack; rows by file.

    The checks of evaluations then judge them as they judge paper rounds. Raises `Refused` for
    whoever may not see all ratings (`rights.whole_round`), `UsageError` where the rounds were made
    with several packs, or files are there already.

    >>> export_rounds(review, "out/rounds", "2026-01")   # doctest: +SKIP
    {'evaluations.csv': 12, ...}
    """
    rounds = [review.round(name) for name in round_ids or review.state.rounds]
    for its in rounds:
        rights.whole_round(its, review.actor)
    packs = {its.opened.origin.pack for its in rounds}
    if len(packs) != 1:
        known = ", ".join(sorted(packs)) or "none"
        raise UsageError(f"rounds of one pack are exported at a time; these have: {known}")
    pack = read_pack(find_pack(packs.pop(), shared_folder("expectations")))
    return export(pack, rounds, Path(to)).rows


def open_round(
    review: Review,
    run: Run,
    round_id: str,
    cases: Sequence[str],
    *,
    title: str,
    organ_id: str,
    kind: str = "yearly",
    form: str = "organisation",
    calibration: Sequence[str] = (),
    pack: Pack | None = None,
    sample: Mapping[str, Any] | None = None,
    scheme_published_on: str | None = None,
    outside_view_weight: float | None = None,
    weights: Mapping[str, float] | None = None,
    rules: Mapping[str, float] | None = None,
) -> RoundState:
    """Open a round on cases of a run; `rules` (`evaluation_checks.RULES`) overrides the pack's.

    `organ_id` runs the round; `form`: organisation (组织考评), self (自我考评), mutual (互查互评).
    `calibration` names the cases that every reviewer rates. `outside_view_weight` is recorded and
    exported and enters no score. Raises `Refused` where the run is not
    saved, a case is not in it or has no rubric, `UsageError` for a rule that does not exist.
    """
    if "run_id" not in run.manifest:
        raise Refused("run_unsaved")
    pack = pack or pack_of(run.results)
    if both := sorted(set(cases) & set(calibration)):
        raise Refused("both_calibration", case=both[0])
    drawn = draw_cases(run.results, pack, [*cases, *calibration], frozenset(calibration))
    used = {case.rubric for case in drawn.values()}
    opened = e.RoundOpened(
        title=title, organ_id=organ_id, kind=kind, form=form,  # type: ignore[arg-type]
        origin=_origin(run.results),
        rubrics={name: msgspec.to_builtins(pack.rubrics[name]) for name in sorted(used)},
        titles={c: dict(about["title"]) for c, about in run.results.checks["checks"].items()},
        rules=_rules_of(run.results, drawn),
        opened_on=review.today,
        scheme_published_on=scheme_published_on,
        outside_view_weight=outside_view_weight,
        weights=dict(weights or {}),
        names=run.results.names,
        words=_targets(pack) | _called(run.results, drawn),
        clauses=_clauses(run.results),
        sources=_sources(run.results),
        measures=_measures(pack, review.today),
        days=_days(pack, review.today),
        sample=dict(sample) if sample else None,
        **_rules(pack, review.today, form, rules or {}),
    )  # fmt: skip
    return review.open_round(round_id, opened, drawn)


def _rules_of(results: Results, drawn: Mapping[str, e.CaseDrawn]) -> dict[str, str]:
    """By which rule each check was decided in the run (older runs do not say)."""
    asked = {one.check for case in drawn.values() for one in case.proposals}
    about = results.checks["checks"]
    found = {check: about[check].get("rule_digest", "") for check in sorted(asked)}
    return {check: rule for check, rule in found.items() if rule}


def pack_of(results: Results) -> Pack:
    """The pack a run was made with; raises `Refused` where the one here is in another state."""
    made = results.manifest["pack"]
    pack = read_pack(find_pack(made["id"], shared_folder("expectations")))
    if pack.digest != made["digest"]:
        raise Refused("other_pack", pack=made["id"])
    return pack


def _called(results: Results, drawn: Mapping[str, e.CaseDrawn]) -> dict[str, dict[str, str]]:
    """What the kinds of the cases are called, and all tables: reviewers may point at any record."""
    kinds = {case.kind for case in drawn.values()}
    words = {kind: dict(results.checks["words"].get(kind, {})) for kind in sorted(kinds)}
    labels = results.checks["labels"]
    words |= {table: dict(its["title"]) for table, its in labels.items() if its.get("title")}
    return {code: titles for code, titles in words.items() if titles}


def _targets(pack: Pack) -> dict[str, dict[str, str]]:
    """What the targets of accountability and its measures are called."""
    table = pack.schema.tables.get(pack.review_tables.tables.get("measures", ""))
    columns = (
        [table.columns[c] for c in ("target", "measure") if c in table.columns] if table else []
    )
    return {code: dict(titles) for column in columns for code, titles in column.codes.items()}


def _clauses(results: Results) -> dict[str, parts.Clause]:
    """What each check of the run rests on."""
    about = results.checks["checks"]
    return {check: parts.Clause(text=its["clause"], verified=its["verified"])
            for check, its in about.items() if its["clause"]}  # fmt: skip


def _sources(results: Results) -> dict[str, dict[str, str]]:
    """The documents that clauses call by a short name: title, number and whatever else is text."""
    return {name: {key: str(value) for key, value in its.items()}
            for name, its in results.checks["sources"].items()}  # fmt: skip


def _origin(results: Results) -> parts.Origin:
    made = results.manifest["pack"]
    return parts.Origin(
        run_id=str(results.manifest["run_id"]), as_of=results.manifest["as_of"],
        pack=made["id"], pack_version=made["version"], pack_digest=made["digest"],
    )  # fmt: skip


def _rules(pack: Pack, day: str, form: str, own: Mapping[str, float]) -> dict[str, Any]:
    """The rules in force on a day, and what a bureau sets in their place."""
    if stray := sorted(set(own) - set(RULES)):
        raise UsageError(f"no rule '{stray[0]}'; a round has {', '.join(RULES)}")
    found = {rule: own.get(rule, _value(pack, rule, day)) for rule in RULES}
    if absent := [rule for rule, value in found.items() if value is None]:
        raise UsageError(
            f"the pack '{pack.id}' sets no {', '.join(absent)} on {day}: give the rules yourself"
        )
    if form == "self" and "ratings_per_case" not in own:
        found["ratings_per_case"] = 1
    whole = {"ratings_per_case", "reply_days", "rectification_days"}
    units = {
        f"{name}_unit": pack.parameters[pack.evaluation[f"{name}_days"]].unit
        for name in ("reply", "rectification")
        if f"{name}_days" not in own
    }
    found = {rule: int(value) if rule in whole else float(value) for rule, value in found.items()}
    return found | units | {"other_organs_only": bool(found["other_organs_only"])}


def _value(pack: Pack, rule: str, day: str) -> Any:
    found = pack.parameters.get(pack.evaluation.get(rule, ""))
    return found.on(date.fromisoformat(day)) if found else None


def _days(pack: Pack, day: str) -> dict[str, bool]:
    """From the year of a day on: the days that differ from Monday to Friday, and the holidays."""
    if pack.calendar is None:
        return {}
    year = date.fromisoformat(day).year
    return {
        found.isoformat(): working
        for found, working, *_, holiday in pack.calendar.rows()
        if found.year >= year and (holiday or working != (found.weekday() < _SATURDAY))
    }


def _measures(pack: Pack, day: str) -> dict[str, dict[str, str]]:
    """Of each target the accountability measures in force on a day, with their clauses."""
    found: dict[str, dict[str, str]] = {}
    listed = pack.lists.get(pack.evaluation.get("measures", ""))
    for row in listed.rows if listed else ():
        begins, ends = row.get("from_on") or "", row.get("to_on") or "9999"
        if str(begins) <= day <= str(ends):
            found.setdefault(row["target"], {})[row["measure"]] = row["clause"]
    return found


def draw_cases(
    results: Results, pack: Pack, case_ids: Sequence[str], calibration: frozenset[str] = frozenset()
) -> dict[str, e.CaseDrawn]:
    """Cases of a run as they enter a round: their rubric, and what the checks say of them."""
    asset = next(a for a in pack.assets.values() if a.table == "cases")
    wanted = list(dict.fromkeys(case_ids))
    listed = ", ".join(sqltext.literal(case) for case in wanted) or "NULL"
    where = f"WHERE subject_id IN ({listed})"
    facts = _by_subject(results, f"FROM work.{sqltext.name('facts_' + asset.id)} {where}")
    outcomes = _by_subject(results, f"FROM work.{sqltext.name('outcomes_' + asset.id)} {where}")
    findings: dict[str, dict[str, dict[str, Any]]] = {}
    for row in results.records(
        "SELECT subject_id, check_id, observed, expected, due_on, evidence FROM work.findings "
        f"{where} AND asset = {sqltext.literal(asset.id)}", "findings of cases",
    ):  # fmt: skip
        findings.setdefault(row["subject_id"], {})[row["check_id"]] = row
    if lost := [case for case in wanted if case not in facts]:
        raise Refused("no_run_cases", case=lost[0], count=len(lost))
    day = date.fromisoformat(results.manifest["as_of"])
    return {
        case: _drawn(pack, asset, day, case, facts[case], outcomes[case], findings.get(case, {}),
                     case in calibration)
        for case in wanted
    }  # fmt: skip


def _by_subject(results: Results, query: str) -> dict[str, dict[str, Any]]:
    return {str(row["subject_id"]): row for row in results.records(query, "drawn cases")}


def _drawn(
    pack: Pack, asset: Asset, day: date, case: str, facts: Mapping[str, Any],
    outcomes: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]], calibration: bool,
) -> e.CaseDrawn:  # fmt: skip
    rubric = pack.rubric_on(str(facts["kind"]), day)
    if rubric is None:
        raise Refused("no_rubric", case=case, kind=facts["kind"], count=1)
    handled = facts.get(pack.evaluation.get("handled_by", "")) or ""
    return e.CaseDrawn(
        organ_id=str(facts["organ_id"] or ""), unit_id=str(facts["unit_id"] or ""),
        kind=str(facts["kind"]), rubric=rubric.id, calibration=calibration,
        handled_by=tuple(part for part in str(handled).split(";") if part),
        proposals=tuple(_proposals(pack, asset, rubric, facts, outcomes, findings)),
    )  # fmt: skip


def _proposals(
    pack: Pack, asset: Asset, rubric: Rubric, facts: Mapping[str, Any],
    outcomes: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]],
) -> Iterator[parts.Proposal]:  # fmt: skip
    """What the checks of each criterion say; then the veto candidates outside the rubric."""
    seen = set()
    for criterion in rubric.criteria:
        for listed in criterion.listed:
            seen.add(listed.check)
            check = pack.checks[listed.check]
            veto = _veto(rubric, check, facts, outcomes)
            yield _proposal(check, criterion.id, listed, veto, facts, outcomes, findings)
    for check in pack.checks_of(asset.id):
        if check.id not in seen and _veto(rubric, check, facts, outcomes):
            yield _proposal(check, "", Listed(check.id), True, facts, outcomes, findings)


def _proposal(
    check: Check, criterion: str, listed: Listed, veto: bool, facts: Mapping[str, Any],
    outcomes: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]],
) -> parts.Proposal:  # fmt: skip
    points, group = weight_of(check, listed)
    code = outcomes.get(check.id)
    outcome = UNTESTED if code is None else Outcome(int(code)).name
    found = findings.get(check.id, {})
    due = found.get("due_on")
    return parts.Proposal(
        check=check.id, criterion=criterion, outcome=outcome,
        largest=points.largest,
        deduction=float(points.taken(facts)) if outcome == Outcome.failed.name else 0.0,
        group=group, veto=veto,
        observed=found.get("observed"), expected=found.get("expected"),
        due_on=due.isoformat() if due else None, evidence=found.get("evidence"),
    )  # fmt: skip


def _veto(
    rubric: Rubric, check: Check, facts: Mapping[str, Any], outcomes: Mapping[str, Any]
) -> bool:
    """Is the check a veto candidate in this case, under this rubric?"""
    failed = outcomes.get(check.id) == Outcome.failed.value
    holds = check.veto_when is None or bool(facts.get(check.veto_when))
    return failed and holds and check.verified and rubric.may_veto(check.id, check.veto)
