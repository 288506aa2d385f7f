"""The first bottlenecks in words: which limit, where, at which step the days went, what to do.

Counts and quantiles as they are: no claim that a unit differs from the others by more than
chance (that is what weak links are for). Nobody's name is asked for or said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.display import count
from workbench.engines.base import EngineError
from workbench.sources import read_words
from workbench.texts import Language

if TYPE_CHECKING:
    from workbench.reports.results import Results

BOOK = Path(__file__).with_name("words.yaml")
FIRST = 5
# A unit or a kind with fewer subjects on a clock is not named as the one with most late.
LEAST = 5
_GRADES = ("veto", "major", "minor", "advisory")


@dataclass(frozen=True)
class Bottleneck:
    """One limit that is missed most: the check that asks for it, the unit with most late ones.

    `sentence` says what is the matter, `action` whose duty it is and what to do ("" where no
    check looks at the clock).
    """

    clock: str
    check_id: str | None
    unit_id: str | None
    late: int
    at_risk: int
    sentence: str
    action: str


@cache
def _texts() -> dict[str, dict[str, str]]:
    return dict(read_words(BOOK))


def said(key: str, language: Language, **values: object) -> str:
    """The text `key` in a language; whole numbers get their thousands marked.

    >>> said("late", "zh", late=3, of="件")
    '逾期 3 件（含尚未办结的）'
    """
    shown = {k: count(v) if isinstance(v, int) else v for k, v in values.items()}
    return _texts()[key][language].format(**shown)


def has_bottlenecks(results: Results) -> bool:
    """Does the run have these tables? One saved by an older version has none."""
    try:
        results.engine.rows("SELECT 1 FROM work.stage_times LIMIT 0", "bottlenecks")
    except EngineError:
        return False
    return "flow" in results.checks


def bottleneck_sentences(
    results: Results, language: Language, first: int = FIRST
) -> tuple[Bottleneck, ...]:
    """The limits with most late subjects, most first; () if nothing is late or the run is old.

    >>> bottleneck_sentences(run.results, "zh")[0].sentence   # doctest: +SKIP
    '处罚决定公开：已办结 538 件，用时中位数 3 个工作日，为期限的 43%；...'
    """
    if not has_bottlenecks(results):
        return ()
    rows = results.records(
        "SELECT * FROM work.stage_times WHERE kind IS NULL AND unit_id IS NULL AND late > 0 "
        f"ORDER BY late DESC, share_p90 DESC NULLS LAST, clock LIMIT {int(first)}",
        "bottlenecks",
    )
    return tuple(_bottleneck(results, row, language) for row in rows)


def _bottleneck(results: Results, row: Mapping[str, Any], language: Language) -> Bottleneck:
    clock = str(row["clock"])
    about = results.checks["clocks"][clock]
    is_case = about["asset"] == results.case_asset
    what = "cases" if is_case else "subjects"
    of = said(what, language)
    title = about["title"][language]
    unit, kind = (_worst(results, clock, part) for part in ("unit_id", "kind"))
    parts = [_used(row, title, _counted(what, row["n"], language), language)]
    parts.append(said("late", language, late=row["late"], of=of))
    named = []
    if unit is not None:
        name = results.names.get(unit["unit_id"], unit["unit_id"])
        named.append(said("in_unit", language, name=name, late=unit["late"], of=of))
    if kind is not None:
        name = results.words(kind["kind"], language)
        named.append(said("in_kind", language, name=name, late=kind["late"], of=of))
    mark = "、" if language == "zh" else ", "
    parts.append(said("most", language, parts=mark.join(named)) if named else
                 said("stop", language))  # fmt: skip
    parts.append(_lost(results, clock, language))
    if row["at_risk"]:
        level = f"{results.checks['flow']['at_risk']:.0%}"
        left = int(row["at_risk"])
        few = _counted(what, left, language)
        parts.append(said("at_risk", language, n=left, of=few, level=level))
    check = _check(results, clock)
    action = _action(results, check, language) if check else ""
    return Bottleneck(
        clock, check, unit["unit_id"] if unit else None, int(row["late"]), int(row["at_risk"]),
        "".join(parts).strip(), action,
    )  # fmt: skip


def _counted(what: str, count: int, language: Language) -> str:
    return said(f"{what}_one" if count == 1 else what, language)


def _used(row: Mapping[str, Any], title: str, of: str, language: Language) -> str:
    if not row["n"]:
        return said("none_done", language, clock=title)
    shares = {name: "—" if row[name] is None else f"{row[name]:.0%}"
              for name in ("share_p50", "share_p90")}  # fmt: skip
    unit = said(f"unit_{row['days']}", language)
    return said(
        "used", language, clock=title, n=row["n"], of=of, p50=row["p50"], unit=unit, **shares
    )


def _worst(results: Results, clock: str, part: str) -> Mapping[str, Any] | None:
    """The unit (or kind) with most late ones: one of several, and more than any other."""
    other = "kind" if part == "unit_id" else "unit_id"
    rows = results.records(
        f"SELECT {part}, late, n + running AS whole FROM work.stage_times "
        f"WHERE clock = {sqltext.literal(clock)} AND {part} IS NOT NULL AND {other} IS NULL "
        f"ORDER BY late DESC, {part}",
        "bottlenecks",
    )
    if len(rows) < 2 or rows[0]["late"] == rows[1]["late"] or rows[0]["whole"] < LEAST:
        return None
    return rows[0]


def _lost(results: Results, clock: str, language: Language) -> str:
    rows = results.records(
        f"SELECT * FROM work.lost_days WHERE clock = {sqltext.literal(clock)} AND kind IS NULL "
        "AND unit_id IS NULL ORDER BY days DESC, from_step, to_step LIMIT 1",
        "bottlenecks",
    )
    if not rows:
        return ""
    row = rows[0]
    steps = {step["id"]: step["title"][language] for step in results.checks["flow"]["steps"]}
    return said(
        "lost", language, share=f"{row['share']:.0%}", days=row["days"], cases=row["cases"],
        of=_counted("cases", row["cases"], language),
        unit=said(f"unit_{results.checks['flow']['days']}", language),
        from_step=steps.get(row["from_step"]) or said("start", language),
        to_step=steps.get(row["to_step"]) or said("end", language),
    )  # fmt: skip


def _check(results: Results, clock: str) -> str | None:
    """The gravest check that looks at a clock."""
    bound: Sequence[str] = results.checks["flow"]["clocks"][clock]["checks"]
    grade = {c: _GRADES.index(results.checks["checks"][c]["grade"]) for c in bound}
    return min(bound, key=lambda check: (grade[check], check), default=None)


def _action(results: Results, check: str, language: Language) -> str:
    about = results.checks["checks"][check]
    duty = about["duty"].get(language)
    parts = [said("duty", language, duty=duty)] if duty else []
    parts.append(said("remedy", language, remedy=_closed(about["remedy"][language], language)))
    if about["clause"]:
        doubt = "" if about["verified"] else said("unverified", language)
        parts.append(said("clause", language, clause=about["clause"] + doubt))
    return "".join(parts).strip()


def _closed(text: str, language: Language) -> str:
    return (
        text
        if text.endswith(("。", ".", "！", "!"))
        else text + ("。" if language == "zh" else ".")
    )
