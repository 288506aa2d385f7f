"""Every example of every pack gives the outcomes that it says, on every engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import workbench
from tests.spec.conftest import Answers, Ask, Evaluation
from workbench.clocks import Clock
from workbench.pack import Pack, read_pack
from workbench.pack.examples import Example, read_examples
from workbench.sources import read_source
from workbench.terms import Outcome
from workbench.trials import Batch, make_batches
from workbench.workdays import Calendar

EXPECTATIONS = Path(__file__).parents[2] / "expectations"
PACKS = {
    path.parent.name: read_pack(path.parent) for path in sorted(EXPECTATIONS.glob("*/pack.yaml"))
}
EXAMPLES = {name: read_examples(pack)[0] for name, pack in PACKS.items()}
BATCHES = {name: make_batches(pack, EXAMPLES[name]) for name, pack in PACKS.items()}

# Rows of the table of ambiguities (domain paper, section 10) that touch a check of the pack.
SETTLED = {"hrss": set(range(1, 39)) - {5, 35}}


def each_example() -> list[Any]:
    return [
        pytest.param(batch, example, id=f"{name}/{Path(example.file).stem}:{example.line}")
        for name, batches in BATCHES.items()
        for batch in batches
        for example in batch.examples
    ]


@pytest.mark.parametrize(("batch", "example"), each_example())
def test_example(batch: Batch, example: Example, engine: Ask) -> None:
    answers = engine(batch)
    pack, check = batch.pack, batch.pack.checks[example.check]
    given = {s: answers.outcomes[check.asset][i] for s, i in batch.subjects(example).items()}
    untested = {subject for subject, outcomes in given.items() if check.id not in outcomes}
    assert untested == set(), f"{example.name}: '{check.id}' was not tested"
    outcomes = {subject: outcome[check.id].name for subject, outcome in given.items()}
    expected = {subject: outcome.name for subject, outcome in example.expect.items()}
    assert outcomes == expected, f"{example.name}\n{_facts_of(batch, example, answers, pack)}"
    if example.facts:
        assert _named_facts(batch, example, answers) == dict(example.facts), example.name


def _named_facts(batch: Batch, example: Example, answers: Answers) -> dict[str, Any]:
    """The facts that the example names; ids without the prefix of the batch."""
    (subject,) = batch.subjects(example).values()
    facts = answers.facts[batch.pack.checks[example.check].asset][subject]
    prefix = batch.prefix(example)
    found = {name: facts[name] for name in example.facts}
    return {n: v.replace(prefix, "") if isinstance(v, str) else v for n, v in found.items()}


def _facts_of(batch: Batch, example: Example, answers: Answers, pack: Pack) -> str:
    """The facts of the check, one line a subject: what a person needs to see when it fails."""
    check = pack.checks[example.check]
    lines = []
    for subject, name in batch.subjects(example).items():
        facts = answers.facts[check.asset][name]
        shown = {column: facts.get(column) for column in check.columns if column in facts}
        lines.append(f"  {subject or 'its one subject'}: {shown}")
    return "\n".join(lines)


def test_the_public_verbs_say_the_same(
    evaluation: Callable[[Batch], Evaluation], tmp_path: Path
) -> None:
    batch = max(BATCHES["hrss"], key=lambda one: len(one.examples))
    batch.write(tmp_path)
    run = workbench.evaluate(workbench.load(tmp_path, pack="hrss"), as_of=batch.as_of)
    for asset, rows in evaluation(batch).outcomes.items():
        checks = [check.id for check in batch.pack.checks_of(asset)]
        said = run.outcomes(asset).set_index("subject_id")[checks]
        assert said.T.to_dict() == {r["subject_id"]: {c: r[c] for c in checks} for r in rows}


# ------------------------------------------------------------------ what the examples must show


@pytest.mark.parametrize("name", SETTLED)
def test_each_outcome_of_each_check_is_shown(name: str) -> None:
    pack = PACKS[name]
    shown = defaultdict(set)
    for example in EXAMPLES[name]:
        shown[example.check] |= set(example.expect.values())
    scopes = {f"{clock.id}_scope" for clock in pack.clocks.values()}
    missing = {}
    for check in pack.checks.values():
        wanted = {Outcome.passed, Outcome.failed, Outcome.cannot_tell}
        wanted |= {Outcome.not_applicable} if check.scope else set()
        wanted |= {Outcome.not_yet_due} if check.scope in scopes else set()
        if absent := wanted - shown[check.id]:
            missing[check.id] = {outcome.name for outcome in absent}
    assert missing == {}


@pytest.mark.parametrize(
    ("name", "clock"),
    [pytest.param(n, c, id=f"{n}/{c.id}") for n, p in PACKS.items() for c in p.clocks.values()],
)
def test_each_clock_is_shown_at_its_boundary(name: str, clock: Clock, engine: Ask) -> None:
    """On the last lawful day, the first unlawful day, and a rest day after the last lawful day.

    In hours: at the last lawful moment, and within the hour after it.
    """
    if PACKS[name].parameters[clock.limit].unit == "hours":
        acts = [_act(clock, row) for row in _spoken_of(name, clock, engine)]
        over = {elapsed - limit for _, elapsed, limit in acts if elapsed is not None}
        to_the_moment = {ran == timedelta(hours=limit) for ran, _, limit in acts if ran}
        assert 1 in over
        assert True in to_the_moment
        return
    calendar = PACKS[name].calendar
    wanted = {"last lawful day", "first unlawful day"}
    wanted |= {"rest day after the last lawful day"} if calendar else set()
    shown = {_place(stop, due, clock, calendar) for stop, due in _stops(name, clock, engine)}
    assert wanted - shown == set()


def _place(stop: date, due: date, clock: Clock, calendar: Calendar | None) -> str:
    """Where an act stands towards the last lawful day."""
    if stop <= due:
        return "last lawful day" if stop == due else "in time"
    if calendar and calendar.is_working(stop) is False:
        return "rest day after the last lawful day"
    counts = calendar.is_working if calendar and clock.roll else lambda day: True
    between = (due + timedelta(days=n) for n in range(1, (stop - due).days))
    return "late" if any(counts(day) for day in between) else "first unlawful day"


def _act(clock: Clock, row: dict[str, Any]) -> tuple[timedelta | None, int | None, int]:
    """How long it took by the clock on the wall, and elapsed and limit of a clock in hours."""
    start, stop = row[clock.start], row[clock.stop]
    told = "told_" if clock.rows else f"{clock.id}_"
    return start and stop and stop - start, row[f"{told}elapsed"], row[f"{told}limit"]


def _stops(name: str, clock: Clock, engine: Ask) -> set[tuple[date, date]]:
    """(stop, due day) of every subject, or row, that an example of the clock's checks speaks of."""
    due = "told_due_on" if clock.rows else f"{clock.id}_due_on"
    found = {(row[clock.stop], row[due]) for row in _spoken_of(name, clock, engine)}
    return {(stop, due) for stop, due in found if stop and due}


