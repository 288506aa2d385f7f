"""`workbench review paper`: the papers of a round as .docx and .xlsx."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from workbench.texts import Language

_OF_CASE, _OF_ROUND = ("rating-sheet",), ("circular",)
_OF_UNIT = ("problem-list", "feedback-letter", "rectification-notice")
_RED_HEAD = ("feedback-letter", "rectification-notice", "circular")


@click.command()
@click.argument("kind", type=click.Choice([*_OF_CASE, *_OF_UNIT, *_OF_ROUND]))
@click.argument("round_id", metavar="ROUND")
@click.option("--case", "case_id", metavar="ID", help="Of which case: a rating sheet.")
@click.option("--unit", "unit_id", metavar="ID", help="Of which unit: a list, letter or notice.")
@click.option("--to", "target", type=click.Path(path_type=Path), required=True,
              help="FILE.docx or FILE.xlsx; what is there is replaced.")  # fmt: skip
@click.option("--store", default="review.sqlite", show_default=True, envvar="WORKBENCH_REVIEW",
              help="A file, or the URL of a database.")  # fmt: skip
@click.option("--as", "person", help="Who you are.  [default: whoever is logged in]")
@click.option("--on", "day", metavar="DAY", help="The day of a circular.  [default: today]")
@click.option("--red-head", is_flag=True, help="The organ's name in red above (版头).")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: zh.")
def paper(
    kind: str, round_id: str, case_id: str | None, unit_id: str | None, target: Path, store: str,
    person: str | None, day: str | None, red_head: bool, lang: Any,
) -> None:  # fmt: skip
    """Write a paper of ROUND: 评查表 of a case (rating-sheet); 问题清单, 反馈意见书 and 整改通知书
    of a unit (problem-list, feedback-letter, rectification-notice); 评查通报 (circular)."""
    from workbench import papers
    from workbench.commands.review_store import open_desk
    from workbench.review import rights
    from workbench.review.acts import as_day

    of = _subject(kind, case_id, unit_id, lang)
    more: dict[str, Any] = {"red_head": red_head} if kind in _RED_HEAD else {}
    for given, wrong in (("--red-head", red_head and not more),
                         ("--on", day and kind not in _OF_ROUND)):  # fmt: skip
        if wrong:
            raise _wrong("of_round", lang, kind, option=given)
    with open_desk(store, person, lang, None, round_id) as desk:
        its, actor = desk.round, desk.review.actor
        if kind in _OF_ROUND:
            rights.outcome(its, actor)
            more["on"] = as_day(day).isoformat() if day else desk.review.today
        elif kind in _OF_CASE:
            rights.ratings_of(its, actor, *of)
        else:
            rights.told_to(its, actor, *of)
        write = getattr(papers, kind.replace("-", "_"))
        click.echo(str(write(its, *of, target, lang, **more)))


def _subject(
    kind: str, case_id: str | None, unit_id: str | None, lang: Language | None
) -> tuple[str, ...]:
    """The case or the unit that a kind of paper is about; raises `UsageError` for another."""
    case, unit = kind in _OF_CASE, kind in _OF_UNIT
    if (case and not case_id) or (unit and not unit_id):
        raise _wrong("which_case" if case else "which_unit", lang, kind)
    stray = "--case" if case_id and not case else "--unit" if unit_id and not unit else ""
    if stray:
        raise _wrong("of_round", lang, kind, option=stray)
    return tuple(given for given in (case_id, unit_id) if given)


def _wrong(key: str, lang: Language | None, kind: str, **values: str) -> Exception:
    from workbench.papers.standing import refusal

    return refusal(key, lang, paper=kind, **values)
