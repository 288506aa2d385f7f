"""Two ways to the same points: SQL for all cases at once, and `marking` for one case at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.case_parts import propose
from workbench.engines.duckdb import DuckDBEngine
from workbench.marking import Mark, marks, result
from workbench.pack import Pack
from workbench.pack.reading import read_pack
from workbench.points import Points, rounded
from workbench.rubrics import Band, Criterion, Listed, Rubric, Split
from workbench.run import Run
from workbench.scoring import score
from workbench.terms import Outcome

RULES = [
    ("additive", "drop"), ("additive", "full"), ("additive", "zero"),
    ("deductive", "full"), ("deductive", "zero"), ("split", "drop"), ("split", "full"),
]  # fmt: skip
BANDS = tuple(
    Band(name, {"zh": name, "en": name}, floor) for name, floor in (("a", 90), ("b", 60), ("c", 0))
)


def agree(rubric: Rubric, found: tuple[Mark, ...], card: Mapping[str, Any], row: Any) -> None:
    """Every number of the scorecard and of the totals equals that of the marks."""
    automatic = {c.id: c for c in rubric.automatic}
    for mark in found:
        criterion = rubric.criterion(mark.criterion)
        if not criterion.listed or criterion.mode == "manual":
            assert mark.criterion not in card
        elif mark.criterion not in card:
            assert not mark.takes_part or (criterion.mode == "mixed" and not mark.decided)
        else:
            line = card[mark.criterion]
            assert mark.takes_part
            assert float(line["attainable"]) == mark.attainable, (mark, line)
            said = None if criterion.mode == "mixed" else mark.points
            assert (None if line["points"] is None else float(line["points"])) == said, (mark, line)
    taking = [m for m in found if m.takes_part and m.criterion in automatic]
    taking = [m for m in taking if not automatic[m.criterion].direct]
    if not taking:
        assert row["auto_points"] is None
        assert row["decided_share"] is None
        return
    assert float(row["auto_points"]) == rounded(sum(m.points or 0 for m in taking))
    assert float(row["auto_attainable"]) == rounded(sum(m.attainable for m in taking))
    assert float(row["auto_maximum"]) == sum(m.maximum for m in taking)
    whole = result(rubric, found)
    assert row["decided_share"] == pytest.approx(whole.decided_share, abs=1e-12)
    assert row["provisional"] == whole.provisional
    total = None if row["total"] is None else float(row["total"])
    if all(c.mode == "auto" for c in rubric.criteria):
        assert (total, row["band"]) == (whole.points, whole.band)
    else:
        assert (total, row["band"]) == (None, None)


# ------------------------------------------------------------------------------ the shipped rubrics
@pytest.fixture(scope="module")
def hrss() -> Pack:
    return read_pack(Path(__file__).parents[2] / "expectations" / "hrss")


def test_every_case_of_the_sample(sample_run: Run, hrss: Pack) -> None:
    """Whatever its rubric: the same marks and totals, with the outcomes of a real run."""
    scores = {row["case_id"]: row for row in sample_run.scores.astype(object).where(
        sample_run.scores.notna(), None).to_dict("records")}  # fmt: skip
    cards = _by_case(sample_run.scorecards.astype(object).where(
        sample_run.scorecards.notna(), None).to_dict("records"))  # fmt: skip
    seen = {row["rubric"] for row in scores.values()}
    for name in seen:
        cases = [case for case, row in scores.items() if row["rubric"] == name]
        parts = propose(sample_run.results.engine, hrss, hrss.rubrics[name], cases)
        for case in cases:
            found = marks(hrss.rubrics[name], parts[case])
            agree(hrss.rubrics[name], found, cards.get(case, {}), scores[case])
    assert seen == {names[0] for names in hrss.rubric_for.values()}


def _by_case(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["case_id"], {})[row["criterion"]] = row
    return found


# ------------------------------------------------------------------- generated rubrics and outcomes
CHECKS = tuple(f"check-{n}" for n in range(7))
FACTS = ("how_many", "gravely")


@dataclass(frozen=True)
class World:
    """A rubric with its checks, which of them were tested, and cases with outcomes and facts."""

    rubric: Rubric
    checks: Mapping[str, Any]
    tested: tuple[str, ...]
    cases: list[dict[str, Any]] = field(default_factory=list)


amounts = st.sampled_from([0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 0.3, 1.35])


@st.composite
def weights(draw: st.DrawFn) -> Points:
    amount = draw(amounts)
    match draw(st.integers(0, 2)):
        case 1:
            return Points(amount, count="how_many", most=amount * 3)
        case 2:
            return Points(amount, when="gravely", other=draw(amounts))
    return Points(amount)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    base, absent = draw(st.sampled_from(RULES))
    groups = st.sampled_from([None, None, "g", "h"])
    checks = {
        name: SimpleNamespace(id=name, points=draw(weights()), defect_group=draw(groups),
                              veto=False, verified=True, veto_when=None)
        for name in CHECKS
    }  # fmt: skip
    modes = draw(st.sampled_from([("auto",), ("auto", "mixed", "manual")]))
    cuts = sorted(draw(st.sets(st.integers(1, len(CHECKS) - 1), max_size=3)))
    criteria = []
    for n, (low, high) in enumerate(zip([0, *cuts], [*cuts, len(CHECKS)], strict=True)):
        mode = "auto" if n == 0 else draw(st.sampled_from(modes))
        own = draw(weights()) if draw(st.booleans()) else None
        listed = () if mode == "manual" else tuple(
            Listed(check, own, draw(st.sampled_from([None, "", "h"]))) for check in CHECKS[low:high]
        )  # fmt: skip
        maximum = draw(st.sampled_from([5.0, 9.0, 13.0, 20.0]))
        direct = base == "split" and n > 0 and draw(st.booleans())
        words = {"zh": "项", "en": "item"}
        criteria.append(Criterion(f"c{n}", words, maximum, mode, listed, direct=direct))
    rubric = Rubric(
        "r", "1", {}, tuple(criteria), BANDS, base=base, absent_item=absent,
        full=sum(c.maximum for c in criteria if not c.direct),
        split=Split(50, 50, 4) if base == "split" else None,
        provisional_below=draw(st.sampled_from([0.0, 0.5, 0.8])),
        rounding=draw(st.sampled_from([0, 1, 2])),
    )  # fmt: skip
    tested = tuple(name for name in CHECKS if draw(st.integers(0, 4)))
    outcomes = st.fixed_dictionaries({name: st.sampled_from(list(Outcome)) for name in tested})
    facts = st.fixed_dictionaries({
        "how_many": st.sampled_from([None, 0, 1, 2, 9]),
        "gravely": st.sampled_from([None, True, False]),
    })  # fmt: skip
    rows = draw(st.lists(st.tuples(outcomes, facts), min_size=1, max_size=12))
    cases = [{"case_id": f"k{n}", **o, **f} for n, (o, f) in enumerate(rows)]
    return World(rubric, checks, tested, cases)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_generated_rubrics_and_outcomes(world: World) -> None:
    engine, pack = _scored(world)
    cards = _by_case(engine.arrow("FROM work.scorecards", "cards").to_pylist())
    scores = {r["case_id"]: r for r in engine.arrow("FROM work.scores", "scores").to_pylist()}
    parts = propose(engine, pack, world.rubric, [c["case_id"] for c in world.cases])
    for case, row in scores.items():
        agree(world.rubric, marks(world.rubric, parts[case]), cards.get(case, {}), row)
    assert len(scores) == len(world.cases)


def _scored(world: World) -> tuple[DuckDBEngine, Any]:
    """The cases of a world scored by SQL, in an engine of their own."""
    engine = DuckDBEngine().session()
    types = {"how_many": pa.int64(), "gravely": pa.bool_()}
    columns = ["case_id", *world.tested, *FACTS]
    table = pa.table({
        name: pa.array([c[name] if name in ("case_id", *FACTS) else c[name].value
                        for c in world.cases], types.get(name, None if name == "case_id" else
                                                         pa.int8()))
        for name in columns
    })  # fmt: skip
    table = table.append_column("subject_id", table["case_id"])
    table = table.append_column("kind", pa.array(["penalty"] * len(table)))
    for name in ("work.facts_cases", "work.outcomes_cases"):
        engine.put(name, table)
    engine.put("work.run", pa.table({"as_of": [date(2026, 6, 30)]}))
    pack = SimpleNamespace(
        assets={"cases": SimpleNamespace(id="cases", table="cases")},
        checks=world.checks,
        rubric_for={"penalty": ("r",)},
        rubric_on=lambda kind, day: world.rubric,
    )
    facts = SimpleNamespace(
        asset="cases", relation="work.facts_cases", narrow=lambda names: "work.facts_cases"
    )
    tested = tuple(world.checks[name] for name in world.tested)
    findings = SimpleNamespace(engine=engine, tested={"cases": tested})
    score(pack, {"cases": facts}, findings)  # type: ignore[arg-type, dict-item]
    return engine, pack


def test_a_rubric_that_is_not_in_force_scores_nothing() -> None:
    """A kind whose rubric has ended is counted among the unscored."""
    rubric = Rubric("r", "1", {}, (Criterion("c", {}, 100, "auto", (Listed("check-0"),)),), BANDS)
    assert replace(rubric, to_on=date(2026, 6, 29)).in_force(date(2026, 6, 29))
    assert not replace(rubric, to_on=date(2026, 6, 29)).in_force(date(2026, 6, 30))
