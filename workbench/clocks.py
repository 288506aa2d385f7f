"""Statutory limits with start, stop and limit, and how each becomes SQL.

The engine makes four facts of a clock: `<clock>_scope` (due, not_yet_due, not_applicable; never
null), `<clock>_elapsed`, `<clock>_limit`, `<clock>_due_on`. They are made so that
`elapsed <= limit` is exactly `stop <= due day`, for every stop, rest days included. A limit in
hours runs from moment to moment: elapsed counts the hours begun, and nothing rolls.

A clock with `rows: true` runs once for each row of `rows/<clock>.sql` (each review, each payment)
and folds the rows of a subject into one answer: that of the worst row. It makes two facts more,
`<clock>_count` (rows that failed) and `<clock>_evidence` (which ones).

Sources of the counting rules: 民法典 200-204 (the start day is not counted, a last day on a rest
day rolls on) and each statute's own rule on working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault

MODES = ("within", "not_before", "on_date")
OUTPUTS = ("scope", "elapsed", "limit", "due_on")
ROW_OUTPUTS = ("count", "evidence")
# What a table of extensions, and one of exclusions, must be able to say.
EXTENSION_COLUMNS = ("case_id", "clock", "approved_on", "approver_role", "extra", "unit")
EXCLUSION_COLUMNS = ("case_id", "clock", "from_on", "to_on", "basis_code")
_KEYS = {
    "asset", "title", "population", "start", "stop", "stop_known", "limit", "mode", "roll",
    "extension", "exclusion", "allowances_known", "clause", "headline", "rows", "next_year",
}  # fmt: skip
_EXTENSION_KEYS = {"table", "code", "roles", "most"}
_EXCLUSION_KEYS = {"table", "code"}


@dataclass(frozen=True)
class Extension:
    """Where extensions stand, whose approval counts, and the parameter of the longest one.

    An extension counts only if it was approved within the limit that it extends. `told` names the
    column of the day on which the party was told; then one that nobody was told does not count.
    """

    table: str
    code: str
    roles: tuple[str, ...]
    most: str
    told: str | None = None


@dataclass(frozen=True)
class Exclusion:
    """Where excluded times stand. One without a stated basis is counted all the same.

    So is, where `told` names a column, one that the party has not been told of. A limit that
    spans several stages leaves out the times of each of them: `codes`.
    """

    table: str
    codes: tuple[str, ...]
    told: str | None = None


@dataclass(frozen=True)
class Clock:
    """One limit: facts that start and stop it, the parameter that limits it, its population.

    `population`, `start`, `stop`, `stop_known` and `allowances_known` name facts (or kernel
    columns). `stop_known` false says that a missing stop means nothing, because the source
    cannot deliver it; `allowances_known` the same of extensions and exclusions. With `rows` they
    name columns of the clock's rows file.
    A day of the year (`on_date`) is the first one after the start; with `next_year` it is that of
    the year after the start's.

    >>> Clock("reply", "cases", "x", {}, "asked", "asked_on", "replied_on", "days").outputs
    ('reply_scope', 'reply_elapsed', 'reply_limit', 'reply_due_on')
    """

    id: str
    asset: str
    topic: str
    title: Mapping[str, str]
    population: str
    start: str
    stop: str
    limit: str
    mode: str = "within"
    roll: bool = True
    stop_known: str | None = None
    extension: Extension | None = None
    exclusion: Exclusion | None = None
    allowances_known: str | None = None
    rows: bool = False
    next_year: bool = False

    @property
    def inputs(self) -> tuple[str, ...]:
        """The facts the clock reads; of a clock over rows, columns of its rows file."""
        named = (self.population, self.start, self.stop, self.stop_known, self.allowances_known)
        return tuple(fact for fact in named if fact)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The facts the clock makes."""
        whole = (*OUTPUTS, *ROW_OUTPUTS) if self.rows else OUTPUTS
        return tuple(f"{self.id}_{output}" for output in whole)

    def output(self, part: str) -> str:
        """The name of one fact the clock makes: `scope`, `elapsed`, ... `evidence`."""
        return f"{self.id}_{part}"


def parse_clocks(source: Source, topic: str) -> tuple[dict[str, Clock], list[Fault]]:
    """`clocks/<topic>.yaml` -> clocks by id, with every fault of the file."""
    faults: list[Fault] = []
    clocks: dict[str, Clock] = {}
    for name, entry in ((source.content or {}).get("clocks") or {}).items():
        clock = _parse_clock(source, ("clocks", name), name, topic, entry or {}, faults)
        if clock is not None:
            clocks[name] = clock
    return clocks, faults


def _parse_clock(
    source: Source,
    place: Place,
    name: str,
    topic: str,
    entry: dict[str, Any],
    faults: list[Fault],
) -> Clock | None:
    faults.extend(unknown_entries(source, place, entry, _KEYS))
    missing = [k for k in ("title", "population", "start", "stop", "limit") if not entry.get(k)]
    if missing:
        faults.append(source.fault(place, f"clock '{name}' needs {', '.join(missing)}"))
        return None
    mode = entry.get("mode", "within")
    if mode not in MODES:
        faults.append(source.fault(place, f"mode is one of {', '.join(MODES)}"))
    rows = entry.get("rows", False)
    if not isinstance(rows, bool):
        faults.append(source.fault((*place, "rows"), "rows is true or false"))
        return None
    extension, exclusion = entry.get("extension"), entry.get("exclusion")
    for key, part, known in (
        ("extension", extension, _EXTENSION_KEYS),
        ("exclusion", exclusion, _EXCLUSION_KEYS),
    ):
        if part is not None and set(part) - {"told"} != known:
            needed = ", ".join(sorted(known))
            faults.append(source.fault((*place, key), f"{key} needs {needed} (and may have told)"))
            return None
    if extension is not None and not isinstance(extension["roles"], list):
        faults.append(source.fault((*place, "extension"), "roles is a list: [role, ...]"))
        return None
    return Clock(
        id=name,
        asset=entry.get("asset", "cases"),
        topic=topic,
        title=entry["title"],
        population=entry["population"],
        start=entry["start"],
        stop=entry["stop"],
        limit=entry["limit"],
        mode=mode,
        roll=bool(entry.get("roll", True)),
        stop_known=entry.get("stop_known"),
        extension=Extension(extension["table"], extension["code"], tuple(extension["roles"]),
                            extension["most"], extension.get("told")) if extension else None,
        exclusion=_exclusion(exclusion) if exclusion else None,
        allowances_known=entry.get("allowances_known"),
        rows=rows,
        next_year=bool(entry.get("next_year", False)),
    )  # fmt: skip


def _exclusion(entry: dict[str, Any]) -> Exclusion:
    """`code: decide` or `code: [investigate, decide]`."""
    codes = entry["code"] if isinstance(entry["code"], list) else [entry["code"]]
    return Exclusion(entry["table"], tuple(codes), entry.get("told"))
