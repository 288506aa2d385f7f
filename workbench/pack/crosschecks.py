"""What no single file of a pack can know: that its parts fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from workbench.conditions import InSet, columns_of
from workbench.fact_sql import FactSql
from workbench.pack.clock_checks import check_clock
from workbench.pack.evaluation_checks import check_evaluation
from workbench.pack.flow_checks import check_flow
from workbench.pack.model import KERNEL, Pack
from workbench.pack.rubric_checks import check_rubrics
from workbench.sources import Place, Source
from workbench.suites import Check, Suite
from workbench.terms import Fault, did_you_mean

Sources = Mapping[str, Source]
LANGUAGES = ("zh", "en")
# A boolean says nothing a person can check by eye, so most checks compare numbers or dates.
BOOLEAN_SHARE = 1 / 3


def cross_check(pack: Pack, sources: Sources) -> list[Fault]:
    """Every fault between the files of a pack."""
    faults: list[Fault] = []
    for suite in pack.suites:
        source = _source(sources, f"suites/{_stem(suite)}.json")
        for check in suite.checks:
            faults += _check(pack, check, source, sources)
    faults += _unique_ids(pack, sources)
    faults += _facts(pack)
    for clock in pack.clocks.values():
        faults += check_clock(pack, clock, _source(sources, f"clocks/{clock.topic}.yaml"))
    faults += _parameters(pack, sources)
    faults += _assets(pack, _source(sources, "pack.yaml"))
    faults += check_rubrics(pack, sources)
    faults += _systems(pack, _source(sources, "pack.yaml"))
    faults += check_evaluation(pack, _source(sources, "pack.yaml"))
    faults += _criteria(pack, _source(sources, "criteria.yaml"))
    faults += check_flow(pack, _source(sources, "flow.yaml"))
    return faults


def boolean_share(pack: Pack) -> float:
    """The share of checks that look at a boolean instead of a number or a date."""
    checks = list(pack.checks.values())
    booleans = [
        c
        for c in checks
        if isinstance(c.predicate, InSet) and set(c.predicate.values) <= {True, False}
    ]
    return len(booleans) / len(checks) if checks else 0.0


def _source(sources: Sources, name: str) -> Source:
    return sources.get(name) or Source(name, {})


def _home(sources: Sources, name: str, place: Place, topic: str = "") -> Source:
    """Of `<name>.yaml` and `<name>/<topic>.yaml`: the one in which the entry stands, or should."""
    part, entry = place
    for file, source in sources.items():
        stands = file == f"{name}.yaml" or file.startswith(f"{name}/")
        if stands and entry in (source.content.get(str(part)) or {}):
            return source
    return sources.get(f"{name}/{topic}.yaml") or _source(sources, f"{name}.yaml")


def _stem(suite: Suite) -> str:
    return suite.topic if suite.asset == "cases" else f"{suite.topic}.{suite.asset}"


def _check(pack: Pack, check: Check, source: Source, sources: Sources) -> Iterator[Fault]:
    place: Place = ("expectations", check.position)
    if check.asset not in pack.assets:
        yield source.fault((), f"the pack has no asset '{check.asset}'")
        return
    known = pack.fact_names(check.asset)
    for column in check.columns:
        if column not in known:
            hint = did_you_mean(column, known)
            yield source.fault(place, f"{check.id}: column '{column}' is no fact", hint)
    for clock in pack.clocks_of(check.asset):
        scope, looked_at = clock.output("scope"), set(columns_of(check.predicate))
        if clock.rows and clock.output("count") in looked_at:
            message = f"{check.id}: '{clock.output('count')}' counts a row nobody can tell as none"
            hint = f"compare {clock.output('elapsed')} with {clock.output('limit')}"
            yield source.fault(place, message, hint)
        if set(clock.outputs[1:3]) & looked_at and check.scope != scope:
            message = f"{check.id}: looks at the clock '{clock.id}' without its scope"
            yield source.fault(place, message, f"row_condition: {scope} == 'due'")
    if check.row_condition is not None and check.scope is None:
        yield source.fault(place, f"{check.id}: its row_condition names no scope fact (== 'due')")
    reads = pack.reads_of(check)
    tables = {name.split(".")[0] for name in reads}
    for need in check.needs:
        if not pack.schema.has(need):
            names = [f"{t.name}.{c}" for t in pack.schema.tables.values() for c in t.all_columns]
            hint = did_you_mean(need, [*names, *pack.schema.tables])
            yield source.fault(place, f"{check.id}: needs '{need}', which no table has", hint)
        elif need not in reads and need not in tables:
            yield source.fault(place, f"{check.id}: needs '{need}', which its facts never read")
    yield from _check_texts(pack, check, sources)
    if check.duty and check.duty not in pack.duties:
        hint = did_you_mean(check.duty, pack.duties)
        yield source.fault(place, f"{check.id}: no such duty '{check.duty}'", hint)


def _check_texts(pack: Pack, check: Check, sources: Sources) -> Iterator[Fault]:
    texts = _home(sources, "texts", ("checks", check.id), check.topic)
    entry = (pack.texts.get("checks") or {}).get(check.id)
    if entry is None:
        yield texts.fault(("checks",), f"no texts for the check '{check.id}'")
        return
    for part in ("title", "remedy"):
        for language in LANGUAGES:
            if not (entry.get(part) or {}).get(language):
                yield texts.fault(("checks", check.id), f"{check.id} has no {part} in {language}")


def _unique_ids(pack: Pack, sources: Sources) -> Iterator[Fault]:
    counts = Counter(c.id for suite in pack.suites for c in suite.checks)
    for suite in pack.suites:
        source = _source(sources, f"suites/{_stem(suite)}.json")
        facts = {name.casefold() for name in pack.fact_names(suite.asset)}
        for check in suite.checks:
            place = ("expectations", check.position)
            if counts[check.id] > 1:
                yield source.fault(place, f"check id '{check.id}' stands {counts[check.id]} times")
            if check.id.casefold() in facts:  # outcomes stand beside the facts
                yield source.fault(place, f"check id '{check.id}' is the name of a fact")
    for check_id in pack.texts.get("checks") or {}:
        if check_id not in counts:
            hint = did_you_mean(check_id, counts)
            texts = _home(sources, "texts", ("checks", check_id))
            yield texts.fault(("checks", check_id), f"no check '{check_id}'", hint)
    if len(counts) >= 6 and boolean_share(pack) >= BOOLEAN_SHARE:
        share = f"{boolean_share(pack):.0%}"
        yield Fault("suites", None, f"{share} of the checks look at a boolean; under a third may")


def _facts(pack: Pack) -> Iterator[Fault]:
    """A fact has one home; a dated list is read with its dates."""
    for asset in pack.assets:
        homes = {o: f"the clock '{c.id}'" for c in pack.clocks_of(asset) for o in c.outputs}
        for sql in pack.facts_of(asset):
            for fact in sql.outputs:
                if fact in KERNEL and sql.topic == "base":
                    continue
                home = "the kernel" if fact in KERNEL else homes.get(fact)
                if home:
                    yield Fault(sql.file, None, f"fact '{fact}' is given by {home} already")
                homes[fact] = sql.file
    for sql in pack.sql_files:
        for name, listed in pack.lists.items():
            relation = f"lists.{name}"
            dates = [c for c in ("from_on", "to_on") if c in listed.columns]
            unread = [c for c in dates if f"{relation}.{c}" not in sql.reads]
            if relation in sql.tables and unread:
                message = f"reads {relation} without its {' and '.join(unread)}"
                yield Fault(sql.file, None, message, "a row counts on the days it is in force")


def _parameters(pack: Pack, sources: Sources) -> Iterator[Fault]:
    used = {clock.limit for clock in pack.clocks.values()}
    used |= {c.extension.most for c in pack.clocks.values() if c.extension}
    used |= {name for sql in pack.sql_files for name in sql.parameters}
    used |= set(pack.evaluation.values())
    assets = {a.table for a in pack.assets.values() if not a.every}
    columns = {c for t in assets if t in pack.schema.tables for c in pack.schema.tables[t].columns}
    for name, parameter in pack.parameters.items():
        source = _home(sources, "parameters", ("parameters", name))
        rows = {c for sql in _rows_under(pack, name) for c in sql.outputs}
        rows |= {f for c in pack.clocks.values() if c.limit == name and not c.rows
                 for f in pack.fact_names(c.asset)}  # fmt: skip
        if name not in used:
            yield source.fault(("parameters", name), f"parameter '{name}' is used nowhere")
        for value in parameter.values:
            for column in value.columns:
                if column not in columns and column not in KERNEL and column not in rows:
                    hint = did_you_mean(column, columns)
                    yield source.fault(("parameters", name), f"'{column}' is no column", hint)


def _rows_under(pack: Pack, parameter: str) -> Iterator[FactSql]:
    """The rows files of the clocks that a parameter limits."""
    for clock in pack.clocks.values():
        limits = (clock.limit, clock.extension.most if clock.extension else None)
        if parameter in limits and clock.id in pack.rows:
            yield pack.rows[clock.id]


def _assets(pack: Pack, source: Source) -> Iterator[Fault]:
    for asset in pack.assets.values():
        place: Place = ("assets", asset.id)
        table = pack.schema.tables.get(asset.table)
        if table is None:
            hint = did_you_mean(asset.table, pack.schema.tables)
            yield source.fault(place, f"asset '{asset.id}': no table '{asset.table}'", hint)
            continue
        named = [*asset.key, *asset.day, asset.case, asset.organ, asset.unit, asset.kind]
        for column in named:
            if column and column not in table.columns:
                hint = did_you_mean(column, table.columns)
                yield source.fault(place, f"'{asset.table}' has no column '{column}'", hint)
        if asset.missing and asset.missing not in pack.fact_names(asset.id):
            hint = did_you_mean(asset.missing, pack.fact_names(asset.id))
            message = f"missing: '{asset.missing}' is no fact of '{asset.id}'"
            yield source.fault((*place, "missing"), message, hint)
    if not any(asset.table == "cases" for asset in pack.assets.values()):
        yield source.fault(("assets",), "a pack has an asset on the table 'cases'")


def _systems(pack: Pack, source: Source) -> Iterator[Fault]:
    topics = {suite.topic for suite in pack.suites}
    for system in pack.systems:
        place: Place = ("systems", system.id)
        if system.headline not in pack.checks:
            hint = did_you_mean(system.headline, pack.checks)
            yield source.fault(place, f"no check '{system.headline}'", hint)
        for topic in system.topics:
            if topic not in topics:
                hint = did_you_mean(topic, topics)
                yield source.fault(place, f"no suite of the topic '{topic}'", hint)


def _criteria(pack: Pack, source: Source) -> Iterator[Fault]:
    for index, criterion in enumerate(pack.criteria.values()):
        for check_id in criterion.hints:
            if check_id not in pack.checks:
                hint = did_you_mean(check_id, pack.checks)
                yield source.fault(("criteria", index), f"no check '{check_id}'", hint)
