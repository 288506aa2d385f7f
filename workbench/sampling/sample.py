"""A sample of a run's cases: drawn, saved, drawn again, and what may be concluded from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.display import Html, element
from workbench.own_files import outside_runs, put
from workbench.sampling import record as records
from workbench.sampling.conclusion import Conclusion, conclude
from workbench.sampling.draw import draw
from workbench.sampling.plan import Plan, plan
from workbench.sampling.population import Population, population
from workbench.sampling.source import SampledRun
from workbench.spreadsheets import write_csv
from workbench.terms import UsageError, did_you_mean
from workbench.texts import Language, shown_language

if TYPE_CHECKING:
    import pandas as pd

    from workbench.sampling.against import AgainstPopulation

RECORD, TABLE = "sample.json", "sample.csv"
COLUMNS = ("order", "case_id", "unit_id", "stratum", "inclusion", "weight")


@dataclass(frozen=True)
class Sample:
    """A draw: its record, and the run it was drawn from (None where only the record is at hand).

    >>> sample = run.sample(percent=10, by="unit_id", minimum=5, seed=7)   # doctest: +SKIP
    >>> sample.cases.head()                                                # doctest: +SKIP
    """

    record: Mapping[str, Any]
    run: SampledRun | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        cases = self.record["population"]["cases"]
        return f"Sample({len(self)} of {cases} cases, {self.plan.method}, seed {self.plan.seed})"

    def __len__(self) -> int:
        return len(self.record["draw"])

    @cached_property
    def plan(self) -> Plan:
        """What was asked for."""
        return Plan.from_dict(self.record["plan"])

    @property
    def case_ids(self) -> list[str]:
        """The drawn cases in the order of review."""
        return [one["case_id"] for one in self.record["draw"]]

    @property
    def cases(self) -> pd.DataFrame:
        """One row a drawn case: order, case, unit, stratum, inclusion probability, weight."""
        import pandas as pd

        frame = pd.DataFrame(list(self._rows()), columns=list(self._columns()))
        return frame

    @property
    def strata(self) -> pd.DataFrame:
        """One row a stratum (and, in a draw by risk, an inclusion probability)."""
        import pandas as pd

        rows = [{**one, "inclusion": float(Fraction(one["inclusion"]))} for one in
                self.record["strata"]]  # fmt: skip
        return pd.DataFrame(rows).drop(columns="values")

    def text(self, language: str | None = None) -> str:
        """The draw for people, zh or en."""
        from workbench.sampling.saying import sample_text

        return sample_text(self.record, self.plan, self.run, self._language(language))

    def _repr_html_(self) -> Html:
        return element("pre", self.text())

    def conclude(
        self,
        outcomes: Mapping[str, bool | None],
        tolerable: object = None,
        confidence: object = None,
    ) -> Conclusion:
        """What reviewers found -> what may be said of all cases, with an exact upper bound.

        `outcomes` maps drawn cases to True (deviates), False (does not) or None (not applicable,
        or cannot be told), or is a pandas column of such values by case; a drawn case that is not
        in it counts as not reviewed. The rate lies between 0 and 1. Raises `UsageError` for a case
        that was not drawn and for any other value.
        """
        return conclude(self.record, self.plan, outcomes, tolerable, confidence)

    def against_population(self, confidence: float = 0.95) -> AgainstPopulation:
        """Every automatic check: its rate in the population beside what the sample estimates."""
        from workbench.sampling.against import against_population

        if self.run is None:
            raise UsageError("the population's rates are in the run: open it and draw again")
        found = self.population()
        if found.sha256 != self.record["population"]["sha256"]:
            raise UsageError("this run is not the one sampled: its population is another")
        return against_population(self.run, self.record, found, self.plan, confidence)

    def population(self) -> Population:
        """The cases it was drawn from."""
        if self.run is None:
            raise UsageError("the population is in the run: open it and draw again")
        return population_of(self.run, self.plan)

    def save(self, folder: str | Path) -> Path:
        """Write `sample.json` (the record) and `sample.csv` (the list) into a folder.

        Raises `UsageError` where another sample or a run lies there.
        """
        target = Path(folder)
        _refuse_run(target)
        text = records.as_text(self.record)
        there = target / RECORD
        if there.exists() and there.read_text("utf-8") != text:
            raise UsageError(f"{there} is the record of another draw: name another folder")
        target.mkdir(parents=True, exist_ok=True)
        put(there, lambda path: path.write_text(text, "utf-8"))
        put(target / TABLE, lambda path: write_csv(path, self._columns(), self._rows()))
        return target

    def _columns(self) -> tuple[str, ...]:
        crossed = tuple(f"reviewer_{n}" for n in range(1, self.plan.each + 1))
        return (*COLUMNS, *crossed) if self.plan.cross else COLUMNS

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for one in self.record["draw"]:
            chance = Fraction(one["inclusion"])
            yield (
                one["order"], one["case_id"], one["unit_id"], one["stratum"],
                round(float(chance), 9), round(float(1 / chance), 6), *one["reviewers"],
            )  # fmt: skip

    def _language(self, asked: str | None) -> Language:
        of_pack = self.run.manifest["pack"]["language"] if self.run else "zh"
        return shown_language(of_pack, asked)


def draw_sample(run: SampledRun, *given: Any, **asked: Any) -> Sample:
    """Draw a sample; what may be asked is what `plan.plan` takes."""
    known = list(signature(plan).parameters)
    for name in asked:
        if name not in known:
            hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
            raise UsageError(f"a draw knows no '{name}'; {hint}")
    return planned_sample(run, plan(*given, **asked))


def planned_sample(run: SampledRun, planned: Plan) -> Sample:
    """Draw what a plan says."""
    found = population_of(run, planned)
    drawn, layers = draw(found, planned)
    return Sample(records.record(run, planned, found, drawn, layers), run)


def population_of(run: SampledRun, planned: Plan) -> Population:
    """The cases that a plan draws from."""
    grades = dict(planned.grades) or None
    return population(run, planned.where, planned.by, planned.risk, grades)


def open_sample(path: str | Path, run: SampledRun | None = None) -> Sample:
    """A sample from its record, or from the folder it was saved in."""
    place = Path(path)
    return Sample(records.read_record(place / RECORD if place.is_dir() else place), run)


def _refuse_run(target: Path) -> None:
    outside_runs(target, "folder")
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file: name a folder")
