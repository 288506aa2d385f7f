"""The bytes of an input file: their hash, their encoding, whether their quotes pair up."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from workbench.loading.legacy_text import guess

CHUNK = 4 << 20
# What stands where bytes were no text; rows that hold it are refused.
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Scan:
    """One pass over a file. `encoding` is the name by which Python decodes it.

    `damaged`: some of its bytes are no text in that encoding. `rival` is another encoding in which
    it could have been written as well: nobody can be sure. With an odd number of `quotes` some
    quoted field is never closed.
    """

    sha256: str
    size: int
    encoding: str
    quotes: int
    damaged: bool = False
    rival: str = ""


def scan_bytes(path: Path) -> Scan:
    """Hash and size of a file that is no text."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Scan(digest.hexdigest(), size, "binary", 0)


def scan_file(path: Path) -> Scan:
    """Read a file once, in pieces: nothing of it stays in memory."""
    digest = hashlib.sha256()
    size = quotes = 0
    rest = b""
    text = True
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            quotes += chunk.count(b'"')
            # No character of UTF-8 lies across a line break.
            whole = chunk.rfind(b"\n") + 1 if len(rest) < CHUNK else len(chunk)
            text = text and is_utf8(rest + chunk[:whole])
            rest = chunk[whole:] if whole else rest + chunk
    if text and is_utf8(rest) and not _has_zeros(path):
        return Scan(digest.hexdigest(), size, "utf-8", quotes)
    found = guess(path.read_bytes())
    return Scan(digest.hexdigest(), size, found.encoding, quotes, found.damaged, found.rival)


def _has_zeros(path: Path) -> bool:
    """UTF-16 of nothing but ASCII is UTF-8 as well, every second byte of it a zero."""
    with path.open("rb") as handle:
        return b"\0" in handle.read(4096)


def is_utf8(data: bytes) -> bool:
    """Arrow's check, four times as fast as decoding and outside Python's lock."""
    ends = pa.py_buffer(struct.pack("<ii", 0, len(data)))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def as_utf8(path: Path, scan: Scan) -> bytes:
    """The file as UTF-8 bytes; where bytes are no text, `REPLACEMENT` stands for them."""
    data = path.read_bytes()
    errors = "replace" if scan.damaged else "strict"
    return data.decode(scan.encoding, errors=errors).removeprefix("\ufeff").encode("utf-8")
