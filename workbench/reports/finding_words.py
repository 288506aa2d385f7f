"""A finding in words: what was observed, what was expected, which records show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench import sqltext
from workbench.display import NOTHING, Language, text_of
from workbench.reports.report_words import Words
from workbench.reports.results import Results

CASE_WORDS = Path(__file__).with_name("case_words.yaml")


def code_words(results: Results, value: str | None, language: Language) -> str:
    """A recorded value in words: codes, yes and no; numbers and days as they are."""
    if value is None:
        return NOTHING
    if value in ("true", "false"):
        return Words(language)(value)
    return results.words(value, language) or NOTHING


def observed_words(results: Results, finding: Mapping[str, Any], language: Language) -> str:
    """What was observed, in the pack's own words where it has some.

    Codes without a figure to compare with are what the failure is about. Where the finding has
    the `state` of its limit and that is overdue, the time has not been taken: it still runs.
    """
    if own := _own_words(results, finding, "observed", language):
        overdue = finding.get("state") == "overdue" and finding["observed"] is not None
        return Words(language, CASE_WORDS)("not_done_yet", what=own) if overdue else own
    observed = finding["observed"]
    text = code_words(results, observed, language)
    codes = results.checks["words"].keys() & set((observed or "").split(";"))
    concerns = codes and not finding["expected"]
    return Words(language)("concerns", what=text) if concerns else text


def expected_words(results: Results, finding: Mapping[str, Any], language: Language) -> str:
    """What it had to be; a dash where the rule itself says it."""
    own = _own_words(results, finding, "expected", language)
    return own or code_words(results, finding["expected"] or None, language)


def clock_of(results: Results, check_id: str) -> str | None:
    """The clock whose elapsed time a check looks at; None where it looks at something else.

    >>> clock_of(run.results, "after-penalty-published-7wd")   # doctest: +SKIP
    'penalty_disclosure'
    """
    about = results.checks["checks"][check_id]
    observed = about["facts"].get("observed")
    return next(
        (clock for clock, its in results.checks["clocks"].items()
         if observed == f"{clock}_elapsed" and its["asset"] == about["asset"]),
        None,
    )  # fmt: skip


def limit_states(results: Results, cases: Iterable[str]) -> dict[tuple[str | None, str], str]:
    """What became of the limits of these cases, by clock and subject."""
    wanted = ", ".join(sqltext.literal(case) for case in cases) or "NULL"
    rows = results.records(
        f"SELECT clock, subject_id, state FROM work.deadlines WHERE case_id IN ({wanted})",
        "states of limits",
    )
    return {(row["clock"], row["subject_id"]): row["state"] for row in rows}


def record_words(results: Results, reference: str, language: Language) -> str:
    """`table/id` as the table's label and the id."""
    table, _, key = reference.partition("/")
    about = results.checks["labels"].get(table, {})
    return f"{text_of(about.get('title'), language) if about else table} {key}"


def _own_words(results: Results, finding: Mapping[str, Any], part: str, language: Language) -> str:
    """A value in the pack's own words, with its unit and direction; empty where it has none."""
    text = results.checks["checks"][finding["check_id"]]["shown"][part].get(language, "")
    return (
        str(text).replace("{value}", code_words(results, finding[part], language)) if text else ""
    )
