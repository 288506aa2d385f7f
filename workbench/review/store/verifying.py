"""Is a review history whole? Reads the store and its exported heads, and changes neither."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.review.store.address import Address, address_of
from workbench.review.store.connecting import engine_of
from workbench.review.store.entry import FORMAT, Head, stamp, utcnow
from workbench.review.store.failing import sentences
from workbench.review.store.heads import Heads, read_heads
from workbench.review.store.reading import rows_after
from workbench.review.store.tables import Tables, missing_triggers, tables_of
from workbench.review.store.walking import Problem, Walk, about, shown, true_places
from workbench.terms import InputError


@dataclass(frozen=True)
class Remark:
    """What is not wrong, but limits what was proved, or ought to be known."""

    kind: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What verifying found. `covered`: up to which entry exported heads bear the history out."""

    label: str
    store_id: str
    entries: int
    head: Head | None
    heads: Path | None
    covered: int
    problems: list[Problem]
    remarks: list[Remark]

    @property
    def whole(self) -> bool:
        """Nothing was found."""
        return not self.problems


def verify_store(
    where: str | Path, head: Path | None = None, now: datetime | None = None
) -> Verdict:
    """Walk along the chain of a store and compare it with its exported heads.

    `head`: a file of heads kept elsewhere; by default the one beside the store. Raises `InputError`
    where there is no store, or it cannot be read at all.
    """
    address = address_of(where)
    if address.path is not None and not address.path.is_file():
        raise InputError(f"{address.path}: there is no such review store")
    heads = _heads(address, head)
    tables = tables_of(address.schema)
    engine = engine_of(address, write=False)
    try:
        with sentences(address), _only_reading(engine, tables).connect() as connection:
            return _verify(connection, address, tables, heads, now or utcnow())
    finally:
        engine.dispose()


def _verify(
    connection: Any, address: Address, tables: Tables, heads: Heads | None, now: datetime
) -> Verdict:
    identity = _identity(connection, address, tables, heads)
    exported = [one for one in heads.heads if one.store_id == identity] if heads else []
    walk = Walk(identity, (one.seq for one in exported))
    damaged = _walked(walk, connection, tables)
    found = [*_known(connection, tables), *_of_another(walk), *damaged]
    beyond, covered = _compared(walk, exported)
    strangers = _strangers(heads, identity)
    last = walk.last
    problems = [*found, *beyond, *strangers]
    remarks = list(_remarks(connection, tables, heads))
    if heads and last is not None and covered < last.seq and not problems:
        remarks.append(Remark("uncovered", {"first": covered + 1, "last": last.seq}))
    if last is not None and str(last.at) > stamp(now):
        remarks.append(Remark("future", {"about": about(last)}))
    return Verdict(
        address.label, identity, walk.entries,
        Head(identity, last.seq, last.hash, last.at) if last else None,
        heads.path if heads else None, covered, problems, remarks,
    )  # fmt: skip


def _heads(address: Address, given: Path | None) -> Heads | None:
    if given is not None and not given.is_file():
        raise InputError(f"{given}: there is no such file of heads")
    path = given or address.heads
    return read_heads(path) if path.is_file() else None


def _only_reading(engine: Any, tables: Tables) -> Any:
    """One moment of the database, and no statement that could write."""
    if tables.schema is None:
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _names(connection: Any, address: Address, tables: Tables) -> None:
    from sqlalchemy import inspect

    names = set(inspect(connection).get_table_names(schema=tables.schema))
    gone = {"store", "entries"} - names
    if not names or gone == {"store", "entries"}:
        raise InputError(f"{address.label} holds no review store")
    if gone:
        raise InputError(
            f"{address.label}: the table '{gone.pop()}' of the review store is gone; somebody "
            "removed it. Take the last backup"
        )


def _identity(connection: Any, address: Address, tables: Tables, heads: Heads | None) -> str:
    """The id that the store says it has; without one, what the heads or the entries say."""
    from sqlalchemy import select

    _names(connection, address, tables)
    rows = connection.execute(select(tables.store.c.store_id, tables.store.c.format)).all()
    if len(rows) == 1 and rows[0].format != FORMAT:
        raise InputError(
            f"{address.label} has the format {shown(rows[0].format)}, and this workbench verifies "
            f"{FORMAT}; was it made by a newer one?"
        )
    if len(rows) == 1:
        return str(rows[0].store_id)
    if heads and heads.heads:
        return heads.heads[-1].store_id
    first = connection.execute(select(tables.entries.c.store_id).limit(1)).scalar_one_or_none()
    return str(first)


def _known(connection: Any, tables: Tables) -> Iterable[Problem]:
    """One row says which store it is."""
    from sqlalchemy import func, select

    rows = connection.execute(select(func.count()).select_from(tables.store)).scalar_one()
    if rows != 1:
        yield Problem("identity", details={"rows": rows})


def _walked(walk: Walk, connection: Any, tables: Tables) -> list[Problem]:
    """Walk; who seems changed may only have been moved. Says where the file cannot be read."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        for row in rows_after(connection, tables):
            walk.take(row)
        if walk.suspects:
            walk.resolve(true_places(walk.suspects, rows_after(connection, tables)))
    except (SQLAlchemyError, UnicodeDecodeError) as error:
        said = shown(getattr(error, "orig", None) or error)
        last = about(walk.last) if walk.last else None
        return [Problem("damaged", last, details={"said": said})]
    return []


def _of_another(walk: Walk) -> list[Problem]:
    """Where all entries are of one other store, it is the id of the store that is wrong."""
    problems = walk.problems
    if len(problems) == 1 and problems[0].kind == "transplanted":
        only = problems[0]
        if only.count == walk.entries:
            details = {"store_id": walk.store_id, "other": only.details["store_id"]}
            return [Problem("other_id", only.about, only.count, details)]
    return problems


def _compared(walk: Walk, exported: list[Head]) -> tuple[list[Problem], int]:
    """Entries that a head knows, and the store does not; and up to where both agree."""
    last = walk.last.seq if walk.last else 0
    agreed, rewritten, cut = 0, None, None
    for head in sorted(exported, key=lambda one: one.seq):
        if head.seq > last:
            cut = head
        elif walk.hashes.get(head.seq) == head.hash:
            agreed = head.seq
        elif head.seq in walk.hashes and head.seq not in walk.unsound:
            rewritten = rewritten or (agreed, head)
    found = []
    if rewritten:
        after, head = rewritten
        found.append(Problem("rewritten", details={
            "first": after + 1, "last": head.seq, "at": shown(head.at),
        }))  # fmt: skip
    if cut:
        details = {"first": last + 1, "last": cut.seq, "at": shown(cut.at),
                   "before": about(walk.last) if walk.last else None}  # fmt: skip
        found.append(Problem("cut_off", None, cut.seq - last, details))
    return found, agreed


def _strangers(heads: Heads | None, identity: str) -> list[Problem]:
    others = Counter(one.store_id for one in heads.heads) if heads else Counter()
    del others[identity]
    return [
        Problem("foreign_heads", None, lines, {"file": str(heads.path), "other": shown(other)})
        for other, lines in others.items()
        if heads
    ]


def _remarks(connection: Any, tables: Tables, heads: Heads | None) -> Iterable[Remark]:
    if missing := missing_triggers(connection, tables.schema):
        yield Remark("triggers", {"names": ", ".join(missing)})
    if heads is None:
        yield Remark("no_heads")
    elif heads.unreadable:
        lines = ", ".join(str(number) for number in heads.unreadable[:10])
        yield Remark("head_lines", {"file": str(heads.path), "lines": lines})
