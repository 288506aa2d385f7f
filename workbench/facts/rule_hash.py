"""What each check of a pack decides by, as hashes: two runs say whether they used the same rule."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from workbench.clocks import Clock
from workbench.conditions import columns_of
from workbench.facts.lineage import behind
from workbench.pack import Pack
from workbench.parameters import Parameter
from workbench.suites import Check

_LENGTH = 16


def rule_hashes(pack: Pack) -> dict[str, dict[str, str]]:
    """By check id: `rule`, of its expectation, its clocks and the legal values that they and its
    facts take (with the bureau's own, if a profile is given), and `facts`, of the SQL that works
    its facts out, of that SQL's parameters and of its lists.

    Titles, clauses, grades and points decide no outcome and are not in them.

    >>> rule_hashes(pack)["di-dates-sane"]   # doctest: +SKIP
    {'rule': '1f0c0d4b6e1b7f6a', 'facts': '9c1f...'}
    """
    parts = _Parts(pack)
    return {
        check.id: {"rule": _rule(parts, check), "facts": _facts(parts, check)}
        for check in pack.checks.values()
    }


class _Parts:
    """What many checks rest on, each hashed once."""

    def __init__(self, pack: Pack):
        self.pack = pack
        self.values = {name: _hash(_value(one)) for name, one in pack.parameters.items()}
        self.lists = {name: _hash(one.rows) for name, one in pack.lists.items()}
        self.sql = {sql.file: _hash(sql.text) for sql in pack.sql_files}
        self.clocks = {clock.id: _hash(_clock(clock)) for clock in pack.clocks.values()}

    def of_values(self, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(name, self.values[name]) for name in sorted(names) if name in self.values]


def _rule(parts: _Parts, check: Check) -> str:
    condition = columns_of(check.row_condition) if check.row_condition else ()
    columns = {*columns_of(check.predicate), *condition, *filter(None, [check.scope])}
    clocks, leaves = behind(parts.pack, check.asset, sorted(columns))
    taken = {column for table, column in leaves if table == "case_parameters"}
    for clock in clocks:  # a clock names its limit, and that of its extension
        taken |= {clock.limit, *([clock.extension.most] if clock.extension else [])}
    return _hash({
        "expectation": {key: check.entry.get(key) for key in ("type", "kwargs")},
        "asset": check.asset,
        "scope": check.scope,
        "clocks": [parts.clocks[name] for name in sorted(clock.id for clock in clocks)],
        "values": parts.of_values(taken),
    })  # fmt: skip


def _facts(parts: _Parts, check: Check) -> str:
    files = sorted(parts.pack.works_of(check)[1], key=lambda sql: sql.file)
    lists = {name.removeprefix("lists.") for sql in files for name in sql.tables}
    return _hash({
        "sql": [(sql.file, parts.sql[sql.file]) for sql in files],
        "values": parts.of_values({name for sql in files for name in sql.parameters}),
        "lists": [(name, parts.lists[name]) for name in sorted(lists) if name in parts.lists],
    })  # fmt: skip


def _clock(clock: Clock) -> dict[str, Any]:
    return {key: value for key, value in asdict(clock).items() if key != "title"}


def _value(parameter: Parameter) -> tuple[Any, ...]:
    """What a parameter says, without the words of the law around it."""
    return parameter.unit, [
        (dated.value, dated.from_on, dated.to_on, sorted(dated.when.items()), dated.column)
        for dated in parameter.values
    ]


def _hash(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_LENGTH]