def _spoken_of(name: str, clock: Clock, engine: Ask) -> list[dict[str, Any]]:
    """The facts of every subject that an example of the clock's checks speaks of, or its rows."""
    checks = {c.id for c in PACKS[name].checks.values() if set(c.columns) & set(clock.outputs)}
    speaking = [(b, e) for b in BATCHES[name] for e in b.examples if e.check in checks]
    found: list[dict[str, Any]] = []
    for batch, example in speaking:
        subjects = set(batch.subjects(example).values())
        if clock.rows:
            rows = engine(batch).rows[clock.id]
            found += [row for row in rows if row["subject_id"] in subjects]
        else:
            facts = engine(batch).facts[clock.asset]
            found += [dict(facts[subject]) for subject in subjects]
    return found


@pytest.mark.parametrize("name", SETTLED)
def test_every_ambiguity_that_touches_a_check_is_shown(name: str) -> None:
    rows = {
        example["row"]
        for path in sorted((EXPECTATIONS / name / "examples").glob("*.yaml"))
        for example in read_source(path, path.name)[0].content["examples"]
        if "row" in example
    }
    assert rows == SETTLED[name]


@pytest.mark.parametrize("name", PACKS)
def test_names_tell_the_examples_of_a_check_apart(name: str) -> None:
    names = [(example.check, example.name) for example in EXAMPLES[name]]
    assert [one for one in names if names.count(one) > 1] == []
