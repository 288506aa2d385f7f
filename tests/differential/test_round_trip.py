"""The same bureau as CSV, workbook, JSON, Parquet, SQLite and PostgreSQL gives the same tables."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests import postgres
from workbench.loading import CaseFiles, load_case_files
from workbench.loading.cells import ARROW_TYPES
from workbench.pack import find_pack, read_pack
from workbench.pack.model import Pack
from workbench.shared_files import shared_folder
from workbench.synthesis import synthesize
from workbench.terms import InputError

Tables = dict[str, pa.Table]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(find_pack("hrss", shared_folder("expectations")))


@pytest.fixture(scope="module")
def bureau(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bureau")
    synthesize(find_pack("hrss", shared_folder("expectations")), folder, 150, 11, None)
    return folder


@pytest.fixture(scope="module")
def loaded(bureau: Path, pack: Pack) -> CaseFiles:
    return load(bureau, pack)


@pytest.fixture(scope="module")
def tables(bureau: Path, pack: Pack) -> Tables:
    """The bureau with types, as far as all cells of a column are of the type."""
    return {path.stem: typed(path, pack) for path in sorted(bureau.glob("*.csv"))}


def typed(path: Path, pack: Pack) -> pa.Table:
    with path.open(encoding="utf-8", newline="") as handle:
        header, *rows = list(csv.reader(handle))
    columns = {}
    for place, name in enumerate(header):
        texts = pa.array([row[place] or None for row in rows], pa.string())
        column = pack.schema.tables[path.stem].columns.get(name)
        kind = ARROW_TYPES[column.type] if column else pa.string()
        try:
            columns[name] = texts.cast(kind)
        except pa.ArrowInvalid:
            columns[name] = texts
    return pa.table(columns)


def load(source: Any, pack: Pack) -> CaseFiles:
    return load_case_files(source, pack.schema, timezone=pack.timezone)


def content(files: CaseFiles, table: str) -> list[tuple[Any, ...]]:
    return files.engine.rows(f'SELECT * FROM main."{table}" ORDER BY ALL', "test")


def same(files: CaseFiles, loaded: CaseFiles) -> None:
    """Every table, every cell, every count."""
    assert set(files.delivered) == set(loaded.delivered)
    for table in loaded.schema.tables:
        assert content(files, table) == content(loaded, table), table
        if (count := loaded.report.count(table)) is not None:
            other = files.report.count(table)
            assert other is not None
            figures = (other.read, other.used, other.refused)
            assert figures == (count.read, count.used, count.refused), table
            assert count.read == count.used + count.refused


def test_the_bureau_fills_its_tables(loaded: CaseFiles) -> None:
    assert loaded.count("cases") == 150
    assert sum(loaded.count(table) > 0 for table in loaded.schema.tables) > 20


def test_workbook(tables: Tables, loaded: CaseFiles, pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "bureau.xlsx"
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, table in tables.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, table.column_names)
        for place, column in enumerate(table.columns):
            form = moment if pa.types.is_timestamp(column.type) else day
            for row, value in enumerate(column.to_pylist(), 1):
                if pa.types.is_temporal(column.type) and value is not None:
                    at = value if isinstance(value, datetime) else datetime.combine(value, time())
                    sheet.write_datetime(row, place, at, form)
                elif value is not None:
                    sheet.write(row, place, value)
    book.close()
    same(load(path, pack), loaded)


def test_gb18030(bureau: Path, loaded: CaseFiles, pack: Pack, tmp_path: Path) -> None:
    for path in bureau.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_text("utf-8").encode("gb18030"))
    same(load(tmp_path, pack), loaded)


def test_json(tables: Tables, loaded: CaseFiles, pack: Pack, tmp_path: Path) -> None:
    empty = {name: table for name, table in tables.items() if not table.num_rows}
    for name in empty:  # a list without a record has no fields
        (tmp_path / f"{name}.csv").write_text(",".join(tables[name].column_names) + "\n")
    whole = {name: table.to_pylist() for name, table in tables.items() if name not in empty}
    (tmp_path / "bureau.json").write_text(json.dumps(whole, default=str, ensure_ascii=False))
    same(load(tmp_path, pack), loaded)


def test_nested_json(tables: Tables, loaded: CaseFiles, pack: Pack, tmp_path: Path) -> None:
    """Documents and services inside their case, the other tables beside it."""
    inside = ("documents", "services", "payments")
    cases = tables["cases"].to_pylist()
    for table in inside:
        rows = tables[table].to_pylist()
        for case in cases:
            case[table] = [row for row in rows if row["case_id"] == case["case_id"]]
        assert sum(len(case[table]) for case in cases) == len(rows)
    (tmp_path / "cases.json").write_text(json.dumps(cases, default=str, ensure_ascii=False))
    for name, table in tables.items():
        if name not in (*inside, "cases"):
            pq.write_table(table, tmp_path / f"{name}.parquet")
    same(load(tmp_path, pack), loaded)


def test_parquet(tables: Tables, loaded: CaseFiles, pack: Pack, tmp_path: Path) -> None:
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=50)
    same(load(tmp_path, pack), loaded)


def test_frames(tables: Tables, loaded: CaseFiles, pack: Pack) -> None:
    same(load({name: table.to_pandas() for name, table in tables.items()}, pack), loaded)


def test_sqlite(tables: Tables, loaded: CaseFiles, pack: Pack, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "bureau.sqlite")
    for name, table in tables.items():
        columns = ", ".join(f'"{column}"' for column in table.column_names)
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        marks = ", ".join("?" for _ in table.column_names)
        rows = [tuple(map(plain, row.values())) for row in table.to_pylist()]
        connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    connection.commit()
    connection.close()
    same(load(f"sqlite:///{tmp_path}/bureau.sqlite", pack), loaded)


def plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


# -- PostgreSQL

needs_server = pytest.mark.skipif(
    postgres.find_server() is None, reason="no PostgreSQL server is installed (.ci/run installs it)"
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres.server() as found:
        yield found


def run(url: str, *statements: str) -> list[Any]:
    from sqlalchemy import create_engine, text

    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        found = results[-1].fetchall() if results[-1].returns_rows else []
    engine.dispose()
    return found


def fill(url: str, tables: Tables) -> None:
    from sqlalchemy import Column, MetaData, Table, create_engine
    from sqlalchemy import types as sql

    kinds = {pa.date32(): sql.Date, pa.timestamp("us"): sql.DateTime, pa.int64(): sql.BigInteger,
             pa.bool_(): sql.Boolean, pa.decimal128(18, 2): sql.Numeric}  # fmt: skip
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    meta = MetaData(schema="export")
    with engine.begin() as connection:
        for name, table in tables.items():
            columns = [Column(f.name, kinds.get(f.type, sql.Text)) for f in table.schema]
            made = Table(name, meta, *columns)
            made.create(connection)
            if table.num_rows:
                connection.execute(made.insert(), table.to_pylist())
    engine.dispose()


@needs_server
def test_postgresql(tables: Tables, loaded: CaseFiles, pack: Pack, url: str) -> None:
    run(url, "CREATE SCHEMA export")
    fill(url, tables)
    before = run(url, "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables")
    files = load(f"{url}&schema=export", pack)
    same(files, loaded)
    assert files.report.counts[0].file == "export.cases"
    assert postgres.PASSWORD not in repr(files) + files.source + str(files.inputs)
    assert before == run(
        url, "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
    )


@needs_server
def test_a_view_that_writes_cannot(pack: Pack, url: str) -> None:
    run(
        url,
        "CREATE SCHEMA trap",
        "CREATE TABLE trap.seen (at int)",
        "CREATE FUNCTION trap.note() RETURNS text LANGUAGE sql AS "
        "$$ INSERT INTO trap.seen VALUES (1); SELECT 'C1'::text $$",
        "CREATE VIEW trap.cases AS SELECT trap.note() AS case_id, 'penalty'::text AS kind",
    )
    with pytest.raises(InputError, match="read-only transaction"):
        load(f"{url}&schema=trap", pack)
    assert run(url, "SELECT count(*) FROM trap.seen") == [(0,)]


@needs_server
def test_a_wrong_password_is_not_repeated(pack: Pack, url: str) -> None:
    with pytest.raises(InputError, match="password authentication failed") as error:
        load(url.replace(postgres.PASSWORD, "another-secret-word"), pack)
    assert "another-secret-word" not in str(error.value)
    assert "owner" in str(error.value)
