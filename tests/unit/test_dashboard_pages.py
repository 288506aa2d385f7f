"""The dashboards' pages as HTML: their numbers, their links, their languages; no browser needed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

import workbench
from workbench.dashboards.bottlenecks_view import _risk
from workbench.dashboards.session import Session
from workbench.dashboards.state import (
    OUTCOMES,
    PAGES,
    Known,
    State,
    check_link,
    parse,
    read_state,
)
from workbench.dashboards.views import listed_run
from workbench.run import Run

ROOT = Path(__file__).parents[2]
CHECK = "after-penalty-published-7wd"
BOTH = ("passed", "failed", "cannot_tell", "not_yet_due")
KNOWN = Known({"U1": "O1", "U2": "O2"}, ["O1", "O2"], ["k"], ["2026-01", "2026-02"], ["c"],
              {"s": {}, "t": {}, "u": {}})  # fmt: skip


@pytest.fixture(scope="session")
def runs(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run of the sample and that of the FDA letters."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(sample_folder, folder / sample_folder.name)
    letters = workbench.evaluate(workbench.load(ROOT / "sample_data" / "us_fda", pack="us_fda"))
    letters.save(folder)
    return folder


@pytest.fixture(scope="session")
def session(runs: Path) -> Session:
    """One viewer of both runs."""
    return Session(runs)


@pytest.fixture(scope="session")
def run_id(sample_folder: Path) -> str:
    """The run of the sample."""
    return sample_folder.name


def shown(session: Session, **parts: str) -> str:
    """The HTML of an address, its style sheet left out."""
    return str(session.page("#" + urlencode(parts)).html)


def text(html: str) -> str:
    """What a person reads."""
    html = re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def numbers(html: str) -> dict[str, int]:
    """The figures at a glance."""
    found = re.findall(r'wb-n-(\w+)[^>]*">.*?wb-value">([\d,]+)<', html, flags=re.S)
    return {name: int(value.replace(",", "")) for name, value in found}


def cells(html: str) -> dict[tuple[str, str], tuple[int, int]]:
    """(check, unit) -> failed and decided of every cell of the heat map."""
    found = re.findall(r'data-check="([^"]*)" data-unit="([^"]*)">.*?<span>([\d,]+)/([\d,]+)', html,
                       flags=re.S)  # fmt: skip
    return {
        (check, unit): (int(a.replace(",", "")), int(b.replace(",", "")))
        for check, unit, a, b in found
    }


def tallied(run: Run, **filters: str) -> pd.DataFrame:
    """The tallies under the same filters."""
    frame = run.tallies
    for column, value in filters.items():
        frame = frame[frame[column] == value]
    return frame


def by_cell(tallies: pd.DataFrame) -> pd.DataFrame:
    """Counts of each check and unit with anything due; what is of no unit stands under '-'."""
    keys = ["check_id", tallies["unit_id"].fillna("-")]
    grouped = tallies.groupby(keys)[["passed", "failed", "cannot_tell", "not_yet_due"]].sum()
    return grouped[grouped.sum(axis=1) > 0]


@pytest.mark.parametrize(
    ("given_parts", "filters"),
    [
        ({}, {}),
        ({"unit": "9903-J"}, {"unit_id": "9903-J"}),
        ({"organ": "9902", "kind": "penalty"}, {"organ_id": "9902", "kind": "penalty"}),
        ({"first": "2026-03", "last": "2026-03"}, {"month": "2026-03"}),
    ],
)
def test_figures_and_cells_are_those_of_the_run(
    session: Session, run_id: str, sample_run: Run, given_parts: dict[str, str], filters: Any
) -> None:
    html = shown(session, run=run_id, open="*", **given_parts)
    tallies = tallied(sample_run, **filters)
    facts = sample_run.facts("cases").assign(
        month=lambda f: pd.to_datetime(f["period_on"]).dt.strftime("%Y-%m")
    )
    for column, value in filters.items():
        facts = facts[facts[column] == value]
    found = sample_run.findings
    veto = set(found.loc[found["veto_candidate"], "case_id"])
    figures = numbers(html)
    assert figures["cases"] == len(facts)
    assert figures["findings"] == tallies["failed"].sum()
    assert figures["vetoes"] == facts["case_id"].isin(veto).sum()
    grouped = by_cell(tallies)
    expected = {k: (int(r.failed), int(r.failed + r.passed)) for k, r in grouped.iterrows()}
    assert {k: v for k, v in cells(html).items() if k[1]} == expected


def test_a_folded_topic_adds_up_its_checks(session: Session, run_id: str, sample_run: Run) -> None:
    """Failed and decided of each topic and unit; what cannot be told stands beside them."""
    html = shown(session, run=run_id)
    topics = {c: about["topic"] for c, about in sample_run.results.checks["checks"].items()}
    tallies = sample_run.tallies.assign(topic=sample_run.tallies["check_id"].map(topics))
    units = sorted(set(tallies["unit_id"].dropna()))
    for topic in ("archive", "accountability", "disclosure_after"):
        its = tallies[tallies["topic"] == topic]
        row = html[html.index(f'id="wb-topic-{topic}"') :]
        row = row[: row.index("</tr>")].replace("\u200b", "")
        found = re.findall(r"<td.*?</td>", row)
        assert len(found) == len(units) + 2  # all units, and none
        for unit, cell in zip(["", *units], found, strict=False):
            own = its[its["unit_id"] == unit] if unit else its
            sums = own[list(BOTH)].sum()
            decided = int(sums["passed"] + sums["failed"])
            by_check = own.groupby("check_id")[["passed", "failed"]].sum().sum(axis=1)
            if sums.sum():
                assert f"<span>{sums['failed']:,}/{decided:,}</span>" in cell
                rate = f"{sums['failed'] / decided:.1%}" if by_check.max() >= 5 else ""
                assert f"<b>{rate}</b>" in cell
                assert ("<em>" in cell) == bool(sums["cannot_tell"])
        failed = its.groupby("check_id")["failed"].sum()
        assert f"{len(failed)} 项检查，{(failed > 0).sum()} 项有不符合" in row
    assert not any(unit and topics[check] == "archive" for check, unit in cells(html))


def test_a_folded_page_is_small_and_names_the_worst(
    session: Session, run_id: str, sample_run: Run
) -> None:
    """No check stands behind an unopened topic; its worst can be followed all the same."""
    html, opened = shown(session, run=run_id), shown(session, run=run_id, open="archive")
    checks = sample_run.results.checks["checks"]
    its = {check for check, about in checks.items() if about["topic"] == "archive"}
    rows = set(re.findall(r'<th scope="row"><a href="[^"]*check=([\w-]+)"', opened))
    assert rows >= its
    assert not its & set(re.findall(r'<th scope="row"><a href="[^"]*check=([\w-]+)"', html))
    assert 'id="wb-topic-archive" href="#run=' in html
    assert html.count('aria-expanded="true"') == 0
    assert opened.count('aria-expanded="true"') == 1
    sums = sample_run.tallies.groupby("check_id")[["failed", "passed"]].sum().loc[sorted(its)]
    sums = sums[sums.sum(axis=1) >= 5]
    worst = (sums["failed"] / sums.sum(axis=1)).idxmax()
    row = html[html.index('id="wb-topic-archive"') :]
    assert f'data-check="{worst}"' in row[: row.index("</th>")]


def test_untested_checks_of_a_topic_are_told(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / sample_folder.name
    shutil.copytree(sample_folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["untested"] = {"archive-required-docs": ["cases"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    row = text(shown(Session(folder), lang="en", open="archive")).split("Archiving")[1]
    assert ", 1 untested" in row[:80]
    assert "untested" in row[80:]


def test_few_checks_are_never_folded(session: Session, runs: Path) -> None:
    (letters,) = [folder.name for folder in runs.iterdir() if folder.name.startswith("us_fda")]
    html = shown(session, run=letters, open="*")
    assert "wb-fold" not in re.sub(r"<style.*?</style>", "", html, flags=re.S)
    assert "open=" not in html


def test_systems_show_rate_denominator_and_what_is_undecided(
    session: Session, run_id: str, sample_run: Run
) -> None:
    html = shown(session, run=run_id, lang="en")
    for system in sample_run.results.checks["systems"]:
        its = sample_run.tallies[sample_run.tallies["check_id"] == system["headline"]]
        passed, failed = int(its["passed"].sum()), int(its["failed"].sum())
        part = html[html.index(f'data-system="{system["id"]}"') :]
        read = text(part[: part.index("</article>")])
        assert f"{passed / (passed + failed):.1%}" in read
        assert f"{passed:,} / {passed + failed:,} passed" in read
        assert f"cannot tell {its['cannot_tell'].sum():,}" in read
        assert f"not yet due {its['not_yet_due'].sum():,}" in read


def test_months_with_open_limits_are_hollow_and_not_on_the_line(
    session: Session, run_id: str, sample_run: Run
) -> None:
    html = shown(session, run=run_id)
    data = json.loads(html.split('class="wb-data">')[1].split("</script>")[0])
    headlines = {s["id"]: s["headline"] for s in sample_run.results.checks["systems"]}
    for system, check in headlines.items():
        _, line, dots = data[f"wb-trend-{system}"]["data"]
        wanted = ["passed", "failed", "not_yet_due"]
        its = tallied(sample_run, check_id=check).groupby("month")[wanted].sum()
        its["decided"] = its["passed"] + its["failed"]
        its = its[its["decided"] > 0]
        assert dots["x"] == list(its.index)
        assert dots["y"] == pytest.approx(list(its["passed"] / its["decided"]))
        hollow = {m for m, c in zip(dots["x"], dots["marker"]["color"], strict=True) if c == "#fff"}
        assert hollow == set(its.index[its["not_yet_due"] > 0])
        assert not hollow & set(line["x"])
    assert any(tallied(sample_run, check_id=CHECK)["not_yet_due"] > 0)


def listed(html: str) -> list[str]:
    """The ids in a list, in order."""
    table = html[html.index("wb-subjects") :]
    return re.findall(r'class="wb-mono"[^>]*>([^<]+)<', table[: table.index("</table>")])


def every_page(session: Session, **parts: str) -> Iterator[str]:
    """The ids of a list, page after page."""
    for at in range(100):
        html = shown(session, at=str(at), **parts)
        yield from listed(html)
        if 'rel="next"' not in html:
            return


@pytest.mark.parametrize("outcome", ["failed", "passed", "not_yet_due"])
def test_a_cell_leads_to_its_cases_page_by_page(
    session: Session, run_id: str, sample_run: Run, outcome: str
) -> None:
    code = {"failed": 2, "passed": 1, "not_yet_due": 4}[outcome]
    unit = "99-J"
    merged = sample_run.outcomes("cases").merge(
        sample_run.facts("cases")[["subject_id", "unit_id"]], on="subject_id"
    )
    wanted = merged[(merged[CHECK] == code) & (merged["unit_id"] == unit)]["subject_id"]
    given_ids = list(
        every_page(session, run=run_id, page="check", check=CHECK, unit=unit, outcome=outcome)
    )
    assert len(given_ids) == len(set(given_ids))
    assert set(given_ids) == set(wanted)


@pytest.mark.parametrize("due", ["soon", "overdue", "open"])
def test_deadlines_are_those_of_the_run_first_due_first(
    session: Session, run_id: str, sample_run: Run, due: str
) -> None:
    deadlines = sample_run.deadlines
    state = {"soon": "open", "overdue": "overdue", "open": "open"}[due]
    its = deadlines[deadlines["state"] == state]
    if due != "overdue":
        its = its.dropna(subset="days_left")  # a day to wait for is no deadline
        its = its[(its["days_left"] <= 7) == (due == "soon")]
    html = shown(session, run=run_id, page="deadlines", due=due, lang="en")
    days = re.findall(r'wb-nowrap">(\d{4}-\d\d-\d\d)<', html)
    ordered = sorted(str(day)[:10] for day in its["due_on"])
    assert days == ordered[:20]
    assert f"of {len(its)}" in text(html) or len(its) <= 20


def test_the_real_letters_are_served_like_the_bureau(session: Session, runs: Path) -> None:
    (letters,) = [folder.name for folder in runs.iterdir() if folder.name.startswith("us_fda")]
    html = shown(session, run=letters)
    assert numbers(html)["cases"] == 3374
    assert cells(html)["posted-within-30cd", ""] == (579, 3374)
    by_unit = {u: f for (c, u), (f, _) in cells(html).items() if c == "posted-within-30cd" and u}
    unit, failed = max(by_unit.items(), key=lambda item: item[1])
    ids = every_page(session, run=letters, page="check", check="posted-within-30cd", unit=unit)
    assert len(list(ids)) == failed


@pytest.mark.parametrize("page", ["overview", "deadlines", "check", "case"])
def test_every_word_is_there_in_both_languages(
    session: Session, run_id: str, sample_run: Run, page: str
) -> None:
    case = str(sample_run.findings["case_id"].dropna().iloc[0])
    for language in ("zh", "en"):
        parts = {"run": run_id, "page": page, "lang": language, "check": CHECK, "subject": case}
        read = text(shown(session, **parts))
        assert not re.search(r"\bNone\b|\bnan\b|undefined|\{[a-z_]+\}", read), read
    assert "Case-file Workbench" in read


def test_words_of_the_dashboards_stand_in_both_languages() -> None:
    path = ROOT / "workbench" / "dashboards" / "words.yaml"
    words = yaml.safe_load(path.read_text("utf-8"))
    wanting = [key for key, its in words.items() if set(its) != {"zh", "en"}]
    assert wanting == []
    fields = re.compile(r"\{(\w+)\}")
    uneven = [k for k, w in words.items() if set(fields.findall(w["zh"])) != set(
        fields.findall(w["en"]))]  # fmt: skip
    assert uneven == []


def test_a_link_brings_back_the_same_state() -> None:
    state = State("r", "en", "check", "O1", "U1", "k", "2026-01", "2026-02", "c", "passed", None,
                  "soon", 3)  # fmt: skip
    assert read_state(parse(state.link()), "r", "en", KNOWN) == state


@given(st.builds(State, run=st.text(), unit=st.none() | st.text(), kind=st.none() | st.text(),
                 first=st.none() | st.text(), opened=st.sampled_from(["", "*", "s,t"])),
       st.text(min_size=1), st.sampled_from(OUTCOMES))  # fmt: skip
def test_the_quick_address_of_a_check_is_its_address(
    state: State, check: str, outcome: str
) -> None:
    view = state.link(page="check", check=None)
    assert check_link(view, check, outcome) == state.link(page="check", check=check,
                                                          outcome=outcome)  # fmt: skip
    assert view == "#" + urlencode([pair for pair in [
        ("run", state.run), ("lang", "zh"), ("page", "check"), ("unit", state.unit),
        ("kind", state.kind), ("first", state.first)] if pair[1]], safe=",*")  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "opened"),
    [("", ""), ("t", "t"), ("u,s", "s,u"), ("s,t,u", "*"), ("*", "*"), ("x", ""), ("t,x,", "t")],
)
def test_opened_topics_are_those_of_the_run(asked: str, opened: str) -> None:
    state = read_state({"open": asked}, "r", "zh", KNOWN)
    assert state.opened == opened
    assert read_state(parse(state.link()), "r", "zh", KNOWN) == state
    for topic in KNOWN.topics:  # one more or one less, and twice is as before
        once = read_state(parse(state.toggle(topic, KNOWN.topics)), "r", "zh", KNOWN)
        assert once.opens(topic) != state.opens(topic)
        assert once.toggle(topic, KNOWN.topics) == state.link()


NAMES = "page organ unit kind first last check outcome subject due at open x".split()
VALUES = st.one_of(st.text(), st.sampled_from(["U1", "O2", "c", "check", "-1", "s,t", "*"]))


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_address_breaks_a_view(parts: dict[str, str]) -> None:
    state = read_state(parse(urlencode(parts)), "r", "zh", KNOWN)
    assert state.unit in (None, *KNOWN.units)
    assert state.check in (None, *KNOWN.checks)
    assert state.at >= 0
    assert read_state(parse(state.link()), "r", "zh", KNOWN) == state


@given(st.text(max_size=4000))
def test_any_text_is_an_address(address: str) -> None:
    state = read_state(parse(address), "r", "zh", KNOWN)
    assert state.page in PAGES
    assert state.link().startswith("#")


def test_hostile_addresses_show_the_first_view_and_are_escaped(
    session: Session, run_id: str
) -> None:
    bad = "<script>alert(1)</script>' OR 1=1 --"
    html = shown(session, run=run_id, page="check", check=bad, unit=bad)
    assert numbers(html)["cases"] == 2000
    html = shown(session, run=run_id, page="case", subject=bad)
    assert "<script>alert" not in html
    assert "alert(1)" in text(html)


def test_no_run_says_what_to_do(tmp_path: Path) -> None:
    for language, words in (("zh", "还没有评查批次"), ("en", "There is no run yet")):
        read = text(shown(Session(tmp_path), lang=language))
        assert words in read
        assert "make run" in read


def test_a_broken_run_is_named_and_the_others_are_shown(runs: Path, tmp_path: Path) -> None:
    for folder in runs.iterdir():
        shutil.copytree(folder, tmp_path / folder.name)
    broken = next(f for f in tmp_path.iterdir() if f.name.startswith("us_fda"))
    (broken / "tallies.parquet").write_bytes(b"nothing")
    html = shown(Session(tmp_path), run=broken.name, lang="en")
    assert broken.name in text(html)
    assert numbers(html)["cases"] == 2000


def test_the_connection_reads_the_run_and_nothing_else(session: Session, run_id: str) -> None:
    from workbench.engines.base import EngineError

    session.page(f"#run={run_id}")
    engine = session._open[run_id].results.engine
    outside = f"FROM read_csv('{ROOT}/sample_data/hrss/parties.csv')"
    writing, unlocking = "COPY (SELECT 1) TO '/tmp/x.csv'", "SET enable_external_access = true"
    for query in (outside, writing, unlocking):
        with pytest.raises(EngineError):
            engine.run(query, "test")


def test_what_leadership_may_not_see_reaches_no_view(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / sample_folder.name
    shutil.copytree(sample_folder, folder)
    path = folder / "checks.json"
    checks = json.loads(path.read_text("utf-8"))
    given_parts = {"page": "check", "check": CHECK, "lang": "en"}
    assert "working days" in text(shown(Session(folder), **given_parts)).split("Observed")[1]
    checks["facts"] = {"cases": {"penalty_disclosure_elapsed": "personal",
                                 "penalty_disclosure_due_on": "personal"}}  # fmt: skip
    path.write_text(json.dumps(checks), "utf-8")
    session = Session(folder)
    rows = text(shown(session, **given_parts)).split("Observed")[1].split("of 54")[0]
    assert rows.count("[withheld]") == 2 * 20
    assert not re.search(r"(?<!at most )\b\d+ working days", rows)
    deadlines = text(shown(session, page="deadlines", due="overdue", lang="en"))
    assert "[withheld]" in deadlines


def test_case_ids_that_leadership_may_not_see_are_not_among_the_bottlenecks(
    sample_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / sample_folder.name
    shutil.copytree(sample_folder, folder)
    path, an_id = folder / "checks.json", re.compile(r"\b99\d\d-20\d\d-\d+")
    assert an_id.search(shown(Session(folder), page="bottlenecks", lang="en"))
    checks = json.loads(path.read_text("utf-8"))
    checks["facts"] = {"cases": {"case_id": "personal"}}
    path.write_text(json.dumps(checks), "utf-8")
    session = Session(folder)
    html = shown(session, page="bottlenecks", lang="en")
    assert "A decision is made before it is published" in text(html)
    assert not an_id.search(html)
    due = {"clock": "penalty_disclosure", "case_id": "9904-2024-00001", "unit_id": None,
           "kind": "penalty", "due_on": date(2026, 7, 1), "share_used": 0.9}  # fmt: skip
    row = _risk(session._open[folder.name], State(language="en"), due)
    assert (row["subject"], row["href"]) == ("[withheld]", "")


def letters(folder: Path, rows: list[str]) -> Session:
    """A run of a few invented letters: `unit,organ,posted_on` each, decided on 4 March 2019."""
    source = folder / "source"
    source.mkdir(parents=True)
    head = "case_id,letter_no,unit_id,organ_id,kind,decided_on,posted_on\n"
    lines = [
        f"C{at:03d},N{at},{unit},{organ},warning_letter,2019-03-04,{posted}\n"
        for at, (unit, organ, posted) in enumerate(row.split(",") for row in rows)
    ]
    (source / "cases.csv").write_text(head + "".join(lines), "utf-8")
    (source / "organs.csv").write_text("organ_id,name\nA,Organ A\nB,Organ B\n", "utf-8")
    units = "unit_id,organ_id,name\nU1,A,Unit One\nA,A,Named like an organ\n"
    (source / "units.csv").write_text(units, "utf-8")
    run = workbench.evaluate(workbench.load(source, pack="us_fda"), as_of="2019-12-31")
    run.save(folder / "out")
    return Session(folder / "out")


def test_what_belongs_to_no_unit_stands_in_a_column_of_its_own(tmp_path: Path) -> None:
    good, late = "U1,A,2019-03-05", ",A,2019-09-05"
    session = letters(tmp_path, [good] * 20 + [late] * 20)
    html = shown(session)
    its = {unit: cell for (check, unit), cell in cells(html).items() if "30cd" in check}
    assert its == {"": (20, 40), "U1": (0, 20), "-": (20, 20)}
    alone = shown(session, unit="-", page="check", check="posted-within-30cd")
    assert len(listed(alone)) == 20
    assert "(of no unit)" in text(alone)


def test_a_unit_of_two_organs_keeps_its_cases(tmp_path: Path) -> None:
    rows = ["U1,A,2019-03-05"] * 6 + ["U1,B,2019-09-05"] * 7 + ["A,A,2019-03-05"] * 5
    session = letters(tmp_path, rows)
    assert numbers(shown(session, unit="U1"))["cases"] == 13
    assert numbers(shown(session, unit="U1", organ="B"))["cases"] == 7
    assert cells(shown(session, organ="B"))["posted-within-30cd", "U1"] == (7, 7)
    # A unit that has nothing of the organ is left out, and that is said.
    html = shown(session, unit="A", organ="B")
    assert numbers(html)["cases"] == 7
    assert "which this run does not have" in text(html)


def test_all_units_stand_beside_the_one_that_is_chosen(
    session: Session, run_id: str, sample_run: Run
) -> None:
    its = cells(shown(session, run=run_id, unit="9903-J", open="*"))
    sums = tallied(sample_run, check_id=CHECK)[["passed", "failed"]].sum()
    assert its[CHECK, ""] == (sums["failed"], sums["failed"] + sums["passed"])


def test_too_few_have_neither_rate_nor_colour(session: Session, run_id: str) -> None:
    html = shown(session, run=run_id, open="*")
    cell = r'<td class="wb-heat-(\w+)[^"]*"><a[^>]*><b>([^<]*)</b><span>[\d,]+/([\d,]+)'
    found = re.findall(cell, html)
    assert found
    for heat, rate, decided in found:
        few = int(decided.replace(",", "")) < 5
        assert (heat == "few", rate == "") == (few, few)
    assert any(heat == "few" for heat, _, _ in found)


def test_a_deadline_is_one_whatever_period_is_looked_at(
    session: Session, run_id: str, sample_run: Run
) -> None:
    overdue = int((sample_run.deadlines["state"] == "overdue").sum())
    assert numbers(shown(session, run=run_id, first="2026-06"))["overdue"] == overdue


def test_what_was_never_done_is_told_from_what_was_late(
    session: Session, run_id: str, sample_run: Run
) -> None:
    failed = sample_run.findings.query("check_id == @CHECK")["subject_id"]
    clock = sample_run.deadlines.query("clock == 'penalty_disclosure' and state == 'overdue'")
    waiting = int(failed.isin(clock["subject_id"]).sum())
    assert 0 < waiting < len(failed)
    html = shown(session, run=run_id, page="check", check=CHECK, lang="en")
    assert f"of {len(failed)} failed, {waiting} are not done yet" in text(html)
    pages = [shown(session, run=run_id, page="check", check=CHECK, lang="en", at=str(at))
             for at in range(-(-len(failed) // 20))]  # fmt: skip
    assert sum(page.count("not done yet</td>") for page in pages) == waiting


def test_months_end_with_the_as_of_day_and_the_order_of_two_is_mended(
    session: Session, run_id: str
) -> None:
    html = shown(session, run=run_id)
    months = re.findall(r'<option value="(\d{4}-\d\d)"', html)
    assert max(months) == "2026-06"
    (year,) = re.findall(r'href="([^"]*)"[^>]*>近十二个月', html)
    assert "first=2025-07" in year
    assert "last=2026-06" in year
    mended = f'data-hash="#run={run_id}&amp;lang=zh&amp;first=2026-01&amp;last=2026-03"'
    assert mended in shown(session, run=run_id, first="2026-03", last="2026-01")


def test_cases_with_findings_the_most_serious_first(
    session: Session, run_id: str, sample_run: Run
) -> None:
    html = shown(session, run=run_id, page="cases")
    table = html[html.index("wb-cases") :]
    ids = re.findall(r'class="wb-mono[^>]*>([^<]+)<', table)
    found = sample_run.findings.dropna(subset=["case_id"])
    assert f"{found['case_id'].nunique()} 件有问题" in text(html)
    worst = list(sample_run.worst_cases["case_id"])
    assert ids[: len(worst)] == worst


def test_a_run_is_listed_with_its_cases_and_not_with_what_else_it_counts() -> None:
    manifest = {"as_of": "2026-06-30", "pack": {"title": {"zh": "案卷", "en": "Files"}},
                "case_asset": "cases", "assets": {"cases": 3, "parties": 40}}  # fmt: skip
    assert listed_run("r", manifest).cases == 3


def test_an_unknown_run_is_named(session: Session) -> None:
    read = text(shown(session, run="gone-2026", lang="en"))
    assert "There is no run gone-2026" in read


def test_the_weak_links_are_the_first_to_look_at(
    session: Session, run_id: str, sample_run: Run
) -> None:
    html = shown(session, run=run_id)
    part = html[html.index('class="wb-first"') :]
    fractions = re.findall(r"<i>(\d+) / (\d+) ", part[: part.index("</ol>")])
    links = sample_run.weak_links
    links = links[(links.family == "unit") & links.flagged]
    ranked = links.sort_values("priority", ascending=False).head(5)
    wanted = list(zip(ranked["signal_failed"], ranked["signal_n"], strict=True))
    assert wanted
    assert [(int(f), int(n)) for f, n in fractions] == wanted


def test_without_a_weak_link_first_look_is_ordered_by_what_is_sure(
    session: Session, run_id: str, sample_run: Run
) -> None:
    html = shown(session, run=run_id, unit="9904-J")
    part = html[html.index('class="wb-first"') :]
    fractions = re.findall(r"<i>(\d+) / (\d+) ", part[: part.index("</ol>")])
    cells = by_cell(tallied(sample_run)).reset_index()
    cells["n"] = cells["passed"] + cells["failed"]
    cells = cells.query("unit_id == '9904-J' and n >= 5 and failed > 0 and n >= cannot_tell")
    cells["low"] = beta.ppf(0.025, cells["failed"], cells["passed"] + 1)  # Clopper and Pearson
    wanted = cells.sort_values(["low", "check_id"], ascending=[False, True]).head(5)
    assert [(int(f), int(n)) for f, n in fractions] == list(
        zip(wanted["failed"], wanted["n"], strict=True)
    )
