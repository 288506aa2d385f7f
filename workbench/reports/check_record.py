"""One check of a run: what it asks, what became of it, by unit and by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.display import Html
from workbench.reports.check_page import check_html
from workbench.reports.results import Results, ordered_checks
from workbench.reports.signals import flagged_links
from workbench.reports.summary import summarise
from workbench.review.precision import Measured, measured
from workbench.review.state import State
from workbench.statistics import clopper_pearson_arrays
from workbench.terms import Outcome, UsageError, did_you_mean
from workbench.texts import shown_language

if TYPE_CHECKING:
    import pandas as pd

COUNTS = tuple(outcome.name for outcome in Outcome)


@dataclass(frozen=True)
class CheckRecord:
    """What a run says of one check.

    `counts` are the five outcomes; the failure rate is `failed / decided`, and `decided` is
    passed + failed. `findings`, `by_unit` and `by_month` are pandas frames. With `reviews`, the
    rounds of a review store, it knows how often people found it right.

    >>> run.check("after-penalty-published-7wd").by_unit    # doctest: +SKIP
    """

    results: Results
    id: str
    counts: Mapping[str, int]
    reviews: State | None = None

    @property
    def about(self) -> Mapping[str, Any]:
        """What the pack says of it: title, rule, clause, grade, remedy, duty."""
        about: Mapping[str, Any] = self.results.checks["checks"][self.id]
        return about

    @property
    def missing(self) -> tuple[str, ...]:
        """What an untested check lacks in the source; empty if it was tested."""
        return tuple(self.results.manifest["untested"].get(self.id, ()))

    @property
    def decided(self) -> int:
        """The denominator: passed and failed."""
        return self.counts["passed"] + self.counts["failed"]

    @property
    def rate(self) -> float | None:
        """Share of the decided that failed; None where nothing is decided."""
        return self.counts["failed"] / self.decided if self.decided else None

    @property
    def measured(self) -> Measured | None:
        """What people made of its proposals under its present rule; None where nobody did."""
        if self.reviews is None:
            return None
        return measured(self.reviews).get((self.id, self.about.get("rule_digest", "")))

    @property
    def findings(self) -> pd.DataFrame:
        """Its findings, as in `run.findings`."""
        return self.results.frame(
            f"work.findings WHERE check_id = {sqltext.literal(self.id)} ORDER BY subject_id"
        )

    @property
    def links(self) -> list[dict[str, Any]]:
        """Its flagged rows of `run.weak_links`, of all families, the first by priority."""
        return flagged_links(self.results, check=self.id)

    @property
    def by_unit(self) -> pd.DataFrame:
        """Counts by unit with the failure rate and its exact 95% interval, in the order of ids."""
        frame = self._tally("unit_id")
        names = self.results.unit_names
        frame.insert(1, "unit", [names.get(unit) for unit in frame["unit_id"]])
        return frame

    @property
    def by_month(self) -> pd.DataFrame:
        """Counts by month of the subject's day. A month with some not yet due will still move."""
        return self._tally("month")

    def html(self, language: str | None = None) -> Html:
        """The check as a small page."""
        of_pack = self.results.manifest["pack"]["language"]
        return check_html(self, shown_language(of_pack, language))

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        if self.missing:
            return f"CheckRecord({self.id}, untested: the source lacks {', '.join(self.missing)})"
        said = ", ".join(f"{n} {name}" for name, n in self.counts.items() if n)
        return f"CheckRecord({self.id}, {said or 'no subjects'})"

    def _tally(self, group: str) -> pd.DataFrame:
        sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in COUNTS)
        frame = self.results.frame(
            f"(SELECT {group}, {sums} FROM work.tallies "
            f"WHERE check_id = {sqltext.literal(self.id)} GROUP BY 1) ORDER BY {group} NULLS LAST"
        )
        failed = frame["failed"]
        decided = failed + frame["passed"]
        low, high = clopper_pearson_arrays(failed.to_numpy(), decided.to_numpy())
        return frame.assign(
            decided=decided, rate=failed / decided.where(decided > 0), low=low, high=high
        )


def check_record(results: Results, check_id: str, reviews: State | None = None) -> CheckRecord:
    """The record of a check; an unknown id is a `UsageError` that names the nearest one."""
    known = results.checks["checks"]
    if check_id not in known:
        hint = did_you_mean(str(check_id), known)
        raise UsageError(f"no check '{check_id}'; {hint or 'run.checks lists them all'}")
    return CheckRecord(results, check_id, all_counts(results)[check_id], reviews)


def all_counts(results: Results) -> dict[str, dict[str, int]]:
    """The five counts of every check of a run; zeros for one that has no subjects."""
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in COUNTS)
    rows = results.records(f"SELECT check_id, {sums} FROM work.tallies GROUP BY 1", "counts")
    found = {row.pop("check_id"): row for row in rows}
    return {check: found.get(check, dict.fromkeys(COUNTS, 0)) for check in results.checks["checks"]}


def checks_frame(results: Results, reviews: State | None = None) -> pd.DataFrame:
    """All checks of a run in reading order, one row each: title, grade, counts, failure rate;
    with `reviews` their precision by people, its interval, and what it is of.
    """
    import pandas as pd

    language = shown_language(results.manifest["pack"]["language"])
    untested, counts = results.manifest["untested"], all_counts(results)
    known = None if reviews is None else measured(reviews)
    rows = []
    for check in ordered_checks(results.checks):
        record = CheckRecord(results, check, counts[check])
        rows.append({
            "check_id": check,
            "title": record.about["title"][language],
            "grade": record.about["grade"],
            "verified": record.about["verified"],
            "asset": record.about["asset"],
            "tested": check not in untested,
            "failed": counts[check]["failed"],
            "decided": record.decided,
            "rate": record.rate,
            **{name: counts[check][name] for name in COUNTS if name != "failed"},
            **(_by_people(record, known) if known is not None else {}),
        })  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.astype({"rate": "float64"}) if rows else frame


def _by_people(
    record: CheckRecord, known: Mapping[tuple[str, str], Measured]
) -> dict[str, float | int | bool | None]:
    """The columns of a check's precision; few decisions are marked, and have no precision."""
    one = known.get((record.id, record.about.get("rule_digest", "")))
    row = one.row() if one else {}
    shown = {} if row.get("too_few") else row
    return {
        "confirmed": row.get("confirmed", 0), "overturned": row.get("overturned", 0),
        "precision": shown.get("precision"), "precision_low": shown.get("low"),
        "precision_high": shown.get("high"), "too_few": bool(row.get("too_few", True)),
    }  # fmt: skip


def worst_cases_frame(results: Results) -> pd.DataFrame:
    """The cases with the most serious problems, as the report lists them."""
    import pandas as pd

    columns = ["case_id", "unit_id", "kind", "veto", "major", "minor", "advisory", "checks"]
    return pd.DataFrame(summarise(results).worst_cases, columns=columns)
