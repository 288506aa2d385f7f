"""The verbs: load, evaluate, open a run, lint a pack. Everything else is reached through `Run`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from workbench.asked_days import as_date, as_period
from workbench.bottlenecks import put_bottlenecks
from workbench.comparison import Comparison, Retest, Side, compare_runs
from workbench.comparison import retest as test_again
from workbench.display import Html, Language, text_of
from workbench.engines.base import EngineError
from workbench.facts import build_facts, fact_classes, latest_day, rule_hashes
from workbench.findings import judge
from workbench.loaded import LoadedFiles as LoadedFiles
from workbench.loading import load_case_files
from workbench.loading.ahead import scanning_ahead
from workbench.loading.database_sheets import is_url
from workbench.loading.ready import find_mapping
from workbench.manifest import describe_run
from workbench.pack import Pack, find_pack, lint_pack, read_pack
from workbench.pack.describe import describe_checks
from workbench.pack.examples import read_examples
from workbench.reports.case import Case, find_case
from workbench.reports.check_record import (
    CheckRecord,
    check_record,
    checks_frame,
    worst_cases_frame,
)
from workbench.reports.results import Results, put_names
from workbench.reports.run_page import run_html
from workbench.reports.terminal import as_text
from workbench.reports.to_file import write_report
from workbench.saving import TABLES, open_results, save_run, stored_frame
from workbench.scoring import score
from workbench.shared_files import shared_folder
from workbench.stopwatch import Progress, Stopwatch
from workbench.terms import Fault, PackError, UsageError
from workbench.texts import language as language
from workbench.texts import shown_language
from workbench.timelines import put_timelines
from workbench.trials import try_examples
from workbench.tried import Tried, try_expectation
from workbench.weak_links import LEVEL, MINIMUM_DECIDED, Earlier, find_weak_links
from workbench.weak_links.earlier import read_earlier
from workbench.weak_links.rates import rates_of

if TYPE_CHECKING:
    import pandas as pd

    from workbench.figures.drawn import Drawn
    from workbench.loading.inspecting import Inspection
    from workbench.review.review import Review
    from workbench.sampling.again import Again
    from workbench.sampling.sample import Sample

# A path, the URL of a database, a DataFrame, or frames and paths by table.
Source: TypeAlias = Any


@dataclass(frozen=True)
class Run:
    """One evaluation: tables to ask, a manifest, and (once saved) a sealed folder.

    Tables come as pandas frames: `findings`, `scores`, `scorecards`, `tallies`, `deadlines`,
    `weak_links`, `stage_times`, `flows`, ... (`dir(run)`); `outcomes(asset)` and
    `facts(asset)` have one row per subject.

    >>> run = wb.evaluate(wb.load("sample_data/hrss"), as_of="2026-06-30")   # doctest: +SKIP
    >>> run.findings.groupby("check_id").size()                              # doctest: +SKIP
    """

    results: Results
    folder: Path | None = None
    _save: Callable[[Path], Path] | None = field(default=None, repr=False)

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the run was made of: as-of day, pack, inputs, untested checks, seconds."""
        return self.results.manifest

    def __repr__(self) -> str:
        cases = ", ".join(f"{n} {name}" for name, n in self.manifest["assets"].items())
        return f"Run({self.manifest['pack']['id']}, as of {self.manifest['as_of']}, {cases})"

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *TABLES]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in TABLES:
            return stored_frame(self.results, name)
        raise AttributeError(f"a Run has no '{name}'; its tables are {', '.join(TABLES)}")

    def outcomes(self, asset: str | None = None) -> pd.DataFrame:
        """One row per subject (of the cases, if no asset is named), one small integer per check.

        The integers are the codes of `terms.Outcome`.
        """
        frame = self.results.frame(f"work.outcomes_{self._asset(asset)}")
        return frame[
            ["subject_id", *(c for c in frame.columns if c in self.results.checks["checks"])]
        ]

    def facts(self, asset: str | None = None) -> pd.DataFrame:
        """One row per subject (of the cases, if no asset is named): kernel columns and facts."""
        return self.results.frame(f"work.facts_{self._asset(asset)}")

    def case(self, case_id: str) -> Case:
        """One case: its findings, its days with their statutory limits, every check's outcome."""
        return find_case(self.results, case_id)

    def check(self, check_id: str, reviews: Review | None = None) -> CheckRecord:
        """One check: its rule, its counts by unit and month, its findings; with the reviews of a
        store how often people found it right.
        """
        return check_record(self.results, check_id, reviews.state if reviews else None)

    def measured_checks(self, reviews: Review) -> pd.DataFrame:
        """`checks`, and of each its precision by what people confirmed and overturned."""
        return checks_frame(self.results, reviews.state)

    @property
    def checks(self) -> pd.DataFrame:
        """All checks in reading order with their ids, titles, grades, counts and failure rates."""
        return checks_frame(self.results)

    @property
    def worst_cases(self) -> pd.DataFrame:
        """The ten cases with the most serious problems: veto candidates first, then by grade."""
        return worst_cases_frame(self.results)

    def rates(
        self, by: Iterable[str] = ("check_id", "unit_id"), period: str | None = None
    ) -> pd.DataFrame:
        """Failure rates with exact and Wilson intervals, by any of asset, check_id, organ_id,
        unit_id, kind, and by `month`, `quarter` or `year`. Groups under the minimum are `few`.

        >>> run.rates(by=["unit_id", "kind"], period="year")   # doctest: +SKIP
        """
        named = (by,) if isinstance(by, str) else tuple(by)
        return rates_of(self.results.engine, named, period, MINIMUM_DECIDED, LEVEL)

    def try_check(self, expectation: Any, asset: str | None = None) -> Tried:
        """A GX expectation (or a suite entry) on the facts of an asset, answered at once."""
        return try_expectation(self.results, expectation, self._asset(asset))

    def sample(self, count: int | None = None, percent: object = None, **asked: Any) -> Sample:
        """Draw cases to review; everything that may be asked is what `sampling.plan.plan` takes.

        >>> run.sample(percent=10, by="unit_id", minimum=5, seed=7)   # doctest: +SKIP
        """
        from workbench.sampling.sample import draw_sample

        return draw_sample(self.results, count, percent, **asked)

    def sample_again(self, record: str | Path) -> Again:
        """Draw again what a record says: are population and draw the same, what differs if not."""
        from workbench.sampling.again import again
        from workbench.sampling.sample import open_sample

        return again(self.results, open_sample(record).record)

    def html(self, language: str | None = None) -> Html:
        """Where the run stands, as a small page in `zh` or `en`."""
        chosen = shown_language(self.manifest["pack"]["language"], language)
        return run_html(self.results, chosen, saved=self._save is None)

    def _repr_html_(self) -> str:
        return self.html()

    def summary(self, language: str = "zh") -> str:
        """What a supervisor needs to know first, as text."""
        return as_text(self.results, language)

    def save(self, out: str | Path) -> Path:
        """Write the sealed run folder below `out`; an equal run that is there stays."""
        if self._save is None:
            raise UsageError("this run was opened from its folder and is saved already")
        return self._save(Path(out))

    def report(self, to: str | Path, language: Language | None = None) -> Path:
        """Write the report to a file of your own: a page (`.html`) or a workbook (`.xlsx`)."""
        return write_report(self.results, Path(to), language)

    def figure(self, name: str, language: Language | None = None, **asked: Any) -> Drawn:
        """A figure with its caption and table; the names are those of `figures.drawn.FIGURES`.

        >>> run.figure("funnel", check="archive-in-time")   # doctest: +SKIP
        """
        from workbench.figures.drawn import draw

        return draw(self.results, name, language, **asked)

    def _asset(self, name: str | None) -> str:
        assets = self.manifest["assets"]
        name = name or self.results.case_asset
        if name not in assets:
            raise UsageError(f"no asset '{name}'; this run has {', '.join(assets)}")
        return name


