"""The seeded generator: the same bytes, whole references, no day to come, honest truth."""

from __future__ import annotations

import ast
import csv
import hashlib
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from stdnum.cn import uscc

from workbench.pack import read_pack
from workbench.schema import Schema
from workbench.synthesis import SynthesisReport, synthesize
from workbench.synthesis.assets import read_assets
from workbench.synthesis.book import read_schema
from workbench.synthesis.days import Days
from workbench.synthesis.originals import Attacher
from workbench.terms import Fault, PackError, UsageError
from workbench.workdays import Calendar

ROOT = Path(__file__).parents[2]
PACK = ROOT / "expectations" / "hrss"
SAMPLE = ROOT / "sample_data" / "hrss"
AS_OF = "2026-06-30"
TABLES = (".csv", ".parquet")
CHECKS = {
    "text-stage-coverage",
    "av-metadata-five",
    "archive-required-docs",
    "after-penalty-published-7wd",
    "after-other-decision-published-20wd",
    "after-withdrawn-3wd",
    "review-major-covered",
    "review-passed-before-decision",
    "review-repeated-after-new-facts",
    "authority-officer-certified",
    "proc-investigate-60wd",
    "after-annual-report-jan15",
}
Tables = dict[str, list[dict[str, str]]]


def rows_of(folder: Path) -> Tables:
    tables: Tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            tables[path.stem] = list(csv.DictReader(handle))
    return tables


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.suffix in TABLES}


def truth_of(folder: Path) -> list[tuple[str, str, str]]:
    rows = pq.read_table(folder / "truth.parquet").to_pylist()
    return [(row["check_id"], row["asset"], row["subject_id"]) for row in rows]


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema(PACK)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SynthesisReport:
    """The bureau as the sample shows it, made anew."""
    return synthesize(PACK, tmp_path_factory.mktemp("sample"), 2000, 20260630)


@pytest.fixture(scope="module")
def tables(made: SynthesisReport) -> Tables:
    return rows_of(made.folder)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    synthesize(PACK, tmp_path / "a", 60, 5)
    synthesize(PACK, tmp_path / "b", 60, 5)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


def test_other_seed_other_bytes(tmp_path: Path) -> None:
    synthesize(PACK, tmp_path / "a", 60, 5)
    synthesize(PACK, tmp_path / "b", 60, 6)
    first, second = bytes_of(tmp_path / "a"), bytes_of(tmp_path / "b")
    assert first["cases.csv"] != second["cases.csv"]


def test_the_sample_is_what_the_generator_makes(made: SynthesisReport) -> None:
    assert bytes_of(SAMPLE) == bytes_of(made.folder)


def test_the_sample_is_small() -> None:
    sizes = [path.stat().st_size for path in SAMPLE.iterdir()]
    assert max(sizes) < 5_000_000
    assert sum(sizes) < 8_000_000
    assert sum(path.stat().st_size for path in (SAMPLE / "files").rglob("*")) < 2_000_000


def test_the_files_of_the_sample_are_what_its_rows_say(tables: Tables) -> None:
    """One was altered and one is missing on purpose, and one has no hash."""
    named = [r for name in ("documents", "recordings") for r in tables[name] if r["file"]]
    rows = [(r["file"], r.get("sha256", r.get("sha256_in")), r.get("sha256_now")) for r in named]
    fates = {}
    for file, first, last in rows:
        path = SAMPLE / file
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        fates[Path(file).stem] = "whole" if found == first else first and found
        assert last in (None, first)
    odd = {stem: fate for stem, fate in fates.items() if fate != "whole"}
    assert set(odd) == {"D018713", "D018718", "D018272"}
    assert (odd["D018713"], odd["D018272"]) == ("missing", "")
    there = {p.relative_to(SAMPLE).as_posix() for p in (SAMPLE / "files").rglob("*.*")}
    assert there == {file for file, *_ in rows} - {"files/99-2026-00064/D018713.pdf"}


