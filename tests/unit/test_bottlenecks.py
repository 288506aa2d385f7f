"""Where the days went: small case files of which every number can be counted by hand.

The holidays of the week of 1 October 2025 (rest days 1 to 8 October, working days on Sunday
28 September and Saturday 11 October) stand in the pack's calendar.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import workbench
from tests.unit.flow_pack import HRSS, evaluated, way
from workbench.bottlenecks import RELATIONS, bottleneck_sentences, has_bottlenecks
from workbench.bottlenecks.limits import followed_clocks
from workbench.pack import read_pack
from workbench.run import Run
from workbench.terms import InputError

AS_OF = "2025-12-31"
LABOUR = {"kind": "treatment", "procedure": "ordinary", "clock": "labour", "source": "report"}


def rows(run: Run, relation: str, where: str = "TRUE") -> list[dict[str, Any]]:
    return run.results.records(f"SELECT * FROM work.{relation} WHERE {where} ORDER BY ALL", "test")


def move(run: Run, first: str, last: str) -> dict[str, Any]:
    found = rows(run, "flows", f"kind IS NULL AND from_step = '{first}' AND to_step = '{last}'")
    assert len(found) == 1, (first, last)
    return found[0]


@pytest.fixture(scope="module")
def permits(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Four applications decided in time, one over a holiday and late, one still running."""
    kind = {"kind": "permit", "clock": "permit", "source": "application", "unit_id": "99-X",
            "joint_handling": "false"}  # fmt: skip
    cases = [
        # 26 September is a Friday; 28 (Sunday), 29, 30 September are worked, then 9 October
        {"case_id": "A", **kind, "received_on": "2025-09-26", "accepted_on": "2025-09-26",
         "decided_on": "2025-10-09", "result": "granted"},
        *({"case_id": f"B{n}", **kind, "received_on": "2025-09-01", "accepted_on": "2025-09-01",
           "decided_on": "2025-09-08", "result": "granted"} for n in range(3)),
        # late: verified after 3 working days (4 September), decided after 28 (15 October)
        {"case_id": "L", **kind, "received_on": "2025-09-01", "accepted_on": "2025-09-01",
         "decided_on": "2025-10-15", "result": "granted"},
        # running: 17 working days are gone on 31 December of the 20
        {"case_id": "R", **kind, "received_on": "2025-12-08", "accepted_on": "2025-12-08"},
        # nothing is recorded but that it is there
        {"case_id": "N", **kind},
    ]  # fmt: skip
    visit = {"stage": "investigate", "kind": "verification"}
    events = [
        {"event_id": "1", "case_id": "L", **visit, "start_at": "2025-09-04 09:00:00"},
        {"event_id": "2", "case_id": "B0", **visit, "start_at": "2025-09-02 09:00:00"},
    ]
    tables = {"cases": cases, "events": events, "extensions": [], "exclusions": []}
    return evaluated(tmp_path_factory.mktemp("permits"), tables, AS_OF)


def test_days_over_a_holiday_are_the_working_days_of_the_calendar(permits: Run) -> None:
    # A took four: 28, 29, 30 September, 9 October; B1 and B2 took 2, 3, 4, 5, 8 September
    assert move(permits, "accepted", "decided")["p50"] == 5
    assert move(permits, "accepted", "decided")["times"] == 3
    assert move(permits, "verified", "decided")["times"] == 2


def test_a_limit_is_used_as_the_clock_of_the_checks_counts(permits: Run) -> None:
    [whole] = rows(permits, "stage_times",
                   "clock = 'permit_decide' AND kind IS NULL AND unit_id IS NULL")  # fmt: skip
    assert (whole["days"], whole["limit_p50"]) == ("wd", 20)
    elapsed = permits.facts().set_index("case_id").permit_decide_elapsed
    assert [elapsed[case] for case in ("A", "B0", "B1", "B2", "L")] == [4, 5, 5, 5, 28]
    assert [whole[p] for p in ("p10", "p50", "p75", "p90", "most")] == [4, 5, 5, 28, 28]
    assert (whole["share_p50"], whole["share_p90"]) == (0.25, 1.4)
    assert (whole["n"], whole["running"], whole["late"], whole["at_risk"]) == (5, 1, 1, 1)


