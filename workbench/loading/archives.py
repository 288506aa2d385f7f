"""What a workbook file holds before anything unpacks it: its parts, their size, what is in them.

Workbooks are archives of XML. Each part is unpacked here once, in pieces and with an eye on its
size, before the reader of workbooks (which holds a page as a whole) may have it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from workbench.loading.bounds import (
    FREE_CELLS,
    FREE_UNPACKED_BYTES,
    MAX_CELLS,
    MAX_PARTS,
    MAX_SPARSE,
    MAX_UNPACKED_BYTES,
    MAX_ZIP_RATIO,
    too_large,
)
from workbench.terms import InputError

_CHUNK = 4 << 20
_OVERLAP = 1 << 20
_ENTITIES = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)", re.I)


@dataclass
class Page:
    """One page of a workbook as its XML shows it, by numbers that start at 1."""

    rows: int = 0
    columns: int = 0
    written: int = 0
    formulas: int = 0
    unknown: list[tuple[int, int, str]] = field(default_factory=list)  # row, column, reason code


def check_archive(path: Path, name: str) -> None:
    """Raise `InputError` for an archive that is none, or that is built to do harm."""
    total = 0
    for part in _parts(path, name):
        inside = PurePosixPath(part.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[:1]:
            raise InputError(f"{name}: holds a part that points out of the file; it is not read")
        total += part.file_size
        most = max(FREE_UNPACKED_BYTES, part.compress_size * MAX_ZIP_RATIO)
        if part.file_size > most or total > MAX_UNPACKED_BYTES:
            raise InputError(_bomb(name))
        if part.flag_bits & 1:
            raise InputError(f"{name}: is encrypted; save it without a password")


def _bomb(name: str) -> str:
    return (
        f"{name}: unpacks to far more than it holds (limit: {MAX_ZIP_RATIO} times, "
        f"{MAX_UNPACKED_BYTES:,} bytes); it is not read"
    )


def _parts(path: Path, name: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise InputError(f"{name}: is damaged, no whole workbook ({error})") from None
    if len(parts) > MAX_PARTS:
        raise too_large(name, "parts", len(parts), MAX_PARTS)
    return parts


def pieces(path: Path, name: str, part: str) -> Iterator[bytes]:
    """The bytes of one part, unpacked piece by piece; never more than the archive says."""
    try:
        with zipfile.ZipFile(path) as archive:
            most = archive.getinfo(part).file_size
            with archive.open(part) as handle:
                while chunk := handle.read(_CHUNK):
                    most -= len(chunk)
                    if most < 0:
                        raise InputError(_bomb(name))
                    yield chunk
    except InputError:
        raise
    except Exception as error:  # zlib, lzma, a wrong checksum: whatever a broken part raises
        raise InputError(f"{name}: is damaged, the part {part[:80]} cannot be read") from error


def check_xml(path: Path, name: str) -> None:
    """Raise `InputError` where XML declares entities: no workbook does, attacks do."""
    for part in _parts(path, name):
        if part.filename.casefold().endswith((".xml", ".rels", ".vml")):
            for piece in overlapping(pieces(path, name, part.filename)):
                if _ENTITIES.search(piece):
                    raise InputError(f"{name}: its XML declares entities; it is not read")


def overlapping(chunks: Iterator[bytes], before: bytes = b"<") -> Iterator[bytes]:
    """Pieces that end where the last tag begins that holds `before`, so that none is cut in two."""
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        cut = data.rfind(b"<", 0, data.rfind(before) + 1)
        if cut <= 0 or len(data) - cut > _OVERLAP:
            cut = len(data)
        rest = data[cut:]
        yield data[:cut]
    yield rest


def check_extent(name: str, page: Page) -> None:
    """Raise `InputError` for a page whose cells lie so far apart that it would fill the memory."""
    cells = page.rows * page.columns
    if cells > MAX_CELLS:
        raise too_large(name, "cells", cells, MAX_CELLS)
    if cells > FREE_CELLS and cells > MAX_SPARSE * page.written:
        raise InputError(
            f"{name}: {page.written:,} cells spread over {page.rows:,} rows and "
            f"{page.columns:,} columns; delete what stands far outside the table"
        )
