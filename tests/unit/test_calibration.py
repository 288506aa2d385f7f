"""What docs/calibration.md says was measured with this code, holds, and comes out again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from workbench.calibration import design
from workbench.calibration.controls import controls, measure_controls
from workbench.calibration.draws import draw
from workbench.calibration.report import requirements, settings, write
from workbench.calibration.trials import replicate, try_bureau
from workbench.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "calibration.md"
BUREAUX = {bureau.name: bureau for bureau in design.bureaux()}


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PAGE.with_suffix(".json").read_text("utf-8"))
    return found


def test_the_page_is_made_of_the_published_figures(published: dict[str, Any]) -> None:
    assert write(published) == PAGE.read_text("utf-8")


def test_the_published_settings_are_those_of_the_code(published: dict[str, Any]) -> None:
    assert published["settings"] == settings()
    assert [row["name"] for row in published["bureaux"]] == list(BUREAUX)
    for row in published["bureaux"]:
        least, most = design.replications(BUREAUX[row["name"]])
        assert least <= row["replications"] <= most


def test_the_grid_is_the_one_that_was_asked_for() -> None:
    assert (design.UNITS, design.CHECKS, design.PLANTED, design.BASE_RATE) == (40, 60, 30, 0.1)
    asked = {(ratio, n, rho) for ratio in (1.5, 2, 2.5, 3, 4) for n in (50, 100, 200, 500)
             for rho in (0, 0.003, 0.01, 0.03)}  # fmt: skip
    assert asked <= {(b.ratio, b.n, b.rho) for b in design.surface()}
    assert {(2, 400, 0), (2.5, 200, 0), (3, 200, 0.003), (2.5, 500, 0.003), (4, 200, 0.01)} == set(
        design.WANTED
    )
    assert (design.FOUND, design.MOST_FALSE, design.MOST_NULL) == (0.95, 0.06, 0.065)


def test_every_requirement_holds_in_the_published_figures(published: dict[str, Any]) -> None:
    rows = {row["name"]: row for row in published["bureaux"]}
    for wanted in design.WANTED:
        assert rows[f"surface/{wanted.rho:g}/{wanted.ratio:g}/{wanted.n}"]["power"][0] >= 0.95
    for name, row in rows.items():
        if name.startswith("surface/"):
            assert row["false"][0] <= 0.06, name
        if name.startswith("null/"):
            assert row["replications"] == 1000
            assert row["any"][0] <= 0.065, name
    assert all(row["met"] for row in requirements(published))


@pytest.mark.parametrize(
    "name", ["surface/0/2.5/200", "surface/0.01/4/200", "null/0.003/50", "small/0.33", "few/2/0.01",
             "together/0.01", "unequal/0.01", "unit-effect", "mixed-rates", "one-large/0.01"],
)  # fmt: skip
def test_the_published_replications_come_out_again(name: str, published: dict[str, Any]) -> None:
    (row,) = (row for row in published["bureaux"] if row["name"] == name)
    again = [list(replicate(BUREAUX[name], number)) for number in range(2)]
    assert again == row["first"][:2]


def test_planted_rates_are_exact() -> None:
    """The base rate times the ratio, and around it the spread that is asked for."""
    bureau = BUREAUX["surface/0.03/3/500"]
    drawn = [draw(bureau, np.random.default_rng(seed)) for seed in range(40)]
    planted = np.concatenate([d.failed[d.planted] / 500 for d in drawn])
    others = np.concatenate([d.failed[~d.planted] / 500 for d in drawn])
    assert planted.mean() == pytest.approx(0.3, rel=0.02)
    assert others.mean() == pytest.approx(0.1, rel=0.005)
    expected = 0.3 * 0.7 * (1 + 499 * 0.03) / 500
    assert planted.var() == pytest.approx(expected, rel=0.1)


def test_cases_that_fail_together_do(published: dict[str, Any]) -> None:
    drawn = draw(BUREAUX["together-null/0"], np.random.default_rng(1))
    assert (drawn.failed[:, :30] == drawn.failed[:, :1]).all()
    assert (drawn.failed[:, 30:] != drawn.failed[:, :1]).any()


def test_a_bureau_is_tried_until_its_false_links_are_known_well_enough() -> None:
    found = try_bureau(BUREAUX["surface/0/4/200"], 40, 80)
    assert found["replications"] == 40  # much is found: that says enough
    assert found["power"][0] > 0.99
    assert found["power"][1] <= found["power"][0] <= found["power"][2]
    assert found["false"][2] >= 1 - 0.025 ** (1 / 40) - 1e-4  # no less than the bound for none
    unsure = try_bureau(BUREAUX["wide/0.05"], 10, 20)  # all or nothing: twice as many
    assert unsure["replications"] == 20


@pytest.mark.slow
def test_real_data_light_up_where_units_differ_and_nowhere_else(published: dict[str, Any]) -> None:
    """Offices of the FDA and bureaux of Japan as published; shuffled cases hold nothing."""
    found = measure_controls(shuffles=200)
    assert found == published["controls"]
    assert [control["flags"] for control in found] == [c["flags"] for c in controls()]
    for control in found:
        assert bool(control["flagged"]) == (control["flags"] == "some")
        assert control["shuffled"]["any"][0] <= 0.05
    assert {control["flags"] for control in found} == {"some", "none"}


def test_the_command_says_what_it_needs(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["calibrate", "--to", str(tmp_path / "x.md"), "--controls"])
    assert done.exit_code == 2
    assert "x.json is not there" in done.output
