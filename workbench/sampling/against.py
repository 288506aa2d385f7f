"""The population's automatic rates beside what the sample estimates, check by check.

The checks are known for every case; so a draw can be tested on them: 95 of 100 intervals should
hold the rate that is there. Where they do, what reviewers found in the same sample may be trusted
to speak for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.display import Html, table
from workbench.sampling.estimates import Stratum, estimate
from workbench.sampling.plan import Plan
from workbench.sampling.population import Population
from workbench.sampling.source import Columns, SampledRun
from workbench.terms import Outcome, UsageError
from workbench.texts import shown_language

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

COLUMNS = (
    "check_id", "population_failed", "population_decided", "population_rate",
    "population_cannot_tell", "sample_failed", "sample_decided", "sample_rate", "estimate", "low",
    "high", "inside", "method",
)  # fmt: skip


@dataclass(frozen=True)
class AgainstPopulation:
    """`frame`: one row a check that is decided for some case, in the order of the checks' ids.

    Rates are failed / (passed + failed). `inside`: the interval from the sample holds the
    population's rate; None where the sample decides nothing.
    """

    frame: pd.DataFrame
    confidence: float
    run: SampledRun

    @property
    def inside(self) -> int:
        """How many intervals hold the population's rate."""
        return int((self.frame["inside"] == True).sum())  # noqa: E712  None is no answer

    @property
    def compared(self) -> int:
        """How many checks the sample says something of."""
        return int(self.frame["inside"].notna().sum())

    def text(self, language: str | None = None) -> str:
        """The table as text, zh or en."""
        from workbench.sampling.saying import against_text

        return against_text(self, shown_language(self._of_pack, language))

    def html(self, language: str | None = None) -> Html:
        """The table as HTML, zh or en."""
        from workbench.sampling.saying import against_rows

        chosen = shown_language(self._of_pack, language)
        head, rows, note = against_rows(self, chosen)
        return table(head, rows, caption=note, numeric=range(1, len(head) - 1), language=chosen)

    def _repr_html_(self) -> Html:
        return self.html()

    @property
    def _of_pack(self) -> str:
        return str(self.run.manifest["pack"]["language"])


def against_population(
    run: SampledRun,
    record: Mapping[str, Any],
    population: Population,
    plan: Plan,
    confidence: float,
) -> AgainstPopulation:
    """Every check of the cases, in the population of a record and in its draw."""
    import numpy as np
    import pandas as pd

    columns = Columns(run)
    places = {one.case_id: at for at, one in enumerate(population.subjects)}
    layers = _layers(record, population, plan)
    drawn = np.zeros(len(places), dtype=bool)
    strange = [one["case_id"] for one in record["draw"] if one["case_id"] not in places]
    if strange:
        raise UsageError(
            f"the record was changed: {len(strange)} of its cases are of no population"
        )
    drawn[[places[one["case_id"]] for one in record["draw"]]] = True
    names = ", ".join(f"o.{sqltext.name(check)}" for check in columns.checks)
    answers = run.engine.arrow(
        f"SELECT CAST(f.case_id AS VARCHAR) AS case_id, {names} FROM {columns.relation}",
        "sample outcomes",
    )
    cases = answers.column("case_id").to_pylist()
    rows = np.array([at for at, case in enumerate(cases) if case in places], dtype=np.int64)
    order = np.array([places[cases[at]] for at in rows], dtype=np.int64)
    found = []
    for check in columns.checks:
        given = answers.column(check).to_numpy()[rows]
        outcome = np.empty(len(order), dtype=given.dtype)
        outcome[order] = given
        line = _line(check, outcome, drawn, layers, confidence)
        if line["population_decided"]:
            found.append(line)
    frame = pd.DataFrame(found, columns=list(COLUMNS)).astype({"inside": "boolean"})
    return AgainstPopulation(frame, confidence, run)


@dataclass(frozen=True)
class _Layers:
    """Which layer of the record each case of the population belongs to."""

    of: NDArray[np.int64]
    chances: Sequence[Fraction]
    by_risk: bool


def _layers(record: Mapping[str, Any], population: Population, plan: Plan) -> _Layers:
    import numpy as np

    from workbench.sampling.draw import chances_of

    chances = chances_of(population, plan)
    keys = [(one["stratum"], one["inclusion"]) for one in record["strata"]]
    place = {key: at for at, key in enumerate(keys)}
    of = [place[one.stratum, str(chances[one.case_id])] for one in population.subjects]
    told = [Fraction(inclusion) for _, inclusion in keys]
    return _Layers(np.array(of, dtype=np.int64), told, bool(plan.risk))


def _line(
    check: str,
    outcome: NDArray[Any],
    drawn: NDArray[np.bool_],
    layers: _Layers,
    confidence: float,
) -> dict[str, Any]:
    import numpy as np

    length = len(layers.chances)

    def counted(chosen: NDArray[np.bool_]) -> list[int]:
        return [int(n) for n in np.bincount(layers.of[chosen], minlength=length)]

    failed, passed = outcome == Outcome.failed, outcome == Outcome.passed
    decided = failed | passed
    cases, found, fine = counted(decided), counted(failed & drawn), counted(passed & drawn)
    other = counted(~decided & drawn)
    strata = [
        Stratum(layers.chances[k], cases[k], found[k] + fine[k] + other[k], found[k], fine[k],
                other[k])
        for k in range(length) if cases[k]
    ]  # fmt: skip
    in_all, of_all = int(failed.sum()), int(decided.sum())
    seen, of_seen = sum(found), sum(found) + sum(fine)
    line: dict[str, Any] = {
        "check_id": check, "population_failed": in_all, "population_decided": of_all,
        "population_rate": in_all / of_all if of_all else None,
        "population_cannot_tell": int((outcome == Outcome.cannot_tell).sum()),
        "sample_failed": seen, "sample_decided": of_seen,
        "sample_rate": seen / of_seen if of_seen else None,
        "estimate": None, "low": None, "high": None, "inside": None, "method": None,
    }  # fmt: skip
    if of_seen:
        told = estimate(strata, confidence, known=True, by_risk=layers.by_risk)
        inside = told.low - 1e-9 <= in_all / of_all <= told.high + 1e-9
        line |= {"estimate": told.rate, "low": told.low, "high": told.high, "inside": inside,
                 "method": told.method}  # fmt: skip
    return line
