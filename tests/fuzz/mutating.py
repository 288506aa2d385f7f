"""Damage done to sound files: bytes, tokens, cuts; inside the parts of archives too."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib

_TOKENS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"|", b"\r\n", b"\n",
    b"=1+1", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"{", b"}", b"[" * 60, b"]", b"null",
    b"1e999999", b"NaN", b"-0", b"99999999999999999999", b"\\ud800", b"\xf0\x28\x8c\x28",
    b"\x80\x04\x95", b"XFD1048576", b'r="ZZ99999"', b'table:number-rows-repeated="999999999"',
    b"0001-01-01", b"\xe2\x80\xae", b"A" * 3000, b"]]>", b"<", b">", b"</c>", b"<row>",
)  # fmt: skip


def mutated(name: str, data: bytes, others: list[bytes], draw: random.Random) -> bytes:
    """The file with some damage; half of the time within what an archive holds."""
    if data.startswith(b"PK") and draw.random() < 0.6:
        return _inside_zip(data, others, draw)
    if name.endswith(".gz") and draw.random() < 0.7:
        return gzip.compress(_damage(gzip.decompress(data), others, draw), mtime=0)
    return _damage(data, others, draw)


def _inside_zip(data: bytes, others: list[bytes], draw: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = draw.choice(sorted(parts))
    parts[chosen] = _damage(parts[chosen], others, draw)
    if draw.random() < 0.05:
        parts.pop(draw.choice(sorted(parts)))
    if draw.random() < 0.05:
        parts[draw.choice(["../../x.xml", "/x.xml", "xl/externalLinks/e.xml"])] = b"<x/>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _damage(data: bytes, others: list[bytes], draw: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 3, 8, 30])):
        _one(made, others, draw)
        if len(made) > 1 << 20:
            break
    return bytes(made)


def _one(made: bytearray, others: list[bytes], draw: random.Random) -> None:
    size = len(made)
    at = draw.randrange(size + 1)
    end = min(size, at + draw.choice([1, 2, 4, 16, 64, 256]))
    kind = draw.randrange(10)
    if kind == 0 and size:
        made[draw.randrange(size)] ^= 1 << draw.randrange(8)
    elif kind == 1 and size:
        made[draw.randrange(size)] = draw.randrange(256)
    elif kind == 2:
        del made[at:end]
    elif kind == 3:
        made[at:at] = made[at:end] * draw.choice([1, 2, 50])
    elif kind in (4, 5):
        made[at:at] = draw.choice(_TOKENS)
    elif kind == 6:
        del made[at:]
    elif kind == 7:
        made[at:end] = draw.randbytes(end - at)
    elif kind == 8:
        other = draw.choice(others)
        start = draw.randrange(len(other))
        made[at:end] = other[start : start + draw.choice([8, 64, 512])]
    else:
        made[at:end] = _number(draw)


def _number(draw: random.Random) -> bytes:
    """Lengths and counts as binary formats write them, often far too large."""
    value = draw.choice([0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])
    return value.to_bytes(draw.choice([4, 8]), draw.choice(["little", "big"]))


def checksum(data: bytes) -> str:
    """A short name for an input."""
    return f"{zlib.crc32(data):08x}"
