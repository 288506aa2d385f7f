"""Examples: tiny case files with the outcome each check must give. A lawyer can read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workbench.pack.model import Pack
from workbench.sources import Place, Source, read_source, unknown_entries
from workbench.terms import Fault, Outcome, did_you_mean

_FILE_KEYS = {"as_of", "defaults", "examples", "period"}
_KEYS = {"name", "check", "given", "expect", "as_of", "not_delivered", "facts", "row", "note"}


@dataclass(frozen=True)
class Example:
    """Records, the day they are looked at, and the outcome of one check by subject."""

    file: str
    line: int | None
    name: str
    check: str
    as_of: date
    given: Mapping[str, list[dict[str, Any]]]
    expect: Mapping[str, Outcome]
    facts: Mapping[str, Any] = field(default_factory=dict)
    not_delivered: tuple[str, ...] = ()
    row: str = ""


def read_examples(pack: Pack) -> tuple[list[Example], list[Fault]]:
    """All examples of a pack, and what is wrong with them.

    A fault too: a check without an example that passes, and one that fails.
    """
    examples: list[Example] = []
    faults: list[Fault] = []
    for path in sorted((pack.folder / "examples").glob("*.yaml")):
        source, found = read_source(path, f"examples/{path.name}")
        faults += found
        content = source.content if isinstance(source.content, dict) else {}
        faults += unknown_entries(source, (), content, _FILE_KEYS)
        for index, raw in enumerate(content.get("examples") or []):
            example = _example(pack, source, ("examples", index), raw, content, faults)
            if example is not None:
                examples.append(example)
    faults += _reach(pack, examples)
    return examples, faults


def _example(
    pack: Pack,
    source: Source,
    place: Place,
    raw: dict[str, Any],
    content: dict[str, Any],
    faults: list[Fault],
) -> Example | None:
    faults.extend(unknown_entries(source, place, raw, _KEYS))
    check = pack.checks.get(raw.get("check", ""))
    if check is None:
        hint = did_you_mean(str(raw.get("check")), pack.checks)
        faults.append(source.fault(place, f"no check '{raw.get('check')}'", hint))
        return None
    defaults = content.get("defaults") or {}
    given: dict[str, list[dict[str, Any]]] = {}
    for table, rows in _with_default_tables(raw.get("given") or {}, defaults).items():
        given[table] = [{**_default(defaults, table), **(row or {})} for row in rows]
        faults.extend(_unknown_columns(pack, source, place, table, given[table]))
    expect = raw.get("expect")
    outcomes = expect if isinstance(expect, dict) else {"": expect}
    known = Outcome.__members__
    wrong = [str(word) for word in outcomes.values() if word not in known]
    if wrong or not outcomes:
        hint = did_you_mean(wrong[0], known) if wrong else ""
        faults.append(source.fault(place, f"outcomes are {', '.join(known)}", hint))
        return None
    return Example(
        file=source.file,
        line=source.line(place),
        name=str(raw.get("name")),
        check=check.id,
        as_of=raw.get("as_of") or content.get("as_of") or date.max,
        given=given,
        expect={str(subject): Outcome[str(word)] for subject, word in outcomes.items()},
        facts=raw.get("facts") or {},
        not_delivered=tuple(raw.get("not_delivered") or ()),
        row=str(raw.get("row") or ""),
    )


def _default(defaults: dict[str, Any], table: str) -> dict[str, Any]:
    found = defaults.get(table)
    return found if isinstance(found, dict) else {}


def _with_default_tables(given: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Tables whose default is a list are there in every example unless it says otherwise."""
    whole = {t: rows for t, rows in defaults.items() if isinstance(rows, list)}
    return {**whole, **{table: rows or [] for table, rows in given.items()}}


def _unknown_columns(
    pack: Pack, source: Source, place: Place, table: str, rows: list[dict[str, Any]]
) -> list[Fault]:
    known = pack.schema.tables.get(table)
    if known is None:
        hint = did_you_mean(table, pack.schema.tables)
        return [source.fault(place, f"no table '{table}'", hint)]
    strange = {column for row in rows for column in row if column not in known.columns}
    return [
        source.fault(place, f"'{table}' has no column '{c}'", did_you_mean(c, known.columns))
        for c in sorted(strange)
    ]


def _reach(pack: Pack, examples: list[Example]) -> list[Fault]:
    shown = {(e.check, outcome) for e in examples for outcome in e.expect.values()}
    faults = []
    for check in pack.checks.values():
        for outcome in (Outcome.passed, Outcome.failed):
            if (check.id, outcome) not in shown:
                message = f"no example in which '{check.id}' is {outcome.name}"
                faults.append(Fault(f"examples/{check.topic}.yaml", None, message))
    return faults
