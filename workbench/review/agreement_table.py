"""A table of ratings (subject, criterion, rater, value) -> how far raters agree, by criterion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.agreement import Ratings, cohen, fleiss, gwet, krippendorff, percent, ratings
from workbench.coefficient import UNDEFINED, Coefficient
from workbench.intraclass import intraclass
from workbench.terms import InputError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

COLUMNS = ("subject", "criterion", "rater", "value")
FIXED_RATERS = 20  # kappa of more would speak of raters who hardly ever rated the same


@dataclass(frozen=True)
class RaterAgreement:
    """One rater: ratings that others can be compared with, the share of pairs that agree, and by
    how much the rater's values lie above those of the others (None: values are words)."""

    rater: str
    ratings: int
    percent: float | None
    difference: float | None


@dataclass(frozen=True)
class CriterionAgreement:
    """One criterion: its coefficients by name, and its raters. `numeric`: values are numbers."""

    criterion: str
    subjects: int
    ratings: int
    numeric: bool
    coefficients: dict[str, Coefficient]
    raters: tuple[RaterAgreement, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def agreement_of(path: Path) -> list[CriterionAgreement]:
    """How far raters agree, criterion by criterion, in the order of their names.

    The file is a CSV with the columns of `COLUMNS`; an empty value is a gap. Raises `InputError`
    where columns are missing or a rater rated a subject twice.
    """
    return [
        _criterion(str(name), part)
        for name, part in _read(path).groupby("criterion", observed=True)
    ]


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    try:
        frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", skipinitialspace=True)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path}: is no table of ratings: {error}") from None
    frame.columns = [str(name).strip() for name in frame.columns]
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        there = ", ".join(frame.columns[:12])
        hint = did_you_mean(missing[0], list(frame.columns))
        told = f"; {hint}" if hint else ""
        raise InputError(f"{path}: no column {', '.join(missing)}; there is: {there}{told}")
    frame = frame[list(COLUMNS)].dropna()
    for name in COLUMNS[:3]:  # texts are compared once, then as numbers
        frame[name] = frame[name].astype("category")
    twice = frame.duplicated(["subject", "criterion", "rater"])
    if twice.any():
        first = frame[twice].iloc[0]
        raise InputError(
            f"{path}: {int(twice.sum())} ratings stand there twice, the first of them of subject "
            f"'{first['subject']}', criterion '{first['criterion']}', rater '{first['rater']}'"
        )
    return frame


def _criterion(name: str, part: pd.DataFrame) -> CriterionAgreement:
    import numpy as np
    import pandas as pd

    numbers = pd.to_numeric(part["value"], errors="coerce")
    numeric = bool(numbers.notna().all())
    values = numbers if numeric else part["value"].astype("category").cat.codes
    subjects, row = np.unique(part["subject"].cat.codes, return_inverse=True)
    raters, column = np.unique(part["rater"].cat.codes, return_inverse=True)
    table = np.full((len(subjects), len(raters)), np.nan)
    table[row, column] = values.to_numpy(dtype=float)
    given = ratings(table)
    names = [str(part["rater"].cat.categories[code]) for code in raters]
    return CriterionAgreement(
        name,
        len(table),
        len(part),
        numeric,
        dict(_coefficients(given, table, numeric)),
        tuple(_rater(table, place, rater, numeric) for place, rater in enumerate(names)),
    )


def _coefficients(
    given: Ratings, table: NDArray[Any], numeric: bool
) -> Iterator[tuple[str, Coefficient]]:
    yield "percent", percent(given)
    yield "fleiss", fleiss(given)
    yield "gwet_ac1", gwet(given)
    yield "alpha_nominal", krippendorff(given)
    fixed = table.shape[1] <= FIXED_RATERS
    yield "kappa", cohen(given) if fixed else UNDEFINED
    if not numeric:  # words have no order
        return
    yield "kappa_linear", cohen(given, "linear") if fixed else UNDEFINED
    yield "kappa_quadratic", cohen(given, "quadratic") if fixed else UNDEFINED
    yield "gwet_ac2", gwet(given, "quadratic")
    yield "alpha_ordinal", krippendorff(given, "ordinal")
    yield "alpha_interval", krippendorff(given, "interval")
    yield "alpha_ratio", krippendorff(given, "ratio")
    single, mean = intraclass(table)
    yield "icc_single", single
    yield "icc_mean", mean


def _rater(table: NDArray[Any], place: int, rater: str, numeric: bool) -> RaterAgreement:
    """One rater against all others on the same subjects."""
    import numpy as np

    mine, others = table[:, [place]], np.delete(table, place, axis=1)
    both = ~np.isnan(mine) & ~np.isnan(others)
    pairs = int(both.sum())
    if not pairs:
        return RaterAgreement(rater, 0, None, None)
    same = float(((mine == others) & both).sum() / pairs)
    above = float(np.where(both, mine - others, 0).sum() / pairs) if numeric else None
    return RaterAgreement(rater, int(both.any(axis=1).sum()), same, above)