def load(
    source: Source,
    pack: str | Path = "hrss",
    mapping: str | Path | None = None,
    profile: str | Path | None = None,
) -> LoadedFiles:
    """Load case files. A bad row is refused and reported; it never takes a good one with it.

    `source` is a folder of files, one file (CSV, workbook, JSON, Parquet, SQLite, event log), the
    URL of a PostgreSQL or SQLite database, a DataFrame of cases, or frames by table:

        wb.load({"cases": cases, "documents": documents})

    Raises `PackError` for a faulty pack, `InputError` for a source that cannot be used.
    """
    folder = find_pack(pack, shared_folder("expectations"))
    place = _found(source)
    with scanning_ahead(place):
        found = read_pack(folder, Path(profile) if profile else None)
        files = load_case_files(
            place, found.schema, find_mapping(mapping, folder),
            timezone=found.timezone, language=found.language,
        )  # fmt: skip
    return LoadedFiles(found, files)


def _found(source: Source) -> Source:
    """The source; a path that is only there in the installed package is found in it."""
    if not isinstance(source, (str, Path)) or is_url(str(source)):
        return source
    installed = shared_folder("sample_data").parent / source
    return installed if not Path(source).exists() and installed.exists() else Path(source)


def inspect(
    source: Source, pack: str | Path = "hrss", mapping: str | Path | None = None
) -> Inspection:
    """Say what a source would be loaded as, with the evidence, what must be asked and what would be
    refused; `.mapping()` is the proposal. Raises `PackError` and `InputError` as `load` does.

    >>> print(wb.inspect("ledger.xlsx").text("en"))   # doctest: +SKIP
    """
    from workbench.loading.inspecting import inspect_source
    from workbench.loading.ready import all_ready

    folder = find_pack(pack, shared_folder("expectations"))
    found = read_pack(folder)
    return inspect_source(
        _found(source), found.schema, mapping=find_mapping(mapping, folder),
        ready=all_ready(folder, found.schema),
        timezone=found.timezone, language=found.language,
    )  # fmt: skip


