"""What kind of file this is: told by its first bytes where they tell, else by its name."""

from __future__ import annotations

import re
from pathlib import Path

from workbench.terms import InputError

TEXT, WORKBOOK, JSON, PARQUET, SQLITE, XES = "text", "workbook", "json", "parquet", "sqlite", "xes"

_BY_NAME = {
    ".csv": TEXT, ".tsv": TEXT, ".tab": TEXT, ".txt": TEXT,
    ".xlsx": WORKBOOK, ".xlsm": WORKBOOK, ".xltx": WORKBOOK, ".xls": WORKBOOK, ".ods": WORKBOOK,
    ".et": WORKBOOK, ".xlsb": WORKBOOK,
    ".json": JSON, ".jsonl": JSON, ".ndjson": JSON,
    ".parquet": PARQUET, ".pq": PARQUET,
    ".sqlite": SQLITE, ".sqlite3": SQLITE, ".db": SQLITE,
    ".xes": XES, ".xes.gz": XES,
}  # fmt: skip
_BY_BYTES = (
    (b"PK\x03\x04", WORKBOOK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", WORKBOOK),
    (b"PAR1", PARQUET),
    (b"SQLite format 3\x00", SQLITE),
)
_PICKLE = re.compile(rb"\x80[\x02-\x05](?:\x95|[\x8c}\](cq])", re.DOTALL)
_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html|<table|<meta\b)", re.IGNORECASE)
_PICKLES = (".pkl", ".pickle", ".joblib", ".npy", ".rds", ".rda", ".feather")
_PACKED = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst")
# In a folder these are named in the report; what else lies there (scans, notes) is nobody's table.
REFUSED = (*_PICKLES[:3], *_PACKED)


def by_name(name: str) -> str | None:
    """The kind that a file's name promises; None for files that are no tables.

    >>> by_name("Cases.CSV"), by_name("log.xes.gz"), by_name("scan.pdf")
    ('text', 'xes', None)
    """
    low = name.casefold()
    return next((kind for end, kind in _BY_NAME.items() if low.endswith(end)), None)


def kind_of(path: Path, name: str) -> str:
    """The kind of a file that is to be read. Raises `InputError` for what is never read."""
    with path.open("rb") as handle:
        head = handle.read(512)
    promised = by_name(name)
    found = next((kind for start, kind in _BY_BYTES if head.startswith(start)), None)
    if found and promised in (None, TEXT, WORKBOOK, found):
        if found == WORKBOOK and name.casefold().endswith(_PACKED):
            raise InputError(packed(name))
        return found
    refuse_harmful(name, head)
    if promised == WORKBOOK and not head.startswith(b"PK"):
        return _no_workbook(name, head)
    if promised is None:
        raise InputError(_unknown(name))
    return promised


def refuse_harmful(name: str, head: bytes) -> None:
    """Raise `InputError` for pickles, packed files and web pages, whatever they are called."""
    low = name.casefold()
    if low.endswith(_PICKLES) or _PICKLE.match(head):
        raise InputError(
            f"{name}: is a pickle or the like, which may hold code and is never opened; "
            "save the table as CSV or Parquet"
        )
    if low.endswith(_PACKED) and by_name(low) is None:
        raise InputError(packed(name))
    if _PAGE.match(head) and by_name(low) in (None, WORKBOOK):
        raise InputError(f"{name}: is a web page; open it in a spreadsheet and save it as .xlsx")


def packed(name: str) -> str:
    """The sentence for an archive."""
    return f"{name}: is a packed archive; unpack it and name the folder or the file in it"


def _no_workbook(name: str, head: bytes) -> str:
    """Text that is called a workbook, as many systems export it."""
    if b"\0" in head[:200] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}: is no workbook, whatever its name says")
    if head.lstrip().startswith((b"<?xml", b"<")):
        raise InputError(f"{name}: is XML; open it in a spreadsheet and save it as .xlsx")
    return TEXT


def _unknown(name: str) -> str:
    kinds = ", ".join(dict.fromkeys(end.lstrip(".") for end in _BY_NAME))
    return f"{name}: nobody can tell what kind of file this is; read are {kinds}"
