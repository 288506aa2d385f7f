"""`workbench review paper`: each kind of paper, and sentences where it cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document

from tests.unit.papering import AGREED, whole_round
from tests.unit.reviewing import ROUND
from workbench.cli import main


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a whole round."""
    folder = tmp_path_factory.mktemp("store")
    with whole_round(folder):
        pass
    return folder / "review.sqlite"


def call(store: Path, *arguments: object) -> Result:
    given = ["review", "paper", *map(str, arguments), "--store", str(store), "--as", "lead"]
    result = CliRunner().invoke(main, given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize(
    ("kind", "options", "title"),
    [("rating-sheet", ["--case", AGREED], "案卷评查表"),
     ("problem-list", ["--unit", "handling"], "2026年度行政执法案卷评查问题清单"),
     ("feedback-letter", ["--unit", "handling"], "2026年度行政执法案卷评查反馈意见书"),
     ("rectification-notice", ["--unit", "handling", "--red-head"],
      "2026年度行政执法案卷评查整改通知书"),
     ("circular", ["--on", "2026-04-02"], "关于2026年度行政执法案卷评查情况的通报")],
)  # fmt: skip
def test_each_paper(store: Path, tmp_path: Path, kind: str, options: list[str], title: str) -> None:
    target = tmp_path / "paper.docx"
    result = call(store, kind, ROUND, *options, "--to", target)
    assert (result.exit_code, result.output.strip()) == (0, str(target))
    assert title in [paragraph.text for paragraph in Document(str(target)).paragraphs]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["rating-sheet", ROUND], "要指明案卷"),
     (["circular", ROUND, "--unit", "handling"], "不使用 --unit"),
     (["problem-list", ROUND], "要指明机构"),
     (["problem-list", ROUND, "--unit", "handling", "--red-head"], "不使用 --red-head"),
     (["problem-list", ROUND, "--unit", "handling", "--on", "2026-01-01"], "不使用 --on"),
     (["problem-list", ROUND, "--unit", "nobody"], "没有机构“nobody”的案卷"),
     (["problem-list", "2025-99", "--unit", "handling"], "没有轮次“2025-99”"),
     (["circular", ROUND, "--on", "tomorrow"], "不是日期")],
)  # fmt: skip
def test_a_slip_is_a_sentence(
    store: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    target = tmp_path / "paper.docx"
    result = call(store, *arguments, "--to", target)
    assert result.exit_code == 2
    assert sentence in result.output
    assert not target.exists()


def test_another_kind_of_file_and_no_store(store: Path, tmp_path: Path) -> None:
    result = call(store, "circular", ROUND, "--to", tmp_path / "c.pdf", "--lang", "en")
    assert "a paper is FILE.docx or FILE.xlsx" in result.output
    nothing = tmp_path / "nothing.sqlite"
    assert call(nothing, "circular", ROUND, "--to", tmp_path / "c.docx").exit_code == 1
    assert not nothing.exists()