def template(to: str | Path, pack: str | Path = "hrss", language: str | None = None) -> Path:
    """Write an empty intake workbook, a sheet a table; filled in, it loads without a mapping.
    Raises `UsageError` unless the file ends in .xlsx.

    >>> wb.template("intake.xlsx")   # doctest: +SKIP
    """
    from workbench.loading.template import write_template

    found = read_pack(find_pack(pack, shared_folder("expectations")))
    chosen = shown_language(found.language, language)
    return write_template(Path(to), found.schema, text_of(found.title, chosen), chosen)


def evaluate(
    loaded: LoadedFiles,
    as_of: str | date | None = None,
    period: str | tuple[str | date | None, str | date | None] = (None, None),
    progress: Progress = lambda step: None,
    earlier: Run | str | Path | None = None,
) -> Run:
    """Check every subject against the pack as of a day (default: the latest recorded day).

    `period` bounds the cases by their day: `("2025-01-01", "2025-12-31")` or
    `"2025-01-01..2025-12-31"`; either end may be left out. `earlier`: a run (or its folder) against
    which weak links are new, lasting or resolved.
    """
    if not isinstance(loaded, LoadedFiles):
        raise UsageError("evaluate takes what load gives: evaluate(load(folder), as_of=...)")
    if isinstance(period, str):
        period = as_period(period)
    pack, files = loaded.pack, loaded.files
    files = files.apart()
    seconds: dict[str, float] = {}
    clock = Stopwatch(seconds, progress)
    day = as_date(as_of) if as_of else latest_day(files, pack)
    bounds = (as_date(period[0]) if period[0] else None, as_date(period[1]) if period[1] else None)
    if bounds[0] and bounds[1] and bounds[0] > bounds[1]:
        raise UsageError(f"the period ends before it begins: {bounds[0]}..{bounds[1]}")
    before = _earlier(earlier, pack, day)
    with clock("facts"):
        facts = build_facts(files, pack, day, bounds)
    with clock("checks"):
        found = judge(files, pack, facts)
    with clock("scores"):
        cards = score(pack, facts, found)
    with clock("weak links and bottlenecks"):
        names, organ_names = put_names(files, pack)
        put_timelines(files.engine, pack, day)
        files.engine.put("work.load_report", files.report.rows)
        classes = fact_classes(pack)
        # None of them reads another: what one does in Python the others use for SQL.
        found_links: list[Any] = files.engine.side_by_side([
            lambda on: find_weak_links(on, pack, names, before),
            lambda on: put_bottlenecks(on, pack, day, classes),
            lambda on: rule_hashes(pack),
        ])  # fmt: skip
    signals, _, rules = found_links
    manifest = describe_run(files, pack, day, facts, found, cards, organ_names, signals)
    checks = describe_checks(pack) | {"facts": classes, "rules": rules}
    results = Results(files.engine, manifest, checks)
    source = files.source
    return Run(results, None, lambda out: save_run(out, pack, source, results, found, seconds))


