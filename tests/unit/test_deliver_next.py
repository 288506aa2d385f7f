"""A first export lacks much: the next step is one table, and what it opens."""

from __future__ import annotations

from pathlib import Path

import workbench
from workbench.reports.deliver_next import Step, deliver_next

ROOT = Path(__file__).parents[2]
FIVE = ("cases", "documents", "services", "disclosures", "units")


def test_the_table_that_opens_most_comes_first() -> None:
    untested = {"a": ["t.x"], "b": ["t.y"], "c": ["u.z"], "d": ["u.z", "v"]}
    assert deliver_next(untested) == [
        Step("t", ("x", "y"), ("a", "b")),
        Step("u", ("z",), ("c",)),
        Step("v", (), ("d",)),
    ]


def test_a_table_that_opens_nothing_alone_is_taken_for_the_next() -> None:
    steps = deliver_next({"a": ["t.x", "u.y"], "b": ["t.x", "w"]})
    assert [step.checks for step in steps] == [("a",), ("b",)]
    assert deliver_next({}) == []


def test_five_tables_give_answers_a_short_list_and_no_flood(tmp_path: Path) -> None:
    for name in FIVE:
        source = ROOT / "sample_data" / "hrss" / f"{name}.csv"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    run = workbench.evaluate(workbench.load(tmp_path), as_of="2026-06-30")
    untested = run.manifest["untested"]
    assert "review-major-covered" in untested
    assert "after-penalty-published-7wd" not in untested
    steps = deliver_next(untested)
    assert 1 <= len(steps) <= 5
    assert not {step.table for step in steps} & set(FIVE[:1])
    for step in steps:
        for check in step.checks:
            assert any(need.partition(".")[0] == step.table for need in untested[check])
    text = run.summary()
    assert len(text.splitlines()) < 60
    for step in steps:
        assert run.results.place(step.table, step.columns, "zh") in text
    counts = run.results.frame("work.tallies")
    decided = counts.passed.sum() + counts.failed.sum()
    assert decided > counts.cannot_tell.sum()
