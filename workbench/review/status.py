"""Where a round stands, in numbers: cases by stage, reviewers by load, rectifications overdue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from workbench.review.results import stage
from workbench.review.rights import takes_part
from workbench.review.state import RoundState
from workbench.sources import read_words
from workbench.texts import Language


@cache
def _words() -> dict[str, Any]:
    return dict(read_words(Path(__file__).with_name("status_words.yaml")))


def status_of(its: RoundState, today: str) -> dict[str, Any]:
    """A round on a day: plain values, for JSON.

    >>> status_of(review.round("2026-01"), "2026-07-01")["stages"]   # doctest: +SKIP
    {'rating': 12, 'agreed': 3}
    """
    cases = [case for case in its.cases.values() if not case.drawn.calibration]
    given, done = Counter[str](), Counter[str]()
    for case in its.cases.values():
        for seat in case.seats.values():
            given[seat.reviewer_id] += 1
            done[seat.reviewer_id] += seat.rating is not None
    closed = its.closed.body if its.closed else None
    return {
        "round_id": its.round_id,
        "title": its.opened.title,
        "closed_on": getattr(closed, "on", None),
        "cases": len(cases),
        "calibration": len(its.cases) - len(cases),
        "stages": dict(Counter(stage(its, case, today).value for case in cases)),
        "loads": [
            {"reviewer_id": name, "name": its.reviewers[name].name, "cases": given[name],
             "rated": done[name]}
            for name in sorted(given)
        ],
        "rectifications": dict(Counter(fault.stage.value for fault in its.faults.values())),
        "overdue": [
            {"fault_id": fault.fault_id, "unit_id": fault.opened.unit_id,
             "owner": fault.opened.owner, "due_on": fault.opened.due_on}
            for fault in its.faults.values() if fault.overdue(today)
        ],
    }  # fmt: skip


def status_for(its: RoundState, actor: str, today: str) -> dict[str, Any]:
    """The same as a person may see it: lead and adjudicator all of it, the others on the roster
    their own load and what is overdue in their own unit. Raises `Refused` for anybody else.
    """
    takes_part(its, actor)
    found = status_of(its, today)
    if not its.has_role(actor, "lead", "adjudicator"):
        unit = its.reviewers[actor].unit_id
        found["loads"] = [one for one in found["loads"] if one["reviewer_id"] == actor]
        found["overdue"] = [one for one in found["overdue"] if one["unit_id"] == unit]
    return found


def as_text(status: Mapping[str, Any], language: Language) -> str:
    """The same for a terminal."""
    return "\n".join(_lines(status, language))


def _lines(status: Mapping[str, Any], language: Language) -> Iterator[str]:
    def word(key: str, **values: Any) -> str:
        return str(_words()[key][language]).format(**values)

    closed = status["closed_on"]
    state = word("closed", on=closed) if closed else word("open")
    yield word("head", round=status["round_id"], title=status["title"], state=state)
    yield word("cases", n=status["cases"], stages=_counted(status["stages"], "stages", language))
    if status["calibration"]:
        yield word("calibration", n=status["calibration"])
    if status["loads"]:
        yield word("loads")
    for one in status["loads"]:
        yield word("load", name=one["name"], id=one["reviewer_id"], done=one["rated"],
                   given=one["cases"])  # fmt: skip
    if faults := status["rectifications"]:
        counted = _counted(faults, "fault_stages", language)
        yield word("faults", n=sum(faults.values()), stages=counted)
    for one in status["overdue"]:
        yield word("overdue", fault=one["fault_id"], owner=one["owner"], due=one["due_on"])


def _counted(counts: Mapping[str, int], names: str, language: Language) -> str:
    words = _words()
    return str(words["between"][language]).join(
        f"{words[names][code][language]} {counts[code]}" for code in words[names] if code in counts
    )
