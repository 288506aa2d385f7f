"""One original of a run, sent to who may see it: by its row, never by a path.

What the file is said to be, and whether it is still what was recorded, is decided here and not by
the page that links to it: an altered file comes with its warning first, whoever asks for it.
"""

from __future__ import annotations

import asyncio
import codecs
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated

from workbench.dashboards.home_runs import find_run
from workbench.dashboards.server_handlers import Page
from workbench.dashboards.server_viewer import sent_by
from workbench.display import text_of
from workbench.originals import volume
from workbench.originals.address import SEEN_LETTERS
from workbench.originals.integrity import State
from workbench.originals.volume import Forbidden, Original, open_original
from workbench.originals.words import LANGUAGES, evidence_lines, said
from workbench.terms import InputError

# A PDF is shown by the browser's own viewer, which a sandbox would keep from starting. It runs
# nothing of the page around it, and the first bytes have shown that it is a PDF.
PDF_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
FILE_POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_PART = 1 << 18
_read_now: set[Path | None] = set()  # large files that are being compared
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
_STATUS = {State.altered: 409, State.missing: 404, State.unreadable: 422, State.not_named: 404,
           State.unplaced: 404}  # fmt: skip


class OriginalFile(Page):
    """`/originals/<run>/<table>/<id>`; `?seen=` says that the warning was read, `?save=1` saves."""

    @authenticated
    async def get(self, run: str, table: str, key: str) -> None:
        """Send the file, all or a part of it; or say why not."""
        await self._answer(run, table, key)

    @authenticated
    async def head(self, run: str, table: str, key: str) -> None:
        """The headers of `get`."""
        await self._answer(run, table, key)

    def compute_etag(self) -> str | None:
        """Ours stands already: the hash of the file."""
        return None

    async def _answer(self, run: str, table: str, key: str) -> None:
        original = await self._original(run, table, key)
        seen = self.get_argument("seen", "")
        altered = original.state is State.altered
        if not original.state.there or (altered and not _is_seen(original, seen)):
            self._explain(original)
            return
        try:
            await self._send(original)
        except StreamClosedError:  # who watches a video leaves when he has seen enough
            return
        except OSError:
            if self._headers_written:
                raise
            raise HTTPError(422) from None

    async def _original(self, run: str, table: str, key: str) -> Original:
        if self.server.trust_header:
            sent_by(self, self.server.trust_header)  # refuses who is not named
        entry = find_run(self.server.runs, run)
        if entry is None:
            raise HTTPError(404)
        look = partial(open_original, entry.folder, table, key, self.server.role,
                       self.server.files)  # fmt: skip
        loop = asyncio.get_running_loop()
        try:
            original = await loop.run_in_executor(None, partial(look, at_most=volume.LARGE))
        except Forbidden:
            raise HTTPError(403) from None
        except InputError:
            raise HTTPError(404) from None
        if original is None:
            raise HTTPError(404)
        if original.state is State.unchecked and original.path not in _read_now:
            # A film of gigabytes is shown while it is compared; then it is known for good.
            loop.run_in_executor(None, partial(_compare, look, original.path))
        return original

    def _explain(self, original: Original) -> None:
        """A page that says why the file is not there, or what is wrong with it."""
        wanted = self.get_argument("lang", "")
        languages = [lang for lang in LANGUAGES if lang == wanted] or LANGUAGES
        warned = original.state is State.altered
        texts = [
            {"lang": lang, "title": text_of(original.title, lang), "head": said("head", lang),
             "state": said(f"state_{original.state.value}", lang),
             "lines": evidence_lines(original, lang),
             "open": said("open_anyway", lang) if warned else ""}
            for lang in languages
        ]  # fmt: skip
        again = f"?seen={(original.found or '')[:SEEN_LETTERS]}" if warned else ""
        self.set_status(_STATUS.get(original.state, 404))
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.render_template("original.html", texts=texts, again=again))

    async def _send(self, original: Original) -> None:
        path, media = original.path, original.media
        assert path
        saved = media.way == "save" or self.get_argument("save", "") == "1"
        policy = PDF_POLICY if media.way == "pdf" and not saved else FILE_POLICY
        self.set_header("Content-Security-Policy", policy)
        kind = f"{media.type}; charset={_charset(path)}" if media.way == "text" else media.type
        self.set_header("Content-Type", kind)
        name = re.sub(r"[^\w.-]", "_", f"{original.id}{original.suffix}")
        way = "attachment" if saved else "inline"
        self.set_header("Content-Disposition", f"{way}; filename*=UTF-8''{quote(name)}")
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Accept-Ranges", "bytes")
        with path.open("rb") as file:
            size = file.seek(0, 2)
            mark = f'"{original.found or f"{size}-{path.stat().st_mtime_ns}"}"'
            self.set_header("ETag", mark)
            wanted = self._part(size, mark)
            if wanted is None:
                self.finish()
                return
            first, last = wanted
            self.set_header("Content-Length", str(last - first))
            if self.request.method == "HEAD":
                self.finish()
                return
            file.seek(first)
            while first < last and (part := file.read(min(_PART, last - first))):
                first += len(part)
                self.write(part)
                await self.flush()

    def _part(self, size: int, mark: str) -> tuple[int, int] | None:
        """From where to where; None for a range that the file has not, which is said."""
        wanted = self.request.headers.get("Range", "")
        if self.request.headers.get("If-Range", mark) != mark:
            wanted = ""
        try:
            found = part_of(wanted, size)
        except ValueError:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{size}")
            return None
        if found is None:
            return 0, size
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {found[0]}-{found[1] - 1}/{size}")
        return found


def part_of(wanted: str, size: int) -> tuple[int, int] | None:
    """What a `Range` asks of a file, as (first, behind the last); None for all of it.

    Several parts at once, and other units, are ignored. Raises ValueError for a part that the file
    does not have.

    >>> part_of("bytes=0-9", 100), part_of("bytes=90-", 100), part_of("bytes=-10", 100)
    ((0, 10), (90, 100), (90, 100))
    >>> part_of("", 100), part_of("bytes=0-1,5-6", 100), part_of("bytes=0-999", 100)
    (None, None, (0, 100))
    """
    found = _RANGE.match(wanted.strip())
    if found is None or not (found[1] or found[2]) or len(wanted) > 60:
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size
    else:
        first, last = int(found[1]), size
        if found[2]:
            if int(found[2]) < first:
                return None
            last = min(size, int(found[2]) + 1)
    if first >= size or first >= last:
        raise ValueError(wanted)
    return first, last


def _compare(look: Callable[[], object], path: Path | None) -> None:
    """Have a large file compared and its hash remembered; what goes wrong is said when asked."""
    _read_now.add(path)
    try:
        with suppress(Exception):
            look()
    finally:
        _read_now.discard(path)


def _is_seen(original: Original, seen: str) -> bool:
    """Was the warning about this very content read?"""
    return bool(original.found) and seen == (original.found or "")[:SEEN_LETTERS]


def _charset(path: Path) -> str:
    """UTF-8 if the beginning is that; else what Chinese texts of older programs are written in."""
    with path.open("rb") as file:
        head = file.read(_PART)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def routes() -> list[Any]:
    """What the server answers here."""
    return [(r"/originals/([^/]+)/(\w+)/([^/]+)", OriginalFile)]
