"""What a file says does not depend on how often it says it, nor on how its columns are held."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.loading_schema import schema_of_files
from workbench.loading import CaseFiles, load_case_files
from workbench.loading.cleaning import MAY_CHANGE, clean
from workbench.loading.repeats import is_repeated, plain
from workbench.schema import Schema

HEADER = "case_id,kind,decided_on,decided_at,fine_yuan,officers,major,note\n"
MANY = 12_000  # rows enough for a file that is looked at first
# One cell of each column that a person would read the same as the plain one, or not at all.
ODD = (
    ("kind", "行政处罚", "penalty"),
    ("kind", "ｐｅｎａｌｔｙ", "penalty"),
    ("decided_on", "２０２５-0１-02", "2025-01-02"),
    ("decided_on", "2025年1月2日", "2025-01-02"),
    ("decided_on", "2025-13-40", None),
    ("decided_at", "2025-01-02", "2025-01-02 00:00:00"),
    ("fine_yuan", "１,２３４.５", "1234.50"),
    ("fine_yuan", "0.005", "0.01"),
    ("officers", "　３　", "3"),
    ("officers", "0x10", None),
    ("major", "是", "true"),
    ("major", "maybe", None),
    ("note", "　Ａ，Ｂ\u00a0", "A,B"),
    ("note", "　 ", None),
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return schema_of_files(tmp_path_factory.mktemp("pack"))


def loaded(path: Path, schema: Schema, **files: Iterable[str]) -> CaseFiles:
    path.mkdir(exist_ok=True)
    for name, lines in files.items():
        (path / f"{name}.csv").write_text("".join(lines), "utf-8")
    return load_case_files(path, schema)


def cells(number: int, note: str = "同一句话") -> list[str]:
    day = f"2025-01-{number % 28 + 1:02}"
    return [f"C{number}", "penalty", day, f"{day}T09:30:00", "100", "2", "true", note]


def value_of(text: str, column: str) -> str:
    """How the engine writes what a plain cell says."""
    return {"decided_at": text.replace("T", " "), "fine_yuan": f"{text}.00"}.get(column, text)


def stored(files: CaseFiles, column: str) -> list[tuple[Any, ...]]:
    sql = f'SELECT case_id, CAST("{column}" AS VARCHAR) FROM main.cases'
    return files.engine.rows(sql, "test")


def reported(files: CaseFiles) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in files.report.rows.to_pylist()]


@pytest.mark.parametrize(("column", "text", "value"), ODD)
def test_a_cell_among_many_reads_as_it_does_alone(
    tmp_path: Path, schema: Schema, column: str, text: str, value: str | None
) -> None:
    at = HEADER.strip().split(",").index(column)
    rows = [cells(number) for number in range(MANY)]
    for number in (7, MANY - 1):  # in the rows that are looked at first, and after them
        rows[number][at] = f'"{text}"'
    many = loaded(tmp_path / "many", schema, cases=[HEADER, *(",".join(r) + "\n" for r in rows)])
    few = loaded(tmp_path / "few", schema, cases=[HEADER, ",".join(rows[7]) + "\n"])
    found = dict(stored(many, column))
    assert found["C7"] == found[f"C{MANY - 1}"] == dict(stored(few, column))["C7"] == value
    others = {found[f"C{number}"] for number in range(8, MANY - 1, 28)}
    assert others == {value_of(rows[8][at], column)}
    # What is said of two such cells is what is said of one: by row, or counted.
    shown = {(r[4], r[5], r[6], r[7]) for r in reported(many)}
    assert shown == {(r[4], r[5], r[6], r[7]) for r in reported(few)}
    assert sum(r[8] for r in reported(many)) == 2 * sum(r[8] for r in reported(few))


def test_columns_that_stop_repeating_lose_nothing(tmp_path: Path, schema: Schema) -> None:
    notes = ["" if number < MANY // 2 else f"第{number}号" for number in range(MANY)]
    lines = [",".join(cells(number, note)) + "\n" for number, note in enumerate(notes)]
    files = loaded(tmp_path, schema, cases=[HEADER, *lines])
    assert stored(files, "note") == [(f"C{n}", note or None) for n, note in enumerate(notes)]
    assert not files.report.rows.num_rows


def test_rows_of_columns_that_repeat_are_refused_by_row(tmp_path: Path, schema: Schema) -> None:
    """Secrets, orphans, repeated rows, second keys: judged by cells that are held as words."""
    documents = ["document_id,case_id,note,sensitivity\n"]
    documents += [f"D{n},C{n // 100},经审查，同意立案调查，按程序办理,open\n" for n in range(MANY)]
    documents[11] = "D10,C0,机密,state_secret\n"
    documents[21] = "D20,C999,经审查，同意立案调查，按程序办理,open\n"
    documents += ["D30,C0,经审查，同意立案调查，按程序办理,open\n", "D31,C0,不同,open\n"]
    rows = [",".join(cells(number)) + "\n" for number in range(MANY // 100)]
    files = loaded(tmp_path, schema, cases=[HEADER, *rows], documents=documents)
    found = [(row[2], row[6], row[7]) for row in reported(files)]
    assert found == [
        (12, "state_secret", None),
        (22, "orphan", "C999"),
        (MANY + 2, "repeated_row", "32 (D30)"),
        (MANY + 3, "duplicate_key", "33 (D31)"),
    ]
    assert files.count("documents") == MANY - 2


def test_blank_and_broken_rows_keep_their_numbers(tmp_path: Path, schema: Schema) -> None:
    lines = [",".join(cells(number)) + "\n" for number in range(MANY)]
    lines[5], lines[MANY - 3] = "\n", "C1,penalty\n"
    lines[MANY - 2] = ",".join(cells(MANY - 2)).replace("100", "viel") + "\n"
    files = loaded(tmp_path, schema, cases=[HEADER, *lines])
    found = [(row[2], row[4], row[6]) for row in reported(files)]
    assert found == [(MANY - 1, None, "wrong_field_count"), (MANY, "fine_yuan", "not_a_number")]
    assert files.count("cases") == MANY - 2


def test_keys_out_of_order_are_found_twice_only_where_they_stand_twice(
    tmp_path: Path, schema: Schema
) -> None:
    rows = [",".join(cells(n)) + "\n" for n in (9, 10, 100, 11, 10, 8)]
    files = loaded(tmp_path, schema, cases=[HEADER, *rows])
    assert [(row[2], row[6]) for row in reported(files)] == [(6, "repeated_row")]


# -- one column


def words(texts: list[str | None]) -> Any:
    return clean(pa.chunked_array([texts], pa.string()).dictionary_encode())


def by_hand(text: str | None) -> str | None:
    return unicodedata.normalize("NFKC", text).strip() or None if text else None


TEXTS = st.lists(
    st.none()
    | st.text(st.sampled_from("a1 \u3000\u00a0\t中〔〕、。，：２①ﬁ㎡Ⅳ·“é\u0301가豈𠀀"), max_size=4)
)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_texts_are_cleaned_as_unicode_says(
    first: list[str | None], second: list[str | None]
) -> None:
    column = pa.chunked_array([first, second], pa.string())
    expected = [by_hand(text) for text in first + second]
    assert clean(column).to_pylist() == expected
    assert clean(column.slice(1)).to_pylist() == expected[1:]
    assert plain(clean(column.dictionary_encode())).to_pylist() == expected


def test_signs_that_are_not_cleaned_need_none() -> None:
    """Every sign of Unicode that loading passes over stays what it is, before any other."""
    signs = [chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000]
    may_change = pc.match_substring_regex(pa.array(signs), MAY_CHANGE).to_pylist()
    passed = [sign for sign, may in zip(signs, may_change, strict=True) if not may]
    assert {"案", "、", "〔", "“"} <= set(passed)
    assert not {"，", "Ａ", "　", "\u00a0", "é"} & set(passed)
    assert [sign for sign in passed if by_hand(sign) != sign] == []
    whole = "".join(passed)
    assert by_hand(whole) == whole


def test_a_column_without_rows() -> None:
    assert clean(pa.chunked_array([], pa.string())).to_pylist() == []
    assert words([]).to_pylist() == []


def test_words_of_spaces_are_empty_cells() -> None:
    column = words(["a", " ", "a", "　", "a", "a", None])
    assert is_repeated(column)
    assert column.to_pylist() == ["a", None, "a", None, "a", "a", None]
    assert column.null_count == 3
