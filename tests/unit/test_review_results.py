"""What came of a round: units, agreement, the three forms combined, checks measured by people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit import reviewing as small
from workbench.artefacts import broken_artefacts, read_manifest
from workbench.pack import Pack, find_pack, read_pack
from workbench.pack.rule_digest import rule_digest
from workbench.review.precision import measured, of_rules
from workbench.review.refusals import Refused
from workbench.review.review import Review
from workbench.review.round_combined import combined
from workbench.round_folder import save_round
from workbench.statistics import clopper_pearson

ROOT = Path(__file__).parents[2]


def rated(lead: Review, case: str, *ratings: dict[str, Any]) -> None:
    """Ratings by ann, ben, eve in turn."""
    for name, items in zip((small.ANN, small.BEN, small.EVE), ratings, strict=False):
        lead.assign_to(small.ROUND, case, name)
        lead.as_person(name).submit(small.ROUND, case, items)


def final(lead: Review, clock: small.Clock) -> None:
    lead.send_feedback(small.ROUND, "handling")
    clock.go_to("2026-04-20")
    lead.finalise(small.ROUND, list(lead.round(small.ROUND).cases))


def test_results_say_what_holds_and_what_units_come_to(tmp_path: Path) -> None:
    cases = {"c1": small.drawn(), "c2": small.drawn(kind="permit")}
    with small.reviewing(tmp_path, cases) as (lead, clock):
        rated(lead, "c1", small.items(facts=2), small.items())
        rated(lead, "c2", small.items(facts=8), small.items(facts=8))
        final(lead, clock)
        found = lead.results(small.ROUND)
        with pytest.raises(Refused):
            lead.as_person(small.ANN).results(small.ROUND)
        lead.close_round(small.ROUND)
        assert len(lead.as_person(small.ANN).results(small.ROUND)["ratings"]) == 4
    # 100 x 75 / 80 and 77 / 80; both 69 / 80
    assert found["results"].set_index("case_id").final.to_dict() == {"c1": 95.0, "c2": 86.25}
    assert found["results"].settled_by.tolist() == ["mean", "mean"]
    units = found["units"].set_index("kind")
    assert units.loc["", ["cases", "mean", "lowest"]].tolist() == [2, 90.63, 86.25]
    assert units.loc["permit", "mean"] == 86.25
    bands = found["bands"].set_index(["kind", "band"]).cases
    assert bands["", "excellent"] == bands["", "pass"] == 1
    total = found["agreement"].query("criterion == 'total'").set_index("coefficient")
    assert total.loc["percent", "value"] == 0.5
    ann = found["reviewers"].query("criterion == 'facts' and reviewer_id == 'ann'")
    assert ann.difference.tolist() == [-1.0]  # 2 points below the other in one of two cases


def test_a_waiting_reviewer_who_leads_sees_no_rating_of_others(tmp_path: Path) -> None:
    with small.reviewing(tmp_path) as (lead, _):
        lead.enrol(small.ROUND, small.person("lead", unit_id="u9", organ_id="o9",
                                             roles=("lead", "reviewer")))  # fmt: skip
        lead.assign_to(small.ROUND, "c1", small.LEAD)
        lead.assign_to(small.ROUND, "c1", small.BEN)
        lead.as_person(small.BEN).submit(small.ROUND, "c1", small.items())
        found = lead.results(small.ROUND)
        assert [len(found[name]) for name in ("ratings", "marks", "results")] == [0, 0, 0]


def test_the_folder_of_a_round_is_sealed(tmp_path: Path) -> None:
    with small.reviewing(tmp_path) as (lead, clock):
        rated(lead, "c1", small.items(), small.items())
        final(lead, clock)
        folder = save_round(lead, small.ROUND, tmp_path / "out")
        assert save_round(lead, small.ROUND, tmp_path / "out") == folder
        head = lead.store.head()
    assert folder.parent == tmp_path / "out" / "rounds"
    assert broken_artefacts(folder) == []
    manifest = read_manifest(folder)
    assert manifest["head"]["hash"] == head.hash
    assert manifest["origin"]["run_id"] == "r"
    table = folder / "results.parquet"
    table.write_bytes(table.read_bytes()[:-1])
    assert broken_artefacts(folder) == ["results.parquet was changed"]
    (folder / "manifest.json").write_text(json.dumps(manifest | {"round_id": "x"}), "utf-8")
    assert "manifest.json was changed" in broken_artefacts(folder)


def test_three_forms_are_kept_apart_and_combined_by_their_weights(tmp_path: Path) -> None:
    weights = {"organisation": 0.6, "self": 0.2, "mutual": 0.2}
    with small.reviewing(tmp_path, weights=weights) as (lead, clock):
        rated(lead, "c1", small.items(facts=8), small.items(facts=8))  # 86.25
        final(lead, clock)
        (_, half) = list(combined(lead.state, small.ROUND))[-2:]
        assert half["mean"] is None
        assert (
            half["formula_zh"] == "组织考评 86.25 × 0.6；自我考评、互查互评尚无最终结果，不作综合"
        )
        assert half["formula_en"] == (
            "Appraisal by the organisation 86.25 x 0.6; "
            "not combined: nothing final from Self-appraisal, Mutual appraisal"
        )
        for name, form, taken, then in (
            ("2026-02", "self", 0, "2026-06-22"), ("2026-03", "mutual", 16, "2026-08-24"),
        ):  # fmt: skip
            rules = {"form": form, "ratings_per_case": 1, "other_organs_only": False}
            lead.open_round(name, small.opened(**rules), {"c1": small.drawn()})
            own = {"unit_id": "handling", "organ_id": "city"} if form == "self" else {
                "unit_id": "u7", "organ_id": "o7"}  # fmt: skip
            lead.enrol(name, small.person("zoe", **own))
            lead.assign_to(name, "c1", "zoe")
            lead.as_person("zoe").submit(name, "c1", small.items(facts=taken))
            lead.send_feedback(name, "handling")
            clock.go_to(then)
            lead.finalise(name, ["c1"])
        rows = {row["form"]: row for row in combined(lead.state, small.ROUND)}
    means = {form: row["mean"] for form, row in rows.items()}
    # self: 77 / 80; mutual: 61 / 80; 86.25 x 0.6 + 96.25 x 0.2 + 76.25 x 0.2
    assert means == {"organisation": 86.25, "self": 96.25, "mutual": 76.25, "combined": 86.25}
    assert rows["combined"]["formula_zh"] == (
        "（组织考评 86.25 × 0.6 + 自我考评 96.25 × 0.2 + 互查互评 76.25 × 0.2）÷ 1 = 86.25 分"
    )
    assert "?" not in rows["combined"]["formula_en"]


def test_checks_are_measured_by_what_held_in_the_end(tmp_path: Path) -> None:
    names = ["both", "neither", "split", "judged", "reduced", "withdrawn", "open"]
    cases = {name: small.drawn() for name in names}
    confirmed, overturned = small.items(), small.items(late="overturned")
    settled = small.items()
    settled["service"]["settled"] = {"proof": {"outcome": "failed", "reason": "卷内没有回证"}}
    with small.reviewing(tmp_path, cases, rules={"late": "abc"}) as (lead, _):
        rated(lead, "both", confirmed, confirmed)
        rated(lead, "neither", overturned, overturned)
        rated(lead, "split", confirmed, overturned)
        rated(lead, "judged", small.items(facts=30), small.items(late="overturned"))
        lead.as_person(small.JUDGE).adjudicate(small.ROUND, "judged", overturned, reason="已送达")
        rated(lead, "reduced", confirmed, confirmed)
        rated(lead, "withdrawn", settled, settled)
        lead.send_feedback(small.ROUND, "handling")
        for case, ruling in (("reduced", {"decision": "reduced", "points": 1}),
                             ("withdrawn", {"decision": "withdrawn", "points": 0})):  # fmt: skip
            told = lead.round(small.ROUND).cases[case].feedback
            listed = told.body.problems  # type: ignore[union-attr, attr-defined]
            lead.as_person(small.UNIT).reply(small.ROUND, case, {
                p.id: {"position": "contested" if p.id == "service/late" else "accepted",
                       "text": "当日已送达"} for p in listed
            })  # fmt: skip
            lead.as_person(small.JUDGE).answer(
                small.ROUND, case, {"service/late": ruling | {"reason": "回证补正"}}
            )
        found = measured(lead.state)
        late, proof = found["late", "abc"], found["proof", "d"]
        frame = lead.precision().set_index("check_id")
        assert of_rules(lead.state, {"late": "changed"}) == {}
        assert of_rules(lead.state, {"late": "abc"})["late"].counts == late.counts
    assert dict(late.counts) == {"confirmed": 2, "overturned": 3, "disagreed": 1}
    assert dict(proof.settled) == {"failed": 1}
    assert frame.loc["late", "precision"] == 0.4
    assert tuple(frame.loc["late", ["low", "high"]]) == clopper_pearson(2, 5)
    assert not frame.loc["late", "too_few"]
    assert frame.loc["proof", "too_few"]


@pytest.fixture(scope="module")
def hrss() -> Pack:
    return read_pack(find_pack("hrss", ROOT / "expectations"))


def test_a_rule_is_known_by_what_decides_it(hrss: Pack) -> None:
    from dataclasses import replace

    check = "after-penalty-published-7wd"
    before = rule_digest(hrss, check)
    assert before == rule_digest(hrss, check)
    limit = hrss.clocks["penalty_disclosure"].limit
    shorter = replace(hrss.parameters[limit], values=hrss.parameters[limit].values[:0])
    changed = replace(hrss, parameters={**hrss.parameters, limit: shorter})
    assert rule_digest(changed, check) != before
    assert rule_digest(changed, "di-dates-sane") == rule_digest(hrss, "di-dates-sane")
    renamed = replace(hrss, title={"zh": "另一个名称", "en": "Another title"})
    assert rule_digest(renamed, check) == before
    assert len({rule_digest(hrss, c) for c in hrss.checks}) > 95
