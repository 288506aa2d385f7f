"""Agreement of reviewers: the figures of the literature, and what any coefficient must keep."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from workbench.agreement import cohen, fleiss, gwet, krippendorff, percent, ratings
from workbench.cli import main
from workbench.coefficient import Coefficient
from workbench.intraclass import intraclass
from workbench.review.agreement_table import agreement_of

_ = np.nan
# Krippendorff's example of four raters and twelve units, with gaps.
STANDARD = np.array([[1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
                     [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _]]).T  # fmt: skip  # noqa: E501
# Shrout & Fleiss 1979, table 2: six targets, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


ALPHAS = [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]


@pytest.mark.parametrize(("scale", "value"), ALPHAS)
def test_krippendorffs_own_example(scale: str, value: float) -> None:
    assert krippendorff(ratings(STANDARD), scale).value == pytest.approx(value, abs=5e-4)  # type: ignore[arg-type]


def test_gwets_coefficients_of_the_same_example() -> None:
    assert gwet(ratings(STANDARD)).value == pytest.approx(0.77544, abs=5e-6)
    assert fleiss(ratings(STANDARD)).value == pytest.approx(0.76117, abs=5e-6)


def test_cohens_kappa_and_its_standard_error() -> None:
    """The variance of Fleiss, Cohen and Everitt 1969, written out for two readers."""
    cells = np.array([[20, 5], [10, 15]]) / 50
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    chance, kappa = float(rows @ columns), 0.4
    same = sum(cells[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(2))
    off = sum(cells[i, 1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in range(2))
    variance = same + (1 - kappa) ** 2 * off - (kappa - chance * (1 - kappa)) ** 2
    error = (variance / 50) ** 0.5 / (1 - chance)
    table = [[1, 1]] * 20 + [[1, 2]] * 5 + [[2, 1]] * 10 + [[2, 2]] * 15
    found = cohen(ratings(table))
    assert found.value == pytest.approx(kappa)
    assert (found.high - found.value) / 1.96 == pytest.approx(error, rel=0.02)  # type: ignore[operator]
    assert percent(ratings(table)).value == pytest.approx(0.7)


def test_many_points_are_as_exact_as_few() -> None:
    """Whole scores have many values: the alpha of few values must not change with the way."""
    random = np.random.default_rng(3)
    truth = random.integers(0, 90, 2_000)
    table = np.column_stack([truth + random.integers(0, 8, 2_000) for _rater in range(2)])
    several = krippendorff(ratings(table), "interval")
    both = table.astype(float).ravel()
    expected = 1 - float(((table[:, 0] - table[:, 1]) ** 2).mean()) / (2 * both.var(ddof=1))
    assert several.value == pytest.approx(expected, abs=1e-9)
    assert krippendorff(ratings(table), "ordinal").value == pytest.approx(expected, abs=0.05)


def test_intraclass_correlations_of_shrout_and_fleiss() -> None:
    single, mean = intraclass(JUDGES)
    assert (single.value, mean.value) == (
        pytest.approx(0.29, abs=5e-3),
        pytest.approx(0.62, abs=5e-3),
    )
    assert (single.low, single.high) == (
        pytest.approx(0.019, abs=5e-4),
        pytest.approx(0.761, abs=5e-4),
    )


TABLES = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 3.0, _]), min_size=raters, max_size=raters),
        min_size=2, max_size=12,
    )
)  # fmt: skip


@given(TABLES)
def test_the_order_of_subjects_and_raters_says_nothing(table: list[list[float]]) -> None:
    turned = np.array(table)[::-1, ::-1]
    for measure in (percent, cohen, fleiss, gwet, krippendorff):
        one, other = measure(ratings(table)), measure(ratings(turned))
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert one.value == pytest.approx(other.value, abs=1e-9)
            assert one.value <= 1 + 1e-9
            if one.low is not None:
                assert one.low - 1e-9 <= one.value <= one.high + 1e-9  # type: ignore[operator]


@given(st.lists(st.integers(1, 5), min_size=2, max_size=20))
def test_full_agreement_is_one_or_not_defined(values: list[int]) -> None:
    table = ratings([[value, value] for value in values])
    for measure in (cohen, fleiss, gwet, krippendorff):
        found = measure(table)
        assert found.value is None if len(set(values)) == 1 else found.value == pytest.approx(1)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Two raters who agree by a known chance: 95 of 100 intervals of AC1 hold its true value."""
    random = np.random.default_rng(7)
    held = 0
    for _try in range(300):
        truth = random.integers(0, 2, 200)
        rated = [np.where(random.random(200) < 0.9, truth, 1 - truth) for _rater in range(2)]
        found = gwet(ratings(np.column_stack(rated)))
        held += found.low <= 2 * 0.82 - 1 <= found.high  # type: ignore[operator]
    assert 0.91 <= held / 300 <= 0.985


def _table(path: Path, rows: list[tuple[str, str, str, str]]) -> Path:
    lines = ["subject,criterion,rater,value", *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_table_of_ratings_criterion_by_criterion(tmp_path: Path) -> None:
    rows = [(f"c{n}", "送达", rater, str(value)) for n, row in enumerate(JUDGES)
            for rater, value in zip("甲乙丙丁", row, strict=True)]  # fmt: skip
    rows += [("c1", "结论", "甲", "合格"), ("c1", "结论", "乙", "不合格"),
             ("c2", "结论", "甲", "合格"), ("c2", "结论", "乙", "合格"),
             ("c3", "结论", "乙", "")]  # fmt: skip
    path = _table(tmp_path / "ratings.csv", rows)
    words, numbers = agreement_of(path)
    assert (words.criterion, words.numeric, words.subjects, words.ratings) == ("结论", False, 2, 4)
    assert words.coefficients["percent"].value == 0.5
    assert "icc_single" not in words.coefficients
    assert numbers.coefficients["icc_mean"].value == pytest.approx(0.62, abs=5e-3)
    mild = {one.rater: one.difference for one in numbers.raters}
    assert mild["甲"] == pytest.approx(np.mean([a - b for a, *rest in JUDGES for b in rest]))
    done = CliRunner().invoke(main, ["review", "agreement", str(path), "--json"])
    assert json.loads(done.output)["criteria"][0]["coefficients"]["percent"]["value"] == 0.5
    shown = CliRunner().invoke(main, ["review", "agreement", str(path), "--lang", "en"]).output
    assert "rater 甲: 6 subjects" in shown
    assert "above the others" in shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("subject,criterion,rater,points\n1,a,x,2\n", "no column value; there is: subject"),
        ("subject,criterion,rater,value\n1,a,x,2\n1,a,x,3\n", "1 ratings stand there twice"),
        ("", "is no table of ratings"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(text, "utf-8")
    done = CliRunner().invoke(main, ["review", "agreement", str(path)])
    assert done.exit_code == 1
    assert told in done.output


def test_nothing_to_compare_is_not_defined(tmp_path: Path) -> None:
    path = _table(tmp_path / "r.csv", [("1", "a", "x", "2"), ("2", "a", "y", "3")])
    (one,) = agreement_of(path)
    assert one.coefficients["gwet_ac1"] == Coefficient(None, None, None, 0)
    assert "无法计算" in CliRunner().invoke(main, ["review", "agreement", str(path)]).output
