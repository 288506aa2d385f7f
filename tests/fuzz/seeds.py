"""One sound file of each kind, small: what the mutator damages."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

HEADER = ["case_id", "organ_id", "kind", "decided_on", "fine_yuan", "note"]
NOTES = ["", "当事人未提供营业执照", 'he said "no"', "a,b", "两\n行", "x" * 40]
ROWS = [
    [f"C{n}", "O1", "penalty" if n % 2 else "行政许可", f"2025-01-{n + 1:02d}", n * 100.5, note]
    for n, note in enumerate(
        ["", "当事人未提供营业执照", 'he said "no"', "a,b", "两\n行", "x" * 40]
    )
]


def seeds() -> dict[str, bytes]:
    """The files by name; a name says the kind and tells the seeds apart."""
    text = "\n".join(",".join(_quoted(cell) for cell in row) for row in [HEADER, *ROWS]) + "\n"
    japanese = text.replace("当事人未提供营业执照", "労働基準法違反の事案")
    japanese = japanese.replace("行政许可", "permit").replace("两\n行", "二行")
    records = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    nested = [{**one, "documents": [{"document_id": f"D{n}"}]} for n, one in enumerate(records)]
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in nested)
    return {
        "utf8.csv": text.encode(),
        "bom.csv": text.encode("utf-8-sig"),
        "gb.csv": text.encode("gb18030"),
        "sjis.csv": japanese.encode("cp932"),
        "utf16.csv": text.encode("utf-16"),
        "tabs.tsv": text.replace(",", "\t").encode(),
        "title.txt": ("案件统计,,,,,\n" + text).replace(",", "|").encode(),
        "book.xlsx": workbook(),
        "book.xls": old_workbook(),
        "book.ods": open_document(),
        "list.json": json.dumps(nested, ensure_ascii=False).encode(),
        "tables.json": json.dumps({"cases": records, "documents": []}).encode(),
        "lines.jsonl": lines.encode(),
        "table.parquet": parquet(),
        "base.sqlite": database(),
        "log.xes": LOG,
        "log.xes.gz": gzip.compress(LOG, mtime=0),
    }


def _quoted(cell: object) -> str:
    text = str(cell)
    special = any(sign in text for sign in ',"\n')
    return '"' + text.replace('"', '""') + '"' if special else text


def workbook() -> bytes:
    """Two pages: titles, merged cells, days, formulas."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("cases")
    sheet.merge_range(0, 0, 0, 5, "案件统计")
    sheet.write_row(1, 0, HEADER)
    for at, row in enumerate(ROWS, 2):
        sheet.write_row(at, 0, row)
        sheet.write_datetime(at, 3, datetime(2025, 1, at), day)
        sheet.write_formula(at, 4, "=1+1", value=at)
    other = book.add_worksheet("documents")
    other.write_row(0, 0, ["document_id", "case_id", "sensitivity"])
    other.write_row(1, 0, ["D1", "C1", "国家秘密"])
    other.merge_range(2, 1, 3, 1, "C2")
    book.close()
    return buffer.getvalue()


def old_workbook() -> bytes:
    """The same in the format of before 2007."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("cases")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
        for at, row in enumerate(ROWS, 1):
            sheet.write(at, column, date(2025, 1, at) if name == "decided_on" else row[column],
                        day if name == "decided_on" else xlwt.Style.default_style)  # fmt: skip
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def open_document(rows: list[list[object]] | None = None) -> bytes:
    """An .ods, written by hand: no library of ours writes one."""
    table = "".join(
        "<table:table-row>"
        + "".join(_ods_cell(cell) for cell in row)
        + '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
        for row in (rows or [list(HEADER), *ROWS])
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="cases">{table}'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="1024"/></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def _ods_cell(cell: object) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    text = str(cell).replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


def parquet() -> bytes:
    """A table with types, a list, and something nested."""
    table = pa.table(
        {name: [row[at] for row in ROWS] for at, name in enumerate(HEADER)}
        | {"decided_at": [datetime(2025, 1, 1, 9)] * len(ROWS),
           "list": [["fine"], [], None] * 2, "deep": [{"a": {"b": 1}}] * len(ROWS)}
    )  # fmt: skip
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def database() -> bytes:
    """An SQLite file with a table and a view."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA page_size = 512")
        connection.execute(f"CREATE TABLE cases ({', '.join(HEADER)})")
        connection.executemany("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?)", ROWS)
        connection.execute(
            "CREATE VIEW documents AS SELECT note AS document_id, case_id FROM cases"
        )
        connection.commit()
        connection.close()
        return path.read_bytes()


LOG = b"""<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><trace><string key="concept:name" value="C1"/>
<event><string key="concept:name" value="decide"/>
<date key="time:timestamp" value="2025-01-02T09:30:00+08:00"/></event></trace>
<trace><string key="concept:name" value="C2"/><event><string key="concept:name" value="pay"/>
<date key="time:timestamp" value="2025-02-02T09:30:00+08:00"/><float key="fine" value="35.0"/>
</event></trace></log>
"""
