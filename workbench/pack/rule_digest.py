"""A short hash of all that decides a check: a check that was changed is another check.

Its expectation, the facts SQL and the clocks that work for it, the parameters and lists they name.
Titles, clauses and remedies are not part of it: other words decide nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.pack.model import Pack

_LENGTH = 16
_LIST = re.compile(r"\blists\.(\w+)")


def rule_digest(pack: Pack, check_id: str) -> str:
    """The hash of one check of a pack.

    >>> rule_digest(pack, "di-dates-sane")   # doctest: +SKIP
    '3f9a0c51c02d77aa'
    """
    check = pack.checks[check_id]
    its = pack.narrowed({check_id})
    files = [sql for sql in its.sql_files if sql.asset == check.asset or sql.topic == "base"]
    parameters = {name for sql in files for name in sql.parameters}
    parameters |= {clock.limit for clock in its.clocks.values()}
    lists = {name for sql in files for name in _LIST.findall(sql.text)}
    material = {
        "type": check.entry.get("type"),
        "kwargs": check.entry.get("kwargs"),
        "files": {sql.file: _text(sql.text) for sql in files},
        "clocks": [repr(its.clocks[name]) for name in sorted(its.clocks)],
        "parameters": {n: repr(pack.parameters[n].values) for n in sorted(parameters)
                       if n in pack.parameters},
        "lists": {n: _rows(pack, n) for n in sorted(lists) if n in pack.lists},
    }  # fmt: skip
    text = json.dumps(material, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_LENGTH]


def _rows(pack: Pack, name: str) -> list[dict[str, Any]]:
    return [{k: str(v) for k, v in row.items()} for row in pack.lists[name].rows]


@lru_cache(maxsize=512)
def _text(sql: str) -> str:
    """SQL without its comments and line breaks, which decide nothing."""
    return " ".join(line.split("--")[0].strip() for line in sql.splitlines()).strip()


def digest_of(folder: Path) -> str:
    """A hash of every file of a pack, by name and bytes."""
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
