"""What a later run says of single findings: did the rectification of each hold?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbench import sqltext
from workbench.comparison.changes import ABSENT, state_name
from workbench.comparison.sides import Side, same_rule
from workbench.comparison.words import said
from workbench.terms import Outcome
from workbench.texts import LANGUAGES, Language

# What may be concluded, by the outcome in the later run.
_VERDICTS = {
    Outcome.passed.value: "repaired",
    Outcome.failed.value: "still_failed",
    Outcome.not_applicable.value: "no_longer_applies",
    Outcome.cannot_tell.value: "cannot_tell",
    Outcome.not_yet_due.value: "not_yet_due",
    ABSENT: "gone",
}


@dataclass(frozen=True)
class Retest:
    """One finding in the later run.

    `verdict` is repaired, still_failed, no_longer_applies, cannot_tell, not_yet_due, gone (the
    subject is not there), rule_changed, untested, no_check (the later run does not have it) or
    never_failed (the earlier run did not find it failed). Only `repaired` closes a rectification.
    `before` and `after` are the outcomes by name; None where there is none to name.
    """

    case_id: str
    check_id: str
    verdict: str
    before: str | None
    after: str | None
    zh: str
    en: str

    @property
    def repaired(self) -> bool:
        """Did the check pass by the rule by which it had failed?"""
        return self.verdict == "repaired"

    def sentence(self, language: Language) -> str:
        """What to write down."""
        return self.zh if language == "zh" else self.en


def retest(before: Side, after: Side, findings: Iterable[tuple[str, str]]) -> list[Retest]:
    """The outcome of (subject or case id, check id) pairs in the later run, in their order.

    A check that is gone, untested, or decides by another rule now repairs nothing, whatever its
    outcome. A case with several subjects of the check's asset is as good as its worst one.

    >>> retest(before, after, [("99-2025-000412", "archive-in-time")])[0].verdict  # doctest: +SKIP
    'repaired'
    """
    wanted = list(dict.fromkeys(findings))
    old, new = _outcomes(before, wanted), _outcomes(after, wanted)
    return [_judged(before, after, one, old.get(one), new.get(one)) for one in wanted]


def _judged(
    before: Side, after: Side, one: tuple[str, str], old: int | None, new: int | None
) -> Retest:
    case, check = one
    was = state_name(old) if old is not None else None
    now = state_name(new) if new is not None else None
    verdict = _verdict(before, after, check, old, new)
    known = after if check in after.results.checks["checks"] else before
    titles = known.results.checks["checks"].get(check, {}).get("title", {})
    day = after.manifest["as_of"]
    zh, en = (
        said(f"retest_{verdict}", language, title=titles.get(language, check), day=day, case=case)
        for language in LANGUAGES
    )
    return Retest(case, check, verdict, was, now, zh, en)


def _verdict(before: Side, after: Side, check: str, old: int | None, new: int | None) -> str:
    if check not in after.results.checks["checks"]:
        return "no_check"
    if check in after.manifest["untested"]:
        return "untested"
    if old != Outcome.failed.value:
        return "never_failed"
    if new is not None and not same_rule(before, after, check):
        return "rule_changed"
    return _VERDICTS[ABSENT if new is None else new]


# Of several subjects of one case, what holds for the case: the worst first.
_WORST = (Outcome.failed, Outcome.cannot_tell, Outcome.not_yet_due, Outcome.passed)


def _outcomes(side: Side, wanted: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The outcomes of the pairs that this run has, in one query an asset."""
    found: dict[tuple[str, str], int] = {}
    about = side.results.checks["checks"]
    tested = {
        check for _, check in wanted
        if check in about and check not in side.manifest["untested"]
    }  # fmt: skip
    for asset in dict.fromkeys(about[check]["asset"] for check in sorted(tested)):
        checks = sorted(check for check in tested if about[check]["asset"] == asset)
        ids = ", ".join(sqltext.literal(case) for case in sorted({c for c, k in wanted
                                                                   if k in checks}))  # fmt: skip
        codes = ", ".join(f"o.{sqltext.name(check)}" for check in checks)
        rows = side.results.engine.rows(
            f"SELECT f.subject_id, f.case_id, {codes} FROM work.{sqltext.name(f'facts_{asset}')} f "
            f"JOIN work.{sqltext.name(f'outcomes_{asset}')} o ON o.subject_id = f.subject_id "
            f"WHERE f.subject_id IN ({ids}) OR f.case_id IN ({ids})",
            "retest",
        )
        for subject, case, *outcomes in rows:
            for check, outcome in zip(checks, outcomes, strict=True):
                for name in dict.fromkeys((subject, case)):
                    if name is not None:
                        found[name, check] = _worse(found.get((name, check)), int(outcome))
    return found


def _worse(one: int | None, other: int) -> int:
    if one is None:
        return other
    order = [outcome.value for outcome in _WORST]
    return min(one, other, key=lambda code: order.index(code) if code in order else len(order))
