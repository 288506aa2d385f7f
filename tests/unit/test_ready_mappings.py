"""Ready mappings: the two layouts of double publicity are recognised and loaded as they stand."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import workbench as wb
from workbench.loading.ready import read_ready
from workbench.pack import read_pack
from workbench.shared_files import shared_folder
from workbench.terms import InputError

EXPORTS = Path(__file__).with_name("exports")
FIELDS = Path(__file__).resolve().parents[3] / "shared/data/double_publicity"
LAYOUTS = {
    "double_publicity_penalty": ("layout_penalty", ("old", "2018+")),
    "double_publicity_permit": ("layout_permit", ("old",)),
}
CELLS = {
    "MC": "示例有限公司", "XDR": "示例有限公司", "LB": "法人及非法人组织",
    "SHXYM": "91990100MA0000011H",
    "WSH": "示罚〔2025〕1号", "JDRQ": "2025/03/07", "FK": "0.35", "WFFF": "1.2",
    "CFLB": "罚款、没收违法所得", "CFLB1": "罚款", "CFJG": "示例市局", "XZJG": "示例市局",
    "CFJGDM": "11990100MB0000000X", "FRDB": "甲某", "FR": "甲某", "DFBM": "990100",
    "SJC": "2025-03-10 08:00:00",
}  # fmt: skip


def fields_of(layout: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = yaml.safe_load((EXPORTS / f"{layout}.yaml").read_text("utf-8"))
    return found


def export(folder: Path, layout: str, version: str, by_name: bool, rows: int = 3) -> Path:
    """A file of the layout with invented rows, under codes or under Chinese names."""
    fields = {c: f for c, f in fields_of(layout).items() if f[1] in ("both", version)}
    with (folder / "导出.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([field[0] if by_name else code for code, field in fields.items()])
        for n in range(1, rows + 1):
            writer.writerow([_cell(code, n) for code in fields])
    return folder


def _cell(code: str, n: int) -> str:
    cell = CELLS.get(code.rpartition("_")[2], "")
    return cell.replace("1号", f"{n}号")


CASES = [
    (name, layout, version, by_name)
    for name, (layout, versions) in LAYOUTS.items()
    for version in versions
    for by_name in (False, True)
]


@pytest.mark.parametrize(("name", "layout", "version", "by_name"), CASES)
def test_a_layout_is_recognised_and_every_field_is_right(
    tmp_path: Path, name: str, layout: str, version: str, by_name: bool
) -> None:
    found = wb.inspect(export(tmp_path, layout, version, by_name))
    assert [ready.name for ready in found.ready] == [name]
    (ready,) = found.ready
    for code, (label, of, wanted) in fields_of(layout).items():
        if of in ("both", version):
            assert sorted(ready.uses(_normal(label) if by_name else code)) == sorted(wanted), code
    assert f"--mapping {name}" in found.text("zh")
    assert found.report is not None, found.failure
    assert found.report.refused == 0


def _normal(label: str) -> str:
    return label.replace("（", "(").replace("）", ")")


@pytest.mark.parametrize("by_name", [False, True])
def test_penalties_load_by_the_name_of_the_mapping(tmp_path: Path, by_name: bool) -> None:
    source = export(tmp_path, "layout_penalty", "2018+", by_name)
    files = wb.load(source, mapping="double_publicity_penalty").files
    sql = """
        SELECT case_id, organ_id, kind, decided_on, penalty_kinds, fine_yuan, confiscated_yuan
        FROM main.cases ORDER BY 1
    """
    first, *others = files.engine.rows(sql, "t")
    assert len(others) == 2
    assert first == (
        "示罚〔2025〕1号", "11990100MB0000000X", "penalty", dt.date(2025, 3, 7),
        "fine;confiscation", Decimal("3500.00"), Decimal("12000.00"),
    )  # fmt: skip
    parties = files.engine.rows("SELECT DISTINCT name, kind, code FROM main.parties", "t")
    assert parties == [("示例有限公司", "organisation", "91990100MA0000011H")]
    assert files.count("organs") == 1
    assert not files.has("cases", "case_no")
    assert files.report.refused == 0


def test_the_old_layout_has_less_and_says_so(tmp_path: Path) -> None:
    source = export(tmp_path, "layout_penalty", "old", by_name=False)
    files = wb.load(source, mapping="double_publicity_penalty").files
    assert files.count("cases") == 3
    assert not files.has("cases", "fine_yuan")
    unused = {
        r["column"] for r in files.report.rows.to_pylist() if r["reason_code"] == "unknown_column"
    }
    assert {"CF_CFMC", "CF_ZT", "BZ"} <= unused


def test_a_mapping_for_another_layout_says_what_it_looks_for(tmp_path: Path) -> None:
    source = export(tmp_path, "layout_penalty", "2018+", by_name=False)
    with pytest.raises(InputError, match="XK_WSH / 行政许可决定书文号"):
        wb.load(source, mapping="double_publicity_permit")


@pytest.mark.parametrize("pack", ["hrss"])
def test_ready_mappings_have_no_faults(pack: str) -> None:
    folder = shared_folder("expectations") / pack
    ready, faults = read_ready(folder, read_pack(folder).schema)
    assert not faults
    assert {one.name for one in ready} >= set(LAYOUTS)


@pytest.mark.skipif(not FIELDS.is_dir(), reason=f"{FIELDS} is not here")
@pytest.mark.parametrize("kind", ["penalty", "permit"])
def test_no_published_field_is_left_out(kind: str) -> None:
    with (FIELDS / f"{kind}_fields.csv").open(encoding="utf-8", newline="") as handle:
        codes = {row["code"] for row in csv.DictReader(handle)}
    assert codes == fields_of(f"layout_{kind}").keys()
