"""From what somebody wrote into a cell to a file inside one folder, or to nothing.

The cell is anyone's text: no absolute path, no drive, no share, no way up, no link out.
"""

from __future__ import annotations

import stat
from pathlib import Path
from unicodedata import normalize

LONGEST = 1024  # letters of a path
_DEVICES = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(10))}


def parts_of(written: str) -> tuple[str, ...] | None:
    """The parts of a relative path; None for what is none, or leaves its folder.

    >>> parts_of("scans/D1.pdf"), parts_of("scans\\\\D1.pdf")
    (('scans', 'D1.pdf'), ('scans', 'D1.pdf'))
    >>> [parts_of(p) for p in ("../a", "/etc/passwd", "C:/a", "//host/share/a", "a/\\0", "")]
    [None, None, None, None, None, None]
    """
    text = written.replace("\\", "/")
    if not text or len(text) > LONGEST or text.startswith("/"):
        return None
    parts = tuple(part for part in text.split("/") if part not in ("", "."))
    # A colon is a drive or a second stream of a file; what is no letter is no part of a name.
    if not parts or any(p == ".." or ":" in p or not p.isprintable() for p in parts):
        return None
    # Windows opens a device for such names, in every folder.
    if any(part.partition(".")[0].strip().casefold() in _DEVICES for part in parts):
        return None
    # It drops dots and spaces at the end: `.. ` would be the way up.
    return None if any(part != part.rstrip(" .") for part in parts) else parts


def inside(folder: Path, written: str) -> Path | None:
    """The file of that relative path, if it lies in the folder however its links are followed.

    None if the path is none, leads out, or is no plain file. A file that is not there gives None
    too; `parts_of` tells the two apart.
    """
    parts = parts_of(written)
    if parts is None:
        return None
    try:
        root = folder.resolve(strict=True)
        path = root
        for part in parts:
            path = path / part
            if not path.exists():
                path = _spelled_so(path)
        path = path.resolve(strict=True)
        plain = stat.S_ISREG(path.stat().st_mode)  # a pipe would be waited at for ever
    except (OSError, ValueError, RuntimeError):
        return None
    return path if plain and path.is_relative_to(root) else None


def _spelled_so(path: Path) -> Path:
    """The entry of that name as the disk spells it: cells are loaded in NFKC, and `（1）` stands
    as `(1)` in them. Raises OSError where there is none, or more than one.
    """
    wanted = normalize("NFKC", path.name)
    found = [entry for entry in path.parent.iterdir() if normalize("NFKC", entry.name) == wanted]
    if len(found) != 1:
        raise FileNotFoundError
    return found[0]
