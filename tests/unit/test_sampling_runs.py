"""Samples of a run, as a supervisor draws them: by API and by `workbench sample`."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import workbench as wb
from workbench.cli import main
from workbench.run import Run
from workbench.sampling import record as records
from workbench.sampling import tables
from workbench.sampling.population import population
from workbench.sampling.sample import open_sample
from workbench.terms import InputError, UsageError


@pytest.fixture(scope="module")
def opened(sample_folder: Path) -> Run:
    return wb.open_run(sample_folder)


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["sample", *(str(a) for a in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    return result


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "sample.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_ten_percent_and_at_least_five_of_each_unit(opened: Run) -> None:
    sample = wb.sample(opened, percent=10, by="unit_id", allocation="each", minimum=15, seed=7)
    units = opened.facts().unit_id.value_counts()
    drawn = sample.cases.unit_id.value_counts()
    assert drawn.to_dict() == {u: max(15, -(-n // 10)) for u, n in units.items()}
    assert sample.cases.order.tolist() == list(range(1, len(sample) + 1))
    weights = sample.cases.groupby("unit_id").weight.sum()
    assert weights.round(3).to_dict() == units.astype(float).to_dict()  # each stands for its own


def test_a_simple_draw_is_the_same_from_any_order_of_rows(opened: Run, sample_run: Run) -> None:
    """From the stored run and from the one in memory; the seed alone decides."""
    first = opened.sample(count=50, seed="公开抽取2026")
    again = sample_run.sample(count=50, seed="公开抽取2026")
    assert first.case_ids == again.case_ids
    assert first.record["population"] == again.record["population"]
    assert opened.sample(count=50, seed="8").case_ids != first.case_ids
    assert opened.sample(count=50).plan.seed != opened.sample(count=50).plan.seed


def test_the_population_hash_is_of_cases_strata_and_risks(opened: Run) -> None:
    cases = population(opened.results)
    assert len(cases.sha256) == 64
    reversed_ = replace(cases, subjects=tuple(sorted(cases.subjects, key=lambda s: s.case_id)))
    assert reversed_.sha256 == cases.sha256
    assert population(opened.results, by=["kind"]).sha256 != cases.sha256
    assert population(opened.results, risk="failed").sha256 != cases.sha256


def test_a_filter_comes_before_the_draw_and_stands_in_the_record(opened: Run) -> None:
    facts = opened.facts()
    wanted = facts[(facts.kind == "penalty") & (facts.period_on.astype(str) >= "2025-07-01")]
    sample = opened.sample(percent=100, where=["kind = penalty", "period_on >= 2025-07-01"])
    assert set(sample.case_ids) == set(wanted.case_id)
    assert sample.record["population"]["left_out"] == 2000 - len(wanted)
    assert sample.record["plan"]["where"][0] == ["kind", "=", ["penalty"]]
    failed = opened.sample(percent=100, where="after-penalty-published-7wd = failed")
    assert len(failed) == len(opened.check("after-penalty-published-7wd").findings)
    assert len(opened.sample(percent=100, where={"kind": ["permit", "levy"]})) == 448
    assert len(opened.sample(percent=100, where="decided_on =")) == facts.decided_on.isna().sum()


def test_a_draw_by_risk_prefers_cases_with_failed_checks(opened: Run) -> None:
    findings = opened.findings.query("asset == 'cases'").groupby("subject_id").size()
    sample = opened.sample(count=200, risk="failed", seed=7)
    chances = [Fraction(one["inclusion"]) for one in sample.record["draw"]]
    groups = sample.strata
    assert (groups.inclusion * groups.cases).sum() == pytest.approx(200)
    assert len(sample) == 200
    assert max(chances) <= 1
    failed = [findings.get(case, 0) for case in sample.case_ids]
    by_failed = dict(zip(failed, chances, strict=True))
    base = by_failed[0]
    assert all(chance == base * (1 + n) for n, chance in by_failed.items())
    graded = opened.sample(count=50, risk="grade", grades={"veto": 100}, seed=7)
    assert graded.record["plan"]["grades"]["veto"] == 100
    assert "（否决 100、重大 5、一般 2、提示 1）" in graded.text("zh")
    assert "veto 100, major 5" in graded.text("en")
    assert opened.sample(count=50, risk="required_documents_missing_count", seed=7).plan.risk


def test_cross_review_gives_nobody_files_of_the_own_unit(opened: Run) -> None:
    sample = opened.sample(percent=10, by="unit_id", cross="organ", each=2, seed=7)
    organ = opened.facts().set_index("case_id").organ_id
    for one in sample.cases.itertuples():
        assert {one.reviewer_1, one.reviewer_2} <= set(organ) - {organ[one.case_id]}
        assert one.reviewer_1 != one.reviewer_2
    files = Counter([*sample.cases.reviewer_1, *sample.cases.reviewer_2])
    assert max(files.values()) - min(files.values()) <= 1


def test_what_was_found_becomes_a_sentence(opened: Run) -> None:
    sample = opened.sample(tolerable="0.05", expected="0.01", seed=7)
    assert len(sample) == 91  # 93 of a population without end
    outcomes: dict[str, bool | None] = dict.fromkeys(sample.case_ids, False)
    outcomes[sample.case_ids[0]] = True
    told = sample.conclude(outcomes)
    assert told.tolerated is True
    assert "以95%的把握" in told.sentence("zh")
    assert "未超过可容忍的 5%" in told.sentence("zh")
    assert "With 95% confidence" in told.sentence("en")
    assert "does not exceed the tolerable 5%" in told.sentence("en")
    for case in sample.case_ids[:6]:
        outcomes[case] = True
    worse = sample.conclude(outcomes)
    assert worse.tolerated is False
    assert "超过可容忍的 5%" in worse.sentence("zh")
    assert "样本不足以表明" in worse.sentence("zh")
    outcomes[sample.case_ids[-1]] = None
    del outcomes[sample.case_ids[-2]]
    last = sample.conclude(outcomes, tolerable="0.2", confidence="0.9")
    assert (last.estimate.undecided, last.estimate.missing) == (1, 1)
    assert "1 件尚未评查" in last.sentence("zh")
    assert "not applicable or undecided: 1" in last.sentence("en")
    with pytest.raises(UsageError, match="1 cases were not drawn"):
        sample.conclude({"99-2099-00001": True})
    assert "nothing can be concluded" in sample.conclude({}).sentence("en")


def test_automatic_rates_stand_beside_what_the_sample_estimates(opened: Run) -> None:
    """Each way of drawing, held against every check of the population; nothing is left out."""
    for asked in (
        {"count": 200}, {"percent": 10, "by": "unit_id"}, {"count": 240, "risk": "failed"},
        {"count": 20, "by": "organ_id", "allocation": "each"},
    ):  # fmt: skip
        found = opened.sample(**asked, seed=11).against_population()
        counts = opened.checks.query("asset == 'cases' and decided > 0").set_index("check_id")
        frame = found.frame.set_index("check_id")
        assert set(frame.index) == set(counts.index)
        assert frame.population_failed.to_dict() == counts.failed.to_dict()
        assert frame.population_decided.to_dict() == counts.decided.to_dict()
        assert found.inside >= 0.95 * found.compared - 4
        some = frame[frame.sample_decided > 0]
        assert ((some.low <= some.high) & (some.low >= 0) & (some.high <= 1)).all()
    assert "总体不符合率" in found.text("zh")
    assert "95% interval" in found.text("en")
    assert "wb-table" in found.html("en")
    everything = opened.sample(percent=100).against_population().frame
    assert everything.inside.all()
    assert (everything.low == everything.high).all()


def test_against_its_population_only_in_the_run_it_is_of(opened: Run, tmp_path: Path) -> None:
    sample = opened.sample(count=20, seed=1)
    folder = sample.save(tmp_path / "s")
    alone = open_sample(folder)
    assert alone.case_ids == sample.case_ids
    assert "20 of 2,000" in alone.text("en")
    with pytest.raises(UsageError, match="open it"):
        alone.against_population()
    other = {**sample.record, "population": {**sample.record["population"], "sha256": "0"}}
    with pytest.raises(UsageError, match="not the one sampled"):
        replace(sample, record=other).against_population()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "no size given"),
        ({"count": 3, "percent": 5}, "several sizes"),
        ({"count": 3000}, "3000 cases are asked for, and the population has 2000"),
        ({"count": 0}, "1 or more"),
        ({"count": "ten"}, "whole number"),
        ({"percent": 0}, "above 0"),
        ({"percent": "ten"}, "no percentage"),
        ({"count": 5, "by": "unit_id"}, "12 strata make 12"),
        ({"count": 50, "by": "unit_id", "minimum": 10}, "12 strata make 120"),
        ({"count": 20, "by": "kind", "allocation": "each"}, "the first of them 'coercion' with 13"),
        ({"count": 5, "by": "unitid"}, "did you mean 'unit_id'"),
        ({"count": 5, "allocation": "each"}, "say by which column"),
        ({"count": 5, "by": "kind", "allocation": "equl"}, "did you mean 'equal'"),
        ({"take": {"99-Z": 5}, "by": "unit_id"}, "'99-Z' is empty"),
        ({"count": 5, "where": "kind"}, "is no condition"),
        ({"count": 5, "where": "kind = penlty"}, "kind is one of coercion, inspection"),
        ({"count": 5, "where": "period_on > 30.6.2025"}, "is no day"),
        ({"count": 5, "where": "major = maybe"}, "true or false"),
        ({"count": 5, "where": "published > 2"}, "true or false"),
        ({"count": 5, "risk": "kind"}, "no numbers"),
        ({"count": 5, "risk": "faild"}, "no column 'faild'"),
        ({"count": 5, "risk": "grade", "grades": {"worst": 3}}, "no grade 'worst'"),
        ({"count": 5, "grades": {"veto": 3}}, "go with the risk"),
        ({"count": 5, "each": 2}, "goes with cross-review"),
        ({"count": 5, "cross": "unit", "where": "unit_id = 99-J"}, "two units or more"),
        ({"count": 5, "cross": "town"}, "units or organs"),
        ({"count": 5, "seed": " "}, "empty seed"),
        ({"count": 5, "stratify": "kind"}, "a draw knows no 'stratify'"),
        ({"tolerable": 5}, "did you mean 0.05"),
    ],
)
def test_a_slip_is_a_sentence(opened: Run, asked: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as told:
        opened.sample(**asked)  # type: ignore[arg-type]
    assert words in str(told.value)


def test_personal_columns_are_refused_and_never_recorded(opened: Run) -> None:
    checks = {
        **opened.results.checks,
        "facts": {"cases": {"kind": "personal", "unit_id": "secret"}},
    }
    closed = replace(opened, results=replace(opened.results, checks=checks))
    for asked in ({"by": "kind"}, {"where": "kind = penalty"}, {"risk": "kind"}):
        with pytest.raises(UsageError, match="personal data"):
            closed.sample(count=5, **asked)
    assert set(closed.sample(count=5).cases.unit_id) == {None}


def test_the_command_draws_saves_and_draws_again(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    asked = [
        "--percent",
        "10",
        "--by",
        "unit_id",
        "--minimum",
        "5",
        "--seed",
        "7",
        "--cross",
        "unit",
    ]
    result = call(sample_folder, *asked, "--to", folder, "--lang", "zh")
    assert result.exit_code == 0
    for words in ("从 2,000 件案卷中抽取 200 件", "分层抽样", "每层至少 5 件", "互查互评",
                  "种子：7", "示例市劳动保障监察支队", "--again"):  # fmt: skip
        assert words in result.output
    rows = listed(folder)
    record = json.loads((folder / "sample.json").read_text("utf-8"))
    assert [row["case_id"] for row in rows] == [one["case_id"] for one in record["draw"]]
    assert all(row["reviewer_1"] != row["unit_id"] for row in rows)
    assert float(rows[0]["weight"]) == pytest.approx(1 / float(rows[0]["inclusion"]), rel=1e-4)
    again = call(sample_folder, "--again", folder / "sample.json", "--lang", "en")
    assert again.exit_code == 0
    assert "population (2,000 cases) and draw (200) are what the record says" in again.output
    assert call(sample_folder, *asked, "--to", folder).exit_code == 0  # the same again: no harm
    other = call(sample_folder, "--count", "5", "--to", folder)
    assert other.exit_code == 2
    assert "the record of another draw" in other.output


def test_the_command_concludes_from_a_table(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    call(sample_folder, "--count", "100", "--seed", "7", "--to", folder)
    cases = [one["case_id"] for one in json.loads((folder / "sample.json").read_text())["draw"]]
    table = tmp_path / "found.csv"
    lines = [f"{case},{item},{'不符合' if at < bad else '符合'}" for item, bad in
             (("告知", 2), ("送达", 0)) for at, case in enumerate(cases)]  # fmt: skip
    table.write_bytes("\n".join(["案件编号,评查项目,结论", *lines]).encode("gb18030"))
    result = call(sample_folder, "--again", folder, "--outcomes", table, "--tolerable", "5",
                  "--lang", "zh")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert (
        "告知：以95%的把握：全部 2,000 件案卷的不符合率不超过 6.05%（不超过 121 件）"
        in result.output
    )
    assert "送达：以95%的把握：全部 2,000 件案卷的不符合率不超过 2.85%" in result.output
    assert result.output.count("可容忍的 5%") == 2
    table.write_text("case_id,outcome\n" + cases[0] + ",perhaps\n", "utf-8")
    wrong = call(sample_folder, "--again", folder, "--outcomes", table)
    assert wrong.exit_code == 1
    assert "line 2" in wrong.output


def test_the_command_says_a_size(sample_folder: Path) -> None:
    result = call(sample_folder, "--size", "--tolerable", "5", "--expected", "1", "--lang", "zh")
    assert "须抽查 91 件，其中不符合不超过 1 件" in result.output


def test_a_changed_record_is_found(sample_folder: Path, opened: Run, tmp_path: Path) -> None:
    """A careless change by the hash; a careful one, with a new hash, by drawing again."""
    sample = opened.sample(count=30, by="kind", seed=7)
    outside = next(c for c in opened.facts().case_id if c not in sample.case_ids)
    for careful in (False, True):
        for change, words in (
            (("draw", 3, "case_id", outside), "1 cases of the record are not drawn again"),
            (("draw", 3, "order", 99), "of 1 cases are not those"),
            (("plan", "seed", None, "8"), "Another draw"),
            (("population", "sha256", None, "0" * 64), "Another population"),
            (("run", "as_of", None, "2026-01-01"), "Another as-of day"),
        ):
            record = json.loads(records.as_text(sample.record))
            part, at, field, value = change
            if field:
                record[part][at][field] = value
            else:
                record[part][at] = value
            if careful:
                record["sha256"] = records.digest(record)
            path = tmp_path / "changed.json"
            path.write_text(records.as_text(record), "utf-8")
            result = call(sample_folder, "--again", path, "--lang", "en")
            assert result.exit_code == 1
            assert words in result.output
            assert ("hash does not agree" in result.output) is not careful
            assert "记录" in call(sample_folder, "--again", path, "--lang", "zh").output


def test_no_damage_to_a_record_goes_unseen_or_ends_in_a_traceback(
    opened: Run, tmp_path: Path
) -> None:
    """Every single value of a record replaced by others, the hash made to fit again."""
    whole = opened.sample(count=2, by="unit_id", minimum=0, where="kind = levy", risk="grade",
                          cross="unit", seed=7).record  # fmt: skip
    path = tmp_path / "r.json"
    tried = 0
    for place in places(whole):
        for value in (None, "x", -1, []):
            record = json.loads(records.as_text(whole))
            node = record
            for key in place[:-1]:
                node = node[key]
            if node[place[-1]] == value or place[0] == "sha256":
                continue
            node[place[-1]] = value
            record["sha256"] = records.digest(record)
            path.write_text(records.as_text(record), "utf-8")
            tried += 1
            try:
                found = opened.sample_again(path)
            except InputError:
                continue
            # A plan is what was asked: what it does not use may be anything.
            assert not found.whole or place[0] == "plan" or place == ("run", "run_id"), place
            assert found.text("zh")
    assert tried > 150


def places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a record holds a value."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(
        node, list) else ()  # fmt: skip
    for key, part in parts:
        yield from places(part, (*at, key))
    if at:
        yield at


def test_another_run_is_told_from_the_one_sampled(opened: Run, tmp_path: Path) -> None:
    """The same bureau, a shorter period: what differs is said, stratum by stratum."""
    path = opened.sample(count=30, by="kind", seed=7).save(tmp_path / "s")
    shorter = wb.evaluate(wb.load("sample_data/hrss"), "2026-06-30", "2025-07-01..")
    found = shorter.sample_again(path)
    assert not found.same_population
    assert not found.same_draw
    assert {code for code, _ in found.differences} >= {"run", "population", "stratum", "cases"}
    assert "评查期间不同" in found.text("zh")
    assert "Stratum 'penalty': 677" in found.text("en")


def test_a_file_that_is_no_record_is_a_sentence(sample_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    whole = dict.fromkeys(("run", "population", "plan", "strata", "draw", "sha256"), 1)
    for text, words in (
        ("{}", "lacks method"), ("[", "no JSON"), ("[]", "lacks method"),
        (json.dumps({"method": "workbench-sample/9", **whole}), "repeats workbench-sample/1"),
        (json.dumps({"method": "workbench-sample/1", **whole}), "no whole record"),
    ):  # fmt: skip
        path.write_text(text, "utf-8")
        result = call(sample_folder, "--again", path)
        assert result.exit_code == 1
        assert words in result.output
    assert call(sample_folder, "--again", tmp_path / "none.json").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--again", "x.json", "--count", "5"], "without --count"),
        (["--outcomes", "x.csv"], "goes with --again"),
        (["--size"], "goes with --tolerable"),
        (["--count", "5", "--take", "a"], "NAME=NUMBER"),
        (["--tolerable", "five"], "no percentage"),
    ],
)
def test_options_that_clash_are_sentences(
    sample_folder: Path, arguments: list[str], words: str
) -> None:
    result = call(sample_folder, *arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_nothing_is_written_into_a_run(sample_folder: Path, tmp_path: Path) -> None:
    run = shutil.copytree(sample_folder, tmp_path / sample_folder.name)
    result = call(run, "--count", "5", "--to", run / "sample")
    assert result.exit_code == 2
    assert "a run never changes" in result.output
    assert not (run / "sample").exists()


def test_a_roster_gives_every_file_a_reviewer_of_elsewhere(
    sample_folder: Path, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("评查员,机构\n甲,99-J\n乙,99-X\n丙,9902-J\n丁,9902-X\n", "utf-8")
    result = call(sample_folder, "--count", "40", "--seed", "7", "--reviewers", roster, "--each",
                  "2", "--apart", "--to", tmp_path / "s", "--lang", "zh")  # fmt: skip
    assert result.exit_code == 0, result.output
    units = {"甲": "99-J", "乙": "99-X", "丙": "9902-J", "丁": "9902-X"}
    rows = listed(tmp_path / "s")
    loads = Counter(row[r] for row in rows for r in ("reviewer_1", "reviewer_2"))
    assert all(
        units[row[r]] != row["unit_id"] for row in rows for r in ("reviewer_1", "reviewer_2")
    )
    assert max(loads.values()) - min(loads.values()) <= 1
    roster.write_text("reviewer,unit\n甲,99-J\n甲,99-X\n", "utf-8")
    assert "twice" in call(sample_folder, "--count", "5", "--reviewers", roster).output
    roster.write_text("name,unit\n甲,99-J\n", "utf-8")
    assert "no column reviewer" in call(sample_folder, "--count", "5", "--reviewers", roster).output


def test_cells_of_the_list_are_never_formulas(opened: Run, tmp_path: Path) -> None:
    record = json.loads(records.as_text(opened.sample(count=3, seed=1).record))
    record["draw"][0]["case_id"] = '=HYPERLINK("x")'
    folder = replace(opened.sample(count=3, seed=1), record=record).save(tmp_path / "s")
    row = (folder / "sample.csv").read_text("utf-8-sig").splitlines()[1]
    assert "'=HYPERLINK" in row
    assert open_sample(folder).case_ids[0] == '=HYPERLINK("x")'  # the record has it as it is


def test_words_are_there_in_both_languages_and_say_the_same() -> None:
    def leaves(node: object, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
        if isinstance(node, dict) and set(node) == {"zh", "en"}:
            yield path, node
        elif isinstance(node, dict):
            for name, part in node.items():
                yield from leaves(part, f"{path}/{name}")

    found = dict(
        leaves({k: v for k, v in tables.words().items() if k not in ("columns", "outcomes")})
    )
    assert len(found) > 60
    for path, said in found.items():
        fields = [set(re.findall(r"{(\w+)}", said[language])) for language in ("zh", "en")]
        assert fields[0] == fields[1], path
        assert not re.search("[\u4e00-\u9fff]", said["en"]), path


def test_a_sample_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        open_sample(tmp_path)
