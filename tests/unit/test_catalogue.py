"""The check catalogue in docs/checks says what the pack says today."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.pack import read_pack
from workbench.reports.catalogue import catalogue, write_catalogue

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_catalogue_is_not_stale(language: str) -> None:
    pages = catalogue(read_pack(ROOT / "expectations" / "hrss"), language)  # type: ignore[arg-type]
    folder = ROOT / "docs" / "checks" / language
    assert sorted(page.name for page in folder.glob("*.md")) == sorted(pages)
    stale = [name for name, text in pages.items() if (folder / name).read_text("utf-8") != text]
    assert stale == [], "run `make docs`"


def test_every_check_has_its_rule_clause_and_examples() -> None:
    pack = read_pack(ROOT / "expectations" / "hrss")
    pages = catalogue(pack, "zh")
    for check in pack.checks.values():
        page = pages[f"{check.topic}.md"]
        entry = page[page.index(f'<a id="{check.id}">') :].split("<a id=")[1]
        for word in ("规则", "检查对象", "判定", "依据", "整改", "示例"):
            assert f"**{word}**" in entry, (check.id, word)
        assert str(check.clause) in entry


def test_pages_of_no_topic_are_removed(tmp_path: Path) -> None:
    stale = tmp_path / "zh" / "gone.md"
    stale.parent.mkdir()
    stale.write_text("old", "utf-8")
    written = write_catalogue(read_pack(ROOT / "expectations" / "us_fda"), tmp_path)
    assert not stale.exists()
    assert {path.parent.name for path in written} == {"zh", "en"}


def test_every_rubric_stands_there_with_its_criteria_and_vetoes() -> None:
    pack = read_pack(ROOT / "expectations" / "hrss")
    for language in ("zh", "en"):
        page = catalogue(pack, language)["rubrics.md"]  # type: ignore[arg-type]
        for rubric in pack.rubrics.values():
            entry = page[page.index(f'<a id="{rubric.id}">') :].split("<a id=")[1]
            assert rubric.source in entry
            for thing in (*rubric.criteria, *rubric.vetoes, *rubric.bands):
                assert thing.title[language] in entry, (rubric.id, thing)
            for check in rubric.checks:
                assert f"#{check})" in entry
