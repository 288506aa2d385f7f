"""Japan's lists of labour-law violations: what pandas counts on them is what the workbench says."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from tests.tools.make_jp_labour_sample import CASE, LISTS, make_sample
from workbench.loading import CaseFiles, load_case_files
from workbench.pack import read_pack

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data" / "jp_labour"
MAPPINGS = ROOT / "expectations" / "jp_labour" / "mappings"
ORIGINALS = ROOT.parent / "shared/data/jp_labor_violations"
needs_originals = pytest.mark.skipif(not ORIGINALS.exists(), reason=f"{ORIGINALS} is not here")
FIRST_YEARS = {"H": 1988, "平成": 1988, "R": 2018, "令和": 2018}


def day(text: str) -> pd.Timestamp:
    """A second way to read an era date: a table of two eras and a split."""
    plain = unicodedata.normalize("NFKC", text).replace("元年", "1年")
    era, year, month, date = re.findall(r"[HR]|平成|令和|\d+", plain)[:4]
    return pd.Timestamp(FIRST_YEARS[era] + int(year), int(month), int(date))


@pytest.fixture(scope="module")
def entries() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "entries.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def files() -> CaseFiles:
    pack = read_pack(ROOT / "expectations" / "jp_labour")
    return load_case_files(SAMPLE, pack.schema, timezone=pack.timezone)


def test_every_row_is_used(files: CaseFiles, entries: pd.DataFrame) -> None:
    assert len(entries) == files.count("list_entries") == 1744
    assert entries["番号"].nunique() == files.count("cases") == 866
    assert entries["管轄"].nunique() == files.count("units") == 47
    assert entries["事案"].nunique() == 809
    assert files.report.refused == 0
    assert not [row for row in files.report.rows.to_pylist() if row["action"] == "unreadable"]
    sizes = entries.drop_duplicates("番号")["管轄"].value_counts()
    assert (sizes.min(), sizes.max()) == (2, 69)


def test_every_date_is_that_of_pandas(files: CaseFiles, entries: pd.DataFrame) -> None:
    cases = entries.drop_duplicates("番号").sort_values("番号")
    wanted = [
        (
            row["番号"],
            day(row["公表日"]).date(),
            day(row["送検日"]).date() if row["送検日"] else None,
        )
        for _, row in cases.iterrows()
    ]
    sql = "SELECT case_id, published_on, referred_on FROM main.cases ORDER BY case_id"
    assert files.engine.rows(sql, "test") == wanted
    updated = sorted(day(text).date() for text in entries["最終更新日"])
    found = files.engine.rows("SELECT updated_on FROM main.list_entries ORDER BY ALL", "test")
    assert [row[0] for row in found] == updated


def test_publication_and_withdrawals(entries: pd.DataFrame) -> None:
    cases = entries.drop_duplicates("番号")
    referred = cases[cases["送検日"] != ""]
    days = referred["公表日"].map(day).sub(referred["送検日"].map(day)).dt.days
    assert (len(days), round((days == 0).mean() * 100, 1), (days < 0).sum()) == (864, 98.6, 0)
    assert (days.max(), (days > 7).sum()) == (3652, 4)

    lists = sorted(entries["一覧"].unique())
    matters = entries.groupby("事案").agg(last=("一覧", "max"), published=("公表日", "first"))
    matters = matters[matters["last"] < lists[-1]]
    gone = matters["last"].map(lambda last: pd.Timestamp(lists[lists.index(last) + 1]))
    listed = gone.sub(matters["published"].map(day)).dt.days
    early = int((listed < 365).sum())
    assert (len(listed), early) == (395, 179)
    wordings = entries.groupby("事案")["番号"].nunique()
    rewritten = int(wordings[wordings > 1].sum())

    tallies = (
        wb.evaluate(wb.load(SAMPLE, pack="jp_labour"))
        .tallies.groupby("check_id")[["passed", "failed"]]
        .sum()
    )
    assert {name: tuple(row) for name, row in tallies.iterrows()} == {
        "bureau-known": (866, 0),
        "listed-for-a-year": (395 - early, early),
        "listed-once": (866, 0),
        "published-not-before-referral": (864, 0),
        "published-within-7cd": (860, 4),
        "wording-unchanged": (866 - rewritten, rewritten),
    }


def test_nothing_but_bureaux_dates_and_articles_is_shipped(entries: pd.DataFrame) -> None:
    assert list(entries.columns) == [
        "一覧", "番号", "事案", "管轄", "最終更新日", "公表日", "送検日", "区分", "違反法条",
    ]  # fmt: skip
    assert entries["管轄"].str.fullmatch(r"\w{2,3}労働局|神奈川労働局|鹿児島労働局").all()
    laws = entries["違反法条"].str.replace(r"[0-9０-９第条項の号,、\s]", "", regex=True)
    assert laws.str.fullmatch(r"(?:[\w]{3,14}?(?:法|規則|施行令)(?:違反)?)+").all()


@needs_originals
def test_the_shipped_files_are_what_the_tool_makes() -> None:
    for name, text in make_sample(ORIGINALS).items():
        assert text == (SAMPLE / name).read_text("utf-8")


@needs_originals
def test_the_figures_of_the_lists_with_and_without_quotes() -> None:
    """868 cases are counted where quotes are not read: two rows are torn at a tab, one of them
    on two lists."""
    paths = [next(ORIGINALS.glob(start + "*.tsv")) for start in LISTS]
    quoted = [pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False) for path in paths]
    torn = [
        pd.DataFrame(
            [line.split("\t")[:8] for line in path.read_text("utf-8-sig").splitlines()[1:]]
        )
        for path in paths
    ]
    assert sum(map(len, quoted)) == sum(map(len, torn)) == 1744
    assert len(pd.concat(quoted)[list(CASE)].drop_duplicates()) == 866
    places = [list(quoted[0].columns).index(name) for name in CASE]
    assert len(pd.concat(torn)[places].drop_duplicates()) == 868


@needs_originals
def test_the_lists_load_as_they_were_published() -> None:
    """All four, through the mapping alone. The loader reads NFKC, so pandas does here too."""
    paths = {start: next(ORIGINALS.glob(start + "*.tsv")) for start in LISTS}
    raw = pd.concat(
        pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False).assign(end=LISTS[start][0])
        for start, path in paths.items()
    ).map(lambda text: unicodedata.normalize("NFKC", text).strip())
    cases = raw.drop_duplicates(list(CASE))
    raw["matter"] = raw[["管轄", "企業・事業場名称", "公表日"]].agg("/".join, axis=1)
    ends = sorted(end for end, _ in LISTS.values())
    last = raw.groupby("matter").agg(end=("end", "max"), published=("公表日", "first"))
    last = last[last["end"] < ends[-1]]
    gone = last["end"].map(lambda end: pd.Timestamp(ends[ends.index(end) + 1]))
    early = int((gone.sub(last["published"].map(day)).dt.days < 365).sum())

    files = wb.load(ORIGINALS, pack="jp_labour", mapping=MAPPINGS / "monthly_lists.yaml")
    used = {count.table: count.used for count in files.report.counts}
    assert (used["list_entries"], used["cases"], used["units"]) == (1744, len(cases), 47)
    assert files.report.refused == 0
    run = wb.evaluate(files)
    tallies = run.tallies.groupby("check_id")[["passed", "failed", "cannot_tell"]].sum()
    assert tuple(tallies.loc["listed-for-a-year"]) == (len(last) - early, early, 0)
    late = cases[cases["その他参考事項"].str.contains("送[検致]")]
    days = late["公表日"].map(day).sub(late["その他参考事項"].map(day)).dt.days
    assert tuple(tallies.loc["published-within-7cd"]) == (
        int((days <= 7).sum()),
        int((days > 7).sum()),
        0,
    )


@needs_originals
@pytest.mark.parametrize("start", LISTS)
def test_a_list_loads_as_it_was_published(start: str) -> None:
    (path,) = ORIGINALS.glob(start + "*.tsv")
    raw = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    pack = read_pack(ROOT / "expectations" / "jp_labour")
    files = load_case_files(path, pack.schema, MAPPINGS / "monthly_list.yaml")
    assert (files.count("cases"), files.report.refused) == (len(raw), 0)
    remarks = raw["その他参考事項"].map(lambda text: unicodedata.normalize("NFKC", text))
    referred = remarks[remarks.str.contains("送[検致]")].map(day).dt.date
    sql = "SELECT published_on, referred_on FROM main.cases ORDER BY CAST(case_id AS INTEGER)"
    found = pd.DataFrame(files.engine.rows(sql, "test"), columns=["published", "referred"])
    assert list(found["published"]) == list(raw["公表日"].map(day).dt.date)
    assert list(found["referred"].dropna()) == list(referred)
