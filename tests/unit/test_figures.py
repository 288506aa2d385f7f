"""Figures of a run: their numbers are the run's, their tables the figure's; all can see them."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from itertools import combinations, pairwise
from math import asin, sin, sqrt
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa
import pytest

from tests.unit import figuring as f
from workbench.figures import funnel_line, process_layout, shared
from workbench.figures.cells import Cell, cutoff
from workbench.figures.drawn import FIGURES, PLOTLY, Drawn, draw
from workbench.figures.funnel import Unit, _hover, _names, funnel_data
from workbench.figures.heat import SHADES
from workbench.figures.words import BOOK
from workbench.reports.results import Results
from workbench.signals.tails import upper_tail
from workbench.sources import read_words
from workbench.terms import UsageError

# Montgomery's frozen orange juice cans: thirty samples of fifty.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9,
        12, 7, 13, 9, 6]  # fmt: skip
ASKED: dict[str, dict[str, Any]] = {
    "funnel": {"check": "late"}, "heat": {}, "control": {"check": "late", "unit": "u09"},
    "trend": {"check": "late"}, "stages": {}, "process": {}, "pareto": {},
}  # fmt: skip


def months() -> list[tuple[str, str, str, int, int, int]]:
    """The cans as months of one unit; the limits of two more still run."""
    rows = [("late", "u09", f"{2024 + at // 12}-{at % 12 + 1:02d}", 50 - bad, bad, 0)
            for at, bad in enumerate(CANS)]  # fmt: skip
    return [*rows, ("late", "u09", "2026-07", 10, 30, 4), ("late", "u09", "2026-08", 0, 0, 9)]


def relations() -> dict[str, pa.Table]:
    return {
        "weak_links": f.weak_links(f.bureau()), "tallies": f.tallies(months()),
        "stage_times": f.stage_times(), "flows": f.flows(),
        "order_violations": f.order_violations(),
    }  # fmt: skip


@pytest.fixture(scope="module")
def results() -> Results:
    return f.results_of(relations())


@pytest.fixture(scope="module")
def nothing() -> Results:
    """A run in which nothing was decided."""
    return f.results_of({name: table.slice(0, 0) for name, table in relations().items()})


def test_every_figure_is_tried_here() -> None:
    assert set(ASKED) == set(FIGURES)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FIGURES)
def test_plotly_takes_every_figure(results: Results, name: str, language: str) -> None:
    drawn = draw(results, name, language, **ASKED[name])
    go.Figure(drawn.figure)  # refuses what is no property
    json.dumps(drawn.figure, allow_nan=False)
    assert drawn.figure["data"]
    assert drawn.figure["layout"]["meta"]["caption"] == drawn.caption
    assert len(drawn.table) == len(drawn.rows.rows) > 0
    assert {len(drawn.rows.heads)} == {len(drawn.rows.kinds)} == set(map(len, drawn.rows.rows))
    with pytest.raises(FrozenInstanceError):
        drawn.data.titles = {}


@pytest.mark.parametrize("name", FIGURES)
def test_of_nothing_a_figure_says_so(nothing: Results, name: str) -> None:
    drawn = draw(nothing, name, "en", **ASKED[name])
    go.Figure(drawn.figure)
    assert drawn.figure["data"] == []
    assert len(drawn.figure["layout"]["annotations"]) == 1
    assert drawn.caption is not None
    assert drawn.table.empty


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    for key, texts in read_words(BOOK).items():
        assert set(texts) == {"zh", "en"}, key
        fields = [{field for _, field, _, _ in Formatter().parse(texts[lang]) if field}
                  for lang in ("zh", "en")]  # fmt: skip
        assert fields[0] == fields[1], key


def test_chinese_figures_have_no_english_and_the_other_way_round(results: Results) -> None:
    for name, asked in ASKED.items():
        zh = json.dumps(draw(results, name, "zh", **asked).figure["data"], ensure_ascii=False)
        for word in ("failed", "Decided", "Weak link", "median"):
            assert word not in zh, name


# ------------------------------------------------------------------------------ numbers of the run


def test_the_funnel_has_the_runs_units(results: Results) -> None:
    data = draw(results, "funnel", check="late").data
    counts = {u: fn for (u, c), fn in f.bureau().items() if c == "late"}
    assert {u.unit: (u.failed, u.n) for u in data.units} == counts
    assert [u.name for u in data.units if u.flagged] == [f.UNITS["u09"]]
    rest = [fn for unit, fn in counts.items() if unit != "u09"]
    assert data.basis == "rest"
    assert data.target == pytest.approx(sum(b for b, _ in rest) / sum(n for _, n in rest))


def test_names_of_units_are_no_markup_in_the_funnel() -> None:
    unit = Unit("U", '<a href="x">U</a>', 10, 3, 0.3, 0.01, 0.0001, flagged=True, few=False)
    hover, named = _hover(unit, "en"), _names([unit], 0.5, 10)[0]["text"]
    assert "<a" not in hover
    assert "&lt;0.001" in hover
    assert "<a" not in str(named)


def test_too_few_are_small_rings_and_flags_have_another_shape(results: Results) -> None:
    drawn = draw(results, "funnel", check="told")
    marked = {t["name"]: t for t in drawn.figure["data"] if t["mode"] == "markers"}
    few = marked["有结论的不足 5 项"]
    assert few["x"] == [3]
    assert few["marker"]["color"] == shared.WHITE
    drawn = draw(results, "funnel", check="late")
    (flagged,) = [t for t in drawn.figure["data"] if t.get("marker", {}).get("symbol") == "diamond"]
    assert flagged["x"] == [255]
    assert any(f.UNITS["u09"] in a["text"] for a in drawn.figure["layout"]["annotations"])


def test_the_line_of_discovery_agrees_with_the_flags(results: Results) -> None:
    data = funnel_data(results, "late")
    at_n, rates = zip(*data.discovery, strict=True)
    for unit in data.units:
        line = float(np.interp(unit.n, at_n, rates))
        assert (unit.rate >= line) is unit.flagged, unit.name


def test_the_line_of_discovery_is_where_the_tail_reaches_the_cut() -> None:
    def tail(failed: np.ndarray, n: np.ndarray) -> np.ndarray:
        return upper_tail(failed, n, 0.1, 0.01)

    found = funnel_line.discovery([1, 5, 40, 200, 1000], tail, 0.002)
    assert [n for n, _ in found] == [5, 40, 200, 1000]  # one failure of one would not do
    for n, rate in found:
        k = int(np.ceil(rate * n - 1e-9))
        assert float(upper_tail(k, n, 0.1, 0.01)) <= 0.002
        assert float(upper_tail(k - 1, n, 0.1, 0.01)) > 0.002


def test_the_line_is_the_runs_own_test() -> None:
    """A unit well above the line is flagged, well below it not. (Near it, not for certain: a new
    unit also changes what is known of the others.)"""
    rng = np.random.default_rng(8)
    checks = ["late", *(f"c{at}" for at in range(15))]
    counts = {(unit, check): (int(rng.binomial(150, 0.1)), 150)
              for unit in f.UNITS for check in checks}  # fmt: skip
    everything = funnel_cells(f.weak_links(counts))
    cut, _ = cutoff(0.05, everything)
    assert cut is not None
    ((_, rate),) = funnel_line.discovery_line(everything, "late", cut, [150])
    assert 0.15 < rate < 0.4
    for times, found in ((0.8, False), (1.2, True)):
        table = f.weak_links({**counts, ("u04", "late"): (round(rate * times * 150), 150)})
        (cell,) = [c for c in funnel_cells(table) if (c.unit, c.check) == ("u04", "late")]
        assert cell.flagged is found, times


def funnel_cells(table: pa.Table) -> list[Cell]:
    """Cells as the figures read them."""
    return [Cell(r["check_id"], r["unit_id"], r["signal_n"], r["signal_failed"], r["n"],
                 r["failed"], r["against"], r["excess"], r["p"], r["q"], r["flagged"], False)
            for r in table.to_pylist()]  # fmt: skip


def test_a_target_is_known_from_the_rates_that_units_are_compared_with() -> None:
    def cell(failed: int, n: int, against: float) -> Cell:
        return Cell("c", "u", n, failed, n, failed, against, 0.0, 0.5, 0.5, False, False)

    assert funnel_line.target_of([cell(3, 30, 0.05), cell(4, 20, 0.05)]) == 0.05
    assert funnel_line.target_of([cell(3, 30, 4 / 20), cell(4, 20, 3 / 30)]) is None
    assert funnel_line.target_of([cell(0, 30, 0.0), cell(0, 20, 0.0)]) is None


def test_the_cut_is_that_of_benjamini_and_hochberg() -> None:
    """Their own example (1995): fifteen p-values, four of them found at 0.05."""
    p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528,
         .7590, 1.0]  # fmt: skip
    q = np.minimum.accumulate([15 * x / k for k, x in enumerate(p, 1)][::-1])[::-1]
    its = [Cell("c", "u", 9, 1, 9, 1, 0.1, 0.0, a, float(b), False, False)
           for a, b in zip(p, q, strict=True)]  # fmt: skip
    cut, tested = cutoff(0.05, its)
    assert tested == 15
    assert cut == pytest.approx(0.05 * 4 / 15)
    assert sum(x <= cut for x in p) == 4
    assert cutoff(0.05, its[8:]) == (pytest.approx(0.05 / 7), 7)  # none: as the first would need


def test_funnel_limits_are_spiegelhalters(results: Results) -> None:
    """Spiegelhalter (2005): on the arcsine scale the variance of a proportion is 1 / 4n, to which
    the variance between units is added; 1.96 and 3.09 standard errors to either side."""
    data = funnel_data(results, "late")
    for n, *limits in data.limits:
        error = sqrt(1 / (4 * n) + data.tau2)
        expected = []
        for z in (1.95996, 3.09023):
            for side in (-1, 1):
                angle = min(max(asin(sqrt(data.target)) + side * z * error, 0), asin(1))
                expected.append(sin(angle) ** 2)
        assert limits == pytest.approx(expected, abs=1e-5)
    for row, unit in zip(draw(results, "funnel", check="late").rows.rows, data.units, strict=True):
        near = min(data.limits, key=lambda limit, n=unit.n: abs(limit[0] - n))
        assert row[4:6] == pytest.approx(near[3:5], abs=0.01)


def test_all_checks_together_are_adjusted_for_which_apply() -> None:
    """A unit that has only the harder check is no worse for it."""
    counts = {("u01", "late"): (20, 100), ("u02", "filed"): (1, 100),
              ("u03", "late"): (20, 100), ("u03", "filed"): (1, 100)}  # fmt: skip
    data = funnel_data(f.results_of({"weak_links": f.weak_links(counts)}))
    assert [u.rate for u in data.units] == pytest.approx([42 / 400] * 3)
    assert data.discovery == ()


def test_the_p_chart_is_montgomerys(results: Results) -> None:
    """Introduction to Statistical Quality Control: centre 0.2313, limits 0.0524 and 0.4102,
    samples 15 and 23 above them."""
    drawn = draw(results, "control", "en", check="late", unit="u09")
    data = drawn.data
    assert data.centre == pytest.approx(0.2313, abs=5e-5)
    assert (data.points[0].low, data.points[0].high) == pytest.approx((0.0524, 0.4102), abs=1e-4)
    assert [at + 1 for at, p in enumerate(data.points) if p.signal == 1] == [15, 23]
    assert "370 months" in drawn.caption
    above = [t for t in drawn.figure["data"] if t["name"] == "Above the limits"]
    assert above[0]["x"] == [data.points[14].month, data.points[22].month]
    assert above[0]["marker"]["symbol"] == "triangle-up"
    rows = [row for row in drawn.rows.rows if row[3] is not None]
    assert [row[1] for row in rows] == [*CANS, 30]


def test_months_with_open_clocks_are_rings_beside_the_lines(results: Results) -> None:
    drawn = draw(results, "control", "en", check="late", unit="u09")
    rings = [t for t in drawn.figure["data"] if t["name"] == "Limits still run, not judged"]
    assert [t["x"] for t in rings] == [["2026-07"]]
    assert rings[0]["marker"]["color"] == shared.WHITE
    drawn_lines = [t for t in drawn.figure["data"] if t["mode"] == "lines"]
    assert all("2026-07" not in t["x"] for t in drawn_lines)
    assert drawn.data.months[-1] == "2026-08"


def test_a_check_that_never_fails_has_a_chart() -> None:
    its = f.results_of({"tallies": f.tallies([("late", "u01", "2024-01", 9, 0, 0)])})
    drawn = draw(its, "control", check="late")
    go.Figure(drawn.figure)
    assert [p.signal for p in drawn.data.points] == [0]


def test_the_heat_map_frames_what_is_flagged_and_hides_too_few(results: Results) -> None:
    drawn = draw(results, "heat", "en")
    data, trace = drawn.data, drawn.figure["data"][0]
    counts = f.bureau()
    for check, row in zip(data.checks, data.cells, strict=True):
        for cell in row:
            assert cell is not None
            assert (cell.failed, cell.n) == counts[cell.unit, cell.check]
            assert f.CHECKS[cell.check] == check
    assert data.checks[0] == f.CHECKS["late"]  # what is flagged stands first
    (frame,) = drawn.figure["layout"]["shapes"]
    assert trace["text"][round(frame["y0"])][round(frame["x0"])] == "<b>37</b>"
    told = data.checks.index(f.CHECKS["told"])
    assert trace["text"][told][0] == ""
    assert trace["z"][told][0] is None


def test_the_pareto_adds_up(results: Results) -> None:
    for by in ("link", "check", "unit"):
        data = draw(results, "pareto", by=by).data
        table = f.weak_links(f.bureau()).to_pandas()
        assert data.total == pytest.approx(table.excess.sum())
        sums = [part.excess for part in data.parts]
        assert sums == sorted(sums, reverse=True)
        cumulative = [part.cumulative for part in data.parts]
        assert cumulative == pytest.approx(list(np.cumsum(sums) / data.total))
    assert draw(results, "pareto", by="check").data.parts[0].check == f.CHECKS["late"]
    with pytest.raises(UsageError, match="officer"):
        draw(results, "pareto", by="officer")


def test_stage_times_are_shares_of_the_limit(results: Results) -> None:
    data = draw(results, "stages").data
    assert [s.clock for s in data.stages] == ["decide", "serve"]  # a least time has no share
    decide, serve = data.stages
    assert decide.shares == pytest.approx((20 / 60, 0.5, 40 / 60, 55 / 60, 75 / 60))
    assert (decide.late, decide.at_risk) == (61, 7)
    # Limits differ from case to case: days over one limit would be wrong.
    assert serve.shares == (None, None, 3 / 7, None, 0.7)


def test_the_process_map_keeps_the_main_lines_and_says_how_much_that_is(results: Results) -> None:
    drawn = draw(results, "process", "en", least=0.05)
    data, flows = drawn.data, f.flows().to_pandas()
    inner = flows[(flows.from_step != "") & (flows.to_step != "")]
    kept = inner[inner.cases >= 50]
    assert {(e.start, e.end): e.cases for e in data.lines} == {
        (a, b): n for a, b, n in zip(kept.from_step, kept.to_step, kept.cases, strict=True)
    }
    assert data.covered == pytest.approx(kept.times.sum() / inner.times.sum())
    assert "at least 5% of the cases" in drawn.caption
    dashed = [t for t in drawn.figure["data"] if t.get("line", {}).get("dash") == "dash"]
    assert [t["line"]["color"] for t in dashed] == [shared.WARN]
    assert any(a["text"] == "⚠ 21" for a in drawn.figure["layout"]["annotations"])


def test_no_step_of_the_process_map_is_cut_off() -> None:
    """A step that a drawn line leaves is also entered, by its largest line."""
    rows = [("", "a", 100), ("a", "b", 90), ("a", "c", 3), ("b", "c", 4), ("c", "d", 60),
            ("b", "d", 50), ("d", "", 100)]  # fmt: skip
    columns = zip(*rows, strict=True)
    names = ("from_step", "to_step", "cases")
    flows = pa.table(dict(zip(names, map(list, columns), strict=True)))
    more = {"times": [n for *_, n in rows], "p50": [1.0] * 7, "p90": [2.0] * 7,
            "late_cases": [0] * 7, "kind": pa.nulls(7, pa.string())}  # fmt: skip
    for name, values in more.items():
        flows = flows.append_column(name, pa.array(values))
    its = f.results_of({"flows": flows, "order_violations": f.order_violations().slice(0, 0)})
    data = draw(its, "process", least=0.4).data
    assert [(e.start, e.end) for e in data.lines] == [("a", "b"), ("c", "d"), ("b", "d"),
                                                      ("b", "c")]  # fmt: skip


def test_boxes_and_labels_of_the_process_map_do_not_cover_each_other(results: Results) -> None:
    figure = draw(results, "process").figure
    boxes = [(s["x0"], s["y0"], s["x1"], s["y1"]) for s in figure["layout"]["shapes"]]
    for one, other in combinations(boxes, 2):
        apart = (one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1]
                 or other[3] <= one[1])  # fmt: skip
        assert apart
    assert len({s["x0"] for s in figure["layout"]["shapes"]}) == len(f.STAGES)  # a column a stage


def test_a_line_passes_the_boxes_between_its_ends() -> None:
    """Behind a box it would seem to end there."""
    places = process_layout.plan([[("s", "ab")], [("t", "cde")], [("u", "fg")]]).boxes
    pairs = [("a", "f", False), ("a", "g", False), ("b", "f", False), ("g", "b", True)]
    for pair, route in process_layout.routes(places, pairs).items():
        for step in "cde":
            area = places[step].area
            inside = [area.left < x < area.right and area.top < y < area.bottom
                      for x, y in zip(route.x, route.y, strict=True)]  # fmt: skip
            assert not any(inside), (pair, step)


def test_many_stages_share_columns_in_their_order() -> None:
    stages = [(str(at), [f"{at}{letter}" for letter in "abc"[: at % 3 + 1]]) for at in range(10)]
    found = process_layout.columns(stages)
    assert [stage for column in found for stage in column] == stages
    assert len(found) == 5
    assert max(sum(len(steps) for _, steps in column) for column in found) <= 5


def test_a_name_that_looks_like_markup_is_shown_as_it_is() -> None:
    assert shared.broken("<b>a</b> & b", 40) == "&lt;b&gt;a&lt;/b&gt; &amp; b"


# ------------------------------------------------------------------------------------- in notebooks


def test_a_notebook_gets_the_figure_its_caption_and_its_table(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda data: shown.append(data))
    drawn = draw(results, "funnel", "zh", check="late")
    drawn._ipython_display_()
    assert shown[0][PLOTLY] is drawn.figure
    assert drawn.caption in shown[1]["text/html"]
    assert f.UNITS["u09"] in shown[1]["text/html"]
    assert 'lang="zh"' in shown[1]["text/html"]


def test_a_saved_figure_needs_no_network(results: Results, tmp_path: Path) -> None:
    drawn = draw(results, "pareto", "en")
    page = drawn.save(tmp_path / "pareto.html").read_text("utf-8")
    assert "<script src=" not in page
    assert drawn.caption.split(".")[0] in page
    with pytest.raises(UsageError, match="html"):
        drawn.save(tmp_path / "pareto.png")


def test_what_there_is_not_is_refused_with_what_there_is(results: Results) -> None:
    for asked, message in (
        (("pie", {}), "funnel, heat"),
        (("control", {}), "'check' is missing"),
        (("funnel", {"cheque": "late"}), "no 'cheque'"),
        (("funnel", {"check": "lat"}), "no check 'lat'"),
    ):
        with pytest.raises(UsageError, match=message):
            draw(results, asked[0], **asked[1])


def test_no_figure_asks_for_officers(results: Results) -> None:
    for name, asked in ASKED.items():
        drawn: Drawn = draw(results, name, "en", **asked)
        assert "officer" not in " ".join(drawn.rows.heads).lower()


# ------------------------------------------------------------------------------------------ colours

# Machado, Oliveira and Fernandes (2009): full deuteranopia and protanopia, on linear RGB.
BLIND = {
    "none": np.eye(3),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    c = np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(colour: str, blindness: str) -> np.ndarray:
    """CIE L*a*b* of a colour as it is seen."""
    rgb = np.clip(BLIND[blindness] @ linear(colour), 0, 1)
    x, y, z = np.cbrt(TO_XYZ @ rgb / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("blindness", BLIND)
def test_colours_that_mean_something_are_told_apart(blindness: str) -> None:
    meaning = (shared.BLUE, shared.WARN, shared.WHITE, shared.PALE)
    for one, other in combinations(meaning, 2):
        distance = np.linalg.norm(lab(one, blindness) - lab(other, blindness))
        assert distance > 20, (one, other, distance)


@pytest.mark.parametrize("blindness", BLIND)
def test_shades_only_get_darker(blindness: str) -> None:
    light = [lab(shade, blindness)[0] for shade in SHADES]
    assert all(a - b > 5 for a, b in pairwise(light))


def test_marks_and_texts_stand_out_from_the_ground() -> None:
    """WCAG 2: 3 to 1 for marks, 4.5 to 1 for texts."""

    def contrast(colour: str) -> float:
        return 1.05 / (float(TO_XYZ[1] @ linear(colour)) + 0.05)

    assert min(contrast(c) for c in (shared.BLUE, shared.WARN)) > 3
    assert min(contrast(c) for c in (shared.INK, shared.SOFT)) > 4.5
