"""The file of a table of ratings: read whole, or told in a sentence why not."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.terms import InputError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

COLUMNS = ("subject", "criterion", "rater", "value")
# How tables of ratings write that there is none.
GAPS = frozenset({"", ".", "na", "n/a", "nan", "null"})
_LISTED = 12


@dataclass(frozen=True)
class RatingsFile:
    """`ratings` has the columns of `COLUMNS` as categories, a row a rating, gaps left out;
    `nameless` rows lacked a subject, a criterion or a rater, `repeated` said the same again."""

    ratings: pd.DataFrame
    nameless: int
    repeated: int


def read_ratings(path: Path) -> RatingsFile:
    """Read a CSV of ratings, in UTF-8 or as older Chinese systems write it.

    Texts are compared without the spaces around them, and full-width characters as plain ones.
    Raises `InputError` where the file is no such table, holds no rating, or has a rating twice
    with two values.
    """
    import numpy as np

    frame = _columns(path, _table(path))
    nameless = np.zeros(len(frame), dtype=bool)
    for name in COLUMNS:
        frame[name] = _plain(frame[name])
        if name != "value":
            nameless |= (frame[name] == "").to_numpy()
    gaps = [text for text in frame["value"].cat.categories if text.lower() in GAPS]
    rated = ~nameless & ~frame["value"].isin(gaps).to_numpy()
    kept = frame[rated]
    if kept.empty:
        raise InputError(f"{path}: holds no rating: every row lacks its value, subject, criterion "
                         "or rater")  # fmt: skip
    again = kept.duplicated(list(COLUMNS)).to_numpy()
    kept = kept[~again]
    _refuse_two_values(path, kept)
    return RatingsFile(kept, int(nameless.sum()), int(again.sum()))


def _table(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv as csv

    from workbench.loading.encoding import scan_file

    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a CSV file of ratings")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    scan = scan_file(path)
    if scan.damaged or scan.encoding == "binary":
        raise InputError(f"{path}: is no text; save the table of ratings as CSV in UTF-8")
    texts = pa.dictionary(pa.int32(), pa.string())  # each different text is kept once
    try:
        with path.open("rb") as file:
            reader = csv.open_csv(
                file, read_options=csv.ReadOptions(encoding=scan.encoding),
                parse_options=csv.ParseOptions(newlines_in_values=True),
            )  # fmt: skip
            names = reader.schema.names
        return csv.read_csv(
            path,
            read_options=csv.ReadOptions(encoding=scan.encoding),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, texts), strings_can_be_null=False
            ),
        )
    except pa.ArrowException as error:
        raise InputError(f"{path}: is no table of ratings: {error}") from None


def _columns(path: Path, table: pa.Table) -> pd.DataFrame:
    """The four columns, whatever stands beside them."""
    names = [str(name).strip().lower() for name in table.column_names]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        there = ", ".join(names[:_LISTED])
        hint = did_you_mean(missing[0], names)
        told = f"; {hint}" if hint else ""
        raise InputError(f"{path}: no column {', '.join(missing)}; there is: {there}{told}")
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise InputError(f"{path}: column {twice[0]} is there {names.count(twice[0])} times")
    frame: pd.DataFrame = table.rename_columns(names).select(list(COLUMNS)).to_pandas()
    return frame


def _plain(column: pd.Series[Any]) -> pd.Series[Any]:
    """Texts in one spelling; each different text is looked at once."""
    known = [str(text) for text in column.cat.categories]
    plain = [unicodedata.normalize("NFKC", text).strip() for text in known]
    if plain == known:
        return column
    if len(set(plain)) == len(plain):
        return column.cat.rename_categories(plain)
    return column.map(dict(zip(column.cat.categories, plain, strict=True))).astype("category")


def _refuse_two_values(path: Path, kept: pd.DataFrame) -> None:
    """One rater, one subject, one criterion: one value. Rows are told, not who stands in them."""
    twice = kept.duplicated(list(COLUMNS[:3]))
    if not twice.any():
        return
    second = kept[twice].iloc[0]
    same = (kept[list(COLUMNS[:3])] == second[list(COLUMNS[:3])]).all(axis=1)
    first, other = (int(row) + 1 for row in kept.index[same][:2])
    raise InputError(
        f"{path}: {int(twice.sum())} ratings stand there twice with two values, the first of them "
        f"in rows {first} and {other} below the header: a rater gives a criterion of a subject one "
        "value; leave the right one"
    )