def test_other_bureaus_have_no_files(tmp_path: Path) -> None:
    synthesize(PACK, tmp_path, 60, 20260630)
    assert not any(row["file"] for row in rows_of(tmp_path)["documents"])


def test_a_file_of_no_row_is_named(tmp_path: Path, schema: Schema) -> None:
    header = "cases,seed,table,id,file,sha256\n"
    (tmp_path / "originals.csv").write_text(f"{header}5,1,documents,D9,a.pdf,\n", "utf-8")
    attacher = Attacher(tmp_path, schema, 5, 1)
    with pytest.raises(PackError, match="no row 'D9' of 'documents'"):
        attacher.finish()
    (tmp_path / "originals.csv").write_text(f"{header}5,1,cases,D9,a.pdf,\n", "utf-8")
    with pytest.raises(PackError, match="'cases' is no table with attachments"):
        Attacher(tmp_path, schema, 5, 1)


def test_tables_and_columns_are_those_of_the_schema(
    made: SynthesisReport, schema: Schema, tables: Tables
) -> None:
    assert set(tables) == set(schema.tables) - {"coverage"}
    for name in tables:
        header = (made.folder / f"{name}.csv").read_text("utf-8").split("\n", 1)[0]
        assert header == ",".join(schema.tables[name].columns)
        assert made.tables[name] == len(tables[name])


def test_as_many_cases_as_asked_for(tables: Tables) -> None:
    assert len(tables["cases"]) == 2000
    assert {case["kind"] for case in tables["cases"]} >= {
        "penalty",
        "treatment",
        "permit",
        "inspection",
    }


def test_no_day_to_come(schema: Schema, tables: Tables) -> None:
    """Except the end of a certificate, of a term, of keeping: they are no acts."""
    ahead = {"valid_to_on", "retention_to_on", "to_on", "due_on", "order_expires_on"}
    latest = ""
    for name, rows in tables.items():
        for column in schema.tables[name].columns.values():
            if column.type in ("date", "timestamp") and column.name not in ahead:
                latest = max([latest, *(row[column.name][:10] for row in rows)])
    assert latest == AS_OF


def test_dates_can_be_read(schema: Schema, tables: Tables) -> None:
    for name, rows in tables.items():
        for column in schema.tables[name].columns.values():
            if column.type == "date":
                assert all(date.fromisoformat(r[column.name]) for r in rows if r[column.name])


def test_codes_and_booleans_are_those_of_the_schema(schema: Schema, tables: Tables) -> None:
    for name, rows in tables.items():
        for column in schema.tables[name].columns.values():
            found = {part for row in rows for part in row[column.name].split(";") if part}
            if column.codes:
                assert found <= set(column.codes), f"{name}.{column.name}"
            if column.type == "boolean":
                assert found <= {"true", "false"}, f"{name}.{column.name}"


def failing(made: SynthesisReport, *checks: str) -> set[str]:
    """The subjects that fail one of the checks by the truth."""
    return {subject for check, _, subject in truth_of(made.folder) if check in checks}


def test_keys_are_unique(schema: Schema, tables: Tables, made: SynthesisReport) -> None:
    for name, rows in tables.items():
        key = schema.tables[name].key
        if key and rows:
            seen = Counter(tuple(row[part] for part in key) for row in rows)
            assert max(seen.values()) == 1, name
    # A number is given when a case is filed or accepted; before, there is none.
    twins = failing(made, "di-case-and-document-numbers-unique")
    numbers = [c["case_no"] for c in tables["cases"] if c["case_no"] and c["case_id"] not in twins]
    assert len(set(numbers)) == len(numbers) > 0.95 * len(tables["cases"])


def test_references_hold(schema: Schema, tables: Tables) -> None:
    for name, rows in tables.items():
        for column in schema.tables[name].columns.values():
            if column.references:
                table, target = column.references
                known = {row[target] for row in tables[table]}
                assert {row[column.name] for row in rows} - {""} <= known, f"{name}.{column.name}"


