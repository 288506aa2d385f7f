"""A few hundred of the inputs of `make fuzz`, and files drawn by hypothesis."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.judging import FAILED, LOADED, REFUSED, Judge
from tests.fuzz.seeds import HEADER, open_document, seeds

few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
names = st.sampled_from([*HEADER, "案件编号", "类别", "x", "", " case_id "])
texts = st.text(st.characters(codec="utf-8"), max_size=30)
cells = st.one_of(
    st.sampled_from(["C1", "C2", "penalty", "2025-01-02", "105/07/29", "03/04/2025", "=1+1", "1e9",
                     "１２", "", "#N/A", "0" * 40, "平成30年11月30日", "1,234.5万元"]),
    texts,
)  # fmt: skip
grids = st.lists(st.lists(cells, min_size=0, max_size=7), min_size=0, max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | cells,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | texts, inner, max_size=5),
    max_leaves=25,
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(seed=7)


def ends_well(judge: Judge, name: str, data: bytes) -> str:
    path = judge.folder / name
    path.write_bytes(data)
    verdict, said = judge.load(path)
    path.unlink()
    assert verdict != FAILED, said
    return verdict


@pytest.mark.parametrize("name", sorted(seeds()))
def test_the_seeds_themselves_are_sound(judge: Judge, name: str) -> None:
    kind = name.partition(".")[2]
    found = ends_well(judge, f"cases.{kind}", judge.files[name])
    assert found == (REFUSED if kind.startswith("xes") else LOADED)  # a log alone has no cases


@pytest.mark.parametrize("part", range(10))
def test_damaged_files_end_in_a_load_or_a_sentence(judge: Judge, part: int) -> None:
    drawn = random.Random(part)
    for number in drawn.sample(range(100_000), 34):
        _, verdict, said = judge.judge(number)
        assert verdict != FAILED, f"input {number}: {said}"


@few
@given(header=st.lists(names, max_size=6), rows=grids, mark=st.sampled_from(",;\t|"),
       encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))  # fmt: skip
def test_any_text(
    judge: Judge, header: list[str], rows: list[list[str]], mark: str, encoding: str
) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=mark, escapechar="\\").writerows([header, *rows])
    ends_well(judge, "cases.csv", buffer.getvalue().encode(encoding))


@few
@given(value=values, lines=st.booleans())
def test_any_document(judge: Judge, value: Any, lines: bool) -> None:
    text = "\n".join(json.dumps(value) for _ in range(3)) if lines else json.dumps(value)
    ends_well(judge, "cases.jsonl" if lines else "cases.json", text.encode())


@few
@given(header=st.lists(names, max_size=6), rows=grids)
def test_any_page(judge: Judge, header: list[str], rows: list[list[str]]) -> None:
    kept = [[cell for cell in row if cell.isprintable()] for row in [header, *rows]]
    ends_well(judge, "cases.ods", open_document([list(row) for row in kept]))


def tables() -> Iterator[tuple[str, Any, Any]]:
    """Arrow types and values of them."""
    yield "i", pa.int64(), st.integers(-(2**63), 2**63 - 1)
    yield "f", pa.float64(), st.floats()
    yield "d", pa.date32(), st.dates()
    yield "t", pa.timestamp("us", "Asia/Tokyo"), st.datetimes()
    yield "b", pa.binary(), st.binary()
    yield "s", pa.string(), texts
    yield "n", pa.decimal128(38, 20), st.decimals(-(10**17), 10**17, places=20)
    yield "l", pa.list_(pa.string()), st.lists(texts, max_size=3)
    yield "x", pa.duration("s"), st.integers(0, 10**9)


@few
@given(data=st.data(), kind=st.sampled_from(list(tables())), name=names)
def test_any_column(judge: Judge, data: st.DataObject, kind: tuple[Any, ...], name: str) -> None:
    _, arrow, drawn = kind
    found = data.draw(st.lists(st.none() | drawn, min_size=1, max_size=6))
    ids = [f"C{at}" for at in range(len(found))]
    table = pa.table([pa.array(found, arrow), pa.array(ids)], [name, "case_id"])
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    ends_well(judge, "cases.parquet", buffer.getvalue())
