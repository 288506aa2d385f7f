"""Clocks over rows in a whole pack: from `rows/<clock>.sql` to findings, deadlines and lint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import workbench
from tests.spec.conftest import ENGINES, evaluate
from tests.unit.row_clock_pack import with_row_clocks
from workbench.facts import deciding_columns, fact_classes
from workbench.pack import Pack, lint_pack, read_pack
from workbench.pack.examples import read_examples
from workbench.run import Run, lint
from workbench.terms import PackError
from workbench.trials import make_batches


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_row_clocks(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="module")
def pack(folder: Path) -> Pack:
    return read_pack(folder)


def test_the_pack_is_sound_and_its_examples_hold(pack: Pack, tmp_path: Path) -> None:
    """On both engines, which also tell the same facts."""
    assert [str(fault) for fault in lint_pack(pack.folder)[1]] == []
    mine = [e for e in read_examples(pack)[0] if e.check in ("reviews-told", "captures-kept")]
    for number, batch in enumerate(make_batches(pack, mine)):
        (tmp_path / str(number)).mkdir()
        found = evaluate(batch, tmp_path / str(number))
        answers = {name: engine(found) for name, engine in ENGINES.items()}
        for example in batch.examples:
            for subject, known in batch.subjects(example).items():
                for name, answer in answers.items():
                    outcome = answer.outcomes["cases"][known][example.check]
                    assert outcome is example.expect[subject], (name, example.name)
                    facts = answer.facts["cases"][known]
                    shown = {fact: facts[fact] for fact in example.facts}
                    assert shown == example.facts, (name, example.name)


CASES = "case_id,kind,filed_on,decided_on\nA,penalty,2025-03-03,2025-06-27\n"
REVIEWS = """\
review_id,case_id,submitted_on,concluded_on
L1,A,2025-06-09,2025-06-17
L2,A,2025-06-09,2025-06-20
L3,A,2025-06-09,2025-06-10
L4,Z,2025-06-09,2025-06-30
"""
RECORDINGS = """\
recording_id,case_id,captured_at,end_at
R1,A,2025-06-09 10:00:00,2025-06-11 09:00:00
"""


def write(folder: Path) -> Path:
    for name, text in (("cases", CASES), ("legal_reviews", REVIEWS), ("recordings", RECORDINGS)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    source = write(tmp_path_factory.mktemp("source"))
    return workbench.evaluate(workbench.load(source, pack=str(folder)), as_of="2025-06-30")


def test_a_finding_shows_the_worst_row_and_names_all_that_failed(run: Run) -> None:
    found = run.findings.set_index("check_id").loc["reviews-told"]
    assert (found.observed, found.expected, found.evidence) == (
        "9", "5", "legal_reviews/L1;legal_reviews/L2"
    )  # fmt: skip
    assert str(found.due_on)[:10] == "2025-06-16"
    hours = run.findings.set_index("check_id").loc["captures-kept"]
    assert (hours.observed, hours.expected, hours.evidence) == ("47", "24", "recordings/R1")
    facts = run.facts().iloc[0]
    assert (facts.review_told_count, facts.capture_kept_count) == (2, 1)
    assert "review_told_evidence" not in run.facts().columns  # it stands with the findings


def test_a_deadline_is_that_of_the_worst_row(run: Run) -> None:
    days = run.deadlines.set_index("clock")
    shown = [str(days.loc["review_told", day])[:10] for day in ("start_on", "due_on", "done_on")]
    assert shown == ["2025-06-09", "2025-06-16", "2025-06-20"]
    shown = [str(days.loc["capture_kept", day])[:10] for day in ("start_on", "due_on", "done_on")]
    assert shown == ["2025-06-09", "2025-06-10", "2025-06-11"]
    assert set(days.loc[["review_told", "capture_kept"], "state"]) == {"late"}


def test_a_saved_run_reads_back(run: Run, tmp_path: Path) -> None:
    opened = workbench.open_run(run.save(tmp_path))
    for mine, its in ((opened.findings.evidence, run.findings.evidence),
                      (opened.deadlines.clock, run.deadlines.clock)):  # fmt: skip
        assert set(mine.dropna()) == set(its.dropna()) != set()


def test_what_a_check_reads_is_followed_through_its_rows(pack: Pack) -> None:
    check = pack.checks["reviews-told"]
    assert {"legal_reviews.submitted_on", "legal_reviews.concluded_on"} <= pack.reads_of(check)
    assert "recordings.end_at" not in pack.reads_of(check)
    found = deciding_columns(pack, "cases", ["review_told_elapsed"])
    assert found == ["legal_reviews__concluded_on"]
    assert fact_classes(pack)["cases"] == {}


def test_the_days_of_a_row_have_the_class_of_their_columns(tmp_path: Path) -> None:
    folder = with_row_clocks(tmp_path)
    (folder / "flow.yaml").unlink()  # its steps may not be of a class
    change(folder / "schema.yaml", "submitted_on: {type: date,",
           "submitted_on: {class: personal, type: date,")  # fmt: skip
    change(folder / "schema.yaml", "recording_id: {type: id, label: {zh: 音像编号,",
           "recording_id: {class: secret, type: id, label: {zh: 音像编号,")  # fmt: skip
    classes = fact_classes(read_pack(folder))["cases"]
    mine = {n: c for n, c in classes.items() if n.startswith(("review_told", "capture_kept"))}
    assert mine == {"review_told_due_on": "personal", "review_told_elapsed": "personal",
                    "capture_kept_evidence": "secret"}  # fmt: skip


# ----------------------------------------------------------------------- lint


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


Slip = Callable[[Path], object]
REVIEWS_SQL, RECORDINGS_SQL = "rows/review_told.sql", "rows/capture_kept.sql"


def slip(file: str, old: str, new: str) -> Slip:
    return lambda folder: change(folder / file, old, new)


TOPIC = "clocks/rows_topic.yaml"
SLIPS: dict[str, tuple[Slip, str, int | None, str]] = {
    "no rows": (lambda f: (f / REVIEWS_SQL).unlink(), TOPIC, 2,
                "clock 'review_told' runs over rows, and rows/review_told.sql is missing"),
    "rows of no clock": (lambda f: (f / REVIEWS_SQL).rename(f / "rows" / "review_tol.sql"),
                         "rows/review_tol.sql", None,
                         "no clock 'review_tol' runs over these rows"),
    "rows of a clock that has none": (
        lambda f: (f / RECORDINGS_SQL).rename(f / "rows" / "investigate.sql"),
        "rows/investigate.sql", None, "the clock 'investigate' does not run over rows"),
    "a missing column": (slip(RECORDINGS_SQL, "r.end_at\n", "r.end_at AS ended_at\n"),
                         RECORDINGS_SQL, 1, "the clock 'capture_kept' needs a column 'end_at'"),
    "no name of a row": (slip(RECORDINGS_SQL, "AS row_id", "AS row_name"),
                         RECORDINGS_SQL, 1, "no column 'row_id'"),
    "rows of nobody": (slip(RECORDINGS_SQL, "r.case_id AS subject_id", "r.case_id"),
                       RECORDINGS_SQL, 1, "no column 'subject_id'"),
    "law in rows": (slip(RECORDINGS_SQL, "captured_at IS NOT NULL", "captured_at = 2"),
                    RECORDINGS_SQL, 4, "number 2: only 0 and 1 stand in facts SQL"),
    "rows neither true nor false": (slip(TOPIC, "rows: true", "rows: each"),
                                    TOPIC, 4, "rows is true or false"),
    "hours from a day": (slip(TOPIC, "start: captured_at", "start: captured_on"), TOPIC, 10,
                         "a clock in hours runs between times (*_at): 'captured_on' is none"),
    "a plain number": (slip("parameters.yaml", "capture_hours: {unit: hours,",
                            "capture_hours: {unit: seconds,"),
                       TOPIC, 10, "'capture_hours' counts seconds, which is no time"),
    "a limit that cannot be told": (
        slip("parameters.yaml", "confidence: H}]}\n  capture_hours",
             "confidence: H, when: {rank: a}}]}\n  capture_hours"),
        REVIEWS_SQL, 1, "'review_days' depends on 'rank', which the rows do not give"),
    "a count that is judged": (
        slip("suites/rows_topic.json", '"column_B": "review_told_elapsed"',
             '"column_B": "review_told_count"'),
        "suites/rows_topic.json", 4, "'review_told_count' counts a row nobody can tell as none"),
    "a fact of two homes": (
        slip("facts/legal_review.sql", "a.ids AS legal_review_evidence",
             "a.ids AS legal_review_evidence, a.reviews AS review_told_count"),
        "facts/legal_review.sql", None,
        "fact 'review_told_count' is given by the clock 'review_told' already"),
}  # fmt: skip


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    make, file, line, says = SLIPS[name]
    folder = with_row_clocks(tmp_path)
    make(folder)
    faults = lint_pack(folder)[1]
    told = [(fault.file, fault.line) for fault in faults if says in fault.message]
    assert told == [(file, line)], "\n".join(map(str, faults))


def test_rows_of_one_name_are_refused(tmp_path: Path) -> None:
    folder = with_row_clocks(tmp_path)
    change(folder / REVIEWS_SQL, "'/' || r.review_id", "'/' || r.case_id")
    source = tmp_path / "source"
    source.mkdir()
    with pytest.raises(PackError, match="gives 3 rows with 1 different row_id"):
        workbench.evaluate(workbench.load(write(source), pack=str(folder)), as_of=date(2025, 6, 30))


def test_lint_runs_rows_too(folder: Path) -> None:
    assert lint(str(folder)) == []