def test_rows_of_a_case_hang_on_a_case(schema: Schema, tables: Tables) -> None:
    known = {case["case_id"] for case in tables["cases"]}
    for name, rows in tables.items():
        if schema.tables[name].case_column:
            assert {row["case_id"] for row in rows} <= known


def test_the_truth_names_subjects_that_exist(
    made: SynthesisReport, tables: Tables, schema: Schema
) -> None:
    truth = truth_of(made.folder)
    faults: list[Fault] = []
    assets = read_assets(PACK, schema, faults)
    assert faults == []
    known = {
        asset: {assets[asset].subject(row) for row in tables[assets[asset].table]}
        for asset in {asset for _, asset, _ in truth}
    }
    for asset, owner in (("unit_years", "unit"), ("organ_years", "organ")):
        owners = [row[f"{owner}_id"] for row in tables[f"{owner}s"]]
        known.setdefault(asset, set()).update(f"{o}-{y}" for o in owners for y in (2024, 2025))
    assert {check for check, _, _ in truth} >= CHECKS
    assert [row for row in truth if row[2] not in known[row[1]]] == []
    assert len(truth) == len(set(truth)) == sum(made.planted.values())


def test_a_plausible_share_of_the_cases_is_defective(made: SynthesisReport) -> None:
    defective = {subject for _, asset, subject in truth_of(made.folder) if asset == "cases"}
    assert 0.10 < len(defective) / 2000 < 0.60


def test_nearly_every_check_fails_somewhere_in_the_sample(made: SynthesisReport) -> None:
    failed = Counter(check for check, _, _ in truth_of(made.folder))
    never = sorted(set(read_pack(PACK).checks) - set(failed))
    assert len(never) <= 6, never
    # Each defect is a trap of its own; the rarest fit no case among so few.
    assert sum(n > 0 for n in made.defects.values()) > 0.6 * len(made.defects)


def test_units_report_late_and_never(tables: Tables, made: SynthesisReport) -> None:
    failing = {subject for check, _, subject in truth_of(made.folder) if "annual" in check}
    reported = {f"{r['unit_id']}-{r['year']}" for r in tables["unit_years"]}
    assert failing - reported, "no unit without a row"
    assert failing & reported, "no unit with a late row"


def test_one_unit_publishes_late_far_more_often(tmp_path: Path) -> None:
    synthesize(PACK, tmp_path, 6000, 3)
    published = {"after-penalty-published-7wd", "after-other-decision-published-20wd"}
    late = {subject for check, _, subject in truth_of(tmp_path) if check in published}
    decided: Counter[bool] = Counter()
    failed: Counter[bool] = Counter()
    for case in rows_of(tmp_path)["cases"]:
        if case["decided_on"] and case["kind"] != "permit":
            decided[case["unit_id"] == "9903-J"] += 1
            failed[case["unit_id"] == "9903-J"] += case["case_id"] in late
    ratio = failed[True] / decided[True] / (failed[False] / decided[False])
    assert 4 < ratio < 11  # nine times by the plan, thinned by what every unit gets at least


def test_published_late_is_just_late(made: SynthesisReport, tables: Tables) -> None:
    """The working-day boundary, recounted with the calendar: some on it, some a day behind."""
    calendar = Calendar.read(PACK / "calendar.csv")
    late = {s for c, _, s in truth_of(made.folder) if c == "after-penalty-published-7wd"}
    published = {
        d["case_id"]: d["published_on"] for d in tables["disclosures"] if d["channel"] == "site"
    }
    on_time: Counter[int] = Counter()
    for case in tables["cases"]:
        day = published.get(case["case_id"])
        if case["kind"] == "penalty" and day:
            used = calendar.elapsed(date.fromisoformat(case["decided_on"]), date.fromisoformat(day))
            assert used is not None
            assert (0 <= used <= 7) == (case["case_id"] not in late)
            on_time[used] += 1
    assert on_time[7]
    assert on_time[8]


