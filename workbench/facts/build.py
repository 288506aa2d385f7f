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
from workbench.facts.clock_facts import (
    clock_columns,
    clock_evidence,
    clock_inputs,
    run_clocks,
)
from workbench.facts.coverage import coverage_query
from workbench.facts.relations import put_calendar, put_codes, put_lists, put_run, subjects_query
from workbench.loading import CaseFiles
from workbench.pack import Asset, Pack
from workbench.pack.model import KERNEL
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
    _put(engine, asset, "subjects", subjects_query(asset))
    subjects = int(engine.rows("SELECT COUNT(*) FROM work.subjects", "subjects")[0][0])
    needed = {name for sql in pack.sql_of(asset.id) for name in sql.coverage}
    cover, same = coverage_query(files, sorted(needed), f"work.subjects_of_{asset.id}")
    _put(engine, asset, "case_coverage", cover, "VIEW" if same else "TABLE")
    _put(engine, asset, "case_parameters", _parameters(pack, asset))
    evidence = {check.facts.get("evidence") for check in pack.checks_of(asset.id)}
    topics: list[tuple[str, list[str]]] = []
    proofs: dict[str, str] = {}
    taken = set(KERNEL)
    files_of = pack.facts_of(asset.id)

    def work_out(sql: FactSql, on: Engine) -> dict[str, str]:
        relation = _relation(sql)
        on.run(f"CREATE OR REPLACE TABLE work.{relation} AS {sql.text}", sql.file)
        _one_row_each(on, relation, sql.file, subjects)
        return _keep_evidence(on, asset, relation, [c for c in sql.outputs if c in evidence])

    # All others read `base`, and none of them another.
    first = [sql for sql in files_of if sql.topic == "base"]
    for some in (first, [sql for sql in files_of if sql not in first]):
        for kept in engine.side_by_side([partial(work_out, sql) for sql in some]):
            proofs |= kept
    for sql in files_of:
        columns = [c for c in sql.outputs if c not in evidence]
        topics.append((_relation(sql), [c for c in columns if c not in taken]))
        taken |= set(columns)
    raw, relation = f"raw_{asset.id}", f"facts_{asset.id}"
    read = clock_inputs(pack, asset)
    few = [(name, [fact for fact in columns if fact in read]) for name, columns in topics]
    engine.run(f"CREATE TABLE work.{raw} AS {_join(engine, few)}", raw)
    clocks = [c for c in run_clocks(engine, pack, asset, raw) if c not in evidence]
    proofs |= clock_evidence(pack, asset)
    facts = tuple(column for _, columns in topics for column in columns)
    query = _join(engine, topics, *clock_columns(pack, asset, clocks))
    engine.run(f"CREATE TABLE work.{relation} AS {query}", relation)
    for dropped in (raw, *(name for name, _ in topics if name != "base")):
        engine.run(f"DROP TABLE work.{dropped}", "clean")
    return FactTable(engine, asset.id, f"work.{relation}", (*facts, *clocks), subjects, proofs)


def _relation(sql: FactSql) -> str:
    return "base" if sql.topic == "base" else f"topic_{sql.topic}"


def _keep_evidence(
    engine: Engine, asset: Asset, relation: str, proofs: list[str]
) -> dict[str, str]:
    """Set aside what names records, for the few subjects that have any."""
    if not proofs:
        return {}
    kept = f"work.{sqltext.name(f'evidence_{relation}_{asset.id}')}"
    columns = ", ".join(sqltext.name(proof) for proof in proofs)
    some = " OR ".join(f"{sqltext.name(proof)} IS NOT NULL" for proof in proofs)
    engine.run(f"CREATE TABLE {kept} AS SELECT subject_id, {columns} FROM work.{relation} "
               f"WHERE {some}", "evidence")  # fmt: skip
    return {
        proof: f"SELECT subject_id, {sqltext.name(proof)} AS value FROM {kept}" for proof in proofs
    }


def _storable(engine: Engine, relation: str, facts: list[str]) -> list[str]:
    """The facts of a topic in types that Parquet keeps: sums are 64-bit integers."""
    found = engine.rows(f"DESCRIBE work.{relation}", relation)
    whole = {str(row[0]) for row in found if row[1] in ("HUGEINT", "INTEGER")}
    named = ((fact, f"{relation}.{sqltext.name(fact)}") for fact in facts)
    return [
        f"CAST({name} AS BIGINT) AS {sqltext.name(fact)}" if fact in whole else name
        for fact, name in named
    ]


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


def _one_row_each(engine: Engine, relation: str, file: str, subjects: int) -> None:
    counts = f"SELECT COUNT(*), COUNT(DISTINCT subject_id) FROM work.{relation}"
    rows, distinct = engine.rows(counts, file)[0]
    if rows != subjects or distinct != subjects:
        message = f"gives {rows} rows for {distinct} of {subjects} subjects: one row each is due"
        raise PackError(file, [Fault(file, None, message)])


def _join(
    engine: Engine,
    topics: Iterable[tuple[str, list[str]]],
    more: Iterable[str] = (),
    beside: Iterable[str] = (),
) -> str:
    """The kernel of every subject with facts of topics, and with columns of what stands beside."""
    columns = [f"s.{name}" for name in KERNEL]
    joins = []
    for relation, facts in topics:
        if facts:
            columns += _storable(engine, relation, facts)
            joins.append(f"LEFT JOIN work.{relation} ON {relation}.subject_id = s.subject_id")
    return (
        f"SELECT {', '.join([*columns, *more])} FROM work.subjects s {' '.join([*joins, *beside])}"
    )
