"""Which columns of a table say that a row has a file: the scan of a document, a recording.

A pack declares it beside the columns of a table (`schema.yaml`):

    attachment: {file: file, sha256: [sha256], number: document_no, day: made_on,
                 pages: [page_from, page_to]}

Pure: says what is declared and what is wrong with it; touches no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault, did_you_mean

# Part of the declaration -> the types that its column may have. `file` and `sha256` stand apart.
_PARTS = {
    "number": ("text", "id"),
    "day": ("date", "timestamp"),
    "from": ("date", "timestamp"),
    "to": ("date", "timestamp"),
    "about": ("text",),
}
_KEYS = {"file", "sha256", "pages", *_PARTS}


@dataclass(frozen=True)
class Attachment:
    """The columns: the relative path, the hashes (as recorded first, as recorded last), and what
    a person tells the row by. Only the path may be personal; the others go with a run.
    """

    file: str
    sha256: tuple[str, ...] = ()
    number: str | None = None
    on: str | None = None
    from_at: str | None = None
    to_at: str | None = None
    about: str | None = None
    first_page: str | None = None
    last_page: str | None = None


def parse_attachment(
    source: Source, place: Place, spec: Any, columns: Mapping[str, Any], faults: list[Fault]
) -> Attachment | None:
    """What stands under `attachment` of a table; `columns` are the table's, by name."""
    if not isinstance(spec, dict) or not isinstance(spec.get("file"), str):
        faults.append(source.fault(place, "an attachment needs 'file', the column of the path"))
        return None
    faults.extend(unknown_entries(source, place, spec, _KEYS))
    found = Attachment(
        spec["file"],
        tuple(_several(spec.get("sha256"))),
        *(spec.get(part) for part in _PARTS),
        *[*_several(spec.get("pages")), None, None][:2],
    )
    for part, names, types in (
        ("file", (found.file,), ("text",)),
        ("sha256", found.sha256, ("text",)),
        ("pages", (found.first_page, found.last_page), ("integer",)),
        *((part, (spec.get(part),), types) for part, types in _PARTS.items()),
    ):
        for name in names:
            if name is not None:
                faults += _column(source, (*place, part), part, name, types, columns)
    return found


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _column(
    source: Source, place: Place, part: str, name: Any, types: tuple[str, ...],
    columns: Mapping[str, Any],
) -> list[Fault]:  # fmt: skip
    """The faults of one named column."""
    column = columns.get(str(name))
    if column is None:
        hint = did_you_mean(str(name), columns)
        return [source.fault(place, f"attachment: '{name}' is no column of this table", hint)]
    if column.type not in types:
        message = f"attachment: '{name}' is a {column.type}; expected {' or '.join(types)}"
        return [source.fault(place, message)]
    if part == "file" and column.data_class == "none":
        hint = "what a scan shows is at least personal"
        return [source.fault(place, f"attachment: '{name}' has no class", hint)]
    if part != "file" and column.data_class != "none":
        message = f"attachment: '{name}' is {column.data_class}, and would go with every run"
        return [source.fault(place, message)]
    return []
