"""The dashboards' pages as HTML: their numbers, their links, their languages; no browser needed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import workbench
from workbench.dashboards.session import Session
from workbench.dashboards.state import Known, State, parse, read_state
from workbench.run import Run

ROOT = Path(__file__).parents[2]
CHECK = "after-penalty-published-7wd"
KNOWN = Known({"U1": "O1", "U2": "O2"}, ["O1", "O2"], ["k"], ["2026-01", "2026-02"], ["c"])


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
    html = shown(session, run=run_id, **given_parts)
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
    grouped = tallies.groupby(["check_id", "unit_id"])[["passed", "failed", "cannot_tell",
                                                        "not_yet_due"]].sum()  # fmt: skip
    grouped = grouped[grouped.sum(axis=1) > 0]
    expected = {k: (int(r.failed), int(r.failed + r.passed)) for k, r in grouped.iterrows()}
    assert {k: v for k, v in cells(html).items() if k[1]} == expected


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


NAMES = "page organ unit kind first last check outcome subject due at x".split()
VALUES = st.one_of(st.text(), st.sampled_from(["U1", "O2", "c", "check", "-1"]))


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_address_breaks_a_view(parts: dict[str, str]) -> None:
    state = read_state(parse(urlencode(parts)), "r", "zh", KNOWN)
    assert state.unit in (None, *KNOWN.units)
    assert state.check in (None, *KNOWN.checks)
    assert state.at >= 0
    assert read_state(parse(state.link()), "r", "zh", KNOWN) == state


@given(st.text(max_size=4000))
def test_any_text_is_an_address(address: str) -> None:
    read_state(parse(address), "r", "zh", KNOWN)


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
