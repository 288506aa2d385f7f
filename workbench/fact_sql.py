"""What a pack's facts SQL says and may say: outputs, reads, the allow-list, Spark.

Facts SQL is one SELECT a file, in functions that every engine has. Law stays out of it: no
number but 0 and 1, no text but codes, no counting of days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.terms import Fault, did_you_mean

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

DIALECT = "duckdb"
# Relations the engine makes for every pack.
ENGINE_RELATIONS = ("base", "subjects", "case_parameters", "case_coverage", "run", "calendar")
# Functions and constructs that mean the same on every engine.
_ALLOWED = frozenset(
    """Select Subquery CTE With From Join Where Group Having Order Ordered Union Table TableAlias
    Alias Column Identifier Star Literal Null Boolean Paren Tuple And Or Not EQ NEQ LT LTE GT GTE
    Is In Between Case If Coalesce Count Sum Min Max Cast DataType DataTypeParam Distinct Exists
    Window WindowSpec RowNumber Add Sub Mul Abs Lower Upper DPipe GroupConcat StringAgg Nullif
    Greatest Least Filter Neg Values
    TimeToUnix Div Median StrPosition Length Replace Lag Lead DenseRank Round
    Year Month Quarter""".split()
)
# Seconds (EPOCH) are whole on one engine and carry fractions on the other: recorded times are whole
# seconds, and what is compared with a number of seconds is as late on both if they are.
# What may not be cast to: casting between these loses nothing we compare.
_SEPARATORS = ("", " ", ";", "/")
_CAST_TARGETS = frozenset("DATE VARCHAR TEXT BIGINT INT BOOLEAN TIMESTAMP TIMESTAMPNTZ".split())


@dataclass(frozen=True)
class FactSql:
    """One file of facts SQL: its text, the facts it gives and the columns it reads.

    `reads` holds `table.column`; columns of CTEs are left out.
    """

    file: str
    topic: str
    asset: str
    text: str
    outputs: tuple[str, ...]
    reads: frozenset[str]
    tables: frozenset[str]
    parameters: frozenset[str]
    coverage: frozenset[str]


@lru_cache(maxsize=512)
def parsed(text: str) -> tuple[exp.Expr, ...]:
    """The statements of a text; read only, since everybody is given the same trees."""
    import sqlglot

    return tuple(s for s in sqlglot.parse(text, read=DIALECT) if s is not None)


def read_fact_sql(
    text: str,
    file: str,
    home: tuple[str, str],
    relations: Mapping[str, Collection[str]],
    codes: Collection[str],
    keys: Collection[str] = ("subject_id",),
) -> tuple[FactSql | None, list[Fault]]:
    """Parse and judge one file.

    `relations` maps each relation the file may read to its columns (empty: not known yet);
    `codes` are the texts that may stand in it; `keys` the columns that tell its rows apart.
    Returns None where it cannot be parsed.
    """
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    topic, asset = home
    try:
        statements = parsed(text)
    except SqlglotError as error:
        first = (getattr(error, "errors", None) or [{}])[0]
        return None, [Fault(file, first.get("line"), str(first.get("description") or error))]
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        return None, [Fault(file, 1, f"one SELECT a file, not {len(statements)} statements")]
    tree = statements[0]
    outputs = tuple(tree.named_selects)
    faults = [*_judge_nodes(tree, file, codes), *_judge_outputs(outputs, file, keys)]
    reads, tables, unknown = _reads(tree, file, relations)
    faults += unknown
    sql = FactSql(
        file=file,
        topic=topic,
        asset=asset,
        text=text,
        outputs=tuple(name for name in outputs if name != "subject_id"),
        reads=frozenset(r for r in reads if r.split(".")[0] not in ENGINE_RELATIONS),
        tables=frozenset(tables),
        parameters=_columns_of("case_parameters", reads),
        coverage=_columns_of("case_coverage", reads),
    )
    return sql, faults


def _columns_of(relation: str, reads: Collection[str]) -> frozenset[str]:
    names = (r.split(".", 1)[1] for r in reads if r.startswith(relation + "."))
    return frozenset(n for n in names if n != "subject_id")


def _judge_outputs(outputs: tuple[str, ...], file: str, keys: Collection[str]) -> list[Fault]:
    faults = [Fault(file, 1, f"'{n}' is given twice") for n in set(outputs) if outputs.count(n) > 1]
    faults += [Fault(file, 1, f"no column '{key}'") for key in keys if key not in outputs]
    if any(not name or name == "*" for name in outputs):
        faults.append(Fault(file, 1, "every column has a name (no *, no unnamed expression)"))
    return faults


def _judge_nodes(tree: exp.Expression, file: str, codes: Collection[str]) -> list[Fault]:
    from sqlglot import exp

    faults = []
    for node in tree.walk():
        message, hint = "", ""
        if isinstance(node, exp.Literal):
            message, hint = _judge_literal(node, codes)
        elif isinstance(node, exp.Add | exp.Sub) and _touches_a_day(node):
            message, hint = "facts SQL never counts days", "a clock in clocks/ does"
        elif bound := _judge_bounds(node):
            message, hint = bound
        elif isinstance(node, exp.Cast) and node.to.this.name not in _CAST_TARGETS:
            message = f"cast to {node.to.this.name} is not portable"
        elif type(node).__name__ not in _ALLOWED and not isinstance(node, exp.DataType):
            what = node.sql_name() if isinstance(node, exp.Func) else type(node).__name__
            message = f"'{what}' is not on the list of portable functions"
        if message:
            faults.append(Fault(file, _line(node), message, hint))
    return faults


def _judge_bounds(node: exp.Expr) -> tuple[str, str] | None:
    """Functions that engines agree on within bounds only: what is out of them, and why.

    Divided by nothing, one engine says null, another infinity and a third stops; places behind
    the point are rounded in binary here and in decimal there; a middle day is a time here and no
    value there; the seconds of a day are a way to count days.
    """
    from sqlglot import exp

    if isinstance(node, exp.Div) and not _never_nought(node.expression.unnest()):
        return "a division by what may be 0 means something else on each engine", "x / NULLIF(y, 0)"
    if isinstance(node, exp.Round) and node.args.get("decimals") not in (None, _nought()):
        return "ROUND gives whole numbers only: engines differ on places behind the point", ""
    if isinstance(node, exp.TimeToUnix) and _names_a(node, "_on"):
        return "facts SQL never counts days: EPOCH takes times (*_at)", "a clock in clocks/ does"
    if isinstance(node, exp.Median) and _names_a(node, "_on", "_at"):
        return "MEDIAN takes numbers, no days and no times", ""
    return None


def _never_nought(divisor: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(divisor, exp.Nullif) and divisor.expression == _nought()


def _nought() -> exp.Expr:
    from sqlglot import exp

    return exp.Literal.number(0)


def _names_a(node: exp.Expr, *endings: str) -> bool:
    """Does a column stand in it that is a day or a time by the names of the house?"""
    from sqlglot import exp

    return any(column.name.endswith(endings) for column in node.find_all(exp.Column))


def _touches_a_day(node: exp.Expr) -> bool:
    """Is one of the two sides a date or a time, by the names of the house (`*_on`, `*_at`)?"""
    from sqlglot import exp

    sides = (node.args["this"], node.args["expression"])
    return any(isinstance(s, exp.Column) and s.name.endswith(("_on", "_at")) for s in sides)


def _judge_literal(node: exp.Literal, codes: Collection[str]) -> tuple[str, str]:
    """Message and hint about a literal; empty for one that may stand."""
    text = str(node.this)
    if not node.is_string and text not in ("0", "1"):
        message = f"number {text}: only 0 and 1 stand in facts SQL"
        return message, "legal numbers belong in parameters.yaml"
    if node.is_string and text not in codes and text not in _SEPARATORS:
        return f"'{text}' is no code of the pack", did_you_mean(text, codes)
    return "", ""


def _line(node: exp.Expr) -> int | None:
    """The line of a node: its own, or that of the first part that has one."""
    for part in node.walk():
        if part.meta.get("line"):
            return int(part.meta["line"])
    return None


def _reads(
    tree: exp.Expression, file: str, relations: Mapping[str, Collection[str]]
) -> tuple[set[str], set[str], list[Fault]]:
    """Every `relation.column` the tree reads, resolved through aliases and scopes."""
    from sqlglot.optimizer.scope import traverse_scope

    reads: set[str] = set()
    tables: set[str] = set()
    faults: list[Fault] = []
    for scope in traverse_scope(tree):
        read, unknown = _scope_reads(scope, file, relations)
        tables |= set(read)
        reads |= {
            f"{relation}.{column}" for relation, columns in read.items() for column in columns
        }
        faults += unknown
    return reads, tables, faults


def _scope_reads(
    scope: Scope, file: str, relations: Mapping[str, Collection[str]]
) -> tuple[dict[str, set[str]], list[Fault]]:
    """The columns one SELECT reads of each relation, and what it reads that is not there."""
    from sqlglot import exp

    read: dict[str, set[str]] = {}
    faults: list[Fault] = []
    homes: dict[str, str] = {}
    for alias, source in scope.sources.items():
        if isinstance(source, exp.Table):
            homes[alias] = f"{source.db}.{source.name}" if source.db else source.name
            if homes[alias] not in relations:
                hint = did_you_mean(homes[alias], relations)
                message = f"unknown table '{homes.pop(alias)}'"
                faults.append(Fault(file, _line(source.this), message, hint))
            else:
                read.setdefault(homes[alias], set())
    only = next(iter(homes.values()), None) if len(scope.sources) == 1 else None
    outputs = getattr(scope.expression, "named_selects", ())
    for column in scope.columns:
        relation = homes.get(column.table) if column.table else only
        if not column.table and len(scope.sources) > 1 and column.name not in outputs:
            message = f"say whose column '{column.name}' is"
            faults.append(Fault(file, _line(column.this), message))
        if relation is None:
            continue
        read[relation].add(column.name)
        known = relations[relation]
        if known and column.name not in known and not (not column.table and column.name in outputs):
            message = f"'{relation}' has no column '{column.name}'"
            faults.append(
                Fault(file, _line(column.this), message, did_you_mean(column.name, known))
            )
    return read, faults


def judge_spark(text: str, file: str) -> list[Fault]:
    """Does the file say the same in Spark's words? For lint: it takes as long as reading it."""
    import sqlglot
    from sqlglot.errors import ErrorLevel, SqlglotError

    try:
        sqlglot.transpile(text, read=DIALECT, write="spark", unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return [Fault(file, 1, f"does not transpile to Spark: {error}")]
    return []
