"""The hash that proves a run: what is the same hashes alike, what differs does not."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.content_hash import hashed

CELLS: dict[str, tuple[Any, Any]] = {
    "text": (pa.string(), st.text(max_size=4)),
    "number": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "yes": (pa.bool_(), st.booleans()),
    "on": (pa.date32(), st.dates()),
    "at": (pa.timestamp("us"), st.datetimes()),
    "share": (pa.float64(), st.floats(-1e6, 1e6)),
    "points": (
        pa.decimal128(9, 2),
        st.decimals(-1000, 1000, places=2, allow_nan=False),
    ),
}


def of(table: pa.Table, size: int | None = None) -> tuple[int, str]:
    return hashed(table.schema, table.to_batches(max_chunksize=size))


@given(st.data(), st.integers(1, 5), st.integers(0, 3))
def test_where_batches_and_slices_end_says_nothing(data: Any, size: int, start: int) -> None:
    rows = data.draw(st.integers(0, 12))
    table = pa.table({
        name: pa.array(
            data.draw(st.lists(st.none() | cells, min_size=rows, max_size=rows)), kind
        )
        for name, (kind, cells) in CELLS.items()
    })  # fmt: skip
    assert of(table) == of(table, size)
    part = table.slice(start)
    assert of(part) == of(pa.Table.from_pylist(part.to_pylist(), table.schema))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["ab", "c"], ["a", "bc"]),
        (["", None], [None, ""]),
        ([0, None], [None, 0]),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ([True, False], [False, True]),
        ([Decimal("1.00")], [Decimal("1.01")]),
        ([datetime.date(2026, 1, 1)], [datetime.date(2026, 1, 2)]),
        ([0.000001], [0.000002]),
    ],
)
def test_what_differs_hashes_differently(one: list[Any], other: list[Any]) -> None:
    assert of(pa.table({"a": one})) != of(pa.table({"a": other}))


def test_names_and_types_are_part_of_what_a_table_says() -> None:
    table = pa.table({"a": [1]})
    assert of(table) != of(table.rename_columns(["b"]))
    assert of(table) != of(table.cast(pa.schema([("a", pa.int32())])))


def test_noise_in_the_last_digits_and_the_sign_of_nought_are_no_content() -> None:
    assert of(pa.table({"a": [0.1 + 0.2, -0.0]})) == of(pa.table({"a": [0.3, 0.0]}))


def test_the_compressor_of_a_file_says_nothing(tmp_path: Any) -> None:
    table = pa.table({"a": ["x", None] * 500, "n": list(range(1000))})
    found = set()
    for compression in ("zstd", "none"):
        path = tmp_path / f"{compression}.parquet"
        pq.write_table(table, path, compression=compression, row_group_size=170)
        with pq.ParquetFile(path) as file:
            found.add(hashed(file.schema_arrow, file.iter_batches(batch_size=99)))
    assert found == {of(table)}