def sample(run: Run, count: int | None = None, percent: object = None, **asked: Any) -> Sample:
    """Draw cases of a run to review: `run.sample(...)`."""
    return run.sample(count, percent, **asked)


def open_run(folder: str | Path) -> Run:
    """Open a run folder (or the newest run below a folder); nothing in it is changed."""
    results, path = open_results(Path(folder))
    return Run(results, path)


def compare(before: Run | str | Path, after: Run | str | Path) -> Comparison:
    """Compare two runs, or their folders: repaired, still failed, newly failed, and what cannot be
    compared.

    >>> wb.compare("out/hrss-2026-03-31-0a1b2c3d4e", run).checks   # doctest: +SKIP
    """
    return compare_runs(_side(before), _side(after))


def retest(
    before: Run | str | Path, after: Run | str | Path, findings: Iterable[tuple[str, str]]
) -> list[Retest]:
    """What the later run says of findings (case id, check id) of the earlier one.

    >>> wb.retest(march, june, [("99-2025-000412", "archive-in-time")])   # doctest: +SKIP
    """
    return test_again(_side(before), _side(after), findings)


def _earlier(run: Run | str | Path | None, pack: Pack, as_of: date) -> Earlier | None:
    if run is None:
        return None
    side = _side(run)
    return read_earlier(side.results.engine, side.manifest, side.name, pack.id, as_of)


def _side(run: Run | str | Path) -> Side:
    opened = run if isinstance(run, Run) else open_run(run)
    return Side(opened.results, opened.folder)


def lint(pack: str | Path = "hrss", *, examples: bool = False) -> list[Fault]:
    """All faults of a pack, with file and line; an empty list when there are none.

    A pack whose files fit together is also run: once over empty tables, so that SQL which no
    engine would take is found here and not at the user's; and, if asked, on all its `examples`.
    """
    found, faults = lint_pack(find_pack(pack, shared_folder("expectations")))
    if found is None:
        return faults
    faults = _try_empty(found)
    if examples and not faults:
        faults = list(try_examples(found, read_examples(found)[0]))
    return faults


def _try_empty(pack: Pack) -> list[Fault]:
    with tempfile.TemporaryDirectory() as folder:
        for table in pack.schema.tables.values():
            path = Path(folder) / f"{table.name}.csv"
            path.write_text(",".join(table.columns) + "\n", "utf-8")
        files = load_case_files(Path(folder), pack.schema, timezone=pack.timezone)
        try:
            evaluate(LoadedFiles(pack, files), as_of=date(2001, 1, 1))
        except EngineError as error:
            return [Fault(error.step, None, str(error).splitlines()[0])]
        except PackError as error:
            return error.faults
    return []
