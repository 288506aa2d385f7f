"""The door to Great Expectations (GX), and the only one.

No other room imports GX, and this one only inside functions, because the import takes seconds.
Results in GX's own format are written without GX at all, so an evaluation never pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from workbench import sqltext
from workbench.conditions import columns_of
from workbench.facts import FactTable
from workbench.suites import Check, Suite
from workbench.terms import Fault, Outcome, PackError, WorkbenchError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# How many failing subjects a validation result names; the counts are always whole.
MOST_IDS = 1000
_KEY = "subject_id"
_PARTIAL = 20  # GX repeats the first ids under a second name, for its pages
_NO_ERROR = {"raised_exception": False, "exception_traceback": None, "exception_message": None}
_COMPLETE = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_KEY],
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True)
class Answer:
    """What GX itself says of one expectation.

    `element_count` = passed + failed + cannot tell, `missing_count` = cannot tell and
    `unexpected_count` = failed. An expectation on a whole column (an aggregate) counts no
    elements: then they are None, and `observed` is the value GX computed.
    """

    success: bool
    element_count: int | None
    missing_count: int | None
    unexpected_count: int | None
    failing_ids: tuple[str, ...] = ()
    observed: Any = None

    @property
    def counts(self) -> tuple[int | None, int | None, int | None]:
        """Element, missing and unexpected count."""
        return self.element_count, self.missing_count, self.unexpected_count


class GXError(WorkbenchError):
    """GX could not run an expectation, or would not have it."""


# ----------------------------------------------------------------------- expectations and suites


def entry_of(expectation: Any) -> dict[str, Any]:
    """A GX expectation object -> the entry it would have in a suite file.

    >>> entry_of(gxe.ExpectColumnValuesToBeUnique(column="case_no"))         # doctest: +SKIP
    {'type': 'expect_column_values_to_be_unique', 'kwargs': {'column': 'case_no'}, ...}
    """
    entry: dict[str, Any] = expectation.configuration.to_json_dict()
    return entry


def load_suite(path: Path | str) -> Any:
    """A suite file as GX reads it: a `great_expectations.ExpectationSuite`.

    GX drops an entry it does not understand and only logs it. Here that is a `PackError` which
    names every entry lost.
    """
    import great_expectations as gx
    from great_expectations.data_context.store.expectations_store import ExpectationsStore

    path, store = Path(path), cast(Any, ExpectationsStore())
    try:
        document = store.deserialize(path.read_text("utf-8"))
        suite = gx.ExpectationSuite(**document)
    except Exception as error:  # whatever GX raises, the file is what has to be mended
        raise PackError(path, [Fault(path.name, None, f"GX refuses it: {error}")]) from error
    kept = [_check_of(expectation.meta) for expectation in suite.expectations]
    asked = [_check_of(entry.get("meta")) for entry in document["expectations"]]
    if len(kept) < len(asked):
        lost = [check for check in asked if check not in kept]
        raise PackError(path, [Fault(path.name, None, f"GX drops '{check}'") for check in lost])
    return suite


# ----------------------------------------------------------------------- running in GX


def columns_needed(checks: Iterable[Check]) -> tuple[str, ...]:
    """The facts that decide the checks: those of the predicates and of the row conditions."""
    found: list[str] = []
    for check in checks:
        found += columns_of(check.predicate)
        found += columns_of(check.row_condition) if check.row_condition else ()
    return tuple(dict.fromkeys(found))


def frame_of(facts: FactTable | pa.Table, columns: Iterable[str]) -> pd.DataFrame:
    """Facts as a pandas frame that GX counts right: `subject_id` and `columns`.

    Plain numpy and object columns only: GX raises on pairs of Arrow-backed columns. Days are
    `date` objects, unknown booleans None, and whole numbers with gaps become floats.
    """
    import pandas as pd

    wanted = list(dict.fromkeys([_KEY, *columns]))
    if isinstance(facts, FactTable):
        listed = ", ".join(map(sqltext.name, wanted))
        query = f"SELECT {listed} FROM {facts.relation} ORDER BY {_KEY}"
        facts = facts.engine.arrow(query, f"facts {facts.asset} for GX")
    return pd.DataFrame({name: _series(facts.column(name)) for name in wanted})


def run_suite(suite: Suite, frame: pd.DataFrame) -> dict[str, Answer]:
    """Every expectation of a suite, run by GX on a frame of facts: check id -> answer."""
    import great_expectations as gx

    return _validate(gx.ExpectationSuite(**_copy(suite.document)), frame)


def run_one(expectation: Any, frame: pd.DataFrame) -> Answer:
    """One expectation (an object, or a suite entry), run by GX on a frame of facts."""
    import great_expectations as gx

    entry = dict(expectation) if isinstance(expectation, Mapping) else entry_of(expectation)
    meta = {**(entry.get("meta") or {}), "check": "tried"}
    entries = [{**entry, "id": None, "meta": meta}]
    _known_to_gx(str(entry.get("type")))
    try:
        suite = gx.ExpectationSuite(name="tried", expectations=entries)
    except Exception as error:  # GX raises what its own libraries raise
        raise GXError(f"GX refuses {entry.get('type')}: {error}") from error
    if not suite.expectations:  # GX has logged why and dropped it
        raise GXError(f"GX refuses {entry.get('type')}: its arguments or its severity are wrong")
    return _validate(suite, frame)["tried"]


def _known_to_gx(kind: str) -> None:
    """GX only logs a type it does not know, and drops the entry: here that is said first."""
    import great_expectations.expectations  # noqa: F401 - its types register themselves
    from great_expectations.expectations import registry

    known = registry.list_registered_expectation_implementations()
    if kind not in known:
        hint = did_you_mean(kind, known)
        raise GXError(f"GX knows no expectation '{kind}'" + (f"; {hint}" if hint else ""))


def _validate(suite: Any, frame: pd.DataFrame) -> dict[str, Answer]:
    """Validate in a context that leaves no trace: nothing stored, shown or sent."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context: Any = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("workbench").add_dataframe_asset("facts")
    definition = asset.add_batch_definition_whole_dataframe("all")
    batch = definition.get_batch({"dataframe": frame})
    results = batch.validate(suite, result_format=_COMPLETE).results
    return {_check_of(r.expectation_config.meta): _answer(r) for r in results}


