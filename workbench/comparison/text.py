"""A comparison as lines for a terminal, zh / en, and as plain values for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workbench.comparison.changes import CHANGES
from workbench.comparison.sides import Note, Side, Unlike
from workbench.comparison.words import said
from workbench.display import count, percent, rate
from workbench.texts import Language

if TYPE_CHECKING:
    from workbench.comparison.compared import Comparison

SHOWN = 10
WAS, IS = CHANGES[:5], ("still_failed", *CHANGES[5:])


def as_text(found: Comparison, language: Language) -> str:
    """Who is compared, what to know first, the totals, checks, units, and what is not compared."""
    blocks = [_head(found, language), _notes(found, language), _totals(found, language)]
    if any(found.totals[name] for name in CHANGES):
        blocks += [_rows(found, "check", language), _rows(found, "unit", language)]
    blocks.append(_unlike(found, language))
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block)))


def as_dict(found: Comparison) -> dict[str, Any]:
    """Runs, notes, totals and counts; the list is a file of its own (`--to`)."""
    return {
        "before": _about(found.before),
        "after": _about(found.after),
        "notes": [
            {"code": n.code, **n.values, "zh": note_text(n, "zh"), "en": note_text(n, "en")}
            for n in found.notes
        ],
        "subjects": _plain(found.by_asset),
        "totals": found.totals,
        "checks": _plain(found.checks),
        "units": _plain(found.units),
        "by_check_and_unit": _plain(found.by_check_and_unit),
        "not_comparable": _plain(found.not_comparable),
    }


def _plain(frame: Any) -> list[dict[str, Any]]:
    """A frame as records, with None for nothing."""
    import pandas as pd

    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def _about(side: Side) -> dict[str, Any]:
    manifest = side.manifest
    return {
        "run": side.name,
        "as_of": manifest["as_of"],
        "period": list(manifest["period"]),
        "pack": {key: manifest["pack"][key] for key in ("id", "version", "digest")},
    }


def run_line(side: Side, language: Language) -> str:
    """Which run: its name, its day, its period."""
    start, end = side.manifest["period"]
    return said("run_line", language, name=side.name, as_of=side.manifest["as_of"],
                start=start, end=end)  # fmt: skip


def note_text(note: Note, language: Language) -> str:
    """A note as a sentence."""
    return said(f"note_{note.code}", language, **note.values)


def lead(found: Comparison, language: Language) -> str:
    """How much there is to compare."""
    both, gone, added = (sum(n[at] for n in found.subjects.values()) for at in range(3))
    checks = sum(len(its) for its in found.alike.values())
    return said("lead", language, both=both, gone=gone, added=added, checks=checks)


def rates(found: Comparison, language: Language) -> dict[str, str]:
    """The two rates, each with its denominator."""
    t = found.totals
    return {
        "repaired_rate": rate(t["repaired"], t["repaired"] + t["still_failed"], 0, language),
        "newly_rate": rate(t["newly_failed"], t["newly_failed"] + t["stayed_passed"], 0, language),
    }


def why(one: Unlike, found: Comparison, language: Language) -> str:
    """Why a check cannot be compared."""
    side = found.before if one.reason == "untested_before" else found.after
    between = "、" if language == "zh" else ", "
    missing = between.join(_place(side, need, language) for need in one.missing)
    return said(one.reason, language, missing=missing)


def _place(side: Side, need: str, language: Language) -> str:
    table, _, column = need.partition(".")
    return side.results.place(table, [column] if column else [], language)


def _head(found: Comparison, language: Language) -> Iterator[str]:
    colon = "：" if language == "zh" else ": "
    yield said("title", language)
    for side, key in ((found.before, "before"), (found.after, "after")):
        yield f"  {said(key, language)}{colon}{run_line(side, language)}"
    yield lead(found, language)


def _notes(found: Comparison, language: Language) -> Iterator[str]:
    if found.notes:
        yield said("known", language)
    for note in found.notes:
        yield f"  {note_text(note, language)}"


def _totals(found: Comparison, language: Language) -> Iterator[str]:
    colon = "：" if language == "zh" else ": "
    shares = rates(found, language)
    for heading, names, share in (
        ("was_failed", WAS, "repaired_rate"),
        ("is_failed", IS, "newly_rate"),
    ):
        total = found.totals["failed_before" if names is WAS else "failed_after"]
        yield said(heading, language, n=total)
        for name in names:
            yield f"  {said(name, language)} {count(found.totals[name])}"
        of = said("of_decided", language)
        beside = f"（{of}）" if language == "zh" else f" ({of})"
        yield f"  {said(share, language)}{beside}{colon}{shares[share]}"


def changed_rows(found: Comparison, by: str) -> list[Mapping[str, Any]]:
    """Checks or units with a change, those with most failures that are new first."""
    frame = found.checks if by == "check" else found.units
    new = frame["newly_failed"] + frame["first_failed"] + frame["failed_new_subject"]
    some = frame[(new + frame["failed_before"]) > 0].assign(_new=new)
    ordered = some.sort_values(["_new", "still_failed"], ascending=False, kind="stable")
    rows: list[Mapping[str, Any]] = ordered.to_dict("records")  # type: ignore[assignment]
    return rows


def row_title(row: Mapping[Any, Any], by: str, language: Language, found: Comparison) -> str:
    """What a row is about."""
    if by == "check":
        return found.title(row["check_id"], language)
    named = (row["unit"], row["unit_id"])
    return next((x for x in named if isinstance(x, str)), said("no_unit", language))


def _rows(found: Comparison, by: str, language: Language) -> Iterator[str]:
    rows = changed_rows(found, by)
    if not rows:
        return
    yield said(f"by_{by}", language)
    for row in rows[:SHOWN]:
        numbers = {name: int(row[name]) for name in (*CHANGES, "failed_before")}
        title = row_title(row, by, language, found)
        yield "  " + said("row_line", language, title=title, **numbers)
    if len(rows) > SHOWN:
        yield "  " + said("more", language, n=len(rows) - SHOWN)


def _unlike(found: Comparison, language: Language) -> Iterator[str]:
    if not found.unlike:
        return
    colon = "：" if language == "zh" else ": "
    yield said("unlike", language, n=len(found.unlike))
    for one in found.unlike:
        yield f"  {found.title(one.check, language)}{colon}{why(one, found, language)}"


def share(value: Any) -> str:
    """A rate of a row; a dash where nothing was decided."""
    return percent(None if value is None or value != value else float(value))
