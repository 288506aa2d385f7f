"""A program of its own: an .xls on its way to text, in a process that may die without harm.

The format of before 2007 is a small file system with chains that a hostile file may close into
rings; its reader then takes all memory there is. Here that memory is bounded. Knows nothing of the
workbench and imports nothing of it. Writes lines of JSON: for each page what it is called, then
its rows; days and times as lists of one text.
"""

import contextlib
import json
import sys
from typing import Any

MEMORY = 600 << 20  # bytes beyond what Python itself takes


def bound_memory() -> None:
    """Let this process have no more; where the system knows no bounds, its caller's clock does."""
    try:
        import resource
    except ImportError:
        return
    with open("/proc/self/statm") as handle:  # noqa: PTH123
        taken = int(handle.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str) -> int:
    """Write all pages of the workbook at `path`."""
    import python_calamine

    with contextlib.suppress(OSError, ValueError):
        bound_memory()
    write = sys.stdout.write
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        for meta in book.sheets_metadata:
            sheet = book.get_sheet_by_name(meta.name)
            about = {
                "name": meta.name, "typ": str(meta.typ), "visible": str(meta.visible),
                "left": sheet.start[1] if sheet.start else 0,
                "merged": sheet.merged_cell_ranges or [],
            }  # fmt: skip
            write(json.dumps(about) + "\n")
            for row in sheet.iter_rows():
                write(json.dumps([plain(cell) for cell in row]) + "\n")
    except python_calamine.PasswordError:
        return 3
    except BaseException as error:
        sys.stderr.write(str(error)[:200])
        return 2
    return 0


def plain(cell: Any) -> Any:
    """A cell as JSON can hold it."""
    if isinstance(cell, (str, float, bool, int)):
        return cell
    return [cell.isoformat(sep=" ") if hasattr(cell, "date") else
            cell.isoformat() if hasattr(cell, "isoformat") else str(cell)]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
