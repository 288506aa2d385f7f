"""The SQL files of a pack: facts, and the rows of the clocks that run over rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.clocks import Clock
from workbench.fact_sql import FactSql, read_fact_sql
from workbench.sources import Source
from workbench.terms import Fault, did_you_mean

Relations = dict[str, set[str]]
# What every row says of itself: whose it is, and which one it is.
ROW_KEYS = ("subject_id", "row_id")


def read_facts(
    folder: Path, relations: Relations, codes: set[str]
) -> tuple[tuple[FactSql, ...], list[Fault]]:
    """`facts/*.sql`, `base` first: from then on the others may read it (`relations` is told).

    >>> read_facts(folder, relations, codes)   # doctest: +SKIP
    ((FactSql(file='facts/base.sql', ...), ...), [])
    """
    facts: list[FactSql] = []
    faults: list[Fault] = []
    for path in sorted((folder / "facts").glob("*.sql"), key=lambda p: p.stem != "base"):
        topic, _, asset = path.stem.partition(".")
        home = (topic, asset or "cases")
        sql, found = _read(path, f"facts/{path.name}", home, relations, codes)
        faults += found
        if sql is not None:
            facts.append(sql)
            if topic == "base":
                relations["base"] = {"subject_id", *sql.outputs}
    return tuple(facts), faults


def read_row_files(
    folder: Path,
    clocks: Mapping[str, Clock],
    sources: Mapping[str, Source],
    relations: Relations,
    codes: set[str],
) -> tuple[dict[str, FactSql], list[Fault]]:
    """`rows/<clock>.sql` by clock: the rows of each clock that says `rows: true`.

    >>> read_row_files(folder, clocks, sources, relations, codes)   # doctest: +SKIP
    ({'review_told': FactSql(file='rows/review_told.sql', ...)}, [])
    """
    rows: dict[str, FactSql] = {}
    faults: list[Fault] = []
    paths = {path.stem: path for path in sorted((folder / "rows").glob("*.sql"))}
    for name, path in paths.items():
        file = f"rows/{path.name}"
        clock = clocks.get(name)
        if clock is None:
            hint = did_you_mean(name, clocks)
            faults.append(Fault(file, None, f"no clock '{name}' runs over these rows", hint))
            continue
        if not clock.rows:
            message = f"the clock '{name}' does not run over rows"
            faults.append(Fault(file, None, message, "it says so with 'rows: true'"))
            continue
        sql, found = _read(path, file, (name, clock.asset), relations, codes, ROW_KEYS)
        faults += found
        if sql is not None:
            rows[name] = sql
    for clock in clocks.values():
        if clock.rows and clock.id not in paths:
            source = sources[f"clocks/{clock.topic}.yaml"]
            message = f"clock '{clock.id}' runs over rows, and rows/{clock.id}.sql is missing"
            faults.append(source.fault(("clocks", clock.id), message))
    return rows, faults


def _read(
    path: Path,
    file: str,
    home: tuple[str, str],
    relations: Relations,
    codes: set[str],
    keys: tuple[str, ...] = ("subject_id",),
) -> tuple[FactSql | None, list[Fault]]:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        return None, [Fault(file, None, f"is no UTF-8: {error}")]
    return read_fact_sql(text, file, home, relations, codes, keys)
