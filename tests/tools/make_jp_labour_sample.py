"""Makes `sample_data/jp_labour` from the ministry's monthly lists of published cases.

    python tests/tools/make_jp_labour_sample.py FOLDER_OF_LISTS sample_data/jp_labour

Kept, as they are written: the labour bureau, the dates, the articles of law; of the remarks, only
the day of referral and whether it was one. Removed: employers, places, what happened.

A case is what the lists tell apart: bureau, employer, place, day of publication, articles and
remarks, as written. It gets a running number in the order of the lists, which says nothing else.
A matter is the same case however it was written: bureau, employer without spaces and in one
width, day of publication. Where a matter goes and exactly one of the same bureau, day and articles
comes on the next list, the employer was only written another way: it is one matter.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

Row = dict[str, str]
BUREAU, EMPLOYER, PLACE, UPDATED = "管轄", "企業・事業場名称", "所在地", "最終更新日"
PUBLISHED, ARTICLES, REMARKS = "公表日", "違反法条", "その他参考事項"
CASE = (BUREAU, EMPLOYER, PLACE, PUBLISHED, ARTICLES, REMARKS)
ENTRIES = ("一覧", "番号", "事案", BUREAU, UPDATED, PUBLISHED, "送検日", "区分", ARTICLES)
# The file's own name says until which day a list goes; two of them have a slip in the last year.
LISTS = {
    "history__020_": ("2018-11-30", "2017-12-01"),
    "history__021_": ("2018-12-31", "2018-01-01"),
    "history__022_": ("2019-01-31", "2018-02-01"),
    "company_list_20180801": ("2019-07-31", "2018-08-01"),
}
# Once 送致 stands for 送検. A remark without either tells of guidance by the bureau's director.
_REFERRED = re.compile(r"^\s*(\S+?\d)\s*送[検致]")


def read_lists(folder: Path) -> list[tuple[str, Row]]:
    """(last day of the list, row) of all lists, in the order of time."""
    found = []
    for start, (day, _) in LISTS.items():
        (path,) = folder.glob(start + "*.tsv")
        with path.open(encoding="utf-8-sig", newline="") as handle:
            found += [(day, row) for row in csv.DictReader(handle, delimiter="\t")]
    return found


def make_sample(folder: Path) -> dict[str, str]:
    """The texts of the shipped files, by name."""
    rows = read_lists(folder)
    matters = matters_of(rows)
    numbers: dict[tuple[str, ...], str] = {}
    entries = []
    for (day, row), matter in zip(rows, matters, strict=True):
        number = numbers.setdefault(tuple(row[c] for c in CASE), f"jp-{len(numbers) + 1:04}")
        referred = _REFERRED.match(row[REMARKS])
        kind = "送検" if referred else "局長指導"
        dates = (row[UPDATED], row[PUBLISHED], referred[1] if referred else "")
        entries.append((day, number, matter, row[BUREAU], *dates, kind, row[ARTICLES].strip()))
    lists = sorted((day, start, day) for day, start in LISTS.values())
    return {
        "entries.csv": _csv(ENTRIES, entries),
        "lists.csv": _csv(("一覧", "対象期間開始日", "対象期間終了日"), lists),
    }


def matters_of(rows: list[tuple[str, Row]]) -> list[str]:
    """The running number of each row's matter."""
    keys = [(row[BUREAU], _plain(row[EMPLOYER]), _plain(row[PUBLISHED])) for _, row in rows]
    same = dict(_renamed(rows, keys))
    numbers: dict[tuple[str, ...], str] = {}
    found = []
    for key in keys:
        while key in same:
            key = same[key]
        found.append(numbers.setdefault(key, f"m-{len(numbers) + 1:04}"))
    return found


def _renamed(
    rows: list[tuple[str, Row]], keys: list[tuple[str, str, str]]
) -> Iterator[tuple[tuple[str, str, str], tuple[str, str, str]]]:
    """A new key -> the old one, where one went and exactly one came beside it."""
    days = sorted({day for day, _ in rows})
    for before, after in pairwise(days):
        old, new = ({k: r for (d, r), k in zip(rows, keys, strict=True) if d == day}
                    for day in (before, after))  # fmt: skip
        gone, come = _beside(old, new), _beside(new, old)
        for place in gone.keys() & come.keys():
            if len(gone[place]) == len(come[place]) == 1:
                yield come[place][0], gone[place][0]


def _beside(
    these: Mapping[tuple[str, str, str], Row], those: Mapping[tuple[str, str, str], Row]
) -> dict[tuple[str, ...], list[tuple[str, str, str]]]:
    """The keys that stand only here, by bureau, day and articles."""
    found: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
    for key, row in these.items():
        if key not in those:
            found.setdefault((key[0], key[2], _plain(row[ARTICLES])), []).append(key)
    return found


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _csv(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    for name, text in make_sample(Path(sys.argv[1])).items():
        (Path(sys.argv[2]) / name).write_text(text, "utf-8")
