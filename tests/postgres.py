"""A PostgreSQL server of our own for tests: a temporary one, on a socket, that nobody else sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PASSWORD = "a-word-that-must-never-be-shown"
DEBIAN = Path("/usr/lib/postgresql")


def find_server() -> Path | None:
    """The folder of the server's programs; None where it is not installed."""
    if program := shutil.which("postgres"):
        return Path(program).resolve().parent
    found = sorted(DEBIAN.glob("*/bin/postgres"))
    return found[-1].parent if found else None


@contextmanager
def server() -> Iterator[str]:
    """Start a server and give its URL; root starts it as `postgres`, for it refuses to be root."""
    programs = find_server()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="wb-pg-"))
    user: dict[str, Any] = {"user": "postgres"} if os.getuid() == 0 else {}
    try:
        (folder / "word").write_text(PASSWORD)
        if user:
            for path in (folder, folder / "word"):
                shutil.chown(path, "postgres")
        data, socket = folder / "data", str(folder)
        _run([programs / "initdb", "-D", data, "-U", "owner", "--pwfile", folder / "word", "-E",
              "UTF8", "--locale=C", "--auth=scram-sha-256", "--no-sync"], user)  # fmt: skip
        options = f"-c listen_addresses='' -c unix_socket_directories={socket} -c fsync=off"
        control = [programs / "pg_ctl", "-D", data, "-w"]
        _run([*control, "-o", options, "-l", folder / "log", "start"], user)
        try:
            yield f"postgresql://owner:{PASSWORD}@/postgres?host={socket}"
        finally:
            _run([*control, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[Any], user: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd="/", check=False,
        stdin=subprocess.DEVNULL, **user,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