def _answer(result: Any) -> Answer:
    problem = _problem(result.exception_info)
    if problem:
        check, kind = _check_of(result.expectation_config.meta), result.expectation_config.type
        raise GXError(f"{check}: GX could not run {kind}: {problem}")
    found = result.result
    ids = tuple(row[_KEY] for row in found.get("unexpected_index_list") or ())
    if "element_count" not in found:
        return Answer(result.success, None, None, None, ids, found.get("observed_value"))
    elements, missing, failed = (
        int(found.get(f"{name}_count") or 0) for name in ("element", "missing", "unexpected")
    )
    return Answer(result.success, elements, missing, failed, ids)


def _problem(info: Mapping[str, Any]) -> str | None:
    """What went wrong: GX says it once, or once for each metric it could not compute."""
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    messages = [_problem(part) for part in info.values() if isinstance(part, Mapping)]
    return "; ".join(dict.fromkeys(message for message in messages if message)) or None


def _check_of(meta: Mapping[str, Any] | None) -> str:
    return str((meta or {}).get("check"))


def _copy(document: Mapping[str, Any]) -> dict[str, Any]:
    """GX writes its version into the meta it is given: it gets one of its own."""
    return {**document, "meta": dict(document.get("meta") or {})}


def _series(column: pa.ChunkedArray) -> pd.Series[Any]:
    import pandas as pd
    import pyarrow as pa

    kind = column.type
    if pa.types.is_decimal(kind):
        kind = pa.int64() if kind.scale == 0 else pa.float64()
        column = column.cast(kind)
    if pa.types.is_integer(kind) and column.null_count:
        column = column.cast(pa.float64())
    elif pa.types.is_date(kind) or (pa.types.is_boolean(kind) and column.null_count):
        return pd.Series(column.to_pylist(), dtype=object)
    values = column.to_numpy()
    texts = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)
    return pd.Series(values, dtype=object if texts else values.dtype)


# ----------------------------------------------------------------------- results without GX


def validation_document(
    suite: Suite,
    counts: Mapping[str, Mapping[str, int]],
    failing_ids: Mapping[str, Sequence[str]],
    meta: Mapping[str, Any],
) -> dict[str, Any]:
    """The result of a suite as GX writes it (`ExpectationSuiteValidationResult`), without GX.

    `counts` are the five outcomes of each check by name, `failing_ids` the failing subjects. A
    check without counts was not tested and is left out. Holds counts and at most `MOST_IDS` ids
    a check, never a value of a case.
    """
    results = [
        _result(check, counts[check.id], failing_ids.get(check.id, ()))
        for check in suite.checks
        if check.id in counts
    ]
    evaluated, successful = len(results), sum(result["success"] for result in results)
    return {
        "success": successful == evaluated,
        "results": results,
        "suite_name": suite.name,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": evaluated,
            "successful_expectations": successful,
            "unsuccessful_expectations": evaluated - successful,
            "success_percent": _percent(successful, evaluated),
        },
        "meta": {
            "active_batch_definition": {
                "datasource_name": "workbench",
                "data_connector_name": "facts",
                "data_asset_name": suite.asset,
                "batch_identifiers": {},
            },
            "unexpected_ids_at_most": MOST_IDS,
            **meta,
        },
        "id": None,
    }


def _result(check: Check, counts: Mapping[str, int], ids: Sequence[str]) -> dict[str, Any]:
    passed, failed, missing = (
        counts.get(outcome.name, 0)
        for outcome in (Outcome.passed, Outcome.failed, Outcome.cannot_tell)
    )
    elements, decided = passed + failed + missing, passed + failed
    rows = [{_KEY: subject} for subject in ids[:MOST_IDS]]
    return {
        "success": failed == 0,
        "expectation_config": {
            "type": check.entry["type"],
            "kwargs": check.entry["kwargs"],
            "meta": check.entry.get("meta") or {},
            **{k: check.entry[k] for k in ("id", "description", "severity") if k in check.entry},
        },
        "result": {
            "element_count": elements,
            "unexpected_count": failed,
            "unexpected_percent": _percent(failed, decided),
            "missing_count": missing,
            "missing_percent": _percent(missing, elements),
            "unexpected_percent_total": _percent(failed, elements),
            "unexpected_percent_nonmissing": _percent(failed, decided),
            "unexpected_index_column_names": [_KEY],
            "partial_unexpected_list": [],
            "partial_unexpected_index_list": rows[:_PARTIAL],
            "unexpected_index_list": rows,
        },
        "meta": {
            "outcomes": {outcome.name: counts.get(outcome.name, 0) for outcome in Outcome},
            "unexpected_ids_left_out": max(failed - len(rows), 0),
        },
        "exception_info": dict(_NO_ERROR),
    }


def _percent(part: int, whole: int) -> float | None:
    return part / whole * 100 if whole else None
