"""Originals over HTTP, from a real server: by row, never by path, with rights, ranges, states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.originals_run import PDF, PNG, Row, make_originals, sha256
from tests.unit.serving import Running, make_run, serving, write_notebooks
from workbench.dashboards.server_originals import part_of

WAV = b"RIFF\0\0\0\0WAVEfmt " + bytes(range(256)) * 4
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
ROWS = [
    Row("D1", "a/笔录.pdf", PDF),
    Row("D2", "photo.png", PNG),
    Row("D3", "voice.wav", WAV),
    Row("altered", "x.pdf", PDF, sha256(b"as it was")),
    Row("no_hash", "n.png", PNG, None),
    Row("missing", "gone.pdf", None, sha256(b"")),
    Row("outside", "../secret.txt", None, None),
    Row("linked", "link.txt", None, None),
    Row("not_named", None),
    Row("page", "page.pdf", HTML),
    Row("site", "site.html", HTML),
    Row("drawing", "drawing.svg", b"<svg/>"),
    Row("old_text", "old.txt", "询问笔录".encode("gb18030")),
    Row("new_text", "new.txt", "询问笔录".encode()),
    Row("empty", "empty.txt", b""),
    Row("a/b 甲", "odd.png", PNG),
    Row("secret", "s.pdf", PDF, data_class="secret"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    (folder / "secret.txt").write_text("very secret", "utf-8")
    files = folder / "files"
    make_originals(folder / "runs", "p-1", files, ROWS)
    (files / "link.txt").symlink_to(folder / "secret.txt")
    make_run(folder / "runs", "p-2")  # without originals
    write_notebooks(folder / "notebooks", {"shows_nothing": "x = 1", "review_desk": "x = 1"})
    return folder


@pytest.fixture(scope="module")
def server(world: Path) -> Iterator[Running]:
    with serving(world / "runs", world / "notebooks") as running:
        yield running


def at(key: str, more: str = "") -> str:
    return f"/originals/p-1/papers/{key}{more}"


@pytest.mark.parametrize(
    ("key", "kind", "way"),
    [("D1", "application/pdf", "inline"), ("D2", "image/png", "inline"),
     ("D3", "audio/wav", "inline"), ("no_hash", "image/png", "inline"),
     ("old_text", "text/plain; charset=gb18030", "inline"),
     ("new_text", "text/plain; charset=utf-8", "inline"),
     ("empty", "text/plain; charset=utf-8", "inline"),
     ("a%2Fb%20%E7%94%B2", "image/png", "inline"),
     ("page", "application/octet-stream", "attachment"),
     ("site", "application/octet-stream", "attachment"),
     ("drawing", "application/octet-stream", "attachment")],
)  # fmt: skip
def test_what_is_sent_and_as_what(server: Running, key: str, kind: str, way: str) -> None:
    answer = server.get(at(key))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].startswith(way)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "笔录" not in str(answer.headers)  # the name of the row, never that of the file
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert policy.startswith("sandbox") == (kind != "application/pdf")


def test_the_bytes_are_those_of_the_file(server: Running) -> None:
    answer = server.get(at("D1"))
    assert answer.body == PDF
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert answer.headers["Etag"] == f'"{sha256(PDF)}"'
    saved = server.get(at("D1", "?save=1"))
    assert saved.headers["Content-Disposition"] == "attachment; filename*=UTF-8''D1.pdf"
    head = server.get(at("D1"), method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(PDF))
    assert head.headers["Etag"] == answer.headers["Etag"]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None),
     ("bytes=0-999999", 0, None)],
)  # fmt: skip
def test_a_part_of_a_recording(server: Running, wanted: str, first: int, last: int | None) -> None:
    answer = server.get(at("D3"), Range=wanted)
    assert answer.status == 206
    assert answer.body == WAV[first:last]
    start = first % len(WAV)
    end = start + len(answer.body) - 1
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{len(WAV)}"


def test_a_part_that_is_not_there_is_refused_and_odd_ones_give_all(server: Running) -> None:
    refused = server.get(at("D3"), Range="bytes=99999-")
    assert refused.status == 416
    assert refused.headers["Content-Range"] == f"bytes */{len(WAV)}"
    assert server.get(at("empty"), Range="bytes=0-").status == 416
    for odd in ("bytes=0-1,5-6", "bytes=5-2", "bytes=-", "rows=0-1", "bytes=a-b", "bytes=1"):
        assert server.get(at("D3"), Range=odd).body == WAV
    mark = server.get(at("D3")).headers["Etag"]
    assert server.get(at("D3"), Range="bytes=0-9", If_Range=mark).status == 206
    assert server.get(at("D3"), Range="bytes=0-9", If_Range='"other"').body == WAV


def test_every_range_that_is_understood_lies_in_the_file() -> None:
    for size in (0, 1, 10):
        for first in ("", *map(str, range(12))):
            for last in ("", *map(str, range(12))):
                try:
                    found = part_of(f"bytes={first}-{last}", size)
                except ValueError:
                    continue
                assert found is None or 0 <= found[0] < found[1] <= size


def test_an_altered_file_comes_with_its_warning_first(server: Running) -> None:
    warned = server.get(at("altered"))
    assert warned.status == 409
    for text in ("文件已被改动", "The file has been altered", sha256(b"as it was")[:8],
                 sha256(PDF)[:8], "2026年3月4日", "4 March 2026"):  # fmt: skip
        assert text in warned.text
    english = server.get(at("altered", "?lang=en")).text
    assert "文件已被改动" not in english
    seen = f"?seen={sha256(PDF)[:16]}"
    assert seen in warned.text
    assert server.get(at("altered", seen)).body == PDF
    for wrong in ("?seen=1", "?seen=", f"?seen={sha256(b'other')[:16]}"):
        assert server.get(at("altered", wrong)).status == 409


@pytest.mark.parametrize(
    ("key", "status", "zh", "en"),
    [("missing", 404, "文件缺失", "The file is missing"),
     ("outside", 422, "文件无法读取", "The file cannot be read"),
     ("linked", 422, "文件无法读取", "The file cannot be read"),
     ("not_named", 404, "未登记文件", "No file was recorded")],
)  # fmt: skip
def test_a_file_that_cannot_be_shown_says_why(
    server: Running, key: str, status: int, zh: str, en: str
) -> None:
    answer = server.get(at(key))
    assert answer.status == status
    assert zh in answer.text
    assert en in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "path",
    [at("none"), at("secret"), "/originals/p-2/papers/D1", "/originals/none/papers/D1",
     "/originals/p-1/other/D1", at(""), at("..%2f..%2fsecret.txt"), at("%2e%2e/secret.txt"),
     "/originals/..%2fp-1/papers/D1", "/originals/p-1/..%2f/D1", "/originals/p-1/papers",
     at("D1/more"), at("%00"), at("' OR 1=1"), "/originals/", "/originals/.originals/papers/D1",
     at("a" * 5000), at("D1%00")],
)  # fmt: skip
def test_there_is_no_other_way_to_a_file(server: Running, path: str) -> None:
    answer = server.get(path.replace(" ", "%20"))
    assert answer.status in (400, 404, 414)
    assert b"very secret" not in answer.body
    assert answer.body[:5] != b"%PDF-"


def test_nothing_is_sent_without_the_token(server: Running) -> None:
    answer = server.get(at("D1"), None)
    assert answer.status in (302, 403)
    assert server.get(at("D1"), method="POST").status in (403, 405)


def test_the_pages_of_a_dashboard_may_hold_them(server: Running) -> None:
    policy = server.get("/voila/render/shows_nothing.ipynb").headers["Content-Security-Policy"]
    assert "media-src 'self'" in policy
    assert "frame-src 'self'" in policy


def test_leadership_is_refused_whatever_is_asked_for(world: Path) -> None:
    with serving(world / "runs", world / "notebooks", role="leadership") as running:
        for key in ("D1", "altered", "missing", "none", "D1?save=1"):
            answer = running.get(at(key))
            assert answer.status == 403
            assert answer.body[:5] != b"%PDF-"
        assert "没有权限" in running.get(at("D1")).text
        assert running.get("/voila/render/review_desk.ipynb").status == 403


def test_the_folder_can_be_named(world: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "a").mkdir(parents=True)
    (other / "a" / "笔录.pdf").write_bytes(PDF)
    with serving(world / "runs", world / "notebooks", files=other) as running:
        assert running.get(at("D1")).body == PDF
        assert running.get(at("D2")).status == 404


def test_a_large_file_is_shown_while_it_is_compared(world: Path, tmp_path: Path) -> None:
    rows = [Row("film", "film.wav", WAV), Row("cut", "cut.wav", WAV, sha256(b"the whole"))]
    make_originals(tmp_path / "runs", "p-9", tmp_path / "files", rows)
    with serving(tmp_path / "runs", world / "notebooks", large=100) as running:
        first = running.get("/originals/p-9/papers/film")
        assert first.body == WAV
        # In the end it is compared: its hash is then what it is told by, and a cut one warns.
        for _ in range(2000):
            found = running.get("/originals/p-9/papers/film").headers.get("Etag")
            warned = running.get("/originals/p-9/papers/cut").status
            if found == f'"{sha256(WAV)}"' and warned == 409:
                return
        raise AssertionError("they were never compared")


def test_behind_a_proxy_only_who_is_named_is_served(world: Path) -> None:
    with serving(world / "runs", world / "notebooks", trust_header="X-User") as running:
        assert running.get(at("D1")).status == 403
        assert running.get(at("D1"), X_User="li").body == PDF
