"""Facts SQL without joins that only bring constants.

What a source delivers, and the values of the law, are looked up subject by subject. Mostly all
subjects have the same, and then a file asks a hundred thousand times for what is known before it
runs. Here such a join is left out, and its columns become what they say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.fact_sql import parsed
from workbench.facts.columns import KEY

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

_WORDS = re.compile(r"\b(INNER\s+)?JOIN\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Constants:
    """By relation (`case_coverage`, `case_parameters`): the columns alike for all subjects.

    The values are SQL. `subjects` says which columns of which relations name a subject that is
    looked at in every row; elsewhere a join also keeps rows out, and stays.
    """

    subjects: Mapping[str, Collection[str]]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def put_into(self, text: str) -> str:
        """The same query with the joins left out that bring nothing but constants.

        >>> sql = (
        ...     "SELECT b.subject_id, v.a__b AS x FROM base b "
        ...     "JOIN case_coverage v ON v.subject_id = b.subject_id WHERE v.a__b"
        ... )
        >>> flags = {"case_coverage": {"a__b": "TRUE"}}
        >>> Constants({"base": ["subject_id"]}, flags).put_into(sql)
        'SELECT b.subject_id, TRUE AS x FROM base b  WHERE TRUE'
        """
        from sqlglot.optimizer.scope import traverse_scope

        if not any(relation in text for relation in self.values):
            return text
        scopes, bare = traverse_scope(parsed(text)[0]), _bare(parsed(text)[0])
        if bare is None or not _all_told(scopes):
            return text
        return _edited(text, [edit for scope in scopes for edit in self._edits(scope, text, bare)])

    def _edits(self, scope: Scope, text: str, bare: set[str]) -> Iterator[_Edit]:
        from sqlglot import exp

        for join in scope.expression.args.get("joins") or ():
            begin = _begin(join, text) if self._brings_constants(scope, join) else None
            if begin is None:
                continue
            alias, values = join.this.alias_or_name, self.values[join.this.name]
            read = [c for c in scope.columns
                    if c.table == alias and c.find_ancestor(exp.Join) is not join]  # fmt: skip
            if bare.isdisjoint(values) and all(column.name in values for column in read):
                yield _Edit(begin, _end(join.args["on"]), "")
                for column in read:
                    name = f" AS {sqltext.name(column.name)}" if _names_itself(column) else ""
                    place = int(column.args["table"].meta["start"])
                    yield _Edit(place, _end(column), values[column.name] + name)

    def _brings_constants(self, scope: Scope, join: exp.Join) -> bool:
        """Does it find one row for each row there is, and is that row's subject looked at?"""
        from sqlglot import exp

        table = join.this
        if not isinstance(table, exp.Table) or _called(table) not in self.values:
            return False
        if scope.sources.get(table.alias_or_name) is not table:
            return False  # a query of the file has the name of the relation
        if join.side or join.method or join.kind not in ("", "INNER") or scope.expression.is_star:
            return False
        key = None if _renamed(table) else _other_key(join)
        return key is not None and _of_subject(scope, key, self.subjects)


@dataclass(frozen=True)
class _Edit:
    """Replace the text from `begin` up to `end`."""

    begin: int
    end: int
    text: str


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.begin, reverse=True):
        text = text[: edit.begin] + edit.text + text[edit.end :]
    return text


def _begin(join: exp.Join, text: str) -> int | None:
    """Where its words begin; None where a comment stands among them."""
    words = _WORDS.search(text[: int(join.this.this.meta["start"])])
    if words is None or bool(words[1]) != (join.kind == "INNER"):
        return None
    line = text[text.rfind("\n", 0, words.start()) + 1 : words.start()]
    return None if "--" in line else words.start()


def _end(node: exp.Expr) -> int:
    from sqlglot import exp

    return 1 + max(int(part.meta["end"]) for part in node.find_all(exp.Identifier))


def _bare(tree: exp.Expr) -> set[str] | None:
    """Columns that stand without their table; None where two names differ in case only.

    To an engine such names are one.
    """
    from sqlglot import exp

    names = {identifier.name for identifier in tree.find_all(exp.Identifier)}
    if len(names) != len({name.casefold() for name in names}):
        return None
    return {column.name for column in tree.find_all(exp.Column) if not column.table}


def _all_told(scopes: Sequence[Scope]) -> bool:
    """Is it known of every column of a table whose it is?

    What a query far inside others reads of the outermost one is not always told.
    """
    from sqlglot import exp

    told = {
        id(column)
        for scope in scopes
        for column in (*scope.columns, *scope.stars)
        if isinstance(column, exp.Column) and column.table in scope.selected_sources
    }
    columns = scopes[-1].expression.find_all(exp.Column)
    return all(id(column) in told for column in columns if column.table)


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


def _of_subject(scope: Scope, column: exp.Column, subjects: Mapping[str, Collection[str]]) -> bool:
    """Does the column name a subject in every row, followed back to the table it comes from?"""
    from sqlglot import exp

    node, source = scope.selected_sources.get(column.table, (None, None))
    if source is None or _renamed(node) or _may_be_absent(scope, column.table):
        return False
    if isinstance(source, exp.Table):
        return column.name in subjects.get(_called(source), ())
    query: Any = source.expression
    outputs: list[str] = query.named_selects
    if query.is_star or _renamed(query.parent) or outputs.count(column.name) != 1:
        return False
    return _given_by(source, outputs.index(column.name), subjects)


def _renamed(node: Any) -> bool:
    """Do the columns of a relation get other names where it is read: `k(a, b)`?"""
    return bool(node.alias_column_names)


def _given_by(scope: Scope, place: int, subjects: Mapping[str, Collection[str]]) -> bool:
    """The same of an output of a query: a column handed on as it is."""
    from sqlglot import exp

    if parts := scope.set_operation_scopes:
        return all(_given_by(part, place, subjects) for part in parts)
    column = scope.expression.expressions[place].unalias()
    return isinstance(column, exp.Column) and _of_subject(scope, column, subjects)


def _called(table: exp.Table) -> str:
    return f"{table.db}.{table.name}" if table.db else table.name


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
