"""Reading a pack's folder: every file in its own room, then the cross-checks, then one answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from workbench.clocks import Clock, parse_clocks
from workbench.criteria import parse_criteria
from workbench.fact_sql import FactSql, judge_spark
from workbench.pack.crosschecks import cross_check
from workbench.pack.examples import read_examples
from workbench.pack.flow import parse_flow
from workbench.pack.list_files import read_list
from workbench.pack.model import Asset, Every, ListTable, Pack, System
from workbench.pack.own_days import OwnDays, own_days
from workbench.pack.review_tables import parse_review
from workbench.pack.rubric_files import rubric_names, rubrics_in_words
from workbench.pack.rule_digest import digest_of
from workbench.pack.signal_rules import SignalRules, own_signals, parse_signals, unknown_targets
from workbench.pack.sql_files import read_facts, read_row_files
from workbench.pack.vocabulary import codes_of, relations_of
from workbench.parameters import Parameter, apply_profile, parse_parameters
from workbench.rubrics import Rubric, parse_rubric
from workbench.schema import Schema, parse_schema
from workbench.sources import Source, read_source, unknown_entries
from workbench.suites import Suite, parse_suite
from workbench.terms import Fault, PackError, UsageError
from workbench.workdays import Calendar

_PACK_KEYS = {
    "id", "version", "title", "language", "timezone", "sources", "assets", "systems", "rubric_for",
    "note", "topics", "evaluation", "review_tables", "signals",
}  # fmt: skip

# What a parser raises at something a person wrote that it did not foresee.
_NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


class _Unreadable(Exception):
    """The pack cannot stand; the faults say why."""


def find_pack(name: str | Path, shared: Path) -> Path:
    """A pack's folder from its path or its id (`hrss`), looked up in the shipped packs."""
    for candidate in (Path(name), shared / str(name)):
        if (candidate / "pack.yaml").is_file():
            return candidate
    known = sorted(p.parent.name for p in shared.glob("*/pack.yaml"))
    raise UsageError(f"no pack '{name}': no folder with a pack.yaml. Shipped: {', '.join(known)}")


def read_pack(folder: Path, profile: Path | None = None) -> Pack:
    """Read a pack; raises `PackError` with every fault of every file it is made of.

    Examples are not read: a check in the making may run before it has any. `lint_pack` asks for
    them.
    """
    pack, faults = _read(folder, profile)
    if faults or pack is None:
        raise PackError(folder, faults)
    return pack


def lint_pack(folder: Path, profile: Path | None = None) -> tuple[Pack | None, list[Fault]]:
    """Read a pack and say all that is wrong with it, examples too; None where it cannot stand."""
    pack, faults = _read(folder, profile)
    if pack is not None:
        try:
            faults += read_examples(pack)[1]
            faults += [f for sql in pack.sql_files for f in judge_spark(sql.text, sql.file)]
        except _NONSENSE as error:
            faults.append(Fault("examples", None, f"cannot be understood: {error!r}"))
    return (pack if not faults else None), sorted(set(faults), key=_by_place)


def _read(folder: Path, profile: Path | None) -> tuple[Pack | None, list[Fault]]:
    reader = _Reader(folder)
    pack = reader.pack(profile)
    faults = list(reader.faults)
    if pack is not None:
        faults += cross_check(pack, reader.sources)
    return pack, faults


def _by_place(fault: Fault) -> tuple[str, int, str]:
    return (fault.file, fault.line or 0, fault.message)


