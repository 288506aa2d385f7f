"""A review store in each of the two databases, empty at the start of each test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import find_server, server


@pytest.fixture(scope="package")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own."""
    if find_server() is None:
        if os.environ.get("CI"):
            pytest.fail("there is no PostgreSQL server; on CI there must be one")
        pytest.skip("there is no PostgreSQL server (apt-get install postgresql)")
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a store that is not made yet; heads go to the folder of the test."""
    monkeypatch.chdir(tmp_path)
    if request.param == "sqlite":
        return str(tmp_path / "review.sqlite")
    url = request.getfixturevalue("postgres")
    return f"{url}&schema=store_{uuid.uuid4().hex[:12]}"
