"""What loading did to the input: every row that was refused, every cell that was changed.

`ReportBuilder` collects while files are read; `LoadReport` is what everybody else sees. The
report never holds a value of a personal, commercial or secret column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.display import Html
from workbench.loading import reasons
from workbench.loading.page import report_html
from workbench.schema import Schema
from workbench.texts import shown_language

_COUNTED = ("read", "used", "refused", "repaired")

ROWS_SCHEMA = pa.schema(
    [
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("table_name", pa.string()),
        ("column", pa.string()),
        ("action", pa.string()),
        ("reason_code", pa.string()),
        ("detail", pa.string()),
        ("count", pa.int64()),
    ]
)


@dataclass(frozen=True)
class TableCount:
    """How many rows of a table were read, used and refused; `read = used + refused`.

    `repaired` counts cells that were put right; their rows are among the used ones. Blank rows
    are no rows.
    """

    table: str
    file: str
    read: int
    used: int
    refused: int
    repaired: int


@dataclass(frozen=True)
class Message:
    """Something about a whole file: its encoding, a column nobody knows, an empty file."""

    file: str
    reason_code: str
    column: str = ""
    detail: str = ""
    table: str = ""

    def sentence(self, language: str = "en") -> str:
        """The message in words."""
        return reasons.sentence(
            self.reason_code, language, file=self.file, column=self.column, detail=self.detail
        )


@dataclass(frozen=True)
class HeaderUse:
    """What became of one header: the column it is, or nothing (None: not used)."""

    file: str
    header: str
    table: str
    column: str | None


@dataclass(frozen=True)
class LoadReport:
    """Counts per table, the rows behind them, what is to be said of whole files, and how each
    header was understood.

    `titles` are what people call the tables; `language` is the one to say it in if none is asked.
    """

    counts: tuple[TableCount, ...]
    rows: pa.Table = field(repr=False)
    messages: tuple[Message, ...] = ()
    headers: tuple[HeaderUse, ...] = ()
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    language: str = "en"

    def __repr__(self) -> str:
        total = {kind: sum(getattr(c, kind) for c in self.counts) for kind in _COUNTED}
        return f"LoadReport({', '.join(f'{n} {kind}' for kind, n in total.items())})"

    def html(self, language: str | None = None) -> Html:
        """What became of the rows, as a small page: counts, reasons, places, never a value."""
        return report_html(self, shown_language(self.language, language))

    def _repr_html_(self) -> str:
        return self.html()

    def count(self, table: str) -> TableCount | None:
        """The counts of one table; None where it was not delivered."""
        return next((count for count in self.counts if count.table == table), None)

    @property
    def refused(self) -> int:
        """How many rows were refused, over all tables."""
        return sum(count.refused for count in self.counts)

    def by_reason(self) -> list[tuple[str, str, str, int]]:
        """(table, action, reason_code, how many), the most frequent first."""
        keys = ["table_name", "action", "reason_code"]
        grouped = self.rows.group_by(keys).aggregate([("count", "sum")]).to_pylist()
        found = [(*(row[key] or "" for key in keys), row["count_sum"]) for row in grouped]
        return sorted(found, key=lambda row: (-row[3], *row[:3]))

    def sentences(self, language: str = "en", limit: int | None = 50) -> Iterator[str]:
        """The rows of the report in words; says how many were left out."""
        shown = self.rows if limit is None else self.rows.slice(0, limit)
        for row in shown.to_pylist():
            yield row_sentence(row, language)
        left = self.rows.num_rows - shown.num_rows
        if left:
            yield f"……另有 {left} 行" if language == "zh" else f"... and {left} more rows"

    def summary(self, language: str = "en") -> str:
        """One line a table: read, used, refused, repaired."""
        if language == "zh":
            line = "{c.table}：读入 {c.read}，使用 {c.used}，拒收 {c.refused}，更正 {c.repaired}"
        else:
            line = "{c.table}: {c.read} read, {c.used} used, {c.refused} refused, "
            line += "{c.repaired} repaired"
        return "\n".join(line.format(c=count) for count in self.counts)


def row_sentence(row: dict[str, Any], language: str = "en") -> str:
    """One row of `LoadReport.rows` in words."""
    return reasons.sentence(
        row["reason_code"],
        language,
        file=reasons.named_place(row["file"], row["sheet"]),
        row=row["row"],
        column=row["column"] or "",
        detail=row["detail"] or "",
        count=row["count"] or 1,
    )


@dataclass
class ReportBuilder:
    """Collects the report while files are read. Adds whole columns at a time, never row by row."""

    counts: list[TableCount] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    headers: list[HeaderUse] = field(default_factory=list)
    _parts: list[pa.Table] = field(default_factory=list)

    def say(
        self,
        file: str,
        reason_code: str,
        *,
        table: str = "",
        column: str = "",
        detail: str = "",
        count: int = 1,
        rows: tuple[int, ...] = (),
    ) -> None:
        """A message about a whole file; it stands in the rows too, as a note."""
        self.messages.append(Message(file, reason_code, column, detail, table))
        note = reasons.NOTE
        if rows:
            details = [detail] * len(rows)
            self.add(file, table, note, reason_code, column=column, rows=[*rows], details=details)
            return
        self.add(file, table, note, reason_code, column=column, details=[detail], counts=[count])

    def add(
        self,
        file: str,
        table: str,
        action: str,
        reason_code: str,
        *,
        column: str | None = None,
        rows: Any = None,
        details: Any = None,
        counts: Any = None,
    ) -> None:
        """Report rows of one kind: arrays of row numbers, details and counts of one length."""
        given = next(part for part in (rows, details, counts) if part is not None)
        size = len(given)
        if not size:
            return
        path, page = reasons.place_of(file)
        columns = [
            _same(path, size),
            _same(page or None, size),
            _array(rows, pa.int64(), size),
            _same(table or None, size),
            _same(column or None, size),
            _same(action, size),
            _same(reason_code, size),
            _array(details, pa.string(), size),
            _array(counts, pa.int64(), size) if counts is not None else _ones(size),
        ]
        self._parts.append(pa.Table.from_arrays(columns, schema=ROWS_SCHEMA))

    def take_in(self, other: ReportBuilder) -> None:
        """What another builder collected, after all that stands here."""
        self.counts += other.counts
        self.messages += other.messages
        self.headers += other.headers
        self._parts += other._parts

    def repaired(self, table: str, since: int) -> int:
        """How many cells of `table` the parts from number `since` on report as repaired."""
        total = 0
        for part in self._parts[since:]:
            wanted = pc.and_(
                pc.equal(part["table_name"], table), pc.equal(part["action"], reasons.REPAIRED)
            )
            total += pc.sum(part.filter(wanted)["count"]).as_py() or 0
        return total

    @property
    def mark(self) -> int:
        """A place in the report, for `repaired`."""
        return len(self._parts)

    def finish(self, schema: Schema | None = None, language: str = "en") -> LoadReport:
        """The report as it is handed on: rows sorted by file, row, column."""
        rows = pa.concat_tables([ROWS_SCHEMA.empty_table(), *self._parts])
        order = [
            ("file", "ascending"),
            ("sheet", "ascending"),
            ("row", "ascending"),
            ("column", "ascending"),
        ]
        order += [("reason_code", "ascending"), ("detail", "ascending")]
        ordered = rows.sort_by(order)
        titles = {table.name: table.title for table in schema.tables.values()} if schema else {}
        said = tuple(self.messages), tuple(self.headers)
        return LoadReport(tuple(self.counts), ordered, *said, titles, language)


def _same(value: str | None, size: int) -> Any:
    return pa.repeat(pa.scalar(value, pa.string()), size)


def _ones(size: int) -> Any:
    return pa.repeat(pa.scalar(1, pa.int64()), size)


def _array(values: Any, kind: Any, size: int) -> Any:
    if values is None:
        return pa.nulls(size, kind)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)