class _Reader:
    """Collects faults while it reads file after file."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.faults: list[Fault] = []
        self.sources: dict[str, Source] = {}
        self.own: Source | None = None  # the profile, once it is read

    def source(self, name: str, *, needed: bool = True) -> Source:
        path = self.folder / name
        if not path.exists():
            if needed:
                self.faults.append(Fault(name, None, "the file is missing"))
            return Source(name, {})
        source, faults = read_source(path, name)
        self.faults += faults
        if source.content is None or not isinstance(source.content, dict):
            if not faults:
                self.faults.append(Fault(name, 1, "a mapping was expected"))
            source = Source(name, {}, source.places)
        self.sources[name] = source
        return source

    def _optional(self, name: str) -> Source:
        return self.source(name, needed=False)

    def each(self, folder: str, suffix: str) -> list[tuple[str, str, Source]]:
        """(topic, asset, source) of each file `<topic>[.<asset>]<suffix>` of a folder."""
        found = []
        for path in sorted((self.folder / folder).glob(f"*{suffix}")):
            topic, _, asset = path.name[: -len(suffix)].partition(".")
            found.append((topic, asset or "cases", self.source(f"{folder}/{path.name}")))
        return found

    def split(self, name: str) -> list[Source]:
        """`<name>.yaml`, and beside it `<name>/<topic>.yaml`; one of the two is enough."""
        topics = [source for _, _, source in self.each(name, ".yaml")]
        return [self.source(f"{name}.yaml", needed=not topics), *topics]

    def take(self, source: Source, parse: Callable[[Source], tuple[Any, list[Fault]]]) -> Any:
        """What a parser makes of a file; a file it cannot make sense of is one more fault."""
        try:
            value, faults = parse(source)
        except _NONSENSE as error:
            message = f"cannot be understood: {error!r}"
            self.faults.append(Fault(source.file, 1, message, "compare it with a shipped pack"))
            raise _Unreadable from error
        self.faults += faults
        return value

    def pack(self, profile: Path | None) -> Pack | None:
        head = self.source("pack.yaml")
        if not head.content:
            return None
        content = head.content
        self.faults += unknown_entries(head, (), content, _PACK_KEYS)
        missing = [k for k in ("id", "version", "title", "timezone", "assets") if k not in content]
        if missing:
            self.faults.append(head.fault((), f"needs {', '.join(missing)}"))
            return None
        try:
            return self._whole(head, profile)
        except _Unreadable:
            return None
        except _NONSENSE as error:
            message = f"cannot be understood: {error!r}"
            self.faults.append(head.fault((), message, "compare it with a shipped pack"))
            return None

    def _whole(self, head: Source, profile: Path | None) -> Pack:
        content = head.content
        lists = self._lists()
        listed = {n: list(zip(found.lines, found.rows, strict=True)) for n, found in lists.items()}
        parse = partial(parse_schema, lists=listed)
        schema: Schema = self.take(self.source("schema.yaml"), parse)
        parameters = self._parameters()
        duties = self._optional("duties.yaml").content.get("duties") or {}
        parameters, duties, own_days, overridden = self._profile(profile, parameters, duties)
        texts = self._texts()
        assets = {n: self._asset(head, n, e) for n, e in content["assets"].items()}
        relations = relations_of(schema, lists, assets, list(parameters))
        clocks = self._clocks()
        criteria = self.take(self._optional("criteria.yaml"), parse_criteria)
        suites = self._suites()
        facts, rows = self._sql(relations, codes_of(schema, lists, texts), clocks)
        return Pack(
            folder=self.folder,
            id=str(content["id"]),
            version=str(content["version"]),
            title=content["title"],
            language=content.get("language", "en"),
            timezone=content["timezone"],
            sources=content.get("sources") or {},
            schema=schema,
            parameters=parameters,
            calendar=self._calendar(own_days),
            lists=lists,
            assets=assets,
            clocks=clocks,
            facts=facts,
            rows=rows,
            evaluation=content.get("evaluation") or {},
            suites=suites,
            rubrics=rubrics_in_words(self._rubrics(), criteria),
            rubric_for=rubric_names(content.get("rubric_for") or {}),
            systems=_systems(content.get("systems") or {}),
            texts=texts,
            duties={str(role): dict(unit) for role, unit in duties.items()},
            digest=digest_of(self.folder),
            profile=overridden,
            topics=content.get("topics") or {},
            review_tables=self.take(head, partial(parse_review, schema=schema)),
            criteria=criteria,
            flow=self.take(self._optional("flow.yaml"), partial(parse_flow, schema=schema)),
            signals=self._signals(head, suites),
        )

    def _parameters(self) -> dict[str, Parameter]:
        """`parameters.yaml` and `parameters/<topic>.yaml`: each parameter stands once."""
        found: dict[str, Parameter] = {}
        for source in self.split("parameters"):
            for name, parameter in self.take(source, parse_parameters).items():
                if name in found:
                    self.faults.append(source.fault(("parameters", name), f"'{name}' stands twice"))
                found[name] = parameter
        return found

    def _texts(self) -> dict[str, Any]:
        """`texts.yaml` and `texts/<topic>.yaml`, read as one."""
        found: dict[str, Any] = {"checks": {}, "words": {}}
        for source in self.split("texts"):
            self.faults += unknown_entries(source, (), source.content, set(found))
            for part, whole in found.items():
                for name, text in (source.content.get(part) or {}).items():
                    if name in whole and whole[name] != text:
                        message = f"'{name}' stands twice, with different texts"
                        self.faults.append(source.fault((part, name), message))
                    whole[name] = text
        return found

    def _profile(
        self, profile: Path | None, parameters: dict[str, Parameter], duties: dict[str, Any]
    ) -> tuple[dict[str, Parameter], dict[str, Any], OwnDays, dict[str, object]]:
        """A bureau's own values: local parameters, who answers for what, its own rest days."""
        if profile is None:
            return parameters, duties, {}, {}
        source, faults = read_source(profile, str(profile))
        self.faults += faults
        if not isinstance(source.content, dict):
            message = "a mapping with 'parameters', 'duties', 'calendar' or 'signals'"
            self.faults.append(Fault(str(profile), 1, message))
            raise _Unreadable
        self.own = source
        known = {"parameters", "duties", "calendar", "signals"}
        self.faults += unknown_entries(source, (), source.content, known)
        applied: list[dict[str, object]] = []

        def parse(whole: Source) -> tuple[Any, list[Fault]]:
            changed, overridden, found = apply_profile(parameters, whole)
            applied.append(overridden)
            return changed, found

        changed = self.take(source, parse)
        own = source.content.get("duties") or {}
        self.faults += unknown_entries(source, ("duties",), own, set(duties))
        days, faults = own_days(source)
        self.faults += faults
        overridden = {
            **applied[0],
            **{f"duties.{role}": unit for role, unit in own.items()},
            **{f"calendar.{day}": "working" if flag else "rest" for day, (flag, _) in days.items()},
            **own_signals(source),
        }
        return changed, {**duties, **own}, days, overridden

    def _signals(self, head: Source, suites: tuple[Suite, ...]) -> SignalRules:
        """How grave failures are, and targets: the pack's, and over them the bureau's own."""
        rules, checks = SignalRules(), {check.id for suite in suites for check in suite.checks}
        for source in (head, self.own):
            if source is not None:
                rules = self.take(source, partial(parse_signals, over=rules))
                self.faults += unknown_targets(source, checks)
        return rules

    def _asset(self, head: Source, name: str, entry: dict[str, Any]) -> Asset:
        every = entry.get("every")
        known = {"title", "table", "key", "case", "organ", "unit", "kind", "day", "every",
                 "missing"}  # fmt: skip
        self.faults += unknown_entries(head, ("assets", name), entry, known)
        fields = {k: v for k, v in entry.items() if k not in ("every", "key", "day", "title")}
        return Asset(
            id=name,
            title=entry.get("title") or {},
            key=tuple(entry.get("key") or ()),
            day=tuple(entry.get("day") or ()),
            every=Every(**every) if every else None,
            **fields,
        )

    def _calendar(self, own: OwnDays) -> Calendar | None:
        path = self.folder / "calendar.csv"
        if not path.exists():
            return None
        try:
            calendar = Calendar.read(path)
        except PackError as error:
            self.faults += error.faults
            return None
        for day, (flag, place) in own.items():
            try:
                calendar = calendar.with_days({day: flag})
            except ValueError:
                hint = f"it knows {calendar.first} to {calendar.last}"
                self.faults.append(
                    Fault(place.file, place.line, f"{day} lies outside the calendar", hint)
                )
        return calendar

    def _clocks(self) -> dict[str, Clock]:
        clocks: dict[str, Clock] = {}
        for topic, _, source in self.each("clocks", ".yaml"):
            parsed = self.take(source, partial(_clocks_of, topic))
            for name, clock in parsed.items():
                if name in clocks:
                    self.faults.append(source.fault(("clocks", name), f"'{name}' stands twice"))
                clocks[name] = clock
        return clocks

    def _suites(self) -> tuple[Suite, ...]:
        suites = self.each("suites", ".json")
        return tuple(self.take(source, partial(_suite_of, t, a)) for t, a, source in suites)

    def _rubrics(self) -> dict[str, Rubric]:
        rubrics = {}
        for name, _, source in self.each("rubrics", ".yaml"):
            rubric = self.take(source, parse_rubric)
            if rubric is not None:
                rubrics[name] = rubric
        return rubrics

    def _lists(self) -> dict[str, ListTable]:
        lists = {}
        for path in sorted((self.folder / "lists").glob("*.csv")):
            lists[path.stem], faults = read_list(path)
            self.faults += faults
        return lists

    def _sql(
        self, relations: dict[str, set[str]], codes: set[str], clocks: dict[str, Clock]
    ) -> tuple[tuple[FactSql, ...], dict[str, FactSql]]:
        """Facts, and the rows that clocks run over."""
        facts, faults = read_facts(self.folder, relations, codes)
        rows, more = read_row_files(self.folder, clocks, self.sources, relations, codes)
        self.faults += faults + more
        return facts, rows


def _clocks_of(topic: str, source: Source) -> tuple[dict[str, Clock], list[Fault]]:
    return parse_clocks(source, topic)


def _suite_of(topic: str, asset: str, source: Source) -> tuple[Suite, list[Fault]]:
    return parse_suite(source, topic, asset)


def _systems(entries: dict[str, Any]) -> tuple[System, ...]:
    return tuple(
        System(name, e.get("title") or {}, tuple(e.get("topics") or ()), str(e.get("headline")))
        for name, e in entries.items()
    )
