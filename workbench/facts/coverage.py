"""What the source could tell, subject by subject: the relation `case_coverage`.

A null means "did not happen" only where the source delivers the column. It does not where the
column or table is missing from the export, where the organ's own system has no such field
(table `coverage`), and where the cell was there but could not be read.
"""

from __future__ import annotations

from workbench import sqltext
from workbench.loading import CaseFiles


def coverage_query(files: CaseFiles, names: list[str], subjects: str) -> tuple[str, bool]:
    """One row per subject of `subjects`: a boolean for each `<table>__<column>`.

    Also says whether the answer is the same for every subject (then a view of constants is best).
    """
    delivered = [name for name in names if is_delivered(files, name)]
    sources = [source for name in delivered for source in _sources(files, name)]
    exceptions = _exceptions(files, list(dict.fromkeys(sources)), subjects)
    if not exceptions:
        flags = [f"{'TRUE' if n in delivered else 'FALSE'} AS {sqltext.name(n)}" for n in names]
        return f"SELECT {', '.join(['s.subject_id', *flags])} FROM {subjects} s", True
    found = " UNION ALL ".join(exceptions)
    marks, flags = [], []
    for name in names:
        quoted = sqltext.name(name)
        if name in delivered:
            table = sqltext.literal(name.partition("__")[0])
            columns = ", ".join(sqltext.literal(c) for _, c in _sources(files, name))
            hit = f"table_name = {table} AND (column_name IS NULL OR column_name IN ({columns}))"
            marks.append(f"MAX(CASE WHEN {hit} THEN 1 ELSE 0 END) AS {quoted}")
            flags.append(f"COALESCE(x.{quoted}, 0) = 0 AS {quoted}")
        else:
            flags.append(f"FALSE AS {quoted}")
    spread = ", ".join(["subject_id", *marks])
    query = (
        f"WITH found AS ({found}), spread AS (SELECT {spread} FROM found GROUP BY subject_id) "
        f"SELECT {', '.join(['s.subject_id', *flags])} FROM {subjects} s "
        "LEFT JOIN spread x ON x.subject_id = s.subject_id"
    )
    return query, False


def is_delivered(files: CaseFiles, name: str) -> bool:
    """Did the source deliver `<table>__<column>` (or `<table>.<column>`, or `<table>`) at all?

    A column that the loader makes is delivered where all are that it is made of.
    """
    table, _, column = name.replace(".", "__", 1).partition("__")
    return files.has(table, column or None)


def _sources(files: CaseFiles, name: str) -> list[tuple[str, str]]:
    """(table, column) of the delivered columns that decide `<table>__<column>`."""
    table, _, column = name.partition("__")
    return [(table, source) for source in files.schema.made_of(table, column)]


def _exceptions(files: CaseFiles, pairs: list[tuple[str, str]], subjects: str) -> list[str]:
    queries = []
    engine = files.engine
    if engine.rows("SELECT COUNT(*) FROM unknown_cells", "unknown cells")[0][0]:
        queries.append(
            "SELECT s.subject_id, u.table_name, u.column_name FROM unknown_cells u "
            f"JOIN {subjects} s ON s.case_id = u.case_id UNION ALL "
            "SELECT s.subject_id, u.table_name, u.column_name FROM unknown_cells u "
            f"JOIN {subjects} s ON u.case_id IS NULL AND s.subject_id = u.row_key"
        )
    if "coverage" in files.schema.tables and files.delivered.get("coverage") and pairs:
        wanted = ", ".join(f"({sqltext.literal(t)}, {sqltext.literal(c)})" for t, c in pairs)
        # An organ that lists fields of a table delivers the listed ones and no others.
        queries.append(
            "SELECT s.subject_id, w.t AS table_name, w.c AS column_name "
            f"FROM {subjects} s "
            'JOIN (SELECT DISTINCT organ_id, "table" AS t FROM coverage) o '
            "ON o.organ_id = s.organ_id "
            f"JOIN (VALUES {wanted}) w(t, c) ON w.t = o.t "
            "WHERE NOT EXISTS (SELECT 1 FROM coverage k WHERE k.organ_id = s.organ_id "
            'AND k."table" = w.t AND k."column" = w.c '
            "AND (k.from_on IS NULL OR k.from_on <= s.period_on) "
            "AND (k.to_on IS NULL OR k.to_on >= s.period_on))"
        )
    return queries
