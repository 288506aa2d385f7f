"""Originals: no path leaves its folder, nothing passes for what it is not, every state is told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.unit.originals_run import PDF, PNG, Row, make_originals, sha256
from workbench.originals import integrity
from workbench.originals.beside import remembered_folder
from workbench.originals.integrity import State, hash_of
from workbench.originals.media import media_of
from workbench.originals.paths import inside, parts_of
from workbench.originals.volume import Forbidden, open_original, open_volume
from workbench.privacy import Role
from workbench.terms import InputError

HOSTILE = (
    "../secret.txt", "a/../../secret.txt", "..", "/etc/passwd", "//host/share/x",
    "\\\\host\\share\\x",
    "C:\\secret.txt", "c:secret.txt", "C:/secret.txt", "file:///etc/passwd", "x.pdf:stream",
    "a\0.pdf", "a\n.pdf", "\u202egpj.pdf", "", ".", "./", "x" * 2000, "nul", "a/CON.pdf", "com1",
    "..\\secret.txt", "a/.. /secret.txt", "a/..", "link.txt", "linked/secret.txt", "pipe", "a",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in it, a secret beside it, and ways that lead there."""
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    inner = tmp_path / "files"
    (inner / "a").mkdir(parents=True)
    (inner / "a" / "笔录 1.pdf").write_bytes(PDF)
    (inner / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inner / "linked").symlink_to(tmp_path)
    (inner / "within.pdf").symlink_to(inner / "a" / "笔录 1.pdf")
    os.mkfifo(inner / "pipe")
    return inner


@pytest.mark.parametrize("written", HOSTILE)
def test_no_path_leads_out_of_the_folder(folder: Path, written: str) -> None:
    assert inside(folder, written) is None


def test_a_file_inside_is_found_as_it_was_written(folder: Path) -> None:
    file = folder / "a" / "笔录 1.pdf"
    for written in (
        "a/笔录 1.pdf",
        "./a/笔录 1.pdf",
        "a\\笔录 1.pdf",
        "a//笔录 1.pdf",
        "within.pdf",
    ):
        assert inside(folder, written) == file.resolve()
    assert parts_of("a/x.pdf") == ("a", "x.pdf")
    assert inside(folder / "nowhere", "x.pdf") is None


def test_a_name_is_found_however_its_signs_are_spelled(folder: Path) -> None:
    """Cells are loaded in NFKC; the names on the disk stay as the bureau wrote them."""
    (folder / "照片（２）.jpg").write_bytes(b"x")
    assert inside(folder, "照片(2).jpg") == (folder / "照片（２）.jpg").resolve()
    (folder / "照片（2）.jpg").write_bytes(b"y")  # two that read the same: nobody knows which
    assert inside(folder, "照片(2).jpg") is None