def test_codes_of_parties_cannot_be_real(tables: Tables, made: SynthesisReport) -> None:
    planted = failing(made, "di-uscc-valid", "di-id-and-region-valid")
    wrong = {case["party_id"] for case in tables["cases"] if case["case_id"] in planted}
    for party in tables["parties"]:
        if party["party_id"] in wrong:
            continue
        if party["code_kind"] == "uscc":
            assert uscc.is_valid(party["code"])
            assert party["code"][2:4] == "99"
        else:
            assert party["code"][:2] == "99"
    assert all("示例" in party["name"] for party in tables["parties"] if party["kind"] != "person")


def test_without_defects_nothing_fails(tmp_path: Path) -> None:
    plan = tmp_path / "clean.yaml"
    plan.write_text('subjects: {cases: "{case_id}"}\nthemes: {}\ndefects: []\n', "utf-8")
    report = synthesize(PACK, tmp_path / "out", 50, 1, plant=plan)
    assert report.planted == {}
    assert truth_of(tmp_path / "out") == []


def test_a_plant_of_ones_own(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        """
subjects: {cases: "{case_id}"}
themes: {blank: 1}
defects:
  - id: no place
    theme: blank
    edits: [{set: recordings, columns: {place: null}}]
    fails: [av-metadata-five]
""",
        "utf-8",
    )
    report = synthesize(PACK, tmp_path / "out", 80, 1, plant=plan)
    tables = rows_of(tmp_path / "out")
    recorded = defaultdict(list)
    for row in tables["recordings"]:
        recorded[row["case_id"]].append(row["place"])
    assert {subject for _, _, subject in truth_of(tmp_path / "out")} == set(recorded)
    assert not any(any(places) for places in recorded.values())
    assert report.planted == {"av-metadata-five": len(recorded)}


def test_all_slips_of_a_plant_are_told_with_their_lines(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        """subjects: {cases: "{case_id}"}
themes: {late: 0.1}
defects:
  - id: a
    theme: late
    where: {desided_on: {set: true}}
    edits: [{set: disclosures, columns: {publishd_on: {after: decided_on, wd: 8}}}]
  - id: b
    theme: later
    pace: {investigatd: never}
    edits: [{drop: documents, where: {kindd: decision}}]
""",
        "utf-8",
    )
    with pytest.raises(PackError) as caught:
        synthesize(PACK, tmp_path / "out", 10, 1, plant=plan)
    lines = {fault.line for fault in caught.value.faults}
    assert lines == {6, 7, 8, 10, 11}
    assert "did you mean 'decided_on'?" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_one_case_is_enough(tmp_path: Path) -> None:
    report = synthesize(PACK, tmp_path, 1, 1)
    assert report.tables["cases"] == 1
    assert rows_of(tmp_path)["cases"][0]["case_id"].startswith("99")


def test_no_cases_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        synthesize(PACK, tmp_path, 0, 1)


def test_days_agree_with_the_calendar() -> None:
    calendar = Calendar.read(PACK / "calendar.csv")
    days = Days(calendar, date(2024, 1, 1), date(2026, 6, 30))
    for ordinal in range(date(2024, 6, 1).toordinal(), date(2026, 6, 30).toordinal(), 5):
        for count in (1, 3, 7, 20, 60):
            due = calendar.after(date.fromordinal(ordinal), count)
            assert due is not None
            assert days.after(ordinal, count, "wd") == due.toordinal()
            assert days.after(due.toordinal() + 1, -1, "wd") == due.toordinal()


def test_the_generator_knows_nothing_of_the_checks() -> None:
    """Its truth judges facts, suites, clocks and findings, so it imports none of them."""
    allowed = {"terms", "sources", "schema", "workdays", "synthesis"}
    for path in sorted((ROOT / "workbench" / "synthesis").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            for module in modules:
                if module.startswith("workbench"):
                    assert module.split(".")[1] in allowed, f"{path.name} imports {module}"
