"""A table of ratings (subject, criterion, rater, value) -> how far raters agree, by criterion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.agreement import (
    Ratings,
    alpha_of_points,
    brennan_prediger,
    cohen,
    fleiss,
    gwet,
    krippendorff,
    percent,
    ratings,
)
from workbench.coefficient import Coefficient
from workbench.intraclass import intraclass
from workbench.review.agreement_file import COLUMNS, RatingsFile, read_ratings

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Points with more different values are measured, not counted: no two raters hit the same.
MOST_VALUES = 500


@dataclass(frozen=True)
class Note:
    """What a reader of a criterion must know: a code of `agreement_words.yaml`, how many it is
    about, and one of them as it stands in the file."""

    code: str
    n: int = 0
    example: str = ""


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
    """One criterion: its coefficients by name, and its raters. `numeric`: values are numbers.

    `notes` say why a coefficient is not defined or not there.
    """

    criterion: str
    subjects: int
    ratings: int
    numeric: bool
    coefficients: dict[str, Coefficient]
    raters: tuple[RaterAgreement, ...] = field(default=())
    notes: tuple[Note, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class TableAgreement:
    """The criteria of a table in the order of their names, and what of it could not be used.

    `nameless` rows lack a subject, a criterion or a rater; `repeated` say the same once more.
    """

    criteria: tuple[CriterionAgreement, ...]
    nameless: int
    repeated: int

    def __iter__(self) -> Iterator[CriterionAgreement]:
        return iter(self.criteria)

    def __len__(self) -> int:
        return len(self.criteria)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def agreement_of(path: Path) -> TableAgreement:
    """How far raters agree, criterion by criterion.

    The file is a CSV with the columns of `agreement_file.COLUMNS`; an empty value is a gap.
    Raises `InputError` if the file cannot be used, or a rater rated a criterion of a subject twice
    and differently.

    >>> agreement_of(Path("ratings.csv")).criteria[0].coefficients["alpha_ordinal"]  # doctest: +SKIP
    Coefficient(value=0.815, low=0.62, high=1.0, subjects=11, error=0.098)
    """  # noqa: E501
    found: RatingsFile = read_ratings(path)
    return TableAgreement(_criteria(found.ratings), found.nameless, found.repeated)


def agreement_of_ratings(rows: Sequence[tuple[str, str, str, float]]) -> TableAgreement:
    """The same of ratings at hand: subject, criterion, rater, value; each rater once a subject.

    >>> len(agreement_of_ratings([("c1", "law", "ann", 8.0), ("c1", "law", "ben", 10.0)]))
    1
    """
    import pandas as pd

    if not rows:
        return TableAgreement((), 0, 0)
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS))
    return TableAgreement(_criteria(frame.astype(str).astype("category")), 0, 0)


def _criteria(ratings: pd.DataFrame) -> tuple[CriterionAgreement, ...]:
    groups = ratings.groupby("criterion", observed=True)
    parts = sorted(((str(name), part) for name, part in groups), key=lambda one: one[0])
    return tuple(_criterion(name, part) for name, part in parts)


def _criterion(name: str, part: pd.DataFrame) -> CriterionAgreement:
    import numpy as np

    values, words = _values(part["value"])
    numeric = not words.any()
    subjects, row = np.unique(part["subject"].cat.codes, return_inverse=True)
    raters, column = np.unique(part["rater"].cat.codes, return_inverse=True)
    table = np.full((len(subjects), len(raters)), np.nan)
    table[row, column] = values
    names = [str(part["rater"].cat.categories[code]) for code in raters]
    many = len(np.unique(values)) > MOST_VALUES
    notes = [*_notes(table, numeric, many)]
    if not numeric:
        notes.append(_of_words(part["value"], words))
    return CriterionAgreement(
        name,
        len(table),
        len(part),
        numeric,
        dict(_coefficients(table, numeric, many)),
        tuple(_rater(table, place, rater, numeric) for place, rater in enumerate(names)),
        tuple(notes),
    )


def _values(given: pd.Series[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Values as numbers, and which of them are words. One word makes all of them words."""
    import numpy as np
    import pandas as pd

    kinds, place = np.unique(given.cat.codes, return_inverse=True)
    texts = given.cat.categories[kinds]
    numbers = pd.to_numeric(pd.Series(texts.astype(str)), errors="coerce").to_numpy(dtype=float)
    words = ~np.isfinite(numbers)
    if words.any():
        numbers = np.arange(len(texts), dtype=float)
    return numbers[place], words[place]


def _of_words(given: pd.Series[Any], words: NDArray[Any]) -> Note:
    count = int(words.sum())
    if count == len(given):
        return Note("words")
    return Note("mixed", count, str(given[words].iloc[0]))


def _notes(table: NDArray[Any], numeric: bool, many: bool) -> Iterator[Note]:
    """Why there are coefficients that cannot be told."""
    import numpy as np

    there = ~np.isnan(table)
    given = table[there]
    paired = int((there.sum(axis=1) > 1).sum())
    if table.shape[1] < 2:
        yield Note("one_rater")
    elif not paired:
        yield Note("no_pair")
    elif (given == given[0]).all():
        yield Note("one_value", len(given))
    elif numeric:
        whole = int(there.all(axis=1).sum())
        if whole < paired:
            yield Note("not_crossed", whole)
        if many:
            yield Note("many_values", len(np.unique(given)))
        elif (given < 0).any():
            yield Note("negative", int((given < 0).sum()))


def _coefficients(
    table: NDArray[Any], numeric: bool, many: bool
) -> Iterator[tuple[str, Coefficient]]:
    if not many:
        yield from _of_categories(ratings(table), numeric)
    if not numeric:  # words have no order
        return
    yield "alpha_interval", alpha_of_points(table)
    single, mean = intraclass(table)
    yield "icc_single", single
    yield "icc_mean", mean


def _of_categories(given: Ratings, numeric: bool) -> Iterator[tuple[str, Coefficient]]:
    yield "percent", percent(given)
    yield "kappa", cohen(given)
    yield "fleiss", fleiss(given)
    yield "gwet_ac1", gwet(given)
    yield "brennan_prediger", brennan_prediger(given)
    yield "alpha_nominal", krippendorff(given)
    if not numeric:
        return
    yield "kappa_linear", cohen(given, "linear")
    yield "kappa_quadratic", cohen(given, "quadratic")
    yield "gwet_ac2", gwet(given, "quadratic")
    yield "alpha_ordinal", krippendorff(given, "ordinal")
    yield "alpha_ratio", krippendorff(given, "ratio")


def _rater(table: NDArray[Any], place: int, rater: str, numeric: bool) -> RaterAgreement:
    """One rater against all others on the same subjects."""
    import numpy as np

    mine = table[:, place]
    own = ~np.isnan(mine)
    mine, others = mine[own, None], np.delete(table[own], place, axis=1)
    both = ~np.isnan(others)
    pairs = int(both.sum())
    if not pairs:
        return RaterAgreement(rater, 0, None, None)
    same = float(((mine == others) & both).sum() / pairs)
    above = float(np.where(both, mine - others, 0).sum() / pairs) if numeric else None
    return RaterAgreement(rater, int(both.any(axis=1).sum()), same, above)
