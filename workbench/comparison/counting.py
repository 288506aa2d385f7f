"""Both runs in one engine: outcomes side by side, counted and listed in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench import sqltext
from workbench.comparison.changes import ABSENT, CHANGES, PAIRS, STATES
from workbench.comparison.sides import KERNEL, Side
from workbench.engines.base import Engine

GROUPS = ("organ_id", "unit_id", "kind")


def put_pairs(
    engine: Engine, before: Side, after: Side, alike: Mapping[str, Sequence[str]]
) -> dict[str, tuple[int, int, int, int]]:
    """Make `work.transitions` (asset, check_id, organ, unit, kind, before, after, change,
    subjects) and the view `work.changes`, a row a subject and check that failed in either run.

    A subject is the same if its id and its organ are. Returns by asset how many subjects both runs
    have, only the first has, only the second has, and how many ids mean another organ's subject.
    """
    found = {}
    counted, listed = [], []
    for asset, checks in alike.items():
        found[asset] = _put_asset(engine, before, after, asset, checks)
        counted.append(_counted(asset))
        listed.append(_listed(asset))
        engine.run(
            f"CREATE TABLE work.checks_{asset} AS SELECT * FROM (VALUES "
            + ", ".join(f"({at}, {sqltext.literal(check)})" for at, check in enumerate(checks))
            + ") c(place, check_id)",
            "compare",
        )
    rows = ", ".join(
        f"({code}, {old}, {new}, {sqltext.literal(change) if change else 'NULL'})"
        for code, (old, new, change) in PAIRS.items()
    )
    engine.run(f"CREATE TABLE work.kinds AS SELECT CAST(code AS TINYINT) AS code, before, after, "
               f"CAST(change AS VARCHAR) AS change FROM (VALUES {rows}) "
               "k(code, before, after, change)", "compare")  # fmt: skip
    engine.run(f"CREATE TABLE work.transitions AS {' UNION ALL '.join(counted) or _NONE}",
               "compare")  # fmt: skip
    engine.run(f"CREATE VIEW work.changes AS {' UNION ALL '.join(listed) or _NO_LIST}",
               "compare")  # fmt: skip
    return found


_TEXTS = "asset, check_id, organ_id, unit_id, kind".split(", ")
_NONE = (
    "SELECT " + ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in _TEXTS)
    + ", 0 AS before, 0 AS after, CAST(NULL AS VARCHAR) AS change, 0 AS subjects WHERE FALSE"
)  # fmt: skip
_NO_LIST = (
    "SELECT " + ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in
                          ("asset", "subject_id", "case_id", *_TEXTS[1:], "change"))
    + ", 0 AS before, 0 AS after WHERE FALSE"
)  # fmt: skip


def _put_asset(
    engine: Engine, before: Side, after: Side, asset: str, checks: Sequence[str]
) -> tuple[int, int, int, int]:
    """One row a subject of either run: who it is, and a list of pairs of outcomes."""
    sides = [_side(engine, side, which, asset, checks)
             for side, which in ((before, "b"), (after, "a"))]  # fmt: skip
    own = ", ".join(f"COALESCE(b.{name}, a.{name}) AS {name}" for name in KERNEL)
    codes = ", ".join(
        f"CAST(COALESCE(b.{name}, {ABSENT}) * {STATES} + COALESCE(a.{name}, {ABSENT}) AS TINYINT)"
        for name in (sqltext.name(check) for check in checks)
    )
    engine.run(
        f"CREATE TABLE work.pairs_{asset} AS SELECT {own}, b.subject_id IS NOT NULL AS was, "
        f"a.subject_id IS NOT NULL AS is_now, [{codes}] AS pairs FROM {sides[0]} b "
        f"FULL OUTER JOIN {sides[1]} a ON a.subject_id = b.subject_id "
        "AND COALESCE(a.organ_id, '') = COALESCE(b.organ_id, '')",
        f"compare {asset}",
    )
    ((both, gone, added),) = engine.rows(
        "SELECT COUNT(*) FILTER (WHERE was AND is_now), COUNT(*) FILTER (WHERE NOT is_now), "
        f"COUNT(*) FILTER (WHERE NOT was) FROM work.pairs_{asset}",
        "compare",
    )
    ((moved,),) = engine.rows(
        f"SELECT COUNT(*) FROM work.pairs_{asset} g JOIN work.pairs_{asset} n "
        "ON g.subject_id = n.subject_id AND NOT g.is_now AND NOT n.was",
        "compare",
    )
    return both, gone, added, moved


def _side(engine: Engine, side: Side, which: str, asset: str, checks: Sequence[str]) -> str:
    facts = side.relation(engine, which, f"facts/{asset}", KERNEL)
    outcomes = side.relation(engine, which, f"outcomes/{asset}", ("subject_id", *checks))
    kernel = ", ".join(f"f.{name}" for name in KERNEL)
    codes = ", ".join(f"o.{sqltext.name(check)}" for check in checks)
    return (f"(SELECT {kernel}, {codes} FROM {facts} f "
            f"JOIN {outcomes} o ON o.subject_id = f.subject_id)")  # fmt: skip


def _unnested(asset: str, columns: str) -> str:
    """A row a subject and check; the list of outcomes becomes rows, told apart by place."""
    return (f"SELECT {columns}, UNNEST(pairs) AS code, UNNEST(RANGE(LEN(pairs))) AS place "
            f"FROM work.pairs_{asset}")  # fmt: skip


def _counted(asset: str) -> str:
    groups = ", ".join(GROUPS)
    named, counted = (", ".join(f"{t}.{name}" for name in GROUPS) for t in "gt")
    same = " AND ".join(f"g.{name} IS NOT DISTINCT FROM p.{name}" for name in GROUPS)
    # Groups are counted by number: texts would be hashed once for every outcome.
    return f"""SELECT {sqltext.literal(asset)} AS asset, c.check_id, {counted},
       k.before, k.after, k.change, t.subjects
