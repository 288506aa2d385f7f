"""How large and how deep a source may be: beyond it, reading ends with a sentence.

A file that someone sends is data, and may be hostile: a small archive that unpacks without end, a
page with one cell in its farthest corner, a document nested a million deep. None of these limits
is met by the records of a bureau.
"""

from __future__ import annotations

from workbench.terms import InputError

MAX_FILE_BYTES = 8 << 30  # text, which streams
MAX_WHOLE_BYTES = 1 << 30  # what has to be held at once: workbooks, JSON documents
MAX_UNPACKED_BYTES = 4 << 30  # all parts of an archive together
MAX_ZIP_RATIO = 200  # a part may unpack to so many times its size ...
FREE_UNPACKED_BYTES = 8 << 20  # ... once it is larger than this
MAX_PARTS = 10_000  # in an archive
MAX_ROWS = 50_000_000  # in a sheet
MAX_COLUMNS = 2_000
MAX_CELLS = 40_000_000  # on a page of a workbook, empty ones between others counted
FREE_CELLS = 1_000_000  # a page with fewer may be as sparse as it likes
MAX_SPARSE = 50  # cells of a larger page for each one that is written
MAX_MERGED = 1_000_000  # cells that merged ranges may fill
MAX_DEPTH = 32  # of a nested document
MAX_TABLES = 500  # sheets of one source
MAX_NAME = 200  # characters of a header
MAX_CELL_BYTES = 1 << 20


def too_large(name: str, what: str, found: int, most: int) -> InputError:
    """The sentence for something beyond a limit.

    >>> str(too_large("a.csv", "columns", 9000, 2000))
    'a.csv: 9,000 columns; 2,000 may be read'
    """
    return InputError(f"{name}: {found:,} {what}; {most:,} may be read")


def check_bytes(name: str, size: int, most: int = MAX_FILE_BYTES) -> None:
    """Raise `InputError` for a file that is too large to be read."""
    if size > most:
        raise too_large(name, "bytes", size, most)


def check_columns(name: str, columns: int) -> None:
    """Raise `InputError` for a header that is too wide."""
    if columns > MAX_COLUMNS:
        raise too_large(name, "columns", columns, MAX_COLUMNS)
