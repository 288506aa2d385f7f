"""Drawing again from a record: are population and draw the same, and what differs if not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.display import count
from workbench.sampling import record as records
from workbench.sampling.plan import Plan
from workbench.sampling.sample import Sample, planned_sample
from workbench.sampling.source import SampledRun
from workbench.sampling.tables import words
from workbench.terms import UsageError
from workbench.texts import Language, known_language

_SHOWN = 5
_RUN = ("run_id", "as_of", "period", "pack", "pack_digest", "inputs")


@dataclass(frozen=True)
class Again:
    """A record held against a new draw. `differences`: what differs, as codes with values.

    `sample` is the new draw; None where the plan cannot be carried out on this run.
    """

    record: Mapping[str, Any]
    sample: Sample | None
    differences: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def same_population(self) -> bool:
        """Is the draw from the same cases, with the same strata and risks?"""
        return not {"population", "stratum", "impossible"} & {code for code, _ in self.differences}

    @property
    def same_draw(self) -> bool:
        """Are the same cases drawn, in the same order, for the same reviewers?"""
        codes = {code for code, _ in self.differences}
        return not {"cases", "details", "strata", "impossible"} & codes

    @property
    def whole(self) -> bool:
        """Is nothing different, and the record as it was written?"""
        return not self.differences

    def text(self, language: str = "zh") -> str:
        """What was found, one line a difference."""
        chosen: Language = known_language(language)
        said = words()["again"]
        verdict = said["same" if self.whole else "different"][chosen].format(
            cases=count(self.record["population"]["cases"]), drawn=count(len(self.record["draw"])),
            population=said["yes" if self.same_population else "no"][chosen],
            draw=said["yes" if self.same_draw else "no"][chosen],
        )  # fmt: skip
        lines = [
            said[code][chosen].format(**_worded(values, chosen))
            for code, values in self.differences
        ]
        return "\n".join([verdict, *lines])


def _worded(values: Mapping[str, str], language: Language) -> dict[str, str]:
    fields = words()["again"]["fields"]
    return {k: fields[v][language] if k == "field" else v for k, v in values.items()}


def again(run: SampledRun, record: Mapping[str, Any]) -> Again:
    """Draw what a record says from a run, and compare."""
    found: list[tuple[str, Mapping[str, str]]] = []
    if records.digest(record) != record["sha256"]:
        found.append(("changed", {}))
    found += _of_run(record["run"], records.run_identity(run))
    try:
        sample = planned_sample(run, Plan.from_dict(record["plan"]))
    except UsageError as error:
        return Again(record, None, (*found, ("impossible", {"why": str(error)})))
    found += _of_population(record, sample.record)
    found += _of_draw(record, sample.record)
    return Again(record, sample, tuple(found))


def _of_run(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for field in _RUN:
        before, now = old.get(field), new.get(field)
        if before == now or (field == "run_id" and None in (before, now)):  # not saved at the time
            continue
        shown = [" .. ".join(map(str, v)) if isinstance(v, list) else str(v) for v in (before, now)]
        yield "run", {"field": field, "old": shown[0], "new": shown[1]}


def _of_population(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, str]]]:
    before, now = old["population"], new["population"]
    if before == now:
        return
    yield "population", {"old": count(before["cases"]), "new": count(now["cases"]),
                         "old_hash": before["sha256"], "new_hash": now["sha256"]}  # fmt: skip
    sizes = [_sizes(one) for one in (old, new)]
    for stratum in sorted({*sizes[0], *sizes[1]}):
        had, has = (size.get(stratum, 0) for size in sizes)
        if had != has:
            yield "stratum", {"stratum": stratum, "old": count(had), "new": count(has)}


def _sizes(record: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in record["strata"]:
        found[one["stratum"]] = found.get(one["stratum"], 0) + one["cases"]
    return found


def _of_draw(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, str]]]:
    before = {one["case_id"]: one for one in old["draw"]}
    now = {one["case_id"]: one for one in new["draw"]}
    gone = [case for case in before if case not in now]
    come = [case for case in now if case not in before]
    if gone or come:
        yield "cases", {"gone": _some(gone), "come": _some(come),
                        "n_gone": count(len(gone)), "n_come": count(len(come))}  # fmt: skip
    other = [case for case in before if case in now and before[case] != now[case]]
    if other or len(before) != len(old["draw"]):
        yield "details", {"n": count(len(other)), "cases": _some(other)}
    if old["strata"] != new["strata"] and old["population"] == new["population"]:
        yield "strata", {}


def _some(cases: list[str]) -> str:
    more = ", ..." if len(cases) > _SHOWN else ""
    return ", ".join(cases[:_SHOWN]) + more or "—"