MEDIA = (
    ("a.pdf", b"%PDF-1.4", "application/pdf", "pdf"),
    ("a.PDF", b"%PDF-1.4", "application/pdf", "pdf"),
    ("a.png", PNG, "image/png", "image"),
    ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg", "image"),
    ("a.gif", b"GIF89a", "image/gif", "image"),
    ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", "image"),
    ("a.tif", b"MM\0*", "image/tiff", "save"),
    ("a.wav", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav", "audio"),
    ("a.mp3", b"ID3\x04", "audio/mpeg", "audio"),
    ("a.mp3", b"\xff\xfb\x90", "audio/mpeg", "audio"),
    ("a.m4a", b"\0\0\0\x20ftypM4A ", "audio/mp4", "audio"),
    ("a.ogg", b"OggS", "audio/ogg", "audio"),
    ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4", "video"),
    ("a.webm", b"\x1aE\xdf\xa3", "video/webm", "video"),
    ("a.txt", "笔录".encode(), "text/plain", "text"),
    ("a.txt", "笔录".encode("gbk"), "text/plain", "text"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "head", "kind", "way"), MEDIA)
def test_what_a_browser_may_show(name: str, head: bytes, kind: str, way: str) -> None:
    found = media_of(name, head)
    assert (found.type, found.way, found.contradicts) == (kind, way, False)


@pytest.mark.parametrize(
    ("name", "head"),
    [("a.pdf", b"<html>"), ("a.pdf", b""), ("a.png", b"\xff\xd8\xff"), ("a.jpg", b"<svg>"),
     ("a.txt", b" \n<!DOCTYPE html>"), ("a.txt", b"\xef\xbb\xbf<script>"), ("a.txt", b"MZ\0\0"),
     ("a.wav", b"RIFF\0\0\0\0WEBP"), ("a.mp3", b"\xff\xd8\xff"), ("a.mp4", b"%PDF-")],
)  # fmt: skip
def test_what_is_not_what_its_name_says_is_never_shown(name: str, head: bytes) -> None:
    found = media_of(name, head)
    assert (found.type, found.way, found.contradicts) == ("application/octet-stream", "save", True)


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.xml", "a.docx", "a.exe", "a", "a.pdf.html"])
def test_everything_else_is_saved_only(name: str) -> None:
    found = media_of(name, b"%PDF-1.4")
    assert (found.type, found.way) == ("application/octet-stream", "save")


# --- the originals of a case


def rows(folder: Path) -> list[Row]:
    return [
        Row("whole", "a/w.pdf", PDF),
        Row("altered", "a/x.pdf", PDF, sha256(b"as it was")),
        Row("no_hash", "n.png", PNG, None),
        Row("missing", "gone.pdf", None, sha256(b"")),
        Row("unreadable", "../secret.txt", None, sha256(b"")),
        Row("not_named", None),
        Row("elsewhere", "o.pdf", PDF, case_id="c-2"),
    ]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return make_originals(tmp_path / "out", "r-1", tmp_path / "files", rows(tmp_path))


def test_every_state_is_told(run: Path) -> None:
    volume = open_volume(run, "c-1", Role.supervisor)
    assert [o.state.value for o in volume.originals] == [o.id for o in volume.originals]
    assert len(volume.originals) == 6
    altered = volume.get("papers/altered")
    assert altered
    assert (altered.recorded, altered.found) == (sha256(b"as it was"), sha256(PDF))
    assert [o.path is not None for o in volume.originals] == [True, True, True, False, False, False]


def test_who_looks_at_figures_only_sees_no_original(run: Path) -> None:
    with pytest.raises(Forbidden):
        open_volume(run, "c-1", Role.leadership)
    with pytest.raises(Forbidden):
        open_original(run, "papers", "whole", Role.leadership)


def test_what_is_secret_is_shown_to_nobody(tmp_path: Path) -> None:
    row = Row("s", "s.pdf", PDF, data_class="secret")
    run = make_originals(tmp_path / "out", "r", tmp_path / "files", [row])
    assert open_volume(run, "c-1", Role.supervisor).originals == ()
    assert open_original(run, "papers", "s", Role.auditor) is None


def test_where_nobody_knows_the_folder_it_says_so(run: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    (tmp_path / "files").rename(moved)
    assert remembered_folder(run) is None
    found = open_original(run, "papers", "whole", Role.supervisor)
    assert found
    assert found.state is State.unplaced
    again = open_original(run, "papers", "whole", Role.supervisor, moved)
    assert again
    assert again.state is State.whole


def test_a_run_alone_on_another_machine_is_without_files(run: Path, tmp_path: Path) -> None:
    copied = tmp_path / "elsewhere" / run.name
    shutil.copytree(run, copied)
    states = {o.state for o in open_volume(copied, "c-1", Role.supervisor).originals}
    assert states == {State.unplaced, State.not_named}


def test_a_run_of_an_older_version_has_no_list(run: Path) -> None:
    (run / "originals.parquet").unlink()
    assert not open_volume(run, "c-1", Role.supervisor).known
    assert open_original(run, "papers", "whole", Role.supervisor) is None
    (run / "originals.parquet").write_bytes(b"none")
    with pytest.raises(InputError, match="list of originals"):
        open_volume(run, "c-1", Role.supervisor)


@pytest.mark.parametrize("key", ["' OR 1=1 --", "whole' --", "%", "", "无", "whole\0"])
def test_an_id_is_only_compared(run: Path, key: str) -> None:
    assert open_original(run, "papers", key, Role.supervisor) is None


# --- hashes


def test_a_hash_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, file = tmp_path / "memory", tmp_path / "film.webm"
    memory.mkdir()
    file.write_bytes(PDF)
    expected = sha256(PDF)
    assert hash_of(file, memory) == expected
    monkeypatch.setattr(integrity, "_kept", {})  # another process

    def read(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr(integrity.hashlib, "sha256", read)
    assert hash_of(file, memory) == expected
    assert hash_of(file, memory) == expected


def test_a_file_that_changed_is_read_again_though_its_time_was_set_back(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(PDF)
    before = file.stat()
    assert hash_of(file, tmp_path) == sha256(PDF)
    file.write_bytes(bytes(reversed(PDF)))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert hash_of(file, tmp_path) == sha256(bytes(reversed(PDF)))


def test_a_large_file_waits_until_it_is_opened(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.originals.volume.LARGE", 100)
    listed = open_volume(run, "c-1", Role.supervisor).get("papers/whole")
    assert listed
    assert (listed.state, listed.found) == (State.unchecked, None)
    opened = open_original(run, "papers", "whole", Role.supervisor)
    assert opened
    assert opened.state is State.whole
    again = open_volume(run, "c-1", Role.supervisor).get("papers/whole")
    assert again
    assert again.state is State.whole  # remembered


def test_a_memory_that_is_damaged_costs_only_time(run: Path) -> None:
    (run.parent / ".originals" / "hashes.sqlite").write_bytes(b"no database")
    found = open_original(run, "papers", "whole", Role.supervisor)
    assert found
    assert found.state is State.whole
