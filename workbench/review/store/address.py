"""Where a review store lies: a file, a folder, or the URL of a database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.terms import UsageError

FILE = "review.sqlite"
SCHEMA = "review"
_HEADS = ".heads.jsonl"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_POSTGRES = "postgresql+psycopg"
_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,50}")


@dataclass(frozen=True)
class Address:
    """A file (`path`), or a database (`url`) and the schema in it.

    `label` is what messages call it; `secrets` never stand in one.
    """

    label: str
    heads: Path
    path: Path | None = None
    url: Any = field(default=None, repr=False)
    schema: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


def is_url(where: str | Path) -> bool:
    """Does this name a database?

    >>> is_url("postgresql://host/reviews"), is_url("out/review.sqlite")
    (True, False)
    """
    return bool(_URL.match(str(where)))


def is_store(where: str | Path) -> bool:
    """Is this meant to be a review store? A folder is one if it holds one and is no run."""
    path = Path(where)
    if is_url(where) or path.is_file():
        return True
    if path.is_dir():
        return (path / FILE).is_file() and not (path / "manifest.json").exists()
    return path.suffix in {".sqlite", ".sqlite3", ".db"}


def address_of(where: str | Path) -> Address:
    """Understand what was given; a folder, there or not, stands for the `review.sqlite` in it.

    >>> address_of("out/rounds.sqlite").heads.name
    'rounds.sqlite.heads.jsonl'
    """
    if not is_url(where):
        path = Path(where)
        is_file = path.is_file() or (path.suffix and not path.is_dir())
        return _of_file(path if is_file else path / FILE)
    url = _understood(str(where))
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:":
            raise UsageError("a review store is kept: name a file, sqlite:///review.sqlite")
        return _of_file(Path(url.database))
    return _of_database(url, str(where))


def _of_file(path: Path) -> Address:
    return Address(str(path), path.with_name(path.name + _HEADS), path)


def _understood(where: str) -> Any:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        url = make_url(where)
    except (SQLAlchemyError, ValueError):
        raise UsageError(
            "the address of the review store cannot be understood; one looks like "
            "postgresql://user@host/name or sqlite:///review.sqlite"
        ) from None
    driver = _DRIVERS.get(url.drivername, url.drivername)
    if driver not in (_POSTGRES, "sqlite"):
        raise UsageError(
            f"'{url.drivername}' cannot keep a review store; postgresql and sqlite can"
        )
    return url.set(drivername=driver)


def _of_database(url: Any, where: str) -> Address:
    schema = url.query.get("schema", SCHEMA)
    if not isinstance(schema, str) or not _SCHEMA_NAME.fullmatch(schema):
        raise UsageError(
            "schema=: one name of small letters, digits and _ (each store has a schema of its own)"
        )
    heads = url.query.get("heads") or f"{_file_name(url.database or 'postgres')}.{schema}{_HEADS}"
    if not isinstance(heads, str):
        raise UsageError("heads=: one file, to which the head of the store is exported")
    secrets = {url.password, url.query.get("password"), where}
    bare = url.set(drivername="postgresql", query={}, password="***" if url.password else None)
    return Address(
        f"{bare.render_as_string(hide_password=True)}?schema={schema}",
        Path(heads),
        url=url.difference_update_query(["schema", "heads"]),
        schema=schema,
        secrets=tuple(text for text in secrets if isinstance(text, str) and text),
    )


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]", "_", text)
