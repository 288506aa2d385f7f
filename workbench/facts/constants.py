"""Facts SQL without joins that only bring constants.

What a source delivers, and the values of the law, are looked up subject by subject. Mostly all
subjects have the same, and then a file asks a hundred thousand times for what is known before it
runs. Here such a join is left out, and its columns become what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.fact_sql import parsed
from workbench.facts.columns import KEY

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

_OF_SUBJECTS = ("subjects", "base")  # whatever is of these is a subject
_KEYS = (KEY, "case_id")


@dataclass(frozen=True)
class Constants:
    """By relation (`case_coverage`, `case_parameters`): the columns alike for all subjects.

    The values are SQL. `whole` says that every row that may hang on a case hangs on one that is
    looked at; otherwise a join also keeps the others out, and stays.
    """

    whole: bool
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def put_into(self, text: str) -> str:
        """The same query with the joins left out that bring nothing but constants.

        >>> sql = (
        ...     "SELECT b.subject_id, v.a__b AS x FROM base b "
        ...     "JOIN case_coverage v ON v.subject_id = b.subject_id WHERE v.a__b"
        ... )
        >>> Constants(False, {"case_coverage": {"a__b": "TRUE"}}).put_into(sql)
        'SELECT b.subject_id, TRUE AS x FROM base b  WHERE TRUE'
        """
        from sqlglot.optimizer.scope import traverse_scope

        if not any(relation in text for relation in self.values):
            return text
        edits = [edit for scope in traverse_scope(parsed(text)[0]) for edit in self._edits(scope)]
        return _edited(text, edits)

    def _edits(self, scope: Scope) -> Iterator[_Edit]:
        from sqlglot import exp

        for join in scope.expression.args.get("joins") or ():
            key = self._key(scope, join)
            if key is None:
                continue
            alias, values = join.this.alias_or_name, self.values[join.this.name]
            read = [c for c in scope.columns
                    if c.table == alias and c.find_ancestor(exp.Join) is not join]  # fmt: skip
            unclear = any(not c.table and c.name in values for c in scope.columns)
            if not unclear and all(column.name in values for column in read):
                yield _Edit(join.this.this, join.args["on"], "", ("JOIN", "INNER"))
                for column in read:
                    name = f" AS {sqltext.name(column.name)}" if _names_itself(column) else ""
                    yield _Edit(column.args["table"], column, values[column.name] + name)

    def _key(self, scope: Scope, join: exp.Join) -> exp.Column | None:
        """What the subject is compared with in a join that can be left out."""
        from sqlglot import exp

        if not isinstance(join.this, exp.Table) or join.this.name not in self.values:
            return None
        key = _other_key(join)
        if key is None or join.side or join.kind not in ("", "INNER"):
            return None
        return key if _of_subject(scope, key.table, key.name, self.whole) else None


@dataclass(frozen=True)
class _Edit:
    """Replace the text from one node to the end of another, and `words` that stand before it."""

    first: exp.Expr
    last: exp.Expr
    text: str
    words: tuple[str, ...] = ()

    def span(self, text: str) -> tuple[int, int]:
        """The first character to replace, and the first one to keep."""
        from sqlglot import exp

        start = int(self.first.meta["start"])
        for word in self.words:
            before = text[:start].rstrip()
            start = len(before) - len(word) if before.upper().endswith(word) else start
        return start, 1 + max(int(part.meta["end"]) for part in self.last.find_all(exp.Identifier))


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    for (start, end), new in sorted(((e.span(text), e.text) for e in edits), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _names_itself(column: exp.Column) -> bool:
    """Does it stand in a list of outputs as it is, and give its own name to one?"""
    parent = column.parent
    return parent is not None and parent.key == "select" and column.arg_key == "expressions"


def _other_key(join: exp.Join) -> exp.Column | None:
    """What a join compares the subject with, if it compares nothing else."""
    from sqlglot import exp

    on, alias = join.args.get("on"), join.this.alias_or_name
    if not isinstance(on, exp.EQ):
        return None
    sides = [side for side in (on.left, on.right) if isinstance(side, exp.Column)]
    mine = [side for side in sides if side.table == alias and side.name == KEY]
    others = [side for side in sides if side.table != alias]
    return others[0] if len(mine) == len(others) == 1 else None


def _of_subject(scope: Scope, alias: str, name: str, whole: bool) -> bool:
    """Does the column name a subject in every row, followed back to the table it comes from?"""
    from sqlglot import exp

    source = scope.sources.get(alias)
    if source is None or name not in _KEYS or _may_be_absent(scope, alias):
        return False
    if isinstance(source, exp.Table):
        return whole or (name == KEY and source.name in _OF_SUBJECTS)
    outputs: list[str] = source.expression.named_selects  # type: ignore[attr-defined]
    return outputs.count(name) == 1 and _given_by(source, outputs.index(name), whole)


def _given_by(scope: Scope, place: int, whole: bool) -> bool:
    """The same of an output of a query: a column handed on as it is."""
    from sqlglot import exp

    if parts := scope.set_operation_scopes:
        return all(_given_by(part, place, whole) for part in parts)
    column = scope.expression.expressions[place].unalias()
    return isinstance(column, exp.Column) and _of_subject(scope, column.table, column.name, whole)


def _may_be_absent(scope: Scope, alias: str) -> bool:
    """Does an outer join fill its columns with nulls where there is no such row?"""
    joins = scope.expression.args.get("joins") or ()
    return any(
        join.side in ("RIGHT", "FULL") or (join.side and join.this.alias_or_name == alias)
        for join in joins
    )


def alike(engine: Engine, relation: str) -> dict[str, str]:
    """The columns of a relation that have one value in all its rows, as SQL."""
    kinds = {str(row[0]): str(row[1]) for row in engine.rows(f"DESCRIBE {relation}", relation)}
    names = [name for name in kinds if name != KEY]
    if not names:
        return {}
    asked = ", ".join(
        f"COUNT({c}), COALESCE(MIN({c}) = MAX({c}), TRUE), CAST(MIN({c}) AS VARCHAR)"
        for c in map(sqltext.name, names)
    )
    rows, *found = engine.rows(f"SELECT COUNT(*), {asked} FROM {relation}", relation)[0]
    columns = zip(names, found[::3], found[1::3], found[2::3], strict=True)
    return {
        name: as_constant(value, kinds[name])
        for name, filled, one, value in columns
        if one and filled in (0, rows)
    }


def as_constant(value: str | None, kind: str) -> str:
    """A value as SQL; never a bare literal, which means a position in ORDER BY and GROUP BY.

    >>> as_constant("2", "BIGINT"), as_constant(None, "DATE")
    ("CAST('2' AS BIGINT)", 'CAST(NULL AS DATE)')
    """
    return f"CAST({'NULL' if value is None else sqltext.literal(value)} AS {kind})"
