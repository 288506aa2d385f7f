"""An expectation tried on the facts of a run: counts and failing subjects, nothing kept.

What the workbench compiles is answered by one query; anything else that Great Expectations knows
runs there, on the same facts, and the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.conditions import columns_of
from workbench.display import Html
from workbench.engines.base import EngineError
from workbench.engines.sql import node_sql, outcome_sql
from workbench.facts import FactTable
from workbench.gx_bridge import entry_of, frame_of, run_one
from workbench.pack.model import KERNEL
from workbench.privacy import Role, may_see
from workbench.reports.results import Results
from workbench.reports.tried_page import tried_html
from workbench.sources import Source
from workbench.suites import COMPILED_TYPES, Check, parse_suite
from workbench.terms import Outcome, Scope, UsageError, did_you_mean
from workbench.texts import shown_language

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = ("subject_id", "case_id", "unit_id", "kind")
_COLUMN_KEYS = ("column", "column_A", "column_B", "column_list", "column_set")
_SCOPE = "_scope"


@dataclass(frozen=True)
class Tried:
    """What an expectation says of the subjects of an asset.

    `counts`: passed, failed, cannot_tell (a value is missing) and `outside` the row condition;
    None for an expectation on a whole column, which has `observed` and `success` instead.
    `by_gx`: Great Expectations answered, not the workbench; `why` says why, where it is not the
    type. `scope` names the scope fact that was left out of the row condition, if one was.
    """

    results: Results
    asset: str
    text: str
    counts: Mapping[str, int] | None
    failing: pd.DataFrame
    by_gx: bool = False
    why: str = ""
    scope: str | None = None
    success: bool | None = None
    observed: Any = None

    @property
    def decided(self) -> int:
        """The denominator: passed and failed."""
        return self.counts["passed"] + self.counts["failed"] if self.counts else 0

    @property
    def rate(self) -> float | None:
        """Share of the decided that failed; None where nothing is decided."""
        return self.counts["failed"] / self.decided if self.counts and self.decided else None

    @property
    def scope_condition(self) -> str:
        """The row condition that names the scope left out, as one types it; empty if none is."""
        return f'Column("{self.scope}") == "{Scope.due.value}"' if self.scope else ""

    def html(self, language: str | None = None) -> Html:
        """The answer as a small page."""
        of_pack = self.results.manifest["pack"]["language"]
        return tried_html(self, shown_language(of_pack, language))

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        if self.counts is None:
            return f"Tried({self.text}: observed {self.observed}, success {self.success})"
        return f"Tried({self.text}: {', '.join(f'{n} {name}' for name, n in self.counts.items())})"


def try_expectation(results: Results, expectation: Any, asset: str) -> Tried:
    """Answer a GX expectation (the object, or a suite entry) on the facts of an asset.

    An unknown fact is a `UsageError` that names the nearest one.
    """
    entry = _entry(expectation)
    relation = f"work.{sqltext.name('facts_' + asset)}"
    facts = _columns(results, asset)
    _refuse_unknown(results, asset, entry, facts)
    check, why = _compiled(entry, asset)
    table = FactTable(results.engine, asset, relation, facts, results.manifest["assets"][asset])
    if check is None:
        return _by_gx(results, table, entry, why)
    return _by_query(results, table, check)


def _entry(expectation: Any) -> dict[str, Any]:
    if isinstance(expectation, Mapping) and isinstance(expectation.get("type"), str):
        return {**expectation, "kwargs": dict(expectation.get("kwargs") or {})}
    if hasattr(expectation, "configuration"):
        return entry_of(expectation)
    raise UsageError(
        "try_check takes a Great Expectations expectation, or an entry of a suite: "
        '{"type": "expect_...", "kwargs": {"column": ...}}'
    )


def _columns(results: Results, asset: str) -> tuple[str, ...]:
    relation = f"work.{sqltext.name('facts_' + asset)}"
    rows = results.engine.rows(f"DESCRIBE SELECT * FROM {relation}", "facts")
    return tuple(str(row[0]) for row in rows)


def _refuse_unknown(
    results: Results, asset: str, entry: Mapping[str, Any], facts: tuple[str, ...]
) -> None:
    for column in _named(entry["kwargs"]):
        if column in facts:
            continue
        for other in results.manifest["assets"]:
            if other != asset and column in _columns(results, other):
                raise UsageError(f"'{column}' is a fact of {other}: try_check(..., '{other}')")
        hint = did_you_mean(column, facts) or f"run.facts('{asset}').columns lists them all"
        raise UsageError(f"{asset} have no fact '{column}'; {hint}")


def _named(kwargs: Mapping[str, Any]) -> Iterator[str]:
    """The facts that an expectation names, those of its row condition included."""
    for key in _COLUMN_KEYS:
        given = kwargs.get(key)
        yield from (given if isinstance(given, list | tuple | set) else [given] if given else [])
    yield from _conditioned(kwargs.get("row_condition"))


def _conditioned(node: Any) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for part in node:
            yield from _conditioned(part)
    elif isinstance(node, Mapping):
        if isinstance(node.get("name"), str) and len(node) == 1:
            yield node["name"]
        for part in node.values():
            yield from _conditioned(part)


def _compiled(entry: Mapping[str, Any], asset: str) -> tuple[Check | None, str]:
    """The expectation as a check of ours; or why it is none."""
    meta = {"check": "tried", "grade": "advisory", "clause": "-"}
    tried = {**entry, "meta": meta, "severity": "info"}
    source = Source("tried", {"name": "tried", "expectations": [tried]})
    suite, faults = parse_suite(source, "tried", asset)
    if suite.checks:
        return suite.checks[0], ""
    known = entry["type"] in COMPILED_TYPES
    return None, faults[0].message.removeprefix("tried: ") if known else ""


def _by_query(results: Results, table: FactTable, check: Check) -> Tried:
    """One query for the counts, one for the failing subjects."""
    outcome = f"(SELECT *, {outcome_sql(check)} AS tried_outcome FROM {table.relation})"
    looked_at = columns_of(check.predicate)
    text = _plain(node_sql(check.predicate))
    try:
        rows = results.engine.rows(
            f"SELECT tried_outcome, COUNT(*) FROM {outcome} GROUP BY 1", "tried"
        )
        shown = sqltext.joined(map(sqltext.name, _visible(results, table.asset, looked_at)), ", ")
        failing = results.frame(
            f"(SELECT {shown} FROM {outcome} WHERE tried_outcome = {Outcome.failed.value}) "
            "ORDER BY subject_id"
        )
    except EngineError as error:
        raise UsageError(f"{text} cannot be computed: {_first_line(error)}") from None
    found = {Outcome(code).name: int(n) for code, n in rows}
    counts = {name: found.get(name, 0) for name in ("passed", "failed", "cannot_tell")}
    counts["outside"] = sum(found.values()) - sum(counts.values())
    scope = None if check.row_condition else _left_out(looked_at, table.facts)
    return Tried(results, table.asset, text, counts, failing, scope=scope)


def _plain(sql: str) -> str:
    """A comparison as one reads it: without the quotes of names and the brackets around it."""
    text = re.sub(r"\b(\d+)\.0\b", r"\1", sql.replace('"', ""))
    whole = text.startswith("(") and text.endswith(")")
    return text[1:-1] if whole else text


def _by_gx(results: Results, table: FactTable, entry: Mapping[str, Any], why: str) -> Tried:
    """Great Expectations itself, on the same facts."""
    looked_at = [c for c in dict.fromkeys(_named(entry["kwargs"])) if c in table.facts]
    # A condition that is text may name any fact.
    free = "pass_through_filter" in str(entry["kwargs"].get("row_condition", ""))
    wanted = [*_SHOWN, *(table.facts if free or not looked_at else looked_at)]
    frame = frame_of(table, wanted)
    answer = run_one(entry, frame)
    arguments = ", ".join(f"{k}={v!r}" for k, v in entry["kwargs"].items() if k != "row_condition")
    text = f"{entry['type']}({arguments})"
    failing = frame[frame["subject_id"].isin(answer.failing_ids)]
    failing = failing[list(_visible(results, table.asset, tuple(looked_at)))]
    failing = failing.reset_index(drop=True)
    elements, missing, failed = answer.counts
    if elements is None or missing is None or failed is None:
        return Tried(results, table.asset, text, None, failing, True, why,
                     success=answer.success, observed=answer.observed)  # fmt: skip
    counts = {"passed": elements - missing - failed, "failed": failed, "cannot_tell": missing,
              "outside": table.rows - elements}  # fmt: skip
    conditioned = entry["kwargs"].get("row_condition")
    scope = None if conditioned else _left_out(tuple(looked_at), table.facts)
    return Tried(results, table.asset, text, counts, failing, True, why, scope)


def _visible(results: Results, asset: str, looked_at: tuple[str, ...]) -> tuple[str, ...]:
    """Who failed, and the facts looked at; what is secret is shown to nobody."""
    wanted = dict.fromkeys([*_SHOWN, *(c for c in looked_at if c not in KERNEL)])
    return tuple(
        c for c in wanted if may_see(Role.auditor, results.fact_class(asset, c)) or c == _SHOWN[0]
    )


def _left_out(looked_at: tuple[str, ...], facts: tuple[str, ...]) -> str | None:
    """The scope fact that belongs to a fact by its name: `x_scope` to `x_elapsed`."""
    scopes = [f for f in facts if f.endswith(_SCOPE)]
    fitting = [
        scope
        for scope in scopes
        if any(column.startswith(scope.removesuffix(_SCOPE) + "_") for column in looked_at)
        and not set(looked_at) & set(scopes)
    ]
    return max(fitting, key=len, default=None)


def _first_line(error: EngineError) -> str:
    return str(error).splitlines()[0].partition(": ")[2]