FROM (
  WITH parts AS MATERIALIZED (
    SELECT {groups}, ROW_NUMBER() OVER () AS part
    FROM (SELECT DISTINCT {groups} FROM work.pairs_{asset})
  ), numbered AS (
    SELECT g.part, p.pairs FROM work.pairs_{asset} p JOIN parts g ON {same}
  )
  SELECT {named}, t.place, t.code, t.subjects FROM (
    SELECT part, place, code, COUNT(*) AS subjects FROM (
      SELECT part, UNNEST(pairs) AS code, UNNEST(RANGE(LEN(pairs))) AS place FROM numbered
    ) GROUP BY part, place, code
  ) t JOIN parts g ON g.part = t.part
) t
JOIN work.checks_{asset} c ON c.place = t.place
JOIN work.kinds k ON k.code = t.code"""


def _listed(asset: str) -> str:
    telling = ", ".join(str(code) for code, (_, _, change) in PAIRS.items() if change)
    return f"""SELECT {sqltext.literal(asset)} AS asset, u.subject_id, u.case_id, c.check_id,
       u.organ_id, u.unit_id, u.kind, k.change, k.before, k.after
FROM (SELECT * FROM ({_unnested(asset, ", ".join(KERNEL))}) WHERE code IN ({telling})) u
JOIN work.checks_{asset} c ON c.place = u.place
JOIN work.kinds k ON k.code = u.code"""


def sums(groups: Sequence[str], where: str = "TRUE") -> str:
    """Counts of changes by groups, with what the rates are of."""
    chosen = ", ".join(groups)
    changes = ", ".join(
        f"CAST(COALESCE(SUM(subjects) FILTER (WHERE change = '{change}'), 0) AS BIGINT) AS {change}"
        for change in CHANGES
    )
    counted = ", ".join(
        f"CAST(COALESCE(SUM(subjects) FILTER (WHERE {test}), 0) AS BIGINT) AS {name}"
        for name, test in (
            ("failed_before", "before = 2"),
            ("decided_before", "before IN (1, 2)"),
            ("failed_after", "after = 2"),
            ("decided_after", "after IN (1, 2)"),
            ("stayed_passed", "before = 1 AND after = 1"),
        )
    )
    head = f"{chosen}, " if groups else ""
    tail = f" GROUP BY {chosen}" if groups else ""
    return f"SELECT {head}{changes}, {counted} FROM work.transitions WHERE {where}{tail}"