def test_little_left_is_at_risk_and_late_is_not(permits: Run) -> None:
    [risk] = rows(permits, "at_risk", "clock = 'permit_decide'")
    assert (risk["case_id"], risk["unit_id"], risk["kind"]) == ("R", "99-X", "permit")
    assert risk["share_used"] == 17 / 20
    assert risk["days_left"] == (risk["due_on"] - date(2025, 12, 31)).days
    [due] = permits.deadlines.query("case_id == 'R' and clock == 'permit_decide'").days_left
    assert risk["days_left"] == due


def test_lost_days_are_what_late_cases_took_beyond_the_others(permits: Run) -> None:
    lost = rows(permits, "lost_days",
                "clock = 'permit_decide' AND kind IS NULL AND unit_id IS NULL")  # fmt: skip
    # L took 3 days to be verified, B0 took 1; then 25 to be decided, B0 4.
    assert [(x["from_step"], x["to_step"], x["cases"], x["days"]) for x in lost] == [
        ("accepted", "verified", 1, 2), ("verified", "decided", 1, 21),
    ]  # fmt: skip
    assert [x["share"] for x in lost] == [0.087, 0.913]


def test_every_case_starts_once_and_ends_once_also_without_steps(permits: Run) -> None:
    for kind in ("kind IS NULL", "kind = 'permit'"):
        moves = rows(permits, "flows", kind)
        assert sum(m["times"] for m in moves if m["from_step"] == "") == 7
        assert sum(m["times"] for m in moves if m["to_step"] == "") == 7
    assert move(permits, "", "")["cases"] == 1  # N


def test_ties_repeats_and_days_to_come(tmp_path: Path) -> None:
    cases = [
        {"case_id": "T", **LABOUR, "received_on": "2025-10-13", "filed_on": "2025-10-13",
         "investigated_on": "2025-11-03", "decided_on": "2025-11-03",
         "decided_at": "2025-11-03 08:00:00", "closed_on": "2026-02-02"},
    ]  # fmt: skip
    events = [
        # twice on one day: one step; again a week later: another
        {"event_id": "1", "case_id": "T", "stage": "investigate", "kind": "questioning",
         "start_at": "2025-10-20 15:00:00"},
        {"event_id": "2", "case_id": "T", "stage": "investigate", "kind": "questioning",
         "start_at": "2025-10-20 09:00:00"},
        {"event_id": "3", "case_id": "T", "stage": "investigate", "kind": "inspection",
         "start_at": "2025-10-20 10:00:00"},
        {"event_id": "4", "case_id": "T", "stage": "investigate", "kind": "questioning",
         "start_at": "2025-10-27 09:00:00"},
        {"event_id": "5", "case_id": "T", "stage": "investigate", "kind": "questioning",
         "start_at": "2025-11-03 10:00:00"},
    ]  # fmt: skip
    run = evaluated(tmp_path, {"cases": cases, "events": events}, AS_OF)
    # By hours where there are some; without one, behind what the flow has before it: the end of
    # the investigation behind the questioning of 10:00, and so behind the decision of 08:00.
    assert way(run, "T") == [
        "received", "filed", "questioned", "inspected", "questioned", "decided", "questioned",
        "investigated",
    ]  # fmt: skip
    assert move(run, "inspected", "questioned")["p50"] == 5
    assert move(run, "received", "filed")["p50"] == 0
    # The first questioning came before the decision, but the last one did not.
    [late] = rows(run, "order_violations", "rule = 'no-questioning-after-decision' AND kind IS "
                  "NULL AND unit_id IS NULL")  # fmt: skip
    assert (late["n"], late["cases"], late["examples"]) == (1, 1, "T")
    # One day without the hour of both is in order.
    [same] = rows(run, "order_violations", "rule = 'investigated-before-decision' AND kind IS "
                  "NULL AND unit_id IS NULL")  # fmt: skip
    assert (same["n"], same["cases"], same["examples"]) == (1, 0, None)


def test_a_rest_day_counts_as_the_working_day_behind_it(tmp_path: Path) -> None:
    cases = [
        {"case_id": "S", **LABOUR, "received_on": "2025-11-08", "filed_on": "2025-11-08"},
        {"case_id": "M", **LABOUR, "received_on": "2025-11-08", "filed_on": "2025-11-10"},
    ]
    run = evaluated(tmp_path, {"cases": cases}, AS_OF)
    found = move(run, "received", "filed")  # Saturday to Saturday, and to Monday
    assert (found["p50"], found["p90"]) == (0, 1)


