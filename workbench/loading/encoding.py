"""The bytes of an input file: their hash, their encoding, whether their quotes pair up."""

from __future__ import annotations

import codecs
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

CHUNK = 4 << 20
MAX_BYTES = 8 << 30
# What stands where bytes were no text; rows that hold it are refused.
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Scan:
    """One pass over a file. `encoding` is utf-8, utf-16, gb18030 or damaged (UTF-8 with bytes
    that are no text); with an odd number of `quotes` some quoted field is never closed."""

    sha256: str
    size: int
    encoding: str
    quotes: int


def scan_file(path: Path) -> Scan:
    """Read a file once, in pieces: nothing of it stays in memory."""
    digest = hashlib.sha256()
    size = quotes = 0
    start = rest = b""
    text = True
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            start = start or chunk[:2]
            digest.update(chunk)
            size += len(chunk)
            quotes += chunk.count(b'"')
            # No character of UTF-8 lies across a line break.
            whole = chunk.rfind(b"\n") + 1 if len(rest) < CHUNK else len(chunk)
            text = text and _is_utf8(rest + chunk[:whole])
            rest = chunk[whole:] if whole else rest + chunk
    encoding = "utf-8" if text and _is_utf8(rest) else guess_encoding(path.read_bytes(), start)
    return Scan(digest.hexdigest(), size, encoding, quotes)


def _is_utf8(data: bytes) -> bool:
    """Arrow's check, four times as fast as decoding and outside Python's lock."""
    ends = pa.py_buffer(struct.pack("<ii", 0, len(data)))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def guess_encoding(data: bytes, start: bytes) -> str:
    """The encoding of bytes that do not look like UTF-8.

    Broken UTF-8 often decodes as GB18030, into nonsense. So a file is GB18030 only if it decodes
    as a whole *and* most of its lines with non-ASCII bytes are not UTF-8.

    >>> guess_encoding("案件,日期".encode("gb18030"), b"xx")
    'gb18030'
    """
    if _decodes(data, "utf-8"):  # one long line, cut in the middle of a character
        return "utf-8"
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and _decodes(data, "utf-16"):
        return "utf-16"
    telling = [line for line in data.split(b"\n") if not line.isascii()]
    broken = sum(not _decodes(line, "utf-8") for line in telling)
    if broken * 2 > len(telling) and _decodes(data, "gb18030"):
        return "gb18030"
    return "damaged"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def as_utf8(path: Path, encoding: str) -> bytes:
    """The file as UTF-8 bytes; where bytes are no text, `REPLACEMENT` stands for them."""
    data = path.read_bytes()
    if encoding == "damaged":
        return data.decode("utf-8", errors="replace").encode("utf-8")
    return data.decode(encoding).encode("utf-8")
