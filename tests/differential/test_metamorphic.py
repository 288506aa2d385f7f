"""What must not matter, does not: row order, other cases beside, how ids are spelt, one run or two.

The whole pack judges an invented bureau with planted defects; then the same files changed in a
way that the law does not see. Every outcome of every check stays as it was.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

import workbench
from workbench.pack import Pack, read_pack
from workbench.synthesis import synthesize
from workbench.terms import Outcome

ROOT = Path(__file__).parents[2]
PACK = ROOT / "expectations" / "hrss"
CASES = 600
AS_OF = "2026-06-30"
PERIOD = ("2024-01-01", AS_OF)
Rows = list[dict[str, str]]
Tables = dict[str, Rows]
# (asset, subject, check) -> outcome
Outcomes = dict[tuple[str, str, str], Outcome]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(PACK)


def made(folder: Path, seed: int) -> Tables:
    synthesize(PACK, folder, cases=CASES, seed=seed)
    tables: Tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            tables[path.stem] = list(csv.DictReader(handle))
    return tables


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return made(tmp_path_factory.mktemp("made"), seed=41)


@pytest.fixture(scope="module")
def judged(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    outcomes = judge(tables, tmp_path_factory.mktemp("judged"))
    assert {Outcome.passed, Outcome.failed, Outcome.not_applicable} <= set(outcomes.values())
    return outcomes


def judge(tables: Tables, folder: Path) -> Outcomes:
    columns = {name: list(table.columns) for name, table in read_pack(PACK).schema.tables.items()}
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, columns[name])
            writer.writeheader()
            writer.writerows(rows)
    files = workbench.load(folder, pack=str(PACK))
    assert files.report.refused == 0, list(files.report.sentences(limit=5))
    run = workbench.evaluate(files, as_of=AS_OF, period=PERIOD)
    return dict(_outcomes(run))


def _outcomes(run: workbench.Run) -> Iterator[tuple[tuple[str, str, str], Outcome]]:
    for asset in run.manifest["assets"]:
        frame = run.outcomes(asset).set_index("subject_id")
        for check in [c for c in frame.columns if c in run.results.checks["checks"]]:
            for subject, code in frame[check].items():
                yield (asset, str(subject), check), Outcome(code)


def difference(one: Outcomes, other: Outcomes) -> list[str]:
    return [
        f"{key}: {one.get(key)} / {other.get(key)}"
        for key in sorted({*one, *other})
        if one.get(key) is not other.get(key)
    ][:20]


def renamed(tables: Tables, pack: Pack, change: Callable[[str], str]) -> Tables:
    """Every id, and every id in a list of ids, spelt in another way."""
    result: Tables = {}
    for name, rows in tables.items():
        columns = pack.schema.tables[name].columns
        ids = {c for c, column in columns.items()
               if column.type in ("id", "ids") and column.format is None}  # fmt: skip
        result[name] = [
            {c: ";".join(map(change, v.split(";"))) if c in ids and v else v for c, v in r.items()}
            for r in rows
        ]
    return result


def test_the_order_of_rows_does_not_matter(
    tables: Tables, judged: Outcomes, tmp_path: Path
) -> None:
    rng = Random(7)
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in tables.items()}
    assert difference(judged, judge(shuffled, tmp_path)) == []


def test_cases_of_another_bureau_do_not_matter(
    tables: Tables, judged: Outcomes, pack: Pack, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = renamed(made(tmp_path / "other", seed=42), pack, lambda text: f"other {text}")
    both = {name: tables.get(name, []) + other.get(name, []) for name in sorted({*tables, *other})}
    (tmp_path / "both").mkdir()
    mine = {
        key: outcome
        for key, outcome in judge(both, tmp_path / "both").items()
        if not key[1].startswith("other ")
    }
    assert difference(judged, mine) == []


def test_the_spelling_of_ids_does_not_matter(
    tables: Tables, judged: Outcomes, pack: Pack, tmp_path: Path
) -> None:
    """Only their order does: where two things are equal but for the id, the later id comes last."""
    found = judge(renamed(tables, pack, lambda text: f"N/{text}"), tmp_path)
    plain = {(asset, subject.replace("N/", ""), check): outcome
             for (asset, subject, check), outcome in found.items()}  # fmt: skip
    assert difference(judged, plain) == []


def test_one_run_says_what_two_runs_say(
    tables: Tables, judged: Outcomes, pack: Pack, tmp_path: Path
) -> None:
    """The files of one organ, and those of the others."""
    organs = sorted({row["organ_id"] for row in tables["cases"]})
    together: Outcomes = {}
    for number, mine in enumerate((set(organs[:1]), set(organs[1:]))):
        folder = tmp_path / str(number)
        folder.mkdir()
        its = of_organs(tables, pack, mine)
        there = strangers(tables, its)
        outcomes = judge(its, folder).items()
        together |= {k: o for k, o in outcomes if k[0] != "parties" or k[1] not in there}
    assert difference(judged, together) == []


def strangers(whole: Tables, kept: Tables) -> set[str]:
    """Parties whose cases are all of other organs: they are looked at there."""
    mine = {row["party_id"] for row in kept["cases"]}
    return {row["party_id"] for row in whole["cases"]} - mine


def of_organs(tables: Tables, pack: Pack, organs: set[str]) -> Tables:
    """The rows of some organs: their own, those that hang on them, and what belongs to no organ."""
    kept = {
        name: [row for row in rows if row.get("organ_id", "") in {*organs, ""}]
        for name, rows in tables.items()
    }
    before = -1
    while before != (before := sum(map(len, kept.values()))):
        for name in kept:
            kept[name] = [row for row in kept[name] if _hangs_on(row, name, tables, kept, pack)]
    met = {row["party_id"] for name in ("cases", "inspections") for row in kept[name]}
    strange = strangers(tables, kept) - met
    kept["parties"] = [row for row in kept["parties"] if row["party_id"] not in strange]
    return kept


def _hangs_on(row: dict[str, str], name: str, whole: Tables, kept: Tables, pack: Pack) -> bool:
    """Is all that the row refers to among what is kept?"""
    for column in pack.schema.tables[name].columns.values():
        value = row.get(column.name)
        if column.references and value and column.references[0] in whole:
            table, target = column.references
            if value not in _values(kept[table], target):
                return False
    return True


_seen: dict[tuple[int, int, str], set[str]] = {}


def _values(rows: Rows, column: str) -> set[str]:
    key = (id(rows), len(rows), column)
    if key not in _seen:
        _seen[key] = {row[column] for row in rows}
    return _seen[key]