def test_planted_turns_of_the_order_are_found_with_kind_unit_and_examples(tmp_path: Path) -> None:
    kind = {**LABOUR, "decided_on": "2025-11-10"}
    cases = [
        *({"case_id": f"P{n}", **kind, "closed_on": f"2025-11-{12 + n:02}",
           "archived_on": "2025-11-11"} for n in range(6)),
        {"case_id": "Q", **kind, "kind": "penalty", "unit_id": "99-X", "closed_on": "2025-11-20",
         "archived_on": "2025-11-18"},
        {"case_id": "OK", **kind, "closed_on": "2025-11-20", "archived_on": "2025-11-20"},
        {"case_id": "HALF", **kind, "archived_on": "2025-11-20"},
    ]  # fmt: skip
    run = evaluated(tmp_path, {"cases": cases}, AS_OF)
    found = {
        (x["kind"], x["unit_id"]): (x["n"], x["cases"], x["examples"])
        for x in rows(run, "order_violations", "rule = 'closing-before-archiving'")
    }
    assert found == {
        # the most days apart first, five of them
        (None, None): (8, 7, "P5;P4;P3;P2;P1"),
        ("treatment", None): (7, 6, "P5;P4;P3;P2;P1"),
        (None, "99-J"): (7, 6, "P5;P4;P3;P2;P1"),
        ("treatment", "99-J"): (7, 6, "P5;P4;P3;P2;P1"),
        ("penalty", None): (1, 1, "Q"), (None, "99-X"): (1, 1, "Q"),
        ("penalty", "99-X"): (1, 1, "Q"),
    }  # fmt: skip


def test_excluded_days_are_not_lost(tmp_path: Path) -> None:
    """A late case whose investigation stood still lawfully lost only what was left."""
    kind = {**LABOUR, "filed_on": "2025-03-03"}
    cases = [
        {"case_id": "IN", **kind, "investigated_on": "2025-03-31"},  # 20 working days
        {"case_id": "LATE", **kind, "investigated_on": "2025-07-25"},
    ]
    out = {"clock": "investigate", "reason": "鉴定", "basis_code": "鉴定期间"}
    exclusions = [
        # 8 to 11 April: four working days; a time without a basis counts all the same
        {"case_id": "LATE", **out, "from_on": "2025-04-08", "to_on": "2025-04-11"},
        {"case_id": "LATE", **out, "basis_code": "", "from_on": "2025-05-12",
         "to_on": "2025-05-16"},
    ]  # fmt: skip
    run = evaluated(tmp_path, {"cases": cases, "extensions": [], "exclusions": exclusions}, AS_OF)
    elapsed = run.facts().set_index("case_id").investigate_elapsed
    [lost] = rows(run, "lost_days",
                  "clock = 'investigate' AND kind IS NULL AND unit_id IS NULL")  # fmt: skip
    assert (lost["from_step"], lost["to_step"]) == ("filed", "investigated")
    assert lost["days"] == elapsed["LATE"] - elapsed["IN"]
    bare = evaluated(tmp_path / "bare", {"cases": cases, "extensions": [], "exclusions": []}, AS_OF)
    assert bare.facts().set_index("case_id").investigate_elapsed["LATE"] == elapsed["LATE"] + 4


def test_saved_runs_say_the_same_and_older_ones_still_open(permits: Run, tmp_path: Path) -> None:
    folder = permits.save(tmp_path)
    opened = workbench.open_run(folder)
    for relation in RELATIONS:
        assert rows(opened, relation) == rows(permits, relation)
        assert len(getattr(opened, relation)) == len(rows(permits, relation))
    for language in ("zh", "en"):
        said = bottleneck_sentences(opened.results, language)
        assert said == bottleneck_sentences(permits.results, language)
    old = tmp_path / "old"
    shutil.copytree(folder, old)
    manifest = (old / "manifest.json").read_text("utf-8")
    for relation in RELATIONS:
        (old / f"{relation}.parquet").unlink()
        manifest = manifest.replace(f'"path": "{relation}.parquet"', '"path": "gone.txt"')
    (old / "manifest.json").write_text(manifest, "utf-8")
    run = workbench.open_run(old)
    assert len(run.findings) == len(permits.findings)
    assert not has_bottlenecks(run.results)
    assert bottleneck_sentences(run.results, "zh") == ()
    with pytest.raises(InputError, match="made before runs had 'flows': evaluate again"):
        _ = run.flows


