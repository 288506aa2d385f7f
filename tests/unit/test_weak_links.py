"""Weak links: found where they are, not where they are not, said in words that hold."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from tests.unit.weak_link_world import CHECKS, MONTHS, UNITS, World, one, pack
from workbench.pack.signal_rules import SignalRules
from workbench.terms import UsageError
from workbench.weak_links import Earlier, find_weak_links
from workbench.weak_links.columns import COLUMNS
from workbench.weak_links.earlier import read_earlier
from workbench.weak_links.two_way import find_two_way

LATE, STAGES, COVERED, TALKS = CHECKS


def flagged(frame: pd.DataFrame, family: str = "unit") -> set[tuple[str, str]]:
    its = frame[(frame.family == family) & frame.flagged]
    return set(zip(its.check_id, its.unit_id, strict=True))


def test_an_even_bureau_has_no_weak_link_and_says_what_could_be_found() -> None:
    links, said = World().found()
    assert set(links.family) == {"unit"}
    assert not links.flagged.any()
    assert said["families"]["unit"] == {"tested": 80, "flagged": 0, "too_few": 0}
    cell = one(links, LATE, "U03")
    assert (cell.n, cell.failed, cell.rate) == (180, 18, 0.1)
    assert cell.low < cell.wilson_low < 0.1 < cell.wilson_high < cell.high
    assert 0.15 < cell.detectable < 0.35
    assert "未超出偶然波动" in cell.sentence_zh
    assert f"{cell.detectable:.1%}" in cell.sentence_en
    assert pd.isna(cell.action_zh)


def test_a_planted_link_is_found_and_said_with_its_numbers() -> None:
    links = World().set(LATE, "U07", 4).links()
    assert flagged(links) == {(LATE, "U07")}
    cell = one(links, LATE, "U07")
    assert (cell.signal_n, cell.signal_failed) == (180, 72)
    assert cell.against == pytest.approx(342 / 3420)  # the other 19 units
    assert cell.expected == pytest.approx(cell.against * 180)
    assert cell.excess == pytest.approx(72 - 18, abs=2)
    assert cell.priority == pytest.approx(cell.excess * cell.severity)
    assert cell.q < 1e-6
    assert cell.state == "lasting"
    for text, words in (
        (cell.sentence_zh, ("第07大队", "180 件中 72 件不符合", "40.0%", "其他单位为 10.0%", "持续",
                            pack().text(LATE, "title", "zh"))),
        (cell.sentence_en, ("72 of 180 failed", "40.0%", "10.0% in the other units", "lasting",
                            pack().text(LATE, "title", "en"))),
    ):  # fmt: skip
        assert [word for word in words if word not in text] == []
    assert len(cell.cases.split(";")) == 5
    assert all(case.startswith(LATE + "U07") for case in cell.cases.split(";"))
    assert pack().checks[LATE].clause in cell.action_zh
    assert cell.cases.split(";")[0] in cell.action_en


def test_the_what_if_is_the_coverage_with_the_excess_passed() -> None:
    links = World().set(LATE, "U07", 4).links()
    cell = one(links, LATE, "U07")
    # The system of disclosure has one check here: 3600 decided, 342 + 72 failed.
    assert cell.coverage == pytest.approx(1 - 414 / 3600)
    assert cell.coverage_without == pytest.approx(1 - (342 + cell.expected) / 3600)
    assert f"{cell.coverage:.2%}" in cell.action_zh
    assert f"{cell.coverage_without:.2%}" in cell.action_en


def test_no_word_is_missing_and_no_place_left_unfilled() -> None:
    world = World(kinds=("penalty", "permit")).set(LATE, "U07", 4)
    world.set(STAGES, "U02", 9, kinds=["permit"])
    world.set(TALKS, "U05", 0, n=1, months=MONTHS[:3], kinds=["penalty"])
    links = world.links(Earlier("before", {("cases", COVERED, "U01"): 0.6}))
    texts = links[["sentence_zh", "sentence_en", "action_zh", "action_en"]].to_numpy().ravel()
    for text in (t for t in texts if not pd.isna(t)):
        assert not re.search(r"[{}]|None|nan|  ", text), text
    assert not links.sentence_zh.isna().any()
    assert not links.loc[links.flagged, "action_en"].isna().any()


def test_too_few_are_said_to_be_and_have_no_place_in_the_ranking() -> None:
    world = World().set(LATE, "U07", 1, n=1, months=MONTHS[:4])
    for month in MONTHS[4:]:
        world.cells[LATE, "U07", "penalty", month] = (0, 0, 0)
    cell = one(world.links(), LATE, "U07")
    assert (cell.n, cell.state) == (4, "too_few")
    assert pd.isna(cell.p)
    assert pd.isna(cell.priority)
    assert not cell.flagged
    assert "数量太少" in cell.sentence_zh


def test_months_with_open_clocks_stay_out_of_signals_but_not_out_of_counts() -> None:
    world = World().set(LATE, "U07", 10, months=MONTHS[-2:], waiting=1)
    links = world.links()
    cell = one(links, LATE, "U07")
    assert (cell.n, cell.failed) == (180, 36)
    assert (cell.signal_n, cell.signal_failed) == (160, 16)
    assert not cell.flagged
    assert "20 件所在月份仍有期限未届满" in cell.sentence_zh
    world = World().set(LATE, "U07", 10, months=MONTHS[-2:])
    assert flagged(world.links()) == {(LATE, "U07")}


def test_what_belongs_to_no_unit_is_no_units_weak_link() -> None:
    links = World().set(LATE, None, 10).links()
    assert not links.flagged.any()
    assert not links[links.family == "unit"].unit_id.isna().any()


def test_a_unit_weak_in_one_kind_alone_is_told_by_that_kind() -> None:
    world = World(kinds=("penalty", "permit")).set(STAGES, "U02", 6, kinds=["permit"])
    links = world.links()
    its = links[links.family == "unit_kind"]
    assert list(zip(its.check_id, its.unit_id, its.kind, strict=True)) == [
        (STAGES, "U02", "permit")
    ]
    assert "行政许可" in its.iloc[0].sentence_zh
    assert its.iloc[0].cases.count(";") == 4


def test_a_unit_weak_in_all_kinds_and_a_kind_hard_for_all_have_no_two_way_link() -> None:
    kinds = ("penalty", "permit", "levy")
    world = World(kinds=kinds).set(STAGES, "U02", 5)
    for unit in UNITS:
        world.set(COVERED, unit, 4, kinds=["levy"])
    links = world.links()
    assert flagged(links) == {(STAGES, "U02")}
    assert set(links.family) == {"unit"}


@pytest.mark.parametrize("kinds", [2, 4])
def test_where_units_and_kinds_differ_strongly_but_nothing_comes_together_hardly_any_is_told(
    kinds: int,
) -> None:
    """Units and kinds add up in log odds, a standard deviation of 0.7 each; cells of all sizes. Of
    20 bureaux one may report anything (by an odds ratio over all kinds together, or with a
    symmetric uncertainty, more than half of them do)."""
    random, told = np.random.default_rng(20260630), 0
    for _ in range(20):
        by_unit = random.normal(0, 0.7, (20, 40, 1))
        by_kind = random.normal(0, 0.7, (20, 1, kinds))
        rate = 1 / (1 + np.exp(2.2 - by_unit - by_kind))
        n = random.negative_binomial(2, 2 / 102, rate.shape)
        told += bool((find_two_way(random.binomial(n, rate), n, 0.0, 5).q <= 0.05).any())
    assert told <= 2


def test_a_bad_month_of_all_units_is_told_by_the_month() -> None:
    world = World()
    for unit in UNITS:
        world.set(LATE, unit, 4, months=["2026-02"])
    links = world.links()
    its = links[links.family == "step_month"]
    assert list(zip(its.check_id, its.period, strict=True)) == [(LATE, "2026-02")]
    assert "2026-02" in its.iloc[0].sentence_en


def test_a_rising_rate_is_an_early_warning_and_no_weak_link() -> None:
    world = World(n=20, failed=3)
    for at, month in enumerate(MONTHS):
        world.cells[LATE, "U09", "penalty", month] = (round(at / 3), 20, 0)
    links = world.links()
    assert not links[links.family == "unit"].flagged.any()
    cell = one(links, LATE, "U09", "trend")
    assert cell.state == "worsening"
    assert "预警" in cell.sentence_zh


def test_trends_are_asked_where_nothing_is_flagged_and_said_to_be_rises() -> None:
    """What is flagged already would be left out afterwards: the share of false ones would rise."""
    world = World(n=20, failed=3)
    for at, month in enumerate(MONTHS):
        world.cells[LATE, "U09", "penalty", month] = (round(at / 3), 20, int(at == 17))
        world.cells[STAGES, "U08", "penalty", month] = (at, 20, 0)
    links, said = world.found()
    assert flagged(links) == {(STAGES, "U08")}
    assert said["families"]["trend"] == {"tested": 79, "flagged": 1}
    assert flagged(links, "trend") == {(LATE, "U09")}
    cell = one(links, LATE, "U09", "trend")
    assert (cell.n, cell.signal_n) == (360, 340)  # the last month is open
    assert "这样明显的上升" in cell.sentence_zh
    assert "a rise as clear" in cell.sentence_en


def test_cases_without_a_day_count_but_say_nothing_of_time() -> None:
    world = World().set(LATE, "U07", 0, n=0).set(LATE, "U07", 90, n=180, months=[None])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cell = one(world.links(), LATE, "U07")
    assert (cell.signal_n, cell.signal_failed, cell.flagged) == (180, 90, True)
    assert cell.state == "lasting"
    assert pd.isna(cell.since)


def test_states_within_one_run() -> None:
    new = one(World().set(LATE, "U07", 8, months=MONTHS[-4:]).links(), LATE, "U07")
    assert (new.state, new.since) == ("new", MONTHS[-4])
    assert MONTHS[-4] in new.sentence_zh
    worse = World().set(LATE, "U07", 4).set(LATE, "U07", 9, months=MONTHS[-4:])
    assert one(worse.links(), LATE, "U07").state == "worsening"
    better = World().set(LATE, "U07", 7).set(LATE, "U07", 1, months=MONTHS[-5:])
    assert one(better.links(), LATE, "U07").state == "improving"


@pytest.mark.parametrize(
    ("failed", "before", "state"),
    [
        (4, None, "new"),
        (4, 0.4, "lasting"),
        (1, 0.4, "resolved"),
        (2, 0.4, "improving"),
        (6, 0.4, "worsening"),
        (4, 0.6, "improving"),
    ],
)
def test_states_against_an_earlier_run(failed: int, before: float | None, state: str) -> None:
    rates = {} if before is None else {("cases", LATE, "U07"): before}
    world = World().set(LATE, "U07", failed)
    if failed == 2:  # suspicious, but not enough to be flagged
        world.set(LATE, "U07", 1).set(LATE, "U07", 2, months=MONTHS[:9])
    links, said = world.found(Earlier("hrss-2025-12-31-aaaa", rates))
    cell = one(links, LATE, "U07")
    assert cell.state == state
    assert said["earlier"] == "hrss-2025-12-31-aaaa"
    if not cell.flagged:
        assert "40.0%" in cell.sentence_en


def test_what_the_earlier_run_could_not_compare_is_judged_by_its_own_months() -> None:
    """The check was untested then, the unit too small or not there: found now is not begun now."""
    world, key = World().set(LATE, "U07", 4), ("cases", LATE, "U07")
    assert one(world.links(Earlier("r", {}, frozenset())), LATE, "U07").state == "lasting"
    assert one(world.links(Earlier("r", {}, frozenset({key}))), LATE, "U07").state == "new"


def test_a_handful_of_cases_resolves_nothing() -> None:
    """None of 6 failed: at the 30 % of before that would happen once in nine times."""
    world = World().set(LATE, "U07", 0, n=0).set(LATE, "U07", 0, n=1, months=MONTHS[:6])
    earlier = Earlier("r", {("cases", LATE, "U07"): 0.3})
    cell = one(world.links(earlier), LATE, "U07")
    assert cell.state == "improving"
    assert "尚不能认为已消除" in cell.sentence_zh
    world.set(LATE, "U07", 0, n=2, months=MONTHS[:6])  # none of 12: once in seventy
    assert one(world.links(earlier), LATE, "U07").state == "resolved"


def test_an_earlier_run_gives_its_links_and_what_it_compared_and_is_none_of_a_later_day() -> None:
    world = World().set(LATE, "U07", 4).set(STAGES, "U05", 0, n=0)
    world.set(STAGES, "U05", 1, n=1, months=MONTHS[:3])
    engine, manifest = world.engine(), {"pack": {"id": "hrss"}, "as_of": "2026-03-31"}
    find_weak_links(engine, pack(), {})
    earlier = read_earlier(engine, manifest, "march", "hrss", date(2026, 6, 30))
    assert earlier.rates == {("cases", LATE, "U07"): pytest.approx(0.4)}
    assert earlier.compared(("cases", STAGES, "U06"))
    assert not earlier.compared(("cases", STAGES, "U05"))
    with pytest.raises(UsageError, match="later than 2026-03-30"):
        read_earlier(engine, manifest, "march", "hrss", date(2026, 3, 30))
    with pytest.raises(UsageError, match="pack 'hrss', not of 'other'"):
        read_earlier(engine, manifest, "march", "other", date(2026, 6, 30))


def test_what_could_be_found_depends_little_on_a_strong_link_elsewhere() -> None:
    """A strong link has a tiny p-value; it does not take one as tiny to be flagged beside it."""
    world = World().set(LATE, "U07", 9)
    rate = one(world.links(), LATE, "U03").detectable
    assert rate < 0.3
    for month, failed in zip(MONTHS, (3,) * 12 + (4,) * 6, strict=True):  # 60 of 180: above it
        world.cells[LATE, "U03", "penalty", month] = (failed, 10, 0)
    assert one(world.links(), LATE, "U03").flagged


def test_a_bureau_of_one_unit_has_nobody_to_compare_with_and_is_not_called_small() -> None:
    world = World()
    for check, month in product(CHECKS, MONTHS):
        for unit in UNITS[1:]:
            world.cells[check, unit, "penalty", month] = (0, 0, 0)
    links, said = world.found()
    cell = one(links, LATE, "U01")
    assert (len(links), cell.n) == (4, 180)
    assert pd.isna(cell.state)
    assert pd.isna(cell.priority)
    assert "没有其他单位可比" in cell.sentence_zh
    assert "no other unit" in cell.sentence_en
    assert said["families"]["unit"] == {"tested": 0, "flagged": 0, "too_few": 0}


def test_a_target_takes_the_place_of_the_others() -> None:
    even = World(failed=2)
    assert not even.links().flagged.any()
    rules = SignalRules(targets={LATE: 0.05})
    links = even.links(its=replace(pack(), signals=rules))
    assert flagged(links) == {(LATE, unit) for unit in UNITS}
    cell = one(links, LATE, "U01")
    assert cell.against == 0.05
    assert "目标为不超过 5.0%" in cell.sentence_zh


def test_graver_checks_come_first_at_equal_excess() -> None:
    links = World().set(LATE, "U07", 4).set(TALKS, "U08", 4).links()
    ranked = links[links.flagged].sort_values("priority", ascending=False)
    grades = [pack().checks[c].effective_grade.value for c in ranked.check_id]
    weights = [pack().signals.severity[grade] for grade in grades]
    assert weights == sorted(weights, reverse=True)


def test_the_order_of_the_rows_changes_nothing() -> None:
    world = World().set(LATE, "U07", 4).set(STAGES, "U02", 5)
    first, again = world.links(), world.links(shuffled=5)
    order = [*COLUMNS]
    pd.testing.assert_frame_equal(
        first[order].sort_values(order[:6], ignore_index=True),
        again[order].sort_values(order[:6], ignore_index=True), check_exact=True,
    )  # fmt: skip


def test_nobody_decided_anything() -> None:
    world = World(n=0, failed=0)
    links, said = world.found()
    assert links.empty
    assert list(links.columns) == list(COLUMNS)
    assert said["families"]["unit"]["tested"] == 0
    assert np.isfinite(said["run_length"])
