"""Dated values that are days or plain numbers: what their units take, and what they become."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from workbench.parameters import Parameter, apply_profile, parse_parameters
from workbench.sources import Source, read_source

ENTRY = (
    "parameters:\n  first: {{unit: {unit}, local: true, values: "
    "[{{value: {value}, clause: x, confidence: H}}]}}\n"
)


def source(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "parameters.yaml"
    path.write_text(text, "utf-8")
    found, faults = read_source(path, "parameters.yaml")
    assert not faults
    return found


def parsed(tmp_path: Path, unit: str, value: str) -> tuple[dict[str, Parameter], list[str]]:
    text = ENTRY.format(unit=unit, value=value)
    parameters, faults = parse_parameters(source(tmp_path, text))
    return parameters, [fault.message for fault in faults]


def test_a_day_is_a_day_in_sql(tmp_path: Path) -> None:
    parameters, faults = parsed(tmp_path, "date", "2004-01-01")
    assert not faults
    assert parameters["first"].on(dt.date(2026, 6, 30)) == dt.date(2004, 1, 1)
    assert "THEN DATE '2004-01-01'" in parameters["first"].sql("s.period_on", "s")


@pytest.mark.parametrize(
    "value", ["2004-01", "2004", "'2004-01-01'", "2004-01-01 10:00:00", "true"]
)
def test_what_is_no_day_is_a_fault(tmp_path: Path, value: str) -> None:
    faults = parsed(tmp_path, "date", value)[1]
    assert any("does not fit unit 'date'" in fault for fault in faults)


@pytest.mark.parametrize("unit", ["wd", "yuan", "ratio", "code", "month_day"])
def test_a_day_fits_no_other_unit(tmp_path: Path, unit: str) -> None:
    faults = parsed(tmp_path, unit, "2004-01-01")[1]
    assert any(f"does not fit unit '{unit}'" in fault for fault in faults)


def test_a_ratio_need_not_be_whole(tmp_path: Path) -> None:
    parameters, faults = parsed(tmp_path, "ratio", "0.6745")
    assert not faults
    assert parameters["first"].on(dt.date(2026, 6, 30)) == 0.6745


def test_a_profile_gives_another_day(tmp_path: Path) -> None:
    parameters, _ = parsed(tmp_path, "date", "2004-01-01")
    profile = source(tmp_path, "parameters:\n  first: 2010-01-01\n")
    changed, overridden, faults = apply_profile(parameters, profile)
    assert not faults
    assert changed["first"].on(dt.date(2026, 6, 30)) == dt.date(2010, 1, 1)
    assert overridden == {"first": [dt.date(2010, 1, 1)]}