def test_sentences_name_limit_step_duty_and_what_to_do(permits: Run) -> None:
    [zh] = [b for b in bottleneck_sentences(permits.results, "zh") if b.clock == "permit_decide"]
    assert zh.check_id == "permit-decide-20wd"
    assert zh.sentence == (
        "行政许可决定：已办结 5 件，半数用时不超过 5 个工作日（期限的 25%），"
        "九成不超过期限的 140%。"
        "逾期 1 件（含尚未办结的）。与按期案件的中位数相比，逾期案件多用的时间有 91% 在"
        "“实地核查”到“作出决定”之间（21 个工作日，1 件）。"
        "另有 1 件尚未逾期，但已用去期限的 80% 以上。"
    )
    assert zh.action.startswith("文件所列责任部门：政务服务处。整改建议：立即作出决定")
    assert "依据：行政许可法第四十二条" in zh.action
    [en] = [b for b in bottleneck_sentences(permits.results, "en") if b.clock == "permit_decide"]
    assert (
        "91% lie between “On-site verification” and “Decision” (21 working days, 1 case)"
        in en.sentence
    )


def test_a_pack_without_flow_or_calendar_counts_calendar_days(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    run = workbench.evaluate(workbench.load(root / "sample_data" / "jp_labour", pack="jp_labour"))
    assert run.results.checks["flow"]["derived"]
    assert run.results.checks["flow"]["days"] == "cd"
    moves = rows(run, "flows", "kind IS NULL")
    cases = run.manifest["assets"]["cases"]
    assert sum(m["times"] for m in moves if m["from_step"] == "") == cases
    between = move(run, "cases.referred_on", "cases.published_on")
    assert between["p50"] is not None
    assert rows(run, "order_violations") == []
    assert rows(run, "lost_days") == []
    assert rows(run, "stage_times", "kind IS NULL AND unit_id IS NULL")


def test_a_rule_for_some_cases_and_a_share_of_the_packs_own(tmp_path: Path) -> None:
    """A pack may ask a rule of some cases only, and say when little is left."""
    pack = tmp_path / "hrss"
    shutil.copytree(HRSS, pack)
    flow = (pack / "flow.yaml").read_text("utf-8")
    rule = "{before: closed, after: archived,"
    assert flow.count(rule) == 1
    flow = flow.replace(rule, f"{rule} kinds: [treatment], where: {{source: [report, null]}},")
    (pack / "flow.yaml").write_text(f"{flow}at_risk: 0.05\n", "utf-8")
    turned = {**LABOUR, "decided_on": "2025-11-10", "closed_on": "2025-11-20",
              "archived_on": "2025-11-18"}  # fmt: skip
    cases = [
        {"case_id": "REPORT", **turned}, {"case_id": "EMPTY", **turned, "source": ""},
        {"case_id": "PATROL", **turned, "source": "patrol"},
        {"case_id": "OTHER", **turned, "kind": "penalty"},
        {"case_id": "RUNS", **LABOUR, "filed_on": "2025-12-25", "investigated_on": ""},
    ]  # fmt: skip
    tables = {"cases": cases, "extensions": [], "exclusions": []}
    run = evaluated(tmp_path / "files", tables, AS_OF, pack)
    whole = "rule = 'closing-before-archiving' AND kind IS NULL AND unit_id IS NULL"
    [found] = rows(run, "order_violations", whole)
    assert (found["n"], found["cases"], found["examples"]) == (2, 2, "EMPTY;REPORT")
    # 4 of 60 working days: 26, 29, 30, 31 December
    assert [x["share_used"] for x in rows(run, "at_risk", "clock = 'investigate'")] == [0.0667]


def test_days_beyond_the_calendar_are_counted_by_nobody(tmp_path: Path) -> None:
    """Nobody knows the working days of 2031: the map has the steps, but no times between them."""
    cases = [{"case_id": "Z", **LABOUR, "received_on": "2031-01-02", "filed_on": "2031-01-09"}]
    run = evaluated(tmp_path, {"cases": cases}, "2031-06-30")
    found = move(run, "received", "filed")
    assert (found["times"], found["p50"], found["p90"]) == (1, None, None)


def test_a_clock_of_personal_days_is_left_out() -> None:
    pack = read_pack(HRSS)
    named = {clock.id for clock in followed_clocks(pack, {})}
    kept = {clock.id for clock in followed_clocks(pack, {"cases": {"case_filed_on": "personal"}})}
    assert named - kept == {"investigate", "penalty_decide"}
    assert "reply_window" not in named  # forbids to act early, limits nothing
