"""A finding in words: what was observed, what was expected, which records show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.display import NOTHING, Language, text_of
from workbench.reports.report_words import Words
from workbench.reports.results import Results


def code_words(results: Results, value: str | None, language: Language) -> str:
    """A recorded value in words: codes, yes and no; numbers and days as they are."""
    if value is None:
        return NOTHING
    if value in ("true", "false"):
        return Words(language)(value)
    return results.words(value, language) or NOTHING


def observed_words(results: Results, finding: Mapping[str, Any], language: Language) -> str:
    """What was observed, in the pack's own words where it has some.

    Codes without a figure to compare with are what the failure is about.
    """
    if own := _own_words(results, finding, "observed", language):
        return own
    observed = finding["observed"]
    text = code_words(results, observed, language)
    codes = results.checks["words"].keys() & set((observed or "").split(";"))
    concerns = codes and not finding["expected"]
    return Words(language)("concerns", what=text) if concerns else text


def expected_words(results: Results, finding: Mapping[str, Any], language: Language) -> str:
    """What it had to be; a dash where the rule itself says it."""
    own = _own_words(results, finding, "expected", language)
    return own or code_words(results, finding["expected"] or None, language)


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
