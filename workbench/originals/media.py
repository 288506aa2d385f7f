"""What a file is shown as: a closed list, and the first bytes must say the same as the name.

Only what a browser shows without running anything of it is ever shown in a page; everything else
is saved to disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

HEAD = 64  # bytes that are looked at
DOWNLOAD = "application/octet-stream"
_HTML = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<iframe")
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_NAMED = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".gif": "image/gif", ".webp": "image/webp", ".tif": "image/tiff", ".tiff": "image/tiff",
    ".wav": "audio/wav", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg",
    ".oga": "audio/ogg", ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm",
    ".txt": "text/plain",
}  # fmt: skip
# What browsers show; a TIFF they do not.
_SHOWN = {
    "application/pdf": "pdf", "image/png": "image", "image/jpeg": "image", "image/gif": "image",
    "image/webp": "image", "audio/wav": "audio", "audio/mpeg": "audio", "audio/mp4": "audio",
    "audio/ogg": "audio", "video/mp4": "video", "video/webm": "video", "text/plain": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Media:
    """What a file is sent as. `way`: pdf, image, audio, video, text, or save.

    `contradicts`: the name promises something that the first bytes are not.
    """

    type: str
    way: str
    contradicts: bool = False


def media_of(name: str, head: bytes) -> Media:
    """What a file of this name, beginning like this, is sent as.

    >>> media_of("D1.pdf", b"%PDF-1.7"), media_of("D1.pdf", b"<html>")
    (Media(type='application/pdf', way='pdf', contradicts=False), \
Media(type='application/octet-stream', way='save', contradicts=True))
    >>> media_of("a.svg", b"<svg>").way, media_of("a.tif", b"II*\\0").type
    ('save', 'image/tiff')
    """
    named = _NAMED.get(PurePath(name).suffix.casefold())
    if named is None:
        return Media(DOWNLOAD, "save")
    if not _fits(named, head):
        return Media(DOWNLOAD, "save", contradicts=True)
    return Media(named, _SHOWN.get(named, "save"))


def _fits(named: str, head: bytes) -> bool:
    if named == "text/plain":
        # Sent as plain text with `nosniff`; what looks like a page or like no text is saved.
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        return b"\0" not in head and not start.startswith(_HTML)
    return named in _magic(head)


def _magic(head: bytes) -> tuple[str, ...]:
    """The types that the first bytes may be of."""
    if head[4:8] == b"ftyp":  # one container for both
        return ("video/mp4", "audio/mp4")
    if head[:4] == b"RIFF":
        return tuple(kind for word, kind in _RIFF.items() if head[8:12] == word)
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and _is_mp3(head[1])):
        return ("audio/mpeg",)
    for start, kind in (
        (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
        (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"), (b"OggS", "audio/ogg"),
        (b"\x1aE\xdf\xa3", "video/webm"),
    ):  # fmt: skip
        if head.startswith(start):
            return (kind,)
    return ()


def _is_mp3(second: int) -> bool:
    """The frame of an MP3: eleven set bits, then a layer that is one."""
    return second & 0xE0 == 0xE0 and second & 0x06 != 0
