"""Many rows in, one row per subject out: pack SQL and clocks -> `FactTable`.

Everything is a named step in the engine's schema `work`: any step can be looked at on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.fact_sql import FactSql
from workbench.facts.clock_facts import clock_evidence, clock_relation, run_clocks
from workbench.facts.columns import KEY, Columns
from workbench.facts.constants import Constants, alike, as_constant
from workbench.facts.coverage import coverage_query, is_delivered
from workbench.facts.relations import put_calendar, put_codes, put_lists, put_run, subjects_query
from workbench.loading import CaseFiles
from workbench.pack import Asset, Pack
from workbench.terms import Fault, InputError, PackError

Progress = Callable[[str], None]
_PER_ASSET = ("subjects", "case_coverage", "case_parameters")


@dataclass(frozen=True)
class FactTable:
    """The facts of one asset: a relation of the engine, one row per subject.

    `relation` holds the kernel columns (subject_id, case_id, organ_id, unit_id, kind,
    period_on) and `facts`; `rows` counts the subjects. `evidence` maps a fact that
    names the records behind a failure to a query (subject_id, value): it stands beside the facts.
    """

    engine: Engine
    asset: str
    relation: str
    facts: tuple[str, ...]
    rows: int
    evidence: Mapping[str, str] = field(default_factory=dict)
    columns: Columns | None = None

    def narrow(self, facts: Iterable[str]) -> str:
        """The kernel columns and a few facts: a plan of its own is quicker than all of them."""
        return f"({self.columns.select(facts)})" if self.columns else self.relation

    def take_in(self, relation: str, names: Iterable[str]) -> None:
        """Let `narrow` know a table with one row per subject; its rows are put in step."""
        if self.columns:
            self.columns.put_in_step(relation)
            self.columns.add(relation, {name: name for name in names})


def latest_day(files: CaseFiles, pack: Pack) -> date:
    """The latest recorded day of the case files: the default as-of day, never today.

    Looks at the days of cases and of the tables that hang on a case; ends of validity
    (`to_on`, `*_to_on`) are not acts and do not count.
    """
    days = []
    for table in pack.schema.tables.values():
        if table.name != "cases" and table.case_column is None:
            continue
        for column in table.columns.values():
            if column.type in ("date", "timestamp") and not column.name.endswith("to_on"):
                days.append(f"SELECT CAST(MAX({sqltext.name(column.name)}) AS DATE) AS d "
                            f"FROM {sqltext.name(table.name)}")  # fmt: skip
    found = files.engine.rows(f"SELECT MAX(d) FROM ({' UNION ALL '.join(days)})", "latest day")
    day: date | None = found[0][0]
    if day is None:
        raise InputError("no date stands in the case files: give the as-of day with --as-of")
    return day


def build_facts(
    files: CaseFiles,
    pack: Pack,
    as_of: date,
    period: tuple[date | None, date | None] = (None, None),
    progress: Progress = lambda step: None,
) -> dict[str, FactTable]:
    """The fact tables of the assets that checks look at, `cases` first.

    The engine of `files` is a session of its own: relations are made in its schema `work`.
    Raises `PackError` where a facts file does not give exactly one row per subject.
    """
    engine = files.engine
    engine.run("CREATE SCHEMA lists", "schema")
    put_lists(engine, pack)
    put_calendar(engine, pack)
    put_codes(engine, pack)
    wanted = [a for a in pack.assets.values() if a.table == "cases" or pack.checks_of(a.id)]
    ordered = sorted(wanted, key=lambda a: a.table != "cases")
    put_run(engine, ordered[0], as_of, period)
    tables = {}
    for asset in ordered:
        progress(f"facts: {asset.id}")
        tables[asset.id] = _asset_facts(files, pack, asset)
    return tables


def _asset_facts(files: CaseFiles, pack: Pack, asset: Asset) -> FactTable:
    engine = files.engine
    _put(engine, asset, "subjects", f"SELECT * FROM ({subjects_query(asset)}) ORDER BY {KEY}")
    spine = f"work.subjects_of_{asset.id}"
    subjects = _told_apart(engine, asset, spine)
    constants = _put_known(files, pack, asset, subjects)
    _run_topics(engine, pack, asset, spine, constants)
    columns, proofs = Columns(engine, spine), clock_evidence(pack, asset)
    evidence = {check.facts.get("evidence") for check in pack.checks_of(asset.id)}
    for sql in pack.facts_of(asset.id):
        relation = _relation(asset, sql)
        columns.add(relation, {name: name for name in sql.outputs if name not in evidence})
        proofs |= {name: _named(relation, name) for name in sql.outputs if name in evidence}
    run_clocks(engine, pack, asset, columns, constants)
    for clock in pack.clocks_of(asset.id):
        outputs = {name: name.removeprefix(f"{clock.id}_") for name in clock.outputs}
        shown = {name: part for name, part in outputs.items() if name not in evidence}
        columns.add(clock_relation(clock), shown)
    relation = f"work.facts_{asset.id}"
    engine.run(f"CREATE VIEW {relation} AS {columns.select()}", relation)
    return FactTable(engine, asset.id, relation, tuple(columns), subjects, proofs, columns)


def _put_known(files: CaseFiles, pack: Pack, asset: Asset, subjects: int) -> Constants:
    """Put `case_coverage` and `case_parameters` there; what of them all subjects have alike."""
    engine = files.engine
    needed = sorted({name for sql in pack.sql_of(asset.id) for name in sql.coverage})
    cover, same = coverage_query(files, needed, f"work.subjects_of_{asset.id}")
    _put(engine, asset, "case_coverage", cover, "VIEW" if same else "TABLE")
    _put(engine, asset, "case_parameters", _parameters(pack, asset))
    delivered = {name: as_constant(str(is_delivered(files, name)), "BOOLEAN") for name in needed}
    return Constants(
        naming_subjects(files, pack, asset, subjects),
        {
            "case_coverage": delivered if same else alike(engine, "work.case_coverage"),
            "case_parameters": alike(engine, "work.case_parameters"),
        },
    )


def naming_subjects(
    files: CaseFiles, pack: Pack, asset: Asset, subjects: int
) -> dict[str, list[str]]:
    """By relation, the columns that name a subject in every row.

    Columns that point at cases do, where every case is looked at and none of them is empty:
    loading refuses rows of a case that is not there.
    """
    named = {"subjects": [KEY]}
    if any(sql.topic == "base" for sql in pack.facts_of(asset.id)):
        named["base"] = [KEY]  # elsewhere it is that of another asset
    if asset.table != "cases" or asset.key != ("case_id",) or subjects != files.count("cases"):
        return named
    if asset.case == "case_id":
        named["subjects"] = [KEY, "case_id"]
    for table, column in _pointing_at_cases(files).items():
        lists = [c.name for c in files.schema.tables[table].all_columns.values() if c.is_list]
        named |= {name: [column] for name in (table, *(f"{table}__{codes}" for codes in lists))}
    return named


def _pointing_at_cases(files: CaseFiles) -> dict[str, str]:
    """The tables of which every row names its case, with the column that does; `cases` first."""
    tables = files.schema.tables.values()
    points = {"cases": "case_id", **{t.name: t.case_column for t in tables if t.case_column}}
    empty = " UNION ALL ".join(
        f"SELECT {sqltext.literal(table)}, COUNT(*) FILTER (WHERE {sqltext.name(column)} IS NULL) "
        f"FROM {files.engine.stored}.{sqltext.name(table)}"
        for table, column in points.items()
    )
    found = files.engine.rows(empty, "cases")
    return {table: points[table] for table, nowhere in found if not nowhere}


def _told_apart(engine: Engine, asset: Asset, spine: str) -> int:
    """How many subjects there are; two of one key would be judged as one."""
    query = f"SELECT COUNT(*), COUNT(DISTINCT {KEY}) FROM {spine}"
    rows, distinct = map(int, engine.rows(query, "subjects")[0])
    if rows != distinct:
        message = f"asset '{asset.id}' has {rows} subjects with {distinct} different keys"
        raise PackError("pack.yaml", [Fault("pack.yaml", None, message)])
    return rows


def _run_topics(engine: Engine, pack: Pack, asset: Asset, spine: str, constants: Constants) -> None:
    """The tables of all facts files of the asset, each in step with its subjects."""

    def work_out(sql: FactSql, on: Engine) -> None:
        relation = _relation(asset, sql)
        on.run(f"CREATE TABLE {relation} AS {constants.put_into(sql.text)}", sql.file)
        if not on.in_step(relation, spine, KEY):
            _one_row_each(on, relation, sql.file, spine)
            on.put_in_step(relation, spine, KEY)

    # All others read `base`, and none of them another.
    files = pack.facts_of(asset.id)
    first = [sql for sql in files if sql.topic == "base"]
    for sql in first:
        work_out(sql, engine)
        engine.run(f"CREATE OR REPLACE VIEW work.base AS FROM {_relation(asset, sql)}", "base")
    # The long ones first: a lane that begins one last keeps the others waiting.
    others = sorted((s for s in files if s not in first), key=lambda s: len(s.text), reverse=True)
    engine.side_by_side([partial(work_out, sql) for sql in others])


def _relation(asset: Asset, sql: FactSql) -> str:
    return f"work.{sqltext.name(f'topic_{sql.topic}_of_{asset.id}')}"


def _named(relation: str, proof: str) -> str:
    """What names the records behind a failure: a query (subject_id, value)."""
    name = sqltext.name(proof)
    return f"SELECT {KEY}, {name} AS value FROM {relation} WHERE {name} IS NOT NULL"


def _put(engine: Engine, asset: Asset, relation: str, query: str, kind: str = "TABLE") -> None:
    stored = f"work.{relation}_of_{asset.id}"
    engine.run(f"CREATE {kind} {stored} AS {query}", relation)
    engine.run(f"CREATE OR REPLACE VIEW work.{relation} AS FROM {stored}", relation)


def _parameters(pack: Pack, asset: Asset) -> str:
    """The dated values that the facts SQL of the asset reads, on the subject's own day."""
    names = sorted({name for sql in pack.sql_of(asset.id) for name in sql.parameters})
    source, columns = "work.subjects s", "s"
    if not asset.every:
        key = " || '-' || ".join(f"CAST(r.{sqltext.name(k)} AS VARCHAR)" for k in asset.key)
        source, columns = f"work.subjects s JOIN {asset.table} r ON {key} = s.subject_id", "r"
    values = [f"{pack.parameters[n].sql('s.period_on', columns)} AS {sqltext.name(n)}"
              for n in names]  # fmt: skip
    return f"SELECT {', '.join(['s.subject_id', *values])} FROM {source}"


def _one_row_each(engine: Engine, relation: str, file: str, spine: str) -> None:
    counts = (
        f"SELECT COUNT(*), COUNT(DISTINCT s.{KEY}), (SELECT COUNT(*) FROM {spine}) "
        f"FROM {relation} t LEFT JOIN {spine} s ON s.{KEY} = t.{KEY}"
    )
    rows, distinct, subjects = engine.rows(counts, file)[0]
    if not rows == distinct == subjects:
        message = f"gives {rows} rows for {distinct} of {subjects} subjects: one row each is due"
        raise PackError(file, [Fault(file, None, message)])
